"""What one report is about: a frozen dataclass, checked once; the same fields in every notebook.

To add a parameter: a field of `Params` and the same name in the notebooks' `parameters` cell. What follows from a
parameter is a property here, never typed in a notebook.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass, fields
from pathlib import Path

from . import areas
from .errors import UsageError

ROOT = Path(__file__).resolve().parents[1]
PROFILES = ("internal", "public")
LANGUAGES = ("id",)
LEVELS = ("kabupaten", "provinsi", "nasional")  # what a notebook can be about
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(20\d{2})-Q([1-4])")
SNAPSHOT_GRACE = dt.timedelta(days=10)


@dataclass(frozen=True, order=True)
class Period:
    """A month (`2024-06`) or a quarter (`2024-Q2`), kept as its text."""

    text: str

    def __post_init__(self):
        if not isinstance(self.text, str) or not (_MONTH.fullmatch(self.text) or _QUARTER.fullmatch(self.text)):
            raise UsageError(
                f"Periode {self.text!r} tidak dikenal. Tulis bulan seperti 2024-06 atau triwulan seperti 2024-Q2."
            )

    @property
    def is_quarter(self) -> bool:
        """Whether it is a quarter rather than a month."""
        return "Q" in self.text

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, oldest first, as `2024-06`."""
        if not self.is_quarter:
            return (self.text,)
        year, quarter = _QUARTER.fullmatch(self.text).groups()
        return tuple(f"{year}-{3 * int(quarter) - back:02d}" for back in (2, 1, 0))

    @property
    def month(self) -> str:
        """Its last month: stocks are read there."""
        return self.months[-1]

    @property
    def quarter(self) -> str:
        """The quarter that it is or lies in, as `2024-Q2`."""
        year, month = map(int, self.month.split("-"))
        return f"{year}-Q{(month + 2) // 3}"

    @property
    def end(self) -> dt.date:
        """Its last day."""
        year, month = map(int, self.month.split("-"))
        return dt.date(year, month, calendar.monthrange(year, month)[1])

    @property
    def year_end(self) -> dt.date:
        """The last day of its year: capaian is measured against the target of that day."""
        return dt.date(self.end.year, 12, 31)

    @property
    def snapshot_limit(self) -> dt.date:
        """The newest `as_of` that still counts as a snapshot of this period."""
        return self.end + SNAPSHOT_GRACE

    @property
    def previous(self) -> "Period":
        """The month or quarter before."""
        return self.shift(-1)

    def shift(self, steps: int) -> "Period":
        """Give the period `steps` months or quarters later."""
        if self.is_quarter:
            year, quarter = map(int, _QUARTER.fullmatch(self.text).groups())
            n = year * 4 + quarter - 1 + steps
            return Period(f"{n // 4}-Q{n % 4 + 1}")
        year, month = map(int, self.text.split("-"))
        n = year * 12 + month - 1 + steps
        return Period(f"{n // 12}-{n % 12 + 1:02d}")

    @property
    def label(self) -> str:
        """Its Indonesian name: `Juni 2024`, `Triwulan II 2024`."""
        if self.is_quarter:
            year, quarter = _QUARTER.fullmatch(self.text).groups()
            return f"Triwulan {('I', 'II', 'III', 'IV')[int(quarter) - 1]} {year}"
        return f"{MONTHS[self.end.month - 1]} {self.end.year}"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Params:
    """The parameters of one notebook.

    area: dotted code of a kabupaten/kota or province (`ID`: the country), or its name or slug (kept as the code).
    period: a month or quarter. data: the data folder; relative to the project's root.
    profile: for whom: internal (small counts of persons hidden below kecamatan) or public (rounded and hidden
    everywhere, without the exact internal files).
    lang: the language of the page.
    """

    area: str
    period: str
    data: str = "data"
    profile: str = "internal"
    lang: str = "id"

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, str):
                raise UsageError(f"Parameter {field.name}: harus teks, bukan {type(value).__name__} ({value!r}).")
        object.__setattr__(self, "area", areas.resolve(self.area, LEVELS).code)
        object.__setattr__(self, "period", Period(self.period).text)
        for name, allowed in (("profile", PROFILES), ("lang", LANGUAGES)):
            if getattr(self, name) not in allowed:
                raise UsageError(
                    f"Parameter {name}: {getattr(self, name)!r}; pilih salah satu dari {', '.join(allowed)}."
                )
        if "://" in self.data:
            raise UsageError(f"Parameter data: {self.data!r} bukan folder di komputer ini.")

    @property
    def place(self) -> areas.Area:
        """The area with its reference name."""
        return areas.get(self.area)

    @property
    def time(self) -> Period:
        """The period as a `Period`."""
        return Period(self.period)

    @property
    def folder(self) -> Path:
        """The data folder, a relative one from the project's root.

        The default folder without exports of its own means the synthetic sample.
        """
        folder = ROOT / self.data
        return ROOT / "data" / "sample" if self.data == "data" and not has_exports(folder) else folder

    @property
    def tables(self) -> Path:
        """The folder of the tidy tables."""
        return self.folder / "tables"

    @property
    def title(self) -> str:
        """What the report calls itself."""
        return f"{self.place.name}, {self.time.label}"


def has_exports(folder: Path) -> bool:
    """Say whether a data folder holds raw exports or tables made from some."""
    return any(folder.glob("tables/*.parquet")) or any(p for p in folder.glob("raw/*") if not p.name.startswith("."))
