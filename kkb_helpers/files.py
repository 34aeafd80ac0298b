"""A file's bytes -> sheets of cells, each row with the number that Excel shows.

The content decides what a file is, never its name. Nothing is opened before it is known to be safe to open: `checks`
asks a `File` for its size, its zip directory and its XML before `sheets` is called.
"""

import csv
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from .cells import WITHOUT_VALUE

MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 100
MAX_MEMBERS = 2000
MAX_COLUMNS = 2000
MAX_FIELD = 2**20
DELIMITERS = (";", ",", "\t", "|")
WORKBOOKS = ("xlsx", "xls")
EXTENSIONS = {"xlsx": (".xlsx", ".xlsm"), "xls": (".xls",), "csv": (".csv", ".tsv", ".txt"), "html": (".htm", ".html")}
DATA_EXTENSIONS = frozenset(e for group in EXTENSIONS.values() for e in group) | {".xlsb", ".ods"}
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_CP1252_HOLES = frozenset(b"\x81\x8d\x8f\x90\x9d")
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


class Unreadable(Exception):
    """The bytes are not what they seem to be; the row is where it showed, where that is known."""

    def __init__(self, what: str, row: int | None = None):
        super().__init__(what)
        self.what, self.row = what, row


@dataclass
class Sheet:
    """The cells of one sheet: `rows[i]` is row `numbers[i]` of Excel. Hidden ones are not read for data."""

    name: str
    rows: list[list]
    numbers: list[int]
    hidden: bool = False


@dataclass(frozen=True)
class File:
    """A file by its name and bytes."""

    name: str
    data: bytes = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> "File":
        """Read a file once; of one that is too large, only what shows that it is."""
        with path.open("rb") as handle:
            return cls(path.name, handle.read(MAX_BYTES + 1))

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of its content."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def content(self) -> str:
        """What its bytes are: xlsx, xls, csv, html, terkunci, kosong, or the name of something else."""
        start = self.data[:4096]
        if not self.data.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
            return "kosong"
        if start.startswith(b"PK\x03\x04"):
            return self._kind_of_zip()
        if start.startswith(_OLE):
            return "terkunci" if _ENCRYPTED in self.data else "xls"
        for magic, name in (
            (b"%PDF", "PDF"),
            (b"\x89PNG", "gambar"),
            (b"\xff\xd8\xff", "gambar"),
            (b"PAR1", "Parquet"),
        ):
            if start.startswith(magic):
                return name
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "csv"
        if b"\x00" in self.data:
            return "biner"
        if re.match(
            rb"\s*(<!doctype html|<html|<table|<meta|<\?xml|<!--)", start.lstrip(b"\xef\xbb\xbf"), re.IGNORECASE
        ):
            return "html"
        return "csv"

    def _kind_of_zip(self) -> str:
        if self.zip is None:
            return "zip rusak"
        names = {info.filename for info in self.zip}
        if any(name.endswith("xl/workbook.bin") for name in names):
            return "xlsb"
        return "xlsx" if any(name.endswith("xl/workbook.xml") for name in names) else "zip"

    @cached_property
    def zip(self) -> list[zipfile.ZipInfo] | None:
        """The members of a zip, None where there is none or its directory cannot be read."""
        if not self.data.startswith(b"PK"):
            return None
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                return archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return None

    @cached_property
    def text(self) -> tuple[str, str]:
        """The text of a CSV or HTML file and its encoding; Unreadable with the byte where there is none."""
        for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if self.data.startswith(mark):
                return self._decode(encoding), encoding
        try:
            return self.data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError as error:
            if _UTF8_LETTER.search(self.data) or _CP1252_HOLES & set(self.data):
                raise Unreadable("pengodean", error.start) from None
        return self.data.decode("cp1252"), "cp1252"

    def _decode(self, encoding: str) -> str:
        try:
            return self.data.decode(encoding)
        except UnicodeDecodeError as error:
            raise Unreadable("pengodean", error.start) from None

    @cached_property
    def part_with_entities(self) -> str:
        """The first XML part that defines a document type or an entity, in UTF-8 or UTF-16; empty where none does."""
        try:
            return next((name for name, part in self.xml_parts() if _DTD.search(part.replace(b"\x00", b""))), "")
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError):
            return ""

    def xml_parts(self):
        """Give the name and bytes of each XML part of a workbook, bounded by what its directory declared."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            for info in self.zip or ():
                if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(info) as part:
                        yield info.filename, part.read(info.file_size + 1)

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Its sheets, in their order; raises Unreadable."""
        if self.content not in WORKBOOKS:
            return [_csv(self)]
        if any(info.filename.startswith(("/", "\\")) or ".." in info.filename for info in self.zip or ()):
            raise Unreadable("bagian berkas menunjuk ke luar berkas")
        try:
            return _workbook(self)
        except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, NotImplementedError) as error:
            raise Unreadable(f"buku kerja rusak: {error}") from None


