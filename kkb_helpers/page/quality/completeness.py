"""Completeness by table and month, by kabupaten/kota, and the kecamatan that lack something."""

import pandas as pd

from ... import areas, charts, wording
from ...indicators import TIMES, TITLES
from ..context import Context
from ..elements import Block, Cell, Column, Markup, details, heading, join, missing, paragraph, table
from ..exhibits import bare
from ..sections import section
from .folder import provinces, short

MONTHLY = tuple(name for name, how in TIMES.items() if how == "month")
MOST_KECAMATAN, MOST_MONTHS = 30, 12
MOST_DISTRICTS = 100  # kabupaten/kota side by side; the country's 514 would make a page that no phone opens


@section("mutu_kelengkapan")
def completeness(ctx: Context) -> Block:
    """Completeness of every table by month and by kabupaten/kota, for each province; of many, by province alone."""
    known = provinces(ctx)
    many = (ctx.received["level"] == "kabupaten").sum() / len(TITLES) > MOST_DISTRICTS
    return Block(
        paragraph(
            "Tiap sel: persen unit yang ada barisnya (desa/kelurahan, Kampung KB pada tabel portal, kabupaten/kota "
            "pada borang). Makin gelap makin lengkap: paling terang di bawah 75 persen. Sel kosong "
            "berarti tabel itu tidak terbit pada bulan itu."
        )
        + (by_province(ctx, known) if many else join(of_province(ctx, code, len(known) == 1) for code in known))
    )


def by_province(ctx: Context, codes: list[str]) -> Markup:
    """Give completeness at the period: provinces down, tables across; and where the rest stands."""
    rows = ctx.received[ctx.received["level"] == "provinsi"]
    caption = f"Kelengkapan menurut provinsi, {ctx.period.label}"
    return heat(caption, rows, codes, "Provinsi") + paragraph(
        "Kelengkapan menurut bulan ada di laporan tiap kabupaten/kota, bagian Mutu data.", "note"
    )


def of_province(ctx: Context, code: str, alone: bool) -> Markup:
    """Give the two heat tables of a province; where it is alone, those of its kabupaten/kota by month to be opened."""
    name = areas.name_of(code)
    inside = ctx.received.loc[
        (ctx.received["level"] == "kabupaten") & ctx.received["area_code"].str.startswith(code), "area_code"
    ]
    parts = [by_month(ctx, area) for area in inside.unique()] if alone else []
    return join(
        [
            "" if alone else heading(f"Provinsi {name}"),
            by_month(ctx, code),
            by_district(ctx, code),
            details(f"Menurut bulan di tiap kabupaten/kota {name}", join(parts)) if any(parts) else "",
        ]
    )


def by_month(ctx: Context, area: str) -> Markup:
    """Give completeness of an area: tables down, months across."""
    past = ctx.past[(ctx.past["area_code"] == area) & ctx.past["indicator_id"].str.endswith("_received_share")]
    # A snapshot of the first days of the next month is the period's.
    past = past.assign(period=past["period"].where(past["period"] <= ctx.period.month, ctx.period.month))
    months = sorted(past["period"].unique())[-MOST_MONTHS:]
    if not months:
        return Markup("")
    values = past.assign(table=past["indicator_id"].str.removesuffix("_received_share")).pivot_table(
        index="table", columns="period", values="value", aggfunc="last"
    )
    columns = [Column("Tabel"), *(Column(f"{wording.month_short(m, year=True)} (%)", True) for m in months)]
    rows = []
    for name in TITLES:
        known = values.loc[name].reindex(months) if name in values.index else pd.Series(index=months, dtype=float)
        cells = shaded(known, Cell("tidak ada", css="absent") if name in MONTHLY else "")
        before = int(known.notna().to_numpy().argmax())
        if known.isna().all():
            before, cells = len(known) - 1, [Cell("tidak ada", css="absent")] * len(known)
        rows.append([TITLES[name], *[""] * before, *cells[before:]])
    return table(f"Kelengkapan menurut tabel dan bulan, {areas.name_of(area)}", columns, rows, css="heat")


