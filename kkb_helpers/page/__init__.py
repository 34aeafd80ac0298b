"""Joins an indicator, its chart and its words into what a notebook shows.

To add a section: a function of `Context` decorated with `@section("name")` and a `show(p, "name")` in the notebook.
"""

from difflib import get_close_matches

from .. import wording
from ..errors import UsageError
from ..params import Params
from .elements import Block

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;()/%+-–…'*< "  # of names and labels


def show(p: Params, name: str) -> Block:
    """Give one section of a page, or one indicator by its id, for the area and period of `p`.

    Raises UsageError for a name that is neither.
    """
    from . import annex, desk, district, ledger, province, quality, themes  # noqa: F401  (they fill the registry)
    from .context import context
    from .sections import COVERS, SECTIONS

    if name not in SECTIONS:
        near = get_close_matches(name, SECTIONS, n=3)
        raise UsageError(
            f"Bagian {name!r} tidak dikenal." + (f" Mungkin maksudnya: {', '.join(near)}." if near else "")
        )
    ctx = context(p)
    block = SECTIONS[name](ctx)
    if name in COVERS and ctx.tables.synthetic:
        block.above = wording.SYNTHETIC
    return block


def share(**params: str) -> None:
    """Read what the pages of districts have in common, and compare the districts, in the process they are forked from.

    params: of their province.
    """
    from . import annex
    from .context import share as read

    whole = read(**params)
    for indicator_id in (i for ids in annex.PEERS.values() for i in ids):
        whole.standing(indicator_id)


def warm() -> None:
    """Pay once what every report would pay first: imports, fonts, one chart of each kind. Starts no thread."""
    import seaborn  # noqa: F401
    import xlsxwriter  # noqa: F401

    from .. import charts
    from ..charts.sheet import text_width
    from . import annex, desk, district, ledger, province, quality, themes  # noqa: F401  (all that `show` imports)

    months, alt = ["2024-01", "2024-02"], "garis contoh untuk menghangatkan mesin gambar"
    shown = {
        charts.trend: (months, {"a": [1.0, 2.0], "b": [2.0, 1.0]}),
        charts.path: ([("2024-01-01", 1), ("2024-02-01", 2)], [("2023-12-31", 1), ("2024-12-31", 3)]),
        charts.classes: ([("a", dict.fromkeys((*charts.CLASSES, charts.UNREPORTED), 1))],),
        charts.ranking: (["a", "b"], [1.0, 2.0]),
        charts.method_mix: ({"IUD": 1, "Pil": 2}, ["IUD"]),
        charts.reporting: (months, {"BKB": [(1, 2), (2, 2)]}),
        charts.strip: ([("a", {"x": 1.0, "y": 2.0}, 1.5)],),
        charts.bar_pair: ([("BOKB", 2, 1)],),
    }
    for kind, values in shown.items():
        options = {"own": "x"} if kind is charts.strip else {}
        charts.draw(kind, *values, id="warm", alt=alt, **options)
    charts.sparkline([1.0, 2.0], alt)
    for bold in (False, True):
        text_width(SIGNS, bold)
    annex.definitions()
