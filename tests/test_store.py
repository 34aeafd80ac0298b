"""Tables are written whole, read by the slice, and mean the same at a period everywhere."""

import os

import pandas as pd
import pyarrow.parquet as pq
import pytest

from kkb_helpers import store
from kkb_helpers.params import Period
from kkb_helpers.store import Tables


def months(*rows) -> pd.DataFrame:
    """One row a village and month."""
    frame = pd.DataFrame(rows, columns=["village_code", "period", "pus"])
    return frame.assign(source_file="a.csv", source_row=range(2, len(frame) + 2))


def snapshots(*rows) -> pd.DataFrame:
    """One row a village and snapshot."""
    frame = pd.DataFrame(rows, columns=["village_code", "as_of", "jumlah_kampung_kb"])
    return frame.assign(source_file="b.csv", source_row=range(2, len(frame) + 2))


PUS = months(
    ("36.02.01.2001", "2024-06", 5),
    ("36.01.01.2001", "2024-06", 3),
    ("36.01.01.2001", "2024-05", 2),
    ("76.01.01.2001", "2024-06", 7),
)


def told(frame: pd.DataFrame) -> list:
    """What a frame says, whatever holds its texts."""
    cells = frame.astype(object).where(frame.notna(), None)
    return [list(map(str, frame.dtypes)), cells.to_dict("records")]


class TestWriting:
    def test_a_table_is_sorted_by_area_and_time(self, tmp_path):
        store.write(tmp_path, "siga_pus", PUS)
        assert list(Tables.open(tmp_path).read("siga_pus")["pus"]) == [2, 3, 5, 7]

    def test_a_failed_write_leaves_the_table_before_and_no_draft(self, tmp_path, monkeypatch):
        store.write(tmp_path, "siga_pus", PUS)

        def full(*_, **__):
            raise OSError("no space")

        monkeypatch.setattr(pq, "write_table", full)
        with pytest.raises(OSError, match="no space"):
            store.write(tmp_path, "siga_pus", PUS.head(1))
        assert len(Tables.open(tmp_path).read("siga_pus")) == 4
        assert [p.name for p in tmp_path.iterdir()] == ["siga_pus.parquet"]


