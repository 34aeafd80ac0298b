"""Areas among each other: dot strips, the funnel, the map of tiles."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle

from .. import wording
from .colours import heat_steps, hue
from .renderer import SIZE
from .sheet import LINE, NOTHING, WIDTH, Panel, add, dot, kind, rule, spread, text_width, whole, wrap, write
from .values import amount, in_words, labelled, nice_ticks, tick_label

# Where a province's kabupaten/kota lie on a map of tiles: code -> (row, column). Others are laid out in order.
TILES = {
    "36": {
        "36.72": (0, 0),
        "36.04": (0, 1),
        "36.03": (0, 2),
        "36.71": (0, 3),
        "36.01": (1, 0),
        "36.73": (1, 1),
        "36.02": (1, 2),
        "36.74": (1, 3),
    },
    "76": {
        "76.01": (0, 1),
        "76.06": (1, 1),
        "76.02": (2, 1),
        "76.03": (2, 2),
        "76.05": (3, 1),
        "76.04": (3, 2),
    },
}
TILE_GAP = 4


def _strip_lines(label: str, width: float = WIDTH) -> list[str]:
    """Break a row's label so that the own value fits beside it."""
    return wrap(label, width - text_width(wording.MISSING, bold=True) - 12)


STRIP = 37  # the dots of a row, and under them the rate of the whole


def _strip_height(rows, width=WIDTH, **_) -> float:
    return sum(STRIP + LINE * len(_strip_lines(label, width)) for label, *_ in rows) + LINE + 12


@kind(_strip_height)
def strip(
    ax,
    rows: Sequence[tuple[str, Mapping[str, float], float]],
    *,
    own: str,
    reference_label: str = "provinsi",
    unit: str = "%",
    decimals: int = 2,
):
    """Draw a row of dots an indicator, each on its own scale: this district accented, the others grey.

    rows: (label, area -> value, the rate of the whole). The ends of a row are its lowest and highest value.
    """
    _strip_key(ax, own)
    top = LINE + 10
    for label, values, reference in rows:
        lines = _strip_lines(label, whole(ax).width)
        for i, text in enumerate(lines):
            write(ax, 0, top + 15 + i * LINE, text)
        mine = values.get(own)
        said = in_words(mine) if amount(mine) is None else labelled(mine, unit, decimals)
        write(ax, whole(ax).width, top + 15, said, "accent", "right", bold=True)
        top += len(lines) * LINE
        known = {name: amount(v) for name, v in values.items() if amount(v) is not None}
        if known:
            _strip_row(
                ax, top, label, known, amount(reference), own, reference_label, lambda v: labelled(v, unit, decimals)
            )
        else:
            write(ax, 0, top + 16, wording.MISSING, "muted")
        top += STRIP


def _strip_key(ax, own: str):
    """Say once which dot is this district's."""
    middle, others = LINE - 8.5, 17 + text_width(own, True) + 24
    dot(ax, whole(ax), [6], [middle], "accent", 6)
    write(ax, 17, SIZE, own, "accent", bold=True)
    if others + 9 + text_width("lainnya") < whole(ax).width:
        dot(ax, whole(ax), [others], [middle], "grey", 4.5)
        write(ax, others + 9, SIZE, "lainnya", "muted")


def _strip_row(ax, top, label, known, reference, own, reference_label, said: Callable[[float], str]):
    """Draw the dots of one row between its lowest and its highest value, the own one last."""
    everything = [*known.values(), *([] if reference is None else [reference])]
    low, high = min(everything), max(everything)
    left, right = text_width(said(low)) + 14, text_width(said(high)) + 14
    span = (low, high) if high > low else (low - 1, low + 1)
    panel = Panel(left, top + 1, whole(ax).width - left - right, 20, x=span, y=(-1, 1))
    write(ax, 0, top + 15.5, said(low), "muted")
    write(ax, whole(ax).width, top + 15.5, said(high), "muted", "right")
    rule(ax, panel, panel.x, (0, 0), "grid", 1)
    others = [v for name, v in known.items() if name != own]
    if others:
        dot(ax, panel, others, np.zeros(len(others)), "grey", 4.5, gid=label)
    if reference is not None:
        rule(ax, panel, (reference, reference), (-0.9, 0.9), "target", 2, gid=f"{label}:acuan")
        _beside(ax, panel, reference, f"{reference_label} {said(reference)}", top + 34)
    if own in known:
        dot(ax, panel, [known[own]], [0], "accent", 6, gid=f"{label}:{own}")


