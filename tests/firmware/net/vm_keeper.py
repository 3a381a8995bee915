"""The stages in which a Wi-Fi is brought back, at the seam of hal, with a radio that lies. Not proven on a board."""

from air import Air, Radio

from osb_box.net.keeper import Keeper

HOUR = 3600


class Home:
    """A keeper and a radio, second by second; every probe that is sent is answered if the way is free."""

    def __init__(self, air, doubt=None, known=True, up_s=0):
        self.radio = Radio(air)
        self.keeper = Keeper(0, known, doubt)
        self.t = 0
        self.up_s = up_s
        self.needed = False
        self.heard = False
        self.well = None
        self.reset = None
        self.history = []

    def run(self, seconds):
        """Until all is well, or for so long; the acts with their seconds."""
        radio = self.radio
        for _ in range(seconds):
            self.t += 1
            radio.t = self.t
            state, address = radio.state(), radio.address()
            up_s = self.up_s + self.t
            act = self.keeper.step(self.t, state, address, self.heard, radio.guests(), self.needed, up_s)
            self.heard = False
            if act:
                self.history.append((self.t, act))
            if act == "well":
                self.well = self.t
                break
            if act == "reset":
                self.reset = self.t
                break
            if act == "probe":
                self.heard = radio.alive()
            elif act == "join":
                radio.join("home", "right")
            elif act == "open":
                radio.open("box-01", "abcd-efgh-jkmn")
            elif act == "cycle":
                radio.off()
                radio.on("box-01")
            elif act:
                getattr(radio, act)()
        return self.history

    def times(self, act):
        return [t for t, done in self.history if done == act]


def joined(air):
    """A home whose radio has been in the network for long."""
    home = Home(air)
    home.run(60)
    assert home.well
    home.keeper = Keeper(home.t, True, True)
    home.history = []
    home.well = None
    return home


def test_a_network_that_is_there_is_joined_at_once():
    home = Home(Air())
    assert home.run(60) == [(1, "join"), (home.well, "well")]
    assert home.well <= 8


def test_who_answers_a_probe_ends_all_doubt():
    home = joined(Air())
    home.run(60)
    assert [act for _, act in home.history] == ["probe", "well"]


def test_joined_by_the_drivers_word_but_dead_it_joins_anew():
    air = Air()
    home = joined(air)
    air.channel = 11  # the router has moved, the radio has not noticed and says "up"
    home.run(300)
    assert [act for _, act in home.history] == ["probe", "probe", "probe", "join", "probe", "well"]
    assert home.well - home.history[0][0] < 60


def test_an_address_from_before_is_no_answer():
    keeper = Keeper(0, True, False)  # the network was gone, and the radio has kept its power
    assert keeper.step(1, "idle", None, False, 0, False, 1) == "join"
    old = ("192.168.1.17", "192.168.1.1")
    acts = [keeper.step(t, "up", old, False, 0, False, t) for t in range(2, 29)]
    assert "well" not in acts
    assert acts.count("probe") == 3
    assert acts.count("join") == 1


def test_a_radio_that_is_stuck_loses_its_power_and_comes_back():
    home = joined(Air())
    home.radio.stuck = True
    home.run(300)
    acts = [act for _, act in home.history]
    assert acts == ["probe"] * 3 + ["join", "cycle", "join", "well"]
    assert home.well - home.history[0][0] < 120
    assert home.radio.alive()


def test_a_network_in_which_nobody_answers_is_left_alone():
    air = Air()
    home = joined(air)
    air.forwards = False  # the hub is gone, the router answers no question: it still gave us an address
    home.run(HOUR)
    assert home.well
    assert home.keeper.silent
    assert not home.times("open") + home.times("reset")


def test_with_the_access_point_gone_ours_opens_after_three_minutes_and_the_old_one_is_tried_for_20_s_every_3_min():
    air = Air()
    air.there = False
    home = Home(air)
    home.run(2 * HOUR)
    opened = home.times("open")[0]
    assert 180 <= opened <= 220
    joins = [t for t in home.times("join") if t > opened]
    leaves = [t for t in home.times("leave") if t > opened]
    assert all(joins[i + 1] - joins[i] >= 180 for i in range(len(joins) - 1))
    assert len(joins) >= 2 * HOUR // 220
    for t in joins[:-1]:
        assert min(left for left in leaves if left > t) - t <= 20
    assert home.radio.opened


def test_nobody_in_our_access_point_is_thrown_out_by_an_attempt():
    air = Air()
    air.there = False
    home = Home(air)
    home.run(300)
    home.radio.guests_now = 1
    before = len(home.history)
    home.run(5 * HOUR)
    assert [act for _, act in home.history[before:] if act != "leave"] == []
    home.radio.guests_now = 0
    home.run(400)
    assert home.times("join")[-1] > 5 * HOUR


def test_an_attempt_ends_when_a_phone_comes_in():
    air = Air()
    air.there = False
    home = Home(air)
    home.run(300)
    while home.radio.state() != "joining" or not home.radio.opened:
        home.run(1)
    home.radio.guests_now = 1
    home.run(2)
    assert home.history[-1][1] == "leave"


def test_when_the_network_comes_back_on_another_channel_the_box_does_too_and_closes_its_own():
    air = Air()
    air.there = False
    home = Home(air)
    home.run(HOUR)
    assert home.radio.opened
    air.there, air.channel = True, 13
    home.run(240)
    assert home.well
    assert home.radio.alive()
    assert home.radio.opened is None


def test_a_wrong_password_opens_the_set_up_page_within_a_minute():
    air = Air()
    air.password = "changed"
    home = Home(air)
    home.run(90)
    assert home.times("open")[0] <= 70


def test_a_router_that_gives_no_address_does_not_lock_the_household_out():
    air = Air()
    air.dhcp = False
    home = Home(air)
    home.run(HOUR)
    assert home.radio.opened
    air.dhcp = True
    home.run(300)
    assert home.well


def test_a_box_without_a_network_opens_its_own_at_once_and_joins_nothing():
    home = Home(Air(), known=False)
    home.run(10 * HOUR)
    assert home.history == [(1, "open")]


def test_the_board_restarts_only_after_hours_at_most_once_a_day_and_never_while_the_home_needs_it():
    air = Air()
    air.there = False
    home = Home(air)
    home.run(23 * HOUR)
    assert home.reset is None  # it has not been on for a day
    home.run(3 * HOUR)
    assert 24 * HOUR <= home.reset <= 24 * HOUR + 400

    home = Home(air, up_s=30 * HOUR)
    home.run(5 * HOUR)
    assert home.reset is None
    home.needed = True
    home.run(30 * HOUR)
    assert home.reset is None
    home.needed = False
    home.run(400)
    assert home.reset

    home = Home(air, up_s=30 * HOUR)
    home.run(400)
    home.radio.guests_now = 1
    home.run(30 * HOUR)
    assert home.reset is None


def test_the_radio_is_restarted_now_and_then_while_the_network_is_lost():
    air = Air()
    air.there = False
    home = Home(air)
    home.run(3 * HOUR)
    assert 4 <= len(home.times("cycle")) <= 12
