"""The analyst's desk: what is chosen is what is shown, as the report says it, and what is taken away is the same."""

import io
import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace
from xml.etree import ElementTree

import pandas as pd
import pytest

from kkb_helpers import Params, areas, ingest, store, wording
from kkb_helpers.errors import QualityError
from kkb_helpers.indicators import REGISTRY
from kkb_helpers.page import context, portable
from kkb_helpers.page import desk as room
from kkb_helpers.page.desk import Choice, Desk, controls, extract, searchable, view
from kkb_helpers.page.desk.choice import periods
from kkb_helpers.page.elements import plain
from kkb_helpers.params import Period
from kkb_helpers.store import Tables

SOURCE = {"source_file": "uji.csv", "source_row": 2}
# One row a village: its PUS and modern users in May and June 2024.
SUMUR, CIMANGGU, CIBALIUNG, MALINGPING = "36.01.01", "36.01.02", "36.01.03", "36.02.01"
VILLAGES = [
    (f"{SUMUR}.2001", 100, 50, 60),
    (f"{SUMUR}.2002", 100, 40, 40),
    (f"{CIMANGGU}.2001", 20, 10, 10),  # below the minimum of 30
    (f"{CIBALIUNG}.2001", 200, 140, 140),
    (f"{MALINGPING}.2002", 100, 90, 90),
]


METHODS = ("pa", "suntik", "pil", "kondom", "implan", "iud", "vasektomi", "tubektomi", "mal", "kb_tradisional")


def monthly(column: str, values: dict[str, list[int]], *others: str) -> pd.DataFrame:
    """Rows of a monthly table: one a village and month; the other columns hold nothing."""
    rows = [
        {"village_code": code, "period": month, column: n, **SOURCE}
        for month, numbers in values.items()
        for (code, *_), n in zip(VILLAGES, numbers, strict=True)
    ]
    return pd.DataFrame(rows).assign(**dict.fromkeys(others, pd.NA)).astype(dict.fromkeys([column, *others], "Int64"))


def funding(code: str, allocated: int, used: int) -> dict:
    return {"area_code": code, "period": "2024-Q2", "sumber": "BOKB", "alokasi": allocated, "realisasi": used, **SOURCE}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    pus, may, june = ([v[i] for v in VILLAGES] for i in (1, 2, 3))
    return {
        "siga_pus": monthly("pus", {"2024-05": pus, "2024-06": pus}, "unmet_need"),
        "siga_methods": monthly("kb_modern", {"2024-05": may, "2024-06": june}, *METHODS),
        "funding": pd.DataFrame([funding("36.01", 100, 40), funding("36.02", 100, 60)]).astype(
            {"alokasi": "Int64", "realisasi": "Int64"}
        ),
    }


@pytest.fixture(scope="module")
def folder(tables, tmp_path_factory):
    """A data folder of these tables, computed once for all tests here."""
    folder = tmp_path_factory.mktemp("data")
    for name, frame in tables.items():
        store.write(folder / "tables", name, frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "refresh", lambda folder: ingest.Report())  # the tables are not made from originals here
        return folder, context.prepare(folder, "2024-06")


@pytest.fixture
def desk(folder) -> Desk:
    data, cache = folder
    return room.desk(context.Context(Params("36.01", "2024-06", data=str(data)), cache))


def rows_of(html) -> dict[str, list[str]]:
    """The rows of the first table of a fragment by their head."""
    found = ElementTree.fromstring(str(html)).find(".//table")
    cells = [["".join(cell.itertext()) for cell in row] for row in found.iter("tr")]
    return {row[0]: row[1:] for row in cells}


def run(lines: str) -> pd.DataFrame:
    """What the lines give that the desk shows to be copied."""
    *statements, last = lines.splitlines()
    given: dict = {}
    exec("\n".join(statements), given)
    return given[last]


