"""The main job, as an operator runs it: exports in, one report a kabupaten out; on the sample and on real exports."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from kkb_helpers import render
from kkb_helpers.indicators import REGISTRY

pytestmark = pytest.mark.slow
FILES = {"report.html", "report.ipynb", "indicators.csv", "follow_up.xlsx", "charts"}


def kkb(*arguments) -> subprocess.CompletedProcess:
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "kkb_helpers", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


def figures(folder) -> pd.DataFrame:
    """The indicators of a run by indicator and area."""
    rows = pd.read_csv(
        folder / "indicators.csv", dtype={"area_code": str, "numerator": "Int64", "denominator": "Int64"}
    )
    assert not rows.duplicated(["indicator_id", "area_code"]).any()
    return rows.set_index(["indicator_id", "area_code"])


def parts(rows: pd.DataFrame, indicator: str, area: str) -> tuple[int, int]:
    """Numerator and denominator of one figure."""
    row = rows.loc[(indicator, area)]
    return int(row["numerator"]), int(row["denominator"])


def last_states(folder) -> dict[str, dict]:
    """The last line of each district and page in the manifest."""
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return {line["target"]: line for line in map(json.loads, lines)}


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory):
    """All reports of the sample, June 2024."""
    out = tmp_path_factory.mktemp("sample")
    done = kkb("run", "--out", out, "--period", "2024-06")
    assert done.returncode == 0, done.stderr
    return out / "2024-06"


@pytest.fixture(scope="module")
def real_run(tmp_path_factory, real_exports):
    """The real exports of Sulawesi Barat, September 2025: what import printed, and the folder of reports."""
    data = tmp_path_factory.mktemp("real")
    imported = kkb("import", "--year", 2025, "--as-of", "2025-10-01", "--data", data, real_exports)
    assert imported.returncode == 0, imported.stderr
    done = kkb("run", "--data", data, "--out", data / "outputs", "--period", "2025-09")
    assert done.returncode == 0, done.stderr
    return imported.stdout, data / "outputs" / "2025-09"


class TestSample:
    def test_eight_districts_each_with_its_files(self, sample_run):
        districts = sorted(sample_run.glob("36.*"))
        assert len(districts) == 8
        for folder in districts:
            assert {p.name for p in folder.iterdir()} == FILES
        assert districts[0].name == "36.01-pandeglang"

    def test_the_pages_of_a_run_stand_beside_the_reports_with_their_files(self, sample_run):
        names = {p.name for p in sample_run.iterdir() if p.is_file()}
        assert names == {
            *("index.html", "province.html", "data_quality.html", "claims.html", "manifest.jsonl"),
            *("indicators.csv", "findings.csv", "findings.xlsx", "claims.csv"),
        }

    def test_the_province_meets_the_published_figures(self, sample_run):
        rows = figures(sample_run)
        assert rows.loc[("kampung_count", "36"), "value"] == 1448
        assert parts(rows, "mandiri_plus_achievement", "36") == (510, 932)
        assert parts(rows, "mandiri_plus_share", "36") == (510, 1552)
        assert parts(rows, "village_coverage", "36") == (1447, 1552)
        assert parts(rows, "formation_achievement", "36") == (1448, 1552)

    def test_every_page_is_fit_to_publish_and_says_it_is_synthetic(self, sample_run):
        pages = sorted(sample_run.rglob("*.html"))
        assert len(pages) >= 9
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert render.problems(text) == [], page.name
            assert "DATA CONTOH (SINTETIS)" in text

    def test_the_manifest_says_ok_after_every_file_was_written(self, sample_run):
        for target, line in last_states(sample_run).items():
            assert line["status"] in {"ok", "ok_with_warnings"}, target
            for written in line["outputs"]:
                content = (sample_run / written["name"]).read_bytes()
                assert hashlib.sha256(content).hexdigest() == written["sha256"]

    def test_no_draft_and_no_lock_is_left(self, sample_run):
        assert not [p for p in sample_run.parent.rglob("*") if p.name.endswith((".draft", ".tmp", ".lock"))]

    def test_the_notebook_that_comes_out_names_no_machine(self, sample_run):
        text = (sample_run / "36.01-pandeglang" / "report.ipynb").read_text(encoding="utf-8")
        assert str(Path.home()) not in text
        assert str(sample_run) not in text


@pytest.fixture(scope="module")
def public_run(tmp_path_factory):
    """What may be published of one district of the sample."""
    out = tmp_path_factory.mktemp("public")
    done = kkb("run", "--out", out, "--period", "2024-06", "--area", "36.01", "--profile", "public")
    assert done.returncode == 0, done.stderr
    return out / "2024-06"


class TestPublic:
    def test_the_exact_files_are_left_out(self, public_run):
        assert {p.name for p in public_run.iterdir()} == {
            *("index.html", "province.html", "claims.html", "claims.csv", "indicators.csv", "manifest.jsonl"),
            "36.01-pandeglang",
        }
        assert {p.name for p in (public_run / "36.01-pandeglang").iterdir()} == FILES - {"follow_up.xlsx"}
        for page in public_run.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            assert not re.search(r"follow_up|findings\.csv|data_quality", text), page.name

    def test_every_count_of_persons_in_a_file_is_rounded_or_hidden(self, public_run):
        files = sorted(public_run.rglob("indicators.csv"))
        assert len(files) == 2
        for file in files:
            rows = pd.read_csv(file, dtype=str, keep_default_na=False)
            assert not rows["level"].eq("desa").any()
            persons = rows[rows["indicator_id"].map(lambda name: REGISTRY[name].persons)]
            for part in ("numerator", "denominator"):
                counts = persons[part][persons[part].ne("") & persons[part].ne("*")].astype(int)
                assert len(counts) > 100
                assert (counts % 5 == 0).all()
            for row in persons[persons["value"].ne("")].itertuples():
                assert float(row.value) == pytest.approx(100 * int(row.numerator) / int(row.denominator), abs=1e-12)

    def test_so_is_every_one_on_the_page(self, public_run):
        text = (public_run / "36.01-pandeglang" / "report.html").read_text(encoding="utf-8")
        labels = {item.label for item in REGISTRY.values() if item.persons}
        found = 0
        for row in re.findall(r"<tr>(.*?)</tr>", text, re.S):
            cells = [
                re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
            ]
            parts_of_row = [re.fullmatch(r"([\d.]+) / ([\d.]+)", cell) for cell in cells]
            if not any(cells[0].startswith(label) for label in labels):
                continue
            for match in filter(None, parts_of_row):
                found += 1
                assert all(int(n.replace(".", "")) % 5 == 0 for n in match.groups()), cells
        assert found > 10
        assert "Versi publik" in text

    def test_a_folder_of_one_profile_takes_no_other(self, public_run):
        done = kkb("run", "--out", public_run.parent, "--period", "2024-06", "--area", "36.01")
        assert done.returncode == 2
        assert "tidak boleh bercampur" in done.stderr


class TestRealExports:
    def test_every_village_of_every_file_is_matched(self, real_run):
        printed, _ = real_run
        assert printed.count("648 dari 648 desa/kelurahan") == 13

    @pytest.mark.parametrize(
        ("indicator", "area", "expected"),
        [
            ("mcpr", "76.05", (13481, 26140)),
            ("unmet_need", "76.05", (2719, 26140)),
            ("bkb_participation", "76.05", (7029, 15704)),
            ("bkb_reporting", "76.05", (103, 104)),
            ("village_coverage", "76.03", (123, 181)),
        ],
    )
    def test_figures_are_those_of_the_exports(self, real_run, indicator, area, expected):
        assert parts(figures(real_run[1]), indicator, area) == expected

    def test_kampung_kb_are_counted_and_not_villages(self, real_run):
        rows = figures(real_run[1])
        assert rows.loc[("kampung_count", "76.05"), "value"] == 82
        assert rows.loc[("kampung_count", "76.03"), "value"] == 126

    def test_six_reports_that_say_what_is_missing(self, real_run):
        pages = sorted(real_run[1].glob("76.*/report.html"))
        assert len(pages) == 6
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert "Belum ada data klasifikasi" in text
            assert "DATA CONTOH" not in text

    def test_a_reader_can_recompute_from_the_page(self, real_run):
        text = (real_run[1] / "76.03-mamasa" / "report.html").read_text(encoding="utf-8")
        for figure in ("123 / 181", "15.569 / 21.686", "897 / 21.686", "5.863 / 9.714", "7.073 / 23.392"):
            assert figure in text


class TestRefusals:
    def test_a_period_that_the_data_lack(self, sample_run, tmp_path):
        done = kkb("run", "--period", "2019-01", "--out", tmp_path)
        assert done.returncode == 2
        assert "2019-01" in done.stderr
        assert not list(tmp_path.iterdir())

    def test_an_ambiguous_area_names_the_choices(self, sample_run, tmp_path):
        done = kkb("run", "--area", "Serang", "--out", tmp_path)
        assert done.returncode == 2
        assert "36.04" in done.stderr
        assert "36.73" in done.stderr

    def test_a_month_without_a_year(self, real_exports, tmp_path):
        done = kkb("import", "--data", tmp_path, real_exports / "data_pus.csv")
        assert done.returncode == 2
        assert "--year" in done.stderr
        assert not list(tmp_path.rglob("*.parquet"))

    def test_a_file_that_is_no_export(self, tmp_path):
        stranger = tmp_path / "lain.csv"
        stranger.write_text("a;b\n1;2\n", encoding="utf-8")
        done = kkb("import", "--data", tmp_path / "data", stranger)
        assert done.returncode == 3
        assert "lain.csv" in done.stderr + done.stdout

    def test_a_missing_column_is_named_with_the_file(self, tmp_path):
        broken = tmp_path / "pus.csv"
        broken.write_text(
            "NO;PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NED;BULAN\n0;BANTEN;LEBAK;MALINGPING;X;1;1;JUNI\n",
            encoding="utf-8",
        )
        done = kkb("import", "--year", 2024, "--data", tmp_path / "data", broken)
        assert done.returncode == 3
        assert "UNMET NEED" in done.stderr + done.stdout
        assert "pus.csv" in done.stderr + done.stdout
