"""What was agreed with others and must outlive a power cut, to JSON and back. Imported when needed only."""

_PLAIN = ("terms", "offered", "answered", "not_today", "taken", "earned", "events")


def kept(box):
    """All of it, JSON-able; a few hundred bytes in most homes."""
    out = {name: getattr(box, name) for name in _PLAIN}
    out["events"] = [{key: e[key] for key in e if key not in ("t", "ws", "roles")} for e in box.events]
    if box.dim:
        from osb_box.plan.dim import of

        out["dim"] = of(box).kept()
    return out


def restore(box, kept):
    """Take it up again; what does not fit, after a change of firmware, is left as new."""
    for name in _PLAIN:
        if kept.get(name) is not None:
            setattr(box, name, kept[name])
    begins = [e["start"] for e in box.events if "followed" not in e]
    box.due = min(begins) if begins else None
    if kept.get("dim"):
        from osb_box.plan.dim import of, stow

        dim = of(box)
        try:
            dim.restore(kept["dim"])
        except (IndexError, TypeError):
            return
        stow(box, dim)
