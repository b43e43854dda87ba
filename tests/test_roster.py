"""A roster holds people with unique ids, and says of every record what is wrong with it."""

from __future__ import annotations

import gc
import json
import pickle
import re
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pairkit.errors import InputError, RosterError, UnknownParticipantError
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import Participant
from pairkit.roster import Roster
from pairkit.validation import CHUNK, TOLD, duplicates, paused_collector
from tests.people import levels, names, rosters

if TYPE_CHECKING:
    from pairkit.roster import OnError

Record = dict[str, object]

GOOD: Record = {"id": "A"}
REFERENCES = ["unknown-manager", "unknown-preference", "unknown-avoid"]


def findings_of(*records: Record) -> Findings:
    """Return what is found in the records, whether or not they are refused."""
    try:
        return Roster.from_records(records).findings
    except RosterError as error:
        return error.findings


def test_records_become_people_in_order() -> None:
    roster = Roster.from_records([{"id": 2, "skills": ["SQL"]}, {"id": "1", "level": 3}])
    assert roster.ids == ("2", "1")
    assert roster["2"].skills == {"SQL": 1.0}
    assert roster[1].level == 3.0
    assert not roster.findings
    assert roster.skipped == ()


def test_a_key_that_is_no_field_becomes_an_attribute() -> None:
    record = {"id": "A", "attributes": {"floor": 2}, "team": "Blue", "desk": None}
    assert Roster.from_records([record])[0].attributes == {"floor": 2, "team": "Blue"}


def test_none_means_not_stated() -> None:
    (person,) = Roster.from_records([{"id": "A", "skills": None, "status": None, "level": None}])
    assert person == Participant(id="A")
    assert person.model_fields_set == {"id"}


def test_no_record_is_a_roster_of_nobody() -> None:
    roster = Roster.from_records([])
    assert len(roster) == 0
    assert roster.ids == ()


@pytest.mark.parametrize(
    ("record", "code", "column", "words"),
    [
        ({}, "missing-id", "id", "There is no id."),
        ({"id": None}, "missing-id", "id", "There is no id."),
        ({"id": "  "}, "missing-id", "id", "There is no id."),
        ({"id": True}, "bad-value", "id", "id is True;"),
        ({"id": "A"}, "duplicate-id", "id", "The id 'A' is already that of row 1."),
        ({"id": "B", "level": "senior"}, "bad-number", "level", "level is 'senior'"),
        ({"id": "B", "mentor_capacity": 1.5}, "bad-number", "mentor_capacity", "is 1.5;"),
        ({"id": "B", "hired": "soon"}, "bad-date", "hired", "hired is 'soon'"),
        ({"id": "B", "retires": "2026-02-30"}, "bad-date", "retires", "'2026-02-30'"),
        ({"id": "B", "waiting_since": "x"}, "bad-date", "waiting_since", "'x'"),
        ({"id": "B", "consent": "maybe"}, "bad-boolean", "consent", "consent is 'maybe'"),
        (
            {"id": "B", "skills": {"SQL": "good"}},
            "bad-level",
            "skills",
            "level of 'SQL' in skills is 'good'",
        ),
        ({"id": "B", "needs": [["x"]]}, "bad-level", "needs", "needs is"),
        (
            {"id": "B", "skills": {"SQL": 11}},
            "level-out-of-range",
            "skills",
            "level of 'SQL' in skills is 11",
        ),
        (
            {"id": "B", "needs": {"SQL": -1}},
            "level-out-of-range",
            "needs",
            "priority of 'SQL' in needs is -1",
        ),
        ({"id": "B", "mentee_capacity": -1}, "negative-capacity", "mentee_capacity", "is -1;"),
        ({"id": "B", "mentor_capacity": 10**10}, "out-of-range", "mentor_capacity", "1000000000"),
        ({"id": "B", "experience": 120}, "out-of-range", "experience", "is 120;"),
        ({"id": "B", "level": float("inf")}, "out-of-range", "level", "level is inf"),
        ({"id": "B", "availability": "never"}, "bad-window", "availability", "'never' is not a"),
        ({"id": "B", "time_zone": "Mars"}, "bad-time-zone", "time_zone", "'Mars' is not an IANA"),
        (
            {"id": "B", "languages": "Klingon"},
            "bad-language",
            "languages",
            "'Klingon' is not a BCP",
        ),
        ({"id": "B", "roles": "boss"}, "bad-role", "roles", "roles is 'boss'"),
        ({"id": "B", "status": "gone"}, "bad-status", "status", "status is 'gone'"),
        ({"id": "B", "name": ["x"]}, "bad-value", "name", "name is not readable"),
        ({"id": "B", "interests": [["x"]]}, "bad-value", "interests", "interests is"),
        ({"id": "B", "preferences": ["A", "A"]}, "bad-value", "preferences", "'A' is ranked twice"),
        ({"id": "B", "team": ["x"]}, "bad-value", "team", "value of 'team' in attributes is"),
        ({"id": "B", "attributes": 5, "team": "x"}, "bad-value", "attributes", "attributes is 5"),
        (
            {"id": "B", "protected": {"x": ["y"]}},
            "bad-value",
            "x",
            "value of 'x' in protected is not readable",
        ),
        ({"id": "B", "manager": "Z"}, "unknown-manager", "manager", "The manager 'Z' is nobody's"),
        ({"id": "B", "preferences": ["Z"]}, "unknown-preference", "preferences", "partner 'Z' is"),
    ],
)
def test_an_error_is_found_once_with_its_row_column_and_code(
    record: Record, code: str, column: str, words: str
) -> None:
    (finding,) = findings_of(GOOD, record)
    assert (finding.row, finding.code, finding.column) == (2, code, column)
    assert finding.severity is Severity.ERROR
    assert finding.participant == (str(record.get("id") or "").strip() or None)
    assert words in finding.message
    assert finding.message.endswith(".")


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"id": "A"},
        {"id": "B", "level": "senior"},
        {"id": "B", "hired": "soon"},
        {"id": "B", "skills": {"SQL": 11}},
        {"id": "B", "skills": [["x"]]},
        {"id": "B", "mentee_capacity": -1},
        {"id": "B", "roles": "boss"},
        {"id": "B", "status": "gone"},
        {"id": "B", "consent": "maybe"},
        {"id": "B", "manager": "Z"},
        {"id": "B", "avoid": ["Z"]},
    ],
)
def test_a_finding_hints_at_the_way_out(record: Record) -> None:
    (finding,) = findings_of(GOOD, record)
    assert finding.hint.endswith(".")


