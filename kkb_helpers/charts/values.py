"""What of a value can be drawn, and what is written instead."""

from matplotlib.ticker import MaxNLocator

from .. import wording


def amount(value) -> float | None:
    """Give a value that can be drawn; None where it is missing or text."""
    return None if isinstance(value, str) or wording.is_missing(value) else float(value)


def in_words(value) -> str:
    """Give what is written where nothing can be drawn."""
    return value if isinstance(value, str) else wording.MISSING


def labelled(value, unit: str, decimals: int) -> str:
    """Write a value beside its mark."""
    return f"{wording.number(value, decimals)}{unit}"


def tick_label(value: float, unit: str) -> str:
    """Write a value at an axis with as many decimals as it needs."""
    decimals = max(0, -wording.rounded(value, 4).normalize().as_tuple().exponent)
    return labelled(value, unit, decimals)


def nice_ticks(low: float, high: float, n: int = 3) -> list[float]:
    """Give about `n` round values that span low to high."""
    return [float(t) for t in MaxNLocator(n, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]
