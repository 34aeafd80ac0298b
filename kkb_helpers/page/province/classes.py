"""Moves between classes and what a Live Report brought in, by kabupaten/kota."""

import pandas as pd

from ... import areas, charts, classification, wording
from .. import dynamics, exhibits
from ..context import Context
from ..district import unreported_sentence
from ..elements import Block, Cell, Column, Markup, join, missing, paragraph, sentences, table
from ..exhibits import bare
from ..sections import section
from .places import districts, name_of_province, some, whole

KINDS = {
    "baru terlapor": "Baru terlapor",
    "baru": "Baru tercatat",
    "naik": "Naik",
    "turun": "Turun",
    "tetap": "Tetap",
    "hilang": "Tidak ada lagi",
}
HYPHENATED = {"Berkelanjutan": "Berke\u00adlanjutan", "Berkembang": "Berkem\u00adbang"}


@section("provinsi_kelas")
def classes(ctx: Context) -> Block:
    """Who moved between classes, and whom the Live Report brought in, by kabupaten/kota."""
    before, now = ctx.view.previous_snapshot("kampung"), ctx.view.snapshot("kampung")
    if now.empty:
        advice = "Unduh classification-table dari portal Kampung KB"
        return Block(missing(wording.no_data("data klasifikasi", ctx.period.label, advice)))
    if before.empty:
        return Block(join([paragraph(wording.moves("", {})), unreported_sentence(ctx)]))
    # A kabupaten/kota without an earlier snapshot has nothing to be compared with.
    now = now[now["village_code"].str[:5].isin(before["village_code"].str[:5])].reset_index(drop=True)
    moved = classification.transitions(before, now).assign(kabupaten=lambda rows: rows["village_code"].str[:5])
    days = [span(rows["as_of"]) for rows in (before, now)]
    counts = moved["gerak"].value_counts().to_dict()
    lead = sentences([wording.moves(days[0], counts), live_sentence(ctx, moved, days)])
    return Block(lead) + moves_chart(ctx, before, now, moved, days)


def span(times: pd.Series) -> str:
    """Name the day of a snapshot, or its first and last day where offices exported on different ones."""
    days = sorted(set(times))
    return " s.d. ".join(wording.time(day) for day in dict.fromkeys((days[0], days[-1])))


def moves_chart(ctx: Context, before: pd.DataFrame, now: pd.DataFrame, moved: pd.DataFrame, days: list[str]) -> Block:
    """Draw the moves between classes, with the matrix they were drawn from and the moves by kabupaten/kota."""
    found, counts = dynamics.flows_of(moved), moved["gerak"].value_counts()
    return exhibits.exhibit(
        charts.moves,
        found,
        id="moves",
        title=wording.title_moves(counts.get("naik", 0), counts.get("turun", 0)),
        measure=wording.subtitle("Kampung KB menurut kelas", name_of_province(ctx), f"{days[0]} dan {days[1]}"),
        source=exhibits.source_of(ctx, "kampung"),
        alt=wording.alt_parts(
            "alur",
            "perpindahan kelas Kampung KB",
            name_of_province(ctx),
            days[1],
            {words.lower(): counts.get(kind, 0) for kind, words in KINDS.items()},
        ),
        numbers=moves_matrix(found, days) + live_table(ctx, moved),
        before=days[0],
        after=days[1],
    )


def moves_matrix(found: dict[tuple[str, str], int], days: list[str]) -> Markup:
    """Give the moves as a table: classes before down, classes now across."""
    order = [*charts.CLASSES[::-1], charts.UNREPORTED, "Baru", "Hilang"]
    old = [name for name in order if any(a == name for a, _ in found)]
    new = [name for name in order if any(b == name for _, b in found)]
    columns = [
        Column("Kelas lalu"),
        *(Column(f"kini {HYPHENATED.get(b, b)}", True) for b in new),
        Column("Jumlah", True),
    ]
    rows = [
        [a, *(some(found.get((a, b), 0)) for b in new), wording.number(sum(found.get((a, b), 0) for b in new))]
        for a in old
    ]
    sums = [wording.number(sum(found.get((a, b), 0) for a in old)) for b in new]
    rows.append(whole(["Jumlah", *sums, wording.number(sum(found.values()))]))
    return table(f"Kampung KB menurut kelas {days[0]} dan kelas {days[1]}", columns, rows)


def live_table(ctx: Context, moved: pd.DataFrame) -> Markup:
    """Give who moved and who was newly reported by kabupaten/kota, the most newly reported first."""
    names = districts(ctx).map(bare)
    counts = pd.crosstab(moved["kabupaten"], moved["gerak"]).reindex(columns=list(KINDS), fill_value=0)
    order = newly(moved).reindex(names.index).sort_values(ascending=False, kind="stable", na_position="last").index
    nothing = [Cell("tanpa potret lalu", css="absent")] + [""] * (len(KINDS) - 1)
    rows = [[names[c], *(map(some, counts.loc[c]) if c in counts.index else nothing)] for c in order]
    rows.append(whole([name_of_province(ctx), *(wording.number(n) for n in counts.sum())]))
    columns = [Column("Kabupaten/kota"), *(Column(head, True) for head in KINDS.values())]
    return table("Gerak Kampung KB dan Live Report menurut kabupaten/kota", columns, rows)


def newly(moved: pd.DataFrame) -> pd.Series:
    """Count by kabupaten/kota what a Live Report brings in: the newly reported and the new."""
    return moved["gerak"].isin(["baru terlapor", "baru"]).groupby(moved["kabupaten"]).sum()


def live_sentence(ctx: Context, moved: pd.DataFrame, days: list[str]) -> str:
    """Say how many were reported for the first time, and where most of them are."""
    kinds = ("baru terlapor", "baru")
    first, fresh = ((moved["gerak"] == kind).sum() for kind in kinds)
    if not first + fresh:
        return f"Antara {days[0]} dan {days[1]} tidak ada Kampung KB yang baru terlapor atau baru tercatat."
    top = newly(moved).idxmax()
    most = [((moved["gerak"] == kind) & (moved["kabupaten"] == top)).sum() for kind in kinds]
    return (
        f"Live Report membawa {wording.number(first)} Kampung KB yang semula kosong dan {wording.number(fresh)} yang "
        f"baru tercatat; terbanyak di {areas.name_of(top)} ({wording.number(most[0])} dan {wording.number(most[1])})."
    )
