"""Draws values on the axes it is given, and does nothing else.

A chart kind is a function of an axes and values. It takes the whole axes as a sheet of CSS pixels, y downwards; marks
carry the values themselves and a `Panel` puts them on the sheet, so that what was drawn can be read off the artists.
A value that is missing, or that is text (`ditekan`), is written in words and never drawn.

To add a kind: a function decorated with `@kind(height)`, where `height` gives the pixels its values need; a test on
the data it drew. Colours are the names of `palette()`; text has one size, since the page shows a chart at 1:1 on a
desktop and at 0.75 on a phone.
"""

import datetime as dt
import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, wraps

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D, IdentityTransform, TransformedPath

from . import wording

WIDTH = 440
SIZE = 13
LINE = 18
CLASSES = ("Dasar", "Berkembang", "Mandiri", "Berkelanjutan")
UNREPORTED = "Belum lapor"
HEAT_STEPS = 6
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"

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


# --- colours -----------------------------------------------------------------------------------------------------


@cache
def palette() -> dict[str, tuple[str, str]]:
    """Give the colours by name: on light paper, on dark paper.

    The ordered scales are seaborn's blends between two ends of one hue: class-1 to class-4, heat-1 to heat-6; `on-...`
    is the text on each.
    """
    from seaborn import blend_palette

    colours = {
        "paper": ("#ffffff", "#14181d"),
        "ink": ("#1f2933", "#e6e9ec"),
        "muted": ("#55606b", "#a9b2bb"),
        "grey": ("#87919b", "#75808b"),
        "grid": ("#d5dae0", "#343c45"),
        "accent": ("#00698f", "#5ab4e0"),
        "target": ("#b3440e", "#f2a56b"),
    }
    for scale, steps, light, dark in (
        ("class", len(CLASSES), ("#6798b6", "#0c3350"), ("#4a7f9f", "#e2f2fb")),
        ("heat", HEAT_STEPS, ("#f1f6f9", "#154a6b"), ("#1d2a34", "#a9d3ea")),
    ):
        blends = (blend_palette(ends, steps, as_cmap=False).as_hex() for ends in (light, dark))
        for step, pair in enumerate(zip(*blends, strict=True), start=1):
            colours[f"{scale}-{step}"] = pair
            colours[f"on-{scale}-{step}"] = tuple(readable(colour, len(colours)) for colour in pair)
    return colours


def luminance(colour: str) -> float:
    """Give the relative luminance of a hex colour after WCAG 2.2."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Give the contrast of two hex colours after WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(background: str, shade: int = 0) -> str:
    """Give the colour of text, near black or near white, that is read best on a background.

    shade: 0 to 31, a difference no eye sees, so that every name of the palette has a colour of its own.
    """
    return max((f"#0000{shade:02x}", f"#ffff{255 - shade:02x}"), key=lambda text: contrast(text, background))


def css() -> str:
    """Give the style sheet that a page needs for its charts: every colour as a variable, on light and dark paper."""
    light, dark = (
        "".join(f"--kkb-{name}:{pair[i]};" for name, pair in palette().items() if name != "paper") for i in (0, 1)
    )
    return (
        f":root{{--kkb-paper:{palette()['paper'][0]};{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--kkb-paper:{palette()['paper'][1]};{dark}}}}}"
        ".kkb-chart{display:block;width:100%;height:auto;overflow:visible}"
    )


def shade(values: Iterable, better: str = "up") -> list[tuple[str, str]]:
    """Give a background and a text colour for each cell of a table's column; darker is always better.

    better: up or down; with context nothing is shaded. Missing values and text get none (`("", "")`).
    """
    steps = _heat_steps([_figure(v) for v in values], better)
    return [(_variable(f"heat-{step}"), _variable(f"on-heat-{step}")) if step else ("", "") for step in steps]


def _variable(name: str) -> str:
    return f"var(--kkb-{name},{palette()[name][0]})"


# --- the sheet ---------------------------------------------------------------------------------------------------


@cache
def _rc() -> dict:
    from seaborn import axes_style, plotting_context

    return {
        **axes_style("white"),
        **plotting_context("notebook"),
        "font.family": "DejaVu Sans",  # wider than the pages' system fonts: what fits here fits there
        "font.size": SIZE,
        "axes.unicode_minus": False,
        "path.simplify": False,
        "path.sketch": None,
        "lines.solid_capstyle": "butt",
        "hatch.linewidth": 1,
    }


def figure(height: float, width: float = WIDTH) -> tuple[Figure, mpl.axes.Axes]:
    """Give a sheet of so many CSS pixels and its one axes."""
    fig = Figure(figsize=(width / 72, height / 72), dpi=72, frameon=False)
    return fig, fig.add_axes((0, 0, 1, 1))


def kind(height: Callable[..., float]):
    """Make a function a chart kind: one style for all, the whole axes a sheet, `height` the pixels its values need."""

    def register(function):
        @wraps(function)
        def on_axes(ax, *args, **kwargs):
            with mpl.rc_context(_rc()):
                wide, high = ax.figure.get_size_inches() * 72
                ax.set_axis_off()
                ax.set(xlim=(0, wide), ylim=(high, 0), autoscale_on=False)
                function(ax, *args, **kwargs)
            return ax

        on_axes.height = height
        KINDS[function.__name__] = on_axes
        return on_axes

    return register


KINDS: dict[str, Callable] = {}


def draw(chart: Callable, *args, id: str, alt: str, title: str = "", standalone: bool = False, **kwargs) -> str:
    """Draw a chart kind at the height it needs and give its SVG.

    chart: one of `KINDS`. args, kwargs: its values. id, alt, title, standalone: see `svg`.
    """
    fig, ax = _reused()
    fig.set_size_inches(WIDTH / 72, chart.height(*args, **kwargs) / 72)
    try:
        chart(ax, *args, **kwargs)
        return svg(fig, id, alt, title, standalone)
    finally:
        for artist in [*ax.lines, *ax.patches, *ax.collections, *ax.texts]:
            artist.remove()


@cache
def _reused() -> tuple[Figure, mpl.axes.Axes]:
    """One sheet for all of `draw`: making an axes costs as much as drawing a chart on it."""
    with mpl.rc_context(_rc()):
        return figure(WIDTH)


@dataclass(frozen=True)
class Panel:
    """A rectangle of the sheet (pixels) and the ranges of values (x, y) that it spans."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float] = (0, 1)
    y: tuple[float, float] = (0, 1)

    def across(self, value: float) -> float:
        """Give the pixel of a value on x."""
        return self.left + (value - self.x[0]) / (self.x[1] - self.x[0]) * self.width

    def down(self, value: float) -> float:
        """Give the pixel of a value on y."""
        return self.top + self.height - (value - self.y[0]) / (self.y[1] - self.y[0]) * self.height

    def on(self, ax):
        """Give the transform from values to the sheet of an axes."""
        (x0, x1), (y0, y1) = self.x, self.y
        across, down = self.width / (x1 - x0), self.height / (y1 - y0)
        moved = Affine2D().translate(-x0, -y0).scale(across, -down).translate(self.left, self.top + self.height)
        return moved + ax.transData

    @property
    def right(self) -> float:
        """Its right edge in pixels."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge in pixels."""
        return self.top + self.height


def _figure(value) -> float | None:
    return None if isinstance(value, str) or wording.is_missing(value) else float(value)


def _mark(value) -> str:
    """What is written where nothing can be drawn."""
    return value if isinstance(value, str) else wording.MISSING


