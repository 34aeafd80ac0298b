"""The closing sections of a district report: kecamatan, peers, what to do, data quality, definitions, sources."""

import pandas as pd

from .. import areas, wording, workbook
from ..indicators import REGISTRY, TITLES
from . import exhibits
from .context import Context
from .elements import Block, Cell, Column, Markup, details, heading, items, join, paragraph, table, tag
from .figures import ABSENT, named, unit
from .sections import section

HEAT = (
    ("village_coverage", "Desa ber-Kampung KB"),
    ("mandiri_plus_share", "Mandiri+ per desa"),
    ("rumah_dataku_share", "Rumah DataKu"),
    ("groups_reporting", "Poktan melapor"),
    ("bkb_participation", "Ikut BKB"),
    ("mcpr", "mCPR"),
    ("unmet_need", "Unmet need"),
    ("krs_share", "KRS"),
    ("no_proper_latrine_share", "Tanpa jamban layak"),
)


@section("kecamatan")
def kecamatan(ctx: Context) -> Block:
    """One row a kecamatan, ordered by the villages still to go; each cell its number, darker is more to do."""
    codes = areas.children(ctx.p.area, "kecamatan")
    covered = ctx.inside("village_coverage", "kecamatan").set_index("area_code")
    to_go = (covered["denominator"] - covered["numerator"]).reindex(codes["code"])
    order = to_go.fillna(-1).sort_values(ascending=False, kind="stable").index
    shades = {i: exhibits.shades(ctx, i) for i, _ in HEAT}
    columns = [
        Column("Kecamatan"),
        Column("Desa lagi", number=True),
        *(Column(f"{head} ({unit(i)})", number=True) for i, head in HEAT),
    ]
    rows = [
        [
            areas.name_of(code),
            wording.number(to_go[code]) if pd.notna(to_go[code]) else ABSENT,
            *(shades[i].get(code, Cell("tanpa data", css="absent")) for i, _ in HEAT),
        ]
        for code in order
    ]
    return Block(
        paragraph(
            "Kecamatan diurutkan menurut banyaknya desa/kelurahan tanpa Kampung KB. Makin gelap, makin baik; "
            "arah ini sama di semua kolom."
        )
        + table(f"Sembilan ukuran menurut kecamatan, {ctx.place.name}, {ctx.period.label}", columns, rows, css="heat")
    )


@section("sesama")
def peers(ctx: Context) -> Block:
    """This district among those of its province."""
    return exhibits.peers(ctx)


@section("tindak_lanjut")
def next_steps(ctx: Context) -> Block:
    """Five counts, each with the sheet of the follow-up workbook it stands on."""
    tasks = workbook.follow_up_frames(ctx.tables, ctx.period, ctx.p.area)
    columns = [Column("Yang perlu dikerjakan"), Column("Banyaknya", True), Column("Lembar dalam follow_up.xlsx")]
    listed = [
        [
            sheet.what,
            Cell(tasks.missing[key], css="absent")
            if key in tasks.missing
            else wording.number(len(getattr(tasks, key))),
            sheet.name,
        ]
        for key, sheet in workbook.SHEETS.items()
    ]
    return Block(
        table(f"Tindak lanjut {ctx.place.name}, {ctx.period.label}", columns, listed),
        {"follow_up.xlsx": workbook.follow_up(tasks)},
    )


@section("mutu_data")
def quality(ctx: Context) -> Block:
    """What arrived and what contradicts, with the place to correct it."""
    mine = ctx.received[ctx.received["area_code"] == ctx.p.area]
    columns = [
        Column("Tabel"),
        Column("Per"),
        Column("Diterima", number=True),
        Column("Seharusnya", number=True),
        Column("Kelengkapan (%)", number=True),
    ]
    rows = [
        [
            TITLES[r.table],
            wording.time(r.as_of) if r.as_of else ABSENT,
            wording.number(r.received) if r.received else Cell("belum diterima", css="absent"),
            wording.number(r.expected),
            wording.percent_cell(wording.share(r.received, r.expected)) if r.received else ABSENT,
        ]
        for r in mine.itertuples()
    ]
    return Block(table(f"Tabel yang diterima, {ctx.place.name}", columns, rows) + findings(ctx))


SEVERITIES = {"TOLAK": 0, "GAGAL": 1, "PERINGATAN": 2, "CATATAN": 3}


