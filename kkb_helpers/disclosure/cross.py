"""A table of persons by two dimensions, such as kecamatan by method: small counts hidden in rows and columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cells import OTHER, SMALL, hide
from .rules import RULES


@dataclass(frozen=True)
class Cross:
    """A table by two dimensions as it may be shown, and its sums.

    cells, by_row, by_column: counts; a hidden one is text (its mark), a missing one NA. total: the sum of all.
    sums: more sums of columns that the page shows, a column each.
    """

    cells: pd.DataFrame
    by_row: pd.Series
    by_column: pd.Series
    sums: pd.DataFrame
    total: object

    @property
    def hidden(self) -> int:
        """How many counts are hidden."""
        return int(self.cells.map(lambda value: isinstance(value, str)).to_numpy().sum())


def crossed(counts: pd.DataFrame, sums: Mapping[str, Sequence[str]], profile: str) -> Cross:
    """Hide small counts of a table of persons.

    Parameters
    ----------
    counts : whole numbers, a row and a column a category; missing ones stay missing. sums : name -> columns whose sum
    is shown too (here or elsewhere), besides the sums of rows and columns. profile : whose rule.

    Returns
    -------
    The table and its sums. `internal` hides counts in cells alone; `public` in sums too, where it hides those of rows,
    of `sums` and of all only for being small.
    """
    rule = RULES[profile]
    height, width = counts.shape
    values = counts.to_numpy(float, na_value=np.nan)
    by_row, by_column = np.nansum(values, axis=1), np.nansum(values, axis=0)
    names = list(counts.columns)
    more = {name: counts[list(columns)].sum(axis=1).to_numpy(float) for name, columns in sums.items()}
    flat = np.concatenate([values.ravel(), by_row, by_column, [by_row.sum()], *more.values()])
    cell = np.arange(height * width).reshape(height, width)
    rows = height * width + np.arange(height)
    columns = rows[-1] + 1 + np.arange(width)
    whole = columns[-1] + 1
    lines = [(_known(cell[i], flat), rows[i]) for i in range(height)]
    lines += [(_known(cell[:, j], flat), columns[j]) for j in range(width)]
    lines += [(list(rows), whole), (list(columns), whole)]
    for n, wanted in enumerate(sums.values()):
        start = whole + 1 + n * height
        inside = [names.index(name) for name in wanted]
        rest = [j for j in range(width) if j not in inside]
        for i in range(height):
            lines.append((_known(cell[i, inside], flat), start + i))
            lines.append(([*_known(cell[i, rest], flat), start + i], rows[i]))
    small, fixed = rule.small(flat), np.zeros(len(flat), bool)
    fixed[height * width :] = True  # sums are told as indicators too
    if profile == "internal":
        small[height * width :] = False  # totals of a kecamatan and a kabupaten are exact there
    else:
        fixed[columns] = False
    fate = hide(flat, lines, rule, small, fixed)
    said = np.array([pd.NA if np.isnan(count) else int(count) for count in rule.rounded(flat)], object)
    said[fate == SMALL], said[fate == OTHER] = rule.mark, rule.other
    return Cross(
        cells=pd.DataFrame(said[cell], index=counts.index, columns=counts.columns),
        by_row=pd.Series(said[rows], index=counts.index),
        by_column=pd.Series(said[columns], index=counts.columns),
        sums=pd.DataFrame({name: said[whole + 1 + n * height :][:height] for n, name in enumerate(sums)}, counts.index),
        total=said[whole],
    )


def _known(places: np.ndarray, counts: np.ndarray) -> list[int]:
    """Leave missing cells out of a sum."""
    return [int(place) for place in places if not np.isnan(counts[place])]