def _colour(name: str) -> str:
    return palette()[name][0]


@cache
def text_width(text: str, bold: bool = False) -> float:
    """Give the width of a text in pixels, in a font wider than those of the pages."""
    from matplotlib.font_manager import FontProperties

    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    return float(TextPath((0, 0), text, size=SIZE, prop=font).get_extents().x1)


# Whatever is drawn stays inside the sheet; working out a clip path costs more than drawing.
_NO_CLIP = TransformedPath(Path.unit_rectangle(), IdentityTransform())


def _add(ax, artist):
    artist.set(clip_path=_NO_CLIP, clip_on=False)
    return ax.add_artist(artist)


def _text(ax, x, y, text, colour="ink", ha="left", bold=False, halo=False) -> Text:
    """Write on the sheet; y is the baseline; a halo parts the text from what lies under it."""
    weight = "bold" if bold else "normal"
    note = Text(x, y, text, color=_colour(colour), ha=ha, weight=weight, gid="halo" if halo else None)
    return _add(ax, note)


def _line(ax, panel, xs, ys, colour="grey", width=1.0, dash=None, gid=None) -> Line2D:
    line = Line2D(xs, ys, color=_colour(colour), linewidth=width, transform=panel.on(ax), gid=gid)
    if dash:
        line.set_linestyle((0, dash))
    return _add(ax, line)


def _dots(ax, panel, xs, ys, colour="grey", radius=4.0, hollow=False, gid=None) -> PathCollection:
    dots = PathCollection(
        [Path.unit_circle()],
        sizes=[radius**2],  # of a unit circle: the scale is the square root
        offsets=np.column_stack([xs, ys]),
        offset_transform=panel.on(ax),
        facecolors=_colour("paper") if hollow else _colour(colour),
        edgecolors=_colour(colour if hollow else "paper"),
        linewidths=2 if hollow else 1,
        zorder=2.5,  # over the lines
        gid=gid,
    )
    dots.set_transform(Affine2D())  # sizes in pixels, whatever the panel
    return _add(ax, dots)


def _bar(ax, panel, value, y, thick, colour="grey", start=0.0, gid=None, edge=None, hatch=None) -> Rectangle:
    """Draw a horizontal bar from `start`, `thick` units high around y, in the panel's values."""
    bar = Rectangle(
        (start, y - thick / 2),
        value,
        thick,
        facecolor=_colour(colour),
        edgecolor=_colour(edge) if edge else "none",
        linewidth=1 if edge else 0,
        hatch=hatch,
        transform=panel.on(ax),
        gid=gid,
    )
    return _add(ax, bar)


def _sheet(ax) -> Panel:
    """The whole axes as a panel whose values are pixels."""
    (x0, x1), (y1, y0) = ax.get_xlim(), ax.get_ylim()
    return Panel(x0, y0, x1 - x0, y1 - y0, x=(x0, x1), y=(y1, y0))


def _spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float, gap: float = 8) -> list[float]:
    """Move centres apart so that intervals of these sizes neither touch nor leave low..high; their order is kept."""
    order = sorted(range(len(centres)), key=lambda i: centres[i])
    placed = list(centres)
    edge = low
    for i in order:
        placed[i] = max(placed[i], edge + sizes[i] / 2)
        edge = placed[i] + sizes[i] / 2 + gap
    edge = high
    for i in reversed(order):
        placed[i] = min(placed[i], edge - sizes[i] / 2)
        edge = placed[i] - sizes[i] / 2 - gap
    return placed


