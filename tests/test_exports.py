"""Every shape that the portal's pages and SIGA's tables are downloaded in is read, or refused in words."""

from itertools import groupby
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from kkb_helpers import ingest, sources
from kkb_helpers.store import Tables

PAIR = ("Jumlah", "%")
OWNED = ("Ada", "Tidak Ada", "Belum Isi")


def under(*groups: str) -> list[tuple[str, ...]]:
    """Columns of a count and a percentage under each group."""
    return [(group, name) for group in groups for name in PAIR]


def alone(*names: str) -> list[tuple[str, ...]]:
    """Columns without a group."""
    return [("", name) for name in names]


# page -> (its title, its columns after No and the area: the labels over each other)
PAGES = {
    "klasifikasi": (
        "Klasifikasi Kampung KB",
        [*under("Dasar", "Berkembang", "Mandiri", "Berkelanjutan"), ("", "Total")],
    ),
    "tahun_pembentukan": ("Tahun Pembentukan", alone("2016", "%", "2017", "%", "TOTAL")),
    **{
        name: (title, [*under(*OWNED), ("", "Jumlah")])
        for name, title in {
            "sekretariat": "Kepemilikan Sekretariat",
            "pokja": "Kepemilikan Pokja",
            "pokja_sk": "Kepemilikan SK Pokja",
            "pokja_pelatihan": "Pokja Terlatih",
            "rumah_dataku": "Kepemilikan Rumah Dataku",
            "pendamping": "Kepemilikan PKB/PLKB",
            "rkm": "Kepemilikan Rencana Kerja(RKM)",
        }.items()
    },
    "pokja_anggota_terlatih": (
        "Jumlah Anggota Pokja Terlatih",
        [*under("Terlatih", "Tidak Terlatih"), ("", "Jumlah")],
    ),
    "sumber_dana": (
        "Sumber Dana",
        [
            *under("APBD", "APBN", "Dana Desa", "Donasi", "Perusahaan", "Swadaya", "Belum Isi"),
            *alone("1 Sumber Dana", "2-3 Sumber Dana", "4 Sumber Dana", "Jumlah"),
        ],
    ),
    "regulasi": (
        "Regulasi",
        [
            *under("SK/Instruksi/SE Gubernur", "SK Kepala Desa/Lurah tentang Kampung KB", "Belum Isi"),
            *alone("1 SK", "2-3 SK", "4 SK", "Jumlah"),
        ],
    ),
    "poktan": (
        "Kepemilikan Poktan",
        [
            *((g, h, n) for g in ("BKB", "BKR", "BKL", "UPPKA", "PIK-R") for h in ("Ada", "Tidak Ada") for n in PAIR),
            *(
                ("POKTAN", name, "")
                for name in ("Tidak Ada / Belum", "Memiliki 4-4 Jenis Poktan", "Memiliki 5 Jenis Poktan")
            ),
            ("", "", "Jumlah"),
        ],
    ),
    "penggunaan_data": (
        "Penggunaan Data",
        [
            *under("PK dan Pemutahiran Data", "Data Rutin BKKBN", "Potensi Desa", "Lainnya", "Belum Isi"),
            *alone("Menggunakan 1 Jenis Data", "Menggunakan 2 Jenis Data", "Menggunakan > 2 Jenis Data", "Jumlah"),
        ],
    ),
    "mekanisme_operasional": (
        "Mekanisme Operasional",
        [
            *under("Rapat Perencanaan Kagiatan", "Monitoring dan Evaluasi", "Penyusunan Laporan"),
            *alone("Melakukan 5 Jenis Kegiatan Mekop", "Belum Isi", "Jumlah"),
        ],
    ),
    "lintas_sektor": (
        "Keterlibatan Lintas Sektor",
        alone(
            *("Dinas Sosial", "%", "BPS", "%"),
            *("Terintegrasi 1-3 Lintas Sektor", "Terintegrasi >7 Lintas Sektor", "Belum Isi", "Jumlah"),
        ),
    ),
    "fungsi_keluarga": (
        "8 Fungsi Keluarga",
        alone("Agama", "Kasih Sayang", "Pembinaan Lingkungan", "Melaksanakan 1-3 Kegiatan", "Belum Isi", "Total"),
    ),
    "kegiatan_inpres": (
        "Intervensi Pendampingan Pelayanan",
        alone("Pelayanan KB\ndi faskes", "Melaksanakan 1-2 Kegiatan", "Yang Tidak Melaksanakan", "Belum Isi", "Total"),
    ),
    "peserta_poktan": (
        "Jumlah Peserta Poktan",
        alone("BKB", "BKR", "BKL", "UPPKA", "PIK R", "Kampung KB Yang Mengisi", "Jumlah"),
    ),
    "partisipasi_poktan": (
        "Angka Partisipasi",
        alone("BKB\n(%)", "BKR\n(%)", "BKL\n(%)", "Kampung KB Yang Mengisi", "Kampung KB Yang Belum Isi", "Jumlah"),
    ),
    "kontrasepsi": (
        "Mix Kontrasepsi",
        [
            *under("Implan", "UID", "Kondom", "MOP", "MOW", "PIL", "Suntik"),
            *alone("Jumlah Peserta KB", "Jumlah PUS", "Kampung KB yang Mengisi", "Jumlah"),
        ],
    ),
    "bukan_peserta_kb": (
        "PUS tidak pakai KB",
        [
            *under("Hamil", "Ingin Anak Segera", "Ingin Anak Kemudian/\nTunda", "Tidak Ingin Anak Lagi"),
            *alone("Jumlah Bukan Peserta KB", "Jumlah PUS", "Jumlah"),
        ],
    ),
}
AREAS = {"LEBAK": "36.02", "SERANG": "36.04", "KOTA SERANG": "36.73"}


