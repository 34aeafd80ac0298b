"""Sasaran 3, layanan dan rujukan: contraception, families at risk, pregnancy."""

from .registry import indicator
from .sums import ratio_of


@indicator(
    "Peserta KB modern terhadap PUS (mCPR)",
    "Modern contraceptive prevalence (service statistics)",
    3,
    "peserta KB modern",
    "PUS",
    "siga_methods siga_pus",
    "Peserta KB cara modern dibagi pasangan usia subur menurut statistik layanan; tidak sebanding dengan mCPR "
    "hasil survei.",
    "SIGA R/I pelayanan KB",
    minimum=30,
    persons=True,
)
def mcpr(view):
    return ratio_of(view.month("siga_methods")["kb_modern"], view.month("siga_pus")["pus"])


@indicator(
    "Peserta KB terhadap PUS (CPR)",
    "Contraceptive prevalence (service statistics)",
    3,
    "peserta KB",
    "PUS",
    "siga_methods siga_pus",
    "Peserta KB semua cara dibagi pasangan usia subur menurut statistik layanan.",
    "SIGA R/I pelayanan KB",
    minimum=30,
    persons=True,
)
def cpr(view):
    return ratio_of(view.month("siga_methods")["pa"], view.month("siga_pus")["pus"])


@indicator(
    "Peserta MKJP terhadap peserta KB modern",
    "Long-acting methods among modern users",
    3,
    "peserta MKJP (IUD, implan, vasektomi, tubektomi)",
    "peserta KB modern",
    "siga_methods",
    "Peserta metode kontrasepsi jangka panjang (IUD, implan, vasektomi, tubektomi) dibagi peserta KB cara modern.",
    "SIGA R/I pelayanan KB",
    minimum=30,
    persons=True,
)
def mkjp_share(view):
    rows = view.month("siga_methods")
    return ratio_of(rows["iud"] + rows["implan"] + rows["vasektomi"] + rows["tubektomi"], rows["kb_modern"])


@indicator(
    "Kebutuhan ber-KB yang tidak terpenuhi (unmet need)",
    "Unmet need for family planning",
    3,
    "PUS dengan kebutuhan ber-KB tidak terpenuhi",
    "PUS",
    "siga_pus",
    "Pasangan usia subur yang ingin anak kemudian atau tidak ingin anak lagi tetapi tidak ber-KB, dibagi seluruh PUS.",
    "SIGA R/I pelayanan KB",
    better="down",
    minimum=30,
    persons=True,
)
def unmet_need(view):
    rows = view.month("siga_pus")
    return ratio_of(rows["unmet_need"], rows["pus"])


@indicator(
    "Keluarga berisiko stunting (KRS)",
    "Families at risk of stunting",
    3,
    "keluarga berisiko stunting",
    "keluarga sasaran",
    "siga_krs",
    "Keluarga berisiko stunting dibagi keluarga sasaran (PUS, PUS hamil, punya baduta atau balita), bukan seluruh "
    "keluarga.",
    "Verifikasi dan validasi KRS, SIGA",
    better="down",
    minimum=30,
    persons=True,
)
def krs_share(view):
    rows = view.semester("siga_krs")
    return ratio_of(rows["jumlah_krs"], rows["jumlah_keluarga_sasaran"])


@indicator(
    "Ibu hamil yang didampingi",
    "Pregnant women assisted",
    3,
    "ibu hamil yang didampingi",
    "ibu hamil",
    "elsimil_pregnant",
    "Ibu hamil yang didampingi Tim Pendamping Keluarga dibagi ibu hamil yang tercatat.",
    "Elsimil, pendampingan ibu hamil",
    minimum=30,
    persons=True,
)
def pregnant_assisted_share(view):
    rows = view.snapshot("elsimil_pregnant")
    return ratio_of(rows["bumil_terdampingi"], rows["jumlah_bumil"])


@indicator(
    "Ibu hamil terdampingi yang mengonsumsi tablet tambah darah",
    "Pregnant women taking iron tablets",
    3,
    "ibu hamil yang mengonsumsi tablet tambah darah",
    "ibu hamil yang didampingi",
    "elsimil_pregnant",
    "Ibu hamil yang mengonsumsi tablet tambah darah dibagi ibu hamil yang didampingi.",
    "Elsimil, pendampingan ibu hamil",
    minimum=30,
    persons=True,
)
def iron_tablet_share(view):
    rows = view.snapshot("elsimil_pregnant")
    return ratio_of(rows["konsumsi_ttd"], rows["bumil_terdampingi"])
