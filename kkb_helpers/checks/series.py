"""Values through time: outliers, jumps, standstill, zeros where there were many, and rounded counts."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import pandas as pd

from .. import sources
from ..wording import number
from .registry import Found, Saw, check, listed
from .shelf import SAID_OF_A_ROW, Shelf, contradiction, label, marked

LEAST_MONTHS, MANY_MONTHS = 6, 24
TIMES_MAD, STANDARD_DEVIATIONS = 5, 3
LEAST_DEVIATION = 20  # a village of a few users moves by a few: no outlier below this
JUMP, LEAST_TO_JUMP = (0.67, 1.33), 50
MANY = 100
ALIKE = "angka yang sejalan dengan bulan-bulan lain"
LEAST_HEAPED, HEAPED, LEAST_TO_HEAP = 100, 0.40, 20
# What is a level and goes on from month to month. `siga_group_targets` comes in vintages: no level to compare with.
STOCKS = {
    "siga_pus": ("pus", "unmet_need"),
    "siga_methods": ("pa", "suntik", "pil", "kondom", "implan", "iud", "vasektomi", "tubektomi", "mal"),
    "siga_bkb_families": ("keluarga_anggota",),
}
MONTHLY = ("siga_pus", "siga_methods", "siga_bkb_families", "siga_groups")
NEVER_ALL_ZERO = ("siga_pus", "siga_methods", "siga_group_targets", "siga_krs")  # the portal writes 0 for unfilled


class _Monthly:
    """A monthly table in the two ways that rules look at it: a column by unit and month, and the row of a value."""

    def __init__(self, table: str, rows: pd.DataFrame):
        self.table, self.rows = table, rows
        self.unit_at, self.units = rows["village_code"].factorize()
        if "kind" in rows:
            kind_at, kinds = rows["kind"].factorize()
            self.unit_at, self.units = pd.factorize(self.unit_at * len(kinds) + kind_at)
        self.month_at, months = rows["period"].factorize(sort=True)
        self.months = list(months)

    @property
    def counts(self) -> list[str]:
        """The names of its columns of counts."""
        return [c.name for c in sources.columns_of(self.table).values() if c.kind == "count"]

    def wide(self, column: str) -> np.ndarray:
        """Give a column as one row a unit, one column a month; NaN where there is no value."""
        values = np.full((len(self.units), len(self.months)), np.nan)
        values[self.unit_at, self.month_at] = self.rows[column].to_numpy(dtype="float64", na_value=np.nan)
        return values

    @cached_property
    def row_at(self) -> np.ndarray:
        """The position of the row of each unit and month; -1 where there is none."""
        at = np.full((len(self.units), len(self.months)), -1)
        at[self.unit_at, self.month_at] = np.arange(len(self.rows))
        return at

    def found(self, values: Iterable[tuple[int, int, str, str]], expected: str = ALIKE) -> Iterator[Found]:
        """Give the findings about values, each a unit, a month, a column (none: the whole row) and what is said of it.

        Each names the file and row that it came from; these are looked up for all together, one by one is slow.
        """
        values = list(values)
        rows = self.rows[[name for name in SAID_OF_A_ROW if name in self.rows]]
        of_kind = "kind" in rows
        rows = rows.take([self.row_at[unit, month] for unit, month, *_ in values])
        for row, (*_, column, said) in zip(rows.itertuples(), values, strict=True):
            prefix = f"{row.kind.upper()}: " if of_kind else ""
            yield contradiction(row, prefix + said, expected, label(self.table, column))


def _monthly(shelf: Shelf, tables: Iterable[str]) -> Iterator[_Monthly]:
    """Give the monthly tables that are there, each made once for all rules."""
    for table in tables:
        if len(shelf.frames.get(table, ())):
            if table not in shelf.monthly:
                shelf.monthly[table] = _Monthly(table, shelf.frames[table])
            yield shelf.monthly[table]


@check("O501", "PERINGATAN", "tables", "petugas pelaporan", "{v}, biasanya {lo}–{hi}.")
def outliers(shelf: Shelf) -> Iterator[Found]:
    """A level is within five times the median deviation of its months; from 24 months on, three standard deviations."""
    for monthly in _monthly(shelf, STOCKS):
        for column in STOCKS[monthly.table] if len(monthly.months) >= LEAST_MONTHS else ():
            values = monthly.wide(column)
            yield Saw(_enough(values), monthly.table)
            told = []
            for unit, month, low, high in _outliers(values):
                value = int(values[unit, month])
                said = f"{label(monthly.table, column)} {number(value)}, biasanya {number(low)}–{number(high)}"
                told.append((unit, month, column, f"{said} (selisih {number(max(low - value, value - high))})"))
            yield from monthly.found(told)


def _enough(values: np.ndarray) -> int:
    """How many values are of units with as many months as a usual range takes."""
    known = (~np.isnan(values)).sum(axis=1)
    return int(known[known >= LEAST_MONTHS].sum())


def _outliers(values: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Give position, month and the usual range of what lies outside it, the farthest first."""
    known = (~np.isnan(values)).sum(axis=1)
    values = np.where((known >= LEAST_MONTHS)[:, None], values, np.nan)
    with np.errstate(all="ignore"):
        ordinary = np.isnan(values).all(axis=1)
        filled = np.where(ordinary[:, None], 0, values)
        median = np.nanmedian(filled, axis=1, keepdims=True)
        away = np.abs(filled - median)
        room = TIMES_MAD * np.maximum(np.nanmedian(away, axis=1, keepdims=True), 1)
        far = (away > room) & (away >= LEAST_DEVIATION)
        mean, spread = np.nanmean(filled, axis=1, keepdims=True), np.nanstd(filled, axis=1, ddof=1, keepdims=True)
        beyond = np.abs(filled - mean) >= STANDARD_DEVIATIONS * np.where(spread > 0, spread, np.inf)
        far |= beyond & (known >= MANY_MONTHS)[:, None] & (away >= LEAST_DEVIATION)
    far &= ~ordinary[:, None]
    places = sorted(zip(*np.nonzero(far), strict=True), key=lambda p: -away[p])
    low, high = np.maximum(median - room, 0), median + room
    return [(int(i), int(j), int(np.ceil(low[i, 0])), int(high[i, 0])) for i, j in places]


