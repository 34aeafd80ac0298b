"""The kecamatan from which something is missing, and since when."""

from functools import lru_cache

import pandas as pd

from ... import areas, wording, workbook
from ...params import Period
from ..context import Context
from ..elements import Block, Cell, Column, join, paragraph, table
from ..exhibits import bare
from ..figures import when
from ..sections import section
from .places import some

MONTHLY = ("siga_pus", "siga_methods", "siga_groups", "siga_group_targets", "siga_bkb_families")
MOST_KECAMATAN = 6


@section("provinsi_belum_lapor")
def late(ctx: Context) -> Block:
    """The kecamatan from which something is missing, and since when."""
    rows = unreported(ctx)
    if rows.empty:
        return Block(paragraph(f"Tidak ada: semua kecamatan lengkap untuk {ctx.period.label}."))
    shown = rows.head(MOST_KECAMATAN)
    columns = [
        Column("Kecamatan"),
        Column("Kabupaten/kota"),
        Column("Desa tanpa baris SIGA", True),
        Column("Tanpa baris sejak"),
        Column("Kampung KB belum lapor", True),
        Column("Belum lapor sejak"),
        Column("Poktan tidak melapor", True),
        Column("Tidak melapor sejak"),
    ]
    listed = [
        [
            areas.name_of(code),
            bare(areas.name_of(code[:5])),
            *(cell for kind in ("desa", "kampung", "poktan") for cell in since_cells(row, kind)),
        ]
        for code, row in shown.iterrows()
    ]
    left = len(rows) - len(shown)
    return Block(
        join(
            [
                paragraph(late_sentence(ctx, rows)),
                table(f"Kecamatan yang belum lengkap, {ctx.period.label}", columns, listed),
                paragraph(rest(ctx, left), "note"),
            ]
        )
    )


def rest(ctx: Context, left: int) -> str:
    """Say how many kecamatan are not listed, and where the villages are: in workbooks that `public` leaves out."""
    more = f"… dan {wording.number(left)} kecamatan lain" if left else ""
    if ctx.p.profile != "internal":
        return f"{more}." if more else ""
    return f"{more or 'Semua terdaftar'}; rinciannya menurut desa ada di follow_up.xlsx tiap kabupaten/kota."


def since_cells(row: pd.Series, kind: str) -> list[object]:
    """Write a count and since when, or a small zero."""
    n = int(row[kind])
    return [wording.number(n), row[f"{kind}_sejak"]] if n else [some(0), Cell("lengkap", css="absent")]


def late_sentence(ctx: Context, rows: pd.DataFrame) -> str:
    """Say how many kecamatan lack what."""
    whom = {
        "desa": "memiliki desa/kelurahan tanpa baris SIGA",
        "kampung": "memiliki Kampung KB yang belum lapor",
        "poktan": "memiliki poktan yang tidak melapor",
    }
    every = len(areas.children(ctx.p.area, "kecamatan"))
    parts = [
        f"{wording.number((rows[kind] > 0).sum())} {words}" for kind, words in whom.items() if (rows[kind] > 0).any()
    ]
    return f"Dari {wording.number(every)} kecamatan, {wording.join(parts)}."


@lru_cache(maxsize=2)
def unreported(ctx: Context) -> pd.DataFrame:
    """Give one row a kecamatan that lacks something, by code: counts and since when; the most villages first."""
    silent, newest, _ = workbook.selected("unreported", ctx.view, ctx.p.area)
    groups, _, _ = workbook.selected("groups", ctx.view, ctx.p.area)
    pieces = [
        absent_villages(ctx),
        gathered(silent.assign(n=1), "kampung", newest),
        gathered(groups.assign(n=groups["belum_lapor"]), "poktan", ctx.period.month),
    ]
    rows = pd.concat(pieces, axis=1)
    numbers = ["desa", "kampung", "poktan"]
    rows[numbers] = rows[numbers].fillna(0).astype(int)
    rows = rows.sort_index().sort_values(numbers, ascending=False, kind="stable")
    return rows[(rows[numbers] > 0).any(axis=1)]


def gathered(rows: pd.DataFrame, kind: str, oldest_known: str) -> pd.DataFrame:
    """Sum tasks of villages (village_code, n, sejak) to kecamatan: count and the earliest time in words."""
    grouped = rows.groupby(rows["village_code"].str[:8])
    found = pd.DataFrame({kind: grouped["n"].sum(), f"{kind}_sejak": grouped["sejak"].min()})
    found[f"{kind}_sejak"] = found[f"{kind}_sejak"].map(when)
    return found


def absent_villages(ctx: Context) -> pd.DataFrame:
    """Count, by kecamatan, villages that have no row in a monthly table at the period, and since which month."""
    month = ctx.period.month
    everyone = pd.Index(areas.children(ctx.p.area, "desa")["code"])
    gone: dict[str, str] = {}
    for name in MONTHLY:
        rows = ctx.tables.read(name)
        if rows.empty or not rows["period"].eq(month).any():
            continue  # a table that did not arrive at all is said on the cover, not village by village
        rows = rows[rows["period"] <= month]
        last = rows.groupby("village_code")["period"].max().reindex(everyone)
        for code, period in last[last.ne(month)].items():
            start = rows["period"].min() if pd.isna(period) else next_month(period)
            gone[code] = min(gone.get(code, start), start)
    frame = pd.DataFrame({"village_code": list(gone), "n": 1, "sejak": list(gone.values())}, dtype=object)
    frame["n"] = frame["n"].astype(int)
    frame["village_code"] = frame["village_code"].astype("str")
    return gathered(frame, "desa", month)


def next_month(month: str) -> str:
    """Give the month after a month."""
    return Period(month).shift(1).text
