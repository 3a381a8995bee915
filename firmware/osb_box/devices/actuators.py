"""Which of a home's devices can be commanded, each by the class of its capability (loaded only if the home has one)."""


def of(devices):
    """One actuator for each device whose profile has something to write."""
    found = []
    for device in devices:
        if device.profile.targets:
            found.append(_capability(device.role)(device))
    return found


def _capability(role):
    if role == "heat_pump":
        from osb_box.devices.heat_pump import HeatPump as capability
    elif role == "tank":
        from osb_box.devices.tank import Tank as capability
    elif role == "ev":
        from osb_box.devices.charger import Charger as capability
    elif role == "battery":
        from osb_box.devices.battery import Battery as capability
    elif role == "pv":
        from osb_box.devices.inverter import Inverter as capability
    else:
        raise ValueError("a device with the role %s cannot be commanded" % role)
    return capability
