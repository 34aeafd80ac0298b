"""How Kampung KB are formed and move between classes: the charts, and where both stand to their targets."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from .. import charts, classification, targets, wording
from .context import Context
from .elements import Block, Cell, Column, Markup, missing, paragraph, table
from .exhibits import exhibit, source_of


@dataclass(frozen=True)
class Way:
    """A target that is followed: its id, the indicator whose numerator counts towards it, and what is counted."""

    target: str
    counted: str
    noun: str


FORMATION = Way("formation_achievement", "kampung_count", "Kampung KB")
UPPER = Way("mandiri_plus_achievement", "mandiri_plus_share", "Kampung KB Mandiri atau Berkelanjutan")


def follow(ctx: Context, way: Way) -> targets.Track | None:
    """Follow the district's counts towards a target; None where there is no count."""
    rows = ctx.series(way.counted).dropna(subset=["numerator"])
    if rows.empty:
        return None
    last = rows.iloc[-1]
    points = [
        (dt.date.fromisoformat(day.split("/")[-1]), int(count))
        for day, count in zip(rows["as_of"], rows["numerator"], strict=True)
    ]
    complete = float(last["reporting"]) / float(last["expected"]) if last["expected"] else 0.0
    return targets.track(way.target, ctx.p.area, points, complete)


def due(ctx: Context, way: Way, found: targets.Track) -> str:
    """Name the day for which the target stands: the next milestone, or the last one where all have passed."""
    marks = targets.milestones(way.target, ctx.p.area)
    return wording.date(found.deadline or marks[-1].date) if marks else ""


def track_sentence(ctx: Context, way: Way) -> str:
    """Say where the district stands to a target, how fast it goes and how fast it must; empty without a count."""
    found = follow(ctx, way)
    if found is None:
        return ""
    stands = wording.stand(wording.date(found.date), found.value, found.expected, way.noun)
    if found.gap is None or found.gap <= 0:
        return stands
    arrives = wording.date(found.projected) if found.projected else None
    return f"{stands} {wording.speed(found.observed, found.needed, found.target, due(ctx, way, found), arrives)}"


def measures(ctx: Context, way: Way) -> list[tuple[str, str | Cell]]:
    """Give where the district stands to a target, a name and a value each; empty where there is no count."""
    found = follow(ctx, way)
    if found is None:
        return []
    now: list[tuple[str, str | Cell]] = [("Kini", wording.number(found.value))]
    if found.target is None:
        return [*now, ("Sasaran", Cell(wording.NO_TARGET, css="absent"))]
    return [
        *now,
        ("Menurut jalur", _known(found.expected, "belum ada jalur")),
        (f"Sasaran {due(ctx, way, found)}", wording.number(found.target)),
        ("Kurang", wording.number(max(found.gap, 0))),
        ("Laju per triwulan", _known(found.observed, "belum tiga potret", 1)),
        ("Laju yang dibutuhkan", _known(found.needed and max(found.needed, 0), "tenggat lewat", 1)),
        ("Perkiraan tercapai", _arrival(found)),
        ("Status", wording.status(found.status)),
    ]


def track_table(ctx: Context, way: Way, caption: str, brief: bool = False) -> Markup:
    """Give the measures of a target, a row each. brief: without count and path, where another table has them."""
    rows = [list(pair) for pair in measures(ctx, way)]
    columns = [Column("Ukuran"), Column("Kampung KB", True)]
    return table(caption, columns, rows[2 if brief else 0 :]) if rows else Markup("")


def track_row(ctx: Context, way: Way, caption: str, more: Sequence[tuple[str, str]]) -> Markup:
    """Give the measures of a target, and more of them, in one row."""
    found = measures(ctx, way)
    if not found:
        return Markup("")
    day = Column("Per")
    columns = [day, *(Column(name, True) for name, _ in (*found, *more))]
    date = wording.date_short(follow(ctx, way).date)
    return table(caption, columns, [[Cell(date, css="line"), *(value for _, value in (*found, *more))]])


def _known(value, otherwise: str, decimals: int = 0) -> str | Cell:
    return Cell(otherwise, css="absent") if value is None else wording.number(value, decimals)


def _arrival(found: targets.Track) -> str | Cell:
    if found.gap <= 0:
        return "sudah tercapai"
    if found.observed is None:
        return Cell("belum dapat diperkirakan", css="absent")
    return wording.date_short(found.projected) if found.projected else "tidak pada laju ini"


