"""What comfort must not forget over a restart, JSON-able and never longer than about a kilobyte. Needed once a slot."""

from array import array
from binascii import hexlify, unhexlify

from micropython import const

_BUILDING_BYTES = const(160)  # of identify.py


def snapshot(box):
    """For state.json; comes back through `restore`."""
    band, room = box.band, box.model.room
    return {
        "kept": band.kept,
        "learned": _text(band.learned),
        "usual": _text(band.usual),
        "holiday": band.holiday,
        "seen": [band.moved, band.away],
        "building": _text(room.memory) if room else None,
        "shape": [room.loss, room.capacity, room.lead_mk_kw, room.sun_w] if room else None,
    }


def restore(box, kept):
    """Take up a snapshot. KeyError, TypeError or ValueError where it does not fit; what came before it stays."""
    band, room = box.band, box.model.room
    rest = kept["kept"]
    changed = rest.get("comfort")
    if changed:
        band.use(dict(band.comfort, **changed))
    band.kept = rest
    band.learned, band.usual = _bytes(kept["learned"], 192), _bytes(kept["usual"], 96)
    band.moved, band.away = kept["seen"]
    holiday = kept["holiday"]
    band.holiday = holiday and (int(holiday[0]), int(holiday[1]))
    from osb_box.comfort import lived, slot

    lived.attend(band)
    if rest.get("outdoor"):
        slot.warm_in_summer(band, rest["outdoor"][0])
    if room and kept["building"]:
        data = _bytes(kept["building"], _BUILDING_BYTES)
        loss, capacity, lead, sun = kept["shape"]
        room.shape(loss, capacity)
        room.lead_mk_kw, room.sun_w, room.memory = lead, sun, array("f", data)


def _text(data):
    return None if data is None else hexlify(data).decode()


def _bytes(text, size):
    """The bytes of a text; None where there is none, ValueError where it is of another firmware."""
    if text is None:
        return None
    data = bytearray(unhexlify(text))
    if len(data) != size:
        raise ValueError("%d bytes instead of %d" % (len(data), size))
    return data
