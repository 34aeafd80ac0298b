"""A district among its peers: funnel limits with over-dispersion, order without false ranks.

With a hundred thousand couples in a district nearly every difference is more than chance, so plain limits would flag
nearly everyone. Where districts differ more than chance explains, the variance between them is added to the limits
(the additive random-effects model of Spiegelhalter 2005), and the page says so. What is then outside is unusual among
districts, not merely not equal to the mean.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

Z95, Z998 = 1.959963984540054, 3.090232306167813
SMALL_N = 25
WINSORISED = 0.1
# The mean square of a standard normal after winsorising a tenth on either side: what chance alone then gives.
WINSORISED_SQUARE = 0.6787
_STEPS = 10**12  # in one: how finely the standard deviation between units is told (proportions)
BELOW, INSIDE, ABOVE = "di bawah batas", "dalam batas", "di atas batas"
SMALL, NO_LIMITS = "penyebut terlalu kecil", "tanpa batas"


@dataclass(frozen=True)
class Funnel:
    """Limits around the rate of all units together.

    centre : sum of numerators / sum of denominators of the units judged (proportion), NaN where there is none.
    dispersion : mean squared z-score after winsorising; 1 is what chance alone gives.
    between_sd : the standard deviation between units that is added to the limits, in percent points; 0 where none is.
    units : one row a unit: area_code, numerator, denominator, value (percent), low95, high95, low998, high998
        (percent), z (NaN for small units), small (drawn hollow, never flagged), position (one of the words above).
    """

    centre: float
    dispersion: float
    between_sd: float
    units: pd.DataFrame

    @property
    def overdispersed(self) -> bool:
        """Whether limits were widened."""
        return self.between_sd > 0

    @property
    def note(self) -> str:
        """Say in Indonesian which limits these are, for under the chart."""
        if np.isnan(self.centre):
            return "Batas tidak digambar: kurang dari tiga wilayah dengan penyebut yang cukup."
        if not self.overdispersed:
            return "Batas 95 dan 99,8 persen menurut sebaran binomial; perbedaan antarwilayah tidak melebihi kebetulan."
        from . import wording

        return (
            "Batas 95 dan 99,8 persen diperlebar dengan keragaman antarwilayah (simpangan baku "
            f"{wording.number(self.between_sd, 2)} poin persen), sebab wilayah berbeda lebih dari sekadar kebetulan."
        )

    def limits(self, denominators: Sequence[float]) -> pd.DataFrame:
        """Give low95, high95, low998, high998 (percent) at the given denominators: the curves of the chart."""
        return _limits(self.centre, self.between_sd / 100, np.asarray(denominators, dtype=float))


def funnel(areas: pd.DataFrame, minimum: int = SMALL_N) -> Funnel:
    """Put units of one indicator in a funnel.

    Parameters
    ----------
    areas : one row a unit with area_code, numerator, denominator (a slice of `indicators.compute`).
    minimum : units with a smaller denominator are small; never less than 25.

    A unit without a value, or whose numerator exceeds its denominator (no share of a whole), is listed but not judged.
    """
    units, top, bottom, rate = _rates(areas)
    small, judged = _sorted_out(top, bottom, minimum)
    centre, dispersion, between = _centre_and_spread(top[judged], bottom[judged])
    limits = _bounds(centre, between, bottom)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (rate - centre) / np.sqrt(centre * (1 - centre) / bottom + between**2)
    columns = {
        **{name: units[name] for name in units},
        "value": 100 * rate,
        **limits,
        "z": np.where(judged, z, np.nan),
        "small": small,
        "position": _positions(100 * rate, limits, small, judged),
    }
    return Funnel(centre, dispersion, 100 * between, pd.DataFrame(columns))


def _rates(areas: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Give units with area_code, numerator, denominator; both parts as floats; and their proportion."""
    units = areas[["area_code", "numerator", "denominator"]].reset_index(drop=True)
    top, bottom = (units[name].to_numpy(dtype=float, na_value=np.nan) for name in ("numerator", "denominator"))
    with np.errstate(divide="ignore", invalid="ignore"):
        return units, top, bottom, np.where(bottom > 0, top / bottom, np.nan)


def _sorted_out(top: np.ndarray, bottom: np.ndarray, minimum: int) -> tuple[np.ndarray, np.ndarray]:
    """Say which units are small, and which are judged."""
    small = ~(bottom >= max(minimum, SMALL_N))
    return small, ~small & (top <= bottom)


def _centre_and_spread(top: np.ndarray, bottom: np.ndarray) -> tuple[float, float, float]:
    """Give the common rate, the dispersion and the standard deviation between units (proportions)."""
    if len(top) < 3 or not 0 < top.sum() < bottom.sum():
        return np.nan, np.nan, 0.0
    centre = top.sum() / bottom.sum()
    variance = centre * (1 - centre) / bottom

    def dispersion(between: float) -> float:
        z = (top / bottom - centre) / np.sqrt(variance + between**2)
        return float(np.mean(_winsorised(z) ** 2)) / WINSORISED_SQUARE

    from scipy.special import chdtri  # scipy.stats.chi2.isf, whose import costs each start half a second

    # The 97.5th percentile of what chance gives: below it no dispersion is claimed.
    if (alone := dispersion(0.0)) <= chdtri(len(top), 0.025) / len(top):
        return float(centre), alone, 0.0
    # The variance between units that leaves just the dispersion of chance (Paule and Mandel's estimate). It falls as
    # they grow apart, so Python's own search finds it; to import scipy.optimize costs each start a sixth of a second.
    steps = bisect_left(range(2 * _STEPS), -1.0, key=lambda step: -dispersion(step / _STEPS))
    return float(centre), alone, steps / _STEPS


