"""Which row of which sheet is the header of which export kind. A file's name is never looked at."""

import re
from dataclasses import dataclass, field, replace
from functools import cache

from ..files import Sheet
from .exports import ABREAST, BULAN, PLACES, REGISTRY
from .kinds import Column, Source, label_of
from .titles import DEEPEST, HEADER_WITHIN, said_above, titles_of

ENOUGH = 0.8
NOT_DATA = {"", "NO", "NOMOR", "INDEX", "V1", "UNNAMED 0"}
_KINDS_OF_GROUP = {
    "BKB": "bkb",
    "BKR": "bkr",
    "BKL": "bkl",
    "UPPKA": "uppka",
    "UPPKS": "uppka",
    "PIK ?R|PIK REMAJA": "pikr",
}
_SAID = {label: c.name for c in (*PLACES, BULAN) for label in c.labels} | {"TAHUN": "tahun"}


@dataclass(frozen=True)
class Header:
    """A row, or up to three, read as the header of one kind.

    row: the position of its last row in the sheet. columns: position -> column. missing: required columns that are not
    there. repeated: name -> the positions of a column that stands there more than once. unknown: position -> label as
    written. titles: the whole title of each column. depth: its rows. given: what lines above it say in place of a
    column (kecamatan, month), by name. scaled: names of percentages that a map says are written from 0 to 1.
    abreast: position -> the kind of group it is of, where several kinds stand side by side.
    """

    source: Source
    row: int
    columns: dict[int, Column]
    missing: tuple[Column, ...]
    repeated: dict[str, list[int]]
    unknown: dict[int, str]
    titles: tuple[str, ...] = ()
    depth: int = 1
    given: dict[str, str] = field(default_factory=dict)
    scaled: frozenset[str] = frozenset()
    abreast: dict[int, str] = field(default_factory=dict)

    @property
    def sure(self) -> bool:
        """Whether enough of the kind's labels are there to take the row for its header."""
        required = [c for c in self.source.columns if c.required]
        values = [c for c in required if c.is_value]
        found = sum(c.is_value for c in self.columns.values())
        return (
            len(required) - len(self.missing) >= ENOUGH * len(required)
            and 2 * sum(c not in self.missing for c in values) >= len(values)
            and found > 0
        )

    @property
    def has_own(self) -> bool:
        """Whether a kind of a family shows a column that no other of the family has."""
        labels = {label for column in self.columns.values() for label in column.labels}
        return not self.source.family or bool(labels & own_labels(self.source))


@dataclass(frozen=True)
class Recognition:
    """What a file's sheets were taken for.

    header: the header taken, None where no row is one. sheet: its sheet, and `header_number` its row in Excel.
    rivals: other headers that are as good, with their sheets. nearest: the reading that finds the most labels, where
    none is sure. hidden: names of hidden sheets that hold a header.
    """

    header: Header | None
    sheet: object = None
    header_number: int = 0
    rivals: tuple[tuple[str, Header], ...] = ()
    nearest: Header | None = None
    hidden: tuple[str, ...] = ()


def recognise(sheets: list) -> Recognition:
    """Say which export kind the sheets of a file hold, and where (see `files.Sheet`)."""
    found = [(sheet, header) for sheet in sheets for header in headers_in(sheet)]
    hidden = tuple(dict.fromkeys(sheet.name for sheet, _ in found if sheet.hidden))
    seen = [(sheet, header) for sheet, header in found if not sheet.hidden]
    if not seen:
        near = [h for sheet in sheets if not sheet.hidden and (h := nearest_kind(sheet))]
        return Recognition(None, nearest=max(near, key=lambda h: len(h.columns), default=None), hidden=hidden)
    sheet, best = min(seen, key=lambda pair: _order(pair[1]))
    if best.repeated and (several := _abreast(sheet, best)):
        return Recognition(several, sheet, sheet.numbers[several.row], hidden=hidden)
    rivals = tuple((s.name, h) for s, h in seen if best.has_own and h is not best and _rivals(h, s is sheet, best))
    return Recognition(best, sheet, sheet.numbers[best.row], rivals, hidden=hidden)


def _abreast(sheet: Sheet, header: Header) -> Header | None:
    """Read a header whose columns stand there once for each kind of group, named above them; None where it is none.

    Every repeated column must say of which kind it is, and no kind may have it twice: nothing is guessed.
    """
    if header.source.table != ABREAST.table:
        return None
    columns, kinds, unknown = {}, {}, {}
    for at, of_one in enumerate(titles_of(sheet, header.row, header.depth)):
        labels = [label_of(name) for name in of_one]
        named = {kind for words, kind in _KINDS_OF_GROUP.items() if re.search(rf"\b(?:{words})\b", labels[0])}
        kind = named.pop() if len(named) == 1 else ""
        known = REGISTRY[f"siga_{kind}"].by_label if kind else header.source.by_label
        column = next((known[label] for label in labels if label in known), None)
        if column is not None and (kind or not column.is_value):
            columns[at] = replace(column, name=f"{kind} {column.name}".strip())
            kinds |= {at: kind} if kind else {}
        elif labels[-1] not in NOT_DATA:
            unknown[at] = of_one[0]
    names = [column.name for column in columns.values()]
    have = set(names)
    whole = all({f"{kind} yang_ada", f"{kind} yang_lapor"} <= have for kind in kinds.values())
    if (
        len(set(kinds.values())) < 2
        or len(names) != len(have)
        or not whole
        or any(set(w) & set(unknown) for w in header.repeated.values())
    ):
        return None
    return replace(header, source=ABREAST, columns=columns, repeated={}, unknown=unknown, abreast=kinds)


