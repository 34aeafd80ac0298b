"""A hand-made file is read through a map, and a map only where a person confirmed it."""

import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from kkb_helpers import cli, ingest
from kkb_helpers.errors import UsageError
from kkb_helpers.store import Tables

ROWS = ("Rekap PUS;;;;", "Kab;Kec;Nama Desa/Kel;Jml. P U S;Unmet;Lain", "PANDEGLANG;SUMUR;SUMBERJAYA;1.552;12;x")
MAP = """
dikonfirmasi = true
jenis = "siga_pus"
baris_judul = 2

[kolom]
"Kab" = "KABUPATEN"
"Kec" = "KECAMATAN"
"Nama Desa/Kel" = "KELURAHAN"
"Jml. P U S" = "PUS"
"Unmet" = "UNMET NEED"
"Lain" = ""

[isi]
"PROVINSI" = "BANTEN"
"BULAN" = "MEI 2025"
"""


@pytest.fixture
def hand_made(tmp_path):
    path = tmp_path / "rekap.csv"
    path.write_text("\n".join(ROWS) + "\n")
    return path


@pytest.fixture
def a_map(tmp_path):
    def write(text=MAP, **replaced):
        for old, new in replaced.items():
            text = text.replace(old, new)
        path = tmp_path / "peta.toml"
        path.write_text(text)
        return path

    return write


def take(tmp_path, hand_made, path):
    return ingest.import_paths([hand_made], tmp_path / "data", map_=path)


def pus(tmp_path):
    return Tables.open(tmp_path / "data" / "tables").read("siga_pus")


def test_a_confirmed_map_reads_the_file(tmp_path, hand_made, a_map):
    report = take(tmp_path, hand_made, a_map())
    assert pus(tmp_path)[["village_code", "period", "pus", "source_row"]].to_numpy().tolist() == [
        ["36.01.01.2001", "2025-05", 1552, 3]
    ]
    assert report.exit_code == 0


def test_without_a_map_the_file_is_refused(tmp_path, hand_made):
    assert take(tmp_path, hand_made, None).exit_code == 3


def test_the_map_is_kept_beside_the_original_and_the_tables_follow_from_it(tmp_path, hand_made, a_map):
    take(tmp_path, hand_made, a_map())
    kept = tmp_path / "data" / "raw" / "rekap.csv.map.toml"
    assert kept.read_text() == MAP
    before = pus(tmp_path)
    shutil.rmtree(tmp_path / "data" / "tables")
    assert ingest.refresh(tmp_path / "data").tables == {"siga_pus": 1}
    assert pus(tmp_path).equals(before)
    assert not ingest.refresh(tmp_path / "data").changed


def test_a_corrected_map_corrects_the_table(tmp_path, hand_made, a_map):
    take(tmp_path, hand_made, a_map())
    take(tmp_path, hand_made, a_map(MAP.replace("MEI 2025", "JUNI 2025")))
    assert pus(tmp_path)["period"].tolist() == ["2025-06"]


def test_a_scale_of_0_to_1_is_declared_never_guessed(tmp_path, a_map):
    path = tmp_path / "bkb.csv"
    path.write_text("KAB;KEC;DESA;ADA;LAPOR;PERSEN;HPK\nPANDEGLANG;SUMUR;SUMBERJAYA;4;3;0,75;1\n")
    head, _, _ = MAP.partition("[kolom]")
    columns = {"KAB": "KABUPATEN", "KEC": "KECAMATAN", "DESA": "KELURAHAN", "ADA": "YANG ADA", "LAPOR": "YANG LAPOR"}
    columns |= {"PERSEN": "PERSENTASE LAPOR", "HPK": "MATERI 1000 HPK"}
    text = head.replace("siga_pus", "siga_bkb").replace("baris_judul = 2", "baris_judul = 1") + "[kolom]\n"
    text += "\n".join(f'"{k}" = "{v}"' for k, v in columns.items())
    text += '\n[isi]\n"PROVINSI" = "BANTEN"\n"BULAN" = "MEI 2025"\n'
    report = take(tmp_path, path, a_map(text))
    assert "C223" in set(report.findings["code"])
    report = take(tmp_path, path, a_map(text + '[skala]\n"PERSENTASE LAPOR" = "0-1"\n'))
    assert set(report.findings["code"]) & {"C223", "X304"} == set()
    groups = Tables.open(tmp_path / "data" / "tables").read("siga_groups")
    assert groups["persentase_lapor"].tolist() == [75.0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dikonfirmasi = true", "dikonfirmasi = false", "belum dikonfirmasi"),
        ("dikonfirmasi = true", 'dikonfirmasi = "ya"', "belum dikonfirmasi"),
        ('"siga_pus"', '"pus"', "jenis 'pus' tidak dikenal"),
        ("baris_judul = 2", "baris_judul = 0", "baris_judul 0 bukan nomor baris"),
        ("baris_judul = 2", "baris_judul = 2\ntinggi_judul = 9", "tinggi_judul 9 bukan 1, 2, atau 3"),
        ("baris_judul = 2", "baris_judul = 2\nlembar = 3", "lembar 3 bukan teks"),
        ("baris_judul = 2", "baris_judul = 2\nbaris = 2", "kunci tidak dikenal: baris"),
        ('= "PUS"', '= "PUSS"', r"\[kolom\] 'PUSS' bukan kolom"),
        ('"BULAN" =', '"BULANAN" =', r"\[isi\] 'BULANAN' bukan kolom"),
        ('"Lain" = ""', '"Lain" = [1]', r"\[kolom\] bukan daftar"),
        ("[kolom]", "[kolom", "bukan TOML yang sah"),
        ("# ", "# " + "x" * 70_000, "lebih besar dari 64 KiB"),
    ],
)
def test_a_map_that_is_wrong_is_refused_with_the_reason(tmp_path, hand_made, a_map, old, new, said):
    text = ("# \n" + MAP).replace(old, new)
    with pytest.raises(UsageError, match=said):
        take(tmp_path, hand_made, a_map(text))
    assert not (tmp_path / "data").exists()


