"""Every rule has a fixture that it passes and one that it finds; and says what to do in Indonesian."""

import datetime as dt
import io
import re
import zipfile
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from kkb_helpers import areas, cells, checks, files, ingest, privacy, sources, workbook

MONTHLY = {"period": "2025-09", "source_file": "a.csv"}


def file(data: bytes, name: str = "a.csv") -> files.File:
    return files.File(name, data)


def archive(**members: bytes) -> files.File:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in {"xl/workbook.xml": b"<workbook/>", **members}.items():
            packed.writestr(name, data)
    return file(buffer.getvalue(), "a.xlsx")


def reception(*labels: str, skipped: tuple[int, ...] = ()) -> checks.Reception:
    sheet = files.Sheet("", [list(labels)], [1])
    return checks.Reception(sources.recognise([sheet]), skipped)


def titled(title: str, *labels: str) -> checks.Reception:
    sheet = files.Sheet("", [[title], list(labels)], [1, 2])
    return checks.Reception(sources.recognise([sheet]))


def column(*values, kind: str = "count", required: bool = True) -> checks.Cells:
    of = sources.Column("PUS", kind, required=required)
    return checks.Cells(of, "PUS", cells.read_column(list(values), kind), list(range(2, len(values) + 2)))


def places(kode: str = "", kelurahan: str = "SUMBERJAYA") -> checks.Matches:
    row = pd.DataFrame(
        [["BANTEN", "PANDEGLANG", "SUMUR", kode, kelurahan]], columns=list(areas.PLACE_COLUMNS), dtype=str
    )
    return checks.Matches(pd.concat([row, areas.match_villages(row)], axis=1).assign(row=7, rows=9))


def shelf(table: str, **values) -> checks.Shelf:
    row = {
        "village_code": "36.01.01.2001",
        **MONTHLY,
        "source_row": 7,
        **dict.fromkeys(sources.columns_of(table), pd.NA),
    }
    frame = pd.DataFrame([{**row, **values}])
    kinds = {c: sources.DTYPES[column.kind] for c, column in sources.columns_of(table).items() if c in frame}
    return checks.Shelf({table: frame.astype(kinds)})


def duplicates(identical: bool) -> checks.Shelf:
    row = {"source_file": "a.csv", "village_code": "36.01.01.2001", "time": "2025-09", "source_row": 9, "first_row": 7}
    return checks.Shelf({}, {"siga_pus": pd.DataFrame([{**row, "identical": identical}])})


def totals(said: int) -> checks.Totals:
    values = pd.Series([3, 4], dtype="Int64")
    return checks.Totals({"pus": ("PUS", values)}, [(9, 2, {"pus": said})])


def page(*rows: tuple, area: str = "Provinsi - BANTEN") -> checks.PageTable:
    """The page of classes read from its rows, each a name, counts of four classes with percentages, and a total."""
    classes = ["Dasar", "", "Berkembang", "", "Mandiri", "", "Berkelanjutan", "", "Total"]
    header = [["Klasifikasi Periode :"], ["No", area, *classes], ["", "", *["Jumlah", "%"] * 4, ""]]
    body = [*(["1", *row] for row in rows[:-1]), ["Total", *rows[-1]]]
    sheet = files.Sheet("", header + body, list(range(1, len(rows) + 4)))
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.pages, "note", lambda part, stage, subject: seen.append((stage, subject)))
        part = ingest.Part(GOOD)
        ingest.pages.read_page(part, *sources.recognise_page([sheet]))
    return next(subject for stage, subject in seen if stage == "page")


def statistics(*values: int) -> checks.Shelf:
    rows = [("36", values[0]), *((f"36.0{i}", v) for i, v in enumerate(values[1:], 1))]
    frame = pd.DataFrame(rows, columns=["area_code", "value"]).astype({"value": "Int64"})
    where = {"as_of": "2024-06-01", "page": "klasifikasi", "column": "dasar", "source_file": "a.xlsx", "source_row": 7}
    return checks.Shelf({"portal_statistics": frame.assign(**where)})


