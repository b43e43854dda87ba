"""Validation: records to people, and everything that is wrong with them."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from pydantic import TypeAdapter, ValidationError

from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import Participant

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Validated", "duplicates", "paused_collector", "records_schema", "validate"]

CHUNK = 1000
NAME_SHOWN = 5  # characters of what may be a name that a message repeats

_PEOPLE = TypeAdapter(list[Participant])
_CODES = {
    "hired": FindingCode.BAD_DATE,
    "retires": FindingCode.BAD_DATE,
    "waiting_since": FindingCode.BAD_DATE,
    "experience": FindingCode.BAD_NUMBER,
    "level": FindingCode.BAD_NUMBER,
    "age": FindingCode.BAD_NUMBER,
    "mentor_capacity": FindingCode.BAD_NUMBER,
    "mentee_capacity": FindingCode.BAD_NUMBER,
    "skills": FindingCode.BAD_LEVEL,
    "needs": FindingCode.BAD_LEVEL,
    "availability": FindingCode.BAD_WINDOW,
    "time_zone": FindingCode.BAD_TIME_ZONE,
    "languages": FindingCode.BAD_LANGUAGE,
    "roles": FindingCode.BAD_ROLE,
    "status": FindingCode.BAD_STATUS,
    "orientation_done": FindingCode.BAD_BOOLEAN,
    "consent": FindingCode.BAD_BOOLEAN,
    "id": FindingCode.MISSING_ID,
}
_INNER = {
    "skills": "level of",
    "needs": "priority of",
    "attributes": "value of",
    "protected": "value of",
}
_SHORTER = (
    ("Input should be less than or equal to", "must be at most"),
    ("Input should be greater than or equal to", "must be at least"),
    ("Input should be", "must be"),
    ("String should have", "must have"),
)
_BOUNDS = frozenset({"greater_than_equal", "less_than_equal", "finite_number"})
_ATTRIBUTES = frozenset({"attributes", "protected"})
PRIVATE = Participant.protected_fields() | {"name"}  # their values stay out of messages
_NO_ID = frozenset({"missing", "string_too_short", "too_short"})
_HINTS = {
    FindingCode.BAD_DATE: "Write it as 2024-12-31.",
    FindingCode.BAD_NUMBER: "Write a number such as 3 or 2.5.",
    FindingCode.BAD_LEVEL: "Write names, or names with a level from 0 to 10.",
    FindingCode.LEVEL_OUT_OF_RANGE: "Levels and priorities are numbers from 0 to 10.",
    FindingCode.NEGATIVE_CAPACITY: "A capacity is a whole number from 0 up.",
    FindingCode.BAD_ROLE: "Roles are 'mentor', 'mentee' or 'both'.",
    FindingCode.BAD_STATUS: "A status is 'active', 'on leave' or 'left'.",
    FindingCode.BAD_BOOLEAN: "Write yes or no.",
    FindingCode.MISSING_ID: (
        "Every person needs an id of their own; where rows go on with the person above, set "
        "repeated_ids = 'merge' in a column map."
    ),
    FindingCode.DUPLICATE_ID: (
        "Give each person an id of their own, or remove the repeated row; where the rows of one "
        "person belong together, set repeated_ids = 'merge' in a column map."
    ),
}
TOLD: Final = 100  # repeats of an id that get a finding each
ABOUT: Final = ("default", "title")  # of a JSON Schema, not about the values


def _id_text(record: Mapping[str, object]) -> str:
    """Return the id of a record as text, empty where there is none."""
    value = record.get("id")
    return "" if value is None else str(value).strip()


@contextmanager
def paused_collector() -> Generator[None]:
    """Pause the cyclic garbage collector: it would walk all new people again and again.

    At the end they are moved to its oldest generation, so that it does not walk them at once.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():  # else the caller's frozen objects would thaw
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """What validation made of records.

    Parameters
    ----------
    people
        The people without errors, in order.
    findings
        Everything that was found, in row order.
    skipped
        Ids of the others, or their row where they have none.
    """

    people: list[Participant]
    findings: Findings
    skipped: list[str]


