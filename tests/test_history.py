"""A history takes what fits, says why it does not take the rest, and overwrites nothing."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.profiles import FrozenDict
from pairkit.rounds.records import NEXT_STATES, RECORDS

DAY = date(2027, 3, 1)
PAIR = ("r1", "M-1", "E-1")


def begun() -> pk.History:
    return pk.History().add(
        pk.Round("r1", DAY),
        pk.Enrollment("r1", "M-1", pk.Role.MENTOR, DAY, FrozenDict({"site": "Lyon"})),
        pk.Enrollment("r1", "E-1", pk.Role.MENTEE, DAY),
        pk.RoundPair(*PAIR, DAY, 0.5, FrozenDict({"skills": 0.5}), ("SQL",)),
    )


def full() -> pk.History:
    return begun().add(
        pk.PairChange(*PAIR, pk.PairState.ACTIVE, DAY),
        pk.Meeting(*PAIR, DAY, 1.5),
        pk.Feedback(*PAIR, "E-1", DAY, 4.5, 1.0, 3, True, ("SQL",), "Très bien ; merci"),
        pk.Orientation("M-1", DAY, "Accueil"),
        pk.Thanks("M-1", DAY, "Merci !", "E-1", released=True),
    )


def test_a_pair_goes_from_state_to_state() -> None:
    history = begun()
    assert history.standing(PAIR).state is pk.PairState.PROPOSED
    for by in ("M-1", "E-1"):
        assert history.standing(PAIR).state is pk.PairState.PROPOSED
        history = history.add(pk.PairChange(*PAIR, pk.PairState.ACCEPTED, DAY, by=by))
    assert history.standing(PAIR).state is pk.PairState.ACCEPTED
    history = history.add(pk.PairChange(*PAIR, pk.PairState.ACTIVE, DAY))
    assert [one.pair for one in history.open_pairs] == [PAIR]
    end = DAY + timedelta(days=200)
    history = history.add(pk.PairChange(*PAIR, pk.PairState.ENDED, end, pk.ReasonCode.COMPLETED))
    assert history.standing(PAIR) == (pk.PairState.ENDED, end, pk.ReasonCode.COMPLETED, frozenset())
    assert history.open_pairs == ()


def test_what_was_added_before_is_as_it_was() -> None:
    history = begun()
    longer = history.add(pk.PairChange(*PAIR, pk.PairState.ACTIVE, DAY))
    assert history.standing(PAIR).state is pk.PairState.PROPOSED
    assert (len(history.changes), len(longer.changes)) == (0, 1)


def test_the_same_record_again_changes_nothing() -> None:
    history = full()
    assert history.add(*history.records()) == history
    assert pk.History.of(history.records()) == history


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (pk.Round("r1", DAY, name="other"), "Round r1 is there already and says something else"),
        (pk.Round("r2", DAY, DAY - timedelta(1)), "ends on 2027-02-28, before it starts"),
        (pk.RoundPair("r9", "M-1", "E-1", DAY), "there is no round 'r9'. Add the round first"),
        (pk.RoundPair("r1", "M-1", "M-1", DAY), "nobody is paired with themselves"),
        (pk.PairChange("r1", "E-1", "M-1", pk.PairState.ACTIVE, DAY), "The mentor comes first"),
        (
            pk.PairChange(*PAIR, pk.PairState.ACTIVE, DAY - timedelta(1)),
            "before the pair was proposed",
        ),
        (
            pk.PairChange(*PAIR, pk.PairState.PROPOSED, DAY),
            "the pair is proposed and can become accepted",
        ),
        (
            pk.PairChange(*PAIR, pk.PairState.ACTIVE, DAY, pk.ReasonCode.NO_FIT),
            "only a declined or ended pair",
        ),
        (pk.PairChange(*PAIR, pk.PairState.ACCEPTED, DAY, by="X"), "'X' is neither of the two"),
        (pk.Meeting("r1", "M-1", "E-2", DAY), "'M-1' and 'E-2' are no pair of round 'r1'"),
        (pk.Feedback(*PAIR, "X", DAY, 3.0), "'X' is neither of the two"),
        (
            pk.Enrollment("r1", "E-1", pk.Role.MENTEE, DAY, FrozenDict({"site": "Lyon"})),
            "says something else",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_the_way_out(record: pk.Record, words: str) -> None:
    with pytest.raises(pk.HistoryError) as caught:
        begun().add(record)
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_all_problems_come_at_once_and_nothing_is_taken() -> None:
    wrong = [pk.Meeting("r1", "M-1", f"X-{k}", DAY) for k in range(30)]
    history = begun()
    with pytest.raises(pk.HistoryError, match=r"\.\.\. and 10 more\.") as caught:
        history.add(*wrong, pk.PairChange(*PAIR, pk.PairState.ACTIVE, DAY))
    assert len(caught.value.problems) == 30
    assert history.changes == ()


def test_what_is_no_record_says_so() -> None:
    with pytest.raises(pk.HistoryError, match="A str is no record: those are Round, Enrollment"):
        begun().add("x")  # type: ignore[arg-type]


def test_a_record_is_corrected_on_purpose() -> None:
    history = full()
    (old,) = history.feedback
    new = pk.Feedback(*PAIR, "E-1", DAY, 2.0)
    assert history.replace(old, new).feedback == (new,)
    with pytest.raises(pk.HistoryError, match="no such Feedback"):
        history.replace(new, old)
    with pytest.raises(pk.HistoryError, match="no such Feedback"):
        history.replace(old, history.meetings[0])
    with pytest.raises(pk.HistoryError, match="no pair"):
        history.replace(old, pk.Feedback("r1", "M-1", "E-9", "E-9", DAY))


def test_a_person_is_forgotten_and_no_figure_changes() -> None:
    history = full()
    later, alias = history.forget("M-1")
    assert "M-1" not in repr(list(later.records()))
    assert {len(getattr(history, kind)) == len(getattr(later, kind)) for kind in RECORDS} == {True}
    assert later.standing(("r1", alias, "E-1")) == history.standing(PAIR)
    assert later.feedback[0].text is None
    assert "Merci" not in later.thanks[0].words
    assert not later.thanks[0].released
    assert later.feedback[0].rating == 4.5
    assert later.enrollments[0].groups == {"site": "Lyon"}
    assert later.people == {alias, "E-1"}
    with pytest.raises(pk.HistoryError, match="Nobody in the history has the id 'M-1'"):
        later.forget("M-1")


def test_no_data_is_in_what_is_printed() -> None:
    history = full()
    assert repr(history) == (
        "History(1 rounds, 2 enrollments, 1 pairs, 1 changes, 1 meetings, 1 feedback, "
        "1 orientations, 1 thanks)"
    )
    said = repr(list(history.records()))
    assert not {"Merci", "Lyon", "SQL", "bien"} & set(said.replace("'", " ").split())


STATES = st.sampled_from(list(pk.PairState))


@given(st.lists(STATES, max_size=6))
def test_only_known_ways_lead_from_state_to_state(states: list[pk.PairState]) -> None:
    """Against a walk over the table, one step at a time."""
    history, now, seen = begun(), pk.PairState.PROPOSED, set[pk.PairState]()
    for state in states:
        change = pk.PairChange(*PAIR, state, DAY)
        if state in seen:
            assert history.add(change) == history
        elif state in NEXT_STATES[now]:
            history, now = history.add(change), state
            seen.add(state)
        else:
            with pytest.raises(pk.HistoryError, match="can become"):
                history.add(change)
        assert history.standing(PAIR).state is now


def test_frames_and_files_hold_everything(tmp_path: Path) -> None:
    history = full()
    assert pk.History.from_frames(**history.to_frames()) == history
    for name in ("history.json", "history.xlsx"):
        history.write(tmp_path / name)
        assert pk.History.read(tmp_path / name) == history
        with pytest.raises(pk.OutputError, match="exists already"):
            history.write(tmp_path / name)
    with pytest.raises(pk.OutputError, match=r"written as \.json or \.xlsx"):
        history.write(tmp_path / "history.csv")
    with pytest.raises(pk.FileError, match=r"read from \.json or \.xlsx"):
        pk.History.read(tmp_path / "history.csv")


def test_frames_of_ones_own_say_which_row_is_wrong() -> None:
    rounds = pl.DataFrame({"id": ["r1"], "start": ["2027-01-01"]})
    pairs = pl.DataFrame(
        {
            "round": ["r1", "r1"],
            "mentor": ["17", None],
            "mentee": ["2", "3"],
            "on": ["2027-01-01", "soon"],
        }
    )
    with pytest.raises(pk.HistoryError, match="pairs: row 2: mentor: Field required; on: "):
        pk.History.from_frames(rounds=rounds, pairs=pairs)
    with pytest.raises(pk.HistoryError, match="no column 'mentr'"):
        pk.History.from_frames(rounds=rounds, pairs=pairs.rename({"mentor": "mentr"}))
    with pytest.raises(pk.HistoryError, match="no 'pair'"):
        pk.History.from_frames(pair=pairs)
    assert len(pk.History.from_frames(rounds=rounds, pairs=pairs[:1]).pairs) == 1


def test_numbers_are_ids_as_spreadsheets_leave_them() -> None:
    import pandas as pd

    day = pd.Timestamp("2027-01-01")
    rounds = pd.DataFrame({"id": [2027], "start": [day]})
    pairs = pd.DataFrame({"round": [2027.0], "mentor": [17.0], "mentee": [2.0], "on": [day]})
    history = pk.History.from_frames(rounds=rounds, pairs=pairs)
    assert history.pairs[0].pair == ("2027", "17", "2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no", "is no JSON"),
        ("[]", "is no history of format 1"),
        ('{"format": 2}', "is no history of format 1"),
        ('{"format": 1, "rounds": [{"id": "a"}]}', "rounds 1: start: field required"),
    ],
)
def test_a_file_that_is_no_history_says_so(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(pk.InputError, match=f"(?i){words}"):
        pk.History.read(path)


def test_a_round_starts_with_everybody_who_takes_part() -> None:
    roster, program = pk.datasets.sample(60), pk.reverse_mentoring()
    matching = pk.match(roster, program)
    records = pk.start_round(matching, roster, "r1", groups=("department", "experience"))
    history = pk.History().add(*records)
    enrolled = {(one.person, one.role) for one in history.enrollments}
    assert enrolled == {
        *((pair.mentor, "mentor") for pair in matching.pairs),
        *((pair.mentee, "mentee") for pair in matching.pairs),
        *((one.id, one.role) for one in matching.unmatched),
    }
    for pair, proposed in zip(matching.pairs, history.pairs, strict=True):
        assert proposed.score == pair.score
        assert proposed.parts == {part.name: part.value for part in pair.parts}
        assert set(proposed.skills) <= set(roster[pair.mentee].needs)
    for one in history.enrollments:
        assert one.groups["department"] == roster[one.person].department
        low, _, high = one.groups["experience"].partition(" to ")
        assert float(low) <= (roster[one.person].experience or 0.0) <= float(high)
    with pytest.raises(pk.ProgramError, match="protected"):
        pk.start_round(matching, roster, "r1", groups=("gender",))
    assert pk.start_round(matching, roster, "r1", groups=("gender",), allow_protected=True)
    with pytest.raises(pk.ProblemError, match="nobody with the id"):
        pk.start_round(matching, roster[:5], "r1")
