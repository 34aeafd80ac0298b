"""Which kabupaten/kota are in need: two maps of tiles and the table that holds their numbers."""

import pandas as pd

from ... import areas, charts, wording
from ...indicators import REGISTRY
from .. import exhibits
from ..context import Context
from ..elements import Block, Column, Markup, join, missing, paragraph, sentences, table
from ..exhibits import bare
from ..figures import when
from ..sections import section
from .places import (
    by_district,
    by_need,
    count,
    districts,
    figure_of,
    name_of_province,
    partial,
    rate,
    step,
    to_go,
    villages_of,
    whole,
)

MAPS = {
    "village_coverage": "Desa/kelurahan yang memiliki Kampung KB",
    "mandiri_plus_share": "Mandiri dan Berkelanjutan terhadap desa/kelurahan",
}


@section("provinsi_peta")
def maps(ctx: Context) -> Block:
    """Two maps of tiles, and the table of kabupaten/kota that holds their numbers."""
    drawn = {i: tiles(ctx, i) for i in MAPS}
    why = [
        missing(wording.no_data(f"data untuk {REGISTRY[i].label}", ctx.period.label)) for i in MAPS if drawn[i] is None
    ]
    pair = exhibits.side_by_side([block for block in drawn.values() if block is not None])
    return Block(paragraph(most_to_go(ctx), "lead")) + pair + Block(join([*why, need_table(ctx)]))


def tiles(ctx: Context, indicator_id: str) -> Block | None:
    """Draw one indicator on the map of tiles; None where no kabupaten/kota has a value."""
    names, values = districts(ctx).map(bare), by_district(ctx, indicator_id).astype(float)
    known = values.dropna()
    if known.empty:
        return None
    places = charts.tiles_of(list(names.index))
    drawn = [(names[c], None if pd.isna(values[c]) else values[c], places[c]) for c in names.index]
    row, label = ctx.row(indicator_id), MAPS[indicator_id]
    ends = [at_end(names, known, value) for value in (known.min(), known.max())]
    return exhibits.exhibit(
        charts.tile_map,
        drawn,
        id=f"tiles-{indicator_id}",
        title=f"Terendah {ends[0]}; tertinggi {ends[1]}",
        measure=wording.subtitle(f"{label} (%)", name_of_province(ctx), wording.time(row["as_of"].split("/")[-1])),
        source=f"Sumber: {row['source']}, {when(row['as_of'])}. Letak ubin mengikuti peta, bukan luas wilayah.",
        alt=wording.alt_parts(
            "peta ubin",
            f"{label} (persen)",
            name_of_province(ctx),
            wording.time(row["as_of"].split("/")[-1]),
            {names[c]: v for c, v in known.sort_values().items()},
            2,
        ),
        beside=False,
    )


def at_end(names: pd.Series, values: pd.Series, end: float) -> str:
    """Say an end of the values and whose it is; how many share it where more than one does."""
    sharing = values.index[values == end]
    whose = names[sharing[0]] if len(sharing) == 1 else f"{wording.number(len(sharing))} kabupaten/kota"
    return f"{whose} {wording.percent(end)}"


def most_to_go(ctx: Context, most: int = 3) -> str:
    """Say where most of the villages without a Kampung KB are."""
    left = pd.to_numeric(to_go(ctx)).dropna()
    if left.empty:
        return ""
    total = int(left.sum())
    if not total:
        return "Setiap desa/kelurahan di provinsi ini sudah memiliki Kampung KB."
    names = districts(ctx)
    first = left[left > 0].reindex([c for c in by_need(ctx) if left.get(c, 0) > 0]).head(most)
    said = wording.join(f"{names[code]} ({wording.number(n)})" for code, n in first.items())
    if first.sum() == total:
        return f"Semua {wording.number(total)} desa/kelurahan yang belum memiliki Kampung KB berada di {said}."
    return (
        f"Sisa terbanyak ada di {said}: bersama-sama {wording.of(first.sum(), total, 'desa/kelurahan')} yang belum "
        "memiliki Kampung KB."
    )


def need_table(ctx: Context) -> Markup:
    """Give one row a kabupaten/kota, ordered by need, and one of the province; only columns that have a value."""
    columns = [
        ("Desa/kelurahan", lambda a: villages_of(ctx, a), count),
        ("Ada Kampung KB", lambda a: figure_of(ctx, "village_coverage", a, "numerator"), count),
        ("Belum ada", lambda a: left_in(ctx, a), count),
        ("Cakupan (% desa)", lambda a: figure_of(ctx, "village_coverage", a), rate),
        ("Perubahan desa", lambda a: gained(ctx, "village_coverage", a), step),
        ("Mandiri+", lambda a: figure_of(ctx, "mandiri_plus_share", a, "numerator"), count),
        ("Mandiri+ (% desa)", lambda a: figure_of(ctx, "mandiri_plus_share", a), rate),
        ("Capaian terhadap sasaran Mandiri+ (%)", lambda a: figure_of(ctx, "mandiri_plus_achievement", a), rate),
        ("Perubahan Mandiri+", lambda a: gained(ctx, "mandiri_plus_share", a), step),
        ("Belum lapor", lambda a: figure_of(ctx, "unreported_share", a, "numerator"), count),
    ]
    places = [*by_need(ctx), ctx.p.area]
    kept = [(head, [get(a) for a in places], write) for head, get, write in columns]
    kept = [(head, values, write) for head, values, write in kept if not all(pd.isna(v) for v in values)]
    rows = [
        [bare(areas.name_of(code)), *(write(values[i]) for _, values, write in kept)] for i, code in enumerate(places)
    ]
    rows[-1] = whole([name_of_province(ctx), *rows[-1][1:]])
    heads = [head for head, _, _ in kept]
    reached = next((values for head, values, _ in kept if head.startswith("Capaian")), [])
    notes = [
        f"Angka provinsi dari {partial(ctx)}." if partial(ctx) else "",
        f"Perubahan sejak {since(ctx)}." if any(h.startswith("Perubahan") for h in heads) else "",
        "Mandiri+ adalah Kampung KB berklasifikasi Mandiri atau Berkelanjutan." if "Mandiri+" in heads else "",
        "Belum lapor adalah Kampung KB yang belum mengisi satu bagian pun." if "Belum lapor" in heads else "",
        f"Capaian di atas 100 persen: {wording.ABOVE_TARGET}." if any(v > 100 for v in reached if pd.notna(v)) else "",
    ]
    caption = f"Kabupaten/kota {name_of_province(ctx)} menurut kebutuhan, {ctx.period.label}"
    head = [Column("Kabupaten/kota"), *(Column(h, True) for h in heads)]
    return table(caption, head, rows) + sentences(notes, "note")


def left_in(ctx: Context, area: str):
    """Give the villages of an area without a Kampung KB, missing where it is not known."""
    row = ctx.row("village_coverage", area)
    return pd.NA if row is None else row["denominator"] - row["numerator"]


def gained(ctx: Context, indicator_id: str, area: str):
    """Give how a numerator changed since the figure before, missing where nothing compares."""
    row, before = ctx.row(indicator_id, area), ctx.change(indicator_id, area)
    return pd.NA if row is None or before is None else row["numerator"] - before["previous_numerator"]


def since(ctx: Context) -> str:
    """Name the time that figures of the kabupaten/kota are compared with."""
    found = [ctx.change(i, code) for i in MAPS for code in districts(ctx).index]
    days = sorted({change["previous_as_of"] for change in found if change is not None})
    return " s.d. ".join(when(day) for day in dict.fromkeys((days[0], days[-1]))) if days else "potret sebelumnya"
