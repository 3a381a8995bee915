"""What a home can be asked for, as its hub is told at each connection. Imported when needed only."""


def actuators(box):
    """What each actuator can take and give [W], as the wire message "hello" wants it."""
    out = []
    for role in box.roles:
        device, account = box.home[role], box.accounts[role]
        gives = device["peak_w"] if role == "pv" else device["discharge_max_w"] if role == "battery" else 0
        out.append({"actuator": role, "charge_max_w": account.high, "discharge_max_w": gives})
    return out
