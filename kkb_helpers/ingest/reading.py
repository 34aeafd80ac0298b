"""A file -> a part: its kind, its header, its cells."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from .. import cells, checks, files, parallel, privacy, sources
from ..errors import Killed
from .forms import form_in, read_form
from .maps import Map, beside
from .pages import read_page
from .parts import PLACE_NAMES, Part, kept_part, note
from .rows import Table

SMALL = 200_000  # bytes of files together that one process reads before a second one has begun
LARGE = 64 * 2**20  # bytes of files together whose rows are not held in memory


def read(file: files.File, today: dt.date | None = None, drop_personal: bool = False, map_: Map | None = None) -> Part:
    """Read one file: recognise its kind, its header and its cells, or take them from its map. Nothing is written.

    Of a file with persons' data nothing is read but where they are; with `drop_personal`, an export that is good
    without its columns of officers' names and contacts is read without them, and the part's file is the one without.
    """
    part = Part(file, map=map_)
    part.findings = checks.run("file", file, part.name, until_refused=True, tally=part.seen)
    if checks.refuses(part.findings):
        return part
    places = privacy.scan(file)
    if places:
        clean = privacy.cleaned(file, places) if drop_personal else None
        if clean is not None and not (without := read(clean, today, map_=map_)).refused:
            return without
        part.findings = checks.run("persons", places, part.name, tally=part.seen)
        return part
    note(part, "persons", places)
    note(part, "dropped", privacy.left_out(file.sheets))
    if map_ is None and (form := form_in(file.sheets)) is not None:
        read_form(part, *form)
        return part
    recognition = map_.recognition(file.sheets) if map_ else sources.recognise(file.sheets)
    if map_ is None and recognition.header is None and (page := sources.recognise_page(file.sheets)):
        read_page(part, *page)
        return part
    reception = checks.Reception(recognition)
    if recognition.header is not None:
        part.source, part.sheet = recognition.header.source, recognition.sheet.name
        table = Table.under(recognition.header, recognition.sheet)
        reception = checks.Reception(recognition, tuple(table.column_numbers), tuple(table.repeated_headers))
    else:
        note(part, "shape", privacy.persons(file.sheets))
        if part.personal:
            return part
    note(part, "reception", reception)
    if recognition.header is None or part.refused:
        return part
    if table.kept:
        read_table(part, recognition, table, today or dt.date.today())
    note(part, "empty", checks.Body(recognition.header_number, len(table.kept)))
    return part


def read_table(part: Part, recognition: sources.Recognition, table: Table, today: dt.date) -> None:
    """Read the columns of a table into the part's frame; a row without a month is set aside."""
    header = recognition.header
    columns: dict[str, pd.Series] = {}
    bad_times, coded = [], []
    for at, column in sorted(header.columns.items()):
        reading = cells.read_column(table.column(at), column.kind, column.highest)
        if column.name in header.scaled:
            reading = cells.Reading(reading.column * 100, reading.faults, reading.clash)
        note(part, "cells", checks.Cells(column, header.titles[at], reading, table.numbers))
        columns[column.name] = reading.column
        bad_times += [(table.numbers[f.at], cells.text_of(f.cell)) for f in reading.faults if f.kind == cells.MONTH]
        coded += [(table.numbers[f.at], str(f.cell)) for f in reading.faults if f.kind == cells.NUMBER]
    for name, text in header.given.items():
        kind = next(c.kind for c in header.source.columns if c.name == name)
        reading = cells.read_column([text] * len(table.kept), kind)
        columns[name] = reading.column
        bad_times += [(recognition.header_number, text) for f in reading.faults[:1] if f.kind == cells.MONTH]
    note(part, "totals", _totals(table, header, columns))
    frame = pd.DataFrame(columns)
    for name in PLACE_NAMES:
        if name not in frame:
            frame[name] = pd.Series("", index=frame.index, dtype="str")
    frame["source_row"] = table.numbers
    frame = _by_kind(frame, header) if header.abreast else frame
    future = _future(frame, today)
    dropped = frame["source_row"].isin({row for row, _ in (*bad_times, *future)})
    dropped |= frame["period"].eq("") if "period" in frame else False
    part.frame = frame[~dropped].reset_index(drop=True) if dropped.any() else frame
    part.numeric_codes, part.totals = tuple(coded), tuple(table.totals)
    odd = (tuple(table.totals), tuple(table.notes), tuple(table.overlong), tuple(bad_times), future)
    dated = len(frame) if "period" in frame else 0
    month = next((header.titles[at] for at, c in header.columns.items() if c.name == "period"), "")
    note(part, "rows", checks.Rows(*odd, today, left=len(part.frame), dated=dated, month=month))


