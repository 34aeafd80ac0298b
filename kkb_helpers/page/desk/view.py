"""A choice as the report would draw and word it: finding, table, trend and ranking."""

import pandas as pd

from ... import areas, charts, disclosure, wording
from ...indicators import REGISTRY, TIMES, Indicator
from .. import exhibits, figures
from ..elements import Block, Cell, Column, Markup, heading, join, missing, paragraph, sentences, table, tag
from ..figures import UNIT_NOUNS, unit, value, when
from ..figures import sentence as rate_sentence
from ..portable import notice
from .choice import Chosen
from .extract import lines

PLURAL = {"kabupaten": "kabupaten/kota", "kecamatan": "kecamatan", "desa": "desa/kelurahan"}


def lay_out(ctx: Chosen) -> Block:
    """Show a choice: finding, table, trend, ranking, and the lines of Python that give the same table."""
    parts = [
        Block(join([notice(wording.SYNTHETIC if ctx.tables.synthetic else ""), finding(ctx)])),
        Block(figures_table(ctx)),
        Block(heading("Menurut waktu")) + trend(ctx),
        Block(heading("Antarwilayah")) + ranking(ctx),
        Block(heading("Tabel ini dalam Python") + tag("pre", tag("code", lines(ctx.choice)))),
    ]
    files = {name: content for part in parts for name, content in part.files.items()}
    return Block(tag("div", join(part.html for part in parts), class_="kkb-desk"), files)


def finding(ctx: Chosen) -> Markup:
    """Say the figure with its parts, its change and its target, or why there is none; then what it means."""
    item = ctx.item
    said = paragraph(sentence(ctx), "lead") or missing(wording.no_data(f"nilai {item.label}", ctx.period.label))
    meaning = f"{item.definition} Pembilang: {item.numerator}."
    meaning += f" Penyebut: {item.denominator}." if item.denominator else ""
    return join(
        [
            heading(f"{item.label}, {ctx.place.name}, {ctx.period.label}", 2),
            said,
            paragraph(standing(ctx)),
            paragraph(meaning, "note"),
        ]
    )


def standing(ctx: Chosen) -> str:
    """Say the target of the area and how it stands to it; empty where there is none."""
    item, row = ctx.item, ctx.row(ctx.item.id)
    if row is None or pd.isna(row["target"]):
        return ""
    goal = wording.number(row["target"], 0 if float(row["target"]).is_integer() else item.decimals)
    word = f": {row['status']}" if row["status"] else ""
    return f"Sasaran akhir {ctx.period.year_end.year} {goal} ({unit(item.id)}){word}."


def sentence(ctx: Chosen) -> str:
    """Say the figure of the area; empty where it has none."""
    item, row, moved = ctx.item, ctx.row(ctx.item.id), ctx.change(ctx.item.id)
    if item.unit.startswith("percent") or row is None:
        return rate_sentence(ctx, item.id)
    text = f"{item.label} {wording.number(row['value'], decimals(item))}"
    if item.unit == "ratio":
        text += f" ({wording.of(row['numerator'], row['denominator'])})"
    if moved is None:
        return f"{text}."
    by = wording.change(moved["change"], decimals=decimals(item))
    return f"{text}, {by} sejak {wording.time(moved['previous_as_of'])}."


def why_none(row: pd.Series) -> Cell:
    """Say in a cell why a figure has no value."""
    if row["value_mark"]:
        return Cell(row["value_mark"], css="absent")
    if pd.isna(row["reporting"]) or row["reporting"] == 0:
        return Cell(wording.MISSING, css="absent")
    without_target = row["unit"] == "percent of target"
    return Cell(wording.NO_TARGET if without_target else "penyebut nol", css="absent")


def written(ctx: Chosen) -> tuple[list[Column], list[list[str | Cell]]]:
    """Give heads and cells of the table; the area itself and those around it first, in bold."""
    own = ctx.rows.loc[(ctx.item.id, ctx.choice.area)] if (ctx.item.id, ctx.choice.area) in ctx.rows.index else None
    day = "" if own is None else own["as_of"]
    counted = ctx.item.unit == "count"
    heads = [
        Column("Wilayah"),
        Column("Kode"),
        Column(f"Nilai ({unit(ctx.item.id)})", number=True),
        *([] if counted else [Column("Pembilang", number=True), Column("Penyebut", number=True)]),
        Column(f"Unit yang memberi nilai, {when(day)}" if day else "Unit yang memberi nilai"),
    ]
    cells = []
    for _, row in ctx.table.iterrows():
        parts = [] if counted else [count(row, "numerator"), count(row, "denominator")]
        shown = value(row) if pd.notna(row["value"]) else why_none(row)
        first = Cell(row["area_name"], css="own" if row["area_code"] in ctx.choice.around else "")
        cells.append([first, row["area_code"], shown, *parts, answered(row, day)])
    return heads, cells


