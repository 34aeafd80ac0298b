"""The rows under a header, sorted into data and the rest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from .. import areas, cells, files, sources

_TOTAL = re.compile(r"^(JUMLAH|TOTAL|GRAND TOTAL|SUB ?TOTAL|JUMLAH TOTAL)\b")
_COLUMN_NUMBER = re.compile(r"\(?\d{1,3}\)?")


@dataclass
class Table:
    """The rows under a header, sorted into data and the rest; `numbers` are those that Excel shows."""

    rows: list[list] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    overlong: list[tuple[int, str]] = field(default_factory=list)
    column_numbers: list[int] = field(default_factory=list)
    repeated_headers: list[int] = field(default_factory=list)

    @classmethod
    def under(cls, header: sources.Header, sheet: files.Sheet) -> "Table":
        """Sort the rows of a sheet that stand under its header."""
        table, title = cls(), sheet.rows[header.row]
        titles = [sources.label_of(cell) for cell in title]
        width = max((at + 1 for at, title in enumerate(titles) if title), default=0)
        places = [at for at, c in header.columns.items() if c.kind in ("place", "code")]
        villages = [at for at, c in header.columns.items() if c.name in ("kelurahan", "kode")]
        words = [at for at, c in header.columns.items() if c.kind in ("place", "code", "text")]
        for row, number in zip(sheet.rows[header.row + 1 :], sheet.numbers[header.row + 1 :], strict=True):
            filled = [at for at, cell in enumerate(row) if cell not in ("", None)]
            if not filled:
                continue
            if filled[-1] >= width and any(cells.text_of(row[at]) for at in filled if at >= width):
                table.overlong.append((number, excerpt(row[at] for at in filled)))
                continue
            row = row[:width] if len(row) >= width else [*row, *[""] * (width - len(row))]
            where = villages if len(filled) < 3 else places
            if not any(_has_text(row[at]) for at in where):
                if _says_total(row[filled[0]]):
                    table.totals.append(number)
                else:
                    table.notes.append((number, excerpt(row[at] for at in filled)))
            elif not table.rows and _are_column_numbers(row):
                table.column_numbers.append(number)
            elif any(_says_total(row[at]) for at in (filled[0], *words)):
                table.totals.append(number)
            elif row[places[0]] == title[places[0]] and [sources.label_of(cell) for cell in row] == titles[:width]:
                table.repeated_headers.append(number)
            else:
                table.rows.append(row)
                table.numbers.append(number)
        return table


@cache
def _says_total(cell: object) -> bool:
    return isinstance(cell, str) and bool(_TOTAL.match(areas.normalise(cell)))


def _has_text(cell: object) -> bool:
    return cell not in ("", None) and (type(cell) is not str or not cell.isspace())


def excerpt(row: Iterable) -> str:
    text = " | ".join(filter(None, (cells.text_of(cell) for cell in row)))
    return text if len(text) <= 120 else text[:119] + "…"


def _are_column_numbers(row: list) -> bool:
    """Say whether a row only numbers the columns: (1) (2) (3), or 1 2 3."""
    words = [cells.text_of(cell) for cell in row if _has_text(cell)]
    numbers = [int(w.strip("()")) for w in words if _COLUMN_NUMBER.fullmatch(w)]
    return len(words) > 2 and len(numbers) == len(words) and all(b - a == 1 for a, b in pairwise(numbers))
