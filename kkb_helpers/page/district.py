"""The sections of a district report, in the order of the page."""

import pandas as pd

from .. import areas, classification, targets, wording
from ..indicators import REGISTRY
from . import exhibits
from .context import Context
from .elements import (
    Block,
    Cell,
    Column,
    Markup,
    details,
    heading,
    items,
    join,
    missing,
    paragraph,
    sentences,
    table,
    tag,
)
from .figures import ABSENT, COLUMNS, change, named, ratio, rows_of, status, target, unit, units, value
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
NEAREST = 20


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


def formation_sentence(ctx: Context) -> str:
    """Say the coverage by villages against the formation target of the year's end."""
    coverage = ctx.row("village_coverage")
    if coverage is None:
        return ""
    required = targets.required("formation_achievement", ctx.p.area, ctx.period.year_end)
    due = f"akhir {ctx.period.year_end.year}"
    return wording.formation(coverage["numerator"], coverage["denominator"], required, due)


def classes_sentence(ctx: Context) -> str:
    """Say Mandiri and Berkelanjutan, as capaian and as cakupan; empty where no class is known."""
    share = ctx.row("mandiri_plus_share")
    if share is None:
        return ""
    required = targets.required("mandiri_plus_achievement", ctx.p.area, ctx.period.year_end)
    return wording.classes(share["numerator"], required, share["denominator"])


def rate_sentence(ctx: Context, indicator_id: str) -> str:
    """Say one rate with its parts and its change; empty where it has no value."""
    row = ctx.row(indicator_id)
    if row is None:
        return ""
    indicator = REGISTRY[indicator_id]
    before = ctx.change(indicator_id)
    return wording.rate(
        indicator.label,
        row["numerator"],
        row["denominator"],
        indicator.denominator,
        None if before is None else row["value"] - before,
        wording.time(ctx.since(indicator_id)) if before is not None else "",
    )


@section("cover")
def cover(ctx: Context) -> Block:
    """Identity, dates, completeness and the three sentences that matter."""
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
                completeness(ctx),
                tag("ol", join(tag("li", s) for s in lead_sentences(ctx)), class_="leads"),
            ]
        )
    )


def completeness(ctx: Context) -> Markup:
    """Say in words how much of the data arrived, and what did not."""
    mine = ctx.received[(ctx.received["area_code"] == ctx.p.area)]
    there = mine[mine["received"] > 0]
    villages = len(villages_with_data(ctx))
    total = areas.village_counts()[ctx.p.area]
    text = wording.completeness(len(there), len(mine), villages, total)
    absent = [exhibits.TABLE_TITLES[t] for t in mine.loc[mine["received"] == 0, "table"]]
    if absent:
        text += f" Belum diterima: {wording.join(absent)}."
    full = not absent and villages == total
    return paragraph(text, "completeness" if full else "completeness incomplete")


def villages_with_data(ctx: Context) -> set[str]:
    """Give the codes of the villages with a row in any village table at the period."""
    found: set[str] = set()
    for name in ("siga_pus", "siga_methods", "siga_groups", "siga_group_targets"):
        found |= set(ctx.view.month(name).get("village_code", []))
    for name in ("siga_kkb", "siga_rdk"):
        found |= set(ctx.view.snapshot(name).get("village_code", []))
    return found


@section("ringkasan")
def summary(ctx: Context) -> Block:
    """The ten figures that matter, each with parts, province, target, change, status and course."""
    columns = [
        Column("Indikator"),
        Column("Nilai", number=True),
        Column("Pembilang / penyebut", number=True),
        Column(f"Provinsi {ctx.province.name}", number=True),
        Column("Sasaran", number=True),
        Column("Perubahan"),
        Column("Status"),
        Column("Arah"),
    ]
    rows = [
        [
            named(i),
            value(ctx.row(i)),
            ratio(ctx.row(i)),
            value(ctx.row(i, ctx.province.code)),
            target(ctx.row(i)),
            Cell(change(ctx, i), css="change"),
            Cell(status(ctx.row(i)), css="status" if ctx.row(i) is not None else "absent"),
            exhibits.spark(ctx, i),
        ]
        for i in SUMMARY
    ]
    return Block(
        table(f"Sepuluh angka utama {ctx.place.name}, {ctx.period.label}", columns, rows)
        + paragraph(
            "Capaian dibagi sasaran akhir tahun; cakupan dibagi seluruh desa/kelurahan atau PUS. Keduanya tidak "
            "sebanding. Status membandingkan dengan jalur menuju sasaran, bukan dengan sasaran akhir.",
            "note",
        )
    )