def formation(ctx: Context) -> Block:
    """Draw Kampung KB by snapshot against the path; by year of formation where there is one snapshot."""
    series = ctx.series("kampung_count").dropna(subset=["value"])
    if series.empty:
        return Block(missing(wording.no_data("hitungan Kampung KB", ctx.period.label)))
    if len(series) == 1:
        return by_year(ctx)
    snapshots = [(row.as_of.split("/")[-1], int(row.numerator)) for row in series.itertuples()]
    marks = [
        (m.date.isoformat(), targets.required(FORMATION.target, ctx.p.area, m.date))
        for m in targets.milestones(FORMATION.target, ctx.p.area)
    ]
    target = targets.required(FORMATION.target, ctx.p.area, ctx.period.year_end)
    rows = []
    for day, count in snapshots:
        expected = targets.required(FORMATION.target, ctx.p.area, dt.date.fromisoformat(day))
        gap = "" if expected is None else wording.signed(count - expected, 0)
        rows.append([wording.date_short(day), wording.number(count), _known(expected, "belum ada jalur"), gap])
    columns = [Column("Per"), Column("Kampung KB", True), Column("Menurut jalur", True), Column("Selisih", True)]
    day = wording.time(snapshots[-1][0])
    return exhibit(
        charts.path,
        snapshots,
        marks,
        id="formation_achievement",
        title=wording.title_path(snapshots[-1][1], target),
        measure=wording.subtitle("Kampung KB (jumlah) terhadap jalur pembentukan", ctx.place.name, day),
        source=source_of(ctx, "kampung"),
        alt=wording.alt_path(ctx.place.name, day, snapshots[-1][1], target),
        numbers=table("Kampung KB menurut potret portal", columns, rows)
        + track_table(ctx, FORMATION, "Laju menuju sasaran pembentukan", brief=True),
    )


def by_year(ctx: Context) -> Block:
    """Draw Kampung KB by the year in which SIGA says they were formed: all the past that one snapshot holds."""
    rows = ctx.view.snapshot("siga_kkb")
    numbers = track_table(ctx, FORMATION, "Laju menuju sasaran pembentukan")
    if rows.empty:
        return Block(paragraph("Baru ada satu potret; arah belum dapat digambarkan.", "note") + numbers)
    years = ["2016", "2017", "2018", "2019", "sesudah 2019"]
    counts = {year: int(rows[f"dibentuk_{year.replace(' ', '_')}"].sum()) for year in years}
    total, said = sum(counts.values()), int(rows["jumlah_kampung_kb"].sum())
    note = f" Jumlah menurut tahun {wording.number(total)}, menurut register {wording.number(said)}."
    measure, time = "Kampung KB menurut tahun pembentukan", wording.time(ctx.view.as_of("siga_kkb"))
    listed = [[label, wording.number(n)] for label, n in counts.items()]
    return exhibit(
        charts.bars,
        list(counts),
        list(counts.values()),
        id="kampung_count",
        title=f"{wording.number(counts[years[-1]])} dari {wording.number(total)} Kampung KB dibentuk sesudah 2019",
        measure=wording.subtitle(f"{measure} (jumlah)", ctx.place.name, time),
        source=source_of(ctx, "siga_kkb") + (note if total != said else ""),
        alt=wording.alt_parts("batang", measure, ctx.place.name, time, counts),
        numbers=numbers,
        fold=table(
            measure, [Column("Tahun"), Column("Kampung KB", True)], [*listed, ["Jumlah", wording.number(total)]]
        ),
    )


SNAPSHOTS_SHOWN = 4


def shown_class(rows: pd.DataFrame) -> pd.Series:
    """Give the class that pages show: as exported, else recomputed; those that reported nothing apart."""
    return (
        rows["klasifikasi"]
        .fillna(rows["klasifikasi_hitung"])
        .mask(classification.reported_nothing(rows), charts.UNREPORTED)
    )


def counts_of(shown: Iterable[str]) -> dict[str, int]:
    """Count Kampung KB by `shown_class`; every class has a count."""
    found = Counter(shown)
    return {name: found[name] for name in (*charts.CLASSES, charts.UNREPORTED)}