def _by_kind(frame: pd.DataFrame, header: sources.Header) -> pd.DataFrame:
    """Give rows with a column for each kind of group and value as one row a kind, where it has any."""
    common = [name for name in frame if " " not in name]
    blocks = []
    for kind in dict.fromkeys(header.abreast.values()):
        own = {name: name.partition(" ")[2] for name in frame if name.partition(" ")[0] == kind and " " in name}
        block = frame[[*common, *own]].rename(columns=own).assign(kind=kind)
        blocks.append(block[block[list(own.values())].notna().any(axis=1)])
    whole = pd.concat(blocks, ignore_index=True).astype({"kind": "str"})
    return whole.sort_values("source_row", kind="stable", ignore_index=True)


def _totals(table: Table, header: sources.Header, columns: dict[str, pd.Series]) -> checks.Totals:
    """What the rows of totals say, for each column of counts."""
    counts = {at: c for at, c in header.columns.items() if c.kind == "count"}
    said = [
        (number, above, {c.name: cells.read_column([row[at]], "count").column.iloc[0] for at, c in counts.items()})
        for number, (above, row) in zip(table.totals, table.total_rows, strict=True)
    ]
    return checks.Totals({c.name: (header.titles[at], columns[c.name]) for at, c in counts.items()}, said)


def _future(frame: pd.DataFrame, today: dt.date) -> tuple[tuple[int, str], ...]:
    """The rows of months that have not begun, of those that name their year."""
    if "period" not in frame:
        return ()
    late = (frame["period"].str.len() == 7) & ~frame["period"].str.contains("S") & (frame["period"] > f"{today:%Y-%m}")
    return tuple(zip(frame["source_row"][late].tolist(), frame["period"][late].tolist(), strict=True))


def parts_of(
    wanted: Sequence[tuple[files.File, Map | None]], folder: Path | None, drop_personal: bool = False
) -> list[Part]:
    """Read files, each by its map, or take what an earlier import of the same content by the same program kept.

    The rows of files that are large together are kept in `folder` as they are read, and lie there.
    """
    lying = folder is not None and sum(len(file.data) for file, _ in wanted) > LARGE
    parts = {}
    for at, (file, map_) in enumerate(wanted):
        if folder is not None and (kept := kept_part(file, folder, map_, lying)):
            parts[at] = kept
    unread = [at for at in range(len(wanted)) if at not in parts]
    unread.sort(key=lambda at: _length(wanted[at][0]), reverse=True)
    small = sum(len(wanted[at][0].data) for at in unread) < SMALL
    calls = [partial(_read_lightly, *wanted[at], drop_personal, folder if lying else None) for at in unread]
    names = [wanted[at][0].name for at in unread]
    parts |= dict(zip(unread, _read_apart(calls, names, workers=1 if small else None), strict=True))
    return [parts[at] for at in range(len(wanted))]


def _read_apart(calls: Sequence[Callable[[], Part]], names: Sequence[str], workers: int | None) -> list[Part]:
    """Make calls that read one file each in a process of their own: a file that ends its reader ends only that.

    Killed, with the names of the files that do, where it was ended.
    """
    try:
        return parallel.apart(lambda: parallel.side_by_side(calls, workers)) if calls else []
    except Killed as fault:
        deadly = [name for call, name in zip(calls, names, strict=True) if _is_deadly(call)]
        raise _naming(deadly, fault) from None


def blamed(fault: Killed, originals: Sequence[Path], folder: Path) -> Killed:
    """Give the fault of a process that was ended while it imported, with the names of the originals that end it.

    Only those are read, each apart, of which no part lies in `folder`: the process had read the others.
    """
    deadly = []
    for path in originals:
        file, map_ = files.File.read(path), beside(path.parent, path.name)
        if kept_part(file, folder, map_) is None and _is_deadly(partial(_read_lightly, file, map_, False, None)):
            deadly.append(file.name)
    return _naming(deadly, fault)


def _naming(deadly: Sequence[str], fault: Killed) -> Killed:
    told = ", ".join(map(privacy.safe_name, deadly))
    return Killed(
        f"Proses yang membaca {told} dihentikan sistem; tidak ada yang diimpor. Keluarkan berkas itu, atau simpan "
        "ulang di Excel, lalu ulangi."
        if told
        else fault.messages
    )


def _is_deadly(call: Callable[[], Part]) -> bool:
    try:
        parallel.apart(lambda: call() and None)
    except Killed:
        return True
    return False


def _length(file: files.File) -> int:
    """Give the bytes that are to be read of a file, unpacked as far as its directory tells.

    A copy is asked: a hostile directory may be long, and the given file is at hand until all are read.
    """
    directory = files.File(file.name, file.data).zip
    return sum(info.file_size for info in directory or ()) or len(file.data)


def _read_lightly(file: files.File, map_: Map | None, drop_personal: bool, folder: Path | None) -> Part:
    """Read a file, and let go of its cells; of its rows too where there is a folder to lay them down in.

    A `File` holds its cells once they were asked for, so a copy is asked: the given one is at hand until all are read.
    """
    part = read(files.File(file.name, file.data), drop_personal=drop_personal, map_=map_)
    part = replace(part, file=files.File(part.file.name, part.file.data))
    if folder is not None and not part.refused:
        part.lay_down(folder)
    return part
