"""Indonesian numbers, dates and sentences: what a reader may take literally."""

import datetime as dt
import inspect
import os
import re
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkb_helpers import wording

NOTHING = [None, float("nan"), pd.NA, pd.NaT, float("inf"), np.float64("nan")]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1552, 0, "1.552"),
        (54.72, 2, "54,72"),
        (0.125, 2, "0,13"),
        (2.675, 2, "2,68"),
        (-0.004, 2, "0,00"),
        (1234567.891, 2, "1.234.567,89"),
        (np.int64(1448), 0, "1.448"),
        (0.145 * 100, 0, "15"),  # 14.499999999999998 in binary
        (510 / 932 * 100, 2, "54,72"),
        (1357 / 1552 * 100, 2, "87,44"),
        (-2.5, 0, "-3"),
        (Decimal("0.005"), 2, "0,01"),
        (0, 2, "0,00"),
    ],
)
def test_numbers(value, decimals, text):
    assert wording.number(value, decimals) == text


@pytest.mark.parametrize("value", NOTHING, ids=repr)
def test_a_missing_value_is_said_and_never_a_number(value):
    for words in (wording.number, wording.percent, wording.percent_cell, wording.percent_mark, wording.rupiah):
        assert words(value) == "tidak ada data"
    assert wording.signed(value) == wording.rupiah_short(value) == "tidak ada data"
    assert wording.points(value) == "perubahan tidak dapat dihitung"
    assert wording.of(value, 10) == wording.of(10, value) == "tidak ada data"
    assert wording.share(value, 10) is None
    assert wording.share(10, value) is None


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_a_number_is_read_back_as_it_was_rounded(value, decimals):
    exact = Decimal(value) / 1000
    assert wording.numbers_in(wording.number(exact, decimals)) == [wording.rounded(exact, decimals)]


def test_percentages():
    assert wording.percent(54.72103) == "54,72 persen"
    assert wording.percent_cell(54.72103) == "54,72"
    assert wording.percent_mark(54.72103, 1) == "54,7%"
    assert wording.percent(100) == "100,00 persen"
    assert wording.percent(0) == "0,00 persen"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (950_000, "Rp950.000"),
        (340_000_000, "Rp340 juta"),
        (1_250_000_000, "Rp1,25 miliar"),
        (2 * 10**12, "Rp2 triliun"),
        (0, "Rp0"),
    ],
)
def test_money_where_room_is_scarce(value, text):
    assert wording.rupiah_short(value) == text


def test_money_in_full():
    assert wording.rupiah(1_250_000) == "Rp1.250.000"


@pytest.mark.parametrize(
    ("delta", "text"),
    [
        (54.72 - 54.12, "naik 0,60 poin persen"),
        (10.40 - 10.74, "turun 0,34 poin persen"),
        (0.004, "tetap"),
        (-0.004, "tetap"),
        (0, "tetap"),
        (0.005, "naik 0,01 poin persen"),
    ],
)
def test_a_change_of_percentages_is_in_points(delta, text):
    assert wording.points(delta) == text


def test_a_change_of_counts():
    assert wording.change(12, "Kampung KB") == "naik 12 Kampung KB"
    assert wording.change(-2) == "turun 2"
    assert wording.change(0, "desa") == "tetap"
    assert [wording.signed(v) for v in (0.6, -0.34, 0.001)] == ["+0,60", "-0,34", "0,00"]


@given(st.floats(-1e6, 1e6))
def test_the_direction_word_agrees_with_the_sign(delta):
    figure = wording.rounded(delta, 2)
    assert wording.direction(delta) == ("naik" if figure > 0 else "turun" if figure < 0 else "tetap")


def test_parts_and_lists():
    assert wording.of(13481, 26140, "PUS") == "13.481 dari 26.140 PUS"
    assert wording.of(13481, 26140, "PUS", "peserta KB modern") == "13.481 peserta KB modern dari 26.140 PUS"
    assert wording.join(["a"]) == "a"
    assert wording.join(["a", "b"]) == "a dan b"
    assert wording.join(["a", "b", "c"]) == "a, b, dan c"
    assert wording.join([]) == ""
    assert wording.share(1, 0) is None
    assert wording.share(1, 4) == 25
    assert wording.sentence("ada dua") == "Ada dua."
    assert wording.sentence("Ada dua.") == "Ada dua."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2024-06-01", "1 Juni 2024"),
        (dt.date(2024, 8, 17), "17 Agustus 2024"),
        ("2024-06", "Juni 2024"),
        ("2024-S2", "Semester II 2024"),
        ("2024-Q4", "Triwulan IV 2024"),
        ("", "tidak ada data"),
        (None, "tidak ada data"),
        (pd.NA, "tidak ada data"),
    ],
)
def test_times(value, text):
    assert wording.time(value) == text