def findings(ctx: Context, most: int = 10) -> Markup:
    """List what the checks found, a row a rule and column, the most frequent first, each with one example."""
    found = ctx.tables.findings
    title = heading("Temuan pemeriksaan")
    if found.empty:
        return title + paragraph("Pemeriksaan tidak menemukan kesalahan pada baris wilayah ini.")
    counts = found["severity"].value_counts()
    said = wording.join(f"{wording.number(counts[s])} {s.lower()}" for s in SEVERITIES if s in counts)
    groups = [
        (SEVERITIES[severity], -len(rows), code, severity, column, rows.iloc[0])
        for (code, severity, column), rows in found.groupby(["code", "severity", "column"], sort=False)
    ]
    groups.sort(key=lambda group: group[:3])
    listed = groups[:most]
    actions = {example["action"] for *_, example in listed}
    columns = [Column("Temuan"), Column("Kolom"), Column("Baris", number=True), Column("Contoh")]
    rows = [
        [
            f"{code} {severity}",
            column,
            wording.number(-count),
            f"{example['file']}, baris {example['row']}: {example['found']}; {example['expected']}",
        ]
        for _, count, code, severity, column, example in listed
    ]
    if len(actions) > 1:
        columns.append(Column("Tindakan"))
        rows = [[*row, example["action"]] for row, (*_, example) in zip(rows, listed, strict=True)]
    more = len(groups) - most
    return join(
        [
            title,
            paragraph(
                f"{said}. Nilai yang bertentangan tetap ikut dalam jumlah; nilai yang tidak terbaca tidak. "
                f"Setiap baris tercantum dalam findings.csv. {actions.pop() if len(actions) == 1 else ''}".strip()
            ),
            table("Temuan menurut aturan dan kolom, yang terbanyak lebih dahulu", columns, rows),
            paragraph(f"… dan {wording.number(more)} jenis temuan lain.", "note") if more > 0 else "",
        ]
    )


@section("batas")
def limits(ctx: Context) -> Block:
    """What these data cannot say, every definition used, and the sources."""
    return Block(
        heading("Yang tidak dapat dikatakan data ini")
        + items(
            [
                "Angka pelayanan berasal dari register, bukan survei: mCPR dan unmet need di sini tidak sebanding "
                "dengan hasil survei.",
                "Kelas Kampung KB dapat naik karena pengisian data saja; kelas tidak membuktikan perubahan keluarga.",
                "Portal tidak membedakan Dasar dan belum lapor; di sini belum lapor adalah Kampung KB yang kedua belas "
                "komponennya bernilai terendah.",
                "Keterlibatan lintas sektor di portal dihitung sejak awal dan tidak pernah berkurang.",
            ]
        )
        + definitions()
        + sources(ctx)
    )


def definitions() -> Markup:
    """Give every indicator with its definition, numerator and denominator."""
    entries = join(
        tag("dt", named(i.id))
        + tag(
            "dd",
            f"{i.definition} Pembilang: {i.numerator}." + (f" Penyebut: {i.denominator}." if i.denominator else ""),
        )
        for i in REGISTRY.values()
    )
    words = join(tag("dt", short) + tag("dd", f"{long}.") for short, long in sorted(wording.ABBREVIATIONS.items()))
    return (
        heading("Definisi")
        + details(
            f"Definisi, pembilang dan penyebut {wording.number(len(REGISTRY))} indikator",
            tag("dl", entries, class_="glossary"),
        )
        + details("Singkatan", tag("dl", words, class_="glossary"))
    )


def sources(ctx: Context) -> Markup:
    """Name the originals with their date and fingerprint."""
    register = ctx.tables.register
    used = sorted(
        {
            f
            for name in ctx.tables.names
            for f in ctx.tables.read(name).get("source_file", pd.Series(dtype=str)).unique()
        }
    )
    said = [
        Markup('{}, {}, <span class="hash">{}</span>').format(
            r.name_, wording.time(r.as_of) if r.as_of else r.year, r.sha256[:16]
        )
        for r in register.rename(columns={"name": "name_"}).itertuples()
        if r.name_ in used
    ]
    if not said:
        return Markup("")
    return (
        heading("Sumber")
        + paragraph("Berkas yang dipakai laporan ini, waktunya, dan enam belas tanda pertama sidik sha256-nya.")
        + items(said, "sources")
    )


@section("penutup")
def closing(ctx: Context) -> Block:
    """End the notebook: what it was about, for the press to compare, and the files of the district."""
    coverage, upper, unmet = ctx.row("village_coverage"), ctx.row("mandiri_plus_achievement"), ctx.row("unmet_need")
    to_go = None if coverage is None else int(coverage["denominator"] - coverage["numerator"])
    summary_of = {
        "to_go": to_go,
        "achievement": None if upper is None else float(upper["value"]),
        "figures": [
            [
                "Desa/kelurahan ber-Kampung KB",
                "" if coverage is None else f"{wording.of(coverage['numerator'], coverage['denominator'])}",
            ],
            ["Capaian Mandiri dan Berkelanjutan", "" if upper is None else wording.percent(upper["value"])],
            ["Unmet need", "" if unmet is None else wording.percent(unmet["value"])],
        ],
        "sparkline": exhibits.sparkline(ctx, "kampung_count") or exhibits.sparkline(ctx, "mcpr"),
        "warnings": int((ctx.tables.findings["severity"] != "CATATAN").sum()) if len(ctx.tables.findings) else 0,
    }
    mine = ctx.rows["area_code"].str.startswith(ctx.p.area) | (ctx.rows["area_code"] == ctx.province.code)
    csv = ctx.rows[mine].reset_index(drop=True).to_csv(index=False, lineterminator="\n")
    return Block(
        Markup(""),
        {"indicators.csv": csv.encode("utf-8")},
        {
            "kode": ctx.p.area,
            "periode": ctx.p.period,
            "sha256_input": ctx.input_hash,
            "title": f"Laporan Kampung KB {ctx.place.name}, {ctx.period.label}",
            "synthetic": ctx.tables.synthetic,
            "profile": ctx.p.profile,
            "summary": summary_of,
        },
    )