class TestSlices:
    def test_only_the_rows_inside_an_area_are_given(self, tmp_path):
        store.write(tmp_path, "siga_pus", PUS)
        tables = Tables.open(tmp_path, "36.01")
        assert set(tables.read("siga_pus")["village_code"]) == {"36.01.01.2001"}
        assert Tables.open(tmp_path, "36").has("siga_pus")
        assert not Tables.open(tmp_path, "31").has("siga_pus")

    def test_of_a_table_named_so_only_some_columns_are_read(self, tmp_path):
        store.write(tmp_path, "siga_pus", PUS.assign(unmet_need=1))
        only = {"siga_pus": ("unmet_need",)}
        found = Tables.open(tmp_path, "36.01", only).read("siga_pus")
        assert list(found) == ["village_code", "period", "source_file", "unmet_need"]
        assert list(found["period"]) == ["2024-05", "2024-06"]
        assert list(Tables.open(tmp_path, "36", only).within("36.02").read("siga_pus")) == list(found)
        assert list(Tables.open(tmp_path, "99", only).read("siga_pus")) == list(found), "no rows, the same columns"

    def test_around_a_kabupaten_are_its_province_and_neighbours_but_not_their_kecamatan(self, tmp_path):
        codes = ["37.01", "36", "36.01", "36.01.01", "36.02", "36.02.01", "37", "360"]
        figures = pd.DataFrame({"area_code": codes, "as_of": "2024-06"})
        store.write_figures(tmp_path, "rows", figures)
        assert list(store.read_figures(tmp_path, "rows", "36.01")["area_code"]) == ["36", "36.01", "36.02", "36.01.01"]
        inside = store.read_figures(tmp_path, "rows", "36")["area_code"]
        assert list(inside) == ["36", "36.01", "36.02", "36.01.01", "36.02.01"]
        assert sorted(store.read_figures(tmp_path, "rows")["area_code"]) == sorted(codes)

    @pytest.mark.parametrize("storage", ["pyarrow", "python"])
    @pytest.mark.parametrize("area", ["36", "36.01", "36.01.01", "36.99"])
    def test_what_is_held_gives_what_the_folder_gives(self, tmp_path, monkeypatch, area, storage):
        codes = ["36.01.01.2001", "36.01.02.2001", "36.01.02.2002", "36.010.01.2001", "36.02.01.2001", "76.01.01.2001"]
        rows = [(code, month, at) for at, code in enumerate(codes) for month in ("2024-05", "2024-06")]
        store.write(tmp_path, "siga_pus", months(*rows).assign(unmet_need=1, note=["a", None] * 6))
        store.write(tmp_path, "funding", pd.DataFrame({"area_code": ["36.01", "36.02"], "source_file": "c.csv"}))
        about = dict.fromkeys(store.FINDING_COLUMNS, "x")
        found = [about | {"area_code": code, "row": str(at)} for at, code in enumerate(["36.02", *codes, "", "36.01"])]
        store.write_findings(tmp_path, pd.DataFrame(found))
        only = {"siga_pus": ("note",)}
        read = Tables.open(tmp_path, area, only)
        frames = {name: read.read(name) for name in read.names}
        assert len(read.findings) == {"36": 7, "36.01": 4, "36.01.01": 1, "36.99": 0}[area]
        monkeypatch.setattr(store, "_HELD", [])
        with pd.option_context("mode.string_storage", storage):
            Tables.open(tmp_path, "36", only).hold()
            monkeypatch.setattr(store, "_rows_inside", None)  # nothing is read again
            held = Tables.open(tmp_path, area, only)
            assert held.names == read.names
            for name, frame in frames.items():
                assert told(held.read(name)) == told(frame)
            assert held.findings.to_dict("list") == read.findings.to_dict("list")
            assert held.synthetic == read.synthetic

    def test_what_is_held_is_not_taken_for_anything_else(self, tmp_path, monkeypatch):
        store.write(tmp_path, "siga_pus", PUS)
        store.write(tmp_path / "other", "siga_pus", PUS.head(1))
        monkeypatch.setattr(store, "_HELD", [])
        Tables.open(tmp_path, "36").hold()
        assert len(Tables.open(tmp_path).read("siga_pus")) == 4
        assert len(Tables.open(tmp_path, "76").read("siga_pus")) == 1
        assert "pus" not in Tables.open(tmp_path, "36", {"siga_pus": ()}).read("siga_pus")
        assert len(Tables.open(tmp_path / "other", "36.01").read("siga_pus")) == 0

    def test_equal_texts_held_as_pythons_are_one_object(self, tmp_path):
        store.write(tmp_path, "siga_pus", PUS)
        with pd.option_context("mode.string_storage", "python"):
            told = Tables.open(tmp_path, "36").read("siga_pus")["source_file"].array
        assert told.dtype.storage == "python"
        assert len({id(text) for text in told.to_numpy(object)}) == 1

    def test_row_groups_of_other_kabupaten_are_not_read(self, tmp_path, monkeypatch):
        monkeypatch.setattr(store, "ROW_GROUP", 1)
        store.write(tmp_path, "siga_pus", PUS)
        read = []
        real = pq.ParquetFile.read_row_groups
        monkeypatch.setattr(
            pq.ParquetFile, "read_row_groups", lambda self, groups, **k: read.append(groups) or real(self, groups, **k)
        )
        assert list(Tables.open(tmp_path, "36.02").read("siga_pus")["pus"]) == [5]
        assert read == [[2]]

    def test_within_sees_the_same_as_opening_there(self, tmp_path):
        store.write(tmp_path, "siga_pus", PUS)
        whole = Tables.open(tmp_path)
        whole.read("siga_pus")
        assert whole.within("36.01").read("siga_pus").equals(Tables.open(tmp_path, "36.01").read("siga_pus"))
        assert Tables.of({"siga_pus": PUS}).within("36.01").read("siga_pus")["pus"].sum() == 5

    def test_keys_known_of_the_country_are_not_read_again_of_an_area_inside_it(self, tmp_path, monkeypatch):
        store.write(tmp_path, "siga_pus", PUS)
        whole = Tables.open(tmp_path)
        whole.keys("siga_pus")
        with monkeypatch.context() as nothing_is_read:
            nothing_is_read.setattr(store, "_rows_inside", None)
            keys = whole.within("36.01").keys("siga_pus")
            assert whole.within("36.01").has("siga_pus")
            assert not whole.within("36.03").has("siga_pus")
        assert told(keys) == told(Tables.open(tmp_path, "36.01").read("siga_pus")[keys.columns])
        assert whole.within("36.01").read("siga_pus")["pus"].sum() == 5
        whole.read("siga_pus")
        assert whole.within("36.01").keys("siga_pus")["pus"].sum() == 5

    def test_synthetic_is_told_by_the_name_of_the_original(self):
        assert not Tables.of({"siga_pus": PUS}).synthetic
        assert Tables.of({"siga_pus": PUS.assign(source_file="contoh-a.csv")}).synthetic


