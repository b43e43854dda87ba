"""Plots: matplotlib drawings of the figures.

Each takes an ``Axes`` to draw into, or makes a figure of its own, and returns the ``Axes``. None
shows or saves anything, or changes a setting of matplotlib. Colors are those of Okabe and Ito,
which people with any color vision tell apart; what differs in color differs in shape or text too.

>>> import pairkit as pk
>>> from matplotlib.figure import Figure
>>> matching = pk.match(pk.datasets.sample(60), pk.reverse_mentoring())
>>> left, right = Figure(figsize=(10, 4), layout="constrained").subplots(1, 2)
>>> pk.plots.score_distribution(matching, ax=left) is left
True
>>> pk.plots.flows(matching, "department", ax=right) is right
True
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from pairkit.errors import MissingExtraError
from pairkit.notebook import number_text
from pairkit.report import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pairkit.matching import Matching
    from pairkit.rows import SideName
    from pairkit.solution import Solution
    from pairkit.solvers import Iteration

__all__ = [
    "flows",
    "gap_over_time",
    "group_parity",
    "loads",
    "score_distribution",
    "strategies",
]

BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
VERMILION: Final = "#D55E00"
BLACK: Final = "#000000"
GREY: Final = "#777777"
PALE: Final = "#A6CEE3"
LINES: Final = {"greedy": (VERMILION, "--"), "random": (BLACK, ":")}
LONGEST: Final = 26  # letters of a name
LEAST_GAP: Final = 1e-9  # that a logarithmic axis shows
PROVED: Final = 1e-6  # gap up to which a solution counts as the best
FARTHEST: Final = 4.0  # times as many as expected, from which the color is the same
PALER: Final = 1.5  # so that black numbers can be read on every color
ALL_AT: Final = -0.7  # where the mean over all groups is named, above the first group
MEASURES: Final = {
    "objective": "value of the last objective",
    "mean_score": "mean score of a pair",
    "min_score": "smallest score of a pair",
    "pairs": "pairs",
    "seconds": "seconds",
}

Measure = Literal["objective", "mean_score", "min_score", "pairs", "seconds"]


def score_distribution(
    matching: Matching,
    *,
    ax: Axes | None = None,
    baselines: bool = True,
    seed: int = 0,
    title: str | None = "Scores of the pairs",
) -> Axes:
    """Return a histogram of the scores of pairs, beside those of greedy and random pairs.

    Parameters
    ----------
    matching, baselines, seed
        As for :func:`pairkit.report.figures.score_distribution`.
    ax
        Where to draw; ``None`` makes a figure.
    title
        The title; ``None`` for none.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    ProblemError
        As for :func:`pairkit.report.figures.score_distribution`.
    """
    spread = figures.score_distribution(matching, baselines=baselines, seed=seed)
    ax = _axes(ax, title)
    if not any(one.pairs for one in spread.series):
        return _nothing(ax, "no pairs")
    for one in spread.series:
        shares = 100.0 * one.counts / max(one.pairs, 1)
        if one.name in LINES:
            color, line = LINES[one.name]
            ax.stairs(shares, spread.edges, color=color, linestyle=line, linewidth=1.8)
            ax.plot([], [], color=color, linestyle=line, linewidth=1.8, label=_spread_label(one))
        else:
            ax.stairs(
                shares, spread.edges, fill=True, color=BLUE, alpha=0.55, label=_spread_label(one)
            )
    ax.set(xlabel="score", ylabel="% of the pairs", xlim=(spread.edges[0], spread.edges[-1]))
    heading = None
    if spread.among is not None:
        m, n = spread.among
        heading = f"greedy, random: sample of {m:,} × {n:,} people"
    _legend(ax, heading)
    return ax


def _spread_label(one: figures.ScoreSeries) -> str:
    if one.mean is None:
        return f"{one.name}: no pairs"
    return f"{one.name}: {one.pairs:,} pair{'s' if one.pairs > 1 else ''}, mean {one.mean:.2f}"


def loads(
    matching: Matching, *, ax: Axes | None = None, title: str | None = "Partners for each person"
) -> Axes:
    """Return bars of how many people have how many partners, and who has room for more.

    Parameters
    ----------
    matching, ax, title
        As for :func:`score_distribution`.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    ProblemError
        The matching was read back without its roster and program.
    """
    sides = figures.loads(matching)
    ax = _axes(ax, title)
    from matplotlib.ticker import MaxNLocator

    width, most = 0.8 / len(sides), max(len(one.full) for one in sides)
    if not any(one.people.sum() for one in sides):
        return _nothing(ax, "nobody is on a side")
    for k, (one, color) in enumerate(zip(sides, (BLUE, ORANGE), strict=False)):
        at = np.arange(len(one.full)) + (k - (len(sides) - 1) / 2.0) * width
        label = f"{one.side}: {one.people.sum():,} with room for {one.places:,}"
        ax.bar(at, one.full, width, color=color, edgecolor=BLACK, linewidth=0.6, label=label)
        ax.bar(
            at,
            one.open,
            width,
            bottom=one.full,
            color="white",
            edgecolor=color,
            hatch="///",
            linewidth=0.6,
        )
        for x, people in zip(at.tolist(), one.people.tolist(), strict=True):
            if people:
                ax.annotate(
                    f"{people:,}",
                    (x, people),
                    (0, 2),
                    textcoords="offset points",
                    ha="center",
                    fontsize="small",
                )
    ax.bar(0, 0, color="white", edgecolor=GREY, hatch="///", label="with room for more")
    tail = any(one.tail for one in sides)
    names = [str(k) for k in range(most)]
    ax.set_xticks(range(most), [*names[:-1], names[-1] + (" or more" if tail else "")])
    ax.set(xlabel="partners", ylabel="people")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylim(0.0, 1.35 * max(int(one.people.max()) for one in sides))
    _legend(ax)
    return ax


def gap_over_time(
    iterations: Iterable[Iteration], *, ax: Axes | None = None, title: str | None = "Gap over time"
) -> Axes:
    """Return the proved gap over the seconds of a solve, on a logarithmic axis.

    Parameters
    ----------
    iterations
        What a :class:`pairkit.report.figures.GapTrace` remembers, in ``iterations``.
    ax, title
        As for :func:`score_distribution`.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    curve = figures.gap_over_time(iterations)
    ax = _axes(ax, title)
    if not len(curve.gaps):
        return _nothing(ax, "no gap was proved")
    shown = np.maximum(curve.gaps, LEAST_GAP)
    ax.step(curve.seconds, shown, where="post", color=BLUE, marker="o", markersize=4)
    ax.set_yscale("log")
    ax.set(xlabel="seconds", ylabel="relative gap")
    ax.set_xlim(0.0, 1.05 * float(curve.seconds[-1]))
    ax.set_ylim(top=max(1.0, float(shown.max()) * 2.0), bottom=float(shown.min()) / 3.0)
    last = float(curve.gaps[-1])
    words = "proved best" if last <= PROVED else f"{last:.2g}"
    ax.annotate(
        words,
        (float(curve.seconds[-1]), float(shown[-1])),
        (-6, 6),
        ha="right",
        textcoords="offset points",
    )
    ax.grid(visible=True, axis="y", color=GREY, alpha=0.3)
    return ax


