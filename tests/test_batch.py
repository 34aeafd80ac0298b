"""The batch: whole results or none, a true manifest, and nothing of anyone's lost."""

import errno
import itertools
import json
import os
import re
import shutil
import socket
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from kkb_helpers import areas, batch
from kkb_helpers.batch import changes, disk, jobs, lock, press
from kkb_helpers.batch.lock import LOCK
from kkb_helpers.cli import cargo
from kkb_helpers.errors import EnvironmentFault, UsageError

PERIOD = "2024-06"
BODY = """\
from IPython.display import display
from kkb_helpers import areas
name = areas.name_of(area)
display({"text/html": f"<h1>{name}</h1><p>{area}</p>"}, raw=True)"""
FILES = """\
import base64
file = {"name": "charts/a.svg", "base64": base64.b64encode(b"<svg/>").decode()}
display({"application/vnd.kkb.file+json": file}, raw=True)"""
LAST = """\
about = {"kode": area, "periode": period, "sha256_input": "abc", "title": name, "synthetic": False}
about["summary"] = {"warnings": 0, "to_go": 3}
display({"application/vnd.kkb.sentinel+json": about, "text/plain": ""}, raw=True)"""
KERNEL = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
FIELDS = {
    "run_id seq area_code area_name period notebook status reason inputs notebook_sha256 package lock_sha256",
    "params_sha256 started_at finished_at seconds attempt outputs",
}


@pytest.fixture(scope="module")
def source():
    """One warm template for all runs of this file."""
    made = batch.start_source()
    yield made
    made.close()


def write(folder: Path, *cells: str, name="report.ipynb", tags=("parameters",), metadata=KERNEL) -> Path:
    first = nbformat.v4.new_code_cell('area = "36.01"\nperiod = "2024-06"', metadata={"tags": list(tags)}, id="p")
    rest = [nbformat.v4.new_code_cell(c, id=f"c{i}") for i, c in enumerate(cells)]
    path = folder / name
    nbformat.write(nbformat.v4.new_notebook(metadata=metadata, cells=[first, *rest]), path)
    return path


def job(notebook: Path, code="36.01", **changes) -> batch.Job:
    place = areas.get(code)
    params = {"area": code, "period": PERIOD}
    inputs = ({"name": "a.csv", "sha256": "0" * 64, "bytes": 1},)
    return replace(batch.Job(code, place.name, place.folder, notebook, params, "abc", inputs), **changes)


@pytest.fixture
def good(tmp_path):
    """A notebook that is a report."""
    return write(tmp_path, BODY, FILES, LAST)


@pytest.fixture
def run(tmp_path, source):
    """Run jobs into `tmp_path/out`."""

    def go(*wanted, **options):
        return batch.run(wanted, tmp_path / "out", PERIOD, source=source, workers=2, **options)

    return go


