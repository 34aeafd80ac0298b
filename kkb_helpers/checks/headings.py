"""Headers: which export is it, and are its columns there."""

from collections.abc import Iterator
from dataclasses import dataclass

from .. import sources
from ..wording import number
from .registry import Found, Saw, check, letter, listed


@dataclass(frozen=True)
class Reception:
    """How a file's header was read."""

    recognition: sources.Recognition
    skipped_numbers: tuple[int, ...] = ()
    skipped_headers: tuple[int, ...] = ()

    @property
    def header(self) -> sources.Header | None:
        """The header taken, None where there is none."""
        return self.recognition.header


@check("H201", "TOLAK", "reception", "pengirim berkas", "Baris judul kolom tidak ditemukan.")
def header_found(reception: Reception) -> Iterator[Found]:
    """One row of one sheet, within the first 20, holds at least 80 % of a kind's labels."""
    yield Saw(1)
    r = reception.recognition
    if r.header is None:
        near = r.nearest
        hint = (
            f"; yang paling mirip: {near.source.title}, tanpa kolom {listed(c.header for c in near.missing)}"
            if near
            else ""
        )
        expected = f"judul kolom ekspor yang dikenal pada {sources.HEADER_WITHIN} baris pertama"
        action = "Pakai berkas ekspor asli, tanpa mengubah judul kolomnya"
        if near:
            action += "; untuk tabel buatan sendiri, buat peta kolom dengan kkb import --propose"
        yield Found(f"judul kolom tidak dikenal{hint}", expected, f"{action}.")
    elif r.rivals:
        both = listed(
            dict.fromkeys(
                h.source.title + (f' (lembar "{s}")' if s else "") for s, h in [(r.sheet.name, r.header), *r.rivals]
            )
        )
        yield Found(
            f"lebih dari satu judul kolom dikenal: {both}",
            "satu tabel dalam satu berkas",
            "Pisahkan menjadi satu berkas untuk tiap tabel.",
        )
    elif not r.header.has_own and not r.header.repeated:
        own = listed(
            sorted(c.header for c in r.header.source.measures if set(c.labels) & sources.own_labels(r.header.source)), 3
        )
        yield Found(
            "kolom YANG ADA dan YANG LAPOR tanpa kolom MATERI atau pertemuan: jenis kelompoknya tidak dapat diketahui",
            f"paling sedikit satu kolom yang khas, misalnya untuk {r.header.source.title}: {own}",
            "Unduh ulang dengan kolom MATERI dan pertemuan.",
            row=r.header_number,
        )
    if r.hidden:
        yield Found(
            f"lembar tersembunyi tidak dibaca: {listed(r.hidden)}",
            action="Tampilkan lembarnya bila itu datanya.",
            severity="CATATAN",
        )


@check("H202", "TOLAK", "reception", "pengirim berkas", "Kolom wajib tidak ada: {daftar}. Yang mirip: {saran}.")
def required_columns(reception: Reception) -> Iterator[Found]:
    """Every required column is there; a near match is suggested, never taken."""
    header = reception.header
    if header is None:
        return
    yield Saw(1)
    if header.missing:
        near = [f"{c.header} ← {close}" for c in header.missing if (close := _near_label(c, header.unknown))]
        yield Found(
            f"kolom wajib tidak ada: {listed((c.header for c in header.missing), 20)}"
            + (f"; yang mirip: {listed(near)}" if near else ""),
            f"semua kolom {header.source.title}",
            "Unduh ulang dengan semua kolom, atau perbaiki judul kolom itu bila hanya salah tulis.",
            row=reception.recognition.header_number,
        )
    absent = [
        c.header for c in header.source.columns if not c.required and c.is_value and c not in header.columns.values()
    ]
    if absent and not header.missing and not header.abreast:
        yield Found(
            f"kolom tidak ada: {listed(absent, 20)}",
            action="Nilainya dianggap tidak diketahui.",
            severity="CATATAN",
            alone=False,
        )


def _near_label(column: sources.Column, unknown: dict[int, str]) -> str:
    """The unknown label most like a missing column's, with its letter and any foreign letter in it."""
    from rapidfuzz import fuzz, process

    hit = process.extractOne(
        sources.label_of(column.header),
        {at: sources.label_of(t) for at, t in unknown.items()},
        scorer=fuzz.ratio,
        score_cutoff=60,
    )
    if hit is None:
        return ""
    text = unknown[hit[2]]
    foreign = sorted({f"U+{ord(c):04X}" for c in text if not c.isascii()})
    return f"{text!r} (kolom {letter(hit[2])}{', huruf asing ' + ' '.join(foreign) if foreign else ''})"


@check("H203", "TOLAK", "reception", "pengirim berkas", "Kolom '{x}' muncul {n} kali (kolom {D}, {H}).")
def repeated_columns(reception: Reception) -> Iterator[Found]:
    """No two columns are of one canonical name."""
    if reception.header is None:
        return
    yield Saw(1)
    for name, where in reception.header.repeated.items():
        header = next(c.header for c in reception.header.source.columns if c.name == name)
        letters = ", ".join(letter(at) for at in where)
        again = "Hapus kolom ganda di sumbernya, atau unduh ulang."
        if reception.header.source.family:
            again = f"Tulis jenis kelompok (BKB, BKR, BKL, UPPKA, PIK-R) di atas tiap kolomnya. {again}"
        yield Found(
            f"kolom '{header}' muncul {number(len(where))} kali (kolom {letters})",
            "satu kali, atau satu kali untuk tiap jenis kelompok yang disebut di atasnya"
            if reception.header.source.family
            else "satu kali",
            again,
            row=reception.recognition.header_number,
            column=header,
        )


@check("H204", "CATATAN", "reception", "pengirim berkas", "Kolom tidak dipakai: {daftar}.")
def unused_columns(reception: Reception) -> Iterator[Found]:
    """Columns that the kind does not know are listed, by letter where they have no label."""
    yield Saw(int(reception.header is not None))
    if reception.header is not None and reception.header.unknown:
        named = [
            f"{text!r} ({letter(at)})" if text else f"tanpa judul ({letter(at)})"
            for at, text in reception.header.unknown.items()
        ]
        yield Found(
            f"kolom tidak dipakai: {listed(named, 20)}",
            action="Tidak perlu tindakan.",
            row=reception.recognition.header_number,
        )


@check("H205", "CATATAN", "reception", "pengirim berkas", "Baris nomor kolom dilewati.")
def number_rows(reception: Reception) -> Iterator[Found]:
    """A row (1) (2) (3) under the header, and the header repeated on a later page, are not data."""
    yield Saw(int(reception.header is not None))
    for rows, what in (
        (reception.skipped_numbers, "baris nomor kolom"),
        (reception.skipped_headers, "judul kolom yang berulang"),
    ):
        if rows:
            yield Found(f"{what} dilewati: {listed(map(str, rows))}", action="Tidak perlu tindakan.", row=rows[0])