def answered(row: pd.Series, day: str) -> Cell:
    """Say how many units gave a value, with the date where it is not the one of the head (`day`)."""
    said = wording.of(row["reporting"], row["expected"], UNIT_NOUNS[REGISTRY[row["indicator_id"]].unit_of_report])
    return Cell(said if row["as_of"] in (day, "") else f"{said}, {when(row['as_of'])}", css="small")


def count(row: pd.Series, part: str) -> str | Cell:
    """Write a count of a row for a cell; says where there is none, or none that may be shown."""
    there = pd.notna(row[part]) or row[f"{part}_mark"]
    return figures.count(row, part) if there else Cell(wording.MISSING, css="absent")


def figures_table(ctx: Chosen) -> Markup:
    """Give the table of the choice as plain HTML."""
    if ctx.table.empty:
        return missing(wording.no_data("tabel untuk wilayah ini", ctx.period.label))
    caption = f"{ctx.item.label}, {ctx.place.name}, {ctx.period.label}"
    below = ctx.choice.detail
    note = "" if below else f"Ukuran ini dihitung {nothing_below(ctx)}; tidak ada angka di bawah {ctx.place.name}."
    marked = (ctx.table[list(disclosure.MARKS)] != "").to_numpy().any()
    said = [note, disclosure.explanation(ctx.p.profile) if marked else ""]
    return table(f"{caption}, menurut {PLURAL[below]}" if below else caption, *written(ctx)) + sentences(said, "note")


def nothing_below(ctx: Chosen) -> str:
    """Say at which level an indicator is known, where it is known no deeper."""
    if ctx.item.unit_of_report == "kabupaten":
        return "per kabupaten/kota"
    return "dari data orang, yang pada profil public tidak ditampilkan menurut desa/kelurahan"


def trend(ctx: Chosen) -> Block:
    """Draw the indicator over time: by month as the report does, else from potret to potret."""
    item = ctx.item
    if TIMES[item.tables[0]] in ("month", "months") and item.unit == "percent":
        return exhibits.by_month(ctx, item.id, exhibits.source_of(ctx, *item.tables), "desk-trend")
    return by_potret(ctx)


def by_potret(ctx: Chosen) -> Block:
    """Draw the indicator at every time that its table holds: counts along the days, other values one after another."""
    item, counted = ctx.item, ctx.item.unit == "count"
    known = ctx.series(item.id).dropna(subset=["value"])
    if item.unit == "percent of target":  # another year has another target
        known = known[known["as_of"].str[:4] == str(ctx.period.end.year)]
    if len(known) < 2:
        few = "baru ada satu titik waktu" if len(known) else "belum ada nilai"
        return Block(paragraph(f"{item.label}: {few}, arah belum dapat digambarkan.", "note"))
    days, values = [last_of(time) for time in known["as_of"]], [float(v) for v in known["value"]]
    span = f"{wording.time(days[0])} s.d. {wording.time(days[-1])}"
    said = [f"{wording.number(values[i], decimals(item))} pada {wording.time(days[i])}" for i in (-1, 0)]
    drawn = (
        (charts.path, list(zip(days, map(int, values), strict=True)), [])
        if counted
        else (charts.trend, list(known["period"]), {ctx.place.name: values})
    )
    return exhibits.exhibit(
        *drawn,
        id="desk-trend",
        title=title_over_time(item, values, list(known["period"])),
        measure=wording.subtitle(f"{item.label} ({unit(item.id)})", ctx.place.name, span),
        source=exhibits.source_of(ctx, *item.tables),
        alt=wording.alt("garis", item.label, ctx.place.name, span, *said),
        numbers=times_table(ctx, known),
        **({} if counted else {"unit": mark(item), "decimals": decimals(item)}),
    )


def last_of(as_of: str) -> str:
    """Give the last of the times that an `as_of` names."""
    return as_of.rsplit("/", 1)[-1]


