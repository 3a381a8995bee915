"""SG Ready by two of the Waveshare relays: coil 1 is contact 1 (blocks), coil 2 is contact 2 (recommends)."""

import field

CONTACTS = {"role": "heat_pump", "profile": "waveshare_sg_ready", "bus": "a"}


def writes(slave):
    return [request for request in slave.requests if request[0] == 5]


def test_sg_ready_contacts():
    relay = field.Slave(1, coils={0: [0] * 8})

    def contacts():
        return [relay.words["c"][1], relay.words["c"][2]]

    with field.tcp_slaves(relay) as bus, field.Field({"a": bus}, [CONTACTS]) as box:
        box.sweep(1000)
        box.apply(1000, heat_pump=["run", 2500, 20500])
        assert contacts() == [0, 1]  # recommended
        held = box.apply(1030, heat_pump=["off", 0, 20500])
        assert held == {}
        assert contacts() == [0, 1]  # no change within a minute of the last
        relay.requests.clear()
        box.apply(1060, heat_pump=["off", 0, 20500])
        assert contacts() == [1, 0]  # blocked, and never 1:1 on the way: coil 2 opened before coil 1 closed
        assert [request[1] for request in writes(relay)] == [2, 1]
        relay.requests.clear()
        box.apply(1120, heat_pump=["rest", 0, 20500])
        assert writes(relay) == []  # a contact knows no rest: it is blocked still
        box.apply(1180, heat_pump=["auto", 0, 20500])
        assert contacts() == [0, 0]


def test_sg_ready_blocks_for_two_hours_at_most():
    relay = field.Slave(1, coils={0: [0] * 8})
    with field.tcp_slaves(relay) as bus, field.Field({"a": bus}, [CONTACTS]) as box:
        box.sweep(1000)
        blocked = []
        for now in range(1000, 1000 + 3 * 3600, 600):
            held = box.apply(now, heat_pump=["off", 0, 20500])
            assert ("heat_pump" in held) == (now < 8200)  # what may run is not said to be held
            blocked.append(relay.words["c"][1])
        assert blocked == [1] * 12 + [0] * 6  # and it stays released while nothing else is asked
        box.apply(12400, heat_pump=["run", 2500, 20500])
        assert [relay.words["c"][1], relay.words["c"][2]] == [0, 1]
        box.apply(12460, heat_pump=["off", 0, 20500])
        assert relay.words["c"][1] == 1