def _beside(ax, panel: Panel, value: float, text: str, y: float):
    half = text_width(text) / 2
    x = min(max(panel.across(value), half), whole(ax).width - half)
    write(ax, x, y, text, "target", "center")


def _funnel_height(names, denominators, values, *_, **__) -> float:
    return 270 if any(amount(v) is not None for v in values) else NOTHING


@kind(_funnel_height)
def funnel(
    ax,
    names: Sequence[str],
    denominators: Sequence,
    values: Sequence,
    limits: Mapping[str, Sequence],
    *,
    reference: float,
    own: str | None = None,
    flagged: Iterable[str] = (),
    small: Iterable[str] = (),
    whom: str = "PUS",
    reference_label: str = "provinsi",
    unit: str = "%",
    decimals: int = 2,
):
    """Draw rates against denominators inside the limits of chance.

    limits: `n` (denominators) and the four curves `low_95, high_95, low_998, high_998` in the unit of values.
    flagged: the areas outside 99.8 %, named. small: areas with too few, hollow and never flagged.
    """
    points = [(n, amount(d), amount(v)) for n, d, v in zip(names, denominators, values, strict=True)]
    points = [p for p in points if p[1] is not None and p[2] is not None]
    if not points:
        write(ax, 0, LINE, wording.MISSING, "muted")
        return
    flagged, small = set(flagged), set(small)
    curve = {key: np.asarray(v, float) for key, v in limits.items()}
    seen = curve["n"] >= min(p[1] for p in points) * 0.6
    shown = [*(p[2] for p in points), reference]
    span = max(max(shown) - min(shown), 1e-9)
    inner = np.concatenate([curve[k][seen] for k in ("low_998", "high_998")]) if seen.any() else np.array(shown)
    inner = np.clip(inner, min(shown) - span, max(shown) + span)
    ticks = nice_ticks(min(*shown, inner.min()), max(*shown, inner.max()), 4)
    ends = (f"{reference_label} ", labelled(reference, unit, decimals), "99,8%")
    right = max(text_width(text) for text in ends) + 10
    left = max(text_width(tick_label(t, unit)) for t in ticks) + 10
    sheet = whole(ax)
    most = max(p[1] for p in points) * 1.06
    panel = Panel(left, 10, sheet.width - left - right, sheet.height - 56, x=(0, most), y=(ticks[0], ticks[-1]))
    for tick in ticks:
        rule(ax, panel, panel.x, (tick, tick), "grid", 1)
        write(ax, left - 6, panel.down(tick) + 4.5, tick_label(tick, unit), "muted", "right")
    for key, dash in (("95", (2, 2)), ("998", None)):
        for side in ("low", "high"):
            ys = curve[f"{side}_{key}"]
            inside = (curve["n"] <= most) & (ys >= panel.y[0]) & (ys <= panel.y[1])
            rule(ax, panel, curve["n"], np.where(inside, ys, np.nan), "grey", 1, dash, gid=f"{side}_{key}")
    rule(ax, panel, panel.x, (reference, reference), "target", 1.5, gid="acuan")
    _funnel_ends(ax, panel, curve, reference, reference_label, unit, decimals)
    for hollow in (False, True):
        rest = [p for p in points if p[0] != own and (p[0] in small) == hollow]
        if rest:
            dot(ax, panel, [p[1] for p in rest], [p[2] for p in rest], "grey", 4.5, hollow=hollow, gid="titik")
    mine = [p for p in points if p[0] == own]
    if mine:
        dot(ax, panel, [mine[0][1]], [mine[0][2]], "accent", 6, hollow=own in small, gid=own)
    _name_points(ax, panel, [*mine, *(p for p in points if p[0] in flagged and p[0] != own)], points, own, reference)
    for tick in nice_ticks(0, most, 4):
        if tick <= most:
            text = wording.number(tick)
            x = min(max(panel.across(tick), text_width(text) / 2), panel.right)
            write(ax, x, panel.bottom + 17, text, "muted", "center")
    write(ax, panel.left + panel.width / 2, panel.bottom + 36, f"jumlah {whom}", "muted", "center")


