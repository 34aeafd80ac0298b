"""A figure as readers see it: value with unit, numerator over denominator, change, status, and why there is none."""

import re
from collections import Counter
from collections.abc import Iterable

import pandas as pd

from .. import targets, wording
from ..indicators import REGISTRY
from .context import Context
from .elements import Cell, Column, Markup, table

ABSENT = Cell(wording.MISSING, css="absent")


def value(row: pd.Series | None) -> str | Cell:
    """Give the value of a figure for a table cell, without its unit."""
    if row is None or pd.isna(row["value"]):
        return ABSENT
    return wording.number(row["value"], REGISTRY[row["indicator_id"]].decimals)


def ratio(row: pd.Series | None) -> str | Cell:
    """Give `13.481 / 26.140`; a count has no denominator."""
    if row is None or pd.isna(row["denominator"]):
        return ""
    return f"{wording.number(row['numerator'])} / {wording.number(row['denominator'])}"


def unit(indicator_id: str) -> str:
    """Give the unit of an indicator as a table head writes it."""
    return {"percent": "%", "percent of target": "% sasaran", "count": "jumlah", "ratio": "rasio"}[
        REGISTRY[indicator_id].unit
    ]


def named(indicator_id: str) -> str:
    """Give an indicator's label with its unit, as a row of a table is headed: `Keikutsertaan BKB (%)`."""
    return f"{REGISTRY[indicator_id].label} ({unit(indicator_id)})"


def change(ctx: Context, indicator_id: str, shown: str = "") -> str | Cell:
    """Give the change since the figure before, with its date unless the head says it (`shown`)."""
    found = ctx.change(indicator_id)
    if ctx.row(indicator_id) is None:
        return ""
    if found is None:
        return Cell("tidak ada pembanding", css="absent")
    item = REGISTRY[indicator_id]
    percent = item.unit.startswith("percent")
    said = wording.points(found["change"]) if percent else wording.change(found["change"], decimals=item.decimals)
    return said if found["previous_as_of"] == shown else f"{said} sejak {when(found['previous_as_of'])}"


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


UNIT_NOUNS = {"desa": "desa", "kampung": "Kampung KB", "kabupaten": "kabupaten/kota", "baris": "baris"}


def basis(row: pd.Series | None, shown: str = "") -> str | Cell:
    """Give how many of the expected units a figure rests on, and its date unless the head says it (`shown`)."""
    if row is None:
        return ""
    noun = UNIT_NOUNS[REGISTRY[row["indicator_id"]].unit_of_report]
    counted = f"{wording.number(row['reporting'])}/{wording.number(row['expected'])} {noun}"
    return Cell(counted if row["as_of"] == shown else f"{counted}, {when(row['as_of'])}", css="small")


def when(as_of: str) -> str:
    """Give a time as a cell writes it: `1 Jun 2024`, `Jun 2024`, `Semester II 2024`, `1 Jun 2024 s.d. 3 Jun 2024`."""
    if "/" in as_of:
        return " s.d. ".join(when(part) for part in as_of.split("/"))
    if re.fullmatch(r"\d{4}-\d{2}", as_of):
        return wording.month_short(as_of, year=True)
    return wording.date_short(as_of) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of) else wording.time(as_of)


def _commonest(times: Iterable[str]) -> str:
    """Give the time that most figures of a table share, for its head; empty where there is none."""
    counts = Counter(t for t in times if t)
    return max(sorted(counts), key=counts.get) if counts else ""


def indicator_table(ctx: Context, caption: str, ids: Iterable[str], judged: bool = False, drawn=None) -> Markup:
    """Give a table of indicators of the page's own area: value, parts, province, change, date and units.

    A date that most rows share stands in the head; the others carry their own. judged: a column for target and
    status. drawn: a function of an indicator's id that gives its sparkline, for a column of its own.
    """
    ids = list(ids)
    rows = {i: ctx.row(i) for i in ids}
    day = _commonest(row["as_of"] for row in rows.values() if row is not None)
    changes = (ctx.change(i) for i in ids)
    since = _commonest(found["previous_as_of"] for found in changes if found is not None)
    heads = [
        Column("Indikator", width="28%"),
        Column("Nilai", number=True),
        Column("Pembilang / penyebut", number=True),
        Column(ctx.province.name, number=True),
        *([Column("Sasaran dan status")] if judged else []),
        Column(f"Perubahan sejak {when(since)}" if since else "Perubahan"),
        *([Column("Arah")] if drawn else []),
        Column(f"Unit yang memberi nilai, {when(day)}" if day else "Unit yang memberi nilai"),
    ]
    cells = [
        [
            named(i),
            value(row),
            ratio(row),
            value(ctx.row(i, ctx.province.code)),
            *([standing(row, i)] if judged else []),
            change(ctx, i, since),
            *([drawn(i)] if drawn else []),
            basis(row, day),
        ]
        for i, row in rows.items()
    ]
    return table(caption, heads, cells)
