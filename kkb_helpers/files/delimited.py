"""Delimited text -> a sheet."""

import csv
import io
import re

import numpy as np

from ..cells import Column
from .sheet import MAX_COLUMNS, Lines, Sheet, Unreadable

MAX_FIELD = 2**20
DELIMITERS = (";", ",", "\t", "|")


def read_text(text: str) -> Sheet:
    """Read delimited text; raises Unreadable with the row where it stops being a table."""
    if "\x00" in text:
        raise Unreadable("karakter NUL", text[: text.index("\x00")].count("\n") + 1)
    first, _, rest = text.partition("\n")
    skipped = 0
    if match := re.fullmatch(r'"?sep=(.)"?\s*', first.strip("\r\n"), re.IGNORECASE):
        delimiter, text, skipped = match[1], rest, 1
    else:
        delimiter = _delimiter(text)
    if columns := _columns(text, delimiter):
        filled = np.zeros(len(columns[0]), dtype=bool)
        for column in columns:
            if not filled.all():
                filled[column.where(column.distinct)] = True
        left = np.flatnonzero(filled)
        columns = columns if filled.all() else [column.take(left) for column in columns]
        return Sheet("", Lines(columns), (left + 1 + skipped).tolist())
    rows, numbers = [], []
    for number, row in enumerate(_records(text, delimiter), 1 + skipped):
        if any(row):
            if len(row) > MAX_COLUMNS:
                raise Unreadable("terlalu banyak kolom", number)
            rows.append(row)
            numbers.append(number)
    return Sheet("", rows, numbers)


def _columns(text: str, delimiter: str) -> list[Column] | None:
    """Read a text without quotation marks whose lines have equally many cells: what a program writes of numbers.

    None for any other text, which is read record by record.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    width = text.partition("\n")[0].count(delimiter) + 1
    if not 1 < width <= MAX_COLUMNS or not delimiter.isascii() or '"' in text or text.startswith("\ufeff"):
        return None  # arrow takes a sign at the start for a mark of the encoding, which was taken off already
    names, data = [str(at) for at in range(width)], text.encode()
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            arrow.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            arrow.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())), strings_can_be_null=False
            ),
        )
    except pa.ArrowException:
        return None
    found = [column.chunk(0) for column in table.columns]
    columns = [Column(cells.dictionary.to_pylist(), cells.indices.to_numpy().astype(np.intp)) for cells in found]
    overlong = len(text) > MAX_FIELD and any(len(cell) > MAX_FIELD for column in columns for cell in column.distinct)
    return None if overlong else columns


def _records(text: str, delimiter: str):
    """Give the records of a CSV text: a quoted line break stays in its cell, as in Excel."""
    csv.field_size_limit(MAX_FIELD)
    number = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            yield record
    except csv.Error as error:
        what = "sel terlalu panjang" if "field limit" in str(error) else "tanda kutip tidak ditutup"
        raise Unreadable(what, number + 1) from None


def _delimiter(text: str) -> str:
    """Choose from the closed list the sign that gives the widest even table; Unreadable where two are as good."""
    sample = text[:65536] if len(text) <= 65536 else text[: text.rfind("\n", 0, 65536) + 1] or text[:65536]
    scores = {}
    for delimiter in DELIMITERS:
        widths = []
        try:
            for row, _ in zip(_records(sample, delimiter), range(60), strict=False):
                widths.append(sum(1 for _ in row))
        except Unreadable:
            if not widths:
                continue
        wide = [w for w in widths if w > 1]
        if wide:
            usual = max(set(wide), key=wide.count)
            scores[delimiter] = wide.count(usual) * (usual - 1)
    if not scores:
        return ";"
    best = sorted(scores.values())
    if len(best) > 1 and best[-1] == best[-2]:
        raise Unreadable("pemisah kolom tidak jelas")
    return max(scores, key=scores.get)
