"""The charts of the pages: each with its finding, its measure, its source and the numbers it was drawn from."""

import pandas as pd

from .. import areas, charts, classification, targets, wording
from ..indicators import REGISTRY, TITLES
from .context import Context
from .elements import Block, Cell, Column, Markup, figure, join, missing, paragraph, table, tag
from .figures import ABSENT, named

METHODS = {
    "IUD": "iud",
    "Implan": "implan",
    "Vasektomi": "vasektomi",
    "Tubektomi": "tubektomi",
    "Suntik": "suntik",
    "Pil": "pil",
    "Kondom": "kondom",
    "MAL": "mal",
}
LONG_ACTING = ("IUD", "Implan", "Vasektomi", "Tubektomi")
GROUPS = {"bkb": "BKB", "bkr": "BKR", "bkl": "BKL", "uppka": "UPPKA", "pikr": "PIK-R"}
PEERS = ("village_coverage", "mandiri_plus_share", "groups_reporting", "mcpr", "unmet_need", "krs_share")


def exhibit(
    kind,
    *values,
    id: str,
    title: str,
    measure: str,
    source: str,
    alt: str,
    numbers: Markup | str = "",
    beside: bool = True,
    **options,
) -> Block:
    """Draw a chart kind and put it together with its words; the drawing is also a file of its own.

    beside: whether the numbers stand beside the drawing where there is room.
    """
    drawn = charts.draw(kind, *values, id=id, alt=alt, title=title, **options)
    alone = charts.alone(drawn, title).encode("utf-8")
    return Block(figure(title, measure, drawn, source, numbers, beside), {f"charts/{id}.svg": alone})


def side_by_side(blocks: list[Block]) -> Block:
    """Put exhibits beside each other where there is room; their numbers follow in a table of the caller's."""
    files = {name: content for block in blocks for name, content in block.files.items()}
    return Block(tag("div", join(b.html for b in blocks), class_="exhibits") if blocks else Markup(""), files)


def source_of(ctx: Context, *names: str) -> str:
    """Name tables with their date: `Sumber: SIGA, PUS dan unmet need, September 2025.`"""
    said = [f"{TITLES[n]}, {wording.time(ctx.view.as_of(n))}" for n in names if ctx.view.as_of(n)]
    return f"Sumber: {'; '.join(said)}." if said else ""


def spark(ctx: Context, indicator_id: str) -> Markup | Cell:
    """Give a tiny line of an indicator over time, or say that there is only one point."""
    line = sparkline(ctx, indicator_id)
    if not line:
        known = ctx.row(indicator_id) is not None
        return Cell("satu titik" if known else "", css="absent small")
    return Markup('<span class="spark">{}</span>').format(Markup(line))


def sparkline(ctx: Context, indicator_id: str) -> str:
    """Give the tiny line alone, as SVG; empty where there are fewer than two points.

    A share of a target is drawn within the year of that target alone: another year has another target.
    """
    series = ctx.series(indicator_id)
    if REGISTRY[indicator_id].unit == "percent of target":
        series = series[series["as_of"].str[:4] == str(ctx.period.end.year)]
    values = list(series["value"])
    if series["value"].notna().sum() < 2:
        return ""
    ends = [wording.number(values[i], 2) for i in (0, -1)]
    alt = f"{REGISTRY[indicator_id].label}: dari {ends[0]} menjadi {ends[1]}"
    return charts.sparkline(values, alt)


def shades(ctx: Context, indicator_id: str) -> dict[str, Cell]:
    """Give the cells of a heat column by kecamatan: number, and shade by how much is to be done."""
    rows = ctx.inside(indicator_id, "kecamatan")
    colours = charts.shade(rows["value"], REGISTRY[indicator_id].better)
    return {
        row.area_code: Cell(wording.number(row.value, 1), background, text)
        for row, (background, text) in zip(rows.itertuples(), colours, strict=True)
        if pd.notna(row.value)
    }


