"""Reads and writes the tidy tables; gives one kabupaten's slice without reading the rest.

A table is one Parquet file, sorted by area code, so that the row groups of other kabupaten are never read. `Tables` is
a folder of them (or frames in memory); `View` is what of them holds at a period, by the one meaning of period,
snapshot and semester that the whole project keeps.
"""

import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import areas
from .params import Period

ROW_GROUP = 16_384
FIGURES_GROUP = 4_096  # a page reads some thousand figures and shows most of them
REGISTER_COLUMNS = ["name", "sha256", "kind", "year", "as_of", "rows", "imported_at"]
FINDING_COLUMNS = [
    "code",
    "severity",
    "file",
    "sheet",
    "row",
    "column",
    "area_code",
    "found",
    "expected",
    "action",
]
SEEN_COLUMNS = ["rule", "severity", "file", "seen", "unit"]
ALWAYS = ("village_code", "area_code", "period", "as_of", "source_file")  # what tables are told apart and dated by
SYNTHETIC_PREFIX = "contoh-"
FINDINGS = "findings.csv"
_BY_AREA = ".findings.parquet"
BELOW = "_below"
_AFTER_DOT = "/"  # the sign after the dot: no code of an area, nor of one inside it, comes after the area's with this
_NOT_TABLES = {"unmatched", ".findings", "slices"}


def key_of(frame: pd.DataFrame) -> str:
    """Give the column that holds the area: village_code, or area_code in the tables an office fills in."""
    return "village_code" if "village_code" in frame.columns else "area_code"


def time_of(frame: pd.DataFrame) -> str:
    """Give the column that holds the time: period, or as_of in snapshots."""
    return "period" if "period" in frame.columns else "as_of"


def order_of(columns: Iterable[str]) -> list[str]:
    """Give those of a table's columns by which its rows are ordered where it lies."""
    columns = set(columns)
    area = "village_code" if "village_code" in columns else "area_code"
    return [c for c in (area, "period", "as_of", "kind", "kampung_kb", "source_file", "source_row") if c in columns]


def write(folder: Path, name: str, frame: pd.DataFrame, row_group: int | None = None) -> Path:
    """Write a table whole or not at all, sorted by area and time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    frame = frame.sort_values(order_of(frame.columns), kind="stable", ignore_index=True)
    draft = folder / f".{name}.{os.getpid()}.draft"
    try:
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False, nthreads=1),
            draft,
            row_group_size=row_group or ROW_GROUP,
            compression="zstd",
        )
        draft.replace(folder / f"{name}.parquet")
    finally:
        draft.unlink(missing_ok=True)
    return folder / f"{name}.parquet"


def write_figures(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write figures by area as two tables: of kabupaten and above, and of what lies in them, which neighbours skip."""
    local = frame["area_code"].str.len() > areas.CODE_WIDTH["kabupaten"]
    write(folder, name, frame[~local], FIGURES_GROUP)
    write(folder, name + BELOW, frame[local], FIGURES_GROUP)


def read_figures(folder: Path, name: str, area: str = areas.NATION) -> pd.DataFrame:
    """Read figures inside an area, those below kabupaten last; around a kabupaten its province and neighbours too."""
    whole = area[: areas.CODE_WIDTH["provinsi"]]
    both = [Tables.open(folder, whole).read(name), Tables.open(folder, area).read(name + BELOW)]
    return pd.concat(both, ignore_index=True)


def write_findings(folder: Path, findings: pd.DataFrame) -> None:
    """Write what the checks found: as text for people, and by area for the pages, which need few of a country's."""
    write_csv(folder / FINDINGS, findings)
    write(folder, _BY_AREA.removesuffix(".parquet"), findings.assign(position=range(len(findings))))


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Write a CSV (UTF-8, comma, LF) whole or not at all."""
    return write_text(path, frame.to_csv(index=False, lineterminator="\n"))


def write_text(path: Path, text: str) -> Path:
    """Write a text file (UTF-8) whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.write_text(text, encoding="utf-8", newline="")
    draft.replace(path)
    return path


def _read_text(path: Path, columns: list[str]) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame(columns=columns, dtype=str)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


_HELD: list["Tables"] = []


