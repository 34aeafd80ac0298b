"""A file of unknown origin -> a tidy table with codes, or a list of findings.

`DATA/raw` keeps every original and `register.csv` what is known of it; `DATA/tables` follows from those two alone, so
that codes do not depend on the order of import. A file read once is kept in `DATA/tables/.parts` by its fingerprint.
The import writes originals first, then the register, then the tables, each whole: after a crash the next one repairs.
Where a file in `DATA/raw` names neither year nor date, `DATA/raw/import.toml` may (`[files."a.csv"]`, `year = 2024`).
"""

import datetime as dt
import hashlib
import json
import os
import re
import stat
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from . import areas, cells, checks, files, sources, store, workbook
from .errors import EnvironmentFault, UsageError

REGISTER = "register.csv"
PARTS = ".parts"
STAMP = "built.json"
NOTES = "import.toml"
_PORTAL_DATE = re.compile(r"_(20\d{2})(\d{2})(\d{2})\d{6}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)  # Path has made one slash of two; C:/ is no address
_TOTAL = re.compile(r"^(JUMLAH|TOTAL|GRAND TOTAL|SUB ?TOTAL|JUMLAH TOTAL)\b")
_COLUMN_NUMBER = re.compile(r"\(?\d{1,3}\)?")
_PLACE_NAMES = [c.name for c in sources.PLACES]


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    status: `diimpor`, `sudah ada` (the same content is registered), `ditolak` (a finding says why), `tidak dikenal` (no
    known export; listed, not copied). kind and title: what it was taken for. villages, matched: distinct villages
    as written, and those that got a code. findings: how many of each severity, as in `3 PERINGATAN, 1 CATATAN`.
    """

    name: str
    status: str
    exit_code: int = 0
    kind: str = ""
    title: str = ""
    rows: int = 0
    villages: int = 0
    matched: int = 0
    time: str = ""
    findings: str = ""


@dataclass
class Report:
    """What an import or check did: one `FileReport` a file, every finding, and the rows of each table written."""

    files: list[FileReport] = field(default_factory=list)
    findings: pd.DataFrame = field(default_factory=lambda: checks.frame_of([]))
    tables: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """The worst exit code of its files."""
        return max((f.exit_code for f in self.files), default=0)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.tables)

    @property
    def refusals(self) -> list[str]:
        """One line for each finding that refuses a file."""
        refused = {f.name for f in self.files if f.exit_code}
        shown = self.findings[self.findings["file"].isin(refused) & self.findings["severity"].isin(["TOLAK", "GAGAL"])]
        return [checks.message(row) for row in shown.to_dict("records")]


@dataclass
class Part:
    """One file read: its kind, its rows with the places as written, and what was found in it.

    frame: one row a row of the file, columns of `sources.PLACES`, `period` where the file has one (a month without a
    year as `09`), the kind's columns, `source_row`. findings: as `checks.run` gives. refused: why nothing is taken.
    """

    file: files.File
    source: sources.Source | None = None
    sheet: str = ""
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: list[dict] = field(default_factory=list)
    numeric_codes: tuple[tuple[int, str], ...] = ()
    totals: tuple[int, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a finding refuses the file."""
        return self.source is None or checks.refuses(self.findings)

    @property
    def needs_year(self) -> bool:
        """Whether a month of it names no year."""
        return "period" in self.frame and bool((self.frame["period"].str.len() == 2).any())

    @property
    def newest_month(self) -> str:
        """The last of its months without a year, as `09`."""
        return max(self.frame["period"][self.frame["period"].str.len() == 2], default="")

    @property
    def needs_date(self) -> bool:
        """Whether it is a snapshot."""
        return self.source is not None and self.source.time == "tanggal"


# --- the commands --------------------------------------------------------------------------------------------------


def import_paths(paths: Iterable[Path], data: Path, year: int | None = None, as_of: str | None = None) -> Report:
    """Take files or folders into `data`: copy the originals, register them, rebuild the tables.

    Good files are taken even where another is refused. Raises UsageError, before anything is written, where a path does
    not exist or a file needs a year or date that was not given.
    """
    return _take(_walk(paths), data, _checked_year(year), _checked_date(as_of))


def _take(listed: list["_Received"], data: Path, year: int | None, as_of: str | None) -> Report:
    received = _receive(listed, data)
    _demand_times(received, year, as_of)
    register = before = _register(data)
    copied: list[Path] = []
    with _writing(data):
        try:
            for item in received:
                if item.part is not None and not item.part.refused:
                    register = _enter(register, data, item, year, as_of, copied)
            if not register.equals(before):
                store.write_csv(data / "raw" / REGISTER, register)
        except BaseException:  # an original without its line in the register would have lost its year
            for path in copied:
                path.unlink(missing_ok=True)
            raise
    built = _build(data, register, {r.part.file.sha256: r.part for r in received if r.part is not None})
    return _report(received, built, register)


def check_paths(paths: Iterable[Path], data: Path, year: int | None = None, as_of: str | None = None) -> Report:
    """Do what `import_paths` does, and write nothing."""
    year, as_of = _checked_year(year), _checked_date(as_of)
    received = _receive(_walk(paths), data, fresh=True)
    _demand_times(received, year, as_of)
    entries, parts = [], {}
    for item in received:
        if item.part is not None and not item.part.refused and item.part.file.sha256 not in parts:
            parts[item.part.file.sha256] = item.part
            entries.append(_entry(item.part.file.name, item, year, as_of))
    register = pd.DataFrame(entries, columns=store.REGISTER_COLUMNS, dtype=str)
    return _report(received, _assemble(register, parts), register)


def refresh(data: Path, year: int | None = None, as_of: str | None = None) -> Report:
    """Import what `data/raw` and its register hold and the tables lack; nothing where they are up to date.

    Raises UsageError where a file put into `data/raw` by hand needs a year or date.
    """
    register = _register(data)
    known = set(register["name"])
    raw = data / "raw"
    new = [p for p in sorted(raw.glob("*")) if p.name not in known and _is_candidate(p)] if raw.is_dir() else []
    strangers = {p.name: p.stat().st_size for p in new}
    if new and _stamp(data / "tables").get("strangers") != strangers:
        report = _take([_Received(p, named=False) for p in new], data, _checked_year(year), _checked_date(as_of))
        taken = set(_register(data)["name"])
        left = {name: size for name, size in strangers.items() if name not in taken}
        _write_stamp(data / "tables", {**_stamp(data / "tables"), "strangers": left})
        return report
    return Report(tables=_build(data, register, {}).tables)


# --- receiving: paths -> files read --------------------------------------------------------------------------------


@dataclass
class _Received:
    """One file of the command line or a folder: `part` is None where it was not read (registered, or no data file)."""

    path: Path
    named: bool
    part: Part | None = None
    known_as: str = ""
    ignored: bool = False
    note: dict = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether it is to be taken in and was not before."""
        return self.part is not None and not self.part.refused and not self.known_as

    def year(self, given: int | None) -> int | None:
        """The year of its months: what was given, else what `import.toml` says of it."""
        return given if given is not None else self.note.get("year")

    def as_of(self, given: str | None) -> str:
        """The date of its snapshot: that in its name, else what was given, else what `import.toml` says."""
        return _date_in(self.path.name) or given or str(self.note.get("as_of", ""))


def _receive(listed: list[_Received], data: Path, fresh: bool = False) -> list[_Received]:
    """Read every file listed; `fresh` takes none for known and keeps no part."""
    known = {} if fresh else dict(zip(_register(data)["sha256"], _register(data)["name"], strict=True))
    notes = _notes(data)
    parts = data / "tables" / PARTS
    seen: dict[str, str] = {}
    for item in listed:
        if item.ignored:
            continue
        file = files.File.read(item.path)
        item.note = notes.get(item.path.name, {}) if item.path.parent.resolve() == (data / "raw").resolve() else {}
        twin = seen.setdefault(file.sha256, file.name) if file.data else file.name
        if file.sha256 in known:
            item.known_as = known[file.sha256]
            item.part = _part(file, parts)
        else:
            item.part = _part(file, None if fresh else parts)
        if twin != file.name:
            item.known_as = item.known_as or twin
            item.part.findings += checks.run("twins", twin, file.name)
    return listed


def _walk(paths: Iterable[Path]) -> list[_Received]:
    listed: list[_Received] = []
    for path in map(Path, paths):
        if _ADDRESS.match(str(path)):
            raise UsageError(f"{path} bukan berkas di komputer ini. Unduh dahulu, lalu sebut berkasnya.")
        if path.is_dir() and not path.is_symlink():
            inside = (
                p for p in sorted(path.rglob("*")) if not any(s.startswith(".") for s in p.relative_to(path).parts)
            )
            listed += [_Received(p, False, ignored=not _is_candidate(p)) for p in inside if not p.is_dir()]
            continue
        try:
            regular = stat.S_ISREG(path.lstat().st_mode)
        except OSError:
            raise UsageError(f"Berkas {str(path)!r} tidak ada. Periksa nama dan foldernya.") from None
        if not regular:
            raise UsageError(f"{str(path)!r} bukan berkas biasa (tautan atau perangkat). Sebut berkas aslinya.")
        listed.append(_Received(path, True))
    return listed


def _is_candidate(path: Path) -> bool:
    """Say whether a file met in a folder may hold data: a plain file with an ending of a table."""
    return (
        path.suffix.lower() in files.DATA_EXTENSIONS
        and not path.name.startswith((".", "~$"))
        and path.name != REGISTER
        and path.is_file()
        and not path.is_symlink()
    )


def _demand_times(items: list[_Received], year: int | None, as_of: str | None) -> None:
    """Refuse the command where a month has no year or a snapshot no date: they are never guessed."""
    problems = []
    for item in items:
        if item.is_new and item.part.needs_year and item.year(year) is None:
            problems.append(f"Berkas {item.path.name}: bulan tanpa tahun. Tambahkan tahunnya, misalnya --year 2025.")
        elif item.is_new and item.part.needs_year:
            newest = f"{item.year(year)}-{item.part.newest_month}"
            if newest > f"{dt.date.today():%Y-%m}":
                problems.append(f"Berkas {item.path.name}: bulan {newest} belum tiba. Periksa --year.")
        elif item.is_new and item.part.needs_date and not item.as_of(as_of):
            problems.append(
                f"Berkas {item.path.name}: tanggal pengambilan tidak diketahui. "
                "Tambahkan tanggalnya, misalnya --as-of 2025-10-01."
            )
    if problems:
        raise UsageError(problems)


def _notes(data: Path) -> dict[str, dict]:
    """What `import.toml` says of files in `raw`: name -> year, as_of."""
    path = data / "raw" / NOTES
    if not path.is_file():
        return {}
    try:
        notes = tomllib.loads(path.read_text(encoding="utf-8"))["files"]
        for note in notes.values():
            _checked_year(note.get("year"))
            _checked_date(None if "as_of" not in note else str(note["as_of"]))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, AttributeError, TypeError) as error:
        raise UsageError(f'{NOTES} tidak terbaca ({error}). Tulis [files."nama.csv"] lalu year = 2024.') from None
    return notes


def _checked_year(year: int | None) -> int | None:
    if year is not None and not 2000 <= int(year) <= dt.date.today().year + 1:
        raise UsageError(f"Tahun {year!r} tidak masuk akal. Tulis empat angka, misalnya --year 2025.")
    return None if year is None else int(year)


def _checked_date(as_of: str | None) -> str | None:
    if as_of is None:
        return None
    try:
        day = dt.date.fromisoformat(as_of)
    except ValueError:
        day = None
    if day is None or day.isoformat() != as_of or day.year < 2016:
        raise UsageError(f"Tanggal {as_of!r} tidak dikenal. Tulis seperti --as-of 2025-10-01.")
    if day > dt.date.today():
        raise UsageError(f"Tanggal {as_of} belum tiba. Tulis hari berkas itu diunduh, misalnya --as-of 2025-10-01.")
    return as_of


def _date_in(name: str) -> str:
    """The date in a portal file name (`classification-table_20240601080000.xlsx`); empty where there is none."""
    match = _PORTAL_DATE.search(name)
    try:
        return dt.date(*map(int, match.groups())).isoformat() if match else ""
    except ValueError:
        return ""


# --- the register --------------------------------------------------------------------------------------------------


def _register(data: Path) -> pd.DataFrame:
    path = data / "raw" / REGISTER
    if not path.is_file():
        return pd.DataFrame(columns=store.REGISTER_COLUMNS, dtype=str)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _entry(name: str, item: _Received, year: int | None, as_of: str | None, at: str = "") -> dict:
    part = item.part
    return {
        "name": name,
        "sha256": part.file.sha256,
        "kind": part.source.name,
        "year": str(item.year(year)) if part.needs_year else "",
        "as_of": item.as_of(as_of) if part.needs_date else "",
        "rows": str(len(part.frame)),
        "imported_at": at,
    }


def _enter(
    register: pd.DataFrame, data: Path, item: _Received, year: int | None, as_of: str | None, copied: list[Path]
) -> pd.DataFrame:
    """Copy an original into `raw` and give the register with its line; a known content learns a new year or date."""
    part = item.part
    same = register["sha256"] == part.file.sha256
    if same.any():
        at = same.idxmax()
        given = _entry(register.loc[at, "name"], item, year, as_of)
        for column in ("year", "as_of"):
            if given[column] not in ("", "None") and given[column] != register.loc[at, column]:
                register = register.assign(**{column: register[column].where(~same, given[column])})
        return register
    raw = data / "raw"
    name = item.path.name
    if item.path.parent.resolve() != raw.resolve():
        name = _keep(part.file, raw, set(register["name"]))
        copied.append(raw / name)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return pd.concat([register, pd.DataFrame([_entry(name, item, year, as_of, now)])], ignore_index=True).astype(str)


def _keep(file: files.File, raw: Path, taken: set[str]) -> str:
    """Copy the bytes that were read into `raw`, whole or not at all; give the name they have there."""
    name = file.name
    if name in taken or (raw / name).exists():
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem or suffix}-{file.sha256[:8]}{dot}{suffix if stem else ''}"
    raw.mkdir(parents=True, exist_ok=True)
    draft = raw / f".{name}.{os.getpid()}.draft"
    try:
        draft.write_bytes(file.data)
        draft.replace(raw / name)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return name


@contextmanager
def _writing(data: Path) -> Iterator[None]:
    """Turn a failure to write into a message that names the folder."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentFault(f"{data} tidak dapat ditulis: {reason}. Periksa ruang disk dan izin folder.") from error


# --- reading: a file -> a part -------------------------------------------------------------------------------------


def read(file: files.File, today: dt.date | None = None) -> Part:
    """Read one file: recognise its kind, its header and its cells. Nothing is written and no area is looked up."""
    part = Part(file, findings=checks.run("file", file, file.name, until_refused=True))
    if checks.refuses(part.findings):
        return part
    if (form := _form_in(file.sheets)) is not None:
        _read_form(part, *form)
        return part
    recognition = sources.recognise(file.sheets)
    reception = checks.Reception(recognition)
    if recognition.header is not None:
        part.source, part.sheet = recognition.header.source, recognition.sheet.name
        table = _Table.under(recognition.header, recognition.sheet)
        reception = checks.Reception(recognition, tuple(table.column_numbers), tuple(table.repeated_headers))
    _note(part, "reception", reception)
    if recognition.header is None or part.refused:
        return part
    if table.rows:
        _read_table(part, recognition, table, today or dt.date.today())
    if not len(part.frame):
        _note(part, "empty", recognition.header_number)
    return part


def _note(part: Part, stage: str, subject) -> None:
    part.findings += checks.run(stage, subject, part.file.name, part.sheet)


@dataclass
class _Table:
    """The rows under a header, sorted into data and the rest; `numbers` are those that Excel shows."""

    rows: list[list] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    overlong: list[tuple[int, str]] = field(default_factory=list)
    column_numbers: list[int] = field(default_factory=list)
    repeated_headers: list[int] = field(default_factory=list)

    @classmethod
    def under(cls, header: sources.Header, sheet: files.Sheet) -> "_Table":
        """Sort the rows of a sheet that stand under its header."""
        table, title = cls(), sheet.rows[header.row]
        titles = [sources.label_of(cell) for cell in title]
        width = max((at + 1 for at, title in enumerate(titles) if title), default=0)
        places = [at for at, c in header.columns.items() if c.kind in ("place", "code")]
        villages = [at for at, c in header.columns.items() if c.name in ("kelurahan", "kode")]
        words = [at for at, c in header.columns.items() if c.kind in ("place", "code", "text")]
        for row, number in zip(sheet.rows[header.row + 1 :], sheet.numbers[header.row + 1 :], strict=True):
            filled = [at for at, cell in enumerate(row) if cell not in ("", None)]
            if not filled:
                continue
            if filled[-1] >= width and any(cells.text_of(row[at]) for at in filled if at >= width):
                table.overlong.append((number, _excerpt(row[at] for at in filled)))
                continue
            row = row[:width] if len(row) >= width else [*row, *[""] * (width - len(row))]
            where = villages if len(filled) < 3 else places
            if not any(_has_text(row[at]) for at in where):
                if _says_total(row[filled[0]]):
                    table.totals.append(number)
                else:
                    table.notes.append((number, _excerpt(row[at] for at in filled)))
            elif not table.rows and _are_column_numbers(row):
                table.column_numbers.append(number)
            elif any(_says_total(row[at]) for at in (filled[0], *words)):
                table.totals.append(number)
            elif row[places[0]] == title[places[0]] and [sources.label_of(cell) for cell in row] == titles[:width]:
                table.repeated_headers.append(number)
            else:
                table.rows.append(row)
                table.numbers.append(number)
        return table


@cache
def _says_total(cell: object) -> bool:
    return isinstance(cell, str) and bool(_TOTAL.match(areas.normalise(cell)))


def _has_text(cell: object) -> bool:
    return cell not in ("", None) and (type(cell) is not str or not cell.isspace())


def _excerpt(row: Iterable) -> str:
    text = " | ".join(filter(None, (cells.text_of(cell) for cell in row)))
    return text if len(text) <= 120 else text[:119] + "…"


def _are_column_numbers(row: list) -> bool:
    """Say whether a row only numbers the columns: (1) (2) (3), or 1 2 3."""
    words = [cells.text_of(cell) for cell in row if _has_text(cell)]
    numbers = [int(w.strip("()")) for w in words if _COLUMN_NUMBER.fullmatch(w)]
    return len(words) > 2 and len(numbers) == len(words) and all(b - a == 1 for a, b in pairwise(numbers))


def _read_table(part: Part, recognition: sources.Recognition, table: _Table, today: dt.date) -> None:
    """Read the columns of a table into the part's frame; a row without a month is set aside."""
    by_position = list(zip(*table.rows, strict=True))
    header = recognition.header
    titles = recognition.sheet.rows[header.row]
    columns: dict[str, pd.Series] = {}
    bad_times, coded = [], []
    for at, column in sorted(header.columns.items()):
        reading = cells.read_column(list(by_position[at]), column.kind, column.highest)
        _note(part, "cells", checks.Cells(column, cells.text_of(titles[at]), reading, table.numbers))
        columns[column.name] = reading.column
        bad_times += [(table.numbers[f.at], cells.text_of(f.cell)) for f in reading.faults if f.kind == cells.MONTH]
        coded += [(table.numbers[f.at], str(f.cell)) for f in reading.faults if f.kind == cells.NUMBER]
    frame = pd.DataFrame(columns)
    for name in _PLACE_NAMES:
        if name not in frame:
            frame[name] = pd.Series("", index=frame.index, dtype="str")
    frame["source_row"] = table.numbers
    future = _future(frame, today)
    dropped = {row for row, _ in (*bad_times, *future)}
    part.frame = frame[~frame["source_row"].isin(dropped)].reset_index(drop=True) if dropped else frame
    part.numeric_codes, part.totals = tuple(coded), tuple(table.totals)
    odd = (tuple(table.totals), tuple(table.notes), tuple(table.overlong), tuple(bad_times), future)
    _note(part, "rows", checks.Rows(*odd, today, left=len(part.frame)))


def _form_in(sheets: list[files.Sheet]) -> tuple[str, files.Sheet, int] | None:
    """Find the sheet of a fill-in workbook: its name, the sheet and the position of its header."""
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[: sources.HEADER_WITHIN]):
            if not sheet.hidden and (name := workbook.form_of(row)):
                return name, sheet, at
    return None


