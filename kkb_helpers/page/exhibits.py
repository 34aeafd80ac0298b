"""The charts of the pages: each with its finding, its measure, its source and the numbers it was drawn from."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .. import areas, charts, disclosure, wording
from ..indicators import REGISTRY, TITLES
from ..indicators.registry import VINTAGE_TABLES
from .context import Context
from .elements import Block, Cell, Column, Markup, details, figure, join, missing, paragraph, table, tag
from .figures import ABSENT, COMPLETE, UNIT_NOUNS, hidden, named, value

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
Months = Mapping[str, Mapping[str, Any]]  # rows of a series by month, as plain mappings: a page asks them cell by cell


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
    fold: Markup | str = "",
    **options,
) -> Block:
    """Draw a chart kind and put it together with its words; the drawing is also a file of its own.

    numbers, beside, fold: see `figure`.
    """
    drawn = charts.draw(kind, *values, id=id, alt=alt, title=title, **options)
    alone = charts.alone(drawn, title).encode("utf-8")
    return Block(figure(title, measure, drawn, source, numbers, beside, fold), {f"charts/{id}.svg": alone})


def side_by_side(blocks: list[Block], uneven: bool = False) -> Block:
    """Put two parts beside each other where there is room: on a desktop and on paper, not on a phone.

    uneven: the first is a broad table and gets more of it.
    """
    files = {name: content for block in blocks for name, content in block.files.items()}
    return Block(
        tag("div", join(b.html for b in blocks), class_="exhibits uneven" if uneven else "exhibits")
        if blocks
        else Markup(""),
        files,
    )


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
    drawn = list(zip(series["as_of"], series["value"], strict=True))
    known = [(day, figure_then) for day, figure_then in drawn if pd.notna(figure_then)]
    if len(known) < 2:
        return ""
    times = (wording.time(day.split("/")[-1]) for day in (known[0][0], known[-1][0]))
    item = REGISTRY[indicator_id]
    last = known[-1][1]
    said = wording.percent(last) if item.unit.startswith("percent") else wording.number(last, item.decimals)
    period = " sampai ".join(times)
    turned = breaks(series, "as_of", indicator_id)
    points: list[float | None] = []
    for day, figure_then in drawn:
        points += [None, figure_then] if day in turned else [figure_then]
    return charts.sparkline(points, wording.alt("garis kecil", item.label, ctx.place.name, period, said))


def shades(ctx: Context, indicator_id: str, marks: Mapping[str, str]) -> dict[str, Cell]:
    """Give the cells of a heat column by kecamatan: number, its mark by area code, and shade; darker is better.

    A hidden value has a cell that says why; one that is not there has none.
    """
    rows = ctx.inside(indicator_id, "kecamatan")
    colours = charts.shade(rows["value"], REGISTRY[indicator_id].better)
    told = zip(rows["area_code"], rows["value"], rows["value_mark"], colours, strict=True)
    return {
        code: hidden(mark)
        if pd.isna(value)
        else Cell(f"{wording.number(value, 1)} {marks.get(code, '')}".strip(), background, text)
        for code, value, mark, (background, text) in told
        if pd.notna(value) or mark
    }


def by_month(ctx: Context, indicator_id: str, source: str, id: str | None = None) -> Block:
    """Draw a rate by month, this district and its province, with the months' numbers."""
    mine, whole = ctx.series(indicator_id), ctx.series(indicator_id, ctx.province.code)
    if mine["value"].notna().sum() == 0:
        return Block(missing(wording.no_data(f"data {REGISTRY[indicator_id].label}", ctx.period.label)))
    months = [p.text for p in _months_between(mine["period"].min(), ctx.period.month)]
    turned = breaks(whole, "period", indicator_id) | breaks(mine, "period", indicator_id)
    broken = {m: word for m, word in turned.items() if m in months}
    mine, whole = mine.set_index("period"), whole.set_index("period")
    by_time, around = mine.to_dict("index"), whole.to_dict("index")
    values = [_drawn(by_time, m) for m in months]
    there = [isinstance(v, float) for v in values]
    label, name = REGISTRY[indicator_id].label, short(indicator_id)
    if sum(there) < 2:
        return Block(paragraph(f"{label}: baru ada satu bulan, arah belum dapat digambarkan.", "note"))
    start = months.index(max(broken, default=months[0]))  # nothing is compared across a break
    last = len(there) - 1 - there[::-1].index(True)
    first = there.index(True, min(start, last))
    open_month, few = provisional(ctx), incomplete(mine, indicator_id)
    return exhibit(
        charts.trend,
        months,
        {ctx.place.name: values, ctx.province.name: [_drawn(around, m) for m in months]},
        id=id or indicator_id,
        title=wording.title_trend(name, values[first], values[last], months[first], months[last]),
        measure=wording.subtitle(
            f"{label} (%)", ctx.place.name, f"{wording.month(months[0])} s.d. {wording.month(months[-1])}"
        ),
        source=" ".join(filter(None, [source, wording.hollow_points(ctx.period.month, bool(open_month), few)]))
        + (f" {wording.broken_line(broken)}" if broken else ""),
        alt=wording.alt_trend(label, ctx.place.name, months[start:], values[start:]),
        fold=months_table(ctx, f"{label} menurut bulan", months, by_time, around, months[start:]),
        provisional=bool(open_month),
        partial=few,
        breaks=broken,
    )


