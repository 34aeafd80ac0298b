"""Chaos: killed, starved, robbed and raced at every point, a run loses nothing, and the next one makes it whole.

Each blow is dealt in a fork of this process, so that the blow is real (SIGKILL, a full disk, no permission) and every
point can be tried. What the notebooks give is made once by real runs and handed to the forks: it is the writing, the
lock and the manifest that are under test here; the last classes run real notebooks and the real command line.
"""

import contextlib
import copy
import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from kkb_helpers import areas, batch
from kkb_helpers.batch import disk, press
from kkb_helpers.batch.lock import LOCK
from kkb_helpers.errors import EnvironmentFault
from kkb_helpers.params import ROOT

PERIOD = "2024-06"
REAL_EXECUTE = press.execute
KERNEL = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
CELLS = (
    "import base64\nfrom IPython.display import display\nfrom kkb_helpers import areas\nname = areas.name_of(area)",
    'display({"text/html": f"<h1>{name}</h1><p>versi {version}</p>"}, raw=True)',
    'file = {"name": "charts/a.svg", "base64": base64.b64encode(f"<svg>{version}</svg>".encode()).decode()}\n'
    'display({"application/vnd.kkb.file+json": file}, raw=True)',
    'about = {"kode": area, "periode": period, "sha256_input": version, "title": name, "summary": {"warnings": 0}}\n'
    'display({"application/vnd.kkb.sentinel+json": about, "text/plain": ""}, raw=True)',
)


def notebook(folder: Path, version: str, cells=CELLS, name="report.ipynb") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    first = nbformat.v4.new_code_cell('area = "36.01"\nperiod = "2024-06"', metadata={"tags": ["parameters"]}, id="p")
    rest = [nbformat.v4.new_code_cell(c, id=f"c{i}") for i, c in enumerate((f"version = {version!r}", *cells))]
    nbformat.write(nbformat.v4.new_notebook(metadata=KERNEL, cells=[first, *rest]), folder / name)
    return folder / name


def job(path: Path, code="36.01", version="dua", **changes) -> batch.Job:
    place = areas.get(code)
    made = batch.Job(code, place.name, place.folder, path, {"area": code, "period": PERIOD}, version)
    return replace(made, **changes)


def everything(out: Path) -> dict[str, bytes]:
    """All files of an output folder but the record of the runs themselves."""
    files = (p for p in sorted(out.rglob("*")) if p.is_file() and p.name != "manifest.jsonl")
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in files}


def manifest(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / PERIOD / "manifest.jsonl").read_text().splitlines()]


def in_fork(action) -> int:
    """Do something in a fork; gives its exit code (5 for a fault of the environment), or minus the signal.

    The thread in which one of several workers of pytest waits for its next test is not in the fork, and nothing here
    waits for it or takes what it may hold.
    """
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = action() or 0
        except EnvironmentFault as error:
            print(error, file=sys.stderr)
            code = error.exit_code
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Still:
    """A source of children for runs whose notebooks have been run before."""

    def start(self):
        return self

    def close(self):
        pass


@pytest.fixture(scope="module")
def source():
    made = batch.start_source()
    yield made
    made.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory, source):
    """Two jobs (a report and a page) in two versions, their outcomes, and an output folder with version one in it."""
    root = tmp_path_factory.mktemp("world")
    jobs, outcomes = {}, {}
    for version in ("satu", "dua"):
        path = notebook(root / version, version)
        jobs[version] = [job(path, version=version), job(path, "36.02", version, target="province.html")]
        templates = press.preflight(jobs[version], root)
        for wanted in jobs[version]:
            with tempfile.TemporaryFile() as log:
                outcome = press.execute(wanted, templates[path], source, None, None, log.fileno())
            assert outcome.status == "ok", outcome.reason
            outcomes[wanted.key, version] = outcome
    original = press.execute
    press.execute = lambda wanted, *_, **__: copy.deepcopy(outcomes[wanted.key, wanted.input_sha256])
    batch.run(jobs["satu"], root / "before", PERIOD, source=Still())
    (root / "before" / PERIOD / "36.01-pandeglang" / "catatan.txt").write_text("milik pemakai")
    shutil.copytree(root / "before", root / "undisturbed")
    batch.run(jobs["dua"], root / "undisturbed", PERIOD, source=Still())
    yield root, jobs["dua"]
    press.execute = original


def rerun(jobs, out: Path) -> batch.Result:
    return batch.run(jobs, out, PERIOD, source=Still(), workers=1)


