"""What an export kind is made of: its columns, their labels and the kinds of their cells."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

DTYPES = {
    **dict.fromkeys(("count", "score"), "Int64"),
    **dict.fromkeys(("percent", "index"), "Float64"),
    **dict.fromkeys(("text", "class"), "str"),
    "flag": "boolean",
    "date": "str",
}


@dataclass(frozen=True)
class Column:
    """One column of an export: its label as written, its name in the table and the kind of its cells.

    kind: place, code, text, class, count, score, index, percent, flag, month, semester, date. highest: the top of a
    score.
    """

    header: str
    kind: str = "count"
    name: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = True
    highest: int = 4

    def __post_init__(self):
        if not self.name:
            object.__setattr__(self, "name", label_of(self.header).lower().replace(" ", "_"))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every label it goes by, folded."""
        return tuple(dict.fromkeys(label_of(text) for text in (self.header, *self.aliases)))

    @property
    def is_value(self) -> bool:
        """Whether it holds what the table is about, rather than where and when."""
        return self.kind not in ("place", "code", "month", "semester")


@dataclass(frozen=True)
class Source:
    """One export kind.

    name: what the register calls it. title: what people call it. table: the tidy table it fills. time: `bulan` (a
    column of months), `semester` (a column of semesters), `tanggal` (a snapshot: the date comes with the file) or
    `borang` (a fill-in workbook: each row has a day or a quarter, and any cell may be empty).
    key: what is unique in the table. constants: columns that the kind itself decides. family: kinds that differ in
    some columns only; each needs one column that no other of its family has.
    """

    name: str
    title: str
    table: str
    time: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    constants: tuple[tuple[str, str], ...] = ()
    family: str = ""

    @cached_property
    def by_label(self) -> dict[str, Column]:
        """Folded label -> column."""
        return {label: column for column in self.columns for label in column.labels}

    @property
    def measures(self) -> tuple[Column, ...]:
        """The columns that hold what the table is about."""
        return tuple(column for column in self.columns if column.is_value)


def label_of(text: str) -> str:
    """Fold a label for comparison: NFKC, upper case, signs and breaks as single spaces; `>`, `<`, `=`, `%` stay."""
    return _folded(str(text))


@lru_cache(maxsize=4096)  # the same labels are met at every depth of a header, and in every file of a kind
def _folded(text: str) -> str:
    if not text.isascii():  # plain ASCII has nothing to fold or to drop
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.sub(r"[^\w><=%]+", " ", text.upper().replace("_", " ")).strip()
