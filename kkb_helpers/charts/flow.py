"""How Kampung KB moved between classes."""

from collections.abc import Mapping

from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from .. import wording
from .colours import CLASSES, UNREPORTED, hue
from .sheet import LINE, NOTHING, add, kind, spread, text_width, whole, write
from .values import amount


def _moves_height(flows, **_) -> float:
    return 240 if any(amount(n) for n in flows.values()) else NOTHING


@kind(_moves_height)
def moves(ax, flows: Mapping[tuple[str, str], int], *, before: str, after: str):
    """Draw how Kampung KB moved between classes: bands from the class before to the class now.

    flows: (class before, class now) -> Kampung KB; classes are those of `CLASSES`, `UNREPORTED`, and `baru`/`hilang`
    for those in one snapshot alone. Up is accented, down is in the second colour, the same class grey.
    """
    order = ["Hilang", "Baru", UNREPORTED, *CLASSES][::-1]
    rank = {name.lower(): i for i, name in enumerate(order)}
    flows = {pair: n for pair, n in flows.items() if amount(n)}
    if not flows:
        write(ax, 0, LINE, wording.MISSING, "muted")
        return
    sheet = whole(ax)
    total = sum(flows.values())
    sides = [_side(flows, order, i) for i in (0, 1)]
    gaps = max(len(side) for side in sides) - 1
    top, height = 30, sheet.height - 38
    scale = (height - gaps * 10) / total
    label = max(text_width(f"{n} {wording.number(v)}") for side in sides for n, v in side.items()) + 10
    left, right = label, sheet.width - label
    write(ax, 0, 14, before, "muted")
    write(ax, sheet.width, 14, after, "muted", "right")
    starts = [_node_tops(side, top, scale) for side in sides]
    for i, (side, x) in enumerate(zip(sides, (left, right), strict=True)):
        centres = [starts[i][n] + v * scale / 2 for n, v in side.items()]
        places = spread(centres, [LINE - 1] * len(side), top - 6, sheet.height, gap=0)
        for (name, value), y in zip(side.items(), places, strict=True):
            write(ax, x + (8 if i else -8), y + 4.5, f"{name} {wording.number(value)}", "ink", "left" if i else "right")
            node = Rectangle((x - 3, starts[i][name]), 6, value * scale, facecolor=hue("ink"), linewidth=0, gid=name)
            add(ax, node)
    used = [dict(starts[0]), dict(starts[1])]
    for (old, new), n in sorted(flows.items(), key=lambda f: (rank[f[0][0].lower()], rank[f[0][1].lower()])):
        a, b = used[0][old], used[1][new]
        used[0][old] += n * scale
        used[1][new] += n * scale
        ups, downs = rank[new.lower()] < rank[old.lower()], rank[new.lower()] > rank[old.lower()]
        outside = "baru" in (old.lower(), new.lower()) or "hilang" in (old.lower(), new.lower())
        colour = "grid" if old == new or outside else "accent" if ups else "target" if downs else "grid"
        _band(ax, left + 3, right - 3, a, b, n * scale, colour, f"{old}>{new}")


def _side(flows, order, i) -> dict[str, int]:
    """Give the classes of one side in order with their sums."""
    sums: dict[str, int] = {}
    for pair, n in flows.items():
        sums[pair[i]] = sums.get(pair[i], 0) + n
    places = [name.lower() for name in order]
    return dict(sorted(sums.items(), key=lambda item: places.index(item[0].lower())))


def _node_tops(side: Mapping[str, int], top: float, scale: float) -> dict[str, float]:
    tops = {}
    for name, value in side.items():
        tops[name] = top
        top += value * scale + 10
    return tops


def _band(ax, left, right, a, b, thick, colour, gid):
    """Draw a band from height a at the left to height b at the right."""
    middle = (left + right) / 2
    vertices = [
        (left, a), (middle, a), (middle, b), (right, b),
        (right, b + thick), (middle, b + thick), (middle, a + thick), (left, a + thick), (left, a),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    patch = PathPatch(Path(vertices, codes), facecolor=hue(colour), edgecolor=hue("paper"), linewidth=0.5, gid=gid)
    add(ax, patch)
