"""The rows of indicators as a profile may show them: small counts hidden, percentages withheld, the reason in words.

Three columns come with the rows: `numerator_mark`, `denominator_mark` and `value_mark` say what stands in place of a
number that is hidden, and are empty where the number is shown or was never there. A hidden number is missing from its
own column, so that nothing computed, drawn or written from it can tell it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .. import areas
from ..indicators import REGISTRY
from .cells import OTHER, SHOWN, SMALL, Line, hide
from .rules import HIDDEN, LEAST_DENOMINATOR, LEAST_NUMERATOR, RULES, Rule

COUNTS = ("numerator", "denominator")
MARKS = ("numerator_mark", "denominator_mark", "value_mark")
FEW, NARROW = f"pembilang di bawah {LEAST_NUMERATOR}", f"penyebut di bawah {LEAST_DENOMINATOR}"
_BEFORE = {f"previous_{name}": name for name in ("value", "as_of", *COUNTS)}
_WIDTHS = {"kecamatan": 5, "desa": 8}  # of the code of what a level lies in; a kabupaten lies in a province


def protect(rows: pd.DataFrame, profile: str) -> pd.DataFrame:
    """Give rows of indicators (the columns of `indicators.compute`, any levels and times) as a profile may show them.

    Rows of indicators that count no persons stay as they are. Counts at one time are taken together: villages with
    their kecamatan, and in `public` every level, since readers add them up. In `public` rows of persons below kecamatan
    are left out, counts are rounded and percentages computed from the rounded counts.
    """
    rule = RULES[profile]
    persons = rows["indicator_id"].map({item.id: item.persons for item in REGISTRY.values()}).to_numpy(bool)
    if profile == "public":
        kept = ~(persons & rows["level"].eq("desa").to_numpy())
        rows, persons = rows[kept].reset_index(drop=True), persons[kept]
    marks = {name: np.full(len(rows), "", object) for name in MARKS}
    counts = {name: rows[name].to_numpy(float, na_value=np.nan) for name in COUNTS}
    value = rows["value"].to_numpy(float, na_value=np.nan).copy()
    shown = {name: column.copy() for name, column in counts.items()}
    hideable = persons & rows["level"].isin(rule.below).to_numpy()
    if hideable.any():
        for name, fate in _fates(rows, counts, hideable, rule).items():
            marks[f"{name}_mark"][fate == SMALL] = rule.mark
            marks[f"{name}_mark"][fate == OTHER] = rule.other
            open_ones = hideable & (fate == SHOWN)
            shown[name][open_ones] = rule.rounded(counts[name][open_ones])
            shown[name][fate != SHOWN] = np.nan
    known, rates = ~np.isnan(value), persons & rows["denominator"].notna().to_numpy()
    if rule.step > 1:
        with np.errstate(invalid="ignore", divide="ignore"):
            fresh = 100 * shown["numerator"] / shown["denominator"]
        value = np.where(rates, fresh, value)
    reason = _reasons(shown, rates & known, marks)
    marks["value_mark"] = reason
    value[reason != ""] = np.nan
    changed = {
        name: pd.array(np.round(column), dtype="Float64").astype(rows[name].dtype) for name, column in shown.items()
    }
    if not persons.any():
        changed = {}
    return rows.assign(
        value=np.where(np.isinf(value), np.nan, value), **changed, **{k: _text(v) for k, v in marks.items()}
    )


def _text(values: np.ndarray) -> pd.array:
    return pd.array(values, dtype="str")


def _groups(rows: pd.DataFrame, hideable: np.ndarray) -> list[np.ndarray]:
    """Give the places of rows that readers can add up: one indicator, one time, one province."""
    keys = [rows["indicator_id"], rows["period"], rows["area_code"].str[:2]]
    # Areas of one sum may stand at different dates (a district's older snapshot is in its province's figure): dates
    # part them only where an area has several in a month.
    several = rows.duplicated(["indicator_id", "period", "area_code"]).groupby(keys).transform("any")
    keys.append(rows["as_of"].str.rsplit("/", n=1).str[-1].where(several, ""))
    groups = rows.groupby(keys, sort=False).indices.values()
    return [np.sort(places) for places in groups if hideable[places].any()]


def _fates(
    rows: pd.DataFrame, counts: dict[str, np.ndarray], hideable: np.ndarray, rule: Rule
) -> dict[str, np.ndarray]:
    """Say what becomes of each numerator and denominator; a count that several indicators share has one fate."""
    groups = _groups(rows, hideable)
    small = {name: rule.small(counts[name]) & hideable for name in COUNTS}
    fates = {name: np.full(len(rows), SHOWN) for name in COUNTS}
    if not any(found.any() for found in small.values()):
        return fates
    same = _same_counts(rows)
    codes, levels = (rows[name].to_numpy(object) for name in ("area_code", "level"))
    exact = ~np.isin(levels, rule.below)
    hidden: np.ndarray = np.array([], int)
    while True:
        for name in COUNTS:
            elsewhere = np.isin(same[name], hidden) & hideable & ~np.isnan(counts[name])
            for places in (p for p in groups if (small[name] | elsewhere)[p].any()):
                lines = _lines(codes[places], levels[places], counts[name][places])
                parts = (array[places] for array in (counts[name], small[name], exact, elsewhere))
                mine, few, fixed, known = parts
                fates[name][places] = hide(mine, lines, rule, few, fixed, known)
        found = np.unique(np.concatenate([same[name][fates[name] != SHOWN] for name in COUNTS]))
        if len(found) == len(hidden):
            return fates
        hidden = found


def _same_counts(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Number the counts, the same number for the same count of an area and time: indicators name it with one word."""
    places = rows["area_code"] + " " + rows["period"] + " "
    words = {name: rows["indicator_id"].map({i.id: getattr(i, name) for i in REGISTRY.values()}) for name in COUNTS}
    numbers, _ = pd.factorize(pd.concat([places + words[name] for name in COUNTS]))
    return dict(zip(COUNTS, np.split(numbers, 2), strict=True))


