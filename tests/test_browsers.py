"""Without a browser its tests are skipped with the reason, and where CI runs they fail."""

from __future__ import annotations

import shutil

import pytest

from tests.browsers import browser_of


def test_without_a_browser_a_test_is_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser: none of chromium"), browser_of():
        raise AssertionError("there is no browser to open")


def test_where_ci_runs_a_missing_browser_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no browser: none of chromium"), browser_of():
        raise AssertionError("there is no browser to open")
