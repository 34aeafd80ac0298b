"""What a notebook keeps of a page: readable where it is not trusted, in one voice with the page that the press sets."""

import base64
import re
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from kkb_helpers import Params, render, show, wording
from kkb_helpers.page.context import context
from kkb_helpers.page.elements import PAGE, Block, Cell, Column, Markup, noted, table
from kkb_helpers.page.portable import bundle

COVERS = [("cover", "36.01"), ("provinsi_sampul", "36"), ("mutu_sampul", "36"), ("klaim_sampul", "36")]
PICTURE = re.compile(r'<img src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)" alt="([^"]*)">')


def outputs(block: Block, monkeypatch) -> list[nbformat.NotebookNode]:
    """What a kernel sends when a block is the last line of a cell."""
    sent = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: sent.append(new_output("display_data", data)))
    block._ipython_display_()
    return sent


@pytest.mark.parametrize(("name", "area"), COVERS)
def test_synthetic_data_say_so_once_in_the_notebook_and_once_on_the_page(name, area, monkeypatch):
    found = outputs(show(Params(area, "2024-06", "data/sample"), name), monkeypatch)
    notebook = new_notebook(cells=[new_code_cell("show", outputs=found)])
    page = render.to_html(notebook, render.Page("Judul", "kepala", synthetic=True))
    kept = render.clean(notebook, "x.ipynb").cells[0].outputs[0].data
    assert [page.count(wording.SYNTHETIC), kept["text/html"].count(wording.SYNTHETIC)] == [1, 1]
    assert kept["text/plain"].startswith(wording.SYNTHETIC)
    assert re.search(rf'<p style="[^"]*"><strong>{re.escape(wording.SYNTHETIC)}', kept["text/html"]), "its own look"


def test_other_sections_and_real_data_say_nothing_of_it(monkeypatch):
    p = Params("36.01", "2024-06", "data/sample")
    assert wording.SYNTHETIC not in bundle(show(p, "sasaran_4"))["text/html"]
    monkeypatch.setitem(context(p).tables.__dict__, "synthetic", False)
    assert wording.SYNTHETIC not in bundle(show(p, "cover"))["text/html"]


@pytest.fixture(scope="module")
def report(project) -> dict[str, nbformat.NotebookNode]:
    """The notebook beside a district's page, and the page."""
    notebook = nbformat.read(project / "notebooks" / "district_report.ipynb", 4)
    with pytest.MonkeyPatch.context() as patch:
        for cell in notebook.cells:
            if name := re.search(r'show\(p, "(\w+)"\)', cell.source):
                cell.outputs = outputs(show(Params("36.01", "2024-06", "data/sample"), name[1]), patch)
    _, files = render.pack(notebook, "36.01", "2024-06", "notebooks/district_report.ipynb")
    return {"notebook": files["report.ipynb"].decode(), "page": files["report.html"].decode()}


def test_the_page_keeps_its_drawings_and_the_notebook_pictures_of_them(report):
    kept = nbformat.reads(report["notebook"], 4)
    shown = "".join(o.data.get("text/html", "") for cell in kept.cells for o in cell.get("outputs", []))
    pictures = PICTURE.findall(shown)
    drawn = re.findall(r'<svg [^>]*aria-label="([^"]*)"', report["page"])
    assert [words for _, words in pictures] == drawn
    assert len(drawn) > 18
    assert all(20 <= len(words) <= 300 for words in drawn)
    assert "<svg" not in shown
    for content, _ in pictures:
        assert ElementTree.fromstring(base64.b64decode(content)).tag.endswith("svg")
    assert "data:image" not in report["page"]


def test_the_notebook_is_small_and_says_nothing_of_the_machine(report, project):
    assert PAGE not in report["notebook"]
    assert str(project) not in report["notebook"]
    assert len(report["notebook"]) < 350_000


def test_text_begins_at_the_left_and_numbers_end_at_the_right():
    shade = Cell("9", "var(--kkb-heat-3,#99b1c0)", "var(--kkb-on-heat-3,#0f151b)")
    shown = table("Judul", [Column("Nama"), Column("%", True), Column("Warna")], [["Sumur", "1,5", shade]])
    html = bundle(Block(shown))["text/html"]
    assert '<th scope="row" style="text-align:left">Sumur</th>' in html
    assert '<td class="number">1,5</td>' in html
    assert '<td style="background:#99b1c0;color:#0f151b;text-align:left">9</td>' in html, (
        "a shade without the style sheet"
    )
    assert '<caption style="text-align:left">' in html


def test_a_note_stands_on_a_line_of_its_own_without_our_style():
    assert noted("naik 2", "sejak Mei") == Markup('naik 2 <br><span class="under">sejak Mei</span>')


def test_nothing_to_show_is_nothing(monkeypatch):
    assert bundle(Block(Markup("")))["text/html"] == ""