def test_short_times():
    assert wording.month_short("2024-05") == "Mei"
    assert wording.month_short("2024-08", year=True) == "Agu 2024"
    assert wording.date_short("2024-06-01") == "1 Jun 2024"
    assert wording.months_between("2023-11", "2024-02") == 3


def test_text_does_not_depend_on_the_machine(project):
    code = (
        "from kkb_helpers import wording as w; import sys; "
        "sys.stdout.buffer.write((w.number(1234.5, 2) + w.time('2024-05-01') + w.percent(2.675)).encode())"
    )
    texts = {
        subprocess.run(  # the same interpreter, other locales
            [sys.executable, "-c", code],
            env={**os.environ, "LC_ALL": locale, "LANG": locale, "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0"},
            cwd=project,
            capture_output=True,
            check=True,
        ).stdout.decode()
        for locale in ("C", "de_DE.UTF-8", "tr_TR.UTF-8", "id_ID.UTF-8")
    }
    assert texts == {"1.234,501 Mei 20242,68 persen"}


# --- words -------------------------------------------------------------------------------------------------------


def test_every_status_has_a_word_and_a_sign_of_its_own():
    assert wording.status("target tercapai") == "✓ target tercapai"
    assert len(set(wording.STATUS_SIGNS.values())) == len(wording.STATUS_SIGNS)
    assert {"sesuai jalur", "perlu percepatan", "tren belum cukup", "tidak ada data"} < set(wording.STATUS_SIGNS)
    with pytest.raises(KeyError):
        wording.status("sangat baik")


def test_an_abbreviation_is_explained_once():
    seen = set()
    first = wording.expand_first("Unmet need dari PUS; PUS dan MKJP.", seen)
    assert first == ("Unmet need dari PUS (pasangan usia subur); PUS dan MKJP (metode kontrasepsi jangka panjang).")
    assert wording.expand_first("PUS, MKJP", seen) == "PUS, MKJP"


def test_a_number_in_brackets_explains_nothing():
    assert wording.expand_first("PUS (2.719)", set()) == "PUS (pasangan usia subur) (2.719)"


def test_the_longest_abbreviation_is_explained():
    text = wording.expand_first("PKB/PLKB dan PIK-R", set())
    assert text.startswith("PKB/PLKB (Penyuluh Keluarga Berencana/Petugas Lapangan")
    assert "PIK-R (Pusat Informasi dan Konseling Remaja)" in text
    seen = set()
    wording.expand_first("PKB/PLKB", seen)
    assert wording.expand_first("PLKB", seen) == "PLKB"


@pytest.mark.parametrize("text", ["pasangan usia subur (PUS)", "PUS (pasangan)", "XPUS", "PUS-nya", "mPUS"])
def test_what_is_explained_or_part_of_a_word_is_left(text):
    assert wording.expand_first(text, set()) == text


def test_what_a_kampung_kb_lacks():
    scores = {"input_pokja": 3, "input_sumber_dana": 2, "proses_operasional": 1}
    assert wording.lacks("input_pokja:+1;input_sumber_dana:+1", scores) == (
        "Pokja belum dilatih atau anggotanya belum dicatat; sumber dana baru satu"
    )
    assert wording.lacks("", scores) == ""


def test_every_component_has_words_for_every_score_below_its_maximum():
    from kkb_helpers.classification import COMPONENTS

    assert set(wording.LACKS) == set(COMPONENTS)
    for name, words in wording.LACKS.items():
        assert len(words) == (2 if name in ("input_sarana", "input_pkb") else 3), name


