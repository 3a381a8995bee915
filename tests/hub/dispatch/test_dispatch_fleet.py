"""What a fleet must hold, and what is said when it does not."""

import numpy as np
import pytest

from osb_hub.dispatch.fleet import AXES
from osb_hub.errors import InputError

TWO = [{"home": 0}, {"home": 1}]


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"charge_max_w": np.array([[0.0, 0, 0], [0, -1, 0]])}, "charge_max_w of b ev in slot 1 is negative."),
        ({"fill0_wh": np.array([1.0, np.nan])}, "fill0_wh of b ev is not a number."),
        ({"usage_w": np.inf}, "usage_w of a ev in slot 0 is infinite."),
        ({"retention": 1.01}, "retention of a ev in slot 0 is above 1."),
        ({"eta_out": 0.0}, "eta_out of a ev in slot 0 is not above 0."),
        ({"below_price": -1.0}, "below_price of a ev in slot 0 is negative."),
        ({"fill_min_wh": 2e5}, "fill_min_wh of a ev in slot 0 is above fill_max_wh."),
        ({"export_price": [0, 3e-4, 0]}, "import_price of a in slot 1 is below the export price."),
        ({"pv_w": np.array([[0.0], [-5]])}, "pv_w of b in slot 0 is negative."),
        ({"feeder_import_max_w": np.nan}, "feeder_import_max_w of street in slot 0 is not a number."),
        ({"load_w": np.zeros(3)}, "load_w has shape (3,); 2 homes need one row each and a column per slot."),
        ({"import_price": np.zeros(4)}, "import_price has shape (4,), which does not fit [H, T] = (2, 3)."),
        ({"pv_w": "much"}, "pv_w holds something that is not a number."),
        ({"store_home": np.array([1, 0])}, "store_home is not sorted: entry 1 is lower than the one before it."),
        ({"store_home": np.array([0, 2])}, "store_home points to 2, but there are 2 homes (0 to 1)."),
        ({"home_feeder": np.array([0, 1])}, "home_feeder points to 1, but there are 1 feeders (0 to 0)."),
        ({"slot_h": 0.0}, "slot_h is 0.0; a slot has a length above 0 and at most 24 hours."),
        ({"home_names": ("a",)}, "home_names has 1 entries for 2."),
    ],
)
def test_a_wrong_array_is_refused_in_one_sentence(make_fleet, arrays, sentence):
    names = {"store_names": ("a ev", "b ev"), "home_names": ("a", "b"), "feeder_names": ("street",)}
    with pytest.raises(InputError) as error:
        make_fleet(3, TWO, homes=2, **{**names, **arrays})
    assert str(error.value) == sentence


def test_arrays_broadcast_along_what_they_lack(make_fleet):
    fleet = make_fleet(3, TWO, homes=2, charge_max_w=[100, 200], eta_in=[1, 2, 3], pv_w=np.array([[5.0], [7]]))
    assert fleet.charge_max_w.tolist() == [[100] * 3, [200] * 3]
    assert fleet.eta_in.tolist() == [[1, 2, 3]] * 2
    assert fleet.pv_w.tolist() == [[5] * 3, [7] * 3]


def test_a_list_that_could_mean_both_is_refused(make_fleet):
    with pytest.raises(InputError, match=r"eta_in has 2 values for 2 rows and 2 slots: give it as \[S, 1\]"):
        make_fleet(2, TWO, homes=2, eta_in=[1, 2])


def test_names_are_those_of_the_fleet_file():
    assert set(AXES) == set(
        """fill0_wh retention eta_in eta_out charge_max_w discharge_max_w usage_w fill_min_wh fill_max_wh below_price
        above_price wear_price end_value load_w pv_w import_max_w export_max_w import_price export_price peak_price
        peak_floor_w feeder_import_max_w feeder_export_max_w feeder_penalty""".split()
    )
