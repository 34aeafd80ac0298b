"""The province's page: who is in need, how fast it goes, who moved and who has not reported, true for tiny tables."""

import datetime as dt
import re
from decimal import Decimal
from xml.etree import ElementTree

import pandas as pd
import pytest

from kkb_helpers import Params, areas, targets, wording
from kkb_helpers.classification import COMPONENTS, transitions
from kkb_helpers.page import context, dynamics, show
from kkb_helpers.page.province import classes, ends, late, need, pace
from kkb_helpers.page.sections import SECTIONS

CILEGON, SERANG = "36.72", "36.73"  # 43 and 67 villages
VILLAGES = {code: list(areas.children(code, "desa")["code"]) for code in (CILEGON, SERANG)}
SOURCE = {"source_file": "uji.csv", "source_row": 2}


def kampung(codes, as_of, score=2, kelas="Dasar") -> pd.DataFrame:
    """One Kampung KB in each village, all twelve scores and the class alike."""
    rows = pd.DataFrame({"village_code": codes, "as_of": as_of, "kampung_kb": "Melati"})
    for column in COMPONENTS:
        rows[column] = pd.array([score] * len(rows), "Int64")
    for column in ("index_input", "index_proses", "index_output"):
        rows[column] = rows[f"{column}_hitung"] = float(score)
    return rows.assign(klasifikasi=kelas, klasifikasi_hitung=kelas, **SOURCE)


def couples(codes, month, pus=1000, unmet=100) -> pd.DataFrame:
    rows = pd.DataFrame({"village_code": codes, "period": month, "pus": pus, "unmet_need": unmet, **SOURCE})
    return rows.astype({"pus": "Int64", "unmet_need": "Int64"})


def tables_in(html) -> dict[str, list[list[str]]]:
    """The rows of every table of a fragment by its caption, head first."""
    root = ElementTree.fromstring(f"<div>{html}</div>")
    text = lambda node: "".join(node.itertext()).replace("\u00ad", "").replace("\u200b", "").strip()  # noqa: E731
    return {text(t.find("caption")): [[text(c) for c in row] for row in t.iter("tr")] for t in root.iter("table")}


def words_of(html) -> str:
    return " ".join(re.sub(r"<(svg|table).*?</\1>", " ", str(html), flags=re.S).replace("<", " <").split())


ALLOWED = {100, Decimal("99.8")}  # full coverage and the limits of a funnel


@pytest.fixture
def two(page_of):
    """Cilegon: 40 of 43 villages, then 42. Kota Serang: 50 of 67, then 60; five of them Mandiri since."""
    before = [kampung(VILLAGES[CILEGON][:40], "2024-03-31"), kampung(VILLAGES[SERANG][:50], "2024-03-31")]
    now = [
        kampung(VILLAGES[CILEGON][:42], "2024-06-01"),
        kampung(VILLAGES[SERANG][:5], "2024-06-01", 3, "Mandiri"),
        kampung(VILLAGES[SERANG][5:60], "2024-06-01"),
    ]
    return page_of({"kampung": pd.concat([*before, *now], ignore_index=True)})


def test_the_cover_asks_only_for_the_villages_that_have_data(two):
    said = ends.leads(two)
    assert said[0].startswith("102 dari 110 desa/kelurahan (92,73 persen) sudah memiliki Kampung KB; masih 8 lagi")
    assert said[1].startswith(
        "5 Kampung KB berklasifikasi Mandiri atau Berkelanjutan: capaian 7,58 persen dari sasaran 66"
    )
    assert "belum ada data dari" in ends.absent_districts(two)
    assert all("Tidak lengkap: 110 dari 1.552 desa/kelurahan." in sentence for sentence in said[:2])


