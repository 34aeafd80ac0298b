"""What a workbook holds besides the cells that are read: its reach, macros, links, formulas, what is hidden."""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .sheet import Unreadable

MAX_CELLS = 12_000_000  # every village of the country in 140 columns; a sheet is read as a full rectangle
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
_HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\bmin="(\d+)"[^>]*?\bmax="(\d+)"')

# What signs are, where cells say their places.
_SIGNS = np.arange(256)
_BLANK, _QUOTE, _AFTER_NAME = (np.isin(_SIGNS, list(of)) for of in (b" \t\r\n\v\f", b"\"'", b" \t\r\n\v\f/>"))
_LETTER = np.where(np.isin(_SIGNS, list(string.ascii_letters.encode())), _SIGNS % 32, 0)
_DIGIT = np.where(np.isin(_SIGNS, list(string.digits.encode())), _SIGNS - ord("0"), -1)
_IN_NO_PLACE = ~(_BLANK | _QUOTE | (_LETTER > 0) | (_DIGIT >= 0) | np.isin(_SIGNS, ord("=")))
_PREFIX = re.compile(rb"<\w+:(?=(?:c|row)\b)")
_PIECE = 4 * 2**20  # bytes of a part looked at together
_LONG = 64  # signs of a number that are read
_FAR = 10**9  # a row or column beyond all that is read
_ZEROS = b"\0" * 8


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
    """Give the cells of the rectangle that the cells of a part span.

    A cell says its place (`<c r="AB12">`) or stands beside the one before it, and so do rows (`<row r="12">`). There
    are millions of them: what they say is read side by side, sign by sign.
    """
    width = height = unplaced_rows = unplaced_cells = of_last_row = 0
    for piece in _pieces(part):
        signs, equals = _tight(piece)
        at, columns, rows = _places(signs, equals)
        width, height = max(width, columns.max(initial=0)), max(height, rows.max(initial=0))
        tags = np.append(np.flatnonzero(signs == ord("<")), len(signs))
        row_tags, cell_tags = _tags(signs, tags, b"row"), _tags(signs, tags, b"c")
        unplaced_rows += len(_unplaced(row_tags, at[columns == 0]))
        cells = _unplaced(cell_tags, at[columns > 0])
        of_rows = np.diff(np.searchsorted(cells, row_tags[0]), prepend=0, append=len(cells))
        of_rows[0] += of_last_row
        unplaced_cells, of_last_row = max(unplaced_cells, of_rows.max()), of_rows[-1]
    return int(width + unplaced_cells) * int(height + unplaced_rows)


def _pieces(part: bytes) -> Iterator[bytes]:
    """Give a part in pieces that cut no place in two.

    Where there is nowhere to cut, it is nothing that Excel wrote: a place far out is given for it.
    """
    begin = 0
    while begin < len(part):
        piece = part[begin : begin + _PIECE]
        if begin + _PIECE < len(part):
            cut = piece.rfind(b"<")
            if cut < 1:
                cut = int(np.flatnonzero(_IN_NO_PLACE[np.frombuffer(piece, np.uint8)]).max(initial=0))
            if cut < 1:
                yield b'<c r="XFD%d"/>' % (_FAR - 1)
                return
            piece = piece[:cut]
        begin += len(piece)
        yield _PREFIX.sub(b"<", piece) if b":c" in piece or b":row" in piece else piece


def _tight(piece: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Give the signs of a piece, without the blanks beside `=`, some zeros around them; and where each `=` stands."""
    signs = np.frombuffer(b"%b%b%b" % (_ZEROS, piece, _ZEROS), np.uint8)
    at = np.flatnonzero(signs == ord("="))
    if _BLANK[signs[at - 1]].any() or _BLANK[signs[at + 1]].any():
        return _tight(b"=".join(map(bytes.strip, piece.split(b"="))))
    return signs, at


def _places(signs: np.ndarray, equals: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give where attributes `r` name a place, and its column (0: none) and row."""
    at = equals[signs[equals - 1] == ord("r")]
    at = at[(_BLANK | _QUOTE)[signs[at - 2]] & _QUOTE[signs[at + 1]]]
    columns, end = _numbers(signs, at + 2, _LETTER, 1, 26)
    rows, end = _numbers(signs, end, _DIGIT, 0, 10)
    rows = np.where(columns == _FAR, _FAR, rows)
    whole = (rows > 0) & (_QUOTE[signs[end]] | (rows == _FAR))
    return at[whole], columns[whole], rows[whole]


def _numbers(
    signs: np.ndarray, at: np.ndarray, worth: np.ndarray, least: int, base: int
) -> tuple[np.ndarray, np.ndarray]:
    """Read a number at each place, as far as its signs are worth the least or more; and where each ends."""
    numbers, going = np.zeros(len(at), np.int64), np.ones(len(at), bool)
    for _ in range(_LONG):
        value = worth[signs[at]]
        going = going & (value >= least)
        if not going.any():
            break
        numbers = np.where(going, np.minimum(numbers * base + value, _FAR - 1), numbers)
        at = at + going
    return np.where(going, _FAR, numbers), at


def _tags(signs: np.ndarray, tags: np.ndarray, name: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Give where tags of a name begin, and where the tag after each does. tags: where tags begin, and the end."""
    found = np.arange(len(tags) - 1)
    for place, sign in enumerate(name, start=1):
        found = found[signs[tags[found] + place] == sign]
    found = found[_AFTER_NAME[signs[tags[found] + len(name) + 1]]]
    return tags[found], tags[found + 1]


def _unplaced(tags: tuple[np.ndarray, np.ndarray], at: np.ndarray) -> np.ndarray:
    """Give where those tags begin (`_tags`) that hold none of the places."""
    begin, end = tags
    if len(begin) == len(at) and ((begin < at) & (at < end)).all():  # as most are
        return begin[:0]
    return begin[np.searchsorted(at, begin) == np.searchsorted(at, end)]


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
    except Unreadable:
        return
