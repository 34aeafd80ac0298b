"""What a report is about is checked once, and what follows from it is worked out, never typed."""

import datetime as dt

import numpy as np
import pytest

from kkb_helpers.errors import UsageError
from kkb_helpers.params import ROOT, Params, Period


class TestPeriod:
    def test_a_month_and_a_quarter_name_themselves(self):
        assert Period("2024-06").label == "Juni 2024"
        assert Period("2024-Q2").label == "Triwulan II 2024"

    def test_a_quarter_is_its_three_months_and_ends_with_the_last(self):
        quarter = Period("2024-Q4")
        assert quarter.months == ("2024-10", "2024-11", "2024-12")
        assert quarter.month == "2024-12"
        assert quarter.end == dt.date(2024, 12, 31)

    def test_february_of_a_leap_year(self):
        assert Period("2024-02").end == dt.date(2024, 2, 29)

    @pytest.mark.parametrize(
        ("period", "before"), [("2024-01", "2023-12"), ("2024-Q1", "2023-Q4"), ("2024-06", "2024-05")]
    )
    def test_the_one_before_crosses_the_year(self, period, before):
        assert Period(period).previous.text == before

    def test_capaian_is_measured_at_the_end_of_the_year(self):
        assert Period("2024-03").year_end == dt.date(2024, 12, 31)

    @pytest.mark.parametrize(
        "text", ["2024-13", "2024-Q5", "2024", "24-06", "2024-6", "1999-01", "２０２４-06", " 2024-06", ""]
    )
    def test_anything_else_is_refused_with_an_example(self, text):
        with pytest.raises(UsageError, match="2024-Q2"):
            Period(text)


class TestParams:
    def test_code_name_and_slug_mean_the_same_code(self):
        assert {Params(a, "2024-06").area for a in ("36.01", "3601", "Kabupaten Pandeglang", "pandeglang")} == {"36.01"}

    def test_title_and_place_come_from_the_reference_list(self):
        p = Params("36.73", "2024-Q2")
        assert p.title == "Kota Serang, Triwulan II 2024"
        assert p.place.folder == "36.73-kota-serang"

    @pytest.mark.parametrize("area", [36.1, 3601, np.int64(3601), None, ("36.01",)])
    def test_a_code_that_is_no_text_is_refused(self, area):
        with pytest.raises(UsageError, match="harus teks"):
            Params(area, "2024-06")

    def test_a_code_whose_zero_was_lost_is_refused_with_what_it_may_have_been(self):
        with pytest.raises(UsageError, match=r"72\.10"):
            Params("72.1", "2024-06")

    def test_an_ambiguous_name_names_the_choices(self):
        with pytest.raises(UsageError, match=r"36\.03.*36\.71"):
            Params("Tangerang", "2024-06")

    @pytest.mark.parametrize(("name", "value"), [("profile", "publik"), ("lang", "en")])
    def test_a_choice_outside_the_list_names_the_list(self, name, value):
        with pytest.raises(UsageError, match=name):
            Params("36.01", "2024-06", **{name: value})

    def test_an_address_is_no_folder(self):
        with pytest.raises(UsageError, match="bukan folder"):
            Params("36.01", "2024-06", data="s3://bucket")

    def test_a_relative_folder_is_meant_from_the_root_of_the_project(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert Params("36.01", "2024-06", data="mine").tables == ROOT / "mine" / "tables"

    def test_the_default_folder_without_exports_is_the_sample(self, tmp_path, monkeypatch):
        monkeypatch.setattr("kkb_helpers.params.ROOT", tmp_path)
        p = Params("36.01", "2024-06")
        assert p.folder == tmp_path / "data" / "sample"
        (tmp_path / "data" / "raw").mkdir(parents=True)
        (tmp_path / "data" / "raw" / ".gitkeep").touch()
        assert p.folder == tmp_path / "data" / "sample"
        (tmp_path / "data" / "raw" / "a.csv").touch()
        assert p.folder == tmp_path / "data"


@pytest.mark.parametrize(("text", "quarter"), [("2024-01", "2024-Q1"), ("2024-06", "2024-Q2"), ("2024-Q4", "2024-Q4")])
def test_every_period_lies_in_a_quarter(text, quarter):
    assert Period(text).quarter == quarter
