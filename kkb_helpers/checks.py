"""Every data-quality rule: code, severity, sentence.

To add a rule: one function under `@check`, and one passing and one failing fixture in `tests/test_checks.py`. A rule
gets the subject of its stage (a `File`, the `Reception` of a file, its `Rows`, its `Cells`, its `Matches`, the tidy
`Shelf`) and yields what it finds. A finding never changes a value: that a faulty cell is missing is decided where it is
read.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

import pandas as pd

from . import areas, cells, files, sources
from .store import FINDING_COLUMNS
from .wording import number

SEVERITIES = ("TOLAK", "GAGAL", "PERINGATAN", "CATATAN")
STAGES = ("file", "twins", "reception", "rows", "empty", "cells", "form", "matches", "tables")
SHOWN = 5
DOWNLOAD_AGAIN = "Unduh ulang berkas dari sumbernya."
CORRECT_AT_SOURCE = "Periksa isian di sumber, lalu unduh ulang. Jangan mengubah angka di berkas ini."


@dataclass(frozen=True)
class Found:
    """One thing that a rule found. `row` is the row Excel shows; `alone` says that it concerns that row alone."""

    found: str
    expected: str = ""
    action: str = DOWNLOAD_AGAIN
    row: int | None = None
    column: str = ""
    sheet: str = ""
    file: str = ""
    area_code: str = ""
    severity: str = ""
    alone: bool = True


@dataclass(frozen=True)
class Check:
    """A rule: `owner` is who can put right what it finds."""

    code: str
    severity: str
    stage: str
    owner: str
    sentence: str
    function: Callable[..., Iterable[Found]]


CHECKS: dict[str, Check] = {}


def check(code: str, severity: str, stage: str, owner: str, sentence: str):
    """Register the decorated function as the rule `code`."""

    def register(function):
        CHECKS[code] = Check(code, severity, stage, owner, sentence, function)
        return function

    return register


def run(stage: str, subject, file: str = "", sheet: str = "", until_refused: bool = False) -> list[dict]:
    """Run the rules of one stage on a subject, in the order they are written; one dict a finding.

    `until_refused` stops at the first TOLAK: what comes after it could not be opened safely. The keys are
    FINDING_COLUMNS and `alone`, whether the finding concerns its row alone.
    """
    rows = []
    for rule in CHECKS.values():
        if rule.stage != stage:
            continue
        rows += [_row(rule, found, file, sheet) for found in rule.function(subject)]
        if until_refused and any(row["severity"] == "TOLAK" for row in rows):
            break
    return rows


def refuses(findings: list[dict]) -> bool:
    """Say whether a finding refuses its file."""
    return any(finding["severity"] == "TOLAK" for finding in findings)


def frame_of(findings: list[dict]) -> pd.DataFrame:
    """Give findings as a frame of text, ordered by file, sheet, row and code, the same at every run."""
    frame = pd.DataFrame(findings, columns=FINDING_COLUMNS).astype("str")
    row = pd.to_numeric(frame["row"], errors="coerce").fillna(0)
    order = ["file", "sheet", "_row", "code", "column", "found"]
    return frame.assign(_row=row).sort_values(order, kind="stable", ignore_index=True)[FINDING_COLUMNS]


def _row(rule: Check, found: Found, file: str, sheet: str) -> dict:
    return {
        "code": rule.code,
        "severity": found.severity or rule.severity,
        "file": found.file or file,
        "sheet": found.sheet or sheet,
        "row": "" if found.row is None else str(found.row),
        "column": found.column,
        "area_code": found.area_code,
        "found": found.found,
        "expected": found.expected,
        "action": found.action,
        "alone": found.alone,
    }


def message(finding: dict[str, str]) -> str:
    """Say a finding (FINDING_COLUMNS) in one line: where, what was found, what is expected, what to do."""
    f = finding
    where = [f"`{f['file']}`"] if f["file"] else []
    where += [f'lembar "{f["sheet"]}"'] if f["sheet"] else []
    where += [f"baris {f['row']}"] if f["row"] else []
    where += [f'kolom "{f["column"]}"'] if f["column"] else []
    said = f["found"] + (f"; seharusnya {f['expected']}" if f["expected"] else "")
    return f"KKB-{f['code']} · {f['severity']} · {' › '.join(where)}: {said}. {f['action']}".replace(".. ", ". ")


def _list(words: Iterable[str], most: int = SHOWN) -> str:
    """Join words, the first few of many."""
    words = list(words)
    return ", ".join(words[:most]) + (f", … dan {number(len(words) - most)} lagi" if len(words) > most else "")


def letter(position: int) -> str:
    """Give Excel's letter of a column by its position from 0."""
    name, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


