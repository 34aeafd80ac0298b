"""A.1: what a file itself may be."""

import os
import struct
from pathlib import Path

from . import build as b
from .cases import CATATAN, PERINGATAN, Case, Find, as_bytes, as_csv, couples, noted, refused, with_part


def _cut(data: bytes) -> bytes:
    return data[:-1024]


def _flipped(data: bytes) -> bytes:
    at = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml") + 40
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _entities(inner: str) -> bytes:
    text = f'<?xml version="1.0"?><!DOCTYPE x [{inner}]><x>&a;</x>'
    return b.added(b.workbook(*b.pus()), ("xl/evil.xml", text.encode()))


LAUGHS = '<!ENTITY z "ha">' + "".join(
    f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("zihgfedcb", "ihgfedcba", strict=True)
)


def _linked() -> bytes:
    link = '<externalLink><externalBook r:id="rId1"/></externalLink>'
    dde = '<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    parts = [
        ("xl/externalLinks/externalLink1.xml", link.encode()),
        ("xl/externalLinks/externalLink2.xml", dde.encode()),
    ]
    return b.added(b.workbook(*b.pus()), *parts)


def _lying(part: bytes) -> bytes:
    return part.replace(b'<dimension ref="A1:G3"/>', b'<dimension ref="A1:XFD1048576"/>')


def _far(part: bytes) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return part.replace(b"</sheetData>", far + b"</sheetData>")


def _far_in_quotes(part: bytes) -> bytes:
    return _far(part).replace(b'"XFD1048576"', b" 'XFD1048576'")


def _far_elsewhere() -> bytes:
    data = b.workbook(*b.pus())
    part = b.part(data, "xl/worksheets/sheet1.xml")
    name, other = b"worksheets/sheet1.xml", b"/lain/gambar.png"
    data = b.changed(data, "xl/_rels/workbook.xml.rels", lambda held: held.replace(name, other))
    data = b.changed(data, "[Content_Types].xml", lambda held: held.replace(b"/xl/" + name, other))
    return b.added(data, ("lain/gambar.png", _far(part)))


def _far_in_old() -> bytes:
    near, far = (struct.pack("<HHHHH", 0x0203, 14, row, column, 0) for row, column in ((1, 4), (65535, 65535)))
    return b.old_workbook(*b.pus()).replace(near, far, 1)


def _sparse(folder: Path) -> Path:
    path = b.put(folder, "a.csv", b.text(*b.pus()))
    os.truncate(path, 300 * 2**20)
    return path


def _dated(folder: Path) -> list[Path]:
    old, future = b.put(folder, "a.csv", b.text(*b.pus())), b.put(folder, "b.csv", b.text(*b.pus(11)))
    os.utime(old, (0, 0))
    os.utime(future, (4e9, 4e9))
    return [old, future]


def _link(folder: Path) -> Path:
    (folder / "link.csv").symlink_to(b.put(folder, "a.csv", b.text(*b.pus())))
    return folder / "link.csv"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


def _in_folder(folder: Path) -> Path:
    b.put(folder, "~$data.xlsx", b"\x05Ani" + b"\0" * 50)
    b.put(folder, "a.csv", b.text(*b.pus()))
    return folder


def _twins(folder: Path) -> list[Path]:
    return [b.put(folder, name, b.text(*b.pus())) for name in ("a.csv", "b.csv")]


MIXED = b"".join(
    b.text(row, end=end)
    for row, end in zip(b.pus(10, (*b.FIRST, "x", 1, "2025-02")), ("\r\n", "\r", "\n", "\r\n"), strict=True)
)

