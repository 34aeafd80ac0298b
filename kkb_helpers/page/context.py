"""What a page draws from: one district's figures, its past, its neighbours and its rows, read once.

Everything vectorised is computed once for all areas (`prepare`) and kept beside the tables; a notebook reads its slice.
A notebook opened by hand finds the same cache or makes it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import areas, classification, compare, disclosure, indicators, ingest, parallel, sample, store
from ..params import ROOT, Params, Period
from ..store import Tables, View

PACKAGE = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
HISTORY_MONTHS = 13
LEVELS = ("kecamatan", "kabupaten", "provinsi")
COMPUTING = (
    "areas",
    "params",
    "store",
    "classification",
    "indicators",
    "targets",
    "disclosure",
)  # the rooms that make figures
# Of the tables with many columns, those that pages show: the others are in the figures, which are computed apart.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "kampung": ("kampung_kb", *classification.COMPONENTS, "klasifikasi", "klasifikasi_hitung"),
    "profile": (),
    "elsimil_pregnant": (),
    "siga_bkb_families": (),
    "siga_groups": ("kind", "yang_ada", "yang_lapor"),
    "siga_krs": (),
    "siga_rdk": (),
}
ALIKE = ("label", "better", "target", "status")  # columns that no chart or table of many areas or times asks for
FOLLOWED = (
    *("period", "area_code", "indicator_id", "numerator", "denominator", "value", "reporting", "expected"),
    *("as_of", "source", *disclosure.MARKS),
)  # of the columns of indicators.csv, those that are kept of the past
TEXT = ".indicators.csv"  # all figures, as they are handed out; hidden, for no page reads it
PLAIN = ("received",)  # of what is computed by area, what is not by indicator too
COMPARED = ("area_code", "area_name", "numerator", "denominator", "value")
_NOWHERE = np.array([], dtype=np.intp)


def digest(paths: list[Path]) -> str:
    """Give one sha256 over the names and contents of files, wherever they lie."""
    total = hashlib.sha256()
    for name, content in sorted((path.name, hashlib.sha256(path.read_bytes()).digest()) for path in paths):
        total.update(name.encode() + content)
    return total.hexdigest()


def cache_of(tables: Path, period: Period, profile: str = "internal") -> Path:
    """Name the folder of what was computed from these tables by this package for a period and a profile.

    The name follows from contents alone. Reading them all for every report would cost more than drawing it, so the
    answer is kept with the sizes and times of the files it was worked out from.
    """
    inputs = sorted([*tables.glob("*.parquet"), *tables.glob("findings.csv"), *areas.REFERENCE.glob("*.csv*")])
    code = sorted(p for p in PACKAGE.rglob("*.py") if p.relative_to(PACKAGE).parts[0].removesuffix(".py") in COMPUTING)
    seen = hashlib.sha256(repr([(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in inputs + code]).encode())
    stamp = tables / ".computed" / f"key-{seen.hexdigest()[:16]}.txt"
    if stamp.is_file():
        key = stamp.read_text(encoding="ascii")
    else:
        key = digest(inputs + code)[:16]
        stamp.parent.mkdir(parents=True, exist_ok=True)
        store.write_text(stamp, key)
    return tables / ".computed" / f"{period}-{profile}-{key}"


def prepare(folder: Path, period: str, profile: str = "internal", made: ingest.Report | None = None) -> Path:
    """Compute every indicator of every area for a period and its past, once; give the folder that holds them.

    What a profile may not show is not in it: pages, charts and files are made from these figures and know no others.
    made: what bringing the tables up to date came to, where this process has just done it; those it wrote are not read.
    """
    folder = Path(folder)
    if folder == SAMPLE and not sample.is_written(folder):
        sample.write(folder)
    made = made or ingest.refresh(folder)
    tables_folder = folder / "tables"
    cache = cache_of(tables_folder, Period(period), profile)
    if not (cache / "slices.parquet").is_file():
        tables = Tables(tables_folder, frames=dict(made.frames))
        past, moved, figures, received, own = _computed(tables, Period(period), profile)
        rows = disclosure.protect(figures, profile)

        def for_pages() -> pd.DataFrame:
            store.write_figures(cache, "rows", rows)
            whole = disclosure.protect(past, profile)
            followed = whole.loc[whole["level"].isin(LEVELS[1:]), list(FOLLOWED)]
            store.write(cache, "history", followed, store.FIGURES_GROUP)
            store.write_figures(cache, "changes", disclosure.comparable(moved, rows, profile))
            store.write_figures(cache, "received", received)
            return slices(own, Tables.open(cache))

        def for_people() -> None:
            store.write_text(cache / TEXT, text_of(rows))

        found, _ = parallel.side_by_side([for_pages, for_people])
        store.write(cache, "slices", found)  # last: where it lies, everything does
    return cache


def text_of(rows: pd.DataFrame) -> str:
    """Give protected figures as the CSV that is handed out, in the order in which tables lie."""
    by_area = rows.sort_values(store.order_of(rows), kind="stable", ignore_index=True)
    return disclosure.written(by_area).to_csv(index=False, lineterminator="\n")


def _computed(tables: Tables, when: Period, profile: str) -> tuple:
    """Give figures over time, their changes, those at the period, completeness, and the fingerprints of the rows.

    All that is asked of an indicator is one process's: its past, its change and itself rest on the same sums. What
    needs the broadest table, which fills the memory and takes the time of all others together, is one part; what is
    read at other times than months, another.
    """
    # Where kabupaten are hidden too, what is hidden of them depends on their kecamatan, in the past as well.
    deep = LEVELS if "kabupaten" in disclosure.RULES[profile].below else LEVELS[1:]
    used = {name for item in indicators.REGISTRY.values() for name in item.tables}
    broadest = max(used & set(tables.names), key=lambda name: (tables.height(name), name), default="")
    parts: dict[str, list[str]] = {broadest: [], "snapshots": [], "months": []}
    for item in indicators.REGISTRY.values():
        monthly = indicators.TIMES.get(next(iter(item.tables), "")) in ("month", "months")
        parts[broadest if broadest in item.tables else "months" if monthly else "snapshots"].append(item.id)

    def of_part(ids: list[str]) -> list[pd.DataFrame]:
        found = [
            indicators.changes(tables, when, ids),
            indicators.history(tables, when, ids, deep, HISTORY_MONTHS),
            indicators.compute(tables, when, LEVELS, ids),
        ]
        tables.worked_out.pop("pieces", None)  # of a country they are large, and no other part needs them
        return found

    def of_broadest() -> tuple:
        return of_part(parts[broadest]), fingerprints([(broadest, tables.read(broadest))], 5)

    def of_rows() -> dict[str, list[bytes]]:
        rows = ((name, tables.read(name)) for name in tables.names if name != broadest)
        return fingerprints([*rows, ("findings", tables.findings)], 5)

    # Frames of no indicators know no types of their columns.
    rest = [partial(of_part, ids) for name, ids in parts.items() if ids and name != broadest]
    left = [*rest, of_rows, partial(indicators.received, tables, when)]
    (of_one, prints), *of_rest, others_prints, received = parallel.side_by_side([of_broadest, *left])
    moved, past, figures = map(_in_order, zip(*([of_one] if parts[broadest] else []), *of_rest, strict=True))
    own = {code: [*prints.get(code, ()), *others_prints.get(code, ())] for code in {**prints, **others_prints}}
    return past, moved, figures, received, own


def _in_order(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join figures in the order of their indicators; within one, in the order they are in."""
    order = {name: at for at, name in enumerate(indicators.REGISTRY)}
    joined = pd.concat(frames, ignore_index=True)
    at = joined["indicator_id"].map(order).to_numpy()
    return joined.take(np.argsort(at, kind="stable")).reset_index(drop=True)


