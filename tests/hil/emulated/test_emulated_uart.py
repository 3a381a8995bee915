"""The UART that the emulator lacks: bytes take their time, a full FIFO loses, interrupts come as the datasheet says."""

import pytest

rp2040py = pytest.importorskip("rp2040py", reason="the emulator is not installed: pip install -e '.[emulator]'")

from rp2040py.irq import IRQ  # noqa: E402
from rp2040py.peripherals.dma import DREQChannel  # noqa: E402
from rp2040py.peripherals.uart import IUARTDMAChannels  # noqa: E402
from rp2040py.rp2040 import RP2040  # noqa: E402

from osb_hil.emulated.uart import BUSY, DR, FR, IFLS, MIS, RX_FULL, RX_LATE, RXFE, TXFE, TXFF, TimedUart  # noqa: E402

# RP2040 datasheet 4.2.7.1: 48 MHz / (16 * 9600) = 312.5: divisor 312 and 32/64
IBRD, FBRD, LCR_H, CR, IMSC = 0x24, 0x28, 0x2C, 0x30, 0x38
CHARACTER_NS = 10 * 1e9 / 9600  # start, eight data bits, stop


@pytest.fixture
def line():
    mcu = RP2040()
    mcu.clk_peri = 48e6
    uart = TimedUart(mcu, "UART0", IRQ.UART0, IUARTDMAChannels(DREQChannel.DREQ_UART0_RX, DREQChannel.DREQ_UART0_TX))
    for register, value in ((IBRD, 312), (FBRD, 32), (LCR_H, 0x70), (CR, 0x301), (IFLS, 0x12), (IMSC, 0x50)):
        uart.write_uint32(register, value)
    return mcu.clock, uart


def test_a_character_takes_ten_bits(line):
    clock, uart = line
    sent = []
    uart.sent = lambda byte: sent.append((byte, clock.nanos))
    assert uart.read_uint32(FR) & (TXFE | BUSY) == TXFE
    for byte in b"abc":
        uart.write_uint32(DR, byte)
    assert uart.read_uint32(FR) & BUSY
    clock.tick(4e6)
    assert [byte for byte, _ in sent] == list(b"abc")
    assert [when for _, when in sent] == pytest.approx([CHARACTER_NS, 2 * CHARACTER_NS, 3 * CHARACTER_NS])
    assert uart.read_uint32(FR) & (TXFE | BUSY) == TXFE


def test_the_fifo_takes_32_and_the_shifter_one_more(line):
    clock, uart = line
    sent = []
    uart.sent = sent.append
    for byte in range(40):
        uart.write_uint32(DR, byte)
    assert uart.read_uint32(FR) & TXFF
    clock.tick(50e6)
    assert sent == list(range(33))  # what finds it full is lost, as on silicon


def test_sixteen_raise_the_interrupt_and_a_few_do_so_after_32_bits_of_silence(line):
    clock, uart = line
    uart.receive(bytes(16))
    clock.tick(15.5 * CHARACTER_NS)
    assert uart.read_uint32(MIS) == 0
    clock.tick(CHARACTER_NS)
    assert uart.read_uint32(MIS) == RX_FULL
    for _ in range(16):
        uart.read_uint32(DR)
    assert uart.read_uint32(FR) & RXFE
    uart.receive(b"x")
    clock.tick(CHARACTER_NS + 31 * CHARACTER_NS / 10)
    assert uart.read_uint32(MIS) == 0
    clock.tick(2 * CHARACTER_NS / 10)
    assert uart.read_uint32(MIS) == RX_LATE


def test_more_than_32_that_nobody_takes_are_lost(line):
    clock, uart = line
    uart.receive(bytes(range(40)))
    clock.tick(50e6)
    assert [uart.read_uint32(DR) for _ in range(32)] == list(range(32))
    assert (uart.lost, uart.arrived) == (8, 40)


def test_a_transceiver_that_talks_hears_nothing(line):
    clock, uart = line
    uart.hears = lambda: False
    uart.receive(b"answer")
    clock.tick(50e6)
    assert uart.read_uint32(FR) & RXFE
    assert uart.deaf == 6
