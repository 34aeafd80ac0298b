"""Cells as exported, alone or a column by its distinct ones -> values of a kind, or the faults that make them missing.

A value is never rounded, clamped or guessed: what cannot be read as what its column holds is missing, with a fault that
`checks` puts into words. To add a kind: one function in `_READERS` from a cell to (value, fault).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

# Faults: what was wrong with a cell. `checks` owns the words for them.
BLANK, MARK, ERROR, FORMULA = "kosong", "tanda kosong", "galat", "rumus"
FRACTION, NEGATIVE, DATE, LOGICAL, RANGE, WORD = "pecahan", "negatif", "tanggal", "logika", "jangkauan", "kata"
COMMA, DIGITS, SENTINEL, NUMBER, MONTH = "koma ribuan", "angka asing", "penanda", "kode angka", "bulan"

WITHOUT_VALUE = "\x00rumus"  # what `files` puts into a formula cell that holds no result
_SURELY_A_COUNT = 12  # digits
LARGEST = 10**12  # no count and no rupiah amount of a kabupaten is larger
SENTINELS = frozenset({9999, 99999, 999999, 9999999})
MARKS = frozenset(
    {"-", "--", "—", "–", "…", "...", ".", "n/a", "na", "null", "none", "0*", "belum lapor", "belum isi", "belum ada"}
)
ERRORS = frozenset({"#div/0!", "#n/a", "#ref!", "#value!", "#name?", "#num!", "#null!"})
CLASSES = frozenset({"Dasar", "Berkembang", "Mandiri", "Berkelanjutan"})
YES = frozenset({"true", "1", "ya", "y", "ada", "sudah", "benar"})
NO = frozenset({"false", "0", "tidak", "t", "tidak ada", "belum", "salah"})
MONTHS = (
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
)
_MONTH_STARTS = {m[:3]: i for i, m in enumerate(MONTHS, 1)} | {
    "pebruari"[:3]: 2,
    "agt": 8,
    "ags": 8,
    "nop": 11,
    "may": 5,
    "aug": 8,
    "oct": 10,
    "dec": 12,
}
_INTEGER = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ '’][0-9]{3})+")
_DOTS = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_DECIMAL_COMMA = re.compile(r"(\d+|\d{1,3}(?:\.\d{3})+),(\d+)", re.ASCII)
_DECIMAL_DOT = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)\.(\d+)", re.ASCII)
_YEAR_AND_MONTH = re.compile(r"(20\d{2})[-/ ](\d{1,2})|(\d{1,2})[-/ ](20\d{2})")


@dataclass(frozen=True, eq=False)
class Column:
    """The cells of a column by the distinct ones, for these are few: a village's name stands in as many rows as months.

    distinct: the cells that differ, in the order in which they first stand in the column; 1, 1.0 and True are three.
    number: for each row, which of them it holds.
    """

    distinct: list
    number: np.ndarray

    @classmethod
    def of(cls, cells: Iterable) -> "Column":
        """Give the column of some cells."""
        cells = list(cells)
        mixed = len({bool, int, float}.intersection(map(type, cells))) > 1
        keys = [(type(cell), cell) for cell in cells] if mixed else cells
        numbers = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        distinct = [key[1] for key in numbers] if mixed else list(numbers)
        return cls(distinct, np.fromiter(map(numbers.__getitem__, keys), dtype=np.intp, count=len(cells)))

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, row: int) -> object:
        return self.distinct[self.number[row]]

    @cached_property
    def counts(self) -> list[int]:
        """How many rows hold each distinct cell."""
        return np.bincount(self.number, minlength=len(self.distinct)).tolist()

    @cached_property
    def first(self) -> list[int]:
        """The first row that holds each distinct cell."""
        first = np.zeros(len(self.distinct), dtype=np.intp)
        first[self.number[::-1]] = np.arange(len(self))[::-1]
        return first.tolist()

    def where(self, flags: Iterable) -> np.ndarray:
        """Give the rows, in order, whose cell is one with a flag; flags: one a distinct cell, true or not."""
        flags = np.fromiter(map(bool, flags), dtype=bool, count=len(self.distinct))
        return np.flatnonzero(flags[self.number]) if flags.any() else np.zeros(0, dtype=np.intp)

    def take(self, rows: np.ndarray) -> "Column":
        """Give the column of some rows alone."""
        number = self.number[rows]
        left = np.zeros(len(self.distinct), dtype=bool)
        left[number] = True
        return Column([self.distinct[at] for at in np.flatnonzero(left).tolist()], (np.cumsum(left) - 1)[number])


@dataclass(frozen=True)
class Fault:
    """What was wrong with one cell: its position in the column, the cell as it was, and one of the faults above."""

    at: int
    cell: object
    kind: str


@dataclass
class Reading:
    """A column read: the values, the faults in order, and two cells that write numbers in contradicting ways.

    clash: (position, cell) of one cell of each way, where the column mixes `1.552` and `1,552` or `54,72` and `54.72`;
    its values are then all missing. scale: the column is a percentage that never passes 1.
    """

    column: pd.Series
    faults: list[Fault] = field(default_factory=list)
    clash: tuple[tuple[int, object], tuple[int, object]] | None = None
    scale: bool = False


def read_column(cells: "Column | Iterable", kind: str, highest: int = 4) -> Reading:
    """Read a column of cells as `kind` (see `sources.Column`); each distinct cell is read once."""
    column = cells if isinstance(cells, Column) else Column.of(cells)
    if (plain := _plain(column.distinct, kind)) is not None:
        return Reading(pd.Series(pd.array(plain, dtype=_DTYPES.get(kind, "str")).take(column.number)))
    read = _READERS[kind] if kind != "score" else lambda cell: _score(cell, highest)
    values, faults, ways = map(list, zip(*map(read, column.distinct), strict=True)) if len(column) else ([], [], [])
    if NEGATIVE in faults:  # then -1 is a number below 0 like the others
        faults = [
            NEGATIVE if fault == SENTINEL and _is_minus_one(cell) else fault
            for cell, fault in zip(column.distinct, faults, strict=True)
        ]
    found = [Fault(at, column[at], faults[column.number[at]]) for at in column.where(faults).tolist()]
    read_as = pd.Series(pd.array(values, dtype=_DTYPES.get(kind, "str")).take(column.number))
    if {"id", "en"} <= set(ways):
        first = sorted(int(column.where([way == one for way in ways])[0]) for one in ("id", "en"))
        missing = pd.Series(pd.NA, index=read_as.index, dtype=read_as.dtype)
        return Reading(missing, found, tuple((at, column[at]) for at in first))
    scale = kind == "percent" and bool(read_as.max() <= 1 and read_as.max() > 0) if read_as.notna().any() else False
    return Reading(read_as, found, scale=scale)


def _plain(cells: list, kind: str) -> list | None:
    """Read cells all at once that are as those of most columns: counts in digits, names in plain words; else None."""
    kinds = set(map(type, cells))
    if kind == "count" and kinds and kinds <= {int, float}:
        if not all(0 <= cell <= LARGEST and cell == int(cell) for cell in cells):
            return None
        values = list(map(int, cells))
    elif kind == "count" and kinds == {str}:
        digits = "".join(cells)
        if not (digits.isascii() and digits.isdecimal()) or "" in cells or max(map(len, cells)) > _SURELY_A_COUNT:
            return None
        values = list(map(int, cells))
    elif kind in ("text", "place") and kinds == {str}:
        whole = "|".join(cells)
        return list(map(str.strip, cells)) if whole.isascii() and whole.isprintable() and "  " not in whole else None
    else:
        return None
    return None if SENTINELS.intersection(values) else values


def is_filled(cell: object) -> bool:
    """Say whether a cell holds anything, were it a blank."""
    return cell is not None and cell != ""


def text_of(cell: object) -> str:
    """Give a cell as text: one line, single spaces, no invisible characters; a whole number without its `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "" if cell is None or cell == WITHOUT_VALUE else str(cell)
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = "".join(
        " " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) not in ("Cf", "Cs")
    )
    return " ".join(text.split())


def _is_minus_one(cell: object) -> bool:
    return text_of(cell).replace("−", "-") == "-1"


def _number(cell: object) -> tuple[float | int | None, str, str]:
    """Read a cell as a number: (value, fault, way). The way is `id` or `en` where a mark shows the language.

    A comma between groups of three digits is left to the kind: in a count it is COMMA with the value missing.
    """
    # As nearly every cell is.
    if isinstance(cell, str) and len(cell) <= _SURELY_A_COUNT and cell.isascii() and cell.isdecimal():
        return int(cell), "", ""
    if isinstance(cell, bool):
        return None, LOGICAL, ""
    if isinstance(cell, int | float):
        return (cell, "", "") if abs(cell) <= LARGEST else (None, RANGE, "")
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        return None, DATE, ""
    if cell is None or cell == "":
        return None, BLANK, ""
    if cell == WITHOUT_VALUE:
        return None, FORMULA, ""
    text = text_of(cell).lstrip("'")
    if not text:
        return None, BLANK, ""
    if text.lower() in ERRORS:
        return None, ERROR, ""
    if text.lower() in MARKS:
        return None, MARK, ""
    return _written(text)


def _written(text: str) -> tuple[float | int | None, str, str]:
    """Read a number written out. Digits of another script are read, with a fault that leaves the value."""
    sign = -1 if text[0] in "-−" else 1
    digits = text[1:].strip() if sign < 0 else text
    fault = ""
    if not digits.isascii() and digits.isdecimal():
        digits, fault = "".join(str(unicodedata.digit(c)) for c in digits), DIGITS
    if re.fullmatch(r"\d+(?:[.,]\d+)?e[+-]?\d+", digits.lower()):
        return None, SENTINEL, ""
    if _INTEGER.fullmatch(digits) or _GROUPED.fullmatch(digits):
        value, way = int(re.sub(r"\D", "", digits)), ""
    elif _DOTS.fullmatch(digits):
        value, way = int(digits.replace(".", "")), "id"
    elif _COMMAS.fullmatch(digits):
        return None, COMMA, "en"
    elif match := _DECIMAL_COMMA.fullmatch(digits):
        value, way = float(f"{match[1].replace('.', '')}.{match[2]}"), "id"
    elif match := _DECIMAL_DOT.fullmatch(digits):
        value, way = float(f"{match[1].replace(',', '')}.{match[2]}"), "en"
    else:
        return None, WORD, ""
    return (sign * value, fault, way) if value <= LARGEST else (None, RANGE, "")


def _count(cell: object) -> tuple[int | None, str, str]:
    """A non-negative whole number. `1.552` as text is 1552; the number 1.552 is a fraction and missing."""
    value, fault, way = _number(cell)
    if value is None:
        return None, fault, way
    if value != value or value in (float("inf"), float("-inf")):
        return None, RANGE, ""
    if value == -1 or value in SENTINELS:
        return None, SENTINEL, way
    if value < 0:
        return None, NEGATIVE, way
    if value != int(value):
        return None, FRACTION, way
    return int(value), fault, way


def _score(cell: object, highest: int) -> tuple[int | None, str, str]:
    value, fault, way = _count(cell)
    return (value, fault, way) if value is None or 1 <= value <= highest else (None, RANGE, way)


def _decimal(cell: object) -> tuple[float | None, str, str]:
    """A number with decimals: in a percentage or index, three digits behind a mark are decimals."""
    if isinstance(cell, str):
        text = text_of(cell)
        if match := re.fullmatch(r"(\d{1,3})([.,])(\d{3})", text):
            return float(f"{match[1]}.{match[3]}"), "", "id" if match[2] == "," else "en"
    value, fault, way = _number(cell)
    if value is None or value != value:
        return None, fault or RANGE, way
    return (float(value), fault, way) if value >= 0 else (None, NEGATIVE, way)


def _percent(cell: object) -> tuple[float | None, str, str]:
    return _decimal(re.sub(r"\s*(%|persen)\s*$", "", cell, flags=re.IGNORECASE) if isinstance(cell, str) else cell)


def _flag(cell: object) -> tuple[bool | None, str, str]:
    """Ya or tidak; blank is missing without a fault, for it means Belum Isi."""
    if isinstance(cell, bool):
        return cell, "", ""
    word = text_of(cell).lower()
    if word in YES or word in NO:
        return word in YES, "", ""
    return None, "" if not word or word in MARKS else ERROR if word in ERRORS else WORD, ""


def _class(cell: object) -> tuple[str | None, str, str]:
    """One of the programme's four classes, however its letters are written."""
    word = text_of(cell).capitalize()
    if word in CLASSES:
        return word, "", ""
    return None, BLANK if not word else MARK if word.lower() in MARKS else ERROR if word.lower() in ERRORS else WORD, ""


def _text(cell: object) -> tuple[str, str, str]:
    return text_of(cell), "", ""


def _code(cell: object) -> tuple[str, str, str]:
    """A code as text. As a number it is kept only where nothing can be lost: four or ten digits."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        text = text_of(cell)
        return (text, "", "") if re.fullmatch(r"\d{4}|\d{10}", text) else ("", NUMBER, "")
    return text_of(cell).lstrip("'").strip(), "", ""


def _month(cell: object) -> tuple[str, str, str]:
    """A month as `09`, or `2025-09` where the cell names its year."""
    if isinstance(cell, dt.date):
        return f"{cell:%Y-%m}", "", ""
    text = text_of(cell).lower().rstrip(".")
    if match := _YEAR_AND_MONTH.fullmatch(text):
        year, month = match[1] or match[4], int(match[2] or match[3])
    else:
        word, _, year = text.replace("-", " ").partition(" ")
        month = int(word) if word.isdecimal() and len(word) <= 2 else _month_of(word)
    if not 1 <= month <= 12 or (year and not re.fullmatch(r"20\d{2}", year)):
        return "", MONTH, ""
    return f"{year}-{month:02d}" if year else f"{month:02d}", "", ""


def _month_of(word: str) -> int:
    """The number of a month's name, whole or shortened; 0 where it is none."""
    month = _MONTH_STARTS.get(word[:3], 0) if len(word) >= 3 else 0
    names = (
        MONTHS[month - 1],
        "pebruari",
        "nopember",
        "may",
        "august",
        "october",
        "december",
        "january",
        "february",
        "march",
        "june",
        "july",
        "agt",
        "ags",
    )
    return month if month and any(name.startswith(word) for name in names) else 0


def _semester(cell: object) -> tuple[str, str, str]:
    """A semester as `2024-S2`."""
    text = text_of(cell).lower().replace(".", " ")
    half, year = (
        re.search(r"\b(?:sem|semester|smt)\s*(1|2|i{1,2})\b|\bs([12])\b", text),
        re.search(r"\b20\d{2}\b", text),
    )
    if not half or not year:
        return "", MONTH, ""
    number = half[1] or half[2]
    return f"{year[0]}-S{2 if number in ('2', 'ii') else 1}", "", ""


_DTYPES = {"count": "Int64", "score": "Int64", "percent": "Float64", "index": "Float64", "flag": "boolean"}
_READERS: dict[str, Callable] = {
    "count": _count,
    "percent": _percent,
    "index": _decimal,
    "flag": _flag,
    "class": _class,
    "text": _text,
    "place": _text,
    "code": _code,
    "month": _month,
    "semester": _semester,
}
