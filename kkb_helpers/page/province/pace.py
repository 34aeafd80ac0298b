"""The way to each target: coverage by snapshot on one scale, pace, needed pace and projected day."""

import datetime as dt
from dataclasses import dataclass

from ... import areas, charts, targets, wording
from .. import exhibits
from ..context import Context
from ..elements import Block, Cell, Column, Markup, join, paragraph, sentences, table
from ..exhibits import bare
from ..figures import ABSENT
from ..sections import section
from .places import by_need, districts, name_of_province, rate, villages_of, whole


@dataclass(frozen=True)
class Path:
    """A way to a target: the indicator of the target, that of its counts, and what is counted in words."""

    target: str
    counted: str
    label: str


PATHS = (
    Path("formation_achievement", "kampung_count", "Pembentukan"),
    Path("mandiri_plus_achievement", "mandiri_plus_share", "Mandiri dan Berkelanjutan"),
)


@section("provinsi_jalur")
def path(ctx: Context) -> Block:
    """The path to a Kampung KB in every village, by kabupaten/kota on one scale, and the pace towards each target."""
    found = tracks(ctx)
    shown = {p: t for p, t in found.items() if not without_track(ctx, p, t[ctx.p.area])}
    said = [without_track(ctx, p, t[ctx.p.area]) or track_sentence(p, t[ctx.p.area]) for p, t in found.items()]
    notes = dict.fromkeys(targets.allocation_note(p.target, code) for p in shown for code in districts(ctx).index)
    return Block(pace_table(ctx, shown)) + multiples(ctx, join(map(paragraph, said)) + sentences(notes, "note"))


def tracks(ctx: Context) -> dict[Path, dict[str, targets.Track | None]]:
    """Follow the province and each kabupaten/kota towards each target."""
    order = [*by_need(ctx), ctx.p.area]
    return {path: {code: track(ctx, path.target, path.counted, code) for code in order} for path in PATHS}


def multiples(ctx: Context, said: Markup) -> Block:
    """Draw the coverage of every kabupaten/kota at each snapshot, all on one scale; beside it what the pace says."""
    names = districts(ctx)
    series = {c: ctx.series("village_coverage", c).dropna(subset=["value"]) for c in by_need(ctx)}
    days = sorted({day for rows in series.values() for day in rows["as_of"]})
    if not days:
        return Block(said)
    if len(days) == 1:
        only = f"Baru ada satu potret ({wording.time(days[0])}); jalur pembentukan belum dapat digambar."
        return Block(said + paragraph(only, "note"))
    panels = [(bare(names[c]), list(zip(rows["as_of"], rows["value"], strict=True))) for c, rows in series.items()]
    values = {c: dict(zip(rows["as_of"], rows["value"], strict=True)) for c, rows in series.items()}
    last = {bare(names[c]): rows["value"].iloc[-1] if len(rows) else None for c, rows in series.items()}
    full = sum(v is not None and v >= 100 for v in last.values())
    lowest = min((v, n) for n, v in last.items() if v is not None)
    title = (
        f"{wording.number(full)} dari {wording.number(len(last))} kabupaten/kota sudah penuh; terendah {lowest[1]}"
        if full
        else f"Belum ada kabupaten/kota yang penuh; terendah {lowest[1]}"
    )
    columns = [Column("Kabupaten/kota"), *(Column(f"{wording.date_short(d)} (%)", True) for d in days)]
    listed = [[bare(names[c]), *(rate(v.get(d), 1) if d in v else ABSENT for d in days)] for c, v in values.items()]
    return exhibits.exhibit(
        charts.small_multiples,
        panels,
        id="small-village_coverage",
        title=title,
        measure=wording.subtitle(
            "Desa/kelurahan ber-Kampung KB (%), garis putus-putus 100 persen",
            name_of_province(ctx),
            f"{wording.date_short(days[0])} sampai {wording.date_short(days[-1])}",
        ),
        source=exhibits.source_of(ctx, "kampung"),
        alt=wording.alt_parts(
            "garis kecil", "cakupan Kampung KB (persen)", name_of_province(ctx), wording.time(days[-1]), last, 1
        ),
        numbers=table("Cakupan menurut potret", columns, listed) + said,
    )


