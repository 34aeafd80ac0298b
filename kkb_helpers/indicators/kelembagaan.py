"""Sasaran 0, kelembagaan: formation, classes, working groups, funds, organisations."""

import pandas as pd

from .registry import CLASS_NOTE, CLASSIFICATION, INPRES, PORTAL, PORTAL_OR_SIGA, TEMPLATE, indicator
from .slices import numeric
from .sums import mandiri_plus, of_class, of_classified, ratio_of, share_of


@indicator(
    "Desa/kelurahan yang memiliki Kampung KB",
    "Villages with at least one Kampung KB",
    0,
    "desa/kelurahan yang memiliki Kampung KB",
    "desa/kelurahan",
    PORTAL_OR_SIGA,
    "Bagian desa/kelurahan menurut daftar rujukan yang memiliki sekurang-kurangnya satu Kampung KB; desa dengan dua "
    "Kampung KB dihitung satu.",
    INPRES,
    either=True,
)
def village_coverage(view):
    return share_of((view.kampung_counts() > 0).where(view.kampung_counts().notna()))


@indicator(
    "Jumlah Kampung KB",
    "Kampung KB",
    0,
    "Kampung KB",
    "",
    PORTAL_OR_SIGA,
    "Banyaknya Kampung KB: setiap baris yang diekspor, juga bila satu desa memiliki dua.",
    INPRES,
    unit="count",
    decimals=0,
    either=True,
)
def kampung_count(view):
    return ratio_of(view.kampung_counts())


@indicator(
    "Capaian terhadap target pembentukan",
    "Achievement of the formation target",
    0,
    "Kampung KB",
    "sasaran Kampung KB akhir tahun",
    PORTAL_OR_SIGA,
    "Banyaknya Kampung KB dibagi sasaran akhir tahun, yaitu bagian desa/kelurahan yang diminta Inpres, dibulatkan ke "
    "atas pada wilayah itu sendiri; dapat melebihi 100 karena satu desa dapat memiliki dua Kampung KB.",
    INPRES,
    unit="percent of target",
    either=True,
)
def formation_achievement(view):
    return ratio_of(view.kampung_counts())