def related(indicator_id: str) -> list[str]:
    """Name the indicators whose counts tell of an indicator's: itself, those that share one with it, and theirs."""
    found = [indicator_id]
    for name in found:
        words = {REGISTRY[name].numerator, REGISTRY[name].denominator} - {""}
        found += [
            i.id for i in REGISTRY.values() if {i.numerator, i.denominator} & words and i.persons and i.id not in found
        ]
    return found


def _lines(codes: np.ndarray, levels: np.ndarray, counts: np.ndarray) -> list[Line]:
    """Give the sums that areas make: the villages of a kecamatan, the kecamatan of a kabupaten, the kabupaten.

    An area without a count is in no sum; those beside it still add up.
    """
    place = {code: i for i, code in enumerate(codes)}
    parts: dict[str, list[int]] = {}
    for i, (code, level) in enumerate(zip(codes, levels, strict=True)):
        around = code[: _WIDTHS.get(level, 2)]
        if around != code and around in place and not np.isnan(counts[i]):
            parts.setdefault(around, []).append(i)
    return [(inside, place[around]) for around, inside in parts.items()]


def _reasons(shown: dict[str, np.ndarray], rates: np.ndarray, marks: dict[str, np.ndarray]) -> np.ndarray:
    """Say of each percentage of persons why it is not shown; empty where it is."""
    few = shown["numerator"] < LEAST_NUMERATOR
    narrow = shown["denominator"] < LEAST_DENOMINATOR
    hidden = (marks["numerator_mark"] != "") | (marks["denominator_mark"] != "")
    said = np.full(len(rates), "", object)
    said[rates & narrow] = NARROW
    said[rates & few] = FEW
    said[rates & hidden] = HIDDEN
    return said


def shown(row: Mapping[str, Any]) -> bool:
    """Say whether a row has something to show for its value: a number, or why it is hidden."""
    return bool(pd.notna(row["value"]) or row["value_mark"])


def rate(numerator: object, denominator: object) -> float | str | None:
    """Give a percentage of persons from two counts as shown; the reason in words where it may not be; None for none."""
    if isinstance(numerator, str) or isinstance(denominator, str):
        return HIDDEN
    if pd.isna(numerator) or pd.isna(denominator) or not denominator:
        return None
    if numerator < LEAST_NUMERATOR:
        return FEW
    return NARROW if denominator < LEAST_DENOMINATOR else 100 * float(numerator) / float(denominator)


def comparable(changes: pd.DataFrame, rows: pd.DataFrame, profile: str) -> pd.DataFrame:
    """Give changes (the columns of `indicators.changes`) as a profile may tell them.

    rows: those of the period, protected. What was before is protected like any other time; where either value is
    hidden there is no change to tell, and no row.
    """
    before = changes.drop(columns=["value", "change", "improved"]).rename(columns=_BEFORE)
    level = before["area_code"].map(areas.level_of)
    before = protect(before.assign(period="", level=level.astype("str")), profile)
    before = before.drop(columns=[*MARKS, "period", "level"]).rename(columns={new: old for old, new in _BEFORE.items()})
    keys = ["indicator_id", "area_code"]
    found = before.merge(rows[[*keys, "value", "better"]], on=keys)
    found["change"] = found["value"] - found["previous_value"]
    moved = (found["change"] > 0).where(found["better"].eq("up"), found["change"] < 0).astype("boolean")
    found["improved"] = moved.mask(found["change"].eq(0) | found["better"].eq("context"))
    return found[found["change"].notna()][list(changes.columns)].reset_index(drop=True)


def written(rows: pd.DataFrame) -> pd.DataFrame:
    """Give protected rows for a file: the columns of indicators.csv, a hidden count as its mark, never as missing."""
    counts = {
        name: rows[name].astype(object).where(rows[f"{name}_mark"].eq(""), rows[f"{name}_mark"])
        for name in COUNTS
        if rows[f"{name}_mark"].ne("").any()
    }
    return rows.assign(**counts).drop(columns=list(MARKS))