# --- sentences ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            (306, 339, 339, "akhir 2024"),
            "306 dari 339 desa/kelurahan (90,27 persen) sudah memiliki Kampung KB; "
            "masih 33 lagi untuk sasaran akhir 2024.",
        ),
        (
            (339, 339, 339, "akhir 2024"),
            "339 dari 339 desa/kelurahan (100,00 persen) sudah memiliki Kampung KB; sasaran akhir 2024 tercapai.",
        ),
        (
            (297, 339, 255, "akhir 2023"),
            "297 dari 339 desa/kelurahan (87,61 persen) sudah memiliki Kampung KB; 42 di atas sasaran akhir 2023 "
            "(sasaran terlampaui atau sasaran terlalu rendah).",
        ),
        ((0, 339, None), "0 dari 339 desa/kelurahan (0,00 persen) sudah memiliki Kampung KB; tanpa target."),
        ((pd.NA, 339, 339, "akhir 2024"), "Belum ada data pembentukan Kampung KB."),
    ],
)
def test_formation(values, text):
    assert wording.formation(*values) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            (98, 204, 339),
            "98 Kampung KB berklasifikasi Mandiri atau Berkelanjutan: capaian 48,04 persen dari sasaran 204, "
            "atau 28,91 persen dari seluruh desa/kelurahan.",
        ),
        (
            (268, 204, 339),
            "268 Kampung KB berklasifikasi Mandiri atau Berkelanjutan: capaian 131,37 persen dari sasaran 204 "
            "(sasaran terlampaui atau sasaran terlalu rendah), atau 79,06 persen dari seluruh desa/kelurahan.",
        ),
        (
            (12, None, 339),
            "12 Kampung KB berklasifikasi Mandiri atau Berkelanjutan: 3,54 persen dari seluruh desa/kelurahan; "
            "tanpa target.",
        ),
        ((None, 204, 339), "Belum ada data klasifikasi Kampung KB."),
    ],
)
def test_classes(values, text):
    assert wording.classes(*values) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            ("Unmet need", 2719, 26140, "PUS", 2719 / 26140 * 100 + 0.34, "Mei 2024"),
            "Unmet need 10,40 persen: 2.719 dari 26.140 PUS, turun 0,34 poin persen sejak Mei 2024.",
        ),
        (("Unmet need", 0, 20, "PUS"), "Unmet need 0,00 persen: 0 dari 20 PUS."),
        (
            ("BKB yang melapor", 20, 20, "BKB", 100.0, "Mei 2024"),
            "BKB yang melapor 100,00 persen: 20 dari 20 BKB, tetap sejak Mei 2024.",
        ),
        (("Unmet need", 3, 0, "PUS"), "Unmet need: tidak ada data."),
        (("Unmet need", pd.NA, 20, "PUS", 3, "Mei 2024"), "Unmet need: tidak ada data."),
    ],
)
def test_rate(values, text):
    assert wording.rate(*values) == text


def test_counted_names_who_does_what():
    said = wording.counted(1151, 1313, "poktan", "melapor", 86.67, "Mei 2024")
    assert said == "1.151 dari 1.313 poktan (87,66 persen) melapor, naik 0,99 poin persen sejak Mei 2024."
    assert wording.counted(0, 20, "poktan", "melapor") == "0 dari 20 poktan (0,00 persen) melapor."
    assert wording.counted(3, 0, "poktan", "melapor") == "Poktan yang melapor: tidak ada data."


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("1 Juni 2024", 320, 290), "Per 1 Juni 2024 ada 320 Kampung KB, 30 di atas jalur (290)."),
        (("1 Juni 2024", 280, 290), "Per 1 Juni 2024 ada 280 Kampung KB, 10 di bawah jalur (290)."),
        (("1 Juni 2024", 290, 290), "Per 1 Juni 2024 ada 290 Kampung KB, tepat pada jalur."),
        (("1 Juni 2024", 290, None), "Per 1 Juni 2024 ada 290 Kampung KB."),
    ],
)
def test_stand(values, text):
    assert wording.stand(*values) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            (35.2, 8.13, 339, "31 Desember 2024", "20 Juli 2024"),
            "Lajunya 35,2 Kampung KB per triwulan; yang dibutuhkan 8,1 sampai 31 Desember 2024. "
            "Pada laju ini sasaran 339 tercapai sekitar 20 Juli 2024.",
        ),
        (
            (0.0, 8.13, 339, "31 Desember 2024", None),
            "Lajunya 0,0 Kampung KB per triwulan; yang dibutuhkan 8,1 sampai 31 Desember 2024. "
            "Pada laju ini sasaran 339 tidak tercapai.",
        ),
        (
            (None, None, 181, "31 Desember 2024", None),
            "Lajunya belum dapat dihitung, karena belum ada tiga potret; tenggat 31 Desember 2024 sudah lewat.",
        ),
        ((35.2, 8.13, None, "31 Desember 2024", None), ""),
    ],
)
def test_speed(values, text):
    assert wording.speed(*values) == text


