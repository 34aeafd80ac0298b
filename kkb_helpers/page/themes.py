"""The sections of a district report by theme: the four sasaran, organisations, institutions and funds."""

from collections.abc import Mapping

import pandas as pd

from .. import wording
from . import exhibits
from .context import Context
from .district import rate_sentence
from .elements import Block, Cell, Column, heading, join, missing, paragraph, sentences, table
from .figures import indicator_table
from .sections import section

INSTITUTIONS = (
    *("pokja_share", "pokja_decree_share", "pokja_trained_share", "pokja_members_trained_share", "plkb_share"),
    *("regulation_share", "work_plan_share", "operations_complete_share", "funding_sources_share", "sectors_share"),
)
SASARAN = {
    "1": "Data dan dokumen",
    "2": "Perubahan perilaku",
    "3": "Layanan dan rujukan",
    "4": "Penataan lingkungan",
}


def _sasaran(ctx: Context, ids: list[str], lead: list[str], drawn: Block, caption: str) -> Block:
    """Put a sasaran together: its finding, its chart, its figures."""
    said = sentences(lead, "lead") or missing(wording.no_data("data untuk sasaran ini", ctx.period.label))
    return Block(said) + drawn + Block(indicator_table(ctx, caption, ids))


@section("sasaran_1")
def sasaran_1(ctx: Context) -> Block:
    """Penyediaan data keluarga dan dokumen kependudukan."""
    ids = ["rumah_dataku_share", "rumah_dataku_paripurna_share", "data_use_share"]
    lead = [rate_sentence(ctx, "rumah_dataku_share") or rate_sentence(ctx, "data_use_share")]
    return _sasaran(
        ctx, ids, lead, exhibits.against_province(ctx, ids), "Data keluarga, menurut pembilang dan penyebut"
    )


@section("sasaran_2")
def sasaran_2(ctx: Context) -> Block:
    """Perubahan perilaku keluarga."""
    ids = [
        "bkb_participation",
        "bkr_participation",
        "bkl_participation",
        "groups_reporting",
        "bkb_attendance",
        "bkb_1000hpk_ratio",
    ]
    lead = [rate_sentence(ctx, "groups_reporting"), rate_sentence(ctx, "bkb_participation")]
    return _sasaran(ctx, ids, lead[:1], exhibits.groups(ctx), "Kelompok kegiatan, menurut pembilang dan penyebut")


@section("sasaran_3")
def sasaran_3(ctx: Context) -> Block:
    """Peningkatan cakupan layanan dan rujukan."""
    ids = ["mcpr", "cpr", "mkjp_share", "unmet_need", "krs_share", "pregnant_assisted_share", "iron_tablet_share"]
    lead = [rate_sentence(ctx, "mcpr"), rate_sentence(ctx, "unmet_need")]
    return _sasaran(ctx, ids, lead, exhibits.services(ctx), "Layanan, menurut pembilang dan penyebut")


@section("sasaran_4")
def sasaran_4(ctx: Context) -> Block:
    """Penataan lingkungan."""
    ids = ["no_proper_latrine_share", "no_safe_water_share"]
    lead = [rate_sentence(ctx, i) for i in ids]
    return _sasaran(
        ctx, ids, lead, exhibits.surroundings(ctx), "Lingkungan keluarga sasaran, menurut pembilang dan penyebut"
    )


@section("organisasi")
def organisations(ctx: Context) -> Block:
    """Which community organisations are active, for which sasaran, in how many villages."""
    rows = ctx.view.months("partners")
    if rows.empty:
        return Block(missing(wording.no_partners(ctx.period.label)))
    return Block(
        join([paragraph(rate_sentence(ctx, "ormas_share"), "lead"), organisation_matrix(ctx, rows), activities(rows)])
    )


def organisation_matrix(ctx: Context, rows: pd.DataFrame, heads: Mapping[str, str] = SASARAN):
    """Give organisations by sasaran: the villages reached; and say what was placed by the old functions.

    heads: what the sasaran are called in the head, where there is less room.
    """
    placed = rows.assign(sasaran=rows["sasaran"].fillna(""))
    places = placed.pivot_table(
        index="organisasi", columns="sasaran", values="village_code", aggfunc="nunique", fill_value=0
    )
    total = rows.groupby("organisasi")["village_code"].nunique().sort_values(ascending=False, kind="stable")
    columns = [
        Column("Organisasi"),
        *(Column(f"{n}. {heads[n]}", True) for n in SASARAN),
        Column("Sasaran tidak jelas", True),
        Column("Desa/\u200bkelurahan", True),  # a place to break where there is little room
    ]
    listed = [
        [name, *(_places(places, name, s) for s in (*SASARAN, "")), wording.number(count)]
        for name, count in total.items()
    ]
    imputed = int((rows["sasaran_source"] == "imputasi").sum())
    unclear = int((rows["sasaran_source"] == "ambigu").sum())
    note = (
        f"Dari {wording.number(len(rows))} kegiatan, {wording.number(imputed)} ditempatkan pada sasaran menurut fungsi "
        f"keluarga yang lama (imputasi) dan {wording.number(unclear)} tidak dapat ditempatkan."
        if imputed or unclear
        else ""
    )
    caption = f"Desa/kelurahan dengan kegiatan organisasi menurut sasaran, {ctx.period.label}"
    return table(caption, columns, listed) + paragraph(note, "note")