class Blows:
    """Counts what changes the file system below a folder, and strikes before the n-th: `strike` says how."""

    KINDS = ("open", "os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir")

    def __init__(self, out: Path, nth: int, strike, kinds=KINDS):
        self.out, self.nth, self.strike, self.kinds, self.count = str(out), nth, strike, kinds, 0
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if event not in self.kinds or not self._concerns(event, arguments):
            return
        self.count += 1
        if self.count >= self.nth:
            self.strike(arguments[0])

    def _concerns(self, event, arguments) -> bool:
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            return False
        below = isinstance(arguments[0], str | os.PathLike) and os.fspath(arguments[0]).startswith(self.out)
        inside = event in ("os.remove", "os.rmdir") and arguments[-1] != -1  # shutil.rmtree goes by descriptors
        return below or inside


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def be_full(path):
    raise OSError(errno.ENOSPC, "No space left on device", path)


def be_forbidden(path):
    raise PermissionError(errno.EACCES, "Permission denied", path)


def check_whole(out: Path, root: Path, jobs) -> None:
    """A report in place is one version as a whole, and the manifest claims nothing that is not there."""
    folder = out / PERIOD / "36.01-pandeglang"
    versions = [everything(root / name / PERIOD / "36.01-pandeglang") for name in ("before", "undisturbed")]
    if folder.exists():
        assert everything(folder) in versions
    else:
        assert everything(out / PERIOD / ".kkb" / "old" / "36.01-pandeglang") in versions
    states = batch.Manifest(out / PERIOD).states()
    for wanted in jobs:
        state = states[wanted.key]
        if state["status"] in ("ok", "ok_with_warnings") and state["input_sha256"] == "dua":
            for output in state["outputs"]:
                assert disk.sha256((out / PERIOD / output["name"]).read_bytes()) == output["sha256"]


def strike_everywhere(tmp_path, world, blow) -> list[int]:
    """Deal a blow at the first, second, ... point until a run ends unhurt; after each, a rerun makes all whole.

    Gives how each struck run ended.
    """
    root, jobs = world
    undisturbed = everything(root / "undisturbed")
    codes = []
    for nth in range(1, 400):
        out = tmp_path / f"{nth}"
        shutil.copytree(root / "before", out)

        def struck(out=out, nth=nth):
            blow(out, nth)
            rerun(jobs, out)

        codes.append(in_fork(struck))
        check_whole(out, root, jobs)
        if codes[-1] == 0:
            assert everything(out) == undisturbed
            return codes[:-1]
        assert rerun(jobs, out).exit_code == 0
        assert everything(out) == undisturbed, f"point {nth}"
        assert len(manifest(out)) >= 8
        shutil.rmtree(out)
    raise AssertionError("no run ended unhurt")


