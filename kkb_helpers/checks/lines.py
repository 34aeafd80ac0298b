"""Rows: what is data, and of when."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from ..wording import number
from .registry import Found, Saw, check, listed


@dataclass(frozen=True)
class Rows:
    """The rows under a header that are not plain data, by the number that Excel shows; `left`: how many are.

    dated: how many rows say of which month they are; month: the label of the column that says it.
    """

    totals: tuple[int, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    overlong: tuple[tuple[int, str], ...] = ()
    bad_times: tuple[tuple[int, str], ...] = ()
    future: tuple[tuple[int, str], ...] = ()
    today: dt.date = dt.date.max
    left: int = 0
    dated: int = 0
    month: str = ""

    @property
    def all(self) -> int:
        """How many rows stand under the header."""
        aside = {row for row, _ in (*self.bad_times, *self.future)}
        return self.left + len(self.totals) + len(self.notes) + len(self.overlong) + len(aside)


@dataclass(frozen=True)
class Body:
    """What stands under a header: the row of Excel of the header, and how many rows of data there are."""

    header_number: int
    rows: int


@check("R213", "CATATAN", "rows", "pengirim berkas", "Baris jumlah dipakai untuk pemeriksaan saja.")
def totals_rows(rows: Rows) -> Iterator[Found]:
    """Rows JUMLAH or TOTAL are set aside, so that nothing is summed twice."""
    yield Saw(rows.all)
    if rows.totals:
        yield Found(
            f"baris jumlah dipakai untuk pemeriksaan saja: {listed(map(str, rows.totals))}",
            action="Tidak perlu tindakan.",
            row=rows.totals[0],
        )


@check("R214", "PERINGATAN", "rows", "pengirim berkas", "Baris bukan data: {isi}.")
def rows_without_a_place(rows: Rows) -> Iterator[Found]:
    """Footnotes and leftovers under the table are listed; a row with more cells than the header is set aside."""
    yield Saw(rows.all)
    for row, text in rows.notes:
        yield Found(
            f"baris tanpa wilayah dilewati: {text}",
            "provinsi sampai desa/kelurahan",
            "Abaikan bila itu catatan kaki.",
            row=row,
            severity="CATATAN",
        )
    for row, text in rows.overlong:
        yield Found(
            f"lebih banyak sel daripada judul kolom: {text}",
            "sel sebanyak judul kolom",
            "Periksa tanda pemisah di dalam nama, lalu unduh ulang.",
            row=row,
        )


@check("T511", "TOLAK", "rows", "pengirim berkas", "Bulan '{x}' tidak dikenal.")
def months(rows: Rows) -> Iterator[Found]:
    """Every month is read and has come; a row whose month is neither is set aside, a file of none but those refused."""
    yield Saw(rows.dated)
    for group, said, expected in (
        (rows.bad_times, "bulan tidak dikenal", "nama bulan seperti JANUARI, atau 2025-01"),
        (rows.future, "bulan belum tiba", f"paling akhir {rows.today:%Y-%m}"),
    ):
        words: dict[str, list[int]] = {}
        for row, text in group:
            words.setdefault(text, []).append(row)
        for text, where in words.items():
            shown = f"{number(len(where))} baris ({listed(map(str, where))})"
            yield Found(
                f"{said}: {text!r} pada {shown}; baris itu tidak dipakai",
                expected,
                "Perbaiki bulannya di sumber, atau beri --year yang benar.",
                row=where[0],
                column=rows.month,
                severity="PERINGATAN" if rows.left else "",
            )


@check("R215", "TOLAK", "empty", "pengirim berkas", "Tidak ada baris data.")
def some_data(body: Body) -> Iterator[Found]:
    """At least one row under the header is data."""
    yield Saw(1)
    if not body.rows:
        yield Found("tidak ada baris data di bawah judul kolom", "paling sedikit satu baris", row=body.header_number)