def formation(ctx: Context) -> Block:
    """Draw Kampung KB by snapshot against the path; by year of formation where there is one snapshot."""
    series = ctx.series("kampung_count").dropna(subset=["value"])
    if series.empty:
        return Block(missing(wording.no_data("hitungan Kampung KB", ctx.period.label)))
    if len(series) == 1:
        return by_year(ctx)
    snapshots = [(row.as_of, int(row.numerator)) for row in series.itertuples()]
    marks = [
        (m.date.isoformat(), targets.required("formation_achievement", ctx.p.area, m.date))
        for m in targets.milestones("formation_achievement", ctx.p.area)
    ]
    target = targets.required("formation_achievement", ctx.p.area, ctx.period.year_end)
    villages = areas.village_counts()[ctx.p.area]
    rows = []
    for day, count in snapshots:
        due = targets.required("formation_achievement", ctx.p.area, pd.Timestamp(day).date())
        rows.append(
            [
                wording.date_short(day),
                wording.number(count),
                wording.number(due) if due is not None else Cell("belum ada jalur", css="absent"),
                wording.signed(count - due, 0) if due is not None else "",
            ]
        )
    columns = [Column("Per"), Column("Kampung KB", True), Column("Menurut jalur", True), Column("Selisih", True)]
    note = targets.allocation_note("formation_achievement", ctx.p.area)
    return exhibit(
        charts.path,
        snapshots,
        marks,
        id="formation_achievement",
        title=wording.title_path(snapshots[-1][1], target),
        measure=wording.subtitle(
            "Kampung KB terhadap jalur pembentukan", ctx.place.name, wording.time(snapshots[-1][0])
        ),
        source=f"{source_of(ctx, 'kampung')} {note}".strip(),
        alt=wording.alt_path(ctx.place.name, wording.time(snapshots[-1][0]), snapshots[-1][1], villages, target),
        numbers=table("Kampung KB menurut potret portal", columns, rows),
    )


def by_year(ctx: Context) -> Block:
    """Draw Kampung KB by the year in which SIGA says they were formed: all the past that one snapshot holds."""
    rows = ctx.view.snapshot("siga_kkb")
    columns = {
        "2016": "dibentuk_2016",
        "2017": "dibentuk_2017",
        "2018": "dibentuk_2018",
        "2019": "dibentuk_2019",
        "sesudah 2019": "dibentuk_sesudah_2019",
    }
    if rows.empty:
        return Block(paragraph("Baru ada satu potret; arah belum dapat digambarkan.", "note"))
    counts = {label: int(rows[column].sum()) for label, column in columns.items()}
    total, said = sum(counts.values()), int(rows["jumlah_kampung_kb"].sum())
    last = counts["sesudah 2019"]
    note = (
        ""
        if total == said
        else f" Jumlah menurut tahun {wording.number(total)}, menurut register {wording.number(said)}."
    )
    return exhibit(
        charts.ranking,
        list(counts),
        list(counts.values()),
        id="kampung_count",
        title=f"{wording.number(last)} dari {wording.number(total)} Kampung KB dibentuk sesudah 2019",
        measure=wording.subtitle(
            "Kampung KB menurut tahun pembentukan", ctx.place.name, wording.time(ctx.view.as_of("siga_kkb"))
        ),
        source=source_of(ctx, "siga_kkb") + note,
        alt=wording.alt_parts(
            "batang",
            "Kampung KB menurut tahun pembentukan",
            ctx.place.name,
            wording.time(ctx.view.as_of("siga_kkb")),
            counts,
        ),
        numbers=table(
            "Kampung KB menurut tahun pembentukan",
            [Column("Tahun"), Column("Kampung KB", True)],
            [[label, wording.number(n)] for label, n in counts.items()],
        ),
        unit="",
        decimals=0,
        better="context",
    )


def counts_of(rows: pd.DataFrame) -> dict[str, int]:
    """Count the Kampung KB of a snapshot by class, those that reported nothing apart."""
    silent = classification.reported_nothing(rows)
    known = rows["klasifikasi"].fillna(rows["klasifikasi_hitung"])
    found = known.mask(silent, charts.UNREPORTED).value_counts()
    return {name: int(found.get(name, 0)) for name in (*charts.CLASSES, charts.UNREPORTED)}


