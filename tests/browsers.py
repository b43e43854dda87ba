"""A real browser to open pages in, where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["CHROMIUM", "DESKTOP", "PHONE", "Opened", "browser_of", "violations"]

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP, PHONE = (1280, 900), (390, 844)


def _executable() -> str:
    """Return the path of the browser; without one, skip the test, or fail where CI runs."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is not None:
        return found
    reason = f"no browser: none of {', '.join(CHROMIUM)} is installed"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def browser_of() -> Iterator[Browser]:
    """Give a browser without a window."""
    executable = _executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page that is open in a browser, with all that it said and asked for."""

    page: Page
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def at(
        cls,
        browser: Browser,
        path: Path,
        *,
        size: tuple[int, int] = DESKTOP,
        colors: Literal["light", "dark"] = "light",
        scripts: bool = True,
    ) -> Opened:
        """Return a file, opened."""
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=colors,
            java_script_enabled=scripts,
        )
        opened = cls(context.new_page())
        opened.page.on("console", lambda one: opened.console.append(one.text))
        opened.page.on("pageerror", lambda one: opened.console.append(str(one)))
        opened.page.on("request", lambda one: opened.requests.append(one.url))
        opened.page.goto(path.as_uri())
        return opened


def violations(page: Page) -> list[str]:
    """Return what axe-core finds that keeps people from using a page."""
    axe = resources.files("axe_playwright_python") / "axe.min.js"
    found = page.evaluate(f"{axe.read_text(encoding='utf-8')}\n;axe.run()")
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]
