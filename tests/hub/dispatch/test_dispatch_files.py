"""Fleet, market and schedule as files: what is written is read again, and what is wrong is said in one sentence."""

import json
import resource
from contextlib import contextmanager
from dataclasses import fields

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from osb_hub.dispatch.files import (
    read_fleet,
    read_market,
    read_schedule,
    write_fleet,
    write_market,
    write_schedule,
)
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import DOWN, UP, Market, Request, Reserve
from osb_hub.dispatch.referee import referee
from osb_hub.errors import InputError

TWO = [{"home": 0, "charge_max_w": [1, 2, 3], "below_price": 0.02}, {"home": 1, "fill0_wh": 7}]
MARKET = {
    "buy_price": [1e-4, 2e-4, 3e-4],
    "sell_price": 5e-5,
    "requests": [
        {
            "name": "evening",
            "direction": "up",
            "slots": [1, 2],
            "power_w": 500,
            "baseline_w": [900, 800.5],
            "price": 3e-4,
            "shortfall_penalty": 1e-3,
        }
    ],
    "reserve": [
        {
            "name": "afrr",
            "direction": "down",
            "slots": [0, 2],
            "power_w": 400,
            "endurance": 2,
            "price": 1e-5,
            "shortfall_penalty": 1e-3,
            "pool_margin": 0.1,
        },
        {
            "name": "more",
            "direction": "up",
            "slots": [1],
            "power_w": 300,
            "endurance": 4,
            "price": 2e-5,
            "offered": True,
        },
    ],
}


@pytest.fixture
def fleet(make_fleet):
    return make_fleet(
        3,
        TWO,
        homes=2,
        home_feeder=[0, 2],
        load_w=np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32),
        feeder_parent=[1, -1, 1],
        reliability=[[0.5], [1]],
        home_names=("a", "été"),
    )


def test_a_fleet_is_read_as_it_was_written(fleet, tmp_path):
    path = tmp_path / "fleet.npz"
    write_fleet(path, fleet)
    again = read_fleet(path)
    for field in fields(Fleet):
        assert_array_equal(getattr(again, field.name), getattr(fleet, field.name), err_msg=field.name)
    assert again.load_w.dtype == np.float32
    assert again.feeders == 3
    assert [p.name for p in tmp_path.iterdir()] == ["fleet.npz"]
    with np.load(path) as file:
        assert file["import_max_w"].shape == (1, 1)  # one number was given, one number is written
        assert file["reliability"].shape == (2, 1)


def test_a_fleet_file_may_leave_out_what_has_a_default(fleet, tmp_path):
    arrays = as_arrays(fleet, tmp_path)
    for name in ("reliability", "backup", "home_names"):
        arrays.pop(name)
    np.savez(tmp_path / "short.npz", **arrays)
    short = read_fleet(tmp_path / "short.npz")
    assert short.reliability.tolist() == [[1] * 3] * 2
    assert short.home_name(1) == "home 1"


def as_arrays(fleet, tmp_path):
    write_fleet(tmp_path / "whole.npz", fleet)
    with np.load(tmp_path / "whole.npz") as file:
        return dict(file)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"usage_w": None}, "the array usage_w is missing; a fleet file has it."),
        ({"usage": np.zeros(2)}, "a fleet has no array usage."),
        ({"load_w": np.full((2, 3), np.nan)}, "load_w of a in slot 0 is not a number."),
        ({"charge_max_w": np.array([[0, 0, 0], [0, -1, 0]])}, "charge_max_w of store 1 of b in slot 1 is negative."),
        ({"home_feeder": np.array([2, 0])}, "home_feeder is not sorted: entry 1 is lower than the one before it."),
        ({"pv_w": np.zeros((2, 4))}, "pv_w has shape (2, 4), which does not fit [H, T] = (2, 3)."),
        ({"store_home": np.array([0, 1, 1])}, "fill0_wh has shape (2,), which does not fit [S] = (3,)."),
        ({"home_names": np.array([1, 2])}, "home_names is not a list of texts."),
        ({"home_names": np.array(["a", "b"], dtype=object)}, "is not a whole NPZ file of plain arrays."),
        ({"slot_h": np.array(-1.0)}, "slot_h is -1.0; a slot has a length above 0 and at most 24 hours."),
    ],
)
def test_a_wrong_fleet_file_is_refused_in_one_sentence(make_fleet, tmp_path, change, sentence):
    fleet = make_fleet(3, TWO, homes=2, home_feeder=[0, 2], feeder_parent=[1, -1, 1], home_names=("a", "b"))
    arrays = {**as_arrays(fleet, tmp_path), **change}
    path = tmp_path / "wrong.npz"
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    with pytest.raises(InputError) as error:
        read_fleet(path)
    assert str(error.value) == f"{path}: {sentence}"