def classes(ctx: Context) -> Block:
    """Draw the classes at every snapshot."""
    rows = ctx.tables.read("kampung")
    days = ctx.view.snapshots("kampung")
    counts = {day: counts_of(rows[rows["as_of"] == day]) for day in days}
    newest = counts[days[-1]]
    total = sum(newest.values())
    upper = newest["Mandiri"] + newest["Berkelanjutan"]
    columns = [Column("Kelas"), *(Column(wording.date_short(d), True) for d in days), Column("% terakhir", True)]
    shares = [wording.share(n, total) for n in newest.values()]
    listed = [
        [name, *(wording.number(counts[d][name]) for d in days), wording.percent_cell(share)]
        for name, share in zip(newest, shares, strict=True)
    ]
    listed.append(["Jumlah", *(wording.number(sum(counts[d].values())) for d in days), wording.percent_cell(100.0)])
    numbers = table("Kampung KB menurut kelas", columns, listed) + paragraph(wording.rounding_note(shares), "note")
    return exhibit(
        charts.classes,
        [(wording.date_short(day), counts[day]) for day in days],
        id="classes",
        title=wording.title_classes(upper, total),
        measure=wording.subtitle("Kampung KB menurut kelas", ctx.place.name, wording.time(days[-1])),
        source=source_of(ctx, "kampung"),
        alt=wording.alt_classes(ctx.place.name, wording.time(days[-1]), newest),
        numbers=numbers,
    )


def by_month(ctx: Context, indicator_id: str, source: str, id: str | None = None) -> Block:
    """Draw a rate by month, this district and its province, with the months' numbers."""
    mine, whole = ctx.series(indicator_id), ctx.series(indicator_id, ctx.province.code)
    if mine["value"].notna().sum() == 0:
        return Block(missing(wording.no_data(f"data {REGISTRY[indicator_id].label}", ctx.period.label)))
    months = [p.text for p in _months_between(mine["period"].min(), ctx.period.month)]
    mine, whole = mine.set_index("period"), whole.set_index("period")
    values = [_at(mine, m, "value") for m in months]
    label = REGISTRY[indicator_id].label
    if sum(v is not None for v in values) < 2:
        return Block(paragraph(f"{label}: baru ada satu bulan, arah belum dapat digambarkan.", "note"))
    first = next(i for i, v in enumerate(values) if v is not None)
    columns = [
        Column("Bulan"),
        Column("Pembilang", True),
        Column("Penyebut", True),
        Column("%", True),
        Column(f"{ctx.province.name} (%)", True),
    ]
    listed = [
        [
            wording.month_short(m, year=True),
            *(_number(_at(mine, m, c)) for c in ("numerator", "denominator")),
            _number(_at(mine, m, "value"), 2),
            _number(_at(whole, m, "value"), 2),
        ]
        for m in months
    ]
    return exhibit(
        charts.trend,
        months,
        {ctx.place.name: values, ctx.province.name: [_at(whole, m, "value") for m in months]},
        id=id or indicator_id,
        title=wording.title_trend(short(indicator_id), values[first], values[-1], months[first], months[-1]),
        measure=wording.subtitle(
            label, ctx.place.name, f"{wording.month(months[0])} sampai {wording.month(months[-1])}"
        ),
        source=source,
        alt=wording.alt_trend(label, ctx.place.name, months, values),
        numbers=table(f"{label} menurut bulan", columns, listed),
    )


def short(indicator_id: str) -> str:
    """Give the short name of an indicator, for titles."""
    return {"mcpr": "mCPR", "unmet_need": "Unmet need", "mkjp_share": "Bagian MKJP"}.get(
        indicator_id, REGISTRY[indicator_id].label
    )


def _months_between(first: str, last: str):
    from ..params import Period

    period = Period(first)
    while period.text <= last:
        yield period
        period = period.shift(1)


def _at(frame: pd.DataFrame, month: str, column: str):
    """Give a value by month, None where the month is missing."""
    if month not in frame.index or pd.isna(frame.loc[month, column]):
        return None
    return frame.loc[month, column]


def _number(value, decimals: int = 0) -> str | Cell:
    return ABSENT if value is None else wording.number(value, decimals)


def against_province(ctx: Context, ids: list[str]) -> Block:
    """Draw a few rates of this district among the others of its province."""
    return strip(ctx, ids, f"against-{ids[0]}")


