"""What Home Assistant is told of each entity, once a connection: MQTT discovery in the words of its integration, in its
abbreviations; one small retained message an entity.
"""

import json

_CLASSES = {  # unit of a point -> (unit, class, class of state) at Home Assistant
    "W": ("W", "power", "measurement"),
    "Wh": ("Wh", "energy", "total_increasing"),
    "mC": ("°C", "temperature", "measurement"),
    "mV": ("V", "voltage", "measurement"),
    "mA": ("A", "current", "measurement"),
}


def sensor(prefix, box_id, name, unit, expire_s):
    """(topic, message) of a point that is unavailable `expire_s` after its last value."""
    entity = {
        "name": name.replace(".", " ").replace("_", " "),
        "stat_t": "~" + name.replace(".", "/"),
        "exp_aft": expire_s,
    }
    if unit in _CLASSES:
        entity["unit_of_meas"], entity["dev_cla"], entity["stat_cla"] = _CLASSES[unit]
    elif unit == "pm":
        entity["unit_of_meas"] = "%"
        entity["stat_cla"] = "measurement"
    return _message(prefix, box_id, "sensor", name.replace(".", "_"), entity)


def heating(prefix, box_id):
    """(topic, message) of the override as a thermostat."""
    entity = {
        "name": "heating",
        "temp_cmd_t": "~heating/target/set",
        "temp_stat_t": "~heating/target",
        "mode_cmd_t": "~heating/mode/set",
        "mode_stat_t": "~heating/mode",
        "modes": ["auto", "heat"],
        "curr_temp_t": "~room/temp",
        "min_temp": 10,
        "max_temp": 28,
        "temp_step": 0.5,
        "temp_unit": "C",
    }
    return _message(prefix, box_id, "climate", "heating", entity)


def _message(prefix, box_id, kind, key, entity):
    entity["~"] = "osb/" + box_id + "/"
    entity["uniq_id"] = box_id + "_" + key
    entity["avty_t"] = "~online"
    entity["dev"] = {"ids": [box_id], "name": "Open Smart Box " + box_id, "mf": "Open Smart Box"}
    return "%s/%s/%s/%s/config" % (prefix, kind, box_id, key), json.dumps(entity).encode()
