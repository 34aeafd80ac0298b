"""From units to areas: sums of what is known, how many answered, and the columns of indicators.csv."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .. import targets
from .registry import COLUMNS, TITLES, Indicator
from .slices import Atlas, NoRows, Slice, numeric


def ratio_of(numerator: pd.Series, denominator: pd.Series | None = None) -> pd.DataFrame:
    """Put numerator and denominator side by side, unit by unit; a count has no denominator."""
    top = numeric(numerator)
    if denominator is None:
        return pd.DataFrame({"numerator": top, "denominator": np.nan})
    bottom = numeric(denominator)
    if not top.index.equals(bottom.index):
        top, bottom = (side.groupby(level=0).sum(min_count=1) for side in (top, bottom))
    return pd.DataFrame({"numerator": top, "denominator": bottom})


def share_of(condition: pd.Series, of: pd.Series | None = None) -> pd.DataFrame:
    """One row a unit: 1 where the condition holds, of 1 where it is known (and the unit is among `of`)."""
    top = numeric(condition)
    known = top.notna() if of is None else top.notna() & of
    return pd.DataFrame({"numerator": top.where(known), "denominator": np.where(known, 1.0, np.nan)}, index=top.index)


def of_classified(view: Slice, condition: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame:
    rows = view.classes()
    return share_of(condition(rows), of=rows["kelas"].notna())


def of_class(view: Slice, name: str) -> pd.DataFrame:
    return of_classified(view, lambda rows: rows["kelas"].eq(name))


def mandiri_plus(view: Slice) -> pd.Series:
    """One row a village: its Kampung KB of class Mandiri or Berkelanjutan, 0 where it has none."""
    rows = view.classes()
    return view.portal_villages(rows.index[rows["kelas"].isin(["Mandiri", "Berkelanjutan"])])


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
        self.frame = units_found(item, view)
        top, bottom = (self.frame[name].to_numpy(float) for name in ("numerator", "denominator"))
        known = ~np.isnan(top) if without_denominator(item) else ~(np.isnan(top) | np.isnan(bottom))
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


def units_found(item: Indicator, view: Slice) -> pd.DataFrame:
    """Give what an indicator's function finds; no row where it cannot be computed."""
    view.read.clear()
    try:
        return item.function(view)
    except NoRows:
        view.read.clear()
        return pd.DataFrame({"numerator": [], "denominator": []}, index=pd.Index([], dtype=np.int64), dtype=float)


def without_denominator(item: Indicator) -> bool:
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


def block_at(view: Slice, items: list[Indicator], levels: Iterable[str]) -> pd.DataFrame:
    """Compute indicators at one period: the contract's columns, the status still empty, and `villages`.

    One row an indicator and area; `villages` is the number of villages a target is allocated by.
    """
    atlas, chosen = view.atlas, view.shelf.kabupaten
    inside = {level: areas_inside(atlas, chosen, level) for level in levels}
    levels = tuple(inside)
    pieces = [piece for item in items for piece in _pieces(item, view, inside)]
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
            "period": taken_array([view.period.text], np.zeros(len(area), dtype=int)),
            "area_code": taken_array(np.concatenate([atlas.codes[level] for level in levels]), area),
            "area_name": taken_array(np.concatenate([atlas.names[level] for level in levels]), area),
            "level": taken_array(list(levels), of_level),
            **{name: taken_array(texts, of_item) for name, texts in words.items()},
            **{name: text_array(columns[name]) for name in ("as_of", "source")},
            **{name: whole_array(columns[name]) for name in ("numerator", "denominator", "reporting", "expected")},
            "value": columns["value"],
            "target": columns["target"],
            "villages": columns["villages"],
            "status": taken_array([""], np.zeros(len(area), dtype=int)),
        }
    )
    return frame[[*COLUMNS, "villages"]]


def areas_inside(atlas: Atlas, chosen: np.ndarray, level: str) -> np.ndarray:
    """Give the places of the areas of a level that lie in, or around, the chosen kabupaten."""
    if level in atlas.kabupaten_of:
        return np.flatnonzero(chosen[atlas.kabupaten_of[level]])
    return np.unique(atlas.of_kabupaten[level][chosen])


def _pieces(item: Indicator, view: Slice, inside: dict[str, np.ndarray]) -> Iterable[dict[str, np.ndarray]]:
    """Give one indicator at each level, for the places `inside`; what was computed before of these tables is known."""
    units, known = None, view.shelf.pieces
    for level, places in inside.items():
        key = item.id, view.period.text, view.limit, level
        if key not in known:
            units = units or _Units(item, view)
            known[key] = _piece(units, level, places)
        yield known[key]


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


def taken_array(texts: Iterable[str], picks: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return text_array(np.asarray(texts, object)).take(picks)


def text_array(values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str")


def whole_array(values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 0, values).round().astype(np.int64), missing)