def validate(
    records: Sequence[dict[str, object]],
    rows: Sequence[int],
    headers: Mapping[str, str],
    *,
    findings: Iterable[Finding] = (),
    allowed: frozenset[FindingCode] = frozenset(),
    progress: Callable[[float], None] | None = None,
) -> Validated:
    """Return the people of records, and all that is wrong with the records.

    Parameters
    ----------
    records
        Field names to values; the keys are fields of :class:`Participant`.
    rows
        The row number that each record has for a person, same length.
    headers
        The header that fed each field, for messages.
    findings
        What reading the cells found already; errors there cost their rows too.
    allowed
        Codes of errors to take as warnings.
    progress
        Called with the share of the records that are validated so far, up to 1.
    """
    found = list(findings)
    people, problems = _validate(records, rows, headers, progress)
    found += problems
    ids = [_id_text(record) for record in records]
    repeated = duplicates(ids, rows)
    found += filter(None, repeated.values())
    found += _check_references(_references(people, records), ids, rows, headers)
    found += _check_cycles(people, rows, headers)
    if allowed:
        found = [_allow(finding, allowed) for finding in found]
    bad = {finding.row for finding in found if finding.severity is Severity.ERROR}
    bad |= {rows[k] for k in repeated}
    out = [one is None or row in bad for one, row in zip(people, rows, strict=True)]
    gone = {name for name, left in zip(ids, out, strict=True) if left}
    stay = [(p, row) for p, row, left in zip(people, rows, out, strict=True) if p and not left]
    found += _left_out(stay, gone, headers)
    found.sort(key=lambda finding: finding.row if finding.row is not None else 0)
    skipped = [name or f"row {row}" for name, row, left in zip(ids, rows, out, strict=True) if left]
    return Validated([person for person, _ in stay], Findings(found), skipped)


def _validate(
    records: Sequence[dict[str, object]],
    rows: Sequence[int],
    headers: Mapping[str, str],
    progress: Callable[[float], None] | None,
) -> tuple[list[Participant | None], list[Finding]]:
    """Return one person per record, ``None`` where it is not valid, and what is wrong there."""
    people: list[Participant | None] = []
    findings: list[Finding] = []
    shared: dict[frozenset[str], set[str]] = {}
    with paused_collector():
        for start in range(0, len(records), CHUNK):
            chunk = records[start : start + CHUNK]
            try:
                people.extend(_shared_fields(_PEOPLE.validate_python(chunk), shared))
            except ValidationError as error:
                details = _one_a_value(error.errors(include_url=False, include_context=False))
                bad = {int(detail["loc"][0]) for detail in details}
                for detail in details:
                    k = int(detail["loc"][0])
                    findings.append(_finding(detail, chunk[k], rows[start + k], headers))
                good = _PEOPLE.validate_python([r for k, r in enumerate(chunk) if k not in bad])
                valid = iter(_shared_fields(good, shared))
                people.extend(None if k in bad else next(valid) for k in range(len(chunk)))
            if progress is not None:
                progress(len(people) / len(records))
    return people, findings


def _shared_fields(
    people: list[Participant], shared: dict[frozenset[str], set[str]]
) -> list[Participant]:
    """Let people who state the same fields share one set of their names: 2 kB a person less."""
    same: set[str] = set()
    for person in people:
        names = person.__pydantic_fields_set__
        if names != same:
            same = shared.setdefault(frozenset(names), names)
        object.__setattr__(person, "__pydantic_fields_set__", same)
    return people


