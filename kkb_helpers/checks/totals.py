"""Totals and percentages that an export prints, against those that its own counts give."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from .. import cells, sources
from ..wording import number
from .registry import CORRECT_AT_SOURCE, Found, Saw, check
from .shelf import Shelf, contradiction, marked

TOLERANCE = 0.05  # percentage points


@dataclass(frozen=True)
class Totals:
    """The rows of totals of one file. columns: name -> (label, values); said: (row, rows above it, name -> value)."""

    columns: dict[str, tuple[str, pd.Series]]
    said: list[tuple[int, int, dict[str, object]]]


@dataclass
class PageTable:
    """The columns of a page of areas by position: counts, the Total of each as said, and all cells as written.

    numbers: the row of Excel of each area. total_row: that of the Total.
    """

    header: sources.PageHeader
    numbers: list[int]
    counts: dict[int, pd.Series]
    said: dict[int, object]
    written: dict[int, list]
    total_row: int | None

    @property
    def names(self) -> dict[int, str]:
        """The name of each column of counts."""
        return self.header.counts

    @property
    def contradicted(self) -> list[int]:
        """The columns that their Total contradicts: damaged by the page, and not used."""
        return [
            at
            for at, column in self.counts.items()
            if pd.notna(self.said[at]) and column.notna().any() and column.sum() != self.said[at]
        ]


@check("X306", "PERINGATAN", "totals", "pengirim berkas", "Jumlah {a} ≠ baris jumlah {b}.")
def totals_agree(totals: Totals) -> Iterator[Found]:
    """A row of totals is the sum of the rows above it, or of those since the row of totals before it."""
    yield Saw(len(totals.said))
    last = 0
    for row, above, values in totals.said:
        for name, said in values.items():
            label, column = totals.columns[name]
            whole, block = column.iloc[:above].sum(), column.iloc[last:above].sum()
            if pd.notna(said) and said not in (whole, block):
                yield Found(
                    f"jumlah baris di atasnya {number(int(block if last else whole))}, baris jumlah menulis "
                    f"{number(int(said))} (selisih {number(abs(int(said - (block if last else whole))))})",
                    "jumlah yang sama",
                    "Unduh ulang; mungkin ada baris yang hilang atau berganda.",
                    row=row,
                    column=label,
                )
        last = above


@check("X306", "PERINGATAN", "page", "pengirim berkas", "Jumlah baris {a} ≠ Total {b}.")
def page_totals(page: PageTable) -> Iterator[Found]:
    """The counts of a page sum to its Total; a column that does not is damaged and not used."""
    yield Saw(len(page.numbers) if page.total_row is not None else 0)
    for at in page.contradicted:
        said, found = page.said[at], page.counts[at].sum()
        yield Found(
            f"jumlah baris {number(int(found))}, Total menulis {number(int(said))} "
            f"(selisih {number(abs(int(said - found)))}); kolom tidak dipakai",
            "jumlah yang sama; angka ribuan rusak bila tombol Cari ditekan berulang",
            "Muat ulang halaman portal, tekan Cari satu kali, lalu unduh lagi.",
            row=page.total_row,
            column=page.header.titles[at],
            alone=False,
        )


@check("X304", "PERINGATAN", "page", "pengirim berkas", "Tertulis {a} persen; dari hitungan {b}.")
def page_percentages(page: PageTable) -> Iterator[Found]:
    """A printed percentage is that of the counts beside it; it is never used. Decimals may be lost in a redraw."""
    if page.header.whole is None:
        return
    yield Saw(len(page.numbers))
    whole = page.counts[page.header.whole]
    for at, of in page.header.percents.items():
        printed = cells.read_column(page.written[at], "percent").column
        ours = (100 * page.counts[of] / whole.mask(whole == 0)).astype("Float64")
        whole_numbers = bool((printed.dropna() % 1 == 0).all())
        off = ((printed - ours).abs() > (1 if whole_numbers else TOLERANCE)).fillna(False)
        for row, one, other in zip(pd.Series(page.numbers)[off], printed[off], ours[off], strict=True):
            yield _rate(one, other, row=int(row), column=page.header.titles[at])


@check("X304", "PERINGATAN", "tables", "petugas pelaporan", "Tertulis {a} persen; dari hitungan {b}.")
def percentages(shelf: Shelf) -> Iterator[Found]:
    """The share of groups that reported, as exported, is that of the two counts beside it."""
    rows = shelf.frames.get("siga_groups", pd.DataFrame())
    if not len(rows) or rows["persentase_lapor"].isna().all():
        return
    ours = 100 * rows["yang_lapor"] / rows["yang_ada"].mask(rows["yang_ada"] == 0)
    yield Saw(int((rows["persentase_lapor"].notna() & ours.notna()).sum()))
    off = ((rows["persentase_lapor"] - ours).abs() > TOLERANCE).fillna(False)
    for r, one, other in zip(marked(rows, off), rows["persentase_lapor"][off], ours[off], strict=True):
        said = _rate(one, other)
        yield contradiction(r, f"{r.kind.upper()}: {said.found}", said.expected, "PERSENTASE LAPOR")


def _rate(printed: float, ours: float, **where) -> Found:
    return Found(
        f"tertulis {number(printed, 2)} persen, dari hitungan {number(ours, 2)} persen; persentase tidak dipakai",
        f"{number(ours, 2)} persen",
        CORRECT_AT_SOURCE,
        **where,
    )


@check("R216", "TOLAK", "page", "pengirim berkas", "Halaman berisi Kampung KB, bukan wilayah.")
def rows_are_areas(page: PageTable) -> Iterator[Found]:
    """A page filtered down to one village lists Kampung KB by free name: it is not read."""
    yield Saw(len(page.numbers))
    if page.header.level == "kampung_kb":
        yield Found(
            "baris halaman ini adalah Kampung KB, bukan wilayah",
            "halaman yang disaring sampai kecamatan",
            "Pilih wilayah yang lebih luas di portal, atau pakai ekspor Rekapitulasi.",
        )


@check("X306", "PERINGATAN", "tables", "pengirim berkas", "Jumlah kecamatan {a} ≠ kabupaten {b}.")
def levels_agree(shelf: Shelf) -> Iterator[Found]:
    """On the portal's pages of one day, the areas inside an area sum to it."""
    rows = shelf.frames.get("portal_statistics", pd.DataFrame())
    if not len(rows):
        return
    rows = rows.assign(parent=rows["area_code"].str.rpartition(".")[0])
    inside = rows[rows["parent"] != ""].groupby(["parent", "as_of", "page", "column"])["value"]
    sums = inside.agg(lambda v: v.sum(skipna=False)).rename("inside").reset_index()
    both = rows.drop(columns="parent").merge(
        sums, left_on=["area_code", "as_of", "page", "column"], right_on=["parent", "as_of", "page", "column"]
    )
    yield Saw(len(both))
    off = both[(both["value"] != both["inside"]).fillna(False)]
    for r in off.itertuples():
        yield Found(
            f"{r.page}, {r.column}: jumlah wilayah di dalamnya {number(int(r.inside))}, wilayah itu sendiri "
            f"{number(int(r.value))} (selisih {number(abs(int(r.value - r.inside)))})",
            "jumlah yang sama",
            "Unduh ulang kedua halaman pada hari yang sama.",
            row=int(r.source_row),
            column=r.column,
            file=r.source_file,
            area_code=r.area_code,
        )
