"""The sections of a district report, in the order of the page."""

import pandas as pd

from .. import areas, classification, disclosure, targets, wording
from ..errors import QualityError
from ..indicators import TITLES
from . import dynamics, exhibits
from .context import Context
from .elements import (
    Block,
    Column,
    Markup,
    heading,
    join,
    missing,
    paragraph,
    sentences,
    table,
    tag,
)
from .figures import indicator_table, named, shortfall, summed
from .figures import sentence as rate_sentence
from .sections import section

SUMMARY = (
    "village_coverage",
    "formation_achievement",
    "mandiri_plus_achievement",
    "mandiri_plus_share",
    "rumah_dataku_share",
    "groups_reporting",
    "bkb_participation",
    "mcpr",
    "unmet_need",
    "krs_share",
)
# Figures that move with another one of the table: said once.
SAID_BY = {"formation_achievement": "village_coverage", "mandiri_plus_share": "mandiri_plus_achievement"}
NEAREST = 15
UPPER_TRACK = "Laju menuju sasaran Mandiri dan Berkelanjutan"


def portal_or_siga(ctx: Context) -> str:
    """Name the table that counts Kampung KB here: the portal's where the district has one, else SIGA's register."""
    return "kampung" if len(ctx.view.snapshot("kampung")) else "siga_kkb"


def kampung_noun(ctx: Context) -> str:
    """Name the source of the count of Kampung KB in words."""
    return "portal Kampung KB" if portal_or_siga(ctx) == "kampung" else "register Kampung KB di SIGA"


def with_kampung(ctx: Context) -> set[str]:
    """Give the codes of the villages that have a Kampung KB."""
    name = portal_or_siga(ctx)
    rows = ctx.view.snapshot(name)
    if name == "siga_kkb" and len(rows):
        rows = rows[rows["jumlah_kampung_kb"].fillna(0) > 0]
    return set(rows["village_code"]) if len(rows) else set()


def lead_sentences(ctx: Context) -> list[str]:
    """Give the three sentences of the cover: the first three of these that the data can say."""
    said = [formation_sentence(ctx), classes_sentence(ctx)]
    said += [
        rate_sentence(ctx, i) for i in ("unmet_need", "mcpr", "groups_reporting", "bkb_participation", "krs_share")
    ]
    return [s for s in said if s][:3]


def explained(texts: list[str]) -> list[str]:
    """Explain each abbreviation where it is first used."""
    seen: set[str] = {"Kampung KB"}  # the kicker above names it in full
    return [wording.expand_first(text, seen) for text in texts]


def formation_sentence(ctx: Context) -> str:
    """Say the coverage by villages against the formation target of the year's end."""
    coverage = ctx.row("village_coverage")
    if coverage is None:
        return ""
    required = targets.required("formation_achievement", ctx.p.area, ctx.period.year_end)
    marks = targets.milestones("formation_achievement", ctx.p.area)
    day = next((m.date for m in marks if m.date >= ctx.period.end), marks[-1].date if marks else ctx.period.year_end)
    late = day < ctx.period.end and required is not None and coverage["numerator"] < required
    due = f"akhir {day.year}" + (", yang tenggatnya sudah lewat" if late else "")
    said = wording.formation(coverage["numerator"], coverage["denominator"], required, due)
    return f"{said} {shortfall(coverage)}".strip()


def classes_sentence(ctx: Context) -> str:
    """Say Mandiri and Berkelanjutan, as capaian and as cakupan; empty where no class is known."""
    share = ctx.row("mandiri_plus_share")
    if share is None:
        return ""
    said = wording.classes(share["numerator"], upper_target(ctx), share["denominator"])
    return f"{said} {shortfall(share)}".strip()