# --- files: may it be opened, and is it what it says ---------------------------------------------------------------


@check("F102", "TOLAK", "file", "pengirim berkas", "Berkas terlalu besar/terlalu padat untuk dibuka dengan aman.")
def size(file: files.File) -> Iterator[Found]:
    """At most 20 MiB; a zip unpacks to at most 200 MiB, 100 times its size, 2,000 members."""
    action = "Bagi berkas menjadi beberapa bagian, atau unduh ulang untuk wilayah yang lebih kecil."
    if len(file.data) > files.MAX_BYTES:
        yield Found("ukuran lebih dari 20 MiB", "paling besar 20 MiB", action)
    if file.data.startswith(b"PK\x03\x04") and file.zip:
        unpacked = sum(info.file_size for info in file.zip)
        packed = max(1, sum(info.compress_size for info in file.zip))
        if unpacked > files.MAX_UNPACKED or (unpacked > 2**20 and unpacked > files.MAX_RATIO * packed):
            yield Found(
                f"isi {number(unpacked // 2**20)} MiB setelah dibuka", "paling besar 200 MiB dan 100 kali", action
            )
        if len(file.zip) > files.MAX_MEMBERS:
            yield Found(f"{number(len(file.zip))} bagian di dalam berkas", "paling banyak 2.000 bagian", action)


@check("F103", "TOLAK", "file", "pengirim berkas", "Berkas dikunci sandi. / Ini berkas kunci sementara Excel.")
def protected(file: files.File) -> Iterator[Found]:
    """Not encrypted, and not the lock file that Excel leaves beside an open workbook."""
    if file.name.startswith("~$"):
        yield Found("berkas kunci sementara Excel (~$)", "berkas aslinya", "Tutup Excel, lalu pakai berkas tanpa ~$.")
    elif file.content == "terkunci":
        yield Found(
            "berkas dikunci sandi", "berkas tanpa sandi", "Buka di Excel, hapus sandinya, simpan, lalu impor lagi."
        )


@check("F106", "TOLAK", "file", "pengirim berkas", "Berkas Excel memuat definisi entitas (tidak aman).")
def entities(file: files.File) -> Iterator[Found]:
    """No document type or entity definition in any XML part of a workbook."""
    if file.content == "xlsx" and file.part_with_entities:
        yield Found(f"definisi entitas di {file.part_with_entities}", "buku kerja tanpa DTD")


@check("F104", "TOLAK", "file", "pengirim berkas", "Pengodean teks tidak dikenali pada bita ke-{n}.")
def encoding(file: files.File) -> Iterator[Found]:
    """UTF-8, UTF-16 with its mark, or cp1252 where every byte is one."""
    if file.content not in ("csv", "html"):
        return
    try:
        if file.text[1] == "cp1252":
            yield Found(
                "teks bukan UTF-8, dibaca sebagai Windows-1252", "UTF-8", "Periksa huruf beraksen.", severity="CATATAN"
            )
    except files.Unreadable as fault:
        expected = "UTF-8, UTF-16 dengan tanda urutan bita, atau Windows-1252"
        yield Found(
            f"pengodean teks tidak dikenali pada bita ke-{fault.row}", expected, "Simpan ulang sebagai CSV UTF-8."
        )


@check("F101", "TOLAK", "file", "pengirim berkas", "Berkas bukan Excel/CSV yang sah (isi: {jenis}).")
def readable(file: files.File) -> Iterator[Found]:
    """The content decides: xlsx, xls or CSV, whatever the extension says; anything else is refused."""
    expected = "Excel (.xlsx, .xls) atau CSV"
    if file.content not in (*files.WORKBOOKS, "csv"):
        yield Found(f"isi berkas: {file.content}", expected)
        return
    try:
        sheets = file.sheets
    except files.Unreadable as fault:
        yield Found(f"berkas tidak terbaca: {fault.what}", expected, row=fault.row)
        return
    if not any(sheet.rows for sheet in sheets):
        yield Found("tidak ada satu sel pun yang terisi", expected)
    suffix = PurePath(file.name).suffix.lower()
    if suffix not in files.EXTENSIONS[file.content]:
        yield Found(
            f"nama berakhiran {suffix or 'kosong'}, isinya {file.content}",
            action="Tidak perlu tindakan.",
            severity="CATATAN",
        )


