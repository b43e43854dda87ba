"""Saved: what the files of a matching hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from pairkit.catalog import describe
from pairkit.errors import FileError
from pairkit.explain import Unmatched
from pairkit.files import check_excel_fr, write_tables, write_text
from pairkit.findings import Finding, Findings
from pairkit.pairs import PAIR_HEADERS, UNMATCHED_HEADERS, Pair
from pairkit.provenance import Provenance
from pairkit.solution import Level, Status

if TYPE_CHECKING:
    from os import PathLike

    from pairkit.files import Records
    from pairkit.outcome import Outcome

__all__ = ["read_text", "saved_fields", "saved_text", "saved_values", "write_matching"]

FORMAT: Final = 1


@dataclass(frozen=True)
class _Saved:
    """What a JSON file of a matching holds."""

    format: Literal[1]
    status: Status
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    outside: dict[str, str]
    levels: tuple[Level, ...]
    solver: str
    detail: str
    conflicts: tuple[str, ...]
    seconds: float
    provenance: Provenance
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    peers: bool = False


_SAVED = TypeAdapter(_Saved)


def saved_values(outcome: Outcome) -> dict[str, object]:
    """Return everything of a matching but the people as plain values."""
    return {
        "format": FORMAT,
        "status": outcome.status.value,
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "pairs": [asdict(pair) for pair in outcome.pairs],
        "unmatched": [asdict(one) for one in outcome.unmatched],
        "outside": dict(outcome.outside),
        "levels": [asdict(level) for level in outcome.levels],
        "solver": outcome.solver,
        "detail": outcome.detail,
        "conflicts": list(outcome.conflicts),
        "seconds": outcome.seconds,
        "provenance": asdict(outcome.provenance),
        "findings": outcome.findings.to_records(),
        "skipped": list(outcome.skipped),
        "peers": outcome.peers,
    }


def saved_text(outcome: Outcome) -> str:
    """Return everything of a matching but the people as JSON."""
    return json.dumps(saved_values(outcome), ensure_ascii=False, indent=1)


def saved_fields(text: str) -> dict[str, Any]:
    """Return the fields of the matching that a JSON text holds, by name.

    Raises
    ------
    FileError
        The text is not a matching.
    """
    try:
        saved = _SAVED.validate_json(text)
    except ValidationError as error:
        raise FileError(f"This is not a matching: {describe(error)}.") from None
    kept = {one.name: getattr(saved, one.name) for one in fields(saved) if one.name != "format"}
    return kept | {"findings": Findings(saved.findings)}


def read_text(path: str | PathLike[str]) -> str:
    """Return the text of a file.

    Raises
    ------
    FileError
        It cannot be read, or is not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise FileError(f"{path} is not UTF-8 text.") from None


def write_matching(
    outcome: Outcome,
    people: Mapping[str, Records],
    path: str | PathLike[str],
    *,
    excel_fr: bool,
    overwrite: bool,
) -> None:
    """Write a matching, by the suffix of the file.

    Parameters
    ----------
    outcome
        What came out.
    people
        The tables ``"pairs"`` and ``"unmatched"``, with names where they are known.
    path
        The file.
    excel_fr, overwrite
        As for :meth:`pairkit.Matching.write`.

    Raises
    ------
    OutputError
        The file exists and ``overwrite`` is false, or the suffix is not known or is not one of
        ``excel_fr``.
    """
    if excel_fr:
        check_excel_fr(path)
    if Path(path).suffix == ".json":
        write_text(path, saved_text(outcome), overwrite=overwrite)
        return
    tables = {**people, "findings": outcome.findings.to_records()}
    headers = {
        "pairs": PAIR_HEADERS,
        "unmatched": UNMATCHED_HEADERS,
        "findings": tuple(Finding.__dataclass_fields__),
    }
    write_tables(path, tables, headers=headers, excel_fr=excel_fr, overwrite=overwrite)
