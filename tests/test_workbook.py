"""Workbooks: what an office fills in comes back as it was meant, and what to do next stands where it must."""

import datetime as dt
import io
import re
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from kkb_helpers import areas, classification, workbook
from kkb_helpers.errors import UsageError
from kkb_helpers.params import Period
from kkb_helpers.store import FINDING_COLUMNS, Tables
from kkb_helpers.workbook import forms
from kkb_helpers.workbook.cells import TEXT_LIMIT

PANDEGLANG = "36.01"
SUMUR = list(areas.children("36.01.01", "desa")["code"])


def opened(content: bytes):
    return load_workbook(io.BytesIO(content))


def parsed(name: str, content: bytes) -> pd.DataFrame:
    """What an importer sees of sheet Isian: the columns renamed, with file and row."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Isian").to_python()
    frame = pd.DataFrame(rows[1:], columns=[workbook.HEADERS[name][header] for header in rows[0]])
    return frame.assign(source_file="isian.xlsx", source_row=range(2, len(frame) + 2))


def raw(name: str, **cells) -> pd.DataFrame:
    """One parsed row with the cells given and every other one empty."""
    row = dict.fromkeys(workbook.HEADERS[name].values(), "") | cells
    return pd.DataFrame([row | {"source_file": "isian.xlsx", "source_row": 3}])


class TestDefang:
    @pytest.mark.parametrize(
        "text",
        [
            "=cmd|'/c calc'!A1",
            "+1+1",
            "-2+3",
            "@SUM(1)",
            "\t=1",
            "\rx",
            " =1",
            "\u00a0=1",
            "\u200b=1",
            "\n=1",
            "＝1",
        ],
    )
    def test_neutralises_what_a_spreadsheet_takes_for_a_formula(self, text):
        safe = workbook.defang(text)
        assert safe.startswith("'")
        assert not re.search(r"[\t\r\n]", safe)

    @pytest.mark.parametrize("text", ["Kampung KB", "36.01.01.2001", "a=b", "5-3", "SK 12/2024", "", "'kutip"])
    def test_leaves_plain_text(self, text):
        assert workbook.defang(text) == text

    def test_lets_no_line_break_carry_a_formula(self):
        assert workbook.defang("aman\n=1") == "aman =1"

    def test_keeps_to_one_length_and_to_signs_that_can_be_written(self):
        assert len(workbook.defang("a" * 40_000)) == TEXT_LIMIT
        assert workbook.defang("a\ud800\x00b") == "a? b"


@pytest.mark.parametrize("name", workbook.HEADERS)
class TestTemplate:
    def test_has_header_example_and_nothing_else(self, name):
        sheet = opened(workbook.template(name))["Isian"]
        assert [cell.value for cell in sheet[1]] == list(workbook.HEADERS[name])
        assert sheet["A2"].value.startswith("CONTOH")
        assert sheet["A3"].value is None

    def test_its_example_is_never_a_row(self, name):
        table, problems = workbook.tidy(name, parsed(name, workbook.template(name)))
        assert table.empty
        assert problems.empty
        assert list(table.columns) == workbook.TIDY_COLUMNS[name]

    def test_its_example_would_be_read_without_a_problem(self, name):
        rows = parsed(name, workbook.template(name)).assign(kode=lambda f: f["kode"].str.removeprefix("CONTOH "))
        table, problems = workbook.tidy(name, rows)
        assert problems.empty
        assert len(table) == 1
        assert table[["period"]].notna().all(axis=None)

    def test_same_content_same_bytes_whenever_made(self, name):
        content = workbook.template(name)
        assert content == workbook.template(name)
        assert opened(content).properties.created == dt.datetime(2024, 1, 1)

    def test_every_choice_of_a_drop_down_is_on_the_list_sheet(self, name):
        book = opened(workbook.template(name))
        rules = {str(rule.sqref): rule for rule in book["Isian"].data_validations.dataValidation}
        for position, column in enumerate(forms.columns()[name]):
            letter = chr(ord("A") + position)
            rule = rules[f"{letter}3:{letter}{forms.FILL_ROWS + 1}"]
            assert rule.prompt == column.hint
            assert len(rule.prompt) <= 255
            if column.choices:
                listed = [c[0].value for c in book["Daftar"][re.sub(r".*!|\$", "", rule.formula1)]]
                assert listed == forms.CHOICES[column.choices]()
                assert bool(rule.showErrorMessage) is not column.free

    def test_is_set_up_for_screen_and_paper(self, name):
        book = opened(workbook.template(name))
        sheet = book["Isian"]
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
        guide = " ".join(str(c.value) for row in book["Petunjuk"].iter_rows() for c in row)
        assert all(word in guide for word in ("nama orang", "NIK", "nomor telepon"))

    def test_is_written_where_asked(self, name, tmp_path):
        path = tmp_path / "baru" / f"{name}.xlsx"
        assert workbook.template(name, path) == path.read_bytes()
        assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_an_unknown_template_names_the_choices():
    with pytest.raises(UsageError, match=r"Borang 'dana' tidak dikenal; pilih .* partners, funding, coordination"):
        workbook.template("dana")


def test_every_kabupaten_of_the_drop_down_resolves_to_itself():
    for code in areas.frame("kabupaten")["code"]:
        assert areas.resolve(forms.district_label(code)).code == code


def test_activities_are_those_of_the_instruction():
    counts = workbook.activities()["sasaran"].value_counts().to_dict()
    assert counts == {"1": 2, "2": 12, "3": 41, "4": 3}
    assert workbook.activities()["kegiatan"].is_unique


PARTNERS = pd.DataFrame(
    {
        "village_code": [SUMUR[0], SUMUR[1]],
        "period": ["2024-06", "2024-05"],
        "date": ["2024-06-15", "2024-05-02"],
        "organisasi": ["PKK", "Karang Taruna"],
        "nama_organisasi": ["TP PKK desa", None],
        "kegiatan": ["Posyandu aktif", "Kerja bakti"],
        "sasaran": ["3", "4"],
        "fungsi": [None, "Pembinaan lingkungan"],
        "sasaran_source": ["tercatat", "imputasi"],
    }
)
FUNDING = pd.DataFrame(
    {
        "area_code": ["36.01", "36.73"],
        "period": ["2024-Q2", "2024-Q1"],
        "sumber": ["BOKB", "Pro PN"],
        "alokasi": pd.array([250_000_000, 10], dtype="Int64"),
        "realisasi": pd.array([0, None], dtype="Int64"),
    }
)
COORDINATION = pd.DataFrame(
    {
        "area_code": ["36.01", "36.04"],
        "period": ["2024-Q1", "2024-Q2"],
        "kind": ["tim_koordinasi", "monev"],
        "sk_nomor": ["400/12/2024", None],
        "date": ["2024-01-08", "2024-06-20"],
        "terlaksana": pd.array([None, False], dtype="boolean"),
    }
)


@pytest.mark.parametrize(
    ("name", "frame"), [("partners", PARTNERS), ("funding", FUNDING), ("coordination", COORDINATION)]
)
def test_what_is_filled_comes_back(name, frame):
    content = workbook.fill(name, frame)
    assert content == workbook.fill(name, frame)
    table, problems = workbook.tidy(name, parsed(name, content))
    assert problems.empty
    pd.testing.assert_frame_equal(table[frame.columns], frame, check_dtype=False)
    assert table["source_row"].tolist() == [3, 4]


class TestTidyPartners:
    @pytest.mark.parametrize(
        ("cells", "sasaran", "source"),
        [
            ({"sasaran": "2 - Perubahan perilaku keluarga"}, "2", "tercatat"),
            ({"sasaran": "4"}, "4", "tercatat"),
            ({"sasaran": 3.0}, "3", "tercatat"),
            ({"sasaran": "Penataan lingkungan"}, "4", "tercatat"),
            ({"sasaran": "1", "fungsi": "Ekonomi"}, "1", "tercatat"),
            ({"kegiatan": "Rumah DataKu"}, "1", "tercatat"),
            ({"fungsi": "Agama"}, "2", "imputasi"),
            ({"fungsi": "Kasih sayang"}, "2", "imputasi"),
            ({"fungsi": "cinta kasih"}, "2", "imputasi"),
            ({"fungsi": "Sosial budaya"}, "2", "imputasi"),
            ({"fungsi": "Reproduksi"}, "3", "imputasi"),
            ({"fungsi": "Sosialisasi & Pendidikan"}, "3", "imputasi"),
            ({"fungsi": "Sosialisasi dan pendidikan"}, "3", "imputasi"),
            ({"fungsi": "Ekonomi"}, "3", "imputasi"),
            ({"fungsi": "Pembinaan lingkungan"}, "4", "imputasi"),
            ({"fungsi": "Perlindungan"}, None, "ambigu"),
            ({}, None, "ambigu"),
        ],
    )
    def test_sasaran_is_recorded_else_imputed_else_left_open(self, cells, sasaran, source):
        table, problems = workbook.tidy("partners", raw("partners", kode=SUMUR[0], **cells))
        assert problems.empty
        assert table["sasaran_source"].tolist() == [source]
        assert table["sasaran"].isna().all() if sasaran is None else table["sasaran"].tolist() == [sasaran]

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("PKK", "PKK"),
            ("TP. PKK Desa", "PKK"),
            ("Kartar", "Karang Taruna"),
            ("TOGA", "Tokoh agama"),
            ("Yayasan Cahaya", "LSM"),
            ("CSR PT Maju", "Dunia usaha"),
            ("lainnya", "Lainnya"),
        ],
    )
    def test_words_of_the_field_mean_one_kind(self, text, kind):
        table, _ = workbook.tidy("partners", raw("partners", organisasi=text))
        assert table["organisasi"].tolist() == [kind]

    @pytest.mark.parametrize(
        ("column", "value", "expected"),
        [
            ("sasaran", "5", "1, 2, 3, atau 4"),
            ("organisasi", "Xyz", "jenis dari daftar"),
            ("fungsi", "Olahraga", "satu dari delapan fungsi keluarga"),
            ("date", "2024-13-01", "tanggal seperti 2024-06-15"),
            ("date", "31/02/2024", "tanggal seperti 2024-06-15"),
            ("kode", "36.01", "kode desa/kelurahan 13 tanda"),
        ],
    )
    def test_what_cannot_be_read_is_missing_and_listed(self, column, value, expected):
        table, problems = workbook.tidy("partners", raw("partners", **{column: value}))
        assert problems[["source_row", "column", "found", "expected"]].to_numpy().tolist() == [
            [3, column, value, expected]
        ]
        assert table[{"kode": "village_code"}.get(column, column)].isna().all()

    def test_an_area_matched_before_is_kept(self):
        rows = raw("partners", kode="", kelurahan="Tunggaljaya").assign(village_code=SUMUR[0])
        assert workbook.tidy("partners", rows)[0]["village_code"].tolist() == [SUMUR[0]]

    @pytest.mark.parametrize("district", ["36.01 Pandeglang", "Pandeglang"])
    def test_without_a_code_the_three_names_say_where(self, district):
        rows = raw("partners", kabupaten=district, kecamatan="SUMUR", kelurahan=areas.name_of(SUMUR[2]).lower())
        table, problems = workbook.tidy("partners", rows)
        assert problems.empty
        assert table["village_code"].tolist() == [SUMUR[2]]

    def test_a_village_that_is_not_in_its_kecamatan_is_listed(self):
        rows = raw("partners", kabupaten="36.01 Pandeglang", kecamatan="Sumur", kelurahan="Qqqqq")
        table, problems = workbook.tidy("partners", rows)
        assert table["village_code"].isna().all()
        assert problems[["column", "found"]].to_numpy().tolist() == [
            ["kelurahan", "Qqqqq, Sumur, dan Kabupaten Pandeglang"]
        ]


class TestTidySheet:
    def test_knows_a_form_by_its_header(self):
        for name in workbook.HEADERS:
            cells = CalamineWorkbook.from_filelike(io.BytesIO(workbook.template(name)))
            assert workbook.form_of([header.upper() for header in workbook.HEADERS[name]]) == name
            assert workbook.tidy_sheet(cells.get_sheet_by_name("Isian").to_python(), "a.xlsx")[0] == name
            assert workbook.tidy_sheet(cells.get_sheet_by_name("Daftar").to_python(), "a.xlsx") is None
        assert workbook.tidy_sheet([], "a.xlsx") is None

    def test_skips_empty_rows_and_keeps_the_row_of_the_sheet(self):
        rows = [list(workbook.HEADERS["funding"]), [""] * 6, ["36.01", "", "2024-Q2", "BOKB", 5, ""], [""] * 6]
        _, table, problems = workbook.tidy_sheet(rows, "dana.xlsx")
        assert table[["area_code", "alokasi", "source_file", "source_row"]].to_numpy().tolist() == [
            ["36.01", 5, "dana.xlsx", 3]
        ]
        assert problems.empty


class TestTidyFunding:
    @pytest.mark.parametrize(
        ("value", "amount"),
        [("250.000.000", 250_000_000), ("Rp 1.500", 1_500), (0, 0), (12.0, 12), ("", None)],
    )
    def test_amounts_are_whole_rupiah(self, value, amount):
        table, problems = workbook.tidy("funding", raw("funding", kode="36.01", alokasi=value))
        assert problems.empty
        assert table["alokasi"].isna().all() if amount is None else table["alokasi"].tolist() == [amount]

    @pytest.mark.parametrize("value", [-5, 1.5, "1,500", "-", "seribu", dt.date(2024, 6, 1), dt.time(9), float("inf")])
    def test_anything_else_is_missing_and_listed(self, value):
        table, problems = workbook.tidy("funding", raw("funding", kode="36.01", realisasi=value))
        assert table["realisasi"].isna().all()
        assert problems["expected"].tolist() == ["bilangan bulat rupiah, tidak negatif"]

    @pytest.mark.parametrize(
        "cells", [{"kode": "3601"}, {"kabupaten": "36.01 Pandeglang"}, {"kabupaten": "Pandeglang"}]
    )
    def test_a_kabupaten_is_known_by_code_or_name(self, cells):
        assert workbook.tidy("funding", raw("funding", **cells))[0]["area_code"].tolist() == ["36.01"]

    def test_a_kabupaten_that_is_none_stays_without_area(self):
        table, problems = workbook.tidy("funding", raw("funding", kabupaten="Serang"))
        assert table["area_code"].isna().all()
        assert problems["column"].tolist() == ["kabupaten"]


@pytest.mark.parametrize(
    ("cells", "period"), [({"period": "2024-q3"}, "2024-Q3"), ({"date": "2024-06-20"}, "2024-Q2"), ({}, None)]
)
def test_the_quarter_of_a_meeting_is_written_or_follows_from_its_date(cells, period):
    table, _ = workbook.tidy("coordination", raw("coordination", kode="36.01", kind="Monev triwulanan", **cells))
    assert table["period"].isna().all() if period is None else table["period"].tolist() == [period]


# What to do next


def kampung(as_of: str, *rows) -> pd.DataFrame:
    """Rows of `kampung`: (village, name, score of each component)."""
    frame = pd.DataFrame(
        [
            {"village_code": code, "kampung_kb": name, "as_of": as_of, "source_file": "klasifikasi.xlsx"}
            | dict(zip(classification.COMPONENTS, scores, strict=True))
            for code, name, scores in rows
        ]
    )
    return frame.assign(source_row=range(2, len(frame) + 2))


SILENT = (1,) * 12
FULL = (4, 4, 4, 3, 3, 4, 4, 4, 4, 4, 4, 4)
ALMOST_MANDIRI = (3, 3, 3, 3, 3, 1, 1, 1, 3, 3, 3, 2)  # input reached; one output point short
FAR = (2, 2, 2, 1, 1, 1, 1, 1, 2, 2, 2, 2)


@pytest.fixture
def tables():
    a, b, c, d = SUMUR[:4]
    snapshots = pd.concat(
        [
            kampung("2024-01-01", (a, "Mawar", SILENT), (b, "Melati", SILENT), (c, "Dahlia", FAR)),
            kampung("2024-03-31", (a, "Mawar", SILENT), (b, "Melati", FAR), (c, "Dahlia", FAR)),
            kampung(
                "2024-06-01",
                (a, "Mawar", SILENT),
                (b, "Melati", SILENT),
                (c, "Dahlia", ALMOST_MANDIRI),
                (d, "=1", FULL),
            ),
        ],
        ignore_index=True,
    )
    groups = pd.DataFrame(
        [
            (a, "2024-04", "bkb", 2, 2),
            (a, "2024-05", "bkb", 3, 2),
            (a, "2024-06", "bkb", 3, 1),
            (b, "2024-04", "bkl", 1, 0),
            (b, "2024-06", "bkl", 1, 0),
            (c, "2024-06", "bkr", 1, 1),
            (c, "2024-06", "pikr", 1, 2),
            (d, "2024-06", "uppka", 1, None),
        ],
        columns=["village_code", "period", "kind", "yang_ada", "yang_lapor"],
    ).assign(source_file="bkb.csv")
    groups[["yang_ada", "yang_lapor"]] = groups[["yang_ada", "yang_lapor"]].astype("Int64")
    couples = pd.DataFrame({"village_code": [SUMUR[4], SUMUR[5]], "period": "2024-06", "pus": [40, 90]})
    made = Tables.of(
        {"kampung": snapshots, "siga_groups": groups, "siga_pus": couples.assign(source_file="pus.csv")},
        PANDEGLANG,
    )
    return made


@pytest.fixture
def todo(tables):
    return workbook.follow_up_frames(tables, "2024-06", PANDEGLANG)


class TestFollowUpFrames:
    def test_villages_without_a_kampung_come_from_the_reference_list(self, todo):
        assert len(todo.without_kampung) == areas.village_counts()[PANDEGLANG] - 4
        assert not set(SUMUR[:4]) & set(todo.without_kampung["village_code"])
        here = todo.without_kampung[todo.without_kampung["village_code"].isin(SUMUR)]
        assert here["village_code"].tolist()[:2] == [SUMUR[5], SUMUR[4]]  # more PUS first
        left = todo.without_kampung["sisa_kecamatan"]
        assert left.is_monotonic_decreasing
        assert todo.as_of["without_kampung"] == "2024-06-01"

    def test_without_a_portal_export_siga_says_where_a_kampung_is(self):
        siga = pd.DataFrame({"village_code": SUMUR[:2], "as_of": "2024-06-02", "jumlah_kampung_kb": [1, 0]})
        tables = Tables.of({"siga_kkb": siga.assign(source_file="kkb.csv")})
        todo = workbook.follow_up_frames(tables, Period("2024-06"), PANDEGLANG)
        assert SUMUR[0] not in set(todo.without_kampung["village_code"])
        assert SUMUR[1] in set(todo.without_kampung["village_code"])

    def test_silence_is_dated_to_the_snapshot_it_began(self, todo):
        assert todo.unreported[["kampung_kb", "sejak", "hari"]].to_numpy().tolist() == [
            ["Mawar", "2024-01-01", 152],
            ["Melati", "2024-06-01", 0],
        ]
        assert todo.unreported["keterangan"].tolist() == ["Sejak data tertua yang ada; mungkin lebih lama.", ""]

    def test_two_of_one_village_are_told_apart_by_name(self):
        rows = [
            kampung("2024-01-01", (SUMUR[0], "Mawar", FAR), (SUMUR[0], "Melati", SILENT)),
            kampung("2024-06-01", (SUMUR[0], "MAWAR", SILENT), (SUMUR[0], "Melati", SILENT)),
        ]
        todo = workbook.follow_up_frames(Tables.of({"kampung": pd.concat(rows)}), "2024-06", PANDEGLANG)
        assert dict(zip(todo.unreported["kampung_kb"], todo.unreported["sejak"], strict=True)) == {
            "Melati": "2024-01-01",
            "MAWAR": "2024-06-01",
        }

    def test_the_nearest_come_first_with_what_they_lack(self, todo):
        first = todo.nearest.iloc[0]
        assert (first["kampung_kb"], first["kelas_kini"], first["kelas_berikut"]) == ("Dahlia", "Dasar", "Mandiri")
        assert first["poin"] == 1
        assert first["menambah_sasaran"]
        assert first["komponen"]
        assert len(todo.nearest) == 3  # the Berkelanjutan one lacks nothing
        assert todo.nearest["poin"].is_monotonic_increasing

    def test_groups_that_did_not_report_with_their_unbroken_run(self, todo):
        columns = ["village_code", "jenis", "yang_ada", "yang_lapor", "belum_lapor", "sejak", "bulan"]
        assert todo.groups[columns].to_numpy().tolist() == [
            [SUMUR[0], "BKB", 3, 1, 2, "2024-05", 2],
            [SUMUR[1], "BKL", 1, 0, 1, "2024-06", 1],
        ]

    def test_impossible_values_with_the_largest_contradiction_first(self, tables):
        finding = dict.fromkeys(FINDING_COLUMNS, "") | {"area_code": SUMUR[0], "file": "pus.csv"}
        tables.__dict__["findings"] = pd.DataFrame(
            [
                finding | {"code": "X301", "row": "7", "found": "12", "expected": "paling banyak 10 (selisih 2)"},
                finding | {"code": "KKB-X307", "row": "9", "found": "1.612", "expected": "1.552 (selisih 60)"},
                finding | {"code": "R212", "row": "3"},
            ]
        )
        tables.within = lambda area: tables
        todo = workbook.follow_up_frames(tables, "2024-06", PANDEGLANG)
        assert todo.impossible[["code", "row"]].to_numpy().tolist() == [["KKB-X307", 9], ["X301", 7]]
        assert todo.impossible["kecamatan"].tolist() == ["Sumur", "Sumur"]

    def test_without_tables_every_sheet_says_why(self):
        todo = workbook.follow_up_frames(Tables.of({}), "2024-06", PANDEGLANG)
        assert set(todo.missing) == {"without_kampung", "unreported", "nearest", "groups"}
        assert all(todo.frame(name).empty for name in workbook.SHEETS)
        book = opened(workbook.follow_up(todo))
        assert book["Desa tanpa Kampung KB"]["A2"].value == todo.missing["without_kampung"]
        assert book["Nilai mustahil"]["A2"].value == "Tidak ada nilai yang saling bertentangan."
        assert book["Ringkasan"]["C6"].value is None


class TestFollowUpWorkbook:
    def test_has_a_summary_and_a_sheet_a_task(self, todo):
        book = opened(workbook.follow_up(todo))
        assert book.sheetnames == ["Ringkasan", *(sheet.name for sheet in workbook.SHEETS.values())]
        summary = {row[0].value: row for row in book["Ringkasan"].iter_rows(min_row=6)}
        for name, sheet in workbook.SHEETS.items():
            assert summary[sheet.name][2].value == len(todo.frame(name))
        assert summary["Belum lapor"][3].value == "1 Juni 2024"
        assert summary["Poktan belum lapor"][3].value == "Juni 2024"

    def test_each_sheet_is_ready_to_filter_and_print(self, todo):
        for sheet in opened(workbook.follow_up(todo)).worksheets:
            header = 5 if sheet.title == "Ringkasan" else 1
            assert sheet.freeze_panes == f"A{header + 1}"
            assert sheet.auto_filter.ref.startswith(f"A{header}:")
            assert sheet.print_title_rows == f"${header}:${header}"
            assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
            assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
            assert "36.01 Kabupaten Pandeglang - Juni 2024" in sheet.oddHeader.left.text
            assert sheet.column_dimensions["A"].width >= 11

    def test_counts_are_numbers_and_codes_are_text(self, todo):
        sheet = opened(workbook.follow_up(todo))["Poktan belum lapor"]
        header = [cell.value for cell in sheet[1]]
        row = dict(zip(header, [cell.value for cell in sheet[2]], strict=True))
        assert (row["Yang ada"], row["Belum lapor"], row["Bulan berturut-turut"]) == (3, 2, 2)
        assert row["Kode desa"] == SUMUR[0]

    def test_no_cell_is_a_formula(self, tables):
        evil = kampung("2024-06-01", *((code, "=HYPERLINK(1)", FAR) for code in SUMUR[:2]))
        content = workbook.follow_up(workbook.follow_up_frames(Tables.of({"kampung": evil}), "2024-06", PANDEGLANG))
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert not any(b"<f>" in parts.read(n) for n in parts.namelist() if n.startswith("xl/worksheets/"))
        cells = [c.value for c in opened(content)["Paling dekat naik kelas"]["D"][1:]]
        assert cells == ["'=HYPERLINK(1)"] * 2

    def test_made_up_data_say_so_on_every_page(self, tables, todo):
        assert not todo.synthetic
        assert "SINTETIS" not in str(opened(workbook.follow_up(todo))["Ringkasan"].oddHeader.center.text)
        couples = tables.read("siga_pus").assign(source_file="contoh-pus.csv")
        synthetic = Tables.of({**tables.frames, "siga_pus": couples}, PANDEGLANG)
        made_up = opened(workbook.follow_up(workbook.follow_up_frames(synthetic, "2024-06", PANDEGLANG)))
        for sheet in made_up.worksheets:
            assert "DATA CONTOH (SINTETIS)" in sheet.oddHeader.center.text
        assert made_up["Ringkasan"]["A3"].value.startswith("DATA CONTOH (SINTETIS)")

    def test_same_content_same_bytes_and_written_where_asked(self, todo, tmp_path):
        path = tmp_path / "follow_up.xlsx"
        assert workbook.follow_up(todo, path) == workbook.follow_up(todo) == path.read_bytes()
