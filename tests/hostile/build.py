"""Builds the bytes of hostile files: tables, workbooks with parts changed, old workbooks, bombs.

Nothing here is downloaded and no number is a person's: the kabupaten and kecamatan of a NIK are 00, which are none.
"""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

PUS = ("PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN", "PUS", "UNMET NEED", "BULAN")
FIRST = ("BANTEN", "PANDEGLANG", "SUMUR", "SUMBERJAYA")
SECOND = ("BANTEN", "PANDEGLANG", "SUMUR", "TAMANJAYA")
MONTH = "2025-01"
NIK = "32" + "0000" + "410190" + "0001"
NIK_OF_PAPUA = "91" + "0000" + "010190" + "0001"
MOBILE = "08" + "1200000000"
EMAIL = "a.b" + "@contoh.go.id"
PERSON = "Sutarmi Suparmi"


def text(*rows: tuple, mark: str = ";", end: str = "\n") -> bytes:
    """Give rows as a CSV text."""
    return "".join(mark.join(map(str, row)) + end for row in rows).encode()


def pus(cell: object = 10, *more: tuple, header: tuple = PUS, name: str = FIRST[3]) -> tuple[tuple, ...]:
    """Give the rows of a good table of PUS whose first row holds `cell`, and more rows below."""
    return (header, (*FIRST[:3], name, cell, 1, MONTH), (*SECOND, 20, 2, MONTH), *more)


def workbook(*rows: tuple, name: str = "Data", write: Callable | None = None) -> bytes:
    """Give rows as a workbook; `write(book, sheet)` adds to it."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(name)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    if write:
        write(book, sheet)
    book.close()
    return buffer.getvalue()


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Give a workbook with one part changed, or added where it has none."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            held = source.read(info)
            archive.writestr(info.filename, change(held) if info.filename == part else held)
        if part not in source.namelist():
            archive.writestr(part, change(b""))
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    """Give one part of a workbook."""
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


def added(data: bytes, *parts: tuple[str, bytes]) -> bytes:
    """Give a workbook with more parts."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, held in parts:
            archive.writestr(name, held)
    return buffer.getvalue()


def plain_zip(*parts: tuple[str, bytes]) -> bytes:
    """Give a zip of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in parts:
            archive.writestr(name, held)
    return buffer.getvalue()


def overlapping(data: bytes) -> bytes:
    """Give a workbook whose directory names one member twice, so that a few bytes unpack again and again."""
    start = data.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack("<HLL", data[start + 10 : start + 20])
    directory = data[offset : offset + size]
    sheet = directory.index(b"xl/worksheets/sheet1.xml") - 46
    entry = directory[sheet : sheet + 46 + len("xl/worksheets/sheet1.xml")]
    twin = entry.replace(b"sheet1.xml", b"sheet2.xml")
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count + 1, count + 1, size + len(twin), offset, 0)
    return data[:offset] + directory + twin + end


def bomb(mebibytes: int) -> bytes:
    """Give a workbook one part of which unpacks to that many MiB of blanks."""
    return added(workbook(*pus()), ("xl/worksheets/sheet9.xml", b" " * (mebibytes * 2**20)))


def old_workbook(*rows: tuple) -> bytes:
    """Give rows as a BIFF8 workbook (.xls): a compound file with one stream."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def label(row: int, column: int, cell: str) -> bytes:
        return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(cell), 1) + cell.encode("utf-16-le"))

    def bof(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHLL", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    cells = b"".join(
        label(at, column, cell) if isinstance(cell, str) else record(0x0203, struct.pack("<HHHd", at, column, 0, cell))
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
    )
    width = max(map(len, rows))
    sheet = bof(0x0010) + record(0x0200, struct.pack("<LLHHH", 0, len(rows), 0, width, 0)) + cells + record(0x000A, b"")
    name = b"Data"
    opening = bof(0x0005) + record(0x0042, struct.pack("<H", 1200))

    def bound(offset: int) -> bytes:
        return record(0x0085, struct.pack("<LBBBB", offset, 0, 0, len(name), 0) + name)

    ending = record(0x000A, b"")
    return compound(opening + bound(len(opening) + len(bound(0)) + len(ending)) + ending + sheet)


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """Give a compound file (OLE) that holds one stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = struct.pack("<128L", *chain, *[0xFFFFFFFF] * (128 - len(chain)))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = title.encode("utf-16-le") + b"\0\0"
        none = 0xFFFFFFFF
        fields = struct.pack("<HBBLLL", len(letters), kind, 1, none, none, child)
        return letters.ljust(64, b"\0") + fields + b"\0" * 36 + struct.pack("<LLL", start, size, 0)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    directory = directory.ljust(512, b"\0")
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return head + struct.pack("<109L", 0, *[0xFFFFFFFF] * 108) + table + directory + stream


def locked() -> bytes:
    """Give what Excel writes for a workbook with a password: a compound file with an EncryptedPackage."""
    return compound(b"\x01" * 5000, "EncryptedPackage")


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file and give its path."""
    (folder / name).write_bytes(data)
    return folder / name
