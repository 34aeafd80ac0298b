"""Persons' data are found in every form and place, and no value is repeated.

No number here is a person's: the kabupaten and kecamatan of a NIK are 00, which are none. Numbers are put together from
pieces, so that the scan of this repository (at the end) finds none in this file either.
"""

import dataclasses
import gzip
import io
import re
import subprocess
import sys
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from kkb_helpers import cli, files, ingest, privacy, sources, workbook
from kkb_helpers.errors import PrivacyError
from kkb_helpers.privacy import content, headers, parts
from kkb_helpers.store import Tables

HEAD = "32" + "0000"
WOMAN, MAN, PAPUA = HEAD + "410190" + "0001", HEAD + "010190" + "0012", "9100" + "00" + "010190" + "0001"
MOBILE = "08" + "1200000000"
PUS = ["PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN", "PUS", "UNMET NEED", "BULAN"]
ROW = ["BANTEN", "PANDEGLANG", "SUMUR", "SUMBERJAYA", 10, 1, "2025-01"]


def grouped(number: str, *sizes: int, mark: str = ".") -> str:
    """Part a number into groups."""
    pieces, start = [], 0
    for size in sizes:
        pieces.append(number[start : start + size])
        start += size
    return mark.join(pieces)


def kinds(cell: object) -> frozenset[str]:
    """What the scan of a sheet sees in a cell: most it passes over."""
    (looked_at,) = content.Texts([[cell]]).worth_a_look()
    return content.kinds(cell) if looked_at else frozenset()


class TestContent:
    @pytest.mark.parametrize(
        "cell",
        [
            WOMAN,
            MAN,
            int(MAN),
            float(MAN),
            int(WOMAN[:-4] + "0000"),  # Excel keeps 15 digits
            WOMAN[:-4] + "0000",
            float(PAPUA),  # beyond 2**53
            PAPUA + ".0",
            WOMAN + ".0",
            "3,27306E+15",
            "3.27306E+15",
            "'" + WOMAN,
            grouped(WOMAN, 4, 4, 4, 4, mark=" "),
            grouped(WOMAN, 2, 2, 2, 6, 4),
            grouped(WOMAN, 6, 6, 4, mark="-"),
            grouped(WOMAN, 4, 4, 4, 4, mark="\u00a0"),
            grouped(WOMAN, 4, 4, 4, 4, mark="\u200b"),
            "".join(chr(0xFF10 + int(digit)) for digit in WOMAN),
            "".join(chr(0x0660 + int(digit)) for digit in WOMAN),
            f"Ibu hamil (NIK {WOMAN}), kunjungan ke-2",
            f"{WOMAN} {MAN}",
            f"KK:{grouped(MAN, 4, 4, 4, 4, mark=' ')}/{MOBILE}",
        ],
        ids=repr,
    )
    def test_a_nik_is_found_in_every_form(self, cell):
        assert content.NIK in kinds(cell)

    @pytest.mark.parametrize(
        "cell",
        [
            "36",
            "36.01",
            "36.01.01",
            "36.01.01.2001",
            "3601012001",
            "33.11.12.2003",
            "33.11.12.2003 33.11.12.2004",
            "36101410101",
            3601012001,
            "1234567890123456",  # month 90
            "3200009901900001",  # day 99
            3200009901900001,
            "7250000000000000",
            7250000000000000,
            WOMAN + "789",
            "9" + WOMAN,
            WOMAN[:-1],
            "11.11111111111111",  # a percentage written by a program
            "91.66666666666667",
            91.66666666666667,
            "classification-table_20240601080000.xlsx",
            "12-01-2023 - 12-02-2023",
            "12.01.2023-12.02.2023",
            "-2.122.958 119.365.442",
            "628.123.456.789",
            628123456789,
            "812345678",
            812345678,
            "08-12-2023 10:30",
            "2025-01-08 08:00:00",
            "1.552",
            "@SUM(1)",
            "PKK@desa",
            True,
            None,
            float("nan"),
            float("inf"),
        ],
        ids=repr,
    )
    def test_codes_totals_amounts_and_dates_are_none(self, cell):
        assert not kinds(cell)

    @pytest.mark.parametrize(
        "cell",
        [
            MOBILE,
            grouped(MOBILE, 4, 4, 4, mark="-"),
            grouped(MOBILE, 4, 4, 4, mark=" "),
            grouped(MOBILE, 4, 4, 4),
            "+62" + MOBILE[1:],
            "+62 " + grouped(MOBILE[1:], 3, 4, 4, mark="-"),
            f"WA {MOBILE} (malam)",
            "62" + MOBILE[1:],
            "＋６２" + MOBILE[1:],
        ],
        ids=repr,
    )
    def test_a_telephone_number(self, cell):
        assert kinds(cell) == {content.PHONE}

    def test_an_address_of_mail(self):
        assert kinds("kirim ke a.b" + "@contoh.go.id ya") == {content.EMAIL}
        assert kinds("a@" + "\ufb03.\ufb00") == {content.EMAIL}  # five signs, of which two fold to five
        assert kinds("a.b\uff20contoh.id") == {content.EMAIL}


