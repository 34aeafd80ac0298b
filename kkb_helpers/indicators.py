"""Every indicator with its words, as a ratio of two sums, and the contract they all keep.

An indicator is one decorated function: it takes what the tables hold at a period and returns one row a unit (a village,
a Kampung KB, a kabupaten/kota, a row of an export) with `numerator` and `denominator`, missing where it is not known.
The framework below sums them where both are known, at every level from village to nation in one pass, counts how many
units answered, and adds names, target, status, date and source.

To add an indicator: one decorated function at the end of its sasaran, and its golden file in `tests/golden`.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from . import areas, targets
from .classification import COMPONENTS
from .errors import QualityError
from .params import Period
from .store import Tables, key_of

COLUMNS = [
    *("period", "area_code", "area_name", "level", "indicator_id", "label", "numerator", "denominator", "value"),
    *("unit", "better", "target", "status", "reporting", "expected", "as_of", "source"),
]
LEVELS = ("desa", "kecamatan", "kabupaten", "provinsi", "nasional")
REPORT_LEVELS = ("kecamatan", "kabupaten", "provinsi")
UNITS = ("percent", "percent of target", "ratio", "count")
SASARAN = ("0 kelembagaan", "1 data", "2 perilaku", "3 layanan", "4 lingkungan", "5 pelaporan")
GROUP_KINDS = ("bkb", "bkr", "bkl", "uppka", "pikr")
CROSS_FIELD_CODES = tuple(f"X30{n}" for n in range(1, 8))

# What a table is called in print, and what of it holds at a period.
TITLES = {
    "kampung": "Portal Kampung KB, Klasifikasi",
    "profile": "Portal Kampung KB, Rekapitulasi",
    "siga_kkb": "SIGA, Kampung KB",
    "siga_rdk": "SIGA, Rumah DataKu",
    "siga_groups": "SIGA, Kelompok kegiatan",
    "siga_group_targets": "SIGA, Sasaran dan kesertaan poktan",
    "siga_bkb_families": "SIGA, Keluarga BKB",
    "siga_pus": "SIGA, PUS dan unmet need",
    "siga_methods": "SIGA, Peserta KB menurut metode",
    "elsimil_pregnant": "Elsimil, Ibu hamil",
    "siga_krs": "SIGA, Verval KRS",
    "partners": "Isian mitra",
    "funding": "Isian dana",
    "coordination": "Isian koordinasi",
}
TIMES = {
    "kampung": "snapshot",
    "profile": "snapshot",
    "siga_kkb": "snapshot",
    "siga_rdk": "snapshot",
    "siga_groups": "month",
    "siga_group_targets": "month",
    "siga_bkb_families": "month",
    "siga_pus": "month",
    "siga_methods": "month",
    "elsimil_pregnant": "snapshot",
    "siga_krs": "semester",
    "partners": "months",
    "funding": "quarter",
    "coordination": "quarter",
}
KAMPUNG_TABLES = ("kampung", "profile")
TEMPLATE_TABLES = ("partners", "funding", "coordination")
VILLAGE_TABLES = tuple(name for name in TITLES if name not in KAMPUNG_TABLES + TEMPLATE_TABLES)
# Months of these repeat an older register: equal figures are one vintage, between which there is no change to speak of.
VINTAGE_TABLES = ("siga_group_targets",)


# --- the registry ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Indicator:
    """An indicator and its words.

    `numerator` and `denominator` are Indonesian words to be printed; `unit` is one of `UNITS`; `better` is up, down or
    context; `unit_of_report` says what a unit is (desa, kampung, kabupaten, baris); `minimum` is the smallest
    denominator for which a rate is ranked; `persons` says that it counts people or families, which small numbers
    could give away. `either` means that the second table stands in, kabupaten by kabupaten, where the first has no row.
    """

    id: str
    label: str
    label_en: str
    sasaran: str
    numerator: str
    denominator: str
    unit: str
    better: str
    tables: tuple[str, ...]
    definition: str
    source: str
    decimals: int
    minimum: int
    persons: bool
    unit_of_report: str
    either: bool
    function: Callable[["Slice"], pd.DataFrame]

    @property
    def target_rule(self) -> str:
        """What its target is, in Indonesian words."""
        if _of_villages(self.id):
            return "Sasaran adalah bagian dari jumlah desa/kelurahan, dibulatkan ke atas, menurut akhir tahun."
        return "Sasaran ditulis dalam targets.csv." if targets.has(self.id) else "Tanpa target."


REGISTRY: dict[str, Indicator] = {}


def indicator(
    label: str,
    label_en: str,
    sasaran: int,
    numerator: str,
    denominator: str,
    tables: str,
    definition: str,
    source: str,
    *,
    unit: str = "percent",
    better: str = "up",
    decimals: int = 2,
    minimum: int = 5,
    persons: bool = False,
    per: str = "desa",
    either: bool = False,
) -> Callable:
    """Register the decorated function as the indicator of its name; parameters as the fields of `Indicator`."""

    def register(function: Callable) -> Callable:
        name = function.__name__
        if name in REGISTRY:
            raise ValueError(f"indicator {name} is registered twice")
        REGISTRY[name] = Indicator(
            id=name,
            label=label,
            label_en=label_en,
            sasaran=SASARAN[sasaran],
            numerator=numerator,
            denominator=denominator,
            unit=unit,
            better=better,
            tables=tuple(tables.split()),
            definition=definition,
            source=source,
            decimals=decimals,
            minimum=minimum,
            persons=persons,
            unit_of_report=per,
            either=either,
            function=function,
        )
        return function

    return register


# --- where a code lies ----------------------------------------------------------------------------------------------


class _Atlas:
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
def _atlas(provinces: frozenset[str]) -> _Atlas:
    return _Atlas(provinces)


# --- what the tables hold at a period -------------------------------------------------------------------------------


class _NoRows(LookupError):
    """The table has no row at the period: the indicator cannot be computed anywhere."""


class _Shelf:
    """Tables with the place and time of every row worked out once, for as many periods as are asked of it."""

    def __init__(self, tables: Tables):
        self.tables = tables
        self.atlas = _atlas(_provinces(tables))
        self._parts: dict[str, _Part] = {}

    def part(self, name: str) -> "_Part":
        if name not in self._parts:
            self._parts[name] = _Part(self.tables.read(name), self.atlas)
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
    frames = (tables.read(name) for name in TITLES)
    return frozenset(code for frame in frames if len(frame) for code in frame[key_of(frame)].str[:2].unique())


class _Part:
    """One table: its rows, their places and times."""

    def __init__(self, frame: pd.DataFrame, atlas: _Atlas):
        self.atlas = atlas
        self.level = "desa"
        if len(frame) and key_of(frame) == "area_code":
            # A fill-in workbook may also hold rows of a province office; they are no kabupaten's.
            self.level = "kabupaten"
            frame = frame[frame["area_code"].str.len() == areas.CODE_WIDTH["kabupaten"]].reset_index(drop=True)
        self.frame = frame
        self.empty = frame.empty
        places = np.zeros(0, dtype=np.int64) if self.empty else atlas.places(frame[key_of(frame)], self.level)
        self.places = places
        self.kabupaten = atlas.kabupaten_of["desa"][places] if self.level == "desa" else places
        column = "period" if "period" in frame.columns else "as_of"
        codes, times = ([], []) if self.empty else pd.factorize(frame[column], sort=True)
        self.codes, self.times = np.asarray(codes, dtype=np.int64), [str(time) for time in times]

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


@dataclass
class Rows:
    """Rows of one table, indexed by the place of their area in the reference list."""

    atlas: _Atlas
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

    def __init__(self, shelf: _Shelf, period: Period, limit: str | None = None):
        self.shelf = shelf
        self.atlas = shelf.atlas
        self.period = period
        self.limit = limit or period.snapshot_limit.isoformat()
        self.read: list[tuple[str, np.ndarray]] = []
        self._kept: dict = {}

    def rows(self, name: str, how: str | None = None) -> Rows:
        """Give a table's rows at the period, in the way the table is usually read or in another; possibly none."""
        how = how or TIMES[name]
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
            raise _NoRows(name)
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
            empty = np.all([_numeric(rows[name]).to_numpy() == 1 for name in COMPONENTS], axis=0)
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
            raise _NoRows("kampung")
        return counts

    def _count_kampung(self) -> tuple[pd.Series, np.ndarray]:
        portal, siga = self.rows("kampung"), self.rows("siga_kkb")
        as_of = np.where(portal.present, portal.as_of, siga.as_of)
        counted = self.portal_villages(portal.frame.index)
        if siga.frame.empty:
            return counted, as_of
        instead = siga.frame.loc[~portal.present[siga.kabupaten], "jumlah_kampung_kb"]
        return pd.concat([counted, _numeric(instead)]).sort_index(), as_of

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
            instead = _numeric(siga.frame.loc[~covered[siga.kabupaten], "jumlah_kampung_kb"]).fillna(0)
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