@dataclass
class Tables:
    """The tidy tables of one data folder, seen from one area (`ID`: everything).

    only: of a table named here, the columns that are read besides those of `ALWAYS`; all of any other table.
    around: the same tables of an area around this one, where they were read before (`hold`).
    """

    folder: Path | None = None
    area: str = areas.NATION
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    only: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    # What was worked out of the frames by whoever asks often, so that each period asked of them does not do it again.
    worked_out: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    around: "Tables | None" = field(default=None, repr=False, compare=False)

    @classmethod
    def open(cls, folder: Path, area: str = areas.NATION, only: Mapping[str, Sequence[str]] | None = None) -> "Tables":
        """Open a folder of tables; a table is read when first asked for, and only its rows inside `area`."""
        tables = cls(Path(folder), area, only=only or {})
        return next((held.within(area) for held in _HELD if held._holds(tables)), tables)

    def hold(self) -> None:
        """Read everything, for all that this process and its forks open of it inside this area from now on."""
        for name in self.names:
            self.read(name)
        self.findings  # noqa: B018 - read with the rest
        _HELD.append(self)

    def _holds(self, other: "Tables") -> bool:
        alike = (self.folder, self.only) == (other.folder, other.only)
        return alike and (other.area == self.area or other.area.startswith(self.area + "."))

    @classmethod
    def of(cls, frames: dict[str, pd.DataFrame], area: str = areas.NATION) -> "Tables":
        """Take frames in memory for tables."""
        return cls(None, area, {name: _inside(frame, area) for name, frame in frames.items()})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the tables there are, sorted."""
        if self.around is not None:
            return self.around.names
        stored = {p.stem for p in self.folder.glob("*.parquet")} if self.folder else set()
        return tuple(sorted((stored | set(self.frames)) - _NOT_TABLES))

    def has(self, name: str) -> bool:
        """Say whether the table exists and has a row in this area."""
        return name in self.names and len(self.keys(name)) > 0

    def read(self, name: str) -> pd.DataFrame:
        """Give the rows of a table inside this area; an empty frame where there is no such table."""
        if name not in self.frames:
            self.frames[name] = self._load(name)
        return self.frames[name]

    def height(self, name: str) -> int:
        """Give how many rows a table of a folder has, in the whole folder; they are not read for it."""
        import pyarrow.parquet as pq

        path = (self.folder or Path()) / f"{name}.parquet"
        return len(self.read(name)) if name in self.frames or not path.is_file() else pq.read_metadata(path).num_rows

    def keys(self, name: str) -> pd.DataFrame:
        """Give where, of when and from which file the rows of a table are, with or without its other columns.

        Of a whole country the others are not read for it: they would fill the memory. Nor are they of an area inside it
        whose keys are known from there.
        """
        known = self.around is not None and name in self.around._keys
        if name in self.frames or not (known or self.area == areas.NATION):
            return self.read(name)
        if name not in self._keys:
            self._keys[name] = self.around._part(name, self.area) if known else self._load(name, ())
        return self._keys[name]

    @cached_property
    def _keys(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _codes(self) -> dict[str, np.ndarray]:
        """Of tables that areas inside this one read from here, where each row lies."""
        return {}

    def _part(self, name: str, area: str) -> pd.DataFrame:
        """Give what was read of a table of the folder inside an area: tables lie there in the order of their codes."""
        frame = self.frames.get(name, self._keys.get(name))
        if frame.empty:
            return frame
        if name not in self._codes:
            self._codes[name] = frame[key_of(frame)].to_numpy(object)
        ends = (bisect_left(self._codes[name], code) for code in (area, area + _AFTER_DOT))
        return frame.iloc[slice(*ends)].reset_index(drop=True)

    def _load(self, name: str, only: Sequence[str] | None = None) -> pd.DataFrame:
        if self.around is not None and name in self.around.frames:
            return self.around._part(name, self.area)
        if self.folder is None or not (path := self.folder / f"{name}.parquet").is_file():
            return pd.DataFrame()
        return _rows_inside(path, self.area, self.only.get(name) if only is None else only)

    def within(self, area: str) -> "Tables":
        """Give the same tables seen from an area inside this one; themselves where it is this one."""
        if area == self.area:
            return self
        if self.folder is not None:
            return Tables(self.folder, area, only=self.only, around=self)
        return Tables.of(self.frames, area)

    def newest_month(self) -> str | None:
        """Give the newest month that any monthly table holds, or that of the newest snapshot where none does."""
        months = [m for name in self.names for m in self.times(name, "period") if "S" not in m and "Q" not in m]
        days = [d[:7] for name in self.names for d in self.times(name, "as_of")]
        return max(months or days, default=None)

    def times(self, name: str, column: str) -> list[str]:
        """Give the months (`period`) or dates of snapshots (`as_of`) of which a table has a row in this area."""
        frame = self.keys(name)
        return [t for t in frame[column].dropna().unique() if t] if column in frame else []

    @cached_property
    def synthetic(self) -> bool:
        """Whether any row comes from a made-up export."""
        found = (frame["source_file"] for name in self.names if len(frame := self.keys(name)))
        return any(files.str.startswith(SYNTHETIC_PREFIX).any() for files in found)

    @cached_property
    def register(self) -> pd.DataFrame:
        """The originals these tables were made from: one row a file."""
        return (
            _read_text(self.folder.parent / "raw" / "register.csv", REGISTER_COLUMNS)
            if self.folder
            else _read_text(Path(), REGISTER_COLUMNS)
        )

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What the checks found when the tables were made, inside this area; one row a finding, all columns text."""
        if self.folder is None:
            return _read_text(Path(), FINDING_COLUMNS)
        path = self.folder / FINDINGS
        if self.around is not None and "findings" in self.around.__dict__:
            return _inside(self.around.findings, self.area).reset_index(drop=True)
        if _is_current(by_area := path.with_name(_BY_AREA), path):
            found = _rows_inside(by_area, self.area).sort_values("position", ignore_index=True)
            return found[FINDING_COLUMNS]
        return _inside(_read_text(path, FINDING_COLUMNS), self.area).reset_index(drop=True)

    @cached_property
    def seen(self) -> pd.DataFrame:
        """How much each rule looked at when the tables were made: one row a rule and file, `seen` a number."""
        path = self.folder / "checks.csv" if self.folder else Path()
        return _read_text(path, SEEN_COLUMNS).astype({"seen": "int64"})

    def at(self, period: Period) -> "View":
        """Give what of these tables holds at a period."""
        return View(self, period)


