"""Milestones, expected path, required pace, status in words.

A milestone says which share of an area's villages (or, for a rate, of its own denominator) is wanted by a day. It holds
for its area and for the areas inside it down to kabupaten/kota, allocated by villages and rounded up at each area's own
level, so that parts need not add up to the whole (Banten: 1.164, its eight parts 1.168).

To add a target: rows in `data/reference/targets.csv` (a share is written 0.75). Where an area and an area around it
both have milestones of an indicator, those of the smaller area hold.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import pandas as pd

from . import areas

TARGET_LEVELS = ("nasional", "provinsi", "kabupaten")
# An indicator that is measured against the milestones written under another one.
FOLLOWS = {
    "village_coverage": "formation_achievement",
    "kampung_count": "formation_achievement",
    "mandiri_plus_share": "mandiri_plus_achievement",
}
# The indicators whose milestones are shares of an area's villages; those of any other are shares of its denominator.
OF_VILLAGES = ("formation_achievement", "mandiri_plus_achievement")
QUARTER_DAYS = 365.25 / 4
COMPLETE_ENOUGH = 0.75
POINTS_FOR_A_TREND = 3

REACHED = "target tercapai"
ON_TRACK = "sesuai jalur"
TOO_SLOW = "perlu percepatan"
NO_TREND = "tren belum cukup"
NO_DATA = "tidak ada data"
STATUSES = (REACHED, ON_TRACK, TOO_SLOW, NO_TREND, NO_DATA)


@dataclass(frozen=True)
class Milestone:
    """The share wanted by a day, of the area that `targets.csv` names."""

    area_code: str
    date: dt.date
    share: Fraction
    source: str


@cache
def _ledger() -> dict[tuple[str, str], tuple[Milestone, ...]]:
    """Milestones by (indicator, area code), by date."""
    rows = pd.read_csv(areas.REFERENCE / "targets.csv", dtype=str, keep_default_na=False)
    ledger: dict[tuple[str, str], tuple[Milestone, ...]] = {}
    for row in rows.sort_values("date").itertuples():
        milestone = Milestone(row.area_code, dt.date.fromisoformat(row.date), Fraction(row.share), row.source)
        ledger[row.indicator, row.area_code] = (*ledger.get((row.indicator, row.area_code), ()), milestone)
    return ledger


@cache
def has(indicator: str) -> bool:
    """Say whether any area has a milestone of the indicator, or of the one it follows."""
    return FOLLOWS.get(indicator, indicator) in {name for name, _ in _ledger()}


def milestones(indicator: str, area_code: str) -> tuple[Milestone, ...]:
    """Give the milestones that hold for an area, by date; none for kecamatan, villages and areas without a target."""
    if areas.level_of(area_code) not in TARGET_LEVELS:
        return ()
    name = FOLLOWS.get(indicator, indicator)
    for code in dict.fromkeys((area_code, area_code[:2], areas.NATION)):
        if found := _ledger().get((name, code)):
            return found
    return ()


def path(indicator: str, area_code: str, date: dt.date) -> Fraction | None:
    """Give the share expected on a day: linear between milestones, held after the last, None before the first."""
    marks = milestones(indicator, area_code)
    if not marks or date < marks[0].date:
        return None
    after = next((i for i, mark in enumerate(marks) if mark.date >= date), None)
    if after is None:
        return marks[-1].share
    if marks[after].date == date:
        return marks[after].share
    start, end = marks[after - 1], marks[after]
    return start.share + (end.share - start.share) * Fraction((date - start.date).days, (end.date - start.date).days)


def required(indicator: str, area_code: str, date: dt.date, villages: int | None = None) -> int | None:
    """Give how many Kampung KB an area must have on a day: ceil(share x villages); None where no target holds.

    `villages` is for an area of which only some kabupaten have data; the reference list's number otherwise.
    """
    share = path(indicator, area_code, date)
    if share is None:
        return None
    return math.ceil(share * (areas.village_counts().get(area_code, 0) if villages is None else villages))


def next_milestone(indicator: str, area_code: str, date: dt.date) -> Milestone | None:
    """Give the first milestone on or after a day, None where the last has passed."""
    return next((mark for mark in milestones(indicator, area_code) if mark.date >= date), None)


def allocation_note(indicator: str, area_code: str) -> str:
    """Say in Indonesian that an area's target is its share of a larger area's; empty where it has its own or none."""
    marks = milestones(indicator, area_code)
    if not marks or marks[0].area_code == area_code:
        return ""
    return (
        f"Sasaran {areas.name_of(marks[0].area_code)}, dibagi menurut jumlah desa/kelurahan dan dibulatkan ke atas; "
        "jumlah sasaran kabupaten/kota karena itu dapat sedikit melebihi sasaran provinsi."
    )


def pace(points: Sequence[tuple[dt.date, float]]) -> float | None:
    """Give the units gained a quarter: the least-squares slope through comparable points; None for fewer than three."""
    if len({day for day, _ in points}) < POINTS_FOR_A_TREND:
        return None
    days = [day.toordinal() / QUARTER_DAYS for day, _ in points]
    values = [float(value) for _, value in points]
    mean_day, mean_value = sum(days) / len(days), sum(values) / len(values)
    spread = sum((day - mean_day) ** 2 for day in days)
    return sum((d - mean_day) * (v - mean_value) for d, v in zip(days, values, strict=True)) / spread


def required_pace(value: float, target: float, date: dt.date, deadline: dt.date) -> float | None:
    """Give the units a quarter needed from `date` to reach `target` by `deadline`; None where it has passed."""
    quarters = (deadline - date).days / QUARTER_DAYS
    return (target - value) / quarters if quarters > 0 else None


def projected_date(value: float, target: float, date: dt.date, observed: float | None) -> dt.date | None:
    """Give the day on which the target is reached at the observed pace; None where it never would be."""
    if value == target:
        return date
    if not observed or (target - value) / observed < 0:
        return None
    days = (target - value) / observed * QUARTER_DAYS
    # Beyond a human horizon a date says nothing but "not at this pace".
    return date + dt.timedelta(days=math.ceil(days)) if days < 100 * 365.25 else None


def meets(value: float, target: float, better: str) -> bool:
    """Say whether a value is at or on the good side of a target."""
    return value <= target if better == "down" else value >= target


def status(
    value: float | None,
    target: float | None,
    better: str = "up",
    *,
    points: int = 0,
    expected: float | None = None,
    observed: float | None = None,
    needed: float | None = None,
    complete: float = 1.0,
) -> str:
    """Say in one of five phrases where a value stands to its target; empty where there is no target.

    Parameters
    ----------
    value, target, expected : in one unit; `expected` is the path's value on the value's day, None where no path holds.
    better : "up" or "down".
    points : comparable points of the series, this one included; a break starts the count anew.
    observed, needed : paces (units a quarter, signed), used only where there is no path.
    complete : share of the expected units that gave a value; below 0.75 no judgement is given.
    """
    if target is None:
        return ""
    if value is None:
        return NO_DATA
    if complete < COMPLETE_ENOUGH:
        return NO_TREND
    if meets(value, target, better):
        return REACHED
    if points < POINTS_FOR_A_TREND:
        return NO_TREND
    if expected is not None:
        return ON_TRACK if meets(value, expected, better) else TOO_SLOW
    if observed is None or needed is None:
        return NO_TREND
    return ON_TRACK if meets(observed, needed, better) else TOO_SLOW


@dataclass(frozen=True)
class Track:
    """Where an area stands to a target that is a share of its villages, in Kampung KB or villages.

    `target` is that of the year's end, `expected` the path's on the day of the value; paces are units a quarter.
    What cannot be said is None.
    """

    date: dt.date
    value: int
    target: int | None
    expected: int | None
    gap: int | None
    observed: float | None
    needed: float | None
    deadline: dt.date | None
    projected: dt.date | None
    points: int
    status: str


def track(
    indicator: str,
    area_code: str,
    points: Sequence[tuple[dt.date, int]],
    complete: float = 1.0,
    villages: int | None = None,
) -> Track | None:
    """Follow an area's counts (comparable points, oldest first; the last is the present) towards its target.

    `complete` is the share of expected units behind the last point; `villages` as in `required`. None where there is no
    point at all.
    """
    if not points:
        return None
    date, value = points[-1]
    target = required(indicator, area_code, dt.date(date.year, 12, 31), villages)
    expected = required(indicator, area_code, date, villages)
    coming = next_milestone(indicator, area_code, date)
    wanted = required(indicator, area_code, coming.date, villages) if coming else target
    observed = pace(points)
    needed = required_pace(value, wanted, date, coming.date) if coming and wanted is not None else None
    word = status(
        value,
        target,
        points=len(points),
        expected=expected,
        observed=observed,
        needed=needed,
        complete=complete,
    )
    return Track(
        date=date,
        value=value,
        target=target,
        expected=expected,
        gap=None if target is None else target - value,
        observed=observed,
        needed=needed,
        deadline=coming.date if coming else None,
        projected=None if wanted is None else projected_date(value, wanted, date, observed),
        points=len(points),
        status=word,
    )


def annual_change(first: float, last: float, years: float) -> float | None:
    """Give the average annual rate of change (AARC), exponential; None where it is undefined (zero or below)."""
    if first <= 0 or last <= 0 or years <= 0:
        return None
    return (last / first) ** (1 / years) - 1


def project(last: float, rate: float, years: float) -> float:
    """Carry a value forward at an annual rate of change."""
    return last * (1 + rate) ** years


def annual_points(first: float, last: float, years: float) -> float:
    """Give the average change a year in the value's own unit: what can be said also near 0 and 100 percent."""
    return (last - first) / years
