"""The first and the last section of a province: what it is, in three sentences, and what its data cannot say."""

from ... import areas, disclosure, targets, wording
from ..context import Context
from ..district import completeness, explained, rate_sentence
from ..elements import Block, Markup, join, paragraph, tag
from ..figures import shortfall
from ..sections import section
from .places import districts, name_of_province


@section("provinsi_sampul", cover=True)
def cover(ctx: Context) -> Block:
    """Identity, dates, completeness and the three sentences that matter."""
    sizes = (
        (areas.village_counts()[ctx.p.area], "desa/kelurahan"),
        (len(areas.children(ctx.p.area, "kecamatan")), "kecamatan"),
        (len(districts(ctx)), "kabupaten/kota"),
    )
    dates = [
        f"{label} {wording.time(ctx.view.as_of(name))}"
        for label, name in (("Portal per", "kampung"), ("SIGA", "siga_pus"), ("Verifikasi KRS", "siga_krs"))
        if ctx.view.as_of(name)
    ]
    scale = ", ".join(f"{wording.number(n)} {noun}" for n, noun in sizes)
    return Block(
        join(
            [
                paragraph("Gambaran Kampung Keluarga Berkualitas se-provinsi", "kicker"),
                tag("h1", name_of_province(ctx)),
                paragraph(" · ".join([ctx.period.label, *dates, scale]), "dateline"),
                paragraph(disclosure.notice(ctx.p.profile), "dateline"),
                completeness(ctx),
                paragraph(absent_districts(ctx), "completeness incomplete"),
                tag("ol", join(tag("li", s) for s in explained(leads(ctx))), class_="leads"),
            ]
        )
    )


def leads(ctx: Context) -> list[str]:
    """Give the three sentences of the cover: the first three of these that the data can say.

    Targets are those of the villages whose kabupaten/kota have data.
    """
    coverage, upper = ctx.row("village_coverage"), ctx.row("mandiri_plus_share")
    end, said = ctx.period.year_end, []
    if coverage is not None:
        goal = targets.required("formation_achievement", ctx.p.area, end, int(coverage["denominator"]))
        text = wording.formation(coverage["numerator"], coverage["denominator"], goal, f"akhir {end.year}")
        said.append(f"{text} {shortfall(coverage)}".strip())
    if upper is not None:
        goal = targets.required("mandiri_plus_achievement", ctx.p.area, end, int(upper["denominator"]))
        said.append(f"{wording.classes(upper['numerator'], goal, upper['denominator'])} {shortfall(upper)}".strip())
    said += [rate_sentence(ctx, i) for i in ("unmet_need", "mcpr", "groups_reporting", "bkb_participation")]
    return [s for s in said if s][:3]


def absent_districts(ctx: Context) -> str:
    """Name the kabupaten/kota of which no table has a row; empty where all have."""
    names = districts(ctx)
    absent = names[~names.index.isin(ctx.received["area_code"])]
    if absent.empty:
        return ""
    there = wording.of(len(names) - len(absent), len(names), "kabupaten/kota")
    return f"Angka provinsi dihitung dari {there}; belum ada data dari {wording.join(absent)}."


@section("provinsi_sumber")
def origins(ctx: Context) -> Block:
    """What these data cannot say, and where definitions and sources stand."""
    inside = ctx.p.profile == "internal"
    quality = "; berkas sumber dan pemeriksaannya di halaman Mutu data (data_quality.html)" if inside else ""
    return Block(
        paragraph(
            "Angka pelayanan berasal dari register, bukan survei; kelas Kampung KB dapat naik karena pengisian data "
            f"saja. Definisi, pembilang, dan penyebut tiap ukuran ada di laporan kabupaten/kota{quality}."
        )
        + paragraph(disclosure.explanation(ctx.p.profile), "" if not inside else "note")
    )


@section("provinsi_penutup")
def closing(ctx: Context) -> Block:
    """End the notebook: what it was about, for the press to compare."""
    coverage, upper = ctx.row("village_coverage"), ctx.row("mandiri_plus_achievement")
    summary = {
        "to_go": None if coverage is None else int(coverage["denominator"] - coverage["numerator"]),
        "achievement": None if upper is None else float(upper["value"]),
        "figures": [],
        "sparkline": "",
        "warnings": 0,
    }
    title = f"Gambaran Kampung KB {name_of_province(ctx)}, {ctx.period.label}"
    return Block(Markup(""), {}, ctx.sentinel(title, summary))
