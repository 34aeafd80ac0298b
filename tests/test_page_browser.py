"""A district's page in a browser: accessible, without requests, readable on a phone and on six pages of A4."""

import io
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from kkb_helpers import Params, render, show
from kkb_helpers.page.elements import SENTINEL

pytestmark = pytest.mark.browser
AREA, PERIOD = "36.01", "2024-06"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
# axe takes any SVG for a picture it cannot see through, so it never knows what lies behind a text in one and calls
# every such text incomplete. The contrast of chart text is computed from the palette in test_charts instead.
IN_A_CHART = re.compile(r"<(?:text|g|svg)\b")


@pytest.fixture(scope="module")
def report(project, tmp_path_factory) -> Path:
    """The report of one sample district, as the press writes it."""
    return write(project, tmp_path_factory.mktemp("laporan") / "report.html", AREA, PERIOD)


def write(project: Path, path: Path, area: str, period: str) -> Path:
    """Write the report of a sample district and period."""
    notebook = nbformat.read(project / "notebooks" / "district_report.ipynb", 4)
    p = Params(area, period, "data/sample")
    for cell in notebook.cells:
        if name := re.search(r'show\(p, "(\w+)"\)', cell.source):
            block = show(p, name[1])
            cell.outputs = [new_output("display_data", {"text/html": str(block.html)})]
            if block.sentinel:
                cell.outputs.append(new_output("display_data", {SENTINEL: block.sentinel}))
    path.write_text(render.to_html(notebook, render.page_of(notebook, area, period)), encoding="utf-8")
    return path


@dataclass
class Tab:
    """A tab with the report open, and what it asked for over the network."""

    page: object
    requests: list[str]

    def width(self) -> int:
        return self.page.evaluate("document.documentElement.scrollWidth")