def test_what_is_no_npz_is_refused(fleet, tmp_path):
    whole = tmp_path / "whole.npz"
    write_fleet(whole, fleet)
    cut, text, one = tmp_path / "cut.npz", tmp_path / "text.npz", tmp_path / "one.npy"
    cut.write_bytes(whole.read_bytes()[:-200])
    (tmp_path / "damaged.npz").write_bytes(whole.read_bytes().replace(b"'fortran_order'", b"'fortran_Order'", 1))
    text.write_text("load_w,1,2,3")
    np.save(one, np.zeros(3))
    for path in (cut, text, one, tmp_path / "damaged.npz"):
        with pytest.raises(InputError, match="is not a whole NPZ file of plain arrays"):
            read_fleet(path)
    with pytest.raises(InputError, match=r"none\.npz: cannot be read \(No such file or directory\)"):
        read_fleet(tmp_path / "none.npz")
    with pytest.raises(InputError, match="cannot be read"):
        read_fleet(tmp_path)


def test_a_market_is_read_as_it_is_meant_and_written_again(tmp_path):
    path = tmp_path / "market.json"
    path.write_text(json.dumps(MARKET))
    market = read_market(path, 3)
    assert_array_equal(market.sell_price, [5e-5] * 3)
    assert market.requests[0].slots == (1, 2)
    assert_array_equal(market.requests[0].baseline_w, [900, 800.5])
    assert (market.reserve[0].pool_margin, market.reserve[0].offered) == (0.1, False)
    assert (market.reserve[1].pool_margin, market.reserve[1].offered) == (0.0, True)
    write_market(path, market)
    again = read_market(path, 3)
    assert_array_equal(again.buy_price, [1e-4, 2e-4, 3e-4])
    assert_array_equal(again.sell_price, market.sell_price)
    assert [vars(r) for r in again.reserve] == [vars(r) for r in market.reserve]
    assert_array_equal(again.requests[0].baseline_w, [900, 800.5])


def changed(**change):
    return {name: value for name, value in {**MARKET, **change}.items() if value is not None}


def product(kind, **change):
    one = {**MARKET[kind][0], **change}
    return changed(**{kind: [{name: value for name, value in one.items() if value is not None}]})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (changed(buy_price=None), ": buy_price of the market is missing."),
        ('{"buy_price": 1, "sell_price": 0, "buy_price": 2}', ": buy_price stands there twice."),
        (changed(prise=1), ": the market has no key prise; known are buy_price, requests, reserve, sell_price."),
        (changed(buy_price="dear"), ': buy_price is "dear"; it is a number, or one for each slot.'),
        (changed(buy_price=[1, 2]), ": sell_price has 3 values, buy_price 2; both have one per slot."),
        (changed(buy_price=[1, 2], sell_price=[0, 0], requests=[], reserve=[]),
         ": The market has 2 slots, the fleet 3: both need the same."),
        (changed(sell_price=1e-3),
         ": buy_price in slot 0 is 0.0001 EUR/Wh, below the sell price of 0.001: trading in a circle would earn "
         "without end."),
        (changed(requests={}), ": requests is not a list."),
        (changed(requests=[5]), ": request 0 is not an object of keys and values."),
        (product("requests", power_w=None), ": power_w of request 0 is missing."),
        (product("requests", power_w="2 kW"), ': power_w of request 0 is "2 kW"; it is a number.'),
        (product("requests", power_w=True), ": power_w of request 0 is true; it is a number."),
        (product("requests", slots=[1.5]), ": slots of request 0 is [1.5]; it is a list of whole numbers."),
        (product("requests", slots=[2, 3]), ": request evening has slot 3, but there are 3 slots (0 to 2)."),
        (product("requests", direction="left"), ": direction of request evening is 'left'; it is 'up' or 'down'."),
        (product("reserve", endurance=0.5), ": endurance of reserve 0 is 0.5; it is a whole number."),
        (product("reserve", offered="no"), ': offered of reserve 0 is "no"; it is true or false.'),
        (product("reserve", shortfall_penalty=None), ": shortfall_penalty of reserve 0 is missing."),
        ("[1, 2", ", line 1: is not JSON (Expecting ',' delimiter)."),
        ("[]", ": the market is not an object of keys and values."),
        ('{"buy_price": NaN}', ": NaN is not a finite number."),
        (b"\xff\xfe", ": is not JSON in UTF-8."),
    ],
)  # fmt: skip
def test_a_wrong_market_file_is_refused_in_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "market.json"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(InputError) as error:
        read_market(path, 3)
    assert str(error.value) == f"{path}{sentence}"


