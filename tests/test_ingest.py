"""A file of unknown origin -> a tidy table with codes, or a list of findings."""

import hashlib
import json
import os
import re
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from kkb_helpers import areas, checks, ingest, parallel, store, workbook
from kkb_helpers.errors import EnvironmentFault, Killed, PrivacyError, UsageError
from kkb_helpers.files import File
from kkb_helpers.store import Tables

from .benchmarks import recap

PLACES = "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN"
PUS = f"{PLACES};PUS;UNMET NEED;BULAN"
VILLAGE = "BANTEN;PANDEGLANG;SUMUR;SUMBERJAYA"
OTHER = "BANTEN;PANDEGLANG;SUMUR;TAMANJAYA"


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def inbox(tmp_path):
    """A function that writes a file into a folder outside the data folder, and gives its path."""
    folder = tmp_path / "inbox"
    folder.mkdir()

    def put(name: str, *lines: str, encoding: str = "utf-8") -> Path:
        (folder / name).write_text("\n".join(lines) + "\n", encoding=encoding)
        return folder / name

    return put


def take(data, *paths, year=2025, as_of="2025-10-01"):
    return ingest.import_paths(paths, data, year, as_of)


def table(data, name):
    return Tables.open(data / "tables").read(name)


def codes_found(report):
    """The codes of what was found in the file; K401, that a file of two villages is not complete, is left out."""
    return found_in(report)["code"].tolist()