def breaks(series: pd.DataFrame, along: str, indicator_id: str) -> dict[str, str]:
    """Give the times (the column `along`) with which a series starts anew, and why: source, or register renewed.

    A register that repeats itself and then changes was brought up to date: another denominator, not another life.
    """
    there = series["value"].notna().to_numpy()
    times = series[along].to_numpy(object)[there].tolist()
    # As floats: whole numbers with gaps would call a gap the same.
    parts = [series[name].to_numpy(float, na_value=np.nan)[there] for name in ("numerator", "denominator")]
    same = [False, *np.logical_and.reduce([part[1:] == part[:-1] for part in parts]).tolist()]
    renewed = [time for time, now, before in zip(times[1:], same[1:], same, strict=False) if before and not now]
    found = dict.fromkeys(renewed, "register diperbarui") if is_register(indicator_id) else {}
    sources = series["source"].to_numpy(object)[there].tolist()
    steps = zip(times[1:], sources[1:], sources, strict=False)
    turned = [time for time, now, before in steps if pd.notna(before) and now != before]
    return found | dict.fromkeys(turned, "sumber berganti")


def is_register(indicator_id: str) -> bool:
    """Say whether an indicator stands on a register that may repeat itself for months."""
    return REGISTRY[indicator_id].tables[:1] in [(name,) for name in VINTAGE_TABLES]


def incomplete(series: pd.DataFrame, indicator_id: str) -> dict[str, str]:
    """Give the months (the index of `series`) with too few units, and how many there were."""
    few = series[series["value"].notna() & (series["reporting"] < COMPLETE * series["expected"])]
    noun = UNIT_NOUNS[REGISTRY[indicator_id].unit_of_report]
    return {month: wording.of(r["reporting"], r["expected"], noun) for month, r in few.iterrows()}


def months_table(
    ctx: Context, caption: str, months: list[str], mine: Months, whole: Months, compared: list[str]
) -> Markup:
    """Give the numbers of a line by month, and what changed from the first `compared` month with data to the last."""
    columns = [
        Column("Bulan"),
        Column("Pembilang", True),
        Column("Penyebut", True),
        Column("%", True),
        Column(f"{ctx.province.name} (%)", True),
    ]
    rows = [
        [
            wording.month_short(m, year=True),
            *(_cell(mine, m, c) for c in ("numerator", "denominator")),
            *(_cell(frame, m, "value", 2) for frame in (mine, whole)),
        ]
        for m in months
    ]
    known = [m for m in compared if _at(mine, m, "value") is not None]
    if len(known) > 1 and known[-1] == months[-1]:
        rows.append(
            [
                f"Perubahan sejak {wording.month_short(known[0], year=True)}",
                *(wording.signed(_difference(mine, known, c), 0) for c in ("numerator", "denominator")),
                *(wording.signed(_difference(frame, known, "value"), 2) for frame in (mine, whole)),
            ]
        )
    return table(caption, columns, rows)


def _difference(rows: Months, months: list[str], column: str):
    first, last = (_at(rows, m, column) for m in (months[0], months[-1]))
    return None if first is None or last is None else last - first


