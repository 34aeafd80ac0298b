"""An executed notebook -> one self-contained page.

nbconvert's exporter with a template of our own (`template/kkb`): the outputs of the cells, no code, no script, no
request. `pack` is what the engine calls in the child where the notebook ran; `problems` reads a page as a stranger
would and says why it must not be published.
"""

import base64
import copy
import html
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import nbformat

from . import areas
from .params import ROOT, Period

TEMPLATE = Path(__file__).parent / "template"
FILE_MIME = "application/vnd.kkb.file+json"
SENTINEL_MIME = "application/vnd.kkb.sentinel+json"
PAGE_MIME = "application/vnd.kkb.page+html"  # the page's HTML, where `text/html` is for who reads the notebook
SIZE_LIMIT = 600_000  # bytes of a page
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
SYNTHETIC_MARK = "DATA CONTOH (SINTETIS)"
_SHOWN = (PAGE_MIME, "text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_FORBIDDEN_TAGS = frozenset(
    [
        "script",
        "iframe",
        "frame",
        "object",
        "embed",
        "base",
        "link",
        "form",
        "input",
        "button",
        "applet",
        "audio",
        "video",
    ]
)
_VOID_TAGS = frozenset(["area", "br", "col", "hr", "img", "meta", "source", "wbr"])
_DOCTYPE = "<!DOCTYPE html>"
_PLAIN_ATTRIBUTE = re.compile(r' ([A-Za-z][A-Za-z:-]*)="([^"<>]*)"')
_PLAIN_TAG = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9]*)((?:{_PLAIN_ATTRIBUTE.pattern.replace('(', '(?:')})*)(/?)>")
_COUNTED_TAGS = frozenset(["h1", "html", "meta"])  # how often they stand, or which of them is last, matters
# What stands in these is no markup to some readers.
_RAW_TAGS = frozenset(["script", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext"])
_URL_IN_CSS = re.compile(r"url\(\s*['\"]?(?!#|data:image/)|@import", re.I)


@dataclass(frozen=True)
class Page:
    """What a page says about itself, outside the notebook's own outputs."""

    title: str
    running_head: str
    synthetic: bool = False
    failure: str = ""

    @property
    def running_mark(self) -> str:
        """What stands at the top right of each printed page."""
        return SYNTHETIC_MARK if self.synthetic else ""

    @property
    def css(self) -> str:
        """The style of every page of kkb."""
        return stylesheet()


@cache
def stylesheet() -> str:
    """Give the one style sheet."""
    return (TEMPLATE / "kkb.css").read_text(encoding="utf-8")


# --- reading a notebook's outputs ----------------------------------------------------------------------------------


def _data(notebook: nbformat.NotebookNode, mime: str) -> list:
    """Give what the cells emitted under one MIME type, in order."""
    outputs = (o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs)
    return [output.data[mime] for output in outputs if mime in output.get("data", {})]


def sentinel(notebook: nbformat.NotebookNode) -> dict | None:
    """Give what the last cell with outputs says the notebook was about, or None where it says nothing."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for output in code[-1].outputs if code else []:
        if SENTINEL_MIME in output.get("data", {}):
            found = output.data[SENTINEL_MIME]
            return json.loads(found) if isinstance(found, str) else dict(found)
    return None


def attached_files(notebook: nbformat.NotebookNode) -> dict[str, bytes]:
    """Give the files that the notebook hands out, by the name they have in the district's folder.

    ValueError for a name that is not one plain relative path: nothing a notebook says leads out of its folder.
    """
    files = {}
    for item in _data(notebook, FILE_MIME):
        if not re.fullmatch(r"(?:[a-z0-9][a-z0-9_.-]*/)?[a-z0-9][a-z0-9_.-]*", item["name"]):
            raise ValueError(f"nama berkas {item['name']!r} tidak diperbolehkan")
        files[item["name"]] = base64.b64decode(item["base64"])
    return files


# --- the page ------------------------------------------------------------------------------------------------------


@cache
def _exporter():
    """Give the one exporter: making it costs more than all its pages."""
    from nbconvert.exporters.templateexporter import TemplateExporter

    # Not nbconvert's HTMLExporter: it parses and rewrites every finished page (0.3 s for one of ours) to put a false
    # alternative text on pictures that have none. `problems` refuses such pictures instead.
    exporter = TemplateExporter(
        template_name="kkb",
        template_file="index.html.j2",
        extra_template_basedirs=[str(TEMPLATE)],
        optimistic_validation=True,  # else it would prove the notebook by its schema after each step of its own
    )
    for name, function in (
        ("after_parameters", _after_parameters),
        ("safe_markdown", _safe_markdown),
        ("fragment", _fragment),
        ("with_contents", _with_contents),
        ("css_text", _css_text),
    ):
        exporter.register_filter(name, function)
    return exporter


def to_html(notebook: nbformat.NotebookNode, page: Page) -> str:
    """Give the notebook's outputs as one page."""
    text, _ = _exporter().from_notebook_node(notebook, resources={"page": page})
    return text


def page_of(notebook: nbformat.NotebookNode, area_code: str, period: str, failure: str = "") -> Page:
    """Give what the page of an area and period says about itself; names come from the reference list alone."""
    about = sentinel(notebook) or {}
    name, label = areas.name_of(area_code), Period(period).label
    return Page(
        title=about.get("title") or f"Laporan Kampung KB: {name}, {label}",
        running_head=f"{area_code} {name} · {label}",
        synthetic=bool(about.get("synthetic")),
        failure=failure,
    )


def _after_parameters(cells: list) -> list:
    """Give the cells of the report: what stands before the parameters is for whoever runs the notebook by hand."""
    marks = {"parameters", "injected-parameters"}
    last = max((i for i, cell in enumerate(cells) if marks & set(cell.metadata.get("tags", []))), default=-1)
    return cells[last + 1 :]


def _fragment(output: nbformat.NotebookNode) -> str:
    """Give one output as HTML: our own HTML and drawings as they are, everything else escaped."""
    if output.output_type == "error":
        text = _ANSI.sub("", "\n".join(output.traceback))
        return f'<pre class="failure">{html.escape(text)}</pre>'
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text)}</pre>" if output.name == "stdout" and output.text.strip() else ""
    if FILE_MIME in output.data or SENTINEL_MIME in output.data:
        return ""
    kind = next((mime for mime in _SHOWN if mime in output.data), None)
    content = output.data.get(kind, "")
    if kind in (PAGE_MIME, "text/html", "image/svg+xml"):
        return content
    if kind in ("image/png", "image/jpeg"):
        alt = output.metadata.get(kind, {}).get("alt") or output.metadata.get("alt", "")
        return f'<img src="data:{kind};base64,{content.replace(chr(10), "")}" alt="{html.escape(alt)}">'
    if kind == "text/markdown":
        return _safe_markdown(content)
    return f"<pre>{html.escape(content)}</pre>" if content.strip() else ""


