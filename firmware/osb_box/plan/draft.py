"""An offer, worked off in pieces: each module that it needs is loaded between two rests. Imported when needed only."""

from osb_box import forget, loaded


def offering(box, now, points, offer_id):
    """Generator, a rest at each `yield`: comes to the wire message "offer" with its accuracy, or to None."""
    out = yield from draft(box, now, points, offer_id)
    if out:
        try:
            accuracy = yield from loaded("osb_box.ahead.", "accuracy")
            accuracy.state(box, out)
        finally:
            forget("osb_box.ahead.accuracy")
    return out


def draft(box, now, points, offer_id):
    """The same without how accurate it is."""
    try:
        yield 0
        offer = yield from loaded("osb_box.plan.", "forecast", "heat", "offer")
        return (yield from offer.pieces(box, now, points, offer_id))
    finally:
        offer = None
        forget("osb_box.plan.offer", "osb_box.plan.heat", "osb_box.plan.forecast")