def provisional(ctx: Context) -> str:
    """Say that the period's figures may still change; empty where SIGA was read late enough, or nobody knows when.

    Reports of a month are matched until the 10th of the next. SIGA's monthly files carry no day of their own: the day
    of the newest snapshot of SIGA says when the office last drew from it.
    """
    final = ctx.period.end + dt.timedelta(days=10)
    rows = [ctx.tables.read(name) for name in ("siga_kkb", "siga_rdk")]
    newest = max((day for frame in rows if "as_of" in frame for day in frame["as_of"].unique()), default="")
    if not f"{ctx.period.month}-01" <= newest < final.isoformat():
        return ""
    return wording.provisional(wording.month(ctx.period.month), wording.date(newest), wording.date(final))


SHORT = {
    "village_coverage": "Desa/kelurahan ber-Kampung KB",
    "mandiri_plus_share": "Mandiri/Berkelanjutan per desa",
    "mandiri_plus_achievement": "Capaian Mandiri dan Berkelanjutan",
    "rumah_dataku_share": "Rumah DataKu",
    "data_use_share": "Data dipakai merencanakan",
    "groups_reporting": "Poktan melapor",
    "mcpr": "mCPR",
    "unmet_need": "Unmet need",
    "mkjp_share": "Bagian MKJP",
    "krs_share": "Keluarga berisiko stunting",
}


def short(indicator_id: str) -> str:
    """Give the short name of an indicator, for titles."""
    return SHORT.get(indicator_id, REGISTRY[indicator_id].label)


def _months_between(first: str, last: str):
    from ..params import Period

    period = Period(first)
    while period.text <= last:
        yield period
        period = period.shift(1)


def _at(rows: Months, month: str, column: str):
    """Give a value by month, None where the month is missing."""
    found = rows[month][column] if month in rows else None
    return None if pd.isna(found) else found


def _drawn(rows: Months, month: str) -> float | str | None:
    """Give a value by month as a chart takes it: a number, the word for a hidden one, None where there is none."""
    mark = _at(rows, month, "value_mark")
    return disclosure.HIDDEN if mark else None if (value := _at(rows, month, "value")) is None else float(value)


def _cell(rows: Months, month: str, column: str, decimals: int = 0) -> str | Cell:
    """Write a number by month, or what stands in place of a hidden one."""
    mark = _at(rows, month, f"{column}_mark")
    return hidden(mark) if mark else _number(_at(rows, month, column), decimals)


def _number(value, decimals: int = 0) -> str | Cell:
    if isinstance(value, str):
        return value  # the mark of a hidden count
    return ABSENT if wording.is_missing(value) else wording.number(value, decimals)


def strip(ctx: Context, ids: list[str], id: str, numbers: Markup | str = "") -> Block | None:
    """Draw a row of dots an indicator: this district, the others, the province's rate; None where none has a value."""
    known = [i for i in ids if ctx.figure(i) is not None]
    told = [i for i in known if ctx.row(i) is not None and ctx.row(i, ctx.province.code) is not None]
    if not told:
        return None
    rows, listed = [], []
    for i in known:
        others = ctx.valued(i, "kabupaten", ctx.province.code)
        mine, whole = (ctx.row(i, area) for area in (ctx.p.area, ctx.province.code))
        places = dict(zip(others["area_name"], others["value"], strict=True))
        drawn = places if mine is not None else places | {ctx.place.name: disclosure.HIDDEN}
        rows.append((short(i), drawn, None if whole is None else float(whole["value"])))
        values = others.sort_values("value")
        ends = [f"{wording.number(r.value, 2)} {bare(r.area_name)}" for r in values.iloc[[0, -1]].itertuples()] or [
            ""
        ] * 2
        figures = [value(ctx.figure(i, area)) for area in (ctx.p.area, ctx.province.code)]
        apart = "" if mine is None or whole is None else wording.signed(mine["value"] - whole["value"])
        listed.append([named(i), *figures, apart, *ends])
    columns = [
        Column("Indikator"),
        Column(bare(ctx.place.name), True),
        Column(ctx.province.name, True),
        Column("Selisih (poin persen)", True),
        Column("Terendah"),
        Column("Tertinggi"),
    ]
    first, whole = ctx.row(told[0]), ctx.row(told[0], ctx.province.code)
    n = len(rows[0][1])
    return exhibit(
        charts.strip,
        rows,
        id=id,
        title=wording.title_peers(short(told[0]), first["value"], whole["value"]),
        measure=wording.subtitle(
            f"Persen, {wording.number(n)} kabupaten/kota", f"Provinsi {ctx.province.name}", ctx.period.label
        ),
        source=source_of(ctx, *dict.fromkeys(t for i in known for t in REGISTRY[i].tables)),
        alt=wording.alt_peers(short(told[0]), ctx.place.name, ctx.period.label, first["value"], whole["value"], n),
        numbers=numbers,
        fold=table(
            f"{short(known[0])} dan lainnya: {ctx.place.name} di antara {wording.number(n)} kabupaten/kota",
            columns,
            listed,
        ),
        own=ctx.place.name,
    )