def _read_form(part: Part, name: str, sheet: files.Sheet, at: int) -> None:
    """Read a fill-in workbook; `village_code` of its rows is the area as matched, a kabupaten in funds and meetings."""
    part.source, part.sheet = sources.FORMS[name], sheet.name
    raw, numbers = sheet.rows[at:], sheet.numbers[at:]
    _, table, problems = workbook.tidy_sheet([[_plain(cell) for cell in row] for row in raw], part.file.name)
    written = dict(zip(workbook.HEADERS[name].values(), zip(*raw, strict=True), strict=False))
    positions = table["source_row"].to_numpy() - 1
    for place in _PLACE_NAMES:
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
    _note(part, "form", problems)
    _note(part, "rows", checks.Rows(bad_times=undated, left=len(part.frame)))
    if not len(part.frame) and not undated:
        _note(part, "empty", numbers[0])


def _plain(cell: object) -> object:
    return "" if cell is None or cell == cells.WITHOUT_VALUE else cell


def _future(frame: pd.DataFrame, today: dt.date) -> tuple[tuple[int, str], ...]:
    """The rows of months that have not begun, of those that name their year."""
    if "period" not in frame:
        return ()
    late = (frame["period"].str.len() == 7) & ~frame["period"].str.contains("S") & (frame["period"] > f"{today:%Y-%m}")
    return tuple(zip(frame["source_row"][late].tolist(), frame["period"][late].tolist(), strict=True))


