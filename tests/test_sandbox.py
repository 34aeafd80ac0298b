"""Notebooks write nothing and call nobody: watched by Python's own audit events, in a process of their own.

Nothing prevents a notebook from doing so at run time, for it is code of this project; here it would be seen.
"""

import json
import os
import subprocess
import sys

import pytest

from kkb_helpers.page import context

WATCHED = """
import json, os, sys
from pathlib import Path

allowed = [Path(folder).resolve() for folder in json.loads(sys.argv[2])]
seen = []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate", "shutil.rmtree"}


def inside(path):
    path = Path(os.fsdecode(path)).resolve()
    return path == Path(os.devnull) or any(path.is_relative_to(folder) for folder in allowed)


def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)) and (arguments[2] or 0) & WRITES:
        seen.extend([] if inside(arguments[0]) else [f"open {arguments[0]}"])
    elif event in CHANGES and not inside(arguments[0]):
        seen.append(f"{event} {arguments[0]}")
    elif event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        seen.append(f"{event} {arguments[-1]}")


import matplotlib.font_manager  # looks for the machine's fonts when it is first asked: not a notebook's doing

sys.addaudithook(watch)
names = {"__name__": "__main__"}
for cell in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), names)
print(json.dumps(seen))
"""


def watched(notebook, folder, *allowed) -> list[str]:
    """What the cells of a notebook wrote outside the folders allowed, and whom they called."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", WATCHED, str(notebook), json.dumps([*map(str, allowed)])]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["district_report", "province_overview", "data_quality", "published_claims", "explore"]
)
def test_a_notebook_of_the_project_does_neither(project, name):
    context.prepare(context.SAMPLE, "2024-06")  # what is computed once is written once, beside the tables
    notebook = project / "notebooks" / f"{name}.ipynb"
    assert watched(notebook, project, context.SAMPLE / "tables" / ".computed") == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("open('../elsewhere.txt', 'w').close()", "open"),
        ("import os; os.makedirs('../elsewhere')", "os.mkdir"),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", "socket.connect"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
    ],
)
def test_one_that_does_is_seen(tmp_path, source, said):
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    notebook = tmp_path / "n.json"
    notebook.write_text(json.dumps({"cells": [{"cell_type": "code", "source": [source]}]}))
    assert [line.split(" ")[0] for line in watched(notebook, inner, inner)] == [said]