class TestHeaders:
    @pytest.mark.parametrize(
        ("label", "kind"),
        [
            *((label, headers.NAME) for label in ("Nama", "nama_krt", "NAMA SUAMI", "Nama Istri", "Nama Akseptor")),
            *((label, headers.NAME) for label in ("Nama PKB/PLKB/Pendamping", "namaLengkap", "NAMA KEPALA DESA")),
            *(
                (label, headers.CONTACT)
                for label in ("No. HP", "no_hp", "noHP", "Kontak Pendamping", "Telepon", "No WA")
            ),
            *((label, headers.ADDRESS) for label in ("alamat", "ALAMAT RUMAH", "RT", "rw", "RT/RW", "No. RT")),
            *((label, headers.BIRTH) for label in ("Tgl Lahir", "tgllahir", "TEMPAT/TANGGAL LAHIR", "TTL")),
            *((label, content.NIK) for label in ("NIK", "No. KK", "nomor_kk", "No KTP", "Nomor Kartu Keluarga")),
            ("NIP PKB", headers.STAFF_NUMBER),
            ("Username", headers.ACCOUNT),
            ("E-mail", content.EMAIL),
            ("Lintang Rumah", headers.HOME),
        ],
    )
    def test_a_label_of_personal_data(self, label, kind):
        assert headers.kind_of(label) == kind

    @pytest.mark.parametrize(
        "label",
        [
            *("Nama Kabupaten", "NAMA KECAMATAN", "nama_desa", "Nama Faskes", "Nama Kampung KB", "Nama organisasi"),
            *("Nama Kelompok Remaja", "Alamat Faskes", "MATERI 1000 HPK", "Jumlah NIK", "JUMLAH RT", "NIK valid"),
            *("PLKB Pendamping", "Anak Segera", "LATITUDE", "KEPEMILIKAN KARTU KELUARGA", "", "%"),
        ],
    )
    def test_a_label_of_none(self, label):
        assert not headers.kind_of(label)

    def test_no_label_of_a_known_export_or_form_is_personal(self):
        labels = [text for s in sources.REGISTRY.values() for c in s.columns for text in (c.header, *c.aliases)]
        labels += [label for form in workbook.HEADERS.values() for label in form]
        assert [label for label in labels if headers.kind_of(label)] == []

    def test_a_label_is_shown_only_in_known_words(self):
        assert headers.shown("Nama PKB/PLKB/Pendamping") == "NAMA PKB PLKB PENDAMPING"
        assert headers.shown("Nama Sutarmi") == ""


def sheet_file(*rows, name="a.xlsx", write=None) -> files.File:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Data")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    if write:
        write(book, sheet)
    book.close()
    return files.File(name, buffer.getvalue())


def csv_file(*rows, name="a.csv") -> files.File:
    return files.File(name, "\n".join(";".join(map(str, row)) for row in rows).encode())


def found(file: files.File) -> list[tuple]:
    return [(p.kind, p.where, p.sheet, p.column, p.count) for p in privacy.scan(file)]


def with_part(file: files.File, part: str, text: str) -> files.File:
    buffer = io.BytesIO(file.data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, text)
    return files.File(file.name, buffer.getvalue())