def _rivals(header: Header, same_sheet: bool, best: Header) -> bool:
    """Say whether a header is as good as the best: whole, and not a part of it or the same printed again."""
    if not header.has_own or header.missing:
        return False
    return not same_sheet or (
        header.source is not best.source
        and not {c.name for c in header.columns.values()} <= {c.name for c in best.columns.values()}
    )


def _order(header: Header) -> tuple:
    return (not header.has_own, len(header.missing), -len(header.columns), header.depth, header.row)


@cache
def own_labels(source: Source) -> frozenset[str]:
    """Give the labels that no other kind of a kind's family has; none where it has no family."""
    if not source.family:
        return frozenset()
    others = {label for s in REGISTRY.values() if s.family == source.family and s is not source for label in s.by_label}
    return frozenset(label for column in source.measures for label in column.labels) - others


def headers_in(sheet: Sheet) -> list[Header]:
    """Give every reading of the first rows as a header that is sure of its kind, the fullest first."""
    found = []
    for position in range(min(HEADER_WITHIN, len(sheet.rows))):
        for depth in range(1, DEEPEST + 1):
            names = titles_of(sheet, position, depth)
            if names is None:
                break
            found += [h for h in _readings(sheet, position, depth, names) if h.sure]
    return sorted(found, key=_order)


def nearest_kind(sheet: Sheet) -> Header | None:
    """Give the reading that finds the most labels, however few; None where no label is known."""
    tried = [
        header
        for position in range(min(HEADER_WITHIN, len(sheet.rows)))
        for header in _readings(sheet, position, 1, titles_of(sheet, position, 1))
        if sum(c.is_value for c in header.columns.values())
    ]
    return max(tried, key=lambda h: (len(h.columns), -len(h.missing)), default=None)


def _readings(sheet: Sheet, position: int, depth: int, names: list[tuple[str, ...]]) -> list[Header]:
    """Read some rows as the header of every kind that has a label there."""
    labels = [tuple(map(label_of, names_of_one)) for names_of_one in names]
    if sum(any(of_one) for of_one in labels) < 2:
        return []
    known = {label for of_one in labels for label in of_one}
    said = None
    found = []
    for source in REGISTRY.values():
        if known.isdisjoint(source.by_label):
            continue
        header = read_header(source, position, depth, names, labels)
        if header.missing and position >= depth:
            said = said_above(sheet, position - depth + 1, _SAID) if said is None else said
            header = _with_said(header, said)
        found.append(header)
    return found


def read_header(source: Source, position: int, depth: int, names: list, labels: list) -> Header:
    """Read titles as the header of one kind. names, labels: what each column may be called, as written and folded."""
    by_label = source.by_label
    columns: dict[int, Column] = {}
    places: dict[str, list[int]] = {}
    unknown: dict[int, str] = {}
    for at, of_one in enumerate(labels):
        if column := next((by_label[label] for label in of_one if label in by_label), None):
            places.setdefault(column.name, []).append(at)
            if len(places[column.name]) == 1:
                columns[at] = column
        elif of_one[-1] not in NOT_DATA or (of_one[-1] == "" and at > 0):
            unknown[at] = names[at][0]
    missing = tuple(c for c in source.columns if c.required and c.name not in places)
    repeated = {name: where for name, where in places.items() if len(where) > 1}
    titles = tuple(of_one[0] for of_one in names)
    return Header(source, position, columns, missing, repeated, unknown, titles, depth)


def _with_said(header: Header, said: dict[str, str]) -> Header:
    """Take what lines above the header say for the columns it lacks: where and when, never a value."""
    if "tahun" in said and "period" in said and said["tahun"] not in said["period"]:
        said = said | {"period": f"{said['period']} {said['tahun']}"}
    return with_given(header, {c.name: said[c.name] for c in header.missing if not c.is_value and c.name in said})


def with_given(header: Header, given: dict[str, str], scaled: frozenset[str] = frozenset()) -> Header:
    """Give a header that needs no column for what is given."""
    lacking = tuple(c for c in header.missing if c.name not in given)
    return replace(header, missing=lacking, given=given, scaled=scaled)
