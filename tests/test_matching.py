from __future__ import annotations

import json
import pickle
from datetime import date
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit import datasets
from pairkit.lowering import lower
from pairkit.solution import raise_for_status

REFERENCE = datasets.REFERENCE


def sample_program() -> pk.Program:
    return pk.reverse_mentoring().model_copy(update={"reference_date": REFERENCE})


@pytest.fixture(scope="module")
def roster() -> pk.Roster:
    return datasets.sample(80, seed=3)


@pytest.fixture(scope="module")
def matching(roster: pk.Roster) -> pk.Matching:
    return pk.match(roster, sample_program())


def small(**changes: object) -> pk.Roster:
    people: list[dict[str, object]] = [
        {"id": "M1", "name": "Ada", "roles": "mentor", "skills": ["a"], "level": 1},
        {"id": "M2", "name": "Bea", "roles": "mentor", "skills": ["b"], "level": 2},
        {"id": "E1", "name": "Cyd", "roles": "mentee", "needs": ["a"], "level": 5},
        {"id": "E2", "name": "Dov", "roles": "mentee", "needs": ["b"], "level": 6},
    ]
    return pk.Roster.from_records([one | {"site": "X"} | changes for one in people])


def skills(*rules: pk.Rule, **settings: object) -> pk.Program:
    return pk.Program(scoring=[pk.SkillCoverage()], rules=rules, **settings)


def pairs_of(matching: pk.Matching) -> set[tuple[str, str]]:
    return {(pair.mentor, pair.mentee) for pair in matching.pairs}


def test_the_parts_of_every_pair_sum_to_its_score(matching: pk.Matching) -> None:
    assert matching.pairs
    for pair in matching.pairs:
        assert sum(part.contribution for part in pair.parts) == pytest.approx(pair.score, abs=1e-9)


def test_the_objective_is_the_sum_of_the_scores_and_proved(matching: pk.Matching) -> None:
    assert matching.status is pk.Status.OPTIMAL
    assert matching.objective == pytest.approx(sum(pair.score for pair in matching.pairs))
    assert matching.gap is not None
    assert matching.gap <= 1e-6
    assert matching.bound is not None
    matching.raise_for_status()


def test_everybody_is_accounted_for(roster: pk.Roster, matching: pk.Matching) -> None:
    named = {pair.mentor for pair in matching.pairs} | {pair.mentee for pair in matching.pairs}
    named |= {one.id for one in matching.unmatched} | set(matching.outside)
    assert named == set(roster.ids)


def test_explain_agrees_for_matched_and_other_pairs(
    roster: pk.Roster, matching: pk.Matching
) -> None:
    for pair in matching.pairs[:5]:
        found = matching.explain(pair.mentor, pair.mentee)
        assert found.matched
        assert found.allowed
        assert found.score == pytest.approx(pair.score, abs=1e-9)
        alone = pk.explain_pair(roster, sample_program(), pair.mentor, pair.mentee)
        assert alone.parts == found.parts
    other = matching.explain(matching.pairs[0].mentor, matching.pairs[1].mentee)
    assert not other.matched


def test_an_explanation_names_every_rule_that_forbids() -> None:
    rules = (pk.GapWindow("level", max=-5), pk.DifferentValue("site"), pk.MinimumScore(0.5))
    found = pk.explain_pair(small(), skills(*rules), "M1", "E2")
    assert {one.rule for one in found.objections} == {
        "DifferentValue(site)",
        "MinimumScore",
    }
    assert "below 0.5" in found.objections[-1].why
    assert not found.allowed


def test_explain_refuses_people_who_are_not_on_that_side() -> None:
    matching = pk.match(small(), skills())
    with pytest.raises(pk.UnknownParticipantError, match="'E1' is not a mentor"):
        matching.explain("E1", "E2")
    with pytest.raises(pk.UnknownParticipantError, match=r"id 'M1x'\. Did you mean 'M1'"):
        matching.explain("M1x", "E2")


def test_explain_says_why_somebody_is_on_neither_side() -> None:
    program = skills(roles={"mentor": {"level": {"max": 1}}})
    with pytest.raises(pk.UnknownParticipantError, match="on neither side of this program"):
        pk.match(small(), program).explain("M2", "E1")


def reasons(matching: pk.Matching) -> dict[str, tuple[str, str]]:
    return {one.id: (one.code.value, one.reason) for one in matching.unmatched}