class TestNeed:
    def test_orders_by_villages_still_to_go_and_counts_change(self, two):
        (rows,) = tables_in(need.need_table(two)).values()
        head, first, second = rows[0], rows[1], rows[2]
        assert dict(zip(head, first, strict=True)) == {
            "Kabupaten/kota": "Kota Serang",
            "Desa/kelurahan": "67",
            "Ada Kampung KB": "60",
            "Belum ada": "7",
            "Cakupan (% desa)": "89,55",
            "Perubahan desa": "+10",
            "Mandiri+": "5",
            "Mandiri+ (% desa)": "7,46",
            "Capaian terhadap sasaran Mandiri+ (%)": "12,20",
            "Perubahan Mandiri+": "+5",
            "Belum lapor": "0",
        }
        assert second[:4] == ["Kota Cilegon", "43", "42", "1"]
        assert rows[-1][:4] == ["Provinsi Banten", "110", "102", "8"], "of those that have data"

    def test_lists_kabupaten_without_data_last_and_in_words(self, two):
        (rows,) = tables_in(need.need_table(two)).values()
        assert len(rows) == 10, "all eight, a head and the province"
        assert rows[3][2:] == [wording.MISSING] * 9

    def test_leaves_out_columns_nobody_has(self, page_of):
        rows = pd.DataFrame(
            {"village_code": VILLAGES[CILEGON], "as_of": "2024-06-01", "jumlah_kampung_kb": 1, **SOURCE}
        )
        rows["jumlah_kampung_kb"] = rows["jumlah_kampung_kb"].astype("Int64")
        (found,) = tables_in(need.need_table(page_of({"siga_kkb": rows}))).values()
        assert found[0] == ["Kabupaten/kota", "Desa/kelurahan", "Ada Kampung KB", "Belum ada", "Cakupan (% desa)"]

    def test_says_where_most_is_to_go(self, two):
        assert need.most_to_go(two, most=1).startswith("Sisa terbanyak ada di Kota Serang (7): bersama-sama 7 dari 8 ")
        assert need.most_to_go(two).startswith("Semua 8 desa/kelurahan yang belum memiliki Kampung KB berada di Kota")

    def test_a_tie_is_counted_not_named(self):
        names = pd.Series({"a": "Majene", "b": "Mamuju", "c": "Mamasa"})
        values = pd.Series({"a": 100.0, "b": 100.0, "c": 60.0})
        assert need.at_end(names, values, 100.0) == "2 kabupaten/kota 100,00 persen"
        assert need.at_end(names, values, 60.0) == "Mamasa 60,00 persen"

    def test_draws_a_tile_for_each_kabupaten(self, two):
        block = need.tiles(two, "village_coverage")
        assert "89,55%" in str(block.html)
        assert "97,67%" in str(block.html)
        assert str(block.html).count(wording.MISSING) >= 6
        assert list(block.files) == ["charts/tiles-village_coverage.svg"]


def track(**more) -> targets.Track:
    plain = {
        "date": dt.date(2024, 6, 1),
        "value": 60,
        "target": 67,
        "expected": 58,
        "gap": 7,
        "observed": 10.0,
        "needed": 3.0,
        "deadline": dt.date(2024, 12, 31),
        "projected": dt.date(2024, 8, 3),
        "points": 3,
        "status": "sesuai jalur",
    }
    return targets.Track(**plain | more)


