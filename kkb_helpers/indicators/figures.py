"""Indicators at a period, over time and against the time before; how complete each table is."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

from .. import targets
from ..params import Period
from ..store import Tables
from .registry import (
    COLUMNS,
    KAMPUNG_TABLES,
    REGISTRY,
    REPORT_LEVELS,
    TEMPLATE_TABLES,
    TIMES,
    TITLES,
    VINTAGE_TABLES,
    Indicator,
    follows_villages,
)
from .slices import Atlas, Rows, Shelf, Slice
from .sums import areas_inside, block_at, taken_array, text_array, units_found, whole_array, without_denominator


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
    period, items, levels, shelf = _period(period), _chosen(ids), tuple(levels), Shelf(tables)
    now = block_at(Slice(shelf, period), items, levels)
    judged = [item for item in items if targets.has(item.id)]
    above = tuple(level for level in levels if level in targets.TARGET_LEVELS)
    past = _past(shelf, period, judged, above, months=13) if judged and above else []
    return _judge([*past, now])[-1]


def counts(
    tables: Tables, period: Period | str, levels: Iterable[str], ids: Iterable[str] | None = None
) -> pd.DataFrame:
    """Give what `compute` gives without a status: for whoever asks how many, not how an area stands to its target."""
    return block_at(Slice(Shelf(tables), _period(period)), _chosen(ids), tuple(levels))[COLUMNS]


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
    blocks = _judge(_past(Shelf(tables), period, _chosen(ids), levels, months))
    if not blocks:
        return compute(tables, period, levels, ids).iloc[:0]
    order = {name: place for place, name in enumerate(REGISTRY)}
    joined = pd.concat(blocks, ignore_index=True)
    keys = joined.assign(_order=joined["indicator_id"].map(order), last_day=joined["as_of"].map(last_day))
    return joined.loc[keys.sort_values(["_order", "area_code", "last_day"], kind="stable").index].reset_index(drop=True)


def units(tables: Tables, period: Period | str, id: str) -> pd.DataFrame:
    """Give an indicator's units at a period: village_code (area_code), numerator, denominator.

    One row a village, a Kampung KB, a kabupaten/kota or an exported row, whichever the indicator is counted by; a
    village with several rows (months of a quarter, kinds of group) is summed.
    """
    (item,) = _chosen([id])
    view = Slice(Shelf(tables), _period(period))
    found = units_found(item, view)
    level, key = ("kabupaten", "area_code") if item.unit_of_report == "kabupaten" else ("desa", "village_code")
    if item.unit_of_report in ("desa", "kabupaten") and not found.index.is_unique:
        both = found if without_denominator(item) else found.dropna()
        found = both.groupby(level=0).sum(min_count=1).reindex(found.index.unique())
    codes = text_array(view.atlas.codes[level][found.index.to_numpy(np.int64)])
    whole = {name: whole_array(found[name].to_numpy(float)) for name in ("numerator", "denominator")}
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
    return _previous(Shelf(tables), _period(period), _chosen(ids), tuple(levels))[0]


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
    before, now = _previous(Shelf(tables), _period(period), _chosen(ids), tuple(levels))
    keys = ["indicator_id", "area_code"]
    pairs = before.merge(now[[*keys, "value", "better"]], on=keys, how="left")
    change = pairs["value"] - pairs["previous_value"]
    improved = (change > 0).where(pairs["better"].eq("up"), change < 0).astype("boolean")
    silent = change.eq(0) | pairs["better"].eq("context")
    return pairs.assign(change=change, improved=improved.mask(silent)).drop(columns="better")


def _previous(
    shelf: Shelf, period: Period, items: list[Indicator], levels: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give `previous` of indicators, and their present block."""
    # Rows of the last snapshot stand at every month: two months of them are not two measurements.
    items = [item for item in items if item.unit_of_report != "baris"]
    monthly = [item for item in items if TIMES[item.tables[0]] in ("month", "months")]
    others = [item for item in items if item not in monthly]
    now = block_at(Slice(shelf, period), items, levels)
    blocks = _past(shelf, period, others, levels, months=0)
    if monthly:
        blocks.append(block_at(Slice(shelf, period.previous), monthly, levels))
    before = pd.concat(blocks or [now.iloc[:0]], ignore_index=True)
    keys, columns = ["indicator_id", "area_code"], ["value", "numerator", "denominator", "as_of"]
    pairs = now.merge(before[[*keys, "source", *columns]], on=[*keys, "source"], suffixes=("", "_before"))
    earlier = pairs["as_of_before"].map(last_day) < pairs["as_of"].map(last_day)
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
    shelf, month = Shelf(tables), _period(period).month
    part = shelf.part(table)
    if month not in part.times:
        return pd.DataFrame({"area_code": text_array(np.array([], object)), "since": text_array(np.array([], object))})
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
    return pd.DataFrame({"area_code": text_array(codes), "since": text_array(since)})


