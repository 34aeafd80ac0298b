"""The sections of a district report by theme: the four sasaran, organisations, institutions and funds."""

from collections.abc import Callable, Mapping

import pandas as pd

from .. import wording
from . import exhibits
from .context import Context
from .district import rate_sentence
from .elements import Block, Cell, Column, Markup, heading, missing, paragraph, sentences, table, tag
from .figures import indicator_table, summed
from .sections import section

INSTITUTIONS = (
    *("pokja_share", "pokja_decree_share", "pokja_trained_share", "pokja_members_trained_share", "plkb_share"),
    "ormas_share",
    *("regulation_share", "work_plan_share", "operations_complete_share", "funding_sources_share", "sectors_share"),
)
SASARAN = {
    "1": "Data dan dokumen",
    "2": "Perubahan perilaku",
    "3": "Layanan dan rujukan",
    "4": "Penataan lingkungan",
}
SHORT_SASARAN = {"1": "Data", "2": "Perilaku", "3": "Layanan", "4": "Lingkungan"}
Draw = Callable[[Context, Markup], Block | None]


def _sasaran(
    ctx: Context, lead: list[str], ids: list[str], caption: str, draw: Draw, above: Block | None = None
) -> Block:
    """Put a sasaran together: its finding, a chart with the figures beside it, and what stands above them."""
    said = sentences(lead, "lead") or missing(wording.no_data("data untuk sasaran ini", ctx.period.label))
    numbers = indicator_table(ctx, caption, ids)
    return Block(said) + (above or Block(Markup(""))) + (draw(ctx, numbers) or Block(numbers))


