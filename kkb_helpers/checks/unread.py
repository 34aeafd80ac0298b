"""Files: what of a workbook is not read, and units that would change every number."""

import re
from collections.abc import Iterator

from .. import files
from ..files import inside
from ..wording import number
from .headings import Reception
from .registry import Found, Saw, check

_UNIT = re.compile(
    r"\b(?:dalam|x|satuan|per)\s+(?:ribu(?:an)?|juta(?:an)?|1[.,]?000)\b|\bribuan (?:orang|jiwa)\b", re.IGNORECASE
)
NOTHING_TO_DO = "Tidak perlu tindakan."


@check("F107", "CATATAN", "file", "pengirim berkas", "Isi buku kerja yang tidak dipakai atau tersembunyi: {daftar}.")
def unread(file: files.File) -> Iterator[Found]:
    """Macros and links to other workbooks are never opened; formulas give their stored result; hidden rows are data."""
    yield Saw(int(file.content == "xlsx"))
    held = inside.besides(file)
    if held.macros:
        yield Found("makro di dalam berkas tidak dijalankan", action=NOTHING_TO_DO)
    if held.links:
        yield Found(f"{number(held.links)} tautan ke berkas lain tidak dibuka", action=NOTHING_TO_DO)
    if held.formulas:
        yield Found(
            f"{number(held.formulas)} sel berisi rumus; yang dibaca hasil yang tersimpan",
            action="Buka dan simpan berkas di Excel bila hasilnya mungkin sudah lama.",
        )
    if held.hidden_rows:
        yield Found(f"{number(held.hidden_rows)} baris tersembunyi ikut dibaca", action=NOTHING_TO_DO)
    if held.hidden_columns:
        yield Found(f"{number(held.hidden_columns)} kolom tersembunyi ikut dibaca", action=NOTHING_TO_DO)


@check(
    "H206", "TOLAK", "reception", "pengirim berkas", "Satuan pada judul: {isi}. Angka tidak boleh dikalikan diam-diam."
)
def plain_units(reception: Reception) -> Iterator[Found]:
    """No title above the table says that its numbers are thousands: they are never multiplied silently."""
    recognition = reception.recognition
    if recognition.header is None:
        return
    yield Saw(1)
    rows = recognition.sheet.rows[: recognition.header.row]
    for row, numbered in zip(rows, recognition.sheet.numbers, strict=False):
        for cell in row:
            if isinstance(cell, str) and (unit := _UNIT.search(cell)):
                yield Found(
                    f"judul menyebut angka {unit[0]!r}",
                    "angka penuh",
                    "Unduh ulang dengan angka penuh, tanpa satuan ribuan.",
                    row=numbered,
                )
                return
