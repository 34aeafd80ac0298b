"""What the tables hold at a period, placed on the map of codes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from .. import areas
from ..classification import COMPONENTS
from ..errors import QualityError
from ..params import Period
from ..store import Tables, key_of
from .registry import LEVELS, TIMES, TITLES


class Atlas:
    """The reference list of some provinces as arrays: an area's place in its level, and that of the area around it."""

    def __init__(self, provinces: frozenset[str]):
        lists = {level: areas.frame(level) for level in LEVELS[:-1]}
        lists = {level: rows[rows["code"].str[:2].isin(provinces)] for level, rows in lists.items()}
        self.codes = {level: rows["code"].to_numpy(object) for level, rows in lists.items()}
        self.codes["nasional"] = np.array([areas.NATION], object)
        self.names = {level: rows["name"].to_numpy(object) for level, rows in lists.items()}
        self.names["nasional"] = np.array([areas.name_of(areas.NATION)], object)
        self.size = {level: len(codes) for level, codes in self.codes.items()}
        self._numbers = {level: _numbers(self.codes[level]) for level in ("desa", "kabupaten")}
        self.of_village = {level: self._parents("desa", level) for level in LEVELS}
        self.of_kabupaten = {level: self._parents("kabupaten", level) for level in LEVELS[2:]}
        self.kabupaten_of = {level: self._parents(level, "kabupaten") for level in ("desa", "kecamatan", "kabupaten")}
        self.villages = {level: np.bincount(self.of_village[level], minlength=self.size[level]) for level in LEVELS}
        self.kabupaten = {
            level: np.bincount(self.of_kabupaten[level], minlength=self.size[level]) for level in self.of_kabupaten
        }
        # The nation is all of its provinces, also where only some have tables.
        self.villages["nasional"] = np.array([len(areas.frame("desa"))])
        self.kabupaten["nasional"] = np.array([len(areas.frame("kabupaten"))])

    def _parents(self, level: str, above: str) -> np.ndarray:
        if above == "nasional":
            return np.zeros(len(self.codes[level]), dtype=np.int64)
        width = areas.CODE_WIDTH[above]
        return np.searchsorted(self.codes[above].astype(str), self.codes[level].astype(f"U{width}"))

    def places(self, codes: pd.Series, level: str) -> np.ndarray:
        """Give the place of each code in its level; QualityError where the reference list has no such code."""
        known = self._numbers[level]
        numbers = _numbers(codes)
        places = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
        if (wrong := known[places] != numbers).any():
            strange = ", ".join(sorted(set(codes[wrong]))[:5])
            raise QualityError(
                f"Kode {level} tidak ada dalam daftar rujukan: {strange}. Impor ulang berkas sumbernya agar kode "
                "dicocokkan kembali."
            )
        return places


def _numbers(codes: Iterable[str]) -> np.ndarray:
    """Dotted codes as integers, for comparison alone (`36.01.01.2001` -> 3601012001)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.cast(pc.replace_substring(pa.array(codes, pa.string()), ".", ""), pa.int64()).to_numpy()


@lru_cache(maxsize=4)
def atlas_of(provinces: frozenset[str]) -> Atlas:
    return Atlas(provinces)


class NoRows(LookupError):
    """The table has no row at the period: the indicator cannot be computed anywhere."""


class Shelf:
    """Tables with the place and time of every row worked out once, for as many periods as are asked of it.

    pieces: indicators computed of them, by indicator, period, limit and level (`sums`): a figure, its past and its
    change ask for the same.
    """

    def __init__(self, tables: Tables):
        self.tables = tables
        self.atlas = atlas_of(_provinces(tables))
        self._parts: dict[str, _Part] = tables.worked_out.setdefault("parts", {})
        self.pieces: dict[tuple, dict[str, np.ndarray]] = tables.worked_out.setdefault("pieces", {})

    def part(self, name: str) -> "_Part":
        if name not in self._parts:
            self._parts[name] = _Part(self.tables, name, self.atlas)
        return self._parts[name]

    @cached_property
    def kabupaten(self) -> np.ndarray:
        """Which kabupaten have any row in any table, as a mask over the reference list."""
        found = np.zeros(self.atlas.size["kabupaten"], dtype=bool)
        for name in TITLES:
            found[self.part(name).kabupaten] = True
        return found


def _provinces(tables: Tables) -> frozenset[str]:
    """Give the codes of the provinces that have a row in any table."""
    if tables.area != areas.NATION:
        return frozenset([tables.area[:2]])
    frames = (tables.keys(name) for name in TITLES)
    return frozenset(code for frame in frames if len(frame) for code in frame[key_of(frame)].str[:2].unique())


class _Part:
    """One table: the places and times of its rows, and the rows once some are asked for."""

    def __init__(self, tables: Tables, name: str, atlas: Atlas):
        self.atlas, self.tables, self.name = atlas, tables, name
        frame = _of_villages_and_kabupaten(tables.keys(name))
        self.level = "kabupaten" if len(frame) and key_of(frame) == "area_code" else "desa"
        self.empty = frame.empty
        places = np.zeros(0, dtype=np.int64) if self.empty else atlas.places(frame[key_of(frame)], self.level)
        self.places = places
        self.kabupaten = atlas.kabupaten_of["desa"][places] if self.level == "desa" else places
        column = "period" if "period" in frame.columns else "as_of"
        codes, times = ([], []) if self.empty else pd.factorize(frame[column], sort=True)
        self.codes, self.times = np.asarray(codes, dtype=np.int64), [str(time) for time in times]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows, whole."""
        return _of_villages_and_kabupaten(self.tables.read(self.name))

    def at(self, times: Iterable[str]) -> "Rows":
        """Give the rows of the given times."""
        wanted = [self.times.index(time) for time in times if time in self.times]
        return self._rows(np.flatnonzero(np.isin(self.codes, wanted)))

    def newest(self, limit: str) -> "Rows":
        """Give, for every kabupaten, the rows of its newest time up to `limit`."""
        if self.empty:
            return self._rows(np.zeros(0, dtype=np.int64))
        last = np.searchsorted(self.times, limit, side="right") - 1
        newest = np.full(self.atlas.size["kabupaten"], -1, dtype=np.int64)
        within = (self.codes <= last) & (self.codes >= 0)
        np.maximum.at(newest, self.kabupaten[within], self.codes[within])
        return self._rows(np.flatnonzero(within & (self.codes == newest[self.kabupaten])))

    def _rows(self, picked: np.ndarray) -> "Rows":
        frame = self.frame.take(picked).set_axis(pd.Index(self.places[picked], name="place"))
        return Rows(self.atlas, frame, self.kabupaten[picked], self.codes[picked], self.times)