class TestScan:
    def test_a_clean_file_holds_nothing(self):
        assert found(sheet_file(PUS, ROW)) == found(csv_file(PUS, ROW)) == []

    def test_cells_are_counted_by_column_with_the_first_row(self):
        place, *more = privacy.scan(sheet_file([*PUS, "CATATAN"], ROW, [*ROW, WOMAN], [*ROW, int(MAN)], [*ROW, MAN]))
        assert (place.kind, place.column, place.count, place.row, place.sheet) == (content.NIK, "H", 3, 3, "Data")
        assert not more

    def test_columns_are_looked_through_in_parts(self, monkeypatch):
        rows = [[*PUS, "CATATAN"], ROW, [*ROW, WOMAN], [WOMAN, *ROW[1:]]]
        whole = privacy.scan(sheet_file(*rows))
        assert [place.column for place in whole] == ["A", "H"]
        lengths, texts = [], content.Texts
        monkeypatch.setattr(content, "Texts", lambda columns: lengths.append(len(columns)) or texts(columns))
        monkeypatch.setattr(privacy, "_TOGETHER", 40)
        assert privacy.scan(sheet_file(*rows)) == whole
        assert (len(lengths), sum(lengths)) == (3, 8)

    def test_a_number_in_the_place_of_a_label(self):
        assert found(csv_file([*PUS, WOMAN], [*ROW, 1])) == [(content.NIK, "judul kolom", "", "H", 1)]

    def test_a_column_by_its_label_with_how_many(self):
        places = privacy.scan(csv_file([*PUS, "Nama Akseptor"], [*ROW, "A B"], ROW, [*ROW, "C D"]))
        assert [(p.kind, p.column, p.count, p.label) for p in places] == [(headers.NAME, "H", 2, "NAMA AKSEPTOR")]

    def test_a_label_below_title_rows_and_in_a_header_of_two_lines(self):
        rows = [
            ["REKAPITULASI KAMPUNG KB"],
            [],
            ["No", "Desa", "PENDAMPING", "", "PUS"],
            ["", "", "Nama", "Kontak", ""],
            [1, "Sumur", "A B", "x", 5],
        ]
        assert [(kind, column) for kind, _, _, column, _ in found(sheet_file(*rows))] == [
            (headers.NAME, "C"),
            (headers.CONTACT, "D"),
        ]

    def test_nama_under_a_place_or_over_places_is_none(self):
        assert (
            found(sheet_file(["No", "KECAMATAN", "", "PUS"], ["", "Kode", "Nama", ""], [1, "36.01.01", "Sumur", 5]))
            == []
        )
        assert found(csv_file(["KODE", "NAMA", "PUS"], ["36.01", "KAB. PANDEGLANG", 5], ["36.02", "LEBAK", 6])) == []

    def test_a_column_of_a_role_is_personal_where_it_holds_names(self):
        def pendamping(*cells):
            return csv_file(["DESA", "PLKB Pendamping", "PUS"], *[["Sumur", cell, 5] for cell in cells])

        assert found(pendamping("true", "false", "")) == found(pendamping("Ada", "Belum Isi")) == []
        assert found(pendamping(12, 3)) == []
        assert found(pendamping("Sutarmi Sutarmo", "Ada")) == [(headers.NAME, "kolom", "", "B", 2)]

    def test_a_second_table_further_down(self):
        rows = [PUS, *[ROW] * 30, ["No", "Nama Kader", "No HP"], [1, "A B", "x"]]
        assert {(p.kind, p.row) for p in privacy.scan(csv_file(*rows))} == {(headers.NAME, 32), (headers.CONTACT, 32)}

    def test_a_village_that_reads_like_a_label_is_a_village(self):
        """Siraga HP lies in Nias Selatan; its Kampung KB bears its name, and the row holds counts."""
        head = ["PROVINSI", "KELURAHAN", "KAMPUNG KB", "PUS"]
        for name in ("SIRAGA HP", "NOWA", "NAMA LENA"):
            row = ["SUMATERA UTARA", name, f"Kampung KB {name.title()}", 12]
            assert found(csv_file(head, *[["SUMATERA UTARA", "HELEZALULU", "Helezalulu", 9]] * 30, row)) == []
        labels = ["No", "Nowa", "Nama Kader", "Keterangan"]
        assert found(csv_file(head, *[["A", "B", "C", 9]] * 30, labels, ["1", "x", "A B", "y"])) != []

    def test_coordinates_of_villages_are_none_and_those_of_homes_are(self):
        rows = [["DESA", "LATITUDE", "LONGITUDE"], ["A", -6.1, 105.1], ["B", -6.2, 105.2]]
        assert found(csv_file(*rows)) == []
        assert {kind for kind, *_ in found(csv_file(*rows, ["B", -6.3, 105.3]))} == {headers.HOME}
        assert {kind for kind, *_ in found(csv_file(["NO", "LAT", "LONG"], [1, -6.1, 105.1]))} == {headers.HOME}

    def test_hidden_rows_and_sheets_are_looked_at(self):
        def write(book, sheet):
            sheet.set_row(2, None, None, {"hidden": True})
            hidden = book.add_worksheet("Lama")
            hidden.write_row(0, 0, ["catatan", WOMAN])
            hidden.very_hidden()

        file = sheet_file(PUS, ROW, [*ROW[:-1], WOMAN], write=write)
        assert found(file) == [(content.NIK, "sel", "Data", "G", 1), (content.NIK, "judul kolom", "Lama", "B", 1)]

    @pytest.mark.parametrize("value", [WOMAN, MOBILE, "a.b" + "@contoh.go.id"])
    def test_what_is_no_cell_is_looked_at(self, value):
        (kind,) = content.kinds(value)

        def one(write):
            return [(k, where) for k, where, *_ in found(sheet_file(PUS, ROW, write=write))]

        assert one(lambda book, sheet: sheet.write_comment("A2", f"lihat {value}")) == [(kind, parts.COMMENT)]
        assert one(lambda book, sheet: book.set_properties({"comments": value})) == [(kind, parts.PROPERTIES)]
        assert one(lambda book, sheet: book.set_custom_property("Pengisi", value)) == [(kind, parts.PROPERTIES)]
        assert one(lambda book, sheet: book.define_name("catatan", f'="{value}"')) == [(kind, parts.NAMES)]
        assert one(lambda book, sheet: sheet.set_header(f"&L{value}")) == [(kind, parts.REST)]
        assert one(lambda book, sheet: sheet.insert_textbox(5, 5, value)) == [(kind, parts.REST)]

    def test_leftovers_of_deleted_cells_and_pivots_are_looked_at(self):
        pivot = f'<pivotCacheRecords><r><s v="{WOMAN}"/></r></pivotCacheRecords>'
        file = with_part(sheet_file(PUS, ROW), "xl/pivotCache/pivotCacheRecords1.xml", pivot)
        assert found(file) == [(content.NIK, parts.CACHE, "", "", 1)]

    def test_a_number_written_in_runs_of_a_comment_is_one(self):
        runs = f"<comments><comment><r><t>{WOMAN[:6]}</t></r><r><t>{WOMAN[6:]}</t></r></comment></comments>"
        assert found(with_part(sheet_file(PUS, ROW), "xl/comments9.xml", runs)) == [
            (content.NIK, parts.COMMENT, "", "", 1)
        ]

    def test_a_formula_that_holds_a_number(self):
        file = sheet_file(
            PUS, ROW, write=lambda book, sheet: sheet.write_formula(3, 0, f'=LEFT("{WOMAN}",2)', None, "32")
        )
        assert found(file) == [(content.NIK, parts.REST, "", "", 1)]

    def test_a_sheet_named_after_a_person_is_named_by_its_number(self):
        def write(book, sheet):
            book.add_worksheet(WOMAN).write_row(0, 0, ["NIK", "PUS"])
            book.worksheets()[1].write_row(1, 0, [MAN, 1])

        assert {(p.sheet, p.where) for p in privacy.scan(sheet_file(PUS, ROW, write=write))} == {
            ("ke-2", "nama lembar"),
            ("ke-2", "kolom"),
            ("ke-2", "sel"),
        }

    @pytest.mark.parametrize("title", ["Data BNBA Kecamatan Sumur", "DAFTAR BY NAME BY ADDRESS"])
    def test_a_list_by_name_and_address_says_so_in_its_title(self, title):
        assert (privacy.LIST_OF_PERSONS, "judul", "Data", "A", 1) in found(sheet_file([title], PUS, ROW))

    @pytest.mark.parametrize(
        ("header", "kinds"),
        [
            (
                "No;Provinsi;Kabupaten/Kota;Kecamatan;Desa;Kampung KB;Nama PKB/PLKB/Pendamping;Kontak Pendamping;"
                "Username;Kontak User",
                [headers.NAME, headers.CONTACT, headers.ACCOUNT, headers.CONTACT],
            ),
            ("No;Username;Kontak User;Status", [headers.ACCOUNT, headers.CONTACT]),
        ],
        ids=["Pengisi Konten", "Admin"],
    )
    def test_the_portals_lists_of_officers(self, header, kinds):
        row = ";".join("x" for _ in header.split(";"))
        file = files.File("a.csv", f"{header}\n{row}\n".encode())
        assert [p.kind for p in privacy.scan(file) if p.where == "kolom"] == kinds

    def test_an_old_workbook_is_looked_through_by_its_bytes(self):
        data = bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600 + WOMAN.encode("utf-16-le") + b"\x01\x02" * 40
        assert [text for _, text in parts.texts(files.File("a.xls", data))] == [WOMAN]


