"""The HTML that pages are made of: everything escaped here, once, and nowhere else.

`Markup` strings are finished HTML; any other text is escaped when it meets one. A `Block` is what a notebook cell
shows: the same content as HTML, as plain text for readers without it, and the files that go with it.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

FILE = "application/vnd.kkb.file+json"
PAGE = "application/vnd.kkb.page+html"  # what the press sets; `text/html` is for who reads the notebook itself
SENTINEL = "application/vnd.kkb.sentinel+json"


BROAD = 5  # columns; from these on a table is wider than a phone rather than all its cells broken


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, and whether its cells are numbers."""

    head: str
    number: bool = False
    width: str = ""


@dataclass(frozen=True)
class Cell:
    """A table cell that carries more than its text: a shade, a class or a note for all readers."""

    text: str
    background: str = ""
    colour: str = ""
    css: str = ""


@dataclass
class Block:
    """What one call of `show` puts on the page.

    above: what a reader of the notebook must know first; the press says it on every page by itself.
    """

    html: Markup
    files: dict[str, bytes] = field(default_factory=dict)
    sentinel: dict | None = None
    above: str = ""

    def _ipython_display_(self):
        from IPython.display import display

        from .portable import bundle

        display({PAGE: str(self.html), **bundle(self)}, raw=True)
        for name, content in sorted(self.files.items()):
            display({FILE: {"name": name, "base64": base64.b64encode(content).decode("ascii")}}, raw=True)
        if self.sentinel is not None:
            display({SENTINEL: self.sentinel, "text/plain": ""}, raw=True)

    def __add__(self, other: "Block") -> "Block":
        return Block(self.html + other.html, self.files | other.files, other.sentinel or self.sentinel)


def plain(html: str) -> str:
    """Give the words of a fragment, for readers of the notebook without HTML."""
    text = re.sub(r"<svg.*?</svg>", "", str(html), flags=re.S)
    text = re.sub(r"</(?:td|th)>\s*<(?:td|th)[^>]*>", " | ", text)
    text = re.sub(r"</(?:p|tr|h\d|caption|li|div|figcaption|dd|dt|summary)>", "\n", text)
    lines = (str(Markup(line).striptags()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def tag(name: str, content: object = "", **attributes: str) -> Markup:
    """Give an element; a trailing underscore of an attribute name is dropped, others become hyphens."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value not in ("", None)
    )
    # Some thousand elements a page: each is escaped once here, not parsed as a format first.
    return Markup(f"<{name}{written}>{escape(content)}</{name}>")


def join(parts: Iterable[object]) -> Markup:
    """Put fragments one after the other."""
    return Markup("\n".join(escape(part) for part in parts if part))


def paragraph(text: object, css: str = "") -> Markup:
    """Give a paragraph, or nothing for no text."""
    return tag("p", text, class_=css) if text else Markup("")


def sentences(texts: Iterable[str], css: str = "") -> Markup:
    """Give one paragraph of the sentences there are."""
    return paragraph(" ".join(t for t in texts if t), css)


def heading(text: str, level: int = 3, **attributes: str) -> Markup:
    """Give a heading inside a section."""
    return tag(f"h{level}", text, **attributes)


def missing(text: str) -> Markup:
    """Say in words that a part of the page has no data, and why."""
    return paragraph(text, "missing")


def items(texts: Iterable[object], css: str = "") -> Markup:
    """Give a list."""
    return tag("ul", join(tag("li", text) for text in texts), class_=css)


def _cell(value: object, column: Column, row_head: bool) -> Markup:
    cell = value if isinstance(value, Cell) else Cell(value if isinstance(value, Markup) else str(value))
    style = ";".join(
        f"{name}:{colour}" for name, colour in (("background", cell.background), ("color", cell.colour)) if colour
    )
    css = " ".join(filter(None, ["number" if column.number else "", cell.css]))
    if row_head:
        return tag("th", cell.text, scope="row", class_=css, style=style)
    return tag("td", cell.text, class_=css, style=style)


def table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], css: str = "") -> Markup:
    """Give a table in a scroll region of its own; the first cell of a row is its head."""
    head = tag(
        "tr",
        join(
            tag(
                "th",
                c.head,
                scope="col",
                class_="number" if c.number else "",
                style=f"width:{c.width}" if c.width else "",
            )
            for c in columns
        ),
    )
    body = join(
        tag("tr", Markup("").join(_cell(v, c, i == 0) for i, (v, c) in enumerate(zip(row, columns, strict=True))))
        for row in rows
    )
    inner = tag("caption", tag("span", caption)) + tag("thead", head) + tag("tbody", body)
    css = " ".join(filter(None, [css, "broad" if len(columns) >= BROAD else ""]))
    return tag("div", tag("table", inner, class_=css), class_="scroll", tabindex="0", role="region", aria_label=caption)


def details(summary: str, content: object) -> Markup:
    """Give a part the reader may open; closed at first."""
    return tag("details", tag("summary", summary) + Markup("{}").format(content))


def figure(
    title: str,
    subtitle: str,
    svg: str,
    source: str,
    numbers: Markup | str = "",
    beside: bool = True,
    fold: Markup | str = "",
) -> Markup:
    """Give a chart: finding, measure, drawing, source, and the numbers it was drawn from.

    numbers: stand beside the drawing (`beside`) or below it, on paper too. fold: the reader opens them under the
    drawing; paper leaves them out, since the drawing carries them.
    """
    caption = tag("strong", title, class_="finding") + Markup(" ") + tag("span", subtitle, class_="measure")
    drawing = tag(
        "figure",
        tag("figcaption", caption)
        + Markup(svg)
        + paragraph(source, "source")
        + (details("Angka gambar ini", fold) if fold else ""),
    )
    if not numbers:
        return tag("div", drawing, class_="exhibit")
    return tag("div", drawing + tag("div", numbers, class_="numbers"), class_="exhibit beside" if beside else "exhibit")


def pair(left: object, right: object) -> Markup:
    """Put two parts beside each other where there is room: on a desktop and on paper, not on a phone."""
    return tag("div", tag("div", left) + tag("div", right), class_="pair")


def noted(text: str, note: str) -> Markup:
    """Give a cell's text with a note under it."""
    # The break is for readers without our style, where the note would run into the text.
    return Markup("{} <br>{}").format(text, tag("span", note, class_="under")) if note else Markup("{}").format(text)
