"""The same file without the columns of officers' names and contacts, and without all that is no cell."""

import csv
import datetime as dt
import io
from collections.abc import Mapping

from ..files import WITHOUT_VALUE, File, Sheet

CLEANED = "-tanpa-data-petugas"
MARK = "(ditinggalkan: {})"
_MADE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)  # a fixed day in the file's properties: the same content, the same bytes


def without(file: File, columns: Mapping[tuple[int, int, int], str]) -> File:
    """Give a file with some columns blank below a label that says so, and its rows and letters where they were.

    columns: (number of the sheet, position of the label's row and of the column, all from 0) -> what the column held.
    Comments, properties and all else that is no cell are left out with them; the new name says so.
    """
    sheets = [Sheet(s.name, [list(row) for row in s.rows], s.numbers, s.hidden) for s in file.sheets]
    for (number, first, at), kind in columns.items():
        for row in sheets[number].rows[first:]:
            if at < len(row):
                row[at] = ""
        label = sheets[number].rows[first]
        label += [""] * (at + 1 - len(label))  # a header may be shorter than the rows below it
        label[at] = MARK.format(kind)
    plain = file.content in ("csv", "html")
    data = _as_csv(sheets[0]) if plain else _as_workbook(sheets)
    stem, dot, _ = file.name.rpartition(".")
    return File(f"{stem if dot else file.name}{CLEANED}{'.csv' if plain else '.xlsx'}", data)


def _as_csv(sheet: Sheet) -> bytes:
    """Write the rows under their numbers; a row that was blank stays one."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    written = 0
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        buffer.write("\n" * (number - written - 1))
        writer.writerow(row)
        written = number
    return buffer.getvalue().encode("utf-8")


def _as_workbook(sheets: list[Sheet]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _MADE.replace(tzinfo=None)})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name or None)
        if sheet.hidden:
            page.hide()
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            for at, cell in enumerate(row):
                _put(page, number - 1, at, cell, dates)
    book.close()
    return buffer.getvalue()


def _put(page, row: int, column: int, cell: object, dates) -> None:
    """Write a cell so that it is read as it was: a number that is text stays text."""
    if cell is None or cell == "":
        return
    if cell == WITHOUT_VALUE:
        page.write_formula(row, column, '=""', None, "")
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    elif isinstance(cell, dt.date | dt.time | dt.timedelta):
        page.write_datetime(row, column, cell, dates)
    else:
        page.write_string(row, column, str(cell))