# --- parts kept by fingerprint -------------------------------------------------------------------------------------


def _part(file: files.File, folder: Path | None) -> Part:
    """Read a file, or take what an earlier import of the same content by the same program kept."""
    meta, frame = _kept_names(file, folder) if folder is not None else (None, None)
    return _kept_part(file, meta, frame) if meta is not None and meta.is_file() and frame.is_file() else read(file)


def _kept_names(file: files.File, folder: Path) -> tuple[Path, Path]:
    name = f"{file.sha256[:32]}-{_program()}"
    return folder / f"{name}.json", folder / f"{name}.parquet"


def _kept_part(file: files.File, meta: Path, frame: Path) -> Part:
    known = json.loads(meta.read_text(encoding="utf-8"))
    findings = [{**row, "file": file.name} for row in known["findings"]]
    codes = tuple((row, text) for row, text in known["numeric_codes"])
    source = sources.KINDS[known["kind"]]
    return Part(file, source, known["sheet"], pd.read_parquet(frame), findings, codes, tuple(known["totals"]))


def _keep_part(part: Part, folder: Path) -> None:
    """Keep what was read of a file, unless it is kept already."""
    path, frame = _kept_names(part.file, folder)
    if path.is_file() and frame.is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    store.write(folder, frame.stem, part.frame)
    meta = {
        "kind": part.source.name,
        "sheet": part.sheet,
        "findings": part.findings,
        "numeric_codes": part.numeric_codes,
        "totals": part.totals,
    }
    draft = folder / f".{path.name}.{os.getpid()}.draft"
    draft.write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