def test_unmatched_people_who_are_not_ready() -> None:
    found = reasons(pk.match(small(consent=False), skills(pk.Ready())))
    assert found["M1"] == ("not-ready", "M1 has not agreed to take part.")


def test_unmatched_people_without_capacity() -> None:
    found = reasons(pk.match(small(), skills(mentor_capacity=0)))
    assert found["M1"] == ("no-capacity", "The capacity as a mentor is 0.")
    assert found["E1"][0] == "no-room"


def test_unmatched_people_without_candidates_name_the_rules() -> None:
    rules = (pk.GapWindow("level", max=-5), pk.DifferentValue("site"))
    found = reasons(pk.match(small(), skills(*rules)))
    assert found["M2"] == (
        "no-candidate",
        "No mentee of 2 is left: GapWindow(level) rules out 2.",
    )
    rules_out = "GapWindow(level) rules out 1 and DifferentValue(site) rules out 1"
    assert found["E2"] == ("no-candidate", f"No mentor of 2 is left: {rules_out}.")


def test_unmatched_people_when_the_score_is_too_low() -> None:
    found = reasons(pk.match(small(skills=["z"]), skills(pk.MinimumScore(0.5))))
    assert found["M1"][1] == "No mentee of 2 is left: MinimumScore rules out 2."


def test_unmatched_people_without_anybody_on_the_other_side() -> None:
    mentors = small().filter(lambda person: person.id.startswith("M"))
    found = reasons(pk.match(mentors, skills()))
    assert found["M1"] == ("no-candidate", "There is no other mentee.")


def test_unmatched_people_without_room() -> None:
    found = reasons(pk.match(small(), skills(pk.Forbid([("M2", "E2"), ("M2", "E1")]))))
    assert found["E2"] == ("no-room", "The mentor left by the rules has no room.")
    three = small() + pk.Roster.from_records([{"id": "E3", "roles": "mentee", "needs": ["c"]}])
    found = reasons(pk.match(three, skills()))
    assert found["E3"] == ("no-room", "None of the 2 mentors left by the rules has room.")


def test_unmatched_people_who_were_not_worth_a_pair() -> None:
    program = skills(objectives=("quality",))
    found = reasons(pk.match(small(skills=["z"]), program))
    assert found["M1"] == (
        "not-chosen",
        "2 possible mentees have room, but no such pair was worth making.",
    )


def test_pins_that_conflict_are_infeasible_in_the_words_of_the_program() -> None:
    rules = (pk.Require([("M1", "E1"), ("M1", "E2")]), pk.Forbid([("M1", "E1")]))
    matching = pk.match(small(), skills(*rules))
    assert matching.status is pk.Status.INFEASIBLE
    assert matching.objective is None
    assert matching.bound is None
    assert matching.gap is None
    assert not matching.unmatched
    assert matching.conflicts == (
        "Require pins M1 and E1, but Forbid forbids it",
        "Require pins 2 pairs on M1, who has room for 1",
        "The least that has to give: give up Require(M1 with E1)",
    )
    with pytest.raises(pk.InfeasibleError, match="Forbid forbids it"):
        matching.raise_for_status()


def test_a_pin_given_twice_is_one_pin() -> None:
    rules = (pk.Require([("M1", "E1")]), pk.Require([("M1", "E1"), ("M2", "E2")]))
    assert len(pk.match(small(), skills(*rules)).pairs) == 2


def test_a_pin_is_made_and_a_soft_one_only_favored() -> None:
    assert ("M1", "E2") in pairs_of(pk.match(small(), skills(pk.Require([("M1", "E2")]))))
    soft = pk.match(small(), skills(pk.Require([("M1", "E2")], penalty=0.1)))
    assert ("M1", "E1") in pairs_of(soft)
    strong = pk.match(small(), skills(pk.Require([("M1", "E2")], penalty=3.0)))
    assert ("M1", "E2") in pairs_of(strong)
    assert strong.explain("M1", "E2").parts[-1].contribution == 3.0


def test_a_soft_rule_costs_what_it_says() -> None:
    matching = pk.match(small(), skills(pk.DifferentValue("site", penalty=0.25)))
    assert [pair.score for pair in matching.pairs] == pytest.approx([0.75, 0.75])