@indicator(
    "Kampung KB klasifikasi Dasar",
    "Kampung KB classified Dasar",
    0,
    "Kampung KB berklasifikasi Dasar",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Dasar. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def dasar_share(view):
    return of_class(view, "Dasar")


@indicator(
    "Kampung KB klasifikasi Berkembang",
    "Kampung KB classified Berkembang",
    0,
    "Kampung KB berklasifikasi Berkembang",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Berkembang. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def berkembang_share(view):
    return of_class(view, "Berkembang")


@indicator(
    "Kampung KB klasifikasi Mandiri",
    "Kampung KB classified Mandiri",
    0,
    "Kampung KB berklasifikasi Mandiri",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Mandiri. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def mandiri_share(view):
    return of_class(view, "Mandiri")


@indicator(
    "Kampung KB klasifikasi Berkelanjutan",
    "Kampung KB classified Berkelanjutan",
    0,
    "Kampung KB berklasifikasi Berkelanjutan",
    "Kampung KB yang diklasifikasi",
    "kampung",
    f"Bagian Kampung KB berklasifikasi Berkelanjutan. {CLASS_NOTE}",
    CLASSIFICATION,
    better="context",
    per="kampung",
)
def berkelanjutan_share(view):
    return of_class(view, "Berkelanjutan")


@indicator(
    "Kampung KB Mandiri atau Berkelanjutan per desa/kelurahan",
    "Kampung KB Mandiri or Berkelanjutan per village",
    0,
    "Kampung KB Mandiri atau Berkelanjutan",
    "desa/kelurahan",
    "kampung",
    "Cakupan: banyaknya Kampung KB Mandiri atau Berkelanjutan dibagi seluruh desa/kelurahan, bukan dibagi sasaran.",
    CLASSIFICATION,
)
def mandiri_plus_share(view):
    return ratio_of(mandiri_plus(view), mandiri_plus(view) * 0 + 1)


@indicator(
    "Capaian terhadap target Mandiri dan Berkelanjutan",
    "Achievement of the Mandiri and Berkelanjutan target",
    0,
    "Kampung KB Mandiri atau Berkelanjutan",
    "sasaran Kampung KB Mandiri dan Berkelanjutan akhir tahun",
    "kampung",
    "Capaian: banyaknya Kampung KB Mandiri atau Berkelanjutan dibagi sasaran akhir tahun, yaitu bagian desa/kelurahan "
    "yang ditargetkan, dibulatkan ke atas pada wilayah itu sendiri.",
    CLASSIFICATION,
    unit="percent of target",
)
def mandiri_plus_achievement(view):
    return ratio_of(mandiri_plus(view))


@indicator(
    "Kampung KB yang belum mengisi laporan",
    "Kampung KB that never filled a section",
    0,
    "Kampung KB yang kedua belas skornya 1",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang kedua belas skor komponennya 1, artinya belum satu bagian pun diisi; portal "
    "menyebutnya Dasar.",
    CLASSIFICATION,
    better="down",
    per="kampung",
)
def unreported_share(view):
    return of_classified(view, lambda rows: rows["kosong"])


@indicator(
    "Kampung KB memiliki Pokja",
    "Kampung KB with a working group",
    0,
    "Kampung KB memiliki Pokja",
    "Kampung KB yang mengisi Pokja",
    "profile",
    "Bagian Kampung KB yang kepengurusan Pokja-nya ada, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def pokja_share(view):
    return share_of(view.snapshot("profile")["pokja_pengurusan"])


@indicator(
    "Pokja memiliki SK",
    "Working group has a decree",
    0,
    "Kampung KB dengan Pokja ber-SK",
    "Kampung KB yang mengisi SK Pokja",
    "profile",
    "Bagian Kampung KB yang Pokja-nya ditetapkan dengan SK, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def pokja_decree_share(view):
    return share_of(view.snapshot("profile")["pokja_sk"])


@indicator(
    "Pokja terlatih",
    "Working group trained",
    0,
    "Kampung KB dengan Pokja terlatih",
    "Kampung KB yang mengisi pelatihan Pokja",
    "profile",
    "Bagian Kampung KB yang Pokja-nya pernah dilatih, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def pokja_trained_share(view):
    return share_of(view.snapshot("profile")["pokja_pelatihan"])


@indicator(
    "Anggota Pokja terlatih",
    "Working-group members trained",
    0,
    "anggota Pokja terlatih",
    "anggota Pokja",
    "profile",
    "Banyaknya anggota Pokja yang terlatih dibagi seluruh anggota Pokja.",
    PORTAL,
    per="kampung",
    minimum=30,
    persons=True,
)
def pokja_members_trained_share(view):
    rows = view.snapshot("profile")
    return ratio_of(rows["pokja_jumlah_terlatih"], rows["pokja_jumlah"])


@indicator(
    "Kampung KB didampingi PKB/PLKB",
    "Kampung KB with a field officer",
    0,
    "Kampung KB didampingi PKB/PLKB",
    "Kampung KB yang mengisi pendampingan",
    "profile",
    "Bagian Kampung KB yang didampingi PKB/PLKB, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def plkb_share(view):
    return share_of(view.snapshot("profile")["plkb_pendamping"])


@indicator(
    "Kampung KB memiliki regulasi",
    "Kampung KB with a regulation",
    0,
    "Kampung KB memiliki regulasi",
    "Kampung KB yang mengisi regulasi",
    "profile",
    "Bagian Kampung KB yang memiliki regulasi pemerintah daerah atau desa, di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def regulation_share(view):
    return share_of(view.snapshot("profile")["regulasi"])


@indicator(
    "Kampung KB memiliki rencana kerja masyarakat",
    "Kampung KB with a community work plan",
    0,
    "Kampung KB memiliki rencana kerja masyarakat",
    "Kampung KB yang mengisi rencana kerja masyarakat",
    "profile",
    "Bagian Kampung KB yang memiliki rencana kerja masyarakat (RKM), di antara yang mengisi butir itu.",
    PORTAL,
    per="kampung",
)
def work_plan_share(view):
    return share_of(view.snapshot("profile")["rkm"])


@indicator(
    "Mekanisme operasional lengkap (5 dari 5)",
    "All five operational mechanisms",
    0,
    "Kampung KB dengan lima mekanisme operasional",
    "Kampung KB dalam rekapitulasi",
    "profile",
    "Bagian Kampung KB yang menjalankan kelima mekanisme operasional: rapat perencanaan, koordinasi lintas sektor, "
    "sosialisasi, monitoring dan evaluasi, penyusunan laporan.",
    PORTAL,
    per="kampung",
)
def operations_complete_share(view):
    done = numeric(view.snapshot("profile")["jumlah_mekanisme_operasional"])
    return share_of((done == 5).where(done.notna()))


@indicator(
    "Kampung KB dengan dua sumber dana atau lebih",
    "Kampung KB with two or more funding sources",
    0,
    "Kampung KB dengan dua sumber dana atau lebih",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor sumber dananya 3 atau 4, yaitu sekurang-kurangnya dua sumber dana.",
    CLASSIFICATION,
    per="kampung",
)
def funding_sources_share(view):
    return of_classified(view, lambda rows: rows["input_sumber_dana"] >= 3)


@indicator(
    "Kampung KB dengan keterlibatan lintas sektor",
    "Kampung KB with other sectors involved",
    0,
    "Kampung KB dengan keterlibatan lintas sektor",
    "Kampung KB yang diklasifikasi",
    "kampung",
    "Bagian Kampung KB yang skor lintas sektornya 2 atau lebih, yaitu sekurang-kurangnya satu lembaga pernah terlibat.",
    CLASSIFICATION,
    per="kampung",
)
def sectors_share(view):
    return of_classified(view, lambda rows: rows["proses_lintas_sektor"] >= 2)


@indicator(
    "Kampung KB dengan peran organisasi kemasyarakatan",
    "Kampung KB with a community organisation active",
    0,
    "Kampung KB dengan kegiatan organisasi kemasyarakatan",
    "Kampung KB",
    "partners kampung siga_kkb",
    "Bagian Kampung KB di desa yang mencatat sekurang-kurangnya satu kegiatan organisasi kemasyarakatan pada periode "
    "ini. Borang mencatat desa, maka di desa dengan dua Kampung KB satu yang dihitung.",
    f"{TEMPLATE}: mitra",
)
def ormas_share(view):
    partners = view.months("partners")
    counts = view.kampung_counts()
    answered = view.rows("partners").present[view.atlas.kabupaten_of["desa"][counts.index]]
    counts = counts[answered]
    active = pd.Series(counts.index.isin(partners.index), index=counts.index)
    return ratio_of(active.astype(float).clip(upper=counts), counts)


@indicator(
    "Kabupaten/kota dengan Tim Koordinasi ber-SK",
    "Districts with a decreed coordination team",
    0,
    "kabupaten/kota dengan SK Tim Koordinasi",
    "kabupaten/kota yang mengisi",
    "coordination",
    "Bagian kabupaten/kota yang Tim Koordinasi Kampung KB-nya telah ditetapkan dengan SK sampai triwulan ini, di "
    "antara yang mengisi borang; untuk satu kabupaten 0 atau 100.",
    f"{TEMPLATE}: koordinasi",
    minimum=1,
    per="kabupaten",
)
def coordination_share(view):
    rows = view.to_date("coordination")
    decreed = rows["kind"].eq("tim_koordinasi") & rows["sk_nomor"].fillna("").str.strip().ne("")
    return share_of(decreed.groupby(level=0).any())


@indicator(
    "Monev triwulanan terlaksana",
    "Quarterly review held",
    0,
    "kabupaten/kota yang melaksanakan monev",
    "kabupaten/kota yang mengisi",
    "coordination",
    "Bagian kabupaten/kota yang melaksanakan monev Kampung KB pada triwulan ini, di antara yang mengisi borang; untuk "
    "satu kabupaten 0 atau 100.",
    f"{TEMPLATE}: koordinasi",
    minimum=1,
    per="kabupaten",
)
def quarterly_review_share(view):
    rows = view.quarter("coordination")
    held = numeric(rows["terlaksana"])[rows["kind"].eq("monev").to_numpy()]
    return share_of(held.groupby(level=0).max())


@indicator(
    "Serapan dana BOKB Operasional Kampung KB",
    "BOKB funds absorbed",
    0,
    "realisasi BOKB (rupiah)",
    "alokasi BOKB (rupiah)",
    "funding",
    "Realisasi dana BOKB Operasional Kampung KB dibagi alokasinya pada triwulan ini.",
    f"{TEMPLATE}: dana",
    minimum=1,
    per="kabupaten",
)
def bokb_absorption(view):
    rows = view.quarter("funding")
    rows = rows[rows["sumber"].eq("BOKB").to_numpy()]
    return ratio_of(rows["realisasi"], rows["alokasi"])
