"""A fill-in workbook -> a part."""

from itertools import zip_longest

import pandas as pd

from .. import cells, checks, files, sources, workbook
from .parts import PLACE_NAMES, Part, note


def form_in(sheets: list[files.Sheet]) -> tuple[str, files.Sheet, int] | None:
    """Find the sheet of a fill-in workbook: its name, the sheet and the position of its header."""
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[: sources.HEADER_WITHIN]):
            if not sheet.hidden and (name := workbook.form_of(row)):
                return name, sheet, at
    return None


def read_form(part: Part, name: str, sheet: files.Sheet, at: int) -> None:
    """Read a fill-in workbook; `village_code` of its rows is the area as matched, a kabupaten in funds and meetings."""
    part.source, part.sheet = sources.FORMS[name], sheet.name
    width = len(workbook.HEADERS[name])
    raw = [[*row, *[""] * (width - len(row))] for row in sheet.rows[at:]]
    numbers = sheet.numbers[at:]
    _, table, problems = workbook.tidy_sheet([[_plain(cell) for cell in row] for row in raw], part.file.name)
    written = dict(zip(workbook.HEADERS[name].values(), zip_longest(*raw, fillvalue=""), strict=False))
    positions = table["source_row"].to_numpy() - 1
    for place in PLACE_NAMES:
        column = written.get(place)
        table[place] = pd.Series([cells.text_of(column[i]) if column else "" for i in positions], dtype="str")
    table["village_code"] = table[sources.FORMS[name].key[0]]
    lost = "desa tidak ditemukan" if name == "partners" else "kabupaten/kota tidak ditemukan"
    reason = pd.Series("", index=table.index, dtype="str").mask(table["village_code"].isna(), lost)
    table = table.assign(how="borang", score=100.0, reason=reason, near="").astype({"how": "str", "near": "str"})
    for frame in (table, problems):
        frame["source_row"] = [numbers[row - 1] for row in frame["source_row"]]
    part.frame = table[table["period"].notna()].reset_index(drop=True)
    undated = tuple((row, "") for row in table["source_row"][table["period"].isna()])
    note(part, "form", checks.Form(problems, len(table)))
    note(part, "rows", checks.Rows(bad_times=undated, left=len(part.frame), dated=len(table)))
    note(part, "empty", checks.Body(numbers[0], len(table)))


def _plain(cell: object) -> object:
    return "" if cell is None or cell == cells.WITHOUT_VALUE else cell
