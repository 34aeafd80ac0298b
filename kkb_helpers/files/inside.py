"""What a workbook holds besides the cells that are read: its reach, macros, links, formulas, what is hidden."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

MAX_CELLS = 12_000_000  # every village of the country in 140 columns; a sheet is read as a full rectangle
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
_HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\bmin="(\d+)"[^>]*?\bmax="(\d+)"')

_BLANK, _QUOTE = (np.isin(np.arange(256), list(signs)) for signs in (b" \t\r\n", b"\"'"))
_LETTER = np.array([sign - 64 if 65 <= sign <= 90 else sign - 96 if 97 <= sign <= 122 else 0 for sign in range(256)])
_DIGIT = np.array([sign - 48 if 48 <= sign <= 57 else -1 for sign in range(256)])


@dataclass(frozen=True)
class Besides:
    """What is not used of a workbook, or not seen in it."""

    macros: bool = False
    links: int = 0
    formulas: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0


def reach(file) -> int:
    """Give the cells of the largest rectangle that a sheet of a workbook (`File`) spans, by its cells, not its word.

    Every member is looked at: a sheet may have any name.
    """
    return max((_spanned(part) for _, part in _parts(file, everything=True)), default=0)


def _spanned(part: bytes) -> int:
    """Give the cells of the rectangle that the places in a part span: what its attributes `r` say, as `AB12` or `12`.

    There are millions of them: they are read side by side, sign by sign.
    """
    signs = np.frombuffer(b"\0" * 2 + part + b"\0" * 16, np.uint8)
    at = np.flatnonzero(signs == ord("="))
    if _BLANK[signs[at - 1]].any() or _BLANK[signs[at + 1]].any():  # as in `r = "A1"`, which hardly anyone writes
        return _spanned(b"=".join(map(bytes.strip, part.split(b"="))))
    at = at[(signs[at - 1] == ord("r")) & _BLANK[signs[at - 2]] & _QUOTE[signs[at + 1]]] + 2
    columns, at = _read(signs, at, _LETTER, 1, 26, 3)
    rows, at = _read(signs, at, _DIGIT, 0, 10, 9)
    whole = _QUOTE[signs[at]] & (rows > 0)
    return int(columns[whole].max() * rows[whole].max()) if whole.any() else 0


def _read(
    signs: np.ndarray, at: np.ndarray, worth: np.ndarray, least: int, base: int, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Read a number at each place, of so many signs at most that are worth the least or more; and where it ends."""
    numbers, going = np.zeros(len(at), np.int64), np.ones(len(at), bool)
    for _ in range(most):
        value = worth[signs[at]]
        going = going & (value >= least)
        if not going.any():
            break
        numbers = np.where(going, numbers * base + value, numbers)
        at = at + going
    return numbers, at


def besides(file) -> Besides:
    """Say what a workbook holds besides the cells that are read; nothing for a file of another kind."""
    if file.content != "xlsx":
        return Besides()
    names = [info.filename.lower() for info in file.zip or ()]
    formulas = rows = columns = 0
    for _, part in _parts(file):
        if b"<f" in part or b":f" in part:  # what most sheets have none of is not searched cell by cell
            formulas += len(_FORMULA.findall(part))
        if b"hidden" in part:
            rows += len(_HIDDEN_ROW.findall(part))
            columns += sum(int(last) - int(first) + 1 for first, last in _HIDDEN_COLUMNS.findall(part))
    return Besides(
        any(name.endswith("vbaproject.bin") for name in names),
        sum(name.startswith("xl/externallinks/") and name.endswith(".xml") for name in names),
        formulas,
        rows,
        columns,
    )


def _parts(file, everything: bool = False) -> Iterator[tuple[str, bytes]]:
    """Give the name and bytes of the worksheets, or of every member; text in UTF-16 without its zeros."""
    try:
        for name, part in file.members(lambda name: everything or name.startswith("xl/worksheets/")):
            yield name, part.replace(b"\x00", b"") if part[:2] in _UTF16 else part
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError):
        return