def flows(
    matching: Matching,
    field: str,
    *,
    ax: Axes | None = None,
    most: int = 10,
    allow_protected: bool = False,
    title: str | None = None,
) -> Axes:
    """Return a table of pairs by the mentor's group and the mentee's, colored by expectation.

    The numbers are pairs. The color says how many times more or fewer these are than if the same
    people were paired whatever their group; one is added to both, so that a pair more or less where
    hardly any is expected stays pale.

    Parameters
    ----------
    matching, field, most, allow_protected
        As for :func:`pairkit.report.figures.flows`.
    ax
        Where to draw; ``None`` makes a figure.
    title
        The title; by default it names the field.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    ProgramError, ProblemError
        As for :func:`pairkit.report.figures.flows`.
    """
    table = figures.flows(matching, field, most=most, allow_protected=allow_protected)
    side = max(4.2, 2.8 + 0.45 * len(table.names))
    ax = _axes(ax, title or f"Pairs by {field}", (side + 1.2, side))
    if not table.counts.sum():
        return _nothing(ax, "no pairs")
    limit = math.log2(FARTHEST)
    ratio = (table.counts + 1.0) / (table.expected + 1.0)
    colors = np.clip(np.log2(ratio), -limit, limit)
    pale = limit * PALER
    image = ax.imshow(colors, cmap="PuOr_r", vmin=-pale, vmax=pale, aspect="auto")
    for (row, column), count in np.ndenumerate(table.counts):
        ink = BLACK if count or abs(colors[row, column]) > limit / 2.0 else GREY
        ax.text(column, row, f"{count:,}", ha="center", va="center", color=ink, fontsize="small")
    names = [_name(one) for one in table.names]
    ax.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names)
    note = f"{table.hidden:,} more with groups too small to tell" if table.hidden else ""
    if matching.peers:
        ax.set_xlabel(note)
    else:
        ax.set(xlabel=f"mentees\n{note}".strip(), ylabel="mentors")
    bar = ax.figure.colorbar(image, ax=ax, ticks=[-limit, -1, 0, 1, limit])
    bar.ax.set_ylim(-limit, limit)
    bar.ax.set_yticklabels(["¼ or less", "½", "1", "2", "4 or more"])
    bar.set_label("times expected at random")
    return ax