def slices(own: Mapping[str, list[bytes]], computed: Tables) -> pd.DataFrame:
    """Give the fingerprint of what each kabupaten/kota and province is reported from: area_code, as_of, sha256.

    own: of each, the fingerprints of its rows and findings (`fingerprints`). A kabupaten's is made of these, and of the
    figures of its province and neighbours, which its page shows too; so a correction elsewhere in the country leaves
    its report as it is.
    """
    figures = [(name, computed.read(name)) for name in computed.names]
    below = fingerprints([(name, frame) for name, frame in figures if name.endswith(store.BELOW)], 5)
    shared = fingerprints([(name, frame) for name, frame in figures if not name.endswith(store.BELOW)], 2)
    codes = dict.fromkeys([*own, *below, *shared])
    mixed = {code: hashlib.sha256(b"".join(shared.get(code[:2], ()))) for code in codes}
    for code in sorted({*own, *below}):
        for area in {code, code[:2]} & set(mixed):
            # In an order of their own: which process made which follows from the size of the whole country's tables.
            mixed[area].update(b"".join(sorted([*own.get(code, ()), *below.get(code, ())])))
    return pd.DataFrame({"area_code": mixed.keys(), "as_of": "", "sha256": [h.hexdigest() for h in mixed.values()]})


def fingerprints(frames: Iterable[tuple[str, pd.DataFrame]], width: int) -> dict[str, list[bytes]]:
    """Give the sha256 of the rows of named frames, in their order, by the area they lie in (codes cut at `width`)."""
    found: dict[str, list[bytes]] = {}
    for name, frame in frames:
        if frame.empty:
            continue
        hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
        areas_of = frame[store.key_of(frame)].str[:width]
        for code, places in areas_of.groupby(areas_of, sort=True).indices.items():
            found.setdefault(code, []).append(hashlib.sha256(name.encode() + hashes[places].tobytes()).digest())
    return found


