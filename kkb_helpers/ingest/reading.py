"""A file -> a part: its kind, its header, its cells."""

import datetime as dt
from pathlib import Path

import pandas as pd

from .. import cells, checks, files, sources
from .forms import form_in, read_form
from .parts import PLACE_NAMES, Part, kept_names, kept_part, note
from .rows import Table


def read(file: files.File, today: dt.date | None = None) -> Part:
    """Read one file: recognise its kind, its header and its cells. Nothing is written and no area is looked up."""
    part = Part(file, findings=checks.run("file", file, file.name, until_refused=True))
    if checks.refuses(part.findings):
        return part
    if (form := form_in(file.sheets)) is not None:
        read_form(part, *form)
        return part
    recognition = sources.recognise(file.sheets)
    reception = checks.Reception(recognition)
    if recognition.header is not None:
        part.source, part.sheet = recognition.header.source, recognition.sheet.name
        table = Table.under(recognition.header, recognition.sheet)
        reception = checks.Reception(recognition, tuple(table.column_numbers), tuple(table.repeated_headers))
    note(part, "reception", reception)
    if recognition.header is None or part.refused:
        return part
    if table.rows:
        read_table(part, recognition, table, today or dt.date.today())
    if not len(part.frame):
        note(part, "empty", recognition.header_number)
    return part


def read_table(part: Part, recognition: sources.Recognition, table: Table, today: dt.date) -> None:
    """Read the columns of a table into the part's frame; a row without a month is set aside."""
    by_position = list(zip(*table.rows, strict=True))
    header = recognition.header
    titles = recognition.sheet.rows[header.row]
    columns: dict[str, pd.Series] = {}
    bad_times, coded = [], []
    for at, column in sorted(header.columns.items()):
        reading = cells.read_column(list(by_position[at]), column.kind, column.highest)
        note(part, "cells", checks.Cells(column, cells.text_of(titles[at]), reading, table.numbers))
        columns[column.name] = reading.column
        bad_times += [(table.numbers[f.at], cells.text_of(f.cell)) for f in reading.faults if f.kind == cells.MONTH]
        coded += [(table.numbers[f.at], str(f.cell)) for f in reading.faults if f.kind == cells.NUMBER]
    frame = pd.DataFrame(columns)
    for name in PLACE_NAMES:
        if name not in frame:
            frame[name] = pd.Series("", index=frame.index, dtype="str")
    frame["source_row"] = table.numbers
    future = _future(frame, today)
    dropped = {row for row, _ in (*bad_times, *future)}
    part.frame = frame[~frame["source_row"].isin(dropped)].reset_index(drop=True) if dropped else frame
    part.numeric_codes, part.totals = tuple(coded), tuple(table.totals)
    odd = (tuple(table.totals), tuple(table.notes), tuple(table.overlong), tuple(bad_times), future)
    note(part, "rows", checks.Rows(*odd, today, left=len(part.frame)))


def _future(frame: pd.DataFrame, today: dt.date) -> tuple[tuple[int, str], ...]:
    """The rows of months that have not begun, of those that name their year."""
    if "period" not in frame:
        return ()
    late = (frame["period"].str.len() == 7) & ~frame["period"].str.contains("S") & (frame["period"] > f"{today:%Y-%m}")
    return tuple(zip(frame["source_row"][late].tolist(), frame["period"][late].tolist(), strict=True))


def part_of(file: files.File, folder: Path | None) -> Part:
    """Read a file, or take what an earlier import of the same content by the same program kept."""
    meta, frame = kept_names(file, folder) if folder is not None else (None, None)
    return kept_part(file, meta, frame) if meta is not None and meta.is_file() and frame.is_file() else read(file)
