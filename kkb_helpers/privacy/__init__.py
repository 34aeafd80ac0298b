"""Finds persons' data in a file before anything of it is kept, and never repeats a value.

`scan` says where a file holds what kind of personal data, and how many; `without` gives the same file with the columns
of officers' names and contacts left out; `persons` knows a table of persons of no known kind by its shape. Cabinets:
`content` (what a cell gives away), `headers` (what a label gives away), `parts` (what is no cell), `shape`, `removal`.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ..cells import Column, is_filled
from ..files import File, Sheet, Unreadable
from . import content, headers, parts
from .removal import CLEANED, MARK, without
from .shape import persons

__all__ = ["CLEANED", "Place", "cleaned", "left_out", "name_tells", "persons", "safe_name", "scan", "without"]

LIST_OF_PERSONS = "daftar nama dan alamat (BNBA)"
_BY_NAME = re.compile(r"\bBNBA\b|\bBY[ _-]*NAME\b", re.IGNORECASE)
_PERSON_IN_NAME = re.compile(
    r"(?<![A-Za-z])(?:ktp|nik|a\.?n\.?|bpk|bapak|sdr|sdri|tn|ny|hj|alm|almh)[ ._-]+"
    r"(?!desa|kec|kab|kota|prov|per|data|rekap)[A-Za-z]{3,}",
    re.IGNORECASE,
)
_HEADER_WITHIN = 20
_TOGETHER = 2**24  # signs of texts that are looked through at once


@dataclass(frozen=True)
class Place:
    """Where personal data are, and how many: never what they are.

    kind: one of the kinds of `content` and `headers`. where: `sel`, `judul kolom`, `kolom` (its label says so), or a
    place that is no cell. sheet: its name, or its number where the name itself may be a person's. column: the letters
    of Excel. label: the label in known words, where no other word is in it. row: the first row. position: number of
    the sheet and positions of row and column from 0, where a column can be left out.
    """

    kind: str
    count: int
    where: str = "sel"
    sheet: str = ""
    column: str = ""
    label: str = ""
    row: int | None = None
    position: tuple[int, int, int] | None = None

    @property
    def droppable(self) -> bool:
        """Whether it is a column of officers' names or contacts, which may be left out; a NIK may not."""
        return self.kind in headers.DROPPABLE and self.position is not None


def scan(file: File) -> list[Place]:
    """Give every place of a file with personal data: its name, its cells, and what is no cell.

    The file must have passed the checks that let it be opened; of one that cannot be read, the name alone is looked at.
    """
    found = [Place(kind, 1, "nama berkas") for kind in sorted(name_tells(file.name))]
    try:
        sheets = file.sheets
    except Unreadable:
        return found
    for number, sheet in enumerate(sheets, 1):
        found += _of_sheet(sheet, number)
    counts: dict[tuple[str, str], int] = {}
    for where, text in parts.texts(file):
        for kind in content.kinds(text):
            counts[where, kind] = counts.get((where, kind), 0) + 1
    in_cells = {place.kind for place in found if place.where != "nama berkas"}
    # Shared strings and caches repeat the cells; they tell something new only where the cells do not.
    found += [
        Place(kind, count, where)
        for (where, kind), count in sorted(counts.items())
        if where not in (parts.CACHE, parts.REST) or kind not in in_cells
    ]
    return found


def cleaned(file: File, places: list[Place]) -> File | None:
    """Give a file without its columns of officers' names and contacts; None where it holds more than these.

    What it gives is to be scanned like any other file: its name, for one, is as it was.
    """
    if not all(place.kind in headers.DROPPABLE for place in places):
        return None
    return without(file, {place.position: place.kind for place in reversed(places) if place.position})


def left_out(sheets: list[Sheet]) -> list[Place]:
    """Give the columns that `without` left out of a file."""
    return [
        Place(kind, 0, "kolom", sheet.name, letters(at), row=number)
        for sheet in sheets
        for row, number in zip(sheet.rows[:_HEADER_WITHIN], sheet.numbers, strict=False)
        for at, cell in enumerate(row)
        for kind in headers.DROPPABLE
        if cell == MARK.format(kind)
    ]


def name_tells(name: str) -> frozenset[str]:
    """Give the kinds of personal data in a file's name."""
    stem = name.rpartition(".")[0] or name
    kinds = set(content.kinds(stem))
    if _PERSON_IN_NAME.search(stem):
        kinds.add(headers.NAME)
    if _BY_NAME.search(stem.replace("_", " ")):
        kinds.add(LIST_OF_PERSONS)
    return frozenset(kinds)


