"""A plan that would leave the band by far is refused, with the temperature that it would bring by the box's model."""

from little_home import MIDNIGHT, ZONE, accept, home, plan, points_with

from osb_box.control import Controller

NOON = MIDNIGHT + 12 * 3600


def answer(slots, outdoor=0, room=21000, water=55000, now=NOON, ttl_s=86400, **powers):
    box = Controller(home(), ZONE)
    points = points_with(now, room_temp=room, tank_temp=water, outdoor_temp=outdoor, grid_power=500)
    reply = accept(box, plan(now, slots, ttl_s=ttl_s, **powers), now, points)
    return reply["accepted"], [(part["actuator"], part["reason"], part["detail"]) for part in reply["refused"]]


def test_a_cold_evening_is_refused():
    # 180 W/K, 6000 Wh/K, 350 W: 10 K above zero are 4.6 K less in 16 h; 19.5 - 1.5 is passed before
    accepted, refused = answer(64, heat_pump=0)
    assert accepted == []
    assert refused == [("heat_pump", "comfort", "the room would be at 17.9 degrees")]
    assert answer(8, heat_pump=0) == (["heat_pump"], [])  # two hours without heat harm nobody
    assert answer(64, ttl_s=7200, heat_pump=0) == (["heat_pump"], [])  # nor what never comes to hold
    assert answer(64, heat_pump=1200) == (["heat_pump"], [])


def test_a_hot_room_and_water_out_of_bounds_are_refused():
    assert answer(48, outdoor=10000, heat_pump=2500)[1][0][:2] == ("heat_pump", "comfort")
    assert answer(96, tank=0)[1][0][:2] == ("tank", "comfort")
    # 232 Wh/K: 500 Wh in, 17 lost, 75 drawn a slot (60 after 13:00): 1.8 K, five times
    assert answer(16, tank=2000)[1] == [("tank", "comfort", "the water would be at 63.7 degrees")]
    assert answer(4, tank=2000) == (["tank"], [])


def test_a_room_that_is_cold_already_may_be_warmed_slowly():
    assert answer(12, room=16000, heat_pump=1500) == (["heat_pump"], [])
    assert answer(40, room=16000, heat_pump=0)[1][0][:2] == ("heat_pump", "comfort")