@section("cover", cover=True)
def cover(ctx: Context) -> Block:
    """Identity, dates, completeness and the three sentences that matter.

    Raises QualityError where nobody can say which of a district's figures is meant.
    """
    refuse_doubles(ctx)
    place = ctx.place
    kecamatan = len(areas.children(place.code, "kecamatan"))
    villages = areas.village_counts()[place.code]
    dates = [
        f"{label} {wording.time(ctx.view.as_of(name))}"
        for label, name in (("Portal per", "kampung"), ("SIGA", "siga_pus"), ("Verifikasi KRS", "siga_krs"))
        if ctx.view.as_of(name)
    ]
    scale = f"{wording.number(villages)} desa/kelurahan, {wording.number(kecamatan)} kecamatan"
    return Block(
        join(
            [
                paragraph("Laporan Kampung Keluarga Berkualitas", "kicker"),
                tag("h1", place.name),
                paragraph(f"Provinsi {ctx.province.name} · {ctx.period.label}", "dateline"),
                paragraph(" · ".join([*dates, scale]), "dateline"),
                paragraph(disclosure.notice(ctx.p.profile), "dateline"),
                completeness(ctx),
                tag("ol", join(tag("li", s) for s in explained(lead_sentences(ctx))), class_="leads"),
            ]
        )
    )


def refuse_doubles(ctx: Context) -> None:
    """Raise QualityError for a district of which a file holds a row twice with different values: any sum is a guess."""
    found = ctx.tables.findings
    doubles = found[found["code"].eq("R211") & found["severity"].eq("GAGAL")]
    if len(doubles):
        first = doubles.iloc[0]
        raise QualityError(
            f"KKB-R211: {wording.number(len(doubles))} baris {ctx.place.name} muncul lagi dengan nilai berbeda, "
            f"misalnya kode {first['area_code']} di {first['file']} baris {first['row']}; tidak dapat diketahui mana "
            f"yang benar. {first['action']}"
        )


def completeness(ctx: Context) -> Markup:
    """Say in words how much of the data arrived, and what did not."""
    mine = ctx.received[(ctx.received["area_code"] == ctx.p.area)]
    there = mine[mine["received"] > 0]
    villages = len(villages_with_data(ctx))
    total = areas.village_counts()[ctx.p.area]
    text = wording.completeness(len(there), len(mine), villages, total)
    absent = [TITLES[t].replace(", ", ": ") for t in mine.loc[mine["received"] == 0, "table"]]
    if absent:
        text += f" Belum diterima: {'; '.join(absent)}."
    full = not absent and villages == total
    text = f"{text} {exhibits.provisional(ctx)}".strip()
    return paragraph(text, "completeness" if full else "completeness incomplete")


def villages_with_data(ctx: Context) -> set[str]:
    """Give the codes of the villages with a row in any village table at the period."""
    monthly = map(ctx.tables.read, ("siga_pus", "siga_methods", "siga_groups", "siga_group_targets"))
    newest = map(ctx.view.snapshot, ("siga_kkb", "siga_rdk"))
    codes = [frame.loc[frame["period"].eq(ctx.period.month), "village_code"] for frame in monthly if len(frame)]
    codes += [frame["village_code"] for frame in newest if len(frame)]
    return set(pd.concat(codes).unique()) if codes else set()


@section("ringkasan")
def summary(ctx: Context) -> Block:
    """What changed, and the ten figures that matter, each with parts, province, target, change, status and course."""
    caption = f"Sepuluh angka utama {ctx.place.name}, {ctx.period.label}"
    return Block(
        paragraph(change_sentence(ctx), "changed")
        + indicator_table(ctx, caption, SUMMARY, judged=True, drawn=lambda i: exhibits.spark(ctx, i))
        + sentences(
            [
                "Di bawah nama indikator: unit yang memberi nilai, dan waktunya. Capaian dibagi sasaran akhir tahun, "
                "cakupan dibagi seluruh desa/kelurahan atau PUS; keduanya tidak sebanding. Status membandingkan dengan "
                "jalur menuju sasaran.",
                summed(ctx, SUMMARY),
                abbreviations(" ".join(map(named, SUMMARY))),
            ],
            "note",
        )
    )


def change_sentence(ctx: Context) -> str:
    """Say how the main figures changed since the figure before, and which of them not in the wanted way."""
    moved, unknown = [], 0
    for i in SUMMARY:
        if ctx.row(i) is None or i in SAID_BY:
            continue
        found = ctx.change(i)
        if found is None:
            unknown += 1
            continue
        wanted = None if pd.isna(found["improved"]) else bool(found["improved"])
        said = f"{exhibits.short(i)} {wording.points(found['change'])}"
        moved.append((wording.time(found["previous_as_of"]), said, wanted))
    return wording.changed(moved, unknown)


