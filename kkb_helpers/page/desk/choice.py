"""What lies on the desk, and its data as every other page has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from ... import areas, disclosure, indicators
from ...indicators import REGISTRY, TIMES, Indicator
from ...params import Params, Period
from ...store import Tables
from ..context import HISTORY_MONTHS, Context

FIRST = "mcpr"  # the indicator on the desk before one is chosen
DEPTH = ("provinsi", "kabupaten", "kecamatan", "desa")  # each inside the one before


@dataclass(frozen=True)
class Choice:
    """What lies on the desk.

    p: its `area` is the kabupaten/kota, or the province. kecamatan: a code inside it, or empty. detail: the level of
    the table's rows, below the area; empty where the indicator has no figure there.
    """

    p: Params
    indicator: str = FIRST
    kecamatan: str = ""
    detail: str = ""

    @property
    def area(self) -> str:
        """The code of the area chosen."""
        return self.kecamatan or self.p.area

    @property
    def around(self) -> list[str]:
        """The codes of the area and those around it, the province first."""
        return [self.area[: areas.CODE_WIDTH[level]] for level in DEPTH[: DEPTH.index(areas.level_of(self.area)) + 1]]

    @property
    def details(self) -> list[str]:
        """The levels below the area at which the indicator has figures that may be shown."""
        return [level for level in DEPTH[DEPTH.index(areas.level_of(self.area)) + 1 :] if self.reaches(level)]

    def reaches(self, level: str) -> bool:
        """Say whether the indicator is known at a level, and may be shown there to this profile."""
        item = REGISTRY[self.indicator]
        if level == "desa" and item.persons and self.p.profile == "public":
            return False  # few people live in one village
        return item.unit_of_report != "kabupaten" or level in ("kabupaten", "provinsi")

    @property
    def computed(self) -> list[str]:
        """The indicators to compute for it: those too that share its counts, where counts may be hidden."""
        hidden = REGISTRY[self.indicator].persons and (self.detail == "desa" or self.p.profile == "public")
        return disclosure.related(self.indicator) if hidden else [self.indicator]

    def settled(self) -> "Choice":
        """Give the choice with a level of detail that it can have: the one asked for, else the next below the area."""
        found = self.details
        return replace(self, detail=self.detail if self.detail in found else next(iter(found), ""))


@dataclass(frozen=True)
class Chosen(Context):
    """The data of one choice, as every other page has them: one indicator, at every level, of the whole province.

    whole: the tables of the province; from those of one kabupaten its province's row would hold that kabupaten alone.
    """

    choice: Choice
    whole: Tables = field(compare=False)

    @property
    def place(self) -> areas.Area:
        """The area chosen."""
        return areas.get(self.choice.area)

    @cached_property
    def tables(self) -> Tables:
        """The tidy tables of the area alone."""
        return self.whole.within(self.choice.area)

    def _mine(self, found: pd.DataFrame) -> pd.DataFrame:
        found = disclosure.protect(found, self.p.profile)
        return found[found["indicator_id"].eq(self.choice.indicator)].reset_index(drop=True)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The indicator at the period, of the province and all inside it down to the level of detail."""
        levels = [*DEPTH[:3], *(["desa"] if self.choice.detail == "desa" else [])]
        found = indicators.compute(self.whole, self.period, levels, [self.choice.indicator])
        return (
            disclosure.protect(found, self.p.profile).set_index(["indicator_id", "area_code"], drop=False).sort_index()
        )

    @cached_property
    def past(self) -> pd.DataFrame:
        """The indicator over time, of the province, its kabupaten and their kecamatan."""
        return self._mine(indicators.history(self.whole, self.period, self.choice.computed, DEPTH[:3], HISTORY_MONTHS))

    @cached_property
    def changes(self) -> pd.DataFrame:
        """How the indicator differs from the comparable figure before."""
        found = indicators.changes(self.whole, self.period, [self.choice.indicator], DEPTH[:3])
        found = disclosure.comparable(found, self.rows.reset_index(drop=True), self.p.profile)
        return found.set_index(["indicator_id", "area_code"], drop=False).sort_index()

    def row(self, indicator_id: str, area: str | None = None) -> Mapping[str, Any] | None:
        """Give one figure, of the area chosen where none is named."""
        return super().row(indicator_id, area or self.choice.area)

    def change(self, indicator_id: str, area: str | None = None) -> Mapping[str, Any] | None:
        """Give how a figure changed, of the area chosen where none is named."""
        return super().change(indicator_id, area or self.choice.area)

    def series(self, indicator_id: str, area: str | None = None) -> pd.DataFrame:
        """Give one indicator over time, of the area chosen where none is named."""
        return super().series(indicator_id, area or self.choice.area)

    def inside(self, indicator_id: str, level: str, area: str | None = None) -> pd.DataFrame:
        """Give one indicator of every area of a level, inside the area chosen where none is named."""
        return super().inside(indicator_id, level, area or self.choice.area)

    @property
    def item(self) -> Indicator:
        """The indicator chosen."""
        return REGISTRY[self.choice.indicator]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows of the table: the area, those around it and those inside it, in the columns of indicators.csv."""
        codes, levels = self.rows["area_code"], self.rows["level"]
        inside = codes.str.startswith(self.choice.area + ".") & levels.eq(self.choice.detail)
        return self.rows[inside | codes.isin(self.choice.around)].reset_index(drop=True)


def periods(tables: Tables, now: Period) -> list[Period]:
    """Give the months and quarters that the tables hold, newest first; `now` is always among them.

    A quarter is offered where its last month is there. Tables without a month give those of their snapshots.
    """

    def times(how: str, column: str) -> set[str]:
        frames = (tables.read(name) for name in TIMES if TIMES[name] == how)
        return {time[:7] for frame in frames if column in frame for time in frame[column].dropna().unique()}

    months = times("month", "period") or times("snapshot", "as_of")
    quarters = {f"{m[:4]}-Q{int(m[5:]) // 3}" for m in months if int(m[5:]) % 3 == 0}
    found = {Period(text) for text in months | quarters} | {now}
    return sorted(found, key=lambda p: (p.end, p.is_quarter), reverse=True)