def _winsorised(z: np.ndarray) -> np.ndarray:
    """Pull the outer tenth on either side to its edge, so that the unusual do not set the limits they are held to."""
    ordered = np.sort(z)
    return np.clip(z, *(_quantile(ordered, share) for share in (WINSORISED, 1 - WINSORISED)))


def _quantile(ordered: np.ndarray, share: float) -> float:
    """Give a quantile of sorted numbers as `np.quantile` does, to the last bit; that costs ten times as much."""
    place = share * (len(ordered) - 1)
    below = int(place)
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    part, gap = place - below, high - low
    return high - gap * (1 - part) if part >= 0.5 else low + gap * part


def _limits(centre: float, between: float, bottom: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(_bounds(centre, between, bottom))


def _bounds(centre: float, between: float, bottom: np.ndarray) -> dict[str, np.ndarray]:
    """Give the limits in percent at each denominator: exact binomial, or normal with the added variance."""
    limits = {}
    usable = (bottom > 0) & ~np.isnan(centre)
    n = np.where(usable, np.round(bottom), 1.0)
    for name, z, tail in (("95", Z95, 0.025), ("998", Z998, 0.001)):
        if np.isnan(centre):
            low = high = np.full(len(n), np.nan)
        elif between > 0:
            half = z * np.sqrt(centre * (1 - centre) / n + between**2)
            low, high = centre - half, centre + half
        else:
            low, high = _binomial_quantile(tail, n, centre) / n, _binomial_quantile(1 - tail, n, centre) / n
        limits[f"low{name}"] = np.where(usable, 100 * np.clip(low, 0, 1), np.nan)
        limits[f"high{name}"] = np.where(usable, 100 * np.clip(high, 0, 1), np.nan)
    return limits


def _binomial_quantile(share: float, n: np.ndarray, p: float) -> np.ndarray:
    """Give the smallest count that at least this share of counts does not exceed.

    `scipy.stats.binom.ppf` gives the same; its import would cost each start half a second.
    """
    from scipy.special import bdtr, bdtrik

    trials = n.astype(np.int64)
    count = np.ceil(bdtrik(share, trials, p))
    below = np.maximum(count - 1, 0)
    return np.where(bdtr(below, trials, p) >= share, below, count)


def _positions(values: np.ndarray, limits: dict[str, np.ndarray], small: np.ndarray, judged: np.ndarray) -> np.ndarray:
    words = np.select([values < limits["low998"], values > limits["high998"]], [BELOW, ABOVE], INSIDE)
    words = np.where(np.isnan(limits["low998"]) | ~judged, NO_LIMITS, words)
    return np.where(small, SMALL, words)


def wilson(numerator: int, denominator: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Give the Wilson interval of a proportion in percent; None where there is no denominator.

    For what is a sample. Totals of a register have no sampling error: a page that shows this says what it means.
    """
    if denominator <= 0:
        return None
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(numerator, denominator, alpha=1 - confidence, method="wilson")
    return 100 * max(0.0, float(low)), 100 * min(1.0, float(high))


def places(areas: pd.DataFrame, better: str = "up", minimum: int = SMALL_N) -> pd.DataFrame:
    """Order units, those that cannot be told apart sharing a place.

    Parameters
    ----------
    areas : one row a unit with area_code, numerator, denominator.
    better : "up", "down" or "context" (ordered from high to low, as up).

    Returns
    -------
    One row a unit in order: area_code, numerator, denominator, value (percent), place, setara, small. `place` is 1 +
    the number of units ahead of the group, missing for small and unjudged units, which come last. `setara` marks a
    unit that shares its place: the page prints that word and no ordinal. A group holds units whose difference from its
    first is within what chance and the variation between units give (95 percent).
    """
    units, top, bottom, rate = _rates(areas)
    small, judged = _sorted_out(top, bottom, minimum)
    centre, _, between = _centre_and_spread(top[judged], bottom[judged])
    judged &= not np.isnan(centre)  # no limits, no places
    values, codes = 100 * rate, units["area_code"].to_numpy(object)
    sign = 1 if better == "down" else -1
    order = sorted(
        range(len(units)),
        key=lambda i: (not judged[i], np.isnan(values[i]), 0 if np.isnan(values[i]) else sign * values[i], codes[i]),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        variances = centre * (1 - centre) / bottom + between**2
    held = _shared_places(values[order] / 100, variances[order], int(judged.sum()))
    level = Counter(held)
    left = len(units) - len(held)
    return (
        units.take(order)
        .reset_index(drop=True)
        .assign(
            value=values[order],
            place=pd.array([*held, *[pd.NA] * left], dtype="Int64"),
            setara=pd.array([*(level[place] > 1 for place in held), *[False] * left], dtype="boolean"),
            small=small[order],
        )
    )


def _shared_places(rates: np.ndarray, variances: np.ndarray, judged: int) -> list[int]:
    """Give a place to each of the first `judged` of the ordered units."""
    found: list[int] = []
    first = 0
    for unit in range(judged):
        apart = abs(rates[unit] - rates[first]) > Z95 * np.sqrt(variances[unit] + variances[first])
        if apart:
            first = unit
        found.append(first + 1)
    return found