def test_an_unknown_person_to_avoid_is_a_warning() -> None:
    roster = Roster.from_records([{"id": "A", "avoid": ["Z", "B"]}, {"id": "B"}])
    (finding,) = roster.findings
    assert finding.code is FindingCode.UNKNOWN_AVOID
    assert finding.severity is Severity.WARNING
    assert finding.row == 1
    assert "'Z'" in finding.message
    assert len(roster) == 2


def test_long_values_are_cut_in_messages() -> None:
    (finding,) = findings_of({"id": "A", "hired": "x" * 500})
    assert len(finding.message) < 150
    assert "…" in finding.message


def test_everything_is_found_at_once_in_row_order() -> None:
    found = findings_of(
        {"id": "A", "manager": "Z"},
        {"id": "B", "hired": "soon", "level": "senior", "skills": {"SQL": 11}},
        {"id": "A"},
        {},
    )
    assert [(finding.row, finding.code.value) for finding in found] == [
        (1, "unknown-manager"),
        (2, "level-out-of-range"),
        (2, "bad-number"),
        (2, "bad-date"),
        (3, "duplicate-id"),
        (4, "missing-id"),
    ]


def test_raise_is_the_default_and_carries_every_finding() -> None:
    with pytest.raises(RosterError, match="2 errors in the roster") as caught:
        Roster.from_records([{"id": "A", "avoid": ["Z"]}, {}, {"id": "C", "hired": "soon"}])
    assert len(caught.value.findings) == 3


def test_skip_leaves_out_the_bad_and_lists_them() -> None:
    roster = Roster.from_records(
        [{"id": "A"}, {}, {"id": "C", "hired": "soon"}, {"id": "A"}, {"id": "E", "manager": "Z"}],
        on_error="skip",
    )
    assert roster.ids == ("A",)
    assert roster.skipped == ("row 2", "C", "A", "E")
    assert len(roster.findings.errors) == 4


