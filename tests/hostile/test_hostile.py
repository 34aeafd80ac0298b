"""Every hostile input of the acceptance criteria ends as its line says, and costs nothing that was there."""

import ast
import errno
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kkb_helpers import cli, ingest, privacy
from kkb_helpers.cli import results
from kkb_helpers.errors import EnvironmentFault, KkbError
from kkb_helpers.params import Params
from kkb_helpers.store import Tables

from . import build, cases, cells, corpus, judge
from .judge import given, snapshot, tell

TESTS = Path(__file__).resolve().parents[1]
BUILT = [case for case in corpus.CASES if case.make is not None]
BOUNDED = [case for case in BUILT if case.mebibytes is not None]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Any socket is an error."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.fixture(scope="session")
def before(tmp_path_factory) -> Path:
    """A data folder with one good import: PUS of December 2024."""
    return judge.before(tmp_path_factory.mktemp("before"))


@pytest.fixture
def data(before, tmp_path) -> Path:
    """A copy of the data folder to do harm to."""
    return shutil.copytree(before, tmp_path / "data")


@pytest.fixture
def inbox(tmp_path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.mark.parametrize("case", BUILT, ids=[f"{case.number} {case.what}" for case in BUILT])
def test_a_hostile_input_ends_as_the_table_says(case, data, inbox, caplog):
    assert judge.judge(case, data, inbox).problems == []
    assert [secret for secret in case.secret if secret in caplog.text] == []


@pytest.mark.parametrize("case", BOUNDED, ids=[f"{case.number} {case.what}" for case in BOUNDED])
def test_a_bomb_takes_no_more_memory_than_it_may(case, data, inbox):
    paths = given(case, inbox)
    child = os.fork()
    if child == 0:  # a process of its own: its peak is this file's, and a failed allocation kills it alone
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        tell(ingest.check_paths, paths, data)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os._exit(0 if used <= case.mebibytes * 1024 else 1)
    assert os.waitpid(child, 0)[1] == 0, f"more than {case.mebibytes} MiB, or killed"


class TestTheTable:
    def test_holds_all_124(self):
        assert {int(re.match(r"\d+", case.number)[0]) for case in corpus.CASES} == set(range(1, 125))
        assert len({case.number for case in corpus.CASES}) == len(corpus.CASES)

    def test_every_line_is_built_held_elsewhere_or_says_why_not(self):
        assert [case.number for case in corpus.CASES if not (case.make or case.held_by or case.absent)] == []

    def test_is_one_line_an_input_with_its_verdict(self):
        judged = {case.number: judge.Verdict("keluar 3") for case in BUILT}
        judged["1"].problems.append("exit code 0, not 3")
        held = {name for case in corpus.CASES for name in case.held_by}
        for passed, verdict in ((None, "diuji di tempat lain"), (held, "sesuai"), (set(), "GAGAL")):
            rows = {row[0]: row for row in corpus.table(judged, passed)}
            assert list(rows) == [case.number for case in corpus.CASES]
            assert rows["1"] == ("1", "no byte, .xlsx", "keluar 3: F101 TOLAK", "keluar 3", "exit code 0, not 3")
            assert (rows["2"][4], rows["99"][4]) == ("sesuai", verdict)

    def test_a_line_that_is_not_as_it_says_is_judged_so(self, data, inbox):
        good = next(case for case in BUILT if case.number == "56")
        for change, problem in (
            ({"exit_code": 3}, "exit code 0, not 3"),
            (
                {"finds": (cases.Find("C221", "PERINGATAN", "3", "PUS"),)},
                "not found: C221 PERINGATAN baris 3 kolom PUS",
            ),
            ({"pus": 1}, "read as <NA>, not 1"),
            ({"secret": ("SUMBERJAYA",)}, "secret 1 was repeated or kept"),
        ):
            assert judge.judge(replace(good, **change), data, inbox).problems[:1] == [problem]

    def test_the_tests_that_hold_a_line_exist(self):
        names = set()
        for path in TESTS.rglob("test_*.py"):
            file = path.relative_to(TESTS).as_posix()
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef):
                    names.add(f"{file}::{node.name}")
                elif isinstance(node, ast.ClassDef):
                    names |= {f"{file}::{node.name}::{f.name}" for f in node.body if isinstance(f, ast.FunctionDef)}
        assert {name for case in corpus.CASES for name in case.held_by} - names == set()


