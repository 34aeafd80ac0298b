"""What stands over a table: titles of one to three rows, and lines that say where and when the table is of."""

import re

from ..cells import text_of
from ..files import Sheet
from .kinds import label_of

HEADER_WITHIN = 20
DEEPEST = 3


def titles_of(sheet: Sheet, position: int, depth: int) -> list[tuple[str, ...]] | None:
    """Give what each column may be called under a header of `depth` rows that ends at `position`.

    The first name is the whole title (`Dasar Jumlah`), the next ones leave its upper rows out (`Jumlah`). None where
    the rows above are no header: fewer than two filled cells.
    """
    if position < depth - 1:
        return None
    *upper, bottom = (_texts(sheet, at) for at in range(position - depth + 1, position + 1))
    if any(sum(map(bool, row)) < 2 for row in upper):
        return None
    width = max([len(bottom), *map(len, upper)])
    bottom = bottom + [""] * (width - len(bottom))
    spread = [_spread(sheet, at, bottom) for at in range(position - depth + 1, position)]
    names = []
    for column in zip(*spread, bottom, strict=True):
        words = [w for i, w in enumerate(column) if w and (i == 0 or w != column[i - 1])]
        names.append(tuple(" ".join(words[k:]) for k in range(len(words))) or ("",))
    return names


def _texts(sheet: Sheet, at: int) -> list[str]:
    return sheet.head[at] if at < len(sheet.head) else list(map(text_of, sheet.rows[at]))


def _spread(sheet: Sheet, at: int, bottom: list[str]) -> list[str]:
    """Give an upper row of a header with each text over all the columns it spans: as merged, else up to the next."""
    row = _texts(sheet, at)
    row = row + [""] * (len(bottom) - len(row))
    covering = [(left, right) for top, left, low, right in sheet.merged if top <= at <= low and right > left]
    merged = any(top <= at <= low for top, _, low, _ in sheet.merged)
    for left, right in covering:
        for column in range(left + 1, min(right + 1, len(row))):
            row[column] = row[left]
    if not merged:
        for column in range(1, len(row)):
            if not row[column] and bottom[column]:
                row[column] = row[column - 1]
    return row


def said_above(sheet: Sheet, position: int, labels: dict[str, str]) -> dict[str, str]:
    """Give what lines over a header say, by name: `KABUPATEN : 05 - MAJENE`, in one cell or two.

    labels: folded label -> name.
    """
    said: dict[str, str] = {}
    for row in sheet.rows[:position]:
        words = [text for cell in row if (text := text_of(cell))]
        for at, text in enumerate(words):
            label, value = _label_and_value(text, words[at + 1 : at + 3])
            if value and (name := labels.get(label_of(label))):
                said.setdefault(name, value)
    return said


def _label_and_value(text: str, after: list[str]) -> tuple[str, str]:
    """Split `LABEL : value`, whose mark and value may stand in the next cells; without a mark there is no value."""
    label, mark, value = re.fullmatch(r"([^:=]*)([:=]?)(.*)", text).groups()
    if not value.strip() and after:
        following = after[0] if after[0].strip(":= ") else "".join(after)
        value = following.lstrip(":= ") if mark or following.startswith((":", "=")) else ""
    return label, value.strip()