@cache
def _program() -> str:
    """The fingerprint of the code that reads files and makes tables, and of the reference lists."""
    rooms = [Path(module.__file__) for module in (files, cells, sources, checks, areas, store)]
    digest = hashlib.sha256()
    for path in (*rooms, Path(__file__), *sorted(areas.REFERENCE.glob("*.csv*"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


# --- building: register and parts -> tables ------------------------------------------------------------------------


@dataclass
class _Built:
    """What the parts of a register give: the tables, the rows without a village, the findings, the places by file."""

    frames: dict[str, pd.DataFrame]
    unmatched: pd.DataFrame
    findings: pd.DataFrame
    places: dict[str, pd.DataFrame]
    tables: dict[str, int] = field(default_factory=dict)


def _build(data: Path, register: pd.DataFrame, parts: dict[str, Part]) -> _Built:
    """Write the tables that a register gives, unless they stand already."""
    tables = data / "tables"
    stamp = hashlib.sha256((_program() + register.drop(columns="imported_at").to_csv(index=False)).encode()).hexdigest()
    if _stamp(tables).get("inputs") == stamp or (register.empty and not tables.is_dir()):
        return _Built({}, pd.DataFrame(), pd.DataFrame(), {})
    for name, sha256 in zip(register["name"], register["sha256"], strict=True):
        if sha256 not in parts:
            parts[sha256] = _registered_part(data / "raw" / name, sha256, tables / PARTS)
    built = _assemble(register, parts)
    with _writing(tables):
        for sha256 in register["sha256"]:
            _keep_part(parts[sha256], tables / PARTS)
        _write(tables, built)
        _write_stamp(tables, {"inputs": stamp})
    return built


def _write(tables: Path, built: _Built) -> None:
    """Write every table whole; without its stamp a half-written set is written again by the next import."""
    (tables / STAMP).unlink(missing_ok=True)
    for table, frame in built.frames.items():
        store.write(tables, table, frame)
        built.tables[table] = len(frame)
    store.write(tables, "unmatched", built.unmatched)
    store.write_csv(tables / "findings.csv", built.findings)
    for path in tables.glob("*.parquet"):
        if path.stem in sources.TABLES and path.stem not in built.frames:
            path.unlink()


def _stamp(tables: Path) -> dict:
    """What the tables were made from, and the files in `raw` that are no exports; empty where it is not known."""
    try:
        return json.loads((tables / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write_stamp(tables: Path, stamp: dict) -> None:
    if not tables.is_dir():
        return
    draft = tables / f".{STAMP}.{os.getpid()}.draft"
    draft.write_text(json.dumps(stamp), encoding="utf-8")
    draft.replace(tables / STAMP)


def _registered_part(path: Path, sha256: str, folder: Path) -> Part:
    if not path.is_file():
        raise EnvironmentFault(
            f"Berkas {path.name} tercatat di register tetapi tidak ada di {path.parent}. Kembalikan berkas itu."
        )
    file = files.File.read(path)
    if file.sha256 != sha256:
        raise EnvironmentFault(
            f"Berkas {path.name} di {path.parent} berubah sejak didaftarkan. Kembalikan berkas aslinya."
        )
    return _part(file, folder)


def _assemble(register: pd.DataFrame, parts: dict[str, Part]) -> _Built:
    """Match the villages of all parts together, then make each table of the parts that fill it, the newest last."""
    pieces = []
    for entry in register.to_dict("records"):
        part = parts[entry["sha256"]]
        pieces.append(_Piece(entry["name"], part, _with_time(part, entry)))
    _attach_codes(pieces)
    frames, duplicates = {}, {}
    for table in sources.TABLES:
        of_table = [piece for piece in pieces if piece.part.source.table == table]
        if of_table:
            frames[table], duplicates[table] = _tidy(table, of_table)
    frames = {table: frame for table, frame in frames.items() if len(frame)}
    places = {piece.name: _places(piece) for piece in pieces}
    findings = [finding for piece in pieces for finding in _findings(piece, places[piece.name])]
    findings += checks.run("tables", checks.Shelf(frames, {t: d for t, d in duplicates.items() if len(d)}))
    return _Built(frames, _unmatched(pieces), checks.frame_of(findings), places)


@dataclass
class _Piece:
    """A part on its way into a table: its name in `raw`, its rows with their time and, later, their village."""

    name: str
    part: Part
    frame: pd.DataFrame


def _with_time(part: Part, entry: dict) -> pd.DataFrame:
    """Give the part's rows with the year of its months or the date of its snapshot."""
    if part.source.time == "borang":
        return part.frame
    if part.source.time == "tanggal":
        return part.frame.assign(as_of=entry["as_of"]).astype({"as_of": "str"})
    return part.frame.assign(period=_full(part.frame["period"], entry["year"]))


def _full(period: pd.Series, year: str) -> pd.Series:
    """Give months their year where they name none."""
    return period.where(period.str.len() != 2, year + "-" + period).astype("str")


def _attach_codes(pieces: list[_Piece]) -> None:
    """Give every row its village, looking at all files together: those with codes teach those without."""
    pieces = [piece for piece in pieces if piece.part.source.time != "borang"]  # these have their area already
    if not pieces:
        return
    rows = pd.concat([p.frame[_PLACE_NAMES] for p in pieces], ignore_index=True)
    blocks = pd.concat([_blocks(p, i) for i, p in enumerate(pieces)], ignore_index=True)
    coded = rows[rows["kode"] != ""].drop_duplicates()
    aliases = areas.learn_aliases(coded, areas.match_villages(coded)) if len(coded) else {}
    matches = areas.match_villages(rows, aliases, blocks)
    start = 0
    for piece in pieces:
        found = matches.iloc[start : start + len(piece.frame)].set_axis(piece.frame.index)
        piece.frame = piece.frame.assign(**{name: found[name] for name in areas.MATCH_COLUMNS})
        start += len(piece.frame)


def _blocks(piece: _Piece, number: int) -> pd.Series:
    """Rows that hold each village once: those of a file and time; Kampung KB share villages, so each row alone."""
    if "kampung_kb" in piece.part.source.key:
        return pd.Series([f"{number}-{i}" for i in range(len(piece.frame))], dtype="str")
    time = piece.frame["period" if "period" in piece.frame else "as_of"]
    return f"{number}-" + time


def _tidy(table: str, pieces: list[_Piece]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one table of its pieces; give it and the rows left out because their key was taken in the same file."""
    time = "as_of" if "as_of" in sources.key_of(table) else "period"
    constants = list(dict.fromkeys(name for s in sources.TABLES[table] for name, _ in s.constants))
    columns = sources.columns_of(table)
    key = list(sources.key_of(table))
    order = [key[0], time, *constants, *columns, "source_file", "source_row"]
    kept, left = [], []
    for piece in pieces:
        frame = piece.frame[piece.frame["village_code"].notna()]
        frame = frame.assign(source_file=piece.name, **dict(piece.part.source.constants))
        absent = {
            name: pd.Series(pd.NA, index=frame.index, dtype=sources.DTYPES[c.kind])
            for name, c in columns.items()
            if name not in frame
        }
        frame = frame.assign(**absent)[order].astype({"source_file": "str", **dict.fromkeys(constants, "str")})
        again = frame.duplicated(key)
        if again.any():
            left.append(_left_out(frame, again, key, time, list(columns)))
        kept.append(frame[~again])
    whole = pd.concat(kept, ignore_index=True).drop_duplicates(key, keep="last")
    whole = whole.sort_values(order[: 2 + len(constants)], kind="stable", ignore_index=True)
    sources.schema(table).validate(whole, lazy=True)
    whole = _recompute(whole) if table == "kampung" else whole
    return whole, pd.concat(left, ignore_index=True) if left else pd.DataFrame()


def _left_out(frame: pd.DataFrame, again: pd.Series, key: list[str], time: str, values: list[str]) -> pd.DataFrame:
    """The rows whose key an earlier row of the file holds: with that row, and whether all values are the same."""
    pairs = frame[again].merge(frame[~again], on=key, suffixes=("", "_first"), how="left")
    measures = [name for name in values if name not in key]
    same = pd.Series(True, index=pairs.index)
    for name in measures:
        one, other = pairs[name], pairs[f"{name}_first"]
        same &= (one == other).fillna(False).astype(bool) | (one.isna() & other.isna())
    return pd.DataFrame(
        {
            "source_file": pairs["source_file"],
            "village_code": pairs[key[0]],
            "time": pairs[time],
            "source_row": pairs["source_row"],
            "first_row": pairs["source_row_first"],
            "identical": same,
        }
    )


def _recompute(kampung: pd.DataFrame) -> pd.DataFrame:
    """Add the indices and class that the portal's rule gives for the exported scores, beside those exported."""
    from . import classification

    ours = classification.classify(kampung[list(classification.COMPONENTS)])
    return kampung.assign(**{f"{name}_hitung": ours[name] for name in ours})


def _places(piece: _Piece) -> pd.DataFrame:
    """The distinct places of a file as written, with what they were matched to, their first row and how many rows."""
    keys = [*_PLACE_NAMES, *areas.MATCH_COLUMNS]
    grouped = piece.frame.groupby(keys, sort=False, dropna=False)["source_row"]
    return grouped.agg(row="min", rows="size").reset_index()


def _unmatched(pieces: list[_Piece]) -> pd.DataFrame:
    """The rows without a village, one row each: the place and every value as text."""
    columns = ["table", *_PLACE_NAMES, "time", "values", "source_file", "source_row", "reason"]
    found = [pd.DataFrame(columns=columns).astype(dict.fromkeys(columns, "str") | {"source_row": "int64"})]
    for piece in pieces:
        rows = piece.frame[piece.frame["village_code"].isna()]
        if len(rows):
            measures = [c.name for c in piece.part.source.measures if c.name in rows]
            values = [
                json.dumps({k: str(v) for k, v in r.items() if pd.notna(v)}, ensure_ascii=False)
                for r in rows[measures].to_dict("records")
            ]
            time = rows["period"] if "period" in rows else rows["as_of"]
            found.append(
                rows.assign(table=piece.part.source.table, time=time, values=values, source_file=piece.name)[columns]
            )
    return pd.concat(found, ignore_index=True)


def _findings(piece: _Piece, places: pd.DataFrame) -> list[dict]:
    """The findings of a file under its name in `raw`; one about a single row gets the code of the row's village."""
    wanted = {int(f["row"]) for f in piece.part.findings if f["row"] and f["alone"]}
    rows = piece.frame[piece.frame["source_row"].isin(wanted)]
    codes = dict(zip(rows["source_row"].astype(str), rows["village_code"].fillna(""), strict=True))
    found = [
        {**f, "file": piece.name, "area_code": f["area_code"] or (codes.get(f["row"], "") if f["alone"] else "")}
        for f in piece.part.findings
    ]
    matches = checks.Matches(places, piece.part.numeric_codes)
    return found + checks.run("matches", matches, piece.name, piece.part.sheet)


# --- reporting -----------------------------------------------------------------------------------------------------


def _report(received: list[_Received], built: _Built, register: pd.DataFrame) -> Report:
    names = dict(zip(register["sha256"], register["name"], strict=True))
    times = {e["sha256"]: e["as_of"] or e["year"] for e in register.to_dict("records")}
    refused = [i.part.findings for i in received if i.part is not None and i.part.refused and not _is_unknown(i)]
    findings = checks.frame_of([*(f for found in refused for f in found), *built.findings.to_dict("records")])
    report = Report(findings=findings, tables=built.tables)
    for item in received:
        report.files.append(_file_report(item, built, names, times, findings))
    return report


def _file_report(item: _Received, built: _Built, names: dict, times: dict, findings: pd.DataFrame) -> FileReport:
    part = item.part
    if part is None:
        return FileReport(item.path.name, "tidak dikenal")
    if part.refused:
        unknown = part.source is None and _refusing(part) == {"H201"}
        code = 0 if _is_unknown(item) else 3
        title = part.source.title if part.source else ""
        return FileReport(
            item.path.name,
            "tidak dikenal" if unknown else "ditolak",
            code,
            title=title,
            findings=_count(f["severity"] for f in part.findings),
        )
    name = names[part.file.sha256]
    places = built.places.get(name, pd.DataFrame(columns=[*_PLACE_NAMES, "village_code"]))
    villages = places.drop_duplicates(_PLACE_NAMES)
    time = times[part.file.sha256]
    period = _full(part.frame["period"], time) if "period" in part.frame else pd.Series([time])
    return FileReport(
        item.path.name,
        "sudah ada" if item.known_as else "diimpor",
        0,
        part.source.name,
        part.source.title,
        len(part.frame),
        villages["village_code"].nunique() + int(villages["village_code"].isna().sum()),
        villages["village_code"].nunique(),
        " sampai ".join(sorted({period.min(), period.max()})),
        _count(findings.loc[findings["file"] == name, "severity"]),
    )


def _refusing(part: Part) -> set[str]:
    return {f["code"] for f in part.findings if f["severity"] == "TOLAK"}


def _is_unknown(item: _Received) -> bool:
    """Say whether a file met in a folder is simply no export: listed, and no fault."""
    return not item.named and item.part.source is None and _refusing(item.part) == {"H201"}


def _count(severities: Iterable[str]) -> str:
    counts = Counter(severities)
    return ", ".join(f"{counts[s]} {s}" for s in checks.SEVERITIES if s in counts)
