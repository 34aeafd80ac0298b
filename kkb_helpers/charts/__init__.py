"""Draws values on the axes it is given, and does nothing else.

A chart kind is a function of an axes and values. It takes the whole axes as a sheet of CSS pixels, y downwards; marks
carry the values themselves and a `Panel` puts them on the sheet, so that what was drawn can be read off the artists.
A value that is missing, or that is text (`ditekan`), is written in words and never drawn.

To add a kind: a function decorated with `@kind(height)`, where `height` gives the pixels its values need; a line here;
a test on the data it drew. Colours are the names of `palette()`; text has one size, since the page shows a chart at
1:1 on a desktop, at nine tenths on a phone and at nine points on A4.
"""

from .bars import bar_pair, bars, classes, method_mix, ranking, reporting
from .colours import CLASSES, UNREPORTED, contrast, css, palette, shade
from .flow import moves
from .lines import path, small_multiples, sparkline, trend
from .places import funnel, strip, tile_map, tiles_of
from .renderer import alone, svg
from .sheet import KINDS, WIDTH, draw, figure

__all__ = [
    "CLASSES",
    "KINDS",
    "UNREPORTED",
    "WIDTH",
    "alone",
    "bar_pair",
    "bars",
    "classes",
    "contrast",
    "css",
    "draw",
    "figure",
    "funnel",
    "method_mix",
    "moves",
    "palette",
    "path",
    "ranking",
    "reporting",
    "shade",
    "small_multiples",
    "sparkline",
    "strip",
    "svg",
    "tile_map",
    "tiles_of",
    "trend",
]
