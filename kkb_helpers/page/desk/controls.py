"""The widgets of a desk: what can be chosen, and what happens when something is.

To add one: a dropdown in `Controls.__init__`, its options in `fill`, what it changes in `_changed`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ... import areas, wording
from ...indicators import REGISTRY, SASARAN
from ...params import ROOT
from .. import themes
from ..elements import tag
from ..portable import bundle
from .choice import periods
from .extract import save
from .searchable import library, searchable
from .view import PLURAL

if TYPE_CHECKING:
    from . import Desk


class Controls:
    """The widgets of a desk."""

    def __init__(self, desk: "Desk"):
        import ipywidgets as w

        self.desk, self.output, self._filling = desk, None, False
        wide = {"layout": w.Layout(width="27rem"), "style": {"description_width": "8rem"}}
        names = ("Provinsi", "Kabupaten/kota", "Kecamatan", "Sasaran", "Indikator", "Periode", "Rinci menurut")
        boxes = [w.Dropdown(description=name, **wide) for name in names]
        self.province, self.kabupaten, self.kecamatan, self.sasaran, self.indicator, self.period, self.detail = boxes
        self.search = w.ToggleButton(description="Cari dan urutkan", tooltip="Tabel yang dapat dicari dan diurutkan")
        self.save = w.Button(description="Simpan CSV", tooltip="Simpan tabel di outputs/explore")
        self.said, self.sheet = w.HTML(), w.Output()
        self._loaded = False
        self.fill()
        for box in boxes:
            box.observe(self._changed, names="value")
        self.search.observe(lambda _: self.search_table(), names="value")
        self.save.on_click(lambda _: self.save_table())
        flow = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.box = w.VBox([w.Box(boxes, layout=flow), w.HBox([self.search, self.save, self.said]), self.sheet])

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Change widgets without taking that for a choice."""
        self._filling = True
        try:
            yield
        finally:
            self._filling = False

    def fill(self) -> None:
        """Put into every widget what can be chosen now, and what is chosen."""
        choice = self.desk.choice
        province, kabupaten = choice.around[0], (*choice.around, "")[1]
        sasaran = REGISTRY[choice.indicator].sasaran
        shelves = {
            self.province: (named(self.desk.provinces), province),
            self.kabupaten: ([("Semua kabupaten/kota", ""), *self._kabupaten(province)], kabupaten),
            self.kecamatan: ([("Semua kecamatan", ""), *inside(kabupaten, "kecamatan")], choice.kecamatan),
            self.sasaran: ([(theme(name), name) for name in SASARAN], sasaran),
            self.indicator: ([(i.label, i.id) for i in REGISTRY.values() if i.sasaran == sasaran], choice.indicator),
            self.period: (
                [(p.label, p.text) for p in periods(self.desk.tables(province), choice.p.time)],
                choice.p.period,
            ),
            self.detail: (
                [(PLURAL[level], level) for level in choice.details] or [("tidak dirinci", "")],
                choice.detail,
            ),
        }
        with self._quietly():
            for box, (options, value) in shelves.items():
                if tuple(options) != tuple(box.options):
                    box.options = options
                box.value = value
            self.kecamatan.disabled = not kabupaten

    def _kabupaten(self, province: str) -> list[tuple[str, str]]:
        """List the kabupaten/kota of a province; those without any row say so."""
        there = set(self.desk.received["area_code"])
        return [
            (name if code in there else f"{name} ({wording.MISSING})", code)
            for name, code in inside(province, "kabupaten")
        ]

    def _changed(self, change) -> None:
        if self._filling:
            return
        moves: dict[object, Callable[[str], dict[str, str]]] = {
            self.province: lambda code: {"area": code, "kecamatan": "", "detail": ""},
            self.kabupaten: lambda code: {"area": code or self.province.value, "kecamatan": "", "detail": ""},
            self.kecamatan: lambda code: {"kecamatan": code, "detail": ""},
            self.sasaran: lambda name: {"indicator": next(i.id for i in REGISTRY.values() if i.sasaran == name)},
            self.indicator: lambda name: {"indicator": name},
            self.period: lambda text: {"period": text},
            self.detail: lambda level: {"detail": level},
        }
        self.desk.choose(**moves[change["owner"]](change["new"]))
        self.fill()
        self.said.value = ""
        if self.output is not None:
            self.output.update(bundle(self.desk), raw=True)
        self.search_table()

    def save_table(self) -> None:
        """Write the table and say where it is."""
        try:
            path = save(self.desk.shown)
        except OSError as error:
            self.said.value = str(tag("span", f"Tidak dapat disimpan: {error.strerror}. Periksa folder outputs."))
            return
        rows = wording.number(len(self.desk.shown.table))
        where = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        self.said.value = str(tag("span", f"Tersimpan: {where} ({rows} baris)."))

    def search_table(self) -> None:
        """Show the table so that it can be searched and sorted, or take it away; only a front end can ask for it."""
        if not self.search.value:
            self.sheet.outputs = ()
            return
        pieces = [searchable(self.desk.shown)] if self._loaded else [library(), searchable(self.desk.shown)]
        self._loaded = True
        self.sheet.outputs = tuple(
            {"output_type": "display_data", "data": {"text/html": piece}, "metadata": {}} for piece in pieces
        )


def named(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Pair codes with their reference names, for a dropdown."""
    return [(areas.name_of(code), code) for code in codes]


def inside(code: str, level: str) -> list[tuple[str, str]]:
    """Pair the areas of a level inside an area with their names; none inside no area."""
    return named(areas.children(code, level)["code"]) if code else []


def theme(sasaran: str) -> str:
    """Name a group of indicators: `1 data` -> `Sasaran 1, Data dan dokumen`."""
    number, _, word = sasaran.partition(" ")
    return f"Sasaran {number}, {themes.SASARAN[number]}" if number in themes.SASARAN else word.capitalize()
