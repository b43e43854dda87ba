"""Charts: figures as inline SVG that takes its colors from the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from pairkit.messages import Language, Message

if TYPE_CHECKING:
    from pairkit.report.figures import Flows, GroupShare, Loads, ScoreDistribution

__all__ = ["SERIES", "SIDES", "histogram", "interval", "load_bars", "warmth"]

WIDTH, HEIGHT = 460, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 442, 14, 194
TICKS: Final = 4
STEPS: Final = (1, 2, 2.5, 5, 10)  # round steps of an axis, times a power of ten
FARTHEST: Final = 3  # shades above and below what is expected
SERIES: Final[Mapping[str, Message]] = {
    "matching": Message("these pairs"),
    "greedy": Message("best pair first, one after another"),
    "random": Message("drawn at random"),
}
SIDES: Final[Mapping[str, Message]] = {
    "mentors": Message("mentors"),
    "mentees": Message("mentees"),
    "peers": Message("peers"),
}


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis from 0 or below up to round numbers: where the ends are drawn, and what they are."""

    start: float
    end: float
    low: float
    high: float

    def __call__(self, value: float) -> float:
        """Return where a value is drawn."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def histogram(spread: ScoreDistribution, language: Language) -> str:
    """Return how scores are spread: bars for the pairs, lines for other ways to pair."""
    shares = {one.name: one.counts / max(one.pairs, 1) for one in spread.series}
    step = _step(max(float(one.max(initial=0.0)) for one in shares.values()))
    x = _Axis(LEFT, RIGHT, float(spread.edges[0]), float(spread.edges[-1]))
    y = _Axis(BOTTOM, TOP, 0.0, step * TICKS)
    pieces = [_rules(y, [k * step for k in range(TICKS + 1)], language, "%")]
    edges = spread.edges.tolist()
    for name, own in shares.items():
        if name == "matching":
            pieces.append(_bars(x, y, edges, own.tolist()))
        else:
            pieces.append(f'<path class="ln {name}" d="{_outline(x, y, edges, own.tolist())}"/>')
    ends = [edges[0] + k * (edges[-1] - edges[0]) / 4 for k in range(5)]
    pieces += [_label(x(end), BOTTOM + 18, language.number(end, ".2"), "m") for end in ends]
    pieces.append(_label((LEFT + RIGHT) / 2, HEIGHT - 6, language.say(Message("score")), "m"))
    title = language.say(Message("Scores of the pairs"))
    means = ((SERIES[one.name], one.mean) for one in spread.series if one.mean is not None)
    told = (Message("{name}: mean {mean:.2}", name=name, mean=mean) for name, mean in means)
    return _svg(title, language.write(tuple(told), ";"), pieces)


def load_bars(sides: Sequence[Loads], language: Language) -> str:
    """Return how many people have how many partners, and how many of them have room for more."""
    most = max(len(one.full) for one in sides)
    step = max(1.0, _step(max(float(one.people.max(initial=0)) for one in sides)))
    y = _Axis(BOTTOM, TOP, 0.0, step * TICKS)
    pieces = [_rules(y, [k * step for k in range(TICKS + 1)], language, "")]
    slot = (RIGHT - LEFT) / most
    width = min(slot * 0.8 / len(sides), 60.0)
    for k, one in enumerate(sides):
        for load, (full, open_) in enumerate(
            zip(one.full.tolist(), one.open.tolist(), strict=True)
        ):
            left = LEFT + slot * (load + 0.5) + (k - len(sides) / 2) * width
            pieces.append(_bar(left, width - 3, y(0), y(full), f"b{k}"))
            pieces.append(_bar(left, width - 3, y(full), y(full + open_), f"b{k} op"))
            if full + open_:
                at = left + width / 2 - 1.5
                pieces.append(_label(at, y(full + open_) - 4, language.number(full + open_), "m"))
    tail = any(one.tail for one in sides)
    for load in range(most):
        text = language.number(load) + ("+" if tail and load == most - 1 else "")
        pieces.append(_label(LEFT + slot * (load + 0.5), BOTTOM + 18, text, "m"))
    partners = language.say(Message("partners"))
    pieces.append(_label((LEFT + RIGHT) / 2, HEIGHT - 6, partners, "m"))
    title = language.say(Message("Partners for each person"))
    told = (
        Message("{side}: {n} people", side=SIDES[one.side], n=int(one.people.sum()))
        for one in sides
    )
    return _svg(title, language.write(tuple(told), ";"), pieces)


def interval(group: GroupShare) -> str:
    """Return the share of a group's people with a partner and its interval, as a small line."""
    if group.share is None or group.share_low is None or group.share_high is None:
        return ""
    low, middle, high = (
        round(4 + 112 * one, 1) for one in (group.share_low, group.share, group.share_high)
    )
    return (
        '<svg class="iv" viewBox="0 0 120 14" aria-hidden="true"><path class="ax" d="M4 7H116"/>'
        f'<path class="ci" d="M{low} 7H{high}"/><circle cx="{middle}" cy="7" r="4"/></svg>'
    )


def warmth(flows: Flows, row: int, column: int) -> int:
    """Return by how much more (above 0) or fewer pairs a cell has than expected, from -3 to 3.

    Each step is a factor of about 1.6; one is added to both numbers, so that a pair more or less
    where hardly any is expected stays pale.
    """
    ratio = (float(flows.counts[row, column]) + 1.0) / (float(flows.expected[row, column]) + 1.0)
    return max(-FARTHEST, min(FARTHEST, round(math.log2(ratio) * 1.5)))


def _svg(title: str, description: str, pieces: Iterable[str]) -> str:
    return (
        f'<svg class="ch" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}. {escape(description)}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(pieces)}</svg>"
    )


def _bars(x: _Axis, y: _Axis, edges: Sequence[float], shares: Sequence[float]) -> str:
    return "".join(
        _bar(x(start) + 0.5, x(end) - x(start) - 1, y(0), y(share), "b0")
        for start, end, share in zip(edges, edges[1:], shares, strict=False)
        if share
    )


def _bar(left: float, width: float, base: float, top: float, kind: str) -> str:
    if base - top <= 0:
        return ""
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{base - top:.1f}"/>'
    )


def _outline(x: _Axis, y: _Axis, edges: Sequence[float], shares: Sequence[float]) -> str:
    steps = "".join(f"V{y(share)}H{x(end)}" for end, share in zip(edges[1:], shares, strict=True))
    return f"M{x(edges[0])} {y(0)}{steps}V{y(0)}"


def _rules(y: _Axis, ticks: Sequence[float], language: Language, form: str) -> str:
    """Return horizontal rules with their numbers."""
    return "".join(
        f'<path class="ax" d="M{LEFT} {y(tick)}H{RIGHT}"/>'
        + _label(LEFT - 6, y(tick) + 4, language.number(tick, form), "e")
        for tick in ticks
    )


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="{anchor}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _step(largest: float) -> float:
    """Return a round step of an axis that reaches a number in so many ticks."""
    least = max(largest, 1e-9) / TICKS
    power = 10.0 ** math.floor(math.log10(least))
    return next(one * power for one in STEPS if one * power >= least - 1e-12)
