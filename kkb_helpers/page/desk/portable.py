"""A block as a notebook keeps it: readable also where its reader does not trust it."""

import base64
import html
import re

from ..elements import Block, Markup, plain

# The class twice in a rule of tables: it must outweigh JupyterLab's own, which sets all text to the right.
STYLE = """
.kkb-desk.kkb-desk table { font-variant-numeric: tabular-nums; margin: .5rem 0; }
.kkb-desk.kkb-desk table :is(th, td, caption) { text-align: left; }
.kkb-desk.kkb-desk table :is(th, td).number { text-align: right; }
.kkb-desk.kkb-desk table caption { font-weight: 600; caption-side: top; }
.kkb-desk.kkb-desk table tbody th { font-weight: 400; }
.kkb-desk.kkb-desk table tbody th.own { font-weight: 700; }
.kkb-desk p.lead { font-size: 1.15em; }
.kkb-desk :is(p, td, span):is(.note, .source, .measure, .absent, .missing) { color: var(--jp-ui-font-color2, #55606b); }
.kkb-desk td.absent { font-style: italic; }
.kkb-desk figure { margin: 0; }
.kkb-desk .exhibit.beside { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
"""
_DRAWING = re.compile(r'<svg id="([^"]+)"[^>]* aria-label="([^"]*)".*?</svg>', re.S)


def bundle(block: Block) -> dict[str, str]:
    """Give a block as an output of a notebook: HTML that stands alone, and plain text.

    JupyterLab takes drawings and styles out of a notebook that it does not trust, and leaves their texts as one heap;
    a picture it keeps. So drawings stand here as pictures, with their words.
    """
    shown = _DRAWING.sub(lambda drawing: _picture(drawing, block.files), str(block.html))
    shown = shown.replace('<span class="measure">', '<br><span class="measure">')
    return {"text/html": f"<style>{STYLE}</style>{shown}", "text/plain": plain(block.html)}


def _picture(drawing: re.Match, files: dict[str, bytes]) -> str:
    """Give the file of a drawing as a picture; the drawing itself where it has none."""
    name = f"charts/{drawing[1]}.svg"
    if name not in files:
        return drawing[0]
    content = base64.b64encode(files[name]).decode("ascii")
    return Markup('<img src="data:image/svg+xml;base64,{}" alt="{}">').format(content, html.unescape(drawing[2]))