FILES = (
    refused("1", "no byte, .xlsx", as_bytes("a.xlsx", b""), "F101", said="kosong"),
    refused("2", "no byte, .csv", as_bytes("a.csv", b""), "F101", said="kosong"),
    refused("3", "a header alone", as_csv(b.PUS), "R215", row="1"),
    Case(
        "4",
        "an HTML table called .xls",
        as_bytes(
            "a.xls",
            b"<html><body><script>fetch('http://x.invalid')</script><table>"
            + b"".join(b"<tr>" + b"".join(b"<td>%s</td>" % str(c).encode() for c in row) + b"</tr>" for row in b.pus())
            + b"</table></body></html>",
        ),
        0,
        (Find("F101", CATATAN, said="isinya html"),),
        10,
    ),
    noted("5", "a CSV called .xlsx", as_bytes("a.xlsx", b.text(*b.pus())), "F101", said="isinya csv"),
    noted("6", "a workbook called .csv", lambda f: b.put(f, "a.csv", b.workbook(*b.pus())), "F101", said="isinya xlsx"),
    Case("7a", "an old workbook", as_bytes("a.xls", lambda: b.old_workbook(*b.pus())), pus=10),
    noted(
        "7b",
        "an old workbook called .xlsx",
        as_bytes("a.xlsx", lambda: b.old_workbook(*b.pus())),
        "F101",
        said="isinya xls",
    ),
    noted(
        "8a",
        "a workbook with macros",
        lambda f: b.put(f, "a.xlsm", b.added(b.workbook(*b.pus()), ("xl/vbaProject.bin", b"Sub Auto_Open()"))),
        "F107",
        said="makro",
    ),
    refused(
        "8b",
        "a binary workbook",
        as_bytes("a.xlsb", lambda: b.plain_zip(("xl/workbook.bin", b"x"))),
        "F101",
        said="xlsb",
    ),
    refused(
        "8c",
        "an OpenDocument sheet",
        as_bytes("a.ods", lambda: b.plain_zip(("mimetype", b"application/vnd.oasis"), ("content.xml", b"<x/>"))),
        "F101",
    ),
    refused("9", "a workbook with a password", as_bytes("a.xlsx", b.locked), "F103", said="dikunci sandi"),
    refused("10a", "a lock file of Excel, named", as_bytes("~$data.xlsx", b"\x05Ani" + b"\0" * 50), "F103", said="~$"),
    Case("10b", "a lock file of Excel in a folder", _in_folder, pus=10),
    refused("11", "a workbook without its last KB", lambda f: b.put(f, "a.xlsx", _cut(b.workbook(*b.pus()))), "F101"),
    refused(
        "12", "a workbook with one flipped byte", lambda f: b.put(f, "a.xlsx", _flipped(b.workbook(*b.pus()))), "F101"
    ),
    refused(
        "13", "a zip bomb of ratio 1,000", as_bytes("a.xlsx", lambda: b.bomb(100)), "F102", seconds=1, mebibytes=50
    ),
    refused(
        "14",
        "10,000 members",
        as_bytes("a.xlsx", lambda: b.added(b.workbook(*b.pus()), *[(f"xl/x{i}.xml", b"<x/>") for i in range(10_000)])),
        "F102",
        seconds=1,
        mebibytes=50,
    ),
    refused("15", "members that overlap", lambda f: b.put(f, "a.xlsx", b.overlapping(b.workbook(*b.pus()))), "F101"),
    *(
        refused(
            f"16{letter}",
            f"a member called {name}",
            as_bytes("a.xlsx", lambda name=name: b.added(b.workbook(*b.pus()), (name, b"<x/>"))),
            "F101",
            said="menunjuk ke luar",
        )
        for letter, name in (("a", "../../evil.xml"), ("b", "/abs.xml"), ("c", "C:\\evil.xml"))
    ),
    refused("17", "a billion laughs", as_bytes("a.xlsx", lambda: _entities(LAUGHS)), "F106", seconds=1, mebibytes=50),
    refused(
        "18",
        "a quadratic entity of 22 KB",
        as_bytes("a.xlsx", lambda: _entities(f'<!ENTITY b "{"x" * 11_000}"><!ENTITY a "{"&b;" * 700}">')),
        "F106",
        seconds=1,
        mebibytes=50,
    ),
    *(
        refused(
            f"19{letter}",
            f"an entity of {where}",
            as_bytes("a.xlsx", lambda where=where: _entities(f'<!ENTITY a SYSTEM "{where}">')),
            "F106",
        )
        for letter, where in (("a", "file:///etc/passwd"), ("b", "http://x.invalid/"))
    ),
    noted("20", "links to other workbooks and DDE", as_bytes("a.xlsx", _linked), "F107", said="tautan"),
    Case(
        "21a",
        "a dimension of 1,048,576 rows, 3 used",
        with_part("xl/worksheets/sheet1.xml", _lying),
        pus=10,
        mebibytes=50,
    ),
    refused("21b", "one cell at XFD1048576", with_part("xl/worksheets/sheet1.xml", _far), "F101", mebibytes=50),
    refused(
        "21c",
        "one such cell in single quotes",
        with_part("xl/worksheets/sheet1.xml", _far_in_quotes),
        "F101",
        mebibytes=50,
    ),
    refused(
        "21d",
        "one such cell on a sheet that is called a picture",
        as_bytes("a.xlsx", _far_elsewhere),
        "F101",
        mebibytes=50,
    ),
    refused("21e", "one cell far out in an old workbook", as_bytes("a.xls", _far_in_old), "F101", mebibytes=50),
    refused(
        "21f",
        "an old workbook that makes its reader panic",
        as_bytes("a.xls", lambda: b.old_workbook(*b.pus())[:1023]),
        "F101",
    ),
    refused("22", "a CSV of 300 MB", _sparse, "F102", mebibytes=100),
    refused(
        "23a",
        "a CSV with one line of 50 MB",
        as_bytes("a.csv", lambda: b"A;B\n" + b"x" * 50 * 2**20),
        "F102",
        mebibytes=100,
    ),
    refused(
        "23b",
        "a CSV with one cell of 15 MB",
        as_bytes("a.csv", lambda: b"A;B\n" + b"x" * 15 * 2**20),
        "F101",
        row="2",
        mebibytes=150,
    ),
    Case(
        "24",
        "UTF-16 with its mark",
        as_bytes("a.csv", b"\xff\xfe" + b.text(*b.pus()).decode().encode("utf-16-le")),
        pus=10,
    ),
    noted(
        "25", "cp1252", as_bytes("a.csv", b.text(*b.pus(), ("Catatan: caf\u00e9",)).decode().encode("cp1252")), "F104"
    ),
    refused(
        "26",
        "one bad byte in UTF-8",
        as_bytes("a.csv", b.text(*b.pus()) + "é".encode() + b"\xff\n"),
        "F104",
        said="bita ke-",
    ),
    refused("27", "NUL bytes in a CSV", as_bytes("a.csv", b.text(*b.pus("1\x000"))), "F101"),
    noted("28", "mixed line ends", as_bytes("a.csv", MIXED), "C221", PERINGATAN, row="4", column="PUS"),
    *(
        Case(f"29{n}", f"parted by {mark!r}", as_csv(*b.pus(), mark=mark), pus=10)
        for n, mark in (("a", "\t"), ("b", "|"), ("c", ","))
    ),
    Case("29d", "sep=, in the first line", as_bytes("a.csv", b"sep=,\n" + b.text(*b.pus(), mark=",")), pus=10),
    refused("29e", "two marks that part as well", as_bytes("a.csv", b"A;B,C\n1;2,3\n"), "F101", said="pemisah"),
    refused(
        "30",
        "a quote that is not closed",
        as_bytes("a.csv", b.text(*b.pus()) + b'"BANTEN;x\n'),
        "F101",
        row="4",
        said="kutip",
    ),
    noted(
        "31", "a row longer than the header", couples(10, (*b.FIRST, 1, 2, b.MONTH, "x")), "R214", PERINGATAN, row="4"
    ),
    noted("32", "a row shorter than the header", couples(10, (*b.FIRST, 1)), "T511", PERINGATAN, row="4"),
    refused(
        "33a",
        "a pickle called .csv",
        as_bytes("a.csv", b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n"),
        "F101",
    ),
    refused(
        "33b", "a Parquet file called .csv", as_bytes("a.csv", b"PAR1" + b"\0" * 50 + b"PAR1"), "F101", said="Parquet"
    ),
    Case("34a", "a symbolic link", _link, 2),
    Case("34b", "a device", lambda f: Path("/dev/zero"), 2),
    Case("34c", "a pipe", _pipe, 2),
    Case("34d", "a device of Windows", lambda f: Path("\\\\.\\NUL"), 2),
    Case("34e", "a share", lambda f: Path("\\\\server\\share\\a.csv"), 2),
    Case("34f", "an address", lambda f: Path("http://x.invalid/a.csv"), 2),
    Case(
        "35",
        "a file that changes while it is read",
        held_by=("hostile/test_hostile.py::test_a_file_that_changes_is_kept_as_it_was_read",),
    ),
    noted("36", "the same content under two names", _twins, "F105"),
    Case(
        "37",
        "a file of another province",
        as_csv(b.PUS, ("SULAWESI BARAT", "MAJENE", "BANGGAE", "BARU", 7, 1, "2025-01")),
    ),
    Case("38", "very old and future file times", _dated, pus=11),
)