@dataclass(frozen=True)
class Context:
    """The data of one page. `rows` has the columns of indicators.csv (see the contract), `past` those of `FOLLOWED`.

    around: the same of its province, where that was read before (`share`): what a province's pages have in common is
    then read and worked out once.
    """

    p: Params
    cache: Path
    around: "Context | None" = field(default=None, repr=False, compare=False, kw_only=True)

    @cached_property
    def tables(self) -> Tables:
        """The tidy tables of this area alone."""
        return Tables.open(self.p.tables, self.p.area, SHOWN)

    @cached_property
    def view(self) -> View:
        """What of them holds at the period."""
        return self.tables.at(self.p.time)

    @property
    def period(self) -> Period:
        """The period of the page."""
        return self.p.time

    @property
    def place(self) -> areas.Area:
        """The area of the page."""
        return self.p.place

    @property
    def province(self) -> areas.Area:
        """Its province."""
        return self.place.province

    def _figures_in(self, name: str) -> pd.DataFrame:
        """Give figures of the province, its kabupaten and the kecamatan inside the page's area.

        All but completeness by indicator and area, which are their index too.
        """
        if self.around is not None:
            return self.around._seen_from(name, self.p.area)
        found = store.read_figures(self.cache, name, self.p.area)
        return found if name in PLAIN else found.set_index(["indicator_id", "area_code"], drop=False).sort_index()

    def _seen_from(self, name: str, area: str) -> pd.DataFrame:
        """Give those figures of a province that a kabupaten's page reads."""
        frame = getattr(self, name)
        if name not in self._kabupaten:
            width = areas.CODE_WIDTH["kabupaten"]
            below = [code[:width] if len(code) > width else "" for code in frame["area_code"]]
            self._kabupaten[name] = pd.Series(below, dtype=object).groupby(below).indices
        places = [self._kabupaten[name].get(code, _NOWHERE) for code in ("", area)]
        found = frame.take(np.sort(np.concatenate(places)))
        return found.reset_index(drop=True) if name in PLAIN else found

    @cached_property
    def _kabupaten(self) -> dict[str, dict[str, np.ndarray]]:
        """Where the figures below each kabupaten stand, those of kabupaten and above under an empty text."""
        return {}

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every indicator at the period, of the province, its kabupaten and the kecamatan inside the page's area."""
        return self._figures_in("rows")

    @cached_property
    def past(self) -> pd.DataFrame:
        """Every indicator over time, of the province and its kabupaten: the columns `FOLLOWED`."""
        if self.around is not None:
            return self.around.past
        return Tables.open(self.cache, self.province.code).read("history")

    @cached_property
    def changes(self) -> pd.DataFrame:
        """How each figure differs from the comparable one before: change, previous_value, previous_as_of."""
        return self._figures_in("changes")

    @cached_property
    def received(self) -> pd.DataFrame:
        """Completeness of each table, of the areas of `rows`: table, area_code, level, received, expected, as_of."""
        return self._figures_in("received")

    @cached_property
    def vintages(self) -> Mapping[str, str]:
        """Since which month the register of targets and participants repeats itself, by kabupaten (`vintage`)."""
        if self.around is not None:
            return self.around.vintages
        found = indicators.vintage(self.tables, self.period)
        return dict(zip(found["area_code"], found["since"], strict=True))

    def standing(self, indicator_id: str) -> pd.DataFrame:
        """Give the places of the province's kabupaten for a rate, as `compare.places`."""
        if self.around is not None:
            return self.around.standing(indicator_id)
        if (indicator_id, "standing") not in self._frames:
            item, rows = indicators.REGISTRY[indicator_id], self.valued(indicator_id, "kabupaten", self.province.code)
            self._frames[indicator_id, "standing"] = compare.places(rows, item.better, item.minimum)
        return self._frames[indicator_id, "standing"].copy(deep=False)

    # A page asks for some hundred figures. pandas finds each anew; these find all once.

    @cached_property
    def _figures(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {}

    @cached_property
    def _frames(self) -> dict[tuple[str, ...], pd.DataFrame]:
        return {}

    def _figures_of(self, frame: str, area: str) -> dict[str, dict[str, Any]]:
        """Give the rows of an area in `rows` or `changes` as plain mappings, by indicator."""
        if self.around is not None and area == self.around.p.area:
            return self.around._figures_of(frame, area)
        key = f"{frame} {area}"
        if key not in self._figures:
            rows = getattr(self, frame)
            mine = rows[rows["area_code"].eq(area).to_numpy()]
            # `to_dict` takes twice as long.
            told = [dict(zip(mine, row, strict=True)) for row in zip(*(mine[n].tolist() for n in mine), strict=True)]
            self._figures[key] = dict(zip(mine["indicator_id"], told, strict=True))
        return self._figures[key]

    @cached_property
    def _levels(self) -> dict[tuple[str, str], np.ndarray]:
        """Where the rows of an indicator and level stand."""
        rows = self.rows
        return rows.groupby([rows["indicator_id"].to_numpy(), rows["level"].to_numpy()], sort=False).indices

    @cached_property
    def _listed(self) -> pd.DataFrame:
        """The rows in their order, without their index and what is alike in all of an indicator and level.

        Taking few of many columns, texts above all, costs by the column.
        """
        return self.rows.reset_index(drop=True).drop(columns=["period", "level", *ALIKE])

    @cached_property
    def _codes(self) -> np.ndarray:
        return self.rows["area_code"].to_numpy(object)

    @cached_property
    def _series(self) -> dict[tuple[str, str], np.ndarray]:
        """Where the rows of an indicator and area stand in the past."""
        if self.around is not None:
            return self.around._series
        return self.past.groupby(["indicator_id", "area_code"], sort=False).indices

    @cached_property
    def _times(self) -> np.ndarray:
        if self.around is not None:
            return self.around._times
        return self.past["as_of"].to_numpy(object)

    def figure(self, indicator_id: str, area: str | None = None) -> Mapping[str, Any] | None:
        """Give one figure with all that belongs to it, also where its value is hidden (`value_mark` says why).

        None where there is nothing to show.
        """
        found = self._figures_of("rows", area or self.p.area).get(indicator_id)
        return found if found is not None and disclosure.shown(found) else None

    def row(self, indicator_id: str, area: str | None = None) -> Mapping[str, Any] | None:
        """Give one figure with all that belongs to it, or None where it has no value, or none that may be shown."""
        found = self.figure(indicator_id, area)
        return None if found is None or pd.isna(found["value"]) else found

    def change(self, indicator_id: str, area: str | None = None) -> Mapping[str, Any] | None:
        """Give how a figure changed (change, previous_value, previous_as_of); None where nothing compares."""
        return self._figures_of("changes", area or self.p.area).get(indicator_id)

    def series(self, indicator_id: str, area: str | None = None) -> pd.DataFrame:
        """Give one indicator of one area over time, oldest first; rows without a value left in.

        The columns `FOLLOWED`, at least.
        """
        key = (indicator_id, area or self.p.area)
        if key not in self._frames:
            mine = sorted(self._series.get(key, _NOWHERE), key=self._times.__getitem__)
            self._frames[key] = self.past.take(np.array(mine, dtype=np.intp)).reset_index(drop=True)
        return self._frames[key].copy(deep=False)

    def inside(self, indicator_id: str, level: str, area: str | None = None) -> pd.DataFrame:
        """Give one indicator of every area of a level inside an area, by code.

        The columns of indicators.csv but period, level and `ALIKE`.
        """
        key = (indicator_id, level, area or self.p.area)
        if key not in self._frames:
            self._frames[key] = self._listed.take(self._places(*key)).reset_index(drop=True)
        return self._frames[key].copy(deep=False)

    def valued(self, indicator_id: str, level: str, area: str | None = None) -> pd.DataFrame:
        """Give those of `inside` that have a value, and of them no more than is compared: the columns `COMPARED`."""
        # A page knows the kecamatan of its own kabupaten alone, its province those of all.
        if self.around is not None and area == self.around.p.area and level != "kecamatan":
            return self.around.valued(indicator_id, level, area)
        key = (indicator_id, level, area or self.p.area, "valued")
        if key not in self._frames:
            places = self._places(*key[:3])
            known = self._listed["value"].to_numpy()[places]
            found = self._compared.take(places[~np.isnan(known)])
            self._frames[key] = found.reset_index(drop=True)
        return self._frames[key].copy(deep=False)

    @cached_property
    def _compared(self) -> pd.DataFrame:
        return self._listed[list(COMPARED)]

    def _places(self, indicator_id: str, level: str, area: str) -> np.ndarray:
        """Say where the rows of an indicator stand that are of a level and inside an area."""
        found = self._levels.get((indicator_id, level), _NOWHERE)
        return found[np.array([code.startswith(f"{area}.") for code in self._codes[found]], dtype=bool)]

    def sentinel(self, title: str, summary: dict) -> dict:
        """Say what the notebook was about, for the press to compare with what it asked for."""
        return {
            "kode": self.p.area,
            "periode": self.p.period,
            "sha256_input": self.input_hash,
            "title": title,
            "synthetic": self.tables.synthetic,
            "profile": self.p.profile,
            "summary": summary,
        }

    @cached_property
    def input_hash(self) -> str:
        """The sha256 of all that this page is made from: its parameters, its slice and what it shares."""
        about = f"{self.p.area} {self.p.period} {self.p.profile} {self.p.lang}"
        return hashlib.sha256(f"{about} {_slices_in(self.cache).get(self.p.area, '')}".encode()).hexdigest()


@lru_cache(maxsize=4)
def _slices_in(cache: Path) -> Mapping[str, str]:
    """Give the fingerprint of each area's slice, as `prepare` kept it; a folder's name follows from its content."""
    found = Tables.open(cache).read("slices")
    return dict(zip(found["area_code"], found["sha256"], strict=True))


_PREPARED: dict[tuple[Path, str, str], Path] = {}
_READ: dict[tuple[Path, Params], Context] = {}


@lru_cache(maxsize=4)
def context(p: Params) -> Context:
    """Give the context of a page, computing what is not yet computed."""
    asked = p.folder, p.period, p.profile
    cache = _PREPARED.get(asked) or prepare(*asked)
    is_district = p.place.level == "kabupaten"
    around = _READ.get((cache, replace(p, area=p.place.province.code))) if is_district else None
    return Context(p, cache, around=around)


def share(**params: str) -> Context:
    """Read what the pages of districts have in common, in the process that they are forked from; give the province's.

    params: of their province. Texts are Python's then, no longer arrow's: with a district's few rows, these cost more a
    call than they save. What a page shows is the same.
    """
    import pyarrow as pa

    pd.set_option("mode.string_storage", "python")
    p = Params(**params)
    _PREPARED[p.folder, p.period, p.profile] = cache = prepare(p.folder, p.period, p.profile)
    Tables.open(p.tables, p.area, SHOWN).hold()
    Tables.open(cache, p.area).hold()
    _READ[cache, p] = whole = Context(p, cache)
    whole.rows, whole.changes, whole.received, whole.vintages, whole._series, whole._times  # noqa: B018 - known from now
    for name in ("rows", "changes", "received"):
        whole._seen_from(name, p.area)
    for name in ("rows", "changes"):
        whole._figures_of(name, p.area)
    pa.default_memory_pool().release_unused()  # else it would count as each page's own
    return whole
