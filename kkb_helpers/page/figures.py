"""A figure as readers see it: value with unit, numerator over denominator, change, status, and why there is none."""

import re
from collections.abc import Iterable

import pandas as pd

from .. import targets, wording
from ..indicators import REGISTRY
from .context import Context
from .elements import Cell, Column

ABSENT = Cell(wording.MISSING, css="absent")


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
    """Give an indicator's label with its unit, as a row of a table is headed: `Keikutsertaan BKB (%)`."""
    return f"{REGISTRY[indicator_id].label} ({unit(indicator_id)})"


def change(ctx: Context, indicator_id: str, area: str | None = None) -> str | Cell:
    """Give the change since the figure before, with its date, or say that there is none to compare."""
    found = ctx.change(indicator_id, area)
    if found is None:
        return Cell("tidak ada pembanding", css="absent")
    percent = REGISTRY[indicator_id].unit.startswith("percent")
    said = (
        wording.points(found["change"])
        if percent
        else wording.change(found["change"], decimals=REGISTRY[indicator_id].decimals)
    )
    return f"{said} sejak {when(found['previous_as_of'])}"


def standing(row: pd.Series | None, indicator_id: str) -> str | Cell:
    """Give target and status in one cell: `100: … tren belum cukup`; says where there is no target."""
    if not targets.has(indicator_id):
        return Cell(wording.NO_TARGET, css="absent")
    if row is None:
        return Cell(wording.status(wording.MISSING), css="absent")
    if pd.isna(row["target"]):
        return Cell(wording.NO_TARGET, css="absent")
    goal = wording.number(row["target"], 0 if float(row["target"]).is_integer() else 2)
    return f"{goal}: {wording.status(row['status'])}" if row["status"] else goal


UNIT_NOUNS = {"desa": "desa/kelurahan", "kampung": "Kampung KB", "kabupaten": "kabupaten/kota", "baris": "baris"}


def basis(row: pd.Series | None) -> str | Cell:
    """Give the date of a figure and how many of the expected units it rests on."""
    if row is None:
        return ABSENT
    noun = UNIT_NOUNS[REGISTRY[row["indicator_id"]].unit_of_report]
    return f"{when(row['as_of'])}; {wording.of(row['reporting'], row['expected'], noun)}"


def when(as_of: str) -> str:
    """Give a time as a cell writes it: `1 Jun 2024`, `Jun 2024`, `Semester II 2024`, `1 Jun 2024 s.d. 3 Jun 2024`."""
    if "/" in as_of:
        return " s.d. ".join(when(part) for part in as_of.split("/"))
    if re.fullmatch(r"\d{4}-\d{2}", as_of):
        return wording.month_short(as_of, year=True)
    return wording.date_short(as_of) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of) else wording.time(as_of)


def columns(ctx: Context) -> list[Column]:
    """Give the heads of a table of indicators."""
    return [
        Column("Indikator", width="30%"),
        Column("Nilai", number=True),
        Column("Pembilang / penyebut", number=True),
        Column(ctx.province.name, number=True),
        Column("Perubahan"),
        Column("Per; dari berapa unit"),
    ]


def rows_of(ctx: Context, ids: Iterable[str]) -> list[list]:
    """Give the rows under `columns` of some indicators of the page's own area."""
    return [
        [
            named(i),
            value(ctx.row(i)),
            ratio(ctx.row(i)),
            value(ctx.row(i, ctx.province.code)),
            change(ctx, i),
            Cell(basis(ctx.row(i)), css="small") if ctx.row(i) is not None else ABSENT,
        ]
        for i in ids
    ]