def test_who_is_skipped_is_still_known_as_a_manager_and_partner() -> None:
    roster = Roster.from_records(
        [
            {"id": "A", "manager": "B", "preferences": ["B"], "avoid": ["B"]},
            {"id": "B", "hired": "soon"},
        ],
        on_error="skip",
    )
    assert roster.ids == ("A",)
    assert {str(one.code): str(one.severity) for one in roster.findings} == {
        "bad-date": "error",
        "unknown-manager": "warning",
        "unknown-preference": "warning",
    }
    assert "was left out because of errors" in roster.findings.warnings[0].message


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        ({"manager": " 2 "}, []),
        ({"manager": 9}, ["unknown-manager"]),
        ({"avoid": (2,)}, []),
        ({"avoid": (9,)}, ["unknown-avoid"]),
        ({"preferences": "2"}, []),
        ({"preferences": "2 = 9"}, ["unknown-preference"]),
    ],
)
def test_who_is_not_valid_is_still_asked_whom_they_name(named: Record, codes: list[str]) -> None:
    found = findings_of({"id": 1, "hired": "soon", **named}, {"id": 2})
    assert sorted(finding.code.value for finding in found) == ["bad-date", *codes]


def test_names_of_others_that_are_no_ids_are_told_once() -> None:
    (finding,) = findings_of({"id": 1, "avoid": (["x"],)}, {"id": 2})
    assert (finding.code.value, finding.column) == ("bad-value", "avoid")


@pytest.mark.parametrize("manager", [0, "0"])
def test_the_integer_zero_is_an_id_like_any_other(manager: object) -> None:
    roster = Roster.from_records([{"id": 0}, {"id": 1, "manager": manager}])
    assert roster.ids == ("0", "1")
    assert not roster.findings
    assert [finding.row for finding in findings_of({"id": 0}, {"id": 0})] == [2]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"id": "A", "manager": "Z"}, "unknown-manager"),
        ({"id": "A", "preferences": ["Z"]}, FindingCode.UNKNOWN_PREFERENCE),
    ],
)
def test_what_is_allowed_becomes_a_warning(record: Record, code: str) -> None:
    roster = Roster.from_records([record], allow=[code])
    assert roster.ids == ("A",)
    (finding,) = roster.findings
    assert (finding.code, finding.severity) == (code, Severity.WARNING)
    assert finding.row == 1


def test_what_is_not_allowed_stays_an_error() -> None:
    with pytest.raises(RosterError):
        Roster.from_records([{"id": "A", "manager": "Z"}], allow=["unknown-preference"])


@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_who_cannot_be_read_is_listed_as_skipped_even_where_the_error_is_allowed(
    on_error: OnError,
) -> None:
    records = [{"id": "A", "hired": "soon"}, {"id": "B"}]
    roster = Roster.from_records(records, allow=["bad-date"], on_error=on_error)
    assert roster.ids == ("B",)
    assert roster.skipped == ("A",)
    assert [finding.severity for finding in roster.findings] == [Severity.WARNING]


def test_a_code_that_does_not_exist_cannot_be_allowed() -> None:
    with pytest.raises(InputError, match="There is no finding code 'unknown-boss'"):
        Roster.from_records([{"id": "A"}], allow=["unknown-boss"])


def cycles(managers: Mapping[str, str | None]) -> list[Finding]:
    records = [{"id": name, "manager": manager} for name, manager in managers.items()]
    roster = Roster.from_records(records)
    assert len(roster) == len(managers)
    return [found for found in roster.findings if found.code is FindingCode.MANAGER_CYCLE]


@pytest.mark.parametrize(
    "managers",
    [
        {},
        {"A": None},
        {"A": "B", "B": "C", "C": None},
        {"A": "C", "B": "C", "C": None},
    ],
)
def test_trees_of_managers_are_no_cycles(managers: Mapping[str, str | None]) -> None:
    assert cycles(managers) == []


def test_who_manages_themselves_is_a_cycle() -> None:
    (finding,) = cycles({"A": None, "B": "B", "C": "B"})
    assert finding.severity is Severity.WARNING
    assert (finding.row, finding.column, finding.participant) == (2, "manager", "B")
    assert finding.message == "The managers of B lead back to themselves."


def test_each_cycle_is_found_once_with_the_people_in_it_alone() -> None:
    found = cycles({"T": "A", "A": "B", "B": "A", "C": "D", "D": "E", "E": "C", "U": "E"})
    assert [finding.message for finding in found] == [
        "The managers of A, B lead back to themselves.",
        "The managers of C, D, E lead back to themselves.",
    ]
    assert [finding.row for finding in found] == [2, 4]