def abbreviations(text: str) -> str:
    """Explain the abbreviations that a table uses without explaining them itself."""
    seen: set[str] = set()
    wording.expand_first(text, seen)
    explained = {short for short in seen if f"({short})" in text} | {"Kampung KB"}  # in full above the title
    left = sorted((seen - explained) & set(wording.ABBREVIATIONS))
    said = "; ".join(f"{short}: {wording.ABBREVIATIONS[short]}" for short in left)
    return f"Singkatan. {said}." if said else ""


@section("pembentukan")
def formation(ctx: Context) -> Block:
    """The path to a Kampung KB in every village, and the villages still without one."""
    said = dynamics.track_sentence(ctx, dynamics.FORMATION) or no_formation(ctx)
    return (
        Block(join([paragraph(said, "lead"), second_kampung(ctx)]))
        + dynamics.formation(ctx)
        + Block(paragraph(targets.allocation_note(dynamics.FORMATION.target, ctx.p.area), "note") + still_without(ctx))
    )


def no_formation(ctx: Context) -> str:
    """Say that neither the portal nor SIGA gave a count of Kampung KB."""
    return wording.no_data(
        "data pembentukan Kampung KB",
        ctx.period.label,
        "Unduh classification-table dari portal atau rekap Kampung KB dari SIGA",
    )


def second_kampung(ctx: Context) -> Markup:
    """Explain a count of Kampung KB that is above the count of villages with one."""
    count, coverage = ctx.row("kampung_count"), ctx.row("village_coverage")
    if count is None or coverage is None or count["value"] == coverage["numerator"]:
        return Markup("")
    return paragraph(
        f"Menurut {kampung_noun(ctx)} ada {wording.number(count['value'])} Kampung KB di "
        f"{wording.number(coverage['numerator'])} desa/kelurahan, karena ada desa/kelurahan dengan lebih dari satu. "
        "Cakupan menghitung desa/kelurahan, capaian menghitung Kampung KB."
    )


def still_without(ctx: Context) -> Markup:
    """List the villages without a Kampung KB, by kecamatan."""
    if ctx.row("village_coverage") is None:
        return Markup("")
    villages = areas.children(ctx.p.area, "desa")
    without = villages[~villages["code"].isin(with_kampung(ctx))]
    title = heading(f"Desa/kelurahan tanpa Kampung KB ({wording.number(len(without))})")
    if without.empty:
        return title + paragraph("Tidak ada: setiap desa/kelurahan sudah memiliki Kampung KB.")
    groups = without.groupby(without["code"].str[:8])["name"]
    entries = join(
        tag("div", tag("dt", f"{areas.name_of(code)} ({wording.number(len(names))}): ") + tag("dd", ", ".join(names)))
        for code, names in groups
    )
    return title + tag("dl", entries, class_="villages")


@section("klasifikasi")
def classes(ctx: Context) -> Block:
    """Classes by snapshot, who moved, and who is nearest to the next class."""
    now = ctx.view.snapshot("kampung")
    if now.empty:
        return Block(
            missing(
                wording.no_data(
                    "data klasifikasi", ctx.period.label, "Unduh classification-table dari portal Kampung KB"
                )
                + " SIGA tidak dapat menggantikannya: kolom Kampung KB Mandiri di sana tidak diisi."
            )
        )
    first = closest(now)
    drawn = [block for block in (dynamics.classes(ctx), dynamics.moves(ctx)) if block is not None]
    said = [
        paragraph(dynamics.track_sentence(ctx, dynamics.UPPER)),
        unreported_sentence(ctx),
        moves_sentence(ctx),
        recomputed(now),
        # Paper has the sentences alone: they say the same.
        tag("div", dynamics.track_row(ctx, dynamics.UPPER, UPPER_TRACK, after_rise(ctx, first)), class_="screen"),
    ]
    return (
        Block(paragraph(classes_sentence(ctx), "lead"))
        + exhibits.side_by_side(drawn)
        + Block(join([*said, nearest(ctx, first)]))
    )