SERANG = ("SERANG", "3", "75", "1", "25", "0", "0", "0", "0", "4")
LEBAK = ("LEBAK", "0", "0", "0", "0", "1", "100", "0", "0", "1")
SUM = ("", "3", "60", "1", "20", "1", "20", "0", "0", "5")


def months(table: str, column: str, *values, first: str = "2025-01", **others) -> checks.Shelf:
    """One village with one value a month, from `first` on."""
    start = pd.Period(first, "M")
    rows = [
        shelf(table, **{column: v, **others}).frames[table].assign(period=str(start + i)) for i, v in enumerate(values)
    ]
    return checks.Shelf({table: pd.concat(rows, ignore_index=True)})


def profile(hamil: int) -> checks.Shelf:
    """Ten couples, of whom 4 use contraception: 6 do not."""
    users = dict.fromkeys(("iud", "mow", "mop", "kondom"), 1) | dict.fromkeys(("implan", "suntik", "pil"), 0)
    others = {"anak_segera": 1, "anak_kemudian": 1, "tidak_ingin_anak": 1}
    where = {"kampung_kb": "Melati", "as_of": "2024-06-01"}
    return shelf("profile", pus=10, hamil=hamil, **users, **others, **where)


def couples(kb_modern: int) -> checks.Shelf:
    pus, methods = shelf("siga_pus", pus=10, unmet_need=4), shelf("siga_methods", kb_modern=kb_modern)
    return checks.Shelf({**pus.frames, **methods.frames})


def villages(n: int) -> checks.Shelf:
    """The first villages of Kota Serang, which has 67."""
    codes = areas.children("36.73", "desa")["code"][:n]
    row = shelf("siga_pus", pus=5, unmet_need=1).frames["siga_pus"]
    frame = pd.concat([row] * n, ignore_index=True).assign(village_code=list(codes), source_row=range(2, n + 2))
    return checks.Shelf({"siga_pus": frame})


def extraction(day: str) -> checks.Shelf:
    return checks.Shelf({}, extractions=[checks.Extraction("a.csv", "2025-09", dt.date.fromisoformat(day))])


def heaped(*values: int) -> checks.Shelf:
    frame = villages(len(values)).frames["siga_pus"]
    return checks.Shelf({"siga_pus": frame.assign(pus=pd.Series(values, dtype="Int64"))})


def revised(old: int, new: int) -> checks.Shelf:
    rows = [
        shelf("siga_pus", pus=v, unmet_need=1, source_file=f).frames["siga_pus"] for v, f in ((old, "a"), (new, "b"))
    ]
    key, columns = ["village_code", "period"], ["pus", "unmet_need"]
    whole = pd.concat(rows, ignore_index=True)
    changed = checks.revisions_of("siga_pus", whole, key, "period", columns)
    return checks.Shelf({}, revisions=changed, compared=1)


def form_problems(*rows: dict) -> checks.Form:
    whole = [{"source_file": "a.xlsx", "action": "Pilih dari daftar.", **row} for row in rows]
    return checks.Form(pd.DataFrame(whole, columns=workbook.PROBLEM_COLUMNS), 1)


PUS = ("PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN", "PUS", "UNMET NEED", "BULAN")
GOOD = file(b"A;B\n1;2\n")
METHODS = {**dict.fromkeys(("suntik", "pil", "kondom", "implan", "iud", "vasektomi", "tubektomi", "mal"), 1)}
METHODS |= {"kb_modern": 8, "kb_tradisional": 1, "pa": 9}


def pair(whole_of_second) -> checks.Shelf:
    first, second = shelf("siga_pus", pus=5, unmet_need=1), shelf("siga_pus", pus=whole_of_second, unmet_need=1)
    return checks.Shelf(
        {"siga_pus": pd.concat([first.frames["siga_pus"], second.frames["siga_pus"]], ignore_index=True)}
    )


PERSONS = privacy.Place("NIK/KK", 2, column="H", row=3)

