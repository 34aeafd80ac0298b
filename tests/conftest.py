"""Fixtures that more than one test file uses."""

import os
import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
REAL = PROJECT.parent / "shared" / "data" / "sulbar-2025"


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def real_exports() -> Path:
    """The folder of real exports beside the project."""
    if not REAL.is_dir():
        pytest.skip("the real exports are not beside the project (shared/data/sulbar-2025)")
    return REAL


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium; with CI set, its absence is a failure."""
    path = shutil.which("chromium")
    if path is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing; the continuous integration must install it")
    if path is None:
        pytest.skip("this test needs Chromium on the path")
    return path


@pytest.fixture
def page_of(tmp_path, monkeypatch):
    """A function that gives the context of a page over a few tables, written in a data folder of their own.

    tables: name -> frame. findings, register: frames of text, where the page has any.
    """
    import pandas as pd

    from kkb_helpers import Params, ingest, store
    from kkb_helpers.page import context

    monkeypatch.setattr(ingest, "refresh", lambda folder: None)  # the tables are not made from originals here

    def make(tables, area="36", period="2024-06", findings=None, register=None, profile="internal"):
        for name, frame in tables.items():
            store.write(tmp_path / "tables", name, frame)
        (tmp_path / "tables").mkdir(exist_ok=True)
        empty = {"findings": store.FINDING_COLUMNS, "register": store.REGISTER_COLUMNS}
        for path, name, frame in (
            (tmp_path / "tables" / "findings.csv", "findings", findings),
            (tmp_path / "raw" / "register.csv", "register", register),
        ):
            rows = pd.DataFrame(columns=empty[name]) if frame is None else frame.reindex(columns=empty[name]).fillna("")
            store.write_csv(path, rows)
        params = Params(area=area, period=period, data=str(tmp_path), profile=profile)
        return context.Context(params, context.prepare(params.folder, period, profile))

    return make
