"""Numbers as Indonesian readers write them, and back again."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

import pandas as pd
from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

LOCALE = Locale("id", "ID")
MISSING = "tidak ada data"
POINTS = "poin persen"


def is_missing(value) -> bool:
    """Say whether a value is none: None, NaN, NA, NaT or infinite."""
    return value is None or bool(pd.isna(value)) or value in (float("inf"), float("-inf"))


def rounded(value, decimals: int = 0) -> Decimal | None:
    """Round half up as a reader would; None where there is no value.

    A float is taken at 15 significant digits, so that 2.675 is what was written and not its binary neighbour.
    """
    if is_missing(value):
        return None
    exact = (
        value if isinstance(value, Decimal) else Decimal(f"{float(value):.15g}") if value % 1 else Decimal(int(value))
    )
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0  # + 0: no negative zero


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def number(value, decimals: int = 0) -> str:
    """Write a number: 1552 -> `1.552`; with decimals half up; `tidak ada data` where it is missing."""
    figure = rounded(value, decimals)
    return MISSING if figure is None else _written(figure, decimals)


@lru_cache(maxsize=16_384)
def _written(figure: Decimal, decimals: int) -> str:
    """Write a rounded figure; a page writes the same ones again and again."""
    return _pattern(decimals).apply(figure, LOCALE)


def percent(value, decimals: int = 2) -> str:
    """Write a percentage (0-100) in running text: `54,72 persen`."""
    return MISSING if is_missing(value) else f"{number(value, decimals)} persen"


def percent_cell(value, decimals: int = 2) -> str:
    """Write a percentage for a table whose head says %: `54,72`."""
    return number(value, decimals)


def percent_mark(value, decimals: int = 2) -> str:
    """Write a percentage beside a mark of a chart: `54,72%`."""
    return MISSING if is_missing(value) else f"{number(value, decimals)}%"


def rupiah(value) -> str:
    """Write an amount of money: `Rp1.250.000`."""
    return MISSING if is_missing(value) else f"Rp{number(value)}"


def rupiah_short(value) -> str:
    """Write an amount of money where room is scarce: `Rp1,25 miliar`, `Rp340 juta`, `Rp950.000`."""
    if is_missing(value):
        return MISSING
    for size, word in ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta")):
        if abs(value) >= size:
            figure = _pattern(2).apply(rounded(value / size, 2), LOCALE)
            return f"Rp{figure.removesuffix(',00')} {word}"
    return rupiah(value)


def direction(delta, decimals: int = 2) -> str:
    """Give the word for the sign of a change as it is shown: naik, turun or tetap; empty where it is missing."""
    figure = rounded(delta, decimals)
    return "" if figure is None else "tetap" if figure == 0 else "naik" if figure > 0 else "turun"


def points(delta, decimals: int = 2) -> str:
    """Write a change between two percentages: `naik 0,60 poin persen`, `turun ...`, `tetap`."""
    return change(delta, POINTS, decimals)


def change(delta, unit: str = "", decimals: int = 0) -> str:
    """Write a change: `naik 12 Kampung KB`, `turun 2`, `tetap`; says so where it cannot be computed."""
    word = direction(delta, decimals)
    if word in ("", "tetap"):
        return word or "perubahan tidak dapat dihitung"
    return " ".join(part for part in (word, number(abs(delta), decimals), unit) if part)


def signed(delta, decimals: int = 2) -> str:
    """Write a change for a table cell, with its sign: `+0,60`, `-0,34`, `0,00`."""
    figure = rounded(delta, decimals)
    return MISSING if figure is None else ("+" if figure > 0 else "") + number(figure, decimals)


def of(numerator, denominator, whom: str = "", what: str = "") -> str:
    """Write a part of a whole: `13.481 dari 26.140 PUS`, `13.481 peserta KB modern dari 26.140 PUS`."""
    if is_missing(numerator) or is_missing(denominator):
        return MISSING
    return " ".join(part for part in (number(numerator), what, "dari", number(denominator), whom) if part)


def share(numerator, denominator) -> float | None:
    """Give numerator/denominator x 100; None where it cannot be computed."""
    if is_missing(numerator) or is_missing(denominator) or denominator == 0:
        return None
    return numerator / denominator * 100


_MONTH_NAMES = "|".join(name for width in ("wide", "abbreviated") for name in LOCALE.months["format"][width].values())
_NO_NUMBERS = re.compile(
    rf"\b(?:\d{{1,2}} )?(?:{_MONTH_NAMES}) \d{{4}}\b"
    r"|\b(?:Triwulan|Semester) [IV]+ \d{4}\b"
    r"|\b(?:akhir|tahun|sejak) 20\d{2}\b"
    r"|\b\d+/20\d{2}\b"  # Inpres 3/2022
    r"|\b\d{2}\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?\b"  # area codes
    r"|\b1000 HPK\b"
)
_NUMBER = re.compile(r"(?:(?<![\w.,])-)?(?:(?<![\w.,])|(?<=Rp))(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?!\w)")


def numbers_in(text: str) -> list[Decimal]:
    """Give the numbers of an Indonesian sentence in order; dates, periods, area codes and decree numbers are none."""
    found = _NUMBER.findall(_NO_NUMBERS.sub(" ", text))
    return [Decimal(n.replace(".", "").replace(",", ".")) for n in found]