def test_changed_says_since_when_and_which_way():
    moved = [
        ("Mei 2024", "unmet need turun 0,06 poin persen", True),
        ("31 Maret 2024", "mCPR turun 0,10 poin persen", False),
        ("Mei 2024", "BKB tetap", None),
    ]
    assert wording.changed(moved, 2) == (
        "Sejak Mei 2024: unmet need turun 0,06 poin persen; BKB tetap. Sejak 31 Maret 2024: mCPR turun 0,10 poin "
        "persen. Berlawanan arah: mCPR. Tanpa pembanding: dua angka."
    )
    assert wording.changed(moved[:1], 0).endswith("Tidak ada yang berlawanan arah dengan tujuannya.")
    assert wording.changed([], 3).startswith("Belum ada angka utama yang dapat dibandingkan")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((1, 8, ["Lebak"], "", "B"), "setara dengan Lebak"),
        ((1, 8, ["A", "B", "C"]), "setara dengan tiga lainnya"),
        ((1, 8, [], "", "B"), "teratas dari 8"),
        ((8, 8, [], "A", ""), "terbawah dari 8"),
        ((3, 8, [], "A", "B"), "urutan 3 dari 8, sesudah A dan sebelum B"),
    ],
)
def test_no_place_for_what_cannot_be_told_apart(values, text):
    assert wording.position(*values) == text


def test_small_counts_are_words():
    assert [wording.in_words(n) for n in (0, 1, 12, 13)] == ["tidak ada", "satu", "dua belas", "13"]


def test_a_month_is_provisional_until_the_tenth_of_the_next():
    said = wording.provisional("September 2025", "1 Oktober 2025", "10 Oktober 2025")
    assert said.startswith("Angka September 2025 masih sementara: SIGA ditarik 1 Oktober 2025")
    assert not wording.numbers_in(said)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((18, 12, "down"), "6,00 poin di atas batas"),
        ((9.5, 12, "down"), "2,50 poin di bawah batas"),
        ((54.72, 60, "up"), "5,28 poin di bawah sasaran"),
        ((60, 60, "up"), "tepat pada sasaran"),
        ((None, 60, "up"), "tidak ada data"),
        ((50, None, "up"), "tanpa target"),
    ],
)
def test_the_distance_to_a_target_is_in_points(values, text):
    assert wording.gap_to_target(*values) == text


def test_an_achievement_above_its_target_is_shown_as_it_is():
    assert wording.achievement(131.372) == "131,37 persen (sasaran terlampaui atau sasaran terlalu rendah)"
    assert wording.achievement(100) == "100,00 persen"
    assert wording.achievement(None) == "tidak ada data"


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (
            {"naik": 14, "turun": 2, "baru terlapor": 9},
            "Sejak 31 Maret 2024: 14 Kampung KB naik kelas, 2 turun kelas, 9 baru terlapor.",
        ),
        ({"tetap": 30}, "Sejak 31 Maret 2024: tidak ada yang berganti kelas (30 tetap)."),
        (
            {"baru": 1, "hilang": 2, "tetap": 3},
            "Sejak 31 Maret 2024: 1 Kampung KB baru tercatat, 2 tidak tercatat lagi, 3 tetap.",
        ),
        ({}, "Baru ada satu potret klasifikasi; pergerakan kelas belum dapat dihitung."),
    ],
)
def test_moves(counts, text):
    assert wording.moves("31 Maret 2024", counts) == text


def test_nearest():
    assert wording.nearest(20, 118, 204) == "Bila 20 terdekat naik, capaian menjadi 57,84 persen, 118 dari sasaran 204."
    assert "menjadi 118 Kampung KB" in wording.nearest(20, 118, None)
    assert wording.nearest(0, 98, 204) == "Tidak ada Kampung KB yang dapat naik kelas."


def test_completeness_and_no_data():
    assert wording.completeness(7, 9, 331, 339) == ("7 dari 9 tabel diterima; 331 dari 339 desa/kelurahan ada datanya.")
    assert wording.no_partners() == "Belum ada isian mitra untuk periode ini. Unduh borang: kkb template partners."
    assert wording.no_data("potret portal", "Juni 2024") == "Belum ada potret portal untuk Juni 2024."
    assert wording.partial(7, 9, "kecamatan") == "dari 7 dari 9 kecamatan"
    assert wording.partial(9, 9, "kecamatan") == wording.partial(None, 9) == ""