def _is_current(path: Path, origin: Path) -> bool:
    """Say whether a file was written after the one it repeats."""
    return path.is_file() and origin.is_file() and path.stat().st_mtime_ns >= origin.stat().st_mtime_ns


def _rows_inside(path: Path, area: str, only: Sequence[str] | None = None) -> pd.DataFrame:
    """Read the rows of a table inside an area, and of other areas no more than share their row groups.

    only: see `Tables`.
    """
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, pre_buffer=False)  # a thread would read ahead
    names = file.schema_arrow.names
    key = "village_code" if "village_code" in names else "area_code"
    groups = range(file.num_row_groups)
    if area != areas.NATION:
        column = names.index(key)
        groups = [g for g in groups if _overlaps(file.metadata.row_group(g).column(column).statistics, area)]
    columns = None if only is None else [name for name in names if name in ALWAYS or name in only]
    found = file.read_row_groups(list(groups), columns=columns, use_threads=False)
    if area != areas.NATION:
        # Before pandas has them: there every column of the neighbours' rows would be made only to be dropped.
        found = found.filter(_lies_inside(found[key], area)).combine_chunks()
    return _to_pandas(found)


def _to_pandas(rows) -> pd.DataFrame:
    """Make a frame of an arrow table; where pandas is to hold texts as Python's, equal ones of a column are one."""
    names = rows.column_names
    texts = [name for name, kind in zip(names, rows.schema.types, strict=True) if _is_text(kind)]
    if pd.get_option("mode.string_storage") != "python" or not texts:
        return rows.to_pandas(use_threads=False)  # a process that holds threads should not fork
    columns = {}
    for name in texts:
        coded = rows[name].combine_chunks().dictionary_encode()
        distinct = np.array([*coded.dictionary.to_pylist(), np.nan], object)
        places = coded.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False)
        columns[name] = pd.array(distinct[places], dtype="str")
    return rows.drop_columns(texts).to_pandas(use_threads=False).assign(**columns)[names]


def _is_text(kind) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _inside(frame: pd.DataFrame, area: str) -> pd.DataFrame:
    if area == areas.NATION or frame.empty:
        return frame
    codes = frame[key_of(frame)]
    return frame[codes.str.startswith(area + ".") | (codes == area)].reset_index(drop=True)


def _lies_inside(codes, area: str):
    """Say of each code of an arrow column whether it lies inside `area`."""
    import pyarrow.compute as pc

    return pc.or_(pc.starts_with(codes, area + "."), pc.equal(codes, area))


