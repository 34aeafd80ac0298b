"""The house stands: imports point one way, notebooks hold no logic, and the rooms are those of the README."""

import ast
import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import nbformat
import pytest

from kkb_helpers.params import Params

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "kkb_helpers"
PRESS = {"engine", "render", "batch", "site", "cli"}
OPEN_TO_PRESS = {"errors", "parallel", "params", "areas", "light"}
# Each room imports only from rooms before it; rooms of one line do not know each other.
STOREYS = [
    {"errors", "light"},
    {"parallel"},
    {"areas"},
    {"params"},
    {"store", "wording", "classification", "cells"},
    {"files", "targets", "compare", "charts"},
    {"sources", "privacy"},
    {"workbook"},
    {"checks"},
    {"ingest", "indicators", "sample"},
    {"claims", "disclosure"},
    {"page"},
]
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.stem != "__main__" and p != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    """The room a file belongs to: its own name, or the folder's for a room with several cabinets."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
BANNED_CALLS = {"eval", "exec", "read_html", "read_pickle", "to_pickle"}


def imported_rooms(path: Path) -> set[str]:
    """The rooms of the package that a module imports, at its head or inside a function."""
    rooms = set()
    outside = len(path.relative_to(PACKAGE).parts)  # the dots that lead out of the room
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == outside:
            rooms |= {node.module.partition(".")[0]} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kkb_helpers"):
            rooms |= {node.module.partition(".")[2]} - {""} or {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            rooms |= {a.name.partition(".")[2] for a in node.names if a.name.startswith("kkb_helpers.")}
    return rooms


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    room, rooms = room_of(path), imported_rooms(path)
    if room == "cli":
        return
    if room in PRESS:
        assert rooms <= OPEN_TO_PRESS | PRESS - {"cli"}, (
            "of the study the press knows errors, light, parallel, params and areas alone"
        )
        return
    assert not rooms & PRESS, "the study never imports the press"
    below: set[str] = set()
    for storey in STOREYS:
        if room in storey:
            assert rooms <= below, f"{room} may import {sorted(below)}"
            return
        below |= storey
    pytest.fail(f"{room} has no storey: give the room its sentence in the README and a place here")


def test_every_room_has_its_sentence_in_the_readme():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    missing = {room_of(p) for p in FILES if f"| `{room_of(p)}` |" not in readme}
    assert not missing


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_room_opens_with_a_sentence(path):
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc and doc.splitlines()[0].endswith(".")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_banned_call(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            assert name not in BANNED_CALLS | {"query"}, f"line {node.lineno}: {name}"
            assert not any(k.arg == "shell" and getattr(k.value, "value", False) for k in node.keywords)
        assert not (isinstance(node, ast.Import) and any(a.name == "pickle" for a in node.names))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestNotebook:
    def test_has_no_outputs(self, path):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not [c for c in cells if c.get("outputs") or c.get("execution_count")]

    def test_has_one_parameters_cell_with_the_fields_of_params(self, path):
        cells = [c for c in nbformat.read(path, 4).cells if "parameters" in c.metadata.get("tags", [])]
        assert len(cells) == 1
        names = [t.id for node in ast.parse(cells[0].source).body for t in node.targets]
        assert names == [f.name for f in fields(Params)]

    def test_holds_no_logic(self, path):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type != "code":
                continue
            assert len(cell.source.splitlines()) <= 10
            assert not re.search(r"^\s*[!%]", cell.source, re.M)
            banned = (ast.FunctionDef, ast.ClassDef, ast.Try, ast.For, ast.While, ast.Lambda, ast.ListComp)
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, banned)
                if isinstance(node, ast.ImportFrom | ast.Import):
                    assert (getattr(node, "module", None) or node.names[0].name).startswith("kkb_helpers")

    def test_types_no_number_in_prose(self, path):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "markdown":
                assert not re.search(r"\d{2,}", cell.source), cell.source


def test_both_ways_of_installing_give_the_same_packages():
    lines = (PROJECT / "environment.yml").read_text(encoding="utf-8").splitlines()
    entries = [line.strip().removeprefix("- ") for line in lines if line.strip().startswith("-")]
    conda = {e.partition("=")[0] for e in entries} - {
        "pip:",
        "conda-forge",
        "nodefaults",
        "-r requirements.txt",
        "-e .",
    }
    assert conda == {"python", "pip"}
    assert "-r requirements.txt" in entries
    assert "-e ." in entries


def test_every_dependency_is_pinned_exactly():
    pins = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert not [p for p in pins if not re.match(r"^[A-Za-z0-9_.\-\[\]]+==[^ ]+( ; .+)?$", p)]
    pinned = {re.split(r"[\[=]", p)[0].lower().replace("_", "-") for p in pins}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = project["dependencies"] + [name for extra in extras for name in extra]
    assert {re.split(r"[\[<>=]", d)[0].lower().replace("_", "-") for d in asked} <= pinned


def test_the_repository_names_no_registry_and_no_machine():
    hosts = re.compile(r"(pypi|pythonhosted|npmjs|anaconda)\.(org|com)|(^|[^\w.])/(work|root|farm)/", re.I)
    tracked = [
        p for p in PROJECT.rglob("*") if p.is_file() and p.suffix in {".py", ".md", ".toml", ".yml", ".txt", ".ipynb"}
    ]
    ours = [p for p in tracked if not {".venv", "outputs", ".git"} & set(p.relative_to(PROJECT).parts)]
    named = [p.name for p in ours if p != Path(__file__).resolve() and hosts.search(p.read_text(encoding="utf-8"))]
    assert not named