@given(seed=st.integers(0, 50), order=st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_permuting_and_renaming_people_changes_nothing(seed: int, order: object) -> None:
    roster = datasets.sample(30, seed=seed)
    people = list(roster)
    order.shuffle(people)  # type: ignore[attr-defined]
    names = {person.id: f"Z{k:03}" for k, person in enumerate(people)}
    renamed = pk.Roster(_renamed(person, names) for person in people)
    one, other = pk.match(roster, sample_program()), pk.match(renamed, sample_program())
    assert [level.value for level in one.levels] == pytest.approx(
        [level.value for level in other.levels], abs=1e-9
    )


def _renamed(person: pk.Participant, names: dict[str, str]) -> pk.Participant:
    return person.model_copy(
        update={
            "id": names[person.id],
            "manager": names.get(person.manager or ""),
            "avoid": tuple(names[one] for one in person.avoid),
            "preferences": tuple(tuple(names[o] for o in group) for group in person.preferences),
        }
    )


@pytest.mark.parametrize("solver", ["greedy", "random-pairs", "min-cost-flow"])
def test_any_solver_gives_a_matching(roster: pk.Roster, solver: str) -> None:
    matching = pk.match(roster, sample_program(), solver=solver, seed=1)
    assert matching.status.has_pairs
    assert matching.provenance.seed == 1


def test_json_round_trip(roster: pk.Roster, matching: pk.Matching, tmp_path: Path) -> None:
    matching.write(tmp_path / "result.json")
    back = pk.Matching.read(tmp_path / "result.json")
    assert back == matching
    assert back.explain(back.pairs[0].mentor, back.pairs[0].mentee).matched
    with pytest.raises(pk.ProblemError, match="without its people"):
        back.explain(back.pairs[0].mentor, back.pairs[1].mentee)
    whole = pk.Matching.read(tmp_path / "result.json", roster, sample_program())
    assert whole.explain(back.pairs[0].mentor, back.pairs[1].mentee).parts


def test_a_matching_does_not_attach_to_other_people_or_rules(
    roster: pk.Roster, matching: pk.Matching
) -> None:
    with pytest.raises(pk.ProblemError, match="another roster"):
        matching.attach(roster[1:], sample_program())
    with pytest.raises(pk.ProblemError, match="another program"):
        matching.attach(roster, pk.traditional_mentoring())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "nonsense"])
def test_text_that_is_no_matching_is_refused(text: str) -> None:
    with pytest.raises(pk.FileError, match="not a matching"):
        pk.Matching.from_json(text)


def test_a_matching_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pk.FileError, match="cannot be read"):
        pk.Matching.read(tmp_path / "nothing.json")
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(pk.FileError, match="not UTF-8"):
        pk.Matching.read(tmp_path / "bad.json")


def test_a_matching_can_be_pickled(matching: pk.Matching) -> None:
    back = pickle.loads(pickle.dumps(matching))
    assert back == matching
    assert back.explain(matching.pairs[0].mentor, matching.pairs[1].mentee).parts


def test_repr_holds_nobody(matching: pk.Matching) -> None:
    assert matching.pairs[0].mentor not in repr(matching)


def test_provenance_is_enough_to_repeat(roster: pk.Roster, matching: pk.Matching) -> None:
    found = matching.provenance
    assert found.roster == roster.digest
    assert found.people == len(roster)
    assert found.reference_date == REFERENCE.isoformat()
    assert set(found.versions) >= {"pairkit", "python", "numpy", "ortools"}
    again = pk.match(roster, sample_program())
    assert again == matching


def test_a_program_with_code_has_no_digest_and_attaches_all_the_same() -> None:
    program = pk.Program(scoring={"f": pk.PairFunction(lambda *_: 0.5)})
    matching = pk.match(small(), program)
    assert matching.provenance.program is None
    assert pk.Matching.from_json(matching.to_json(), small(), program) == matching


def test_a_part_may_be_called_like_a_column() -> None:
    program = pk.Program(scoring={"score": pk.SkillCoverage(), "mentor": pk.Same("site")})
    record = pk.match(small(), program).pair_records()[0]
    assert record["mentor"] in {"M1", "M2"}
    assert record["part: mentor"] == 0.5


def test_no_attribute_reaches_an_exception_or_a_reason_of_a_protected_rule() -> None:
    roster = small(gender="F-secret", age=33)
    rules = (
        pk.Require([("M1", "E1")]),
        pk.DifferentValue("gender", allow_protected=True),
        pk.GapWindow("age", min=5, allow_protected=True),
    )
    matching = pk.match(roster, skills(*rules))
    with pytest.raises(pk.InfeasibleError) as raised:
        matching.raise_for_status()
    shown = str(raised.value) + matching.to_json()
    shown += str(matching.explain("M1", "E1").objections)
    assert "secret" not in shown
    assert "33" not in str(matching.explain("M1", "E1").objections)