@cache
def _markdown():
    import mistune

    class Renderer(mistune.HTMLRenderer):
        """Markdown without HTML of its own and without a way out of the page."""

        def link(self, text, url, title=None):
            return f'<a href="{html.escape(url)}">{text}</a>' if url.startswith("#") else f"{text} ({html.escape(url)})"

        def image(self, text, url, title=None):
            return text

    return mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table", "strikethrough"])


def _safe_markdown(text: str) -> str:
    return _markdown()(text)


def _css_text(text: str) -> str:
    """Quote a text for CSS inside a style element."""
    return '"' + re.sub(r"[^\w ,.;:·()/-]", lambda m: f"\\{ord(m[0]):x} ", text) + '"'


def _with_contents(body: str, page: Page) -> SimpleNamespace:
    """Give the body in two parts and the contents list that goes between the cover and the first section."""
    entries: list[tuple[str, str]] = []

    def anchored(match: re.Match) -> str:
        attributes, inner = match.groups()
        text = html.unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        known = re.search(r"\bid=\"([^\"]+)\"", attributes)
        anchor = known[1] if known else f"bagian-{len(entries) + 1}"
        entries.append((anchor, text))
        return match[0] if known else f'<h2{attributes} id="{anchor}">{inner}</h2>'

    body = re.sub(r"<h2([^>]*)>(.*?)</h2>", anchored, body, flags=re.S)
    if "<h1" not in body:
        body = f"<h1>{html.escape(page.title)}</h1>\n{body}"
    first = re.search(r"(?:<(?:section|div|article)\b[^>]*>\s*)*<h2\b", body)
    split = first.start() if first else len(body)
    items = "\n".join(f'<li><a href="#{html.escape(a)}">{html.escape(t)}</a></li>' for a, t in entries)
    contents = f'<nav class="contents" aria-labelledby="isi"><h2 id="isi">Isi</h2>\n<ol>\n{items}\n</ol></nav>'
    return SimpleNamespace(before=body[:split], contents=contents if len(entries) > 1 else "", after=body[split:])


