"""What a day must keep. Each promise is judged on the measured figures and said in one sentence."""

from dataclasses import dataclass
from typing import Any

CLEARLY = 1.1  # the twin must break the cap by a tenth, or keeping it shows nothing
METER_ERROR_PCT = 0.5
# no more discomfort than the twin's, beyond what the bench's own step can tell apart
MINUTES = 1.0
EV_WH = 100.0


@dataclass(frozen=True)
class Promise:
    """One promise of the day."""

    name: str
    kept: bool
    sentence: str


def judge(measured: dict[str, Any]) -> list[Promise]:
    """All promises that the run can be held to; one without a slot under the cap is not held to the cap."""
    promises = [_feeder(measured), _cheaper(measured), _comfort(measured), _nothing_lost(measured), _meters(measured)]
    if measured["peak_in_cap_window_kw"]["twin"] is not None:
        promises.insert(0, _cap(measured))
    if measured["rebound_peak_kw"]["twin"] is not None:
        promises.insert(1, _rebound(measured))
    return promises


def _cap(measured: dict[str, Any]) -> Promise:
    cap, peak = measured["cap_kw"], measured["peak_in_cap_window_kw"]
    with_, without = peak["dispatched"], peak["twin"]
    beyond, stated = measured["excess_beyond_stated_kw"], measured["shortfall_stated_kw"]
    if without < CLEARLY * cap:
        sentence = f"the limit of {cap:.1f} kW shows nothing: without dispatch the street draws {without:.1f} kW"
        return Promise("cap_kept", False, sentence + ", not a tenth more")
    if with_ <= cap:
        sentence = f"at most {with_:.1f} kW under the limit of {cap:.1f} kW; without dispatch {without:.1f} kW"
        return Promise("cap_kept", True, sentence)
    if beyond <= 0:
        sentence = (
            f"{with_:.1f} kW under a limit of {cap:.1f} kW, but the plan had said so (up to {stated:.1f} kW more)"
        )
        return Promise("cap_kept", True, sentence)
    sentence = f"{with_:.1f} kW is above the limit of {cap:.1f} kW, {beyond:.1f} kW more than any plan had said"
    return Promise("cap_kept", False, sentence)


def _feeder(measured: dict[str, Any]) -> Promise:
    carries, peak = measured["feeder_kw"], measured["peak_kw"]["dispatched"]
    kept = measured["feeder_excess_beyond_stated_kw"] <= 0
    sentence = f"never more than {peak:.1f} kW on a feeder that carries {carries:.1f} kW"
    return Promise(
        "feeder_kept", kept, sentence if kept else f"{peak:.1f} kW on a feeder that carries {carries:.1f} kW"
    )


def _rebound(measured: dict[str, Any]) -> Promise:
    cap, peak = measured["cap_kw"], measured["rebound_peak_kw"]["dispatched"]
    kept = peak <= cap
    sentence = f"in the two hours after, at most {peak:.1f} kW"
    return Promise("no_rebound", kept, sentence if kept else f"{sentence}, above the {cap:.1f} kW of the limit")


def _cheaper(measured: dict[str, Any]) -> Promise:
    cost = measured["cost_eur"]
    saved = cost["twin"] - cost["dispatched"]
    sentence = f"{cost['dispatched']:.2f} EUR instead of {cost['twin']:.2f} EUR for everyone together"
    return Promise("cheaper", saved > 0, sentence)


def _comfort(measured: dict[str, Any]) -> Promise:
    worse = []
    for home in measured["per_home"]:
        for name, tolerance, unit in (
            ("comfort_violation_minutes", MINUTES, "min outside the comfort band"),
            ("cold_water_minutes", MINUTES, "min of cold water"),
            ("ev_short_wh", EV_WH, "Wh missing in the car"),
        ):
            more = home[name]["dispatched"] - home[name]["twin"]
            if more > tolerance:
                worse.append(f"{home['id']} has {more:.0f} {unit} more than without dispatch")
    minutes = measured["comfort_violation_minutes"]
    fine = f"{minutes['dispatched']:.0f} min outside the comfort bands, {minutes['twin']:.0f} without dispatch"
    return Promise("comfort", not worse, "; ".join(worse) or f"nobody is less comfortable: {fine}")


def _nothing_lost(measured: dict[str, Any]) -> Promise:
    readings = measured["readings"]
    silent = readings["boxes_that_did_not_tell"]
    kept = readings["lost"] == readings["duplicated"] == 0 and not silent and readings["sent"] > 0
    sentence = (
        f"{readings['sent']} readings sent, {readings['stored']} stored, "
        f"{readings['lost']} lost, {readings['duplicated']} stored twice"
    )
    told = f"; {', '.join(silent)} could not say how many it sent" if silent else ""
    return Promise("nothing_lost", kept, sentence + told)


def _meters(measured: dict[str, Any]) -> Promise:
    error = measured["meter_truth_error_pct"]
    sentence = f"stored energy is {error:.2f} % off the meters' own counters (at most {METER_ERROR_PCT} %)"
    return Promise("meters_agree", error <= METER_ERROR_PCT, sentence)