# code -> (a subject that passes, a subject that does not, what the finding says)
FIXTURES = {
    "F101": (GOOD, file(b"%PDF-1.7"), "isi berkas: PDF"),
    "F102": (GOOD, file(b"1;2\n" * (files.MAX_BYTES // 4 + 1)), "lebih dari 20 MiB"),
    "F103": (GOOD, file(b"x", "~$a.xlsx"), "berkas kunci sementara"),
    "F104": (GOOD, file("é".encode() + b"\xff"), "tidak dikenali pada bita ke-2"),
    "F106": (GOOD, archive(**{"xl/a.xml": b"<!DOCTYPE x>"}), "definisi entitas di xl/a.xml"),
    "F107": (GOOD, archive(**{"xl/vbaProject.bin": b"x"}), "makro di dalam berkas tidak dijalankan"),
    "P601": ([], [PERSONS], r"2 sel berisi NIK/KK"),
    "P602": ([], [privacy.Place("nama orang", 0, "kolom", column="F", row=1)], r"kolom F \(nama orang\) ditinggalkan"),
    "P603": (0, 1552, r"tampak data perorangan: 1\.552 baris"),
    "H206": (reception(*PUS), titled("Jumlah PUS (dalam ribuan)", *PUS), "judul menyebut angka 'dalam ribuan'"),
    "F105": ("", "b.csv", "isi sama dengan b.csv"),
    "H201": (reception(*PUS), reception("A", "B"), "judul kolom tidak dikenal"),
    "H202": (
        reception(*PUS),
        reception(*PUS[:5], "UNMETNED", "BULAN"),
        r"UNMET NEED; yang mirip: UNMET NEED ← 'UNMETNED' \(kolom F\)",
    ),
    "H203": (reception(*PUS), reception(*PUS, "PUS"), r"'PUS' muncul 2 kali \(kolom E, H\)"),
    "H204": (reception(*PUS), reception(*PUS, "CATATAN"), r"'CATATAN' \(H\)"),
    "H205": (reception(*PUS), reception(*PUS, skipped=(2,)), "baris nomor kolom dilewati: 2"),
    "R213": (checks.Rows(), checks.Rows(totals=(9,)), "baris jumlah .*: 9"),
    "R214": (checks.Rows(), checks.Rows(overlong=((9, "a | b"),)), r"lebih banyak sel .*: a \| b"),
    "T511": (
        checks.Rows(),
        checks.Rows(bad_times=((9, "JANUAIR"), (10, "JANUAIR")), dated=2),
        r"'JANUAIR' pada 2 baris \(9, 10\)",
    ),
    "R215": (checks.Body(1, 2), checks.Body(1, 0), "tidak ada baris data"),
    "C221": (column("1.552"), column(1.552), "'1.552' bukan bilangan bulat — kemungkinan titik ribuan"),
    "C222": (column("1.552"), column("1.552", "1,552"), "baris 2 '1.552', baris 3 '1,552'"),
    "C223": (column("54,72", kind="percent"), column(0.5472, kind="percent"), "tampak ditulis 0–1"),
    "C224": (
        column("0"),
        column("", "-", "#DIV/0!", "n/a", "0"),
        r"4 sel tanpa nilai \(kosong 1, '-' 1, '#DIV/0!' 1, 'n/a' 1\)",
    ),
    "C225": (column("0"), column(cells.WITHOUT_VALUE), "rumus tanpa hasil"),
    "C226": (column("0"), column("9999"), "penanda '9999'"),
    "C227": (
        form_problems(),
        form_problems({"source_row": 5, "column": "sasaran", "found": "9", "expected": "1, 2, 3, atau 4"}),
        "isian '9' tidak dapat dipakai",
    ),
    "R212": (
        places("2001"),
        places("2999"),
        "kode 2999 tidak dikenal di SUMUR; dicocokkan lewat nama menjadi 36.01.01.2001",
    ),
    "M401": (places(), places(kelurahan="XYZ"), r"desa tidak ditemukan .*XYZ \(9 baris\)"),
    "M402": (places(), places(kelurahan="SUMBERJAJA"), "'SUMBERJAJA' dicocokkan dengan 36.01.01.2001 Sumberjaya"),
    "R211": (
        checks.Shelf({}),
        duplicates(False),
        r"periode 2025-09 .* nilai berbeda \(baris 7 dan 9\); baris 7 yang dipakai",
    ),
    "X301": (
        shelf("siga_pus", pus=10, unmet_need=10),
        shelf("siga_pus", pus=1552, unmet_need=1612),
        r"1\.612 lebih besar dari PUS 1\.552 \(selisih 60\)",
    ),
    "X302": (
        shelf("siga_methods", **METHODS),
        shelf("siga_methods", **METHODS | {"pa": 10}),
        "KB MODERN . KB TRADISIONAL 9 bukan PA 10",
    ),
    "X303": (profile(3), profile(4), r"Tidak Ingin Anak = 7, PUS dikurangi peserta KB = 6 \(selisih 1\)"),
    "X305": (couples(6), couples(7), r"KB modern 7 ditambah unmet need 4 lebih dari PUS 10 \(110,00 persen\)"),
    "X308": (shelf("siga_pus", pus=1), shelf("siga_pus", pus=0), "PUS 0: persentase tidak dihitung"),
    "K401": (
        villages(67),
        villages(60),
        r"siga_pus: 60 dari 67 desa/kelurahan \(89,55 persen\) pada 2025-09",
    ),
    "K402": (extraction("2025-10-11"), extraction("2025-09-30"), "ditarik 2025-09-30, sebelum 2025-09 berakhir"),
    "K403": (
        months("siga_pus", "pus", 101, 100, 0, unmet_need=1),
        months("siga_pus", "pus", 100, 101, 0, unmet_need=1),
        r"PUS = 0, 2025-02 101 \(selisih 101\)",
    ),
    "O501": (
        months("siga_pus", "pus", 98, 99, 100, 101, 102, 119),
        months("siga_pus", "pus", 98, 99, 100, 101, 102, 1000),
        r"PUS 1\.000, biasanya 93–108 \(selisih 892\)",
    ),
    "O502": (
        months("siga_pus", "pus", 100, *[pd.NA] * 11, 133),
        months("siga_pus", "pus", 100, *[pd.NA] * 11, 134),
        r"PUS naik 34,0 persen dibanding 2025-01: 100 menjadi 134 \(selisih 34\)",
    ),
    "O503": (
        months("siga_methods", "pa", 5, 6, suntik=3, pil=2),
        months("siga_methods", "pa", 5, 5, 5, suntik=3, pil=2),
        "sama persis dengan bulan sebelumnya pada 2025-02, 2025-03",
    ),
    "O504": (
        heaped(*[110] * 8, *[111] * 12),
        heaped(*[110] * 9, *[111] * 11),
        "45,0 persen dari 20 angka PUS berakhir 0",
    ),
    "T512": (revised(5, 5), revised(5, 7), r"1 angka siga_pus direvisi dibanding a \(jumlah selisih 2\)"),
    "X304": (
        page(SERANG, LEBAK, SUM),
        page(("SERANG", "3", "97,22", *SERANG[3:]), LEBAK, SUM),
        "97,22 persen, dari",
    ),
    "X304 tables": (
        shelf("siga_groups", kind="bkb", yang_ada=3, yang_lapor=2, persentase_lapor=66.67),
        shelf("siga_groups", kind="bkb", yang_ada=3, yang_lapor=2, persentase_lapor=66.7 + 0.1),
        "BKB: tertulis 66,80 persen, dari hitungan 66,67 persen",
    ),
    "X306": (totals(7), totals(8), r"di atasnya 7, baris jumlah menulis 8 \(selisih 1\)"),
    "X306 page": (
        page(SERANG, LEBAK, SUM),
        page(SERANG, LEBAK, ("", "4", *SUM[2:])),
        r"jumlah baris 3, Total menulis 4 \(selisih 1\); kolom tidak dipakai",
    ),
    "X306 tables": (statistics(7, 3, 4), statistics(8, 3, 4), r"di dalamnya 7, wilayah itu sendiri 8 \(selisih 1\)"),
    "R216": (page(SERANG, LEBAK, SUM), page(SERANG, LEBAK, SUM, area="Desa - SUMBERJAYA"), "Kampung KB, bukan wilayah"),
    "X307": (pair(5), pair(pd.NA), "UNMET NEED ada, PUS kosong"),
}


def found(code: str, subject) -> list[dict]:
    rule = checks.CHECKS[code]
    return [f for f in checks.run(rule.stage, subject, "a.csv") if f["code"] == rule.code]


def test_every_rule_has_its_fixtures():
    assert set(FIXTURES) == set(checks.CHECKS)


@pytest.mark.parametrize("code", FIXTURES)
def test_a_rule_passes_what_is_right(code):
    passing, _, _ = FIXTURES[code]
    if passing is not None:
        assert [f for f in found(code, passing) if f["area_code"] != "36"] == []  # of a province there is never enough


@pytest.mark.parametrize("code", FIXTURES)
def test_a_rule_finds_what_is_wrong_and_says_so(code):
    _, failing, said = FIXTURES[code]
    first = found(code, failing)[0]
    assert re.search(said, first["found"]), first["found"]
    assert first["severity"] in checks.SEVERITIES
    assert first["action"].endswith(".")


def seen(code: str, subject) -> int:
    """How many things a rule looked at."""
    tally: Counter[str] = Counter()
    checks.run(checks.CHECKS[code].stage, subject, tally=tally)
    return tally[code]


@pytest.mark.parametrize("code", FIXTURES)
def test_a_rule_says_how_much_it_looked_at(code):
    assert seen(code, FIXTURES[code][1]) > 0


@pytest.mark.parametrize("code", [code for code, rule in checks.CHECKS.items() if rule.stage == "tables"])
def test_a_rule_of_tables_without_any_did_not_run(code):
    assert seen(code, checks.Shelf({})) == 0


@pytest.mark.parametrize(
    ("code", "subject", "number"),
    [
        ("X301", shelf("siga_pus", pus=10, unmet_need=pd.NA), 0),
        ("X301", shelf("siga_pus", pus=10, unmet_need=1), 1),
        ("O501", months("siga_pus", "pus", 1, 2, 3, 4, 5), 0),
        ("O501", months("siga_pus", "pus", 1, 2, 3, 4, 5, 6), 6),
        ("O502", months("siga_pus", "pus", *[100] * 12), 0),
        ("O502", months("siga_pus", "pus", *[100] * 14), 2),
        ("O503", months("siga_methods", "pa", 5), 0),
        ("C223", column("1.552"), 0),
        ("C221", column("1.552", "x", ""), 3),
        ("T512", revised(5, 5), 1),
        ("R213", checks.Rows(totals=(9,), notes=((10, "x"),), left=3), 5),
    ],
)
def test_a_rule_counts_what_it_could_compare(code, subject, number):
    assert seen(code, subject) == number


@pytest.mark.parametrize("rule", checks.CHECKS.values(), ids=lambda c: c.code)
def test_every_rule_says_who_can_put_it_right_and_in_which_words(rule):
    assert rule.severity in checks.SEVERITIES
    assert rule.stage in checks.STAGES
    assert rule.owner in ("pengirim berkas", "petugas pelaporan", "pengisi borang")
    assert rule.sentence.endswith(".")
    assert rule.function.__doc__


def test_the_message_says_where_what_and_what_to_do():
    finding = found("X301", shelf("siga_pus", pus=1552, unmet_need=1612))[0]
    assert checks.message(finding) == (
        'KKB-X301 · PERINGATAN · `a.csv` › baris 7 › kolom "UNMET NEED": UNMET NEED 1.612 lebih besar dari PUS 1.552 '
        "(selisih 60); seharusnya paling banyak 1.552. Periksa isian di sumber, lalu unduh ulang. "
        "Jangan mengubah angka di berkas ini."
    )


def test_a_zip_bomb_is_refused_before_it_is_opened():
    bomb = archive(**{"xl/worksheets/sheet1.xml": b"0" * (100 * 2**20)})
    findings = checks.run("file", bomb, until_refused=True)
    assert [f["code"] for f in findings] == ["F102"]
    assert "sheets" not in vars(bomb)


def test_ten_thousand_members_are_refused():
    many = archive(**{f"m{i}": b"" for i in range(2001)})
    assert found("F102", many)[0]["found"] == "2.002 bagian di dalam berkas"


def test_a_wrong_extension_is_only_noted():
    assert found("F101", replace(GOOD, name="a.xlsx"))[0]["severity"] == "CATATAN"


@pytest.mark.parametrize(
    "data", [b"MIME-Version: 1.0\n", b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>']
)
def test_what_excel_can_save_as_a_workbook_is_to_be_saved_so(data):
    assert found("F101", file(data, "a.xls"))[0]["action"] == "Buka di Excel, simpan sebagai .xlsx, lalu impor lagi."
    assert found("F101", file(b"%PDF-1.7"))[0]["action"] == "Unduh ulang berkas dari sumbernya."


def test_a_table_made_by_hand_is_shown_the_way_of_a_map():
    near = found("H201", reception("Nama Desa", "Jml PUS", "Unmet"))[0]
    assert near["action"].endswith("buat peta kolom dengan kkb import --propose.")
    assert found("H201", reception("A", "B"))[0]["action"].endswith("tanpa mengubah judul kolomnya.")


def test_a_clash_in_a_column_that_is_not_required_costs_the_column_alone():
    assert found("C222", column("1.552", "1,552", required=False))[0]["severity"] == "GAGAL"
    assert found("C222", column("1.552", "1,552"))[0]["severity"] == "TOLAK"


def test_a_foreign_letter_in_a_label_is_shown_by_its_code_point():
    labels = (*PUS[:4], "РUS", *PUS[5:])
    assert "huruf asing U+0420" in found("H202", reception(*labels))[0]["found"]


def test_identical_duplicates_are_only_noted():
    assert [f["severity"] for f in found("R211", duplicates(True))] == ["CATATAN"]


def test_a_part_above_its_whole_across_two_tables_is_found_in_the_file_of_the_part():
    methods, pus = shelf("siga_methods", pa=12), shelf("siga_pus", pus=10, unmet_need=0)
    findings = found("X301", checks.Shelf({**methods.frames, **pus.frames}))
    assert [f["found"] for f in findings if f["column"] == "PA"] == ["PA 12 lebih besar dari PUS 10 (selisih 2)"]


def test_a_name_that_differs_from_the_code_is_noted_and_another_villages_name_is_a_warning():
    assert [f["severity"] for f in found("R212", places("2001", "SUMBER JAYAA"))] == ["CATATAN"]
    assert [f["severity"] for f in found("R212", places("2001", areas.name_of("36.01.01.2002")))] == ["PERINGATAN"]


def test_a_code_that_came_as_a_number_says_so():
    subject = replace(places(), numeric_codes=((7, "36.1"),))
    assert "kode terbaca sebagai angka (36.1)" in found("R212", subject)[0]["found"]


@pytest.mark.parametrize(("position", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_the_letter_of_a_column(position, name):
    assert checks.letter(position) == name


def test_contradictory_rows_are_named_by_file_and_row():
    rows = checks.contradictory_rows(shelf("siga_pus", pus=1, unmet_need=2).frames)
    assert rows.to_dict("records") == [{"file": "a.csv", "row": "7", "code": "X301"}]


def test_of_24_months_three_standard_deviations_are_far_and_of_fewer_they_are_not():
    usual = [100, 130] * 12  # the median deviation is 15: five times are 75
    assert found("O501", months("siga_pus", "pus", *usual[:9], 189)) == []
    assert len(found("O501", months("siga_pus", "pus", *usual, 189))) == 1


def test_five_hundred_outliers_come_the_farthest_first():
    values = [[100] * 9 + [1000 + i] for i in range(500)]
    far = checks.series._outliers(pd.DataFrame(values).to_numpy(dtype="float64"))
    assert [i for i, *_ in far] == list(range(499, -1, -1))


def test_a_value_without_five_others_has_no_usual_range():
    assert found("O501", months("siga_pus", "pus", 98, 99, 100, 101, 1000)) == []
    assert found("O501", months("siga_pus", "pus", 98, 99, 100, 101, pd.NA, 1000)) == []


def test_a_fall_by_a_third_is_a_jump_and_a_small_count_is_none():
    assert "turun 34,0 persen" in found("O502", months("siga_pus", "pus", 100, *[pd.NA] * 11, 66))[0]["found"]
    assert found("O502", months("siga_pus", "pus", 49, *[pd.NA] * 11, 4)) == []


def test_a_month_left_out_is_no_standstill():
    rows = months("siga_methods", "pa", 5, 6, 5, suntik=3, pil=2).frames["siga_methods"]
    assert found("O503", checks.Shelf({"siga_methods": rows[rows["pa"] == 5]})) == []


@pytest.mark.parametrize(
    ("changed", "still"), [({}, True), ({"pil": 0}, False), ({"mal": [0, pd.NA]}, False), ({"mal": [pd.NA] * 2}, True)]
)
def test_standstill_is_three_columns_above_0_and_a_missing_value_is_none(changed, still):
    rows = months("siga_methods", "pa", 5, 5, **{"suntik": 3, "pil": 2}).frames["siga_methods"]
    for name, values in changed.items():
        rows[name] = pd.array(values if isinstance(values, list) else [values] * 2, dtype="Int64")
    assert bool(found("O503", checks.Shelf({"siga_methods": rows}))) is still


def test_counts_below_a_hundred_may_all_end_in_0():
    assert found("O504", heaped(*[90] * 20)) == []


def test_completeness_is_what_counting_row_by_row_gives():
    kinds = {"36.01.01.2001": "bkb", "36.01.01.2002": "bkr", "36.01.02.2001": "bkb", "99.99.99.2001": "bkb"}
    rows = [
        {"village_code": code, "period": period, "kind": kind}
        for code, kind in kinds.items()
        for period in ("2025-08", "2025-09")
        if (kind, period) != ("bkr", "2025-08")
    ]
    whole = checks.completeness_of({"siga_groups": pd.DataFrame(rows)}, "kecamatan").set_index(
        ["kind", "time", "area_code"]
    )["received"]
    inside = areas.children("36.01", "kecamatan")["code"]
    assert list(whole.index) == [
        (kind, time, code)
        for kind, time in (("bkb", "2025-08"), ("bkb", "2025-09"), ("bkr", "2025-09"))
        for code in inside
    ]
    for (kind, time, code), received in whole.items():
        assert received == sum(r["village_code"][:8] == code and (r["kind"], r["period"]) == (kind, time) for r in rows)


def test_a_row_of_zeros_alone_is_suspicious_and_a_missing_one_is_not():
    assert "semua angka 0" in found("K403", shelf("siga_pus", pus=0, unmet_need=0))[0]["found"]
    assert found("K403", shelf("siga_pus")) == []


def test_a_province_below_three_quarters_has_no_summary():
    findings = {f["area_code"]: f for f in found("K401", villages(67))}
    assert findings["36"]["severity"] == "GAGAL"
    assert "status provinsi ditahan dan angkanya diberi label tidak lengkap" in findings["36"]["found"]
    assert "36.73" not in findings


def test_completeness_counts_the_villages_of_every_kecamatan_that_did_not_come_too():
    rows = checks.completeness_of(villages(1).frames, "kecamatan")
    assert len(rows) == len(areas.children("36.73", "kecamatan"))
    assert (rows["received"].sum(), rows["expected"].sum()) == (1, 67)
    assert set(rows["table"]) == {"siga_pus"}


def test_a_month_is_provisional_until_the_tenth_of_the_next():
    assert "masih sementara" in found("K402", extraction("2025-10-10"))[0]["found"]


def test_a_revision_holds_old_new_and_difference_and_a_new_value_where_none_was():
    rows = revised(5, 7).revisions
    assert rows[["column", "old", "new", "difference", "file_old", "file_new"]].to_numpy().tolist() == [
        ["pus", "5", "7", "2", "a", "b"]
    ]
    assert revised(pd.NA, 7).revisions[["old", "new", "difference"]].to_numpy().tolist() == [["", "7", ""]]