def test_a_cumulative_figure_is_compared_with_what_is_due():
    text = wording.year_to_date(700, 900, 9)
    assert text.startswith("700, 25 di atas 675 yang jatuh tempo pada bulan ke-9")
    assert "dibagi rata per bulan" in text
    assert wording.year_to_date(600, 900, 9).startswith("600, 75 di bawah 675")
    assert wording.year_to_date(None, 900, 9) == "tidak ada data."


def test_funds():
    assert (
        wording.funds("BOKB", 600_000, 1_000_000)
        == "Serapan dana BOKB 60,00 persen: Rp600.000 dari alokasi Rp1.000.000."
    )
    assert wording.funds("BOKB", 600_000, 0) == wording.funds("BOKB", None, 5) == "Serapan dana BOKB: tidak ada data."


def test_districts_that_cannot_be_told_apart_get_no_ordinal():
    text = wording.peers("setara", 8)
    assert text.startswith("setara dengan 7 kabupaten/kota lain")
    assert not re.search(r"ke-\d|peringkat", text)
    assert wording.peers("di atas", 8) == "di atas kisaran 8 kabupaten/kota"


def test_parts_that_do_not_add_up_are_explained():
    thirds = [100 / 3] * 3
    assert wording.rounding_note(thirds) == "Karena pembulatan, jumlah bagian yang tampak 99,99, bukan 100,00."
    assert wording.rounding_note([50, 50]) == wording.rounding_note([50, None]) == ""


BANNED = r"sangat|memprihatinkan|terbaik|terburuk|baik\b|buruk|hebat|luar biasa"


def test_no_word_of_praise_or_blame():
    for name in ("sentences", "titles", "alts", "terms"):
        source = inspect.getsource(sys.modules[f"kkb_helpers.wording.{name}"])
        assert not re.search(BANNED, source.replace('"""', ""), re.IGNORECASE), name


# --- titles ------------------------------------------------------------------------------------------------------

TITLES = [
    (wording.title_path(306, 339), "Masih 33 Kampung KB lagi menuju sasaran 339"),
    (wording.title_path(339, 339), "Sasaran 339 Kampung KB sudah tercapai"),
    (wording.title_path(1600, 1552), "48 Kampung KB di atas sasaran 1.552"),
    (wording.title_path(None, 339), "Jalur pembentukan belum dapat dibandingkan dengan sasaran"),
    (wording.title_classes(102, 306), "Sepertiga Kampung KB sudah Mandiri atau Berkelanjutan"),
    (wording.title_classes(98, 264), "98 dari 264 Kampung KB sudah Mandiri atau Berkelanjutan"),
    (wording.title_classes(0, 43), "Belum ada Kampung KB yang Mandiri atau Berkelanjutan"),
    (wording.title_classes(43, 43), "Semua Kampung KB sudah Mandiri atau Berkelanjutan"),
    (wording.title_classes(0, 0), "Klasifikasi Kampung KB belum ada datanya"),
    (
        wording.title_trend("Unmet need", 10.74, 10.40, "2024-01", "2024-06"),
        "Unmet need turun 0,34 poin persen dalam lima bulan",
    ),
    (wording.title_trend("mCPR", 50, 50.5, "2023-06", "2024-06"), "mCPR naik 0,50 poin persen dalam setahun"),
    (wording.title_trend("mCPR", None, 50.5, "2024-01", "2024-06"), "mCPR mencapai 50,50 persen pada Juni 2024"),
    (wording.title_trend("mCPR", 50, None, "2024-01", "2024-06"), "mCPR: belum ada data untuk Juni 2024"),
    (wording.title_peers("Unmet need", 10.4, 10.71), "Unmet need 0,31 poin persen di bawah provinsi"),
    (wording.title_peers("mCPR", 60, 60), "mCPR sama dengan angka provinsi"),
    (wording.title_peers("mCPR", None, 60), "mCPR belum dapat dibandingkan dengan provinsi"),
    (wording.title_methods(2740, 13292), "MKJP dipakai 20,61 persen peserta KB modern"),
    (wording.title_methods(None, 1), "Pemakaian metode KB belum ada datanya"),
    (wording.title_reporting(103, 104, "Juni 2024"), "103 dari 104 poktan melapor pada Juni 2024"),
    (wording.title_moves(14, 2), "14 Kampung KB naik kelas, 2 turun"),
    (wording.title_funds("BOKB", 60, 100), "Dana BOKB terserap 60,00 persen"),
    (wording.title_ranking("Desa ber-Kampung KB", "Cikeusik", "Banjar"), None),
]


