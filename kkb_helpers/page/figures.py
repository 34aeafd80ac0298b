"""A figure as readers see it: value with unit, numerator over denominator, change, status, and why there is none."""

import pandas as pd

from .. import wording
from ..indicators import REGISTRY
from .context import Context
from .elements import Cell, Column

ABSENT = Cell(wording.NO_DATA, css="absent")


def value(row: pd.Series | None) -> str | Cell:
    """Give the value of a figure for a table cell, without its unit."""
    if row is None or pd.isna(row["value"]):
        return ABSENT
    return wording.number(row["value"], REGISTRY[row["indicator_id"]].decimals)


def ratio(row: pd.Series | None) -> str | Cell:
    """Give `13.481 / 26.140`; a count has no denominator."""
    if row is None or pd.isna(row["denominator"]):
        return "" if row is not None else ABSENT
    return f"{wording.number(row['numerator'])} / {wording.number(row['denominator'])}"


def unit(indicator_id: str) -> str:
    """Give the unit of an indicator as a table head writes it."""
    return {"percent": "%", "percent of target": "% sasaran", "count": "jumlah", "ratio": "rasio"}[
        REGISTRY[indicator_id].unit
    ]


def named(indicator_id: str) -> str:
    """Give an indicator's label with its unit: `Unmet need (%)`."""
    return f"{REGISTRY[indicator_id].label} ({unit(indicator_id)})"


def change(ctx: Context, indicator_id: str, area: str | None = None) -> str:
    """Give the change since the figure before, with its date; empty where there is none."""
    delta = ctx.change(indicator_id, area)
    if delta is None:
        return "tidak ada pembanding"
    since = wording.time(ctx.since(indicator_id, area))
    return f"{wording.change(delta, REGISTRY[indicator_id].unit)} sejak {since}"


def status(row: pd.Series | None) -> str:
    """Give the status in words with its sign; a dash where the indicator has no target."""
    if row is None:
        return wording.status("tidak ada data")
    return wording.status(row["status"]) if row["status"] else "tanpa target"


def target(row: pd.Series | None) -> str:
    """Give the target in the unit of the value, or say that there is none."""
    if row is None or pd.isna(row["target"]):
        return "tanpa target"
    return wording.number(row["target"], 0 if float(row["target"]).is_integer() else 2)


def units(row: pd.Series | None) -> str:
    """Say how many of the expected units a figure rests on."""
    return "" if row is None else f"{wording.number(row['reporting'])} dari {wording.number(row['expected'])}"


COLUMNS = [
    Column("Indikator"),
    Column("Nilai", number=True),
    Column("Pembilang / penyebut", number=True),
    Column("Perubahan"),
]


def rows_of(ctx: Context, ids: list[str]) -> list[list]:
    """Give table rows (COLUMNS) of some indicators of the page's own area."""
    return [[named(i), value(ctx.row(i)), ratio(ctx.row(i)), change(ctx, i)] for i in ids]
