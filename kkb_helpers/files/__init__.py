"""A file's bytes -> sheets of cells, each row with the number that Excel shows.

The content decides what a file is, never its name. Nothing is opened before it is known to be safe to open: `checks`
asks a `File` for its size, its zip directory and its XML before `sheets` is called. To read another format: a cabinet
that gives `Sheet`s, and its name in `File.content`.
"""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from ..cells import WITHOUT_VALUE
from .delimited import DELIMITERS, MAX_FIELD, read_text
from .pages import read_page
from .sheet import MAX_COLUMNS, Sheet, Unreadable
from .workbooks import read_workbook

__all__ = [
    "DATA_EXTENSIONS",
    "DELIMITERS",
    "EXTENSIONS",
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_FIELD",
    "MAX_MEMBERS",
    "MAX_RATIO",
    "MAX_UNPACKED",
    "SAVE_AGAIN",
    "WITHOUT_VALUE",
    "WORKBOOKS",
    "File",
    "Sheet",
    "Unreadable",
]

MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 100
MAX_MEMBERS = 2000
WORKBOOKS = ("xlsx", "xls")
SAVE_AGAIN = ("xlsb", "OpenDocument", "XML Excel 2003", "halaman web tersimpan (MHTML)")  # what Excel opens and kkb not
EXTENSIONS = {"xlsx": (".xlsx", ".xlsm"), "xls": (".xls",), "csv": (".csv", ".tsv", ".txt"), "html": (".htm", ".html")}
DATA_EXTENSIONS = frozenset(e for group in EXTENSIONS.values() for e in group) | {".xlsb", ".ods"}
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LEADS_OUT = re.compile(r"^[/\\]|^[A-Za-z]:|\.\.")
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_CP1252_HOLES = frozenset(b"\x81\x8d\x8f\x90\x9d")
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


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
        """What its bytes are: xlsx, xls, csv, html, terkunci, kosong, or the name of something else.

        `SAVE_AGAIN` names what Excel can save as one of them.
        """
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
        if re.match(rb"\s*MIME-Version:", start.lstrip(b"\xef\xbb\xbf"), re.IGNORECASE):
            return "halaman web tersimpan (MHTML)"
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start and b"<html" not in start.lower():
            return "XML Excel 2003"
        if re.match(rb"\s*[{\[]\s*[\"{\[]", start.lstrip(b"\xef\xbb\xbf")):
            return "JSON"
        if re.match(
            rb"\s*(<!doctype html|<\?xml|<!--|<(html|head|body|meta|style|table|div|center|font|h[1-6]|p|br)\b)",
            start.lstrip(b"\xef\xbb\xbf"),
            re.IGNORECASE,
        ):
            return "html"
        return "csv"

    def _kind_of_zip(self) -> str:
        if self.zip is None:
            return "zip rusak"
        names = {info.filename for info in self.zip}
        if any(name.endswith("xl/workbook.bin") for name in names):
            return "xlsb"
        if "mimetype" in names and "content.xml" in names:
            return "OpenDocument"
        return "xlsx" if any(name.endswith("xl/workbook.xml") for name in names) else "zip"

    @cached_property
    def zip(self) -> list[zipfile.ZipInfo] | None:
        """The members of a zip, None where there is none or its directory cannot be read."""
        if not self.data.startswith(b"PK"):
            return None
        try:
            return self._archive.infolist()
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
        except Unreadable:
            return ""

    def xml_parts(self) -> Iterator[tuple[str, bytes]]:
        """Give the name and bytes of each XML part of a workbook; raises Unreadable."""
        return self.members(lambda name: name.endswith((".xml", ".rels", ".vml")))

    def members(self, wanted: Callable[[str], bool] = lambda name: True) -> Iterator[tuple[str, bytes]]:
        """Give the name and bytes of each member of a zip whose name, in small letters, is wanted.

        Each is unpacked once, up to the size that its directory declared: many look at the same ones. Raises
        Unreadable at the first that cannot be unpacked.
        """
        for at, info in enumerate(self.zip or ()):
            if not wanted(info.filename.lower()):
                continue
            if at not in self._unpacked:  # by its number: `zipfile` shall see each, and tell of two that overlap
                self._unpacked[at] = self._unpack(info)
            yield info.filename, self._unpacked[at]

    def _unpack(self, info: zipfile.ZipInfo) -> bytes:
        try:
            with self._archive.open(info) as member:
                return member.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError) as error:
            raise Unreadable(f"buku kerja rusak: {str(error) or 'terpotong'}") from None

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))

    @cached_property
    def _unpacked(self) -> dict[int, bytes]:
        return {}

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Its sheets, in their order; raises Unreadable."""
        if self.content == "html":
            return read_page(self.text[0])
        if self.content not in WORKBOOKS:
            return [read_text(self.text[0])]
        if any(_LEADS_OUT.search(info.filename) for info in self.zip or ()):
            raise Unreadable("bagian berkas menunjuk ke luar berkas")
        try:
            return read_workbook(self)
        except (ElementTree.ParseError, KeyError) as error:
            raise Unreadable(f"buku kerja rusak: {error}") from None