def _wrap(text: str, width: float) -> list[str]:
    """Break a name over lines no wider than `width` pixels where its words allow it."""
    lines, line = [], ""
    for word in text.split():
        if line and text_width(f"{line} {word}") > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def _ticks(low: float, high: float, n: int = 3) -> list[float]:
    return [float(t) for t in MaxNLocator(n, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]


def _label(value, unit: str, decimals: int) -> str:
    return f"{wording.number(value, decimals)}{unit}"


def _tick_label(value: float, unit: str) -> str:
    decimals = max(0, -wording.rounded(value, 4).normalize().as_tuple().exponent)
    return _label(value, unit, decimals)


# --- lines by time -----------------------------------------------------------------------------------------------


NOTHING = LINE + 8  # the height of a chart that can only say that there are no data


def _trend_height(months, lines, **_) -> float:
    return 218 if any(_figure(v) is not None for series in lines.values() for v in series) else NOTHING


@kind(_trend_height)
def trend(
    ax,
    months: Sequence[str],
    lines: Mapping[str, Sequence],
    *,
    unit: str = "%",
    decimals: int = 2,
    target: float | None = None,
    target_label: str = "sasaran",
    provisional: bool = False,
):
    """Draw one or two lines by month; the first is this district's.

    months: `2024-01`, ..., every month once. lines: name -> a value a month; a missing month is a gap, and said.
    provisional: the last month is not complete; its point is hollow. The scale is from zero, or says that it is not.
    """
    values = {name: [_figure(v) for v in series] for name, series in lines.items()}
    there = [v for series in values.values() for v in series if v is not None]
    if not there:
        _text(ax, 0, LINE, wording.MISSING, "muted")
        return
    gaps = _gaps(next(iter(values.values())))
    low, high, ticks = _scale([*there, target] if target is not None else there, foot=bool(gaps))
    ends = _ends(values, unit, decimals, named=len(values) > 1)
    left = max(text_width(_tick_label(t, unit)) for t in ticks) + 10
    right = max(text_width(text, True) for _, texts in ends for text in texts) + 12
    head = LINE if low != 0 or target is not None else 6
    wide, tall = _sheet(ax).width, _sheet(ax).height
    panel = Panel(left, head + 8, wide - left - right, tall - head - 56, x=(0, max(1, len(months) - 1)), y=(low, high))
    _value_axis(ax, panel, ticks, unit)
    if low != 0:
        _text(ax, 0, SIZE, f"Sumbu mulai dari {_tick_label(low, unit)}, bukan dari 0", "muted")
    _month_axis(ax, panel, months)
    if target is not None:
        _line(ax, panel, panel.x, (target, target), "target", 1.5, (5, 3), gid="target")
        _text(
            ax,
            panel.left + 4,
            panel.down(target) - 5,
            f"{target_label} {_label(target, unit, decimals)}",
            "target",
            halo=True,
        )
    for order, (name, series) in reversed(list(enumerate(values.items()))):
        colour = "grey" if order else "accent"
        ys = np.array([np.nan if v is None else v for v in series])
        _line(ax, panel, range(len(months)), ys, colour, 1.5 if order else 2.5, gid=name)
        spots = np.flatnonzero(~np.isnan(ys))
        if spots.size:
            alone = [i for i in spots[:-1] if (i == 0 or np.isnan(ys[i - 1])) and np.isnan(ys[i + 1])]
            if alone:
                _dots(ax, panel, alone, ys[alone], colour, 3)
            last = spots[-1]
            hollow = provisional and last == len(months) - 1
            _dots(ax, panel, [last], [ys[last]], colour, 4.5 if not order else 3.5, hollow=hollow, gid=f"{name}:akhir")
    _end_labels(ax, panel, ends)
    if len(values) == 1:
        _start_label(ax, panel, next(iter(values.values())), unit, decimals)
    _gap_labels(ax, panel, gaps)


def _scale(values: Sequence[float], foot: bool = False) -> tuple[float, float, list[float]]:
    """Give low, high and ticks: from zero where that costs the line less than half of the height.

    foot: leave room for a line of words under the values of a scale of its own.
    """
    low, high = min(values), max(values)
    if 0 <= low <= high / 2:
        ticks = _ticks(0, high or 1)
    else:
        pad = max((high - low) * 0.15, abs(high) * 0.005, 0.01)
        ticks = _ticks(low - pad - (0.25 * (high - low) if foot else 0), high + pad)
    return ticks[0], ticks[-1], ticks


def _value_axis(ax, panel: Panel, ticks: Sequence[float], unit: str):
    for tick in ticks:
        base = tick == 0
        _line(ax, panel, panel.x, (tick, tick), "grey" if base else "grid", 1)
        _text(ax, panel.left - 6, panel.down(tick) + 4.5, _tick_label(tick, unit), "muted", "right")


def _month_axis(ax, panel: Panel, months: Sequence[str]):
    """Name the months that fit, the last one always; the year once under its first named month."""
    room = panel.width / max(1, len(months) - 1)
    step = max(1, math.ceil(34 / room))
    named = list(range(len(months) - 1, -1, -step))[::-1]
    year = None
    for i in named:
        x = panel.across(i)
        _text(ax, x, panel.bottom + 20, wording.month_short(months[i]), "muted", "center")
        if months[i][:4] != year:
            year = months[i][:4]
            _text(ax, x, panel.bottom + 20 + LINE, year, "muted", "center")


def _ends(values, unit, decimals, named) -> list[tuple[str, list[str]]]:
    """Give for each line its last value and, where there are several, its name."""
    ends = []
    for name, series in values.items():
        last = next((v for v in reversed(series) if v is not None), None)
        value = wording.MISSING if last is None else _label(last, unit, decimals)
        ends.append((name, [value, *_wrap(name, 96)] if named else [value]))
    return ends


def _end_labels(ax, panel: Panel, ends):
    lines = {line.get_gid(): line for line in ax.lines if line.get_gid()}
    centres, sizes = [], []
    for name, texts in ends:
        ys = np.asarray(lines[name].get_ydata(), float)
        ys = ys[~np.isnan(ys)]
        centres.append(panel.down(ys[-1]) if ys.size else panel.bottom)
        sizes.append(len(texts) * (LINE - 2))
    placed = _spread(centres, sizes, panel.top - 8, panel.bottom + 8, gap=4)
    for order, ((_, texts), centre, size) in enumerate(zip(ends, placed, sizes, strict=True)):
        for i, text in enumerate(texts):
            y = centre - size / 2 + 12.5 + i * (LINE - 2)
            _text(ax, panel.right + 10, y, text, "muted" if order else "accent", bold=not order and i == 0)


def _gaps(series: Sequence[float | None]) -> list[tuple[int, int]]:
    """Give the runs (first, last) of missing values."""
    runs: list[tuple[int, int]] = []
    for i, value in enumerate(series):
        if value is None:
            runs = [*runs[:-1], (runs[-1][0], i)] if runs and runs[-1][1] == i - 1 else [*runs, (i, i)]
    return runs


def _gap_labels(ax, panel: Panel, gaps: Sequence[tuple[int, int]]):
    """Write under each gap that there are no data; a dash where two notes would touch."""
    half, edge = text_width(wording.MISSING) / 2, -math.inf
    for first, last in gaps:
        middle = panel.across((first + last) / 2)
        x = min(max(middle, panel.left + half + 2), panel.right - half)
        fits = x - half > edge
        _text(
            ax, x if fits else middle, panel.bottom - 5, wording.MISSING if fits else "–", "muted", "center", halo=True
        )
        edge = (x + half if fits else middle + 4) + 6


def _start_label(ax, panel: Panel, series: Sequence[float | None], unit: str, decimals: int):
    """Write the first value of a single line on the side that the line leaves free."""
    known = [(i, v) for i, v in enumerate(series) if v is not None]
    if len(known) < 2:
        return
    (i, value), (_, after) = known[:2]
    text = _label(value, unit, decimals)
    x = max(panel.across(i), panel.left + text_width(text) / 2 + 2)
    y = panel.down(value) + (SIZE + 8 if after > value else -9)
    if y < panel.bottom - 4:
        _text(ax, x, y, text, "accent", "center", halo=True)


def _path_height(snapshots, milestones, **_) -> float:
    return 224 if any(_figure(v) is not None for _, v in snapshots) else NOTHING


@kind(_path_height)
def path(ax, snapshots: Sequence[tuple[str, int]], milestones: Sequence[tuple[str, int]], *, noun: str = "sasaran"):
    """Draw counts at snapshots against the path between milestones, with what is still to go written on it.

    snapshots: (ISO date, count), oldest first. milestones: (ISO date, required count); before the first there is no
    path. From zero.
    """
    counts = [(_ordinal(d), v) for d, v in snapshots if _figure(v) is not None]
    goals = [(_ordinal(d), v) for d, v in milestones]
    if not counts:
        _text(ax, 0, LINE, wording.MISSING, "muted")
        return
    last_day, last = counts[-1]
    if goals and goals[-1][0] < last_day:
        goals.append((last_day, goals[-1][1]))  # after the last milestone the target holds
    days = [d for d, _ in counts + goals]
    goal_day, goal = goals[-1] if goals else (last_day, None)
    texts = [f"{noun} {wording.number(goal)}", _to_go(goal - last)] if goals else []
    right = max([text_width(t, True) for t in texts], default=10) + 14
    top = max(v for _, v in counts + goals)
    tall, wide = _sheet(ax).height, _sheet(ax).width
    panel = Panel(22, 26, wide - 22 - right, tall - 70, x=(min(days), max(*days, min(days) + 1)), y=(0, top))
    _line(ax, panel, panel.x, (0, 0), "grey", 1)
    _text(ax, panel.left - 8, panel.bottom + 4.5, "0", "muted", "right")
    if len(goals) > 1:
        _line(ax, panel, *zip(*goals, strict=True), "target", 1.5, (5, 3), gid="jalur")
    if goals:
        _dots(ax, panel, *zip(*goals, strict=True), "target", 3.5, hollow=True, gid="tonggak")
    _line(ax, panel, *zip(*counts, strict=True), "accent", 2.5, gid="capaian")
    _dots(ax, panel, *zip(*counts, strict=True), "accent", 4.5, gid="potret")
    _path_labels(ax, panel, counts, goals)
    if goals:
        _gap(ax, panel, (last_day, last), (goal_day, goal), texts)
    _day_axis(ax, panel, sorted(set(days)))


def _ordinal(day: str | dt.date) -> int:
    return (dt.date.fromisoformat(day) if isinstance(day, str) else day).toordinal()


def _to_go(gap: int) -> str:
    if gap > 0:
        return f"{wording.number(gap)} lagi"
    return "tercapai" if gap == 0 else f"{wording.number(-gap)} di atas"


def _path_labels(ax, panel: Panel, counts, goals):
    """Write counts on the side of the line away from the path, newest first, where there is room."""
    taken: list[tuple[float, float]] = []
    for day, value in reversed(counts):
        expected = np.interp(day, *zip(*goals, strict=True), left=np.nan) if goals else np.nan
        below = value < expected
        x, text = panel.across(day), wording.number(value)
        half = text_width(text, True) / 2 + 3
        x = max(x, half)
        if any(x - half < right and x + half > left for left, right in taken):
            continue
        taken.append((x - half, x + half))
        y = panel.down(value) + (SIZE + 8 if below else -9)
        _text(ax, x, y, text, "accent", "center", bold=True, halo=True)
    for day, value in goals[:-1]:
        x, text = panel.across(day), wording.number(value)
        behind = any(v < value for d, v in counts if abs(d - day) < 45)
        y = panel.down(value) + (-9 if behind else SIZE + 8)
        _text(ax, max(x, text_width(text) / 2), y, text, "target", "center", halo=True)


def _gap(ax, panel: Panel, now, goal, texts: Sequence[str]):
    """Draw the way still to go as a bracket at the right, and write the goal and the gap beside it."""
    (day, value), (goal_day, required) = now, goal
    if value != required:
        _line(ax, panel, (day, goal_day), (value, value), "accent", 1, (1.5, 2.5))
        _line(ax, panel, (goal_day, goal_day), (value, required), "accent", 2, gid="selisih")
    middle = panel.down((value + required) / 2)
    middle += LINE / 2 if value <= required else -LINE / 2
    goal_y, gap_y = _spread([panel.down(required), middle], [LINE, LINE], 0, panel.bottom, gap=0)
    _text(ax, panel.right + 10, goal_y + 4.5, texts[0], "target")
    _text(ax, panel.right + 10, gap_y + 4.5, texts[1], "accent", bold=True)


def _day_axis(ax, panel: Panel, days: Sequence[int]):
    """Name days as month over year, from the last backwards where they fit; the year once."""
    edge, named = math.inf, []
    for day in reversed(days):
        x = panel.across(day)
        if x + 18 <= edge:
            named.append(day)
            edge = x - 18
    year = None
    for day in reversed(named):
        date = dt.date.fromordinal(day)
        x = max(panel.across(day), 14)
        _text(ax, x, panel.bottom + 20, wording.month_short(date), "muted", "center")
        if date.year != year:
            year = date.year
            _text(ax, max(x, 17), panel.bottom + 20 + LINE, str(year), "muted", "center")


# --- bars --------------------------------------------------------------------------------------------------------

BAR = 26


def _classes_height(snapshots, **_) -> float:
    return len(snapshots) * (LINE + BAR + 12) + 58


@kind(_classes_height)
def classes(ax, snapshots: Sequence[tuple[str, Mapping[str, int]]]):
    """Draw a stacked bar a snapshot, the newest last and labelled; belum lapor stands apart and hatched.

    snapshots: (label, class -> Kampung KB), keys of `CLASSES` and `UNREPORTED`. All bars share one scale from zero.
    """
    names = (*CLASSES, UNREPORTED)
    apart = 12
    wide = _sheet(ax).width
    counts = [{name: _figure(row.get(name)) or 0 for name in names} for _, row in snapshots]
    most = max((sum(row.values()) for row in counts), default=0)
    if not most:
        _text(ax, 0, LINE, wording.MISSING, "muted")
        return
    panel = Panel(1, 0, wide - apart - 2, 1, x=(0, most), y=(0, 1))
    y = 0
    for (label, _), row in zip(snapshots, counts, strict=True):
        total = sum(row.values())
        _text(ax, 0, y + SIZE, f"{label}: {wording.number(total)} Kampung KB")
        strip = replace(panel, top=y + LINE, height=BAR)
        ends = _stack(ax, strip, row, apart)
        y += LINE + BAR + 12
    bottom = y - 12
    last = counts[-1]
    texts = [wording.number(last[name]) for name in names]
    widths = [max(text_width(name), text_width(text, True)) for name, text in zip(names, texts, strict=True)]
    centres = [ends[name] for name in names]
    for name, text, centre, place in zip(names, texts, centres, _spread(centres, widths, 0, wide), strict=True):
        if last[name]:
            _line(
                ax, _sheet(ax), (centre, centre, place, place), (bottom, bottom + 5, bottom + 12, bottom + 16), "grey"
            )
        _text(ax, place, bottom + 30, name, "ink" if last[name] else "muted", "center")
        _text(ax, place, bottom + 30 + LINE, text, "ink" if last[name] else "muted", "center", bold=True)


def _stack(ax, strip: Panel, row: Mapping[str, float], apart: float) -> dict[str, float]:
    """Draw one bar; give the pixel of the middle of each part."""
    start, middles = 0.0, {}
    for step, name in enumerate(CLASSES, start=1):
        value = row[name]
        middles[name] = strip.across(start + value / 2)
        if value:
            _bar(ax, strip, value, 0.5, 1, f"class-{step}", start, gid=name, edge="paper")
            _inside(ax, strip, start, value, f"on-class-{step}")
        start += value
    aside = replace(strip, left=strip.left + apart)
    value = row[UNREPORTED]
    middles[UNREPORTED] = aside.across(start + value / 2)
    if value:
        _bar(ax, aside, value, 0.5, 1, "paper", start, gid=UNREPORTED, edge="grey", hatch="///")
        _inside(ax, aside, start, value, "ink", halo=True)
    return middles


def _inside(ax, strip: Panel, start: float, value: float, colour: str, halo: bool = False):
    text = wording.number(value)
    if value / (strip.x[1] - strip.x[0]) * strip.width > text_width(text) + 8:
        _text(
            ax, strip.across(start + value / 2), strip.top + strip.height / 2 + 4.5, text, colour, "center", halo=halo
        )


ROW = 24
BESIDE = 150  # names wider than this stand above their bars


def _above(names: Iterable[str]) -> bool:
    return any(text_width(name, True) > BESIDE for name in names)


def _ranking_height(names, values, *, reference=None, **_) -> float:
    row = ROW + 14 if _above(names) else ROW
    return len(names) * row + (LINE + 8 if _figure(reference) is not None else 2)


@kind(_ranking_height)
def ranking(
    ax,
    names: Sequence[str],
    values: Sequence,
    *,
    own: str | None = None,
    reference: float | None = None,
    reference_label: str = "provinsi",
    unit: str = "%",
    decimals: int = 2,
    better: str = "up",
):
    """Draw a bar an area from zero, ordered with the best first; the own area accented; missing ones last, in words."""
    rows = _ordered(names, values, better)
    above = _above(names)
    figures = [v for _, v in rows if _figure(v) is not None]
    reference = _figure(reference)
    most = max([*figures, reference or 0, 0]) or 1
    labels = [_label(v, unit, decimals) for v in figures] or [""]
    left = 0 if above else max(text_width(n, n == own) for n in names) + 8
    right = max(text_width(t, True) for t in labels) + 14
    head = LINE + 6 if reference is not None else 0
    row = ROW + 14 if above else ROW
    wide = _sheet(ax).width
    panel = Panel(left, head, wide - left - right, len(rows) * row, x=(0, most), y=(0, len(rows)))
    if reference is not None:
        _reference(ax, panel, reference, f"{reference_label} {_label(reference, unit, decimals)}", broken=above)
    for i, (name, value) in enumerate(rows):
        mine = name == own
        top = head + i * row
        if above:
            _text(ax, 0, top + 14, name, "accent" if mine else "ink", bold=mine, halo=True)
        else:
            _text(ax, left - 8, top + 16, name, "accent" if mine else "ink", "right", bold=mine)
        line = top + (26 if above else 12)
        if _figure(value) is None:
            _text(ax, left + 4, line + 4.5, _mark(value), "muted", halo=True)
            continue
        colour = "accent" if mine else "grey"
        _bar(ax, panel, value, panel.y[1] - (line - head) / row, 13 / row, colour, gid=name)
        text = _label(value, unit, decimals)
        x = panel.across(value) + 5
        if reference is not None and x - 3 < panel.across(reference) < x + text_width(text, mine) + 3:
            x = panel.across(reference) + 6
        _text(ax, x, line + 4.5, text, "accent" if mine else "ink", bold=mine)


def _ordered(names, values, better: str) -> list[tuple[str, object]]:
    """Order areas with the best first; those without a value last, by name."""
    sign = -1 if better != "down" else 1
    return sorted(
        zip(names, values, strict=True),
        key=lambda p: (True, 0, p[0]) if _figure(p[1]) is None else (False, sign * p[1], p[0]),
    )


def _reference(ax, panel: Panel, value: float, text: str, broken: bool):
    """Draw a line over the bars; broken where names stand between them."""
    ys = np.array(panel.y)
    if broken:
        tops = np.arange(panel.y[1], 0, -1.0)
        ys = np.column_stack([tops - 0.5, tops - 1, np.full(len(tops), np.nan)]).ravel()
    _line(ax, panel, np.full(len(ys), value), ys, "target", 1.5, None if broken else (5, 3), gid="acuan")
    half = text_width(text) / 2
    x = min(max(panel.across(value), half), _sheet(ax).width - half)
    _text(ax, x, panel.top - 6, text, "target", "center")


def _methods_height(methods, long_acting, **_) -> float:
    return len(methods) * ROW + 2 * (LINE + 8) + 6


@kind(_methods_height)
def method_mix(ax, methods: Mapping[str, int], long_acting: Iterable[str]):
    """Draw users by method from zero, those of long-acting methods (MKJP) set off above the others.

    methods: name -> users. long_acting: the names that are MKJP. Shares are of all methods; none is given where a
    method is missing or withheld, since it could be computed from them.
    """
    long_acting = set(long_acting)
    figures = {name: _figure(v) for name, v in methods.items()}
    known = [v for v in figures.values() if v is not None]
    total = sum(known) if len(known) == len(figures) else 0

    def said(value):
        part = wording.percent_mark(wording.share(value, total), 1)
        return f"{wording.number(value)} ({part})" if total else wording.number(value)

    most = max(known, default=0) or 1
    left = max(text_width(n) for n in methods) + 8
    wide = _sheet(ax).width
    right = max((text_width(said(v)) for v in known), default=0) + 8
    y = 0
    for title, mine in (("MKJP", True), ("Bukan MKJP", False)):
        rows = _ordered(*_unzip((n, v) for n, v in methods.items() if (n in long_acting) == mine), "up")
        head = f"{title}: {said(sum(figures[n] for n, _ in rows))}" if total else title
        _text(ax, 0, y + SIZE + 1, head, "accent" if mine else "ink", bold=True)
        y += LINE + 6
        panel = Panel(left, y, wide - left - right, max(1, len(rows)) * ROW, x=(0, most), y=(0, len(rows) or 1))
        for i, (name, value) in enumerate(rows):
            line = y + i * ROW + 12
            _text(ax, left - 8, line + 4.5, name, "ink", "right")
            if figures[name] is None:
                _text(ax, left + 4, line + 4.5, _mark(value), "muted")
                continue
            _bar(ax, panel, value, len(rows) - i - 0.5, 13 / ROW, "accent" if mine else "grey", gid=name)
            _text(ax, panel.across(value) + 5, line + 4.5, said(value))
        y += len(rows) * ROW + 8


def _unzip(pairs) -> tuple[list, list]:
    pairs = list(pairs)
    return [a for a, _ in pairs], [b for _, b in pairs]


def _pair_height(rows, **_) -> float:
    return len(rows) * 48


@kind(_pair_height)
def bar_pair(ax, rows: Sequence[tuple[str, float, float]]):
    """Draw realisation inside allocation, both from zero, with the amounts written above.

    rows: (label, allocation, realisation) in rupiah.
    """
    most = max((_figure(v) or 0 for row in rows for v in row[1:]), default=0) or 1
    panel = Panel(0, 0, _sheet(ax).width, len(rows) * 48, x=(0, most), y=(0, len(rows)))
    for i, (label, allocation, realisation) in enumerate(rows):
        y = len(rows) - i - 32 / 48
        _text(ax, 0, i * 48 + 15, label)
        if _figure(allocation) is None or _figure(realisation) is None:
            said = wording.MISSING
        else:
            said = f"{wording.rupiah_short(realisation)} dari {wording.rupiah_short(allocation)}"
        _text(ax, panel.right, i * 48 + 15, said, "ink" if said != wording.MISSING else "muted", "right")
        if _figure(allocation) is not None:
            _bar(ax, panel, allocation, y, 18 / 48, "paper", gid=f"{label}:alokasi", edge="grey")
        if _figure(realisation) is not None:
            _bar(ax, panel, realisation, y, 10 / 48, "accent", gid=f"{label}:realisasi")


def _reporting_height(months, groups, **_) -> float:
    return len(groups) * 40 + 2 * LINE + 32


@kind(_reporting_height)
def reporting(ax, months: Sequence[str], groups: Mapping[str, Sequence[tuple]]):
    """Draw for each kind of group the share that reported by month, every row on one scale from 0 to 100 %.

    groups: name -> (reported, existing) a month. The last month's counts are written at the right.
    """
    left = max(text_width(name) for name in groups) + 12
    texts = {name: _last_pair(series) for name, series in groups.items()}
    right = max(text_width(t) for t in texts.values()) + 10
    wide = _sheet(ax).width
    tall = 28
    _text(ax, left, SIZE, "garis atas: 100% melapor", "muted")
    panel = Panel(left, 0, wide - left - right, tall, x=(-0.5, len(months) - 0.5), y=(0, 100))
    for i, (name, series) in enumerate(groups.items()):
        row = replace(panel, top=i * 40 + LINE + 10)
        _line(ax, row, row.x, (100, 100), "grid", 1)
        _line(ax, row, row.x, (0, 0), "grey", 1)
        _text(ax, left - 12, row.bottom - 8, name, "ink", "right")
        for x, (reported, existing) in enumerate(series):
            value = wording.share(_figure(reported), _figure(existing))
            if value is None:
                _text(ax, row.across(x), row.bottom - 4, "–", "muted", "center")
                continue
            last = x == len(months) - 1
            bar = Rectangle(
                (x - 0.36, 0),
                0.72,
                value,
                facecolor=_colour("accent" if last else "grey"),
                edgecolor="none",
                linewidth=0,
                transform=row.on(ax),
                gid=f"{name}:{months[x]}",
            )
            _add(ax, bar)
        _text(ax, row.right + 8, row.bottom - 8, texts[name], "muted" if texts[name] == wording.MISSING else "accent")
    _months_under(ax, replace(panel, top=(len(groups) - 1) * 40 + LINE + 10), months)


def _months_under(ax, panel: Panel, months: Sequence[str]):
    """Name the months under the middle of their bars."""
    half = panel.width / len(months) / 2
    _month_axis(
        ax, replace(panel, left=panel.left + half, width=panel.width - 2 * half, x=(0, len(months) - 1 or 1)), months
    )


def _last_pair(series) -> str:
    reported, existing = series[-1]
    if isinstance(reported, str):
        return reported
    return wording.of(reported, existing)


# --- areas among each other --------------------------------------------------------------------------------------


def _strip_height(rows, **_) -> float:
    return len(rows) * 62 + LINE + 14


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
    wide = _sheet(ax).width
    key = Panel(0, 0, wide, LINE, x=(0, wide), y=(0, LINE))
    _dots(ax, key, [6], [LINE - 8.5], "accent", 6)
    _text(ax, 17, SIZE, own, "accent", bold=True)
    others = 17 + text_width(own, True) + 24
    _dots(ax, key, [others], [LINE - 8.5], "grey", 4.5)
    _text(ax, others + 9, SIZE, "lainnya", "muted")
    for i, (label, values, reference) in enumerate(rows):
        top = i * 62 + LINE + 10
        figures = {name: v for name, v in ((n, _figure(v)) for n, v in values.items()) if v is not None}
        _text(ax, 0, top + 15, label)
        mine = values.get(own)
        _text(
            ax,
            wide,
            top + 15,
            _mark(mine) if _figure(mine) is None else _label(mine, unit, decimals),
            "accent",
            "right",
            bold=True,
        )
        if not figures:
            _text(ax, 0, top + 38, wording.MISSING, "muted")
            continue
        reference = _figure(reference)
        everything = [*figures.values(), *([] if reference is None else [reference])]
        low, high = min(everything), max(everything)
        ends = (_label(low, unit, decimals), _label(high, unit, decimals))
        left, right = text_width(ends[0]) + 14, text_width(ends[1]) + 14
        panel = Panel(
            left, top + 22, wide - left - right, 24, x=(low, high) if high > low else (low - 1, low + 1), y=(-1, 1)
        )
        _text(ax, 0, top + 38, ends[0], "muted")
        _text(ax, wide, top + 38, ends[1], "muted", "right")
        _line(ax, panel, panel.x, (0, 0), "grid", 1)
        others = [v for n, v in figures.items() if n != own]
        if others:
            _dots(ax, panel, others, np.zeros(len(others)), "grey", 4.5, gid=label)
        if reference is not None:
            _line(ax, panel, (reference, reference), (-0.9, 0.9), "target", 2, gid=f"{label}:acuan")
            _beside(ax, panel, reference, f"{reference_label} {_label(reference, unit, decimals)}", top + 58)
        if own in figures:
            _dots(ax, panel, [figures[own]], [0], "accent", 6, gid=f"{label}:{own}")


def _beside(ax, panel: Panel, value: float, text: str, y: float):
    half = text_width(text) / 2
    x = min(max(panel.across(value), half), _sheet(ax).width - half)
    _text(ax, x, y, text, "target", "center")


def _funnel_height(names, denominators, values, *_, **__) -> float:
    return 290 if any(_figure(v) is not None for v in values) else NOTHING


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
    points = [(n, _figure(d), _figure(v)) for n, d, v in zip(names, denominators, values, strict=True)]
    points = [p for p in points if p[1] is not None and p[2] is not None]
    if not points:
        _text(ax, 0, LINE, wording.MISSING, "muted")
        return
    flagged, small = set(flagged), set(small)
    curve = {key: np.asarray(v, float) for key, v in limits.items()}
    seen = curve["n"] >= min(p[1] for p in points) * 0.6
    shown = [*(p[2] for p in points), reference]
    span = max(max(shown) - min(shown), 1e-9)
    inner = np.concatenate([curve[k][seen] for k in ("low_998", "high_998")]) if seen.any() else np.array(shown)
    inner = np.clip(inner, min(shown) - span, max(shown) + span)
    ticks = _ticks(min(*shown, inner.min()), max(*shown, inner.max()), 4)
    right = (
        max(text_width(f"{reference_label} "), text_width(_label(reference, unit, decimals)), text_width("99,8%")) + 10
    )
    left = max(text_width(_tick_label(t, unit)) for t in ticks) + 10
    sheet = _sheet(ax)
    most = max(p[1] for p in points) * 1.06
    panel = Panel(left, 10, sheet.width - left - right, sheet.height - 56, x=(0, most), y=(ticks[0], ticks[-1]))
    for tick in ticks:
        _line(ax, panel, panel.x, (tick, tick), "grid", 1)
        _text(ax, left - 6, panel.down(tick) + 4.5, _tick_label(tick, unit), "muted", "right")
    for key, dash in (("95", (2, 2)), ("998", None)):
        for side in ("low", "high"):
            ys = curve[f"{side}_{key}"]
            inside = (curve["n"] <= most) & (ys >= panel.y[0]) & (ys <= panel.y[1])
            _line(ax, panel, curve["n"], np.where(inside, ys, np.nan), "grey", 1, dash, gid=f"{side}_{key}")
    _line(ax, panel, panel.x, (reference, reference), "target", 1.5, gid="acuan")
    _funnel_ends(ax, panel, curve, reference, reference_label, unit, decimals)
    for hollow in (False, True):
        rest = [p for p in points if p[0] != own and (p[0] in small) == hollow]
        if rest:
            _dots(ax, panel, [p[1] for p in rest], [p[2] for p in rest], "grey", 4.5, hollow=hollow, gid="titik")
    mine = [p for p in points if p[0] == own]
    if mine:
        _dots(ax, panel, [mine[0][1]], [mine[0][2]], "accent", 6, hollow=own in small, gid=own)
    _name_points(ax, panel, [*mine, *(p for p in points if p[0] in flagged and p[0] != own)], points, own, reference)
    for tick in _ticks(0, most, 4):
        if tick <= most:
            text = wording.number(tick)
            x = min(max(panel.across(tick), text_width(text) / 2), panel.right)
            _text(ax, x, panel.bottom + 17, text, "muted", "center")
    _text(ax, panel.left + panel.width / 2, panel.bottom + 36, f"jumlah {whom}", "muted", "center")


def _funnel_ends(ax, panel: Panel, curve, reference, reference_label, unit, decimals):
    """Name the limits and the reference at the right end."""
    at = min(int(np.searchsorted(curve["n"], panel.x[1])), len(curve["n"]) - 1)
    rows = [
        ("99,8%", curve["high_998"][at], "muted"),
        (reference_label, reference, "target"),
        ("95%", curve["low_95"][at], "muted"),
    ]
    rows.insert(2, (_label(reference, unit, decimals), reference - 1e-9, "target"))
    rows = [(t, v, c) for t, v, c in rows if panel.y[0] <= v <= panel.y[1]]
    places = _spread(
        [panel.down(v) for _, v, _ in rows], [LINE - 2] * len(rows), panel.top - 8, panel.bottom + 8, gap=0
    )
    for (text, _, colour), y in zip(rows, places, strict=True):
        _text(ax, panel.right + 8, y + 4.5, text, colour)


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
            if box[0] < panel.left or box[2] > panel.right or any(_cross(box, other) for other in taken):
                continue
            taken.append(box)
            _text(ax, x, y, name, "accent" if mine else "ink", ha, bold=mine, halo=True)
            break


_NAME_PLACES = (
    (10, 4.5, "left"),
    (-10, 4.5, "right"),
    (0, -11, "center"),
    (0, 22, "center"),
    (8, -9, "left"),
    (8, 20, "left"),
    (-8, -9, "right"),
    (-8, 20, "right"),
)


def _cross(a, b) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


TILE_GAP = 4


def tiles_of(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Give the tile (row, column) of each kabupaten/kota of one province; in order of code where no layout is known."""
    known = TILES.get(codes[0][:2], {}) if codes else {}
    if all(code in known for code in codes):
        return {code: known[code] for code in codes}
    columns = min(4, max(1, math.ceil(math.sqrt(len(codes)))))
    return {code: divmod(i, columns) for i, code in enumerate(sorted(codes))}


def _tile_lines(tiles, width=WIDTH) -> tuple[int, int]:
    columns = max(column for *_, (_, column) in tiles) + 1
    room = (width - TILE_GAP * (columns - 1)) / columns - 12
    return columns, max(len(_wrap(name, room)) for name, *_ in tiles)


def _tile_height(tiles, **_) -> float:
    _, lines = _tile_lines(tiles)
    rows = max(row for *_, (row, _) in tiles) + 1
    return rows * ((lines + 1) * LINE + 14) + (rows - 1) * TILE_GAP


@kind(_tile_height)
def tile_map(
    ax, tiles: Sequence[tuple[str, object, tuple[int, int]]], *, better: str = "up", unit: str = "%", decimals: int = 2
):
    """Draw a tile an area, laid out like the map, its name and value on it; darker is better.

    tiles: (name, value, (row, column)); `tiles_of` gives the places.
    """
    columns, lines = _tile_lines(tiles, _sheet(ax).width)
    width = (_sheet(ax).width - TILE_GAP * (columns - 1)) / columns
    height = (lines + 1) * LINE + 14
    figures = [_figure(v) for _, v, _ in tiles]
    steps = _heat_steps(figures, better)
    for (name, value, (row, column)), step in zip(tiles, steps, strict=True):
        left, top = column * (width + TILE_GAP), row * (height + TILE_GAP)
        known = _figure(value) is not None
        back, front = (f"heat-{step}", f"on-heat-{step}") if step else ("paper", "ink")
        tile = Rectangle(
            (left, top),
            width,
            height,
            facecolor=_colour(back),
            edgecolor=_colour("grey"),
            linewidth=1,
            transform=ax.transData,
            hatch=None,
            gid=name,
        )
        _add(ax, tile)
        for i, line in enumerate(_wrap(name, width - 12)):
            _text(ax, left + 6, top + 17 + i * LINE, line, front)
        said = _label(value, unit, decimals) if known else _mark(value)
        _text(ax, left + 6, top + height - 9, said, front if known else "muted", bold=known)


def _heat_steps(figures: Sequence[float | None], better: str) -> list[int]:
    """Give the step of the heat scale of each value; 0 where there is none or nothing to tell apart."""
    there = [v for v in figures if v is not None]
    if better not in ("up", "down") or len(set(there)) < 2:
        return [0] * len(figures)
    low, high = min(there), max(there)
    parts = [None if v is None else (v - low) / (high - low) for v in figures]
    parts = [p if p is None or better == "up" else 1 - p for p in parts]
    return [0 if p is None else 1 + min(HEAT_STEPS - 1, int(p * HEAT_STEPS)) for p in parts]


PANEL_COLUMNS = 4


def _panels_height(panels, **_) -> float:
    lines = _panel_lines(panels)
    return math.ceil(len(panels) / PANEL_COLUMNS) * (lines * LINE + 88) - 10


def _panel_lines(panels, width=WIDTH) -> int:
    room = (width - 14 * (PANEL_COLUMNS - 1)) / PANEL_COLUMNS
    return max((len(_wrap(name, room)) for name, *_ in panels), default=1)


@kind(_panels_height)
def small_multiples(
    ax,
    panels: Sequence[tuple[str, Sequence[tuple[str, float]]]],
    *,
    target: float = 100,
    unit: str = "%",
    decimals: int = 1,
):
    """Draw a small line an area, all on one scale from zero, against one target line.

    panels: (name, [(ISO date, value), ...]); the last value is written.
    """
    sheet = _sheet(ax)
    gap = 14
    width = (sheet.width - gap * (PANEL_COLUMNS - 1)) / PANEL_COLUMNS
    lines = _panel_lines(panels, sheet.width)
    days = [_ordinal(d) for _, series in panels for d, _ in series]
    figures = [v for _, series in panels for _, v in series if _figure(v) is not None]
    if not figures:
        _text(ax, 0, LINE, wording.MISSING, "muted")
        return
    span = (min(days), max(max(days), min(days) + 1))
    for i, (name, series) in enumerate(panels):
        row, column = divmod(i, PANEL_COLUMNS)
        left, top = column * (width + gap), row * (lines * LINE + 88)
        for j, text in enumerate(_wrap(name, width)):
            _text(ax, left, top + 14 + j * LINE, text)
        panel = Panel(left + 5, top + lines * LINE + 26, width - 10, 40, x=span, y=(0, max(*figures, target)))
        _line(ax, panel, panel.x, (0, 0), "grey", 1)
        _line(ax, panel, panel.x, (target, target), "target", 1, (4, 3))
        known = [(_ordinal(d), v) for d, v in series if _figure(v) is not None]
        if not known:
            _text(ax, left, panel.bottom - 4, wording.MISSING, "muted")
            continue
        xs, ys = zip(*known, strict=True)
        _line(ax, panel, xs, ys, "accent", 2, gid=name)
        _dots(ax, panel, xs[-1:], ys[-1:], "accent", 3.5)
        _text(ax, left + width, top + lines * LINE + 16, _label(ys[-1], unit, decimals), "accent", "right", bold=True)


def _moves_height(flows, **_) -> float:
    return 300 if any(_figure(n) for n in flows.values()) else NOTHING


@kind(_moves_height)
def moves(ax, flows: Mapping[tuple[str, str], int], *, before: str, after: str):
    """Draw how Kampung KB moved between classes: bands from the class before to the class now.

    flows: (class before, class now) -> Kampung KB; classes are those of `CLASSES`, `UNREPORTED`, and `baru`/`hilang`
    for those in one snapshot alone. Up is accented, down is in the second colour, the same class grey.
    """
    order = ["Hilang", "Baru", UNREPORTED, *CLASSES][::-1]
    rank = {name.lower(): i for i, name in enumerate(order)}
    flows = {pair: n for pair, n in flows.items() if _figure(n)}
    if not flows:
        _text(ax, 0, LINE, wording.MISSING, "muted")
        return
    sheet = _sheet(ax)
    total = sum(flows.values())
    sides = [_side(flows, order, i) for i in (0, 1)]
    gaps = max(len(side) for side in sides) - 1
    top, height = 30, sheet.height - 38
    scale = (height - gaps * 10) / total
    label = max(text_width(f"{n} {wording.number(v)}") for side in sides for n, v in side.items()) + 10
    left, right = label, sheet.width - label
    _text(ax, left, 14, before, "muted", "right" if text_width(before) <= left else "left")
    _text(ax, right, 14, after, "muted", "left" if text_width(after) <= label else "right")
    starts = [_node_tops(side, top, scale) for side in sides]
    for i, (side, x) in enumerate(zip(sides, (left, right), strict=True)):
        centres = [starts[i][n] + v * scale / 2 for n, v in side.items()]
        places = _spread(centres, [LINE - 1] * len(side), top - 6, sheet.height, gap=0)
        for (name, value), y in zip(side.items(), places, strict=True):
            _text(ax, x + (8 if i else -8), y + 4.5, f"{name} {wording.number(value)}", "ink", "left" if i else "right")
            node = Rectangle(
                (x - 3, starts[i][name]), 6, value * scale, facecolor=_colour("ink"), linewidth=0, gid=name
            )
            _add(ax, node)
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
    patch = PathPatch(
        Path(vertices, codes), facecolor=_colour(colour), edgecolor=_colour("paper"), linewidth=0.5, gid=gid
    )
    _add(ax, patch)


def sparkline(values: Sequence, alt: str, width: float = 90, height: float = 24) -> str:
    """Give a line without axes as a tiny SVG: gaps where values miss, the last point marked; empty without values."""
    figures = [_figure(v) for v in values]
    there = [v for v in figures if v is not None]
    if not there:
        return ""
    low, high = min(there), max(there)
    panel = Panel(
        4, 4, width - 8, height - 8, x=(0, max(1, len(figures) - 1)), y=(low, high if high > low else low + 1)
    )
    points = [None if v is None else f"{panel.across(i):.1f} {panel.down(v):.1f}" for i, v in enumerate(figures)]
    path, pen = [], "M"
    for point in points:
        path.append(f"{pen}{point}" if point else "")
        pen = "L" if point else "M"
    last = max(i for i, v in enumerate(figures) if v is not None)
    x, y = points[last].split(" ")
    return (
        f'<svg class="kkb-spark" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{html.escape(alt)}"><path d="{"".join(path)}" fill="none" stroke="{_variable("grey")}" '
        f'stroke-width="1.5"/><circle cx="{x}" cy="{y}" r="2.5" fill="{_variable("accent")}"/></svg>'
    )


# --- SVG ---------------------------------------------------------------------------------------------------------


def svg(fig: Figure, id: str, alt: str, title: str = "", standalone: bool = False) -> str:
    """Give a figure as an accessible SVG: text as text, no ids but those that begin with `id`.

    id: unique on the page. alt: what the picture says, 20 to 300 characters. title: written into a stand-alone file.
    standalone: a file of its own, on light paper with plain colours; else colours are the page's variables (`css`).
    The same figure gives the same bytes. Raises ValueError where alt says too little or too much.
    """
    if not wording.ALT_LENGTH[0] <= len(alt) <= wording.ALT_LENGTH[1]:
        raise ValueError(f"alt text of {id!r}: got {len(alt)} characters; expected 20 to 300. Say the main number.")
    renderer = _SvgRenderer(*fig.get_size_inches() * 72, id=id, standalone=standalone)
    fig.draw(renderer)
    wide, tall = _short(renderer.width), _short(renderer.height)
    head = f'viewBox="0 0 {wide} {tall}" role="img" aria-label="{html.escape(alt)}" font-size="{SIZE}"'
    body = "".join(renderer.parts)
    if not standalone:
        look = f'class="kkb-chart" style="max-width:{wide}px"'
        return f'<svg id="{html.escape(id)}" {look} {head} fill="none">{body}</svg>'
    size = f'width="{wide}" height="{tall}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {head} font-family="{FONTS}" fill="none">'
        f'<title>{html.escape(title or alt)}</title><rect {size} fill="{_colour("paper")}"/>{body}</svg>\n'
    )


@cache
def _names_of_colours() -> dict[str, str]:
    return {pair[0]: name for name, pair in reversed(palette().items())}


def _short(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


class _SvgRenderer(RendererBase):
    """A matplotlib renderer that writes small SVG with the page's colours, where matplotlib's own has a hundred ids."""

    def __init__(self, width: float, height: float, id: str, standalone: bool):
        super().__init__()
        self.width, self.height, self.id, self.standalone = width, height, id, standalone
        self.parts: list[str] = []

    def get_canvas_width_height(self):
        """Give the sheet's size in pixels."""
        return self.width, self.height

    def points_to_pixels(self, points):
        """A point is a pixel here."""
        return points

    def get_text_width_height_descent(self, s, prop, ismath):
        """Give a rough size: where text stands is left to its anchor and baseline."""
        return len(s) * SIZE / 2, SIZE, SIZE / 4

    def _paint(self, rgb) -> str:
        colour = mpl.colors.to_hex(rgb[:3])
        if self.standalone:
            return colour
        return f"var(--kkb-{_names_of_colours()[colour]},{colour})"

    def draw_path(self, gc, path, transform, rgbFace=None):
        """Write a path with its fill, stroke, dashes and hatch."""
        shape = self._shape(path, transform)
        if not shape:
            return
        filled = rgbFace is not None and (len(rgbFace) < 4 or rgbFace[3] > 0)
        stroked = gc.get_linewidth() > 0 and gc.get_rgb()[3] > 0
        attributes = f' fill="{self._paint(rgbFace)}"' if filled else ""
        if stroked:
            attributes += f' stroke="{self._paint(gc.get_rgb())}"'
            if gc.get_linewidth() != 1:
                attributes += f' stroke-width="{gc.get_linewidth():g}"'
            _, dashes = gc.get_dashes()
            if dashes is not None:
                attributes += f' stroke-dasharray="{" ".join(f"{d:g}" for d in dashes)}"'
        if attributes:
            self.parts.append(f'<path d="{shape}"{attributes}/>')
        if gc.get_hatch():
            self.parts.append(self._hatch(shape, gc))

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        """Write dots as circles; other markers as paths."""
        if marker_path is not Path.unit_circle():
            super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
            return
        look = f'r="{marker_trans.frozen().to_values()[0]:g}" fill="{self._paint(rgbFace)}"'
        look += f' stroke="{self._paint(gc.get_rgb())}" stroke-width="{gc.get_linewidth():g}"'
        for x, y in trans.transform(path.vertices):
            self.parts.append(f'<circle cx="{_short(x)}" cy="{_short(self.height - y)}" {look}/>')

    def _shape(self, path, transform) -> str:
        letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
        out = []
        for points, code in path.iter_segments(transform, remove_nans=True, simplify=False):
            if code == Path.CLOSEPOLY:
                out.append("Z")
            elif code in letters:
                xy = (_short(self.height - p if i % 2 else p) for i, p in enumerate(points))
                out.append(letters[code] + " ".join(xy))
        return "".join(out)

    def _hatch(self, shape: str, gc) -> str:
        """Write slanted lines over a shape; the pattern is defined once a chart."""
        name = f"{self.id}-hatch"
        pattern = ""
        if not any(f'id="{name}"' in part for part in self.parts):
            pattern = (
                f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
                f'patternTransform="rotate(45)"><path d="M0 0V6" stroke="{self._paint(gc.get_rgb())}" '
                'stroke-width="2"/></pattern>'
            )
        return f'{pattern}<path d="{shape}" fill="url(#{name})"/>'

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Write text as text, anchored where matplotlib anchors it, so that any font of the reader keeps its place."""
        anchor = ""
        if mtext is not None and mtext.get_ha() != "left":
            x, _ = mtext.get_transform().transform(mtext.get_unitless_position())
            anchor = f' text-anchor="{ {"center": "middle", "right": "end"}[mtext.get_ha()] }"'
        weight = ' font-weight="600"' if prop.get_weight() == "bold" else ""
        if mtext is not None and mtext.get_gid() == "halo":
            paper = self._paint(mpl.colors.to_rgb(_colour("paper")))
            anchor += f' stroke="{paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
        where = f'x="{_short(x)}" y="{_short(y)}" fill="{self._paint(gc.get_rgb())}"'
        self.parts.append(f"<text {where}{anchor}{weight}>{html.escape(s, quote=False)}</text>")

    def draw_image(self, gc, x, y, im, transform=None):
        """No kind draws pixels."""
        raise NotImplementedError("charts draw no pixels")
