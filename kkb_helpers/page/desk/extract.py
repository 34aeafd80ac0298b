"""What an analyst takes away from the desk: lines of Python that give the same table, and a CSV."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from ... import disclosure, store
from ...params import ROOT, Params
from ...workbook import defang
from .choice import DEPTH, Choice, Chosen

SAVED = ROOT / "outputs" / "explore"


def lines(choice: Choice) -> str:
    """Write the lines of Python that give the table of a choice, as they are."""
    p = choice.p
    # What is hidden in one level depends on the others: all that the desk computes.
    levels = [*DEPTH[:3], *(["desa"] if choice.detail == "desa" else [])]
    defaults = Params(area=p.area, period=p.period)
    more = [name for name in ("data", "profile") if getattr(p, name) != getattr(defaults, name)]
    given = ", ".join(f"{name}={quoted(getattr(p, name))}" for name in ("area", "period", *more))
    kept = f'rows["area_code"].isin({listed(choice.around)})'
    if choice.detail:
        inside = f'rows["area_code"].str.startswith({quoted(choice.area + ".")})'
        kept = f'{inside} & rows["level"].eq({quoted(choice.detail)}) | {kept}'
    only = f'rows = rows[rows["indicator_id"].eq({quoted(choice.indicator)})]\n' if len(choice.computed) > 1 else ""
    return f"""\
from kkb_helpers import Params
from kkb_helpers.disclosure import protect
from kkb_helpers.indicators import compute
from kkb_helpers.store import Tables

p = Params({given})
tables = Tables.open(p.tables, {quoted(choice.around[0])})  # seluruh provinsi, agar barisnya utuh
rows = compute(tables, p.period, levels={listed(levels)}, ids={listed(choice.computed)})
rows = protect(rows, p.profile)  # angka kecil tentang orang disembunyikan
{only}rows = rows[{kept}].reset_index(drop=True)
rows"""


def quoted(text: str) -> str:
    """Write a text as Python does, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def listed(texts: Iterable[str]) -> str:
    """Write a list of texts as Python does."""
    return f"[{', '.join(map(quoted, texts))}]"


def file_name(ctx: Chosen) -> str:
    """Name the file of a choice, from codes, ids and the reference list alone."""
    parts = [ctx.place.folder, ctx.choice.indicator, ctx.p.period, *([ctx.choice.detail] if ctx.choice.detail else [])]
    return f"{store.SYNTHETIC_PREFIX if ctx.tables.synthetic else ''}{'_'.join(parts)}.csv"


def save(ctx: Chosen, folder: Path = SAVED) -> Path:
    """Write the table of a choice as CSV and give its path: the columns of indicators.csv, full precision.

    Text is quoted, so that a code stays text, and defanged, so that no spreadsheet takes it for a formula.
    """
    frame = disclosure.written(ctx.table)
    for name in frame.columns[[kind == "str" for kind in frame.dtypes]]:
        frame[name] = frame[name].map(defang)
    text = frame.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return store.write_text(folder / file_name(ctx), text)