def classes(ctx: Context) -> Block:
    """Draw the classes at every snapshot."""
    rows = ctx.tables.read("kampung")
    days = ctx.view.snapshots("kampung")[-SNAPSHOTS_SHOWN:]
    shown = shown_class(rows)
    counts = {day: counts_of(shown[rows["as_of"] == day]) for day in days}
    newest = counts[days[-1]]
    total, upper = sum(newest.values()), newest["Mandiri"] + newest["Berkelanjutan"]
    columns = [Column("Kelas"), *(Column(wording.date_short(d), True) for d in days), Column("% terakhir", True)]
    shares = [wording.share(n, total) for n in newest.values()]
    listed = [
        [name, *(wording.number(counts[d][name]) for d in days), wording.percent_cell(share)]
        for name, share in zip(newest, shares, strict=True)
    ]
    both = [wording.number(counts[d]["Mandiri"] + counts[d]["Berkelanjutan"]) for d in days]
    listed.append(["Mandiri dan Berkelanjutan", *both, wording.percent_cell(wording.share(upper, total))])
    listed.append(["Jumlah", *(wording.number(sum(counts[d].values())) for d in days), wording.percent_cell(100.0)])
    return exhibit(
        charts.classes,
        [(wording.date_short(day), counts[day]) for day in days],
        id="classes",
        title=wording.title_classes(upper, total),
        measure=wording.subtitle("Kampung KB (jumlah) menurut kelas", ctx.place.name, wording.time(days[-1])),
        source=source_of(ctx, "kampung"),
        alt=wording.alt_classes(ctx.place.name, wording.time(days[-1]), newest),
        fold=table("Kampung KB menurut kelas dan potret", columns, listed)
        + paragraph(wording.rounding_note(shares), "note"),
    )


GERAK = {
    "naik": "Naik kelas",
    "turun": "Turun kelas",
    "baru terlapor": "Baru terlapor",
    "baru": "Baru tercatat",
    "hilang": "Tidak tercatat lagi",
    "tetap": "Tetap",
}


@lru_cache(maxsize=2)
def transitions(ctx: Context) -> pd.DataFrame:
    """Pair the Kampung KB of the two newest snapshots (`classification.transitions`); worked out once a page."""
    return classification.transitions(ctx.view.previous_snapshot("kampung"), ctx.view.snapshot("kampung"))


def moved(ctx: Context) -> pd.Series:
    """Count the Kampung KB by `gerak` between the two newest snapshots."""
    return transitions(ctx)["gerak"].value_counts()


def moves(ctx: Context) -> Block | None:
    """Draw who moved between the two newest snapshots; None where there is one."""
    before, now = ctx.view.previous_snapshot("kampung"), ctx.view.snapshot("kampung")
    if before.empty or now.empty:
        return None
    counts = moved(ctx)
    days = [wording.time(rows["as_of"].max()) for rows in (before, now)]
    flows = flows_of(transitions(ctx))
    listed = [[words, wording.number(counts.get(kind, 0))] for kind, words in GERAK.items()]
    return exhibit(
        charts.moves,
        flows,
        id="moves",
        title=wording.title_moves(counts.get("naik", 0), counts.get("turun", 0)),
        measure=wording.subtitle("Kampung KB (jumlah) menurut kelas", ctx.place.name, f"{days[0]} dan {days[1]}"),
        source=source_of(ctx, "kampung"),
        alt=wording.alt_parts(
            "alur",
            "perpindahan kelas Kampung KB",
            ctx.place.name,
            days[1],
            {words.lower(): counts.get(kind, 0) for kind, words in GERAK.items()},
        ),
        fold=table(f"Gerak Kampung KB sejak {days[0]}", [Column("Gerak"), Column("Kampung KB", True)], listed)
        + flows_table(flows, days),
        before=wording.date_short(before["as_of"].max()),
        after=wording.date_short(now["as_of"].max()),
    )


def flows_of(pairs: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Count pairs (`classification.transitions`) by class before and now; the silent, new and lost ones apart."""
    old, new = (
        pairs[f"kelas_{when}"].mask(pairs[f"kosong_{when}"].eq(True), charts.UNREPORTED).fillna(otherwise)
        for when, otherwise in (("lalu", "Baru"), ("kini", "Hilang"))
    )
    return pd.Series(list(zip(old, new, strict=True))).value_counts().to_dict()


def flows_table(flows: dict[tuple[str, str], int], days: list[str]) -> Markup:
    """Give the moves as a table: classes before down, classes now across."""
    order = [*charts.CLASSES[::-1], charts.UNREPORTED, "Baru", "Hilang"]
    old = [name for name in order if any(a == name for a, _ in flows)]
    new = [name for name in order if any(b == name for _, b in flows)]
    columns = [Column("Kelas lalu"), *(Column(f"kini {name}", True) for name in new), Column("Jumlah", True)]
    rows = [
        [
            a,
            *(wording.number(flows.get((a, b), 0)) for b in new),
            wording.number(sum(flows.get((a, b), 0) for b in new)),
        ]
        for a in old
    ]
    sums = [wording.number(sum(flows.get((a, b), 0) for a in old)) for b in new]
    rows.append(["Jumlah", *sums, wording.number(sum(flows.values()))])
    return table(f"Kampung KB menurut kelas {days[0]} dan kelas {days[1]}", columns, rows)
