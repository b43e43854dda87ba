from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import pairkit as pk

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Draw = Callable[["Axes | None"], "Axes"]
LONG = "Research $ and Development of Costs $ of Kind number"


@pytest.fixture(autouse=True)
def backend() -> Iterator[None]:
    before = mpl.get_backend()
    mpl.use("agg")
    yield
    plt.close("all")
    mpl.use(before)


def matched(mentors: int, mentees: int, groups: int = 3, **settings: object) -> pk.Matching:
    sides = {"mentor": (mentors, {"skills": ["a"]}), "mentee": (mentees, {"needs": ["a"]})}
    people = [
        {"id": f"{role}-{k}", "roles": role, "department": f"{LONG} {k % groups}", **topic}
        for role, (count, topic) in sides.items()
        for k in range(count)
    ]
    program = pk.Program(scoring=[pk.SkillCoverage()], **settings)
    return pk.match(pk.Roster.from_records(people), program)


@pytest.fixture(scope="module")
def sample() -> pk.Matching:
    return pk.match(pk.datasets.sample(150, seed=1), pk.reverse_mentoring())


def of(matching: pk.Matching) -> dict[str, Draw]:
    """Return a drawing of each kind."""
    trace = pk.figures.GapTrace()
    pk.solve(matching.problem, pk.ColumnGeneration(progress=trace))
    return {
        "scores": lambda ax: pk.plots.score_distribution(matching, ax=ax),
        "loads": lambda ax: pk.plots.loads(matching, ax=ax),
        "gap": lambda ax: pk.plots.gap_over_time(trace.iterations, ax=ax),
        "flows": lambda ax: pk.plots.flows(matching, "department", ax=ax),
        "matched": lambda ax: pk.plots.group_parity(matching, "department", ax=ax),
        "score": lambda ax: pk.plots.group_parity(matching, "department", of="score", ax=ax),
        "strategies": lambda ax: pk.plots.strategies({"best": matching}, ax=ax),
    }