def received(
    tables: Tables,
    period: Period | str,
    levels: Iterable[str] = REPORT_LEVELS,
) -> pd.DataFrame:
    """Say how complete each table is at a period: table, area_code, level, received, expected, as_of.

    Villages for village tables (the month's, or the last month's of a quarter), Kampung KB for the portal's, and
    kabupaten/kota for the fill-in workbooks, which have no row at kecamatan. Every known table is listed.
    """
    view = Slice(Shelf(tables), _period(period))
    atlas = view.atlas
    pieces = []
    for name in TITLES:
        rows = view.rows(name)
        for level in levels:
            if name in TEMPLATE_TABLES and level not in atlas.of_kabupaten:
                continue
            inside = areas_inside(atlas, view.shelf.kabupaten, level)
            got, wanted = _arrivals(view, name, rows, level)
            as_of = _span(atlas, rows.as_of, level)
            pieces.append(
                pd.DataFrame(
                    {
                        "table": taken_array([name], np.zeros(len(inside), dtype=int)),
                        "area_code": text_array(atlas.codes[level][inside]),
                        "level": taken_array([level], np.zeros(len(inside), dtype=int)),
                        "received": whole_array(got[inside].astype(float)),
                        "expected": whole_array(wanted[inside].astype(float)),
                        "as_of": text_array(as_of[inside]),
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


def _span(atlas: Atlas, as_of: np.ndarray, level: str) -> np.ndarray:
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
        from ..errors import UsageError

        raise UsageError(f"Indikator {', '.join(unknown)} tidak dikenal. Pilih dari: {', '.join(REGISTRY)}.")
    return [REGISTRY[name] for name in wanted]


def _past(
    shelf: Shelf, period: Period, items: list[Indicator], levels: tuple[str, ...], months: int
) -> list[pd.DataFrame]:
    """Compute a block for every time at which the items' tables hold something, oldest first."""
    moments: dict[tuple[str, str], list[Indicator]] = {}
    for item in items:
        for moment in _moments(shelf, period, item, months):
            moments.setdefault(moment, []).append(item)
    blocks = []
    for month, time in sorted(moments, key=lambda moment: last_day(moment[1])):
        limit = time if len(time) == 10 else None
        block = block_at(Slice(shelf, Period(month), limit), moments[month, time], levels)
        ends = block["as_of"].str.rsplit("/", n=1).str[-1]
        block = block[ends.eq(time) & block["reporting"].gt(0)]
        if len(block):
            blocks.append(block)
    return blocks


def _moments(shelf: Shelf, period: Period, item: Indicator, months: int) -> list[tuple[str, str]]:
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
        return [(last_day(time).isoformat()[:7], time) for time in times if last_day(time) <= period.end]
    last = Period(period.month)
    first = last.shift(1 - months).text
    return [(time, time) for time in times if first <= time <= last.text]


@lru_cache(maxsize=1024)
def last_day(as_of: str) -> dt.date:
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
        judged.append(block.assign(status=text_array(status))[COLUMNS])
    return judged


def _remember(row, seen: dict) -> None:
    """Keep a point that a trend may rest on: complete enough, with its source."""
    if row.reporting and row.reporting >= targets.COMPLETE_ENOUGH * row.expected:
        seen.setdefault((row.indicator_id, row.area_code, row.source), {})[last_day(row.as_of)] = _measure(row)


def _measure(row) -> float:
    """What of a row is followed through time: Kampung KB for targets of villages, else the value."""
    return float(row.numerator) if follows_villages(row.indicator_id) else row.value


def _status(row, seen: dict) -> str:
    """Give the status word of one row, from its own figure and the points seen before it."""
    item, code = REGISTRY[row.indicator_id], row.area_code
    if not row.reporting or row.value != row.value:
        return targets.NO_DATA
    day, value = last_day(row.as_of), _measure(row)
    trend = sorted({**seen.get((item.id, code, row.source), {}), day: value}.items())

    def goal(date: dt.date) -> float | None:
        if follows_villages(item.id):
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
