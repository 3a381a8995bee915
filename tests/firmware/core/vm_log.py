"""What happened lately, in a bounded place."""

from osb_box import said
from osb_box.web import log


class Clock:
    def now(self):
        return 1768432500


def fresh():
    said.state[:] = [0, None]


def test_lines_come_back_in_order_with_their_time():
    fresh()
    said.say("before the time is known")
    said.state[1] = Clock()
    said.say("wifi: joined as 192.168.1.17")
    said.say("two\nlines are one")
    assert log.lines() == [
        [0, "before the time is known"],
        [1768432500, "wifi: joined as 192.168.1.17"],
        [1768432500, "two lines are one"],
    ]


def test_the_oldest_make_room_and_it_never_grows():
    fresh()
    size = len(said.ring)
    for i in range(500):
        said.say("line %d of some length, with an é in it" % i)
    found = log.lines()
    assert len(said.ring) == size
    assert found[-1][1] == "line 499 of some length, with an é in it"
    assert [text.split()[1] for _, text in found] == [str(i) for i in range(500 - len(found), 500)]
    assert len(found) > 10


def test_a_line_of_any_length_is_cut():
    fresh()
    said.say("x" * 5000)
    said.say("é" * 5000)
    assert len(log.lines()[0][1]) == 100
    assert len(log.lines()) == 2
