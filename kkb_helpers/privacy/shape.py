"""Knows a table of persons by its shape: more rows than the villages it names have room for."""

from ..cells import is_filled
from ..files import Sheet
from . import headers

_HEADER_WITHIN = 20
_SLACK = 1.1


def persons(sheets: list[Sheet]) -> int:
    """Give the rows of the first sheet that is shaped like a list of persons; 0 where none is.

    For a file of no known kind. A row is expected for each village, time and kind that the sheet names, or for
    each institution; a sheet that names no village is measured by the villages of the kecamatan or kabupaten it names.
    """
    return next((rows for sheet in sheets if (rows := _persons_in(sheet.rows))), 0)


def _persons_in(rows: list[list]) -> int:
    header = next((at for at, row in enumerate(rows[:_HEADER_WITHIN]) if _places(row)), None)
    if header is None:
        return 0
    naming = _places(rows[header])
    data = [row for row in rows[header + 1 :] if sum(map(is_filled, row)) >= 3]
    labels = [cell if isinstance(cell, str) else "" for cell in rows[header]]
    times = [at for at, label in enumerate(labels) if headers.is_time(label) or headers.is_dimension(label)]
    keys = {tuple(str(row[at]).strip().upper() if at < len(row) else "" for at in (*naming, *times)) for row in data}
    villages = any(headers.is_village(rows[header][at]) for at in naming)
    institutions = any(map(headers.names_an_institution, labels))
    room = len(keys) if villages or institutions else _villages_inside(data, naming, times)
    return len(data) if len(data) > max(_SLACK * room, room + 1) else 0


def _places(row: list) -> list[int]:
    return [at for at, cell in enumerate(row) if isinstance(cell, str) and headers.is_place(cell)]


def _villages_inside(data: list[list], naming: list[int], times: list[int]) -> int:
    """How many villages the areas named by rows without a village have, for each time."""
    from .. import areas

    names = {areas.bare(str(row[at])) for row in data for at in naming if at < len(row)}
    counts = areas.village_counts()
    inside = 0
    for level in ("kecamatan", "kabupaten", "provinsi"):
        listed = areas.frame(level)
        named = [code for code, name in zip(listed["code"], listed["name"], strict=True) if areas.bare(name) in names]
        inside = inside or sum(counts.get(code, 0) for code in named)
    seen = {tuple(str(row[at]) if at < len(row) else "" for at in times) for row in data}
    return inside * max(1, len(seen)) if inside else len(data)