class TestShown:
    def test_says_the_figure_of_the_area_as_the_report_does(self, desk):
        sentence = "59,52 persen: 250 dari 420 PUS, naik 2,38 poin persen sejak Mei 2024."
        assert sentence in plain(desk.html)
        assert "bukan data resmi" not in desk.html

    def test_the_table_holds_the_area_those_around_and_those_inside(self, desk):
        rows = rows_of(desk.html)
        assert rows["Banten"][:4] == ["36", "65,38", "340", "520"], "of the whole province, not of one kabupaten"
        assert rows["Kabupaten Pandeglang"][:4] == ["36.01", "59,52", "250", "420"]
        assert rows["Sumur"][:4] == [SUMUR, "50,00", "100", "200"]
        assert rows["Sumur"][4] == "2 dari 7 desa/kelurahan"
        assert len(rows) == 1 + 2 + len(areas.children("36.01", "kecamatan"))

    def test_missing_stays_missing_in_words(self, desk):
        assert rows_of(desk.html)["Panimbang"][1:4] == [wording.MISSING] * 3

    def test_a_kecamatan_shows_its_villages(self, desk):
        desk.choose(kecamatan=SUMUR, detail="")
        rows = rows_of(desk.html)
        assert rows["Sumberjaya"][:4] == [f"{SUMUR}.2001", "60,00", "60", "100"]
        assert list(rows)[1:4] == ["Banten", "Kabupaten Pandeglang", "Sumur"]
        assert len(rows) == 1 + 3 + 7

    def test_a_province_shows_its_kabupaten(self, desk):
        desk.choose(area="36", kecamatan="", detail="")
        assert rows_of(desk.html)["Kabupaten Lebak"][:2] == ["36.02", "90,00"]

    def test_what_cannot_be_ranked_stands_in_words(self, desk):
        drawn = desk.files["charts/desk-ranking.svg"].decode()
        assert "Cimanggu</text>" in drawn
        assert ">ditekan</text>" in drawn, "of 20 couples no percentage is told"
        assert "70,00%" in drawn
        assert "50,00%</text>" in drawn
        assert "Cibaliung tertinggi, Sumur terendah" in desk.html

    def test_the_trend_is_that_of_the_report(self, desk):
        assert "mCPR naik 2,38 poin persen dalam satu bulan" in desk.html
        assert "59,52%" in desk.files["charts/desk-trend.svg"].decode()

    def test_one_time_gives_no_trend(self, desk):
        desk.choose(period="2024-05")
        assert "baru ada satu bulan" in desk.html
        assert "charts/desk-trend.svg" not in desk.files

    def test_an_area_without_data_says_so(self, desk):
        desk.choose(area="36.03", kecamatan="", detail="")
        assert f"Belum ada nilai {REGISTRY['mcpr'].label} untuk Juni 2024." in plain(desk.html)

    def test_a_figure_of_kabupaten_alone_has_no_rows_below(self, desk):
        desk.choose(indicator="bokb_absorption")
        assert desk.choice.detail == ""
        assert list(rows_of(desk.html)) == ["Wilayah", "Banten", "Kabupaten Pandeglang"]
        assert "dihitung per kabupaten/kota; tidak ada angka di bawah Kabupaten Pandeglang" in desk.html
        assert "Kabupaten Lebak tertinggi, Kabupaten Pandeglang terendah" in desk.html

    def test_an_error_of_the_data_is_said_on_the_desk(self, desk, monkeypatch):
        def broken(ctx):
            raise QualityError("Kode desa tidak ada dalam daftar rujukan: 99.99.99.9999.")

        monkeypatch.setattr(room, "lay_out", broken)
        desk.choose(indicator="cpr")
        assert "Kode desa tidak ada dalam daftar rujukan" in desk.html


class TestChoice:
    def test_an_area_too_small_to_rank_says_how_small(self):
        row = pd.Series({"value": 50.0, "value_mark": "", "denominator": 28})
        assert view.rankable(row, REGISTRY["mcpr"]) == "tidak diperingkat, penyebut 28"

    def test_public_profile_shows_no_persons_by_village(self, desk):
        public = Choice(SimpleNamespace(area="36.01", profile="public"), "mcpr", SUMUR)
        assert public.details == []
        assert replace(public, indicator="village_coverage").details == ["desa"]
        assert Choice(desk.choice.p, "mcpr", SUMUR).details == ["desa"]

    def test_a_level_that_cannot_be_gives_way_to_the_next_below(self, desk):
        assert Choice(desk.choice.p, detail="kabupaten").settled().detail == "kecamatan"
        assert Choice(desk.choice.p, detail="desa").settled().detail == "desa"

    def test_the_country_begins_with_the_first_province_that_has_data(self, page_of, tables):
        assert room.desk(page_of(tables, area="ID")).choice.area == "36"

    def test_periods_are_those_of_the_data_newest_first(self, tables):
        found = [p.text for p in periods(Tables.of(tables), Period("2024-08"))]
        assert found == ["2024-08", "2024-Q2", "2024-06", "2024-05"]

    def test_periods_of_snapshots_where_there_is_no_month(self):
        rows = pd.DataFrame({"village_code": [f"{SUMUR}.2001"] * 2, "as_of": ["2024-03-31", "2024-06-01"]})
        found = [p.text for p in periods(Tables.of({"kampung": rows}), Period("2024-06"))]
        assert found == ["2024-Q2", "2024-06", "2024-Q1", "2024-03"]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"A": 3.0, "B": 1.0, "C": 2.0}, "mCPR: A tertinggi, B terendah"),
        ({"A": 3.0, "B": 3.0, "C": 2.0}, "mCPR: 2 kecamatan tertinggi, C terendah"),
        ({"A": 3.0, "B": 3.0}, "mCPR: sama di semua kecamatan, 3,00"),
    ],
)
def test_a_tie_is_counted_and_not_named(known, said):
    assert view.ranking_title(REGISTRY["mcpr"], known, "kecamatan") == said


