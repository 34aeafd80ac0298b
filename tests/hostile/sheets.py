"""A.2: where a table stands, and its labels."""

from collections.abc import Callable
from pathlib import Path

from . import build as b
from .cases import (
    CATATAN,
    PERINGATAN,
    TOLAK,
    Case,
    Find,
    as_csv,
    as_workbook,
    beside,
    couples,
    noted,
    personal,
    refused,
)


def _sheets(*tables: tuple[str, tuple, bool]) -> Callable[[Path], Path]:
    """A workbook of several sheets: name, rows, hidden."""

    def write(book, first):
        for at, (name, rows, hidden) in enumerate(tables[1:]):
            sheet = book.add_worksheet(name)
            for position, row in enumerate(rows):
                sheet.write_row(position, 0, row)
            if hidden:
                (sheet.very_hidden if at % 2 else sheet.hide)()

    return as_workbook(*tables[0][1], name=tables[0][0], write=write)


def _header(**names: str) -> tuple:
    return tuple(names.get(label.replace(" ", "_"), label) for label in b.PUS)


GUIDE = (("Petunjuk",), ("Isi lembar Data.",))
METHODS = (
    "PA",
    "SUNTIK",
    "PIL",
    "KONDOM",
    "IMPLAN",
    "IUD",
    "VASEKTOMI",
    "TUBEKTOMI",
    "MAL",
    "KB MODERN",
    "KB TRADISIONAL",
)
GROUPED = (
    ("PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN", "PESERTA KB", *[""] * 10, "BULAN"),
    ("", "", "", "", *METHODS, ""),
    (*b.FIRST, 10, 5, 2, 0, 1, 1, 0, 1, 0, 10, 0, "2025-01"),
)

SHEETS = (
    Case(
        "39a",
        "data on the third sheet",
        _sheets(("Petunjuk", GUIDE, False), ("Kosong", (), False), ("Data", b.pus(), False)),
        pus=10,
    ),
    refused(
        "39b",
        "two sheets that match",
        _sheets(("Data", b.pus(), False), ("Data 2", b.pus(11), False)),
        "H201",
        said="lebih dari satu",
    ),
    Case(
        "40a",
        "data on a hidden sheet alone",
        _sheets(("Petunjuk", GUIDE, False), ("Data", b.pus(), True)),
        3,
        (Find("H201", TOLAK), Find("H201", CATATAN, said="lembar tersembunyi")),
    ),
    noted(
        "40b",
        "a hidden sheet beside the data",
        _sheets(("Data", b.pus(), False), ("Lama", b.pus(9), True)),
        "H201",
        said="lembar tersembunyi",
    ),
    personal(
        "40c",
        "a NIK on a very hidden sheet",
        _sheets(("Data", b.pus(), False), ("x", ((1,),), True), ("Lama", (("catatan",), (b.NIK,)), True)),
        b.NIK,
        said="NIK/KK",
    ),
    Case("41", "a header of two lines with merged cells", as_workbook(*GROUPED)),
    noted(
        "42",
        "title rows and blank rows above the header",
        as_workbook(("REKAPITULASI",), (), *b.pus(-5)),
        "C221",
        PERINGATAN,
        row="4",
        column="PUS",
        pus=None,
    ),
    refused(
        "43",
        "PUS twice",
        as_csv(*[(*row[:5], row[4], *row[5:]) for row in b.pus()]),
        "H203",
        row="1",
        column="PUS",
        said="E, F",
    ),
    noted(
        "44",
        "a column without a label",
        as_csv(*[(*row[:5], "" if at == 0 else 1, *row[5:]) for at, row in enumerate(b.pus())]),
        "H204",
        row="1",
        said="(F)",
    ),
    *(
        Case(f"45{n}", f"a label with {what}", couples(10, header=_header(PUS=label)), pus=10)
        for n, what, label in (
            ("a", "a no-break space", "JML\u00a0PUS"),
            ("b", "a zero-width space", "PU\u200bS"),
            ("c", "a blank behind", "Jml PUS "),
            ("d", "two blanks", "JML  PUS"),
        )
    ),
    refused(
        "46", "a Cyrillic letter in PUS", couples(10, header=_header(PUS="\u0420US")), "H202", row="1", said="U+0420"
    ),
    refused(
        "47a",
        "labels in English",
        as_csv(("PROVINCE", "DISTRICT", "SUBDISTRICT", "VILLAGE", "COUPLES", "UNMET", "MONTH"), *b.pus()[1:]),
        "H201",
    ),
    Case(
        "47b",
        "older words",
        couples(10, header=_header(KABUPATEN="KAB. / KOTA", KELURAHAN="NAMA DESA", PUS="JUMLAH PUS", BULAN="PERIODE")),
        pus=10,
    ),
    refused(
        "47c",
        "a label written wrongly",
        couples(10, header=_header(UNMET_NEED="UNMED NEED")),
        "H202",
        row="1",
        said="UNMED NEED",
    ),
    noted(
        "48",
        "a row of column numbers",
        as_csv(b.PUS, tuple(f"({i})" for i in range(1, 8)), *b.pus()[1:]),
        "H205",
        row="2",
    ),
    noted("49", "a script in a label", beside("<script>alert(1)</script>", 1), "H204", row="1", said="<script>"),
    noted(
        "50", "a formula in a label", beside('=HYPERLINK("http://x.invalid")', 1), "H204", row="1", said="=HYPERLINK"
    ),
    refused(
        "51",
        "16,384 columns",
        lambda f: b.put(f, "a.csv", b.text(*[(*row, *["x"] * 16_377) for row in b.pus()])),
        "F101",
        said="kolom",
    ),
    refused("52a", "a unit in the label", couples(10, header=_header(PUS="PUS (dalam ribuan)")), "H202", row="1"),
    refused("52b", "a unit in the title", as_csv(("Jumlah PUS (dalam ribuan)",), *b.pus()), "H206", row="1"),
    noted(
        "53a",
        "rows hidden by a filter",
        as_workbook(*b.pus(), write=lambda book, sheet: sheet.set_row(2, None, None, {"hidden": True})),
        "F107",
        said="baris tersembunyi",
    ),
    noted(
        "53b",
        "hidden columns",
        as_workbook(*b.pus(), write=lambda book, sheet: sheet.set_column(5, 5, None, None, {"hidden": True})),
        "F107",
        said="kolom tersembunyi",
    ),
    noted(
        "54",
        "footnotes and a signature below",
        couples(10, ("Sumber: SIGA",), ("", "", "", "", "Mengetahui", b.PERSON)),
        "R214",
        row="4",
    ),
)
