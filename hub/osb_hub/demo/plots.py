"""The pictures of the report as inline SVG: Okabe-Ito colours, labels at the lines, times on the local clock."""

import io
from datetime import UTC, datetime
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, HourLocator, date2num
from matplotlib.figure import Figure

from osb_hub.demo.story import Story
from osb_hub.demo.truth import Floats, Home, Truth

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"  # Okabe and Ito (2008)
WITH, WITHOUT = "with dispatch", "without"

# under labels that lie on a line; a halo would turn their text into shapes
_PAPER: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}

_STYLE = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 11.0, "axes.spines.top": False}


def street(truth: Truth, story: Story) -> str:
    """Power of all homes together, with and without dispatch, and the limit."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(10, 4.2))
        axes = figure.subplots()
        begins, ends = _day(story.cap_begins), _day(story.cap_ends)
        cap_kw = story.cap_w / 1000
        _lines(axes, truth, truth.net_w("twin") / 1000, truth.net_w("dispatched") / 1000)
        if story.cap_begins < truth.end and story.cap_ends > truth.start:
            axes.axvspan(begins, ends, color="black", alpha=0.06, lw=0)
            axes.hlines(cap_kw, begins, ends, color="black", lw=2)
            axes.text(begins, cap_kw, f"limit {cap_kw:.1f} kW ", ha="right", va="center", bbox=_PAPER)
        feeder_kw = story.feeder_w / 1000
        axes.axhline(feeder_kw, color="black", lw=1, ls=":")
        axes.text(_day(truth.start), feeder_kw, f"the cable carries {feeder_kw:.0f} kW", va="bottom", bbox=_PAPER)
        axes.set_ylabel("the street draws [kW]")
        return _svg(figure, axes, truth, "street")


def one_home(truth: Truth, home: Home) -> str:
    """Comfort, battery and car of one home, as far as it has them."""
    rows = [name for name in ("room_mc", "battery_soc_pm", "ev_wh") if name in home.dispatched.series]
    scale = {"room_mc": 1000.0, "battery_soc_pm": 10.0, "ev_wh": 1000.0}
    label = {"room_mc": "room [°C]", "battery_soc_pm": "battery [%]", "ev_wh": "in the car [kWh]"}
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(10, 2.3 * len(rows)))
        panels = figure.subplots(len(rows), sharex=True, squeeze=False)[:, 0]
        for axes, name in zip(panels, rows, strict=True):
            if name == "room_mc":
                low, high = home.band_min_mc / 1000, home.band_max_mc / 1000
                edges = _edges(truth)
                axes.stairs(high, edges, baseline=low, fill=True, color=GREEN, alpha=0.15, lw=0)
                axes.text(edges[1], low[1], "comfort band", va="bottom", color=GREEN)
            _lines(axes, truth, home.twin.series[name] / scale[name], home.dispatched.series[name] / scale[name])
            axes.set_ylabel(label[name])
        return _svg(figure, panels[-1], truth, "home")


def costs(measured: dict[str, Any]) -> str:
    """What the day costs each home, with and without dispatch."""
    homes = measured["per_home"]
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(10, 3.6))
        axes = figure.subplots()
        x = np.arange(len(homes))
        for offset, side, colour, name in ((-0.2, "twin", ORANGE, WITHOUT), (0.2, "dispatched", BLUE, WITH)):
            axes.bar(x + offset, [home["cost_eur"][side] for home in homes], 0.38, color=colour, label=name)
        axes.set_xticks(x, [home["id"] for home in homes], rotation=45 if len(homes) > 12 else 0)
        axes.set_ylabel("cost of the day [EUR]")
        axes.axhline(0, color="black", lw=0.8)
        axes.legend(frameon=False, ncols=2, loc="upper left", bbox_to_anchor=(0, 1.15))
        return _text(figure, "costs")


def telling_home(truth: Truth) -> Home:
    """The home that shows most: the one with the most kinds of store."""
    return max(truth.homes, key=lambda home: len({"heat_pump", "battery", "ev"} & set(home.has)))


def _lines(axes: Axes, truth: Truth, without: Floats, with_: Floats) -> None:
    """Both lines, each labelled where they are furthest apart."""
    edges, at = _edges(truth), int(np.argmax(np.abs(without - with_)))
    middle = (edges[at] + edges[at + 1]) / 2
    for values, other, colour, name in ((without, with_, ORANGE, WITHOUT), (with_, without, BLUE, WITH)):
        axes.stairs(values, edges, baseline=None, color=colour, lw=1.8)
        side = "bottom" if values[at] > other[at] else "top"
        axes.text(middle, values[at], name, color=colour, ha="center", va=side, bbox=_PAPER)


def _edges(truth: Truth) -> list[float]:
    """Start of each slot and the end of the last."""
    return [_day(int(t)) for t in (*truth.starts, truth.end)]


def _day(t: int) -> float:
    """Matplotlib's number for a time."""
    return float(date2num(datetime.fromtimestamp(t, UTC)))


def _svg(figure: Figure, axes: Axes, truth: Truth, name: str) -> str:
    axes.set_xlim(_day(truth.start), _day(truth.end))
    axes.xaxis.set_major_locator(HourLocator(interval=3 if truth.slots > 24 else 1, tz=truth.zone))
    axes.xaxis.set_major_formatter(DateFormatter("%H:%M", tz=truth.zone))
    return _text(figure, name)


def _text(figure: Figure, name: str) -> str:
    """The figure as an <svg> element; ids are salted with the name, so that several fit one page."""
    for axes in figure.axes:
        axes.spines["right"].set_visible(False)
    file = io.StringIO()
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
    text = file.getvalue()
    return text[text.index("<svg") :]
