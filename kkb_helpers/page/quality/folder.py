"""What the sections of data quality ask for: the whole data folder, its findings by effect, names."""

from functools import lru_cache

import pandas as pd

from ... import areas, checks
from ...indicators import TITLES
from ...store import Tables
from ..context import SHOWN, Context

SEVERITIES = {word: order for order, word in enumerate(checks.SEVERITIES)}
MOST_ROWS = 20


@lru_cache(maxsize=2)
def everything(ctx: Context) -> Tables:
    """Give the tables of the whole data folder."""
    return Tables.open(ctx.p.tables, only=SHOWN)


def provinces(ctx: Context) -> list[str]:
    """Give the codes of the provinces that any table has rows of."""
    return sorted(ctx.received.loc[ctx.received["level"] == "provinsi", "area_code"].unique())


def short(name: str) -> str:
    """Give the title of a table without the system it comes from, for narrow heads."""
    return TITLES[name].removeprefix("SIGA, ").removeprefix("Portal Kampung KB, ")


def place_of(code: str) -> str:
    """Name a village or district with its kecamatan: `Sumur, Kecamatan Sumur`; empty for no code."""
    if not code:
        return ""
    name = areas.name_of(code)
    return f"{name}, Kecamatan {areas.name_of(code[:8])}" if len(code) > 8 else name


def effect(found: pd.Series) -> pd.Series:
    """Give the size of the difference that each finding states; 1 where it states none."""
    text = found.str.extract(r"selisih\s+-?([\d.]+(?:,\d+)?)", expand=False)
    return text.str.replace(".", "").str.replace(",", ".").astype(float).fillna(1.0)


@lru_cache(maxsize=2)
def ranked(ctx: Context) -> pd.DataFrame:
    """Give all findings, the gravest first, then those of most effect."""
    found = everything(ctx).findings
    order = found.assign(_severity=found["severity"].map(SEVERITIES), _effect=effect(found["found"]))
    keys, falling = ["_severity", "_effect", "code", "file"], [True, False, True, True]
    return order.sort_values(keys, ascending=falling, kind="stable", ignore_index=True)