def unreported_sentence(ctx: Context) -> Markup:
    """Say how many only look Dasar because nothing was filled in."""
    row = ctx.row("unreported_share")
    if row is None or row["numerator"] == 0:
        return Markup("")
    return paragraph(
        f"{wording.of(row['numerator'], row['denominator'], 'Kampung KB')} belum mengisi satu bagian pun; portal "
        "menyebutnya Dasar, di sini ditulis terpisah sebagai belum lapor."
    )


def moves_sentence(ctx: Context) -> Markup:
    """Say who moved between the two newest snapshots."""
    before = ctx.view.previous_snapshot("kampung")
    if before.empty:
        return paragraph(wording.moves("", {}))
    return paragraph(wording.moves(wording.time(before["as_of"].iloc[0]), dynamics.moved(ctx).to_dict()))


def recomputed(now: pd.DataFrame) -> Markup:
    """Say whether the exported classes follow from the exported scores."""
    both = now.dropna(subset=["klasifikasi", "klasifikasi_hitung"])
    differing = int((both["klasifikasi"] != both["klasifikasi_hitung"]).sum())
    if not differing:
        return paragraph("Kelas dihitung ulang dari dua belas komponen: semua sama dengan yang ditulis portal.", "note")
    return paragraph(
        f"Kelas dihitung ulang dari dua belas komponen: {wording.of(differing, len(both), 'Kampung KB')} berbeda "
        "dari yang ditulis portal; daftarnya ada di mutu data.",
        "note",
    )


def closest(now: pd.DataFrame, most: int = NEAREST) -> pd.DataFrame:
    """Give the Kampung KB that lack the fewest points for a higher class, with what they lack, the nearest first."""
    order = ["points", "village_code", "kampung_kb"]
    lacking = classification.shortfall(now)
    rows = lacking.assign(village_code=now["village_code"], kampung_kb=now["kampung_kb"])
    rows = rows[rows["points"].fillna(0).gt(0)].sort_values(order, kind="stable").head(most)
    return now.loc[rows.index].join(rows[list(lacking)])


def upper_after(ctx: Context, first: pd.DataFrame) -> int:
    """Count those Mandiri or Berkelanjutan if these rose to the next class."""
    upper = classification.CLASSES[2:]
    gained = (first["class_reached"].isin(upper) & ~first["klasifikasi"].isin(upper)).sum()
    return int(ctx.row("mandiri_plus_share")["numerator"] + gained)


def upper_target(ctx: Context) -> int | None:
    """Give the target of Mandiri and Berkelanjutan at the year's end, None where there is none."""
    return targets.required("mandiri_plus_achievement", ctx.p.area, ctx.period.year_end)


def after_rise(ctx: Context, first: pd.DataFrame) -> list[tuple[str, str]]:
    """Give what the nearest would bring, a name and a value each, for the table of the target."""
    if first.empty:
        return []
    found = [(f"Bila {wording.number(len(first))} terdekat naik", wording.number(upper_after(ctx, first)))]
    if (target := upper_target(ctx)) is not None:
        share = wording.share(upper_after(ctx, first), target)
        found.append(("Capaian saat itu (% sasaran)", wording.percent_cell(share)))
    return found


def nearest(ctx: Context, first: pd.DataFrame) -> Markup:
    """List those nearest to the next class, and say what their rise would bring."""
    title = heading("Paling dekat naik kelas")
    if first.empty:
        return title + paragraph(wording.nearest(0, None, None))
    columns = [
        Column("Desa/kelurahan"),
        Column("Kecamatan"),
        Column("Kelas kini"),
        Column("Kelas berikutnya"),
        Column("Poin kurang", number=True),
        Column("Yang kurang"),
    ]
    listed = [
        [
            areas.name_of(row.village_code),
            areas.name_of(row.village_code[:8]),
            row.klasifikasi,
            row.class_reached,
            wording.number(row.points),
            wording.lacks(row.components, {c: getattr(row, c) for c in classification.COMPONENTS}),
        ]
        for row in first.itertuples()
    ]
    return (
        title
        + paragraph(wording.nearest(len(first), upper_after(ctx, first), upper_target(ctx)))
        + table(f"{wording.number(len(first))} Kampung KB dengan kekurangan poin paling sedikit", columns, listed)
    )