def group_parity(
    matching: Matching,
    field: str,
    *,
    of: Literal["matched", "score"] = "matched",
    side: SideName = "mentee",
    ax: Axes | None = None,
    most: int = 10,
    allow_protected: bool = False,
    title: str | None = None,
) -> Axes:
    """Return how each group of a field is served, with intervals of 95 %.

    Parameters
    ----------
    matching, field, side, most, allow_protected
        As for :func:`pairkit.report.figures.group_parity`.
    of
        ``"matched"``: the share of a group's people who have a partner. ``"score"``: the mean score
        of those who have.
    ax
        Where to draw; ``None`` makes a figure.
    title
        The title; by default it names side and field.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    ProgramError, ProblemError
        As for :func:`pairkit.report.figures.group_parity`.
    """
    groups = figures.group_parity(
        matching, field, side=side, most=most, allow_protected=allow_protected
    )
    who = "Peers" if matching.peers else f"{side.capitalize()}s"
    ax = _axes(ax, title or f"{who} by {field}", (6.4, 1.8 + 0.38 * len(groups)))
    if not groups:
        return _nothing(ax, "nobody is on this side")
    score = of == "score"
    ax.set_xlabel("mean score of the matched" if score else "% who have a partner")
    scale = 1.0 if score else 100.0
    for k, one in enumerate(groups):
        middle, low, high = (
            (one.score, one.score_low, one.score_high)
            if score
            else (one.share, one.share_low, one.share_high)
        )
        if middle is None or low is None or high is None:
            ax.text(
                0.5,
                k,
                "too few people to tell",
                transform=ax.get_yaxis_transform(),
                ha="center",
                va="center",
                color=GREY,
                fontsize="small",
            )
            continue
        ax.plot([scale * low, scale * high], [k, k], color=BLUE, linewidth=2.0)
        ax.plot([scale * middle], [k], color=BLUE, marker="o")
    labels = [f"{_name(one.name)} ({one.people:,})" for one in groups]
    ax.set_yticks(range(len(groups)), labels)
    ax.set_ylim(len(groups) - 0.5, 1.5 * ALL_AT)
    if not score:
        ax.set_xlim(-2.0, 102.0)
    _draw_mean(ax, groups, score=score)
    ax.grid(visible=True, axis="x", color=GREY, alpha=0.3)
    return ax


