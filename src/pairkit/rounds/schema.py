"""Schema: the tables that keep a history, and how they came about."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from pairkit.rounds.records import RECORDS

__all__ = ["COLUMNS", "MIGRATIONS", "statements_of", "table_of"]

FIRST: Final = """
CREATE TABLE pairkit_history (version INTEGER NOT NULL, generation INTEGER NOT NULL);

INSERT INTO pairkit_history (version, generation) VALUES (1, 0);

CREATE TABLE pairkit_rounds (
    seq {serial}, "id" TEXT NOT NULL UNIQUE, "start" TEXT NOT NULL, "end" TEXT, "name" TEXT,
    "roster" TEXT, "program" TEXT
);

CREATE TABLE pairkit_enrollments (
    seq {serial}, "round" TEXT NOT NULL, "person" TEXT NOT NULL, "role" TEXT, "on" TEXT NOT NULL,
    "groups" TEXT NOT NULL
);

CREATE UNIQUE INDEX pairkit_enrolled
    ON pairkit_enrollments ("round", "person", COALESCE("role", ''));

CREATE TABLE pairkit_pairs (
    seq {serial}, "round" TEXT NOT NULL, "mentor" TEXT NOT NULL, "mentee" TEXT NOT NULL,
    "on" TEXT NOT NULL, "score" DOUBLE PRECISION, "parts" TEXT NOT NULL, "skills" TEXT NOT NULL,
    UNIQUE ("round", "mentor", "mentee")
);

CREATE TABLE pairkit_changes (
    seq {serial}, "round" TEXT NOT NULL, "mentor" TEXT NOT NULL, "mentee" TEXT NOT NULL,
    "state" TEXT NOT NULL, "on" TEXT NOT NULL, "reason" TEXT, "by" TEXT
);

CREATE UNIQUE INDEX pairkit_changed
    ON pairkit_changes ("round", "mentor", "mentee", "state", COALESCE("by", ''));

CREATE TABLE pairkit_meetings (
    seq {serial}, "round" TEXT NOT NULL, "mentor" TEXT NOT NULL, "mentee" TEXT NOT NULL,
    "on" TEXT NOT NULL, "hours" DOUBLE PRECISION, UNIQUE ("round", "mentor", "mentee", "on")
);

CREATE TABLE pairkit_feedback (
    seq {serial}, "round" TEXT NOT NULL, "mentor" TEXT NOT NULL, "mentee" TEXT NOT NULL,
    "by" TEXT NOT NULL, "on" TEXT NOT NULL, "rating" DOUBLE PRECISION,
    "goals_met" DOUBLE PRECISION, "meetings" INTEGER, "would_continue" INTEGER,
    "skills" TEXT NOT NULL, "text" TEXT, UNIQUE ("round", "mentor", "mentee", "by", "on")
);

CREATE TABLE pairkit_orientations (
    seq {serial}, "person" TEXT NOT NULL, "on" TEXT NOT NULL, "title" TEXT, UNIQUE ("person", "on")
);

CREATE TABLE pairkit_thanks (
    seq {serial}, "person" TEXT NOT NULL, "on" TEXT NOT NULL, "words" TEXT NOT NULL, "by" TEXT,
    "released" INTEGER NOT NULL
);
"""

# Each script makes the schema of its number, from 1; scripts are added, and never changed. Dates
# are ISO texts, booleans 0 and 1, mappings and lists JSON; {serial} is counted up by the database.
MIGRATIONS: Final[tuple[str, ...]] = (FIRST,)

COLUMNS: Final = {kind: tuple(one.name for one in fields(own)) for kind, own in RECORDS.items()}


def statements_of(script: str, serial: str) -> list[str]:
    """Return the statements of a migration, for a database that counts up so."""
    statements = script.replace("{serial}", serial).split(";\n")
    return [one.strip() for one in statements if one.strip()]


def table_of(kind: str) -> str:
    """Return the table of a kind of record."""
    return f"pairkit_{kind}"
