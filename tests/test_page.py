"""The district's page: every section for every district, and every number of its sentences in its tables."""

import re
import sys
import threading
from dataclasses import asdict, dataclass, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from kkb_helpers import Params, ingest, parallel, show, store, wording
from kkb_helpers.errors import QualityError, UsageError
from kkb_helpers.page import annex, district, dynamics, exhibits, figures, share, themes
from kkb_helpers.page.context import COMPARED, SHOWN, Context, context
from kkb_helpers.page.elements import Block, Cell, Column, details, noted, plain, table
from kkb_helpers.page.sections import SECTIONS

BANTEN = ["36.01", "36.02", "36.03", "36.04", "36.71", "36.72", "36.73", "36.74"]
PERIOD = "2024-06"
VOID = {"br", "circle", "path", "rect", "meta", "img", "hr", "input"}
every_district = pytest.mark.parametrize("area", BANTEN)


def sections(project: Path) -> list[str]:
    """The sections of the notebook, in its order."""
    cells = nbformat.read(project / "notebooks" / "district_report.ipynb", 4).cells
    return [m[1] for c in cells if c.cell_type == "code" for m in re.finditer(r'show\(p, "(\w+)"\)', c.source)]


def test_no_section_needs_a_column_that_is_not_read(project):
    """Of broad tables only what pages show is read (`SHOWN`); with all of it every section says the same."""
    p = Params(area="36.02", period=PERIOD)
    narrow, whole = Context(p, context(p).cache), Context(p, context(p).cache)
    whole.__dict__["tables"] = store.Tables.open(p.tables, p.area)
    for name in sections(project):
        assert SECTIONS[name](narrow) == SECTIONS[name](whole), name
    assert all(narrow.tables.has(name) for name in SHOWN)


@pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux alone")
def test_a_page_says_the_same_where_its_province_was_read_before(project, monkeypatch):
    """The press forks the pages of a province from a process that has read what they have in common (`share`)."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # in a fork, whatever runs the tests: reading leaves much
    wanted = [Params(area=area, period=PERIOD) for area in ("36.01", "36.74")]
    names = sections(project)

    def pages() -> list[Block]:
        contexts = [context.__wrapped__(p) for p in wanted]
        assert all((ctx.around is not None) == bool(store._HELD) for ctx in contexts)
        return [SECTIONS[name](ctx) for ctx in contexts for name in names]

    def pages_of_what_was_read() -> list[Block]:
        share(**asdict(replace(wanted[0], area="36")))
        return pages()

    def figures() -> list[pd.DataFrame]:
        contexts = [context.__wrapped__(p) for p in wanted]
        return [frame for ctx in contexts for frame in (ctx.rows, ctx.changes, ctx.received, ctx.past)]

    def figures_of_what_was_read() -> list[pd.DataFrame]:
        share(**asdict(replace(wanted[0], area="36")))
        return figures()

    assert parallel.apart(pages_of_what_was_read) == pages()
    for shared, alone in zip(parallel.apart(figures_of_what_was_read), figures(), strict=True):
        # Not their dtypes: texts are Python's there, arrow's here.
        assert shared.index.tolist() == alone.index.tolist()
        assert list(shared) == list(alone)
        assert all(
            shared[n].astype(object).fillna("tanpa").tolist() == alone[n].astype(object).fillna("tanpa").tolist()
            for n in alone
        )
    assert not store._HELD, "it was read in the fork alone"


@dataclass
class Element:
    """An element of a page with its text, its attributes and the elements around it."""

    tag: str
    attributes: dict
    around: tuple["Element", ...]
    text: str = ""

    @property
    def css(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())

    def inside(self, *names: str) -> bool:
        return any(e.tag in names or e.css & set(names) for e in self.around)


class Reader(HTMLParser):
    """Reads a page into its elements, each with all the text in it."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)
        assert not self.open, f"not closed: {[e.tag for e in self.open]}"

    def handle_starttag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(self.elements[-1])

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1].tag == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element.text += data

    def all(self, *names: str) -> list[Element]:
        """The elements with one of these tags or classes."""
        return [e for e in self.elements if e.tag in names or e.css & set(names)]


@cache
def blocks(project: Path, area: str, period: str = PERIOD, data: str = "data") -> dict[str, Block]:
    """What each section of a district's page shows; made once."""
    return {name: show(Params(area, period, data), name) for name in sections(project)}