def found_in(report):
    return report.findings[report.findings["code"] != "K401"].reset_index(drop=True)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class TestOneFile:
    def test_becomes_a_tidy_table_with_codes(self, data, inbox):
        report = take(data, inbox("a.csv", PUS, f"{VILLAGE};1.552;12;JANUARI"))
        rows = table(data, "siga_pus")
        assert rows.to_dict("records") == [
            {
                "village_code": "36.01.01.2001",
                "period": "2025-01",
                "pus": 1552,
                "unmet_need": 12,
                "source_file": "a.csv",
                "source_row": 2,
            }
        ]
        assert str(rows["pus"].dtype) == "Int64"
        assert (report.exit_code, report.tables) == (0, {"siga_pus": 1})
        entry = report.files[0]
        assert (entry.status, entry.kind, entry.rows, entry.villages, entry.matched) == ("diimpor", "siga_pus", 1, 1, 1)
        assert entry.time == "2025-01"

    def test_is_kept_unchanged_and_registered(self, data, inbox):
        path = inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI")
        take(data, path)
        assert (data / "raw" / "a.csv").read_bytes() == path.read_bytes()
        register = pd.read_csv(data / "raw" / "register.csv", dtype=str, keep_default_na=False)
        assert list(register) == store.REGISTER_COLUMNS
        assert register.loc[0, ["name", "kind", "year", "as_of", "rows"]].tolist() == [
            "a.csv",
            "siga_pus",
            "2025",
            "",
            "1",
        ]

    def test_imported_twice_is_a_no_op(self, data, inbox):
        path = inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI")
        take(data, path)
        before = snapshot(data)
        report = take(data, path)
        assert (report.files[0].status, report.changed) == ("sudah ada", False)
        assert snapshot(data) == before

    def test_says_which_rules_looked_at_it_and_at_how_much(self, data, inbox):
        report = take(data, inbox("a.csv", PUS, f"{VILLAGE};1.552;12;JANUARI", f"{OTHER};6;;JANUARI"))
        seen = pd.read_csv(data / "tables" / "checks.csv", keep_default_na=False)
        assert seen.equals(report.seen)
        assert list(seen.columns) == store.SEEN_COLUMNS
        of = seen.set_index("rule")["seen"].to_dict()
        assert set(of) == set(checks.CHECKS)
        ran = {"F101": 1, "F105": 1, "P601": 1, "H201": 1, "C221": 4, "R215": 1, "T511": 2, "M401": 2, "X301": 1}
        assert {rule: of[rule] for rule in ran} == ran
        not_run = {"F106", "P602", "P603", "R212", "X302", "X303", "O501", "C223", "C227", "T512", "R216"}
        assert {rule for rule in not_run if of[rule]} == set()
        assert set(seen.loc[seen["file"] == "", "rule"]) == {k for k, r in checks.CHECKS.items() if r.stage == "tables"}

    def test_refused_says_which_rules_it_came_to(self, data, inbox):
        report = take(data, inbox("a.csv", PUS.replace("PUS", "P", 1), f"{VILLAGE};1;1;MEI"))
        of = report.seen.set_index("rule")["seen"]
        assert (of["H202"], of["C221"], of["R215"]) == (1, 0, 0)

    def test_what_it_saw_is_the_same_when_the_tables_are_made_again(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};1.552;12;JANUARI"))
        before = (data / "tables" / "checks.csv").read_bytes()
        shutil.rmtree(data / "tables")
        ingest.refresh(data)
        assert (data / "tables" / "checks.csv").read_bytes() == before

    def test_with_another_content_of_the_same_name_is_kept_beside_it(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        take(data, inbox("a.csv", PUS, f"{VILLAGE};6;1;FEBRUARI"))
        names = sorted(p.name for p in (data / "raw").glob("*.csv"))
        assert len(names) == 3
        assert re.fullmatch(r"a-[0-9a-f]{8}\.csv", names[0])
        assert table(data, "siga_pus")["pus"].tolist() == [5, 6]

    def test_a_later_file_of_the_same_month_replaces_the_value(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        take(data, inbox("b.csv", PUS, f"{VILLAGE};7;1;JANUARI"))
        assert table(data, "siga_pus")[["pus", "source_file"]].to_numpy().tolist() == [[7, "b.csv"]]

    def test_given_again_with_the_right_year_is_corrected(self, data, inbox):
        path = inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI")
        take(data, path, year=2024)
        take(data, path, year=2025)
        assert table(data, "siga_pus")["period"].tolist() == ["2025-01"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("mark", [",", "\t", ";"])
    def test_in_any_encoding_and_delimiter(self, data, inbox, encoding, mark):
        lines = [line.replace(";", mark) for line in (f"{PUS};CATATAN", f"{VILLAGE};5;1;JANUARI;é")]
        take(data, inbox("a.csv", *lines, encoding=encoding))
        assert table(data, "siga_pus")["pus"].tolist() == [5]

    def test_that_is_a_workbook_keeps_its_row_numbers_and_sheet(self, data, tmp_path):
        path = tmp_path / "a.xlsx"
        book = xlsxwriter.Workbook(path)
        book.add_worksheet("Petunjuk").write(0, 0, "Isi lembar Rekap")
        sheet = book.add_worksheet("Rekap")
        sheet.write(0, 0, "Laporan PUS")
        sheet.write_row(3, 0, PUS.split(";"))
        sheet.write_row(4, 0, [*VILLAGE.split(";"), 1552, 1.5, "JANUARI"])
        book.close()
        report = take(data, path)
        assert table(data, "siga_pus")[["pus", "source_row"]].to_numpy().tolist() == [[1552, 5]]
        finding = found_in(report).iloc[0]
        assert (finding.code, finding.sheet, finding.row, finding.column, finding.area_code) == (
            "C221", "Rekap", "5", "UNMET NEED", "36.01.01.2001",
        )  # fmt: skip


class TestRows:
    def test_totals_numbers_footnotes_and_repeated_headers_are_no_data(self, data, inbox):
        path = inbox(
            "a.csv", "LAPORAN;;;;;;", "", PUS, "(1);(2);(3);(4);(5);(6);(7)", f"{VILLAGE};5;1;JANUARI", PUS,
            f"{OTHER};6;2;JANUARI", "JUMLAH;;;;11;3;", "BANTEN;;;TOTAL;11;3;JANUARI", ";;;;;;NOVEMBER", ";;;;;;",
            "Sumber: SIGA",
        )  # fmt: skip
        report = take(data, path)
        assert table(data, "siga_pus")[["pus", "source_row"]].to_numpy().tolist() == [[5, 5], [6, 7]]
        found = report.findings.set_index("code")["found"]
        assert found["R213"] == "baris jumlah dipakai untuk pemeriksaan saja: 8, 9"
        assert set(found["R214"]) == {
            "baris tanpa wilayah dilewati: NOVEMBER",
            "baris tanpa wilayah dilewati: Sumber …",
        }
        assert set(found["H205"]) == {"baris nomor kolom dilewati: 4", "judul kolom yang berulang dilewati: 6"}

    def test_a_short_row_has_missing_cells_and_a_long_one_is_set_aside(self, data, inbox):
        report = take(
            data, inbox("a.csv", PUS, "BANTEN;PANDEGLANG;SUMUR;SUMBERJAYA;5;;JANUARI", f"{OTHER};6;1;JANUARI;9")
        )
        assert table(data, "siga_pus")["unmet_need"].isna().tolist() == [True]
        assert sorted(codes_found(report)) == ["C224", "R214", "X307"][:2]

    def test_an_unreadable_month_is_named_and_set_aside(self, data, inbox):
        report = take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUAIR", f"{VILLAGE};6;1;MEI"))
        assert table(data, "siga_pus")["pus"].tolist() == [6]
        found = report.findings.set_index("code").loc["T511"]
        assert "'JANUAIR' pada 1 baris (2)" in found["found"]
        assert (found["row"], found["column"], found["severity"]) == ("2", "BULAN", "PERINGATAN")

    def test_months_none_of_which_can_be_read_refuse_the_file_for_that_alone(self, data, inbox):
        report = take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUAIR"))
        assert report.exit_code == 3
        assert report.findings[["code", "severity"]].to_numpy().tolist() == [["T511", "TOLAK"]]

    def test_the_same_row_twice_is_noted_and_another_value_costs_the_district(self, data, inbox):
        row, other = f"{VILLAGE};5;1;JANUARI", f"{OTHER};6;2;JANUARI"
        report = take(data, inbox("a.csv", PUS, row, other, row, f"{OTHER};7;2;JANUARI"))
        assert table(data, "siga_pus")["pus"].tolist() == [5, 6]
        found = report.findings[report.findings["code"] == "R211"]
        assert found["row"].tolist() == ["4", "5"]
        assert found["area_code"].tolist() == ["", table(data, "siga_pus")["village_code"].iloc[1]]
        assert found["severity"].tolist() == ["CATATAN", "GAGAL"]

    def test_a_later_file_that_holds_the_row_once_settles_it(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI", f"{VILLAGE};7;1;JANUARI"))
        report = take(data, inbox("b.csv", PUS, f"{VILLAGE};6;1;JANUARI"))
        assert table(data, "siga_pus")["pus"].tolist() == [6]
        assert "R211" not in set(store.Tables.open(data / "tables").findings["code"])
        assert "R211" not in codes_found(report)

    def test_a_row_that_stands_twice_is_held_to_the_first_of_its_own_file(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI", f"{OTHER};9;1;JANUARI"))
        report = take(data, inbox("b.csv", PUS, f"{VILLAGE};7;1;JANUARI", f"{VILLAGE};8;1;JANUARI"))
        assert sorted(table(data, "siga_pus")["pus"]) == [7, 9]
        found = report.findings[report.findings["code"] == "R211"]
        assert found[["file", "row"]].to_numpy().tolist() == [["b.csv", "3"]]
        assert "(baris 2 dan 3)" in found["found"].iloc[0]

    def test_an_unknown_village_is_kept_with_its_values(self, data, inbox):
        report = take(
            data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI", "BANTEN;PANDEGLANG;SUMUR;ATLANTIS;9;2;JANUARI")
        )
        rest = pd.read_parquet(data / "tables" / "unmatched.parquet")
        assert rest[["table", "kelurahan", "source_row", "reason"]].to_numpy().tolist() == [
            ["siga_pus", "ATLANTIS", 3, "desa tidak ditemukan di kecamatan"]
        ]
        assert json.loads(rest["values"].iloc[0]) == {"pus": "9", "unmet_need": "2"}
        assert (report.files[0].villages, report.files[0].matched) == (2, 1)
        assert "M401" in codes_found(report)

    def test_names_na_and_null_stay_names(self, data, inbox):
        take(
            data,
            inbox("a.csv", PUS, "BANTEN;PANDEGLANG;SUMUR;NA;9;2;JANUARI", "BANTEN;PANDEGLANG;SUMUR;null;9;2;JANUARI"),
        )
        assert pd.read_parquet(data / "tables" / "unmatched.parquet")["kelurahan"].tolist() == ["NA", "null"]


class TestMatchingOverFiles:
    CODED = ("coded.csv", f"{PLACES};KODE;JUMLAH KAMPUNG KB", "BANTEN;PANDEGLANG;SUMUR;PODA;2001;1")
    BARE = ("bare.csv", PUS, "BANTEN;PANDEGLANG;SUMUR;PODA;5;1;JANUARI")

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_a_file_with_codes_teaches_one_without_in_any_order(self, data, inbox, order):
        files = [inbox(*self.CODED), inbox(*self.BARE)]
        for i in order:
            take(data, files[i])
        assert table(data, "siga_pus")["village_code"].tolist() == ["36.01.01.2001"]

    def test_the_tables_do_not_depend_on_the_order_of_import(self, tmp_path, inbox):
        files = [inbox(*self.CODED), inbox(*self.BARE)]
        for name, order in (("one", files), ("two", files[::-1])):
            for path in order:
                take(tmp_path / name, path)
        one, two = (snapshot(tmp_path / name / "tables") for name in ("one", "two"))
        tables = [name for name in one if not name.startswith(".parts") and name != "built.json"]
        assert {n: one[n] for n in tables} == {n: two[n] for n in tables}


class TestTimes:
    def test_a_month_without_a_year_needs_one(self, data, inbox):
        with pytest.raises(UsageError, match=r"a\.csv: bulan tanpa tahun.*--year 2025"):
            take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"), year=None)
        assert not data.exists()

    def test_a_month_with_its_year_needs_none(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;Januari 2025"), year=None)
        assert table(data, "siga_pus")["period"].tolist() == ["2025-01"]

    def test_a_snapshot_needs_a_date(self, data, inbox):
        with pytest.raises(UsageError, match=r"a\.csv: tanggal pengambilan tidak diketahui.*--as-of 2025-10-01"):
            take(data, inbox("a.csv", f"{PLACES};JUMLAH KAMPUNG KB", f"{VILLAGE};1"), as_of=None)

    def test_all_files_that_lack_a_time_are_named_at_once(self, data, inbox):
        paths = [
            inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"),
            inbox("b.csv", f"{PLACES};JUMLAH KAMPUNG KB", f"{VILLAGE};1"),
        ]
        with pytest.raises(UsageError) as error:
            take(data, *paths, year=None, as_of=None)
        assert len(error.value.messages) == 2

    def test_a_month_that_has_not_begun_is_refused(self, data, inbox):
        with pytest.raises(UsageError, match="belum tiba"):
            take(
                data,
                inbox("a.csv", PUS, f"{VILLAGE};5;1;DESEMBER"),
                year=pd.Timestamp.today().year + 1,
            )

    @pytest.mark.parametrize("as_of", ["2025-13-01", "kemarin", "20251001", "1999-01-01", "2999-01-01"])
    def test_a_date_that_cannot_be_is_refused(self, data, as_of):
        with pytest.raises(UsageError, match=r"Tanggal .*(tidak dikenal|belum tiba)"):
            take(data, as_of=as_of)

    @pytest.mark.parametrize("year", [25, 1999, 2999])
    def test_a_year_that_cannot_be_is_refused(self, data, year):
        with pytest.raises(UsageError, match="tidak masuk akal"):
            take(data, year=year)

    def test_the_note_beside_the_originals_gives_what_the_files_lack(self, data):
        (data / "raw").mkdir(parents=True)
        (data / "raw" / "a.csv").write_text(f"{PUS}\n{VILLAGE};5;1;JANUARI\n")
        (data / "raw" / "import.toml").write_text('[files."a.csv"]\nyear = 2024\n')
        ingest.refresh(data)
        assert table(data, "siga_pus")["period"].tolist() == ["2024-01"]

    def test_a_note_that_cannot_be_read_is_refused(self, data):
        (data / "raw").mkdir(parents=True)
        (data / "raw" / "a.csv").write_text(f"{PUS}\n{VILLAGE};5;1;JANUARI\n")
        (data / "raw" / "import.toml").write_text("year: 2024")
        with pytest.raises(UsageError, match=r"import\.toml tidak terbaca"):
            ingest.refresh(data)


class TestPaths:
    def test_a_folder_lists_what_is_no_export_and_takes_the_rest(self, data, inbox):
        folder = inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI").parent
        inbox("b.csv", "URAIAN;NILAI;X", "a;b;c")
        inbox("README.md", "# x")
        inbox("~$a.xlsx", "x")
        report = take(data, folder)
        assert {f.name: f.status for f in report.files} == {
            "README.md": "tidak dikenal", "a.csv": "diimpor", "b.csv": "tidak dikenal", "~$a.xlsx": "tidak dikenal",
        }  # fmt: skip
        assert report.exit_code == 0
        assert sorted(p.name for p in (data / "raw").iterdir()) == ["a.csv", "register.csv"]

    def test_a_file_named_that_is_no_export_is_refused_and_the_good_one_taken(self, data, inbox):
        report = take(data, inbox("b.csv", "URAIAN;NILAI;X", "a;b;c"), inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        assert report.exit_code == 3
        assert [f.status for f in report.files] == ["tidak dikenal", "diimpor"]
        assert "judul kolom tidak dikenal" in report.refusals[0]
        assert not (data / "raw" / "b.csv").exists()

    def test_a_missing_column_refuses_the_file_by_name(self, data, inbox):
        report = take(data, inbox("a.csv", PUS.replace("UNMET NEED;", ""), f"{VILLAGE};5;JANUARI"))
        assert (report.exit_code, report.files[0].status) == (3, "ditolak")
        assert "kolom wajib tidak ada: UNMET NEED" in report.refusals[0]
        assert not (data / "raw").exists() or not (data / "raw" / "a.csv").exists()

    def test_a_header_without_rows_is_refused(self, data, inbox):
        assert "tidak ada baris data" in take(data, inbox("a.csv", PUS)).refusals[0]

    def test_two_ways_to_write_numbers_in_a_required_column_refuse_the_file(self, data, inbox):
        report = take(data, inbox("a.csv", PUS, f"{VILLAGE};1.448;1;JANUARI", f"{OTHER};1,448;1;JANUARI"))
        assert report.exit_code == 3
        assert "baris 2 '1.448', baris 3 '1,448'" in report.refusals[0]

    def test_the_same_content_under_two_names_is_kept_once(self, data, inbox):
        lines = (PUS, f"{VILLAGE};5;1;JANUARI")
        report = take(data, inbox("a.csv", *lines), inbox("b.csv", *lines))
        assert [f.status for f in report.files] == ["diimpor", "sudah ada"]
        assert table(data, "siga_pus").shape[0] == 1
        assert "F105" in codes_found(report)

    def test_twins_are_told_by_the_command_and_are_no_finding_of_the_tables(self, data, inbox):
        paths = [inbox(name, PUS, f"{VILLAGE};1;1;MEI") for name in ("a.csv", "b.csv")]
        for _ in range(2):
            found = take(data, *paths).findings
            twins = found[found["code"] == "F105"]
            assert twins[["file", "found"]].to_numpy().tolist() == [
                ["b.csv", "isi sama dengan a.csv; disimpan satu kali"]
            ]
        assert "F105" not in set(Tables.open(data / "tables").findings["code"])

    def test_a_twin_that_its_name_refuses_leaves_the_good_one(self, data, inbox):
        bad = "z nik 32" + "0000" + "410190" + "0001.csv"
        report = take(data, *(inbox(name, PUS, f"{VILLAGE};1;1;MEI") for name in ("a.csv", bad)))
        assert report.exit_code == PrivacyError.exit_code
        assert len(Tables.open(data / "tables").read("siga_pus")) == 1

    def test_a_path_that_is_not_there_is_refused_before_anything(self, data, tmp_path):
        with pytest.raises(UsageError, match="tidak ada"):
            take(data, tmp_path / "x.csv")

    def test_a_link_is_refused(self, data, inbox, tmp_path):
        link = tmp_path / "link.csv"
        link.symlink_to(inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        with pytest.raises(UsageError, match="bukan berkas biasa"):
            take(data, link)

    def test_an_address_is_refused(self, data):
        with pytest.raises(UsageError, match="bukan berkas di komputer ini"):
            take(data, "https://example.org/a.csv")

    def test_check_paths_finds_the_same_and_writes_nothing(self, data, inbox):
        path = inbox("a.csv", PUS, f"{VILLAGE};-5;1;JANUARI")
        checked = ingest.check_paths([path], data, 2025)
        assert not data.exists()
        assert checked.findings.equals(take(data, path).findings)


class TestRefresh:
    def test_an_empty_folder_is_left_alone(self, data):
        assert not ingest.refresh(data).changed
        assert not data.exists()

    def test_takes_what_was_put_into_raw_by_hand(self, data):
        (data / "raw").mkdir(parents=True)
        (data / "raw" / "a.csv").write_text(f"{PUS}\n{VILLAGE};5;1;JANUARI\n")
        with pytest.raises(UsageError, match="bulan tanpa tahun"):
            ingest.refresh(data)
        assert ingest.refresh(data, year=2025).tables == {"siga_pus": 1}
        assert not ingest.refresh(data).changed

    def test_makes_lost_tables_again(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        before = snapshot(data / "tables")
        shutil.rmtree(data / "tables")
        assert ingest.refresh(data).tables == {"siga_pus": 1}
        assert snapshot(data / "tables") == before

    def test_what_is_no_export_in_raw_is_looked_at_once(self, data, monkeypatch):
        (data / "raw").mkdir(parents=True)
        (data / "raw" / "a.csv").write_text(f"{PUS}\n{VILLAGE};5;1;JANUARI\n")
        (data / "raw" / "b.csv").write_text("URAIAN;X\n1;2\n")
        assert ingest.refresh(data, year=2025).exit_code == 0
        monkeypatch.setattr(ingest.reading, "read", lambda *a, **k: pytest.fail("read again"))
        assert not ingest.refresh(data).changed

    def test_what_lies_in_raw_and_is_in_no_table_is_told_at_every_run(self, data):
        (data / "raw").mkdir(parents=True)
        (data / "raw" / "a.csv").write_text(f"{PUS}\n{VILLAGE};5;1;JANUARI\n")
        (data / "raw" / "b.csv").write_text("URAIAN;X\n1;2\n")
        (data / "raw" / "c.csv").write_bytes(b"x" * (21 * 2**20))
        for _ in range(2):
            large, unknown = ingest.refresh(data, year=2025).left_out
            assert "`c.csv`" in large and "ukuran lebih dari 20 MiB" in large
            assert "`b.csv`: bukan ekspor yang dikenal" in unknown
        stamp = data / "tables" / "built.json"
        for _ in range(2):  # tables that have to be made again, as after a change of the program
            stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"inputs": "lama"}))
            assert ingest.refresh(data).left_out == [large, unknown]
        for name in ("b.csv", "c.csv"):
            (data / "raw" / name).unlink()
        assert ingest.refresh(data).left_out == []

    def test_large_files_are_read_side_by_side_and_small_ones_alike(self, data, inbox, monkeypatch):
        rows = [f"{VILLAGE};{n};1;{month}" for n, month in enumerate(("JANUARI", "FEBRUARI", "MARET"))]
        paths = [inbox(f"{n}.csv", PUS, row) for n, row in enumerate(rows)]
        ingest.import_paths(paths, data, year=2025)
        alone = snapshot(data / "tables")
        shutil.rmtree(data / "tables")
        asked, side_by_side = data.parent / "asked", parallel.side_by_side

        def notice(calls, workers=None):
            with asked.open("a") as file:  # seen from here, whichever process does it
                file.write(f"{workers or parallel.cores()} ")
            return side_by_side(calls, workers)

        for room in (ingest.reading, ingest.building):
            monkeypatch.setattr(room, "SMALL", 0)
        monkeypatch.setattr(parallel, "cores", lambda: 2)
        monkeypatch.setattr(parallel, "side_by_side", notice)
        ingest.refresh(data)
        assert (
            asked.read_text().split() == ["2"] * 6
        )  # reading, places, matches, judging, the rules of all tables, writing
        assert snapshot(data / "tables") == alone

    def test_rows_of_files_that_are_large_together_lie_on_the_disk_and_the_tables_are_the_same(
        self, data, inbox, monkeypatch
    ):
        months = ("JANUARI", "FEBRUARI", "MARET")
        rows = [f"{VILLAGE};{n};1;{month}" for n, month in enumerate(months)]
        paths = [inbox("a.csv", PUS, *rows), inbox("b.csv", PUS, rows[0], "JAWA;X;Y;Z;5;1;JANUARI")]
        reports = [ingest.import_paths(paths, data, year=2025)]
        before = snapshot(data / "tables")
        shutil.rmtree(data)
        laid, lay_down = data.parent / "laid", ingest.Part.lay_down
        laid.mkdir()  # seen from here, whichever process does it
        monkeypatch.setattr(ingest.reading, "LARGE", 0)
        monkeypatch.setattr(ingest.Part, "lay_down", lambda part, at: (laid / part.name).touch() or lay_down(part, at))
        reports.append(ingest.import_paths(paths, data, year=2025))
        assert sorted(path.name for path in laid.iterdir()) == ["a.csv", "b.csv"]
        assert snapshot(data / "tables") == before
        assert reports[0].files == reports[1].files
        shutil.rmtree(data / "tables")
        ingest.refresh(data)
        assert snapshot(data / "tables") == before

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere files are read in this process")
    def test_a_file_that_ends_its_reader_is_named_and_ends_only_that(self, data, inbox, monkeypatch):
        really, good = ingest.reading.read, f"{VILLAGE};5;1;JANUARI"
        monkeypatch.setattr(threading, "active_count", lambda: 1)
        monkeypatch.setattr(
            ingest.reading,
            "read",
            lambda file, **how: os.kill(os.getpid(), signal.SIGKILL) if file.name == "b.csv" else really(file, **how),
        )
        paths = [inbox("a.csv", PUS, good), inbox("b.csv", PUS, good, good), inbox("c.csv", PUS, f"{OTHER};5;1;MEI")]
        for together in (0, 10**9):  # side by side, and one after another
            monkeypatch.setattr(ingest.reading, "SMALL", together)
            with pytest.raises(Killed, match=r"yang membaca b\.csv dihentikan sistem") as told:
                ingest.import_paths(paths, data, year=2025)
            assert "a.csv" not in str(told.value)
            assert not (data / "raw").exists() or not any((data / "raw").iterdir())
        assert ingest.import_paths([paths[0], paths[2]], data, year=2025).exit_code == 0
        shutil.copy(paths[1], data / "raw" / "b.csv")  # as into a folder whose tables a run brings up to date
        with pytest.raises(Killed, match=r"yang membaca b\.csv dihentikan sistem"):
            ingest.refresh_apart(data, lambda: ingest.refresh(data, year=2025))
        (data / "raw" / "b.csv").unlink()
        assert ingest.refresh_apart(data, lambda: ingest.refresh(data).left_out) == []
        with pytest.raises(Killed, match="Proses bantu dihentikan sistem"):  # by no file
            ingest.refresh_apart(data, lambda: os.kill(os.getpid(), signal.SIGKILL))

    def test_of_files_that_were_read_no_cells_stay_in_memory(self, inbox):
        read = [File.read(inbox(f"{n}.csv", PUS, f"{VILLAGE};{n};1;JANUARI")) for n in range(2)]
        parts = ingest.reading.parts_of([(file, None) for file in read], None)
        assert [len(part.frame) for part in parts] == [1, 1]
        assert not any("sheets" in vars(file) for file in [*read, *(part.file for part in parts)])

    def test_a_large_table_is_made_province_by_province_and_is_the_same(self, data, inbox, monkeypatch):
        far = "SULAWESI BARAT;MAJENE;BANGGAE;TOTOLI"
        first = [f"{VILLAGE};5;1;JANUARI", f"{far};7;2;JANUARI", f"{far};8;2;JANUARI", f"{OTHER};6;1;JANUARI"]
        later = [f"{far};9;3;FEBRUARI", f"{far};10;3;JANUARI", f"{VILLAGE};6;1;JANUARI"]
        paths = [inbox("a.csv", PUS, *first), inbox("b.csv", PUS, *later), inbox("c.csv", PUS, f"{OTHER};1;1;MARET")]
        ingest.import_paths(paths, data, year=2025)
        before = snapshot(data / "tables")
        assert len(Tables.open(data / "tables").read("siga_pus")) == 5
        shutil.rmtree(data / "tables")
        monkeypatch.setattr(ingest.tables, "LARGE", 0)
        made, tidy = [], ingest.tables._tidy
        monkeypatch.setattr(
            ingest.tables,
            "_tidy",
            lambda table, pieces, code="": made.append((len(pieces), code)) or tidy(table, pieces, code),
        )
        ingest.refresh(data)
        assert made == [(3, "36"), (2, "76")]
        assert snapshot(data / "tables") == before

    def test_an_original_that_changed_is_refused(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        (data / "raw" / "a.csv").write_text("x")
        shutil.rmtree(data / "tables")
        with pytest.raises(EnvironmentFault, match=r"a\.csv .* berubah sejak didaftarkan"):
            ingest.refresh(data)

    def test_a_failure_while_writing_leaves_the_old_tables_and_the_next_import_repairs(self, data, inbox, monkeypatch):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        before = table(data, "siga_pus")

        def full(*args):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(store, "write", full)
            with pytest.raises(EnvironmentFault, match="tidak dapat ditulis"):
                take(data, inbox("b.csv", PUS, f"{OTHER};6;1;JANUARI"))
        assert table(data, "siga_pus").equals(before)
        assert ingest.refresh(data).tables == {"siga_pus": 2}


CLASS_HEADER = (
    "No;Kampung KB;Provinsi;Kabupaten;Kecamatan;Desa;Input Pokja;Input Sumber Dana;Input Poktan;Input Sarana;"
    "Input PKB/PLKB;Proses Penggunaan Data;Proses Operasional;Proses Lintas Sektor;Output Poktan;Output CPR;"
    "Output MKJP;Output Unmet Need;Index Input;Index Proses;Index Output;Klasifikasi"
)


class TestPortal:
    def test_the_date_is_in_the_file_name_and_the_class_is_computed_beside_the_exported(self, data, inbox):
        path = inbox(
            "classification-table_20240601080000.csv", CLASS_HEADER,
            f"1;Melati;{VILLAGE};4;4;4;3;3;4;4;4;4;4;4;4;3,60;4,00;4,00;Dasar",
        )  # fmt: skip
        take(data, path, as_of="2025-10-01")
        row = table(data, "kampung").iloc[0]
        assert (row.as_of, row.klasifikasi, row.klasifikasi_hitung, row.index_input_hitung) == (
            "2024-06-01",
            "Dasar",
            "Berkelanjutan",
            3.6,
        )

    def test_two_kampung_kb_of_one_village_are_two_rows(self, data, inbox):
        scores = "1;1;1;1;1;1;1;1;1;1;1;1;1,00;1,00;1,00;Dasar"
        path = inbox("a.csv", CLASS_HEADER, f"1;Melati;{VILLAGE};{scores}", f"2;Mawar;{VILLAGE};{scores}")
        made = take(data, path).frames["kampung"]
        assert table(data, "kampung")["kampung_kb"].tolist() == ["Mawar", "Melati"]
        pd.testing.assert_frame_equal(made, table(data, "kampung"))


class TestShapes:
    """Headers of several rows, places said above the table, merged cells, HTML: the shapes that SIGA downloads have."""

    BODY = ("2001", "SUMBERJAYA", "1.552", "12")

    def html(self, *rows: str) -> str:
        return f"<html><script>alert(1)</script><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></html>"

    def test_an_html_table_saved_as_xls_is_read_with_its_spans(self, data, inbox):
        page = self.html(
            "<td colspan=7>Laporan &amp; rekap</td>",
            "".join(f"<th rowspan=2>{name}</th>" for name in ("PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN"))
            + "<th colspan=2>PUS</th><th rowspan=2>BULAN</th>",
            "<th>JUMLAH PUS</th><th>UNMET<br>NEED</th>",
            "".join(f"<td>({i})</td>" for i in range(1, 8)),
            "<td rowspan=2>36 - BANTEN</td><td rowspan=2>01 - PANDEGLANG</td><td rowspan=2>01 - SUMUR</td>"
            "<td>SUMBERJAYA</td><td>1.552</td><td>12</td><td>MEI</td>",
            "<td>TAMANJAYA</td><td>6</td><td>2</td><td>MEI</td>",
            "<td colspan=4>Jumlah</td><td>1.558</td><td>14</td><td></td>",
        )
        report = take(data, inbox("Tabel1.xls", page))
        assert table(data, "siga_pus")[["pus", "unmet_need", "source_row"]].to_numpy().tolist() == [
            [1552, 12, 5], [6, 2, 6],
        ]  # fmt: skip
        assert sorted(codes_found(report)) == ["F101", "H205", "R213"]

    def test_a_total_that_is_not_the_sum_is_a_finding(self, data, inbox):
        report = take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;MEI", f"{OTHER};6;2;MEI", "JUMLAH;;;;12;3;"))
        found = report.findings[report.findings["code"] == "X306"]
        assert found[["row", "column"]].to_numpy().tolist() == [["4", "PUS"]]
        assert table(data, "siga_pus")["pus"].sum() == 11

    def test_subtotals_are_sums_of_their_block(self, data, inbox):
        lines = (
            PUS,
            f"{VILLAGE};5;1;MEI",
            "JUMLAH SUMUR;;;;5;1;",
            f"{OTHER};6;2;MEI",
            "JUMLAH;;;;6;2;",
            "TOTAL;;;;11;3;",
        )
        report = take(data, inbox("a.csv", *lines))
        assert "X306" not in codes_found(report)

    def test_places_and_month_above_the_table_stand_for_columns(self, data, inbox):
        path = inbox(
            "Tabel1.csv", "LAPORAN;;;", "PROVINSI : 36 - BANTEN;;;", "KABUPATEN/KOTA;: 01 - PANDEGLANG;;",
            "KECAMATAN;:;01 - SUMUR;", "BULAN : MEI;;;", "TAHUN : 2025;;;", "", "KODE;DESA/KELURAHAN;PUS;UNMET NEED",
            ";".join(self.BODY),
        )  # fmt: skip
        take(data, path, year=None)
        assert table(data, "siga_pus")[["village_code", "period", "pus"]].to_numpy().tolist() == [
            ["36.01.01.2001", "2025-05", 1552]
        ]

    def test_an_unreadable_month_above_the_table_refuses_the_file(self, data, inbox):
        path = inbox(
            "a.csv", "PROVINSI : BANTEN;;", "KABUPATEN : PANDEGLANG;;", "KECAMATAN : SUMUR;;", "BULAN : MEIII;;",
            "DESA/KELURAHAN;PUS;UNMET NEED", "SUMBERJAYA;5;1",
        )  # fmt: skip
        report = take(data, path)
        assert report.exit_code == 3
        assert any("bulan tidak dikenal: 'MEIII'" in said for said in report.refusals)

    def test_merged_cells_of_a_workbook_are_read_as_they_span(self, data, tmp_path):
        path = tmp_path / "Tabel1.xlsx"
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet()
        for at, name in enumerate(("PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN")):
            sheet.merge_range(0, at, 1, at, name)
        sheet.merge_range(0, 4, 0, 5, "PASANGAN USIA SUBUR")
        sheet.write_row(1, 4, ["JUMLAH PUS", "UNMET NEED"])
        sheet.merge_range(0, 6, 1, 6, "BULAN")
        for at, name in enumerate(("BANTEN", "PANDEGLANG", "SUMUR")):
            sheet.merge_range(2, at, 3, at, name)
        sheet.write_row(2, 3, ["SUMBERJAYA", 5, 1, "MEI"])
        sheet.write_row(3, 3, ["TAMANJAYA", 6, 2, "MEI"])
        book.close()
        take(data, path)
        assert table(data, "siga_pus")["pus"].tolist() == [5, 6]


class TestPages:
    """The portal's public statistics: text cells, merged groups, no codes, numbers damaged by redraws."""

    @pytest.fixture
    @staticmethod
    def page(tmp_path):
        """A function that writes the page of classes as the portal does: rows of name, counts and percentages."""

        def write(*rows, area="Provinsi - BANTEN", name="statistik-klasifikasi-kampung-kb.xlsx"):
            path = tmp_path / name
            book = xlsxwriter.Workbook(path)
            sheet = book.add_worksheet()
            sheet.merge_range(0, 0, 0, 10, "Klasifikasi Kampung KB\nPeriode : ")
            sheet.merge_range(1, 0, 2, 0, "No")
            sheet.merge_range(1, 1, 2, 1, area)
            for at, group in enumerate(("Dasar", "Berkembang", "Mandiri", "Berkelanjutan")):
                sheet.merge_range(1, 2 + 2 * at, 1, 3 + 2 * at, group)
                sheet.write_row(2, 2 + 2 * at, ["Jumlah", "%"])
            sheet.merge_range(1, 10, 2, 10, "Total")
            for number, row in enumerate(rows, 3):
                sheet.write_row(number, 1 if number < len(rows) + 2 else 0, row)
            book.close()
            return path

        return write

    LEBAK = ("LEBAK", "1.448", "100", "0", "0", "0", "0", "0", "0", "1.448")
    SERANG = ("SERANG", "1", "50", "1", "50", "0", "0", "0", "0", "2")
    KOTA = ("KOTA SERANG", "0", "0", "0", "0", "1", "100", "0", "0", "1")
    TOTAL = ("Total", "", "1.449", "99,86", "1", "0,07", "1", "0,07", "0", "0", "1.451")

    def values(self, data, column="dasar"):
        rows = table(data, "portal_statistics")
        rows = rows[rows["column"] == column]
        return dict(zip(rows["area_code"], rows["value"], strict=True))

    def test_becomes_one_row_an_area_and_column(self, data, page):
        report = take(data, page(self.LEBAK, self.SERANG, self.KOTA, self.TOTAL), year=None, as_of="2024-06-01")
        assert self.values(data) == {"36.02": 1448, "36.04": 1, "36.73": 0}
        assert self.values(data, "total") == {"36.02": 1448, "36.04": 2, "36.73": 1}
        rows = table(data, "portal_statistics")
        assert set(rows["page"]) == {"klasifikasi"}
        assert set(rows["column"]) == {"dasar", "berkembang", "mandiri", "berkelanjutan", "total"}
        assert report.files[0].kind == "portal_klasifikasi"
        assert len(report.findings) == 0

    def test_written_with_commas_by_a_second_redraw_it_means_the_same(self, data, page):
        commas = [
            tuple(c.replace("1.4", "1,4") for c in row) for row in (self.LEBAK, self.SERANG, self.KOTA, self.TOTAL)
        ]
        take(data, page(*commas))
        assert self.values(data)["36.02"] == 1448

    def test_cut_off_by_a_third_redraw_its_total_gives_it_away(self, data, page):
        cut = [tuple(c.split(".")[0] for c in row) for row in (self.LEBAK, self.SERANG, self.KOTA, self.TOTAL)]
        report = take(data, page(*cut))
        found = report.findings[report.findings["code"] == "X306"]
        assert set(found["column"]) == {"Dasar Jumlah", "Total"}
        assert "kolom tidak dipakai" in found["found"].iloc[0]
        assert self.values(data) == {}
        assert self.values(data, "mandiri") == {"36.02": 0, "36.04": 0, "36.73": 1}

    def test_both_ways_in_one_column_are_refused_with_an_example_of_each(self, data, page):
        two = ("SERANG", "2,000", *self.SERANG[2:])
        report = take(data, page(self.LEBAK, two, self.KOTA, self.TOTAL))
        assert "baris 4 '1.448', baris 5 '2,000'" in report.findings.set_index("code").loc["C222", "found"]
        assert set(map(pd.isna, self.values(data).values())) == {True}

    def test_of_kecamatan_names_the_kabupaten_in_its_header(self, data, page):
        rows = [("SUMUR", *self.KOTA[1:]), ("Total", "", *self.KOTA[1:])]
        take(data, page(*rows, area="Kabupaten - PANDEGLANG"))
        assert self.values(data) == {"36.01.01": 0}

    def test_a_name_that_is_no_area_is_kept_as_unmatched(self, data, page):
        report = take(data, page(("ATLANTIS", *self.KOTA[1:]), self.LEBAK))
        rest = pd.read_parquet(data / "tables" / "unmatched.parquet")
        assert set(rest["table"]) == {"portal_statistics"}
        assert "M401" in codes_found(report)

    def test_of_kampung_kb_is_refused(self, data, page):
        report = take(data, page(self.LEBAK, self.TOTAL, area="Desa - SUMBERJAYA"))
        assert (report.exit_code, "Kampung KB, bukan wilayah" in report.refusals[0]) == (3, True)

    def test_the_admin_export_of_the_same_name_is_told_apart(self, data, inbox):
        scores = "1;1;1;1;1;1;1;1;1;1;1;1;1,00;1,00;1,00;Dasar"
        path = inbox("classification-table_20240601080000.csv", CLASS_HEADER, f"1;Melati;{VILLAGE};{scores}")
        assert take(data, path).files[0].kind == "klasifikasi"


class TestForms:
    ACTIVITY = ("36.01.01.2001", "", "", "", "2024-06-15", "PKK", "TP PKK desa", "Rapat", "2", "")

    @pytest.fixture
    @staticmethod
    def form(tmp_path):
        """A function that writes an empty fill-in workbook and rows under its example, and gives its path."""

        def fill(name, *rows, file="isian.xlsx"):
            path = tmp_path / file
            book = xlsxwriter.Workbook(path)
            book.add_worksheet("Petunjuk").write(0, 0, "Isi lembar Isian")
            sheet = book.add_worksheet("Isian")
            sheet.write_row(0, 0, list(workbook.HEADERS[name]))
            sheet.write(1, 0, "CONTOH 36.01")
            for number, row in enumerate(rows, 2):
                sheet.write_row(number, 0, row)
            book.close()
            return path

        return fill

    def test_activities_become_a_table(self, data, form):
        report = take(data, form("partners", self.ACTIVITY), year=None, as_of=None)
        row = table(data, "partners").iloc[0]
        assert (row.village_code, row.period, row.sasaran, row.source_row) == ("36.01.01.2001", "2024-06", "2", 3)
        assert (report.files[0].kind, report.files[0].matched) == ("partners", 1)

    def test_funds_and_meetings_are_of_a_kabupaten(self, data, form):
        funds = form("funding", ("36.01", "", "2024-Q2", "BOKB", 250_000_000, "112.500.000"))
        meeting = form(
            "coordination", ("", "36.01 Kabupaten Pandeglang", "Monev", "", "2024-06-20", "Ya", ""), file="b.xlsx"
        )
        take(data, funds, meeting)
        assert table(data, "funding")[["area_code", "realisasi"]].to_numpy().tolist() == [["36.01", 112_500_000]]
        assert table(data, "coordination")[["kind", "period"]].to_numpy().tolist() == [["monev", "2024-Q2"]]

    def test_a_bad_cell_is_missing_and_a_finding_with_its_row_and_sheet(self, data, form):
        report = take(data, form("funding", ("36.01", "", "2024-Q2", "BOKB", "banyak", 5)))
        assert table(data, "funding")["alokasi"].isna().tolist() == [True]
        finding = report.findings.set_index("code").loc["C227"]
        assert (finding["sheet"], finding["row"], finding["column"], finding["area_code"]) == (
            "Isian", "3", "alokasi", "36.01",
        )  # fmt: skip

    def test_a_row_without_an_area_is_kept_as_unmatched(self, data, form):
        lost = ("", "36.01 Kabupaten Pandeglang", "Sumur", "Atlantis", "2024-06-15", "PKK", "TP PKK", "Rapat", "2", "")
        report = take(data, form("partners", self.ACTIVITY, lost))
        rest = pd.read_parquet(data / "tables" / "unmatched.parquet")
        assert rest[["table", "kelurahan", "source_row"]].to_numpy().tolist() == [["partners", "Atlantis", 4]]
        assert {"C227", "M401"} <= set(codes_found(report))
        assert len(table(data, "partners")) == 1

    def test_a_row_without_a_time_is_named_and_set_aside(self, data, form):
        report = take(data, form("partners", self.ACTIVITY, (*self.ACTIVITY[:4], "kemarin", *self.ACTIVITY[5:])))
        assert len(table(data, "partners")) == 1
        assert report.findings.set_index("code").loc["T511", "row"] == "4"

    def test_a_workbook_filled_in_further_replaces_the_rows_it_repeats(self, data, form):
        take(data, form("partners", self.ACTIVITY))
        corrected = (*self.ACTIVITY[:8], "3", "")
        take(data, form("partners", corrected, (*self.ACTIVITY[:7], "Lain", "2", "")))
        assert table(data, "partners")[["kegiatan", "sasaran"]].to_numpy().tolist() == [["Rapat", "3"], ["Lain", "2"]]

    def test_a_form_with_nothing_filled_in_is_refused(self, data, form):
        assert "tidak ada baris data" in take(data, form("funding")).refusals[0]


class TestRevisions:
    def test_what_a_later_file_changes_is_a_table_with_both_fingerprints(self, data, inbox):
        first = inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI", f"{OTHER};6;2;JANUARI")
        second = inbox("b.csv", PUS, f"{VILLAGE};7;1;JANUARI", f"{OTHER};6;2;JANUARI", f"{OTHER};9;2;FEBRUARI")
        take(data, first)
        report = take(data, second)
        rows = pd.read_csv(data / "tables" / "revisions.csv", dtype=str, keep_default_na=False)
        assert rows.to_dict("records") == [
            {
                "table": "siga_pus", "area_code": "36.01.01.2001", "time": "2025-01", "kind": "", "kampung_kb": "",
                "column": "pus", "old": "5", "new": "7", "difference": "2",
                "file_old": "a.csv", "row_old": "2", "sha256_old": hashlib.sha256(first.read_bytes()).hexdigest(),
                "file_new": "b.csv", "row_new": "2", "sha256_new": hashlib.sha256(second.read_bytes()).hexdigest(),
            }
        ]  # fmt: skip
        finding = report.findings.set_index("code").loc["T512"]
        assert (finding["file"], finding["severity"]) == ("b.csv", "CATATAN")

    def test_three_changed_numbers_are_three_rows_and_the_last_file_holds(self, data, inbox):
        take(data, inbox("a.csv", PUS, f"{VILLAGE};5;1;JANUARI"))
        take(data, inbox("b.csv", PUS, f"{VILLAGE};7;2;JANUARI"))
        take(data, inbox("c.csv", PUS, f"{VILLAGE};8;2;JANUARI"))
        rows = pd.read_csv(data / "tables" / "revisions.csv", dtype=str, keep_default_na=False)
        assert rows[["column", "old", "new", "file_old", "file_new"]].to_numpy().tolist() == [
            ["pus", "5", "7", "a.csv", "b.csv"],
            ["pus", "7", "8", "b.csv", "c.csv"],
            ["unmet_need", "1", "2", "a.csv", "b.csv"],
        ]
        assert table(data, "siga_pus")["pus"].tolist() == [8]

    def test_another_snapshot_is_no_revision(self, data, inbox):
        take(data, inbox("a.csv", f"{PLACES};JUMLAH KAMPUNG KB", f"{VILLAGE};1"), as_of="2025-01-01")
        report = take(data, inbox("b.csv", f"{PLACES};JUMLAH KAMPUNG KB", f"{VILLAGE};2"), as_of="2025-02-01")
        assert "T512" not in codes_found(report)
        assert table(data, "siga_kkb")["as_of"].tolist() == ["2025-01-01", "2025-02-01"]


def test_514_rows_of_40_columns_are_checked_in_five_seconds(data, tmp_path):
    """A recap of 514 Kampung KB, checked with nothing executed; the time is that of the processor."""
    path = recap.write(tmp_path)
    began = time.process_time()
    report = ingest.check_paths([path], data)
    assert time.process_time() - began < 5
    assert (report.files[0].rows, report.files[0].matched) == (514, 514)
    assert not data.exists()


@pytest.mark.real
class TestRealExports:
    @pytest.fixture(scope="class")
    @staticmethod
    def real(real_exports, tmp_path_factory):
        data = tmp_path_factory.mktemp("real")
        return ingest.import_paths([real_exports], data, 2025, "2025-10-01"), Tables.open(data / "tables")

    def test_every_file_is_recognised_and_every_village_matched(self, real):
        report, _ = real
        taken = [f for f in report.files if f.status == "diimpor"]
        assert {f.name for f in report.files} - {f.name for f in taken} == {"profil_poktan.csv"}
        assert {(f.villages, f.matched) for f in taken} == {(648, 648)}
        assert report.exit_code == 0

    def test_files_without_codes_get_the_codes_of_those_with_them(self, real, real_exports):
        _, tables = real
        coded = tables.read("siga_kkb")["village_code"]
        for name in ("siga_pus", "siga_methods", "siga_group_targets", "elsimil_pregnant"):
            assert set(tables.read(name)["village_code"]) == set(coded)
        truth = pd.read_csv(real_exports / "data_kkb.csv", sep=";", dtype=str)
        bare = pd.read_csv(real_exports / "data_pus.csv", sep=";", dtype=str)
        key = ["KABUPATEN", "KECAMATAN", "KELURAHAN"]
        fold = [frame.assign(**{k: frame[k].map(areas.normalise) for k in key}) for frame in (truth, bare)]
        wanted = fold[1].merge(fold[0][[*key, "KODE"]], on=key, validate="many_to_one")
        assert len(wanted) == len(bare) == 5832
        pus = tables.read("siga_pus").set_index("source_row")["village_code"].sort_index()
        assert pus.str[-4:].tolist() == wanted["KODE"].tolist()

    def test_majene_and_mamasa(self, real):
        _, tables = real
        majene, mamasa = tables.within("76.05"), tables.within("76.03")

        def month(name, column, **only):
            frame = majene.read(name)
            frame = frame[(frame["period"] == "2025-09")]
            for key, value in only.items():
                frame = frame[frame[key] == value]
            return int(frame[column].sum())

        assert (month("siga_methods", "kb_modern"), month("siga_pus", "pus")) == (13481, 26140)
        assert month("siga_pus", "unmet_need") == 2719
        assert (month("siga_group_targets", "kesertaan_bkb"), month("siga_group_targets", "sasaran_bkb")) == (
            7029,
            15704,
        )
        assert (month("siga_groups", "yang_lapor", kind="bkb"), month("siga_groups", "yang_ada", kind="bkb")) == (
            103,
            104,
        )
        assert majene.read("siga_kkb")["jumlah_kampung_kb"].sum() == 82
        kkb = mamasa.read("siga_kkb")["jumlah_kampung_kb"]
        assert ((kkb > 0).sum(), len(kkb), kkb.sum()) == (123, 181, 126)

    def test_impossible_values_are_listed_and_stay_in_the_sums(self, real):
        report, tables = real
        found = report.findings[report.findings["code"] == "X301"]
        counts = found["column"].value_counts()
        assert (counts["KESERTAAN BKB"], counts["KESERTAAN BKL"], counts["KESERTAAN BKR"]) == (478, 193, 84)
        assert counts["JUMLAH KELUARGA ANGGOTA BKB HADIR PERTEMUAN"] == 117
        assert found["area_code"].str.fullmatch(r"76\.\d\d\.\d\d\.\d{4}").all()
        targets = tables.read("siga_group_targets")
        assert (targets["kesertaan_bkb"] > targets["sasaran_bkb"]).sum() == 478

    def test_findings_are_counted_by_rule(self, real):
        """What each count is: fractions in counts of groups (C221), another spelling beside a code (R212), parts above
        their whole (X301), a month far from its village's other months (O501), rows repeated from the month before
        (O503), 0 after more than 100 (K403), attendance in round numbers (O504)."""
        report, _ = real
        assert report.findings["code"].value_counts().to_dict() == {
            "C221": 109, "K403": 23, "O501": 293, "O503": 2560, "O504": 3, "R212": 112, "X301": 1018,
        }  # fmt: skip
        severities = report.findings.groupby("code")["severity"].unique().map(list).to_dict()
        assert severities["R212"] == ["CATATAN"]
        assert {code for code, found in severities.items() if found == ["PERINGATAN"]} == {
            "C221", "K403", "O501", "O503", "X301",
        }  # fmt: skip

    def test_pregnant_women_accompanied_beyond_their_number_are_counted(self, real):
        report, tables = real
        found = report.findings[report.findings["column"] == "BUMIL TERDAMPINGI"]
        pregnant = tables.read("elsimil_pregnant")
        beyond = (pregnant["bumil_terdampingi"] > pregnant["jumlah_bumil"]).sum()
        assert len(found) == beyond > 0

    def test_sums_are_those_of_the_files(self, real, real_exports):
        """Nothing is clamped and no village lost: each sum is that of the file as pandas reads it."""
        _, tables = real
        for name, file, columns in (
            ("siga_group_targets", "sasaran_poktan_gabung.csv", ("SASARAN BKB", "KESERTAAN BKB", "KESERTAAN BKL")),
            ("siga_pus", "data_pus.csv", ("PUS", "UNMET NEED")),
        ):
            with (real_exports / file).open(encoding="utf-8") as handle:
                mark = ";" if ";" in handle.readline() else ","
            raw = pd.read_csv(real_exports / file, sep=mark)
            for column in columns:
                assert tables.read(name)[column.lower().replace(" ", "_")].sum() == raw[column].sum()

    def test_a_name_broken_over_two_lines_is_one_village(self, real):
        _, tables = real
        assert len(tables.read("siga_pus")) == 648 * 9


def test_keys_of_many_columns_are_told_apart_however_many_they_could_be():
    """Five columns of 8,192 values could be more keys than there are numbers."""
    rng = np.random.default_rng(3)
    size = 8192
    values = {name: (rng.integers(0, size, 20_000), pd.RangeIndex(size)) for name in "abcde"}
    values["a"][0][:2], values["b"][0][:2] = (1, 4097), (5, 5)
    for name in "cde":
        values[name][0][:2] = 0
    found = ingest.tables._together(values, list("abcde"))
    rows = pd.DataFrame({name: at for name, (at, _) in values.items()})
    assert found.min() >= 0
    assert len(set(found.tolist())) == len(rows.drop_duplicates())
    assert (np.argsort(found, kind="stable") == rows.sort_values(list("abcde"), kind="stable").index).all()
