"""What the cooperative may ask of this home: offered, answered, signed, ended. Imported when needed only.

Nobody but the household signs: the hub's word "signed" counts for the very numbers that the household has asked for.
"""

_EDITABLE = (
    "start end week_events month_events duration_s capacity_w notice_s energy_price event_price_ct plans".split()
)
_SAYS = {
    "accept": "the household has signed",
    "refuse": "the household does not want it",
    "counter": "the household asks for other numbers",
    "ended": "these terms do not hold any more",
}


def numbers(terms):
    """What can be edited of terms."""
    return {name: terms[name] for name in _EDITABLE}


def take(box, message, now):
    """Wire message "terms". What was answered before is answered so again, in case the answer was lost."""
    number, state = message["id"], message["state"]
    held, last = box.terms, box.answered
    if state == "withdrawn":
        if held and held["id"] == number:
            box.terms = None
        if box.offered and box.offered["id"] == number:
            box.offered = None
        box.unsaved = True
        _say(box, number, "ended", None, now)
        return
    new = numbers(message)
    if held and held["id"] == number and numbers(held) == new:
        _say(box, number, "accept", None, now)
    elif last and last[0] == number and last[1] == "counter" and state == "signed" and last[2] == new:
        _sign(box, dict(new, id=number, text=message["text"]), now)
    elif last and last[0] == number and last[1] in ("refuse", "counter") and state == "offered":
        _say(box, number, last[1], last[2], now)
    elif box.offered is None or box.offered["id"] != number or numbers(box.offered) != new:
        box.offered = dict(new, id=number, text=message["text"])
        box.unsaved = True


def answer(box, wish, now):
    """The household's {"id", "answer": "accept" | "refuse" | "counter", "counter": {edited numbers}}; ValueError says
    what is wrong with it.
    """
    if not isinstance(wish, dict) or wish.get("answer") not in ("accept", "refuse", "counter"):
        raise ValueError("terms are answered with accept, refuse or counter")
    offered = box.offered
    if offered is None or wish.get("id") != offered["id"]:
        if wish["answer"] == "refuse" and box.terms and wish.get("id") == box.terms["id"]:
            box.terms = None  # who has signed may also leave
            _answered(box, wish["id"], "refuse", None, now)
            return
        raise ValueError("no terms with this id are offered")
    if wish["answer"] == "accept":
        _sign(box, offered, now)
    elif wish["answer"] == "refuse":
        box.offered = None
        _answered(box, offered["id"], "refuse", None, now)
    else:
        counter = _checked(offered, wish.get("counter"))
        box.offered = None
        _answered(box, offered["id"], "counter", counter, now)


def _checked(offered, edited):
    if not isinstance(edited, dict) or not edited:
        raise ValueError("a counter-offer names at least one number")
    for name in edited:
        if name not in _EDITABLE:
            raise ValueError("%s cannot be edited; what can be is %s" % (name, ", ".join(_EDITABLE)))
    counter = numbers(offered)
    counter.update(edited)
    from osb_box import forget

    try:
        from osb_wire.agreed import TERMS
        from osb_wire.fields import check_record

        counter = check_record(TERMS, counter)
    finally:
        forget("osb_wire.agreed", "osb_wire.fields", "osb_wire.terms")
    if counter["start"] >= counter["end"]:
        raise ValueError("start must be before end")
    return counter


def _sign(box, terms, now):
    box.terms = terms
    box.offered = None
    _answered(box, terms["id"], "accept", None, now)


def _answered(box, number, word, counter, now):
    box.answered = [number, word, counter]
    box.unsaved = True
    _say(box, number, word, counter, now)


def _say(box, number, word, counter, now):
    said = {"t": now, "id": number, "answer": word, "counter": counter, "detail": _SAYS[word]}
    box.to_say.append(("terms_reply", said))