def bare(name: str) -> str:
    """Give a kabupaten's name without its kind, for narrow columns; a kota keeps it."""
    return name.removeprefix("Kabupaten ")


def groups(ctx: Context, numbers: Markup | str = "") -> Block | None:
    """Draw the share of groups that reported, by kind and month; None where none has a row at the period."""
    rows = ctx.tables.read("siga_groups")
    if rows.empty or not len(ctx.view.month("siga_groups")):
        return None
    months = [m for m in sorted(rows["period"].unique()) if m <= ctx.period.month]
    sums = rows.dropna(subset=["yang_ada", "yang_lapor"]).groupby(["kind", "period"])[["yang_lapor", "yang_ada"]].sum()
    counted = dict(zip(sums.index, sums.astype(int).itertuples(index=False, name=None), strict=True))
    drawn = {name: [counted.get((kind, m), (None, None)) for m in months] for kind, name in GROUPS.items()}
    last = {name: values[-1] for name, values in drawn.items() if values[-1][1] is not None}
    reported, existing = (sum(v[i] for v in last.values()) for i in (0, 1))
    columns = [Column("Poktan"), Column("Melapor", True), Column("Ada", True), Column("%", True)]
    listed = [
        [name, *(_number(v) for v in drawn[name][-1]), wording.percent_cell(wording.share(*drawn[name][-1]))]
        for name in drawn
    ]
    share = wording.percent_cell(wording.share(reported, existing))
    listed.append(["Jumlah", wording.number(reported), wording.number(existing), share])
    label = wording.month(months[-1])
    return exhibit(
        charts.reporting,
        months,
        drawn,
        id="groups_reporting",
        title=wording.title_reporting(reported, existing, label),
        measure=wording.subtitle(
            "Poktan yang melapor menurut jenis (%)", ctx.place.name, f"{wording.month(months[0])} s.d. {label}"
        ),
        source=source_of(ctx, "siga_groups"),
        alt=wording.alt_parts(
            "batang",
            "poktan melapor (persen)",
            ctx.place.name,
            label,
            {n: wording.share(*v) for n, v in last.items()},
            2,
        ),
        numbers=numbers,
        fold=table(f"Poktan yang melapor, {label}", columns, listed),
    )


def methods(ctx: Context, numbers: Markup | str = "") -> Block | None:
    """Draw modern users by method, MKJP set off; None where there are no rows."""
    rows = ctx.view.month("siga_methods")
    if rows.empty:
        return None
    found, time = by_method(ctx, rows), wording.time(ctx.view.as_of("siga_methods"))
    counts = dict(found.by_column)
    row, figure_of_all = ctx.row("mkjp_share"), ctx.figure("mkjp_share")
    exact = ctx.p.profile == "internal"
    # Rounded or hidden counts do not add up: their sums are those that the indicator shows.
    long_acting, modern = (_count(figure_of_all, part) for part in ("numerator", "denominator"))
    modern = int(rows["kb_modern"].sum()) if exact else modern
    columns = [Column("Metode"), Column("Peserta", True), Column("% peserta modern", True)]
    ordered = [*LONG_ACTING, *(n for n in METHODS if n not in LONG_ACTING)]
    listed = [[f"{n} (MKJP)" if n in LONG_ACTING else n, _number(counts[n]), _rate(counts[n], modern)] for n in ordered]
    if figure_of_all is not None:
        listed.append(["Jumlah MKJP", _number(long_acting), _rate(long_acting, modern)])
    listed.append(["Jumlah modern", _number(modern), _rate(modern, modern)])
    return exhibit(
        charts.method_mix,
        {n: disclosure.HIDDEN if isinstance(c, str) else c for n, c in counts.items()},
        LONG_ACTING,
        id="mkjp_share",
        title=wording.title_methods(row["numerator"], row["denominator"]) if row is not None else "Pemakaian metode KB",
        measure=wording.subtitle("Peserta KB modern menurut metode", ctx.place.name, time),
        source=source_of(ctx, "siga_methods"),
        alt=wording.alt_parts("batang", "peserta KB modern menurut metode", ctx.place.name, time, counts),
        numbers=numbers,
        fold=table("Peserta KB modern menurut metode", columns, listed),
        sums=None if exact else (long_acting, modern),
        least=disclosure.LEAST_NUMERATOR,
    ) + Block(methods_by_kecamatan(ctx, found) if exact else Markup(""))


