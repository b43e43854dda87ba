"""A real PostgreSQL server on the loopback, where one is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["server"]

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")


def _programs() -> tuple[str, str]:
    """Return ``initdb`` and ``postgres``; without them, skip the test, or fail where CI runs."""
    for name in FOLDERS:
        for folder in sorted(Path("/").glob(name.lstrip("/")), reverse=True):
            if (folder / "postgres").exists() and (folder / "initdb").exists():
                return str(folder / "initdb"), str(folder / "postgres")
    found = shutil.which("initdb"), shutil.which("postgres")
    if found[0] and found[1]:
        return found[0], found[1]
    reason = "no server: PostgreSQL is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of a server that lives as long as the block."""
    initdb, postgres = _programs()
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder, as_user = Path(name), _unprivileged(name)
        data = folder / "data"
        made = [*as_user, initdb, "-D", str(data), "-U", "pairkit", "-A", "trust", "-N"]
        subprocess.run(made, check=True, capture_output=True, cwd=name)
        port = _free_port()
        running = subprocess.Popen(
            [
                *(*as_user, postgres, "-D", str(data), "-p", str(port)),
                *("-c", "listen_addresses=127.0.0.1", "-k", name, "-c", "fsync=off"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=name,
        )
        try:
            _wait(port, running)
            yield f"postgresql://pairkit@127.0.0.1:{port}/postgres"
        finally:
            running.terminate()
            running.wait(timeout=30)


def _unprivileged(folder: str) -> list[str]:
    """Return how to run as somebody whom PostgreSQL serves: not as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError

    engine = create_engine(f"postgresql+psycopg://pairkit@127.0.0.1:{port}/postgres")
    for _ in range(300):
        assert running.poll() is None, "the server has ended"
        try:
            engine.connect().close()
        except OperationalError:
            time.sleep(0.1)
        else:
            engine.dispose()
            return
    raise AssertionError("the server does not answer")
