"""A store keeps whole transactions, on both databases, whoever is killed or writes beside it."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

import pairkit as pk
from pairkit.profiles import FrozenDict
from pairkit.rounds import schema, store
from pairkit.rounds.databases import Postgres
from tests.servers import server

DAY = date(2027, 3, 1)
PAIR = ("r1", "M-1", "E-1")
FULL = (
    pk.Round("r1", DAY, date(2027, 9, 1), "Printemps"),
    pk.Enrollment("r1", "M-1", pk.Role.MENTOR, DAY, FrozenDict({"site": "Lyon"})),
    pk.Enrollment("r1", "E-1", pk.Role.MENTEE, DAY),
    pk.RoundPair(*PAIR, DAY, 0.5, FrozenDict({"skills": 0.5}), ("SQL",)),
    pk.PairChange(*PAIR, pk.PairState.ACTIVE, DAY),
    pk.Meeting(*PAIR, DAY, 1.5),
    pk.Feedback(*PAIR, "E-1", DAY, 4.5, 1.0, 3, True, ("SQL",), "Très bien ; merci"),
    pk.Orientation("M-1", DAY, "Accueil"),
    pk.Thanks("M-1", DAY, "Merci !", "E-1", released=True),
)
PACKET = 20  # records of one transaction of a child

# A child that writes packets of orientations until it is stopped or has written enough.
CHILD = f"""
import sys
from datetime import date
import pairkit as pk
target, name, packets = sys.argv[1], sys.argv[2], int(sys.argv[3])
with pk.History.open(target) as store:
    print("open", flush=True)
    for k in range(packets):
        day = date(2027, 1, 1)
        store.add(*(pk.Orientation(f"{{name}}-{{k}}-{{n}}", day) for n in range({PACKET})))
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new place for a history on each of the databases."""
    if request.param == "sqlite":
        return str(tmp_path / "program.db")
    url: str = request.getfixturevalue("postgres")
    name = f"history_{uuid.uuid4().hex}"
    database = Postgres(url)
    from sqlalchemy import text

    with database._engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f"CREATE DATABASE {name}"))
    database.close()
    return url.rsplit("/", 1)[0] + f"/{name}"


def child(target: str, name: str, packets: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, target, name, str(packets)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def write_at_once(target: str, packets: int) -> None:
    with ExitStack() as stack:
        children = [stack.enter_context(child(target, f"c{k}", packets)) for k in range(4)]
        assert [one.wait(timeout=120) for one in children] == [0, 0, 0, 0]


def packets(history: pk.History) -> dict[str, int]:
    """Return how many records of each packet there are."""
    found: dict[str, int] = {}
    for one in history.orientations:
        packet = one.person.rpartition("-")[0]
        found[packet] = found.get(packet, 0) + 1
    return found


def test_what_is_written_is_read(target: str) -> None:
    with pk.History.open(target) as one:
        one.add(*FULL)
        assert one.snapshot() == pk.History().add(*FULL)
    with pk.History.open(target) as again:
        assert again.snapshot() == pk.History().add(*FULL)
        again.add(*FULL)
        assert again.snapshot() == pk.History().add(*FULL)


def test_two_stores_see_each_other(target: str) -> None:
    with pk.History.open(target) as one, pk.History.open(target) as other:
        one.add(*FULL[:4])
        assert len(other.snapshot().pairs) == 1
        other.add(*FULL[4:])
        new = pk.Feedback(*PAIR, "E-1", DAY, 2.0)
        one.replace(FULL[6], new)
        assert other.snapshot().feedback == one.snapshot().feedback == (new,)


def test_what_does_not_fit_leaves_nothing(target: str) -> None:
    with pk.History.open(target) as one:
        with pytest.raises(pk.HistoryError, match="no round"):
            one.add(FULL[7], FULL[3])
        assert one.snapshot() == pk.History()
        one.add(*FULL)
        with pytest.raises(pk.HistoryError, match="says something else"):
            one.add(pk.Meeting(*PAIR, DAY, 3.0))
        with pytest.raises(pk.HistoryError, match="no such Meeting"):
            one.replace(pk.Meeting(*PAIR, DAY, 3.0), pk.Meeting(*PAIR, DAY, 2.0))
        assert one.snapshot() == pk.History().add(*FULL)


def test_a_person_is_forgotten_for_all_stores(target: str) -> None:
    with pk.History.open(target) as one, pk.History.open(target) as other:
        one.add(*FULL)
        assert len(other.snapshot().pairs) == 1
        alias = one.forget("M-1")
        for history in (one.snapshot(), other.snapshot()):
            assert history.people == {alias, "E-1"}
            assert "M-1" not in repr(list(history.records()))
        with pytest.raises(pk.HistoryError, match="Nobody"):
            one.forget("M-1")


def test_no_byte_of_a_forgotten_person_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "program.db"
    with pk.History.open(path) as one:
        one.add(*FULL)
        assert b"M-1" in path.read_bytes()
        one.forget("M-1")
    data = path.read_bytes()
    assert b"M-1" not in data
    assert "Très bien".encode() not in data
    assert [one.name for one in tmp_path.iterdir()] == ["program.db"]


def test_a_process_that_is_killed_leaves_whole_transactions(target: str) -> None:
    draw, most = random.Random(0), 0
    for k in range(6):
        with child(target, f"c{k}", 100_000) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == "open\n"
            time.sleep(draw.uniform(0.05, 0.4))
            running.send_signal(signal.SIGKILL)
        with pk.History.open(target) as one:
            found = packets(one.snapshot())
            assert set(found.values()) == {PACKET}
            one.add(*(pk.Orientation(f"after-{k}-{n}", DAY) for n in range(PACKET)))
            most = max(most, len(found))
    assert most > 5


def test_several_processes_that_write_lose_and_double_nothing(target: str) -> None:
    pk.History.open(target).close()
    write_at_once(target, 15)
    with pk.History.open(target) as one:
        found = packets(one.snapshot())
    assert found == {f"c{k}-{n}": PACKET for k in range(4) for n in range(15)}


def test_several_processes_that_make_a_store_at_once_make_one(target: str) -> None:
    write_at_once(target, 2)
    with pk.History.open(target) as one:
        assert len(packets(one.snapshot())) == 8


NEXT = 'ALTER TABLE pairkit_meetings ADD COLUMN "place" TEXT;\n'


def test_a_file_of_an_earlier_version_is_brought_up_to_date(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pk.History.open(target) as one:
        one.add(*FULL)
    monkeypatch.setattr(store, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    with pk.History.open(target) as one:
        assert one.snapshot() == pk.History().add(*FULL)
        assert one._database.run("SELECT version FROM pairkit_history") == [(2,)]
        assert one._database.run('SELECT "place" FROM pairkit_meetings') == [(None,)]
    monkeypatch.undo()
    with pytest.raises(pk.FileError, match="later version of pairkit: its schema is 2"):
        pk.History.open(target)


def test_a_migration_that_breaks_off_leaves_the_version_before(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pk.History.open(target) as one:
        one.add(*FULL)
    broken = f"{NEXT}\nSELECT no_such_column FROM pairkit_meetings;\n"
    monkeypatch.setattr(store, "MIGRATIONS", (*schema.MIGRATIONS, broken))
    with pytest.raises(pk.OutputError, match="cannot be used"):
        pk.History.open(target)
    monkeypatch.undo()
    with pk.History.open(target) as one:
        assert one.snapshot() == pk.History().add(*FULL)
        columns = one._database.run("SELECT * FROM pairkit_meetings")
        assert len(columns[0]) == 6


def test_a_migration_that_is_killed_is_made_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "program.db"
    with pk.History.open(path) as one:
        one.add(*FULL)
    killed = f"""
