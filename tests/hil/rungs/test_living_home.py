"""A home that lives at the box's line: what the box switches warms water, and meters show it, in the target's time."""

from dataclasses import replace

from full_home import DAY, home_of

from osb_hil.budgets.fullest import fullest
from osb_hil.devices.branch import Branch
from osb_hil.devices.r4dcb08 import R4dcb08
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.devices.sdm630 import Sdm630
from osb_hil.devices.waveshare_relay import WaveshareRelay
from osb_hil.home.spec import TankSpec
from osb_hil.targets import box
from osb_hil.targets.record import records

RELAY, PROBE = 4, 5  # units
# half a litre: 2,000 W warm it by 2000 / (0.5 x 4187) = 0.96 K a second, so that hours are a quarter of a minute
WATTS, LITRES = 2000, 0.5
COLD_C, MIN_C, MAX_C = 44.0, 45.0, 62.0
TANK = TankSpec(LITRES, WATTS, 0.1, 20, MIN_C, MAX_C, safety_c=75, daily_litres=0)
DEVICES = [
    {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": box.GRID},
    {"role": "tank", "profile": "eastron_sdm120", "bus": "rs485", "unit": box.TANK},
    {"role": "tank", "profile": "waveshare_relay", "bus": "rs485", "unit": RELAY},
    {"role": "tank", "profile": "r4dcb08", "bus": "rs485", "unit": PROBE},
]


def small_home():
    return home_of(replace(fullest("box-01"), heat_pump=None, ev=None, battery=None, pv=None, tank=TANK))


def meters(home):
    flows, counters = home.flows, home.counters
    return [
        Sdm630(box.GRID, lambda: Branch(flows.grid_w, counters.grid_import_wh, counters.grid_export_wh)),
        Sdm120(box.TANK, lambda: Branch(flows.tank_w, counters.tank_wh)),
        WaveshareRelay(RELAY, home),
        R4dcb08(PROBE, home),
    ]


class Life:
    """It lives second by second in the target's time, as far as that has gone whenever it is asked."""

    def __init__(self, home, rig):
        self._home, self._rig, self._t = home, rig, DAY

    async def until(self, done, seconds, what):
        def asked():
            while self._t < DAY + self._rig.target.now_s():
                self._home.step(self._t, 1)
                self._t += 1
                for device in self._rig.meters:
                    device.tick(self._t)
            return done()

        await self._rig.target.until(asked, seconds, what)


def test_a_home_at_its_line_has_its_water_warmed_and_metered(on_rig):
    home = small_home()
    home.state.tank.temp_c = home.flows.tank_c = COLD_C
    wh_before = home.counters.tank_wh

    async def talk(rig):
        target = rig.target
        rig.write({}, devices=DEVICES, home={**rig.settings()["home"], "heat_pump": None})
        life = Life(home, rig)
        await target.start()
        await life.until(lambda: home.controls.tank_on, on_rig.patience, "heating of cold water")
        await life.until(lambda: not home.controls.tank_on, 4 * on_rig.patience, "the end of heating")
        warm_c, seen = home.flows.tank_c, len(records(target.files()))
        await life.until(lambda: len(records(target.files())) > seen + 1, on_rig.patience, "a pass after it")
        return warm_c, [record.points for record in records(target.files())]

    warm_c, told = on_rig(talk, start=False, meters=meters(home))
    assert MIN_C < warm_c < MAX_C
    on = [points["tank.on"][0] for points in told]
    assert sorted(on[on.index(1) :], reverse=True) == on[on.index(1) :], "it is switched on once, and off once"
    heated = [points for points in told if points["tank.power"] == (WATTS, "good")]
    assert len(heated) >= 2
    base_w = {round(w) for w in home.inputs.base_w[:5]}
    apart = [points for points in told if points["grid.power"][0] - points["tank.power"][0] not in base_w]
    assert len(apart) <= 2, "a pass can see one meter before a switch and one after it, and there are two switches"
    assert any(points not in apart for points in heated)
    # a single-precision float of 9,589 kWh tells 1 Wh
    wh = told[-1]["tank.energy"][0] - told[0]["tank.energy"][0]
    assert abs(wh - (home.counters.tank_wh - wh_before)) <= 2
    assert wh >= LITRES * 1.163 * (warm_c - COLD_C) - 2
