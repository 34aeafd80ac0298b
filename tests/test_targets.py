"""Milestones, paths, paces and the five words: truth table and the vectors of the acceptance criteria."""

import datetime as dt
import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkb_helpers import areas, targets
from kkb_helpers.targets import STATUSES, milestones, pace, path, projected_date, required, required_pace, status, track

FORMATION, MANDIRI = "formation_achievement", "mandiri_plus_achievement"
END_2023, END_2024 = dt.date(2023, 12, 31), dt.date(2024, 12, 31)
REACHED, ON_TRACK, TOO_SLOW, NO_TREND, NO_DATA = STATUSES


def test_every_milestone_has_a_source_and_an_area():
    rows = pd.read_csv(areas.REFERENCE / "targets.csv", dtype=str, keep_default_na=False)
    assert list(rows.columns) == ["indicator", "area_code", "date", "share", "source"]
    assert (rows["source"].str.len() > 10).all()
    assert not rows.duplicated(["indicator", "area_code", "date"]).any()
    for row in rows.itertuples():
        areas.get(row.area_code)
        assert 0 < Fraction(row.share) <= 1
        assert targets.has(row.indicator)


@pytest.mark.parametrize(
    ("name", "area", "day", "count"),
    [
        (FORMATION, "36", END_2023, 1164),
        (FORMATION, "36", END_2024, 1552),
        (MANDIRI, "36", END_2024, 932),
        (MANDIRI, "36.01", END_2024, 204),
        (FORMATION, "76.03", END_2023, 136),
        (FORMATION, "36.01", dt.date(2030, 1, 1), 339),
        (FORMATION, "36", dt.date(2023, 12, 30), None),
        (MANDIRI, "36", END_2023, None),
        (MANDIRI, "76", END_2024, None),
        (MANDIRI, "ID", END_2024, None),
        (FORMATION, "36.01.01", END_2024, None),
        (FORMATION, "36.01.01.2001", END_2024, None),
        ("mcpr", "36", END_2024, None),
    ],
)
def test_required_count(name, area, day, count):
    assert required(name, area, day) == count


def test_followers_share_the_milestones_of_their_leader():
    for name in ("village_coverage", "kampung_count"):
        assert milestones(name, "36.01") == milestones(FORMATION, "36.01") != ()
    assert required("mandiri_plus_share", "36", END_2024) == 932


def test_parts_need_not_add_up_to_the_whole():
    """Eight parts rounded up are 1,168, the province's own target is 1,164."""
    parts = [required(FORMATION, code, END_2023) for code in areas.children("36", "kabupaten")["code"]]
    assert sum(parts) == 1168 and required(FORMATION, "36", END_2023) == 1164
    assert "dibagi menurut jumlah desa/kelurahan" in targets.allocation_note(MANDIRI, "36.01")
    assert targets.allocation_note(MANDIRI, "36.01").startswith("Sasaran Provinsi Banten") or targets.allocation_note(
        MANDIRI, "36.01"
    ).startswith("Sasaran Banten")
    assert targets.allocation_note(MANDIRI, "36") == "" == targets.allocation_note("mcpr", "36.01")


def test_share_is_exact_and_never_a_float_away():
    """0.55 x 100 is 55.00000000000001 in floating point; its ceiling must not be 56."""
    assert math.ceil(0.55 * 100) == 56
    assert math.ceil(Fraction("0.55") * 100) == 55


def test_path_is_linear_in_days():
    assert path(FORMATION, "36", END_2023) == Fraction(3, 4)
    assert path(FORMATION, "36", dt.date(2024, 7, 1)) == Fraction(3, 4) + Fraction(1, 4) * Fraction(183, 366)
    assert path(FORMATION, "36", dt.date(2026, 1, 1)) == 1
    assert path(FORMATION, "36", dt.date(2023, 1, 1)) is None


