"""What the sections of a province ask for: its kabupaten/kota, their figures, and how a cell writes them."""

from functools import lru_cache

import numpy as np
import pandas as pd

from ... import areas, wording
from ..context import Context
from ..elements import Cell
from ..figures import ABSENT


@lru_cache(maxsize=2)
def districts(ctx: Context) -> pd.Series:
    """Give the names of all kabupaten/kota of the province by code, those without data too."""
    return areas.children(ctx.p.area, "kabupaten").set_index("code")["name"]


def by_district(ctx: Context, indicator_id: str, column: str = "value") -> pd.Series:
    """Give one column of an indicator by kabupaten/kota, missing where it has none."""
    found = ctx.inside(indicator_id, "kabupaten").set_index("area_code")[column]
    return found.reindex(districts(ctx).index)


def to_go(ctx: Context) -> pd.Series:
    """Give the villages without a Kampung KB by kabupaten/kota."""
    return by_district(ctx, "village_coverage", "denominator") - by_district(ctx, "village_coverage", "numerator")


def by_need(ctx: Context) -> list[str]:
    """Give the codes of the kabupaten/kota: most villages still to go first, then the lowest capaian; no data last."""
    need = pd.DataFrame(
        {
            "left": pd.to_numeric(to_go(ctx)).fillna(-1),
            "reached": by_district(ctx, "mandiri_plus_achievement").astype(float).fillna(np.inf),
        }
    )
    return list(need.sort_values(["left", "reached"], ascending=[False, True], kind="stable").index)


def count(value: object) -> str | Cell:
    """Write a count for a cell; says where there is none."""
    return ABSENT if pd.isna(value) else wording.number(value)


def rate(value: object, decimals: int = 2) -> str | Cell:
    """Write a percentage for a cell whose head says %; says where there is none."""
    return ABSENT if pd.isna(value) else wording.percent_cell(value, decimals)


def step(value: object) -> str | Cell:
    """Write a change of a count with its sign; says where nothing compares."""
    return ABSENT if pd.isna(value) else wording.signed(value, 0)


def whole(row: list[object]) -> list[object]:
    """Mark a row as that of the province."""
    return [cell if isinstance(cell, Cell) else Cell(cell, css="own") for cell in row]


def name_of_province(ctx: Context) -> str:
    """Name the area of the page in a sentence: `Provinsi Banten`."""
    return f"Provinsi {ctx.place.name}"


def some(n: int) -> str | Cell:
    """Write a count, a zero small."""
    return wording.number(n) if n else Cell("0", css="small")


def figure_of(ctx: Context, indicator_id: str, area: str, column: str = "value"):
    """Give one number of one area, missing where it has none."""
    row = ctx.row(indicator_id, area)
    return pd.NA if row is None else row[column]


def villages_of(ctx: Context, area: str) -> int:
    """Give the villages of an area, of a province those of its kabupaten/kota with data."""
    row = ctx.row("village_coverage", area)
    return areas.village_counts()[area] if row is None else int(row["denominator"])


def partial(ctx: Context) -> str:
    """Say of how many kabupaten/kota the figures of the province are; empty where all have data."""
    row, every = ctx.row("village_coverage", ctx.p.area), len(districts(ctx))
    known = int(by_district(ctx, "village_coverage").notna().sum())
    return "" if row is None or known == every else wording.of(known, every, "kabupaten/kota")
