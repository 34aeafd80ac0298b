"""The cells of a sheet, and what is said where bytes are none."""

from dataclasses import dataclass

MAX_COLUMNS = 2000


class Unreadable(Exception):
    """The bytes are not what they seem to be; the row is where it showed, where that is known."""

    def __init__(self, what: str, row: int | None = None):
        super().__init__(what)
        self.what, self.row = what, row


@dataclass
class Sheet:
    """The cells of one sheet: `rows[i]` is row `numbers[i]` of Excel. Hidden ones are not read for data.

    merged: the ranges of merged cells as positions (top, left, bottom, right), all inclusive; the value of such a range
    stands in its first cell, the others are empty.
    """

    name: str
    rows: list[list]
    numbers: list[int]
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
