"""Whose doing it is that a contact clicks while the hub is away, from what the box says of itself."""

from osb_hil.incidents import guided_as_before


def said(mode, plan=7):
    control = {"plan": {"id": plan} if plan else None, "actuators": {"tank": {"mode": mode, "reason": "told"}}}
    return {"control": control}


def test_the_plan_that_goes_on_and_comfort_may_switch():
    assert guided_as_before(said("plan"), said("plan"), "tank")
    assert guided_as_before(said("plan"), said("safety"), "tank")
    assert guided_as_before(said("alone", None), said("alone", None), "tank")


def test_who_gives_the_plan_up_or_does_not_answer_has_no_excuse():
    assert not guided_as_before(said("plan"), said("alone"), "tank")
    assert not guided_as_before(said("plan"), said("plan", None), "tank")
    assert not guided_as_before(said("plan"), said("plan", 8), "tank")
    assert not guided_as_before(None, said("plan"), "tank")
    assert not guided_as_before(said("plan"), None, "tank")