def _funnel_ends(ax, panel: Panel, curve, reference, reference_label, unit, decimals):
    """Name the limits and the reference at the right end."""
    at = min(int(np.searchsorted(curve["n"], panel.x[1])), len(curve["n"]) - 1)
    rows = [
        ("99,8%", curve["high_998"][at], "muted"),
        (reference_label, reference, "target"),
        ("95%", curve["low_95"][at], "muted"),
    ]
    rows.insert(2, (labelled(reference, unit, decimals), reference - 1e-9, "target"))
    rows = [(t, v, c) for t, v, c in rows if panel.y[0] <= v <= panel.y[1]]
    places = spread([panel.down(v) for _, v, _ in rows], [LINE - 2] * len(rows), panel.top - 8, panel.bottom + 8, gap=0)
    for (text, _, colour), y in zip(rows, places, strict=True):
        write(ax, panel.right + 8, y + 4.5, text, colour)


_NAME_PLACES = (
    (10, 4.5, "left"),
    (-10, 4.5, "right"),
    (0, -11, "center"),
    (0, 22, "center"),
    (8, -9, "left"),
    (8, 20, "left"),
    (-8, -9, "right"),
    (-8, 20, "right"),
    (0, -26, "center"),
    (0, 37, "center"),
    (8, -26, "left"),
    (-8, 37, "right"),
)


def _name_points(ax, panel: Panel, wanted, points, own, reference: float):
    """Name points where the name covers no other name or point, nor the reference line, nor the edge."""
    line = panel.down(reference)
    taken = [(panel.left, line - 1, panel.right, line + 1)]
    taken += [(panel.across(d) - 4, panel.down(v) - 4, panel.across(d) + 4, panel.down(v) + 4) for _, d, v in points]
    for name, d, v in wanted:
        mine = name == own
        width = text_width(name, mine)
        for dx, dy, ha in _NAME_PLACES:
            x, y = panel.across(d) + dx, panel.down(v) + dy
            left = x - {"left": 0, "center": width / 2, "right": width}[ha]
            box = (left - 2, y - 13, left + width + 2, y + 4)
            outside = box[0] < panel.left or box[2] > panel.right or box[1] < 0 or box[3] > panel.bottom
            if outside or any(_cross(box, other) for other in taken):
                continue
            taken.append(box)
            write(ax, x, y, name, "accent" if mine else "ink", ha, bold=mine, halo=True)
            break


def _cross(a, b) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def tiles_of(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Give the tile (row, column) of each kabupaten/kota of one province; in order of code where no layout is known."""
    known = TILES.get(codes[0][:2], {}) if codes else {}
    if all(code in known for code in codes):
        return {code: known[code] for code in codes}
    columns = min(3, max(1, math.ceil(math.sqrt(len(codes)))))  # wide enough for the longest word of a name
    return {code: divmod(i, columns) for i, code in enumerate(sorted(codes))}


def _tile_lines(tiles, width=WIDTH) -> tuple[int, int]:
    columns = max(column for *_, (_, column) in tiles) + 1
    room = (width - TILE_GAP * (columns - 1)) / columns - 12
    return columns, max(len(wrap(name, room)) for name, *_ in tiles)


def _tile_height(tiles, width=WIDTH, **_) -> float:
    _, lines = _tile_lines(tiles, width)
    rows = max(row for *_, (row, _) in tiles) + 1
    return rows * ((lines + 1) * LINE + 14) + (rows - 1) * TILE_GAP


@kind(_tile_height)
def tile_map(
    ax, tiles: Sequence[tuple[str, object, tuple[int, int]]], *, better: str = "up", unit: str = "%", decimals: int = 2
):
    """Draw a tile an area, laid out like the map, its name and value on it; darker is better.

    tiles: (name, value, (row, column)); `tiles_of` gives the places.
    """
    columns, lines = _tile_lines(tiles, whole(ax).width)
    width = (whole(ax).width - TILE_GAP * (columns - 1)) / columns
    height = (lines + 1) * LINE + 14
    figures = [amount(v) for _, v, _ in tiles]
    steps = heat_steps(figures, better)
    for (name, value, (row, column)), step in zip(tiles, steps, strict=True):
        left, top = column * (width + TILE_GAP), row * (height + TILE_GAP)
        known = amount(value) is not None
        back, front = (f"heat-{step}", f"on-heat-{step}") if step else ("paper", "ink")
        tile = Rectangle(
            (left, top),
            width,
            height,
            facecolor=hue(back),
            edgecolor=hue("grey"),
            linewidth=1,
            transform=ax.transData,
            hatch=None,
            gid=name,
        )
        add(ax, tile)
        for i, line in enumerate(wrap(name, width - 12)):
            write(ax, left + 6, top + 17 + i * LINE, line, front)
        said = labelled(value, unit, decimals) if known else in_words(value)
        write(ax, left + 6, top + height - 9, said, front if known else "muted", bold=known)