@given(st.dates(dt.date(2023, 12, 31), dt.date(2025, 6, 1)), st.dates(dt.date(2023, 12, 31), dt.date(2025, 6, 1)))
def test_path_never_falls(one, other):
    first, last = sorted((one, other))
    assert path(FORMATION, "ID", first) <= path(FORMATION, "ID", last)


def test_smaller_area_outranks_the_larger(monkeypatch):
    own = targets.Milestone("36.01", END_2024, Fraction(1, 2), "Perbup")
    ledger = {**targets._ledger(), (MANDIRI, "36.01"): (own,)}
    monkeypatch.setattr(targets, "_ledger", lambda: ledger)
    assert required(MANDIRI, "36.01", END_2024) == 170
    assert required(MANDIRI, "36.02", END_2024) == 207


def test_pace_needs_three_points():
    day = dt.date(2024, 1, 1)
    quarter = dt.timedelta(days=91)
    points = [(day, 10), (day + quarter, 14), (day + 2 * quarter, 18)]
    assert pace(points[:2]) is None and pace([]) is None
    assert pace([points[0], points[0], points[1]]) is None
    assert pace(points) == pytest.approx(4 * targets.QUARTER_DAYS / 91)


def test_required_pace_and_projected_date():
    day = dt.date(2024, 1, 1)
    deadline = day + dt.timedelta(days=365)
    assert required_pace(10, 18, day, deadline) == pytest.approx(8 / (365 / 91.3125))
    assert required_pace(10, 18, deadline, deadline) is None
    assert projected_date(10, 18, day, 4.0) == day + dt.timedelta(days=183)
    assert projected_date(18, 18, day, None) == day
    assert projected_date(15, 12, day, -1.0) == day + dt.timedelta(days=274)
    assert projected_date(10, 18, day, 0.0) is None
    assert projected_date(10, 18, day, -1.0) is None
    assert projected_date(10, 18, day, 0.001) is None


@pytest.mark.parametrize(
    ("word", "value", "target", "better", "more"),
    [
        ("", 50, None, "up", {}),
        ("", None, None, "up", {}),
        (NO_DATA, None, 60, "up", {"points": 9}),
        (NO_TREND, 70, 60, "up", {"points": 9, "complete": 0.74}),
        (REACHED, 70, 60, "up", {"points": 1, "complete": 0.75}),
        (REACHED, 60, 60, "up", {"points": 1}),
        (NO_TREND, 59, 60, "up", {"points": 2, "expected": 50}),
        (ON_TRACK, 50, 60, "up", {"points": 3, "expected": 50}),
        (TOO_SLOW, 49, 60, "up", {"points": 3, "expected": 50}),
        (TOO_SLOW, 59, 60, "up", {"points": 3, "expected": 60}),
        (NO_TREND, 50, 60, "up", {"points": 3}),
        (NO_TREND, 50, 60, "up", {"points": 3, "observed": 1.0}),
        (ON_TRACK, 50, 60, "up", {"points": 3, "observed": 2.0, "needed": 2.0}),
        (TOO_SLOW, 50, 60, "up", {"points": 3, "observed": 1.9, "needed": 2.0}),
        (TOO_SLOW, 50, 60, "up", {"points": 3, "observed": -1.0, "needed": 2.0}),
        # Lower is better.
        (REACHED, 12, 12, "down", {"points": 1}),
        (REACHED, 9, 12, "down", {"points": 1}),
        (NO_TREND, 18, 12, "down", {"points": 2, "expected": 20}),
        (ON_TRACK, 18, 12, "down", {"points": 3, "expected": 18}),
        (TOO_SLOW, 18, 12, "down", {"points": 3, "expected": 17}),
        (ON_TRACK, 18, 12, "down", {"points": 3, "observed": -0.8, "needed": -0.72}),
        (TOO_SLOW, 18, 12, "down", {"points": 3, "observed": -0.6, "needed": -0.72}),
        (TOO_SLOW, 18, 12, "down", {"points": 3, "observed": 0.1, "needed": -0.72}),
        (NO_DATA, None, 12, "down", {"points": 3, "complete": 0.1}),
    ],
)
def test_status_truth_table(word, value, target, better, more):
    assert status(value, target, better, **more) == word


