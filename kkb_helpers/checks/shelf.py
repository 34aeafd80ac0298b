"""The tidy tables as a rule sees them, and the words for their columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from .. import sources
from .registry import CORRECT_AT_SOURCE, Found, Saw

SAID_OF_A_ROW = ("village_code", "kind", "source_file", "source_row")  # where it came from, its kind


@dataclass
class Shelf:
    """The tidy tables as they will be written, table -> its frame.

    duplicates: the rows that share a key in one file, by table. revisions: what later files changed (see `revisions`).
    extractions: when monthly files were taken (see `completeness.Extraction`). compared: how many rows have a key that
    an earlier file has too.
    """

    frames: dict[str, pd.DataFrame]
    duplicates: dict[str, pd.DataFrame] = field(default_factory=dict)
    revisions: pd.DataFrame = field(default_factory=pd.DataFrame)
    extractions: list = field(default_factory=list)
    compared: int = 0
    monthly: dict[str, Any] = field(default_factory=dict)  # what the rules of `series` made of a table, once for all
    _joined: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)

    def joined(self, one: str, other: str) -> pd.DataFrame:
        """The rows of `one` with the columns of `other` of the same key; where is kept from `one`."""
        if one not in self.frames or other not in self.frames:
            return pd.DataFrame()
        if (one, other) not in self._joined:
            right = self.frames[other].drop(columns=["source_file", "source_row"])
            keys = list(sources.key_of(one))
            self._joined[one, other] = self.frames[one].merge(right, on=keys, how="left", validate="one_to_one")
        return self._joined[one, other]


def amount(rows: pd.DataFrame, words: str) -> pd.Series:
    """Give the value of `a+b-c` of columns of a frame, missing where one of them is."""
    total = None
    for term in words.replace("-", "+-").split("+"):
        value = -rows[term[1:]] if term.startswith("-") else rows[term]
        total = value if total is None else total + value
    return total


def both(a: pd.Series, b: pd.Series, table: str) -> Saw:
    """Say that a rule compared two columns of a table: the rows that have both."""
    return Saw(int((a.notna() & b.notna()).sum()), table)


@cache
def label(table: str, words: str) -> str:
    """Give the labels of `a+b-c` as the exports write them."""
    headers = {c.name: c.header for t in (*sources.TABLES, table) for c in sources.columns_of(t).values()}
    return " ".join({"+": "+", "-": "−"}.get(w) or headers.get(w, w) for w in re.split(r"([+-])", words))


def marked(rows: pd.DataFrame, which: pd.Series) -> Iterator:
    """Give the rows that are marked, one by one, with what a finding says of a row: where it came from, its kind."""
    if which.any():
        yield from rows.loc[which, [name for name in SAID_OF_A_ROW if name in rows]].itertuples()


def contradiction(row, found: str, expected: str, column: str) -> Found:
    return Found(
        found,
        expected,
        CORRECT_AT_SOURCE,
        row=int(row.source_row),
        column=column,
        file=row.source_file,
        area_code=row.village_code,
    )
