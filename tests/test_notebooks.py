"""Every notebook runs with the stock tools: papermill's own engine, no error, and words for readers without HTML."""

import re
from functools import cache
from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
OF_A_PROVINCE = {"province_overview", "data_quality", "published_claims"}
SHOWN = ("text/html", "text/plain")

pytestmark = pytest.mark.slow


@cache
def run(path: Path, engine: str | None = None) -> nbformat.NotebookNode:
    """Run a notebook on the sample for one area, the engine papermill's own where none is named."""
    area = "36" if path.stem in OF_A_PROVINCE else "36.74"
    parameters = {"area": area, "period": "2024-06", "data": "data/sample"}
    return papermill.execute_notebook(
        str(path), None, parameters, engine_name=engine, progress_bar=False, log_output=False
    )


def outputs_of(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request) -> nbformat.NotebookNode:
    return run(request.param)


def test_runs_to_its_end_without_error_or_noise(executed):
    assert not [o for o in outputs_of(executed) if o.output_type in ("error", "stream")]
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert code[-1].outputs


def test_what_is_shown_has_words_for_readers_without_html(executed):
    shown = [o.data for o in outputs_of(executed) if o.get("data", {}).get("text/html", "").strip()]
    assert shown
    for data in shown:
        assert data["text/plain"].strip()
        assert "<" not in re.sub(r"<\d+|< ", "", data["text/plain"]), "words, not HTML"


def test_asks_nothing_of_another_machine(executed):
    for output in outputs_of(executed):
        assert not re.search(r"<script|(?:src|href)=[\"']?https?:", str(output.get("data", {}).get("text/html", "")))


def test_the_desk_shows_table_trend_and_ranking_without_a_front_end():
    (path,) = (path for path in NOTEBOOKS if path.stem == "explore")
    menu, shown = (output.data for output in outputs_of(run(path)))
    assert menu["text/plain"].startswith("Menu pilihan")
    assert shown["text/plain"].count("Kota Tangerang Selatan | 36.74 | ") == 1
    assert "Serpong | 36.74.01 | " in shown["text/plain"]
    assert shown["text/html"].count('<img src="data:image/svg+xml;base64,') == 2


def test_both_engines_show_the_same_district():
    (path,) = (path for path in NOTEBOOKS if path.stem == "district_report")
    ours, stock = ([{k: o.data.get(k) for k in SHOWN} for o in outputs_of(run(path, name))] for name in ("kkb", None))
    assert ours == stock
