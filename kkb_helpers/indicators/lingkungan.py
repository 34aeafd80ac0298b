"""Sasaran 4, penataan lingkungan: water and latrines."""

from .registry import indicator
from .sums import ratio_of


@indicator(
    "Keluarga sasaran tanpa jamban layak",
    "Target families without a decent latrine",
    4,
    "keluarga sasaran tanpa jamban layak",
    "keluarga sasaran",
    "siga_krs",
    "Keluarga sasaran verval KRS yang jambannya tidak layak dibagi keluarga sasaran.",
    "Verifikasi dan validasi KRS, SIGA",
    better="down",
    minimum=30,
    persons=True,
)
def no_proper_latrine_share(view):
    rows = view.semester("siga_krs")
    return ratio_of(rows["jamban_tidak_layak"], rows["jumlah_keluarga_sasaran"])


@indicator(
    "Keluarga sasaran tanpa air minum layak",
    "Target families without decent drinking water",
    4,
    "keluarga sasaran tanpa air minum layak",
    "keluarga sasaran",
    "siga_krs",
    "Keluarga sasaran verval KRS yang sumber air minumnya tidak layak dibagi keluarga sasaran.",
    "Verifikasi dan validasi KRS, SIGA",
    better="down",
    minimum=30,
    persons=True,
)
def no_safe_water_share(view):
    rows = view.semester("siga_krs")
    return ratio_of(rows["air_minum_tidak_layak"], rows["jumlah_keluarga_sasaran"])