@cache
def page(project: Path, area: str, period: str = PERIOD, data: str = "data") -> Reader:
    """All sections of a district's page, read; made once."""
    return Reader("\n".join(str(block.html) for block in blocks(project, area, period, data).values()))


def numbers_of_tables(read: Reader) -> set:
    """Every number that stands in a table of the page, its caption included."""
    return {abs(n) for e in read.all("td", "th", "caption") for n in wording.numbers_in(e.text)}


def sentences(read: Reader) -> list[str]:
    """The sentences that code made of this district's figures."""
    said = [e for e in read.all("p", "li", "finding") if not e.inside("nav", "footer", "details")]
    made = [e for e in said if e.css & {"lead", "changed", "finding"} or e.inside("leads")]
    return [e.text for e in made] + [e.text for e in said if e.text.startswith(("Per ", "Sejak ", "Bila "))]


# --- every district ------------------------------------------------------------------------------------------------


@every_district
def test_every_section_shows(project, area):
    shown = blocks(project, area)
    assert [name for name, block in shown.items() if not plain(block.html)] == ["penutup"]
    files = {name for block in shown.values() for name in block.files}
    assert {"indicators.csv", "follow_up.xlsx", "charts/mcpr.svg", "charts/moves.svg"} <= files
    assert shown["penutup"].sentinel["kode"] == area


@every_district
def test_every_number_of_a_sentence_stands_in_a_table(project, area):
    read = page(project, area)
    known, said = numbers_of_tables(read), sentences(read)
    assert len(said) > 15
    for text in said:
        missing = [n for n in wording.numbers_in(text) if abs(n) not in known]
        assert not missing, f"{missing} of {text!r}"


def test_a_number_of_no_table_would_be_found(project):
    assert wording.numbers_in("12.345 dari 6 desa")[0] not in numbers_of_tables(page(project, "36.01"))


@every_district
def test_pictures_say_what_where_when_and_how_much(project, area):
    read = page(project, area)
    known, place = numbers_of_tables(read), Params(area, PERIOD).place.name
    pictures = [e for e in read.elements if e.attributes.get("role") == "img"]
    assert len(pictures) > 12
    for alt in (e.attributes["aria-label"] for e in pictures):
        assert 20 <= len(alt) <= 300
        assert place in alt and re.search(r"20\d\d", alt), alt
        assert not [n for n in wording.numbers_in(alt) if abs(n) not in known], alt
        assert wording.numbers_in(alt), alt


@every_district
def test_a_chart_has_a_finding_a_measure_a_source_and_its_numbers(project, area):
    read = page(project, area)
    place = Params(area, PERIOD).place
    drawings = read.all("figure")
    assert len(drawings) >= 10
    for drawing in drawings:
        parts = [e for e in read.elements if drawing in e.around]
        (finding,), (measure,) = ([e.text for e in parts if name in e.css] for name in ("finding", "measure"))
        assert len(finding.split()) <= wording.TITLE_WORDS, finding
        assert place.name in measure or place.province.name in measure, measure
        assert re.search(r"20\d\d", measure), measure
        assert any("source" in e.css and e.text.startswith("Sumber: ") for e in parts), finding
        beside = [e for e in read.all("table") if drawing in e.around or e.around[:-2] == drawing.around]
        assert beside, finding
    assert len({e.attributes["id"] for e in read.all("svg") if "id" in e.attributes}) == len(drawings)


@every_district
def test_nothing_is_nan_and_no_number_is_english(project, area):
    for element in page(project, area).all("p", "td", "th", "li", "caption", "h1", "h3", "dd", "text", "summary"):
        text = re.sub(r"\S+\.(?:csv|xlsx|html)\b|\b\d{2}(?:\.\d{2}){1,2}(?:\.\d{4})?\b", "", element.text)
        assert not re.search(r"\b(?:nan|NaN|inf|None|NaT)\b|<NA>", text), text
        assert not re.search(r"\d%\w|\d\.\d{1,2}\b(?!\.?\d)|\d\.\d{4,}", re.sub(r"SK \S+", "", text)), text
        assert element.tag not in ("p", "li") or "%" not in text or element.css & {"source"}, text


@every_district
def test_changes_of_percentages_are_in_points(project, area):
    for text in sentences(page(project, area)):
        assert not re.search(r"(?:naik|turun) [\d.,]+ persen", text), text