class TestPeriods:
    def test_a_month_is_its_own_rows_and_a_quarter_its_last_month(self):
        tables = Tables.of({"siga_pus": PUS})
        assert tables.at(Period("2024-05")).month("siga_pus")["pus"].tolist() == [2]
        assert tables.at(Period("2024-Q2")).month("siga_pus")["pus"].sum() == 15
        assert tables.at(Period("2024-Q2")).months("siga_pus")["pus"].sum() == 17

    def test_a_snapshot_counts_until_ten_days_after_the_period(self):
        tables = Tables.of(
            {"siga_kkb": snapshots(("36.01.01.2001", "2024-07-10", 1), ("36.01.01.2001", "2024-07-11", 2))}
        )
        assert tables.at(Period("2024-06")).snapshot("siga_kkb")["jumlah_kampung_kb"].tolist() == [1]
        assert tables.at(Period("2024-05")).snapshot("siga_kkb").empty

    def test_each_kabupaten_has_its_own_newest_snapshot(self):
        rows = snapshots(
            ("36.01.01.2001", "2024-06-01", 1), ("36.01.01.2001", "2024-03-01", 2), ("36.02.01.2001", "2024-05-01", 3)
        )
        view = Tables.of({"siga_kkb": rows}).at(Period("2024-06"))
        assert sorted(view.snapshot("siga_kkb")["jumlah_kampung_kb"]) == [1, 3]
        assert view.previous_snapshot("siga_kkb")["jumlah_kampung_kb"].tolist() == [2]
        assert view.as_of("siga_kkb") == "2024-05-01/2024-06-01"

    @pytest.mark.parametrize(
        ("period", "semester"),
        [("2024-05", "2023-S2"), ("2024-06", "2024-S1"), ("2024-11", "2024-S1"), ("2024-12", "2024-S2")],
    )
    def test_a_semester_is_the_newest_that_had_ended(self, period, semester):
        rows = months(*(("36.01.01.2001", s, n) for n, s in enumerate(("2023-S2", "2024-S1", "2024-S2"))))
        view = Tables.of({"siga_krs": rows}).at(Period(period))
        assert view.as_of("siga_krs") == semester
        assert view.semester("siga_krs")["period"].tolist() == [semester]

    def test_what_is_not_there_is_empty_and_has_no_time(self):
        view = Tables.of({"siga_pus": PUS}).at(Period("2023-01"))
        assert view.month("siga_pus").empty
        assert view.snapshot("kampung").empty
        assert view.as_of("siga_pus") == view.as_of("kampung") == ""

    def test_the_newest_month_is_that_of_monthly_tables_else_of_snapshots(self):
        kkb = snapshots(("36.01.01.2001", "2025-10-01", 1))
        assert Tables.of({"siga_pus": PUS, "siga_kkb": kkb}).newest_month() == "2024-06"
        assert Tables.of({"siga_kkb": kkb}).newest_month() == "2025-10"
        assert Tables.of({}).newest_month() is None


def test_findings_of_an_area_are_those_of_the_list_in_its_order(tmp_path):
    codes = ["36.02.01.2001", "", "36.01", "36.01.02.2003", "76.01", "36.01.01"]
    rows = [("X301", "GAGAL", "a.csv", "", str(n), "", code, f"temuan {n}", "", "") for n, code in enumerate(codes)]
    whole = pd.DataFrame(rows, columns=store.FINDING_COLUMNS, dtype="str")
    store.write_findings(tmp_path, whole)
    assert Tables.open(tmp_path).findings.equals(whole)
    found = Tables.open(tmp_path, "36.01").findings
    assert found["found"].tolist() == ["temuan 2", "temuan 3", "temuan 5"]
    assert list(found) == store.FINDING_COLUMNS
    assert Tables.open(tmp_path, "36").findings["found"].tolist() == [f"temuan {n}" for n in (0, 2, 3, 5)]
    assert Tables.open(tmp_path).names == ()


def test_a_list_of_findings_written_later_is_the_one_that_counts(tmp_path):
    row = ("X301", "GAGAL", "a.csv", "", "1", "", "36.01", "lama", "", "")
    store.write_findings(tmp_path, pd.DataFrame([row], columns=store.FINDING_COLUMNS, dtype="str"))
    told = (tmp_path / "findings.csv").read_text().replace("lama", "baru")
    (tmp_path / "findings.csv").write_text(told)
    later = (tmp_path / ".findings.parquet").stat().st_mtime_ns + 1_000_000
    os.utime(tmp_path / "findings.csv", ns=(later, later))
    for area in ("36.01", "ID"):
        assert Tables.open(tmp_path, area).findings["found"].tolist() == ["baru"]