@check("O502", "PERINGATAN", "tables", "petugas pelaporan", "Naik {x} persen dibanding {periode}.")
def jumps(shelf: Shelf) -> Iterator[Found]:
    """A level of 50 and more is between two thirds and four thirds of what it was a year before."""
    for monthly in _monthly(shelf, STOCKS):
        years = [(m, f"{int(p[:4]) - 1}{p[4:]}") for m, p in enumerate(monthly.months)]
        pairs = [(m, monthly.months.index(before), before) for m, before in years if before in monthly.months]
        for column in STOCKS[monthly.table] if pairs else ():
            values = monthly.wide(column)
            for month, earlier, before in pairs:
                now, then = values[:, month], values[:, earlier]
                yield Saw(int((~np.isnan(now) & (then >= LEAST_TO_JUMP)).sum()), f"{monthly.table} {month}")
                ratio = np.divide(now, then, out=np.ones_like(now), where=then >= LEAST_TO_JUMP)
                told = []
                for unit in np.nonzero((ratio < JUMP[0]) | (ratio > JUMP[1]))[0]:
                    word = "naik" if ratio[unit] > 1 else "turun"
                    said = (
                        f"{label(monthly.table, column)} {word} {number(abs(100 * (ratio[unit] - 1)), 1)} persen "
                        f"dibanding {before}: {number(int(then[unit]))} menjadi {number(int(now[unit]))} "
                        f"(selisih {number(int(abs(now[unit] - then[unit])))})"
                    )
                    told.append((unit, month, column, said))
                yield from monthly.found(told)


@check("O503", "PERINGATAN", "tables", "petugas pelaporan", "Angka sama persis dengan periode lalu.")
def standstill(shelf: Shelf) -> Iterator[Found]:
    """A row is not, in at least three columns above 0, the row of the month before; one finding a village and table."""
    for monthly in _monthly(shelf, ("siga_methods", "siga_bkb_families", "siga_groups")):
        if len(monthly.months) < 2:
            continue
        yield Saw(len(monthly.rows), monthly.table)
        same, told = _unmoved(monthly), []
        for unit in np.nonzero(same.any(axis=1))[0]:
            months = np.nonzero(same[unit])[0] + 1
            said = listed((monthly.months[month] for month in months), 12)
            told.append((unit, months[-1], "", f"semua angka sama persis dengan bulan sebelumnya pada {said}"))
        yield from monthly.found(told, "angka bulan itu sendiri")


