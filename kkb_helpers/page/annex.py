"""The closing sections of a district report: kecamatan, peers, what to do, data quality, definitions, sources."""

from collections import Counter
from functools import cache

import pandas as pd

from .. import areas, compare, disclosure, wording, workbook
from ..indicators import REGISTRY, TITLES
from ..indicators.registry import TIMES
from ..params import Period
from . import exhibits
from .context import Context
from .elements import Block, Cell, Column, Markup, details, heading, items, join, missing, noted, paragraph, table, tag
from .figures import ABSENT, named, unit, value, when
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
    """One row a kecamatan, ordered by the villages still to go; each cell its number, darker is better."""
    codes = areas.children(ctx.p.area, "kecamatan")
    covered = ctx.inside("village_coverage", "kecamatan").set_index("area_code")
    to_go = (covered["denominator"] - covered["numerator"]).reindex(codes["code"])
    order = to_go.fillna(-1).sort_values(ascending=False, kind="stable").index
    marks = {i: unusual(ctx, i) for i, _ in HEAT if REGISTRY[i].persons}
    shades = {i: exhibits.shades(ctx, i, marks.get(i, {})) for i, _ in HEAT}
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
    sums = [ctx.figure(i) for i, _ in HEAT]
    whole = [
        "Semua kecamatan",
        wording.number(to_go.sum()) if to_go.notna().any() else wording.MISSING,
        *("tanpa data" if r is None else r["value_mark"] or wording.number(r["value"], 1) for r in sums),
    ]
    caption = f"Sembilan ukuran menurut kecamatan, {ctx.place.name}, {ctx.period.label}"
    return Block(
        paragraph(
            "Kecamatan diurutkan menurut banyaknya desa/kelurahan tanpa Kampung KB. Makin gelap makin baik, di semua "
            f"kolom. {unusual_sentence(marks)}"
        )
        + table(caption, columns, [[Cell(text, css="own") for text in whole], *rows], css="heat")
    )


MARKS = {compare.ABOVE: "▲", compare.BELOW: "▼"}


def unusual(ctx: Context, indicator_id: str) -> dict[str, str]:
    """Mark the kecamatan whose rate lies outside the 99.8 % limits of a funnel: code -> ▲ above, ▼ below."""
    rows = ctx.valued(indicator_id, "kecamatan")
    if rows.empty:
        return {}
    units = compare.funnel(rows, REGISTRY[indicator_id].minimum).units
    found = units[units["position"].isin(list(MARKS))]
    return dict(zip(found["area_code"], found["position"].map(MARKS), strict=True))


def unusual_sentence(marks: dict[str, dict[str, str]]) -> str:
    """Explain the marks, or say that nothing lies outside the limits."""
    if not any(marks.values()):
        return "Tidak ada kecamatan di luar batas 99,8 persen pada ukuran yang menghitung orang atau keluarga."
    return (
        "Tanda ▲ dan ▼: di atas atau di bawah batas 99,8 persen, yaitu berbeda melebihi kebetulan dan keragaman "
        "antarkecamatan; kecamatan tanpa tanda tidak perlu diperingkat."
    )


PEERS = {
    "peers-kampung": ("village_coverage", "mandiri_plus_share", "groups_reporting"),
    "peers-keluarga": ("mcpr", "unmet_need", "krs_share"),
}


@section("sesama")
def peers(ctx: Context) -> Block:
    """This district among those of its province, and from which of them it cannot be told apart."""
    drawn = [block for id, ids in PEERS.items() if (block := exhibits.strip(ctx, list(ids), id))]
    if not drawn:
        return Block(missing(wording.no_data("angka untuk dibandingkan", ctx.period.label)))
    return exhibits.side_by_side(drawn) + Block(places_table(ctx))


def places_table(ctx: Context) -> Markup:
    """Give the place of the district for each rate: with whom it is level, or between whom it stands."""
    rows = [
        [
            named(i),
            *(value(ctx.figure(i, area)) for area in (ctx.p.area, ctx.province.code)),
            place_of(ctx, i),
        ]
        for i in (i for ids in PEERS.values() for i in ids)
        if ctx.figure(i) is not None
    ]
    columns = [
        Column("Indikator"),
        Column(exhibits.bare(ctx.place.name), True),
        Column(ctx.province.name, True),
        Column("Letak"),
    ]
    note = (
        "Teratas adalah yang paling searah tujuan. Setara: perbedaannya tidak melebihi kebetulan dan keragaman "
        "antarwilayah (95 persen), sehingga tidak diberi nomor urut."
    )
    caption = f"Letak {ctx.place.name} di antara kabupaten/kota se-provinsi"
    return table(caption, columns, rows) + paragraph(note, "note")