def test_a_check_of_the_whole_corpus_is_a_line_a_file(tmp_path, data, capsys, monkeypatch):
    """What `kkb check` prints of all that a folder can hold: a line a file, no value of a person, no traceback."""
    made = corpus.write(tmp_path / "corpus")
    options = ["--data", str(data), "--year", "2025", "--as-of", "2025-10-01"]
    monkeypatch.setattr(sys, "argv", ["kkb", "check", str(tmp_path / "corpus"), *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    assert ended.value.code == 4
    lines = told.out.splitlines()[: len(made)]
    names = {privacy.safe_name(path.name) for path in made}
    assert {line.partition(": ")[0] for line in lines} == names
    for path in made:
        case = next(c for c in corpus.CASES if c.number == path.name.removeprefix("~$").split(" ")[0])
        (line,) = (line for line in lines if line.startswith(f"{privacy.safe_name(path.name)}: "))
        refused = "ditolak" in line or "tidak dikenal" in line
        assert refused == bool(case.exit_code) or path.name.startswith("~$"), line
    assert "Traceback" not in told.out + told.err
    secrets = {secret for case in corpus.CASES for secret in case.secret}
    assert [secret for secret in secrets if secret in told.out + told.err] == []


def test_no_finding_that_is_written_for_people_is_taken_for_a_formula(inbox, data):
    names = [f'"{name}"' for name in cells.NASTY]
    rows = [*build.pus("-5"), *((*build.FIRST[:3], name, name, 1, build.MONTH) for name in names)]
    _, found, _ = tell(ingest.check_paths, [build.put(inbox, "=a.csv", build.text(*rows))], data)
    assert found["file"].eq("=a.csv").any() and found["found"].str.startswith("-5").any()
    written = results.harmless(found)
    assert not [text for column in written for text in written[column] if re.match(r"\s*[=+\-@\t\r]", text)]
    assert "'=a.csv" in set(written["file"])


def test_every_line_of_the_corpus_opens_no_socket():
    with pytest.raises(AssertionError, match="a socket was opened"):
        socket.create_connection(("127.0.0.1", 9))


def test_a_file_that_changes_is_kept_as_it_was_read(data, inbox, monkeypatch):
    path = build.put(inbox, "a.csv", build.text(*build.pus(10)))
    read = ingest.reading.read

    def spoil(file, *more, **options):
        path.write_bytes(b"lain")
        return read(file, *more, **options)

    monkeypatch.setattr(ingest.reading, "read", spoil)
    assert tell(ingest.import_paths, [path], data)[0] == 0
    assert (data / "raw" / "a.csv").read_bytes() == build.text(*build.pus(10))


@pytest.mark.parametrize("nth", range(1, 8))
def test_a_full_disk_leaves_the_import_as_it_was(data, inbox, monkeypatch, nth):
    path, was = build.put(inbox, "a.csv", build.text(*build.pus(10))), snapshot(data)
    replace, calls = Path.replace, []

    def full(self, target):
        calls.append(target)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(EnvironmentFault, match="tidak dapat ditulis") as fault:
            ingest.import_paths([path], data)
    assert fault.value.exit_code == 5
    now = snapshot(data)
    assert now["raw/dulu.csv"] == was["raw/dulu.csv"]
    ingest.import_paths([path], data)
    rows = Tables.open(data / "tables").read("siga_pus").set_index(["village_code", "period"])["pus"]
    assert (rows["36.01.01.2001", "2024-12"], rows["36.01.01.2001", "2025-01"]) == (99, 10)


def test_a_data_folder_that_is_a_file_is_5(tmp_path, inbox):
    (tmp_path / "file").write_text("x")
    path = build.put(inbox, "a.csv", build.text(*build.pus(10)))
    assert tell(ingest.import_paths, [path], tmp_path / "file")[0] == 5


@pytest.mark.parametrize("name", ["dua kata", "é", "O'Brien", "a#b", "a%20b", "OneDrive - Dinas KB", "x" * 200])
def test_a_folder_of_any_name(tmp_path, before, name):
    (tmp_path / name).mkdir()
    path = build.put(tmp_path / name, "a.csv", build.text(*build.pus(10)))
    data = shutil.copytree(before, tmp_path / name / "data")
    assert tell(ingest.import_paths, [path], data)[0] == 0
    assert (data / "raw" / "a.csv").is_file()


@pytest.mark.parametrize("period", ["2025-13", "2025-Q5", "2999-01", "1900-01", "２０２５-01", "2025.0", "2025-01 "])
def test_a_parameter_that_is_none_is_2(period):
    with pytest.raises(KkbError) as error:
        Params(area="36.01", period=period)
    assert error.value.exit_code == 2


def test_no_yaml_is_read(project):
    named = [
        path for path in (project / "kkb_helpers").rglob("*.py") if "yaml" in path.read_text(encoding="utf-8").lower()
    ]
    assert named == []


def test_the_same_findings_in_every_language_and_time_zone(inbox, tmp_path):
    path = build.put(inbox, "a.csv", build.text(*build.pus("1.552x", header=build.PUS)))
    command = [sys.executable, "-m", "kkb_helpers", "check", str(path), "--data", str(tmp_path / "data")]
    settings = [
        {},
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    ]
    told = [
        subprocess.run(
            command, env={"PATH": os.environ["PATH"], **each}, capture_output=True, cwd=TESTS.parent, check=True
        ).stdout
        for each in settings
    ]
    folded = {re.sub(rb"[^\x20-\x7e\n]+", b"?", text) for text in told}
    assert len(folded) == 1
    assert b"C221" in told[0] or b"PERINGATAN" in told[0]