def everything(folder: Path) -> dict[str, bytes]:
    """All files below a folder but the run's own record."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in ("manifest.jsonl",)
    }


def lines(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / PERIOD / "manifest.jsonl").read_text().splitlines()]


class TestGoodRun:
    def test_lands_every_report(self, tmp_path, good, run):
        result = run(job(good), job(good, "36.02"), job(good, "36.73"))
        assert result.exit_code == 0
        assert [r["status"] for r in result.records] == ["ok", "ok", "ok"]
        folder = tmp_path / "out" / PERIOD / "36.73-kota-serang"
        assert sorted(everything(folder)) == ["charts/a.svg", "report.html", "report.ipynb"]
        assert "Kota Serang" in (folder / "report.html").read_text()
        assert (folder / "charts/a.svg").read_bytes() == b"<svg/>"

    def test_leaves_nothing_else(self, tmp_path, good, run):
        run(job(good))
        assert sorted(p.name for p in (tmp_path / "out" / PERIOD).iterdir()) == ["36.01-pandeglang", "manifest.jsonl"]
        assert [p.name for p in (tmp_path / "out").iterdir()] == [PERIOD]

    def test_the_manifest_says_all_that_the_contract_names(self, tmp_path, good, run):
        run(job(good))
        planned, ended = lines(tmp_path / "out")
        assert set(" ".join(FIELDS).split()) <= set(ended)
        assert (planned["status"], ended["status"], ended["seq"], ended["attempt"]) == ("running", "ok", 2, 1)
        assert ended["seconds"] > 0
        assert ended["peak_bytes"] > 10**7
        assert [o["name"] for o in ended["outputs"]][1] == "36.01-pandeglang/report.html"
        for output in ended["outputs"]:
            data = (tmp_path / "out" / PERIOD / output["name"]).read_bytes()
            assert (disk.sha256(data), len(data)) == (output["sha256"], output["bytes"])

    def test_two_runs_give_the_same_bytes(self, tmp_path, good, run):
        run(job(good))
        first = everything(tmp_path / "out")
        run(job(good), force=True)
        assert everything(tmp_path / "out") == first

    def test_a_page_lands_as_one_file(self, tmp_path, good, run):
        run(job(good, target="province.html"))
        assert "36.01" in (tmp_path / "out" / PERIOD / "province.html").read_text()
        assert sorted(everything(tmp_path / "out" / PERIOD)) == ["province.html"]

    def test_tells_what_happens(self, good, run):
        events = []
        run(job(good), job(good, "36.02"), on_event=events.append)
        assert [e["kind"] for e in events if e["record"]["area_code"] == "36.01"] == ["started", "finished"]
        assert [(e["done"], e["total"]) for e in events if e["kind"] == "finished"] == [(1, 2), (2, 2)]

    def test_what_few_jobs_have_in_common_is_not_read_before_them(self, good, source, run, monkeypatch):
        asked = []
        real = source.open
        monkeypatch.setattr(source, "open", lambda log, common=None: asked.append(common) or real(log))
        banten, sulbar = {"area": "36"}, {"area": "76"}
        jobs = [job(good, code, common=banten) for code in ("36.01", "36.02", "36.03")]
        jobs += [job(good, code, common=sulbar) for code in ("76.01", "76.02")]
        assert run(*jobs, job(good, "31.71")).exit_code == 0
        assert sorted(map(str, asked)) == sorted(map(str, [banten] * 3 + [None] * 3))
        asked.clear()
        run(*jobs[:2], job(good, "36.04", common=banten))
        assert asked == [None], "only what is run counts"

    def test_jobs_with_something_in_common_come_one_after_another(self, tmp_path, good, source, monkeypatch):
        asked = []
        real = source.open
        monkeypatch.setattr(source, "open", lambda log, common=None: asked.append(common) or real(log))
        places = zip(("36.01", "76.01", "36.02", "76.02", "36.03", "76.03"), ("36", "76") * 3, strict=True)
        jobs = [job(good, code, common={"area": province}) for code, province in places]
        page = job(good, "36", target="province.html")
        for _ in range(2):  # and in a later run, when it is known how long each takes
            asked.clear()
            batch.run([*jobs, page], tmp_path / "out", PERIOD, source=source, workers=1, force=True)
            assert asked[0] is None, "what may take long begins"
            assert sum(one != other for one, other in itertools.pairwise(asked)) == 2

    def test_warnings_are_told(self, tmp_path, run):
        notebook = write(tmp_path, BODY, LAST.replace('"warnings": 0', '"warnings": 4'))
        assert run(job(notebook)).records[0]["status"] == "ok_with_warnings"
        assert run(job(notebook)).exit_code == 0

    @pytest.mark.parametrize("value", ['O\'Brien "x"\nimport os\\', "72.10", "0101", "011", "no", "é✓\u202e", "{area}"])
    def test_a_value_arrives_as_it_was_given(self, tmp_path, run, value):
        notebook = write(tmp_path, BODY, f"assert remark == {value!r} and type(remark) is str", LAST)
        made = nbformat.read(notebook, 4)
        made.cells[0].source += '\nremark = ""'
        nbformat.write(made, notebook)
        wanted = job(notebook)
        result = run(replace(wanted, params=wanted.params | {"remark": value}))
        assert result.records[0]["reason"] == ""


FAULTS = {
    "error": ((BODY, "1 / 0", LAST), "failed", "ZeroDivisionError di sel 4: division by zero", "code"),
    "killed": ((BODY, "import os\nos.kill(os.getpid(), 9)", LAST), "died", "SIGKILL", "environment"),
    "exit": ((BODY, "import sys\nsys.exit(0)", LAST), "failed", "sys.exit", "code"),
    "no sentinel": ((BODY,), "failed", "sel penanda akhir tidak ada", "code"),
    "early sentinel": ((BODY, LAST, "1"), "failed", "sel penanda akhir tidak ada", "code"),
    "other area": ((BODY, LAST.replace('"kode": area', '"kode": "36.02"')), "failed", "kode '36.02', diminta", "code"),
    "other period": ((BODY, LAST.replace("period,", "'2024-05',")), "failed", "periode '2024-05', diminta", "code"),
    "other input": ((BODY, LAST.replace('"abc"', '"abd"')), "failed", "sha256_input 'abd', diminta 'abc'", "code"),
    "unsafe page": (
        (BODY, 'display({"text/html": "<script></script>"}, raw=True)', LAST),
        "failed",
        "<script>",
        "code",
    ),
    "nameless page": (
        (BODY.replace("<h1>{name}", "<h1>x"), LAST),
        "failed",
        "'Kabupaten Pandeglang' tidak ada",
        "code",
    ),
    "bad file name": ((BODY, FILES.replace("charts/a.svg", "../a"), LAST), "failed", "tidak diperbolehkan", "code"),
    "refused": (
        (BODY, "from kkb_helpers.errors import QualityError\nraise QualityError('Kode ganda.')", LAST),
        "refused",
        "Kode ganda.",
        "data",
    ),
}


@pytest.mark.parametrize(("cells", "status", "reason", "cause"), FAULTS.values(), ids=FAULTS)
def test_a_district_that_is_not_ok_is_told_and_costs_no_other(tmp_path, run, good, cells, status, reason, cause):
    bad = write(tmp_path, *cells, name="bad.ipynb")
    result = run(job(bad), job(good, "36.02"))
    assert result.exit_code == 1
    record, other = result.records
    assert (record["status"], record["cause"], other["status"]) == (status, cause, "ok")
    assert reason in record["reason"]
    folder = tmp_path / "out" / PERIOD
    assert not (folder / "36.01-pandeglang").exists()
    assert "LAPORAN TIDAK SELESAI" in (folder / ".private/36.01/report.html").read_text()


def test_a_notebook_past_its_time_is_told(tmp_path, run):
    bad = write(tmp_path, BODY, "import time\ntime.sleep(60)", LAST)
    record = run(job(bad), timeout=4).records[0]
    assert (record["status"], record["seconds"] < 30) == ("timed_out", True)
    assert "di sel 4" in record["reason"]


def test_the_last_good_report_stays_when_the_next_fails(tmp_path, run, good):
    run(job(good))
    before = everything(tmp_path / "out" / PERIOD / "36.01-pandeglang")
    write(tmp_path, BODY, "1 / 0", LAST)
    assert run(job(good)).records[0]["status"] == "failed"
    assert everything(tmp_path / "out" / PERIOD / "36.01-pandeglang") == before


class TestUnchanged:
    def test_is_skipped(self, tmp_path, good, run):
        run(job(good))
        os.utime(good, (1, 1))
        record = run(job(good)).records[0]
        assert (record["status"], record["summary"]) == ("unchanged", {"warnings": 0, "to_go": 3})
        assert run(job(good)).records[0]["status"] == "unchanged"

    def test_starts_no_process(self, tmp_path, good, run):
        run(job(good))

        class Untouched:
            def start(self):
                raise AssertionError("a template was started")

        result = batch.run([job(good)], tmp_path / "out", PERIOD, source=Untouched())
        assert result.records[0]["status"] == "unchanged"
        with pytest.raises(AssertionError, match="a template was started"):
            batch.run([job(good)], tmp_path / "out", PERIOD, source=Untouched(), force=True)

    def test_says_what_has_changed(self, tmp_path, good, run, monkeypatch):
        folder = tmp_path / "out" / PERIOD
        run(job(good))

        def why(wanted):
            record = batch.last_run(folder)[0]
            return batch.reasons(wanted, record, folder, batch.notebook_sha256(good))

        assert why(job(good)) == []
        params = {"area": "36.01", "period": PERIOD, "profile": "public"}
        assert why(job(good, params=params)) == ["parameter berubah (profile: None -> public)"]
        inputs = ({"name": "a.csv", "sha256": "1" * 64, "bytes": 1}, {"name": "b.csv", "sha256": "2", "bytes": 1})
        assert why(job(good, input_sha256="abd", inputs=inputs)) == [
            "data wilayah ini berubah (berkas baru: b.csv; isinya lain: a.csv)"
        ]
        monkeypatch.setattr("kkb_helpers.batch.changes.package_version", lambda: "0.2.0")
        monkeypatch.setattr("kkb_helpers.batch.changes.lock_sha256", lambda: "x")
        write(tmp_path, BODY, FILES, LAST + "\n")
        (folder / "36.01-pandeglang/report.html").write_text("diedit")
        assert [reason.partition(" (")[0] for reason in why(job(good))] == [
            "buku kerja report.ipynb berubah",
            "paket kkb berubah",
            "daftar pustaka",
            "hasil diubah atau hilang",
        ]
        assert batch.reasons(job(good), None, folder, "") == ["belum pernah dijalankan"]

    def test_one_byte_of_anything_it_depends_on_makes_it_run(self, tmp_path, good, run, monkeypatch):
        run(job(good))
        write(tmp_path, BODY, FILES, LAST + "\n")
        assert run(job(good)).records[0]["status"] == "ok"
        monkeypatch.setattr(changes, "package_version", lambda: "0.2.0")
        assert run(job(good)).records[0]["status"] == "ok"
        monkeypatch.setattr(changes, "lock_sha256", lambda: "other")
        assert run(job(good)).records[0]["status"] == "ok"
        assert run(job(good)).records[0]["status"] == "unchanged"

    def test_other_data_makes_it_run(self, tmp_path, good, run):
        run(job(good))
        write(tmp_path, BODY, FILES, LAST.replace('"abc"', '"abd"'), name="other.ipynb")
        shutil.copy(tmp_path / "other.ipynb", good)
        assert run(job(good, input_sha256="abd")).records[0]["status"] == "ok"

    def test_force_runs_it(self, good, run):
        run(job(good))
        assert run(job(good), force=True).records[0]["status"] == "ok"

    def test_a_lost_output_makes_it_run(self, tmp_path, good, run):
        run(job(good))
        (tmp_path / "out" / PERIOD / "36.01-pandeglang/charts/a.svg").unlink()
        assert run(job(good)).records[0]["status"] == "ok"

    def test_a_report_edited_by_hand_is_made_again_and_the_edit_kept(self, tmp_path, good, run):
        run(job(good))
        page = tmp_path / "out" / PERIOD / "36.01-pandeglang/report.html"
        original = page.read_bytes()
        page.write_bytes(b"diedit")
        (page.parent / "catatan.txt").write_text("milik pemakai")
        assert run(job(good)).records[0]["status"] == "ok"
        assert page.read_bytes() == original
        assert [p.read_bytes() for p in page.parent.glob("report.html.diubah-*")] == [b"diedit"]
        assert (page.parent / "catatan.txt").read_text() == "milik pemakai"
        assert run(job(good)).records[0]["status"] == "unchanged"


class TestResume:
    def test_runs_what_is_not_good_with_the_recorded_parameters(self, tmp_path, run, good):
        flag = tmp_path / "flag"
        sometimes = write(tmp_path, BODY, f"import os\nassert os.path.exists({str(flag)!r})", LAST, name="s.ipynb")
        run(job(sometimes), job(good, "36.02"))
        left = batch.unfinished(tmp_path / "out" / PERIOD, tmp_path)
        assert [(j.area_code, j.params) for j in left] == [("36.01", {"area": "36.01", "period": PERIOD})]
        flag.touch()
        result = run(*left)
        assert [(r["status"], r["attempt"]) for r in result.records] == [("ok", 2)]
        assert batch.unfinished(tmp_path / "out" / PERIOD, tmp_path) == []
        assert not (tmp_path / "out" / PERIOD / ".private" / "36.01").exists()

    def test_says_so_where_nothing_has_begun(self, tmp_path):
        with pytest.raises(UsageError, match=r"belum ada proses yang dapat dilanjutkan\. Jalankan `kkb run`"):
            batch.unfinished(tmp_path, tmp_path)

    def test_an_interrupted_run_can_go_on(self, tmp_path, run, good):
        def stop(event):
            if event["kind"] == "started":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(job(good), job(good, "36.02"), on_event=stop)
        assert {r["status"] for r in batch.last_run(tmp_path / "out" / PERIOD)} == {"interrupted"}
        left = batch.unfinished(tmp_path / "out" / PERIOD, tmp_path)
        assert [j.area_code for j in left] == ["36.01", "36.02"]
        assert not (tmp_path / "out" / LOCK).exists()

    def test_data_replaced_in_mid_run_stop_it(self, tmp_path, run, good):
        state = ["before"]

        def replace_after_the_first(event):
            if event["kind"] == "finished":
                state[0] = "after"

        with pytest.raises(EnvironmentFault, match="data berubah selama proses"):
            batch.run(
                [job(good), job(good, "36.02"), job(good, "36.03")],
                tmp_path / "out",
                PERIOD,
                workers=1,
                inputs=lambda: state[0],
                on_event=replace_after_the_first,
            )
        assert [r["status"] for r in batch.last_run(tmp_path / "out" / PERIOD)] == ["ok", "interrupted", "interrupted"]
        assert [p.name for p in (tmp_path / "out" / PERIOD).glob("36.*")] == ["36.01-pandeglang"]
        left = batch.unfinished(tmp_path / "out" / PERIOD, tmp_path)
        assert run(*left).exit_code == 0

    def test_half_a_line_of_a_power_cut_is_dropped(self, tmp_path, run, good):
        run(job(good))
        manifest = tmp_path / "out" / PERIOD / "manifest.jsonl"
        with manifest.open("a") as file:
            file.write('{"run_id": "x", "seq": 9')
        assert run(job(good)).records[0]["status"] == "unchanged"
        assert [r["status"] for r in lines(tmp_path / "out")] == ["running", "ok", "unchanged"]

    def test_a_folder_left_between_two_renames_is_put_back(self, tmp_path, run, good):
        run(job(good))
        folder = tmp_path / "out" / PERIOD
        before = everything(folder)
        (folder / ".kkb/old").mkdir(parents=True)
        (folder / ".kkb/draft/36.01-pandeglang").mkdir(parents=True)
        (folder / "36.01-pandeglang").rename(folder / ".kkb/old/36.01-pandeglang")
        assert run(job(good)).records[0]["status"] == "unchanged"
        assert everything(folder) == before

    def test_the_order_holds_when_the_clock_goes_back(self, tmp_path, run, good, monkeypatch):
        run(job(good))
        monkeypatch.setattr(press, "now", lambda: "2000-01-01T00:00:00.000+00:00")
        record = run(job(good), force=True).records[0]
        assert (record["seq"], record["seconds"] >= 0) == (4, True)
        assert batch.last_run(tmp_path / "out" / PERIOD)[0]["seq"] == 4


class TestLock:
    def holder(self, out: Path, **changes):
        out.mkdir(exist_ok=True)
        facts = {"pid": os.getppid(), "host": socket.gethostname(), "started_at": "2999-01-01T00:00:00+00:00"}
        facts["process"] = lock._identity(os.getppid())
        (out / LOCK).write_text(json.dumps(facts | changes))

    def test_a_second_run_is_refused_and_told_who_is_first(self, tmp_path, run, good):
        self.holder(tmp_path / "out")
        with pytest.raises(EnvironmentFault, match=rf"sedang dipakai proses {os.getppid()} di .+, mulai 2999-01-01"):
            run(job(good))
        assert (tmp_path / "out" / LOCK).exists()

    def test_the_lock_of_a_dead_run_is_taken_over_and_noted(self, tmp_path, run, good):
        self.holder(tmp_path / "out", pid=2**22 + 1)
        run(job(good))
        assert "kunci lama diambil alih (proses 4194305" in lines(tmp_path / "out")[0]["reason"]
        assert not (tmp_path / "out" / LOCK).exists()

    def test_a_number_given_to_another_process_is_no_holder(self, tmp_path, run, good):
        self.holder(tmp_path / "out", process="awal yang lain")
        assert run(job(good)).exit_code == 0

    def test_a_clock_set_back_does_not_make_the_holder_dead(self, tmp_path, run, good):
        self.holder(tmp_path / "out", started_at="1999-01-01T00:00:00+00:00")
        with pytest.raises(EnvironmentFault, match="sedang dipakai"):
            run(job(good))

    def test_the_lock_of_another_machine_stays_unless_it_is_broken(self, tmp_path, run, good):
        self.holder(tmp_path / "out", host="mesin-lain", pid=2**22 + 1)
        with pytest.raises(EnvironmentFault, match=r"di mesin-lain.+--break-lock"):
            run(job(good))
        assert run(job(good), break_lock=True).exit_code == 0

    def test_a_broken_lock_file_does_not_stop_a_run(self, tmp_path, run, good):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / LOCK).write_text("")
        assert run(job(good)).exit_code == 0


class TestDisk:
    def test_files_and_the_folders_that_name_them_are_on_the_disk_before_the_manifest(self, run, good, monkeypatch):
        synced, sync = [], os.fsync

        def note(descriptor):
            synced.append(Path(f"/proc/self/fd/{descriptor}").resolve())
            sync(descriptor)

        monkeypatch.setattr(os, "fsync", note)
        run(job(good))
        names = [path.name for path in synced]
        last = len(names) - 1 - names[::-1].index("manifest.jsonl")
        for name in ("report.html", "a.svg", "charts", "36.01-pandeglang"):
            assert names.index(name) < last, name
        assert PERIOD in names[names.index("charts") : last]

    @pytest.mark.parametrize("nth", range(1, 9))
    def test_full_at_any_write_leaves_the_old_report_and_a_true_manifest(self, tmp_path, run, good, monkeypatch, nth):
        run(job(good))
        before = everything(tmp_path / "out")
        write(tmp_path, BODY, FILES, LAST + "\n")
        put, count = disk._put, [0]

        def full(descriptor, data):
            count[0] += 1
            if count[0] == nth:
                os.write(descriptor, data[: len(data) // 2])
                raise OSError(errno.ENOSPC, "No space left on device")
            put(descriptor, data)

        monkeypatch.setattr(disk, "_put", full)
        try:
            result = run(job(good))
        except EnvironmentFault as error:
            assert "cakram penuh; butuh" in str(error)
        else:
            assert (count[0] < nth, result.exit_code) == (True, 0)
            return
        monkeypatch.setattr(disk, "_put", put)
        lines(tmp_path / "out")  # every line is whole
        after = everything(tmp_path / "out")
        assert after.keys() == before.keys()
        if nth < 6:
            assert after == before
        assert run(job(good)).exit_code == 0
        undisturbed = everything(tmp_path / "out")
        shutil.rmtree(tmp_path / "out")
        run(job(good))
        assert everything(tmp_path / "out") == undisturbed

    @pytest.mark.parametrize(("seconds", "status"), [(0.5, "ok"), (60, "failed")])
    def test_a_report_open_elsewhere_is_waited_for_and_then_costs_itself_alone(
        self, tmp_path, run, good, monkeypatch, seconds, status
    ):
        """Windows lends no file to two: what another program holds can be neither replaced nor moved."""
        run(job(good), job(good, "36.02"))
        before = everything(tmp_path / "out" / PERIOD / "36.01-pandeglang")
        write(tmp_path, BODY, FILES, LAST + "\n")
        held_until, move = time.monotonic() + seconds, Path.replace

        def held(path, target):
            if path.name == "36.01-pandeglang" and path.parent.name == PERIOD and time.monotonic() < held_until:
                raise PermissionError(errno.EACCES, "The process cannot access the file", str(path))
            return move(path, target)

        monkeypatch.setattr(disk, "WINDOWS", True)
        monkeypatch.setattr(Path, "replace", held)
        result = run(job(good), job(good, "36.02"))
        states = {record["area_code"]: record for record in result.records}
        assert (states["36.01"]["status"], states["36.02"]["status"]) == (status, "ok")
        assert result.exit_code == (0 if status == "ok" else 1)
        if status == "failed":
            assert "Tutup berkas itu" in states["36.01"]["reason"]
            assert states["36.01"]["seconds"] < disk.RETRY_SECONDS + 10
            assert everything(tmp_path / "out" / PERIOD / "36.01-pandeglang") == before
            monkeypatch.setattr(Path, "replace", move)
            assert run(job(good), job(good, "36.02")).exit_code == 0, "closed, it is made"

    def test_too_little_room_is_refused_before_the_start(self, tmp_path, run, good, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1000))
        with pytest.raises(EnvironmentFault, match="butuh 2000000 bita, tersedia 1000"):
            run(job(good))
        assert not (tmp_path / "out" / PERIOD / "manifest.jsonl").exists()

    def test_a_folder_that_is_a_file_is_told(self, tmp_path, run, good):
        (tmp_path / "out").write_text("")
        with pytest.raises(EnvironmentFault, match="tidak dapat ditulis"):
            run(job(good))


PREFLIGHT = {
    "no tag": ({"tags": ()}, "harus ada tepat satu sel bertanda 'parameters', ada 0"),
    "other kernel": ({"metadata": {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}}, "kernel 'ir'"),
    "hides errors": ({"tags": ("parameters", "raises-exception")}, "sel 1 bertanda raises-exception"),
    "skipped": ({"tags": ("parameters", "skip-execution")}, "sel 1 bertanda skip-execution"),
}


class TestPreflight:
    @pytest.mark.parametrize(("changes", "said"), PREFLIGHT.values(), ids=PREFLIGHT)
    def test_refuses_a_notebook_whose_result_could_lie(self, tmp_path, run, changes, said):
        with pytest.raises(UsageError, match=said):
            run(job(write(tmp_path, BODY, LAST, **changes)))
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("code", ["!ls", "%%bash\nls", "  %sx ls"])
    def test_refuses_system_commands(self, tmp_path, run, code):
        with pytest.raises(UsageError, match="sel 3 menjalankan perintah sistem"):
            run(job(write(tmp_path, BODY, code, LAST)))

    def test_refuses_saved_outputs(self, tmp_path, run, good):
        made = nbformat.read(good, 4)
        made.cells[1].outputs = [nbformat.v4.new_output("stream", text="lama")]
        nbformat.write(made, good)
        with pytest.raises(UsageError, match=r"sel 2 menyimpan keluaran lama. Bersihkan dengan nbstripout"):
            run(job(good))

    def test_refuses_a_file_that_is_no_notebook(self, tmp_path, run):
        (tmp_path / "x.ipynb").write_text("{")
        with pytest.raises(UsageError, match=r"x\.ipynb: buku kerja tidak dapat dibaca"):
            run(job(tmp_path / "x.ipynb"))

    @pytest.mark.parametrize(
        ("params", "said"),
        [
            ({"area": "36.01"}, "parameter 'period' tidak diisi"),
            ({"area": "36.01", "period": PERIOD, "peroid": "x"}, "parameter 'peroid' tidak ada di sel 'parameters'"),
            ({"area": 36.01, "period": PERIOD}, "parameter area harus teks, bukan float"),
            ({"area": Path("a"), "period": PERIOD}, "parameter area harus teks, bukan PosixPath"),
            ({"area": "a\0b", "period": PERIOD}, "parameter area memuat tanda yang tidak diperbolehkan"),
            ({"area": "a\ud800", "period": PERIOD}, "parameter area memuat tanda yang tidak diperbolehkan"),
            ({"area": "36.01", "period": PERIOD, "x=1\nimport os": "1"}, "tidak diperbolehkan"),
        ],
    )
    def test_refuses_parameters_that_are_not_the_notebooks(self, run, good, params, said):
        with pytest.raises(UsageError, match=said):
            run(job(good, params=params))

    @pytest.mark.parametrize("target", ["../x", "/x", "a/b", "C:\\x", "-x", "", "a..b"])
    def test_refuses_a_target_outside_the_results(self, run, good, target):
        with pytest.raises(UsageError, match="bukan nama folder hasil"):
            run(job(good, target=target))

    def test_names_every_fault_at_once(self, tmp_path, run, good):
        bad = write(tmp_path, BODY, name="bad.ipynb", tags=())
        with pytest.raises(UsageError) as caught:
            run(job(bad), job(good, params={"area": "36.01"}), job(good, target="36.01-pandeglang"))
        assert len(caught.value.messages) == 3

    def test_the_notebook_is_the_one_read_at_the_start(self, tmp_path, run, good):
        def spoil(event):
            if event["kind"] == "started":
                good.write_text("rusak")

        assert run(job(good), job(good, "36.02"), on_event=spoil).exit_code == 0


def test_longest_first(good, run):
    run(job(good), job(good, "36.02"))
    order = []
    started = lambda e: e["kind"] == "started" and order.append(e["record"]["area_code"])  # noqa: E731
    planner = press._Press.run

    def slow_second(self, wanted, workers, force):
        self.before[("36.02", "report.ipynb")]["seconds"] = 99
        return planner(self, wanted, 1, True)

    press._Press.run, restore = slow_second, planner
    try:
        run(job(good), job(good, "36.02"), on_event=started)
    finally:
        press._Press.run = restore
    assert order == ["36.02", "36.01"]


def test_pages_of_many_areas_start_first_where_nothing_is_known(good, tmp_path, source):
    order = []
    started = lambda e: e["kind"] == "started" and order.append(e["record"]["area_code"])  # noqa: E731
    wanted = [job(good), job(good, "36.02"), job(good, "36.03", target="province.html")]
    batch.run(wanted, tmp_path / "out", PERIOD, source=source, workers=1, on_event=started)
    assert order == ["36.03", "36.01", "36.02"]


def test_clean_removes_what_is_not_a_result(tmp_path, run, good):
    bad = write(tmp_path, BODY, "1 / 0", name="bad.ipynb")
    run(job(bad), job(good, "36.02"))
    removed = batch.clean(tmp_path / "out")
    assert [p.name for p in removed] == ["36.01"]
    assert sorted(p.name for p in (tmp_path / "out" / PERIOD).iterdir()) == [
        ".private",
        "36.02-lebak",
        "manifest.jsonl",
    ]
    assert batch.clean(tmp_path / "out", older_than=1) == []


def test_the_package_is_known_by_its_content():
    assert jobs.package_version().startswith("0.1.0+")
    assert len(jobs.lock_sha256()) == 64


@pytest.fixture(scope="module")
def two_workers():
    from distributed import LocalCluster

    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(host="127.0.0.1", **options) as cluster:
        yield cluster


@pytest.mark.slow
class TestCluster:
    """Jobs on a Dask cluster of two local processes that share nothing with the runner but the network."""

    READS = "from kkb_helpers import Params\nmessage = (Params(area, period, 'bahan').folder / 'pesan.txt').read_text()"
    SHOWS = 'display({"text/html": f"<p>{message}</p>"}, raw=True)'

    @pytest.fixture
    def away(self, two_workers):
        """The cluster as a source of children; each job carries a message that names its province."""

        def cargo_of(wanted):
            files = {f"{cargo.INSIDE}/bahan/pesan.txt": f"Pesan {wanted.area_code[:2]}".encode()}
            return batch.cluster.Cargo.of(files)

        made = batch.Cluster(two_workers.scheduler_address, (), cargo_of, cargo.ENTER)
        yield made
        made.close()

    def test_gives_the_bytes_of_a_run_at_home(self, tmp_path, good, run, away):
        wanted = [job(good), job(good, "36.02"), job(good, "36.03", target="province.html")]
        result = batch.run(wanted, tmp_path / "away", PERIOD, source=away)
        assert [r["status"] for r in result.records] == ["ok", "ok", "ok"]
        run(*wanted)
        assert everything(tmp_path / "away") == everything(tmp_path / "out")
        assert result.records[0]["peak_bytes"] > 10**7

    def test_a_job_reads_what_it_carries(self, tmp_path, away):
        notebook = write(tmp_path, BODY, self.READS, self.SHOWS, LAST)
        result = batch.run([job(notebook), job(notebook, "76.01")], tmp_path / "out", PERIOD, source=away)
        assert [r["reason"] for r in result.records] == ["", ""]
        folders = [tmp_path / "out" / PERIOD / r["target"] for r in result.records]
        assert ["Pesan 36" in (f / "report.html").read_text() for f in folders] == [True, False]
        assert "Pesan 76" in (folders[1] / "report.html").read_text()

    def test_how_a_notebook_ends_is_told_as_at_home(self, tmp_path, good, away):
        cells = (BODY, "import os\nos.write(1, b'ke log')\nos.kill(os.getpid(), 9)", LAST)
        bad = write(tmp_path, *cells, name="bad.ipynb")
        result = batch.run([job(bad), job(good, "36.02")], tmp_path / "out", PERIOD, source=away)
        assert [r["status"] for r in result.records] == ["died", "ok"]
        assert "SIGKILL" in result.records[0]["reason"]
        private = tmp_path / "out" / PERIOD / ".private" / "36.01"
        assert "ke log" in (private / "log.txt").read_text()
        assert "LAPORAN TIDAK SELESAI" in (private / "report.html").read_text()

    def test_the_jobs_of_a_lost_worker_are_run_by_another(self, tmp_path, away, two_workers):
        slow = write(tmp_path, BODY, "import time\ntime.sleep(1)", LAST)
        pids = []

        def kill_one(event):
            if event["kind"] == "finished" and not pids:
                pids.extend(away._client.run(os.getpid).values())
                os.kill(pids[0], 9)

        codes = list(areas.frame("kabupaten")["code"][:8])
        wanted = [job(slow, code) for code in codes]
        result = batch.run(wanted, tmp_path / "out", PERIOD, source=away, on_event=kill_one)
        assert [r["status"] for r in result.records] == ["ok"] * 8, [r["reason"] for r in result.records]
        assert pids

    def test_workers_of_another_version_are_refused_and_both_named(self, tmp_path, good, away, monkeypatch):
        here = batch.cluster.package_version()
        monkeypatch.setattr(batch.cluster, "package_version", lambda: "0.0.9+abc")
        with pytest.raises(EnvironmentFault, match=rf"paket {re.escape(here)}, di sini 0\.0\.9\+abc"):
            batch.run([job(good)], tmp_path / "out", PERIOD, source=away)
        assert not (tmp_path / "out" / PERIOD / "36.01-pandeglang").exists()

    def test_no_cluster_is_a_fault_of_the_environment(self, tmp_path, good, monkeypatch):
        monkeypatch.setattr(batch.cluster, "CONNECT_SECONDS", 1)
        nowhere = batch.Cluster("tcp://127.0.0.1:9", (), lambda wanted: None, cargo.ENTER)
        with pytest.raises(EnvironmentFault, match="penjadwal Dask atau pekerjanya tidak dapat dihubungi"):
            batch.run([job(good)], tmp_path / "out", PERIOD, source=nowhere)


def test_a_manifest_read_again_holds_a_list_of_inputs_once(tmp_path):
    inputs = [{"name": f"{n}.csv", "sha256": "0" * 64, "bytes": n} for n in range(3)]
    common = {"run_id": "r", "notebook": "n.ipynb", "status": "ok"}
    records = [{**common, "area_code": f"36.0{n}", "inputs": [dict(i) for i in inputs]} for n in range(3)]
    other = {**common, "area_code": "36.71", "inputs": inputs[:1]}
    batch.Manifest(tmp_path).append([*records, other])
    read = batch.Manifest(tmp_path).records
    assert [r["inputs"] for r in read] == [inputs, inputs, inputs, inputs[:1]]
    assert read[0]["inputs"] is read[1]["inputs"] is read[2]["inputs"]
