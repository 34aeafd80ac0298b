"""What a workbook holds besides the cells that are read: its reach, macros, links, formulas, what is hidden."""

import io
import re
import string
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_CELLS = 12_000_000  # every village of the country in 140 columns; a sheet is read as a full rectangle
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3}\d{1,9})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,9})["']""")
_LETTERS, _DIGITS = string.ascii_letters.encode(), string.digits.encode()
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
_HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\bmin="(\d+)"[^>]*?\bmax="(\d+)"')


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
    widest = 0
    for _, part in _parts(file, everything=True):
        if places := b" ".join(_CELL.findall(part)):  # many: what is done with each is done to all at once
            width = max(map(_number, set(places.translate(None, _DIGITS).split())))
            rows = max(map(int, set(places.translate(None, _LETTERS).split() + _ROW.findall(part))))
            widest = max(widest, width * rows)
    return widest


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
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            for info in file.zip or ():
                if everything or info.filename.lower().startswith("xl/worksheets/"):
                    with archive.open(info) as member:
                        part = member.read(info.file_size + 1)
                    yield info.filename, part.replace(b"\x00", b"") if part[:2] in _UTF16 else part
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError):
        return


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