@pytest.fixture
def market():
    request = Request("evening", UP, (1,), 500, 900, 3e-4, 1e-3)
    return Market(np.zeros(3), 0.0, (request,), (Reserve("afrr", DOWN, (0, 2), 400, 2, 1e-5, 1e-3),))


def test_a_schedule_is_read_as_it_was_written_with_all_its_multipliers(fleet, market, tmp_path):
    raw = referee(fleet, market)
    path = tmp_path / "schedule.npz"
    write_schedule(path, raw.schedule, raw.multipliers)
    schedule, multipliers = read_schedule(path, fleet, market)
    for part, again in ((raw.schedule, schedule), (raw.multipliers, multipliers)):
        for field in fields(part):
            assert_array_equal(getattr(again, field.name), getattr(part, field.name))
    with np.load(path) as file:
        assert {"charge_w", "discharge_w", "pv_used_w", "home_price", "down_window_price"} <= set(file.files)


def test_a_schedule_of_another_fleet_or_market_is_refused(fleet, market, make_fleet, tmp_path):
    path = tmp_path / "schedule.npz"
    raw = referee(fleet, market)
    write_schedule(path, raw.schedule, raw.multipliers)
    with pytest.raises(InputError, match=r"charge_w has shape \(2, 3\); this fleet and market need \(0, 3\)"):
        read_schedule(path, make_fleet(3, homes=2, home_feeder=[0, 2], feeder_parent=[1, -1, 1]), market)
    with pytest.raises(InputError, match=r"request_price has shape \(1, 3\); this fleet and market need \(0, 3\)"):
        read_schedule(path, fleet)
    raw.schedule.charge_w[1, 2] = np.nan
    write_schedule(path, raw.schedule, raw.multipliers)
    with pytest.raises(InputError, match="charge_w holds something that is not a finite number"):
        read_schedule(path, fleet, market)


@contextmanager
def hardly_any_disk():
    """No file may grow beyond 1 kB. For no longer than the writing: the test report may be a file too."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(fleet, tmp_path):
    path = tmp_path / "fleet.npz"
    path.write_text("the old one")
    with pytest.raises(InputError, match=r"fleet\.npz: cannot be written \(File too large\)"), hardly_any_disk():
        write_fleet(path, fleet)
    assert path.read_text() == "the old one"
    assert [p.name for p in tmp_path.iterdir()] == ["fleet.npz"]


def test_a_file_can_only_be_written_where_there_is_a_folder_for_it(fleet, tmp_path):
    with pytest.raises(InputError, match=r"none/fleet\.npz: cannot be written \(No such file or directory\)"):
        write_fleet(tmp_path / "none" / "fleet.npz", fleet)
    with pytest.raises(InputError, match=r"cannot be written \(Is a directory\)"):
        write_fleet(tmp_path, fleet)
