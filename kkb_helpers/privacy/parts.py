"""The texts of a file that are no cells: comments, properties, defined names, caches, leftovers."""

import html
import re
from collections.abc import Iterator

from ..files import File

COMMENT, PROPERTIES, NAMES, CACHE, REST = (
    "komentar",
    "properti dokumen",
    "nama terdefinisi",
    "salinan data tersimpan",
    "bagian lain berkas",
)
_KINDS = (
    (re.compile(r"xl/(threadedcomments/|persons/|comments|drawings/vmldrawing)"), COMMENT),
    (re.compile(r"docprops/"), PROPERTIES),
    (re.compile(r"xl/workbook\.xml"), NAMES),
    (re.compile(r"xl/(pivotcache/|externallinks/|querytables/|charts/)"), CACHE),
    (re.compile(r"xl/sharedstrings"), CACHE),
)
_PLAIN = re.compile(r"xl/(theme/|styles|calcchain|metadata)|\[content_types\]")
# What is written in pieces for the sake of looks is one text: a shared string, a comment, a paragraph.
_WHOLE = re.compile(r"<(?:\w+:)?(si|comment|threadedComment|p)\b[^>]*>(.*?)</(?:\w+:)?\1>", re.DOTALL)
_NODE = re.compile(r">([^<>]+)<")
_ATTRIBUTE = re.compile(
    r"\b(?:v|name|displayName|userId|prompt|promptTitle|error|errorTitle|Target|tooltip|display|descr|title|comment|author)"
    r'="([^"]{6,})"'
)
# The names of the sheets, which are looked at with their sheets.
_SHEET_NAMES = re.compile(r"<(?:\w+:)?sheet\b[^>]*>|<TitlesOfParts>.*?</TitlesOfParts>", re.DOTALL)
_FORMULA = re.compile(rb"<f\b[^>]*>([^<]+)</f>")
_TAG = re.compile(r"<[^>]*>")
_DIGITS = re.compile(rb"\d{16}|\+62\d{8,12}|(?<!\d)08[1-9]\d{7,10}(?!\d)")


def texts(file: File) -> Iterator[tuple[str, str]]:
    """Give the place and text of everything that is no cell; nothing of a file that is not opened."""
    if file.content == "xlsx":
        for name, part in file.xml_parts():
            yield from _of_part(name.lower(), part)
    elif file.content == "xls":
        yield from ((REST, text) for text in _of_bytes(file.data))
    elif file.content == "html":
        text = file.text[0]
        yield from ((REST, piece) for piece in _NODE.findall(text))
        yield from ((REST, html.unescape(piece)) for piece in re.findall(r'="([^"]{6,})"', text))
        yield from ((REST, piece) for piece in re.findall(r"<!--(.*?)-->", text, re.DOTALL))


def _of_part(name: str, part: bytes) -> Iterator[tuple[str, str]]:
    if _PLAIN.match(name):
        return
    place = next((kind for pattern, kind in _KINDS if pattern.match(name)), REST)
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        start, end = part.find(b"<sheetData"), part.rfind(b"</sheetData>")
        if 0 <= start < end:
            yield from ((REST, _unescaped(text)) for text in _FORMULA.findall(part[start:end]))
            part = part[:start] + part[end:]
    text = part.decode("utf-16" if part[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    if place in (NAMES, PROPERTIES):
        text = _SHEET_NAMES.sub("", text)
    yield from ((place, html.unescape(value)) for value in _ATTRIBUTE.findall(text))
    whole = [_TAG.sub("", inner) for _, inner in _WHOLE.findall(text)]
    yield from ((place, html.unescape(piece)) for piece in whole or _NODE.findall(text))


def _unescaped(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", "replace"))


def _of_bytes(data: bytes) -> Iterator[str]:
    """The long numbers in an old workbook, in one or two bytes a sign: only calamine knows where its texts are."""
    for start in (None, 0, 1):
        piece = data if start is None else data[start::2]
        yield from (match[0].decode("ascii") for match in _DIGITS.finditer(piece))
