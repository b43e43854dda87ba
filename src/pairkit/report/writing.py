"""Writing reports: one file of HTML for the people who decide, and one for those who meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairkit.files import write_text
from pairkit.messages import Language, language_of
from pairkit.report.page import Shown, page_of
from pairkit.report.rendering import render
from pairkit.report.sheets import sheets_of

if TYPE_CHECKING:
    from os import PathLike

    from pairkit.matching import Matching

__all__ = ["write_pair_sheets", "write_report"]


def write_report(
    matching: Matching,
    path: str | PathLike[str],
    *,
    language: str | Language = "en",
    anonymize: bool = False,
    groups: Sequence[str] | str | None = None,
    protected: Sequence[str] | str = (),
    costs: bool = False,
    overwrite: bool = False,
) -> None:
    """Write a report of a matching: one file of HTML that needs nothing from elsewhere.

    It says how the solve ended and what that proves, shows the pairs with their reasons, who is
    left out and why, how scores and loads are spread, who meets whom, what the rules do, and what
    was found in the data. The pairs can be searched and sorted; without scripts all of it is there
    to be read. It follows the reader's light or dark colors, and prints on A4.

    Protected fields, and what parts of the score and rules read of them, are not shown. The score
    beside a pair is the sum of the amounts that are.

    Parameters
    ----------
    matching
        The matching. One that was read back without its people gives a report of ids, scores and
        verdict, which says what is missing.
    path
        Where to write, such as ``report.html``.
    language
        The language, by its code such as ``"fr"``.
    anonymize
        Whether names are left out, and whatever quotes free texts. Ids, skills, departments and
        the like stay: who knows these may still recognize a person.
    groups
        Fields or attributes by which to say who meets whom and how groups are served; ``None``
        takes the first two of department, level, experience, site and country that tell something.
    protected
        Protected fields by which to say how groups are served as well, in groups of 5 people or
        more.
    costs
        Whether to find out what each rule costs: people are matched once more without it, with the
        seed of the matching and for 20 seconds at most in all.
    overwrite
        Whether an existing file may be replaced.

    Raises
    ------
    InputError
        There is no such language.
    MissingExtraError
        Jinja or Babel is not installed.
    OutputError
        The file exists and ``overwrite`` is false, or it cannot be written there.
    ProgramError
        Nobody has a field that is asked for, it holds lists, or it is protected and asked for in
        ``groups``.

    Examples
    --------
    >>> import pairkit as pk
    >>> matching = pk.match(pk.datasets.sample(40), pk.reverse_mentoring())
    >>> pk.write_report(matching, "report.html", protected=["gender"])
    """
    spoken = language_of(language)
    shown = Shown(anonymize, _names(groups), _names(protected) or (), costs)
    page = page_of(matching, shown)
    text = render("report.html", spoken.named(page.called), page=page)
    write_text(path, text, overwrite=overwrite)


def _names(fields: Sequence[str] | str | None) -> Sequence[str] | None:
    """Return names of fields; one name is a list of one."""
    return (fields,) if isinstance(fields, str) else fields


def write_pair_sheets(
    matching: Matching,
    path: str | PathLike[str],
    *,
    language: str | Language = "en",
    anonymize: bool = False,
    overwrite: bool = False,
) -> None:
    """Write a sheet for each pair, to give to the two: one file of HTML that prints a page each.

    A sheet says who meets whom and what speaks for it, and has room for what the two agree on. It
    shows no scores, no protected fields, and not how one has ranked the other.

    Parameters
    ----------
    matching, path, language, anonymize, overwrite
        As for :func:`write_report`.

    Raises
    ------
    InputError, MissingExtraError, OutputError
        As for :func:`write_report`.
    """
    spoken = language_of(language)
    sheets = sheets_of(matching, anonymize=anonymize)
    text = render("pair_sheets.html", spoken.named(sheets.called), sheets=sheets)
    write_text(path, text, overwrite=overwrite)