class TestFileNames:
    @pytest.mark.parametrize(
        "name",
        [f"data_{WOMAN}.xlsx", f"{grouped(MAN, 4, 4, 4, 4, mark=' ')}.csv", f"wa {MOBILE}.csv", "KTP_Sutarmi.xlsx"],
    )
    def test_a_name_that_tells_of_a_person_is_shown_as_a_hash(self, name):
        shown = privacy.safe_name(name)
        assert re.fullmatch(r"berkas-[0-9a-f]{12}\.(xlsx|csv)", shown)
        assert shown == privacy.safe_name(name) != privacy.safe_name("x" + name)
        assert [p.where for p in privacy.scan(csv_file(PUS, ROW, name=name))] == ["nama berkas"]

    @pytest.mark.parametrize(
        "name",
        [
            "classification-table_20240601080000.xlsx",
            "36.01.01.2001-2025-Tabel1.xlsx",
            "data ibu hamil.csv",
            "data_kk_berisiko.csv",
            "an_desa.csv",
            "berkas-" + "0123456789ab.csv",
        ],
    )
    def test_other_names_stay(self, name):
        assert privacy.safe_name(name) == name
        assert not privacy.name_tells(name)


class TestShape:
    def test_more_rows_than_villages_are_persons(self):
        person = [["DESA", "UMUR", "METODE KB"], *[["Sumur", age, "x"] for age in range(20, 30)]]
        assert privacy.persons(csv_file(*person).sheets) == 10

    @pytest.mark.parametrize(
        "rows",
        [
            [["DESA", "BULAN", "PUS"], *[["Sumur", month, 5] for month in range(1, 10)]],
            [["DESA", "JENIS POKTAN", "YANG ADA"], *[["Sumur", kind, 5] for kind in ("BKB", "BKR", "BKL")]],
            [["DESA", "NAMA KELOMPOK", "ANGGOTA"], *[["Sumur", f"Melati {n}", 5] for n in range(9)]],
            [["KECAMATAN", "PUS", "PA"], ["Sumur", 5, 4], ["Cimanggu", 6, 5]],
            [["NO", "JUMLAH", "KET"], [1, 2, 3], [2, 3, 4], [3, 4, 5]],
            [["DESA", "PUS", "PA"], ["Sumur", 5, 4], ["Sumur", 5, 4], ["Cimanggu", 6, 5]],
            [],
        ],
        ids=["months", "kinds", "groups", "kecamatan", "no place", "one row twice", "empty"],
    )
    def test_a_table_of_places_is_none(self, rows):
        assert privacy.persons([files.Sheet("", rows, list(range(len(rows))))]) == 0

    def test_without_villages_the_reference_list_says_how_many_there_are(self):
        rows = [["KECAMATAN", "UMUR", "METODE KB"], *[["Sumur", age, "x"] for age in range(60)]]
        assert privacy.persons(csv_file(*rows).sheets) == 60


