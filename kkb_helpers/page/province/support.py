"""Organisations, coordination and money, by kabupaten/kota."""

import pandas as pd

from ... import wording
from .. import themes
from ..context import Context
from ..district import rate_sentence
from ..elements import Block, Cell, Column, Markup, missing, paragraph, sentences, table, tag
from ..exhibits import bare
from ..figures import ABSENT
from ..sections import section
from .places import by_district, districts, name_of_province, rate, whole

SHORT_SASARAN = {"1": "Data", "2": "Perilaku", "3": "Layanan", "4": "Lingkungan"}


@section("provinsi_dukungan")
def support(ctx: Context) -> Block:
    """Which organisations are active for which sasaran; coordination, quarterly review and money by kabupaten/kota."""
    return Block(tag("div", tag("div", organisations(ctx)) + tag("div", coordination(ctx) + funds(ctx)), class_="pair"))


def organisations(ctx: Context) -> Markup:
    """Give community organisations by sasaran, or say that no office filled them in."""
    rows = ctx.view.months("partners")
    if rows.empty:
        return missing(wording.no_partners(ctx.period.label))
    return paragraph(rate_sentence(ctx, "ormas_share")) + themes.organisation_matrix(ctx, rows, SHORT_SASARAN)


def funds(ctx: Context) -> Markup:
    """Give the money of the quarter by kabupaten/kota, or say that no office filled it in."""
    rows = ctx.view.quarter("funding")
    if rows.empty:
        return missing(wording.no_data("isian dana", ctx.period.label, "Unduh borang: kkb template funding"))
    sums = rows.groupby("sumber")[["alokasi", "realisasi"]].sum(min_count=1)
    said = [wording.funds(name, r.realisasi, r.alokasi) for name, r in sums.iterrows()]
    return sentences(said) + funds_table(ctx, rows)


def coordination(ctx: Context) -> Markup:
    """Say how many kabupaten/kota have a decreed team and held the quarter's review, and which have not."""
    if not len(ctx.tables.read("coordination")):
        advice = "Unduh borang: kkb template coordination"
        return missing(wording.no_data("isian koordinasi", ctx.period.label, advice))
    said = []
    for indicator_id, done in (
        ("coordination_share", "memiliki Tim Koordinasi Kampung KB ber-SK"),
        ("quarterly_review_share", "melaksanakan monev triwulan ini"),
    ):
        row = ctx.row(indicator_id)
        if row is None:
            continue
        have = by_district(ctx, indicator_id, "numerator").fillna(0).astype(int)
        without = [bare(districts(ctx)[c]) for c in have.index if not have[c]]
        rest = f"; belum: {wording.join(without)}" if without else ""
        said.append(f"{wording.of(row['numerator'], row['denominator'], 'kabupaten/kota')} {done}{rest}.")
    return sentences(said)


def funds_table(ctx: Context, rows: pd.DataFrame) -> Markup:
    """Give allocation, realisation and absorption by kabupaten/kota, the least used of the first source first."""
    names, period = districts(ctx).map(bare), wording.time(rows["period"].iloc[0])
    money = rows.set_index(["area_code", "sumber"])[["alokasi", "realisasi"]]
    kinds = list(dict.fromkeys(rows["sumber"]))
    used = pd.Series({code: share_of(money, code, kinds[0]) for code in names.index}, dtype=float)
    columns = [Column("Kabupaten/kota")]
    for kind in kinds:
        columns += [
            Column(f"{kind}: alokasi (Rp juta)", True),
            Column(f"{kind}: realisasi (Rp juta)", True),
            Column(f"{kind}: serapan (% alokasi)", True),
        ]
    order = used.sort_values(kind="stable", na_position="first").index
    listed = [[names[code], *(cell for kind in kinds for cell in money_cells(money, code, kind))] for code in order]
    sums = (
        money.groupby(level="sumber").sum(min_count=1).assign(area_code=ctx.p.area).set_index("area_code", append=True)
    )
    sums = sums.swaplevel()
    listed.append(
        whole([name_of_province(ctx), *(cell for kind in kinds for cell in money_cells(sums, ctx.p.area, kind))])
    )
    return table(f"Alokasi dan realisasi dana menurut kabupaten/kota, {period}", columns, listed) + paragraph(
        f"Sumber: isian dana kabupaten/kota, {period}.", "source"
    )


def share_of(money: pd.DataFrame, code: str, source: str) -> float | None:
    """Give realisation of allocation in percent; None where it cannot be computed."""
    if (code, source) not in money.index:
        return None
    row = money.loc[(code, source)]
    return wording.share(row["realisasi"], row["alokasi"])


def money_cells(money: pd.DataFrame, code: str, source: str) -> list[object]:
    """Write allocation, realisation (million rupiah) and their ratio."""
    if (code, source) not in money.index:
        return [Cell("belum diisi", css="absent"), ABSENT, ABSENT]
    row = money.loc[(code, source)]
    return [
        wording.number(row["alokasi"] / 1e6, 1),
        wording.number(row["realisasi"] / 1e6, 1),
        rate(share_of(money, code, source)),
    ]
