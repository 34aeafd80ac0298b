"""HTML tables -> sheets, by a parser that runs nothing and fetches nothing."""

from html.parser import HTMLParser

from .sheet import MAX_COLUMNS, Sheet, Unreadable

MAX_ROWS = 200_000
MAX_MERGED = 2_000_000  # cells that merged ones may cover
_CELLS = ("td", "th")
_SILENT = ("script", "style", "template", "noscript")
_BREAKS = ("br", "p", "div", "li")


def read_page(text: str) -> list[Sheet]:
    """Give each table of a page as a sheet, in the order they begin; raises Unreadable where there is none."""
    parser = _Tables()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError as error:  # what the parser of the standard library makes of a broken declaration
        raise Unreadable(f"halaman HTML rusak: {error}") from None
    sheets = [table.sheet(f"Tabel {number}") for number, table in enumerate(parser.tables, 1)]
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("tidak ada tabel di halaman HTML")
    return sheets


class _Table:
    """A table while it is read: its rows of (text, rows spanned, columns spanned)."""

    def __init__(self):
        self.rows: list[list[tuple[str, int, int]]] = []

    def sheet(self, name: str) -> Sheet:
        """Lay the cells out on a grid as a browser does; row numbers count the rows of the table."""
        grid: dict[tuple[int, int], str] = {}
        taken: set[tuple[int, int]] = set()
        merged, width = [], 0
        for at, row in enumerate(self.rows):
            left = 0
            for text, down, across in row:
                while (at, left) in taken:
                    left += 1
                down = min(down, len(self.rows) - at)
                if left + across > MAX_COLUMNS:
                    raise Unreadable("terlalu banyak kolom", at + 1)
                grid[at, left] = text
                if down > 1 or across > 1:
                    merged.append((at, left, at + down - 1, left + across - 1))
                    if len(taken) + down * across > MAX_MERGED:
                        raise Unreadable("terlalu banyak sel gabungan", at + 1)
                    taken |= {(at + y, left + x) for y in range(down) for x in range(across)}
                left += across
                width = max(width, left)
        rows = [[grid.get((at, x), "") for x in range(width)] for at in range(len(self.rows))]
        return Sheet(name, rows, list(range(1, len(rows) + 1)), merged=tuple(merged))


class _Tables(HTMLParser):
    """Collects tables; a table inside a cell is a table of its own."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._cell: list[list[str] | None] = []  # the text of the cell open in each open table
        self._spans: list[tuple[int, int]] = []
        self._silent = 0
        self._rows = 0

    def handle_starttag(self, tag, attrs):
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self.tables.append(_Table())
            self._open.append(self.tables[-1])
            self._cell.append(None)
            self._spans.append((1, 1))
        elif self._open and tag == "tr":
            self._end_cell()
            self._open[-1].rows.append([])
            self._rows += 1
            if self._rows > MAX_ROWS:
                raise Unreadable("terlalu banyak baris", MAX_ROWS)
        elif self._open and tag in _CELLS:
            self._end_cell()
            if not self._open[-1].rows:
                self._open[-1].rows.append([])
            self._cell[-1] = []
            self._spans[-1] = (_span(attrs, "rowspan", MAX_ROWS), _span(attrs, "colspan", MAX_COLUMNS + 1))
        elif tag in _BREAKS:
            self.handle_data("\n")

    def handle_startendtag(self, tag, attrs):
        if tag in _BREAKS:
            self.handle_data("\n")

    def handle_endtag(self, tag):
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif not self._open:
            return
        elif tag in (*_CELLS, "tr"):
            self._end_cell()
        elif tag == "table":
            self._end_cell()
            self._open.pop()
            self._cell.pop()
            self._spans.pop()

    def handle_data(self, data):
        if not self._silent and self._cell and self._cell[-1] is not None:
            self._cell[-1].append(data)

    def _end_cell(self):
        if self._cell and self._cell[-1] is not None:
            text = " ".join("".join(self._cell[-1]).split())
            self._open[-1].rows[-1].append((text, *self._spans[-1]))
            self._cell[-1] = None


def _span(attrs: list, name: str, most: int) -> int:
    text = dict(attrs).get(name) or "1"
    return max(1, min(int(text), most)) if text.isascii() and text.isdigit() and len(text) < 10 else 1