class TestRemoval:
    def cleaned(self, file: files.File) -> files.File:
        return privacy.without(file, {p.position: p.kind for p in privacy.scan(file) if p.droppable})

    @pytest.mark.parametrize("make", [csv_file, sheet_file])
    def test_leaves_rows_letters_and_every_other_cell(self, make):
        file = make(
            [*PUS[:4], "Nama PKB", *PUS[4:]], [], [*ROW[:4], "Sutarmi", *ROW[4:]], [*ROW[:4], "Suparmi", *ROW[4:]]
        )
        clean = self.cleaned(file)
        assert b"Sutarmi" not in clean.data and not privacy.scan(clean)
        assert clean.name.startswith("a" + privacy.CLEANED)
        before, after = file.sheets[0], clean.sheets[0]
        assert after.numbers == before.numbers
        assert [row[:4] + row[5:] for row in after.rows] == [row[:4] + row[5:] for row in before.rows]
        assert [row[4] for row in after.rows if any(row)] == [f"(ditinggalkan: {headers.NAME})", "", ""]
        assert [(p.kind, p.column, p.row) for p in privacy.left_out(clean.sheets)] == [(headers.NAME, "E", 1)]

    def test_keeps_types_error_cells_and_formulas_without_a_result(self):
        def write(book, sheet):
            sheet.write_string(1, 1, "1.552")
            sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
            sheet.write_formula(1, 3, "=1+1", None, "")
            sheet.write_boolean(1, 4, True)
            sheet.write_comment("B2", "oleh Sutarmi")

        file = sheet_file(["Nama PKB", "a", "b", "c", "d", "e"], ["Sutarmi", "", "", "", "", 1.552], write=write)
        assert self.cleaned(file).sheets[0].rows[1] == ["", *file.sheets[0].rows[1][1:]]
        assert b"Sutarmi" not in b"".join(part for _, part in self.cleaned(file).xml_parts())

    def test_of_a_column_beyond_the_header_too(self):
        file = files.File("a.csv", b'"PROVINSI";KABUPATEN;KECAMATAN\nA;B;C\nA;B;C;08' + b"1234567890\n")
        clean = self.cleaned(file)
        assert b"0812" not in clean.data and clean.sheets[0].rows[0][3].startswith("(ditinggalkan")

    def test_same_content_same_bytes(self):
        file = sheet_file(["DESA", "Nama PKB"], ["Sumur", "Sutarmi"])
        assert self.cleaned(file).sha256 == self.cleaned(file).sha256

    def test_only_names_contacts_and_accounts_of_officers_may_be_left_out(self):
        file = csv_file(["DESA", "NIK", "ALAMAT", "No HP"], ["Sumur", WOMAN, "x", MOBILE])
        assert {p.kind for p in privacy.scan(file) if p.droppable} == {headers.CONTACT}


