"""What the checks found, as a workbook: one row a finding, the gravest first."""

import pandas as pd

from .cells import Book, print_on_a4, put

LIMIT = 20_000  # rows; the CSV beside it has all
COLUMNS = {  # column of the findings -> header, width
    "code": ("Aturan", 9),
    "severity": ("Tingkat", 13),
    "file": ("Berkas", 34),
    "sheet": ("Lembar", 12),
    "row": ("Baris", 8),
    "column": ("Kolom", 26),
    "area_code": ("Kode wilayah", 15),
    "area": ("Wilayah", 34),
    "found": ("Ditemukan", 60),
    "expected": ("Seharusnya", 28),
    "action": ("Tindakan", 50),
}


def findings_book(rows: pd.DataFrame, left: str, centre: str = "") -> bytes:
    """Make the workbook of findings: the columns of `COLUMNS`, all text, in the order given.

    left: what the pages are about, for their head. centre: the mark of synthetic data.
    """
    rows = rows.head(LIMIT)
    book = Book(f"Temuan pemeriksaan {left}")
    sheet = book.sheet("Temuan")
    for position, (name, (header, width)) in enumerate(COLUMNS.items()):
        sheet.set_column(position, position, width)
        put(sheet, 0, position, header, book.style("header"))
        numbers = name == "row"
        values = pd.to_numeric(rows[name], errors="coerce").astype("Int64") if numbers else rows[name]
        for line, value in enumerate(values, start=1):
            put(sheet, line, position, value, book.style("number" if numbers else "text"))
    print_on_a4(sheet, len(COLUMNS), len(rows), 0, left, centre)
    return book.bytes()
