"""A block as a notebook keeps it: readable also where its reader does not trust it.

JupyterLab takes drawings and styles out of a notebook that it does not trust, leaves the texts of a drawing as one
heap, and sets the text of all tables to the right; pictures and a cell's own alignment it keeps. So drawings stand here
as pictures with their words, and text says itself that it begins at the left.
"""

import base64
import html
import re
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from .elements import Block

STYLE = """
.kkb table { font-variant-numeric: tabular-nums; margin: .5rem 0; }
.kkb table :is(td, th) { vertical-align: top; }
.kkb table caption { font-weight: 600; caption-side: top; }
.kkb.kkb table tbody th { font-weight: 400; }
.kkb.kkb table tbody th.own, .kkb .own { font-weight: 700; }
.kkb :is(p.lead, ol.leads) { font-size: 1.15em; }
.kkb :is(p, td, span):is(.note, .source, .measure, .absent, .missing, .under) {
  color: var(--jp-ui-font-color2, #55606b);
}
.kkb .under { font-size: .88em; }
.kkb td.absent { font-style: italic; }
.kkb figure { margin: 0; }
.kkb .exhibit.beside { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
"""
_DRAWING = re.compile(r'<svg id="([^"]+)"[^>]* aria-label="([^"]*)".*?</svg>', re.S)
_SPARK = re.compile(r'<svg (class="kkb-spark" [^>]*? aria-label="([^"]*)">.*?</svg>)', re.S)
_PAINT = re.compile(r"var\(--kkb-[\w-]+,(#[0-9a-f]{6})\)")
_WORDS = re.compile(r'<caption>|<t[hd](?: scope="\w+")?(?: class="([^"]*)")?(?: style="([^"]*)")?>')


def bundle(block: "Block") -> dict[str, str]:
    """Give a block as an output of a notebook: HTML that stands alone, and plain text."""
    from .elements import plain

    shown = _DRAWING.sub(lambda drawing: _drawing(drawing, block.files), str(block.html))
    shown = _SPARK.sub(_spark, shown)
    shown = _WORDS.sub(_aligned, _PAINT.sub(r"\1", shown))
    shown = shown.replace('<span class="measure">', '<br><span class="measure">')
    above = notice(block.above)
    return {
        "text/html": f'<style>{STYLE}</style><div class="kkb">{above}{shown}</div>' if shown or above else "",
        "text/plain": "\n".join(filter(None, [block.above, plain(block.html)])),
    }


def notice(text: str) -> Markup:
    """Give a line that a reader must not miss, its look in itself; nothing for no text."""
    style = "border:2px solid #5a3d00;background:#fff4d6;color:#5a3d00;padding:6px 12px;margin:0 0 12px"
    return Markup('<p style="{}"><strong>{}</strong></p>').format(style, text) if text else Markup("")


def _drawing(found: re.Match, files: dict[str, bytes]) -> str:
    """Give the file of a drawing as a picture; the drawing itself where it has none."""
    content = files.get(f"charts/{found[1]}.svg")
    return found[0] if content is None else _picture(content, found[2])


def _spark(found: re.Match) -> str:
    """Give a tiny line as a picture; it has no file of its own."""
    alone = '<svg xmlns="http://www.w3.org/2000/svg" ' + _PAINT.sub(r"\1", found[1])
    return _picture(alone.encode(), found[2])


def _picture(content: bytes, alt: str) -> str:
    encoded = base64.b64encode(content).decode("ascii")
    return Markup('<img src="data:image/svg+xml;base64,{}" alt="{}">').format(encoded, html.unescape(alt))


def _aligned(found: re.Match) -> str:
    """Begin a caption or a cell of text at the left; numbers stay at the right."""
    css, style = (found[1] or "").split(), found[2]
    if "number" in css:
        return found[0]
    opening = re.sub(r' style="[^"]*"', "", found[0]).removesuffix(">")
    return f'{opening} style="{f"{style};" if style else ""}text-align:left">'
