"""The table of a choice so that it can be searched and sorted, by a library that is loaded from this machine."""

import pandas as pd

from ..elements import Cell
from .choice import Chosen
from .view import written

LANGUAGE = {
    "search": "Cari:",
    "lengthMenu": "_MENU_ baris",
    "info": "_START_ sampai _END_ dari _TOTAL_ baris",
    "infoEmpty": "tidak ada baris",
    "infoFiltered": "(disaring dari _MAX_)",
    "zeroRecords": "Tidak ada yang cocok.",
    "emptyTable": "Tidak ada baris.",
}


def library() -> str:
    """Give the HTML that loads the library of searchable tables from this machine, once a page."""
    from itables import options
    from itables.javascript import generate_init_offline_itables_html

    return generate_init_offline_itables_html(options.dt_bundle)


def searchable(ctx: Chosen) -> str:
    """Give the table so that it can be searched and sorted: the same texts, ordered by the numbers behind them."""
    from itables import to_html_datatable

    heads, cells = written(ctx)
    texts = [[cell.text if isinstance(cell, Cell) else str(cell) for cell in row] for row in cells]
    frame = pd.DataFrame(texts, columns=[c.head for c in heads])
    behind = [name for name in ("value", "numerator", "denominator") if name == "value" or ctx.item.unit != "count"]
    order = [{"targets": 2 + i, "orderData": len(heads) + i, "className": "dt-right"} for i in range(len(behind))]
    words = [{"targets": [0, 1, len(heads) - 1], "className": "dt-left"}]
    hidden = [{"targets": len(heads) + i, "visible": False, "searchable": False} for i in range(len(behind))]
    for name in behind:
        frame[f"urutan {name}"] = ctx.table[name].astype(float)
    return to_html_datatable(
        frame, connected=False, columnDefs=[*words, *order, *hidden], showIndex=False, order=[], language=LANGUAGE
    )