def by_method(ctx: Context, rows: pd.DataFrame) -> disclosure.Cross:
    """Give users by kecamatan and method as the profile may show them; `public` has the sums of the area alone."""
    width = 8 if ctx.p.profile == "internal" else len(ctx.p.area)
    counts = rows.groupby(rows["village_code"].str[:width])[list(METHODS.values())].sum(min_count=1)
    counts.columns = list(METHODS)
    return disclosure.crossed(counts, {"MKJP": LONG_ACTING}, ctx.p.profile)


def methods_by_kecamatan(ctx: Context, found: disclosure.Cross) -> Markup:
    """Give users by kecamatan and method, small counts hidden in rows and columns; for the screen alone."""
    names = list(found.cells.columns)
    columns = [Column("Kecamatan"), *(Column(n, True) for n in [*names, "Jumlah MKJP", "Jumlah"])]
    listed = [
        [areas.name_of(code), *map(_number, [*found.cells.loc[code], found.sums.loc[code, "MKJP"], found.by_row[code]])]
        for code in found.cells.index
    ]
    long_acting = sum(found.by_column[n] for n in LONG_ACTING)
    listed.append(["Semua kecamatan", *map(_number, [*found.by_column, long_acting, found.total])])
    note = disclosure.explanation(ctx.p.profile) if found.hidden else ""
    title = "Peserta KB modern menurut kecamatan dan metode"
    return tag("div", details(title, table(title, columns, listed) + paragraph(note, "note")), class_="screen")


def _count(row: pd.Series | None, part: str) -> object:
    """Give a count of a figure, its mark where it is hidden, None where there is none."""
    if row is None:
        return None
    return row[f"{part}_mark"] or (None if pd.isna(row[part]) else int(row[part]))


def _rate(numerator: object, denominator: object) -> str | Cell:
    """Write a percentage of persons, or why there is none."""
    found = None if numerator is None or denominator is None else disclosure.rate(numerator, denominator)
    return hidden(found) if isinstance(found, str) else _number(found, 2)


def surroundings(ctx: Context, numbers: Markup | str = "") -> Block | None:
    """Draw the kecamatan by families without a decent latrine; None where there are no values."""
    rows = ctx.inside("no_proper_latrine_share", "kecamatan")
    rows = rows[rows["value"].notna() | rows["value_mark"].ne("")]
    row = ctx.row("no_proper_latrine_share")
    if row is None or rows["value"].isna().all():
        return None
    rows = rows.sort_values(["value", "area_code"], ascending=[False, True]).head(5)  # hidden ones last
    drawn = [disclosure.HIDDEN if pd.isna(v) else v for v in rows["value"]]
    label = REGISTRY["no_proper_latrine_share"].label
    total = len(ctx.inside("no_proper_latrine_share", "kecamatan"))
    scope = f"lima kecamatan tertinggi dari {wording.number(total)}" if total > len(rows) else "semua kecamatan"
    columns = [
        Column("Kecamatan"),
        Column("Tanpa jamban layak", True),
        Column("Keluarga sasaran", True),
        Column("%", True),
    ]
    listed = [
        [r["area_name"], *(_number(_count(r, part)) for part in ("numerator", "denominator")), value(r)]
        for _, r in rows.iterrows()
    ]
    time = wording.time(ctx.view.as_of("siga_krs"))
    return exhibit(
        charts.ranking,
        list(rows["area_name"]),
        drawn,
        id="no_proper_latrine_share",
        title=f"{rows['area_name'].iloc[0]} tertinggi: {wording.percent(rows['value'].iloc[0])} tanpa jamban layak",
        measure=wording.subtitle(f"{label} (%), {scope}", ctx.place.name, time),
        source=source_of(ctx, "siga_krs"),
        alt=wording.alt_ranking(label, ctx.place.name, time, list(rows["area_name"]), drawn),
        numbers=numbers,
        fold=table(f"{label}, {scope}", columns, listed),
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
        fold=table(f"Alokasi dan realisasi, {period}", columns, listed),
    )
