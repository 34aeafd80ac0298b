"""A figure as readers see it: value with unit, numerator over denominator, change, status, and why there is none."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from .. import targets, wording
from ..indicators import REGISTRY, TIMES
from .context import Context
from .elements import Cell, Column, Markup, noted, table

ABSENT = Cell(wording.MISSING, css="absent line")


def value(row: Mapping[str, Any] | None) -> str | Cell:
    """Give the value of a figure for a table cell, without its unit; why it is hidden where it is."""
    if row is None:
        return ABSENT
    if pd.isna(row["value"]):
        return hidden(row["value_mark"])
    return wording.number(row["value"], REGISTRY[row["indicator_id"]].decimals)


def hidden(mark: str) -> Cell:
    """Give a cell without a number: why it is hidden, or that there is none."""
    return Cell(mark, css="absent small") if mark else ABSENT


def count(row: Mapping[str, Any], part: str) -> str:
    """Give a figure's `numerator` or `denominator`: the number, or the mark in place of it."""
    return row[f"{part}_mark"] or wording.number(row[part])


def ratio(row: Mapping[str, Any] | None) -> str | Cell:
    """Give `13.481 / 26.140`; a count has no denominator."""
    if row is None or (pd.isna(row["denominator"]) and not row["denominator_mark"]):
        return ""
    return f"{count(row, 'numerator')} / {count(row, 'denominator')}"


def unit(indicator_id: str) -> str:
    """Give the unit of an indicator as a table head writes it."""
    return {"percent": "%", "percent of target": "% sasaran", "count": "jumlah", "ratio": "rasio"}[
        REGISTRY[indicator_id].unit
    ]


def named(indicator_id: str) -> str:
    """Give an indicator's label with its unit, as a row of a table is headed: `Keikutsertaan BKB (%)`."""
    return f"{REGISTRY[indicator_id].label} ({unit(indicator_id)})"


# How a share is said where its label makes no sentence: of whom, and what they do.
DOES = {
    "rumah_dataku_share": ("Kampung KB di SIGA", "memiliki Rumah DataKu"),
    "data_use_share": ("Kampung KB", "memakai data dalam perencanaan"),
    "groups_reporting": ("poktan", "melapor"),
    "krs_share": ("keluarga sasaran", "berisiko stunting"),
    "no_proper_latrine_share": ("keluarga sasaran", "tidak memiliki jamban layak"),
    "no_safe_water_share": ("keluarga sasaran", "tidak memiliki sumber air minum layak"),
    "ormas_share": ("Kampung KB", "memiliki kegiatan organisasi kemasyarakatan"),
}


def sentence(ctx: Context, indicator_id: str) -> str:
    """Say one rate with its parts and its change, or why it is hidden; empty where it has no value."""
    row = ctx.figure(indicator_id)
    if row is None:
        return ""
    if row["value_mark"]:
        return f"{REGISTRY[indicator_id].label} tidak ditampilkan: {row['value_mark']}."
    indicator, found = REGISTRY[indicator_id], ctx.change(indicator_id)
    past = (None, "") if found is None else (found["previous_value"], wording.time(found["previous_as_of"]))
    parts = (row["numerator"], row["denominator"])
    if indicator_id == "groups_reporting" and ctx.period.is_quarter:  # a group reports every month: three a quarter
        said = wording.counted(*parts, "laporan bulanan poktan", "masuk", *past)
    elif indicator_id in DOES:
        said = wording.counted(*parts, *DOES[indicator_id], *past)
    else:
        said = wording.rate(indicator.label, *parts, indicator.denominator, *past)
    return f"{said} {shortfall(row)}".strip()


def summed(ctx: Context, ids: Iterable[str]) -> str:
    """Say which figures of a quarter add three months up; empty for a month, or where none does."""
    rows = [ctx.figure(i) for i in ids if ctx.period.is_quarter and TIMES[REGISTRY[i].tables[0]] == "month"]
    said = [REGISTRY[r["indicator_id"]].label for r in rows if r is not None and r["as_of"] == ctx.period.text]
    return f"Dijumlahkan dari tiga bulan: {wording.join(said)}; yang lain per akhir triwulan." if said else ""


COMPLETE = 0.9  # below it a sentence says of how many units it speaks; tables always do


def shortfall(row: Mapping[str, Any]) -> str:
    """Say that a figure rests on too few units; empty where nearly all gave a value."""
    if row["reporting"] >= COMPLETE * row["expected"]:
        return ""
    noun = UNIT_NOUNS[REGISTRY[row["indicator_id"]].unit_of_report]
    return f"Tidak lengkap: {wording.of(row['reporting'], row['expected'], noun)}."