# --- the notebook that is kept beside the page ----------------------------------------------------------------------


def clean(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Give the executed notebook as it may be handed on: no machine in it, no files, code folded away.

    name: what the notebook is called in the project, instead of where it lay.
    """
    cleaned = copy.deepcopy(notebook)
    parameters = cleaned.metadata.get("papermill", {}).get("parameters", {})
    cleaned.metadata["papermill"] = {"input_path": name, "output_path": "report.ipynb", "parameters": parameters}
    for number, cell in enumerate(cleaned.cells, 1):
        cell["id"] = f"sel-{number:02d}"  # papermill gives its own cell a random one
        cell.metadata.pop("papermill", None)
        cell.source = scrub(cell.source)
        if cell.cell_type == "code":
            cell.metadata["jupyter"] = {**cell.metadata.get("jupyter", {}), "source_hidden": True}
            cell.outputs = [_scrubbed(o) for o in cell.outputs if FILE_MIME not in o.get("data", {})]
    cleaned.metadata.papermill.parameters = {
        k: scrub(v) if isinstance(v, str) else v for k, v in dict(parameters).items()
    }
    return cleaned


def _scrubbed(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if output.output_type == "stream":
        output.text = scrub(output.text)
    elif output.output_type == "error":
        output.traceback = [scrub(line) for line in output.traceback]
        output.evalue = scrub(output.evalue)
    else:
        output.data.pop(PAGE_MIME, None)
        if "text/plain" in output.data:
            output.data["text/plain"] = scrub(output.data["text/plain"])
    return output


@cache
def _machine_paths() -> re.Pattern:
    """Give the pattern of where things lie on this machine, with the way up to there from the project."""
    roots = {str(p) for p in (ROOT, Path.home(), Path(sys.prefix), Path(sys.base_prefix), Path(tempfile.gettempdir()))}
    roots |= {root.replace("\\", "\\\\") for root in roots} | {root.replace("\\", "/") for root in roots}
    longest_first = sorted((r for r in roots if len(r) > 1), key=len, reverse=True)
    return re.compile(r"(?:\.\.(?:[/\\]\.\.)*)?(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")


def scrub(text: str) -> str:
    """Take the machine's folders out of a text."""
    return _machine_paths().sub("…", text)


# --- what the engine calls -----------------------------------------------------------------------------------------


def pack(notebook: nbformat.NotebookNode, area_code: str, period: str, name: str) -> tuple[dict, dict[str, bytes]]:
    """Give what a finished notebook leaves behind: its sentinel, its page, itself, and the files it handed out."""
    files = attached_files(notebook)
    files["report.html"] = to_html(notebook, page_of(notebook, area_code, period)).encode()
    files["report.ipynb"] = (nbformat.writes(clean(notebook, name)) + "\n").encode()
    return {"sentinel": sentinel(notebook), "problems": problems(files["report.html"].decode())}, files


def warm() -> None:
    """Make the exporter and one page, so that no child pays for the first."""
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", {"text/html": "<h2>x</h2>"})])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# x"), cell])
    problems(to_html(notebook, Page("x", "x")))
    nbformat.writes(clean(notebook, "x"))


# --- reading a page as a stranger would ----------------------------------------------------------------------------


def problems(text: str, size_limit: int = SIZE_LIMIT) -> list[str]:
    """Say why a page must not be published; an empty list where nothing speaks against it."""
    reader = _PageReader()
    if not reader.walk(text):
        reader = _PageReader()
        reader.feed(text)
        reader.close()
    found = list(reader.problems)
    found += [f"tag tidak ditutup: {tag}" for tag in reader.open_tags]
    if reader.h1 != 1:
        found.append(f"harus ada satu h1, ada {reader.h1}")
    if reader.policy != POLICY:
        found.append("kebijakan keamanan isi (CSP) tidak ada atau berbeda")
    if reader.language != "id":
        found.append("bahasa dokumen bukan id")
    if not reader.title.strip():
        found.append("judul dokumen kosong")
    if len(text.encode()) > size_limit:
        found.append(f"halaman {len(text.encode())} bita, paling besar {size_limit}")
    return list(dict.fromkeys(found))


