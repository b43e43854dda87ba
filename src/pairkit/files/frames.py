"""Frames: dataframes of any library as tables of raw cells, and records as dataframes."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from os import PathLike
from types import ModuleType
from typing import TYPE_CHECKING, Final, cast

from pairkit.errors import InputError, MissingExtraError
from pairkit.files.tables import Table, Value
from pairkit.files.writing import Records, in_rows, in_texts

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd
    from narwhals.typing import IntoDataFrame, IntoSeries

__all__ = ["backend_of", "records_to_frame", "table_of_frame"]

BACKENDS: Final = ("pandas", "polars", "pyarrow")


def table_of_frame(frame: IntoDataFrame, name: str = "the dataframe") -> Table:
    """Return the cells of a dataframe of any library that narwhals knows, rows counted from 1.

    Raises
    ------
    InputError
        The object is no dataframe, or its columns have not one name each.
    """
    table = _opened(frame)
    series = list(table.iter_columns())
    return Table(
        name,
        tuple(str(column.name) for column in series),
        tuple(_cells(column) for column in series),
        range(1, len(table) + 1),
    )


def backend_of(source: str | PathLike[str] | IntoDataFrame) -> ModuleType | None:
    """Return the library of a dataframe, ``None`` where it is a path."""
    if isinstance(source, str | PathLike):
        return None
    import narwhals as nw

    backend: ModuleType = nw.get_native_namespace(source)
    return backend


def _opened(frame: IntoDataFrame) -> nw.DataFrame[IntoDataFrame]:
    """Return a dataframe that can be read column by column."""
    import narwhals as nw

    if nw.dependencies.is_pandas_like_dataframe(frame):
        frame = _with_index(cast("pd.DataFrame", frame))
    try:
        native: object = nw.from_native(frame, pass_through=True)
        table = native.collect() if isinstance(native, nw.LazyFrame) else native
    except nw.exceptions.DuplicateError as error:
        raise InputError(
            f"The dataframe cannot be read: {error} Give each column a name of its own."
        ) from None
    except nw.exceptions.NarwhalsError as error:
        raise InputError(f"The dataframe cannot be read: {error}") from None
    if not isinstance(table, nw.DataFrame):
        raise InputError(f"{type(frame).__name__!r} is not a dataframe that can be read.")
    return table


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a dataframe with the named levels of its index as columns, before the others."""
    if frame.columns.nlevels > 1:
        raise InputError(
            f"The columns of the dataframe have {frame.columns.nlevels} levels of names: give each "
            f"one name, as in frame.columns = [' '.join(map(str, one)) for one in frame.columns]."
        )
    taken = {*frame.columns}
    named = [name for name in frame.index.names if name is not None and name not in taken]
    return frame.reset_index(level=named) if named else frame


def _cells(series: nw.Series[IntoSeries]) -> list[object]:
    """Return the cells of a column, ``None`` where there is nothing."""
    cells: list[object] = series.to_list()
    if series.null_count():
        for k in series.is_null().arg_true():
            cells[k] = None
    return cells


def records_to_frame(
    records: Records, backend: ModuleType | None = None, *, headers: Sequence[str] = ()
) -> IntoDataFrame:
    """Return records as a dataframe of the given library.

    Parameters
    ----------
    records
        One mapping per row; a key that a record lacks is missing there.
    backend
        The library, such as :attr:`Roster.backend`; ``None`` takes pandas, polars or pyarrow,
        whichever is installed first in this order.
    headers
        The first columns, there even without a record.

    Raises
    ------
    MissingExtraError
        No dataframe library is installed.
    """
    import narwhals as nw

    module = backend if backend is not None else _installed()
    names, rows = in_rows(records, headers)
    columns = {name: [row[k] for row in rows] for k, name in enumerate(names)}
    columns = {name: _one_type(values) for name, values in columns.items()}
    frame: IntoDataFrame = nw.from_dict(columns, backend=module).to_native()
    return frame


def _one_type(values: list[Value]) -> list[Value]:
    """Return values of one type, or as texts where they have several."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds == {int, float}:
        return values
    return [*in_texts(values)]


def _installed() -> ModuleType:
    for name in BACKENDS:
        if importlib.util.find_spec(name) is not None:
            return importlib.import_module(name)
    raise MissingExtraError("pandas", "io", "Making a dataframe")