@check("F105", "CATATAN", "twins", "pengirim berkas", "Isi sama dengan {berkas lain}.")
def twins(other: str) -> Iterator[Found]:
    """The same content under two names is kept once."""
    yield Found(f"isi sama dengan {other}; disimpan satu kali", action="Tidak perlu tindakan.")


# --- reception: which export is it, and are its columns there ------------------------------------------------------


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
    r = reception.recognition
    if r.header is None:
        near = r.nearest
        hint = (
            f"; yang paling mirip: {near.source.title}, tanpa kolom {_list(c.header for c in near.missing)}"
            if near
            else ""
        )
        expected = f"judul kolom ekspor yang dikenal pada {sources.HEADER_WITHIN} baris pertama"
        yield Found(
            f"judul kolom tidak dikenal{hint}", expected, "Pakai berkas ekspor asli, tanpa mengubah judul kolomnya."
        )
    elif r.rivals:
        both = _list(
            dict.fromkeys(
                h.source.title + (f' (lembar "{s}")' if s else "") for s, h in [(r.sheet.name, r.header), *r.rivals]
            )
        )
        yield Found(
            f"lebih dari satu judul kolom dikenal: {both}",
            "satu tabel dalam satu berkas",
            "Pisahkan menjadi satu berkas untuk tiap tabel.",
        )
    elif not r.header.has_own:
        own = _list(sorted(c.header for c in r.header.source.measures if set(c.labels) & r.header.source.own), 3)
        yield Found(
            "kolom YANG ADA dan YANG LAPOR tanpa kolom MATERI atau pertemuan: jenis kelompoknya tidak dapat diketahui",
            f"paling sedikit satu kolom yang khas, misalnya untuk {r.header.source.title}: {own}",
            "Unduh ulang dengan kolom MATERI dan pertemuan.",
            row=r.header_number,
        )
    if r.hidden:
        yield Found(
            f"lembar tersembunyi tidak dibaca: {_list(r.hidden)}",
            action="Tampilkan lembarnya bila itu datanya.",
            severity="CATATAN",
        )