def _one_a_value(details: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """Return the first error of each attribute, which fails as every type it could have."""
    first: dict[object, ErrorDetails] = {}
    for k, detail in enumerate(details):
        location = detail["loc"]
        within = len(location) > 2 and location[1] in _ATTRIBUTES
        first.setdefault(location[:3] if within else k, detail)
    return list(first.values())


def _finding(
    detail: ErrorDetails, record: Mapping[str, object], row: int, headers: Mapping[str, str]
) -> Finding:
    """Return a validation error as a finding."""
    location = detail["loc"]
    field = str(location[1]) if len(location) > 1 else ""
    column = str(location[2]) if field in _ATTRIBUTES and len(location) > 2 else field
    identifier = _id_text(record) or None
    code = _CODES.get(field, FindingCode.BAD_VALUE)
    value = detail["input"]
    if detail["type"] in _BOUNDS:
        code = FindingCode.OUT_OF_RANGE
        if field in {"skills", "needs"}:
            code = FindingCode.LEVEL_OUT_OF_RANGE
        elif field.endswith("_capacity") and isinstance(value, int) and value < 0:
            code = FindingCode.NEGATIVE_CAPACITY
    if field == "id" and detail["type"] not in _NO_ID:
        code = FindingCode.BAD_VALUE
    return Finding(
        code,
        _message(detail, field, location),
        _HINTS.get(code, ""),
        row=row,
        column=headers.get(column, column) or None,
        participant=identifier,
    )


def _message(detail: ErrorDetails, field: str, location: Sequence[object]) -> str:
    """Return one sentence for a validation error, with at most a few characters of the value."""
    if field == "id" and detail["type"] in _NO_ID:
        return "There is no id."
    reason = detail["msg"].removeprefix("Value error, ").rstrip(".")
    if detail["type"] == "value_error":
        return f"{reason}."
    what = field
    if len(location) > 2 and field in _INNER:
        what = f"{_INNER[field]} {_short(location[2])} in {field}"
    for long, short in _SHORTER:
        reason = reason.replace(long, short)
    if field in PRIVATE and detail["type"] in _BOUNDS:
        return f"{what} is out of range; it {reason[:1].lower()}{reason[1:]}."
    value = "not readable" if field in PRIVATE else _short(detail["input"])
    return f"{what} is {value}; it {reason[:1].lower()}{reason[1:]}."


def _short(value: object) -> str:
    """Return a value as it may be shown: a number as it is, a text cut and quoted."""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    text = str(value)
    return repr(text if len(text) <= 30 else text[:29] + "…")


def _as_id(text: str) -> str:
    """Return a text for a message: an id, or the start of what looks like a name instead."""
    cut = len(text) > NAME_SHOWN and " " in text
    return repr(f"{text[:NAME_SHOWN]}…") if cut else _short(text)


def _allow(finding: Finding, allowed: frozenset[FindingCode]) -> Finding:
    """Return the finding, as a warning where its code is allowed."""
    if finding.severity is not Severity.ERROR or finding.code not in allowed:
        return finding
    return replace(finding, severity=Severity.WARNING)


def duplicates(ids: Sequence[str], rows: Sequence[int] | None) -> dict[int, Finding | None]:
    """Return a finding for each person but the first of an id, by position.

    It is ``None`` where an id is repeated so often that the last finding about it tells how many
    more there are.
    """
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    times: Counter[str] = Counter()
    found: dict[int, Finding | None] = {}
    for k, name in enumerate(ids):
        if not name or first.setdefault(name, k) == k:
            continue
        times[name] += 1
        last[name] = k
        told = times[name] <= TOLD
        found[k] = _repeated(name, first[name], k, rows) if told else None
    for name, count in times.items():
        if count > TOLD:
            found[last[name]] = _repeated(name, first[name], last[name], rows, count - TOLD - 1)
    return found


def _repeated(
    name: str, first: int, k: int, rows: Sequence[int] | None, untold: int = 0
) -> Finding:
    where = f"row {rows[first]}" if rows else f"position {first}"
    message = f"The id {_short(name)} is already that of {where}."
    if untold:
        message = (
            f"The id {_short(name)} is already that of {where}; more with it that stand before "
            f"this one are not listed: {untold:,}."
        )
    return Finding(
        FindingCode.DUPLICATE_ID,
        message,
        _HINTS[FindingCode.DUPLICATE_ID],
        row=rows[k] if rows else None,
        column="id",
        participant=name,
    )


def _references(
    people: Sequence[Participant | None], records: Sequence[Mapping[str, object]]
) -> Iterator[list[tuple[str, str, FindingCode]]]:
    """Return whom each person names: field, id, and what it is called when nobody has that id.

    A person who is not valid is asked for what their record holds, so that all is said at once.
    """
    for person, record in zip(people, records, strict=True):
        one = person if person is not None else _as_far_as_valid(record)
        named = [("manager", one.manager, FindingCode.UNKNOWN_MANAGER)] if one.manager else []
        if one.preferences:
            ranked = (name for group in one.preferences for name in group)
            named += [("preferences", name, FindingCode.UNKNOWN_PREFERENCE) for name in ranked]
        if one.avoid:
            named += [("avoid", name, FindingCode.UNKNOWN_AVOID) for name in one.avoid]
        yield named


def _as_far_as_valid(record: Mapping[str, object]) -> Participant:
    """Return a person with those references to others that the record states validly."""
    nobody = Participant(id="?")
    for field in ("manager", "preferences", "avoid"):
        try:
            stated = Participant.model_validate({"id": "?", field: record.get(field)})
        except ValidationError:
            continue
        nobody = nobody.model_copy(update={field: getattr(stated, field)})
    return nobody


def _check_references(
    references: Iterable[list[tuple[str, str, FindingCode]]],
    ids: Sequence[str],
    rows: Sequence[int],
    headers: Mapping[str, str],
) -> list[Finding]:
    """Return findings for managers, preferences and people to avoid that nobody is."""
    known = set(ids)
    return [
        _unknown(code, name, row=row, column=headers.get(field, field), who=who)
        for named, who, row in zip(references, ids, rows, strict=True)
        for field, name, code in named
        if name not in known
    ]


def _left_out(
    stay: Sequence[tuple[Participant, int]], gone: set[str], headers: Mapping[str, str]
) -> Iterator[Finding]:
    """Return a warning for each manager or preferred partner who is being left out."""
    for person, row in stay:
        named = [("manager", FindingCode.UNKNOWN_MANAGER, person.manager)] if person.manager else []
        named += [
            ("preferences", FindingCode.UNKNOWN_PREFERENCE, one)
            for group in person.preferences
            for one in group
        ]
        for field, code, name in named:
            if name in gone:
                yield Finding(
                    code,
                    f"{_short(name)}, named here, was left out because of errors.",
                    "Mend that row: rules and wishes about this person do not count now.",
                    Severity.WARNING,
                    row,
                    headers.get(field, field),
                    person.id,
                )


def _check_cycles(
    people: Sequence[Participant | None], rows: Sequence[int], headers: Mapping[str, str]
) -> list[Finding]:
    """Return a finding for each cycle of managers."""
    managers: dict[str, str] = {}
    row_of: dict[str, int] = {}
    for person, row in zip(people, rows, strict=True):
        if person is not None and person.manager:
            managers[person.id] = person.manager
            row_of.setdefault(person.id, row)
    return [
        Finding(
            FindingCode.MANAGER_CYCLE,
            f"The managers of {', '.join(cycle[:5])} lead back to themselves.",
            "Correct one of these managers.",
            Severity.WARNING,
            row_of.get(cycle[0]),
            headers.get("manager", "manager"),
            cycle[0],
        )
        for cycle in _cycles(managers)
    ]


def _unknown(code: FindingCode, name: str, *, row: int, column: str, who: str) -> Finding:
    words = {
        FindingCode.UNKNOWN_MANAGER: "manager",
        FindingCode.UNKNOWN_PREFERENCE: "preferred partner",
        FindingCode.UNKNOWN_AVOID: "person to avoid",
    }
    return Finding(
        code,
        f"The {words[code]} {_as_id(name)} is nobody's id here.",
        f"Correct the id, add the person, or allow the code {code.value!r}.",
        Severity.WARNING if code is FindingCode.UNKNOWN_AVOID else Severity.ERROR,
        row,
        column,
        who,
    )


def _cycles(managers: Mapping[str, str]) -> list[list[str]]:
    """Return each cycle of the manager relation once."""
    done: set[str] = set()
    cycles: list[list[str]] = []
    bosses = {*managers.values()}  # a cycle has no one else in it
    for start in (one for one in managers if one in bosses):
        path: dict[str, int] = {}
        one = start
        while one in managers and one not in done and one not in path:
            path[one] = len(path)
            one = managers[one]
        if one in path:
            cycles.append(list(path)[path[one] :])
        done.update(path)
    return cycles


def records_schema() -> dict[str, object]:
    """Return the JSON Schema of records: see :meth:`Roster.json_schema`."""
    schema = _PEOPLE.json_schema()
    person = schema["$defs"]["Participant"]
    value = person["properties"]["attributes"]["additionalProperties"]
    person["additionalProperties"] = {"anyOf": [*value["anyOf"], {"type": "null"}]}
    for name in person["properties"].keys() - {"id"}:
        person["properties"][name] = _or_null(person["properties"][name])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _or_null(schema: dict[str, object]) -> dict[str, object]:
    """Return the schema of a field that may be null: not stated."""
    about: dict[str, object] = {key: schema[key] for key in ABOUT if key in schema}
    inner = {key: one for key, one in schema.items() if key not in ABOUT}
    if {"type": "null"} in cast("list[object]", inner.get("anyOf", [])):
        return schema
    return {"anyOf": [inner, {"type": "null"}], **about}