def safe_name(name: str) -> str:
    """Give a file's name for messages and logs: itself, or a hash where it may tell of a person."""
    if not name_tells(name) - {LIST_OF_PERSONS}:
        return name
    suffix = re.search(r"\.[A-Za-z]{2,5}$", name)
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    return f"berkas-{digest[:12]}{suffix[0].lower() if suffix else ''}"


# --- one sheet -----------------------------------------------------------------------------------------------------


@dataclass
class _Column:
    """One column of a sheet: its cells, and where its header stands."""

    sheet: Sheet
    number: int
    at: int
    header: int

    @property
    def cells(self) -> Column:
        """All its cells, from the sheet's first row."""
        return self.sheet.columns[self.at]

    def filled_below(self, position: int) -> int:
        """How many cells below a row are filled."""
        return int((self.cells.where(map(is_filled, self.cells.distinct)) > position).sum())

    def cells_below(self) -> list:
        """The distinct cells below the header that do not stand above it too."""
        found = zip(self.cells.distinct, self.cells.first, strict=True)
        return [cell for cell, first in found if first > self.header and is_filled(cell)]


def _of_sheet(sheet: Sheet, number: int) -> list[Place]:
    name = _sheet_name(sheet.name, number)
    found = [Place(kind, 1, "nama lembar", name) for kind in sorted(_kinds_of_title(sheet.name))]
    header = _header_position(sheet.rows)
    columns = [_Column(sheet, number - 1, at, header) for at in range(len(sheet.columns))]
    for some in _in_parts(columns):
        texts = content.Texts([column.cells.distinct for column in some])
        for column, worth_a_look, telling in zip(some, texts.worth_a_look(), headers.may_tell(texts), strict=True):
            found += _by_content(column, worth_a_look, name)
            found += _by_label(column, telling, name)
    found += _homes(columns, name)
    return found


def _in_parts(columns: list[_Column]) -> Iterator[list[_Column]]:
    """Give columns in parts whose texts may lie in memory once more, side by side."""
    some, size = [], 0
    for column in columns:
        some.append(column)
        size += sum(len(cell) for cell in column.cells.distinct if isinstance(cell, str))
        if size > _TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


def _sheet_name(name: str, number: int) -> str:
    return f"ke-{number}" if content.kinds(name) or _PERSON_IN_NAME.search(name) else name


def _kinds_of_title(text: str) -> set[str]:
    return set(content.kinds(text)) | ({LIST_OF_PERSONS} if _BY_NAME.search(text) else set())


def _header_position(rows: list[list]) -> int:
    """The position of the row that heads the table: the first with labels in most columns that are used."""
    texts = [
        sum(1 for cell in row if isinstance(cell, str) and cell.strip() and not _is_number(cell))
        for row in rows[:_HEADER_WITHIN]
    ]
    return next((at for at, n in enumerate(texts) if n >= 2 and n >= 0.6 * max(texts)), 0)


def _is_number(text: str) -> bool:
    return not any(c.isalpha() for c in text)


def _label_rows(column: _Column) -> Iterator[int]:
    """The rows whose cell may be the column's label: those to the header, and the second line of a header in two."""
    rows = column.sheet.rows
    yield from range(min(column.header + 1, len(rows)))
    filled = [at for at, cell in enumerate(rows[column.header]) if is_filled(cell)] if rows else []
    for position in range(column.header + 1, min(column.header + 3, len(rows))):
        labels = [cell for cell in rows[position] if is_filled(cell)]
        if (
            not labels
            or len(labels) >= len(filled)
            or not all(isinstance(c, str) and not _is_number(c) for c in labels)
        ):
            return
        yield position


def _by_label(column: _Column, telling: list[int], sheet: str) -> Iterator[Place]:
    """Give a column whose label, or a label of a second table further down, says that it holds personal data.

    telling: its distinct cells that may be such labels.
    """
    rows = column.sheet.rows
    places = list(_label_rows(column))
    further = [column.cells.first[at] for at in telling if headers.kind_of(column.cells.distinct[at])]
    places += [first for first in further if first not in places and _labels_in(rows[first]) >= 2]
    for position in places:
        label = rows[position][column.at] if column.at < len(rows[position]) else ""
        if not isinstance(label, str) or not label.strip():
            continue
        if _BY_NAME.search(label) and position <= column.header:
            yield Place(LIST_OF_PERSONS, 1, "judul", sheet, letters(column.at), row=column.sheet.numbers[position])
        kind = _kind_by_label(column, label, position)
        count = column.filled_below(position) if kind else 0
        beside = any(map(is_filled, rows[position][column.at + 1 :]))
        if kind and (count or beside):
            yield Place(
                kind,
                max(count, 0),
                "kolom",
                sheet,
                letters(column.at),
                headers.shown(label),
                column.sheet.numbers[position],
                (column.number, position, column.at),
            )
            return


