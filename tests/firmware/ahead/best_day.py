"""Runs on MicroPython: plans the days given as JSON lines on stdin and prints what came out, one line each.

A day: "offer" (wire message), "buy", "sell" [EUR/MWh], "paid_w", "peak_ct_kw". Answer: powers by actuator, net, what
the planner itself thinks that it and plain control cost [ct], and of its slices the pieces in all and the most in one.
"""

import json
import sys
from array import array

from osb_box import finish
from osb_box.ahead.alone import alone
from osb_box.ahead.day import Day, best

for line in sys.stdin:
    given = json.loads(line)
    day = Day(given["offer"], array("h", given["buy"]), array("h", given["sell"]), given["paid_w"], given["peak_ct_kw"])
    finish(day.stock(given["offer"]))
    finish(alone(day, 62000))
    greedy = day.cost()
    slices = list(best(day))
    print(
        json.dumps(
            {
                "powers": {store.actuator: list(store.power) for store in day.stores},
                "half": {store.actuator: list(store.half) for store in day.stores if store.half},
                "ends": {store.actuator: day.end_price(store) for store in day.stores},
                "net": list(day.net),
                "greedy_ct": greedy,
                "cost_ct": day.cost(),
                "slices": [sum(slices), max(slices, default=0)],
            }
        )
    )
