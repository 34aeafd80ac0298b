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