def place_of(ctx: Context, indicator_id: str) -> str | Cell:
    """Say where the district stands for one rate; no ordinal where others cannot be told from it."""
    if ctx.row(indicator_id) is None:
        return Cell(f"tidak diperingkat: {disclosure.HIDDEN}", css="absent")
    order = ctx.standing(indicator_id)
    mine = order.index[order["area_code"] == ctx.p.area][0]
    if pd.isna(order.loc[mine, "place"]):
        return Cell("tidak diperingkat: penyebut terlalu kecil", css="absent")
    names = [exhibits.bare(areas.name_of(code)) for code in order["area_code"]]
    level = order.index[order["place"] == order.loc[mine, "place"]].drop(mine)
    judged = int(order["place"].notna().sum())
    before = names[mine - 1] if mine else ""
    after = names[mine + 1] if mine + 1 < judged else ""
    return wording.position(int(order.loc[mine, "place"]), judged, [names[i] for i in level], before, after)


@section("tindak_lanjut")
def next_steps(ctx: Context) -> Block:
    """Five counts, each with the sheet of the follow-up workbook it stands on."""
    tasks = workbook.follow_up_frames(ctx.tables, ctx.period, ctx.p.area, ctx.view)
    inside = ctx.p.profile == "internal"  # the workbook is exact, village by village
    columns = [
        Column("Yang perlu dikerjakan", width="70%"),
        Column("Banyaknya", True),
        *([Column("Lembar dalam follow_up.xlsx")] if inside else []),
    ]
    listed = [
        [
            sheet.what,
            Cell(tasks.missing[key], css="absent")
            if key in tasks.missing
            else wording.number(len(getattr(tasks, key))),
            *([sheet.name] if inside else []),
        ]
        for key, sheet in workbook.SHEETS.items()
    ]
    return Block(
        table(f"Tindak lanjut {ctx.place.name}, {ctx.period.label}", columns, listed),
        {"follow_up.xlsx": workbook.follow_up(tasks)} if inside else {},
    )


@section("mutu_data")
def quality(ctx: Context) -> Block:
    """What arrived and what contradicts, with the place to correct it."""
    mine = ctx.received[ctx.received["area_code"] == ctx.p.area]
    monthly = mine["table"].isin([name for name, kind in TIMES.items() if kind == "month"])
    parts = [months_received(ctx, mine[monthly]), others_received(ctx, mine, ~monthly)]
    return exhibits.side_by_side([Block(tag("div", part)) for part in parts]) + Block(findings(ctx))


def months_received(ctx: Context, mine: pd.DataFrame) -> Markup:
    """Give the villages received of the monthly tables, by month, as a share of those expected."""
    last = Period(ctx.period.month)
    months = [last.shift(-n).text for n in range(MONTHS_SHOWN - 1, -1, -1)]
    columns = [
        Column("Tabel bulanan SIGA"),
        *(Column(wording.month_short(m, year=m in (months[0], months[-1])), True) for m in months),
    ]
    rows = []
    for r in mine.itertuples():
        frame = ctx.tables.read(r.table)
        counts = frame.groupby("period")["village_code"].nunique() if len(frame) else {}
        shares = (wording.share(counts.get(m, 0), r.expected) for m in months)
        cells = (Cell("belum ada", css="absent") if not share else wording.number(share, 1) for share in shares)
        rows.append([TITLES[r.table].removeprefix("SIGA, "), *cells])
    return table(f"Desa/kelurahan yang datanya diterima menurut bulan (%), {ctx.place.name}", columns, rows)


def others_received(ctx: Context, mine: pd.DataFrame, chosen: pd.Series) -> Markup:
    """Give what was received of the other tables, and how many tables there are in all."""
    rows = [
        [
            TITLES[r.table],
            Cell(when(r.as_of), css="line") if r.as_of else ABSENT,
            f"{wording.number(r.received)} / {wording.number(r.expected)}"
            if r.received
            else Cell("belum diterima", css="absent"),
        ]
        for r in mine[chosen].itertuples()
    ]
    there = (mine["received"] > 0).sum()
    rows.append(["Semua tabel", when(ctx.period.text), f"{wording.number(there)} / {wording.number(len(mine))}"])
    columns = [Column("Tabel lain"), Column("Per"), Column("Diterima / seharusnya", True)]
    return table(f"Potret, semester, dan borang yang diterima, {ctx.place.name}", columns, rows)


MONTHS_SHOWN = 6
SEVERITIES = {"TOLAK": 0, "GAGAL": 1, "PERINGATAN": 2, "CATATAN": 3}


