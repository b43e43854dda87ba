"""Rendering: pages written in a language, as HTML that needs nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from pairkit.errors import MissingExtraError
from pairkit.headings import finding_title
from pairkit.messages import Language, Message, Value
from pairkit.report import charts
from pairkit.report.people import cut, shortened
from pairkit.titles import part_title, rule_title

if TYPE_CHECKING:
    from jinja2 import Environment

    from pairkit.report.figures import Loads
    from pairkit.report.reasons import PairRow

__all__ = ["render"]

LONGEST: Final = 300  # characters of a fact
BEST: Final = 2  # reasons of a pair that are named first
LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    "report.html": ("report.css", "report.js"),
    "pair_sheets.html": ("pair_sheets.css", ""),
    "certificates.html": ("certificates.css", ""),
    "orientation.html": ("orientation.css", ""),
    "orientation.md": ("", ""),
}  # style and script of each page


def render(
    template: str, language: Language, *, folder: str | None = None, **values: object
) -> str:
    """Return a template of ours with its values.

    Parameters
    ----------
    template
        The name of the file.
    language
        The language, with what to call people.
    folder
        Where templates of that name come before ours.
    values
        What the template shows.

    Raises
    ------
    MissingExtraError
        Jinja is not installed.
    """
    writer = _Writer(language)
    style, script = (_text(name) if name else "" for name in LOOKS[template])
    written = _environment(folder).get_template(template)
    text = written.render(
        say=writer.say,
        tell=writer.tell,
        markdown=_markdown,
        part=part_title,
        rule=rule_title,
        finding=finding_title,
        lines=writer.lines,
        points=writer.points,
        gist=writer.gist,
        group=writer.group,
        bucket=_bucket,
        most_loads=_most_loads,
        charts=charts,
        language=language,
        style=style,
        script=script,
        style_hash=_digest(style),
        script_hash=_digest(script) if script else None,
        **values,
    )
    return f"{text.strip()}\n"


class _Writer:
    """What templates write texts with."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def say(self, text: str, plural: str | None = None, /, **values: Value) -> str:
        """Return a text of a template in the language."""
        return self._language.say(Message(text, plural, **values))

    def tell(self, text: str) -> str:
        """Return a message, or any other text, in the language."""
        return self._language.say(text)

    def lines(self, facts: Iterable[str]) -> str:
        """Return facts below each other, none of them too long."""
        return "".join(f"\n{self._fact(one)}" for one in facts)

    def points(self, facts: Iterable[str]) -> str:
        """Return facts as points, which print lets flow."""
        return "".join(f"\n· {self._fact(one)}" for one in facts)

    def gist(self, row: PairRow) -> str:
        """Return which reasons give most to a pair."""
        best = sorted(row.reasons, key=lambda one: -one.given)[:BEST]
        return " · ".join(
            f"{self.tell(part_title(one.part))} {self._language.number(one.given, '.2')}"
            for one in best
            if one.given > 0.0
        ) or self.tell(Message("nothing speaks for it"))

    def group(self, name: str) -> str:
        """Return what a group of people is called."""
        return shortened(self._language.say(name))

    def _fact(self, fact: str) -> str:
        return cut(self._language.say(fact), LONGEST)


def _bucket(score: float) -> int:
    """Return a score in tenths, for the bar behind it."""
    return round(10 * min(max(score, 0.0), 1.0))


def _most_loads(sides: Sequence[Loads]) -> int:
    """Return how many rows a table of loads has."""
    return max(len(one.full) for one in sides)


@lru_cache(maxsize=8)
def _environment(folder: str | None) -> Environment:
    """Return what templates are written with: HTML is escaped, Markdown escapes for itself."""
    try:
        from jinja2 import (
            ChoiceLoader,
            Environment,
            FileSystemLoader,
            FunctionLoader,
            StrictUndefined,
            select_autoescape,
        )
    except ModuleNotFoundError:
        raise MissingExtraError("Jinja", "report", "Writing a report") from None
    return Environment(
        autoescape=select_autoescape(["html"], ["md"], default=True),
        loader=ChoiceLoader([FileSystemLoader(folder or []), FunctionLoader(_ours)]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _ours(name: str) -> str | None:
    """Return one of our templates, ``None`` where we have none of that name."""
    return _text(name) if name in LOOKS or name == "parts.html" else None


def _markdown(text: str) -> str:
    """Return a text that is one in Markdown as well, on one line."""
    return " ".join(re.sub(r"([\\`*_\[\]<>#|~!])", r"\\\1", text).split())


@lru_cache
def _text(name: str) -> str:
    """Return one of the files in ``templates``."""
    folder = resources.files("pairkit.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return how a content security policy names an inline style or script."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