def _of_villages_and_kabupaten(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the rows of province offices that a fill-in workbook may also hold; they are no kabupaten's."""
    if frame.empty or key_of(frame) != "area_code":
        return frame
    return frame[frame["area_code"].str.len() == areas.CODE_WIDTH["kabupaten"]].reset_index(drop=True)


@dataclass
class Rows:
    """Rows of one table, indexed by the place of their area in the reference list."""

    atlas: Atlas
    frame: pd.DataFrame
    kabupaten: np.ndarray
    codes: np.ndarray
    times: list[str]

    @cached_property
    def as_of(self) -> np.ndarray:
        """The newest time of the rows, one a kabupaten of the reference list; empty text where it has none."""
        newest = np.full(self.atlas.size["kabupaten"], -1, dtype=np.int64)
        np.maximum.at(newest, self.kabupaten, self.codes)
        return np.array([*self.times, ""], object)[newest]

    @cached_property
    def present(self) -> np.ndarray:
        """Which kabupaten have a row, as a mask over the reference list."""
        return self.as_of != ""


class Slice:
    """What the tables hold at a period, as `View` says it, but indexed by place and read once.

    `month`, `months`, `snapshot`, `semester`, `quarter` mean what they mean in `View`; a snapshot is the newest of each
    kabupaten, since offices export on different days. A method raises where there is no row, which the framework
    takes for "cannot be computed"; what was read first gives an indicator its date.
    """

    def __init__(self, shelf: Shelf, period: Period, limit: str | None = None):
        self.shelf = shelf
        self.atlas = shelf.atlas
        self.period = period
        self.limit = limit or period.snapshot_limit.isoformat()
        self.read: list[tuple[str, np.ndarray]] = []
        self._kept: dict = {}

    def rows(self, name: str, how: str | None = None) -> Rows:
        """Give a table's rows at the period, in the way the table is usually read or in another; possibly none."""
        how = how or TIMES[name]
        if how == "months" and not self.period.is_quarter:
            how = "month"  # the same rows, taken once
        if (name, how) not in self._kept:
            self._kept[name, how] = self._pick(self.shelf.part(name), how)
        return self._kept[name, how]

    def _pick(self, part: _Part, how: str) -> Rows:
        if how == "snapshot":
            return part.newest(self.limit)
        if how == "semester":
            return part.newest(_last_semester(self.period.end))
        if how == "quarter":
            return part.at([_quarter(self.period)])
        if how == "to date":
            return part.at(time for time in part.times if time <= _quarter(self.period))
        return part.at(self.period.months if how == "months" else [self.period.month])

    def _frame(self, name: str, how: str) -> pd.DataFrame:
        rows = self.rows(name, how)
        if rows.frame.empty:
            raise NoRows(name)
        flow = how == "months" and self.period.is_quarter
        self.read.append((name, np.where(rows.present, self.period.text, "") if flow else rows.as_of))
        return rows.frame

    def month(self, name: str) -> pd.DataFrame:
        """Give the rows of the period's last month: stocks."""
        return self._frame(name, "month")

    def months(self, name: str) -> pd.DataFrame:
        """Give the rows of all months of the period: what is summed over a quarter."""
        return self._frame(name, "months")

    def snapshot(self, name: str) -> pd.DataFrame:
        """Give the rows of each kabupaten's newest snapshot of the period."""
        return self._frame(name, "snapshot")

    def semester(self, name: str) -> pd.DataFrame:
        """Give the rows of the newest semester that had ended."""
        return self._frame(name, "semester")

    def quarter(self, name: str) -> pd.DataFrame:
        """Give the rows of the quarter that the period is, or lies in."""
        return self._frame(name, "quarter")

    def to_date(self, name: str) -> pd.DataFrame:
        """Give the rows of all quarters up to that of the period."""
        return self._frame(name, "to date")

    def arrived(self, name: str) -> Rows:
        """Give a table's rows at the period, where having none is itself an answer."""
        rows = self.rows(name)
        self.read.append((name, rows.as_of))
        return rows

    def kind(self, name: str) -> pd.DataFrame:
        """Give the rows of one kind of group (`bkb`), over the months of the period."""
        rows = self.months("siga_groups")
        if ("kind", name) not in self._kept:
            self._kept["kind", name] = rows[(rows["kind"] == name).to_numpy()]
        return self._kept["kind", name]

    def classes(self) -> pd.DataFrame:
        """Give one row a Kampung KB with its scores, `kelas` (the exported, else the recomputed) and `kosong`.

        `kosong` marks a Kampung KB whose twelve scores are all 1: it never filled a section; its `kelas` is empty text.
        """
        rows = self.snapshot("kampung")
        if "classes" not in self._kept:
            empty = np.all([numeric(rows[name]).to_numpy() == 1 for name in COMPONENTS], axis=0)
            named = rows["klasifikasi"].fillna(rows["klasifikasi_hitung"])
            self._kept["classes"] = rows.assign(kelas=named.where(~empty, ""), kosong=empty)
        return self._kept["classes"]

    def kampung_counts(self) -> pd.Series:
        """Give one row a village with its number of active Kampung KB: the portal's, else SIGA's, by kabupaten.

        In a kabupaten with portal rows a village without any has 0; in SIGA a village without a row is not known.
        """
        if "counts" not in self._kept:
            self._kept["counts"] = self._count_kampung()
        counts, as_of = self._kept["counts"]
        self.read.append(("kampung", as_of))
        if counts.empty:
            raise NoRows("kampung")
        return counts

    def _count_kampung(self) -> tuple[pd.Series, np.ndarray]:
        portal, siga = self.rows("kampung"), self.rows("siga_kkb")
        as_of = np.where(portal.present, portal.as_of, siga.as_of)
        counted = self.portal_villages(portal.frame.index)
        if siga.frame.empty:
            return counted, as_of
        instead = siga.frame.loc[~portal.present[siga.kabupaten], "jumlah_kampung_kb"]
        return pd.concat([counted, numeric(instead)]).sort_index(), as_of

    def portal_villages(self, places: pd.Index) -> pd.Series:
        """Count rows by village, 0 for the other villages of the kabupaten that have portal rows."""
        home = self.atlas.kabupaten_of["desa"]
        covered = np.flatnonzero(self.rows("kampung").present[home])
        counts = np.bincount(places.to_numpy(np.int64), minlength=len(home))[covered]
        return pd.Series(counts.astype(float), index=pd.Index(covered, name="place"))

    @cached_property
    def expected_kampung(self) -> np.ndarray:
        """How many Kampung KB each village of the reference list should give a row: the portal's, else SIGA's."""
        size = self.atlas.size["desa"]
        kampung, profile, siga = self.rows("kampung"), self.rows("profile"), self.rows("siga_kkb")
        known = np.maximum(*(np.bincount(rows.frame.index, minlength=size) for rows in (kampung, profile)))
        if not siga.frame.empty:
            covered = kampung.present | profile.present
            instead = numeric(siga.frame.loc[~covered[siga.kabupaten], "jumlah_kampung_kb"]).fillna(0)
            known[instead.index] = instead.to_numpy()
        return known

    def expected_kampung_in(self, level: str) -> np.ndarray:
        """Sum `expected_kampung` over the areas of a level."""
        if ("expected", level) not in self._kept:
            homes, size = self.atlas.of_village[level], self.atlas.size[level]
            self._kept["expected", level] = np.bincount(homes, self.expected_kampung, minlength=size)
        return self._kept["expected", level]


def _quarter(period: Period) -> str:
    return f"{period.end.year}-Q{(period.end.month + 2) // 3}"


def _last_semester(day: dt.date) -> str:
    return f"{day.year}-S{2 if day.month == 12 else 1 if day.month >= 6 else 0}"


def numeric(values: pd.Series) -> pd.Series:
    """A column as float with NaN where it is missing: sums of counts stay exact below 2^53."""
    return pd.Series(values.to_numpy(dtype=float, na_value=np.nan), index=values.index)