class TestEveryPoint:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        """Nothing here cuts the power: bytes need not reach the disk."""
        monkeypatch.setattr(os, "fsync", lambda descriptor: None)

    def test_killed_before_any_change_of_the_file_system(self, tmp_path, world):
        codes = strike_everywhere(tmp_path, world, lambda out, nth: Blows(out, nth, die))
        assert len(codes) > 30
        assert set(codes) == {-signal.SIGKILL}

    def test_killed_in_the_middle_of_any_write(self, tmp_path, world):
        def blow(out, nth):
            put, count = disk._put, [0]

            def half(descriptor, data):
                count[0] += 1
                if count[0] == nth:
                    os.write(descriptor, data[: len(data) // 2])
                    die(None)
                put(descriptor, data)

            disk._put = half

        codes = strike_everywhere(tmp_path, world, blow)
        assert len(codes) >= 8
        assert set(codes) == {-signal.SIGKILL}

    @pytest.mark.parametrize("strike", [be_full, be_forbidden], ids=["full", "read-only"])
    def test_a_disk_that_takes_nothing_more_from_any_point_on(self, tmp_path, world, strike):
        new = ("open", "os.link", "os.mkdir")
        codes = strike_everywhere(tmp_path, world, lambda out, nth: Blows(out, nth, strike, new))
        assert len(codes) > 8
        assert set(codes) == {5}

    def test_a_real_limit_on_file_sizes(self, tmp_path, world):
        import resource

        root, jobs = world
        out = tmp_path / "out"
        shutil.copytree(root / "before", out)

        def starved():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
            rerun(jobs, out)

        assert in_fork(starved) == 5
        check_whole(out, root, jobs)
        assert rerun(jobs, out).exit_code == 0
        assert everything(out) == everything(root / "undisturbed")


class TestFolders:
    @pytest.fixture
    def open_folder(self):
        """A folder that any user may enter, which pytest's own are not."""
        with tempfile.TemporaryDirectory(prefix="kkb-chaos-") as name:
            Path(name).chmod(0o755)
            yield Path(name)

    def test_a_read_only_folder_is_refused_before_the_first_notebook(self, open_folder, world, capfd):
        _, jobs = world
        out = open_folder / "out"
        out.mkdir(mode=0o555)

        made = press.preflight(jobs, open_folder)

        def as_nobody():
            if os.geteuid() == 0:  # chmod does not bind root
                os.setgid(65534)
                os.setuid(65534)
            press.preflight = lambda *_: made
            press.execute = None  # to start a notebook would be a TypeError, code 99
            rerun(jobs, out)

        assert in_fork(as_nobody) == 5
        assert "tidak dapat ditulis (Permission denied). Periksa folder dan izinnya" in capfd.readouterr().err
        assert list(out.iterdir()) == []

    def test_a_folder_that_vanishes_stops_the_run(self, tmp_path, world):
        _, jobs = world
        out = tmp_path / "out"

        def vanish(event):
            if event["kind"] == "finished":
                shutil.rmtree(out)

        with pytest.raises(EnvironmentFault, match="folder hasil dihapus atau diambil alih proses lain"):
            batch.run(jobs, out, PERIOD, source=Still(), workers=1, on_event=vanish)
        assert batch.run(jobs, out, PERIOD, source=Still()).exit_code == 0

    def test_a_folder_taken_by_another_run_stops_this_one(self, tmp_path, world):
        _, jobs = world
        out = tmp_path / "out"

        def take(event):
            (out / LOCK).write_text(json.dumps({"pid": 1, "host": "lain", "started_at": "2024-01-01T00:00:00+00:00"}))

        with pytest.raises(EnvironmentFault, match="diambil alih proses lain"):
            batch.run(jobs, out, PERIOD, source=Still(), workers=1, on_event=take)
        assert json.loads((out / LOCK).read_text())["host"] == "lain"


class TestRaces:
    def test_of_two_runs_at_once_the_second_is_refused_and_told_who_is_first(self, tmp_path, world, capfd):
        _, jobs = world
        codes = []
        second = lambda event: codes.append(in_fork(lambda: rerun(jobs, tmp_path / "out")))  # noqa: E731
        result = batch.run(jobs, tmp_path / "out", PERIOD, source=Still(), workers=1, on_event=second)
        assert result.exit_code == 0
        assert set(codes) == {5}
        assert f"sedang dipakai proses {os.getpid()} di " in capfd.readouterr().err

    def test_the_lock_of_a_dead_process_that_nobody_has_asked_about_is_taken(self, tmp_path):
        pid = os.fork()
        if pid == 0:
            with batch.locked(tmp_path):
                die(None)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # dead, and left a zombie
        try:
            with batch.locked(tmp_path) as held:
                assert f"proses {pid} di " in held.note
        finally:
            os.waitpid(pid, 0)

    def test_a_dead_lock_is_taken_by_one_at_a_time(self, tmp_path):
        out, diary = tmp_path / "out", tmp_path / "diary"

        def leave_a_dead_lock():
            with batch.locked(out):
                die(None)

        def reach_for_it():
            held = 0
            for _ in range(3000):  # six seconds: whoever comes late on a busy machine still gets it
                if held >= 3:
                    return
                try:
                    with batch.locked(out), diary.open("a") as file:
                        os.write(file.fileno(), b"+")
                        time.sleep(0.005)
                        os.write(file.fileno(), b"-")
                        held += 1
                        if os.urandom(1)[0] < 100:
                            die(None)  # another dead lock for the others
                except EnvironmentFault:
                    time.sleep(0.002)

        diary.touch()
        assert in_fork(leave_a_dead_lock) == -signal.SIGKILL
        reaching = []
        for _ in range(6):
            pid = os.fork()
            if pid == 0:
                with contextlib.suppress(BaseException):
                    reach_for_it()
                os._exit(0)
            reaching.append(pid)
        for pid in reaching:
            os.waitpid(pid, 0)
        told = diary.read_text()
        assert len(told) > 6
        assert told == "+-" * (len(told) // 2), "two held it at once"
        with batch.locked(out):
            assert [p.name for p in out.iterdir()] == [LOCK]


def test_a_clock_set_back_an_hour_costs_nothing(tmp_path, world, monkeypatch):
    root, jobs = world
    out = tmp_path / "out"
    shutil.copytree(root / "before", out)
    hours = iter(range(1000))
    monkeypatch.setattr(press, "now", lambda: f"2024-06-01T{23 - next(hours) % 24:02d}:00:00.000+00:00")
    monkeypatch.setattr(time, "time", lambda: 0.0)
    result = rerun(jobs, out)
    assert [(r["status"], r["seconds"] >= 0) for r in result.records] == [("ok", True), ("ok", True)]
    records = manifest(out)
    assert [r["seq"] for r in records] == list(range(1, len(records) + 1))
    assert {r["run_id"] for r in batch.last_run(out / PERIOD)} == {result.run_id}
    assert everything(out) == everything(root / "undisturbed")
    assert [r["status"] for r in rerun(jobs, out).records] == ["unchanged", "unchanged"]


class TestChildren:
    """Real notebooks, in real children."""

    @pytest.mark.parametrize("nth", range(len(CELLS)))
    def test_killed_in_any_cell_the_old_report_stays_and_a_rerun_is_whole(
        self, tmp_path, world, source, nth, monkeypatch
    ):
        root, jobs = world
        monkeypatch.setattr(press, "execute", REAL_EXECUTE)
        out = tmp_path / "out"
        shutil.copytree(root / "before", out)
        before = everything(out)
        wanted = jobs[0]
        cells = list(CELLS)
        cells[nth] += "\nimport os\nos.kill(os.getpid(), 9)"
        killer = replace(wanted, notebook=notebook(tmp_path, "dua", cells))
        record = batch.run([killer], out, PERIOD, source=source).records[0]
        assert (record["status"], record["cause"]) == ("died", "environment")
        assert f"di sel {nth + 4}" in record["reason"]  # after parameters, injected parameters and the version
        after = everything(out)
        assert {name: data for name, data in after.items() if ".private" not in name} == before
        assert batch.run(jobs, out, PERIOD, source=source).exit_code == 0
        assert everything(out) == everything(root / "undisturbed")

    @pytest.mark.slow
    def test_a_killed_runner_leaves_no_child_and_a_rerun_is_whole(self, tmp_path, world, source, monkeypatch):
        root, jobs = world
        monkeypatch.setattr(press, "execute", REAL_EXECUTE)
        out, marker = tmp_path / "out", tmp_path / "pid"
        slow = (f"import os, time\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)", *CELLS)
        path = notebook(tmp_path, "dua", slow)
        code = (
            "from pathlib import Path\nfrom kkb_helpers import areas, batch\n"
            f"place = areas.get('36.01')\nbatch.run([batch.Job('36.01', place.name, place.folder, Path({str(path)!r}), "
            f"{{'area': '36.01', 'period': '2024-06'}}, 'dua')], Path({str(out)!r}), '2024-06')"
        )
        runner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
        _wait_for(lambda: marker.exists() and marker.read_text())
        runner.kill()
        runner.wait()
        child = Path("/proc") / marker.read_text()
        _wait_for(lambda: not child.exists() or " Z " in (child / "stat").read_text())
        assert [r["status"] for r in batch.last_run(out / PERIOD)] == ["running"]
        assert [j.area_code for j in batch.unfinished(out / PERIOD, path.parent)] == ["36.01"]
        assert batch.run(jobs, out, PERIOD, source=source).exit_code == 0
        assert everything(out) == {n: d for n, d in everything(root / "undisturbed").items() if "catatan" not in n}

    @pytest.mark.slow
    def test_of_514_districts_three_fail_and_resume_makes_all_whole(self, tmp_path, source, monkeypatch):
        kept = {}

        def execute(wanted, *more, **options):
            outcome = REAL_EXECUTE(wanted, *more, **options)
            kept[wanted.key] = copy.deepcopy(outcome)
            return outcome

        monkeypatch.setattr(press, "execute", execute)
        rng = random.Random(20240624)
        codes = list(areas.frame("kabupaten")["code"])
        assert len(codes) >= 514
        flag = tmp_path / "mended"
        unlucky = rng.sample(codes, 3)
        blow = f"import os\nif area in {unlucky} and not os.path.exists({str(flag)!r}):\n    os.kill(os.getpid(), 9)"
        path = notebook(tmp_path, "dua", (*CELLS[:2], blow, *CELLS[2:]))
        jobs = [job(path, code) for code in codes]
        memory = _memory()
        result = batch.run(jobs, tmp_path / "out", PERIOD, source=source)
        assert {r["area_code"] for r in result.records if r["status"] != "ok"} == set(unlucky)
        assert {r["status"] for r in result.records if r["area_code"] in unlucky} == {"died"}
        assert _memory() - memory < 100 * 2**20
        flag.touch()
        left = batch.unfinished(tmp_path / "out" / PERIOD, tmp_path)
        assert {j.area_code for j in left} == set(unlucky)
        assert batch.run(left, tmp_path / "out", PERIOD, source=source).exit_code == 0
        monkeypatch.setattr(press, "execute", lambda wanted, *_, **__: copy.deepcopy(kept[wanted.key]))
        batch.run(jobs, tmp_path / "undisturbed", PERIOD, source=Still())
        assert everything(tmp_path / "out") == everything(tmp_path / "undisturbed")
        assert {r["status"] for r in batch.run(jobs, tmp_path / "out", PERIOD, source=Still()).records} == {"unchanged"}


def _wait_for(condition, seconds=60):
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.05)


def _memory() -> int:
    """The memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def kkb(*arguments, **environment) -> subprocess.Popen:
    """Start the command line."""
    command = [sys.executable, "-m", "kkb_helpers", *map(str, arguments)]
    return subprocess.Popen(
        command, env=os.environ | environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def interruptible():
    """Tests in the background of a shell ignore interrupts, and what they start would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A data folder of its own with the sample's exports, and a finished run of it."""
    root = tmp_path_factory.mktemp("sample")
    from kkb_helpers import sample

    sample.write(root / "data")
    run = kkb("run", "--data", root / "data", "--out", root / "out", "--period", PERIOD)
    assert run.communicate() and run.returncode == 0
    return root


def published(out: Path) -> dict[str, bytes]:
    """What a run publishes, without the index's own block about the run."""
    files = everything(out)
    index = f"{PERIOD}/index.html"
    files[index] = re.sub(rb'<footer class="page" id="proses">.*?</footer>', b"", files[index], flags=re.S)
    return files


@pytest.mark.slow
class TestCommandLine:
    """The real reports of the sample."""

    def test_two_runs_give_the_same_bytes_wherever_they_run(self, sample, tmp_path):
        again = kkb(
            "run",
            "--data",
            sample / "data",
            "--out",
            tmp_path,
            "--period",
            PERIOD,
            "--jobs",
            1,
            LC_ALL="tr_TR.UTF-8",
            TZ="Pacific/Kiritimati",
            PYTHONHASHSEED="7",
            MPLBACKEND="TkAgg",
        )
        assert again.communicate() and again.returncode == 0
        assert published(tmp_path) == published(sample / "out")

    def test_a_second_run_changes_nothing_and_says_so(self, sample):
        before = published(sample / "out")
        again = kkb("run", "--data", sample / "data", "--out", sample / "out", "--period", PERIOD)
        told = again.communicate()[1]
        assert again.returncode == 0
        assert told.count("tidak berubah") == len(batch.last_run(sample / "out" / PERIOD))
        assert published(sample / "out") == before
        why = kkb("status", "--why", "--out", sample / "out").communicate()[0]
        assert "0 dari" in why.splitlines()[-1]

    def test_a_cluster_gives_the_same_bytes(self, sample, tmp_path):
        from distributed import LocalCluster

        options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
        with LocalCluster(host="127.0.0.1", **options) as cluster:
            address = ("--scheduler", cluster.scheduler_address)
            away = kkb("run", "--data", sample / "data", "--out", tmp_path, "--period", PERIOD, *address)
            assert away.communicate()
            assert away.returncode == 0
        assert published(tmp_path) == published(sample / "out")

    def test_inputs_replaced_in_mid_run_stop_it_with_5(self, sample, tmp_path):
        shutil.copytree(sample / "data", tmp_path / "data")
        run = kkb("run", "--data", tmp_path / "data", "--out", tmp_path / "out", "--period", PERIOD, "--jobs", 1)
        _wait_for(lambda: list((tmp_path / "out").glob("*/36.*")), 120)
        table = tmp_path / "data" / "tables" / "siga_pus.parquet"
        other = tmp_path / "data" / "tables" / "siga_methods.parquet"
        table.write_bytes(other.read_bytes())
        told = run.communicate()[1]
        assert (run.returncode, "data berubah selama proses" in told) == (5, True)

    def test_ctrl_c_ends_in_time_and_resume_makes_all_whole(self, sample, tmp_path, interruptible):
        run = kkb("run", "--data", sample / "data", "--out", tmp_path, "--period", PERIOD, "--jobs", 1)
        _wait_for(lambda: list(tmp_path.glob("*/36.*")), 120)
        began = time.monotonic()
        run.send_signal(signal.SIGINT)
        told = run.communicate()[1]
        assert time.monotonic() - began < 10
        assert (run.returncode, "Lanjutkan dengan `kkb resume`" in told) == (130, True)
        resumed = kkb("resume", "--out", tmp_path)
        assert resumed.communicate() and resumed.returncode == 0
        assert published(tmp_path) == published(sample / "out")
