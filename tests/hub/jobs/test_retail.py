from osb_hub.jobs.retail import message
from osb_hub.prices.series import Tariff

T = 1768431600


def test_a_household_pays_fee_and_vat_and_gets_less_than_the_market():
    known = {T: 80.0, T + 900: -200.0}
    told = message(known, Tariff(), T, T + 5)
    # (80 + 160) * 1.06 = 254.4; (-200 + 160) * 1.06 = -42.4; 80 - 5; -200 - 5
    assert told == {"t": T + 5, "start": T, "slots": 2, "buy_eur_mwh": [254, -42], "sell_eur_mwh": [75, -205]}


def test_a_gap_ends_what_is_told():
    assert message({T: 80.0, T + 1800: 90.0}, Tariff(), T, T)["slots"] == 1
    assert message({T + 900: 80.0}, Tariff(), T, T) is None
