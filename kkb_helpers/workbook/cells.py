"""Writes cells, looks and paper of every workbook; text passes `defang`, so that nothing is taken for a formula."""

import datetime as dt
import io
import re
from functools import lru_cache
from math import ceil
from pathlib import Path

import pandas as pd

TEXT_LIMIT = 500
LINE = 15  # points
_FORMULA = re.compile(r"[\t\r]|[\s\u00a0\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MADE = dt.datetime(2024, 1, 1)  # a fixed day in the file's properties: the same content, the same bytes


@lru_cache(maxsize=4096)  # sheets say the same names and words over and over
def defang(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula: `'` in front where needed, one line, at most 500 signs."""
    dangerous = _FORMULA.match(text) is not None
    # A line break can carry a formula into a cell of its own once the sheet is saved as CSV.
    text = _BREAKS.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
    text = text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"
    return "'" + text if dangerous else text


def put(sheet, row: int, column: int, value, style=None) -> None:
    """Write one cell: missing as blank, a number as a number, a flag in words, everything else as defanged text."""
    if isinstance(value, str):  # first: nearly all cells are
        sheet.write_string(row, column, defang(value), style)
    elif pd.isna(value):
        sheet.write_blank(row, column, None, style)
    elif pd.api.types.is_bool(value):
        sheet.write_string(row, column, "Ya" if value else "Tidak", style)
    elif pd.api.types.is_number(value):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_string(row, column, defang(str(value)), style)


class Book:
    """An XlsxWriter workbook in memory with this project's looks; the same content gives the same bytes."""

    def __init__(self, title: str):
        import xlsxwriter

        self._buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.file = xlsxwriter.Workbook(self._buffer, options)
        self.file.set_properties({"title": title, "author": "kkb", "created": _MADE})
        self._styles: dict[str, object] = {}

    def sheet(self, name: str):
        return self.file.add_worksheet(name)

    def style(self, name: str):
        if name not in self._styles:
            self._styles[name] = self.file.add_format({"font_name": "Calibri", "valign": "top"} | _LOOKS[name])
        return self._styles[name]

    def bytes(self) -> bytes:
        self.file.close()
        return self._buffer.getvalue()


_LOOKS = {
    "title": {"bold": True, "font_size": 14},
    "header": {
        "bold": True,
        "bg_color": "#1F3864",
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "border": 1,
        "indent": 1,
    },
    "text": {"num_format": "@", "align": "left", "indent": 1},
    "wrap": {"num_format": "@", "text_wrap": True, "align": "left", "indent": 1},
    "number": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.00"},
    "date": {"num_format": "yyyy-mm-dd"},
    "example": {"num_format": "@", "italic": True, "font_color": "#595959", "bg_color": "#F2F2F2"},
    "example_number": {"num_format": "#,##0", "italic": True, "font_color": "#595959", "bg_color": "#F2F2F2"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "banner": {"bold": True, "font_size": 12, "font_color": "#9C0006", "bg_color": "#FFE9E9"},
}


def save(content: bytes, path: str | Path | None) -> bytes:
    if path is not None:
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.draft")
        draft.write_bytes(content)
        draft.replace(target)
    return content


def lines(text: object, width: int) -> int:
    """Give how many lines a text takes in a column of that width: not every program works row heights out itself."""
    return max(1, ceil(len(str(text)) * 1.1 / width))


def print_on_a4(sheet, columns: int, rows: int, header_row: int, left: str, centre: str) -> None:
    """Lay a sheet out: A4 landscape, one page wide, its header row frozen, filtered and on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    sheet.repeat_rows(header_row)
    sheet.freeze_panes(header_row + 1, 0)
    sheet.autofilter(header_row, 0, max(rows, header_row + 1), columns - 1)
    sheet.set_header(f"&L{left.replace('&', '&&')}&C&B{centre.replace('&', '&&')}&R&A")
    sheet.set_footer("&LLaporan Kampung Keluarga Berkualitas&RHalaman &P dari &N")