def _numeric(values: pd.Series) -> pd.Series:
    """A column as float with NaN where it is missing: sums of counts stay exact below 2^53."""
    return pd.Series(values.to_numpy(dtype=float, na_value=np.nan), index=values.index)


# --- ratios of units ------------------------------------------------------------------------------------------------


def _ratio(numerator: pd.Series, denominator: pd.Series | None = None) -> pd.DataFrame:
    """Put numerator and denominator side by side, unit by unit; a count has no denominator."""
    top = _numeric(numerator)
    if denominator is None:
        return pd.DataFrame({"numerator": top, "denominator": np.nan})
    bottom = _numeric(denominator)
    if not top.index.equals(bottom.index):
        top, bottom = (side.groupby(level=0).sum(min_count=1) for side in (top, bottom))
    return pd.DataFrame({"numerator": top, "denominator": bottom})


def _share(condition: pd.Series, of: pd.Series | None = None) -> pd.DataFrame:
    """One row a unit: 1 where the condition holds, of 1 where it is known (and the unit is among `of`)."""
    top = _numeric(condition)
    known = top.notna() if of is None else top.notna() & of
    return pd.DataFrame({"numerator": top.where(known), "denominator": np.where(known, 1.0, np.nan)}, index=top.index)


def _of_classified(view: Slice, condition: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame:
    rows = view.classes()
    return _share(condition(rows), of=rows["kelas"].notna())


def _of_class(view: Slice, name: str) -> pd.DataFrame:
    return _of_classified(view, lambda rows: rows["kelas"].eq(name))


def _mandiri_plus(view: Slice) -> pd.Series:
    """One row a village: its Kampung KB of class Mandiri or Berkelanjutan, 0 where it has none."""
    rows = view.classes()
    return view.portal_villages(rows.index[rows["kelas"].isin(["Mandiri", "Berkelanjutan"])])


# --- from units to areas --------------------------------------------------------------------------------------------


@dataclass
class _Sums:
    """Sums of one indicator at one level, one entry an area of the reference list."""

    numerator: np.ndarray
    denominator: np.ndarray
    reporting: np.ndarray
    expected: np.ndarray


class _Units:
    """The units of one indicator at a period: all of them by place, and those whose value is known."""

    def __init__(self, item: Indicator, view: "Slice"):
        self.item, self.view, self.atlas = item, view, view.atlas
        self.frame = _found(item, view)
        top, bottom = (self.frame[name].to_numpy(float) for name in ("numerator", "denominator"))
        known = ~np.isnan(top) if _without_denominator(item) else ~(np.isnan(top) | np.isnan(bottom))
        self.all_places = self.frame.index.to_numpy(np.int64)
        self.places, self.top, self.bottom = self.all_places[known], top[known], np.nan_to_num(bottom[known])
        self.level = "kabupaten" if item.unit_of_report == "kabupaten" else "desa"
        seen = np.zeros(self.atlas.size[self.level], dtype=bool)
        seen[self.places] = True
        # A village answers once, however many rows it has; Kampung KB and rows answer one by one.
        self.answers = self.places if item.unit_of_report in ("kampung", "baris") else np.flatnonzero(seen)

    def sums(self, level: str) -> _Sums:
        """Sum over the areas of a level."""
        atlas, size = self.atlas, self.atlas.size[level]
        if self.level == "kabupaten" and level not in atlas.of_kabupaten:
            nothing = np.zeros(size)
            return _Sums(nothing, nothing, nothing, nothing)
        parents = (atlas.of_kabupaten if self.level == "kabupaten" else atlas.of_village)[level]
        homes = parents[self.places]
        return _Sums(
            np.bincount(homes, self.top, minlength=size),
            np.bincount(homes, self.bottom, minlength=size),
            np.bincount(parents[self.answers], minlength=size),
            self._expected(level, parents, size),
        )

    def _expected(self, level: str, parents: np.ndarray, size: int) -> np.ndarray:
        if self.item.unit_of_report == "desa":
            return self.atlas.villages[level]
        if self.item.unit_of_report == "kampung":
            return self.view.expected_kampung_in(level)
        if self.item.unit_of_report == "kabupaten":
            return self.atlas.kabupaten[level]
        return np.bincount(parents[self.all_places], minlength=size)

    @cached_property
    def kabupaten(self) -> np.ndarray:
        """Which kabupaten gave any value, as a mask over the reference list."""
        answered = np.zeros(self.atlas.size["kabupaten"], dtype=bool)
        answered[self.places if self.level == "kabupaten" else self.atlas.kabupaten_of["desa"][self.places]] = True
        return answered

    def villages(self, level: str) -> np.ndarray:
        """Count the villages of the kabupaten that gave any value: the part of a target an area can be held to.

        All of the area's where none gave one: the target is known, only the figure is not.
        """
        covered = self.kabupaten[self.atlas.kabupaten_of["desa"]]
        homes, size = self.atlas.of_village[level], self.atlas.size[level]
        counts = np.bincount(homes, covered, minlength=size).astype(int)
        return np.where(counts > 0, counts, self.atlas.villages[level])


def _found(item: Indicator, view: Slice) -> pd.DataFrame:
    """Give what an indicator's function finds; no row where it cannot be computed."""
    view.read.clear()
    try:
        return item.function(view)
    except _NoRows:
        view.read.clear()
        return pd.DataFrame({"numerator": [], "denominator": []}, index=pd.Index([], dtype=np.int64), dtype=float)


def _without_denominator(item: Indicator) -> bool:
    """Whether its units have none: a count, or a share of a target, which is the area's and no unit's."""
    return item.unit in ("count", "percent of target")


def _texts(item: Indicator, view: Slice, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Give as_of and source of one indicator, one text an area of a level."""
    atlas = view.atlas
    title = " + ".join(TITLES[name] for name in item.tables) if len(item.tables) < 4 else "Semua tabel"
    by_kabupaten = view.read[0][1] if view.read else np.full(atlas.size["kabupaten"], "", object)
    sources = np.where(by_kabupaten != "", title, "")
    if item.either:
        portal = view.rows("kampung").present
        sources = np.where(by_kabupaten == "", "", np.where(portal, TITLES[item.tables[0]], TITLES[item.tables[-1]]))
    if level in atlas.kabupaten_of:
        home = atlas.kabupaten_of[level]
        return by_kabupaten[home], sources[home]
    parents, size = atlas.of_kabupaten[level], atlas.size[level]
    as_of, source = np.full(size, "", object), np.full(size, "", object)
    filled = np.flatnonzero(by_kabupaten != "")
    for area in np.unique(parents[filled]):
        inside = filled[parents[filled] == area]
        days, names = sorted(set(by_kabupaten[inside])), sources[inside]
        as_of[area] = days[0] if len(days) == 1 else f"{days[0]}/{days[-1]}"
        kinds = sorted(set(names))
        source[area] = (
            kinds[0] if len(kinds) == 1 else " + ".join(f"{k} ({(names == k).sum()} kab/kota)" for k in kinds)
        )
    return as_of, source


def _value(item: Indicator, top: np.ndarray, bottom: np.ndarray, reporting: np.ndarray) -> np.ndarray:
    if item.unit == "count":
        return np.where(reporting > 0, top, np.nan)
    possible = (reporting > 0) & (bottom > 0)
    factor = 1.0 if item.unit == "ratio" else 100.0
    return np.where(possible, factor * top / np.where(possible, bottom, 1.0), np.nan)


def _goal(item: Indicator, code: str, day: dt.date, villages: int) -> float:
    """Give an area's target in the unit of the indicator's value, NaN where no target holds."""
    share = targets.path(item.id, code, day)
    if share is None:
        return np.nan
    if item.unit == "count":
        return float(targets.required(item.id, code, day, villages) or np.nan)
    return 100.0 if item.unit == "percent of target" else float(share if item.unit == "ratio" else 100 * share)


def _block(view: Slice, items: list[Indicator], levels: Iterable[str]) -> pd.DataFrame:
    """Compute indicators at one period: the contract's columns, the status still empty, and `villages`.

    One row an indicator and area; `villages` is the number of villages a target is allocated by.
    """
    atlas, chosen = view.atlas, view.shelf.kabupaten
    inside = {level: _inside(atlas, chosen, level) for level in levels}
    pieces = []
    for item in items:
        units = _Units(item, view)
        for level in levels:
            pieces.append(_piece(units, level, inside[level]))
    if not pieces:
        return pd.DataFrame(columns=[*COLUMNS, "villages"])
    columns = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    lengths = [len(piece["area"]) for piece in pieces]
    of_item = np.repeat(np.repeat(np.arange(len(items)), len(levels)), lengths)
    of_level = np.repeat(np.tile(np.arange(len(levels)), len(items)), lengths)
    words = {
        "indicator_id": [item.id for item in items],
        "label": [item.label for item in items],
        "unit": [item.unit for item in items],
        "better": [item.better for item in items],
    }
    firsts = np.cumsum([0, *(atlas.size[level] for level in levels)])[:-1]
    area = columns.pop("area") + firsts[of_level]
    frame = pd.DataFrame(
        {
            "period": _taken([view.period.text], np.zeros(len(area), dtype=int)),
            "area_code": _taken(np.concatenate([atlas.codes[level] for level in levels]), area),
            "area_name": _taken(np.concatenate([atlas.names[level] for level in levels]), area),
            "level": _taken(list(levels), of_level),
            **{name: _taken(texts, of_item) for name, texts in words.items()},
            **{name: _text(columns[name]) for name in ("as_of", "source")},
            **{name: _whole(columns[name]) for name in ("numerator", "denominator", "reporting", "expected")},
            "value": columns["value"],
            "target": columns["target"],
            "villages": columns["villages"],
            "status": _taken([""], np.zeros(len(area), dtype=int)),
        }
    )
    return frame[[*COLUMNS, "villages"]]


def _inside(atlas: _Atlas, chosen: np.ndarray, level: str) -> np.ndarray:
    """Give the places of the areas of a level that lie in, or around, the chosen kabupaten."""
    if level in atlas.kabupaten_of:
        return np.flatnonzero(chosen[atlas.kabupaten_of[level]])
    return np.unique(atlas.of_kabupaten[level][chosen])


def _piece(units: _Units, level: str, inside: np.ndarray) -> dict[str, np.ndarray]:
    """Compute one indicator at one level, for the places `inside`."""
    item, view, sums = units.item, units.view, units.sums(level)
    top, bottom = sums.numerator[inside].astype(float), sums.denominator[inside].astype(float)
    reporting, expected = sums.reporting[inside], sums.expected[inside]
    target, villages = np.full(len(inside), np.nan), np.zeros(len(inside), dtype=int)
    if targets.has(item.id) and level in targets.TARGET_LEVELS:
        villages = units.villages(level)[inside]
        codes, day = view.atlas.codes[level][inside], view.period.year_end
        target = np.array([_goal(item, code, day, n) for code, n in zip(codes, villages, strict=True)])
        if item.unit == "percent of target":
            needed = [targets.required(item.id, code, day, n) for code, n in zip(codes, villages, strict=True)]
            bottom = np.array([np.nan if n is None else n for n in needed], dtype=float)
    elif item.unit == "percent of target":
        bottom = np.full(len(inside), np.nan)
    as_of, source = _texts(item, view, level)
    nothing = reporting == 0
    return {
        "area": inside,
        "numerator": np.where(nothing, np.nan, top),
        "denominator": np.where(nothing | (item.unit == "count"), np.nan, bottom),
        "value": _value(item, top, bottom, reporting),
        "target": target,
        "villages": villages,
        "reporting": reporting,
        "expected": expected,
        "as_of": np.where(nothing, "", as_of[inside]),
        "source": np.where(nothing, "", source[inside]),
    }


def _taken(texts: Iterable[str], picks: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return _text(np.asarray(texts, object)).take(picks)


def _text(values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str")


def _whole(values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 0, values).round().astype(np.int64), missing)


# --- what others call -----------------------------------------------------------------------------------------------


def compute(
    tables: Tables,
    period: Period | str,
    levels: Iterable[str] = REPORT_LEVELS,
    ids: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Compute indicators at a period for every area of the tables.

    Parameters
    ----------
    levels : any of `LEVELS`. ids : indicators, all where None.

    Returns
    -------
    The contract's columns of indicators.csv, one row an indicator and area: the kabupaten with any row in any table,
    and the areas inside and around them. What cannot be computed has an empty value and `reporting` 0. Where areas
    around hold kabupaten of several dates, `as_of` is `first/last`.
    """
    period, items, levels, shelf = _period(period), _chosen(ids), tuple(levels), _Shelf(tables)
    now = _block(Slice(shelf, period), items, levels)
    judged = [item for item in items if targets.has(item.id)]
    above = tuple(level for level in levels if level in targets.TARGET_LEVELS)
    past = _past(shelf, period, judged, above, months=13) if judged and above else []
    return _judge([*past, now])[-1]


def history(
    tables: Tables,
    period: Period | str,
    ids: Iterable[str] | None = None,
    levels: Iterable[str] = ("kabupaten", "provinsi"),
    months: int = 13,
) -> pd.DataFrame:
    """Compute indicators at every month, semester and snapshot up to a period: the columns of `compute`.

    One block a time: months of the last `months`, all snapshots, quarters and semesters. `period` is the month of the
    block and `as_of` its very date; an area without a value at a time has no row there.
    """
    period, levels = _period(period), tuple(levels)
    blocks = _judge(_past(_Shelf(tables), period, _chosen(ids), levels, months))
    if not blocks:
        return compute(tables, period, levels, ids).iloc[:0]
    order = {name: place for place, name in enumerate(REGISTRY)}
    joined = pd.concat(blocks, ignore_index=True)
    keys = joined.assign(_order=joined["indicator_id"].map(order), _day=joined["as_of"].map(_day))
    return joined.loc[keys.sort_values(["_order", "area_code", "_day"], kind="stable").index].reset_index(drop=True)


def units(tables: Tables, period: Period | str, id: str) -> pd.DataFrame:
    """Give an indicator's units at a period: village_code (area_code), numerator, denominator.

    One row a village, a Kampung KB, a kabupaten/kota or an exported row, whichever the indicator is counted by; a
    village with several rows (months of a quarter, kinds of group) is summed.
    """
    (item,) = _chosen([id])
    view = Slice(_Shelf(tables), _period(period))
    found = _found(item, view)
    level, key = ("kabupaten", "area_code") if item.unit_of_report == "kabupaten" else ("desa", "village_code")
    if item.unit_of_report in ("desa", "kabupaten") and not found.index.is_unique:
        both = found if _without_denominator(item) else found.dropna()
        found = both.groupby(level=0).sum(min_count=1).reindex(found.index.unique())
    codes = _text(view.atlas.codes[level][found.index.to_numpy(np.int64)])
    whole = {name: _whole(found[name].to_numpy(float)) for name in ("numerator", "denominator")}
    return pd.DataFrame({key: codes, **whole}).sort_values(key, kind="stable", ignore_index=True)


def previous(
    tables: Tables,
    period: Period | str,
    ids: str | Iterable[str] | None = None,
    levels: Iterable[str] = REPORT_LEVELS,
) -> pd.DataFrame:
    """Give what indicators were before; one row an indicator and area that has a comparison.

    Columns: indicator_id, area_code, previous_value, previous_numerator, previous_denominator, previous_as_of.
    Monthly figures: the month (quarter) before and no other. Snapshots and semesters: the one before that of the area.
    Another source, another target under an achievement, or a repeated vintage of a register is no comparison: there is
    then no row.
    """
    return _previous(_Shelf(tables), _period(period), _chosen(ids), tuple(levels))[0]


def changes(
    tables: Tables,
    period: Period | str,
    ids: str | Iterable[str] | None = None,
    levels: Iterable[str] = REPORT_LEVELS,
) -> pd.DataFrame:
    """Give how indicators changed: the columns of `previous` and value, change, improved.

    `change` is in points for percentages and in the unit itself for counts and ratios; `improved` is missing where the
    direction is context or nothing changed.
    """
    before, now = _previous(_Shelf(tables), _period(period), _chosen(ids), tuple(levels))
    keys = ["indicator_id", "area_code"]
    pairs = before.merge(now[[*keys, "value", "better"]], on=keys, how="left")
    change = pairs["value"] - pairs["previous_value"]
    improved = (change > 0).where(pairs["better"].eq("up"), change < 0).astype("boolean")
    silent = change.eq(0) | pairs["better"].eq("context")
    return pairs.assign(change=change, improved=improved.mask(silent)).drop(columns="better")


def _previous(
    shelf: _Shelf, period: Period, items: list[Indicator], levels: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give `previous` of indicators, and their present block."""
    # Rows of the last snapshot stand at every month: two months of them are not two measurements.
    items = [item for item in items if item.unit_of_report != "baris"]
    monthly = [item for item in items if TIMES[item.tables[0]] in ("month", "months")]
    others = [item for item in items if item not in monthly]
    now = _block(Slice(shelf, period), items, levels)
    blocks = _past(shelf, period, others, levels, months=0)
    if monthly:
        blocks.append(_block(Slice(shelf, period.previous), monthly, levels))
    before = pd.concat(blocks or [now.iloc[:0]], ignore_index=True)
    keys, columns = ["indicator_id", "area_code"], ["value", "numerator", "denominator", "as_of"]
    pairs = now.merge(before[[*keys, "source", *columns]], on=[*keys, "source"], suffixes=("", "_before"))
    earlier = pairs["as_of_before"].map(_day) < pairs["as_of"].map(_day)
    known = pairs["value"].notna() & pairs["value_before"].notna()
    pairs = pairs[earlier & known & ~_same_vintage(pairs) & ~_other_target(pairs)]
    pairs = pairs.drop_duplicates(keys, keep="last").reset_index(drop=True)
    return pairs[keys].assign(**{f"previous_{name}": pairs[f"{name}_before"] for name in columns}), now


def _same_vintage(pairs: pd.DataFrame) -> pd.Series:
    """Mark figures that repeat those of the month before because the register behind them was not renewed."""
    repeated = [item.id for item in REGISTRY.values() if item.tables[0] in VINTAGE_TABLES]
    same = pairs["numerator"].eq(pairs["numerator_before"]) & pairs["denominator"].eq(pairs["denominator_before"])
    return same.fillna(False).astype(bool) & pairs["indicator_id"].isin(repeated)


def _other_target(pairs: pd.DataFrame) -> pd.Series:
    """Mark achievements measured against another target before: the year turned, not the district."""
    other = pairs["denominator"].ne(pairs["denominator_before"]).fillna(False).astype(bool)
    return other & pairs["unit"].eq("percent of target")


def vintage(tables: Tables, period: Period | str, table: str = VINTAGE_TABLES[0]) -> pd.DataFrame:
    """Say since when the figures of a register are the same: area_code (kabupaten/kota), since (the first such month).

    Between two months of one vintage nothing was measured anew. Kabupaten without a row at the period are left out.
    """
    shelf, month = _Shelf(tables), _period(period).month
    part = shelf.part(table)
    if month not in part.times:
        return pd.DataFrame({"area_code": _text(np.array([], object)), "since": _text(np.array([], object))})
    told = [name for name in part.frame.columns if name not in ("period", "source_file", "source_row")]
    marks = pd.util.hash_pandas_object(part.frame[told], index=False).to_numpy()
    keys = pd.DataFrame({"kabupaten": part.kabupaten, "time": part.codes, "mark": marks})
    # The order of rows does not matter, so their hashes are added up.
    sums = keys[keys["time"] <= part.times.index(month)].groupby(["kabupaten", "time"])["mark"].sum().reset_index()
    renewed = sums["mark"].ne(sums.groupby("kabupaten")["mark"].shift())
    last = sums[renewed].groupby("kabupaten")["time"].last()
    present = sums[sums["time"] == part.times.index(month)]["kabupaten"]
    codes = shelf.atlas.codes["kabupaten"][present.to_numpy()]
    since = np.array(part.times, object)[last.loc[present].to_numpy()]
    return pd.DataFrame({"area_code": _text(codes), "since": _text(since)})


def received(
    tables: Tables,
    period: Period | str,
    levels: Iterable[str] = REPORT_LEVELS,
) -> pd.DataFrame:
    """Say how complete each table is at a period: table, area_code, level, received, expected, as_of.

    Villages for village tables (the month's, or the last month's of a quarter), Kampung KB for the portal's, and
    kabupaten/kota for the fill-in workbooks, which have no row at kecamatan. Every known table is listed.
    """
    view = Slice(_Shelf(tables), _period(period))
    atlas = view.atlas
    pieces = []
    for name in TITLES:
        rows = view.rows(name)
        for level in levels:
            if name in TEMPLATE_TABLES and level not in atlas.of_kabupaten:
                continue
            inside = _inside(atlas, view.shelf.kabupaten, level)
            got, wanted = _arrivals(view, name, rows, level)
            as_of = _span(atlas, rows.as_of, level)
            pieces.append(
                pd.DataFrame(
                    {
                        "table": _taken([name], np.zeros(len(inside), dtype=int)),
                        "area_code": _text(atlas.codes[level][inside]),
                        "level": _taken([level], np.zeros(len(inside), dtype=int)),
                        "received": _whole(got[inside].astype(float)),
                        "expected": _whole(wanted[inside].astype(float)),
                        "as_of": _text(as_of[inside]),
                    }
                )
            )
    return pd.concat(pieces, ignore_index=True)


def _arrivals(view: Slice, name: str, rows: Rows, level: str) -> tuple[np.ndarray, np.ndarray]:
    atlas, size = view.atlas, view.atlas.size[level]
    if name in TEMPLATE_TABLES:
        return np.bincount(atlas.of_kabupaten[level], rows.present, minlength=size), atlas.kabupaten[level]
    parents, places = atlas.of_village[level], rows.frame.index.to_numpy(np.int64)
    if name in KAMPUNG_TABLES:
        return (
            np.bincount(parents[places], minlength=size),
            view.expected_kampung_in(level),
        )
    return np.bincount(parents[np.unique(places)], minlength=size), atlas.villages[level]


def _span(atlas: _Atlas, as_of: np.ndarray, level: str) -> np.ndarray:
    """Give dates of kabupaten as dates of a level: `first/last` where an area holds several."""
    if level in atlas.kabupaten_of:
        return as_of[atlas.kabupaten_of[level]]
    spans = np.full(atlas.size[level], "", object)
    filled = np.flatnonzero(as_of != "")
    parents = atlas.of_kabupaten[level][filled]
    for area in np.unique(parents):
        days = sorted(set(as_of[filled[parents == area]]))
        spans[area] = days[0] if len(days) == 1 else f"{days[0]}/{days[-1]}"
    return spans


def missing_months(tables: Tables, period: Period | str) -> dict[str, tuple[str, ...]]:
    """Name the months of a quarter that a monthly table lacks; only tables that hold at least one of its months."""
    months = _period(period).months
    found = {}
    for name in (name for name, how in TIMES.items() if how == "month"):
        times = set(tables.read(name)["period"]) if len(tables.read(name)) else set()
        gone = tuple(month for month in months if month not in times)
        if gone and len(gone) < len(months):
            found[name] = gone
    return found


def _period(period: Period | str) -> Period:
    return period if isinstance(period, Period) else Period(period)


def _chosen(ids: Iterable[str] | None) -> list[Indicator]:
    if ids is None:
        return list(REGISTRY.values())
    wanted = [ids] if isinstance(ids, str) else list(ids)
    if unknown := [name for name in wanted if name not in REGISTRY]:
        from .errors import UsageError

        raise UsageError(f"Indikator {', '.join(unknown)} tidak dikenal. Pilih dari: {', '.join(REGISTRY)}.")
    return [REGISTRY[name] for name in wanted]


# --- through time ---------------------------------------------------------------------------------------------------


def _past(
    shelf: _Shelf, period: Period, items: list[Indicator], levels: tuple[str, ...], months: int
) -> list[pd.DataFrame]:
    """Compute a block for every time at which the items' tables hold something, oldest first."""
    moments: dict[tuple[str, str], list[Indicator]] = {}
    for item in items:
        for moment in _moments(shelf, period, item, months):
            moments.setdefault(moment, []).append(item)
    blocks = []
    for month, time in sorted(moments, key=lambda moment: _day(moment[1])):
        limit = time if len(time) == 10 else None
        block = _block(Slice(shelf, Period(month), limit), moments[month, time], levels)
        ends = block["as_of"].str.rsplit("/", n=1).str[-1]
        block = block[ends.eq(time) & block["reporting"].gt(0)]
        if len(block):
            blocks.append(block)
    return blocks


def _moments(shelf: _Shelf, period: Period, item: Indicator, months: int) -> list[tuple[str, str]]:
    """Give (month, time) of every block an indicator has up to the period."""
    if not item.tables:
        return []
    times = sorted(
        {time for name in (item.tables if item.either else item.tables[:1]) for time in shelf.part(name).times}
    )
    how = TIMES[item.tables[0]]
    if how == "snapshot":
        limit = period.snapshot_limit.isoformat()
        return [(time[:7], time) for time in times if time <= limit]
    if how in ("semester", "quarter"):
        return [(_day(time).isoformat()[:7], time) for time in times if _day(time) <= period.end]
    last = Period(period.month)
    first = last.shift(1 - months).text
    return [(time, time) for time in times if first <= time <= last.text]


@lru_cache(maxsize=1024)
def _day(as_of: str) -> dt.date:
    """Give the last day that an `as_of` speaks of; the first of all days for an empty one."""
    time = as_of.rsplit("/", 1)[-1]
    if not time:
        return dt.date.min
    if len(time) == 10:
        return dt.date.fromisoformat(time)
    if "S" in time:
        return Period(f"{time[:4]}-{'06' if time.endswith('1') else '12'}").end
    return Period(time).end


_FOLLOWED = ["period", "area_code", "indicator_id", "numerator", "value", "reporting", "expected", "as_of", "source"]


def _judge(blocks: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Add the status to blocks of one series, oldest first; a change of source starts the trend anew."""
    seen: dict[tuple[str, str, str], dict[dt.date, float]] = {}
    judged = []
    for block in blocks:
        followed = block["indicator_id"].isin([name for name in REGISTRY if targets.has(name)])
        places = np.flatnonzero(followed & block["level"].isin(targets.TARGET_LEVELS))
        status = np.array(block["status"], dtype=object)
        rows = block.iloc[places][[*_FOLLOWED, "target", "villages"]].astype(object)
        for place, row in zip(places, rows.itertuples(index=False), strict=True):
            if row.target == row.target:
                status[place] = _status(row, seen)
            _remember(row, seen)
        judged.append(block.assign(status=_text(status))[COLUMNS])
    return judged


def _remember(row, seen: dict) -> None:
    """Keep a point that a trend may rest on: complete enough, with its source."""
    if row.reporting and row.reporting >= targets.COMPLETE_ENOUGH * row.expected:
        seen.setdefault((row.indicator_id, row.area_code, row.source), {})[_day(row.as_of)] = _measure(row)


def _measure(row) -> float:
    """What of a row is followed through time: Kampung KB for targets of villages, else the value."""
    return float(row.numerator) if _of_villages(row.indicator_id) else row.value


def _of_villages(name: str) -> bool:
    return targets.FOLLOWS.get(name, name) in targets.OF_VILLAGES


def _status(row, seen: dict) -> str:
    """Give the status word of one row, from its own figure and the points seen before it."""
    item, code = REGISTRY[row.indicator_id], row.area_code
    if not row.reporting or row.value != row.value:
        return targets.NO_DATA
    day, value = _day(row.as_of), _measure(row)
    trend = sorted({**seen.get((item.id, code, row.source), {}), day: value}.items())

    def goal(date: dt.date) -> float | None:
        if _of_villages(item.id):
            return targets.required(item.id, code, date, row.villages)
        share = targets.path(item.id, code, date)
        return None if share is None else float(share if item.unit == "ratio" else 100 * share)

    coming = targets.next_milestone(item.id, code, day)
    return targets.status(
        value,
        goal(Period(row.period).year_end),
        item.better,
        points=len(trend),
        expected=goal(day),
        observed=targets.pace(trend),
        needed=targets.required_pace(value, goal(coming.date), day, coming.date) if coming else None,
        complete=row.reporting / row.expected if row.expected else 0.0,
    )


# --- sasaran 0: kelembagaan -----------------------------------------------------------------------------------------

PORTAL_OR_SIGA = "kampung siga_kkb"
PORTAL = "Portal Kampung KB (Perban BKKBN 20/2023)"
INPRES = "Inpres 3/2022; portal Kampung KB, atau SIGA K/0/KAMPUNGKB bila portal belum diimpor"
CLASSIFICATION = "Klasifikasi Kampung KB pada portal (Perban BKKBN 20/2023)"
CLASS_NOTE = (
    "Kelas menurut kolom Klasifikasi yang diekspor; bila kosong, kelas yang dihitung ulang dari dua belas skor. "
    "Kampung KB yang kedua belas skornya 1 dihitung belum mengisi laporan, tidak di sini."
)
TEMPLATE = "Borang isian kabupaten/kota"
POKTAN = "SIGA R/I poktan"


@indicator(
    "Desa/kelurahan yang memiliki Kampung KB",
    "Villages with at least one Kampung KB",
    0,
    "desa/kelurahan yang memiliki Kampung KB",
    "desa/kelurahan",
    PORTAL_OR_SIGA,
    "Bagian desa/kelurahan menurut daftar rujukan yang memiliki sekurang-kurangnya satu Kampung KB; desa dengan dua "
    "Kampung KB dihitung satu.",
    INPRES,
    either=True,
)
def village_coverage(view):
    return _share((view.kampung_counts() > 0).where(view.kampung_counts().notna()))


@indicator(
    "Jumlah Kampung KB",
    "Kampung KB",
    0,
    "Kampung KB",
    "",
    PORTAL_OR_SIGA,
    "Banyaknya Kampung KB: setiap baris yang diekspor, juga bila satu desa memiliki dua.",
    INPRES,
    unit="count",
    decimals=0,
    either=True,
)
def kampung_count(view):
    return _ratio(view.kampung_counts())


@indicator(
    "Capaian terhadap target pembentukan",
    "Achievement of the formation target",
    0,
    "Kampung KB",
    "sasaran Kampung KB akhir tahun",
    PORTAL_OR_SIGA,
    "Banyaknya Kampung KB dibagi sasaran akhir tahun, yaitu bagian desa/kelurahan yang diminta Inpres, dibulatkan ke "
    "atas pada wilayah itu sendiri; dapat melebihi 100 karena satu desa dapat memiliki dua Kampung KB.",
    INPRES,
    unit="percent of target",
    either=True,
)
def formation_achievement(view):
    return _ratio(view.kampung_counts())


@indicator(
    "Kampung KB klasifikasi Dasar",
    "Kampung KB classified Dasar",
    0,
    "Kampung KB berklasifikasi Dasar",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Dasar. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def dasar_share(view):
    return _of_class(view, "Dasar")


@indicator(
    "Kampung KB klasifikasi Berkembang",
    "Kampung KB classified Berkembang",
    0,
    "Kampung KB berklasifikasi Berkembang",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Berkembang. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def berkembang_share(view):
    return _of_class(view, "Berkembang")


@indicator(
    "Kampung KB klasifikasi Mandiri",
    "Kampung KB classified Mandiri",
    0,
    "Kampung KB berklasifikasi Mandiri",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Mandiri. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def mandiri_share(view):
    return _of_class(view, "Mandiri")


@indicator(
    "Kampung KB klasifikasi Berkelanjutan",
    "Kampung KB classified Berkelanjutan",
    0,
    "Kampung KB berklasifikasi Berkelanjutan",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Berkelanjutan. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def berkelanjutan_share(view):
    return _of_class(view, "Berkelanjutan")


@indicator(
    "Kampung KB Mandiri atau Berkelanjutan per desa/kelurahan",
    "Kampung KB Mandiri or Berkelanjutan per village",
    0,
    "Kampung KB Mandiri atau Berkelanjutan",
    "desa/kelurahan",
    "kampung",
    "Cakupan: banyaknya Kampung KB Mandiri atau Berkelanjutan dibagi seluruh desa/kelurahan, bukan dibagi sasaran.",
    CLASSIFICATION,
)
def mandiri_plus_share(view):
    return _ratio(_mandiri_plus(view), _mandiri_plus(view) * 0 + 1)


@indicator(
    "Capaian terhadap target Mandiri dan Berkelanjutan",
    "Achievement of the Mandiri and Berkelanjutan target",
    0,
    "Kampung KB Mandiri atau Berkelanjutan",
    "sasaran Kampung KB Mandiri dan Berkelanjutan akhir tahun",
    "kampung",
    "Capaian: banyaknya Kampung KB Mandiri atau Berkelanjutan dibagi sasaran akhir tahun, yaitu bagian desa/kelurahan "
    "yang ditargetkan, dibulatkan ke atas pada wilayah itu sendiri.",
    CLASSIFICATION,
    unit="percent of target",
)
def mandiri_plus_achievement(view):
    return _ratio(_mandiri_plus(view))


@indicator(
    "Kampung KB yang belum mengisi laporan",
    "Kampung KB that never filled a section",
    0,
    "Kampung KB yang kedua belas skornya 1",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang kedua belas skor komponennya 1, artinya belum satu bagian pun diisi; portal "
    "menyebutnya Dasar.",
    CLASSIFICATION,
    better="down",
    per="kampung",
)
def unreported_share(view):
    return _of_classified(view, lambda rows: rows["kosong"])


@indicator(
    "Kampung KB memiliki Pokja",
    "Kampung KB with a working group",
    0,
    "Kampung KB memiliki Pokja",
    "Kampung KB yang mengisi Pokja",
    "profile",
    "Bagian Kampung KB yang kepengurusan Pokja-nya ada, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def pokja_share(view):
    return _share(view.snapshot("profile")["pokja_pengurusan"])


@indicator(
    "Pokja memiliki SK",
    "Working group has a decree",
    0,
    "Kampung KB dengan Pokja ber-SK",
    "Kampung KB yang mengisi SK Pokja",
    "profile",
    "Bagian Kampung KB yang Pokja-nya ditetapkan dengan SK, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def pokja_decree_share(view):
    return _share(view.snapshot("profile")["pokja_sk"])


@indicator(
    "Pokja terlatih",
    "Working group trained",
    0,
    "Kampung KB dengan Pokja terlatih",
    "Kampung KB yang mengisi pelatihan Pokja",
    "profile",
    "Bagian Kampung KB yang Pokja-nya pernah dilatih, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def pokja_trained_share(view):
    return _share(view.snapshot("profile")["pokja_pelatihan"])


@indicator(
    "Anggota Pokja terlatih",
    "Working-group members trained",
    0,
    "anggota Pokja terlatih",
    "anggota Pokja",
    "profile",
    "Banyaknya anggota Pokja yang terlatih dibagi seluruh anggota Pokja.",
    PORTAL,
    per="kampung",
    minimum=30,
    persons=True,
)
def pokja_members_trained_share(view):
    rows = view.snapshot("profile")
    return _ratio(rows["pokja_jumlah_terlatih"], rows["pokja_jumlah"])


@indicator(
    "Kampung KB didampingi PKB/PLKB",
    "Kampung KB with a field officer",
    0,
    "Kampung KB didampingi PKB/PLKB",
    "Kampung KB yang mengisi pendampingan",
    "profile",
    "Bagian Kampung KB yang didampingi PKB/PLKB, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def plkb_share(view):
    return _share(view.snapshot("profile")["plkb_pendamping"])


@indicator(
    "Kampung KB memiliki regulasi",
    "Kampung KB with a regulation",
    0,
    "Kampung KB memiliki regulasi",
    "Kampung KB yang mengisi regulasi",
    "profile",
    "Bagian Kampung KB yang memiliki regulasi pemerintah daerah atau desa, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def regulation_share(view):
    return _share(view.snapshot("profile")["regulasi"])


@indicator(
    "Kampung KB memiliki rencana kerja masyarakat",
    "Kampung KB with a community work plan",
    0,
    "Kampung KB memiliki rencana kerja masyarakat",
    "Kampung KB yang mengisi rencana kerja masyarakat",
    "profile",
    "Bagian Kampung KB yang memiliki rencana kerja masyarakat (RKM), di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def work_plan_share(view):
    return _share(view.snapshot("profile")["rkm"])


@indicator(
    "Mekanisme operasional lengkap (5 dari 5)",
    "All five operational mechanisms",
    0,
    "Kampung KB dengan lima mekanisme operasional",
    "Kampung KB dalam rekapitulasi",
    "profile",
    "Bagian Kampung KB yang menjalankan kelima mekanisme operasional: rapat perencanaan, koordinasi lintas sektor, "
    "sosialisasi, monitoring dan evaluasi, penyusunan laporan.",
    PORTAL,
    per="kampung",
)
def operations_complete_share(view):
    done = _numeric(view.snapshot("profile")["jumlah_mekanisme_operasional"])
    return _share((done == 5).where(done.notna()))


@indicator(
    "Kampung KB dengan dua sumber dana atau lebih",
    "Kampung KB with two or more funding sources",
    0,
    "Kampung KB dengan dua sumber dana atau lebih",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor sumber dananya 3 atau 4, yaitu sekurang-kurangnya dua sumber dana.",
    CLASSIFICATION,
    per="kampung",
)
def funding_sources_share(view):
    return _of_classified(view, lambda rows: rows["input_sumber_dana"] >= 3)


@indicator(
    "Kampung KB dengan keterlibatan lintas sektor",
    "Kampung KB with other sectors involved",
    0,
    "Kampung KB dengan keterlibatan lintas sektor",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor lintas sektornya 2 atau lebih, yaitu sekurang-kurangnya satu lembaga pernah terlibat.",
    CLASSIFICATION,
    per="kampung",
)
def sectors_share(view):
    return _of_classified(view, lambda rows: rows["proses_lintas_sektor"] >= 2)


@indicator(
    "Kampung KB dengan peran organisasi kemasyarakatan",
    "Kampung KB with a community organisation active",
    0,
    "Kampung KB dengan kegiatan organisasi kemasyarakatan",
    "Kampung KB",
    "partners kampung siga_kkb",
    "Bagian Kampung KB di desa yang mencatat sekurang-kurangnya satu kegiatan organisasi kemasyarakatan pada periode "
    "ini. Borang mencatat desa, maka di desa dengan dua Kampung KB satu yang dihitung.",
    f"{TEMPLATE}: mitra",
)
def ormas_share(view):
    partners = view.months("partners")
    counts = view.kampung_counts()
    answered = view.rows("partners").present[view.atlas.kabupaten_of["desa"][counts.index]]
    counts = counts[answered]
    active = pd.Series(counts.index.isin(partners.index), index=counts.index)
    return _ratio(active.astype(float).clip(upper=counts), counts)


@indicator(
    "Kabupaten/kota dengan Tim Koordinasi ber-SK",
    "Districts with a decreed coordination team",
    0,
    "kabupaten/kota dengan SK Tim Koordinasi",
    "kabupaten/kota yang mengisi",
    "coordination",
    "Bagian kabupaten/kota yang Tim Koordinasi Kampung KB-nya telah ditetapkan dengan SK sampai triwulan ini, di "
    "antara yang mengisi borang; untuk satu kabupaten 0 atau 100.",
    f"{TEMPLATE}: koordinasi",
    minimum=1,
    per="kabupaten",
)
def coordination_share(view):
    rows = view.to_date("coordination")
    decreed = rows["kind"].eq("tim_koordinasi") & rows["sk_nomor"].fillna("").str.strip().ne("")
    return _share(decreed.groupby(level=0).any())


@indicator(
    "Monev triwulanan terlaksana",
    "Quarterly review held",
    0,
    "kabupaten/kota yang melaksanakan monev",
    "kabupaten/kota yang mengisi",
    "coordination",
    "Bagian kabupaten/kota yang melaksanakan monev Kampung KB pada triwulan ini, di antara yang mengisi borang; untuk "
    "satu kabupaten 0 atau 100.",
    f"{TEMPLATE}: koordinasi",
    minimum=1,
    per="kabupaten",
)
def quarterly_review_share(view):
    rows = view.quarter("coordination")
    held = _numeric(rows["terlaksana"])[rows["kind"].eq("monev").to_numpy()]
    return _share(held.groupby(level=0).max())


@indicator(
    "Serapan dana BOKB Operasional Kampung KB",
    "BOKB funds absorbed",
    0,
    "realisasi BOKB (rupiah)",
    "alokasi BOKB (rupiah)",
    "funding",
    "Realisasi dana BOKB Operasional Kampung KB dibagi alokasinya pada triwulan ini.",
    f"{TEMPLATE}: dana",
    minimum=1,
    per="kabupaten",
)
def bokb_absorption(view):
    rows = view.quarter("funding")
    rows = rows[rows["sumber"].eq("BOKB").to_numpy()]
    return _ratio(rows["realisasi"], rows["alokasi"])


# --- sasaran 1: data ------------------------------------------------------------------------------------------------


@indicator(
    "Kampung KB memiliki Rumah DataKu",
    "Kampung KB with a Rumah DataKu",
    1,
    "Rumah DataKu di Kampung KB",
    "Kampung KB (SIGA)",
    "siga_rdk siga_kkb",
    "Banyaknya Rumah DataKu di Kampung KB dibagi banyaknya Kampung KB, keduanya menurut SIGA.",
    "SIGA K/0/RUMAHDATAKU dan K/0/KAMPUNGKB",
)
def rumah_dataku_share(view):
    return _ratio(view.snapshot("siga_rdk")["di_kampung_kb"], view.snapshot("siga_kkb")["jumlah_kampung_kb"])


@indicator(
    "Rumah DataKu Paripurna",
    "Rumah DataKu of the top class",
    1,
    "Rumah DataKu Paripurna",
    "Rumah DataKu",
    "siga_rdk",
    "Bagian Rumah DataKu yang berklasifikasi Paripurna.",
    "SIGA K/0/RUMAHDATAKU",
)
def rumah_dataku_paripurna_share(view):
    rows = view.snapshot("siga_rdk")
    return _ratio(rows["paripurna"], rows["jumlah_rumah_dataku"])


@indicator(
    "Kampung KB memakai data dalam perencanaan",
    "Kampung KB that plan with data",
    1,
    "Kampung KB yang memakai data",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor penggunaan datanya 2 atau lebih, yaitu sekurang-kurangnya satu jenis data; dihitung "
    "dari banyaknya, sebab persentase yang ditulis portal memakai penyebut lain.",
    CLASSIFICATION,
    per="kampung",
)
def data_use_share(view):
    return _of_classified(view, lambda rows: rows["proses_penggunaan_data"] >= 2)


# --- sasaran 2: perilaku --------------------------------------------------------------------------------------------


@indicator(
    "Keikutsertaan BKB",
    "BKB participation of families with under-fives",
    2,
    "keluarga balita yang ikut BKB",
    "keluarga sasaran BKB",
    "siga_group_targets",
    "Keluarga yang ikut Bina Keluarga Balita dibagi keluarga sasarannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkb_participation(view):
    rows = view.month("siga_group_targets")
    return _ratio(rows["kesertaan_bkb"], rows["sasaran_bkb"])


@indicator(
    "Keikutsertaan BKR",
    "BKR participation of families with adolescents",
    2,
    "keluarga remaja yang ikut BKR",
    "keluarga sasaran BKR",
    "siga_group_targets",
    "Keluarga yang ikut Bina Keluarga Remaja dibagi keluarga sasarannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkr_participation(view):
    rows = view.month("siga_group_targets")
    return _ratio(rows["kesertaan_bkr"], rows["sasaran_bkr"])


@indicator(
    "Keikutsertaan BKL",
    "BKL participation of families with elderly",
    2,
    "keluarga lansia yang ikut BKL",
    "keluarga sasaran BKL",
    "siga_group_targets",
    "Keluarga yang ikut Bina Keluarga Lansia dibagi keluarga sasarannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkl_participation(view):
    rows = view.month("siga_group_targets")
    return _ratio(rows["kesertaan_bkl"], rows["sasaran_bkl"])


@indicator(
    "Keikutsertaan UPPKA",
    "UPPKA participation of families",
    2,
    "peserta UPPKA",
    "keluarga",
    "profile",
    "Peserta Usaha Peningkatan Pendapatan Keluarga Akseptor dibagi seluruh keluarga di Kampung KB.",
    PORTAL,
    per="kampung",
    minimum=30,
    persons=True,
)
def uppka_participation(view):
    rows = view.snapshot("profile")
    return _ratio(rows["uppka"], rows["keluarga"])


@indicator(
    "Keikutsertaan PIK-R",
    "PIK-R participation of adolescents",
    2,
    "peserta PIK-R",
    "remaja",
    "profile",
    "Peserta Pusat Informasi dan Konseling Remaja dibagi seluruh remaja di Kampung KB.",
    PORTAL,
    per="kampung",
    minimum=30,
    persons=True,
)
def pikr_participation(view):
    rows = view.snapshot("profile")
    return _ratio(rows["pikr"], rows["remaja"])


@indicator(
    "BKB yang melapor",
    "BKB groups that reported",
    2,
    "BKB yang melapor",
    "BKB yang ada",
    "siga_groups",
    "Kelompok BKB yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def bkb_reporting(view):
    rows = view.kind("bkb")
    return _ratio(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "BKR yang melapor",
    "BKR groups that reported",
    2,
    "BKR yang melapor",
    "BKR yang ada",
    "siga_groups",
    "Kelompok BKR yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def bkr_reporting(view):
    rows = view.kind("bkr")
    return _ratio(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "BKL yang melapor",
    "BKL groups that reported",
    2,
    "BKL yang melapor",
    "BKL yang ada",
    "siga_groups",
    "Kelompok BKL yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def bkl_reporting(view):
    rows = view.kind("bkl")
    return _ratio(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "UPPKA yang melapor",
    "UPPKA groups that reported",
    2,
    "UPPKA yang melapor",
    "UPPKA yang ada",
    "siga_groups",
    "Kelompok UPPKA yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def uppka_reporting(view):
    rows = view.kind("uppka")
    return _ratio(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "PIK-R yang melapor",
    "PIK-R groups that reported",
    2,
    "PIK-R yang melapor",
    "PIK-R yang ada",
    "siga_groups",
    "Kelompok PIK-R yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def pikr_reporting(view):
    rows = view.kind("pikr")
    return _ratio(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "Poktan yang melapor (lima jenis)",
    "Groups that reported, all five kinds",
    2,
    "poktan yang melapor",
    "poktan yang ada",
    "siga_groups",
    "Kelompok kegiatan kelima jenis (BKB, BKR, BKL, UPPKA, PIK-R) yang melapor dibagi yang ada.",
    POKTAN,
)
def groups_reporting(view):
    rows = view.months("siga_groups")
    return _ratio(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "Kehadiran keluarga anggota BKB",
    "Attendance of BKB member families",
    2,
    "keluarga anggota BKB yang hadir pertemuan",
    "keluarga anggota BKB",
    "siga_bkb_families",
    "Keluarga anggota BKB yang hadir pertemuan dibagi seluruh keluarga anggota; untuk triwulan dijumlahkan atas "
    "bulan-bulannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkb_attendance(view):
    rows = view.months("siga_bkb_families")
    return _ratio(rows["keluarga_hadir"], rows["keluarga_anggota"])


@indicator(
    "Materi 1000 HPK per BKB yang melapor",
    "1000-day sessions per reporting BKB group",
    2,
    "penyampaian materi 1000 HPK",
    "BKB yang melapor",
    "siga_groups",
    "Banyaknya penyampaian materi 1000 Hari Pertama Kehidupan dibagi kelompok BKB yang melapor; bukan persentase, "
    "sebab satu kelompok dapat menyampaikannya lebih dari sekali.",
    POKTAN,
    unit="ratio",
    better="context",
)
def bkb_1000hpk_ratio(view):
    rows = view.kind("bkb")
    return _ratio(rows["materi_1000_hpk"], rows["yang_lapor"])


@indicator(
    "Kampung KB dengan lima jenis poktan",
    "Kampung KB with all five groups",
    2,
    "Kampung KB dengan lima jenis poktan",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor poktannya 4, yaitu memiliki BKB, BKR, BKL, UPPKA dan PIK-R.",
    CLASSIFICATION,
    per="kampung",
)
def five_groups_share(view):
    return _of_classified(view, lambda rows: rows["input_poktan"] == 4)


# --- sasaran 3: layanan ---------------------------------------------------------------------------------------------


@indicator(
    "Peserta KB modern terhadap PUS (mCPR)",
    "Modern contraceptive prevalence (service statistics)",
    3,
    "peserta KB modern",
    "PUS",
    "siga_methods siga_pus",
    "Peserta KB cara modern dibagi pasangan usia subur menurut statistik layanan; tidak sebanding dengan mCPR "
    "hasil survei.",
    "SIGA R/I pelayanan KB",
    minimum=30,
    persons=True,
)
def mcpr(view):
    return _ratio(view.month("siga_methods")["kb_modern"], view.month("siga_pus")["pus"])


@indicator(
    "Peserta KB terhadap PUS (CPR)",
    "Contraceptive prevalence (service statistics)",
    3,
    "peserta KB",
    "PUS",
    "siga_methods siga_pus",
    "Peserta KB semua cara dibagi pasangan usia subur menurut statistik layanan.",
    "SIGA R/I pelayanan KB",
    minimum=30,
    persons=True,
)
def cpr(view):
    return _ratio(view.month("siga_methods")["pa"], view.month("siga_pus")["pus"])


@indicator(
    "Peserta MKJP terhadap peserta KB modern",
    "Long-acting methods among modern users",
    3,
    "peserta MKJP (IUD, implan, vasektomi, tubektomi)",
    "peserta KB modern",
    "siga_methods",
    "Peserta metode kontrasepsi jangka panjang (IUD, implan, vasektomi, tubektomi) dibagi peserta KB cara modern.",
    "SIGA R/I pelayanan KB",
    minimum=30,
    persons=True,
)
def mkjp_share(view):
    rows = view.month("siga_methods")
    return _ratio(rows["iud"] + rows["implan"] + rows["vasektomi"] + rows["tubektomi"], rows["kb_modern"])


@indicator(
    "Kebutuhan ber-KB yang tidak terpenuhi (unmet need)",
    "Unmet need for family planning",
    3,
    "PUS dengan kebutuhan ber-KB tidak terpenuhi",
    "PUS",
    "siga_pus",
    "Pasangan usia subur yang ingin anak kemudian atau tidak ingin anak lagi tetapi tidak ber-KB, dibagi seluruh PUS.",
    "SIGA R/I pelayanan KB",
    better="down",
    minimum=30,
    persons=True,
)
def unmet_need(view):
    rows = view.month("siga_pus")
    return _ratio(rows["unmet_need"], rows["pus"])


@indicator(
    "Keluarga berisiko stunting (KRS)",
    "Families at risk of stunting",
    3,
    "keluarga berisiko stunting",
    "keluarga sasaran",
    "siga_krs",
    "Keluarga berisiko stunting dibagi keluarga sasaran (PUS, PUS hamil, punya baduta atau balita), bukan seluruh "
    "keluarga.",
    "Verifikasi dan validasi KRS, SIGA",
    better="down",
    minimum=30,
    persons=True,
)
def krs_share(view):
    rows = view.semester("siga_krs")
    return _ratio(rows["jumlah_krs"], rows["jumlah_keluarga_sasaran"])


@indicator(
    "Ibu hamil yang didampingi",
    "Pregnant women assisted",
    3,
    "ibu hamil yang didampingi",
    "ibu hamil",
    "elsimil_pregnant",
    "Ibu hamil yang didampingi Tim Pendamping Keluarga dibagi ibu hamil yang tercatat.",
    "Elsimil, pendampingan ibu hamil",
    minimum=30,
    persons=True,
)
def pregnant_assisted_share(view):
    rows = view.snapshot("elsimil_pregnant")
    return _ratio(rows["bumil_terdampingi"], rows["jumlah_bumil"])


@indicator(
    "Ibu hamil terdampingi yang mengonsumsi tablet tambah darah",
    "Pregnant women taking iron tablets",
    3,
    "ibu hamil yang mengonsumsi tablet tambah darah",
    "ibu hamil yang didampingi",
    "elsimil_pregnant",
    "Ibu hamil yang mengonsumsi tablet tambah darah dibagi ibu hamil yang didampingi.",
    "Elsimil, pendampingan ibu hamil",
    minimum=30,
    persons=True,
)
def iron_tablet_share(view):
    rows = view.snapshot("elsimil_pregnant")
    return _ratio(rows["konsumsi_ttd"], rows["bumil_terdampingi"])


# --- sasaran 4: lingkungan ------------------------------------------------------------------------------------------


@indicator(
    "Keluarga sasaran tanpa jamban layak",
    "Target families without a decent latrine",
    4,
    "keluarga sasaran tanpa jamban layak",
    "keluarga sasaran",
    "siga_krs",
    "Keluarga sasaran verval KRS yang jambannya tidak layak dibagi keluarga sasaran.",
    "Verifikasi dan validasi KRS, SIGA",
    better="down",
    minimum=30,
    persons=True,
)
def no_proper_latrine_share(view):
    rows = view.semester("siga_krs")
    return _ratio(rows["jamban_tidak_layak"], rows["jumlah_keluarga_sasaran"])


@indicator(
    "Keluarga sasaran tanpa air minum layak",
    "Target families without decent drinking water",
    4,
    "keluarga sasaran tanpa air minum layak",
    "keluarga sasaran",
    "siga_krs",
    "Keluarga sasaran verval KRS yang sumber air minumnya tidak layak dibagi keluarga sasaran.",
    "Verifikasi dan validasi KRS, SIGA",
    better="down",
    minimum=30,
    persons=True,
)
def no_safe_water_share(view):
    rows = view.semester("siga_krs")
    return _ratio(rows["air_minum_tidak_layak"], rows["jumlah_keluarga_sasaran"])


# --- sasaran 5: pelaporan -------------------------------------------------------------------------------------------


@indicator(
    "Baris dengan nilai mustahil",
    "Rows with an impossible value",
    5,
    "baris yang nilainya saling bertentangan",
    "baris yang diterima",
    " ".join(sorted(VILLAGE_TABLES + KAMPUNG_TABLES, key=lambda name: TIMES[name] != "month")),
    "Bagian baris yang melanggar pemeriksaan antarkolom X301 sampai X307, misalnya peserta melebihi sasaran; nilainya "
    "didaftar dan tetap dijumlahkan.",
    "Pemeriksaan mutu kkb",
    better="down",
    per="baris",
)
def impossible_values_share(view):
    broken = _broken_rows(view.shelf.tables.findings)
    flags = []
    for name in VILLAGE_TABLES + KAMPUNG_TABLES:
        rows = view.rows(name)
        if len(rows.frame):
            flags.append(pd.Series(_is_broken(rows.frame, broken), index=rows.frame.index))
            view.read.append((name, np.where(rows.present, view.period.text, "")))
    if not flags:
        raise _NoRows("semua tabel")
    present = np.logical_or.reduce([as_of != "" for _, as_of in view.read])
    view.read[:] = [("", np.where(present, view.period.text, "").astype(object))]
    return _share(pd.concat(flags))


def _broken_rows(findings: pd.DataFrame) -> dict[str, set[int]]:
    """Give the rows of each file that a cross-field check found contradictory."""
    codes = findings["code"].str.removeprefix("KKB-").isin(CROSS_FIELD_CODES) & findings["row"].str.isdigit()
    rows = findings[codes]
    return {name: set(part.astype(int)) for name, part in rows["row"].groupby(rows["file"])}


def _is_broken(frame: pd.DataFrame, broken: dict[str, set[int]]) -> np.ndarray:
    flags = np.zeros(len(frame), dtype=bool)
    files, names = pd.factorize(frame["source_file"])
    numbers = frame["source_row"].to_numpy(dtype=float, na_value=np.nan)
    for place, name in enumerate(names):
        if name in broken:
            inside = np.flatnonzero(files == place)
            flags[inside] = np.isin(numbers[inside], list(broken[name]))
    return flags


def _register_received(name: str) -> None:
    """Register `<table>_received_share`: how many of the places that should have a row of a table have one."""
    if name in TEMPLATE_TABLES:
        places, per, minimum = "kabupaten/kota", "kabupaten", 1
    elif name in KAMPUNG_TABLES:
        places, per, minimum = "desa/kelurahan yang memiliki Kampung KB", "desa", 5
    else:
        places, per, minimum = "desa/kelurahan", "desa", 5

    def received_share(view: Slice) -> pd.DataFrame:
        rows = view.arrived(name)
        if per == "kabupaten":
            return _share(pd.Series(rows.present))
        arrived = np.zeros(view.atlas.size["desa"], dtype=bool)
        arrived[rows.frame.index.to_numpy(np.int64)] = True
        wanted = view.expected_kampung > 0 if name in KAMPUNG_TABLES else np.ones(len(arrived), dtype=bool)
        return _share(pd.Series(arrived)[wanted])

    received_share.__name__ = f"{name}_received_share"
    lead = places[0].upper() + places[1:]
    indicator(
        f"{lead} yang datanya diterima: {TITLES[name]}",
        f"Places whose data arrived: {name}",
        5,
        f"{places} yang ada barisnya",
        places,
        name,
        f"Bagian {places} yang mempunyai baris pada tabel {TITLES[name]} untuk periode ini.",
        "Tabel yang diimpor",
        minimum=minimum,
        per=per,
    )(received_share)


for _name in TITLES:
    _register_received(_name)