def _overlaps(statistics, area: str) -> bool:
    """Say whether a row group can hold codes inside `area`."""
    if statistics is None or not statistics.has_min_max:
        return True
    return statistics.min < area + _AFTER_DOT and statistics.max >= area


@dataclass
class View:
    """What of the tables holds at a period: every method gives one table's rows, an empty frame where none are."""

    tables: Tables
    period: Period
    # Found once, asked for often.
    newest: dict[tuple[str, int], pd.DataFrame] = field(default_factory=dict, repr=False)
    times: dict[str, str] = field(default_factory=dict, repr=False)

    def month(self, name: str) -> pd.DataFrame:
        """Give the rows of the period's last month: for stocks."""
        return self._rows(name, "period", [self.period.month])

    def months(self, name: str) -> pd.DataFrame:
        """Give the rows of all months of the period: for what is summed over a quarter."""
        return self._rows(name, "period", list(self.period.months))

    def quarter(self, name: str) -> pd.DataFrame:
        """Give the rows of the quarter that the period is, or lies in."""
        year, month = self.period.month.split("-")
        return self._rows(name, "period", [f"{year}-Q{(int(month) + 2) // 3}"])

    def semester(self, name: str) -> pd.DataFrame:
        """Give the rows of the newest semester that had ended by the end of the period."""
        return self._rows(name, "period", [self.as_of(name)])

    def snapshot(self, name: str) -> pd.DataFrame:
        """Give the rows of the newest snapshot of the period, of each kabupaten/kota its own."""
        return self._snapshot(name, 1)

    def previous_snapshot(self, name: str) -> pd.DataFrame:
        """Give the rows of the snapshot before that of the period, of each kabupaten/kota its own."""
        return self._snapshot(name, 2)

    def _snapshot(self, name: str, place: int) -> pd.DataFrame:
        key = name, place
        if key not in self.newest:
            self.newest[key] = self._newest(name, place)
        return self.newest[key]

    def _newest(self, name: str, place: int) -> pd.DataFrame:
        """Give the rows of the snapshot that is `place`-th from the newest of the period."""
        frame = self.tables.read(name)
        if "as_of" not in frame:
            return frame.iloc[:0]
        limit = self.period.snapshot_limit.isoformat()
        if len(self.tables.area) >= areas.CODE_WIDTH["kabupaten"]:  # one kabupaten alone: one order of days
            days = sorted((day for day in frame["as_of"].dropna().unique() if day <= limit), reverse=True)
            return frame[frame["as_of"].isin(days[place - 1 : place])].reset_index(drop=True)
        frame = frame[frame["as_of"] <= limit]
        days = frame[[key_of(frame), "as_of"]].assign(kabupaten=frame[key_of(frame)].str[:5])
        pairs = days[["kabupaten", "as_of"]].drop_duplicates()
        ranks = pairs.assign(rank=pairs.groupby("kabupaten")["as_of"].rank(method="dense", ascending=False))
        wanted = days.merge(ranks, on=["kabupaten", "as_of"])["rank"].to_numpy() == place
        return frame[wanted].reset_index(drop=True)

    def snapshots(self, name: str) -> list[str]:
        """Give the dates of the snapshots up to the period, oldest first."""
        limit = self.period.snapshot_limit.isoformat()
        return sorted(d for d in self.tables.times(name, "as_of") if d <= limit)

    def as_of(self, name: str) -> str:
        """Give the time a table's figures are of at this period: a date, a month, a semester; empty where none is.

        Where kabupaten/kota have snapshots of several dates it is `first/last`.
        """
        if name not in self.times:
            self.times[name] = self._as_of(name)
        return self.times[name]

    def _as_of(self, name: str) -> str:
        frame = self.tables.read(name)
        if frame.empty:
            return ""
        if time_of(frame) == "as_of":
            days = sorted(self.snapshot(name)["as_of"].unique())
            return "" if not days else days[0] if len(days) == 1 else f"{days[0]}/{days[-1]}"
        times = self.tables.times(name, "period")
        if any("S" in t for t in times):
            year, half = (
                self.period.end.year,
                2 if self.period.end.month == 12 else 1 if self.period.end.month >= 6 else 0,
            )
            return max((t for t in times if t <= f"{year}-S{half}"), default="")
        return self.period.month if self.period.month in times else ""

    def _rows(self, name: str, column: str, wanted: list[str]) -> pd.DataFrame:
        frame = self.tables.read(name)
        if column not in frame:
            return frame.iloc[:0]
        return frame[frame[column].isin(wanted)].reset_index(drop=True)