def strip(ctx: Context, ids: list[str], id: str) -> Block:
    """Draw a row of dots an indicator: this district, the others, the province's rate."""
    known = [i for i in ids if ctx.row(i) is not None]
    if not known:
        return Block(Markup(""))
    rows, listed = [], []
    for i in known:
        others = ctx.inside(i, "kabupaten", ctx.province.code).dropna(subset=["value"])
        whole = ctx.row(i, ctx.province.code)
        rows.append((short(i), dict(zip(others["area_name"], others["value"], strict=True)), float(whole["value"])))
        values = others.sort_values("value")
        ends = [f"{wording.number(r.value, 2)} {bare(r.area_name)}" for r in (values.iloc[0], values.iloc[-1])]
        listed.append([named(i), *(wording.number(v, 2) for v in (ctx.row(i)["value"], whole["value"])), *ends])
    columns = [
        Column("Indikator", width="34%"),
        Column(bare(ctx.place.name), True),
        Column(ctx.province.name, True),
        Column("Terendah"),
        Column("Tertinggi"),
    ]
    first = ctx.row(known[0])
    whole = ctx.row(known[0], ctx.province.code)
    n = len(rows[0][1])
    return exhibit(
        charts.strip,
        rows,
        id=id,
        title=wording.title_peers(short(known[0]), first["value"], whole["value"]),
        measure=wording.subtitle(
            f"Persen, {wording.number(n)} kabupaten/kota", f"Provinsi {ctx.province.name}", ctx.period.label
        ),
        source=source_of(ctx, *dict.fromkeys(t for i in known for t in REGISTRY[i].tables)),
        alt=wording.alt_peers(short(known[0]), ctx.place.name, ctx.period.label, first["value"], whole["value"], n),
        numbers=table(f"{ctx.place.name} dan provinsi: {short(known[0])} dan lainnya", columns, listed),
        own=ctx.place.name,
    )


def bare(name: str) -> str:
    """Give a kabupaten's name without its kind, for narrow columns; a kota keeps it."""
    return name.removeprefix("Kabupaten ")


def peers(ctx: Context) -> Block:
    """Draw the main rates of this district among those of its province."""
    known = [i for i in PEERS if ctx.row(i) is not None]
    if not known:
        return Block(missing(wording.no_data("angka untuk dibandingkan", ctx.period.label)))
    return strip(ctx, known, "peers")


def groups(ctx: Context) -> Block:
    """Draw the share of groups that reported, by kind and month."""
    rows = ctx.tables.read("siga_groups")
    if rows.empty or not len(ctx.view.month("siga_groups")):
        return Block(missing(wording.no_data("laporan kelompok kegiatan", ctx.period.label)))
    months = [m for m in sorted(rows["period"].unique()) if m <= ctx.period.month]
    sums = rows.dropna(subset=["yang_ada", "yang_lapor"]).groupby(["kind", "period"])[["yang_lapor", "yang_ada"]].sum()
    drawn = {
        name: [tuple(map(int, sums.loc[(kind, m)])) if (kind, m) in sums.index else (None, None) for m in months]
        for kind, name in GROUPS.items()
    }
    last = {name: values[-1] for name, values in drawn.items() if values[-1][1] is not None}
    reported, existing = (sum(v[i] for v in last.values()) for i in (0, 1))
    columns = [Column("Poktan"), Column("Melapor", True), Column("Ada", True), Column("%", True)]
    listed = [
        [name, *(_number(v) for v in drawn[name][-1]), wording.percent_cell(wording.share(*drawn[name][-1]))]
        for name in drawn
    ]
    label = wording.month(months[-1])
    return exhibit(
        charts.reporting,
        months,
        drawn,
        id="groups_reporting",
        title=wording.title_reporting(reported, existing, label),
        measure=wording.subtitle(
            "Poktan yang melapor menurut jenis (%)", ctx.place.name, f"{wording.month(months[0])} sampai {label}"
        ),
        source=source_of(ctx, "siga_groups"),
        alt=wording.alt_parts(
            "batang",
            "poktan melapor (persen)",
            ctx.place.name,
            label,
            {n: wording.share(*v) for n, v in last.items()},
            1,
        ),
        numbers=table(f"Poktan yang melapor, {label}", columns, listed),
    )


