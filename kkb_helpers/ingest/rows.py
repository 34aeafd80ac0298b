"""The rows under a header, sorted into data and the rest."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, reduce
from itertools import pairwise

import numpy as np

from .. import areas, cells, files, sources

_TOTAL = re.compile(r"^(JUMLAH|TOTAL|GRAND TOTAL|SUB ?TOTAL|JUMLAH TOTAL)\b")
_FOOTNOTE = re.compile(r"(?:sumber|catatan|keterangan|ket|note)\b", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"\(?\d{1,3}\)?")


@dataclass
class Table:
    """The rows under a header, sorted into data and the rest, each by the number that Excel shows.

    kept: the positions of the data in the sheet. total_rows: the cells of each row in `totals`.
    """

    sheet: files.Sheet
    kept: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    total_rows: list[list] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    overlong: list[tuple[int, str]] = field(default_factory=list)
    column_numbers: list[int] = field(default_factory=list)
    repeated_headers: list[int] = field(default_factory=list)

    @classmethod
    def under(cls, header: sources.Header, sheet: files.Sheet) -> "Table":
        """Sort the rows of a sheet that stand under its header."""
        sort = _Sorting(header, sheet)
        table = cls(_unmerged(sheet, header.row + 1, sort.places))
        at, end = header.row + 1, len(sheet.rows)
        while at < end and not table.kept:  # until data begin, a row may number the columns
            sort.one(table, at)
            at += 1
        odd = sort.odd_rows(table.sheet)
        for other in [*odd[bisect_left(odd, at) :], end]:
            table.kept += range(at, other)
            if other < end:
                sort.one(table, other)
            at = other + 1
        return table

    def set_aside(self, row: list, number: int) -> None:
        """Keep a row of totals beside the data, with how many rows stand above it."""
        self.totals.append(number)
        self.total_rows.append([len(self.kept), row])

    @cached_property
    def numbers(self) -> list[int]:
        """The number of each row of data."""
        return [self.sheet.numbers[at] for at in self.kept]

    def column(self, at: int) -> cells.Column:
        """Give the cells of a column in the rows of data."""
        return self.sheet.columns[at].take(self._kept)

    @cached_property
    def _kept(self) -> np.ndarray:
        return np.array(self.kept, dtype=np.intp)


class _Sorting:
    """What the rows under one header are sorted by."""

    def __init__(self, header: sources.Header, sheet: files.Sheet):
        self.start, self.titles = header.row + 1, header.titles
        self.folded = {_folded(row) for row in sheet.rows[header.row - header.depth + 1 : header.row + 1]}
        self.width = max((at + 1 for at, title in enumerate(header.titles) if title), default=0)
        self.places = [at for at, c in header.columns.items() if c.kind in ("place", "code")]
        self.villages = [at for at, c in header.columns.items() if c.name in ("kelurahan", "kode")]
        self.words = [at for at, c in header.columns.items() if c.kind in ("place", "code", "text")]

    def one(self, table: Table, position: int) -> None:
        """Put a row where it belongs."""
        row, number, width = table.sheet.rows[position], table.sheet.numbers[position], self.width
        filled = [at for at, cell in enumerate(row) if cells.is_filled(cell)]
        if any(cells.text_of(row[at]) for at in filled if at >= width):
            table.overlong.append((number, excerpt(row[at] for at in filled)))
            return
        filled = [at for at in filled if at < width]
        if not filled:
            return
        row = [*row[:width], *[""] * (width - len(row))]
        where = self.villages if len(filled) < 3 else self.places
        if not any(map(_has_text, [row[at] for at in where])):
            if says_total(row[filled[0]]):
                table.set_aside(row, number)
            else:
                table.notes.append((number, excerpt(row[at] for at in filled)))
        elif not table.kept and _are_column_numbers(row):
            table.column_numbers.append(number)
        elif any(map(says_total, [row[filled[0]], *[row[at] for at in self.words]])):
            table.set_aside(row, number)
        elif self._repeats_title(row[self.places[0]]) and _folded(row) in self.folded:
            table.repeated_headers.append(number)
        else:
            table.kept.append(position)

    def odd_rows(self, sheet: files.Sheet) -> list[int]:
        """Give the positions of the rows that are to be looked at one by one; the others are data, as nearly all are.

        A column has few distinct cells, so these are looked at instead of every row.
        """

        def rows(at: int, holds: Callable[[object], bool]) -> np.ndarray:
            column = sheet.columns[at]
            found = column.where(map(holds, column.distinct))
            return found[found >= self.start]

        def is_whole(at: int) -> bool:
            distinct = sheet.columns[at].distinct
            blanks = None in distinct or "" in distinct  # nearly no column has any
            return not (blanks and len(rows(at, lambda cell: not cells.is_filled(cell))))

        whole = [at for at in range(self.width) if is_whole(at)]
        if len(whole) < 3 or not self.places:  # a row of fewer cells must name its village
            return list(range(self.start, len(sheet.rows)))
        unnamed = [rows(at, lambda cell: not _has_text(cell)) for at in self.places]
        odd = [
            reduce(np.intersect1d, unnamed),
            rows(self.places[0], self._repeats_title),
            *(rows(at, says_total) for at in {*range(whole[0] + 1), *self.words}),
            *(rows(at, cells.is_filled) for at in range(self.width, len(sheet.columns))),
        ]
        return np.unique(np.concatenate(odd)).tolist()

    def _repeats_title(self, cell: object) -> bool:
        return isinstance(cell, str) and cell in self.titles


def _folded(row: list) -> tuple[str, ...]:
    """The labels of a row as one thing to compare."""
    labels = [sources.label_of(cell) for cell in row]
    while labels and not labels[-1]:
        labels.pop()
    return tuple(labels)


def _unmerged(sheet: files.Sheet, start: int, places: list[int]) -> files.Sheet:
    """Give the sheet with each row from `start` saying the places that cells merged over several rows say for it."""
    rows = None
    for top, left, bottom, _ in sheet.merged:
        if top >= start and bottom > top and left in places:
            rows = list(sheet.rows) if rows is None else rows
            for at in range(top + 1, min(bottom + 1, len(rows))):
                rows[at] = [*rows[at][:left], rows[top][left], *rows[at][left + 1 :]]
    return sheet if rows is None else replace(sheet, rows=rows)


@cache
def says_total(cell: object) -> bool:
    """Say whether a cell begins a row of totals."""
    return isinstance(cell, str) and bool(_TOTAL.match(areas.normalise(cell)))


def _has_text(cell: object) -> bool:
    return cells.is_filled(cell) and (type(cell) is not str or not cell.isspace())


def excerpt(row: Iterable) -> str:
    """Say what a row is without repeating it, for it may be a signature.

    It is the first word of a footnote, a month that stands alone, or how many cells are filled.
    """
    texts = [text for cell in row if (text := cells.text_of(cell))]
    if texts and (footnote := _FOOTNOTE.match(texts[0])):
        return f"{footnote[0]} …"
    if len(texts) == 1 and texts[0].lower() in cells.MONTHS:
        return texts[0]
    return f"{len(texts)} sel terisi"


def _are_column_numbers(row: list) -> bool:
    """Say whether a row only numbers the columns: (1) (2) (3), or 1 2 3."""
    words = [cells.text_of(cell) for cell in row if _has_text(cell)]
    numbers = [int(w.strip("()")) for w in words if _COLUMN_NUMBER.fullmatch(w)]
    return len(words) > 2 and len(numbers) == len(words) and all(b - a == 1 for a, b in pairwise(numbers))