def _draw_mean(ax: Axes, groups: Sequence[figures.GroupShare], *, score: bool) -> None:
    """Draw the mean over all groups that are told."""
    told = [one for one in groups if (one.score if score else one.share) is not None]
    matched = sum(one.matched or 0 for one in told)
    people = sum(one.people for one in told)
    if not told:
        return
    mean = 100.0 * matched / people
    if score:
        mean = sum((one.score or 0.0) * (one.matched or 0) for one in told) / matched
    ax.axvline(mean, color=BLACK, linestyle="--", linewidth=1.0)
    right = mean > sum(ax.get_xlim()) / 2.0
    ax.annotate(
        "all",
        (mean, ALL_AT),
        (-3 if right else 3, 0),
        textcoords="offset points",
        ha="right" if right else "left",
        va="center",
        fontsize="small",
    )


def strategies(
    compared: figures.Strategies | Mapping[str, Matching | Solution],
    *,
    measure: Measure = "objective",
    ax: Axes | None = None,
    title: str | None = "Strategies",
) -> Axes:
    """Return a bar for each strategy, with the bound on its objective where there is one.

    Parameters
    ----------
    compared
        What :func:`pairkit.report.figures.strategies` returns, or what it takes.
    measure
        What the bars show.
    ax, title
        As for :func:`score_distribution`.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    InputError
        As for :func:`pairkit.report.figures.strategies`.
    """
    rows = compared if isinstance(compared, figures.Strategies) else figures.strategies(compared)
    ax = _axes(ax, title, (6.4, 1.8 + 0.42 * len(rows)))
    if not len(rows):
        return _nothing(ax, "no strategies")
    for k, one in enumerate(rows):
        value: float | None = getattr(one, measure)
        if value is None:
            ax.text(0.0, k, f" {one.status}", va="center", color=GREY)
            continue
        ax.barh(k, value, height=0.6, color=PALE, edgecolor=BLUE)
        words = [number_text(value), *([_proof(one)] if measure == "objective" else [])]
        ax.text(0.0, k, "  " + ", ".join(words), va="center", fontsize="small")
        if measure == "objective" and one.bound is not None:
            ax.plot([one.bound] * 2, [k - 0.4, k + 0.4], color=VERMILION, linewidth=2.0)
    if measure == "objective" and any(one.bound is not None for one in rows):
        ax.plot([], [], color=VERMILION, linewidth=2.0, label="bound")
        _legend(ax)
    ax.set_yticks(range(len(rows)), [_name(one.name) for one in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlabel(MEASURES[measure])
    return ax


def _proof(one: figures.Strategy) -> str:
    if one.gap is None:
        return f"{one.pairs:,} pairs, not proved"
    proof = "proved best" if one.gap <= PROVED else f"gap {one.gap:.2%}"
    return f"{one.pairs:,} pairs, {proof}"


def _axes(ax: Axes | None, title: str | None, size: tuple[float, float] = (6.4, 4.0)) -> Axes:
    """Return the axes to draw into, with a title; without any, those of a new figure."""
    if ax is None:
        try:
            from matplotlib import pyplot as plt
        except ModuleNotFoundError:
            raise MissingExtraError("matplotlib", "plot", "Plotting") from None
        _, ax = plt.subplots(figsize=size, layout="constrained")
    if title is not None:
        ax.set_title(_escaped(title))
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _nothing(ax: Axes, words: str) -> Axes:
    """Return axes that say why nothing is drawn."""
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=GREY)
    ax.set_axis_off()
    return ax


def _legend(ax: Axes, heading: str | None = None) -> None:
    ax.legend(title=heading, fontsize="small", title_fontsize="small", frameon=False)


def _name(text: str) -> str:
    """Return a name of a bearable length: its start and its end."""
    start, end = LONGEST // 2, (LONGEST - 1) // 2
    return _escaped(text if len(text) <= LONGEST else f"{text[:start]}…{text[-end:]}")


def _escaped(text: str) -> str:
    """Return a text in which a dollar sign does not start a formula."""
    return text.replace("$", r"\$")
