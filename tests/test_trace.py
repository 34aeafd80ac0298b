"""The trace of a file through the manifests, and what `kkb clean` removes and leaves."""

import os
import time

import pytest

from kkb_helpers import batch, store
from kkb_helpers.batch.disk import sha256
from kkb_helpers.cli import planning, screen

PAGE = b"<html></html>"
ORIGINAL, OTHER = {"name": "data_pus.csv", "sha256": "ab12" * 16, "bytes": 7}, {"name": "b.csv", "sha256": "cd34" * 16}


@pytest.fixture
def out(tmp_path):
    """Results of two reports, one of them failed since, and one of other data."""
    folder = tmp_path / "out" / "2024-06"
    (folder / "36.01-pandeglang").mkdir(parents=True)
    (folder / "36.01-pandeglang" / "report.html").write_bytes(PAGE)
    made = {"name": "36.01-pandeglang/report.html", "sha256": sha256(PAGE), "bytes": len(PAGE)}
    gone = {"name": "36.02-lebak/report.html", "sha256": "ef56" * 16, "bytes": 3}

    def record(code, status, minute, inputs, outputs):
        about = {"run_id": "20240701T000000Z-1", "area_code": code, "area_name": "Anu", "period": "2024-06"}
        about |= {"notebook": "district_report.ipynb", "package": "0.1.0", "params": {"profile": "internal"}}
        times = {"finished_at": f"2024-07-01T00:0{minute}:00.000+00:00"}
        return about | times | {"status": status, "inputs": inputs, "outputs": outputs}

    batch.Manifest(folder).append(
        [
            record("36.02", "ok_with_warnings", 2, [ORIGINAL], [gone]),
            record("36.01", "ok", 1, [ORIGINAL, OTHER | {"bytes": None}], [made]),
            record("36.01", "failed", 3, [ORIGINAL], []),
            record("36.03", "ok", 4, [OTHER | {"bytes": None}], [gone | {"name": "36.03-tangerang/report.html"}]),
        ]
    )
    return tmp_path / "out"


class TestTrace:
    @pytest.mark.parametrize("asked", ["data_pus.csv", "DATA_PUS.CSV", ORIGINAL["sha256"], ORIGINAL["sha256"][:8]])
    def test_an_original_is_in_every_result_that_was_landed_with_it(self, out, asked):
        found = batch.trace(out, asked)
        assert [one.record["area_code"] for one in found] == ["36.01", "36.02"], "the oldest first, no failed one"
        assert [one.inputs for one in found] == [(ORIGINAL,), (ORIGINAL,)]

    def test_a_result_names_what_it_was_made_from(self, out):
        (one,) = batch.trace(out, sha256(PAGE)[:12])
        assert [entry["name"] for entry in one.inputs] == ["data_pus.csv", "b.csv"]
        assert len(batch.trace(out, "report.html")) == 3
        assert len(batch.trace(out, "36.02-lebak\\report.html")) == 1

    @pytest.mark.parametrize("asked", ["lain.csv", "ab12", "pus.csv", ""])
    def test_another_file_is_in_none(self, out, asked):
        assert batch.trace(out, asked) == []

    def test_says_whether_the_result_still_stands(self, out):
        first, second = batch.trace(out, "data_pus.csv")
        assert first.stands(first.outputs[0]) == "masih ada"
        assert second.stands(second.outputs[0]) == "tidak ada lagi"
        (out / "2024-06" / "36.01-pandeglang" / "report.html").write_bytes(b"lain")
        assert first.stands(first.outputs[0]) == "berubah sejak ditulis"

    def test_the_facts_are_said_for_people(self, out, capsys):
        screen.traced("data_pus.csv", out, batch.trace(out, "data_pus.csv"))
        told = capsys.readouterr().out
        for fact in (
            ORIGINAL["sha256"], sha256(PAGE), "Pasal 46", str((out / "2024-06").resolve()), "profil internal",
            "2 laporan ditulis antara 2024-07-01T00:01:00.000+00:00 dan 2024-07-01T00:02:00.000+00:00", "3 x 24 jam",
        ):  # fmt: skip
            assert fact in told

    def test_a_file_without_a_trace_is_said(self, out, capsys):
        screen.traced("nihil.csv", out, batch.trace(out, "nihil.csv"))
        assert "Tidak ada laporan" in capsys.readouterr().out


class TestClean:
    DAYS = 86_400

    @pytest.fixture
    def data(self, tmp_path):
        """A data folder with caches and drafts ten days old, and the same of today."""
        for place, names in (
            ("tables/.computed", ("old", "new")),
            ("tables/.parts", ("old.json", "new.json", ".old.draft", ".new.draft")),
            ("raw", ("a.csv", ".old.draft", ".new.draft")),
            ("tables", ("siga_pus.parquet", "findings.csv", ".old.draft")),
        ):
            (tmp_path / place).mkdir(parents=True, exist_ok=True)
            for name in names:
                path = tmp_path / place / name
                if place.endswith(".computed"):
                    path.mkdir()
                    store.write_text(path / "x.txt", "x")
                else:
                    path.write_text("x")
                if "new" not in name:
                    os.utime(path, (time.time() - 10 * self.DAYS,) * 2)
        return tmp_path

    def left(self, data):
        return {p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file()}

    def test_takes_caches_and_drafts_older_than_the_days_and_lists_them(self, data):
        removed = planning.clean_caches(data, 5)
        assert {p.relative_to(data).as_posix() for p in removed} == {
            "tables/.computed/old", "tables/.parts/old.json", "tables/.parts/.old.draft", "raw/.old.draft",
            "tables/.old.draft",
        }  # fmt: skip
        assert not [p for p in removed if p.exists()]
        assert {"raw/a.csv", "tables/siga_pus.parquet", "tables/findings.csv"} <= self.left(data)

    def test_takes_every_cache_without_days_but_no_draft_of_this_hour(self, data):
        planning.clean_caches(data, 0)
        assert self.left(data) == {
            "raw/a.csv", "tables/siga_pus.parquet", "tables/findings.csv", "tables/.parts/.new.draft", "raw/.new.draft",
        }  # fmt: skip

    def test_takes_nothing_that_is_young(self, data):
        before = self.left(data)
        assert planning.clean_caches(data, 11) == []
        assert self.left(data) == before
