"""Sasaran 1, penyediaan data keluarga: Rumah DataKu and the use of data."""

from .registry import CLASSIFICATION, indicator
from .sums import of_classified, ratio_of


@indicator(
    "Kampung KB memiliki Rumah DataKu",
    "Kampung KB with a Rumah DataKu",
    1,
    "Rumah DataKu di Kampung KB",
    "Kampung KB (SIGA)",
    "siga_rdk siga_kkb",
    "Banyaknya Rumah DataKu di Kampung KB dibagi banyaknya Kampung KB, keduanya menurut SIGA.",
    "SIGA K/0/RUMAHDATAKU dan K/0/KAMPUNGKB",
)
def rumah_dataku_share(view):
    return ratio_of(view.snapshot("siga_rdk")["di_kampung_kb"], view.snapshot("siga_kkb")["jumlah_kampung_kb"])


@indicator(
    "Rumah DataKu Paripurna",
    "Rumah DataKu of the top class",
    1,
    "Rumah DataKu Paripurna",
    "Rumah DataKu",
    "siga_rdk",
    "Bagian Rumah DataKu yang berklasifikasi Paripurna.",
    "SIGA K/0/RUMAHDATAKU",
)
def rumah_dataku_paripurna_share(view):
    rows = view.snapshot("siga_rdk")
    return ratio_of(rows["paripurna"], rows["jumlah_rumah_dataku"])


@indicator(
    "Kampung KB memakai data dalam perencanaan",
    "Kampung KB that plan with data",
    1,
    "Kampung KB yang memakai data",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor penggunaan datanya 2 atau lebih, yaitu sekurang-kurangnya satu jenis data; dihitung "
    "dari banyaknya, sebab persentase yang ditulis portal memakai penyebut lain.",
    CLASSIFICATION,
    per="kampung",
)
def data_use_share(view):
    return of_classified(view, lambda rows: rows["proses_penggunaan_data"] >= 2)
