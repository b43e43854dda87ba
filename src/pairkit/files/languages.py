"""Languages: what people write in a cell about the languages that they speak, as BCP-47 tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pairkit.files.items import PLAIN, Style, items_of, read_text
from pairkit.files.lexicon import LANGUAGES
from pairkit.files.quantities import shown
from pairkit.profiles import fold

__all__ = ["has_aside", "read_languages", "unknown_tags"]

_BETWEEN = re.compile(r"[,/|]|\s(?:et|and|&)\s", re.IGNORECASE)
_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)
_ASIDE = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_LEVEL = re.compile(r"(?P<name>[^\W\d_]{3,})\s*(?::|\s[-–—]\s)\s*[^,;/|]+")
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_ISO: Final = frozenset(_CODES.split())
# Regions whose codes are those of languages, too: Portuguese in Brazil, and no Breton.
_PAIRS = (
    "ar-ar br-fr ca-es ca-fr ca-it de-be de-it en-ca en-id es-ar eu-es eu-fr fr-ca gl-es it-hr "
    "nb-no nn-no oc-es oc-fr pt-br sv-fi"
)
_REGIONS: Final = frozenset(_PAIRS.split())


def read_languages(value: object, style: Style = PLAIN) -> tuple[str, ...]:
    """Return BCP-47 tags of languages given as tags or by English or French name.

    No language has a comma, a slash, a bar or an "and" in its name: those separate too, and so
    does the hyphen in ``FR-EN``, which is no region. How well a language is spoken, as in
    ``English (fluent)``, is passed over.

    Raises
    ------
    ValueError
        A language is not known.
    """
    items = map(read_text, items_of(value, style))
    names = (part.strip() for one in items for part in _BETWEEN.split(_without_aside(one)))
    return tuple(dict.fromkeys(tag for name in names if name for tag in _tags(name)))


def has_aside(value: str) -> bool:
    """Return whether a text says more of its languages than which they are."""
    return _ASIDE.search(value) is not None or any(map(_LEVEL.fullmatch, _BETWEEN.split(value)))


def unknown_tags(tags: Iterable[str]) -> list[str]:
    """Return the tags whose language is neither in ISO 639-1 nor one that pairkit knows."""
    return [tag for tag in tags if _unknown(tag.partition("-")[0].lower())]


def _unknown(language: str) -> bool:
    return language not in _ISO and language not in LANGUAGES


def _without_aside(text: str) -> str:
    """Return a text without what stands in brackets, where anything else does."""
    return _ASIDE.sub("", text) or text


@lru_cache(maxsize=65536)
def _tags(name: str) -> tuple[str, ...]:
    tag = LANGUAGES.get(fold(name))
    if tag is not None:
        return (tag,)
    if (match := _LEVEL.fullmatch(name)) and (tag := LANGUAGES.get(fold(match["name"]))):
        return (tag,)
    if not _TAG.fullmatch(name):
        raise ValueError(f"{shown(name)} is not a known language.")
    parts = name.split("-")
    return tuple(map(str.lower, parts)) if _are_languages(parts) else (name,)


def _are_languages(parts: list[str]) -> bool:
    """Return whether ``FR-EN`` are two languages: no usual region, nor written as one."""
    codes = [part.lower() for part in parts]
    if len(codes) < 2 or any(len(one) != 2 or one not in LANGUAGES for one in codes):
        return False
    region = parts[0].islower() and parts[1].isupper()  # as standards write it: en-DE
    return not region and codes[0] != codes[1] and "-".join(codes[:2]) not in _REGIONS