def pace_table(ctx: Context, shown: dict[Path, dict[str, targets.Track | None]]) -> Markup:
    """Give count and target, pace and needed pace, projected day and status of each kabupaten/kota and the province."""
    if not shown:
        return Markup("")
    columns = [Column("Kabupaten/kota")]
    for p in shown:
        columns += [
            Column(f"{p.label}: ada / sasaran", True),
            Column("Laju / yang diperlukan per triwulan", True),
            Column("Perkiraan tercapai"),
            Column(f"Status {p.label}"),
        ]
    rows = [
        [bare(areas.name_of(code)), *(cell for found in shown.values() for cell in track_cells(found[code]))]
        for code in [*by_need(ctx), ctx.p.area]
    ]
    rows[-1] = whole([name_of_province(ctx), *rows[-1][1:]])
    due = wording.date(ctx.period.year_end)
    return table(f"Kampung KB, sasaran {due}, laju, dan perkiraan pada laju itu", columns, rows)


def without_track(ctx: Context, path: Path, found: targets.Track | None) -> str:
    """Say why there is no pace to speak of; empty where there is one."""
    if found is None:
        return wording.no_data(f"hitungan {path.label}", ctx.period.label)
    return f"{path.label}: {wording.NO_TARGET}." if found.target is None else ""


def track(ctx: Context, target: str, counted: str, area: str) -> targets.Track | None:
    """Follow the counts of an area towards a target; None where it has no count."""
    rows = ctx.series(counted, area).dropna(subset=["numerator"])
    if rows.empty:
        return None
    days = [dt.date.fromisoformat(day.split("/")[-1]) for day in rows["as_of"]]
    last = rows.iloc[-1]
    complete = float(last["reporting"]) / float(last["expected"]) if last["expected"] else 0.0
    points = list(zip(days, rows["numerator"].astype(int), strict=True))
    # Of a province only the villages of its kabupaten with data are asked for.
    return targets.track(target, area, points, complete, villages_of(ctx, area))


def track_cells(found: targets.Track | None) -> list[object]:
    """Write count and target, pace and needed pace, the projected day, the status."""
    if found is None:
        return [ABSENT] * 4
    observed = "belum ada" if found.observed is None else wording.number(found.observed, 1)
    needed = "tenggat lewat" if found.needed is None else wording.number(max(found.needed, 0), 1)
    return [
        f"{wording.number(found.value)} / {wording.number(found.target)}",
        f"{observed} / {needed}",
        Cell(projection(found), css="status"),
        Cell(wording.status(found.status), css="status"),
    ]


def projection(found: targets.Track) -> str:
    """Say in words when a target is reached at the observed pace."""
    if found.gap <= 0:
        return "sudah tercapai"
    if found.observed is None:
        return "belum dapat diperkirakan"
    return wording.date_short(found.projected) if found.projected else "tidak pada laju ini"


def track_sentence(path: Path, found: targets.Track) -> str:
    """Say where the province stands to a target, how fast it goes and how fast it must."""
    due = wording.date(dt.date(found.date.year, 12, 31))
    where = f"{path.label}: {wording.number(found.value)} Kampung KB pada {wording.date(found.date)}"
    if found.gap <= 0:
        return f"{where}; sasaran {wording.number(found.target)} untuk {due} sudah tercapai."
    said = f"{where}, {wording.number(found.gap)} kurang dari sasaran {wording.number(found.target)} untuk {due}."
    if found.observed is None:
        return f"{said} Lajunya belum dapat dihitung: belum ada tiga potret yang sebanding."
    moving = f"Laju teramati {wording.number(found.observed, 1)} per triwulan"
    if found.needed is None:
        return f"{said} {moving}; tenggatnya sudah lewat."
    moving += f", yang diperlukan {wording.number(max(found.needed, 0), 1)}"
    if found.projected is None:
        return f"{said} {moving}; pada laju itu sasaran tidak tercapai."
    return f"{said} {moving}; pada laju itu sasaran tercapai sekitar {wording.date(found.projected)}."