def shaded(values: pd.Series, without: str | Cell) -> list[str | Cell]:
    """Write percentages as cells on one scale: the lightest is below 75, the darkest from 95 (see K401)."""
    shades = charts.shade([*(None if pd.isna(v) else min(max(v, 70.0), 100.0) for v in values), 70.0, 100.0], "up")
    return [
        without if pd.isna(v) else Cell(wording.number(v, 1), background, ink)
        for v, (background, ink) in zip(values, shades, strict=False)
    ]


def by_district(ctx: Context, province: str) -> Markup:
    """Give completeness at the period: kabupaten/kota down, tables across."""
    rows = ctx.received[(ctx.received["level"] == "kabupaten") & ctx.received["area_code"].str.startswith(province)]
    if rows.empty:
        return Markup("")
    caption = f"Kelengkapan menurut kabupaten/kota, {areas.name_of(province)}, {ctx.period.label}"
    return heat(caption, rows, list(rows["area_code"].unique()), "Kabupaten/kota")


def heat(caption: str, rows: pd.DataFrame, codes: list[str], head: str) -> Markup:
    """Give a heat table of areas by tables from rows of `received`; only tables of which something arrived."""
    share = rows.assign(
        share=100 * rows["received"].astype(float) / rows["expected"].astype(float).where(rows["expected"] > 0)
    )
    share["share"] = share["share"].where(share["received"] > 0)
    values = share.pivot_table(index="area_code", columns="table", values="share", aggfunc="last").reindex(codes)
    names = [name for name in TITLES if name in values.columns]
    columns = [Column(head), *(Column(f"{short(name)} (%)", True) for name in names)]
    listed = [
        [bare(areas.name_of(code)), *shaded(values.loc[code, names], Cell("tidak ada", css="absent"))] for code in codes
    ]
    return table(caption, columns, listed, css="heat")


@section("mutu_kecamatan")
def kecamatan(ctx: Context) -> Block:
    """The kecamatan that are not complete in every table that arrived."""
    known = provinces(ctx)
    if not known:
        return Block(missing(wording.no_data("tabel", ctx.period.label, "Impor ekspor dengan kkb import")))
    return Block(join(incomplete(ctx, code) for code in known))


def incomplete(ctx: Context, province: str) -> Markup:
    """Give the kecamatan of a province with the least complete tables."""
    inside = ctx.received["area_code"].str.startswith(province)
    whole = ctx.received[inside & (ctx.received["level"] == "provinsi") & (ctx.received["received"] > 0)]
    rows = ctx.received[inside & (ctx.received["level"] == "kecamatan") & ctx.received["table"].isin(whole["table"])]
    lacking = (rows["expected"] - rows["received"]).clip(lower=0).groupby(rows["area_code"]).sum()
    short_of = lacking[lacking > 0].sort_values(ascending=False, kind="stable")
    name, every = areas.name_of(province), len(lacking)
    if short_of.empty:
        return paragraph(f"Semua {wording.number(every)} kecamatan di {name} lengkap pada tiap tabel yang diterima.")
    shown = short_of.head(MOST_KECAMATAN)
    more = len(short_of) - len(shown)
    caption = f"Kecamatan yang tidak lengkap, {name}, {ctx.period.label}"
    return join(
        [
            paragraph(
                f"{wording.of(len(short_of), every, 'kecamatan')} di {name} tidak lengkap pada sedikitnya satu tabel "
                "yang diterima; yang paling banyak kurangnya lebih dahulu."
            ),
            heat(caption, rows[rows["area_code"].isin(shown.index)], list(shown.index), "Kecamatan"),
            paragraph(f"… dan {wording.number(more)} kecamatan lain.", "note") if more else "",
        ]
    )