@every_district
def test_tables_have_captions_and_heads(project, area):
    read = page(project, area)
    captions = [e.text for e in read.all("caption")]
    assert len(captions) == len(read.all("table")) == len(set(captions))
    regions = [e for e in read.elements if e.attributes.get("role") == "region"]
    assert [e.attributes["aria-label"] for e in regions] == captions
    assert all(e.attributes["tabindex"] == "0" for e in regions)
    for head in read.all("th"):
        assert head.attributes["scope"] in ("col", "row")
        assert head.text.strip()
    assert not [e for e in read.elements if {"rowspan", "colspan"} & set(e.attributes)]


@every_district
def test_capaian_and_cakupan_are_named_by_their_denominators(project, area):
    for head in page(project, area).all("th"):
        assert head.text.strip() not in ("%", "Capaian (%)", "Capaian") or head.inside("details"), head.text
        if head.text.startswith("Capaian"):
            assert "terhadap" in head.text or "sasaran" in head.text


@every_district
def test_the_kecamatan_of_the_heat_map_are_all_there(project, area):
    read = page(project, area)
    rows = [e for e in read.all("th") if e.inside("heat") and e.attributes["scope"] == "row"]
    assert len(rows) == 1 + sum(r.startswith(area + ".") for r in set(context(Params(area, PERIOD)).rows["area_code"]))


def test_an_abbreviation_is_explained_on_the_cover(project):
    first = next(e.text for e in page(project, "36.01").all("li") if "PUS" in e.text)
    assert "PUS (pasangan usia subur)" in first


# --- what changed, where it stands ---------------------------------------------------------------------------------


def test_the_paragraph_of_changes_agrees_with_the_table():
    ctx = context(Params("36.01", PERIOD))
    said = district.change_sentence(ctx)
    for i in ("mcpr", "unmet_need"):
        assert f"{exhibits.short(i)} {wording.points(ctx.change(i)['change'])}" in said
    assert "naik" in said and said.endswith("angka.")


def test_a_change_says_its_own_unit_where_the_head_does_not():
    ctx = context(Params("36.01", PERIOD))
    assert re.match(r"(naik|turun) 0,\d\d$", figures.change(ctx, "mcpr", "2024-05").text)
    assert "(rasio)" in figures.change(ctx, "bkb_1000hpk_ratio", "2024-05").text
    assert "sejak Mei 2024" in figures.change(ctx, "mcpr").text
    assert "searah tujuan" in figures.change(ctx, "mcpr", judged=True).text
    assert figures.change(ctx, "rumah_dataku_share").text == "tidak ada pembanding"


def test_pace_and_projection_follow_from_the_counts():
    ctx = context(Params("36.01", PERIOD))
    track = dynamics.follow(ctx, dynamics.FORMATION)
    assert (track.value, track.target) == (ctx.row("kampung_count")["numerator"], 339)
    said = dynamics.track_sentence(ctx, dynamics.FORMATION)
    assert f"Lajunya {wording.number(track.observed, 1)} Kampung KB per triwulan" in said
    assert f"sasaran 339 tercapai sekitar {wording.date(track.projected)}" in said


def test_moves_sum_to_both_snapshots():
    ctx = context(Params("36.01", PERIOD))
    before, now = ctx.view.previous_snapshot("kampung"), ctx.view.snapshot("kampung")
    flows = dynamics.flows_of(dynamics.transitions(ctx))
    assert sum(n for (old, _), n in flows.items() if old != "Baru") == len(before)
    assert sum(n for (_, new), n in flows.items() if new != "Hilang") == len(now)
    newest = dynamics.counts_of(dynamics.shown_class(now))
    assert {k: n for k, n in newest.items() if n} == {
        name: sum(n for (_, new), n in flows.items() if new == name) for name in newest if newest[name]
    }


def test_those_nearest_to_the_next_class_are_counted_once():
    ctx = context(Params("36.01", PERIOD))
    first = district.closest(ctx.view.snapshot("kampung"))
    assert len(first) == district.NEAREST
    assert (first["points"].diff().dropna() >= 0).all()
    risen = (~first["klasifikasi"].isin(["Mandiri", "Berkelanjutan"])).sum()
    assert district.upper_after(ctx, first) <= ctx.row("mandiri_plus_share")["numerator"] + risen