class TestPace:
    PATH = pace.PATHS[0]

    @pytest.mark.parametrize(
        ("more", "end"),
        [
            ({}, "pada laju itu sasaran tercapai sekitar 3 Agustus 2024."),
            ({"projected": None, "observed": -1.0}, "pada laju itu sasaran tidak tercapai."),
            ({"observed": None}, "Lajunya belum dapat dihitung: belum ada tiga potret yang sebanding."),
            ({"needed": None}, "Laju teramati 10,0 per triwulan; tenggatnya sudah lewat."),
            ({"gap": -2, "value": 69}, "sasaran 67 untuk 31 Desember 2024 sudah tercapai."),
        ],
    )
    def test_says_the_projected_day_in_words(self, more, end):
        assert pace.track_sentence(self.PATH, track(**more)).endswith(end)

    def test_every_number_of_the_sentence_is_in_the_cells(self):
        said = wording.numbers_in(pace.track_sentence(self.PATH, track()))
        shown = wording.numbers_in(
            " ".join(map(str, [c if isinstance(c, str) else c.text for c in pace.track_cells(track())]))
        )
        assert set(said) - {7} <= set(shown), "7 is the difference of the two"

    def test_small_multiples_come_with_their_numbers(self, two):
        block = pace.multiples(two, "")
        (rows,) = tables_in(block.html).values()
        assert rows[0] == ["Kabupaten/kota", "31 Mar 2024 (%)", "1 Jun 2024 (%)"]
        assert rows[1] == ["Kota Serang", "74,6", "89,6"]
        assert "Belum ada kabupaten/kota yang penuh; terendah Kota Serang" in str(block.html)

    def test_one_snapshot_is_no_path(self, page_of):
        ctx = page_of({"kampung": kampung(VILLAGES[CILEGON][:40], "2024-06-01")})
        assert "Baru ada satu potret (1 Juni 2024)" in str(pace.multiples(ctx, "").html)


class TestClasses:
    BEFORE = pd.concat(
        [kampung(VILLAGES[CILEGON][:2], "2024-03-31", 1), kampung(VILLAGES[CILEGON][2:4], "2024-03-31")],
        ignore_index=True,
    )
    NOW = pd.concat(
        [
            kampung(VILLAGES[CILEGON][:1], "2024-06-01", 1),
            kampung(VILLAGES[CILEGON][1:2], "2024-06-01"),
            kampung(VILLAGES[CILEGON][2:3], "2024-06-01", 3, "Mandiri"),
            kampung(VILLAGES[CILEGON][4:6], "2024-06-01"),
        ],
        ignore_index=True,
    )

    def test_flows_keep_the_silent_the_new_and_the_lost_apart(self):
        assert dynamics.flows_of(transitions(self.BEFORE, self.NOW)) == {
            ("Belum lapor", "Belum lapor"): 1,
            ("Belum lapor", "Dasar"): 1,
            ("Dasar", "Mandiri"): 1,
            ("Dasar", "Hilang"): 1,
            ("Baru", "Dasar"): 2,
        }

    def test_counts_moves_and_the_live_report_by_kabupaten(self, page_of):
        ctx = page_of({"kampung": pd.concat([self.BEFORE, self.NOW], ignore_index=True)})
        html = classes.classes(ctx).html
        by_district = tables_in(html)["Gerak Kampung KB dan Live Report menurut kabupaten/kota"]
        assert by_district[0][1:] == ["Baru terlapor", "Baru tercatat", "Naik", "Turun", "Tetap", "Tidak ada lagi"]
        assert by_district[1] == ["Kota Cilegon", "1", "2", "1", "0", "1", "1"]
        assert by_district[-1] == ["Provinsi Banten", "1", "2", "1", "0", "1", "1"]
        assert by_district[2][1] == "tanpa potret lalu"
        assert "1 Kampung KB yang semula kosong dan 2 yang baru tercatat; terbanyak di Kota Cilegon (1 dan 2)." in html

    def test_the_matrix_adds_up(self, page_of):
        ctx = page_of({"kampung": pd.concat([self.BEFORE, self.NOW], ignore_index=True)})
        rows = next(
            rows for caption, rows in tables_in(classes.classes(ctx).html).items() if "kelas lalu" in rows[0][0].lower()
        )
        assert rows[-1] == ["Jumlah", "1", "3", "1", "1", "6"]

    def test_one_snapshot_has_no_moves(self, page_of):
        ctx = page_of({"kampung": self.NOW})
        assert "Baru ada satu potret klasifikasi" in classes.classes(ctx).html