def test_the_roster_and_the_program_come_together(matching: pk.Matching) -> None:
    with pytest.raises(pk.ProblemError, match="or neither"):
        pk.Matching.from_json(matching.to_json(), pk.Roster())


def test_written_tables_hold_pairs_people_and_reasons(
    matching: pk.Matching, tmp_path: Path
) -> None:
    import pandas as pd

    matching.write(tmp_path / "pairs.csv")
    table = pd.read_csv(tmp_path / "pairs.csv")
    assert table["mentor"].tolist() == [pair.mentor for pair in matching.pairs]
    assert table["score"].to_numpy() == pytest.approx([pair.score for pair in matching.pairs])
    parts = [part.name for part in matching.pairs[0].parts]
    assert table[parts].sum(axis=1).to_numpy() == pytest.approx(table["score"].to_numpy())
    assert table["mentor_load"].tolist() == [matching.mentor_loads[m] for m in table["mentor"]]
    matching.write(tmp_path / "pairs.xlsx")
    sheets = pd.read_excel(tmp_path / "pairs.xlsx", sheet_name=None, engine="calamine")
    assert list(sheets) == ["pairs", "unmatched", "findings"]
    assert len(sheets["unmatched"]) == len(matching.unmatched) + len(matching.outside)
    matching.write(tmp_path / "pairs.parquet")
    assert len(pd.read_parquet(tmp_path / "pairs.parquet")) == len(matching.pairs)


def test_nothing_is_overwritten_unless_asked(matching: pk.Matching, tmp_path: Path) -> None:
    for name in ("pairs.csv", "result.json"):
        matching.write(tmp_path / name)
        with pytest.raises(pk.OutputError, match="exists"):
            matching.write(tmp_path / name)
        matching.write(tmp_path / name, overwrite=True)


def test_formulas_in_names_are_escaped(tmp_path: Path) -> None:
    matching = pk.match(small(name="=1+1"), skills())
    matching.write(tmp_path / "pairs.csv")
    assert "'=1+1" in (tmp_path / "pairs.csv").read_text()


def test_frames_come_back_in_the_callers_library() -> None:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    table = {"id": ["M", "E"], "roles": ["mentor", "mentee"], "skills": ["a", None]}
    for frame, kind in (
        (pd.DataFrame(table), pd.DataFrame),
        (pl.DataFrame(table), pl.DataFrame),
        (pa.table(table), pa.Table),
    ):
        matching = pk.match(pk.Roster.from_frame(frame), skills())
        assert isinstance(matching.to_frame(), kind)
    assert isinstance(pk.match(small(), skills()).to_frame(), pd.DataFrame)


def test_an_error_without_a_reason_still_says_so() -> None:
    with pytest.raises(pk.SolverError, match="no reason was given"):
        raise_for_status(pk.Status.ERROR, "")


def test_people_may_be_on_both_sides() -> None:
    people = [
        {"id": "A", "skills": ["x"], "needs": ["y"]},
        {"id": "B", "skills": ["y"], "needs": ["x"]},
    ]
    matching = pk.match(pk.Roster.from_records(people), skills())
    assert pairs_of(matching) == {("A", "B"), ("B", "A")}


def test_unmatched_reasons_agree_with_the_rules_one_by_one(roster: pk.Roster) -> None:
    program = sample_program()
    lowered = lower(roster, program)
    matching = pk.match(roster, program)
    for one in matching.unmatched:
        side, other = lowered.mentors, lowered.mentees
        place = (side if one.role is pk.Role.MENTOR else other).position(one.id)
        m, n = lowered.problem.shape
        i = np.full(n, place) if one.role is pk.Role.MENTOR else np.arange(m)
        j = np.arange(n) if one.role is pk.Role.MENTOR else np.full(m, place)
        possible = int(lowered.space.pairs(i, j).allowed.sum())
        assert (possible == 0) == (one.code.value in {"not-ready", "no-candidate"}) or (
            one.code.value == "no-capacity"
        )


def test_the_reference_date_is_kept_for_later_explanations() -> None:
    program = skills(pk.Horizon(12), reference_date=date(2027, 1, 1))
    roster = small(retires=date(2027, 6, 1))
    matching = pk.match(roster, program)
    assert not matching.pairs
    text = json.dumps(matching.to_dict())
    assert "2027-01-01" in text
    assert "expected to retire" in matching.explain("M1", "E1").objections[0].why