def _unmoved(monthly: _Monthly) -> np.ndarray:
    """Mark where a unit's month is that of the calendar month before, from the second month on: every column the same,
    three at least above 0.
    """
    at, following = monthly.row_at, np.diff([int(p[:4]) * 12 + int(p[5:7]) for p in monthly.months]) == 1
    unit, month = np.nonzero((at[:, 1:] >= 0) & (at[:, :-1] >= 0) & following)
    now, before = at[unit, month + 1], at[unit, month]
    above, left = np.zeros(len(unit), dtype=int), np.arange(len(unit))
    for column in monthly.counts:  # most are told apart by the first, and not looked at again
        values = monthly.rows[column].to_numpy(dtype="float64", na_value=-1)
        left = left[values[now[left]] == values[before[left]]]
        above[left] += values[now[left]] > 0
    left = left[above[left] >= 3]
    unmoved = np.zeros(at[:, 1:].shape, dtype=bool)
    unmoved[unit[left], month[left]] = True
    return unmoved


@check("O504", "CATATAN", "tables", "petugas pelaporan", "{p} persen angka {kolom} berakhir 0.")
def heaping(shelf: Shelf) -> Iterator[Found]:
    """Of a kabupaten's counts of 100 and more, at most 40 % end in 0; twenty counts at least."""
    for table in MONTHLY:
        rows = shelf.frames.get(table, pd.DataFrame())
        if not len(rows):
            continue
        village_at, villages = rows["village_code"].factorize()
        of_village, districts = villages.str[:5].factorize(sort=True)
        district_at = of_village[village_at]
        for column in [c.name for c in sources.columns_of(table).values() if c.kind == "count"]:
            values = rows[column].to_numpy(dtype="int64", na_value=0)
            large = np.nonzero(values >= LEAST_HEAPED)[0]
            yield Saw(len(large), table)
            sizes = np.bincount(district_at[large], minlength=len(districts))
            round_ones = np.bincount(district_at[large[values[large] % 10 == 0]], minlength=len(districts))
            shares = round_ones / np.maximum(sizes, 1)
            for district in np.nonzero((shares > HEAPED) & (sizes >= LEAST_TO_HEAP))[0]:
                yield Found(
                    f"{table}: {number(100 * shares[district], 1)} persen dari {number(int(sizes[district]))} angka "
                    f"{label(table, column)} berakhir 0",
                    f"sekitar 10 persen, paling banyak {number(100 * HEAPED, 0)} persen",
                    "Tanyakan apakah angka dibulatkan di lapangan.",
                    column=label(table, column),
                    area_code=districts[district],
                    alone=False,
                )


@check("K403", "PERINGATAN", "tables", "petugas pelaporan", "{kolom} = 0, periode lalu {v}.")
def suspicious_zeros(shelf: Shelf) -> Iterator[Found]:
    """A village with couples has counts: no row of zeros alone, and no 0 after more than 100 a month before."""
    for table in NEVER_ALL_ZERO:
        rows = shelf.frames.get(table, pd.DataFrame())
        if len(rows):
            yield Saw(len(rows), table)
            counts = [c.name for c in sources.columns_of(table).values() if c.kind == "count"]
            values = rows[counts].to_numpy(dtype="float64", na_value=np.nan)
            for r in marked(rows, (values == 0).any(axis=1) & ~(values > 0).any(axis=1)):
                yield contradiction(
                    r, f"semua angka 0 di {table}", "angka yang sebenarnya; kosong bila belum lapor", ""
                )
    for monthly in _monthly(shelf, MONTHLY):
        yield Saw(len(monthly.rows) if len(monthly.months) > 1 else 0, monthly.table)
        gone: dict[tuple[int, int], list[tuple[str, int]]] = {}
        for column in monthly.counts:
            if (monthly.rows[column] > MANY).any():
                values = monthly.wide(column)
                for unit, before in zip(*np.nonzero((values[:, 1:] == 0) & (values[:, :-1] > MANY)), strict=True):
                    gone.setdefault((unit, before), []).append((column, int(values[unit, before])))
        told = []
        for (unit, before), zeros in gone.items():
            column, then = max(zeros, key=lambda zero: zero[1])
            said = (
                f"{label(monthly.table, column)} = 0, {monthly.months[before]} {number(then)} (selisih {number(then)})"
            )
            others = listed(label(monthly.table, name) for name, _ in zeros if name != column)
            told.append((unit, before + 1, column, said + (f"; juga 0: {others}" if others else "")))
        yield from monthly.found(told)