class TestLate:
    def test_names_the_kecamatan_and_since_when(self, page_of):
        everyone = VILLAGES[CILEGON]
        rows = pd.concat(
            [couples(everyone, "2024-04"), couples(everyone[1:], "2024-05"), couples(everyone[1:], "2024-06")]
        )
        found = late.absent_villages(page_of({"siga_pus": rows.reset_index(drop=True)}, area="36"))
        mine = found.loc[everyone[0][:8]]
        assert mine["desa"] == 1
        assert mine["desa_sejak"] == "Mei 2024"

    def test_counts_the_silent_kampung(self, page_of):
        silent = VILLAGES[SERANG][:3]
        rows = pd.concat([kampung(silent, "2024-03-31", 1), kampung(silent, "2024-06-01", 1)], ignore_index=True)
        html = late.late(page_of({"kampung": rows})).html
        (listed,) = tables_in(html).values()
        assert sum(int(row[4]) for row in listed[1:]) == 3
        assert {row[5] for row in listed[1:]} == {"31 Mar 2024"}

    def test_says_that_nothing_is_missing(self, page_of):
        html = late.late(page_of({"kampung": kampung(VILLAGES[SERANG], "2024-06-01")})).html
        assert "Tidak ada: semua kecamatan lengkap untuk Juni 2024." in html


@pytest.mark.parametrize("name", sorted(n for n in SECTIONS if n.startswith("provinsi_")) or ["none registered"])
def test_every_section_says_why_when_it_has_no_data(page_of, name):
    ctx = page_of({"siga_pus": couples(VILLAGES[CILEGON], "2024-06")})
    block = SECTIONS[name](ctx)
    assert "nan" not in words_of(block.html).lower().split()
    if name in ("provinsi_peta", "provinsi_jalur", "provinsi_kelas", "provinsi_dukungan"):
        assert "Belum ada" in words_of(block.html)


def test_the_whole_page_says_only_numbers_that_are_on_it(project):
    """S22: every number of a sentence or a title is in a table of the page, or is a sum that the sentence makes."""
    p = Params(area="36", period="2024-06", data="data/sample")
    show(p, "provinsi_sampul")
    ctx = context.context(p)
    names = [n for n in SECTIONS if n.startswith("provinsi_") and n not in ("provinsi_sampul", "provinsi_penutup")]
    blocks = {name: SECTIONS[name](ctx).html for name in names}
    cells = {
        number
        for html in blocks.values()
        for caption, rows in tables_in(html).items()
        for text in [caption, *(cell for row in rows for cell in row)]
        for number in wording.numbers_in(text)
    }
    left = pd.to_numeric(need.to_go(ctx)).dropna().sort_values(ascending=False)
    behind = (late.unreported(ctx)[["desa", "kampung", "poktan"]] > 0).sum()
    support = [ctx.row(i, "36") for i in ("ormas_share", "coordination_share", "quarterly_review_share")]
    known = {
        *cells,
        int(left.head(3).sum()),
        *behind,
        len(areas.children("36", "kecamatan")),
        len(late.unreported(ctx)),
    }
    known |= {found["36"].gap for found in pace.tracks(ctx).values()}  # target less count, which stand side by side
    known |= {int(row[c]) for row in support if row is not None for c in ("numerator", "denominator")}
    for name in ("provinsi_peta", "provinsi_jalur", "provinsi_sesama", "provinsi_kelas", "provinsi_belum_lapor"):
        root = ElementTree.fromstring(f"<div>{blocks[name]}</div>")
        for node in root.iter():
            if (node.tag == "p" and node.get("class") in (None, "lead")) or node.get("class") == "finding":
                text = "".join(node.itertext())
                rounded = {round(k, 2) for k in known}
                unknown = {n for n in wording.numbers_in(text) if n not in rounded and n > 8}
                assert not unknown - ALLOWED, f"{name}: {unknown} in {text!r}"
