"""What an inverter does with the box's last command once the box is gone: emulators that forget by themselves."""

import contextlib
from types import SimpleNamespace

import field
from pymodbus.server import ModbusTcpServer
from test_actuators import AT_124, BATTERY, INVERTER, M103, M124, model, s16, sunspec

from osb_hil.devices.modbus import nobody
from osb_hil.devices.sunspec_battery import SunSpecBattery
from osb_hil.devices.sunspec_inverter import SunSpecInverter

HOUR = 3600


def home():
    return SimpleNamespace(
        spec=SimpleNamespace(id="box-01", pv=SimpleNamespace(peak_w=5000)),
        controls=SimpleNamespace(battery_w=0.0, pv_limit=1.0),
        flows=SimpleNamespace(battery_w=0.0, battery_soc=0.5, pv_w=-3000.0),
        counters=SimpleNamespace(battery_export_wh=0.0, battery_import_wh=0.0, pv_wh=0.0),
    )


@contextlib.contextmanager
def served(device):
    with field.serving(
        lambda: ModbusTcpServer([device.simulation(), nobody()], address=("127.0.0.1", 0), ignore_missing_devices=True)
    ) as server:
        yield {"type": "tcp", "host": "127.0.0.1", "port": server.transport.sockets[0].getsockname()[1]}


def battery_of(home):
    return SunSpecBattery(1, home, SimpleNamespace(charge_max_w=5000, discharge_max_w=5000, soc_min=0.1, standby_w=5))


def test_a_battery_holds_its_command_while_the_box_lives_and_rests_when_it_has_died():
    it = home()
    battery = battery_of(it)
    with served(battery) as bus, field.Field({"a": bus}, [BATTERY]) as box:
        for now in range(0, 2 * HOUR, 60):
            battery.tick(now)
            assert now == 0 or it.controls.battery_w == -3000
            box.sweep(now)
            assert box.apply(now, battery=-3000) == {"battery": -3000}
    for later in range(now, now + 600, 60):
        battery.tick(later)
    assert it.controls.battery_w == 0


def test_a_roof_holds_its_limit_while_the_box_lives_and_gives_all_when_it_has_died():
    it = home()
    roof = SunSpecInverter(1, it)
    with served(roof) as bus, field.Field({"a": bus}, [INVERTER], poll_s=300) as box:
        for now in range(0, 4 * HOUR, 300):
            roof.tick(now)
            assert now == 0 or it.controls.pv_limit == 0.4
            box.sweep(now)
            box.apply(now, pv=2000)
    for later in range(now, now + HOUR, 60):
        roof.tick(later)
    assert it.controls.pv_limit == 1


def test_power_first_then_how_long_it_holds_then_that_it_holds():
    battery = sunspec(M103, M124)
    with field.tcp_slaves(battery) as bus, field.Field({"a": bus}, [BATTERY]) as box:
        box.sweep(0)
        box.apply(0, battery=2500)
        # the first time it is seen whether it may be told a time at all
        assert [at - AT_124 for _, at, _ in field.writes(battery)] == [15, 12, 15, 5]
        assert battery.holding(AT_124 + 15) == [300]


def test_an_inverter_that_knows_no_time_is_not_told_one():
    battery = sunspec(M103, model(124, 24, _2=500, _5=0, _8=6512, _12=0, _13=0, _15=0xFFFF, _18=1, _22=-2, _25=-2))
    with field.tcp_slaves(battery) as bus, field.Field({"a": bus}, [BATTERY]) as box:
        box.sweep(0)
        assert box.apply(0, battery=2500) == {"battery": 2500}
        assert battery.holding(AT_124 + 15) == [0xFFFF]


def test_an_inverter_that_refuses_the_time_is_commanded_all_the_same():
    battery = sunspec(M103, M124)
    with field.tcp_slaves(battery) as bus, field.Field({"a": bus}, [BATTERY]) as box:
        box.sweep(0)
        battery.refuse_writes = {AT_124 + 15}
        assert box.apply(0, battery=2500) == {"battery": 2500}
        assert (battery.holding(AT_124 + 12, 2), battery.holding(AT_124 + 5)) == ([s16(-5000), 5000], [3])