def title_over_time(item: Indicator, values: list[float], months: list[str]) -> str:
    """Say how an indicator moved from the first time to the last."""
    name = exhibits.short(item.id)
    if item.unit.startswith("percent"):
        return brief(wording.title_trend(name, values[0], values[-1], months[0], months[-1]), name)
    moved = wording.change(values[-1] - values[0], decimals=decimals(item))
    return brief(f"{name} {moved} sejak {wording.month(months[0])}", name)


def times_table(ctx: Chosen, known: pd.DataFrame) -> Markup:
    """Give the numbers of an indicator over time."""
    names = ["numerator"] if ctx.item.unit == "count" else ["numerator", "denominator"]
    heads = {"numerator": "Pembilang", "denominator": "Penyebut"}
    columns = [Column("Per"), *(Column(heads[n], True) for n in names), Column(unit(ctx.item.id), True)]
    cells = [[when(row["as_of"]), *(count(row, n) for n in names), value(row)] for _, row in known.iterrows()]
    return table(f"{ctx.item.label} menurut waktu", columns, cells)


def decimals(item: Indicator) -> int:
    """Give the decimals of an indicator's value; a count has none."""
    return 0 if item.unit == "count" else item.decimals


def mark(item: Indicator) -> str:
    """Give the sign behind an indicator's value in a chart."""
    return "%" if item.unit.startswith("percent") else ""


def brief(title: str, label: str) -> str:
    """Leave the name of the measure, which stands under the title, out of a title that is too long with it."""
    if len(title.split()) <= wording.TITLE_WORDS:
        return title
    rest = title.removeprefix(label).lstrip(": ")
    return rest[:1].upper() + rest[1:]


def ranking(ctx: Chosen) -> Block:
    """Draw the kecamatan of the kabupaten, or the kabupaten of the province, in the order of their value.

    An area whose denominator is below the indicator's minimum stands last, in words.
    """
    item, at = ctx.item, len(ctx.choice.around) > 1 and ctx.choice.reaches("kecamatan")
    level, home = ("kecamatan", ctx.choice.around[1]) if at else ("kabupaten", ctx.choice.around[0])
    rows = ctx.inside(item.id, level, home)
    values = [rankable(row, item) for _, row in rows.iterrows()]
    known = {name: v for name, v in zip(rows["area_name"], values, strict=True) if not isinstance(v, str)}
    if len(known) < 2:
        return Block(missing(f"Kurang dari dua {PLURAL[level]} dapat diperingkat untuk ukuran ini."))
    whole = ctx.row(item.id, home) if item.unit != "count" else None
    time = wording.time(rows["as_of"].max())
    own = ctx.place.name if ctx.choice.area in set(rows["area_code"]) else None
    label, place = f"{item.label} ({unit(item.id)})", areas.name_of(home)
    return exhibits.exhibit(
        charts.ranking,
        list(rows["area_name"]),
        values,
        id="desk-ranking",
        title=ranking_title(item, known, level),
        measure=wording.subtitle(f"{label}, menurut {PLURAL[level]}", place, time),
        source=exhibits.source_of(ctx, *item.tables),
        alt=wording.alt_ranking(label, place, time, list(known), list(known.values()), decimals(item)),
        own=own,
        reference=None if whole is None else float(whole["value"]),
        reference_label=place,
        unit=mark(item),
        decimals=decimals(item),
        better=item.better,
    )


def rankable(row: pd.Series, item: Indicator) -> float | str:
    """Give the value to rank an area by, or the words that stand instead."""
    if pd.isna(row["value"]):
        return disclosure.HIDDEN if row["value_mark"] else why_none(row).text
    if pd.notna(row["denominator"]) and row["denominator"] < item.minimum:
        return f"tidak diperingkat, penyebut {wording.number(row['denominator'])}"
    return float(row["value"])


def ranking_title(item: Indicator, known: dict[str, float], level: str) -> str:
    """Say who is first and last, or that all are alike; of several alike, how many."""
    name, low, high = exhibits.short(item.id), min(known.values()), max(known.values())
    if low == high:
        return brief(f"{name}: sama di semua {PLURAL[level]}, {wording.number(high, decimals(item))}", name)
    ends = ([place for place, v in known.items() if v == end] for end in (high, low))
    first, last = (n[0] if len(n) == 1 else f"{wording.number(len(n))} {PLURAL[level]}" for n in ends)
    return brief(wording.title_ranking(name, first, last), name)
