"""A figure -> a small, accessible SVG: text as text, the page's colours, no ids to clash."""

import html
import re
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text

from .. import wording
from .colours import hue, names_of_colours

SIZE = 13
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
_PAINT = re.compile(r"var\(--kkb-[\w-]+,(#[0-9a-f]{6})\)")


def svg(fig: Figure, id: str, alt: str) -> str:
    """Give a figure as an accessible SVG of a page: text as text, no ids but those that begin with `id`.

    id: unique on the page. alt: what the picture says, 20 to 300 characters. Colours are the page's variables
    (`css`). The same figure gives the same bytes. Raises ValueError where alt says too little or too much.
    """
    if not wording.ALT_LENGTH[0] <= len(alt) <= wording.ALT_LENGTH[1]:
        raise ValueError(f"alt text of {id!r}: got {len(alt)} characters; expected 20 to 300. Say the main number.")
    renderer = SvgRenderer(*fig.get_size_inches() * 72, id=html.escape(id))
    fig.draw(renderer)
    wide, tall = _short(renderer.width), _short(renderer.height)
    return (  # hidden inside: a reader's voice says the alt, not forty loose numbers
        f'<svg id="{renderer.id}" class="kkb-chart" style="max-width:{wide}px" viewBox="0 0 {wide} {tall}" role="img" '
        f'aria-label="{html.escape(alt)}" font-size="{SIZE}" fill="none"><g aria-hidden="true">'
        f"{''.join(renderer.parts)}</g></svg>"
    )


def alone(drawn: str, title: str) -> str:
    """Make the SVG of a page a file of its own: plain colours on light paper, a title, fonts."""
    plain = _PAINT.sub(r"\1", drawn)
    _, opening, body = re.split(r"(<svg[^>]*>)", plain, maxsplit=1)
    wide, tall = re.search(r'viewBox="0 0 (\S+) (\S+)"', opening).groups()
    size = f'width="{wide}" height="{tall}"'
    kept = re.search(r"viewBox=.*", opening)[0]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONTS}" {kept}'
        f'<title>{html.escape(title)}</title><rect {size} fill="{hue("paper")}"/>{body}\n'
    )


def _short(value: float) -> str:
    return _written(round(value, 1))


def _written(rounded: float) -> str:
    return f"{rounded + 0.0:.1f}".removesuffix(".0")  # nothing added: no minus before a zero


@lru_cache(maxsize=256)
def _paint(colour) -> str:
    colour = mpl.colors.to_hex(colour)  # without what it lets through
    return f"var(--kkb-{names_of_colours()[colour]},{colour})"  # KeyError: a colour outside the palette


class SvgRenderer(RendererBase):
    """A matplotlib renderer that writes small SVG with the page's colours, where matplotlib's own has a hundred ids."""

    def __init__(self, width: float, height: float, id: str):
        super().__init__()
        self.width, self.height, self.id = width, height, id
        self.parts: list[str] = []

    def get_canvas_width_height(self):
        """Give the sheet's size in pixels."""
        return self.width, self.height

    def points_to_pixels(self, points):
        """A point is a pixel here."""
        return points

    def draw_path(self, gc, path, transform, rgbFace=None):
        """Write a path with its fill, stroke, dashes and hatch."""
        shape = self._shape(path, transform)
        if not shape:
            return
        filled = rgbFace is not None and (len(rgbFace) < 4 or rgbFace[3] > 0)
        stroked = gc.get_linewidth() > 0 and gc.get_rgb()[3] > 0
        attributes = f' fill="{_paint(rgbFace)}"' if filled else ""
        if stroked:
            attributes += f' stroke="{_paint(gc.get_rgb())}"'
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
        look = f'r="{marker_trans.frozen().to_values()[0]:g}" fill="{_paint(rgbFace)}"'
        look += f' stroke="{_paint(gc.get_rgb())}" stroke-width="{gc.get_linewidth():g}"'
        for x, y in trans.transform(path.vertices):
            self.parts.append(f'<circle cx="{_short(x)}" cy="{_short(self.height - y)}" {look}/>')

    def _shape(self, path, transform) -> str:
        clean = path.cleaned(transform, remove_nans=True, curves=True)
        clean.vertices[:, 1] = self.height - clean.vertices[:, 1]
        points = [f"{_written(x)} {_written(y)}" for x, y in np.round(clean.vertices, 1).tolist()]
        codes, out, at = clean.codes.tolist(), [], 0
        while at < len(codes) and codes[at] != Path.STOP:
            step = Path.NUM_VERTICES_FOR_CODE[codes[at]]
            closes = codes[at] == Path.CLOSEPOLY
            out.append("Z" if closes else _LETTERS[codes[at]] + " ".join(points[at : at + step]))
            at += step
        return "".join(out)

    def _hatch(self, shape: str, gc) -> str:
        """Write slanted lines over a shape; the pattern is defined once a chart."""
        name = f"{self.id}-hatch"
        pattern = ""
        if not any(f'id="{name}"' in part for part in self.parts):
            pattern = (
                f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
                f'patternTransform="rotate(45)"><path d="M0 0V6" stroke="{_paint(gc.get_rgb())}" '
                'stroke-width="2"/></pattern>'
            )
        return f'{pattern}<path d="{shape}" fill="url(#{name})"/>'

    def get_text_width_height_descent(self, s, prop, ismath):
        """Give a rough size: where text stands is left to its anchor and baseline."""
        return len(s) * SIZE / 2, SIZE, SIZE / 4

    def draw_note(self, note: Text):
        """Write a line at its baseline, anchored where it was put, so that any font of the reader keeps its place."""
        x, y = note.get_transform().transform(note.get_unitless_position())
        if np.isfinite((x, y)).all():
            self._write(x, self.height - y, note.get_text(), note.get_color(), note)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Write text that matplotlib has laid out; its anchor is kept where it is one line."""
        if mtext is not None and mtext.get_ha() != "left":
            x, _ = mtext.get_transform().transform(mtext.get_unitless_position())
        self._write(x, y, s, gc.get_rgb(), mtext or Text(weight=prop.get_weight()))

    def _write(self, x: float, y: float, text: str, colour, like: Text):
        look = _ANCHORS[like.get_ha()]
        if like.get_gid() == "halo":
            look += f' stroke="{_paint(hue("paper"))}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
        if like.get_weight() == "bold":
            look += ' font-weight="600"'
        where = f'x="{_short(x)}" y="{_short(y)}" fill="{_paint(colour)}"'
        self.parts.append(f"<text {where}{look}>{html.escape(text, quote=False)}</text>")

    def draw_image(self, gc, x, y, im, transform=None):
        """No kind draws pixels."""
        raise NotImplementedError("charts draw no pixels")
