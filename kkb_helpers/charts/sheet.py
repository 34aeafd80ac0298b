"""The sheet of pixels that every kind draws on: panels, marks and words."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, wraps

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, IdentityTransform, TransformedPath

from .. import wording
from .colours import hue
from .renderer import SIZE, SvgRenderer, alone, svg
from .values import tick_label

WIDTH = 360  # two stand side by side on A4 with text of nine points; a phone shows one at nine tenths
LINE = 18
NOTHING = LINE + 8  # the height of a chart that can only say that there are no data
KINDS: dict[str, Callable] = {}


@cache
def style() -> dict:
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
            with mpl.rc_context(style()):
                wide, high = ax.figure.get_size_inches() * 72
                ax.set_axis_off()
                ax.set(xlim=(0, wide), ylim=(high, 0), autoscale_on=False)
                function(ax, *args, **kwargs)
            return ax

        on_axes.height = height
        KINDS[function.__name__] = on_axes
        return on_axes

    return register


def draw(
    chart: Callable, *args, id: str, alt: str, title: str = "", standalone: bool = False, width: float = WIDTH, **kwargs
) -> str:
    """Draw a chart kind at the height it needs and give its SVG.

    chart: one of `KINDS`. args, kwargs: its values. id, alt: see `svg`. title, standalone: see `alone`. width: of the
    sheet in pixels, where a chart stands narrower than others on paper.
    """
    fig, ax = _reused()
    fig.set_size_inches(width / 72, chart.height(*args, width=width, **kwargs) / 72)
    try:
        chart(ax, *args, **kwargs)
        drawn = svg(fig, id, alt)
        return alone(drawn, title or alt) if standalone else drawn
    finally:
        for artist in [*ax.lines, *ax.patches, *ax.texts]:
            artist.remove()


@cache
def _reused() -> tuple[Figure, mpl.axes.Axes]:
    """One sheet for all of `draw`: making an axes costs as much as drawing a chart on it."""
    with mpl.rc_context(style()):
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


def whole(ax) -> Panel:
    """The whole axes as a panel whose values are pixels."""
    (x0, x1), (y1, y0) = ax.get_xlim(), ax.get_ylim()
    return Panel(x0, y0, x1 - x0, y1 - y0, x=(x0, x1), y=(y1, y0))


def text_width(text: str, bold: bool = False) -> float:
    """Give the width of a text in pixels, in a font wider than those of the pages."""
    return 1.05 * sum(_advance(sign, bold) for sign in text.strip())  # hinting makes text wider


@cache
def _advance(sign: str, bold: bool) -> float:
    """Give how far a sign moves the pen; measured once, since outlines cost more than the drawing they measure."""
    font = _font(bold)
    return font.load_char(ord(sign), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536


def _font(bold: bool):
    """Open the font of charts in this process.

    matplotlib keeps it open, and forgets it in a forked child: a font is read from its file sign by sign, and children
    that share the file move each other's place in it. So it is not kept here.
    """
    from matplotlib.font_manager import get_font

    font = get_font(_font_file(bold))
    font.set_size(SIZE, 72)
    return font


@cache
def _font_file(bold: bool) -> str:
    from matplotlib.font_manager import FontProperties, findfont

    return findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal"))


# Whatever is drawn stays inside the sheet; working out a clip path costs more than drawing.
_NO_CLIP = TransformedPath(Path.unit_rectangle(), IdentityTransform())


def add(ax, artist):
    artist.set_clip_path(_NO_CLIP)
    artist.set_clip_on(False)
    return ax.add_artist(artist)


class _Note(Text):
    """A line of text at its baseline: where it is put is where it stands, so nothing need be worked out of its size."""

    def draw(self, renderer):
        """Hand the text to a renderer that anchors it; to any other as matplotlib does."""
        text = self.get_text()
        if not isinstance(renderer, SvgRenderer) or "\n" in text:
            super().draw(renderer)
        elif text and self.get_visible():
            renderer.draw_note(self)


def write(ax, x, y, text, colour="ink", ha="left", bold=False, halo=False) -> Text:
    """Write on the sheet; y is the baseline; a halo parts the text from what lies under it."""
    weight = "bold" if bold else "normal"
    note = _Note(x, y, text, color=hue(colour), ha=ha, weight=weight, gid="halo" if halo else None)
    return add(ax, note)


def rule(ax, panel, xs, ys, colour="grey", width=1.0, dash=None, gid=None) -> Line2D:
    line = Line2D(xs, ys, color=hue(colour), linewidth=width, transform=panel.on(ax), gid=gid)
    if dash:
        line.set_linestyle((0, dash))
    return add(ax, line)


def dot(ax, panel, xs, ys, colour="grey", radius=4.0, hollow=False, gid=None) -> Line2D:
    """Draw dots over the lines, parted from them by a rim of paper; hollow ones for what is not certain."""
    dots = Line2D(
        list(xs),
        list(ys),
        linestyle="none",
        marker="o",
        markersize=2 * radius,
        markerfacecolor=hue("paper" if hollow else colour),
        markeredgecolor=hue(colour if hollow else "paper"),
        markeredgewidth=2 if hollow else 1,
        transform=panel.on(ax),
        zorder=2.5,
        gid=gid,
    )
    return add(ax, dots)


def bar(ax, panel, value, y, thick, colour="grey", start=0.0, gid=None, edge=None, hatch=None) -> Rectangle:
    """Draw a horizontal bar from `start`, `thick` units high around y, in the panel's values."""
    mark = Rectangle(
        (start, y - thick / 2),
        value,
        thick,
        facecolor=hue(colour),
        edgecolor=hue(edge) if edge else "none",
        linewidth=1 if edge else 0,
        hatch=hatch,
        transform=panel.on(ax),
        gid=gid,
    )
    return add(ax, mark)


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float, gap: float = 8) -> list[float]:
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


def wrap(text: str, width: float) -> list[str]:
    """Break a name over lines no wider than `width` pixels where its words allow it."""
    lines, line = [], ""
    for word in text.split():
        if line and text_width(f"{line} {word}") > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def value_axis(ax, panel: Panel, ticks: Sequence[float], unit: str):
    for tick in ticks:
        base = tick == 0
        rule(ax, panel, panel.x, (tick, tick), "grey" if base else "grid", 1)
        write(ax, panel.left - 6, panel.down(tick) + 4.5, tick_label(tick, unit), "muted", "right")


def month_axis(ax, panel: Panel, months: Sequence[str]):
    """Name the months that fit, the last one always; the year once under its first named month."""
    room = panel.width / (len(months) - 1) if len(months) > 1 else WIDTH
    step = max(1, math.ceil(34 / room))
    named = list(range(len(months) - 1, -1, -step))[::-1]
    year = None
    for i in named:
        x = panel.across(i)
        write(ax, x, panel.bottom + 20, wording.month_short(months[i]), "muted", "center")
        if months[i][:4] != year:
            year = months[i][:4]
            write(ax, x, panel.bottom + 20 + LINE, year, "muted", "center")


def day_axis(ax, panel: Panel, days: Sequence[int]):
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
        write(ax, x, panel.bottom + 20, wording.month_short(date), "muted", "center")
        if date.year != year:
            year = date.year
            write(ax, max(x, 17), panel.bottom + 20 + LINE, str(year), "muted", "center")
