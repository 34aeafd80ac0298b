"""Funnel limits, intervals and shared places: published vectors, properties, and simulations with fixed seeds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from kkb_helpers import compare
from kkb_helpers.compare import ABOVE, BELOW, INSIDE, NO_LIMITS, SMALL, funnel, places, wilson


def districts(rates, sizes) -> pd.DataFrame:
    """Make one row a district from rates and denominators."""
    sizes = np.asarray(sizes)
    tops = np.round(np.asarray(rates) * sizes).astype(int)
    codes = [f"36.{n:02d}" for n in range(1, len(sizes) + 1)]
    frame = pd.DataFrame({"area_code": codes, "numerator": tops, "denominator": sizes})
    return frame.astype({"numerator": "Int64", "denominator": "Int64"})


def simulated(rng: np.random.Generator, sd: float) -> pd.DataFrame:
    """Draw 38 districts of 1,000 to 200,000 couples around 60 percent, with an SD between them in points."""
    sizes = np.exp(rng.uniform(np.log(1_000), np.log(200_000), 38)).astype(int)
    rates = np.clip(0.6 + rng.normal(0, sd / 100, 38), 0, 1)
    return districts(rng.binomial(sizes, rates) / sizes, sizes)


def outside(units: pd.DataFrame, limits: pd.DataFrame) -> float:
    return ((units["value"] < limits["low998"]) | (units["value"] > limits["high998"])).mean()


@pytest.mark.parametrize(
    ("top", "bottom", "low", "high"),
    [
        (0, 12, 0.0000, 0.2425),
        (1, 12, 0.0149, 0.3539),
        (12, 12, 0.7575, 1.0000),
        (849, 1552, 0.5222, 0.5717),
        (54720, 100000, 0.5441, 0.5503),
    ],
)
def test_wilson_vectors(top, bottom, low, high):
    """S01."""
    found = wilson(top, bottom)
    assert tuple(round(limit / 100, 4) for limit in found) == (low, high)
    assert 0 <= found[0] <= found[1] <= 100


def test_wilson_of_nothing_is_no_interval():
    assert wilson(0, 0) is None


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_contains_the_rate_widens_and_mirrors(pair):
    """S02."""
    top, bottom = pair
    low, high = wilson(top, bottom)
    assert low - 1e-9 <= 100 * top / bottom <= high + 1e-9
    wider = wilson(2 * top, 2 * bottom)
    assert wider[1] - wider[0] < high - low
    mirrored = wilson(bottom - top, bottom)
    assert mirrored == pytest.approx((100 - high, 100 - low), abs=1e-9)


def test_limits_hold_what_chance_alone_makes():
    """S06: at most 0.5 percent outside, and no claim of dispersion in most draws."""
    rng = np.random.default_rng(20240601)
    found = [funnel(simulated(rng, 0)) for _ in range(150)]
    assert np.mean([outside(f.units, f.units) for f in found]) <= 0.005
    assert np.mean([f.overdispersed for f in found]) < 0.15
    assert np.mean([f.dispersion for f in found]) == pytest.approx(1, abs=0.1)


def test_limits_allow_for_districts_that_differ():
    """S07: with an SD of three points plain limits flag most districts, the widened ones few; and it is said."""
    rng = np.random.default_rng(20240602)
    found = [funnel(simulated(rng, 3)) for _ in range(150)]
    plain = [compare._limits(f.centre, 0.0, f.units["denominator"].to_numpy(float)) for f in found]
    assert all(f.overdispersed for f in found)
    assert np.mean([outside(f.units, f.units) for f in found]) < 0.05
    assert np.mean([outside(f.units, p) for f, p in zip(found, plain, strict=True)]) > 0.5
    assert 2.4 < np.mean([f.between_sd for f in found]) < 3.6
    assert "diperlebar dengan keragaman antarwilayah" in found[0].note


def test_binomial_limits_are_exact():
    """Ten districts of 100 at one half: 95 percent lie from 40 to 60, 99.8 percent from 35 to 65."""
    found = funnel(districts([0.5] * 10, [100] * 10))
    assert found.between_sd == 0 and found.centre == 0.5
    assert found.units.loc[0, ["low95", "high95", "low998", "high998"]].tolist() == [40, 60, 35, 65]
    assert set(found.units["position"]) == {INSIDE}
    assert "tidak melebihi kebetulan" in found.note
    assert found.limits([100, 0]).isna().sum().tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("share", [0.025, 0.001, 0.975, 0.999])
def test_binomial_quantiles_are_those_of_scipy(share):
    rng = np.random.default_rng(5)
    sizes = np.floor(10 ** rng.uniform(0, 7, 400))
    for rate in (*rng.uniform(0, 1, 40), 1e-9, 1 - 1e-9, 0.5):
        assert (compare._binomial_quantile(share, sizes, rate) == binom.ppf(share, sizes, rate)).all()


def test_unusual_district_is_outside():
    rates = [0.5, 0.51, 0.49, 0.5, 0.52, 0.48, 0.5, 0.5, 0.51, 0.49, 0.7, 0.3]
    units = funnel(districts(rates, [400] * 12)).units.set_index("area_code")
    assert units.loc["36.11", "position"] == ABOVE and units.loc["36.12", "position"] == BELOW
    assert (units.loc["36.01":"36.10", "position"] == INSIDE).all()


def test_small_units_are_hollow_and_set_no_limits():
    """S08."""
    whole = districts([0.5, 0.52, 0.48, 0.5], [400] * 4)
    with_small = pd.concat([whole, districts([1.0], [24]).assign(area_code="36.99")], ignore_index=True)
    found = funnel(with_small)
    small = found.units.set_index("area_code").loc["36.99"]
    assert small["small"] and small["position"] == SMALL and np.isnan(small["z"])
    assert found.centre == funnel(whole).centre
    assert funnel(with_small, minimum=500).units["small"].all()


def test_what_is_no_share_of_a_whole_is_listed_but_not_judged():
    frame = districts([0.5, 0.52, 0.48, 1.2], [400] * 4)
    frame.loc[4] = ["36.05", pd.NA, pd.NA]
    units = funnel(frame).units
    assert units["position"].tolist() == [INSIDE, INSIDE, INSIDE, NO_LIMITS, SMALL]
    assert units["value"].isna().tolist() == [False, False, False, False, True]


@pytest.mark.parametrize("rates", [[0.5, 0.6], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
def test_no_limits_where_there_is_nothing_to_hold_to(rates):
    found = funnel(districts(rates, [400] * len(rates)))
    assert np.isnan(found.centre) and set(found.units["position"]) == {NO_LIMITS}
    assert "Batas tidak digambar" in found.note
    assert found.limits([100]).isna().all(axis=None)


def test_places_are_shared_where_areas_cannot_be_told_apart():
    """S17: where districts differ by some 14 points, 70 and 50 percent are alike, 70 and 30 are not."""
    found = places(districts([0.50, 0.51, 0.70, 0.30, 0.505], [1000] * 5))
    assert found["area_code"].tolist() == ["36.03", "36.02", "36.05", "36.01", "36.04"]
    assert found["place"].tolist() == [1, 1, 1, 1, 5]
    assert found["setara"].tolist() == [True, True, True, True, False]


def test_a_lone_district_is_ahead_of_its_equals():
    """Two groups of ten, 40 points apart, and within a group only chance."""
    rates = [0.30, 0.31] * 5 + [0.70, 0.71] * 5
    found = places(districts(rates, [2000] * 20))
    assert found["place"].tolist() == [1] * 20 and funnel(districts(rates, [2000] * 20)).between_sd > 15
    lone = places(districts([0.5] * 19 + [0.7], [2000] * 20))
    assert lone["place"].tolist() == [1, *[2] * 19] and lone["area_code"].iloc[0] == "36.20"
    assert not lone["setara"].iloc[0] and lone["setara"].iloc[1:].all()


def test_equal_areas_all_share_the_first_place():
    found = places(districts([0.5] * 6, [300] * 6))
    assert found["place"].tolist() == [1] * 6 and found["setara"].all()


def test_order_follows_what_is_better_and_small_units_come_last():
    frame = pd.concat(
        [districts([0.1, 0.5, 0.9], [5000] * 3), districts([0.0], [10]).assign(area_code="36.99")], ignore_index=True
    )
    up, down = places(frame, "up"), places(frame, "down")
    assert up["area_code"].tolist() == ["36.03", "36.02", "36.01", "36.99"]
    assert down["area_code"].tolist() == ["36.01", "36.02", "36.03", "36.99"]
    assert pd.isna(up["place"].iloc[-1]) and up["small"].iloc[-1] and not up["setara"].iloc[-1]


def test_places_never_depend_on_the_order_of_the_rows():
    frame = districts([0.50, 0.51, 0.70, 0.30, 0.505], [1000] * 5)
    pd.testing.assert_frame_equal(places(frame), places(frame.sample(frac=1, random_state=1)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=60))
def test_the_outer_tenth_is_pulled_to_the_quantiles_of_numpy(values):
    z = np.array(values)
    low, high = np.quantile(z, [0.1, 1 - 0.1])
    assert np.array_equal(compare._winsorised(z), np.clip(z, low, high))
