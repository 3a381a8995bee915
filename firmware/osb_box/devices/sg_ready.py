"""A heat pump behind the two contacts of SG Ready (Bundesverband Wärmepumpe, regulations for the SG Ready label).

contact 1:2   1:0 blocked, for two hours at most; 0:0 as it likes; 0:1 recommended to run; 1:1 forced, never used here

How much it draws is its own affair: such a heat pump is configured with power_min_w = power_max_w.
"""

from micropython import const

_DWELL_S = const(60)  # between two changes, or the heat pump may not notice the first
_BLOCK_S = const(7200)


async def heat_pump(device, command, now):
    """Targets: `block` (contact 1) and `more` (contact 2).

    After two hours of blocking it is left alone, until something else than "off" or "rest" is asked of it. What is not
    carried out, then or too soon after a change, is not said to be held.
    """
    mode = "off" if command[0] == "rest" else command[0]
    held, since = device.kept or (None, 0)
    if mode == "off" and (held == "free" or (held == "off" and now - since >= _BLOCK_S)):
        mode = "free"
        device.spared = True
    if mode != held and now - since < _DWELL_S:
        device.spared = True
        return
    # what opens, opens first: on the way the heat pump is left alone, never forced
    if mode == "off":
        await device.set("more", 0)
        await device.set("block", 1)
    else:
        await device.set("block", 0)
        await device.set("more", int(mode == "run"))
    if mode != held:
        device.kept = mode, now
