"""Persons: their data refuse a file, or are left out and said; no finding holds a value."""

from collections.abc import Iterable, Iterator

from .. import privacy
from ..wording import number
from .registry import Found, Saw, check

REMOVE = (
    "Hapus data perorangan di sumbernya, atau pakai ekspor rekapitulasi tanpa nama. "
    "Bila hanya nama atau kontak petugas, beri --drop-personal."
)


@check("P601", "TOLAK", "persons", "pengirim berkas", "Berkas memuat data perorangan: {jenis} di {tempat}, {n} kali.")
def personal_data(places: Iterable[privacy.Place]) -> Iterator[Found]:
    """No cell, label, name, comment, property or hidden part holds a person's data; nothing of the file is kept."""
    yield Saw(1)
    for place in places:
        yield _found(place, "tidak ada data perorangan", REMOVE)


@check(
    "P602",
    "CATATAN",
    "dropped",
    "pengirim berkas",
    "Kolom {D} ({jenis}) ditinggalkan; salinan di data/raw tanpa kolom itu.",
)
def left_out(places: Iterable[privacy.Place]) -> Iterator[Found]:
    """A column of officers' names or contacts that was left out on request; the copy in `raw` is without it."""
    places = list(places)
    yield Saw(len(places))
    for place in places:
        yield Found(
            f"kolom {place.column} ({place.kind}) ditinggalkan; salinan di data/raw tanpa kolom itu",
            action="Tidak perlu tindakan.",
            row=place.row,
            column=place.column,
            sheet=place.sheet,
            alone=False,
        )


@check("P603", "TOLAK", "shape", "pengirim berkas", "Tampak data perorangan: {n} baris, lebih dari satu tiap desa.")
def shaped_like_persons(rows: int) -> Iterator[Found]:
    """A file of no known kind has no more rows than the villages it names; else it is taken for a list of persons."""
    yield Saw(1)
    if rows:
        yield Found(
            f"tampak data perorangan: {number(rows)} baris, lebih dari satu tiap desa/kelurahan dan waktu",
            "satu baris tiap desa/kelurahan dan waktu",
            "Pakai ekspor rekapitulasi. Berkas ini tidak disimpan.",
        )


def _found(place: privacy.Place, expected: str, action: str) -> Found:
    if place.where == "kolom":
        said = f"kolom {place.label or 'dengan judul'} ({place.kind}), {number(place.count)} sel terisi"
    elif place.where == "sel":
        said = f"{number(place.count)} sel berisi {place.kind}"
    else:
        said = f"{place.kind} pada {place.where}" + (f", {number(place.count)} kali" if place.count > 1 else "")
    return Found(said, expected, action, row=place.row, column=place.column, sheet=place.sheet, alone=False)
