"""Cells: can a value be read as what its column holds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from .. import cells, sources
from ..wording import number
from .registry import CORRECT_AT_SOURCE, Found, Saw, check, listed

NUMERIC = frozenset({"count", "score", "percent", "index"})
WORDS = frozenset({"flag", "class"})


@dataclass(frozen=True)
class Cells:
    """One column read: the column, its label as written, the reading, and the row of Excel of each cell."""

    column: sources.Column
    label: str
    reading: cells.Reading
    numbers: list[int]

    def faults(self, *kinds: str) -> Iterator[cells.Fault]:
        """The faults of some kinds, in order."""
        return (fault for fault in self.reading.faults if fault.kind in kinds)

    def seen(self, kinds: frozenset[str]) -> Saw:
        """How many cells a rule for columns of some kinds looks at."""
        return Saw(len(self.numbers) if self.column.kind in kinds else 0)

    @property
    def name(self) -> str:
        """The column as written, with the canonical name where they differ."""
        same = sources.label_of(self.label) == sources.label_of(self.column.header)
        return self.label if same else f"{self.label} ({self.column.header})"

    def each(self, kind: str, said: str, expected: str, action: str = CORRECT_AT_SOURCE, **more) -> Iterator[Found]:
        """One finding for each cell with a fault of a kind."""
        for fault in self.faults(kind):
            shown = cells.text_of(fault.cell)[:200]
            yield Found(said.format(shown), expected, action, row=self.numbers[fault.at], column=self.name, **more)


@check(
    "C221",
    "PERINGATAN",
    "cells",
    "petugas pelaporan",
    "'{v}' bukan bilangan bulat — kemungkinan titik ribuan terbaca sebagai koma.",
)
def whole_numbers(column: Cells) -> Iterator[Found]:
    """A count is a whole number from 0; a fraction is not rounded and nothing is clamped: the value is missing."""
    yield column.seen(NUMERIC | WORDS)
    expected = (
        f"skor 1 sampai {column.column.highest}" if column.column.kind == "score" else "bilangan bulat, 0 atau lebih"
    )
    if column.column.kind in ("percent", "index"):
        expected = "angka, 0 atau lebih"
    elif column.column.kind in ("flag", "class"):
        expected = "ya atau tidak" if column.column.kind == "flag" else "Dasar, Berkembang, Mandiri atau Berkelanjutan"
    yield from column.each(
        cells.FRACTION, "'{}' bukan bilangan bulat — kemungkinan titik ribuan terbaca sebagai koma", expected
    )
    yield from column.each(cells.NEGATIVE, "{} negatif; dianggap tidak diketahui", expected)
    yield from column.each(
        cells.DATE,
        "'{}' terbaca sebagai tanggal",
        expected,
        "Ubah format kolom di Excel menjadi teks atau angka, lalu isi lagi.",
    )
    yield from column.each(cells.LOGICAL, "'{}' nilai logika", expected)
    yield from column.each(cells.RANGE, "'{}' di luar jangkauan", expected)
    yield from column.each(
        cells.WORD, "'{}' tidak dikenal" if column.column.kind in ("flag", "class") else "'{}' bukan angka", expected
    )


@check("C222", "GAGAL", "cells", "pengirim berkas", "Kolom memakai dua cara menulis angka (contoh baris {a}, {b}).")
def one_way_of_writing(column: Cells) -> Iterator[Found]:
    """A column that mixes 1.552 and 1,552, or 54,72 and 54.72, is not used; a lone 1,552 is missing, never guessed.

    Without a required column the file is not used either.
    """
    yield column.seen(NUMERIC)
    expected = "titik untuk ribuan dan koma untuk desimal di seluruh kolom"
    if column.reading.clash:
        (a, one), (b, other) = column.reading.clash
        yield Found(
            f"dua cara menulis angka: baris {column.numbers[a]} '{one}', baris {column.numbers[b]} '{other}'; "
            f"{'berkas' if column.column.required else 'kolom'} tidak dipakai",
            expected,
            "Seragamkan cara menulis angka di sumber, lalu unduh ulang.",
            row=column.numbers[a],
            column=column.name,
            severity="TOLAK" if column.column.required else "",
            alone=False,
        )
        return
    yield from column.each(cells.COMMA, "'{}' dapat berarti ribuan atau desimal", expected, severity="PERINGATAN")
    yield from column.each(
        cells.DIGITS,
        "'{}' ditulis dengan angka bukan 0-9; dibaca sebagai angka",
        expected,
        "Tidak perlu tindakan.",
        severity="CATATAN",
    )


@check(
    "C223",
    "GAGAL",
    "cells",
    "pengirim berkas",
    "Persentase tampak ditulis 0–1. Ubah ke 0–100 atau setel `percent_scale`.",
)
def percent_scale(column: Cells) -> Iterator[Found]:
    """A percentage column that never passes 1 is asked about and not used."""
    yield column.seen(frozenset({"percent"}))
    if column.reading.scale:
        yield Found(
            "persentase tampak ditulis 0–1; kolom tidak dipakai",
            "0 sampai 100",
            "Ubah ke 0–100 di sumber. Persentase selalu dihitung ulang dari jumlahnya.",
            row=column.numbers[0],
            column=column.name,
            alone=False,
        )


@check("C224", "PERINGATAN", "cells", "petugas pelaporan", "{n} sel kosong pada {kolom}.")
def missing_cells(column: Cells) -> Iterator[Found]:
    """Blank, -, n/a, #DIV/0! and the like are missing, counted by kind; 0 is a value."""
    yield column.seen(NUMERIC | WORDS)
    faults = list(column.faults(cells.BLANK, cells.MARK, cells.ERROR))
    if faults:
        kinds = Counter("kosong" if f.kind == cells.BLANK else f"'{cells.text_of(f.cell)}'" for f in faults)
        said = ", ".join(f"{kind} {number(n)}" for kind, n in kinds.items())
        rows = listed(str(column.numbers[f.at]) for f in faults)
        yield Found(
            f"{number(len(faults))} sel tanpa nilai ({said}) pada baris {rows}",
            "angka; 0 bila memang nol",
            "Lengkapi isian di sumber, lalu unduh ulang.",
            row=column.numbers[faults[0].at],
            column=column.name,
            alone=len(faults) == 1,
        )