def test_a_village_whose_name_sounds_like_a_label_heads_no_second_table():
    """Siraga HP is a village of Padang Lawas Utara, and its Kampung KB bears the name; numbers follow in its row."""
    head = ["No", "Kampung KB", "Kecamatan", "Desa", *(f"Input {n}" for n in range(6))]
    rows = [
        [1, "Kampung KB Sumur", "SUMUR", "SUMBERJAYA", *[4] * 6],
        [2, "Kampung KB Siraga HP", "DOLOK", "SIRAGA HP", *[4] * 6],
        [3, "Kampung KB Dolok", "DOLOK", "DOLOK", *[4] * 6],
    ]
    assert privacy.scan(sheet_file(head, *rows)) == []
    second = ["No", "Nama Suami", "No HP", "Desa", *[""] * 6]
    assert {p.kind for p in privacy.scan(sheet_file(head, rows[0], second, rows[2]))} == {headers.NAME, headers.CONTACT}


def test_a_place_never_holds_a_value():
    """The strings of every place found are words of this program, the sheet's name and letters of columns."""
    values = [WOMAN, MAN, MOBILE, "Sutarmi", "Jalan Mawar"]
    rows = [
        [*PUS, "Nama Sutarmi", "NIK", "No HP", "Alamat Jalan Mawar"],
        [*ROW, "Sutarmi", WOMAN, MOBILE, "Jalan Mawar"],
    ]
    told = repr([dataclasses.astuple(p) for p in privacy.scan(sheet_file(*rows, name=f"KTP_{MAN}.xlsx"))])
    assert told != "[]"
    assert not [value for value in values if value.lower() in told.lower()]


OFFICERS = [*PUS, "Nama PKB/PLKB/Pendamping", "Kontak Pendamping"]
OFFICER = [*ROW, "Sutarmi Suparmi", MOBILE]


def write(folder, name, data: bytes):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def all_bytes(folder) -> bytes:
    """Everything below a folder, names and what workbooks hold included."""
    held = b""
    for path in sorted(folder.rglob("*")):
        held += path.name.encode()
        if path.is_file():
            held += path.read_bytes()
            if path.suffix == ".xlsx":
                held += b"".join(part for _, part in files.File.read(path).xml_parts())
            if path.suffix == ".parquet":
                held += pd.read_parquet(path).to_csv().encode()
    return held


