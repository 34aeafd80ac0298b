"""The workbooks an office fills in, for what no portal field holds; laid out by `data/templates`."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from .. import areas
from ..errors import UsageError
from .cells import LINE, Book, defang, lines, print_on_a4, put, save

TEMPLATES = Path(__file__).resolve().parents[2] / "data" / "templates"
TITLES: Mapping[str, str] = {
    "partners": "Kegiatan organisasi kemasyarakatan di Kampung KB",
    "funding": "Dana Kampung KB: alokasi dan realisasi",
    "coordination": "Tim Koordinasi dan monitoring evaluasi triwulanan",
}
SASARAN: Mapping[str, str] = {
    "1": "Penyediaan data keluarga dan dokumen kependudukan",
    "2": "Perubahan perilaku keluarga",
    "3": "Peningkatan cakupan layanan dan rujukan",
    "4": "Penataan lingkungan",
}
# The old eight family functions -> the sasaran each means by default; none where it may be one of several.
FUNGSI: Mapping[str, str | None] = {
    "Agama": "2",
    "Sosial budaya": "2",
    "Kasih sayang": "2",
    "Perlindungan": None,
    "Reproduksi": "3",
    "Sosialisasi dan pendidikan": "3",
    "Ekonomi": "3",
    "Pembinaan lingkungan": "4",
}
FUNDS = ("BOKB", "Pro PN")
MEETINGS: Mapping[str, str] = {"Tim Koordinasi": "tim_koordinasi", "Monev triwulanan": "monev"}
FILL_SHEET, GUIDE_SHEET, LIST_SHEET = "Isian", "Petunjuk", "Daftar"
EXAMPLE_MARK = "CONTOH"
FILL_ROWS = 2_000
_YEARS = range(2022, 2031)


@dataclass(frozen=True)
class Column:
    """One column of a fill-in workbook, a row of `data/templates/columns.csv`.

    header: as printed. name: the canonical column of the parsed sheet. kind: text, date or amount. choices: the name
    of its drop-down, empty for none. free: whether another text than a choice is taken. hint: shown when the cell is
    chosen. example: what stands in the example row.
    """

    header: str
    name: str
    kind: str
    choices: str
    free: bool
    width: int
    example: str
    hint: str


@cache
def columns() -> dict[str, tuple[Column, ...]]:
    """Give the columns of each fill-in workbook, in order."""
    rows = pd.read_csv(TEMPLATES / "columns.csv", dtype=str, keep_default_na=False).to_dict("records")
    forms: dict[str, list[Column]] = {name: [] for name in TITLES}
    for row in rows:
        name = row.pop("template")
        forms[name].append(Column(**row | {"free": row["free"] == "ya", "width": int(row["width"])}))
    return {name: tuple(form) for name, form in forms.items()}


HEADERS: Mapping[str, dict[str, str]] = {
    name: {column.header: column.name for column in form} for name, form in columns().items()
}


@cache
def activities() -> pd.DataFrame:
    """Give the activities of Inpres 3/2022: one row each, columns sasaran, program, kegiatan, penanggung_jawab."""
    return pd.read_csv(areas.REFERENCE / "inpres_activities.csv", dtype=str)


@cache
def organisation_kinds() -> dict[str, tuple[str, ...]]:
    """Give the kinds of community organisation, each with the words that mean it, normalised."""
    rows = pd.read_csv(areas.REFERENCE / "organisation_kinds.csv", dtype=str)
    return {
        kind: tuple(areas.normalise(word) for word in words.split("|")) for kind, words in rows.itertuples(index=False)
    }


@cache
def district_label(code: str) -> str:
    """Give what the drop-down writes for a kabupaten/kota, code first: `36.01 Pandeglang`; `areas.resolve` reads it."""
    return f"{code} {areas.get(code).slug.replace('-', ' ').title()}"


CHOICES: Mapping[str, Callable[[], list[str]]] = {
    "kabupaten": lambda: [district_label(code) for code in areas.frame("kabupaten")["code"]],
    "organisasi": lambda: list(organisation_kinds()),
    "kegiatan": lambda: list(activities()["kegiatan"]),
    "sasaran": lambda: [f"{number} - {name}" for number, name in SASARAN.items()],
    "fungsi": lambda: list(FUNGSI),
    "sumber": lambda: list(FUNDS),
    "jenis": lambda: list(MEETINGS),
    "ya_tidak": lambda: ["Ya", "Tidak"],
    "triwulan": lambda: [f"{year}-Q{quarter}" for year in _YEARS for quarter in range(1, 5)],
}


def template(name: str, path: str | Path | None = None) -> bytes:
    """Make an empty fill-in workbook, with one example row; write it to `path` where one is given.

    Raises UsageError for a name that is none of `TITLES`.
    """
    return save(_fill_in(name, None), path)


def fill(name: str, frame: pd.DataFrame, path: str | Path | None = None) -> bytes:
    """Make a fill-in workbook that already holds the rows of a tidy table; write it to `path` where one is given."""
    return save(_fill_in(name, frame), path)


def is_example(cell: object) -> bool:
    """Say whether a row is a workbook's example row, by its first cell."""
    return isinstance(cell, str) and cell.strip().upper().startswith(EXAMPLE_MARK)