@every_district
def test_no_place_is_given_that_cannot_be_told_apart(area):
    ctx = context(Params(area, PERIOD))
    for ids in annex.PEERS.values():
        for i in ids:
            said = str(getattr(annex.place_of(ctx, i), "text", annex.place_of(ctx, i)))
            assert re.match(r"setara dengan |teratas dari |terbawah dari |urutan \d dari \d, sesudah |tidak dip", said)


@every_district
def test_those_with_a_value_are_those_inside_without_the_missing(area):
    ctx = context(Params(area, PERIOD))
    for level, home in (("kecamatan", area), ("kabupaten", "36")):
        for i in ("mcpr", "krs_share", "coordination_share"):
            inside = ctx.inside(i, level, home)
            assert inside["area_code"].str.startswith(f"{home}.").all()
            wanted = inside[list(COMPARED)].dropna(subset=["value"]).reset_index(drop=True)
            pd.testing.assert_frame_equal(ctx.valued(i, level, home), wanted)


def test_a_series_is_in_the_order_of_time():
    ctx = context(Params("36.01", PERIOD))
    for i in ("mcpr", "kampung_count"):
        series, past = ctx.series(i), ctx.past
        assert list(series["as_of"]) == sorted(
            past.loc[past["indicator_id"].eq(i) & past["area_code"].eq("36.01"), "as_of"]
        )
    assert ctx.series("mcpr", "99").empty


def test_a_kecamatan_beyond_chance_is_marked(monkeypatch):
    ctx = context(Params("36.01", PERIOD))
    rows = ctx.inside("mcpr", "kecamatan")
    odd = rows.assign(denominator=10_000, numerator=6_000)
    odd.loc[odd.index[0], "numerator"] = 9_900
    odd["value"] = odd["numerator"] / 100
    monkeypatch.setattr(type(ctx), "valued", lambda *_: odd)
    marks = annex.unusual(ctx, "mcpr")
    assert marks == {rows["area_code"].iloc[0]: "▲"}
    assert "Tanda ▲ dan ▼" in annex.unusual_sentence({"mcpr": marks})
    assert annex.unusual_sentence({"mcpr": {}}).startswith("Tidak ada kecamatan di luar batas")


# --- a district with almost no data --------------------------------------------------------------------------------


GIVEN: set[Path] = set()


@pytest.fixture(scope="module", autouse=True)
def given_tables():
    """Leave tables that a test wrote by hand as they are: no export stands behind them."""
    refresh = ingest.refresh
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "refresh", lambda folder: ingest.Report() if folder in GIVEN else refresh(folder))
        yield


def few_rows(folder: Path, periods=("2025-08", "2025-09"), snapshot: str = "2025-10-01") -> None:
    """Three villages of Kota Cilegon with PUS alone, and SIGA's register of Kampung KB: no portal, no partners."""
    GIVEN.add(folder)
    villages = ["36.72.01.1001", "36.72.01.1002", "36.72.02.1001"]
    source = {"source_file": "data.csv", "source_row": [2, 3, 4]}
    rows = [
        pd.DataFrame(
            {"village_code": villages, "period": p, "pus": [100, 200, 0], "unmet_need": [10 + n, 20, 0]} | source
        )
        for n, p in enumerate(periods)
    ]
    store.write(folder / "tables", "siga_pus", pd.concat(rows, ignore_index=True))
    years = {f"dibentuk_{y}": [0, 0, 0] for y in (2016, 2017, 2018, 2019)} | {"dibentuk_sesudah_2019": [2, 0, 1]}
    register = pd.DataFrame(
        {"village_code": villages, "as_of": snapshot, "jumlah_desa": 1, "jumlah_kampung_kb": [2, 0, 1]} | years | source
    )
    store.write(folder / "tables", "siga_kkb", register)


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> str:
    """A data folder with almost nothing in it."""
    folder = tmp_path_factory.mktemp("sedikit")
    few_rows(folder)
    return str(folder)


def test_what_is_missing_is_said_with_what_to_do(project, few):
    read = page(project, "36.72", "2025-09", few)
    said = " ".join(e.text for e in read.all("missing"))
    for what in ("data klasifikasi", "data kelembagaan", "isian mitra", "isian dana", "isian koordinasi"):
        assert f"Belum ada {what} untuk September 2025." in said
    assert "Unduh classification-table dari portal Kampung KB" in said
    assert "kkb template partners" in said and "kkb template funding" in said
    assert not [e for e in read.elements if re.search(r"\bnan\b", e.attributes.get("aria-label") or "")]


