"""Missing: what says that a cell of a file holds nothing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from pairkit.profiles import fold

__all__ = ["Missing"]


class Missing:
    """Tells the cells that hold nothing.

    Parameters
    ----------
    texts
        Folded texts that mean so.
    """

    def __init__(self, texts: AbstractSet[str]) -> None:
        self.texts = texts
        self.longest = 2 * max(map(len, texts), default=0) + 2
        self._ends = {text[0] + text[-1] for text in texts if text}

    def has(self, value: object) -> bool:
        """Return whether a cell, as plain Python, holds nothing."""
        if isinstance(value, str):
            text = value.strip()
            if not text or len(text) > self.longest:
                return not text
            if text.isascii():
                return text.lower() in self.texts
            ends = text[0] + text[-1]  # where they are plain letters, folding keeps them
            unlike = ends.isascii() and ends.isalnum() and ends.lower() not in self._ends
            return not unlike and fold(text) in self.texts
        return value is None or value in ([], {}, ())
