"""Workbooks -> sheets."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from ..cells import WITHOUT_VALUE
from . import biff, inside
from .sheet import MAX_COLUMNS, Sheet, Unreadable

MAX_TEXT = 2**16  # twice what a cell of Excel holds
# What a formula is written with, and what an error; the first two alone also begin other words.
_ODD = re.compile(rb"""[<:]f[\s/>]|["']e["']""")
_MAY_BE_ODD = (b"<f", b":f", b'"e"', b"'e'")


def read_workbook(file) -> list[Sheet]:
    """Read the sheets of a workbook (a `File`); raises Unreadable."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    reach = inside.reach(file) if file.content == "xlsx" else biff.reach(file.data)
    if reach > inside.MAX_CELLS:  # one cell far out would be read as a rectangle of blanks
        raise Unreadable("lembar terlalu luas")
    sheets = []
    try:
        with _panics_are_errors(), CalamineWorkbook.from_filelike(io.BytesIO(file.data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(meta.name)
                rows = sheet.to_python(skip_empty_area=False)
                if rows and len(rows[0]) > MAX_COLUMNS:
                    raise Unreadable("terlalu banyak kolom")
                _refuse_overlong(rows)
                hidden = meta.visible != SheetVisibleEnum.Visible
                merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
                sheets.append(Sheet(meta.name, rows, list(range(1, len(rows) + 1)), hidden, merged))
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(f"buku kerja rusak: {error}") from None
    if file.content == "xlsx":
        _put_back_what_calamine_blanks(file, sheets)
    return sheets


def _refuse_overlong(rows: list[list]) -> None:
    """Raise Unreadable where a text is longer than any program's cell: one may stand in every cell of a sheet."""
    for number, row in enumerate(rows, 1):
        if any(type(cell) is str and len(cell) > MAX_TEXT for cell in row):
            raise Unreadable("sel terlalu panjang", number)


@contextmanager
def _panics_are_errors() -> Iterator[None]:
    """Make of a panic of calamine a ValueError, and keep its report off the screen.

    It comes as a BaseException, for Rust thinks that no program can go on; only a damaged file was read.
    """
    try:
        screen = os.dup(2)
    except OSError:  # a program without a console
        screen = None
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - its number is wanted
            if screen is not None:
                os.dup2(nowhere.fileno(), 2)
            yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("isi tidak sesuai dengan bentuknya") from None
    finally:
        if screen is not None:
            os.dup2(screen, 2)
            os.close(screen)


def _put_back_what_calamine_blanks(file, sheets: list[Sheet]) -> None:
    """Calamine gives '' for an error cell and for a formula without a result: a blank cell is neither."""
    parts = {name: part for name, part in file.xml_parts() if name.startswith("xl/")}
    for sheet, part in zip(sheets, _parts_in_order(parts), strict=False):
        if part is None or not (any(mark in part for mark in _MAY_BE_ODD) and _ODD.search(part)):
            continue
        for row, column, text in _odd_cells(part):
            if row <= len(sheet.rows) and column < len(sheet.rows[row - 1]):
                sheet.rows[row - 1][column] = text


def _parts_in_order(parts: dict[str, bytes]) -> list[bytes | None]:
    """The XML of the worksheets, in the workbook's order."""
    from defusedxml.ElementTree import fromstring

    relations = {r.get("Id"): r.get("Target") for r in fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<r/>"))}
    found = []
    for sheet in fromstring(parts["xl/workbook.xml"]).iter():
        if sheet.tag.endswith("}sheet"):
            target = relations.get(next((v for k, v in sheet.attrib.items() if k.endswith("}id")), ""), "") or ""
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if "worksheets/" in name:
                found.append(parts.get(name))
    return found


def _odd_cells(part: bytes):
    """Give row, column and text of each error cell and each formula without a result."""
    from defusedxml.ElementTree import iterparse

    for _, cell in iterparse(io.BytesIO(part)):
        if cell.tag.rpartition("}")[2] == "row":
            cell.clear()
        if cell.tag.rpartition("}")[2] != "c" or not (place := re.fullmatch(r"([A-Z]{1,3})(\d+)", cell.get("r", ""))):
            continue
        value = next((child.text for child in cell if child.tag.endswith("}v")), None)
        formula = any(child.tag.endswith("}f") for child in cell)
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - 64
        if cell.get("t") == "e" and value:
            yield int(place[2]), column - 1, value
        elif formula and not value:
            yield int(place[2]), column - 1, WITHOUT_VALUE