class _PageReader(HTMLParser):
    """Walks a page and notes what could run, load or lead outside, and what is missing."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.open_tags: list[str] = []
        self.h1, self.policy, self.language, self.title = 0, "", "", ""

    def walk(self, text: str) -> bool:
        """Read a page as `feed` does, at a third of its cost; False where it is not written as plainly as ours are.

        Plain are elements with all attributes in quotes and text without `<`; nothing of what may read otherwise to
        some reader. After False this reader is of no more use.
        """
        end = len(_DOCTYPE) if text.startswith(_DOCTYPE) else 0
        seen: set[str] = set()
        for found in _PLAIN_TAG.finditer(text, end):
            between, end = text[end : found.start()], found.end()
            closing, name, attributes, alone = found.groups()
            tag, last = name.lower(), self.open_tags[-1] if self.open_tags else ""
            words_only = last in ("title", "style") and not (closing and tag == last)
            if "<" in between or words_only or tag in _RAW_TAGS or (closing and (attributes or alone)):
                return False
            if last in ("title", "style"):
                self.handle_data(between if last == "style" else html.unescape(between))
            if closing:
                self.handle_endtag(tag)
                continue
            if found[0] in seen and tag not in _COUNTED_TAGS:  # looked at before: the same would be found
                self.open_tags += [] if alone or tag in _VOID_TAGS else [tag]
                continue
            seen.add(found[0])
            given = [(key.lower(), html.unescape(value)) for key, value in _PLAIN_ATTRIBUTE.findall(attributes)]
            (self.handle_startendtag if alone else self.handle_starttag)(tag, given)
        return "<" not in text[end:] and not set(self.open_tags[-1:]) & {"title", "style"}

    def handle_startendtag(self, tag, attrs):
        self._look(tag, dict(attrs))

    def handle_starttag(self, tag, attrs):
        self._look(tag, dict(attrs))
        if tag not in _VOID_TAGS:
            self.open_tags.append(tag)

    def handle_endtag(self, tag):
        if self.open_tags and self.open_tags[-1] == tag:
            self.open_tags.pop()
        else:
            self.problems.append(f"tag penutup tanpa pembuka: {tag}")

    def handle_data(self, data):
        last = self.open_tags[-1] if self.open_tags else ""
        if last == "title":
            self.title += data
        elif last == "style":
            self._look_at_css(data)

    def _look(self, tag: str, attributes: dict) -> None:
        self.h1 += tag == "h1"
        if tag == "html":
            self.language = attributes.get("lang", "")
        if tag in _FORBIDDEN_TAGS:
            self.problems.append(f"unsur <{tag}> tidak diperbolehkan")
        if tag == "meta" and "http-equiv" in attributes:
            self._look_at_meta(attributes)
        if tag == "img" and not (attributes.get("alt") or "").strip():
            self.problems.append("gambar tanpa teks alternatif")
        for name, value in attributes.items():
            self._look_at_attribute(tag, name, (value or "").strip())

    def _look_at_meta(self, attributes: dict) -> None:
        if attributes["http-equiv"].lower() == "content-security-policy":
            self.policy = attributes.get("content", "")
        else:
            self.problems.append(f"meta http-equiv {attributes['http-equiv']!r} tidak diperbolehkan")

    def _look_at_attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self.problems.append(f"atribut {name} pada <{tag}> tidak diperbolehkan")
        elif name in ("href", "xlink:href"):
            if not (value.startswith("#") or (tag == "a" and _is_relative(value))):
                self.problems.append(f"acuan ke luar pada <{tag}>: {value[:60]}")
        elif name in ("src", "srcset", "data", "action", "formaction", "poster", "background"):
            if not value.startswith("data:image/"):
                self.problems.append(f"acuan ke luar pada <{tag}>: {value[:60]}")
        elif "(" in value:
            self._look_at_css(value)

    def _look_at_css(self, text: str) -> None:
        if _URL_IN_CSS.search(text):
            self.problems.append("gaya memuat acuan ke luar")


def _is_relative(url: str) -> bool:
    """Say whether a link stays among the files of a run."""
    return bool(re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*(?:#[\w.-]+)?", url)) and ".." not in url
