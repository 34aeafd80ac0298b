"""The pieces of a table -> the table."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .. import areas, checks, sources, store
from .parts import Part

LARGE = 400_000  # rows of a table that are worked at in one go
_NUMBERS = 2**40  # of values together that are told apart by one number, which is then multiplied once more or twice


@dataclass
class Piece:
    """A part on its way into a table: its name in `raw`, its line of the register, its places once they are known.

    places: one row a distinct place as written, columns PLACE_NAMES, those of `areas.match_villages`, row (the first of
    the file that names it) and rows (how many do), in the order of the file. place_at: the place of each row of the
    part, by its position in `places`; None where the rows came with their areas (forms, pages).
    """

    name: str
    part: Part
    entry: dict
    places: pd.DataFrame = field(default_factory=pd.DataFrame)
    place_at: np.ndarray | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """Its rows with the year of their months or the date of the snapshot, and their villages; made anew each time.

        So that of all the files of a country no more lie in memory than are being worked at.
        """
        frame, time = self.part.frame, self.part.source.time
        if time == "tanggal":
            frame = frame.assign(as_of=self.entry["as_of"]).astype({"as_of": "str"})
        elif time != "borang":
            frame = frame.assign(period=full(frame["period"], self.entry["year"]))
        if self.place_at is None:
            return frame
        found = self.places[list(areas.MATCH_COLUMNS)].take(self.place_at).set_axis(frame.index)
        return frame.assign(**dict(found.items()))

    @property
    def village_codes(self) -> pd.Series:
        """The village of each of its rows, in their order."""
        if self.place_at is None:
            return self.part.some(["village_code"])["village_code"]
        return self.places["village_code"].take(self.place_at)


def provinces_of(places: pd.DataFrame) -> list[str]:
    """Give the codes of the provinces that places (columns of `areas.match_villages`) lie in."""
    return sorted(places["village_code"].dropna().str[:2].unique())


def with_year(months: Iterable[str], year: str) -> list[str]:
    """Give months their year where they name none."""
    return [f"{year}-{month}" if len(month) == 2 else month for month in months]


def full(period: pd.Series, year: str) -> pd.Series:
    """Give a column of months their year where they name none."""
    return period.where(period.str.len() != 2, year + "-" + period).astype("str")


@dataclass
class Tidied:
    """A table, in the order in which it is written; the rows left out because their key was taken in the same file,
    where no later file settled it; and what later files revised.

    compared: how many rows have a key that an earlier file has too.
    """

    frame: pd.DataFrame
    left_out: pd.DataFrame
    revisions: pd.DataFrame
    compared: int = 0


def tidy(table: str, pieces: list[Piece]) -> Tidied:
    """Make one table of its pieces, in the order they were accepted: of one key the last is kept.

    A large one is made province by province, each of the pieces that have rows of it: a key lies in one province, and
    tables are ordered by code.
    """
    of_province: dict[str, list[Piece]] = {}
    for piece in pieces:
        for code in provinces_of(piece.places):
            of_province.setdefault(code, []).append(piece)
    if sum(piece.part.height for piece in pieces) < LARGE or len(of_province) < 2:
        return _tidy(table, pieces)
    made = [_tidy(table, of_it, code) for code, of_it in sorted(of_province.items())]
    frames = {name: [getattr(t, name) for t in made] for name in ("frame", "left_out", "revisions")}
    filled = {name: [part for part in parts if len(part)] or parts[:1] for name, parts in frames.items()}
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in filled.items()}
    return Tidied(**whole, compared=sum(t.compared for t in made))


def _tidy(table: str, pieces: list[Piece], province: str = "") -> Tidied:
    """Make the rows of one table that lie in a province; all of them where none is named."""
    time = "as_of" if "as_of" in sources.key_of(table) else "period"
    constants = list(dict.fromkeys(name for s in sources.TABLES[table] for name, _ in s.constants))
    columns = sources.columns_of(table)
    key = list(sources.key_of(table))
    order = [key[0], time, *constants, *columns, "source_file", "source_row"]
    frames = []
    for piece in pieces:
        frame = piece.frame
        codes = frame["village_code"]
        frame = frame[codes.str.startswith(province).fillna(False).astype(bool) if province else codes.notna()]
        frame = frame.assign(source_file=piece.name, **dict(piece.part.source.constants))
        absent = {
            name: pd.Series(pd.NA, index=frame.index, dtype=sources.DTYPES[c.kind])
            for name, c in columns.items()
            if name not in frame
        }
        frames.append(frame.assign(**absent)[order].astype({"source_file": "str", **dict.fromkeys(constants, "str")}))
    rows = pd.concat(frames, ignore_index=True)
    sorting = store.order_of(order)
    if set(key) <= set(sorting):  # each key stands once: file and row would settle nothing
        sorting = [name for name in sorting if name in key]
    values = {name: rows[name].factorize(sort=True, use_na_sentinel=False) for name in {*key, *sorting}}
    key_at, place_at = _together(values, key), _together(values, sorting)
    of_piece = np.repeat(np.arange(len(frames)), list(map(len, frames)))
    again = pd.Series(key_at * len(frames) + of_piece).duplicated()
    left = []
    if again.any():
        for at in np.unique(of_piece[again]):
            file, twice = rows[of_piece == at], again[of_piece == at]
            left.append((file.loc[twice, key], _left_out(file, twice, key, time, list(columns))))
        rows, key_at, place_at = rows[~again], key_at[~again], place_at[~again]
    held = pd.Series(key_at)
    shared = held.duplicated(keep=False).to_numpy()
    revisions = checks.revisions_of(table, rows[shared], key, time, [c for c in columns if c not in key])
    newest = np.flatnonzero(~held.duplicated(keep="last"))
    whole = rows.take(newest[np.argsort(place_at[newest], kind="stable")]).reset_index(drop=True)
    sources.schema(table).validate(whole, lazy=True, inplace=True)  # it changes nothing, but would copy
    whole = _recompute(whole) if table == "kampung" else whole
    return Tidied(whole, _in_force(whole, left, key), revisions, len(rows) - len(whole))


def _together(values: dict[str, tuple[np.ndarray, pd.Index]], names: list[str]) -> np.ndarray:
    """Give one number a row for the values of several columns: equal where all are, in the order of the columns.

    values: each column as positions in its sorted distinct values, and those.
    """
    whole, size = np.zeros(1, dtype="int64"), 1
    for name in names:
        at, distinct = values[name]
        if size * len(distinct) > _NUMBERS:  # numbered anew, in the same order, by those that there are
            there, whole = np.unique(whole, return_inverse=True)
            size = len(there)
        whole, size = whole * len(distinct) + at, size * len(distinct)
    return whole


def _in_force(whole: pd.DataFrame, left: list[tuple[pd.DataFrame, pd.DataFrame]], key: list[str]) -> pd.DataFrame:
    """The rows left out of files whose row still stands: a later file that holds the key once has settled it."""
    if not left:
        return pd.DataFrame()
    standing = whole.set_index(key)["source_file"]
    found = [
        rows[standing.reindex(pd.MultiIndex.from_frame(keys)).to_numpy() == rows["source_file"].to_numpy()]
        for keys, rows in left
    ]
    return pd.concat(found, ignore_index=True)


def _left_out(frame: pd.DataFrame, again: pd.Series, key: list[str], time: str, values: list[str]) -> pd.DataFrame:
    """The rows whose key an earlier row of the file holds: with that row, and whether all values are the same."""
    pairs = frame[again].merge(frame[~again], on=key, suffixes=("", "_first"), how="left")
    measures = [name for name in values if name not in key]
    same = pd.Series(True, index=pairs.index)
    for name in measures:
        one, other = pairs[name], pairs[f"{name}_first"]
        same &= (one == other).fillna(False).astype(bool) | (one.isna() & other.isna())
    return pd.DataFrame(
        {
            "source_file": pairs["source_file"],
            "village_code": pairs[key[0]],
            "time": pairs[time],
            "source_row": pairs["source_row"],
            "first_row": pairs["source_row_first"],
            "identical": same,
        }
    )


def _recompute(kampung: pd.DataFrame) -> pd.DataFrame:
    """Add the indices and class that the portal's rule gives for the exported scores, beside those exported."""
    from .. import classification

    ours = classification.classify(kampung[list(classification.COMPONENTS)])
    return kampung.assign(**{f"{name}_hitung": ours[name] for name in ours})