def _kind_by_label(column: _Column, label: str, position: int) -> str:
    if headers.is_bare_name(label) and (_group_above(column, position) or _are_places(column.cells_below())):
        return ""
    if kind := headers.kind_of(label):
        return kind
    if headers.is_role(label):
        cells = column.cells_below()
        names = [cell for cell in cells if isinstance(cell, str) and headers.may_name_persons(cell)]
        return headers.NAME if names and 2 * len(names) >= len(cells) else ""
    return ""


def _labels_in(row: list) -> int:
    """Count the labels of personal data in a row; a row of data may name a place that reads like one, as Siraga HP."""
    labels = [cell for cell in row if isinstance(cell, str) and headers.kind_of(cell)]
    if labels and any(isinstance(c, int | float) or (isinstance(c, str) and c.strip().isdecimal()) for c in row):
        labels = [label for label in labels if not _places_like_labels().search(label)]
    return len(labels)


@cache
def _places_like_labels() -> re.Pattern[str]:
    """The areas of the reference list whose names read like a label of personal data."""
    from .. import areas

    names = {name for level in areas.CODE_WIDTH for name in _telling(areas.frame(level)["name"].tolist())}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b", re.IGNORECASE)


def _telling(names: list[str]) -> list[str]:
    """Give the texts that read like a label of personal data."""
    (places,) = headers.may_tell(content.Texts([names]))
    return [names[at] for at in places if headers.kind_of(names[at])]


def _group_above(column: _Column, position: int) -> bool:
    """Say whether NAMA stands under a merged label that names a place or an institution."""
    above = column.sheet.rows[position - 1] if position else []
    group = next((cell for cell in reversed(above[: column.at + 1]) if isinstance(cell, str) and cell.strip()), "")
    return headers.names_a_thing(group)


def _are_places(cells: list) -> bool:
    """Say whether a column under NAMA holds areas of the reference list or institutions, not persons."""
    from .. import areas

    words = [cell for cell in cells if isinstance(cell, str)]
    if not words:
        return False
    known = {
        areas.bare(name)
        for level in ("provinsi", "kabupaten", "kecamatan", "desa")
        for name in areas.frame(level)["name"]
    }
    named = sum(1 for word in words if areas.bare(word) in known or headers.names_a_thing(word))
    return named >= 0.8 * len(words)


def _by_content(column: _Column, worth_a_look: list[int], sheet: str) -> Iterator[Place]:
    """Give each kind of personal data in some of a column's distinct cells, those of its header apart."""
    counts: dict[tuple[str, str], list[int]] = {}
    for at in worth_a_look:
        n, first = column.cells.counts[at], column.cells.first[at]
        for kind in content.kinds(column.cells.distinct[at]):
            where = "judul kolom" if first <= column.header and n == 1 else "sel"
            seen = counts.setdefault((kind, where), [0, first])
            seen[0] += n
            seen[1] = min(seen[1], first)
    for (kind, where), (count, first) in sorted(counts.items()):
        position = (column.number, column.header, column.at) if where == "sel" else None
        yield Place(kind, count, where, sheet, letters(column.at), row=column.sheet.numbers[first], position=position)


def _homes(columns: list[_Column], sheet: str) -> Iterator[Place]:
    """Give columns of coordinates that are more than the places the rows name: those of homes."""
    labelled = [(column, _label_of(column)) for column in columns]
    located = [column for column, label in labelled if headers.is_coordinate(label)]
    if not located:
        return
    naming = [column.at for column, label in labelled if headers.is_place(label)]
    rows = located[0].sheet.rows[located[0].header + 1 :]
    homes, named = set(), set()
    for row in rows:
        where = tuple(row[c.at] if c.at < len(row) else "" for c in located)
        if any(map(is_filled, where)):
            homes.add(where)
            named.add(tuple(row[at] if at < len(row) else "" for at in naming))
    if homes and (not naming or len(homes) > 1.1 * len(named)):
        for column in located:
            position = (column.number, column.header, column.at)
            number = column.sheet.numbers[column.header]
            count = column.filled_below(column.header)
            yield Place(headers.HOME, count, "kolom", sheet, letters(column.at), "", number, position)


def _label_of(column: _Column) -> str:
    row = column.sheet.rows[column.header] if column.sheet.rows else []
    cell = row[column.at] if column.at < len(row) else ""
    return cell if isinstance(cell, str) else ""


def letters(position: int) -> str:
    """Give Excel's letters of a column by its position from 0."""
    name, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