def texts(ax: Axes) -> list[str]:
    """Return everything that is written into axes, drawn once so that it exists."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(io.BytesIO(), format="png")
    legend = ax.get_legend()
    return [
        ax.get_title(),
        *(one.get_text() for one in ax.texts),
        *(one.get_text() for one in [*ax.get_xticklabels(), *ax.get_yticklabels()]),
        *(one.get_text() for one in (legend.get_texts() if legend else [])),
    ]


def new_axes() -> Axes:
    ax: Axes = Figure(layout="constrained").subplots()
    return ax


@pytest.mark.parametrize(
    "kind", ["scores", "loads", "gap", "flows", "matched", "score", "strategies"]
)
@pytest.mark.parametrize(
    ("mentors", "mentees", "groups"), [(0, 0, 1), (3, 0, 2), (1, 1, 1), (70, 60, 60), (30, 40, 3)]
)
def test_every_plot_draws_whatever_there_is(
    kind: str, mentors: int, mentees: int, groups: int
) -> None:
    ax = new_axes()
    assert of(matched(mentors, mentees, groups))[kind](ax) is ax
    assert texts(ax)


def test_given_axes_pyplot_and_settings_are_left_alone(sample: pk.Matching) -> None:
    settings = dict(mpl.rcParams)
    for draw in of(sample).values():
        draw(new_axes())
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == settings


def test_without_axes_each_makes_one_figure(sample: pk.Matching) -> None:
    for number, draw in enumerate(of(sample).values(), start=1):
        draw(None)
        assert len(plt.get_fignums()) == number


def test_without_matplotlib_one_sentence_says_what_to_install(
    sample: pk.Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(pk.MissingExtraError, match=r"pip install 'pairkit\[plot\]'"):
        pk.plots.loads(sample)


def test_the_legend_tells_pairs_and_means(sample: pk.Matching) -> None:
    said = texts(pk.plots.score_distribution(sample, ax=new_axes()))
    mean = np.mean([pair.score for pair in sample.pairs])
    assert f"matching: {len(sample.pairs)} pairs, mean {mean:.2f}" in said
    assert any(one.startswith("random: ") for one in said)
    alone = texts(pk.plots.score_distribution(sample, ax=new_axes(), baselines=False))
    assert not any(one.startswith("random") for one in alone)


def test_a_sample_is_called_one(sample: pk.Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pairkit.report.figures.scores.LISTED", 400)
    legend = pk.plots.score_distribution(sample, ax=new_axes()).get_legend()
    assert legend is not None
    assert legend.get_title().get_text().startswith("greedy, random: sample of ")


def test_bars_say_how_many(sample: pk.Matching) -> None:
    said = texts(pk.plots.loads(sample, ax=new_axes()))
    mentors, mentees = pk.figures.loads(sample)
    numbers = [str(k) for k in [*mentors.people.tolist(), *mentees.people.tolist()] if k]
    assert set(numbers) <= set(said)
    many = texts(pk.plots.loads(matched(1, 30, mentor_capacity=30), ax=new_axes()))
    assert "12 or more" in many


def test_a_proof_is_named_and_so_is_a_gap_that_is_left() -> None:
    seen = [pk.Iteration(k, 1.0, 9, 0, 9, gap, float(k)) for k, gap in enumerate([0.5, 0.03, 0.0])]
    assert "0.03" in texts(pk.plots.gap_over_time(seen[:2], ax=new_axes()))
    assert "proved best" in texts(pk.plots.gap_over_time(seen, ax=new_axes()))
    assert "no gap was proved" in texts(pk.plots.gap_over_time([], ax=new_axes()))


def test_long_names_are_shortened_and_dollars_are_no_formulas() -> None:
    said = texts(pk.plots.flows(matched(9, 9), "department", ax=new_axes()))
    names = [one for one in said if one.startswith("Research")]
    assert len(names) == 6
    assert len(set(names)) == 3
    assert all(len(one.replace("\\", "")) <= 26 for one in names)
    assert all(r"\$" in one for one in names)


def test_counts_stand_in_the_cells(sample: pk.Matching) -> None:
    table = pk.figures.flows(sample, "department")
    ax = pk.plots.flows(sample, "department", ax=new_axes(), title="Who meets whom")
    assert ax.get_title() == "Who meets whom"
    assert [one.get_text() for one in ax.texts] == [str(k) for k in table.counts.ravel()]


def test_parity_says_where_there_are_too_few_people_to_tell() -> None:
    ax = pk.plots.group_parity(matched(3, 3, 1), "department", ax=new_axes())
    assert "too few people to tell" in texts(ax)
    assert "all" not in texts(ax)


def test_protected_fields_are_drawn_on_request_only(sample: pk.Matching) -> None:
    with pytest.raises(pk.ProgramError, match="protected"):
        pk.plots.group_parity(sample, "gender", ax=new_axes())
    with pytest.raises(pk.ProgramError, match="protected"):
        pk.plots.flows(sample, "gender", ax=new_axes())
    ax = pk.plots.group_parity(sample, "gender", ax=new_axes(), allow_protected=True)
    assert ax.get_title() == "Mentees by gender"


def test_strategies_tell_proofs_and_failures() -> None:
    failed = matched(1, 1, rules=[pk.MinimumLoad(2)])
    named: dict[str, pk.Matching | pk.Solution] = {
        "best": matched(4, 4),
        "by hand": pk.solve(matched(4, 4).problem, "greedy"),
        "stopped": failed,
    }
    ax = pk.plots.strategies(pk.figures.strategies(named), ax=new_axes())
    said = [one.strip() for one in texts(ax)]
    assert {"4, 4 pairs, proved best", "4, 4 pairs, not proved", "infeasible", "bound"} <= set(said)
    other = pk.plots.strategies(named, measure="mean_score", ax=new_axes())
    assert other.get_xlabel() == "mean score of a pair"
    assert other.get_legend() is None


def test_where_a_bound_is_left_the_bar_says_how_far() -> None:
    row = pk.figures.Strategy("stopped", "feasible", 7, 4.0, 5.0, 0.2, 0.57, 0.1, 3.0)
    ax = pk.plots.strategies(pk.figures.Strategies((row,)), ax=new_axes(), title=None)
    assert "  4, 7 pairs, gap 20.00%" in texts(ax)
    assert ax.get_title() == ""


def test_pairs_that_flows_do_not_show_are_counted() -> None:
    people = [
        {"id": f"{role}{k}", "roles": role, topic: ["a"], "gender": "woman" if k else "man"}
        for role, topic in (("mentor", "skills"), ("mentee", "needs"))
        for k in range(6)
    ]
    program = pk.Program(scoring=[pk.SkillCoverage()])
    matching = pk.match(pk.Roster.from_records(people), program)
    table = pk.figures.flows(matching, "gender", allow_protected=True)
    assert table.hidden + table.counts.sum() == 6
    ax = pk.plots.flows(matching, "gender", allow_protected=True, ax=new_axes())
    assert ax.get_xlabel() == f"mentees\n{table.hidden} more with groups too small to tell"


def test_peers_have_no_sides_in_plots() -> None:
    people = [{"id": str(k), "skills": ["a"], "needs": ["a"], "site": "S"} for k in range(9)]
    program = pk.Program(scoring=[pk.SkillCoverage()], roles=pk.Roles(peer={}))
    matching = pk.match(pk.Roster.from_records(people), program)
    flows = pk.plots.flows(matching, "site", ax=new_axes())
    assert (flows.get_xlabel(), flows.get_ylabel()) == ("", "")
    assert pk.plots.group_parity(matching, "site", ax=new_axes()).get_title() == "Peers by site"
    assert "peers: 9 with room for 9" in texts(pk.plots.loads(matching, ax=new_axes()))


def test_a_matching_without_pairs_is_drawn_beside_those_that_have_some() -> None:
    failed = matched(2, 2, rules=[pk.MinimumLoad(2)])
    said = texts(pk.plots.score_distribution(failed, ax=new_axes()))
    assert "matching: no pairs" in said
    assert "greedy: 2 pairs, mean 1.00" in said