@section("pembentukan")
def formation(ctx: Context) -> Block:
    """The path to a Kampung KB in every village, and the villages still without one."""
    return (
        Block(join([paragraph(formation_sentence(ctx) or no_formation(ctx), "lead"), second_kampung(ctx)]))
        + exhibits.formation(ctx)
        + Block(still_without(ctx))
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
    more = int(count["value"] - coverage["numerator"])
    return paragraph(
        f"Menurut {kampung_noun(ctx)} ada {wording.number(count['value'])} Kampung KB di "
        f"{wording.number(coverage['numerator'])} desa/kelurahan: {wording.number(more)} lebih banyak, karena ada "
        "desa/kelurahan dengan lebih dari satu. Cakupan menghitung desa/kelurahan, capaian menghitung Kampung KB."
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
        tag("div", tag("dt", f"{areas.name_of(code)} ({wording.number(len(names))})") + tag("dd", ", ".join(names)))
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
    block = Block(paragraph(classes_sentence(ctx), "lead")) + exhibits.classes(ctx)
    return block + Block(join([unreported_sentence(ctx), moves_sentence(ctx), recomputed(now)])) + nearest(ctx, now)


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
    before, now = ctx.view.previous_snapshot("kampung"), ctx.view.snapshot("kampung")
    if before.empty:
        return paragraph(wording.moves("", {}))
    counts = classification.moves(before, now)["gerak"].value_counts().to_dict()
    return paragraph(wording.moves(wording.time(before["as_of"].iloc[0]), counts))


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


def nearest(ctx: Context, now: pd.DataFrame) -> Block:
    """List the Kampung KB that lack the fewest points for a higher class, and what that would bring."""
    lacking = classification.shortfall(now[list(classification.COMPONENTS)])
    rows = now.join(lacking)
    rows = rows[rows["points"].fillna(0) > 0].sort_values(["points", "village_code", "kampung_kb"], kind="stable")
    title = heading("Paling dekat naik kelas")
    if rows.empty:
        return Block(title + paragraph(wording.nearest(0, None, None)))
    first = rows.head(NEAREST)
    upper = ctx.row("mandiri_plus_share")
    required = targets.required("mandiri_plus_achievement", ctx.p.area, ctx.period.year_end)
    gained = int(
        (
            first["class_reached"].isin(classification.CLASSES[2:])
            & ~first["klasifikasi"].isin(classification.CLASSES[2:])
        ).sum()
    )
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
    return Block(
        title
        + paragraph(wording.nearest(len(first), int(upper["numerator"]) + gained, required))
        + table(f"{wording.number(len(first))} Kampung KB dengan kekurangan poin paling sedikit", columns, listed)
    )


def _sasaran(ctx: Context, ids: list[str], lead: list[str], drawn: Block, caption: str) -> Block:
    """Put a sasaran together: its finding, its chart, its figures."""
    said = sentences(lead, "lead") or missing(wording.no_data("data untuk sasaran ini", ctx.period.label))
    return Block(said) + drawn + Block(table(caption, COLUMNS, rows_of(ctx, ids)))


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
            "Kecamatan diurutkan menurut jumlah desa/kelurahan yang belum memiliki Kampung KB. Makin gelap, makin banyak "
            "yang perlu dikerjakan; arah ini sama di semua kolom."
        )
        + table(f"Sembilan ukuran menurut kecamatan, {ctx.place.name}, {ctx.period.label}", columns, rows, css="heat")
    )


@section("sesama")
def peers(ctx: Context) -> Block:
    """This district among those of its province."""
    return exhibits.peers(ctx)


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
            exhibits.TABLE_TITLES[r.table],
            wording.time(r.as_of) if r.as_of else ABSENT,
            wording.number(r.received) if r.received else Cell("belum diterima", css="absent"),
            wording.number(r.expected),
            wording.percent_cell(wording.share(r.received, r.expected)) if r.received else ABSENT,
        ]
        for r in mine.itertuples()
    ]
    return Block(table(f"Tabel yang diterima, {ctx.place.name}", columns, rows) + findings(ctx))


def findings(ctx: Context, most: int = 10) -> Markup:
    """List the findings of most effect, worst first; the rest is in the findings file."""
    found = ctx.tables.findings
    title = heading("Temuan pemeriksaan")
    if found.empty:
        return title + paragraph("Pemeriksaan tidak menemukan kesalahan pada baris kabupaten/kota ini.")
    rank = {"TOLAK": 0, "GAGAL": 1, "PERINGATAN": 2, "CATATAN": 3}
    found = found.assign(rank=found["severity"].map(rank).fillna(9)).sort_values(["rank", "code"], kind="stable")
    counts = found["severity"].value_counts()
    said = wording.join(f"{wording.number(counts[s])} {s.lower()}" for s in rank if s in counts)
    columns = [Column("Kode"), Column("Tempat"), Column("Ditemukan"), Column("Seharusnya"), Column("Tindakan")]
    rows = [
        [
            f"{r.code} {r.severity}",
            f"{r.file} › baris {r.row} › {r.column}",
            r.found,
            r.expected,
            r.action,
        ]
        for r in found.head(most).itertuples()
    ]
    more = len(found) - most
    note = (
        paragraph(f"… dan {wording.number(more)} temuan lain (lihat findings.csv).", "note") if more > 0 else Markup("")
    )
    return (
        title
        + paragraph(f"{said}. Nilai yang bertentangan tetap dihitung dalam jumlah; nilai yang tidak terbaca tidak.")
        + table("Temuan yang paling berpengaruh", columns, rows)
        + note
    )


@section("batas")
def limits(ctx: Context) -> Block:
    """What these data cannot say, every definition used, and the sources."""
    return Block(
        heading("Yang tidak dapat dikatakan data ini")
        + items(
            [
                "Angka pelayanan berasal dari register, bukan survei: mCPR dan unmet need di sini tidak sebanding dengan hasil survei.",
                "Kelas Kampung KB dapat naik karena pengisian data saja; kelas tidak membuktikan perubahan pada keluarga.",
                "Dasar dan belum lapor tidak dapat dibedakan oleh portal; di sini belum lapor adalah Kampung KB yang kedua belas komponennya bernilai terendah.",
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
    rows = [
        [
            r.name_,
            r.kind,
            wording.time(r.as_of) if r.as_of else r.year,
            Markup('<span class="hash">{}</span>').format(r.sha256[:16]),
        ]
        for r in register.rename(columns={"name": "name_"}).itertuples()
        if r.name_ in used
    ]
    if not rows:
        return Markup("")
    columns = [Column("Berkas"), Column("Jenis"), Column("Per / tahun"), Column("sha256 (16 tanda pertama)")]
    return heading("Sumber") + table("Berkas yang dipakai laporan ini", columns, rows, css="sources")


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
        "sparkline": str(exhibits.spark(ctx, "mcpr")),
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
