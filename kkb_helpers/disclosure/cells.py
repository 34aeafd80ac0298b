"""Hides small counts among counts that readers can add up, and with them as many others as it takes.

A cell is a count; a line says that some cells add up to another. What is shown leaves each hidden cell an interval;
each line narrows it. A hidden cell is safe while each line leaves it at least `ROOM` values, a small count while all
of them together do; where they do not, the line loses its smallest count above the limit too, and so on. The choice
depends on the counts alone.
"""

from collections.abc import Sequence

import numpy as np

from .rules import Rule

ROOM = 4  # values that a hidden count must leave possible (P08)
SHOWN, SMALL, OTHER = 0, 1, 2  # what becomes of a cell: shown, hidden for being small, hidden along with one
Bounds = tuple[np.ndarray, np.ndarray]  # of each cell, the least and the most
Line = tuple[Sequence[int], int]  # the places of the parts, the place of their total


def hide(
    counts: np.ndarray,
    lines: Sequence[Line],
    rule: Rule,
    small: np.ndarray,
    fixed: np.ndarray,
    hidden: np.ndarray | None = None,
) -> np.ndarray:
    """Say what becomes of each cell: SHOWN, SMALL or OTHER.

    counts: whole numbers; missing ones (NaN) are in no sum. lines: what readers can add up; a line whose numbers do not
    add up tells them nothing and is left out. small: cells to hide in any case. fixed: cells that are not hidden along
    with others, since they are told elsewhere too. hidden: cells that are hidden elsewhere, so here as well.
    """
    fate = np.where(small, SMALL, SHOWN if hidden is None else np.where(hidden, OTHER, SHOWN))
    sums = _matrix(counts, lines)
    if not len(sums) or not (fate != SHOWN).any():
        return fate
    every_line = list(range(len(sums)))
    while True:
        said = _open(counts, fate, rule)
        ways = [_exposed(fate != SHOWN, said, said, sums)]
        more = _companions(counts, fate, fixed, sums, ways, rule)
        if not more:  # nothing left that one line tells; several together may still
            known = bounds(counts, fate, rule, sums)
            tight = (fate == SMALL) & (known[1] - known[0] + 1 < ROOM)
            if tight.any():
                ways = [_exposed(tight, said, known, sums), _touching(tight, sums), every_line]
                more = _companions(counts, fate, fixed, sums, ways, rule)
        if not more:
            return fate
        fate[more] = OTHER


def _matrix(counts: np.ndarray, lines: Sequence[Line]) -> np.ndarray:
    """Give a row a line, 1 for its parts and -1 for its total; only lines whose numbers are all there and add up."""
    true = [
        (list(parts), total)
        for parts, total in lines
        if len(parts) and np.isfinite(counts[[*parts, total]]).all() and counts[list(parts)].sum() == counts[total]
    ]
    found = np.zeros((len(true), len(counts)))
    for row, (parts, total) in zip(found, true, strict=True):
        row[parts], row[total] = 1, -1
    return found


def _open(counts: np.ndarray, fate: np.ndarray, rule: Rule) -> Bounds:
    """Give what the page alone says of each cell, before anything is added up."""
    low, high = rule.known(counts)
    low = np.where(fate == SMALL, 1, low)
    high = np.where(fate == SMALL, rule.limit, high)
    # Whoever knows that the smallest above the limit is taken knows that it is above it.
    low = np.where(fate == OTHER, np.where(counts > rule.limit, rule.limit + 1, 0), low)
    return low, np.where(fate == OTHER, np.inf, high)


def bounds(counts: np.ndarray, fate: np.ndarray, rule: Rule, sums: np.ndarray) -> Bounds:
    """Narrow what is known of each cell by all lines until nothing changes."""
    low, high = _open(counts, fate, rule)
    if not len(sums):
        return low, high
    while True:
        narrower_low, narrower_high = _narrowed(low, high, sums)
        new_low, new_high = np.fmax(low, narrower_low.max(axis=0)), np.fmin(high, narrower_high.min(axis=0))
        if np.array_equal(new_low, low, equal_nan=True) and np.array_equal(new_high, high, equal_nan=True):
            return low, high
        low, high = new_low, new_high


def _narrowed(low: np.ndarray, high: np.ndarray, sums: np.ndarray) -> Bounds:
    """Give what each line alone says of each of its cells, from what is known of the others; a row a line.

    A line says that its cells, the total taken negative, add up to nothing.
    """
    plus, minus = (sums > 0).astype(float), (sums < 0).astype(float)
    least, most = np.nan_to_num(low), np.where(np.isfinite(high), high, 0)
    unbounded = (~np.isfinite(high) & ~np.isnan(high)).astype(float)
    open_most = plus @ unbounded  # parts without an upper bound, by line
    open_least = minus @ unbounded  # totals without one
    lower = plus @ least - minus @ most  # of the signed sum, without the unbounded
    upper = plus @ most - minus @ least
    # A part is at least what is left when every other is at its most, and at most what is left when they are at least.
    part_low = np.where(open_most[:, None] - unbounded > 0, -np.inf, -(upper[:, None] - most))
    part_high = np.where(open_least[:, None] > 0, np.inf, -(lower[:, None] - least))
    total_low = lower[:, None] + most
    total_high = np.where(open_most[:, None] > 0, np.inf, upper[:, None] + least)
    found_low = np.where(sums > 0, part_low, np.where(sums < 0, total_low, -np.inf))
    return found_low, np.where(sums > 0, part_high, np.where(sums < 0, total_high, np.inf))


def _exposed(cells: np.ndarray, said: Bounds, known: Bounds, sums: np.ndarray) -> list[int]:
    """Give the lines that leave one of some cells too few values.

    said: what the page says of each cell. known: what is known of the others in a line.
    """
    low, high = _narrowed(*known, sums)
    left = np.minimum(said[1], high) - np.maximum(said[0], low) + 1
    return list(np.flatnonzero(((left < ROOM) & cells & (sums != 0)).any(axis=1)))


def _touching(cells: np.ndarray, sums: np.ndarray) -> list[int]:
    """Give the lines that some cells are in."""
    return list(np.flatnonzero(((sums != 0) & cells).any(axis=1)))


def _companions(counts, fate, fixed, sums, ways: Sequence[Sequence[int]], rule: Rule) -> list[int]:
    """Choose a cell to hide from each of the lines of the first way that still has any."""
    for lines in ways:
        found = {_smallest(counts, fate, fixed, sums[line], rule) for line in lines} - {None}
        if found:
            return sorted(found)
    return []


def _smallest(counts, fate, fixed, line, rule: Rule) -> int | None:
    """Give the smallest count above the limit that a line still shows; else a zero, else its total; None if neither."""
    free = (fate == SHOWN) & ~fixed & np.isfinite(counts)
    for wanted in ((line > 0) & (counts > rule.limit), (line > 0) & (counts == 0), line < 0):
        places = np.flatnonzero(free & wanted)
        if len(places):
            return int(places[np.argmin(counts[places])])
    return None