@pytest.mark.parametrize(("title", "text"), TITLES, ids=[t[:30] for t, _ in TITLES])
def test_a_title_is_the_finding_in_at_most_twelve_words(title, text):
    assert text is None or title == text
    assert len(title.split()) <= wording.TITLE_WORDS


# --- alternative texts -------------------------------------------------------------------------------------------

LONG = "Kabupaten Kepulauan Siau Tagulandang Biaro"
MONTHS = [f"2024-{m:02d}" for m in range(1, 13)]
ALTS = [
    wording.alt_path(LONG, "1 Juni 2024", 306, 339),
    wording.alt_classes(LONG, "1 Juni 2024", {"Dasar": 81, "Berkembang": 85, "Mandiri": 62, "Belum lapor": 42}),
    wording.alt_trend("unmet need", LONG, MONTHS, [10.7] + [None] * 10 + [10.4]),
    wording.alt_trend("unmet need", LONG, MONTHS[:1], [None]),
    wording.alt_ranking("desa ber-Kampung KB", LONG, "Juni 2024", ["Banjar", "Carita", "Bojong"], [90.5, None, 70]),
    wording.alt_peers("unmet need", LONG, "Juni 2024", 10.4, 10.71, 8),
    wording.alt_parts("batang", "peserta KB", LONG, "Juni 2024", {f"Metode nomor {i}": 1000 + i for i in range(30)}),
    wording.alt_parts("batang", "peserta KB", LONG, "Juni 2024", {}),
]


@pytest.mark.parametrize("text", ALTS, ids=range(len(ALTS)))
def test_an_alternative_text_says_where_what_when_and_how_much(text):
    assert 20 <= len(text) <= 300
    assert LONG in text
    assert "2024" in text
    assert wording.numbers_in(text) or "tidak ada data" in text
    assert "…" not in text


def test_the_numbers_of_an_alternative_text_are_those_given():
    text = wording.alt_ranking("mCPR", "Banten", "Juni 2024", ["A", "B", "C"], [60.004, 54.5, None])
    assert wording.numbers_in(text) == [Decimal("60.00"), Decimal("54.50"), Decimal(1)]
    assert "60,00 di A tertinggi, 54,50 di B terendah" in text


def test_an_alternative_text_needs_a_finding():
    with pytest.raises(ValueError, match="a finding with the main number is needed"):
        wording.alt("garis", "mCPR", "Banten", "Juni 2024", "")


# --- reading back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("306 dari 339 desa/kelurahan (90,27 persen); sasaran akhir 2024.", ["306", "339", "90.27"]),
        ("Sejak 31 Maret 2024: 14 naik, 2 turun.", ["14", "2"]),
        ("Rp1.250.000 dari Rp2.000.000, 36.01.01.2001, Inpres 3/2022", ["1250000", "2000000"]),
        ("Semester II 2024: -0,34; 54,72%, 1.448.", ["-0.34", "54.72", "1448"]),
        ("materi 1000 HPK dan mCPR", []),
        ("Rp1,25 miliar", ["1.25"]),
        ("pada bulan ke-9 (-2)", ["9", "-2"]),
    ],
)
def test_the_numbers_of_a_sentence(text, numbers):
    assert wording.numbers_in(text) == [Decimal(n) for n in numbers]


@given(st.integers(0, 2000), st.integers(1, 2000), st.integers(1, 2000))
def test_every_number_of_a_sentence_follows_from_its_values(part, villages, target):
    allowed = {
        Decimal(part),
        Decimal(villages),
        Decimal(target),
        Decimal(abs(target - part)),
        wording.rounded(part / villages * 100, 2),
        wording.rounded(part / target * 100, 2),
    }
    for text in (wording.formation(part, villages, target, "akhir 2024"), wording.classes(part, target, villages)):
        assert set(wording.numbers_in(text)) <= allowed, text
        assert not re.search(r"\d\.\d(?!\d\d)", text), "a decimal point"


def test_several_times_are_written_as_first_and_last():
    assert wording.time("2024-05-01/2024-06-01") == "1 Mei 2024 s.d. 1 Juni 2024"