@check("C225", "PERINGATAN", "cells", "pengirim berkas", "Sel {A1} berisi rumus tanpa hasil; buka dan simpan di Excel.")
def formulas(column: Cells) -> Iterator[Found]:
    """A formula without a stored result is missing."""
    yield column.seen(NUMERIC)
    yield from column.each(
        cells.FORMULA, "sel berisi rumus tanpa hasil", "nilai", "Buka dan simpan berkas di Excel, lalu impor lagi."
    )


@check("C226", "PERINGATAN", "cells", "petugas pelaporan", "Nilai penanda {v} bukan data.")
def sentinels(column: Cells) -> Iterator[Found]:
    """9999, 99999, -1 and 1E+n stand for something else than a count: missing."""
    yield column.seen(NUMERIC)
    yield from column.each(cells.SENTINEL, "nilai penanda '{}' bukan data", "jumlah yang sebenarnya")


@dataclass(frozen=True)
class Form:
    """A fill-in workbook read: its cells that could not be used (`workbook.PROBLEM_COLUMNS`), and how many rows."""

    problems: pd.DataFrame
    rows: int


@check("C227", "PERINGATAN", "form", "pengisi borang", "Isian borang '{v}' tidak dapat dipakai.")
def form_cells(form: Form) -> Iterator[Found]:
    """A cell of a fill-in workbook is of its drop-down, or a date or amount: else it is missing."""
    yield Saw(form.rows)
    for p in form.problems.itertuples():
        shown = cells.text_of(p.found)[:200]
        yield Found(
            f"isian '{shown}' tidak dapat dipakai", p.expected, p.action, row=int(p.source_row), column=p.column
        )