@section("sasaran_1")
def sasaran_1(ctx: Context) -> Block:
    """Penyediaan data keluarga dan dokumen kependudukan."""
    ids = ["rumah_dataku_share", "rumah_dataku_paripurna_share", "data_use_share"]
    lead = [rate_sentence(ctx, "rumah_dataku_share") or rate_sentence(ctx, "data_use_share")]
    return _sasaran(
        ctx, lead, ids, "Data keluarga", lambda ctx, numbers: exhibits.strip(ctx, ids, "rumah_dataku", numbers)
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
    block = _sasaran(ctx, lead, ids, "Kelompok kegiatan", exhibits.groups)
    return block + Block(sentences([summed(ctx, ids), standstill(ctx)], "note"))


def standstill(ctx: Context) -> str:
    """Say since when the register of targets and participants repeats itself; empty where it was renewed this month."""
    since = ctx.vintages.get(ctx.p.area, ctx.period.month)
    if since == ctx.period.month:
        return ""
    return (
        f"Angka sasaran dan kesertaan BKB, BKR, dan BKL sama persis sejak {wording.month(since)}: registernya belum "
        "diperbarui, jadi tidak ada perubahan bulanan yang dapat disebut."
    )


@section("sasaran_3")
def sasaran_3(ctx: Context) -> Block:
    """Peningkatan cakupan layanan dan rujukan."""
    ids = ["mcpr", "cpr", "mkjp_share", "unmet_need", "krs_share", "pregnant_assisted_share", "iron_tablet_share"]
    lead = [rate_sentence(ctx, "mcpr"), rate_sentence(ctx, "unmet_need")]
    lines = exhibits.side_by_side(
        [
            exhibits.by_month(ctx, "mcpr", exhibits.source_of(ctx, "siga_methods", "siga_pus")),
            exhibits.by_month(ctx, "unmet_need", exhibits.source_of(ctx, "siga_pus")),
        ]
    )
    return _sasaran(ctx, lead, ids, "Layanan", exhibits.methods, lines)


@section("sasaran_4")
def sasaran_4(ctx: Context) -> Block:
    """Penataan lingkungan."""
    ids = ["no_proper_latrine_share", "no_safe_water_share"]
    return _sasaran(
        ctx, [rate_sentence(ctx, i) for i in ids], ids, "Lingkungan keluarga sasaran", exhibits.surroundings
    )


@section("organisasi")
def organisations(ctx: Context) -> Block:
    """Which community organisations are active, for which sasaran, in how many villages."""
    rows = ctx.view.months("partners")
    if rows.empty:
        return Block(missing(wording.no_partners(ctx.period.label)))
    matrix = Block(tag("div", organisation_matrix(ctx, rows, SHORT_SASARAN)))
    return Block(paragraph(rate_sentence(ctx, "ormas_share"), "lead")) + exhibits.side_by_side(
        [matrix, Block(tag("div", activities(rows)))], uneven=True
    )


def organisation_matrix(ctx: Context, rows: pd.DataFrame, heads: Mapping[str, str]):
    """Give organisations by sasaran: the villages reached; and say what was placed by the old functions.

    heads: what the sasaran are called in the head.
    """
    placed = rows.assign(sasaran=rows["sasaran"].fillna(""))
    places = placed.pivot_table(
        index="organisasi", columns="sasaran", values="village_code", aggfunc="nunique", fill_value=0
    )
    total = rows.groupby("organisasi")["village_code"].nunique().sort_values(ascending=False, kind="stable")
    imputed = int((rows["sasaran_source"] == "imputasi").sum())
    unclear = int((rows["sasaran_source"] == "ambigu").sum())
    shown = (*SASARAN, "") if unclear else tuple(SASARAN)
    columns = [
        Column("Organisasi"),
        *(Column(heads.get(n, "Tidak jelas"), True) for n in shown),
        Column("Desa/\u200bkelurahan", True),  # a place to break where there is little room
    ]
    listed = [
        [Cell(name, css="line"), *(_places(places, name, s) for s in shown), wording.number(count)]
        for name, count in total.items()
    ]
    note = f"Dari {wording.number(len(rows))} kegiatan, " + wording.join(
        [
            f"{wording.number(imputed)} ditempatkan pada sasaran menurut fungsi keluarga yang lama (imputasi)"
            if imputed
            else "",
            f"{wording.number(unclear)} tidak dapat ditempatkan" if unclear else "",
        ]
    )
    note = f"{note}." if imputed or unclear else ""
    caption = f"Desa/kelurahan dengan kegiatan organisasi menurut sasaran, {ctx.period.label}"
    return table(caption, columns, listed) + paragraph(note, "note")


def _places(places: pd.DataFrame, organisation: str, sasaran: str) -> str | Cell:
    count = int(places.loc[organisation, sasaran]) if sasaran in places.columns else 0
    return wording.number(count) if count else Cell("0", css="small")


def activities(rows: pd.DataFrame, most: int = 6) -> Markup:
    """List the activities that most villages saw, by sasaran of Inpres 3/2022."""
    placed = rows[rows["sasaran"].isin(list(SASARAN))]
    if placed.empty:
        return Markup("")
    counts = placed.groupby(["sasaran", "kegiatan"])["village_code"].agg(desa="nunique", kali="size").reset_index()
    counts = counts.sort_values(["desa", "kali", "kegiatan"], ascending=[False, False, True]).head(most)
    counts = counts.sort_values("sasaran", kind="stable")
    columns = [Column("Kegiatan"), Column("Sasaran"), Column("Desa/\u200bkelurahan", True), Column("Kali", True)]
    listed = [
        [
            r.kegiatan,
            Cell(f"{r.sasaran}. {SHORT_SASARAN[r.sasaran]}", css="line"),
            wording.number(r.desa),
            wording.number(r.kali),
        ]
        for r in counts.itertuples()
    ]
    return table("Kegiatan yang menjangkau desa/kelurahan terbanyak, menurut sasaran Inpres 3/2022", columns, listed)


@section("kelembagaan")
def institutions(ctx: Context) -> Block:
    """Working groups, officers, plans, coordination, review and funds."""
    known = _known(
        ctx,
        INSTITUTIONS,
        "Kelembagaan Kampung KB",
        "data kelembagaan",
        "Unduh rekap-kampung-table dari portal Kampung KB",
    )
    rows = ctx.view.quarter("funding")
    said = heading("Koordinasi dan monitoring") + coordination(ctx) + heading("Dana BOKB dan Pro PN") + funds(ctx, rows)
    drawn = Block(Markup("")) if rows.empty else exhibits.funds(ctx, rows)
    parts = exhibits.side_by_side(
        [Block(tag("div", known)), Block(tag("div", said + drawn.html), drawn.files)], uneven=True
    )
    return Block(tag("div", parts.html, class_="flowing"), parts.files)


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
        else f"Monev triwulanan belum tercatat untuk {wording.time(ctx.period.quarter)}."
    )
    return paragraph(f"{team} {review}")


def funds(ctx: Context, rows: pd.DataFrame) -> Markup:
    """Say how much of BOKB and Pro PN was used in the quarter."""
    if rows.empty:
        return missing(wording.no_data("isian dana", ctx.period.label, "Unduh borang: kkb template funding"))
    return paragraph(" ".join(wording.funds(r.sumber, r.realisasi, r.alokasi) for r in rows.itertuples()))
