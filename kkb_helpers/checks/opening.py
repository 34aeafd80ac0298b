"""Files: may it be opened, and is it what it says."""

from collections.abc import Iterator
from pathlib import PurePath

from .. import files
from ..wording import number
from .registry import DOWNLOAD_AGAIN, Found, Saw, check


@check("F102", "TOLAK", "file", "pengirim berkas", "Berkas terlalu besar/terlalu padat untuk dibuka dengan aman.")
def size(file: files.File) -> Iterator[Found]:
    """At most 20 MiB; a zip unpacks to at most 200 MiB, 100 times its size, 2,000 members."""
    yield Saw(1)
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
    yield Saw(1)
    if file.name.startswith("~$"):
        yield Found("berkas kunci sementara Excel (~$)", "berkas aslinya", "Tutup Excel, lalu pakai berkas tanpa ~$.")
    elif file.content == "terkunci":
        yield Found(
            "berkas dikunci sandi", "berkas tanpa sandi", "Buka di Excel, hapus sandinya, simpan, lalu impor lagi."
        )


@check("F106", "TOLAK", "file", "pengirim berkas", "Berkas Excel memuat definisi entitas (tidak aman).")
def entities(file: files.File) -> Iterator[Found]:
    """No document type or entity definition in any XML part of a workbook."""
    yield Saw(int(file.content == "xlsx"))
    if file.content == "xlsx" and file.part_with_entities:
        yield Found(f"definisi entitas di {file.part_with_entities}", "buku kerja tanpa DTD")


@check("F104", "TOLAK", "file", "pengirim berkas", "Pengodean teks tidak dikenali pada bita ke-{n}.")
def encoding(file: files.File) -> Iterator[Found]:
    """UTF-8, UTF-16 with its mark, or cp1252 where every byte is one."""
    if file.content not in ("csv", "html"):
        return
    yield Saw(1)
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
    yield Saw(1)
    expected = "Excel (.xlsx, .xls), CSV, atau tabel HTML"
    if file.content not in (*files.WORKBOOKS, "csv", "html"):
        again = "Buka di Excel, simpan sebagai .xlsx, lalu impor lagi." if file.content in files.SAVE_AGAIN else ""
        yield Found(f"isi berkas: {file.content}", expected, again or DOWNLOAD_AGAIN)
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
    yield Saw(1)
    if other:
        yield Found(f"isi sama dengan {other}; disimpan satu kali", action="Tidak perlu tindakan.")