def _workbook(file: File) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(file.data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
                if rows and len(rows[0]) > MAX_COLUMNS:
                    raise Unreadable("terlalu banyak kolom")
                hidden = meta.visible != SheetVisibleEnum.Visible
                sheets.append(Sheet(meta.name, rows, list(range(1, len(rows) + 1)), hidden))
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(f"buku kerja rusak: {error}") from None
    if file.content == "xlsx":
        _put_back_what_calamine_blanks(file, sheets)
    return sheets


def _put_back_what_calamine_blanks(file: File, sheets: list[Sheet]) -> None:
    """Calamine gives '' for an error cell and for a formula without a result: a blank cell is neither."""
    parts = {name: part for name, part in file.xml_parts() if name.startswith("xl/")}
    for sheet, part in zip(sheets, _parts_in_order(parts), strict=False):
        if part is None or (b'"e"' not in part and b"<f" not in part):
            continue
        for row, column, text in _odd_cells(part):
            if row <= len(sheet.rows) and column < len(sheet.rows[row - 1]):
                sheet.rows[row - 1][column] = text


def _parts_in_order(parts: dict[str, bytes]) -> list[bytes | None]:
    """The XML of the worksheets, in the workbook's order."""
    from defusedxml.ElementTree import fromstring

    relations = {r.get("Id"): r.get("Target") for r in fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<r/>"))}
    found = []
    for sheet in fromstring(parts["xl/workbook.xml"]).iter():
        if sheet.tag.endswith("}sheet"):
            target = relations.get(next((v for k, v in sheet.attrib.items() if k.endswith("}id")), ""), "") or ""
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if "worksheets/" in name:
                found.append(parts.get(name))
    return found


def _odd_cells(part: bytes):
    """Give row, column and text of each error cell and each formula without a result."""
    from defusedxml.ElementTree import iterparse

    for _, cell in iterparse(io.BytesIO(part)):
        if cell.tag.rpartition("}")[2] == "row":
            cell.clear()
        if cell.tag.rpartition("}")[2] != "c" or not (place := re.fullmatch(r"([A-Z]{1,3})(\d+)", cell.get("r", ""))):
            continue
        value = next((child.text for child in cell if child.tag.endswith("}v")), None)
        formula = any(child.tag.endswith("}f") for child in cell)
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - 64
        if cell.get("t") == "e" and value:
            yield int(place[2]), column - 1, value
        elif formula and not value:
            yield int(place[2]), column - 1, WITHOUT_VALUE


def _csv(file: File) -> Sheet:
    text, _ = file.text
    if "\x00" in text:
        raise Unreadable("karakter NUL", text[: text.index("\x00")].count("\n") + 1)
    first, _, rest = text.partition("\n")
    skipped = 0
    if match := re.fullmatch(r'"?sep=(.)"?\s*', first.strip("\r\n"), re.IGNORECASE):
        delimiter, text, skipped = match[1], rest, 1
    else:
        delimiter = _delimiter(text)
    rows, numbers = [], []
    for number, row in enumerate(_records(text, delimiter), 1 + skipped):
        if any(row):
            if len(row) > MAX_COLUMNS:
                raise Unreadable("terlalu banyak kolom", number)
            rows.append(row)
            numbers.append(number)
    return Sheet("", rows, numbers)


def _records(text: str, delimiter: str):
    """Give the records of a CSV text: a quoted line break stays in its cell, as in Excel."""
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = "sel terlalu panjang" if "field limit" in str(error) else "tanda kutip tidak ditutup"
            raise Unreadable(what, number) from None


def _delimiter(text: str) -> str:
    """Choose from the closed list the sign that gives the widest even table; Unreadable where two are as good."""
    sample = text[:65536] if len(text) <= 65536 else text[: text.rfind("\n", 0, 65536) + 1] or text[:65536]
    scores = {}
    for delimiter in DELIMITERS:
        widths = []
        try:
            for row, _ in zip(_records(sample, delimiter), range(60), strict=False):
                widths.append(sum(1 for _ in row))
        except Unreadable:
            if not widths:
                continue
        wide = [w for w in widths if w > 1]
        if wide:
            usual = max(set(wide), key=wide.count)
            scores[delimiter] = wide.count(usual) * (usual - 1)
    if not scores:
        return ";"
    best = sorted(scores.values())
    if len(best) > 1 and best[-1] == best[-2]:
        raise Unreadable("pemisah kolom tidak jelas")
    return max(scores, key=scores.get)
