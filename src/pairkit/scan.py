"""Passes over a pair space: the pairs that are worth more than the prices of their two people.

A pass looks at reduced costs, tile after tile. It returns the best pairs of each person, and the
most that any other pair of a row in a block of columns can be worth. After a change of prices that
bound tells which tiles need a new look, and of which rows. Blocks of rows are cut the same way
whatever the number of workers, and joblib runs them: the only parallel seam of the package, and the
answer does not depend on it.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import SolverError
from pairkit.grid import Grid, MarkedRows, Marks
from pairkit.hits import Hits, Limits, best_of_side, stand_out
from pairkit.screen import BIG, Screen

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.screen import Floats

__all__ = ["Look", "Pass", "in_parallel", "raise_most", "scan"]

T = TypeVar("T")

MOST_HITS: Final = 8_000_000  # kept at once, before the best of each person are chosen
JOBS: Final = 96  # into how many a pass is cut at most
LEAST_WORK: Final = 4096  # rows times blocks of columns that are worth a job
BATCH: Final = 4  # jobs a worker, where a back end takes them in batches
WHOLE: Final = 0.6  # part of a tile's rows from which all of them are looked at
ROUNDING: Final = 1e-6  # of float32 bounds
DIED: Final = (
    "A worker process died in the middle of a scan, mostly for want of memory. Use fewer workers, "
    "or threads."
)


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What a pass over all pairs found.

    Parameters
    ----------
    hits
        Pairs above the thresholds, the best of each person; values up to the screen's error.
    most
        Upper bound on the reduced costs of a row in a block of columns, hits and known pairs left
        out: float32, shape (rows, blocks), far below 0 where no pair is allowed.
    u, v
        The prices that ``most`` holds for.
    pairs
        How many pairs were looked at.
    """

    hits: Hits
    most: NDArray[np.float32]
    u: NDArray[np.float64]
    v: NDArray[np.float64]
    pairs: int

    def bound(
        self, grid: Grid, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Return ``most`` at other prices: the old bound plus the change of the prices."""
        if not len(v):
            return self.most
        by_block = np.maximum.reduceat(self.v - v, grid.column_cuts[:-1]).astype(np.float32)
        by_row = (self.u - u).astype(np.float32)
        bound: NDArray[np.float32] = self.most + by_row[:, None]
        bound += by_block[None, :]
        largest = max(np.abs(by_row).max(initial=0.0), np.abs(by_block).max(initial=0.0))
        return bound + np.float32(ROUNDING * (1.0 + float(largest)))


@dataclass(frozen=True, eq=False)
class Look:
    """What a pass looks for.

    Parameters
    ----------
    u, v
        Prices of the rows and columns of the grid, float64.
    thresholds
        A pair is found above the threshold of its row or its column, float64.
    most
        The most pairs to give of each row and each column, int64.
    exact
        Whether the values of what is found are exact, and above the thresholds for sure.
    """

    u: NDArray[np.float64]
    v: NDArray[np.float64]
    thresholds: tuple[NDArray[np.float64], NDArray[np.float64]]
    most: tuple[Index, Index]
    exact: bool

    @property
    def least(self) -> float:
        """The least threshold."""
        return min(float(side.min(initial=np.inf)) for side in self.thresholds)

    def limits(self, rows: Index, columns: Index, error: float) -> tuple[Limits, Limits]:
        """Return what makes a hit of some rows and columns, where values may be too small."""
        (above_i, above_j), (most_i, most_j) = self.thresholds, self.most
        return (
            Limits(above_i[rows] - error, most_i[rows]),
            Limits(above_j[columns] - error, most_j[columns]),
        )

    def among(self, rows: Index, columns: Index, *, only: int) -> Look:
        """Return the look at some rows and columns, for the rows (0) or the columns (1) only."""
        people = rows, columns
        above = [one[who] for one, who in zip(self.thresholds, people, strict=True)]
        most = [one[who] for one, who in zip(self.most, people, strict=True)]
        above[1 - only], most[1 - only] = np.full_like(above[1 - only], BIG), 0 * most[1 - only]
        thresholds = above[0], above[1]
        return Look(self.u[rows], self.v[columns], thresholds, (most[0], most[1]), self.exact)

    def exceeded(self, hits: Hits) -> NDArray[np.bool_]:
        """Return which values are above the threshold of the row or of the column."""
        above_i, above_j = self.thresholds
        return (hits.values > above_i[hits.rows]) | (hits.values > above_j[hits.columns])

    def __sizeof__(self) -> int:
        """Return how many bytes the arrays take: cluster engines ask before they send."""
        return sum(one.nbytes for one in (self.u, self.v, *self.thresholds, *self.most))


class _Found(NamedTuple):
    """What a block of rows holds: its hits, which of them are the best of their row, the rest."""

    hits: Hits
    by_row: NDArray[np.bool_]
    most: NDArray[np.float32]
    pairs: int


def scan(
    screen: Screen,
    look: Look,
    known: tuple[Index, Index],
    *,
    before: Pass | None = None,
    workers: int | None = None,
    proceed: Callable[[float, int], bool] = lambda *_: True,
) -> Pass | None:
    """Return the pairs that stand out; ``None`` where it was told not to proceed.

    Parameters
    ----------
    screen
        The pairs.
    look
        What to look for. Unless it is exact, pairs within the screen's error below a threshold are
        found too.
    known
        Positions of pairs that are not to be found, int64.
    before
        An earlier pass. Tiles that its bound proves to hold nothing above the least threshold are
        passed over.
    workers
        Threads or processes; ``None`` takes what joblib is configured for, else one thread a core.
    proceed
        Asked after each block of rows, with the share that is done and the pairs looked at.
    """
    grid = screen.grid
    most, needed = _needed(grid, look, before)
    work = np.array([needed[grid.row_part(b)].sum() for b in range(len(grid.row_cuts) - 1)])
    marks = Marks(grid, *known, np.full(len(known[0]), -BIG))
    groups = _groups(work)
    jobs = (
        (screen, look, [(b, needed[grid.row_part(b)], marks.of(b)) for b in group])
        for group in groups
    )
    pool, pairs, done = _Pool(screen, look, most), 0, 0
    with closing(in_parallel(_search, jobs, workers)) as results:
        for group, several in zip(groups, results, strict=True):
            for block, found in zip(group, several, strict=True):
                rows = grid.row_part(block)
                np.copyto(most[rows], found.most, where=needed[rows])
                pool.add(found)
                pairs, done = pairs + found.pairs, done + int(work[block])
            if not proceed(done / float(work.sum()), pairs):
                return None
    return Pass(pool.best(), most, look.u, look.v, pairs)


def _needed(
    grid: Grid, look: Look, before: Pass | None
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the bounds at the new prices, and which rows need a look at which blocks."""
    open_ = np.repeat(grid.open, np.diff(grid.row_cuts), axis=0)
    if before is None:
        return np.full(open_.shape, -BIG, dtype=np.float32), open_
    most = before.bound(grid, look.u, look.v)
    return most, open_ & (most > look.least)


def _groups(work: Index) -> list[list[int]]:
    """Return the blocks that have work, in groups worth a job of their own."""
    size = max(int(work.sum()) // JOBS, LEAST_WORK)
    groups: list[list[int]] = []
    held = size
    for block in np.flatnonzero(work).tolist():
        if held >= size:
            groups.append([])
            held = 0
        groups[-1].append(block)
        held += int(work[block])
    return groups


def in_parallel(
    function: Callable[..., T], jobs: Iterable[tuple[object, ...]], workers: int | None
) -> Generator[T]:
    """Return what a function gives for each job, in order, as it is done.

    Parameters
    ----------
    function
        A function of a module, so that other processes find it.
    jobs
        Arguments of one call each.
    workers
        Threads or processes; ``None`` takes what joblib is configured for, else one thread a core.

    Raises
    ------
    SolverError
        A worker process died, and the engine does not replace it.
    """
    from joblib import cpu_count, delayed, effective_n_jobs
    from threadpoolctl import threadpool_limits

    stopped = threading.Event()

    def calls() -> Iterator[object]:
        for job in jobs:
            if stopped.is_set():
                return
            yield delayed(function)(*job)

    configured = effective_n_jobs(cast("int", None))
    count = workers or (configured if configured > 1 else cpu_count())
    # The workers are the threads: a product with threads of its own would fight with them.
    with threadpool_limits(1, user_api="blas"):
        results = cast("Iterator[T]", _results(calls(), count))
        try:
            for result in results:  # noqa: UP028 - delegation would close it before the end
                yield result
        except BrokenExecutor as error:
            raise SolverError(DIED) from error
        finally:
            # Who stops early lets end what has begun: joblib does not like to be left.
            stopped.set()
            for _ in results:
                pass


def _results(calls: Iterator[object], count: int) -> Iterator[object]:
    """Return what joblib gives for calls, one by one, or in batches where a back end cannot."""
    from joblib import Parallel

    try:
        parallel = Parallel(n_jobs=count, prefer="threads", return_as="generator")
    except ValueError:
        parallel = Parallel(n_jobs=count, prefer="threads")
        batches = iter(lambda: list(itertools.islice(calls, BATCH * count)), [])
        return itertools.chain.from_iterable(parallel(batch) for batch in batches)
    return iter(parallel(calls))


class _Pool:
    """The hits of a pass so far, in bounded memory."""

    def __init__(self, screen: Screen, look: Look, most: NDArray[np.float32]) -> None:
        self._screen, self._look, self._most = screen, look, most
        self._pieces: list[Hits] = []
        self._by_row: list[NDArray[np.bool_]] = []
        self._held = 0

    def add(self, found: _Found) -> None:
        """Add hits; where there are very many, keep the best of each person."""
        self._pieces.append(found.hits)
        self._by_row.append(found.by_row)
        self._held += len(found.by_row)
        if self._held > MOST_HITS:
            self.best()

    def best(self) -> Hits:
        """Return the best hits of each person, and count the others among the rest."""
        hits = Hits.join(self._pieces)
        by_row = np.concatenate([np.zeros(0, dtype=np.bool_), *self._by_row])
        chosen = by_row | best_of_side(hits, 1, self._look.most[1][hits.columns])
        _leave(self._screen, self._look, hits.take(~chosen), self._most, 0)
        self._pieces, self._by_row = [hits.take(chosen)], [by_row[chosen]]
        self._held = len(self._by_row[0])
        return self._pieces[0]


def _leave(screen: Screen, look: Look, hits: Hits, most: NDArray[np.float32], first: int) -> None:
    """Leave hits: raise ``most``, from row ``first``, to what they are worth at most."""
    error = 0.0 if look.exact or screen.open else screen.error(look.u, look.v)
    raise_most(screen.grid, most, hits, first=first, error=error)


def raise_most(
    grid: Grid, most: NDArray[np.float32], hits: Hits, *, first: int = 0, error: float = 0.0
) -> None:
    """Count pairs that are not kept among the others, in place.

    Parameters
    ----------
    grid
        The tiles.
    most
        Bounds by row and block of columns.
    hits
        The pairs.
    first
        The row that ``most`` begins with.
    error
        How far the values may be below the truth.
    """
    blocks = np.searchsorted(grid.column_cuts, hits.columns, side="right") - 1
    np.maximum.at(most, (hits.rows - first, blocks), _rounded_up(hits.values + error))


def _rounded_up(values: Floats) -> NDArray[np.float32]:
    """Return numbers as float32, none of them smaller than it was."""
    return np.nextafter(values.astype(np.float32), np.float32(np.inf))


def _search(
    screen: Screen, look: Look, blocks: Sequence[tuple[int, NDArray[np.bool_], MarkedRows]]
) -> list[_Found]:
    """Return what blocks of rows hold: the part of a pass that one worker does at a time."""
    return [_search_block(screen, look, *block) for block in blocks]


def _search_block(
    screen: Screen, look: Look, block: int, needed: NDArray[np.bool_], known: MarkedRows
) -> _Found:
    """Return what a block of rows holds."""
    search = _Search(screen, look, block, known)
    error = screen.error(look.u, look.v)
    for b in np.flatnonzero(needed.any(axis=0)).tolist():
        some = np.flatnonzero(needed[:, b])
        whole = len(some) > WHOLE * len(needed)
        search.look_at(search.strip.tile, b, None if whole else some, error)
    hits = Hits.join(search.found)
    if look.exact or screen.open:
        hits = search.settled(hits)
        # Where the best of a crowd were none after all, any of the others may be one.
        stuck = search.cut.copy()
        if screen.open:
            stuck[hits.rows - search.rows.start] = False
        elif len(hits.rows):
            stuck[:] = False
        if stuck.any():
            hits = Hits.join([hits, search.second_look(np.flatnonzero(stuck), needed)])
    by_row = best_of_side(hits, 0, look.most[0][hits.rows])
    chosen = by_row | best_of_side(hits, 1, look.most[1][hits.columns])
    _leave(screen, look, hits.take(~chosen), search.most, search.rows.start)
    return _Found(hits.take(chosen), by_row[chosen], search.most, search.pairs)


class _Search:
    """A search in a block of rows."""

    def __init__(self, screen: Screen, look: Look, block: int, known: MarkedRows) -> None:
        self.screen, self.look, self.known = screen, look, known
        self.rows = screen.grid.row_part(block)
        self.strip = screen.strip(block, look.u, look.v)
        size = self.rows.stop - self.rows.start
        self.most = np.full((size, screen.grid.open.shape[1]), -BIG, dtype=np.float32)
        self.cut = np.zeros(size, dtype=np.bool_)
        self.found: list[Hits] = []
        self.pairs = 0

    def look_at(
        self,
        tile_of: Callable[[int, Index | None], Floats],
        block: int,
        some: Index | None,
        error: float,
    ) -> None:
        """Look at a tile: keep its hits, and the most that the others are worth."""
        part = self.screen.grid.column_part(block)
        local = np.arange(len(self.most)) if some is None else some
        rows, columns = self.rows.start + local, np.arange(part.start, part.stop)
        tile = tile_of(block, some)
        self.known.add_to(tile, block, some)
        self.pairs += tile.size
        limits = self.look.limits(rows, columns, error)
        most = tile.max(axis=0)
        if (most > limits[0].above).any() or limits[1].above.min() < limits[0].above.max():
            hits, cut = stand_out(tile, rows, columns, limits)
            self.found.append(hits)
            self.cut[local] |= cut
            most = tile.max(axis=0)
        self.most[local, block] = _rounded_up(most + error)

    def settled(self, hits: Hits) -> Hits:
        """Return the hits that are above the thresholds for sure, with their exact values."""
        values = self.screen.settle(hits.rows, hits.columns, self.look.u, self.look.v)
        return self._exceeding(hits._replace(values=values))

    def second_look(self, stuck: Index, needed: NDArray[np.bool_]) -> Hits:
        """Return the hits of some rows, looked at without any error."""
        self.found = []
        for b in np.flatnonzero(needed[stuck].any(axis=0)).tolist():
            self.look_at(self.strip.exact, b, stuck, 0.0)
        return self._exceeding(Hits.join(self.found))

    def _exceeding(self, hits: Hits) -> Hits:
        """Return the exact hits that are above the thresholds; the others raise ``most``."""
        good = self.look.exceeded(hits)
        raise_most(self.screen.grid, self.most, hits.take(~good), first=self.rows.start)
        return hits.take(good)