def change(ctx: Context, indicator_id: str, shown: str = "", judged: bool = False) -> str | Cell:
    """Give the change since the figure before, with its date unless the head says it (`shown`).

    Percentages change in points, which the head says; what has another unit says its own. judged: also say whether
    that is the wanted way.
    """
    found = ctx.change(indicator_id)
    if ctx.row(indicator_id) is None:
        return Cell("")
    if found is None:
        return Cell("tidak ada pembanding", css="absent")
    item = REGISTRY[indicator_id]
    percent = item.unit.startswith("percent")
    said = wording.change(
        found["change"], "" if percent else f"({unit(indicator_id)})", 2 if percent else item.decimals
    )
    since = "" if found["previous_as_of"] == shown else f"sejak {when(found['previous_as_of'])}"
    way = "" if pd.isna(found["improved"]) else "searah tujuan" if found["improved"] else "berlawanan arah"
    return Cell(noted(said, f"{way if judged else ''} {since}".strip()), css="line" if judged else "")


def standing(row: Mapping[str, Any] | None, indicator_id: str) -> str | Cell:
    """Give status and target in one cell: `… tren belum cukup`, under it `sasaran 100`; says where there is none."""
    if not targets.has(indicator_id):
        return Cell(wording.NO_TARGET, css="absent")
    if row is None:
        return Cell(wording.status(wording.MISSING), css="absent")
    if pd.isna(row["target"]):
        return Cell(wording.NO_TARGET, css="absent")
    goal = f"sasaran {wording.number(row['target'], 0 if float(row['target']).is_integer() else 2)}"
    return Cell(noted(wording.status(row["status"]), goal), css="line") if row["status"] else goal


UNIT_NOUNS = {"desa": "desa/kelurahan", "kampung": "Kampung KB", "kabupaten": "kabupaten/kota", "baris": "baris"}


def basis(row: Mapping[str, Any] | None) -> str:
    """Give how many units a figure rests on, and its date: `338 dari 339 desa/kelurahan, Jun 2024`."""
    if row is None:
        return ""
    noun = UNIT_NOUNS[REGISTRY[row["indicator_id"]].unit_of_report]
    full = row["reporting"] == row["expected"]
    counted = (
        f"{wording.number(row['expected'])} {noun}" if full else wording.of(row["reporting"], row["expected"], noun)
    )
    return f"{counted}, {when(row['as_of'])}"


def when(as_of: str) -> str:
    """Give a time as a cell writes it: `1 Jun 2024`, `Jun 2024`, `Semester II 2024`, `1 Jun 2024 s.d. 3 Jun 2024`."""
    if "/" in as_of:
        return " s.d. ".join(when(part) for part in as_of.split("/"))
    if re.fullmatch(r"\d{4}-\d{2}", as_of):
        return wording.month_short(as_of, year=True)
    return wording.date_short(as_of) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of) else wording.time(as_of)


def _commonest(texts: Iterable[str]) -> str:
    """Give the text that most share and at least half have, for the head of a table; empty where there is none."""
    there = [t for t in texts if t]
    counts = Counter(there)
    most = max(sorted(counts), key=counts.get) if counts else ""
    return most if counts[most] >= math.ceil(len(there) / 2) else ""


def indicator_table(ctx: Context, caption: str, ids: Iterable[str], judged: bool = False, drawn=None) -> Markup:
    """Give a table of indicators of the page's own area: value, parts, province, change, date and units.

    The units and the date that most rows share stand in the caption; the others carry their own. judged: a column for
    target and status, and whether a change is the wanted way. drawn: a function of an indicator's id that gives its
    sparkline, for a column of its own.
    """
    ids = list(ids)
    rows = {i: ctx.figure(i) for i in ids}
    bases = {i: basis(row) for i, row in rows.items()}
    common = "" if judged else _commonest(bases.values())
    changes = (ctx.change(i) for i in ids)
    since = "" if judged else _commonest(found["previous_as_of"] for found in changes if found is not None)
    # A unit that most rows share stands in the head; the others carry their own.
    percent = sum(REGISTRY[i].unit == "percent" for i in ids) > len(ids) / 2
    heads = [
        Column("Indikator", width="41%" if judged else "38%"),
        Column("Nilai (%)" if percent else "Nilai", number=True),
        Column("Pembilang / penyebut", number=True),
        Column(ctx.province.name, number=True),
        *([Column("Status dan sasaran")] if judged else []),
        Column("Perubahan (poin persen)"),
        *([Column("Arah")] if drawn else []),
    ]
    cells = [
        [
            noted(
                REGISTRY[i].label if percent and REGISTRY[i].unit == "percent" else named(i),
                "" if bases[i] == common else bases[i],
            ),
            value(row),
            ratio(row),
            value(ctx.figure(i, ctx.province.code)),
            *([standing(row, i)] if judged else []),
            change(ctx, i, since, judged),
            *([drawn(i)] if drawn else []),
        ]
        for i, row in rows.items()
    ]
    said = [caption, common, f"perubahan sejak {when(since)}" if since else ""]
    return table("; ".join(text for text in said if text), heads, cells)