class TestImport:
    def take(self, data, *paths, **options):
        return ingest.import_paths(paths, data, **options)

    def test_a_refused_file_leaves_no_trace_and_no_value(self, tmp_path, caplog):
        rows = [
            [*PUS, "NIK", "NAMA"],
            [*ROW, WOMAN, "Sutarmi"],
            [*ROW, "bukan-angka", "Suparmi"],
            ["", "", "", "Sumarni"],
        ]
        path = write(tmp_path / "inbox", "a.csv", csv_file(*rows).data)
        report = self.take(tmp_path / "data", path)
        assert (report.exit_code, report.files[0].status) == (4, "ditolak")
        assert set(report.findings["code"]) == {"P601"}
        assert not (tmp_path / "data").exists()
        told = repr(report) + "\n".join(report.refusals) + caplog.text
        assert not [value for value in (WOMAN, "Sutarmi", "Suparmi", "Sumarni", "bukan-angka") if value in told]
        assert 'baris 2 › kolom "H": 1 sel berisi NIK/KK' in told

    def test_good_files_are_taken_even_where_another_is_refused(self, tmp_path):
        good = write(tmp_path / "inbox", "a.csv", csv_file(PUS, ROW).data)
        bad = write(tmp_path / "inbox", "b.csv", csv_file([*PUS, "NIK"], [*ROW, WOMAN]).data)
        report = self.take(tmp_path / "data", good, bad)
        assert (report.exit_code, [f.status for f in report.files]) == (4, ["diimpor", "ditolak"])
        assert WOMAN.encode() not in all_bytes(tmp_path / "data")

    def test_a_name_that_tells_of_a_person_is_a_hash_in_all_that_is_said(self, tmp_path):
        name = f"data {WOMAN}.csv"
        report = self.take(tmp_path / "data", write(tmp_path / "inbox", name, csv_file(PUS, ROW).data))
        assert report.files[0].name == privacy.safe_name(name) == report.findings["file"][0]
        assert WOMAN not in repr(report)

    def test_the_portals_list_of_officers_and_a_list_of_persons_are_refused(self, tmp_path):
        header = (
            "No;Provinsi;Kabupaten/Kota;Kecamatan;Desa;Kampung KB;Nama PKB/PLKB/Pendamping;Kontak Pendamping;Username"
        )
        officers = f"{header}\n1;BANTEN;PANDEGLANG;SUMUR;SUMBERJAYA;Melati;Sutarmi Suparmi;x;y\n"
        path = write(tmp_path / "inbox", "Rekapitulasi - Pengisi Konten 20240601080000.csv", officers.encode())
        persons = [["DESA", "UMUR", "METODE"], *[["Sumur", age, "x"] for age in range(20, 30)]]
        shaped = write(tmp_path / "inbox", "b.csv", csv_file(*persons).data)
        for drop in (False, True):
            report = self.take(tmp_path / "data", path, shaped, drop_personal=drop)
            assert [f.exit_code for f in report.files] == [4, 4]
        assert set(report.findings["code"]) == {"P601", "P603"}
        assert "tampak data perorangan: 10 baris" in "\n".join(report.refusals)

    @pytest.mark.parametrize("make", [csv_file, sheet_file])
    def test_officers_are_left_out_on_request_and_never_kept(self, tmp_path, make):
        file = make(OFFICERS, OFFICER, [*ROW[:3], "TAMANJAYA", 20, 2, "2025-01", "Sutarmi Suparmi", MOBILE])
        path = write(tmp_path / "inbox", file.name, file.data)
        data = tmp_path / "data"
        assert self.take(data, path).exit_code == 4
        report = self.take(data, path, drop_personal=True)
        assert (report.exit_code, report.files[0].status, report.files[0].rows) == (0, "diimpor", 2)
        assert report.files[0].name.startswith("a" + privacy.CLEANED)
        left = report.findings[report.findings["code"] == "P602"]
        assert left[["row", "column"]].to_numpy().tolist() == [["1", "H"], ["1", "I"]]
        assert (data / "raw" / report.files[0].name).is_file() and not (data / "raw" / file.name).exists()
        held = all_bytes(data)
        assert b"Sutarmi" not in held and MOBILE.encode() not in held
        assert Tables.open(data / "tables").read("siga_pus")["pus"].tolist() == [10, 20]
        assert self.take(data, path, drop_personal=True).files[0].status == "sudah ada"
        assert not ingest.refresh(data).changed

    def test_an_original_in_raw_is_not_taken_and_may_not_stay(self, tmp_path):
        data = tmp_path / "data"
        path = write(data / "raw", "a.csv", csv_file(OFFICERS, OFFICER).data)
        report = self.take(data, path, drop_personal=True)
        assert (report.exit_code, report.files[0].name) == (0, f"a{privacy.CLEANED}.csv")
        with pytest.raises(PrivacyError, match=r"`a\.csv`"):
            ingest.refresh(data)
        path.unlink()
        ingest.refresh(data)
        assert Tables.open(data / "tables").read("siga_pus")["source_file"].tolist() == [f"a{privacy.CLEANED}.csv"]

    def test_what_stays_personal_without_its_columns_is_refused(self, tmp_path):
        path = write(tmp_path / "inbox", f"wa {MOBILE}.csv", csv_file(OFFICERS, OFFICER).data)
        assert self.take(tmp_path / "data", path, drop_personal=True).exit_code == 4

    def test_a_nik_is_never_left_out(self, tmp_path):
        path = write(tmp_path / "inbox", "a.csv", csv_file([*OFFICERS, "CATATAN"], [*OFFICER, WOMAN]).data)
        assert self.take(tmp_path / "data", path, drop_personal=True).exit_code == 4
        assert not (tmp_path / "data").exists()

    def test_what_was_put_into_raw_by_hand_stops_every_run_until_it_is_gone(self, tmp_path):
        path = write(tmp_path / "data" / "raw", "a.csv", csv_file([*PUS, "NIK"], [*ROW, WOMAN]).data)
        for _ in range(2):
            with pytest.raises(PrivacyError, match=r"P601 .*sel berisi NIK/KK[\s\S]*Pindahkan berkas itu") as error:
                ingest.refresh(tmp_path / "data")
        assert WOMAN not in str(error.value)
        path.unlink()
        ingest.refresh(tmp_path / "data")

    def test_a_skipped_row_is_not_repeated(self, tmp_path):
        rows = [PUS, ROW, ["Mengetahui", "", "", "", "Sutarmi"], [*ROW, "Suparmi"]]
        report = self.take(tmp_path / "data", write(tmp_path / "inbox", "a.csv", csv_file(*rows).data))
        assert report.exit_code == 0
        assert sorted(report.findings[report.findings["code"] == "R214"]["row"]) == ["3", "4"]
        assert "Sutarmi" not in repr(report.findings.to_dict()) and "Suparmi" not in repr(report.findings.to_dict())

    def test_the_command_says_where_and_ends_with_4(self, tmp_path, monkeypatch, capsys):
        path = write(tmp_path / "inbox", "a.csv", csv_file(OFFICERS, OFFICER).data)
        told = []
        for more in ([], ["--drop-personal"]):
            arguments = ["kkb", "import", str(path), "--data", str(tmp_path / "data"), *more]
            monkeypatch.setattr(sys, "argv", arguments)
            with pytest.raises(SystemExit) as ended:
                cli.main()
            told.append((ended.value.code, capsys.readouterr().out))
        assert [code for code, _ in told] == [4, 0]
        assert "kolom NAMA PKB PLKB PENDAMPING (nama orang), 1 sel terisi" in told[0][1]
        assert "Sutarmi" not in told[0][1] + told[1][1]


def texts_of_the_repository(project):
    """Give the name and text of every tracked file; of a compressed one, of what is in it."""
    names = (
        subprocess.run(["git", "ls-files", "-z"], cwd=project, capture_output=True, check=True)
        .stdout.decode()
        .split("\0")
    )
    for name in filter(None, names):
        path = project / name
        if path.is_file() and not name.endswith(".lock"):  # hashes are no text
            data = path.read_bytes()
            yield name, (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8", "replace")


def test_the_repository_holds_no_persons_data(project):
    told = {}
    for name, text in texts_of_the_repository(project):
        lines = [
            number
            for number, line in enumerate(text.splitlines(), 1)
            if content.kinds(line) & {content.NIK, content.PHONE}
        ]
        if lines:
            told[name] = lines
    assert told == {}
