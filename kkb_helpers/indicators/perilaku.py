"""Sasaran 2, perubahan perilaku: participation in and reporting of the groups."""

from .registry import CLASSIFICATION, POKTAN, PORTAL, indicator
from .sums import of_classified, ratio_of


@indicator(
    "Keikutsertaan BKB",
    "BKB participation of families with under-fives",
    2,
    "keluarga balita yang ikut BKB",
    "keluarga sasaran BKB",
    "siga_group_targets",
    "Keluarga yang ikut Bina Keluarga Balita dibagi keluarga sasarannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkb_participation(view):
    rows = view.month("siga_group_targets")
    return ratio_of(rows["kesertaan_bkb"], rows["sasaran_bkb"])


@indicator(
    "Keikutsertaan BKR",
    "BKR participation of families with adolescents",
    2,
    "keluarga remaja yang ikut BKR",
    "keluarga sasaran BKR",
    "siga_group_targets",
    "Keluarga yang ikut Bina Keluarga Remaja dibagi keluarga sasarannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkr_participation(view):
    rows = view.month("siga_group_targets")
    return ratio_of(rows["kesertaan_bkr"], rows["sasaran_bkr"])


@indicator(
    "Keikutsertaan BKL",
    "BKL participation of families with elderly",
    2,
    "keluarga lansia yang ikut BKL",
    "keluarga sasaran BKL",
    "siga_group_targets",
    "Keluarga yang ikut Bina Keluarga Lansia dibagi keluarga sasarannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkl_participation(view):
    rows = view.month("siga_group_targets")
    return ratio_of(rows["kesertaan_bkl"], rows["sasaran_bkl"])


@indicator(
    "Keikutsertaan UPPKA",
    "UPPKA participation of families",
    2,
    "peserta UPPKA",
    "keluarga",
    "profile",
    "Peserta Usaha Peningkatan Pendapatan Keluarga Akseptor dibagi seluruh keluarga di Kampung KB.",
    PORTAL,
    per="kampung",
    minimum=30,
    persons=True,
)
def uppka_participation(view):
    rows = view.snapshot("profile")
    return ratio_of(rows["uppka"], rows["keluarga"])


@indicator(
    "Keikutsertaan PIK-R",
    "PIK-R participation of adolescents",
    2,
    "peserta PIK-R",
    "remaja",
    "profile",
    "Peserta Pusat Informasi dan Konseling Remaja dibagi seluruh remaja di Kampung KB.",
    PORTAL,
    per="kampung",
    minimum=30,
    persons=True,
)
def pikr_participation(view):
    rows = view.snapshot("profile")
    return ratio_of(rows["pikr"], rows["remaja"])


@indicator(
    "BKB yang melapor",
    "BKB groups that reported",
    2,
    "BKB yang melapor",
    "BKB yang ada",
    "siga_groups",
    "Kelompok BKB yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def bkb_reporting(view):
    rows = view.kind("bkb")
    return ratio_of(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "BKR yang melapor",
    "BKR groups that reported",
    2,
    "BKR yang melapor",
    "BKR yang ada",
    "siga_groups",
    "Kelompok BKR yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def bkr_reporting(view):
    rows = view.kind("bkr")
    return ratio_of(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "BKL yang melapor",
    "BKL groups that reported",
    2,
    "BKL yang melapor",
    "BKL yang ada",
    "siga_groups",
    "Kelompok BKL yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def bkl_reporting(view):
    rows = view.kind("bkl")
    return ratio_of(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "UPPKA yang melapor",
    "UPPKA groups that reported",
    2,
    "UPPKA yang melapor",
    "UPPKA yang ada",
    "siga_groups",
    "Kelompok UPPKA yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def uppka_reporting(view):
    rows = view.kind("uppka")
    return ratio_of(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "PIK-R yang melapor",
    "PIK-R groups that reported",
    2,
    "PIK-R yang melapor",
    "PIK-R yang ada",
    "siga_groups",
    "Kelompok PIK-R yang melapor dibagi yang ada; untuk triwulan dijumlahkan atas bulan-bulannya.",
    POKTAN,
)
def pikr_reporting(view):
    rows = view.kind("pikr")
    return ratio_of(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "Poktan yang melapor (lima jenis)",
    "Groups that reported, all five kinds",
    2,
    "poktan yang melapor",
    "poktan yang ada",
    "siga_groups",
    "Kelompok kegiatan kelima jenis (BKB, BKR, BKL, UPPKA, PIK-R) yang melapor dibagi yang ada.",
    POKTAN,
)
def groups_reporting(view):
    rows = view.months("siga_groups")
    return ratio_of(rows["yang_lapor"], rows["yang_ada"])


@indicator(
    "Kehadiran keluarga anggota BKB",
    "Attendance of BKB member families",
    2,
    "keluarga anggota BKB yang hadir pertemuan",
    "keluarga anggota BKB",
    "siga_bkb_families",
    "Keluarga anggota BKB yang hadir pertemuan dibagi seluruh keluarga anggota; untuk triwulan dijumlahkan atas "
    "bulan-bulannya.",
    POKTAN,
    minimum=30,
    persons=True,
)
def bkb_attendance(view):
    rows = view.months("siga_bkb_families")
    return ratio_of(rows["keluarga_hadir"], rows["keluarga_anggota"])


@indicator(
    "Materi 1000 HPK per BKB yang melapor",
    "1000-day sessions per reporting BKB group",
    2,
    "penyampaian materi 1000 HPK",
    "BKB yang melapor",
    "siga_groups",
    "Banyaknya penyampaian materi 1000 Hari Pertama Kehidupan dibagi kelompok BKB yang melapor; bukan persentase, "
    "sebab satu kelompok dapat menyampaikannya lebih dari sekali.",
    POKTAN,
    unit="ratio",
    better="context",
)
def bkb_1000hpk_ratio(view):
    rows = view.kind("bkb")
    return ratio_of(rows["materi_1000_hpk"], rows["yang_lapor"])


@indicator(
    "Kampung KB dengan lima jenis poktan",
    "Kampung KB with all five groups",
    2,
    "Kampung KB dengan lima jenis poktan",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor poktannya 4, yaitu memiliki BKB, BKR, BKL, UPPKA dan PIK-R.",
    CLASSIFICATION,
    per="kampung",
)
def five_groups_share(view):
    return of_classified(view, lambda rows: rows["input_poktan"] == 4)
