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
        (
            {"slot_h": np.array([0.25, 0.25])},
            "slot_h is [0.25 0.25]; a slot has a length above 0 and at most 24 hours.",
        ),
        ({"home_names": ("a",)}, "home_names has 1 entries for 2."),
        ({"reliability": [[1], [1.2]]}, "reliability of b in slot 0 is above 1."),
        ({"reliability": -0.1}, "reliability of a in slot 0 is negative."),
        ({"backup": np.array([0, 0.5])}, "backup of b is neither 0 nor 1."),
        ({"feeder_import_max_w": -np.inf}, "feeder_import_max_w of street in slot 0 is infinite."),
        ({"store_home": np.array([0, 0.5])}, "store_home holds something that is not a whole number."),
        ({"home_feeder": np.zeros((2, 1))}, "home_feeder has shape (2, 1); it is a list of numbers."),
        ({"fill0_wh": np.zeros(3)}, "fill0_wh has shape (3,), which does not fit [S] = (2,)."),
        ({"load_w": [[1, 2, 3], [1, 2]]}, "load_w holds something that is not a number."),
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
        peak_floor_w reliability backup feeder_import_max_w feeder_export_max_w feeder_penalty""".split()
    )


def test_a_wrong_value_is_found_wherever_it_is_and_whatever_is_broadcast(make_fleet):
    for home, slot in ((0, 0), (1, 2)):
        load = np.zeros((2, 3))
        load[home, slot] = np.nan
        with pytest.raises(InputError, match=f"load_w of home {home} in slot {slot} is not a number"):
            make_fleet(3, homes=2, load_w=load)
    with pytest.raises(InputError, match="import_price of home 0 in slot 1 is below the export price"):
        make_fleet(3, homes=2, import_price=[2e-4, 1e-4, 2e-4], export_price=[[1.5e-4], [1.5e-4]])
    with pytest.raises(InputError, match="fill_min_wh of store 1 of home 0 in slot 2 is above fill_max_wh"):
        make_fleet(3, [{}, {"fill_min_wh": [0, 0, 7]}], fill_max_wh=[[9], [6]])


def test_what_is_not_given_is_reliable_no_backup_and_right_under_the_portfolio(make_fleet):
    fleet = make_fleet(2, homes=2, home_feeder=[0, 1])
    assert fleet.reliability.tolist() == [[1, 1], [1, 1]]
    assert fleet.backup.tolist() == [0, 0]
    assert fleet.feeder_parent.tolist() == [-1, -1]


def test_feeders_without_homes_are_counted_by_their_parents_or_limits(make_fleet):
    assert make_fleet(2, homes=2, home_feeder=[0, 1], feeder_parent=[2, 2, -1]).feeders == 3
    assert make_fleet(2, homes=2, home_feeder=[0, 1], feeder_export_max_w=np.ones((4, 1))).feeders == 4
    assert make_fleet(2, homes=2, home_feeder=[0, 1]).feeders == 2


def test_single_precision_stays_and_nothing_is_copied(make_fleet):
    load = np.ones((1000, 96), dtype=np.float32)
    fleet = make_fleet(96, homes=1000, load_w=load, pv_w=np.ones(1, dtype=np.int8))
    assert (fleet.load_w.dtype, fleet.pv_w.dtype) == (np.float32, np.float64)
    assert np.shares_memory(fleet.load_w, load)
    assert fleet.import_max_w.strides == (0, 0)


def test_a_fleet_without_stores_needs_no_store_arrays_of_its_own(make_fleet):
    assert make_fleet(2, eta_in=np.float64(0)).stores == 0  # nobody's efficiency
