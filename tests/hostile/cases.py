"""What a line of the corpus is, and the words its tables are written in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import build as b

ANY = object()
TOLAK, GAGAL, PERINGATAN, CATATAN = "TOLAK", "GAGAL", "PERINGATAN", "CATATAN"


@dataclass(frozen=True)
class Find:
    """A finding that must be there; `row` and `column` as the analyst sees them, `said` a part of its words."""

    code: str
    severity: str
    row: str = ""
    column: str = ""
    said: str = ""


@dataclass(frozen=True)
class Case:
    """One line of the corpus.

    number: as in the acceptance criteria, with a letter where one of them has several. make: writes the input and gives
    the paths to name. exit_code and finds: what must come. pus: what must be read as the PUS of the first village
    (None: missing). secret: texts that may be nowhere afterwards. held_by: tests elsewhere that hold it. absent: why
    it is not built here. seconds (of the processor), mebibytes: what reading it may take.
    """

    number: str
    what: str
    make: Callable[[Path], Path | list[Path]] | None = None
    exit_code: int = 0
    finds: tuple[Find, ...] = ()
    pus: object = ANY
    secret: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    absent: str = ""
    options: dict = field(default_factory=dict)
    seconds: float = 5
    mebibytes: int | None = None


def as_csv(*rows: tuple, name: str = "", **how) -> Callable[[Path], Path]:
    return lambda folder: b.put(folder, name or "a.csv", b.text(*rows, **how))


def couples(cell: object, *more: tuple, **how) -> Callable[[Path], Path]:
    return as_csv(*b.pus(cell, *more, **how))


def as_workbook(*rows: tuple, **how) -> Callable[[Path], Path]:
    return lambda folder: b.put(folder, "a.xlsx", b.workbook(*rows, **how))


def as_bytes(name: str, data: bytes | Callable[[], bytes]) -> Callable[[Path], Path]:
    return lambda folder: b.put(folder, name, data if isinstance(data, bytes) else data())


def with_part(part: str, change: Callable[[bytes], bytes], *rows: tuple) -> Callable[[Path], Path]:
    return lambda folder: b.put(folder, "a.xlsx", b.changed(b.workbook(*(rows or b.pus())), part, change))


def beside(label: str, value: object, book: bool = False) -> Callable[[Path], Path]:
    """A good table with one more column of `label`, all of whose cells are `value`."""
    rows = [(*row, value if at else label) for at, row in enumerate(b.pus())]
    return (as_workbook if book else as_csv)(*rows)


def refused(number: str, what: str, make, code: str, **more) -> Case:
    row, column, said = more.pop("row", ""), more.pop("column", ""), more.pop("said", "")
    return Case(number, what, make, 3, (Find(code, TOLAK, row, column, said),), **more)


def noted(number: str, what: str, make, code: str, severity: str = CATATAN, **more) -> Case:
    row, column, said = more.pop("row", ""), more.pop("column", ""), more.pop("said", "")
    return Case(number, what, make, 0, (Find(code, severity, row, column, said),), **{"pus": 10, **more})


def personal(number: str, what: str, make, secret: str, **more) -> Case:
    row, column, said = more.pop("row", ""), more.pop("column", ""), more.pop("said", "")
    return Case(number, what, make, 4, (Find("P601", TOLAK, row, column, said),), secret=(secret,), **more)


def in_count(
    number: str, cell: object, code: str, severity: str = PERINGATAN, pus=None, what: str = "", **more
) -> Case:
    finds = (Find(code, severity, "2", "PUS", more.pop("said", "")),) if code else ()
    make = couples(cell) if isinstance(cell, str) else as_workbook(*b.pus(cell))
    return Case(number, f"{cell!r} in a count", make, 0, finds, pus, **more)