def _fill_in(name: str, frame: pd.DataFrame | None) -> bytes:
    if name not in TITLES:
        raise UsageError(f"Borang {name!r} tidak dikenal; pilih salah satu dari {', '.join(TITLES)}.")
    form = columns()[name]
    book = Book(TITLES[name])
    sheet, guide, lists = book.sheet(FILL_SHEET), book.sheet(GUIDE_SHEET), book.sheet(LIST_SHEET)
    ranges = _write_lists(book, lists, form)
    cells = None if frame is None else _CELLS[name](frame)
    last = max(FILL_ROWS, 1 + (0 if cells is None else len(cells)))
    sheet.set_row(0, 2 * LINE)
    for position, column in enumerate(form):
        amount = column.kind == "amount"
        style = book.style({"amount": "number", "date": "date"}.get(column.kind, "text"))
        sheet.set_column(position, position, column.width, style)
        put(sheet, 0, position, column.header, book.style("header"))
        example = int(column.example) if amount else column.example
        put(sheet, 1, position, example, book.style("example_number" if amount else "example"))
        sheet.data_validation(2, position, last, position, _validation(column, ranges.get(column.name)))
        for row, value in enumerate([] if cells is None else cells[column.name], start=2):
            put(sheet, row, position, value, style)
    print_on_a4(sheet, len(form), last, 0, TITLES[name], "")
    _write_guide(book, guide, name)
    return book.bytes()


def _write_lists(book: Book, sheet, form: tuple[Column, ...]) -> dict[str, str]:
    """Write the choices of each drop-down into a column and give the columns' ranges.

    A drop-down that carries its own choices may hold 255 signs only.
    """
    from xlsxwriter.utility import xl_col_to_name

    ranges = {}
    for position, column in enumerate(column for column in form if column.choices):
        choices = CHOICES[column.choices]()
        sheet.set_column(position, position, max(14, min(60, max(map(len, choices)) + 2)))
        put(sheet, 0, position, f"Pilihan: {column.header}", book.style("header"))
        for row, choice in enumerate(choices, start=1):
            put(sheet, row, position, choice, book.style("text"))
        letter = xl_col_to_name(position)
        ranges[column.name] = f"='{LIST_SHEET}'!${letter}$2:${letter}${len(choices) + 1}"
    sheet.freeze_panes(1, 0)
    return ranges


def _validation(column: Column, choices: str | None) -> dict:
    rule: dict = {
        "input_title": column.header,
        "input_message": column.hint,
        "error_title": "Periksa isian",
        "error_message": f"{column.header}: {column.hint}",
    }
    if choices:
        return rule | {"validate": "list", "source": choices, "show_error": not column.free}
    if column.kind == "date":
        first, last = dt.date(2016, 1, 1), dt.date(_YEARS[-1], 12, 31)
        return rule | {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    if column.kind == "amount":
        return rule | {"validate": "integer", "criteria": ">=", "value": 0}
    return rule | {"validate": "any"}


def _write_guide(book: Book, sheet, name: str) -> None:
    guide = pd.read_csv(TEMPLATES / "guide.csv", dtype=str, keep_default_na=False)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 90)
    put(sheet, 0, 0, TITLES[name], book.style("title"))
    row = 1
    for number, sentence in enumerate(guide.loc[guide["template"].isin([name, ""]), "sentence"], start=1):
        row += 1
        put(sheet, row, 0, number, book.style("number"))
        sheet.merge_range(row, 1, row, 2, defang(sentence), book.style("wrap"))
        sheet.set_row(row, LINE * lines(sentence, 120))
    row += 2
    put(sheet, row, 1, "Kolom", book.style("header"))
    put(sheet, row, 2, "Cara mengisi", book.style("header"))
    for line, column in enumerate(columns()[name], start=row + 1):
        put(sheet, line, 1, column.header, book.style("wrap"))
        put(sheet, line, 2, column.hint, book.style("wrap"))
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _partner_cells(frame: pd.DataFrame) -> pd.DataFrame:
    village = frame["village_code"]
    sasaran = frame["sasaran"].map(lambda s: f"{s} - {SASARAN[s]}", na_action="ignore")
    if "sasaran_source" in frame:
        # What was imputed at import is not what the office wrote: left out, or it would come back as recorded.
        sasaran = sasaran.where(frame["sasaran_source"].eq("tercatat"))
    return frame.assign(
        kode=village,
        kabupaten=village.str[:5].map(district_label),
        kecamatan=village.str[:8].map(areas.name_of),
        kelurahan=village.map(areas.name_of),
        date=pd.to_datetime(frame["date"]),
        sasaran=sasaran,
    )


def _funding_cells(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(kode=frame["area_code"], kabupaten=frame["area_code"].map(district_label))


def _coordination_cells(frame: pd.DataFrame) -> pd.DataFrame:
    words = {kind: label for label, kind in MEETINGS.items()}
    return _funding_cells(frame).assign(kind=frame["kind"].map(words), date=pd.to_datetime(frame["date"]))


_CELLS = {"partners": _partner_cells, "funding": _funding_cells, "coordination": _coordination_cells}
