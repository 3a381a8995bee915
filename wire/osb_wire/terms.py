"""Words and ranges that both directions share.

Integers only: W, Wh, mV, mA, m°C, per mille, parts per million, EUR/MWh (= µEUR/Wh), Unix seconds UTC.
Power is positive when it flows from the grid into the home. Store terms are those of S2 (EN 50491-12-2), FRBC.
"""

MAX_BYTES = 32768  # a longer payload is refused unread: a box has some 60 kB to live in

UNITS = ("W", "Wh", "mV", "mA", "mC", "pm", "1")
QUALITIES = ("good", "stale", "bad")
ACTUATORS = ("heat_pump", "tank", "ev", "battery", "pv")
REFUSALS = ("override", "comfort", "limit", "expired", "unknown", "disabled", "fault", "terms")
EVENTS = ("feeder_limit", "price_change", "override", "test")

TIME = ("int", 1500000000, 4102444800)  # 2017-07-14 .. 2100-01-01: an unset clock is refused
SLOTS = ("int", 1, 400)
NAME = ("text", 24)
ACTUATOR = ("one", ACTUATORS)
MOST_W = 1000000
MOST_WH = 1000000000
MOST_PRICE = 10000000  # EUR/MWh
