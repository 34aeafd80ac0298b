"""The cells of a sheet, and what is said where bytes are none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from ..cells import Column, text_of

MAX_COLUMNS = 2000
HEAD = 24  # rows; where titles are looked for


class Unreadable(Exception):
    """The bytes are not what they seem to be; the row is where it showed, where that is known."""

    def __init__(self, what: str, row: int | None = None):
        super().__init__(what)
        self.what, self.row = what, row


class Lines(Sequence):
    """The rows of columns, each made when it is asked for: most never are; the first, asked for often, once."""

    FIRST = 64

    def __init__(self, columns: list[Column]):
        self.columns = columns
        self._first: list[list] = []
        self._first = self[: self.FIRST]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, at):
        if not isinstance(at, slice):
            return self._first[at] if 0 <= at < len(self._first) else [column[at] for column in self.columns]
        if (at.start or 0) >= 0 and at.stop is not None and 0 <= at.stop <= len(self._first):
            return self._first[at]
        cells = (map(column.distinct.__getitem__, column.number[at].tolist()) for column in self.columns)
        return list(map(list, zip(*cells, strict=True)))

    def __iter__(self) -> Iterator[list]:
        return iter(self[:])


@dataclass
class Sheet:
    """The cells of one sheet: `rows[i]` is row `numbers[i]` of Excel. Hidden ones are not read for data.

    merged: the ranges of merged cells as positions (top, left, bottom, right), all inclusive; the value of such a range
    stands in its first cell, the others are empty.
    """

    name: str
    rows: Sequence[list]
    numbers: list[int]
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()

    @cached_property
    def head(self) -> list[list[str]]:
        """The first rows as text, among which titles are looked for; to be asked for once the rows are complete."""
        return [list(map(text_of, row)) for row in self.rows[:HEAD]]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns, with "" where a row is shorter; to be asked for once the rows are complete."""
        if isinstance(self.rows, Lines):
            return self.rows.columns
        return list(map(Column.of, zip_longest(*self.rows, fillvalue="")))
