"""The kabupaten/kota among each other: rates inside the limits of chance, and who cannot be told apart."""

import numpy as np
import pandas as pd

from ... import charts, compare, wording
from ...indicators import REGISTRY
from .. import exhibits, figures
from ..context import Context
from ..elements import Block, Cell, Column, Markup, join, missing, sentences, table
from ..exhibits import bare
from ..figures import ABSENT, value
from ..sections import section
from .places import districts, name_of_province, whole

RATES = {"mcpr": "mCPR", "unmet_need": "Unmet need"}
MEASURES = {"mcpr": "Peserta KB modern (mCPR, % PUS)", "unmet_need": "Unmet need (% PUS)"}


@section("provinsi_sesama")
def among(ctx: Context) -> Block:
    """mCPR and unmet need inside the limits of chance, and who cannot be told apart."""
    found = {i: judged(ctx, i) for i in RATES}
    known = {i: f for i, f in found.items() if f is not None}
    why = [missing(wording.no_data(f"data {RATES[i]}", ctx.period.label)) for i, f in found.items() if f is None]
    if not known:
        return Block(join(why))
    pair = exhibits.side_by_side([funnel_chart(ctx, i, f) for i, f in known.items() if not np.isnan(f.centre)])
    said = [sentences([position_sentence(ctx, i, f), alike_sentence(ctx, i, f)]) for i, f in known.items()]
    notes = sentences([f"{RATES[i]}: {f.note}" for i, f in known.items()], "note")
    return Block(join([*said, *why])) + pair + Block(funnel_table(ctx, known) + notes)


def judged(ctx: Context, indicator_id: str) -> compare.Funnel | None:
    """Put the kabupaten/kota in a funnel; None where none has a value."""
    rows = ctx.valued(indicator_id, "kabupaten")
    return None if rows.empty else compare.funnel(rows, REGISTRY[indicator_id].minimum)


def funnel_chart(ctx: Context, indicator_id: str, found: compare.Funnel) -> Block:
    """Draw a funnel with limits."""
    units, label = found.units, RATES[indicator_id]
    names = list(units["area_code"].map(districts(ctx)).map(bare))
    n = np.linspace(float(units["denominator"].min()) * 0.6, float(units["denominator"].max()) * 1.06, 80)
    curves = found.limits(n)
    sides = {f"{side}_{z}": curves[f"{side}{z}"].to_numpy() for side in ("low", "high") for z in ("95", "998")}
    outside = units["position"].isin([compare.BELOW, compare.ABOVE])
    flagged = [name for name, out in zip(names, outside, strict=True) if out]
    title = (
        f"{label}: {wording.of(len(flagged), len(units), 'kabupaten/kota')} di luar batas"
        if flagged
        else f"{label}: semua kabupaten/kota dalam batas 99,8 persen"
    )
    return exhibits.exhibit(
        charts.funnel,
        names,
        list(units["denominator"]),
        list(units["value"]),
        {"n": n} | sides,
        id=f"funnel-{indicator_id}",
        title=title,
        measure=wording.subtitle(
            f"{MEASURES[indicator_id]} menurut jumlah PUS", name_of_province(ctx), ctx.period.label
        ),
        source=exhibits.source_of(ctx, *REGISTRY[indicator_id].tables),
        alt=wording.alt_parts(
            "corong",
            f"{label} (persen)",
            name_of_province(ctx),
            ctx.period.label,
            dict(zip(names, units["value"], strict=True)),
            2,
        ),
        beside=False,
        reference=100 * found.centre,
        flagged=flagged,
        small=[name for name, small in zip(names, units["small"], strict=True) if small],
    )


def position_sentence(ctx: Context, indicator_id: str, found: compare.Funnel) -> str:
    """Say which kabupaten/kota are outside the limits."""
    names, units, label = districts(ctx), found.units, RATES[indicator_id]
    parts = [
        f"{wording.join(names[c] for c in units.loc[units['position'] == word, 'area_code'])} {word}"
        for word in (compare.ABOVE, compare.BELOW)
        if (units["position"] == word).any()
    ]
    if np.isnan(found.centre):
        return ""
    if not parts:
        return f"{label} provinsi {wording.percent(100 * found.centre)}; tidak ada kabupaten/kota di luar batas."
    return f"{label} provinsi {wording.percent(100 * found.centre)}; {wording.join(parts)}."


def alike(ctx: Context, indicator_id: str) -> list[list[str]]:
    """Give the kabupaten/kota that cannot be told apart: codes by group, the best first."""
    item = REGISTRY[indicator_id]
    order = compare.places(ctx.valued(indicator_id, "kabupaten"), item.better, item.minimum)
    return [list(group["area_code"]) for _, group in order[order["setara"]].groupby("place")]


def alike_sentence(ctx: Context, indicator_id: str, found: compare.Funnel) -> str:
    """Name the kabupaten/kota that cannot be told apart; empty where all can."""
    groups, names = alike(ctx, indicator_id), districts(ctx).map(bare)
    if not groups:
        return ""
    if len(groups[0]) == len(found.units):
        return "Semuanya setara: perbedaannya tidak dapat dibedakan dari kebetulan dan keragaman antarwilayah."
    said = "; ".join(wording.join(names[code] for code in codes) for codes in groups)
    return f"Setara, tidak dapat dibedakan satu dari yang lain: {said}."


def funnel_table(ctx: Context, found: dict[str, compare.Funnel]) -> Markup:
    """Give the numbers of the funnels: couples, rates, and where they lie."""
    names, first = districts(ctx).map(bare), next(iter(found))
    units = {i: f.units.set_index("area_code").reindex(names.index) for i, f in found.items()}
    order = units[first]["value"].sort_values(ascending=REGISTRY[first].better == "down", kind="stable").index
    equal = {i: {code for group in alike(ctx, i) for code in group} for i in found}
    columns = [Column("Kabupaten/kota"), Column("PUS", True)]
    rows = [[names[code], whom(ctx, first, code)] for code in order]
    last = [name_of_province(ctx), whom(ctx, first, ctx.p.area)]
    for i in found:
        columns += [Column(f"{RATES[i]} (% PUS)", True), Column(f"Letak menurut {RATES[i]}")]
        for code, row in zip(order, rows, strict=True):
            place = units[i]["position"][code]
            word = "" if pd.isna(place) else f"{place}, setara" if code in equal[i] else place
            row += [value(ctx.figure(i, code)), word or ABSENT]
        last += [value(ctx.figure(i, ctx.p.area)), "acuan"]
    return table(f"mCPR dan unmet need menurut kabupaten/kota, {ctx.period.label}", columns, [*rows, whole(last)])


def whom(ctx: Context, indicator_id: str, area: str) -> str | Cell:
    """Write how many persons a rate is of, or its mark; says where there is none."""
    row = ctx.figure(indicator_id, area)
    return ABSENT if row is None else figures.count(row, "denominator")
