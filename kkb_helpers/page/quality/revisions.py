"""What was revised: numbers that a later file changed."""

import pandas as pd

from ... import wording
from ...indicators import TITLES
from ..context import Context
from ..elements import Block, Cell, Column, join, paragraph, table
from ..figures import ABSENT
from ..sections import section
from .folder import MOST_ROWS

REVISIONS = "revisions.csv"


@section("mutu_revisi")
def revisions(ctx: Context) -> Block:
    """Numbers that a later file changed: old, new, difference, both files."""
    path = ctx.p.tables / REVISIONS
    rows = pd.read_csv(path, dtype=str, keep_default_na=False) if path.is_file() else pd.DataFrame()
    if rows.empty:
        return Block(
            paragraph("Tidak ada angka yang direvisi: tidak ada berkas yang mengubah nilai yang sudah diterima.")
        )
    gap = pd.to_numeric(rows["difference"], errors="coerce")
    rows = rows.loc[gap.abs().sort_values(ascending=False, kind="stable", na_position="last").index]
    heads = {column: head for column, head in REVISION_HEADS.items() if column in rows and rows[column].ne("").any()}
    shown = rows.head(MOST_ROWS)[list(heads)]
    numeric = {"old", "new", "difference"}
    columns = [Column(head, c in numeric) for c, head in heads.items()]
    listed = [[revised(c, v) for c, v in zip(heads, row, strict=True)] for row in shown.itertuples(index=False)]
    more = len(rows) - len(shown)
    return Block(
        join(
            [
                paragraph(
                    f"{wording.number(len(rows))} angka berbeda dari yang diterima sebelumnya; yang terbesar lebih "
                    "dahulu."
                ),
                table("Angka yang direvisi", columns, listed),
                paragraph(f"… dan {wording.number(more)} angka lain dalam revisions.csv.", "note") if more else "",
            ]
        )
    )


# The columns of revisions.csv that a page shows; rows and fingerprints stay in the file.
REVISION_HEADS = {
    "table": "Tabel",
    "area_code": "Kode wilayah",
    "time": "Waktu",
    "kind": "Jenis",
    "kampung_kb": "Kampung KB",
    "column": "Kolom",
    "old": "Nilai lama",
    "new": "Nilai baru",
    "difference": "Selisih",
    "file_old": "Berkas lama",
    "file_new": "Berkas baru",
}


def revised(column: str, value: str) -> str | Cell:
    """Write a cell of the table of revisions."""
    if column in ("old", "new", "difference"):
        number = pd.to_numeric(value, errors="coerce")
        if pd.isna(number):
            return value or ABSENT
        decimals = 0 if float(number).is_integer() else 2
        return wording.signed(number, decimals) if column == "difference" else wording.number(number, decimals)
    return TITLES.get(value, value) if column == "table" else value
