"""What an indicator is: its words, its decorator, and the registry that keeps them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from .. import targets

if TYPE_CHECKING:
    from .slices import Slice

COLUMNS = [
    *("period", "area_code", "area_name", "level", "indicator_id", "label", "numerator", "denominator", "value"),
    *("unit", "better", "target", "status", "reporting", "expected", "as_of", "source"),
]
LEVELS = ("desa", "kecamatan", "kabupaten", "provinsi", "nasional")
REPORT_LEVELS = ("kecamatan", "kabupaten", "provinsi")
UNITS = ("percent", "percent of target", "ratio", "count")
SASARAN = ("0 kelembagaan", "1 data", "2 perilaku", "3 layanan", "4 lingkungan", "5 pelaporan")
GROUP_KINDS = ("bkb", "bkr", "bkl", "uppka", "pikr")
CROSS_FIELD_CODES = tuple(f"X30{n}" for n in range(1, 8))

# What a table is called in print, and what of it holds at a period.
TITLES = {
    "kampung": "Portal Kampung KB, Klasifikasi",
    "profile": "Portal Kampung KB, Rekapitulasi",
    "siga_kkb": "SIGA, Kampung KB",
    "siga_rdk": "SIGA, Rumah DataKu",
    "siga_groups": "SIGA, Kelompok kegiatan",
    "siga_group_targets": "SIGA, Sasaran dan kesertaan poktan",
    "siga_bkb_families": "SIGA, Keluarga BKB",
    "siga_pus": "SIGA, PUS dan unmet need",
    "siga_methods": "SIGA, Peserta KB menurut metode",
    "elsimil_pregnant": "Elsimil, Ibu hamil",
    "siga_krs": "SIGA, Verval KRS",
    "partners": "Isian mitra",
    "funding": "Isian dana",
    "coordination": "Isian koordinasi",
}
TIMES = {
    "kampung": "snapshot",
    "profile": "snapshot",
    "siga_kkb": "snapshot",
    "siga_rdk": "snapshot",
    "siga_groups": "month",
    "siga_group_targets": "month",
    "siga_bkb_families": "month",
    "siga_pus": "month",
    "siga_methods": "month",
    "elsimil_pregnant": "snapshot",
    "siga_krs": "semester",
    "partners": "months",
    "funding": "quarter",
    "coordination": "quarter",
}
KAMPUNG_TABLES = ("kampung", "profile")
TEMPLATE_TABLES = ("partners", "funding", "coordination")
VILLAGE_TABLES = tuple(name for name in TITLES if name not in KAMPUNG_TABLES + TEMPLATE_TABLES)
# Months of these repeat an older register: equal figures are one vintage, between which there is no change to speak of.
VINTAGE_TABLES = ("siga_group_targets",)


# The documents that indicators rest on.
PORTAL_OR_SIGA = "kampung siga_kkb"
PORTAL = "Portal Kampung KB (Perban BKKBN 20/2023)"
INPRES = "Inpres 3/2022; portal Kampung KB, atau SIGA K/0/KAMPUNGKB bila portal belum diimpor"
CLASSIFICATION = "Klasifikasi Kampung KB pada portal (Perban BKKBN 20/2023)"
CLASS_NOTE = (
    "Kelas menurut kolom Klasifikasi yang diekspor; bila kosong, kelas yang dihitung ulang dari dua belas skor. "
    "Kampung KB yang kedua belas skornya 1 dihitung belum mengisi laporan, tidak di sini."
)
TEMPLATE = "Borang isian kabupaten/kota"
POKTAN = "SIGA R/I poktan"


@dataclass(frozen=True)
class Indicator:
    """An indicator and its words.

    `numerator` and `denominator` are Indonesian words to be printed; `unit` is one of `UNITS`; `better` is up, down or
    context; `unit_of_report` says what a unit is (desa, kampung, kabupaten, baris); `minimum` is the smallest
    denominator for which a rate is ranked; `persons` says that it counts people or families, which small numbers
    could give away. `either` means that the second table stands in, kabupaten by kabupaten, where the first has no row.
    """

    id: str
    label: str
    label_en: str
    sasaran: str
    numerator: str
    denominator: str
    unit: str
    better: str
    tables: tuple[str, ...]
    definition: str
    source: str
    decimals: int
    minimum: int
    persons: bool
    unit_of_report: str
    either: bool
    function: Callable[["Slice"], pd.DataFrame]

    @property
    def target_rule(self) -> str:
        """What its target is, in Indonesian words."""
        if follows_villages(self.id):
            return "Sasaran adalah bagian dari jumlah desa/kelurahan, dibulatkan ke atas, menurut akhir tahun."
        return "Sasaran ditulis dalam targets.csv." if targets.has(self.id) else "Tanpa target."


REGISTRY: dict[str, Indicator] = {}


def indicator(
    label: str,
    label_en: str,
    sasaran: int,
    numerator: str,
    denominator: str,
    tables: str,
    definition: str,
    source: str,
    *,
    unit: str = "percent",
    better: str = "up",
    decimals: int = 2,
    minimum: int = 5,
    persons: bool = False,
    per: str = "desa",
    either: bool = False,
) -> Callable:
    """Register the decorated function as the indicator of its name; parameters as the fields of `Indicator`."""

    def register(function: Callable) -> Callable:
        name = function.__name__
        if name in REGISTRY:
            raise ValueError(f"indicator {name} is registered twice")
        REGISTRY[name] = Indicator(
            id=name,
            label=label,
            label_en=label_en,
            sasaran=SASARAN[sasaran],
            numerator=numerator,
            denominator=denominator,
            unit=unit,
            better=better,
            tables=tuple(tables.split()),
            definition=definition,
            source=source,
            decimals=decimals,
            minimum=minimum,
            persons=persons,
            unit_of_report=per,
            either=either,
            function=function,
        )
        return function

    return register


def follows_villages(name: str) -> bool:
    """Say whether an indicator is followed by a target that is a share of the villages."""
    return targets.FOLLOWS.get(name, name) in targets.OF_VILLAGES