import os, signal
import pairkit as pk
from pairkit.profiles import FrozenDict
from pairkit.rounds import schema, store
store.MIGRATIONS = (*schema.MIGRATIONS, {NEXT!r} + "SELECT 1;\\n")
true = store.statements_of
def statements(script, serial):
    for statement in true(script, serial):
        yield statement
        os.kill(os.getpid(), signal.SIGKILL)
store.statements_of = statements
pk.History.open({str(path)!r})
"""
    ended = subprocess.run([sys.executable, "-c", killed], check=False)
    assert ended.returncode == -signal.SIGKILL
    with pk.History.open(path) as one:
        assert one.snapshot() == pk.History().add(*FULL)
        assert one._database.run("SELECT version FROM pairkit_history") == [(1,)]


def test_a_file_of_version_1_opens_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "version1.db"
    path.write_bytes((Path(__file__).parent / "histories" / "version1.db").read_bytes())
    with pk.History.open(path) as one:
        assert one.snapshot() == pk.History().add(*FULL)


def test_what_is_no_store_is_left_as_it_is(tmp_path: Path) -> None:
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("not a database " * 100, encoding="utf-8")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE people (id TEXT)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(pk.FileError, match=r"text\.db is no database that can be read"):
        pk.History.open(text)
    with pytest.raises(pk.FileError, match=r"other\.db is a database of another program"):
        pk.History.open(other)
    assert other.read_bytes() == before
    with pytest.raises(pk.FileError, match="is a folder"):
        pk.History.open(tmp_path)
    with pytest.raises(pk.FileError, match="There is no folder"):
        pk.History.open(tmp_path / "none" / "program.db")


def test_tables_of_others_may_stand_beside_ours_on_a_server(postgres: str) -> None:
    database = Postgres(postgres)
    with database.transaction(writes=True):
        database.run("CREATE TABLE IF NOT EXISTS people (id TEXT)")
    database.close()
    with pk.History.open(postgres) as one:
        one.add(*FULL)
        assert one.snapshot() == pk.History().add(*FULL)


def test_a_file_that_another_process_holds_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pairkit.rounds import databases

    path = tmp_path / "program.db"
    pk.History.open(path).close()
    monkeypatch.setattr(databases, "PATIENCE", 0.1)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(pk.OutputError, match="in use by another process"):
        pk.History.open(path)
    holder.close()


def test_a_database_that_may_only_be_read_says_so(tmp_path: Path) -> None:
    with pk.History.open(tmp_path / "program.db") as one:
        one._database.run("PRAGMA query_only = ON")
        with pytest.raises(pk.OutputError, match="readonly"):
            one.add(*FULL)
        assert one.snapshot() == pk.History()


def test_a_full_disk_says_so_and_leaves_what_was_there(tmp_path: Path) -> None:
    with pk.History.open(tmp_path / "program.db") as one:
        one.add(*FULL)
        pages = one._database.run("PRAGMA page_count")[0][0]
        one._database.run(f"PRAGMA max_page_count = {pages}")
        many = [pk.Orientation(f"P-{k}", DAY, "x" * 200) for k in range(1000)]
        with pytest.raises(pk.OutputError, match="is full"):
            one.add(*many)
        assert one.snapshot() == pk.History().add(*FULL)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://u:secret@localhost/x", r"mysql://u:\*\*\*@localhost/x is no PostgreSQL"),
        ("postgresql://u:secret@127.0.0.1:1/x", r"u:\*\*\*@127.0.0.1:1/x cannot be used"),
        ("://x", "no URL of a database"),
    ],
)
def test_a_url_that_leads_nowhere_is_told_without_its_password(url: str, words: str) -> None:
    with pytest.raises(pk.PairkitError, match=words) as caught:
        pk.History.open(url)
    assert "secret" not in str(caught.value)


def test_a_store_shows_where_it_is_and_no_password(target: str) -> None:
    with pk.History.open(target) as one:
        assert repr(one).startswith("HistoryStore(")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sqlalchemy", None)
        with pytest.raises(pk.MissingExtraError, match="postgres"):
            pk.History.open("postgresql://u@localhost/x")