def methods(ctx: Context) -> Block:
    """Draw modern users by method, MKJP set off."""
    rows = ctx.view.month("siga_methods")
    if rows.empty:
        return Block(missing(wording.no_data("data metode KB", ctx.period.label)))
    counts = {name: int(rows[column].sum()) for name, column in METHODS.items()}
    row = ctx.row("mkjp_share")
    modern = int(rows["kb_modern"].sum())
    columns = [Column("Metode"), Column("Peserta", True), Column("% peserta modern", True)]
    ordered = [*LONG_ACTING, *(n for n in METHODS if n not in LONG_ACTING)]
    listed = [
        [
            f"{n} (MKJP)" if n in LONG_ACTING else n,
            wording.number(counts[n]),
            wording.percent_cell(wording.share(counts[n], modern)),
        ]
        for n in ordered
    ]
    listed.append(["Jumlah modern", wording.number(modern), wording.percent_cell(100.0)])
    return exhibit(
        charts.method_mix,
        counts,
        LONG_ACTING,
        id="mkjp_share",
        title=wording.title_methods(row["numerator"], row["denominator"]) if row is not None else "Pemakaian metode KB",
        measure=wording.subtitle("Peserta KB modern menurut metode", ctx.place.name, ctx.period.label),
        source=source_of(ctx, "siga_methods"),
        alt=wording.alt_parts("batang", "peserta KB modern menurut metode", ctx.place.name, ctx.period.label, counts),
        numbers=table("Peserta KB modern menurut metode", columns, listed),
    )


def services(ctx: Context) -> Block:
    """Draw mCPR and unmet need by month, and the method mix."""
    source = source_of(ctx, "siga_methods", "siga_pus")
    return by_month(ctx, "mcpr", source) + by_month(ctx, "unmet_need", source_of(ctx, "siga_pus")) + methods(ctx)


def surroundings(ctx: Context) -> Block:
    """Draw the kecamatan by families without a decent latrine."""
    rows = ctx.inside("no_proper_latrine_share", "kecamatan").dropna(subset=["value"])
    row = ctx.row("no_proper_latrine_share")
    if row is None or rows.empty:
        return Block(Markup(""))
    rows = rows.sort_values(["value", "area_code"], ascending=[False, True]).head(8)
    label = REGISTRY["no_proper_latrine_share"].label
    total = len(ctx.inside("no_proper_latrine_share", "kecamatan"))
    scope = f"delapan kecamatan tertinggi dari {wording.number(total)}" if total > len(rows) else "semua kecamatan"
    columns = [
        Column("Kecamatan"),
        Column("Tanpa jamban layak", True),
        Column("Keluarga sasaran", True),
        Column("%", True),
    ]
    listed = [
        [r.area_name, wording.number(r.numerator), wording.number(r.denominator), wording.percent_cell(r.value)]
        for r in rows.itertuples()
    ]
    time = wording.time(ctx.view.as_of("siga_krs"))
    return exhibit(
        charts.ranking,
        list(rows["area_name"]),
        list(rows["value"]),
        id="no_proper_latrine_share",
        title=f"{rows['area_name'].iloc[0]} tertinggi: {wording.percent(rows['value'].iloc[0], 1)} tanpa jamban layak",
        measure=wording.subtitle(f"{label} (%), {scope}", ctx.place.name, time),
        source=source_of(ctx, "siga_krs"),
        alt=wording.alt_ranking(label, ctx.place.name, time, list(rows["area_name"]), list(rows["value"])),
        numbers=table(f"{label}, {scope}", columns, listed),
        reference=float(row["value"]),
        reference_label=ctx.place.name,
        better="up",
    )


def funds(ctx: Context, rows: pd.DataFrame) -> Block:
    """Draw realisation inside allocation, a bar a source of money."""
    first = rows.iloc[0]
    period = wording.time(first["period"])
    columns = [
        Column("Sumber"),
        Column("Alokasi (Rp)", True),
        Column("Realisasi (Rp)", True),
        Column("Serapan (%)", True),
    ]
    listed = [
        [
            r.sumber,
            wording.number(r.alokasi),
            wording.number(r.realisasi),
            wording.percent_cell(wording.share(r.realisasi, r.alokasi)),
        ]
        for r in rows.itertuples()
    ]
    return exhibit(
        charts.bar_pair,
        [(r.sumber, r.alokasi, r.realisasi) for r in rows.itertuples()],
        id="bokb_absorption",
        title=wording.title_funds(first["sumber"], first["realisasi"], first["alokasi"]),
        measure=wording.subtitle("alokasi dan realisasi", ctx.place.name, period),
        source=f"Sumber: {TITLES['funding']}, {period}.",
        alt=wording.alt_parts(
            "batang",
            "serapan dana (persen)",
            ctx.place.name,
            period,
            {r.sumber: wording.share(r.realisasi, r.alokasi) for r in rows.itertuples()},
            2,
        ),
        numbers=table("Alokasi dan realisasi", columns, listed),
    )