def put(sheet, top: int, left: int, bottom: int, right: int, text: str) -> None:
    """Write a label over some cells, merged where they are several."""
    if (top, left) == (bottom, right):
        sheet.write(top, left, text)
    else:
        sheet.merge_range(top, left, bottom, right, text)


def heads(sheet, columns: list[tuple[str, ...]], top: int, left: int, last: int) -> None:
    """Write labels over each other, those that follow one another and are the same as one merged cell."""
    for label, group in groupby(enumerate(columns), lambda pair: pair[1][0]):
        members = [(at, column[1:]) for at, column in group]
        if not any(rest for _, rest in members) or (label and not any(any(rest) for _, rest in members)):
            for at, _ in members:
                put(sheet, top, left + at, last, left + at, label)
        elif label:
            put(sheet, top, left + members[0][0], top, left + members[-1][0], label)
            heads(sheet, [rest for _, rest in members], top + 1, left + members[0][0], last)
        else:
            for at, rest in members:
                put(sheet, top, left + at, last, left + at, "".join(rest))


def portal_page(path: Path, title: str, columns: list, areas=AREAS, within="Provinsi - BANTEN") -> dict[int, int]:
    """Write a page as the portal's button does, every cell a text; give the sum of each column of counts."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    depth = max(sum(map(bool, c)) for c in columns)
    sheet.merge_range(0, 0, 0, len(columns) + 1, f"{title}\nPeriode : ")
    put(sheet, 1, 0, depth, 0, "No")
    put(sheet, 1, 1, depth, 1, within)
    heads(sheet, columns if depth > 1 else [c[-1:] for c in columns], 1, 2, depth)
    sums: dict[int, int] = {}
    for row, name in enumerate(areas, depth + 1):
        sheet.write_row(row, 0, [str(row - depth), name])
        for at, column in enumerate(columns):
            value = 1000 * (row - depth) + 7 * at
            percent = any("%" in label for label in column)
            if not percent:
                sums[at] = sums.get(at, 0) + value
            sheet.write_string(row, 2 + at, "33,33" if percent else f"{value:,}".replace(",", "."))
    sheet.merge_range(depth + 1 + len(areas), 0, depth + 1 + len(areas), 1, "Total")
    for at in range(len(columns)):
        said = f"{sums[at]:,}".replace(",", ".") if at in sums else "33,33"
        sheet.write_string(depth + 1 + len(areas), 2 + at, said)
    book.close()
    return sums


def test_every_page_has_its_shape_here():
    elsewhere = {"progress", "siga_cakupan"}
    assert {f"portal_{name}" for name in PAGES} == set(sources.PAGES) - {f"portal_{name}" for name in elsewhere}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_portal_is_read_column_by_column(tmp_path, name):
    path = tmp_path / "statistik.xlsx"
    sums = portal_page(path, *PAGES[name])
    report = ingest.import_paths([path], tmp_path / "data", as_of="2024-06-01")
    assert (report.exit_code, report.files[0].kind) == (0, f"portal_{name}")
    assert set(report.findings["code"]) <= {"X304"}, "the percentages are made up, no more"
    rows = Tables.open(tmp_path / "data" / "tables").read("portal_statistics")
    assert set(rows["area_code"]) == set(AREAS.values())
    read = rows.groupby("column", sort=False)["value"].sum()
    assert sorted(read) == sorted(sums.values()), "each column once, whole"


def test_the_page_of_targets_and_the_levels_of_pages(tmp_path):
    classes = PAGES["klasifikasi"]
    for number, (areas, within, codes) in enumerate(
        (
            (("BANTEN", "JAWA BARAT"), "Provinsi", {"36", "32"}),
            (("SUMUR", "CIMANGGU"), "Kabupaten - KAB. PANDEGLANG", {"36.01.01", "36.01.02"}),
            (("SUMBERJAYA", "TAMANJAYA"), "Kecamatan - SUMUR", {"36.01.01.2001", "36.01.01.2006"}),
        )
    ):
        portal_page(tmp_path / f"{number}.xlsx", *classes, areas, within)
        data = tmp_path / f"data{number}"
        ingest.import_paths([tmp_path / f"{number}.xlsx"], data, as_of="2024-06-01")
        assert set(Tables.open(data / "tables").read("portal_statistics")["area_code"]) == codes
    portal_page(tmp_path / "p.xlsx", "Progress", alone("Target KKB", "Capaian KKB"), ("BANTEN",), "Provinsi")
    report = ingest.check_paths([tmp_path / "p.xlsx"], tmp_path / "none", as_of="2024-06-01")
    assert report.files[0].kind == "portal_progress"


class TestGroupsAbreast:
    """Kinds of group side by side in one table of SIGA: read where each column says of which kind it is."""

    PLACES = ("PROVINSI", "KABUPATEN", "KECAMATAN", "KODE", "KELURAHAN")
    VILLAGES = (("36.01.01.2001", "SUMBERJAYA"), ("36.01.01.2006", "TAMANJAYA"))

    def table(self, path: Path, *kinds: str, below=("YANG ADA", "YANG LAPOR"), blank: str = "") -> Path:
        """Write the table; the n-th kind has n + 1 groups of which n report; that of `blank` has blank cells."""
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet()
        sheet.write(0, 0, "LAPORAN KELOMPOK KEGIATAN")
        columns = [("", name) for name in self.PLACES] + [(kind, name) for kind in kinds for name in below]
        heads(sheet, [*columns, ("", "BULAN")], 1, 0, 2)
        for row, village in enumerate(self.VILLAGES, 3):
            values = [v for n, kind in enumerate(kinds, 1) for v in (["", ""] if kind == blank else [n + 1, n])]
            sheet.write_row(row, 0, ["BANTEN", "PANDEGLANG", "SUMUR", *village, *values, "MEI"])
        book.close()
        return path

    def test_become_one_row_a_kind(self, tmp_path):
        path = self.table(tmp_path / "Tabel1.xlsx", "KELOMPOK BKB", "BKR", "BKL", "UPPKS", "PIK R")
        report = ingest.import_paths([path], tmp_path / "data", 2025)
        assert (report.exit_code, report.files[0].kind, report.files[0].rows) == (0, "siga_poktan", 10)
        rows = Tables.open(tmp_path / "data" / "tables").read("siga_groups")
        first = rows[rows["village_code"] == "36.01.01.2001"].set_index("kind")
        assert first["yang_ada"].to_dict() == {"bkb": 2, "bkr": 3, "bkl": 4, "uppka": 5, "pikr": 6}
        assert first["yang_lapor"].to_dict() == {"bkb": 1, "bkr": 2, "bkl": 3, "uppka": 4, "pikr": 5}
        assert set(rows["period"]) == {"2025-05"}
        assert "H202" not in set(report.findings["code"])

    def test_a_kind_without_a_value_has_no_row_and_its_blanks_are_told(self, tmp_path):
        path = self.table(tmp_path / "Tabel1.xlsx", "BKB", "BKR", blank="BKR")
        report = ingest.import_paths([path], tmp_path / "data", 2025)
        assert set(Tables.open(tmp_path / "data" / "tables").read("siga_groups")["kind"]) == {"bkb"}
        blanks = report.findings[report.findings["code"] == "C224"]
        assert list(blanks["column"]) == ["BKR YANG ADA (YANG ADA)", "BKR YANG LAPOR (YANG LAPOR)"]

    def test_revise_the_table_of_one_kind(self, tmp_path):
        header = ";".join((*self.PLACES, "YANG ADA", "YANG LAPOR", "MATERI 1000 HPK", "BULAN"))
        one = tmp_path / "a.csv"
        one.write_text(f"{header}\nBANTEN;PANDEGLANG;SUMUR;36.01.01.2001;SUMBERJAYA;9;8;7;MEI\n")
        ingest.import_paths([one], tmp_path / "data", 2025)
        ingest.import_paths([self.table(tmp_path / "Tabel1.xlsx", "BKB", "BKR")], tmp_path / "data", 2025)
        changed = pd.read_csv(tmp_path / "data" / "tables" / "revisions.csv", dtype=str, keep_default_na=False)
        told = changed.set_index("column")[["kind", "old", "new"]].to_numpy().tolist()
        assert told == [["bkb", "9", "2"], ["bkb", "8", "1"], ["bkb", "7", ""]]

    @pytest.mark.parametrize("kinds", [("BKB", "BKB "), ("KELOMPOK A", "KELOMPOK B"), ("BKB", "KELOMPOK LAIN")])
    def test_that_do_not_say_which_they_are_are_refused(self, tmp_path, kinds):
        report = ingest.check_paths([self.table(tmp_path / "Tabel1.xlsx", *kinds)], tmp_path / "none", 2025)
        found = report.findings[report.findings["severity"] == "TOLAK"]
        assert report.exit_code == 3
        assert list(found["code"]) == ["H203", "H203"]
        assert "Tulis jenis kelompok (BKB, BKR, BKL, UPPKA, PIK-R) di atas tiap kolomnya." in found["action"].iloc[0]
