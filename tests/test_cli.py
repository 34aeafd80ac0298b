"""The command line: what is asked for, what is refused, and the exit codes that scripts rely on."""

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from kkb_helpers import batch, checks, cli, disclosure, ingest, store, wording
from kkb_helpers.cli import cargo, inputs, planning, results, screen
from kkb_helpers.errors import EnvironmentFault, PrivacyError, QualityError, UsageError
from kkb_helpers.page import context
from kkb_helpers.params import ROOT, Params, Period


@pytest.fixture
def kkb(monkeypatch, capfd):
    """Run a command; gives exit code, stdout and stderr."""

    def go(*arguments):
        monkeypatch.setattr(sys, "argv", ["kkb", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return go


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder of three kabupaten in two provinces: months 2024-05 and 2024-06, a snapshot of 2024-03-31."""
    villages = ["36.01.01.2001", "36.02.01.2001", "76.01.01.2001"]
    months = pd.DataFrame(
        [(v, m, 10, 1, "a.csv", 2) for v in villages for m in ("2024-05", "2024-06")],
        columns=["village_code", "period", "pus", "unmet_need", "source_file", "source_row"],
    )
    snapshot = pd.DataFrame(
        [(v, "2024-03-31", 1, "b.csv", 2) for v in villages[:1]],
        columns=["village_code", "as_of", "jumlah_kampung_kb", "source_file", "source_row"],
    )
    store.write(tmp_path / "tables", "siga_pus", months)
    store.write(tmp_path / "tables", "siga_kkb", snapshot)
    monkeypatch.setattr("kkb_helpers.ingest.refresh", lambda folder: ingest.Report())
    return str(tmp_path)


class TestAsked:
    def test_default_is_every_district_at_the_newest_month(self, data):
        asked = planning.Asked(data)
        assert asked.districts == ["36.01", "36.02", "76.01"]
        assert asked.when.text == "2024-06"

    def test_an_unknown_profile_is_said_before_anything_is_computed(self, data, monkeypatch):
        monkeypatch.setattr(context, "prepare", lambda *_: pytest.fail("computed for nothing"))
        with pytest.raises(UsageError, match="Parameter profile: 'publik'"):
            planning.Asked(data, profile="publik").plan()

    def test_a_province_means_its_districts_in_the_data(self, data):
        assert planning.Asked(data, names=("36",)).districts == ["36.01", "36.02"]
        assert planning.Asked(data, names=("Banten", "76.01", "pandeglang")).districts == ["36.01", "36.02", "76.01"]

    @pytest.mark.parametrize("period", ["2024-05", "2024-Q2", "2024-03", "2024-Q1"])
    def test_a_period_with_a_month_or_a_snapshot_is_there(self, data, period):
        assert planning.Asked(data, period).when.text == period

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (("Serang",), r"'Serang' bermakna ganda: 36\.04 \(Kabupaten Serang\) atau 36\.73 \(Kota Serang\)"),
            (("Pandeglong",), r"'Pandeglong' tidak dikenal\. Mungkin maksudnya: 36\.01"),
            (("36.03",), r"Wilayah 36\.03 \(Kabupaten Tangerang\) tidak ada dalam data\. Yang ada: 36\.01"),
            (("36.99",), "tidak dikenal"),
        ],
    )
    def test_an_area_that_is_unknown_ambiguous_or_absent_is_refused(self, data, names, said):
        with pytest.raises(UsageError, match=said):
            planning.Asked(data, names=names).districts  # noqa: B018

    def test_every_wrong_area_is_named_at_once(self, data):
        with pytest.raises(UsageError) as caught:
            planning.Asked(data, names=("Serang", "x", "36.03")).districts  # noqa: B018
        assert len(caught.value.messages) == 3

    def test_a_period_that_the_data_lack_is_refused(self, data):
        with pytest.raises(UsageError, match="Periode 2023-01: tidak ada datanya; yang ada 2024-05 sampai 2024-06"):
            planning.Asked(data, "2023-01").when  # noqa: B018

    def test_a_folder_without_exports_is_refused(self, tmp_path):
        with pytest.raises(UsageError, match="tidak ada ekspor di"):
            planning.existing(str(tmp_path))

    @pytest.mark.parametrize("data", ["http://contoh.id/x", "s3://a/b", "file:///a", "\\\\server\\x"])
    def test_a_folder_elsewhere_is_refused(self, data):
        with pytest.raises(UsageError, match="bukan folder di komputer ini"):
            planning.root_of(data)

    def test_notebooks_are_given_a_folder_relative_to_the_project(self, tmp_path):
        text = planning.parameter_of(str(tmp_path))
        assert not text.startswith("/")
        assert (ROOT / text).resolve() == tmp_path
        assert planning.parameter_of("data") == "data"


class TestWatch:
    @pytest.fixture
    def folder(self, data):
        folder = Path(data)
        (folder / "raw").mkdir()
        (folder / "raw" / "a.csv").write_text("isi")
        known = [("a.csv", hashlib.sha256(b"isi").hexdigest(), "siga_pus", "2024", "", "1", "")]
        store.write_csv(folder / "raw" / "register.csv", pd.DataFrame(known, columns=store.REGISTER_COLUMNS))
        return folder

    def test_a_touched_file_is_no_change(self, folder):
        watch = inputs.Watch(folder)
        before = watch()
        for path in (folder / "raw" / "a.csv", folder / "tables" / "siga_pus.parquet"):
            os.utime(path, (1, 1))
        assert watch() == before

    @pytest.mark.parametrize("name", ["raw/a.csv", "tables/siga_pus.parquet", "raw/new.csv", "tables/findings.csv"])
    def test_other_content_is(self, folder, name):
        watch = inputs.Watch(folder)
        before = watch()
        stamp = (folder / "raw" / "a.csv").stat()
        (folder / name).write_text("ISI")
        os.utime(folder / name, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
        assert watch() != before

    def test_a_lost_file_is(self, folder):
        watch = inputs.Watch(folder)
        before = watch()
        (folder / "tables" / "siga_kkb.parquet").unlink()
        assert watch() != before


class TestCargo:
    @pytest.fixture
    def hold(self, data):
        folder = Path(data)
        cache = context.cache_of(folder / "tables", Period("2024-06"))
        figures = pd.DataFrame({"area_code": ["36.01", "76.01"], "as_of": "", "value": [1.0, 2.0]})
        for name in ("rows", "slices"):
            store.write(cache, name, figures)
        return cargo.Hold(folder, cache, "2024-06", frozenset({"semua.ipynb"})), planning.parameter_of(data)

    def job(self, data, notebook="district_report.ipynb"):
        params = {"area": "36.01", "period": "2024-06", "data": data}
        return batch.Job("36.01", "", "x", Path(notebook), params)

    def unpacked(self, made, tmp_path, monkeypatch, data):
        for name, content in made.files.items():
            (tmp_path / "kargo" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "kargo" / name).write_bytes(content)
        monkeypatch.setattr("kkb_helpers.params.ROOT", None)
        cargo.enter(tmp_path / "kargo")
        return Params("36.01", "2024-06", data)

    def test_a_notebook_finds_its_province_and_what_was_computed_under_the_same_words(
        self, hold, tmp_path, monkeypatch
    ):
        hold, data = hold
        p = self.unpacked(hold(self.job(data)), tmp_path, monkeypatch, data)
        assert (tmp_path / "kargo") in p.folder.resolve().parents
        assert set(store.Tables.open(p.tables).read("siga_pus")["village_code"].str[:2]) == {"36"}
        cache = context.prepare(p.folder, "2024-06")
        assert list(store.Tables.open(cache).read("rows")["area_code"]) == ["36.01"]
        assert list(store.Tables.open(cache).read("slices")["area_code"]) == ["36.01", "76.01"]

    def test_a_notebook_that_reads_the_whole_folder_gets_it(self, hold, tmp_path, monkeypatch):
        hold, data = hold
        p = self.unpacked(hold(self.job(data, "semua.ipynb")), tmp_path, monkeypatch, data)
        assert set(store.Tables.open(p.tables).read("siga_pus")["village_code"].str[:2]) == {"36", "76"}

    def test_a_province_is_packed_once(self, hold):
        hold, data = hold
        assert hold(self.job(data)) is hold(self.job(data))


class TestTables:
    """All figures and findings of a run: written where they do not stand already."""

    @pytest.fixture
    def plan(self, tmp_path):
        tables, cache = tmp_path / "tables", tmp_path / "tables" / ".computed" / "2024-06-internal-k"
        store.write_csv(tables / "findings.csv", pd.DataFrame(columns=store.FINDING_COLUMNS))
        store.write_text(cache / context.TEXT, "area_code,numerator\n36,1\n")
        return planning.Plan([], "2024-06", tmp_path, cache)

    def write(self, plan, folder):
        results._write_tables(plan, folder)
        return {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}

    def test_what_stands_there_is_left(self, plan, tmp_path):
        first = self.write(plan, tmp_path / "out")
        assert set(first) == {"indicators.csv", "findings.csv"}
        assert self.write(plan, tmp_path / "out") == first
        assert set(self.write(plan, tmp_path / "other")) == set(first), "another folder has its own"

    @pytest.mark.parametrize("change", [lambda p: p.write_text("x"), lambda p: p.unlink()])
    def test_what_was_changed_or_lost_is_written_again(self, plan, tmp_path, change):
        self.write(plan, tmp_path / "out")
        before = (tmp_path / "out" / "indicators.csv").read_bytes()
        change(tmp_path / "out" / "indicators.csv")
        self.write(plan, tmp_path / "out")
        assert (tmp_path / "out" / "indicators.csv").read_bytes() == before

    def test_figures_whose_text_is_gone_are_written_from_where_they_lie(self, plan, tmp_path):
        marks = dict.fromkeys(disclosure.MARKS, "")
        store.write(plan.cache, "rows", pd.DataFrame([{"area_code": "36", "numerator": 7, "denominator": 2, **marks}]))
        (plan.cache / context.TEXT).unlink()
        self.write(plan, tmp_path / "out")
        assert "36,7,2" in (tmp_path / "out" / "indicators.csv").read_text()

    def test_other_figures_are_written(self, plan, tmp_path):
        self.write(plan, tmp_path / "out")
        other = replace(plan, cache=plan.cache.with_name("2024-06-internal-l"))
        store.write_text(other.cache / context.TEXT, "area_code,numerator\n36,2\n")
        self.write(other, tmp_path / "out")
        assert "36,2" in (tmp_path / "out" / "indicators.csv").read_text()


def test_a_report_names_the_originals_with_rows_of_its_province(tmp_path):
    head = "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN"
    banten = "BANTEN;PANDEGLANG;SUMUR;SUMBERJAYA;5;1;JANUARI"
    barat = "SULAWESI BARAT;MAJENE;BANGGAE;TOTOLI;5;1;FEBRUARI"
    for name, rows in {"a.csv": [banten], "b.csv": [barat], "c.csv": [banten, barat]}.items():
        (tmp_path / name).write_text("\n".join([head, *rows]) + "\n")
    ingest.import_paths(sorted(tmp_path.glob("*.csv")), tmp_path / "d", year=2024)
    originals = inputs.Originals(tmp_path / "d")
    named = {area: [i["name"] for i in originals.of(area)] for area in ("36.01", "36", "76.05", "31.71", "ID")}
    assert named["36.01"] == named["36"] == ["a.csv", "c.csv"]
    assert named["76.05"] == ["b.csv", "c.csv"]
    assert named["31.71"] == []
    assert named["ID"] == ["a.csv", "b.csv", "c.csv"]
    (tmp_path / "d" / "tables" / "built.json").unlink()
    assert len(inputs.Originals(tmp_path / "d").of("36.01")) == 3, "not known: named rather than kept quiet about"


def test_originals_in_no_table_are_told_on_the_error_stream_the_first_twenty_by_name(capsys):
    screen.left_out(())
    assert capsys.readouterr().err == ""
    screen.left_out(tuple(f"`{n}.csv`: rusak" for n in range(25)))
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "Tidak ikut dihitung: `0.csv`: rusak"
    assert told[20] == "Tidak ikut dihitung: 5 hal lain; `kkb check` menyebutkannya."
    assert len(told) == 21


def test_check_tells_all_originals_in_no_table(kkb, data, monkeypatch):
    lines = [f"`{n}.csv`: rusak" for n in range(25)]
    monkeypatch.setattr("kkb_helpers.ingest.refresh", lambda folder: ingest.Report(left_out=lines))
    (Path(data) / "raw").mkdir()
    (Path(data) / "raw" / "a.csv").write_text("PUS\n1\n")
    code, _, told = kkb("check", "--data", data)
    assert (code, told.count("Tidak ikut dihitung: ")) == (0, 25)


class TestExitCodes:
    @pytest.mark.parametrize("wrong", [("frob",), ("run", "--frob"), ("run", "--jobs", "0"), ("import",)])
    def test_a_misspelt_command_is_2(self, kkb, wrong):
        code, _, told = kkb(*wrong)
        assert (code, "Perintah salah tulis" in told) == (2, True)

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("run --profil x", "opsi --profil tidak ada. Mungkin maksudnya --profile atau --period."),
            ("rum", "perintah rum tidak ada. Mungkin maksudnya run atau resume."),
            ("run --jobs", "opsi --jobs perlu nilai."),
            ("run --jobs x", "--jobs: harus bilangan bulat."),
            ("run --jobs 0", "--jobs: paling sedikit 1."),
            ("run --timeout lama", "--timeout: harus bilangan."),
            ("status x y", "x y tidak dimengerti di sini."),
            ("run 36.01 36.02", "36.01 36.02 tidak dimengerti di sini. Bila itu wilayah, tulis --area 36.01."),
            ("import", "BERKAS... belum disebut."),
        ],
    )
    def test_what_is_misspelt_is_said_in_indonesian(self, kkb, line, said):
        assert kkb(*line.split())[2].splitlines() == [f"Perintah salah tulis: {said}", "Lihat `kkb --help`."]

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (UsageError("a"), 2),
            (QualityError("a"), 3),
            (PrivacyError("a"), 4),
            (EnvironmentFault(["a", "b"]), 5),
            (PermissionError(13, "Permission denied", "x"), 5),
            (KeyboardInterrupt(), 130),
            (KeyError("x"), 1),
        ],
    )
    def test_an_error_is_a_message_and_a_code(self, kkb, monkeypatch, error, code):
        def fail(*_):
            raise error

        monkeypatch.setattr(planning, "period_folder", fail)
        got, _, told = kkb("status")
        assert got == code
        assert "Traceback" not in told
        assert told.strip()
        if code == 5 and isinstance(error, EnvironmentFault):
            assert told == "a\nb\n"

    def test_status_of_nothing_is_2(self, kkb, tmp_path):
        code, _, told = kkb("status", "--out", tmp_path)
        assert (code, f"{tmp_path}: belum ada proses. Jalankan `kkb run`." in told) == (2, True)

    def test_resume_of_nothing_is_2(self, kkb, tmp_path):
        code, _, told = kkb("resume", "--out", tmp_path, "--period", "2024-06")
        assert (code, "belum ada proses untuk periode ini" in told) == (2, True)

    def test_a_wrong_period_is_2(self, kkb, data):
        code, _, told = kkb("run", "--data", data, "--period", "2024-13")
        assert (code, "Periode '2024-13' tidak dikenal" in told) == (2, True)


def test_help_is_quick_and_names_every_command():
    began, used = time.perf_counter(), _of_children()
    done = subprocess.run([sys.executable, "-m", "kkb_helpers", "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    for command in ("run", "import", "check", "resume", "status", "lab", "template", "sample", "clean"):
        assert f"\n  {command} " in done.stdout
    assert _of_children() - used < 3
    assert time.perf_counter() - began < 15, "it waits for something"


def _of_children() -> float:
    """The seconds of the processor that processes started here have taken, however busy the machine is."""
    times = os.times()
    return times.children_user + times.children_system


def test_help_imports_nothing_heavy():
    heavy = {"pandas", "papermill", "matplotlib", "nbconvert"}
    code = f"import sys\nfrom kkb_helpers import cli\nprint({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


def test_the_press_compiles_no_grammar_to_read_a_notebook():
    code = (
        "import sys\nfrom kkb_helpers import batch, render\nimport nbformat\n"
        "print('rfc3987_syntax' in sys.modules)\nimport rfc3987_syntax"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


@pytest.mark.parametrize(
    ("before", "options", "early"), [((), (), True), (("2024-05",), (), False), (("2024-05",), ("--force",), True)]
)
def test_template_and_runner_are_warmed_early_only_where_something_will_run(
    kkb, data, tmp_path, monkeypatch, before, options, early
):
    order = []

    class Source:
        def start(self):
            order.append("template")

        def close(self):
            pass

    def plan(self, meanwhile):
        meanwhile()
        order.append("plan")
        raise UsageError("cukup")

    monkeypatch.setattr("kkb_helpers.engine.make_source", lambda *_: Source())
    monkeypatch.setattr("kkb_helpers.batch.warm", lambda: order.append("runner"))
    monkeypatch.setattr(planning.Asked, "plan", plan)
    for period in before:
        (tmp_path / "out" / period).mkdir(parents=True)
        (tmp_path / "out" / period / "manifest.jsonl").touch()
    assert kkb("run", "--data", data, "--out", tmp_path / "out", *options)[0] == 2
    assert order == (["template", "runner", "plan"] if early else ["plan"])


def test_messages_survive_a_console_of_another_code_page(tmp_path):
    environment = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "PATH": ""}
    command = [sys.executable, "-m", "kkb_helpers", "status", "--out", str(tmp_path / "é→✓")]
    done = subprocess.run(command, capture_output=True, env=environment, cwd=ROOT)
    assert done.returncode == 2
    assert b"belum ada proses" in done.stderr
    assert b"Traceback" not in done.stderr


def test_progress_off_a_terminal_is_a_line_a_report(capsys):
    record = {"area_code": "36.01", "area_name": "Kabupaten Pandeglang", "status": "ok", "seconds": 0.54, "reason": ""}
    with screen.progress(2) as on_event:
        on_event({"kind": "started", "record": record, "done": 0, "total": 2})
        on_event({"kind": "finished", "record": record, "done": 2, "total": 2})
    assert capsys.readouterr().err == "2/2 36.01 Kabupaten Pandeglang: selesai (0,5 detik)\n"


def test_the_lab_is_for_this_machine_alone():
    assert "--ServerApp.ip=127.0.0.1" in planning.LAB_OPTIONS
    assert not any("token" in option or "password" in option for option in planning.LAB_OPTIONS)
    settings = planning.LAB_OPTIONS[1].partition("=")[2]
    overrides = json.loads((Path(settings) / "overrides.json").read_text())
    assert overrides["@jupyterlab/apputils-extension:sanitizer"]["allowCommandLinker"] is False


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_the_lab_is_told_to_start_for_root_and_for_nobody_else(kkb, monkeypatch, user, allowed):
    called = []
    monkeypatch.setattr("os.geteuid", lambda: user, raising=False)
    monkeypatch.setattr("subprocess.call", lambda command, **_: called.append(command) or 0)
    assert kkb("lab", "--port", "8899")[0] == 0
    assert ("--allow-root" in called[0]) is allowed
    assert set(planning.LAB_OPTIONS) <= set(called[0])


class TestRules:
    """A check says which rules ran; one that looked at nothing did not."""

    ROWS = (
        "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN\nBANTEN;PANDEGLANG;SUMUR;SUMBERJAYA;10;1;2025-01\n"
    )

    @pytest.fixture
    def path(self, tmp_path):
        (tmp_path / "a.csv").write_text(self.ROWS)
        return tmp_path / "a.csv"

    def test_a_line_says_how_many_and_names_those_that_did_not(self, kkb, path, tmp_path):
        code, out, _ = kkb("check", path, "--data", tmp_path / "data")
        line = out.splitlines()[-1]
        assert code == 0
        assert line.startswith(f"Pemeriksaan: 30 dari {len(checks.CHECKS)} aturan dijalankan; tidak dijalankan karena")
        assert "X303" in line.split(": ", 2)[2] and "C221" not in line

    def test_each_is_listed_on_request(self, kkb, path, tmp_path):
        _, out, _ = kkb("check", path, "--data", tmp_path / "data", "--rules")
        assert "C221 · PERINGATAN · 2 sel, 0 temuan · 'v' bukan bilangan bulat" in out
        assert "X303 · PERINGATAN · tidak dijalankan · Jumlah bukan peserta KB" in out

    def test_the_tables_remember_it(self, kkb, path, tmp_path):
        kkb("import", path, "--data", tmp_path / "data")
        _, out, _ = kkb("check", "--data", tmp_path / "data", "--rules")
        assert "C221 · PERINGATAN · 2 sel, 0 temuan" in out
        assert "K401 · GAGAL · Banten: siga_pus: 1 dari 1.552" in out


class TestProvinceOnTheIndex:
    """A province is said by its villages with data, and one that lacks many is said not to be complete."""

    def said(self, reporting):
        rows = pd.DataFrame(
            [
                ("36", "village_coverage", "2024-06", 331, 362, 91.4, reporting, 1552),
                ("36", "mandiri_plus_share", "2024-06", 79, 345, 22.9, reporting, 1552),
            ],
            columns=[
                *("area_code", "indicator_id", "period", "numerator", "denominator", "value", "reporting", "expected"),
            ],
        )
        return results._totals(rows, {"36.02"}, wording)

    def test_with_targets_of_the_same_villages(self):
        coverage, upper = self.said(1552)
        assert coverage == (
            "Banten: 331 dari 362 desa/kelurahan (91,44 persen) sudah memiliki Kampung KB; "
            "masih 31 lagi untuk sasaran akhir 2024."
        )
        assert "capaian 38,16 persen dari sasaran 207, atau 22,90 persen" in upper

    def test_not_complete_says_so(self):
        for sentence in self.said(1396):
            assert sentence.endswith("Tidak lengkap: 1.396 dari 1.552 desa/kelurahan.")
        assert not [sentence for sentence in self.said(1397) if "Tidak lengkap" in sentence]


@pytest.mark.parametrize(("asked", "code"), [("--help", 0), ("tidak-ada", 2)])
def test_the_program_ends_at_once_and_leaves_nothing_undone(asked, code):
    text = (
        "import atexit, sys; from kkb_helpers import cli; atexit.register(print, 'sudah'); "
        f"sys.argv = ['kkb', {asked!r}]; cli.program()"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == code
    assert done.stdout.endswith("sudah\n")
