"""A page of areas (see `sources.pages`) -> a part: one row an area and column.

Every cell of a portal page is text that its own redraws may have damaged: 1448 is shown as `1.448`, then `1,448`, then
`1`. A page is read in the one way all its numbers are written; its Total row tells whether that was right.
"""

import re

import pandas as pd

from .. import areas, cells, checks, files, sources
from .parts import PLACE_NAMES, Part, note
from .rows import says_total

_COMMAS = re.compile(r"\d{1,3}(,\d{3})+")
_DOTS = re.compile(r"\d{1,3}(\.\d{3})+")


def read_page(part: Part, sheet: files.Sheet, header: sources.PageHeader) -> None:
    """Read a page; `village_code` of its rows is the area as matched, of whatever level."""
    part.source, part.sheet = header.source, sheet.name
    numbered = list(zip(sheet.rows[header.row + 1 :], sheet.numbers[header.row + 1 :], strict=True))
    rows = [(row, number) for row, number in numbered if _name_in(row, header) and not _is_total(row, header)]
    total = next(((row, number) for row, number in numbered if _is_total(row, header)), None)
    page = _counts(part, rows, total, header)
    note(part, "page", page)
    note(part, "empty", checks.Body(sheet.numbers[header.row], len(rows)))
    if part.refused:
        return
    names = [_name_in(row, header) for row, _ in rows]
    codes = areas.match_inside(names, header.level, header.within, header.within_level)
    long = [
        {"village_code": code, "area_code": code, "column": page.names[at], "value": value, "source_row": number,
         header.level if header.level != "desa" else "kelurahan": name}
        for at, counts in page.counts.items()
        if at not in page.contradicted
        for (_, number), name, code, value in zip(rows, names, codes, counts, strict=True)
    ]  # fmt: skip
    frame = pd.DataFrame(long)
    frame["value"] = frame["value"].astype("Int64")
    above = header.within_level
    for name in PLACE_NAMES:
        written = frame.get(name, header.within if name == above else "")
        frame[name] = pd.Series(written, index=frame.index, dtype="str")
    lost = frame["village_code"].isna()
    reason = pd.Series("", index=frame.index, dtype="str").mask(lost, f"{header.level} tidak ditemukan")
    kinds = dict.fromkeys(("village_code", "area_code", "column", "how", "near"), "str")
    part.frame = frame.assign(how="halaman", score=100.0, reason=reason, near="").astype(kinds)
    part.totals = (total[1],) if total else ()


def _counts(part: Part, rows: list, total, header: sources.PageHeader) -> checks.PageTable:
    """Read the columns of counts, and keep those of percentages as they are written."""
    numbers = [number for _, number in rows]
    by_position = {at: [_at(row, at) for row, _ in rows] for at in (*header.counts, *header.percents)}
    sums = {at: _at(total[0], at) if total else "" for at in header.counts}
    marked = {cells.text_of(c) for at in header.counts for c in (*by_position[at], sums[at])}
    commas = any(_COMMAS.fullmatch(text) for text in marked) and not any(_DOTS.fullmatch(text) for text in marked)
    counts, said = {}, {}
    for at in header.counts:
        column = sources.Column(header.titles[at], name=header.counts[at], required=False)
        written = [_without_commas(c) if commas else c for c in (*by_position[at], sums[at])]
        reading = cells.read_column(written[:-1], "count")
        note(part, "cells", checks.Cells(column, header.titles[at], reading, numbers))
        counts[at] = reading.column
        said[at] = cells.read_column(written[-1:], "count").column.iloc[0]
    return checks.PageTable(header, numbers, counts, said, by_position, total[1] if total else None)


def _at(row: list, at: int) -> object:
    return row[at] if at < len(row) else ""


def _name_in(row: list, header: sources.PageHeader) -> str:
    return cells.text_of(_at(row, header.area))


def _is_total(row: list, header: sources.PageHeader) -> bool:
    return any(says_total(cell) for cell in row[: header.area + 1])


def _without_commas(cell: object) -> object:
    text = cells.text_of(cell)
    return text.replace(",", "") if _COMMAS.fullmatch(text) else cell
