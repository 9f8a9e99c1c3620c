"""Plots as inline SVG, drawn by hand.

A plotting library would be the largest part of the install, and its SVG neither takes
the page's colours, light or dark, nor has words that can be read out. Colours are
classes of the page; no plot needs them to be understood.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log10, sqrt
from typing import Any

from mtcheck.benchmarking.shapes import LOWEST_RATE

_DASHES = ("", "6 3", "2 3", "9 3 2 3", "1 2", "12 4", "4 2 1 2 1 2", "3 6")


def roc(label: str, models: Sequence[Mapping[str, Any]]) -> str:
    """Return the curves of a label near zero false alarms, with a key beside them."""
    width, height, left, top = 560, 300, 48, 12
    right, bottom = left + 380, top + 240

    def x(rate: float) -> float:
        return left + (right - left) * (1 - log10(rate) / log10(LOWEST_RATE))

    def y(recall: float) -> float:
        return bottom - (bottom - top) * recall

    told = []
    body = [*_grid(left, right, y)]
    for rate, name in ((0.001, "0.1 %"), (0.01, "1 %"), (0.05, "5 %"), (1, "100 %")):
        body.append(_line(x(rate), top, x(rate), bottom, "grid"))
        body.append(_text(x(rate), bottom + 16, name, "middle"))
    body.append(_text((left + right) / 2, bottom + 34, "originals called so", "middle"))
    for at, model in enumerate(models):
        points = model["curves"][label]
        if not points:
            continue
        path = " ".join(f"{x(rate):.1f},{y(recall):.1f}" for rate, recall in points)
        dash = _DASHES[at % len(_DASHES)]
        shown = f'class="curve m{at % 8}" stroke-dasharray="{dash}"'
        body.append(f'<polyline points="{path}" {shown}/>')
        row = top + 10 + 20 * at
        body.append(f'<path d="M{right + 14} {row}h34" {shown}/>')
        body.append(_text(right + 54, row + 4, model["name"]))
        near = min(points, key=lambda point: abs(log10(point[0]) + 2))
        told.append(f"{model['name']} {near[1]:.2f}")
    about = (
        f"Recall of {label} by the share of originals called so, on a log axis. "
        f"At 1 %: {', '.join(told)}."
    )
    height = max(height, top + 20 * len(models) + 20)
    return _svg(width + _longest(models), height, about, body)


def reliability(model: Mapping[str, Any]) -> str:
    """Return accuracy by confidence; the area of a dot is its number of texts."""
    size, left, top = 180, 34, 10
    right, bottom = left + size, top + size

    def x(share: float) -> float:
        return left + size * share

    def y(share: float) -> float:
        return bottom - size * share

    body = [*_grid(left, right, y), _line(x(0), y(0), x(1), y(1), "ideal")]
    body += [
        _text(x(share), bottom + 16, f"{share:g}", "middle") for share in (0, 0.5, 1)
    ]
    body.append(_text(x(0.5), bottom + 32, "confidence", "middle"))
    total = sum(one["n"] for one in model["reliability"])
    for one in model["reliability"]:
        radius = max(1.5, 22 * sqrt(one["n"] / total))
        place = f'cx="{x(one["confidence"]):.1f}" cy="{y(one["accuracy"]):.1f}"'
        body.append(f'<circle {place} r="{radius:.1f}" class="dot"/>')
    told = "; ".join(
        f"{one['accuracy']:.2f} right at {one['confidence']:.2f} of {one['n']:,} texts"
        for one in model["reliability"]
    )
    about = f"Accuracy of {model['name']} by its confidence: {told}."
    return _svg(right + 12, bottom + 40, about, body)


def bars(
    rows: Sequence[tuple[str, Sequence[tuple[str, Mapping[str, Any]]]]], about: str
) -> str:
    """Return a bar with its interval for each model of each stratum, from 0 to 1."""
    step, gap, top = 16, 32, 0
    names = [name for _, own in rows for name, _ in own]
    left = 16 + 7 * max(map(len, names), default=0)
    width = 420

    def x(share: float) -> float:
        return left + width * share

    body, place = [], top
    marks = []
    for title, own in rows:
        place += gap
        marks.append(_text(4, place - 12, title, kind="title"))
        for name, found in own:
            value, low, high = found["value"], found["low"], found["high"]
            marks.append(_text(left - 6, place + 4, name, "end"))
            marks.append(
                f'<rect x="{left}" y="{place - 4}" width="{width * value:.1f}" '
                'height="9" class="bar"/>'
            )
            marks.append(_line(x(low), place + 0.5, x(high), place + 0.5, "whisker"))
            marks += [
                _line(x(end), place - 3, x(end), place + 4, "whisker")
                for end in (low, high)
            ]
            marks.append(_text(left + width + 8, place + 4, f"{value:.3f}"))
            place += step
    for share in (0, 0.25, 0.5, 0.75, 1):
        body.append(_line(x(share), top + 12, x(share), place, "grid"))
        body.append(_text(x(share), place + 14, f"{share:g}", "middle"))
    return _svg(left + width + 60, place + 22, about, [*body, *marks])


def _longest(models: Sequence[Mapping[str, Any]]) -> int:
    """Return the room that long names of models need in the key, in pixels."""
    return max(0, 7 * max(len(model["name"]) for model in models) - 70)


def _grid(left: float, right: float, y: Any) -> Iterator[str]:
    for share in (0, 0.25, 0.5, 0.75, 1):
        yield _line(left, y(share), right, y(share), "grid")
        yield _text(left - 6, y(share) + 4, f"{share:g}", "end")


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'class="{kind}"/>'
    )


def _text(
    x: float, y: float, text: str, anchor: str = "start", kind: str = "word"
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} class="{kind}">{escape(text)}</text>'


def _svg(width: float, height: float, about: str, body: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="{escape(about)}">'
        f"{''.join(body)}</svg>"
    )