def test_three_true_sentences_are_made_of_what_is_there(project, few):
    leads = [e.text for e in page(project, "36.72", "2025-09", few).all("li") if e.inside("leads")]
    assert leads[0] == (
        "2 dari 3 desa/kelurahan (66,67 persen) sudah memiliki Kampung KB; masih 41 lagi untuk sasaran akhir 2024, "
        "yang tenggatnya sudah lewat. "
        "Tidak lengkap: 3 dari 43 desa/kelurahan."
    )
    assert any("(unmet need) 10,33 persen: 31 dari 300 PUS" in text for text in leads)
    assert any("naik 0,33 poin persen sejak Agustus 2025" in text for text in leads)


def test_years_of_formation_stand_in_their_order(project, few):
    rows = [e.text for e in page(project, "36.72", "2025-09", few).all("th") if e.attributes["scope"] == "row"]
    years = [text for text in rows if re.fullmatch(r"(?:sesudah )?20\d\d", text)]
    assert years == ["2016", "2017", "2018", "2019", "sesudah 2019"]


def test_two_kampung_kb_in_one_village_are_explained(project, few):
    said = " ".join(e.text for e in page(project, "36.72", "2025-09", few).all("p"))
    assert "Menurut register Kampung KB di SIGA ada 3 Kampung KB di 2 desa/kelurahan" in said


def test_an_incomplete_table_says_of_how_many(project, few):
    cells = " ".join(e.text for e in page(project, "36.72", "2025-09", few).all("under", "caption"))
    assert "3 dari 43 desa/kelurahan, Sep 2025" in cells


@pytest.mark.parametrize(
    ("drawn", "provisional"), [("2025-10-01", True), ("2025-09-12", True), ("2025-10-10", False), ("2025-08-30", False)]
)
def test_a_month_is_provisional_while_siga_was_read_before_the_tenth(tmp_path, drawn, provisional):
    few_rows(tmp_path, snapshot=drawn)
    said = exhibits.provisional(context(Params("36.72", "2025-09", str(tmp_path))))
    assert bool(said) == provisional
    assert not said or said.startswith("Angka September 2025 masih sementara")


def test_a_register_that_repeats_itself_is_said(tmp_path):
    few_rows(tmp_path)
    same = {"sasaran_bkb": 10, "kesertaan_bkb": 5, "sasaran_bkr": 10, "kesertaan_bkr": 5, "sasaran_bkl": 10}
    rows = [
        pd.DataFrame([{"village_code": "36.72.01.1001", "period": p} | same | {"kesertaan_bkl": 5}])
        for p in ("2025-07", "2025-08", "2025-09")
    ]
    rows = pd.concat(rows, ignore_index=True).assign(source_file="data.csv", source_row=[2, 3, 4])
    store.write(tmp_path / "tables", "siga_group_targets", rows)
    said = themes.standstill(context(Params("36.72", "2025-09", str(tmp_path))))
    assert said.startswith("Angka sasaran dan kesertaan BKB, BKR, dan BKL sama persis sejak Juli 2025")
    assert themes.standstill(context(Params("36.72", "2025-07", str(tmp_path)))) == ""


def test_a_quarter_says_what_it_adds_up_and_names_itself(project):
    read = blocks(project, "36.01", "2024-Q2", "data/sample")
    said = {name: plain(block.html) for name, block in read.items()}
    assert "3.259 dari 3.939 laporan bulanan poktan (82,74 persen) masuk, turun" in said["sasaran_2"]
    assert (
        "Dijumlahkan dari tiga bulan: Poktan yang melapor (lima jenis); yang lain per akhir triwulan."
        in said["ringkasan"]
    )
    assert "Dijumlahkan dari tiga bulan" not in plain(blocks(project, "36.01")["ringkasan"].html)
    assert "belum tercatat untuk Triwulan II 2024." in said["kelembagaan"]
    assert "Peserta KB modern menurut metode, Kabupaten Pandeglang, Juni 2024" in said["sasaran_3"], (
        "a stock at its end"
    )