def test_a_map_that_is_not_there_is_refused(tmp_path, hand_made):
    with pytest.raises(UsageError, match=r"peta\.toml tidak terbaca"):
        take(tmp_path, hand_made, tmp_path / "peta.toml")


def test_a_map_is_for_one_file(tmp_path, hand_made, a_map):
    with pytest.raises(UsageError, match="satu berkas"):
        ingest.import_paths([hand_made.parent], tmp_path / "data", map_=a_map())


def test_a_row_or_sheet_that_is_not_there_refuses_the_file(tmp_path, hand_made, a_map):
    report = take(tmp_path, hand_made, a_map(MAP.replace("baris_judul = 2", "baris_judul = 99")))
    assert report.exit_code == 3


def test_a_title_that_the_map_leaves_out_is_not_read_even_if_it_is_a_known_one(tmp_path, a_map):
    path = tmp_path / "rekap.csv"
    path.write_text("\n".join(ROWS).replace("Lain", "PUS"))
    take(tmp_path, path, a_map(MAP.replace('"Lain" = ""', '"PUS" = ""')))
    assert pus(tmp_path)["pus"].tolist() == [1552]


class TestProposal:
    def test_is_written_beside_the_file_unconfirmed_and_pairs_what_is_alike(self, hand_made):
        target = ingest.propose_map(hand_made)
        text = target.read_text()
        assert target.name == "rekap.csv.map.toml"
        assert "dikonfirmasi = false" in text
        assert 'jenis = "siga_pus"' in text
        assert "baris_judul = 2" in text
        assert '"Nama Desa/Kel" = "KELURAHAN"' in text
        assert '"Lain" = ""' in text

    def test_cannot_be_used_before_it_is_confirmed(self, tmp_path, hand_made):
        with pytest.raises(UsageError, match="belum dikonfirmasi"):
            take(tmp_path, hand_made, ingest.propose_map(hand_made))

    def test_is_a_map_once_a_person_completed_and_confirmed_it(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text(
            'PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;"PUS ""2025""";UNMETNEEDS;BULANAN\n'
            "BANTEN;PANDEGLANG;SUMUR;SUMBERJAYA;5;1;MEI 2025\n"
        )
        target = ingest.propose_map(path)
        target.write_text(target.read_text().replace("dikonfirmasi = false", "dikonfirmasi = true"))
        take(tmp_path, path, target)
        assert pus(tmp_path)["pus"].tolist() == [5]

    def test_never_replaces_one_that_a_person_may_have_edited(self, hand_made):
        ingest.propose_map(hand_made)
        with pytest.raises(UsageError, match="sudah ada"):
            ingest.propose_map(hand_made)

    def test_of_a_file_unlike_any_export_is_refused(self, tmp_path):
        path = tmp_path / "x.csv"
        path.write_text("q;w;e\n1;2;3\n")
        with pytest.raises(UsageError, match="tidak ada baris yang mirip"):
            ingest.propose_map(path)

    def test_on_the_command_line(self, tmp_path, hand_made):
        result = CliRunner().invoke(cli.app, ["import", "--propose", str(hand_made), "--data", str(tmp_path / "data")])
        assert result.exit_code == 0
        assert "dikonfirmasi = true" in result.output
        assert not (tmp_path / "data").exists()


def test_reading_through_a_map_keeps_missing_missing(tmp_path, a_map):
    path = tmp_path / "rekap.csv"
    path.write_text("\n".join([*ROWS, "PANDEGLANG;SUMUR;TAMANJAYA;-;;x"]))
    take(tmp_path, path, a_map())
    assert pus(tmp_path)["pus"].isna().tolist() == [False, True]
    assert pd.isna(pus(tmp_path)["unmet_need"].iloc[1])
