"""Fixtures that more than one test file uses, and how the workers of `make test` share the files out."""

import os
import shutil
from pathlib import Path

import psutil
import pytest

from kkb_helpers import parallel

PROJECT = Path(__file__).resolve().parents[1]
REAL = PROJECT.parent / "shared" / "data" / "sulbar-2025"
WORKER_BYTES = 3 * 2**30  # what a worker and the processes that its tests start may need at once


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Give the number of workers of `-n auto`: the processors that are ours, and no more than the memory carries."""
    return max(1, min(parallel.cores(), psutil.virtual_memory().available // WORKER_BYTES))


def pytest_sessionstart(session):
    """Make the sample and its figures before there are workers: several would make them at once, one over another."""
    if session.config.getoption("numprocesses", None):
        from kkb_helpers.page import context

        context.prepare(context.SAMPLE, "2024-06")


def pytest_collection_modifyitems(config, items):
    """Hand the files with slow tests to the workers first: one that began last would be waited for alone."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


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

    # The tables are not made from originals here.
    monkeypatch.setattr(ingest, "refresh", lambda folder: ingest.Report())

    def make(tables, area="36", period="2024-06", findings=None, register=None, profile="internal"):
        for name, frame in tables.items():
            store.write(tmp_path / "tables", name, frame)
        (tmp_path / "tables").mkdir(exist_ok=True)
        empty = {"findings": store.FINDING_COLUMNS, "register": store.REGISTER_COLUMNS}
        for path, name, frame in (
            (tmp_path / "tables" / "findings.csv", "findings", findings),
            (tmp_path / "raw" / "register.csv", "register", register),
        ):
            rows = (
                pd.DataFrame(columns=empty[name])
                if frame is None
                else frame.reindex(columns=empty[name]).astype(object).fillna("")
            )
            store.write_csv(path, rows)
        params = Params(area=area, period=period, data=str(tmp_path), profile=profile)
        return context.Context(params, context.prepare(params.folder, period, profile))

    return make