def findings(ctx: Context, most: int = 10) -> Markup:
    """List what the checks found, a row a rule and column, the most frequent first, each with one example.

    An example repeats what stands in a village's cells: none is given that holds a small count, and none in `public`.
    """
    found = ctx.tables.findings
    title = heading("Temuan pemeriksaan")
    if found.empty:
        return title + paragraph("Pemeriksaan tidak menemukan kesalahan pada baris wilayah ini.")
    counts = found["severity"].value_counts()
    said = wording.join(f"{wording.number(counts[s])} {s.lower()}" for s in SEVERITIES if s in counts)
    groups = [
        (SEVERITIES[severity], -len(rows), code, severity, column, rows)
        for (code, severity, column), rows in found.groupby(["code", "severity", "column"], sort=False)
    ]
    groups.sort(key=lambda group: group[:3])
    listed = [(*group, example_of(rows)) for *group, rows in groups[:most]]
    action = Counter(example["action"] for *_, example in listed).most_common(1)[0][0]
    inside = ctx.p.profile == "internal"
    columns = [
        Column("Temuan"),
        Column("Kolom"),
        Column("Baris", number=True),
        *([Column("Contoh dan letaknya", width="62%")] if inside else []),
    ]
    rows = [
        [
            Cell(f"{code} {severity.lower()}", css="line"),
            column,
            wording.number(-count),
            *([told(example, action)] if inside else []),
        ]
        for _, count, code, severity, column, example in listed
    ]
    more = len(groups) - most
    where = f"Setiap baris tercantum dalam findings.csv. {action}" if inside else action
    return join(
        [
            title,
            paragraph(
                f"{said}. Nilai yang bertentangan tetap ikut dalam jumlah; nilai yang tidak terbaca tidak. {where}"
            ),
            table("Temuan menurut aturan dan kolom, yang terbanyak lebih dahulu", columns, rows, css="findings"),
            paragraph(f"… dan {wording.number(more)} jenis temuan lain.", "note") if more > 0 else "",
        ]
    )


def example_of(rows: pd.DataFrame) -> pd.Series:
    """Give a finding to show: the first that holds no small count, else the first."""
    plain = (place for place, text in enumerate(rows["found"]) if not tells_few(text))
    return rows.iloc[next(plain, 0)]


def tells_few(text: str) -> bool:
    """Say whether a text holds a number that could be a small count of persons."""
    return any(0 < number < disclosure.LEAST_NUMERATOR for number in wording.numbers_in(text))


def told(example: pd.Series, action: str) -> Markup:
    """Write a finding with its place; its action only where it is another one."""
    what = "nilainya kecil, ada dalam findings.csv" if tells_few(example["found"]) else example["found"]
    rest = "" if example["action"] == action else example["action"]
    return noted(f"{example['file']}, baris {example['row']}: {what}", rest)


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
                disclosure.explanation(ctx.p.profile),
            ]
        )
        + definitions()
        + sources(ctx)
    )


@cache
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
        heading("Definisi", class_="screen")
        + details(
            f"Definisi, pembilang dan penyebut {wording.number(len(REGISTRY))} indikator",
            tag("dl", entries, class_="glossary"),
        )
        + details("Singkatan", tag("dl", words, class_="glossary"))
        + paragraph(
            f"Definisi, pembilang, dan penyebut {wording.number(len(REGISTRY))} indikator, serta angka tiap gambar, "
            "dapat dibuka dalam report.html; semua angka ada dalam indicators.csv.",
            "paper",
        )
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
        Markup('{}<span class="hash">, {}</span>').format(
            ", ".join(filter(None, [r.name_, wording.time(r.as_of) if r.as_of else r.year])), r.sha256[:16]
        )
        for r in register.rename(columns={"name": "name_"}).itertuples()
        if r.name_ in used
    ]
    if not said:
        return Markup("")
    return (
        heading("Sumber")
        + paragraph(
            "Berkas yang dipakai laporan ini dan waktunya; report.html memuat juga enam belas tanda pertama sidik "
            "sha256-nya."
        )
        + items((Markup("{};").format(text) for text in said), "sources")
    )


@section("penutup")
def closing(ctx: Context) -> Block:
    """End the notebook: what it was about, for the press to compare, and the files of the district."""
    coverage, upper = ctx.row("village_coverage"), ctx.row("mandiri_plus_achievement")
    unmet = ctx.figure("unmet_need")
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
            ["Unmet need", "" if unmet is None else unmet["value_mark"] or wording.percent(unmet["value"])],
        ],
        "sparkline": exhibits.sparkline(ctx, "kampung_count") or exhibits.sparkline(ctx, "mcpr"),
        "warnings": int((ctx.tables.findings["severity"] != "CATATAN").sum()) if len(ctx.tables.findings) else 0,
    }
    mine = ctx.rows["area_code"].str.startswith(ctx.p.area) | (ctx.rows["area_code"] == ctx.province.code)
    csv = disclosure.written(ctx.rows[mine].reset_index(drop=True)).to_csv(index=False, lineterminator="\n")
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