def test_a_title_that_is_too_long_leaves_the_name_to_the_line_below():
    name = "Satu dua tiga empat lima enam tujuh delapan"
    assert (
        view.brief(f"{name} naik 2,00 poin persen dalam satu bulan", name) == "Naik 2,00 poin persen dalam satu bulan"
    )
    assert view.brief("mCPR naik 2,00 poin persen dalam satu bulan", "mCPR").startswith("mCPR")


class TestTakenAway:
    @pytest.mark.parametrize("indicator", ["mcpr", "unmet_need", "village_coverage", "bokb_absorption"])
    @pytest.mark.parametrize(
        "place",
        [{"area": "36"}, {"area": "36.01"}, {"kecamatan": SUMUR}, {"area": "36.01", "detail": "desa"}],
        ids=["provinsi", "kabupaten", "kecamatan", "desa"],
    )
    def test_the_lines_of_python_give_the_same_table(self, desk, indicator, place):
        desk.choose(indicator=indicator, **place)
        pd.testing.assert_frame_equal(run(extract.lines(desk.choice)), desk.shown.table)

    def test_the_lines_are_on_the_desk_and_only_kkb_is_imported(self, desk):
        lines = extract.lines(desk.choice)
        assert lines in unescape(desk.html)
        assert {m[1] for m in re.finditer(r"^from (\w+)", lines, re.M)} == {"kkb_helpers"}

    def test_a_path_with_a_quote_is_still_a_text(self, desk):
        odd = Choice(replace(desk.choice.p, data='data "lama"'))
        assert 'data="data \\"lama\\""' in extract.lines(odd)

    def test_csv_holds_the_table_with_codes_as_text(self, desk, tmp_path):
        path = extract.save(desk.shown, tmp_path)
        assert path.name == "36.01-pandeglang_mcpr_2024-06_kecamatan.csv"
        text = path.read_bytes().decode("utf-8")
        assert f'"2024-06","{SUMUR}","Sumur","kecamatan","mcpr"' in text
        assert text.count("\r") == 0
        back = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        assert list(back["area_code"]) == list(desk.shown.table["area_code"])
        assert back.set_index("area_code").loc[SUMUR, ["numerator", "value"]].tolist() == ["100", "50.0"]
        assert back.set_index("area_code").loc["36.01.06", ["numerator", "value"]].tolist() == ["", ""]

    def test_csv_holds_nothing_that_a_spreadsheet_takes_for_a_formula(self, desk, tmp_path):
        desk.shown.__dict__["table"] = desk.shown.table.assign(source="=HYPERLINK(1)")
        assert '"\'=HYPERLINK(1)"' in extract.save(desk.shown, tmp_path).read_text(encoding="utf-8")

    def test_a_file_of_made_up_data_says_so_in_its_name(self, page_of, tables, tmp_path):
        made_up = {name: frame.assign(source_file="contoh-uji.csv") for name, frame in tables.items()}
        found = room.desk(page_of(made_up, area="36.01"))
        assert extract.file_name(found.shown).startswith("contoh-36.01-pandeglang_mcpr")
        assert "DATA CONTOH (SINTETIS)" in found.html


class TestPortable:
    def test_drawings_are_pictures_with_their_words(self, desk):
        shown = portable.bundle(desk)["text/html"]
        assert "<svg" not in shown
        assert "<script" not in shown
        pictures = re.findall(r'<img src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+" alt="([^"]+)">', shown)
        assert [p.split(",")[0] for p in pictures] == [
            "Garis Peserta KB modern terhadap PUS (mCPR)",
            "Batang urut Peserta KB modern terhadap PUS (mCPR) (%)",
        ]

    def test_plain_text_holds_the_table_the_findings_and_the_lines(self, desk):
        text = portable.bundle(desk)["text/plain"]
        assert "Sumur | 36.01.01 | 50,00 | 100 | 200" in text
        assert "mCPR naik 2,38 poin persen" in text
        assert "from kkb_helpers import Params" in text

    def test_a_drawing_without_a_file_stays(self, desk):
        desk.files = {}
        assert portable.bundle(desk)["text/html"].count("<svg") == 2


class Output:
    """Stands for the display handle: keeps what it was given."""

    def update(self, shown, raw):
        self.shown = shown


