"""Pulses counted by a state machine of the PIO: a write to flash, which stops the processor, costs none."""

import rp2
from machine import Pin

_HZ = 4000  # of the state machine: 16 cycles are 4 ms; much slower its divider cannot make it
# RP2040 datasheet, 3.4
_SET_X_0 = 0xE020
_MOV_ISR_X = 0xA0C1
_PUSH_BLOCK = 0x8020


@rp2.asm_pio()
def _count():
    """X is one less for each time the line was low for 4 ms, and then high for 4 ms: contacts bounce for less."""
    label("open")  # noqa: F821
    wait(0, pin, 0)[15]  # noqa: F821
    jmp(pin, "open")  # noqa: F821
    jmp(x_dec, "closed")  # noqa: F821
    label("closed")  # noqa: F821
    wait(1, pin, 0)[15]  # noqa: F821
    jmp(pin, "open")  # noqa: F821
    jmp("closed")  # noqa: F821


class Counter:
    """`number` of the state machine, 0..3, and of the pin."""

    def __init__(self, number, pin):
        wired = Pin(pin, Pin.IN, Pin.PULL_UP)  # the contact closes to ground (docs/wiring.md)
        self._machine = rp2.StateMachine(number, _count, freq=_HZ, in_base=wired, jmp_pin=wired)
        self._machine.exec(_SET_X_0)
        self._machine.active(1)

    def value(self):
        """Pulses since it was made, modulo 2**32."""
        self._machine.exec(_MOV_ISR_X)
        self._machine.exec(_PUSH_BLOCK)
        return -self._machine.get() & 0xFFFFFFFF
