"""What is built from the configuration, and what leaves memory when it has been used."""

import sys

from osb_box import build, forget


class Port:
    def serial(self, port, baud, parity="N"):
        return (port, baud, parity)


def bus(kind, timeout_ms, **more):
    entry = {"name": "b", "type": kind, "timeout_ms": timeout_ms, "port": 502, "host": "127.0.0.1"}
    entry.update(more)
    return build._bus(entry, Port())


def test_a_bus_waits_as_long_as_its_configuration_says():
    assert bus("tcp", 4000).timeout_ms == 4000
    assert bus("p1", 10000, port="/dev/p1").timeout_ms == 10000
    assert bus("rtu", 150, port="/dev/rs485", baud=9600, parity=None).timeout_ms == 150


def test_a_bus_without_a_time_out_of_its_own_has_that_of_its_type():
    assert bus("tcp", None).timeout_ms == 1000
    assert bus("rtu", None, port="/dev/rs485", baud=9600, parity="E").timeout_ms == 1000
    assert bus("p1", None, port="/dev/p1").timeout_ms == 2500


def test_a_smart_meter_is_asked_the_time_by_a_box_that_does_not_know_it_only():
    class Clock:
        known = False

    clock, zone = Clock(), {"utc_offset_s": 3600, "dst": "eu"}
    entry = {"name": "b", "type": "p1", "timeout_ms": None, "port": "/dev/p1"}
    assert build._bus(entry, Port(), "", clock, zone).told
    assert "osb_box.bus.meter_time" not in sys.modules
    clock.known = True
    assert build._bus(entry, Port(), "", clock, zone).told is None


def test_a_module_that_is_forgotten_can_be_had_again():
    from osb_box import leave

    first = leave
    forget("osb_box.leave", "osb_box.never_there")
    assert "osb_box.leave" not in sys.modules
    assert not hasattr(sys.modules["osb_box"], "leave")
    from osb_box import leave

    assert leave is not first
