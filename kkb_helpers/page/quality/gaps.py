"""What is missing: tables, months, and rows whose village is not known."""

from ... import sources, wording
from ...indicators import TITLES
from ...params import Period
from ..context import Context
from ..elements import Block, Column, Markup, items, join, paragraph, table
from ..sections import section
from .arrival import unmatched
from .completeness import MONTHLY
from .folder import MOST_ROWS, everything

DOWNLOADS = {
    "kampung": "Unduh classification-table dari portal Kampung KB",
    "profile": "Unduh rekap-kampung-table dari portal Kampung KB",
    **{name: f"Unduh borang: kkb template {name}" for name in sources.FORMS},
    "elsimil_pregnant": "Minta rekap pendampingan ibu hamil dari Elsimil",
}


@section("mutu_tidak_ada")
def absent(ctx: Context) -> Block:
    """Tables that did not arrive, months that lack, rows without a village."""
    return Block(join([absent_tables(ctx), absent_months(ctx), without_village(ctx)]))


def absent_tables(ctx: Context) -> Markup:
    """List the tables of which nothing arrived for the period, with how to get them."""
    got = ctx.received.groupby("table")["received"].sum()
    gone = [name for name in TITLES if not got.get(name, 0)]
    if not gone:
        return paragraph(f"Semua {wording.number(len(TITLES))} tabel ada untuk {ctx.period.label}.")
    said = [f"{TITLES[name]}: {DOWNLOADS.get(name, 'Unduh dari SIGA')}." for name in gone]
    return paragraph(f"{wording.of(len(gone), len(TITLES), 'tabel')} belum ada untuk {ctx.period.label}:") + items(said)


def absent_months(ctx: Context) -> Markup:
    """Name the months that a monthly table lacks between its first month and the period."""
    said = []
    for name in MONTHLY:
        rows = everything(ctx).keys(name)
        months = set(rows["period"].unique()) if len(rows) else set()
        if not months:
            continue
        gone = [m for m in between(min(months), ctx.period.month) if m not in months]
        if gone:
            said.append(f"{TITLES[name]}: {wording.join(wording.month(m) for m in gone)}.")
    if not said:
        return paragraph("Tabel bulanan tidak berlubang: tiap bulan sejak yang pertama sampai periode ini ada.")
    return paragraph("Bulan yang tidak ada:") + items(said)


def between(first: str, last: str) -> list[str]:
    """Give the months from one to another, both counted."""
    return [Period(first).shift(step).text for step in range(wording.months_between(first, last) + 1)]


def without_village(ctx: Context) -> Markup:
    """List rows that were kept apart because no village of the reference list is theirs."""
    rows = unmatched(ctx)
    if rows.empty:
        return paragraph("Tidak ada baris tanpa desa/kelurahan: semua dapat dicocokkan.")
    shown = rows.head(MOST_ROWS)
    columns = [Column("Berkas"), Column("Baris", True), Column("Wilayah seperti tertulis"), Column("Sebab")]
    listed = [
        [
            r.source_file,
            wording.number(r.source_row),
            ", ".join(filter(None, (r.kelurahan, r.kecamatan, r.kabupaten))),
            r.reason,
        ]
        for r in shown.fillna("").itertuples()
    ]
    more = len(rows) - len(shown)
    return join(
        [
            table(
                f"{wording.number(len(rows))} baris tanpa desa/kelurahan, disimpan dalam unmatched.parquet",
                columns,
                listed,
            ),
            paragraph(f"… dan {wording.number(more)} baris lain.", "note") if more else "",
        ]
    )