@given(
    value=st.none() | st.floats(0, 100),
    target=st.none() | st.floats(0, 100),
    better=st.sampled_from(["up", "down"]),
    points=st.integers(0, 5),
    expected=st.none() | st.floats(0, 100),
    complete=st.floats(0, 1),
)
def test_status_is_one_of_five_words_or_nothing(value, target, better, points, expected, complete):
    word = status(value, target, better, points=points, expected=expected, complete=complete)
    assert (word == "") == (target is None)
    assert word in ("", *STATUSES)
    if word == ON_TRACK:
        assert points >= 3 and complete >= 0.75


def test_track_of_formation_in_banten():
    """The published course: 884, 1,357 and 1,448; half-way through 2024 the path asks for 1,327 of 1,552."""
    points = [(dt.date(2023, 8, 23), 884), (END_2023, 1357), (dt.date(2024, 6, 1), 1448)]
    found = track(FORMATION, "36", points)
    assert (found.value, found.target, found.gap) == (1448, 1552, 104)
    assert found.expected == math.ceil((Fraction(3, 4) + Fraction(1, 4) * Fraction(153, 366)) * 1552) == 1327
    assert found.status == ON_TRACK and found.deadline == END_2024
    assert found.needed == pytest.approx(104 / (213 / 91.3125))
    assert found.observed > 0 and found.projected > found.date


def test_track_before_the_first_milestone_is_judged_by_pace():
    """Mandiri and above: no path before the end of 2024, 325 -> 510 is too slow for 932."""
    points = [(END_2023, 325), (dt.date(2024, 3, 31), 420), (dt.date(2024, 6, 1), 510)]
    found = track(MANDIRI, "36", points)
    assert (found.target, found.expected) == (932, None)
    assert found.observed < found.needed and found.status == TOO_SLOW
    assert track(MANDIRI, "36", points[1:]).status == NO_TREND
    assert track(MANDIRI, "76", points).status == ""
    assert track(MANDIRI, "36", []) is None


def test_track_after_the_last_milestone_holds_the_target():
    late = track(FORMATION, "36.01", [(dt.date(2025, month, 1), 300 + month) for month in (1, 4, 7)])
    assert (late.target, late.expected, late.deadline, late.needed) == (339, 339, None, None)
    assert late.status == TOO_SLOW and late.projected is not None


def test_track_of_half_the_villages_is_withheld():
    points = [(dt.date(2024, month, 1), 300) for month in (1, 3, 5)]
    assert track(FORMATION, "36.01", points, complete=0.5).status == NO_TREND


def test_annual_rate_of_change_vector():
    """S11: unmet need 15.0 (2020) -> 12.6 (2024), wanted 9.0 in 2029."""
    observed = targets.annual_change(15.0, 12.6, 4)
    needed = targets.annual_change(12.6, 9.0, 5)
    assert round(observed, 4) == -0.0427 and round(needed, 4) == -0.0651
    assert round(targets.project(12.6, observed, 5), 2) == 10.13
    assert round(targets.annual_points(15.0, 12.6, 4), 2) == -0.60
    assert round(targets.annual_points(12.6, 9.0, 5), 2) == -0.72
    assert status(12.6, 9.0, "down", points=5, observed=observed, needed=needed) == TOO_SLOW


@pytest.mark.parametrize(("first", "last"), [(0, 5), (5, 0), (-1, 5), (5, -1)])
def test_annual_rate_is_undefined_at_zero_and_below(first, last):
    assert targets.annual_change(first, last, 4) is None
    assert targets.annual_points(first, last, 4) == (last - first) / 4