def _places(places: pd.DataFrame, organisation: str, sasaran: str) -> str | Cell:
    count = int(places.loc[organisation, sasaran]) if sasaran in places.columns else 0
    return wording.number(count) if count else Cell("0", css="small")


def activities(rows: pd.DataFrame, most: int = 8):
    """List the activities that most villages saw, by sasaran."""
    placed = rows[rows["sasaran"].isin(list(SASARAN))]
    if placed.empty:
        return ""
    counts = placed.groupby(["sasaran", "kegiatan"])["village_code"].agg(["nunique", "size"]).reset_index()
    counts = (
        counts.sort_values(["nunique", "size", "kegiatan"], ascending=[False, False, True])
        .head(most)
        .sort_values("sasaran", kind="stable")
    )
    columns = [Column("Kegiatan"), Column("Sasaran"), Column("Desa/kelurahan", True), Column("Kegiatan tercatat", True)]
    listed = [
        [r.kegiatan, f"{r.sasaran}. {SASARAN[r.sasaran]}", wording.number(r.nunique), wording.number(r.size)]
        for r in counts.rename(columns={"size": "times"}).rename(columns={"times": "size"}).itertuples()
    ]
    return heading("Kegiatan menurut sasaran Inpres 3/2022") + table(
        "Kegiatan yang menjangkau desa/kelurahan terbanyak", columns, listed
    )


@section("kelembagaan")
def institutions(ctx: Context) -> Block:
    """Working groups, officers, plans, coordination, review and funds."""
    return Block(
        join(
            [
                _known(
                    ctx,
                    INSTITUTIONS,
                    "Kelembagaan Kampung KB",
                    "data kelembagaan",
                    "Unduh rekap-kampung-table dari portal Kampung KB",
                ),
                heading("Koordinasi dan monitoring"),
                coordination(ctx),
                heading("Dana BOKB dan Pro PN"),
            ]
        )
    ) + funds(ctx)


def _known(ctx: Context, ids, caption: str, what: str, advice: str):
    """Give the table of some indicators, or the sentence that none of them has data."""
    if not any(ctx.row(i) is not None for i in ids):
        return missing(wording.no_data(what, ctx.period.label, advice))
    return indicator_table(ctx, caption, ids)


def coordination(ctx: Context):
    """Say whether there is a decreed team and whether the quarter's review was held."""
    rows = ctx.tables.read("coordination")
    if rows.empty:
        return missing(wording.no_data("isian koordinasi", ctx.period.label, "Unduh borang: kkb template coordination"))
    rows = rows[rows["date"].fillna("") <= ctx.period.end.isoformat()]
    teams = rows[(rows["kind"] == "tim_koordinasi") & rows["sk_nomor"].fillna("").ne("")]
    quarter = ctx.view.quarter("coordination")
    held = quarter[(quarter["kind"] == "monev") & quarter["terlaksana"].fillna(False)] if len(quarter) else quarter
    team = (
        f"Tim Koordinasi Kampung KB dibentuk dengan SK {teams['sk_nomor'].iloc[-1]} "
        f"tanggal {wording.date(teams['date'].iloc[-1])}."
        if len(teams)
        else "Belum tercatat Tim Koordinasi Kampung KB yang ber-SK."
    )
    review = (
        f"Monev triwulanan terlaksana pada {wording.date(held['date'].iloc[-1])}."
        if len(held)
        else f"Monev triwulanan belum tercatat untuk triwulan yang memuat {ctx.period.label}."
    )
    return paragraph(f"{team} {review}")


def funds(ctx: Context) -> Block:
    """Allocation and realisation of BOKB and Pro PN in the quarter."""
    rows = ctx.view.quarter("funding")
    if rows.empty:
        return Block(missing(wording.no_data("isian dana", ctx.period.label, "Unduh borang: kkb template funding")))
    return Block(
        paragraph(" ".join(wording.funds(r.sumber, r.realisasi, r.alokasi) for r in rows.itertuples()))
    ) + exhibits.funds(ctx, rows)
