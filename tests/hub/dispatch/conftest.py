import numpy as np
import pytest

from osb_hub.dispatch.fleet import Fleet

INF = np.inf


@pytest.fixture
def make_fleet():
    """A fleet of one-hour slots, so that W and Wh are the same number; by default homes without load or limits."""

    def make(slots, stores=(), homes=1, home_feeder=None, **arrays):
        store = {
            "fill0_wh": 0.0,
            "retention": 1.0,
            "eta_in": 1.0,
            "eta_out": 1.0,
            "charge_max_w": 0.0,
            "discharge_max_w": 0.0,
            "usage_w": 0.0,
            "fill_min_wh": 0.0,
            "fill_max_wh": 1e5,
            "below_price": INF,
            "above_price": INF,
            "wear_price": 0.0,
            "end_value": 0.0,
        }
        per_store = {name: [s.get(name, default) for s in stores] for name, default in store.items()}
        shaped = {
            name: np.array(values, dtype=float)
            if name in ("fill0_wh", "end_value")
            else np.array([np.broadcast_to(v, slots) for v in values], dtype=float).reshape(-1, slots)
            for name, values in per_store.items()
        }
        given = {
            "slot_h": 1.0,
            "store_home": np.array([s.get("home", 0) for s in stores], dtype=int),
            "home_feeder": np.zeros(homes, dtype=int) if home_feeder is None else home_feeder,
            "load_w": np.zeros((homes, slots)),
            "pv_w": 0.0,
            "import_max_w": 1e5,
            "export_max_w": 1e5,
            "import_price": 2e-4,
            "export_price": 0.0,
            "peak_price": 0.0,
            "peak_floor_w": 0.0,
            "feeder_import_max_w": INF,
            "feeder_export_max_w": INF,
            "feeder_penalty": 5e-3,
        }
        return Fleet(**{**shaped, **given, **arrays})

    return make
