"""Every error has a stable code, survives a worker process and says the way out."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator

import pytest

import pairkit.errors
from pairkit.errors import (
    ColumnMapError,
    FileError,
    HistoryError,
    InfeasibleError,
    InputError,
    MissingExtraError,
    NoSolutionFoundError,
    OutputError,
    PairkitError,
    ProblemError,
    ProgramError,
    RosterError,
    SolverError,
    UnknownParticipantError,
    UnsupportedError,
    VerificationError,
    did_you_mean,
    finding_code,
)
from pairkit.findings import Finding, FindingCode, Findings, Severity

CODES = {
    PairkitError: "pairkit",
    InputError: "input",
    FileError: "file",
    RosterError: "roster",
    ColumnMapError: "column-map",
    ProgramError: "program",
    ProblemError: "problem",
    HistoryError: "history",
    UnknownParticipantError: "unknown-participant",
    OutputError: "output",
    MissingExtraError: "missing-extra",
    UnsupportedError: "unsupported",
    InfeasibleError: "infeasible",
    NoSolutionFoundError: "no-solution-found",
    SolverError: "solver",
    VerificationError: "verification",
}
SPECIAL: dict[type[PairkitError], PairkitError] = {
    RosterError: RosterError(Findings([Finding(FindingCode.BAD_DATE, "No date.", row=2)]), "a.csv"),
    HistoryError: HistoryError(["There is no round."]),
    MissingExtraError: MissingExtraError("scikit-learn", "text", "TextSimilarity"),
}


def family(kind: type[PairkitError]) -> Iterator[type[PairkitError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def test_the_codes_are_what_they_have_always_been() -> None:
    assert {kind: kind.code for kind in family(PairkitError)} == CODES


def test_no_two_errors_share_a_code() -> None:
    assert len(set(CODES.values())) == len(CODES)


def test_the_tree_drawn_in_the_module_is_the_tree() -> None:
    drawn = re.findall(r"\w*Error\b", str(pairkit.errors.__doc__))
    assert sorted(drawn) == sorted(kind.__name__ for kind in CODES)
    assert set(pairkit.errors.__all__) == {*drawn, "did_you_mean", "finding_code", "quoted"}


@pytest.mark.parametrize("kind", [kind for kind, code in CODES.items() if code != "pairkit"])
def test_every_error_says_what_it_is_in_its_docstring(kind: type[PairkitError]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != PairkitError.__doc__


@pytest.mark.parametrize("kind", CODES)
def test_an_error_survives_pickling(kind: type[PairkitError]) -> None:
    error = SPECIAL.get(kind) or kind("What went wrong.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert again.__dict__ == error.__dict__


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (InputError, ValueError),
        (RosterError, ValueError),
        (UnknownParticipantError, KeyError),
        (MissingExtraError, ImportError),
    ],
)
def test_errors_are_also_the_builtin_error_that_people_catch(
    kind: type[PairkitError], builtin: type[Exception]
) -> None:
    assert issubclass(kind, builtin)


def many(count: int) -> Findings:
    return Findings(
        Finding(FindingCode.BAD_DATE, "Not a date.", row=row) for row in range(2, count + 2)
    )


def test_a_roster_error_shows_up_to_twenty_findings() -> None:
    lines = str(RosterError(many(20), "people.csv")).splitlines()
    assert lines[0] == "20 errors in people.csv:"
    assert len(lines) == 22
    assert lines[20].strip().startswith("row 21:")
    assert 'on_error="skip"' in lines[21]


def test_a_roster_error_counts_what_it_does_not_show_and_carries_everything() -> None:
    error = RosterError(many(33))
    lines = str(error).splitlines()
    assert lines[0] == "33 errors in the roster:"
    assert len(lines) == 6
    assert lines[4].strip() == "... and 30 more of bad-date, to row 34."
    assert error.findings == many(33)
    assert error.source == "the roster"


def test_a_summary_shows_the_first_of_each_kind_in_each_column() -> None:
    found = Findings(
        Finding(FindingCode.BAD_NUMBER, f"{row} is wrong.", row=row, column=column)
        for row in range(2, 8)
        for column in ("level", "age")
    )
    assert found.summary(examples=2).splitlines() == [
        "row 2, column 'level': error [bad-number] 2 is wrong.",
        "row 3, column 'level': error [bad-number] 3 is wrong.",
        "... and 4 more of bad-number in column 'level', to row 7.",
        "row 2, column 'age': error [bad-number] 2 is wrong.",
        "row 3, column 'age': error [bad-number] 3 is wrong.",
        "... and 4 more of bad-number in column 'age', to row 7.",
    ]
    assert len(found.summary(examples=5).splitlines()) == len(found)  # none is worth a line less


def test_a_roster_error_speaks_of_errors_alone_but_carries_warnings_too() -> None:
    doubt = Finding(FindingCode.UNKNOWN_AVOID, "Nobody is 'X'.", severity=Severity.WARNING)
    error = RosterError(Findings([doubt, *many(1)]))
    assert str(error).startswith("1 error in the roster:\n  row 2: error [bad-date]")
    assert "unknown-avoid" not in str(error)
    assert doubt in error.findings


def test_an_unknown_participant_reads_as_a_sentence() -> None:
    assert str(UnknownParticipantError("Nobody has the id 'A'.")) == "Nobody has the id 'A'."
    assert not str(UnknownParticipantError())


def test_a_missing_extra_names_the_pip_command() -> None:
    error = MissingExtraError("jinja2", "report", "write_report")
    assert str(error) == (
        "write_report needs jinja2, which is not installed: pip install 'pairkit[report]'"
    )
    assert (error.package, error.extra, error.purpose) == ("jinja2", "report", "write_report")


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("departement", ["site", "department"], " Did you mean 'department'?"),
        ("site", {"site": 1}, " Did you mean 'site'?"),
        ("xyz", ["site", "department"], ""),
        ("site", [], ""),
    ],
)
def test_did_you_mean_offers_the_closest_name_or_nothing(
    name: str, known: list[str] | dict[str, int], hint: str
) -> None:
    assert did_you_mean(name, known) == hint


def test_finding_codes_are_found_by_name() -> None:
    assert finding_code("bad-date") is FindingCode.BAD_DATE
    assert finding_code(FindingCode.BAD_DATE) is FindingCode.BAD_DATE


def test_a_finding_code_that_does_not_exist_is_told_with_the_closest() -> None:
    with pytest.raises(InputError, match=r"no finding code 'bad-dat'\. Did you mean 'bad-date'"):
        finding_code("bad-dat")
