"""The rows under a header, sorted into data and the rest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from .. import areas, cells, files, sources

_TOTAL = re.compile(r"^(JUMLAH|TOTAL|GRAND TOTAL|SUB ?TOTAL|JUMLAH TOTAL)\b")
_FOOTNOTE = re.compile(r"(?:sumber|catatan|keterangan|ket|note)\b", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"\(?\d{1,3}\)?")


@dataclass
class Table:
    """The rows under a header, sorted into data and the rest; `numbers` are those that Excel shows.

    total_rows: the cells of each row in `totals`.
    """

    rows: list[list] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    total_rows: list[list] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    overlong: list[tuple[int, str]] = field(default_factory=list)
    column_numbers: list[int] = field(default_factory=list)
    repeated_headers: list[int] = field(default_factory=list)

    @classmethod
    def under(cls, header: sources.Header, sheet: files.Sheet) -> "Table":
        """Sort the rows of a sheet that stand under its header."""
        table = cls()
        titles = {_folded(row) for row in sheet.rows[header.row - header.depth + 1 : header.row + 1]}
        width = max((at + 1 for at, title in enumerate(header.titles) if title), default=0)
        places = [at for at, c in header.columns.items() if c.kind in ("place", "code")]
        villages = [at for at, c in header.columns.items() if c.name in ("kelurahan", "kode")]
        words = [at for at, c in header.columns.items() if c.kind in ("place", "code", "text")]
        every = range(width)
        body = _unmerged(sheet, header.row + 1, places)
        for row, number in zip(body, sheet.numbers[header.row + 1 :], strict=True):
            whole = len(row) == width and "" not in row and None not in row
            filled = every if whole else [at for at, cell in enumerate(row) if cell not in ("", None)]
            if not filled:
                continue
            if filled[-1] >= width and any(cells.text_of(row[at]) for at in filled if at >= width):
                table.overlong.append((number, excerpt(row[at] for at in filled)))
                continue
            if len(row) != width:
                row = row[:width] if len(row) > width else [*row, *[""] * (width - len(row))]
            where = villages if len(filled) < 3 else places
            if not any(map(_has_text, [row[at] for at in where])):
                if says_total(row[filled[0]]):
                    table.set_aside(row, number)
                else:
                    table.notes.append((number, excerpt(row[at] for at in filled)))
            elif not table.rows and _are_column_numbers(row):
                table.column_numbers.append(number)
            elif any(map(says_total, [row[filled[0]], *[row[at] for at in words]])):
                table.set_aside(row, number)
            elif isinstance(row[places[0]], str) and row[places[0]] in header.titles and _folded(row) in titles:
                table.repeated_headers.append(number)
            else:
                table.rows.append(row)
                table.numbers.append(number)
        return table

    def set_aside(self, row: list, number: int) -> None:
        """Keep a row of totals beside the data, with how many rows stand above it."""
        self.totals.append(number)
        self.total_rows.append([len(self.rows), row])


def _folded(row: list) -> tuple[str, ...]:
    """The labels of a row as one thing to compare."""
    labels = [sources.label_of(cell) for cell in row]
    while labels and not labels[-1]:
        labels.pop()
    return tuple(labels)


def _unmerged(sheet: files.Sheet, start: int, places: list[int]) -> list[list]:
    """The rows from `start`, each with the places that cells merged over several rows say for it."""
    rows = sheet.rows[start:]
    for top, left, bottom, _ in sheet.merged:
        if top >= start and bottom > top and left in places:
            for at in range(top - start + 1, min(bottom - start + 1, len(rows))):
                rows[at] = [*rows[at][:left], rows[top - start][left], *rows[at][left + 1 :]]
    return rows


@cache
def says_total(cell: object) -> bool:
    """Say whether a cell begins a row of totals."""
    return isinstance(cell, str) and bool(_TOTAL.match(areas.normalise(cell)))


def _has_text(cell: object) -> bool:
    return cell not in ("", None) and (type(cell) is not str or not cell.isspace())


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