@pytest.fixture
def widgets(desk) -> controls.Controls:
    found = controls.Controls(desk)
    found.output = Output()
    return found


class TestControls:
    def test_offer_what_there_is_and_show_what_is_chosen(self, widgets):
        assert widgets.province.options == (("Banten", "36"),)
        assert widgets.kabupaten.value == "36.01"
        assert ("Kabupaten Lebak", "36.02") in widgets.kabupaten.options
        assert ("Kabupaten Tangerang (tidak ada data)", "36.03") in widgets.kabupaten.options
        assert widgets.kecamatan.options[:2] == (("Semua kecamatan", ""), ("Sumur", SUMUR))
        assert widgets.period.options[0] == ("Triwulan II 2024", "2024-Q2")
        assert widgets.detail.options == (("kecamatan", "kecamatan"), ("desa/kelurahan", "desa"))

    def test_indicators_stand_by_sasaran(self, widgets):
        assert [label for label, _ in widgets.sasaran.options][:2] == ["Kelembagaan", "Sasaran 1, Data dan dokumen"]
        groups = {}
        for _, name in widgets.sasaran.options:
            widgets.sasaran.value = name
            groups[name] = [i for _, i in widgets.indicator.options]
        assert [i for group in groups.values() for i in group] == list(REGISTRY)

    def test_a_choice_renews_what_is_shown(self, widgets):
        widgets.kecamatan.value = SUMUR
        assert "Sumberjaya | 36.01.01.2001" in widgets.output.shown["text/plain"]
        widgets.indicator.value = "unmet_need"
        assert REGISTRY["unmet_need"].label in widgets.output.shown["text/plain"]
        widgets.period.value = "2024-05"
        assert "Sumur, Mei 2024" in widgets.output.shown["text/plain"]

    def test_a_wider_area_empties_the_narrower_ones(self, widgets):
        widgets.kecamatan.value = SUMUR
        widgets.kabupaten.value = ""
        assert (widgets.kecamatan.value, widgets.kecamatan.disabled, widgets.detail.value) == ("", True, "kabupaten")
        assert widgets.desk.choice.area == "36"
        widgets.kabupaten.value = "36.02"
        assert (widgets.kecamatan.disabled, widgets.kecamatan.options[1]) == (False, ("Malingping", MALINGPING))

    def test_widgets_that_follow_another_are_no_choice_of_their_own(self, widgets, monkeypatch):
        made = []
        choose = widgets.desk.choose
        monkeypatch.setattr(widgets.desk, "choose", lambda **changed: made.append(changed) or choose(**changed))
        widgets.kecamatan.value = SUMUR
        widgets.kabupaten.value = "36.02"
        assert made == [
            {"kecamatan": SUMUR, "detail": ""},
            {"area": "36.02", "kecamatan": "", "detail": ""},
        ]

    def test_every_widget_is_named_in_indonesian(self, widgets):
        found = [box.description for box in widgets.box.children[0].children]
        assert found == [
            *("Provinsi", "Kabupaten/kota", "Kecamatan", "Sasaran", "Indikator", "Periode", "Rinci menurut"),
        ]

    def test_saving_says_where_the_file_is(self, widgets, monkeypatch, tmp_path):
        monkeypatch.setattr(controls, "save", lambda shown: extract.save(shown, tmp_path))
        widgets.save.click()
        rows = len(widgets.desk.shown.table)
        assert f"Tersimpan: 36.01-pandeglang_mcpr_2024-06_kecamatan.csv ({rows} baris)." in widgets.said.value

    def test_a_folder_that_cannot_be_written_is_said(self, widgets, monkeypatch):
        def refused(shown):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(controls, "save", refused)
        widgets.save.click()
        assert re.search(r"Tidak dapat disimpan: .+\. Periksa folder outputs\.", widgets.said.value)

    def test_the_searchable_table_comes_only_when_asked_for_and_its_library_once(self, widgets):
        assert widgets.sheet.outputs == ()
        widgets.search.value = True
        assert len(widgets.sheet.outputs) == 2
        widgets.detail.value = "desa"
        (again,) = widgets.sheet.outputs
        assert "Sumberjaya" in again["data"]["text/html"]
        widgets.search.value = False
        assert widgets.sheet.outputs == ()


class TestSearchable:
    def test_shows_the_texts_of_the_page_and_sorts_by_the_numbers(self, desk):
        found = searchable.searchable(desk.shown)
        assert '"50,00"' in found.replace("\\", "")
        assert '"orderData": 6' in found

    def test_asks_nothing_of_another_machine(self):
        assert not re.search(r"<(script|link)[^>]+(src|href)=\"http", searchable.library())
