"""A device that started anew between two polls has lost what it was told: once a slot it is told again."""

import field

HUB = {"role": "heat_pump", "profile": "daikin_homehub", "bus": "a"}
RELAY = {"role": "tank", "profile": "waveshare_relay", "bus": "a", "unit": 1}
MODE, SETPOINT = 55, 5


def homehub():
    inputs = {43: [65186], 49: [2012], 50: [142]}
    return field.Slave(1, inputs=inputs, holding={SETPOINT: [20], MODE: [0], 56: [0]})


def written(slave, address=None):
    return sum(1 for _, at, _ in field.writes(slave) if address in (None, at))


def test_a_relay_that_fell_back_unnoticed_is_switched_again_within_a_quarter_of_an_hour():
    relay = field.Slave(1, coils={0: [0] * 8})
    with field.tcp_slaves(relay) as bus, field.Field({"a": bus}, [RELAY]) as box:
        box.sweep(900)
        box.apply(900, tank=1)
        relay.put("c", 0, [0])  # it restarted and answers as before
        for now in range(960, 1860, 60):
            box.sweep(now)
            box.apply(now, tank=1)
        assert relay.words["c"][0] == 1
        assert written(relay) == 2


def test_a_register_with_a_budget_is_read_back_and_written_only_if_it_was_lost():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        for now in range(0, 3600, 60):
            box.sweep(now)
            box.apply(now, heat_pump=["off", 0, 21000])
        assert (written(hub, MODE), written(hub, SETPOINT)) == (1, 1)
        hub.put("h", MODE, [0])  # the gateway restarted
        hub.put("h", SETPOINT, [20])
        box.sweep(3600)
        box.apply(3600, heat_pump=["off", 0, 21000])
        assert (hub.holding(MODE), hub.holding(SETPOINT)) == ([1], [21])


def test_a_register_that_cannot_be_read_back_is_not_written_again_and_again():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        hub.refuse_reads = {SETPOINT}
        for now in range(60, 4 * 3600, 60):
            box.sweep(now)
            box.apply(now, heat_pump=["auto", 0, 21000])
        assert written(hub, SETPOINT) == 1


def test_a_register_that_shows_something_else_does_not_use_up_the_writes_of_a_day():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        for now in range(0, 12 * 3600, 300):
            hub.put("h", SETPOINT, [20])  # as if it were told by somebody else
            box.sweep(now)
            box.apply(now, heat_pump=["auto", 0, 21000])
        assert written(hub, SETPOINT) == 13
        box.apply(now, heat_pump=["auto", 0, 23000])
        assert hub.holding(SETPOINT) == [23]