@pytest.fixture
def turned(monkeypatch):
    """Two points before and two after a change of source, the first of them of few villages; give the drawn trend."""
    ctx = context(Params("36.01", PERIOD))

    def series(_, indicator_id, area=None):
        source = ["survei", "survei", "SIGA", "SIGA"]
        values = {"period": ["2024-03", "2024-04", "2024-05", "2024-06"], "value": [40.0, 44, 60, 61], "source": source}
        counts = {"numerator": [40, 44, 60, 61], "denominator": 100, "reporting": [200, 339, 339, 339], "expected": 339}
        marks = dict.fromkeys(("value_mark", "numerator_mark", "denominator_mark"), "")
        return pd.DataFrame({**values, **counts, **marks}).assign(as_of=values["period"])

    monkeypatch.setattr(type(ctx), "series", series)
    return ctx


def test_nothing_is_compared_across_a_change_of_source(turned):
    html = str(exhibits.by_month(turned, "mcpr", "").html)
    assert "mCPR naik 1,00 poin persen dalam satu bulan" in html
    assert "Garis terputus: sumber berganti pada Mei 2024; sebelum dan sesudahnya tidak dibandingkan." in html
    assert "Perubahan sejak Mei 2024" in html and "21,00" not in html
    assert "Maret 2024 baru 200 dari 339 desa/kelurahan" in html
    assert re.search(r' d="([^"]*)"', exhibits.sparkline(turned, "mcpr"))[1].count("M") == 2, (
        "the tiny line is broken too"
    )


def test_a_register_brought_up_to_date_starts_anew():
    months = ["2024-01", "2024-02", "2024-03", "2024-04"]
    counts = pd.DataFrame({"period": months, "numerator": [5, 5, 9, 10], "denominator": [10, 10, 12, 12]})
    series = counts.assign(value=counts["numerator"] / counts["denominator"], source="SIGA")
    assert exhibits.breaks(series, "period", "bkb_participation") == {"2024-03": "register diperbarui"}
    assert exhibits.breaks(series, "period", "mcpr") == {}
    monthly = context(Params("36.01", PERIOD, "data/sample")).series("bkb_participation")
    assert exhibits.breaks(monthly, "period", "bkb_participation") == {}, "the first month repeats nothing"


def test_an_unknown_section_names_its_neighbour():
    with pytest.raises(UsageError, match=r"Bagian 'kecamtan' tidak dikenal\. Mungkin maksudnya: kecamatan"):
        show(Params("36.01", PERIOD), "kecamtan")


# --- the elements --------------------------------------------------------------------------------------------------


def test_text_of_a_table_is_escaped():
    html = str(table("A & <b>", [Column("<i>"), Column("B", True)], [["<u>", Cell("<s>")], [noted("x", "<em>"), "1"]]))
    assert not re.search(r"<(?:b|i|u|s|em)>", html)
    assert 'aria-label="A &amp; &lt;b&gt;"' in html
    assert '<th scope="row"' in html and '<td class="number">' in html


def test_a_reader_without_html_gets_the_words():
    text = plain(table("Judul", [Column("A"), Column("B")], [["satu", "2"]]) + details("Buka", "isi"))
    assert text.splitlines() == ["Judul", "A | B", "satu | 2", "Buka", "isi"]


def test_a_broad_table_is_marked():
    five = [Column(str(n)) for n in range(5)]
    assert 'class="broad"' in table("lima", five, [["a"] * 5])
    assert 'class="broad"' not in table("empat", five[:4], [["a"] * 4])


def test_a_district_with_rows_twice_and_different_gets_no_report(page_of):
    """R211 outranks a fault in a row: of two figures for one village nobody knows which is meant."""
    rows = {
        "code": "R211",
        "file": "a.csv",
        "area_code": "36.01.01.2001",
        "found": "x",
        "action": "Hapus baris yang salah.",
    }
    same = pd.DataFrame([rows | {"severity": "CATATAN", "row": "4"}])
    different = pd.DataFrame([rows | {"severity": "GAGAL", "row": "4"}])
    funds = pd.DataFrame([{"area_code": "36.01", "period": "2024-Q2", "sumber": "BOKB", "alokasi": 2, "realisasi": 1}])
    tables = {"funding": funds.assign(source_file="b.xlsx", source_row=2)}
    assert "Pandeglang" in district.cover(page_of(tables, area="36.01", findings=same)).html
    with pytest.raises(QualityError, match=r"KKB-R211: 1 baris .* a\.csv baris 4.* Hapus baris yang salah\."):
        district.cover(page_of(tables, area="36.01", findings=different))