@check("H202", "TOLAK", "reception", "pengirim berkas", "Kolom wajib tidak ada: {daftar}. Yang mirip: {saran}.")
def required_columns(reception: Reception) -> Iterator[Found]:
    """Every required column is there; a near match is suggested, never taken."""
    header = reception.header
    if header is None:
        return
    if header.missing:
        near = [f"{c.header} ← {close}" for c in header.missing if (close := _near_label(c, header.unknown))]
        yield Found(
            f"kolom wajib tidak ada: {_list((c.header for c in header.missing), 20)}"
            + (f"; yang mirip: {_list(near)}" if near else ""),
            f"semua kolom {header.source.title}",
            "Unduh ulang dengan semua kolom, atau perbaiki judul kolom itu bila hanya salah tulis.",
            row=reception.recognition.header_number,
        )
    absent = [
        c.header for c in header.source.columns if not c.required and c.is_value and c not in header.columns.values()
    ]
    if absent and not header.missing:
        yield Found(
            f"kolom tidak ada: {_list(absent, 20)}",
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
    for name, where in reception.header.repeated.items():
        header = next(c.header for c in reception.header.source.columns if c.name == name)
        letters = ", ".join(letter(at) for at in where)
        yield Found(
            f"kolom '{header}' muncul {number(len(where))} kali (kolom {letters})",
            "satu kali",
            "Hapus kolom ganda di sumbernya, atau unduh ulang.",
            row=reception.recognition.header_number,
            column=header,
        )


@check("H204", "CATATAN", "reception", "pengirim berkas", "Kolom tidak dipakai: {daftar}.")
def unused_columns(reception: Reception) -> Iterator[Found]:
    """Columns that the kind does not know are listed, by letter where they have no label."""
    if reception.header is not None and reception.header.unknown:
        named = [
            f"{text!r} ({letter(at)})" if text else f"tanpa judul ({letter(at)})"
            for at, text in reception.header.unknown.items()
        ]
        yield Found(
            f"kolom tidak dipakai: {_list(named, 20)}",
            action="Tidak perlu tindakan.",
            row=reception.recognition.header_number,
        )


@check("H205", "CATATAN", "reception", "pengirim berkas", "Baris nomor kolom dilewati.")
def number_rows(reception: Reception) -> Iterator[Found]:
    """A row (1) (2) (3) under the header, and the header repeated on a later page, are not data."""
    for rows, what in (
        (reception.skipped_numbers, "baris nomor kolom"),
        (reception.skipped_headers, "judul kolom yang berulang"),
    ):
        if rows:
            yield Found(f"{what} dilewati: {_list(map(str, rows))}", action="Tidak perlu tindakan.", row=rows[0])


# --- rows: what is data, and of when -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """The rows under a header that are not plain data, by the number that Excel shows; `left`: how many are."""

    totals: tuple[int, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    overlong: tuple[tuple[int, str], ...] = ()
    bad_times: tuple[tuple[int, str], ...] = ()
    future: tuple[tuple[int, str], ...] = ()
    today: dt.date = dt.date.max
    left: int = 0


@check("R213", "CATATAN", "rows", "pengirim berkas", "Baris jumlah dipakai untuk pemeriksaan saja.")
def totals_rows(rows: Rows) -> Iterator[Found]:
    """Rows JUMLAH or TOTAL are set aside, so that nothing is summed twice."""
    if rows.totals:
        yield Found(
            f"baris jumlah dipakai untuk pemeriksaan saja: {_list(map(str, rows.totals))}",
            action="Tidak perlu tindakan.",
            row=rows.totals[0],
        )


@check("R214", "PERINGATAN", "rows", "pengirim berkas", "Baris bukan data: {isi}.")
def rows_without_a_place(rows: Rows) -> Iterator[Found]:
    """Footnotes and leftovers under the table are listed; a row with more cells than the header is set aside."""
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
    for group, said, expected in (
        (rows.bad_times, "bulan tidak dikenal", "nama bulan seperti JANUARI, atau 2025-01"),
        (rows.future, "bulan belum tiba", f"paling akhir {rows.today:%Y-%m}"),
    ):
        words: dict[str, list[int]] = {}
        for row, text in group:
            words.setdefault(text, []).append(row)
        for text, where in words.items():
            yield Found(
                f"{said}: {text!r} pada {number(len(where))} baris ({_list(map(str, where))}); baris itu tidak dipakai",
                expected,
                "Perbaiki bulannya di sumber, atau beri --year yang benar.",
                row=where[0],
                severity="PERINGATAN" if rows.left else "",
            )


@check("R215", "TOLAK", "empty", "pengirim berkas", "Tidak ada baris data.")
def some_data(header_number: int) -> Iterator[Found]:
    """At least one row under the header is data."""
    yield Found("tidak ada baris data di bawah judul kolom", "paling sedikit satu baris", row=header_number)


# --- cells: can a value be read as what its column holds -----------------------------------------------------------


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
    faults = list(column.faults(cells.BLANK, cells.MARK, cells.ERROR))
    if faults:
        kinds = Counter("kosong" if f.kind == cells.BLANK else f"'{cells.text_of(f.cell)}'" for f in faults)
        said = ", ".join(f"{kind} {number(n)}" for kind, n in kinds.items())
        rows = _list(str(column.numbers[f.at]) for f in faults)
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
    yield from column.each(
        cells.FORMULA, "sel berisi rumus tanpa hasil", "nilai", "Buka dan simpan berkas di Excel, lalu impor lagi."
    )


@check("C226", "PERINGATAN", "cells", "petugas pelaporan", "Nilai penanda {v} bukan data.")
def sentinels(column: Cells) -> Iterator[Found]:
    """9999, 99999, -1 and 1E+n stand for something else than a count: missing."""
    yield from column.each(cells.SENTINEL, "nilai penanda '{}' bukan data", "jumlah yang sebenarnya")


@check("C227", "PERINGATAN", "form", "pengisi borang", "Isian borang '{v}' tidak dapat dipakai.")
def form_cells(problems: pd.DataFrame) -> Iterator[Found]:
    """A cell of a fill-in workbook is of its drop-down, or a date or amount: else it is missing."""
    for p in problems.itertuples():
        shown = cells.text_of(p.found)[:200]
        yield Found(
            f"isian '{shown}' tidak dapat dipakai", p.expected, p.action, row=int(p.source_row), column=p.column
        )


# --- matches: which village is it ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matches:
    """The distinct places of one file: columns as `areas.match_villages` gives, the place as written, row, rows.

    numeric_codes: rows whose code came as a number and was refused.
    """

    places: pd.DataFrame
    numeric_codes: tuple[tuple[int, str], ...] = ()


@check(
    "R212",
    "PERINGATAN",
    "matches",
    "pengirim berkas",
    "Kode {k} tidak dikenal. / Kode {k} = {nama rujukan}, berkas menulis '{nama}'.",
)
def codes_exist(matches: Matches) -> Iterator[Found]:
    """A code is in the reference list and then decides; a name that differs from it is noted."""
    for row, text in matches.numeric_codes:
        yield Found(
            f"kode terbaca sebagai angka ({text}); kode tidak dipakai",
            "kode sebagai teks",
            "Ubah format kolom kode menjadi teks di sumber.",
            row=row,
            column="KODE",
        )
    told = (matches.places["how"] == "kode") | (matches.places["reason"] == "kode tidak dikenal")
    for p in matches.places[told].itertuples():
        if p.reason == "kode tidak dikenal":
            how = "" if pd.isna(p.village_code) else f"; dicocokkan lewat nama menjadi {p.village_code}"
            yield Found(
                f"kode {p.kode} tidak dikenal di {p.kecamatan}{how}",
                "kode Kemendagri yang berlaku",
                "Periksa kode di sumber.",
                row=p.row,
                column="KODE",
                area_code=_code(p),
            )
        elif areas.normalise(p.kelurahan) != areas.normalise(areas.name_of(p.village_code)):
            other = [c for c in areas.villages_named(p.kelurahan, p.village_code[:8]) if c != p.village_code]
            yield Found(
                f"kode {p.village_code} = {areas.name_of(p.village_code)}, "
                f"berkas menulis '{cells.text_of(p.kelurahan)}'"
                + (f", nama {other[0]}" if other else "")
                + "; kode yang dipakai",
                action="Periksa kode di sumber." if other else "Tidak perlu tindakan bila hanya beda ejaan.",
                row=p.row,
                column="KELURAHAN",
                area_code=_code(p),
                severity="" if other else "CATATAN",
            )


@check("M401", "PERINGATAN", "matches", "pengirim berkas", "Desa/kelurahan tidak ditemukan: {nama}.")
def villages_found(matches: Matches) -> Iterator[Found]:
    """A row whose village is not found is kept in `unmatched` and listed."""
    for p in matches.places[matches.places["village_code"].isna()].itertuples():
        near = f"; yang paling mirip {p.near} ({areas.name_of(p.near)})" if p.near else ""
        place = " › ".join(cells.text_of(t) for t in (p.provinsi, p.kabupaten, p.kecamatan, p.kode, p.kelurahan) if t)
        yield Found(
            f"{p.reason}: {place} ({number(p.rows)} baris){near}; baris disimpan di unmatched",
            "desa/kelurahan pada daftar rujukan",
            "Perbaiki nama di sumber, atau pakai ekspor yang memuat KODE.",
            row=p.row,
            column="KELURAHAN" if p.kelurahan else "KABUPATEN",
        )


@check(
    "M402", "CATATAN", "matches", "pengirim berkas", "'{nama}' dicocokkan dengan {kode} {nama rujukan} karena mirip."
)
def likenesses(matches: Matches) -> Iterator[Found]:
    """Villages matched by likeness are listed for review."""
    for p in matches.places[matches.places["how"] == "mirip"].itertuples():
        yield Found(
            f"'{cells.text_of(p.kelurahan)}' dicocokkan dengan {p.village_code} {areas.name_of(p.village_code)} "
            f"karena mirip ({number(p.score)} dari 100)",
            action="Periksa; bila salah, perbaiki nama di sumber.",
            row=p.row,
            column="KELURAHAN",
            area_code=p.village_code,
        )


def _code(place) -> str:
    return "" if pd.isna(place.village_code) else place.village_code


# --- tables: do the values agree with each other -------------------------------------------------------------------


@dataclass
class Shelf:
    """The tidy tables as they will be written, and the rows that share a key: table -> its frame."""

    frames: dict[str, pd.DataFrame]
    duplicates: dict[str, pd.DataFrame] = field(default_factory=dict)

    def joined(self, one: str, other: str) -> pd.DataFrame:
        """The rows of `one` with the columns of `other` of the same key; where is kept from `one`."""
        if one not in self.frames or other not in self.frames:
            return pd.DataFrame()
        keys = list(sources.key_of(one))
        right = self.frames[other].drop(columns=["source_file", "source_row"])
        return self.frames[one].merge(right, on=keys, how="left", validate="one_to_one")


@check(
    "R211",
    "GAGAL",
    "tables",
    "pengirim berkas",
    "Kode {k} periode {p} muncul {n} kali dengan nilai berbeda (baris ...).",
)
def unique_keys(shelf: Shelf) -> Iterator[Found]:
    """A key stands once: rows with the same values are noted, with other values they cost the district its report."""
    for table, rows in shelf.duplicates.items():
        for (file, identical), group in rows.groupby(["source_file", "identical"], sort=True):
            if identical:
                yield Found(
                    f"{number(len(group))} baris kembar dengan nilai sama di {table}; yang pertama dipakai",
                    "satu baris untuk tiap kunci",
                    "Tidak perlu tindakan.",
                    row=int(group["source_row"].iloc[0]),
                    file=file,
                    severity="CATATAN",
                    alone=len(group) == 1,
                )
                continue
            for r in group.itertuples():
                yield Found(
                    f"kode {r.village_code} periode {r.time} di {table} muncul lagi dengan nilai berbeda "
                    f"(baris {r.first_row} dan {r.source_row}); baris {r.first_row} yang dipakai",
                    "satu baris untuk tiap kunci",
                    "Hapus baris yang salah di sumber, lalu unduh ulang.",
                    row=int(r.source_row),
                    file=file,
                    area_code=r.village_code,
                )


class Whole(NamedTuple):
    """A part that cannot exceed its whole, with the words for both; columns joined by + are summed, - is taken off."""

    table: str
    part: str
    whole: str
    kind: str = ""


PARTS = (
    Whole("siga_groups", "yang_lapor", "yang_ada"),
    Whole("siga_group_targets", "kesertaan_bkb", "sasaran_bkb"),
    Whole("siga_group_targets", "kesertaan_bkr", "sasaran_bkr"),
    Whole("siga_group_targets", "kesertaan_bkl", "sasaran_bkl"),
    Whole("siga_bkb_families", "keluarga_hadir", "keluarga_anggota"),
    Whole("siga_groups", "keluarga_hadir", "keluarga_anggota", "bkr"),
    Whole("siga_groups", "anggota_keluarga_hadir", "jumlah_anggota", "bkl"),
    Whole("siga_pus", "unmet_need", "pus"),
    Whole("siga_methods", "kb_modern", "pa"),
    Whole("siga_kkb", "kampung_kb_mandiri", "jumlah_kampung_kb"),
    Whole("siga_rdk", "paripurna", "jumlah_rumah_dataku"),
    Whole("siga_rdk", "di_kampung_kb", "jumlah_rumah_dataku"),
    Whole("siga_krs", "jumlah_krs", "jumlah_keluarga_sasaran"),
    Whole("siga_krs", "jumlah_keluarga_sasaran", "jumlah_keluarga"),
    Whole("siga_krs", "jamban_tidak_layak", "jumlah_keluarga_sasaran"),
    Whole("siga_krs", "air_minum_tidak_layak", "jumlah_keluarga_sasaran"),
    Whole("elsimil_pregnant", "bumil_terdampingi", "jumlah_bumil"),
    Whole("elsimil_pregnant", "konsumsi_ttd", "bumil_terdampingi"),
    Whole("profile", "pokja_jumlah_terlatih", "pokja_jumlah"),
    Whole("profile", "pikr", "remaja"),
    Whole("profile", "uppka", "keluarga"),
    Whole("profile", "iud+mow+mop+kondom+implan+suntik+pil", "pus"),
    Whole("profile", "anak_kemudian+tidak_ingin_anak", "pus"),
)
ACROSS = (("siga_methods", "siga_pus", "pa", "pus"), ("siga_pus", "siga_methods", "unmet_need", "pus-pa"))


@check(
    "X301",
    "PERINGATAN",
    "tables",
    "petugas pelaporan",
    "{bagian} {a} lebih besar dari {keseluruhan} {b} (selisih {d}).",
)
def part_and_whole(shelf: Shelf) -> Iterator[Found]:
    """A part is no larger than its whole; both values stay in the sums."""
    for rule in PARTS:
        frame = shelf.frames.get(rule.table, pd.DataFrame())
        if len(frame):
            rows = frame[frame["kind"] == rule.kind] if rule.kind else frame
            yield from _larger(rows, rule.table, rule.part, rule.whole)
    for one, other, part, whole in ACROSS:
        rows = shelf.joined(one, other)
        if len(rows):
            yield from _larger(rows, one, part, whole)


def _larger(rows: pd.DataFrame, table: str, part: str, whole: str) -> Iterator[Found]:
    a, b = amount(rows, part), amount(rows, whole)
    beyond = (a > b).fillna(False)
    one, other = label(table, part), label(table, whole)
    kinds = rows["kind"].str.upper() + ": " if "kind" in rows else pd.Series("", index=rows.index)
    for r, x, y, kind in zip(rows[beyond].itertuples(), a[beyond], b[beyond], kinds[beyond], strict=True):
        found = f"{kind}{one} {number(x)} lebih besar dari {other} {number(y)} (selisih {number(x - y)})"
        yield _contradiction(r, found, f"paling banyak {number(y)}", one)


def amount(rows: pd.DataFrame, words: str) -> pd.Series:
    """Give the value of `a+b-c` of columns of a frame, missing where one of them is."""
    total = None
    for term in words.replace("-", "+-").split("+"):
        value = -rows[term[1:]] if term.startswith("-") else rows[term]
        total = value if total is None else total + value
    return total


def label(table: str, words: str) -> str:
    """Give the labels of `a+b-c` as the exports write them."""
    headers = {c.name: c.header for t in (*sources.TABLES, table) for c in sources.columns_of(t).values()}
    return " ".join({"+": "+", "-": "−"}.get(w) or headers.get(w, w) for w in re.split(r"([+-])", words))


def _contradiction(row, found: str, expected: str, column: str) -> Found:
    return Found(
        found,
        expected,
        CORRECT_AT_SOURCE,
        row=int(row.source_row),
        column=column,
        file=row.source_file,
        area_code=row.village_code,
    )


SUMS = (
    ("siga_methods", "suntik+pil+kondom+implan+iud+vasektomi+tubektomi+mal", "kb_modern"),
    ("siga_methods", "kb_modern+kb_tradisional", "pa"),
)


@check("X302", "PERINGATAN", "tables", "petugas pelaporan", "Jumlah metode {a} bukan {b}.")
def sum_of_methods(shelf: Shelf) -> Iterator[Found]:
    """The methods, MAL among them, sum to KB MODERN; modern and traditional sum to PA."""
    for table, parts, whole in SUMS:
        rows = shelf.frames.get(table, pd.DataFrame())
        if not len(rows):
            continue
        a, b = amount(rows, parts), rows[whole]
        off = (a != b).fillna(False)
        for r, x, y in zip(rows[off].itertuples(), a[off], b[off], strict=True):
            yield _contradiction(
                r,
                f"jumlah {label(table, parts)} {number(x)} bukan {label(table, whole)} {number(y)}",
                number(y),
                label(table, whole),
            )


PAIRS = tuple(
    (rule.table, rule.part, rule.whole, rule.kind)
    for rule in PARTS
    if "+" not in rule.part and rule.table not in ("siga_kkb", "profile")
)


@check("X307", "PERINGATAN", "tables", "petugas pelaporan", "Pembilang ada, penyebut kosong.")
def compulsory_pairs(shelf: Shelf) -> Iterator[Found]:
    """A numerator is there where its denominator is, and the other way round; else the row is in neither sum."""
    for table, part, whole, kind in PAIRS:
        rows = shelf.frames.get(table, pd.DataFrame())
        if not len(rows):
            continue
        rows = rows[rows["kind"] == kind] if kind else rows
        a, b = rows[part], rows[whole]
        if a.isna().all() or b.isna().all():
            continue
        alone = a.isna() != b.isna()
        for r, there in zip(rows[alone].itertuples(), a[alone].notna(), strict=True):
            has, lacks = (part, whole) if there else (whole, part)
            yield _contradiction(
                r, f"{label(table, has)} ada, {label(table, lacks)} kosong", "keduanya terisi", label(table, lacks)
            )


def contradictory_rows(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the rows that break a cross-field rule: columns file, row, code; one row a rule broken."""
    found = frame_of(run("tables", Shelf(frames)))
    return found[found["code"].str.startswith("X")][["file", "row", "code"]].reset_index(drop=True)
