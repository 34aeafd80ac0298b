"""Every indicator with its words, as a ratio of two sums, and the contract they all keep.

An indicator is one decorated function: it takes what the tables hold at a period and returns one row a unit (a village,
a Kampung KB, a kabupaten/kota, a row of an export) with `numerator` and `denominator`, missing where it is not known.
The framework sums them where both are known, at every level from village to nation in one pass, counts how many
units answered, and adds names, target, status, date and source.

To add an indicator: one decorated function at the end of its sasaran's file, and its golden file in `tests/golden`.
"""

from . import kelembagaan, keluarga, perilaku, layanan, lingkungan, pelaporan  # noqa: F401, I001 (their order is the registry's)
from .figures import changes, compute, counts, history, missing_months, previous, received, units, vintage
from .registry import COLUMNS, LEVELS, REGISTRY, REPORT_LEVELS, SASARAN, TIMES, TITLES, UNITS, Indicator

__all__ = [
    "COLUMNS",
    "LEVELS",
    "REGISTRY",
    "REPORT_LEVELS",
    "SASARAN",
    "TIMES",
    "TITLES",
    "UNITS",
    "Indicator",
    "changes",
    "compute",
    "counts",
    "history",
    "missing_months",
    "previous",
    "received",
    "units",
    "vintage",
]