def test_a_long_cycle_names_its_first_five() -> None:
    size = 5000
    managers = {f"P{k}": f"P{(k + 1) % size}" for k in range(size)}
    (finding,) = cycles(managers)
    assert finding.message == "The managers of P0, P1, P2, P3, P4 lead back to themselves."


@given(st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_a_cycle_is_found_where_and_only_where_walking_up_comes_back(above: list[int]) -> None:
    def comes_back(start: int) -> bool:
        one = above[start]
        for _ in above:
            if one == start:
                return True
            one = above[one]
        return False

    found = cycles({f"P{k}": f"P{boss}" for k, boss in enumerate(above)})
    named = [name for finding in found for name in re.findall(r"P\d", finding.message)]
    assert sorted(named) == [f"P{k}" for k in range(5) if comes_back(k)]


@given(st.permutations(range(5)), st.sets(st.integers(0, 4)))
def test_a_bad_record_never_costs_the_others(order: list[int], bad: set[int]) -> None:
    records = [{"id": k} | ({"hired": "soon"} if k in bad else {}) for k in order]
    roster = Roster.from_records(records, on_error="skip")
    assert roster.ids == tuple(str(k) for k in order if k not in bad)
    assert roster.skipped == tuple(str(k) for k in order if k in bad)


def test_chunks_do_not_show() -> None:
    size = CHUNK + 5
    records: list[dict[str, object]] = [{"id": k, "level": k} for k in range(size)]
    records[CHUNK + 1]["level"] = "senior"
    records[3]["level"] = "junior"
    roster = Roster.from_records(records, on_error="skip")
    assert [finding.row for finding in roster.findings] == [4, CHUNK + 2]
    assert roster.skipped == ("3", str(CHUNK + 1))
    assert len(roster) == size - 2
    assert roster[str(CHUNK + 2)].level == CHUNK + 2


def test_rows_headers_source_and_progress_are_those_of_the_file() -> None:
    seen: list[float] = []
    with pytest.raises(RosterError, match=r"2 errors in people\.csv") as caught:
        Roster.from_rows(
            [{"id": "A", "hired": "soon"}, {"id": "B", "manager": "Z"}, {"id": "C"}],
            [2, 7, 8],
            headers={"hired": "Date d’embauche", "manager": "Chef"},
            source="people.csv",
            progress=seen.append,
        )
    assert [(finding.row, finding.column) for finding in caught.value.findings] == [
        (2, "Date d’embauche"),
        (7, "Chef"),
    ]
    assert seen == [1.0]


def test_what_reading_the_cells_found_counts_like_the_rest() -> None:
    ragged = Finding(FindingCode.RAGGED_ROW, "Too many cells.", row=3)
    roster = Roster.from_rows(
        [{"id": "A"}, {"id": "B"}], [2, 3], findings=[ragged], on_error="skip"
    )
    assert roster.ids == ("A",)
    assert roster.skipped == ("B",)
    assert list(roster.findings) == [ragged]


@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_an_error_of_the_file_as_a_whole_cannot_be_skipped(on_error: OnError) -> None:
    missing = Finding(FindingCode.MISSING_COLUMN, "No column feeds the id.")
    with pytest.raises(RosterError, match="No column feeds the id"):
        Roster.from_rows([{"id": "A"}], [2], findings=[missing], on_error=on_error)


def test_two_people_with_one_id_make_no_roster() -> None:
    people = [Participant(id="A"), Participant(id="B"), Participant(id="A")]
    with pytest.raises(RosterError, match="The id 'A' is already that of position 0") as caught:
        Roster(people)
    assert [finding.code.value for finding in caught.value.findings] == ["duplicate-id"]


@pytest.mark.parametrize("untold", [0, 1, 7])
def test_of_an_id_repeated_again_and_again_the_last_finding_tells_how_often(untold: int) -> None:
    records: list[Record] = [{"id": "B"}, *(dict(GOOD) for _ in range(1 + TOLD + 1 + untold))]
    found = findings_of(*records)
    assert len(found) == TOLD + 1
    *_, before, last = found
    assert before.message == "The id 'A' is already that of row 2."
    assert last.row == len(records)
    more = f"; more with it that stand before this one are not listed: {untold}." if untold else "."
    assert last.message == f"The id 'A' is already that of row 2{more}"
    roster = Roster.from_records(records, on_error="skip")
    assert [*roster.ids] == ["B", "A"]
    assert roster.skipped == ("A",) * (TOLD + 1 + untold)
    allowed = Roster.from_records(records, allow=["duplicate-id"])
    assert len(allowed) == 2


@given(st.lists(st.sampled_from(["", "A", "B", "C"]), max_size=500))
@example([*"ABA", "", *"AB" * 2 * TOLD, "C"])
def test_every_repeat_of_an_id_is_found_and_counted(ids: list[str]) -> None:
    found = duplicates(ids, None)
    assert [*found] == [k for k, name in enumerate(ids) if name and name in ids[:k]]
    told = [one for one in found.values() if one is not None]
    untold = [re.search(r"not listed: ([0-9]+)", one.message) for one in told]
    assert len(told) + sum(int(one[1]) for one in untold if one) == len(found)


@pytest.fixture
def three() -> Roster:
    return Roster(
        [
            Participant(id="A", department="Sales", level=1),
            Participant(id="B", department="IT", level=2),
            Participant(id="C", department="Sales", level=3),
        ]
    )


def test_a_roster_is_a_sequence_of_people(three: Roster) -> None:
    assert len(three) == 3
    assert [person.id for person in three] == ["A", "B", "C"]
    assert three[0].id == "A"
    assert three[-1].id == "C"
    assert three.index(three["B"]) == 1
    assert [person.id for person in reversed(three)] == ["C", "B", "A"]
    with pytest.raises(IndexError):
        three[3]


def test_slices_are_rosters(three: Roster) -> None:
    assert isinstance(three[1:], Roster)
    assert three[1:].ids == ("B", "C")
    assert three[::-1].ids == ("C", "B", "A")
    assert len(three[3:]) == 0


def test_people_are_looked_up_by_id(three: Roster) -> None:
    assert three["C"].level == 3
    assert three.get("C") is three["C"]
    assert three.get("Z") is None


def test_nobody_with_that_id_says_who_may_be_meant() -> None:
    roster = Roster([Participant(id="M-17")])
    with pytest.raises(UnknownParticipantError, match=r"Nobody has the id 'M-71'\. Did you mean"):
        roster["M-71"]


@pytest.mark.parametrize(
    ("item", "inside"),
    [
        ("A", True),
        ("Z", False),
        (Participant(id="A", department="Sales", level=1), True),
        (Participant(id="A"), False),
        (0, False),
    ],
)
def test_a_roster_contains_ids_and_people_with_the_same_data(
    three: Roster, item: object, inside: bool
) -> None:
    container: Container[object] = three
    assert (item in container) is inside


def test_filter_keeps_the_order(three: Roster) -> None:
    sales = three.filter(lambda person: person.department == "Sales")
    assert isinstance(sales, Roster)
    assert sales.ids == ("A", "C")


def test_rosters_add_up_with_findings_and_skipped(three: Roster) -> None:
    more = Roster.from_records(
        [{"id": "D", "avoid": ["Z"]}, {"id": "E", "hired": "soon"}], on_error="skip"
    )
    both = three + more
    assert both.ids == ("A", "B", "C", "D")
    assert both.findings == more.findings
    assert both.skipped == ("E",)


def test_rosters_that_share_an_id_do_not_add_up(three: Roster) -> None:
    with pytest.raises(RosterError, match="'B'"):
        three + three[1:2]


def test_the_dataframe_library_people_came_from_stays_with_them(three: Roster) -> None:
    roster = Roster([Participant(id="Z")], backend=json)
    assert (three + roster).backend is json
    assert roster[:0].backend is json
    assert roster.filter(lambda _: True).backend is json


def test_equal_rosters_hold_the_same_people_in_the_same_order(three: Roster) -> None:
    again = Roster(three)
    assert again == three
    assert hash(again) == hash(three)
    assert three[::-1] != three
    assert list(three) != three


def test_repr_shows_the_size_alone(three: Roster) -> None:
    assert repr(three) == str(three) == "Roster(3 people)"


def test_a_roster_survives_pickling(three: Roster) -> None:
    three.columns.codes("department")
    again = pickle.loads(pickle.dumps(three))
    assert again == three
    assert again["B"].level == 2
    assert again.backend is None


def test_a_roster_of_a_dataframe_survives_pickling_too() -> None:
    roster = Roster([Participant(id="A")], backend=json)
    again = pickle.loads(pickle.dumps(roster))
    assert again == roster
    assert again.backend is json


def test_columns_are_encoded_once(three: Roster) -> None:
    assert three.columns is three.columns
    assert three.columns.codes("department") is three.columns.codes("department")


@given(rosters({"skills": levels, "interests": names}, max_size=4), st.randoms())
def test_the_digest_does_not_depend_on_the_order(
    roster: Roster,
    random: st.random.Random,  # type: ignore[name-defined]
) -> None:
    people = list(roster)
    random.shuffle(people)
    assert Roster(people).digest == roster.digest


@pytest.mark.parametrize(
    "change",
    [
        {"level": 2},
        {"name": "Jeanne"},
        {"skills": {"SQL": 2}},
        {"age": 40},
        {"attributes": {"team": "Blue"}},
        {"avoid": ["B"]},
        {"id": "AA"},
    ],
)
def test_the_digest_changes_with_anybodys_data(change: dict[str, object]) -> None:
    record: dict[str, object] = {"id": "A", "level": 1, "skills": {"SQL": 1}}
    before, after = (
        Roster.from_records([one, {"id": "B"}]).digest for one in (record, record | change)
    )
    assert before != after


def test_the_digest_changes_when_somebody_leaves(three: Roster) -> None:
    assert three.digest != three[:2].digest
    assert len(three.digest) == 64


def test_the_digest_takes_what_is_stated_at_its_default_as_not_stated() -> None:
    stated = Roster.from_records([{"id": "A", "status": "active", "skills": []}])
    assert stated.digest == Roster.from_records([{"id": "A"}]).digest


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_it_was_after_a_pause(enabled: bool) -> None:
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with paused_collector():
            assert not gc.isenabled()
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_people_who_state_the_same_fields_do_not_share_what_a_copy_states() -> None:
    first, second = Roster.from_records([{"id": "A", "age": 30}, {"id": "B", "age": 31}])
    first.without_protected()
    assert second.model_fields_set == {"id", "age"}
    assert first.model_fields_set == {"id", "age"}


def test_records_may_come_from_any_iterable() -> None:
    records: Iterable[Record] = ({"id": k} for k in range(3))
    assert Roster.from_records(records).ids == ("0", "1", "2")


# JSON Schema ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {"id": 1, "skills": ["SQL"], "needs": "Go; Python (3)", "team": "Blue", "floor": None},
        {"id": "A", "roles": "both", "preferences": ["B", ["C", 4]], "avoid": [7], "manager": 7},
        {"id": "A", "roles": ["mentor"], "languages": "fr; en", "availability": "Mon 9-12"},
        {"id": "A", "availability": [{"day": "Mon", "start": "9", "end": "12"}, "Tue 9-10"]},
        {"id": "A", "hired": "2024-01-31", "status": "on leave", "attributes": {"n": 1.5}},
        {"id": "A"} | dict.fromkeys(sorted({*Participant.model_fields} - {"id"})),
    ],
)
def test_the_schema_takes_what_a_roster_takes(record: Record) -> None:
    jsonschema.validate([record], Roster.json_schema())
    assert len(Roster.from_records([record], allow=REFERENCES)) == 1


@pytest.mark.parametrize(
    "record",
    [
        {"name": "Ann"},
        {"id": ""},
        {"id": "A", "roles": "boss"},
        {"id": "A", "skills": {"SQL": 11}},
        {"id": "A", "hired": 3},
        {"id": "A", "experience": 101},
        {"id": "A", "team": ["Blue"]},
        {"id": "A", "mentor_capacity": -1},
    ],
)
def test_the_schema_refuses_what_a_roster_refuses(record: Record) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([record], Roster.json_schema())
    with pytest.raises(RosterError):
        Roster.from_records([record])


@given(rosters({"skills": levels, "interests": names}))
def test_the_schema_takes_people_as_they_are_dumped(roster: Roster) -> None:
    jsonschema.Draft202012Validator.check_schema(Roster.json_schema())
    jsonschema.validate([json.loads(one.model_dump_json()) for one in roster], Roster.json_schema())