@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser, report):
    """Open the report in a window of a laptop."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())
    yield Tab(page, requests)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(tab, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    tab.page.emulate_media(color_scheme=scheme)
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {
        "runOnly": {"type": "tag", "values": tags},
        "rules": {"td-has-header": {"enabled": True}, "table-fake-caption": {"enabled": True}},
        "resultTypes": ["violations", "incomplete"],
    }
    found = Axe().run(tab.page, options=options).response
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"]] == []
    if width == 360:  # most cells lie outside their scroll region, where axe cannot look; on 1280 it saw them all
        return
    unknown = [n["html"] for v in found["incomplete"] if v["id"] == "color-contrast" for n in v["nodes"]]
    assert [html[:120] for html in unknown if not IN_A_CHART.match(html)] == []


def test_the_page_asks_for_nothing(tab, report):
    assert tab.requests == [report.as_uri()]


@pytest.mark.parametrize("width", [320, 360, 640, 1280])
def test_no_page_scrolls_sideways(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.width() <= width


@pytest.mark.parametrize("width", [640, 320], ids=["200 percent", "400 percent"])
def test_zoom_and_spaced_text_clip_nothing(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 450})
    spaced = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
    tab.page.add_style_tag(content=spaced + "p{margin-bottom:2em!important}svg *{letter-spacing:0!important}")
    assert tab.width() <= width
    hidden = """[...document.querySelectorAll('main *')].filter(e => {
        const s = getComputedStyle(e);
        return ['hidden', 'clip'].includes(s.overflowX) && e.scrollWidth > e.clientWidth + 1 && !e.closest('svg');
    }).map(e => e.outerHTML.slice(0, 100))"""
    assert tab.page.evaluate(hidden) == []


def test_the_document_has_one_title_one_h1_and_no_skipped_level(tab):
    page = tab.page
    assert page.evaluate("document.documentElement.lang") == "id"
    assert page.title() == "Laporan Kampung KB Kabupaten Pandeglang, Juni 2024"
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert page.locator("main").count() == 1
    targets = page.evaluate("[...document.querySelectorAll('nav a, a.skip')].map(a => a.getAttribute('href'))")
    assert len(targets) > 12
    assert all(page.evaluate("t => !!document.querySelector(t)", target) for target in targets)


def test_every_tab_stop_is_seen(tab):
    page = tab.page
    assert page.locator("[tabindex]:not([tabindex='0'])").count() == 0
    able = page.evaluate("document.querySelectorAll('a[href], summary, [tabindex=\"0\"]').length")
    seen: list[str] = []
    for _ in range(able + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate("""() => {
            const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
            return e === document.body ? null : [e.tagName + e.className + e.textContent.slice(0, 60),
                parseFloat(s.outlineWidth) >= 2 && s.outlineStyle !== 'none' && box.width > 0 && box.height > 0];
        }""")
        if stop is None or (seen and stop[0] == seen[0]):
            break
        assert stop[1], f"no visible focus: {stop[0]}"
        seen.append(stop[0])
    regions = page.evaluate("[...document.querySelectorAll('.scroll')].filter(e => !e.closest('details')).length")
    assert regions + 20 < len(seen) <= able


@pytest.mark.parametrize("backgrounds", [True, False])
def test_paper(tab, backgrounds):
    from pypdf import PdfReader

    printed = tab.page.pdf(prefer_css_page_size=True, print_background=backgrounds)
    pages = PdfReader(io.BytesIO(printed)).pages
    assert len(pages) <= 6
    for number, sheet in enumerate(pages, 1):
        text = re.sub(r"\s+", " ", sheet.extract_text())
        assert "36.01 Kabupaten Pandeglang · Juni 2024" in text, f"page {number}"
        assert "DATA CONTOH (SINTETIS)" in text, f"page {number}"
        assert f"Halaman {number} dari {len(pages)}" in text
        assert len(text) > 1500, f"page {number} is nearly empty"
        assert [round(float(side)) for side in sheet.mediabox[2:]] == [595, 842]
    last = re.sub(r"\s+", " ", pages[-1].extract_text())
    assert "Sumber" in last and "Angka gambar ini" not in last


@pytest.mark.parametrize(("area", "period"), [("36.01", "2024-Q2"), ("36.04", "2024-06")])
def test_paper_of_a_quarter_and_of_a_large_district(browser, project, tmp_path, area, period):
    from pypdf import PdfReader

    page = browser.new_page()
    page.goto(write(project, tmp_path / "report.html", area, period).as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    assert len(PdfReader(io.BytesIO(printed)).pages) <= 6


def test_on_a_laptop_no_table_outside_details_is_cut(tab):
    tab.page.set_viewport_size({"width": 1100, "height": 900})
    cut = """[...document.querySelectorAll('.scroll')].filter(e => !e.closest('details') &&
        e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute('aria-label'))"""
    assert tab.page.evaluate(cut) == []


@pytest.mark.parametrize("width", [360, 1100])
def test_a_caption_is_no_wider_than_what_is_seen_of_its_table(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = """[...document.querySelectorAll('caption span')].filter(e =>
        e.getBoundingClientRect().width > e.closest('.scroll').clientWidth + 1).map(e => e.textContent)"""
    assert tab.page.evaluate(wide) == []


def test_on_paper_charts_keep_nine_points_and_fit(tab):
    tab.page.emulate_media(media="print")
    tab.page.set_viewport_size({"width": round(188 / 25.4 * 96), "height": 1000})  # A4 without its margins
    sizes = tab.page.evaluate("""[...document.querySelectorAll('figure svg')].map(s =>
        [13 * s.getBoundingClientRect().width / s.viewBox.baseVal.width * 72 / 96, s.id])""")
    assert len(sizes) >= 10
    assert all(size >= 9 for size, _ in sizes), sizes
    assert tab.width() <= round(188 / 25.4 * 96)
    shades = tab.page.evaluate("""[...document.querySelectorAll('.heat td[style]')].map(e => {
        const s = getComputedStyle(e); return [s.color, s.backgroundColor]; })""")
    assert shades and {ink for ink, _ in shades} == {"rgb(0, 0, 0)"}
    assert all(min(map(int, re.findall(r"\d+", back))) >= 140 for _, back in shades), "black ink on every shade"


def test_the_page_is_small(report):
    assert len(report.read_bytes()) <= 300_000
