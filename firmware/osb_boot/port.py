"""What the loader needs of the port, without the application: it must work when the application does not.

On boards this has not run yet.
"""

import os
import sys

from micropython import const

_UNIX = sys.platform in ("linux", "darwin")
_RESET_STATUS = const(3)  # exit status that means "start me again"


def home():
    """The directory of configuration, state and slots."""
    return (os.getenv("OSB_HOME") or ".") if _UNIX else ""


def powered_on():
    """Did this start follow a loss of power? If not, the silicon was reset: by its watchdog, or because we asked."""
    if _UNIX:  # the bench, being the silicon, says so
        return os.getenv("OSB_RESET") != "1"
    import machine

    return machine.reset_cause() == machine.PWRON_RESET


def reset():
    """Restart the board; does not return."""
    if _UNIX:
        sys.exit(_RESET_STATUS)
    import machine

    machine.reset()


def feed():
    """Keep the watchdog of an application that has just been here from biting the loader."""
    if not _UNIX:
        import machine

        machine.WDT(timeout=8000).feed()


def let_go():
    """Somebody at the USB port has interrupted the box to look at it, or to flash it: no watchdog cuts them short."""
    if _UNIX:
        return
    import machine

    if sys.platform == "rp2":  # it has no call for this; RP2040 datasheet 4.7.6, RP2350 12.9.7: clear ENABLE in CTRL
        base = 0x400D8000 if "RP2350" in sys.implementation._machine else 0x40058000
        machine.mem32[base + 0x3000] = 1 << 30
    else:
        machine.WDT(timeout=86400000)


def output(number, level):
    """Drive a pin; a process has none."""
    if not _UNIX:
        import machine

        machine.Pin(number, machine.Pin.OUT, value=level)


def page_address(password):
    """(host, port) at which the recovery page listens; a board opens a network of its own under `password`."""
    if _UNIX:
        host, _, port = (os.getenv("OSB_RECOVERY") or "127.0.0.1:8080").rpartition(":")
        return host, int(port)
    import network

    point = network.WLAN(network.AP_IF)
    if sys.platform == "rp2":
        point.config(ssid="OpenSmartBox-recovery", key=password, security=point.SEC_WPA_WPA2)
        point.active(True)
    else:  # this one wants to be active first, and would leave the network open if it were not told
        point.active(True)
        point.config(ssid="OpenSmartBox-recovery", key=password, security=point.SEC_WPA2)
    return "0.0.0.0", 80


def stays_after_refusal():
    """Is a wrong configuration shown on the recovery page? A process ends with status 2 instead."""
    return not _UNIX
