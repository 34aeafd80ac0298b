"""A.3: what a cell may hold."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from . import build as b
from .cases import (
    ANY,
    CATATAN,
    GAGAL,
    PERINGATAN,
    Case,
    Find,
    as_bytes,
    as_csv,
    as_workbook,
    beside,
    couples,
    in_count,
    noted,
    personal,
    refused,
)
from .sheets import METHODS

PERSENTASE = (
    "PROVINSI",
    "KABUPATEN",
    "KECAMATAN",
    "KELURAHAN",
    "YANG ADA",
    "YANG LAPOR",
    "PERSENTASE LAPOR",
    "MATERI 1000 HPK",
    "BULAN",
)
KKB = ("PROVINSI", "KABUPATEN", "KECAMATAN", "KODE", "KELURAHAN", "JUMLAH KAMPUNG KB")


def _groups(*shares: object, book: bool = False) -> Callable[[Path], Path]:
    villages = (b.FIRST, b.SECOND)
    rows = [(*village, 2, 1, share, 1, "2025-01") for village, share in zip(villages, shares, strict=True)]
    return (as_workbook if book else as_csv)(PERSENTASE, *rows)


def _coded(code: object, village: str = "SUMBERJAYA") -> Callable[[Path], Path]:
    rows = (KKB, ("BANTEN", "PANDEGLANG", "SUMUR", code, village, 1))
    return as_csv(*rows) if isinstance(code, str) else as_workbook(*rows)


def _method_rows(*changes: tuple[str, int], couples: int = 10, unmet: int = 0) -> Callable[[Path], list[Path]]:
    """A file of couples and one of methods, of one village and month."""
    values = dict(zip(METHODS, (10, 5, 2, 0, 1, 1, 0, 1, 0, 10, 0), strict=True)) | dict(changes)
    couple = b.text(b.PUS, (*b.FIRST, couples, unmet, b.MONTH))
    method = b.text((*b.PUS[:4], *METHODS, "BULAN"), (*b.FIRST, *values.values(), b.MONTH))
    return lambda folder: [b.put(folder, "a.csv", couple), b.put(folder, "b.csv", method)]


WIDE = "".join(chr(0xFF10 + int(digit)) for digit in b.NIK)
NASTY = ("=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\t=1", " =1", "\u00a0=1", "aman\n=1")
CELLS = (
    in_count("55", "1.552", "", pus=1552),
    in_count("56", 1.552, "C221", said="bukan bilangan bulat"),
    in_count("57", "1,552", "C222", said="ribuan atau desimal"),
    *(in_count(f"58{n}", cell, "", pus=1552) for n, cell in (("a", "1 552"), ("b", "1\u00a0552"), ("c", "1'552"))),
    noted(
        "59",
        "54,72 and 54.72 in one column",
        _groups("54,72", "54.72"),
        "C222",
        GAGAL,
        row="2",
        column="PERSENTASE LAPOR",
        said="baris 3",
        pus=ANY,
    ),
    noted(
        "60",
        "a percentage written 0-1",
        _groups(0.5472, 0.9, book=True),
        "C223",
        GAGAL,
        row="2",
        column="PERSENTASE LAPOR",
        pus=ANY,
    ),
    Case("61", "54,72 % and 54,72 persen", _groups("54,72 %", "54,72 persen")),
    in_count("62", "-5", "C221", said="negatif"),
    *(
        in_count(f"63{n}", cell, "C221")
        for n, cell in (("a", "1e400x"), ("b", "inf"), ("c", "-Infinity"), ("d", "nan"))
    ),
    in_count("63e", "1e400", "C226"),
    in_count("64a", "9007199254740993", "C221", said="jangkauan"),
    in_count("64b", 9007199254740992, "C221", said="jangkauan"),
    *(in_count(f"65{n}", cell, "C224", said=cell) for n, cell in (("a", "#DIV/0!"), ("b", "#REF!"), ("c", "#N/A"))),
    Case(
        "65d",
        "an error cell of Excel",
        as_workbook(*b.pus(), write=lambda book, sheet: sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")),
        0,
        (Find("C224", PERINGATAN, "2", "PUS", "#DIV/0!"),),
        None,
    ),
    Case(
        "66",
        "a formula without a result",
        as_workbook(*b.pus(), write=lambda book, sheet: sheet.write_formula(1, 4, "=5+5", None, "")),
        0,
        (Find("C225", PERINGATAN, "2", "PUS"),),
        None,
    ),
    noted(
        "67",
        "a formula with a result",
        as_workbook(*b.pus(), write=lambda book, sheet: sheet.write_formula(1, 4, "=5+5", None, 10)),
        "F107",
        said="rumus",
    ),
    *(
        in_count(f"68{n}", cell, "C224", said=cell)
        for n, cell in (("a", "-"), ("b", "—"), ("c", "…"), ("d", "0*"), ("e", "n/a"), ("f", "belum lapor"))
    ),
    in_count("68g", "entah", "C221", said="bukan angka"),
    in_count("69a", "１２３", "C222", CATATAN, pus=123),
    in_count("69b", "١٢٣", "C222", CATATAN, pus=123),
    in_count("70a", "1O", "C221", said="bukan angka"),
    in_count("70b", "l2", "C221", said="bukan angka"),
    Case(
        "71",
        "a date in a count",
        as_workbook(
            *b.pus(),
            write=lambda book, sheet: sheet.write_datetime(
                1, 4, dt.datetime(2025, 2, 1), book.add_format({"num_format": "d-mmm"})
            ),
        ),
        0,
        (Find("C221", PERINGATAN, "2", "PUS", "tanggal"),),
        None,
    ),
    in_count("72", True, "C221", said="logika"),
    in_count("73", "'1552", "", pus=1552),
    noted(
        "74a",
        "the code 72.1 as a number",
        _coded(72.1),
        "R212",
        PERINGATAN,
        row="2",
        column="KODE",
        said="kode terbaca sebagai angka",
        pus=ANY,
    ),
    noted("74b", "the code 1101.0 as a number", _coded(1101.0), "R212", PERINGATAN, row="2", column="KODE", pus=ANY),
    Case("74c", "the code with a blank behind", _coded("36.01.01.2001 ", "SUMBERJAYA")),
    noted("74d", "the code ID1101", _coded("ID1101"), "R212", PERINGATAN, row="2", column="KODE", pus=ANY),
    noted(
        "75",
        "the code of BPS",
        _coded("3601010001"),
        "R212",
        PERINGATAN,
        row="2",
        column="KODE",
        said="tidak dikenal",
        pus=ANY,
    ),
    *(
        Case(f"76{n}", f"a village called {name}", couples(10, name=name))
        for n, name in (("a", "NA"), ("b", "None"), ("c", "null"))
    ),
    noted(
        "77", "a name that is not the code's", _coded("36.01.01.2001", "SUKAMAJU"), "R212", CATATAN, row="2", pus=ANY
    ),
    Case(
        "78",
        "an image with a script for a name",
        couples(10, name="<img src=x onerror=alert(1)>"),
        held_by=("test_render.py::TestSafety::test_text_is_escaped",),
    ),
    *(
        Case(f"79{n}", f"{name!r} for a name", as_bytes("a.csv", b.text(*b.pus(10, name='"' + name + '"'))))
        for n, name in zip("abcdefgh", NASTY, strict=True)
    ),
    Case("80", "a piece of a query for a name", couples(10, name="' or x > 0 or kab == '")),
    *(
        Case(f"81{n}", f"{name!r} for a name", couples(10, name=name))
        for n, name in (("a", "{pm[run_uuid]}"), ("b", "%s"), ("c", "${x}"), ("d", "{{7*7}}"), ("e", "{% raw %}"))
    ),
    *(
        Case(f"82{n}", f"{what} in a name", couples(10, name=name))
        for n, what, name in (
            ("a", "a turned direction", "SUMBER\u202eJAYA"),
            ("b", "100 marks above a letter", "SUMBE" + "\u0301" * 100 + "RJAYA"),
        )
    ),
    refused("82c", "a NUL in a name", couples(10, name="SUMBER\0JAYA"), "F101"),
    refused(
        "82d",
        "half a letter of UTF-16",
        as_bytes("a.csv", b"\xff\xfe" + b.text(*b.pus()).decode().encode("utf-16-le") + b"\x00\xd8\n\x00"),
        "F104",
    ),
    Case("83", "a cell of 40,000 signs", couples("x" * 40_000), 0, (Find("C221", PERINGATAN, "2", "PUS"),), None),
    *(
        Case(
            f"84{n}",
            f"{name!r} for a name",
            couples(10, name=name),
            held_by=("test_render.py::TestSafety::test_markdown_is_words_alone",),
        )
        for n, name in (("a", "# x"), ("b", "$x$"), ("c", "[a](javascript:alert(1))"), ("d", "\\|"))
    ),
    noted(
        "85a",
        "more users than couples",
        _method_rows(("PA", 12), ("SUNTIK", 7), ("KB MODERN", 12)),
        "X301",
        PERINGATAN,
        row="2",
        column="PA",
    ),
    noted(
        "85b",
        "methods that do not sum up",
        _method_rows(("SUNTIK", 6)),
        "X302",
        PERINGATAN,
        row="2",
        column="KB MODERN",
    ),
    noted("85c", "users and unmet need above all couples", _method_rows(unmet=5), "X301", PERINGATAN, row="2"),
    noted("86a", "no couples, but users", _method_rows(couples=0), "X301", PERINGATAN, row="2", pus=0),
    noted(
        "86b",
        "a row of zeros",
        as_csv(b.PUS, (*b.FIRST, 0, 0, b.MONTH), (*b.SECOND, 20, 2, b.MONTH)),
        "K403",
        PERINGATAN,
        row="2",
        pus=0,
    ),
    noted("87a", "the same row twice", couples(10, (*b.FIRST, 10, 1, b.MONTH)), "R211", CATATAN, row="4"),
    noted("87b", "the same key with another value", couples(10, (*b.FIRST, 11, 1, b.MONTH)), "R211", GAGAL, row="4"),
    noted(
        "88",
        "a total in the middle",
        as_csv(*b.pus()[:2], ("BANTEN", "PANDEGLANG", "SUMUR", "JUMLAH", 30, 3, b.MONTH), b.pus()[2]),
        "R213",
        row="3",
    ),
    *(
        personal(f"89{n}", f"a NIK as {what}", make, secret, row="2", column="H", said="NIK/KK")
        for n, what, make, secret in (
            ("a", "text", beside("CATATAN", b.NIK), b.NIK),
            ("b", "a number", beside("CATATAN", int(b.NIK), book=True), b.NIK[:12]),
            ("c", "3,27306E+15", beside("CATATAN", "3,27306E+15"), "27306E"),
            ("d", "a float", beside("CATATAN", b.NIK + ".0"), b.NIK),
            ("e", "a float of Papua", beside("CATATAN", float(b.NIK_OF_PAPUA), book=True), b.NIK_OF_PAPUA[:12]),
            ("f", "groups", beside("CATATAN", f"{b.NIK[:6]} {b.NIK[6:12]} {b.NIK[12:]}"), b.NIK[6:12]),
            ("g", "dotted groups", beside("CATATAN", f"{b.NIK[:6]}.{b.NIK[6:12]}.{b.NIK[12:]}"), b.NIK[6:12]),
            ("h", "text with an apostrophe", beside("CATATAN", "'" + b.NIK), b.NIK),
            ("i", "full-width digits", beside("CATATAN", WIDE), WIDE),
            ("j", "part of a sentence", beside("CATATAN", f"ibu (NIK {b.NIK}), hamil"), b.NIK),
        )
    ),
    personal("89k", "a NIK in the column of PUS", couples(b.NIK), b.NIK, row="2", column="E", said="NIK/KK"),
    *(
        personal(f"90{n}", f"a column {label}", beside(label, value), value, row=row, column="H", said=said)
        for n, label, value, row, said in (
            ("a", "CATATAN", b.MOBILE, "2", "telepon"),
            ("b", "CATATAN", b.EMAIL, "2", "surel"),
            ("c", "ALAMAT", "Jalan Mawar", "1", "alamat"),
            ("d", "NAMA ISTRI", b.PERSON, "1", "nama orang"),
            ("e", "LINTANG RUMAH", "-6.987654", "1", "koordinat"),
            ("f", "TGL LAHIR", "17/08/1991", "1", "tanggal lahir"),
        )
    ),
    personal(
        "90g",
        "coordinates of homes, several a village",
        as_csv(
            ("DESA", "KECAMATAN", "LATITUDE", "LONGITUDE"),
            *[("Sumberjaya", "Sumur", f"-6.98765{i}", f"105.12345{i}") for i in range(5)],
        ),
        "-6.987651",
        row="1",
        column="C",
        said="koordinat",
    ),
    personal(
        "91a",
        "a NIK in a comment",
        as_workbook(*b.pus(), write=lambda book, sheet: sheet.write_comment("A2", b.NIK)),
        b.NIK,
        said="komentar",
    ),
    personal(
        "91b",
        "a NIK in the properties",
        as_workbook(*b.pus(), write=lambda book, sheet: book.set_properties({"keywords": b.NIK})),
        b.NIK,
        said="properti",
    ),
    personal("91c", "a NIK for a sheet's name", as_workbook(*b.pus(), name=b.NIK), b.NIK, said="nama lembar"),
    personal("91d", "a NIK in the file's name", as_csv(*b.pus(), name=f"data {b.NIK}.csv"), b.NIK, said="nama berkas"),
    personal(
        "91e",
        "a NIK in a defined name",
        as_workbook(*b.pus(), write=lambda book, sheet: book.define_name("x", f'="{b.NIK}"')),
        b.NIK,
        said="nama terdefinisi",
    ),
    personal(
        "91f", "a person in the file's name", as_csv(*b.pus(), name="KTP_Sutarmi.csv"), "Sutarmi", said="nama berkas"
    ),
    Case(
        "92",
        "a count of three persons",
        held_by=(
            "test_disclosure.py::TestPages::test_a_kecamatan_by_method_cell_of_three_cannot_be_worked_out",
            "test_disclosure.py::TestPages::test_a_chart_of_hidden_numbers_is_the_same_whatever_they_are",
        ),
    ),
)
