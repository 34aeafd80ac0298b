"""The exports of portal, SIGA and Elsimil that hold one row a village or Kampung KB."""

from dataclasses import replace

from .kinds import Column, Source

PROVINSI = Column("PROVINSI", "place", aliases=("NAMA PROVINSI", "PROPINSI"))
KABUPATEN = Column(
    "KABUPATEN",
    "place",
    aliases=("KABUPATEN/KOTA", "KAB", "KAB/KOTA", "KAB. / KOTA", "NAMA KABUPATEN", "KABUPATEN KOTA"),
)
KECAMATAN = Column("KECAMATAN", "place", aliases=("NAMA KECAMATAN", "KEC"))
KODE = Column(
    "KODE", "code", aliases=("KODE DESA", "KODE KELURAHAN", "KODE WILAYAH", "KODE DESA/KELURAHAN"), required=False
)
KELURAHAN = Column(
    "KELURAHAN",
    "place",
    aliases=("DESA", "DESA/KELURAHAN", "KELURAHAN/DESA", "NAMA DESA", "NAMA KELURAHAN", "DESA/KEL"),
)
PLACES = (PROVINSI, KABUPATEN, KECAMATAN, KODE, KELURAHAN)
BULAN = Column("BULAN", "month", name="period", aliases=("PERIODE", "BULAN LAPOR"))
KAMPUNG_KB = Column("Kampung KB", "text", aliases=("NAMA KAMPUNG KB", "KAMPUNG KELUARGA BERKUALITAS"))


def _counts(*headers: str, required: bool = True) -> tuple[Column, ...]:
    return tuple(Column(header, required=required) for header in headers)


def _optional(*columns: Column) -> tuple[Column, ...]:
    return tuple(replace(column, required=False) for column in columns)


def _group(kind: str, title: str, *own: Column) -> Source:
    """A kind of group: all five share where, when and how many reported; each has meeting columns of its own."""
    return Source(
        f"siga_{kind}",
        f"SIGA: kelompok {title}",
        "siga_groups",
        "bulan",
        (
            *PLACES,
            *_counts("YANG ADA", "YANG LAPOR"),
            Column("PERSENTASE LAPOR", "percent", required=False, aliases=("% LAPOR",)),
            *_optional(*own),
            BULAN,
        ),
        ("village_code", "period", "kind"),
        (("kind", kind),),
        family="siga_groups",
    )


_MONTHLY = ("village_code", "period")
_SNAPSHOT = ("village_code", "as_of")
_MEETING = Column("JUMLAH PERTEMUAN PENYULUHAN", name="jumlah_pertemuan", aliases=("JUMLAH PERTEMUAN",))
_PKBR = Column("MATERI PKBR", aliases=("MATERI PBKR",))
_FAMILY_PLANNING = Column("STATUS BER-KB", name="status_ber_kb")

EXPORTS = (
    Source(
        "klasifikasi",
        "Portal: klasifikasi Kampung KB",
        "kampung",
        "tanggal",
        (
            KAMPUNG_KB,
            *PLACES,
            Column("Input Pokja", "score"),
            Column("Input Sumber Dana", "score"),
            Column("Input Poktan", "score"),
            Column("Input Sarana", "score", highest=3),
            Column("Input PKB/PLKB", "score", name="input_pkb", highest=3, aliases=("Input PKB",)),
            Column("Proses Penggunaan Data", "score"),
            Column("Proses Operasional", "score"),
            Column("Proses Lintas Sektor", "score"),
            Column("Output Poktan", "score"),
            Column("Output CPR", "score"),
            Column("Output MKJP", "score"),
            Column("Output Unmet Need", "score", name="output_unmet", aliases=("Output Unmet",)),
            *_optional(
                Column("Index Input", "index"), Column("Index Proses", "index"), Column("Index Output", "index")
            ),
            Column("Klasifikasi", "class"),
        ),
        ("village_code", "as_of", "kampung_kb"),
    ),
    Source(
        "rekap_kampung",
        "Portal: rekapitulasi Kampung KB",
        "profile",
        "tanggal",
        (
            KAMPUNG_KB,
            *PLACES,
            *_counts("Jumlah Sumber Dana", required=False),
            Column("Pokja Pengurusan", "flag"),
            Column("Pokja SK", "flag"),
            Column("Pokja Pelatihan", "flag"),
            *_counts("Pokja Jumlah", "Pokja Jumlah Terlatih"),
            Column("PLKB Pendamping", "flag", aliases=("PKB/PLKB Pendamping",)),
            Column("Regulasi", "flag"),
            *_counts("Regulasi Jumlah", required=False),
            Column("RKM", "flag", aliases=("Rencana Kerja Masyarakat",)),
            Column("Penggunaan Data", "flag"),
            *_counts("Jumlah Mekanisme Operasional", "Pus", "Penduduk", "Keluarga", "Remaja"),
            *_counts("Memiliki Balita", "Memiliki Remaja", "Memiliki Lansia"),
            *_counts("BKB", "BKR", "BKL"),
            Column("UPPKA", aliases=("UPPKS",)),
            Column("PIKR", aliases=("PIK R", "PIK R/M")),
            *_counts("IUD", "MOW", "MOP", "Kondom"),
            Column("Implan", aliases=("Implant", "Susuk")),
            *_counts("Suntik", "Pil", "Hamil", "Anak Segera", "Anak Kemudian", "Tidak Ingin Anak"),
        ),
        ("village_code", "as_of", "kampung_kb"),
    ),
    Source(
        "siga_kkb",
        "SIGA: Kampung KB per desa/kelurahan",
        "siga_kkb",
        "tanggal",
        (
            *PLACES,
            Column("JUMLAH KELURAHAN/DESA", name="jumlah_desa", required=False, aliases=("JUMLAH DESA/KELURAHAN",)),
            Column("JUMLAH KAMPUNG KB", aliases=("JUMLAH KKB",)),
            *(Column(str(year), name=f"dibentuk_{year}", required=False) for year in range(2016, 2020)),
            Column("> 2019", name="dibentuk_sesudah_2019", required=False),
            *_counts("KAMPUNG KB MANDIRI", "KAMPUNG KB PERCONTOHAN", required=False),
        ),
        _SNAPSHOT,
    ),
    Source(
        "siga_rdk",
        "SIGA: Rumah DataKu per desa/kelurahan",
        "siga_rdk",
        "tanggal",
        (
            *PLACES,
            Column("JUMLAH RUMAH DATAKU", aliases=("JUMLAH RDK",)),
            *_counts(
                "SK ADA", "SK TIDAK ADA", "APBN", "APBD", "ADD", "SWADAYA", "SWASTA/CSR", "LAINNYA", required=False
            ),
            Column("JUMLAH RUMAH DATAKU PARIPURNA", name="paripurna"),
            Column("RUMAH DATAKU DI KAMPUNG KB", name="di_kampung_kb"),
            Column(
                "RUMAH DATAKU PARPURNA DI KAMPUNG KB",
                name="paripurna_di_kampung_kb",
                required=False,
                aliases=("RUMAH DATAKU PARIPURNA DI KAMPUNG KB",),
            ),
        ),
        _SNAPSHOT,
    ),
    _group(
        "bkb",
        "BKB",
        *_counts("MATERI ORANG TUA HEBAT", "MATERI 1000 HPK", "MATERI KKB LAINNYA", "MATERI KESPRO", "MATERI LAINNYA"),
    ),
    _group(
        "bkr",
        "BKR",
        _PKBR,
        *_counts("MATERI KESPRO", "MATERI LAINNYA"),
        _MEETING,
        *_counts("TATAP MUKA", "VIRTUAL"),
        Column("JUMLAH KELUARGA ANGGOTA BKR", name="keluarga_anggota"),
        Column("JUMLAH KELUARGA ANGGOTA BKR HADIR PERTEMUAN", name="keluarga_hadir"),
        Column("STATUS PUS"),
        _FAMILY_PLANNING,
        Column(
            "JUMLAH KELUARGA ANGGOTA BKR HADIR PERTEMUAN MATERI PKBR",
            name="keluarga_hadir_materi_pkbr",
            aliases=("JUMLAH KELUARGA ANGGOTA BKR HADIR PERTEMUAN MATERI PBKR",),
        ),
    ),
    _group(
        "bkl",
        "BKL",
        *_counts("MATERI DIMENSI LANSIA TANGGUH", "MATERI PEDOMAN PJP", "MATERI PRA LANSIA"),
        *_counts("MATERI KELANJUT-USIAAN LAINNYA", "MATERI KB DAN KESPRO", "MATERI LAINNYA"),
        _MEETING,
        *_counts("TATAP MUKA", "VIRTUAL"),
        Column("JUMLAH ANGGOTA BKL", name="jumlah_anggota"),
        Column("JUMLAH ANGGOTA KELUARGA HADIR", name="anggota_keluarga_hadir"),
        Column("JUMLAH ANGGOTA LANSIA HADIR", name="anggota_lansia_hadir"),
        Column("STATUS PUS"),
        _FAMILY_PLANNING,
    ),
    _group(
        "uppka",
        "UPPKA",
        *_counts("MATERI USAHA EKONOMI KELUARGA", "MATERI PENGELOLAAN KEUANGAN KELUARGA", "MATERI KB KESPRO"),
    ),
    _group(
        "pikr",
        "PIK-R",
        _PKBR,
        *_counts("MATERI LAINNYA"),
        _MEETING,
        Column("JUMLAH REMAJA HADIR DALAM PERTEMUAN", name="remaja_hadir"),
        Column(
            "JUMLAH PERTEMUAN MATERI PKBR OLEH PIK REMAJA",
            name="jumlah_pertemuan_materi_pkbr",
            aliases=("JUMLAH PERTEMUAN MATERI PBKR OLEH PIK REMAJA",),
        ),
    ),
    Source(
        "siga_group_targets",
        "SIGA: sasaran dan kesertaan BKB, BKR, BKL",
        "siga_group_targets",
        "bulan",
        (
            *PLACES,
            *_counts("SASARAN BKB", "KESERTAAN BKB", "SASARAN BKR", "KESERTAAN BKR", "SASARAN BKL", "KESERTAAN BKL"),
            BULAN,
        ),
        _MONTHLY,
    ),
    Source(
        "siga_bkb_families",
        "SIGA: keluarga anggota BKB",
        "siga_bkb_families",
        "bulan",
        (
            *PLACES,
            *_optional(_MEETING, *_counts("TATAP MUKA", "VIRTUAL")),
            Column("JUMLAH KELUARGA ANGGOTA BKB", name="keluarga_anggota"),
            Column("JUMLAH KELUARGA ANGGOTA BKB HADIR PERTEMUAN", name="keluarga_hadir"),
            *_optional(
                Column("STATUS PUS"),
                Column("STATUS BER KB"),
                Column("JUMLAH ANAK KELUARGA ANGGOTA BKB HADIR PERTEMUAN", name="anak_hadir"),
                Column("KKA"),
                Column("KMS"),
                Column("PERKEMBANGAN ANAK SESUAI", name="perkembangan_sesuai"),
                Column("PERKEMBANGAN ANAK TIDAK SESUAI", name="perkembangan_tidak_sesuai"),
            ),
            BULAN,
        ),
        _MONTHLY,
    ),
    Source(
        "siga_pus",
        "SIGA: PUS dan unmet need",
        "siga_pus",
        "bulan",
        (
            *PLACES,
            Column("PUS", aliases=("JUMLAH PUS", "JML PUS")),
            Column("UNMET NEED", aliases=("UNMETNEED", "JUMLAH UNMET NEED")),
            BULAN,
        ),
        _MONTHLY,
    ),
    Source(
        "siga_methods",
        "SIGA: peserta KB menurut metode",
        "siga_methods",
        "bulan",
        (
            *PLACES,
            Column("PA", aliases=("PESERTA KB AKTIF", "PESERTA AKTIF")),
            *_counts("SUNTIK", "PIL", "KONDOM"),
            Column("IMPLAN", aliases=("IMPLANT", "SUSUK")),
            Column("IUD", aliases=("UID",)),
            Column("VASEKTOMI", aliases=("MOP",)),
            Column("TUBEKTOMI", aliases=("MOW",)),
            *_counts("MAL", "KB MODERN", "KB TRADISIONAL"),
            BULAN,
        ),
        _MONTHLY,
    ),
    Source(
        "elsimil_pregnant",
        "Elsimil: pendampingan ibu hamil",
        "elsimil_pregnant",
        "tanggal",
        (
            *PLACES,
            *_counts("JUMLAH BUMIL", "BUMIL TERDAMPINGI"),
            *_optional(
                Column("BUMIL TIDAK TERDAMPINGI"),
                Column("JUMLAH BUMIL >=32 MINGGU", name="bumil_32_minggu"),
                Column("BUMIL >=32 MINGGU MENDAPAT INFORMASI KONTRASEPSI", name="bumil_32_minggu_mendapat_informasi"),
                Column(
                    "BUMIL >=32 MINGGU TIDAK MENDAPAT INFORMASI KONTRASEPSI",
                    name="bumil_32_minggu_tidak_mendapat_informasi",
                ),
                Column("BUMIL >=32 MINGGU AKAN KBPP", name="bumil_32_minggu_akan_kbpp"),
                Column("BUMIL >=32 MINGGU MEMUTUSKAN TIDAK KBPP", name="bumil_32_minggu_tidak_kbpp"),
                Column("MENDAPATKAN TTD", name="mendapat_ttd", aliases=("MENDAPAT TTD",)),
                Column("TIDAK MENDAPATKAN TTD", name="tidak_mendapat_ttd", aliases=("TIDAK MENDAPAT TTD",)),
            ),
            Column("MENGKOMSUMSI TTD", name="konsumsi_ttd", aliases=("MENGKONSUMSI TTD", "KONSUMSI TTD")),
            *_optional(
                Column("TIDAK MENGKOMSUMSI TTD", name="tidak_konsumsi_ttd", aliases=("TIDAK MENGKONSUMSI TTD",)),
                *_counts("KIE PERSEORANGAN", "KIE KELOMPOK", "KIE PERSEORANGAN DAN KELOMPOK", "TIDAK MENDAPAT KIE"),
                *_counts("MENDAPAT FASILITASI RUJUKAN", "TIDAK MENDAPAT FASILITASI RUJUKAN"),
                *_counts("MENDAPAT FASILITASI BANSOS", "TIDAK MENDAPAT FASILITASI BANSOS"),
            ),
        ),
        _SNAPSHOT,
    ),
    Source(
        "siga_krs",
        "SIGA: verval keluarga berisiko stunting",
        "siga_krs",
        "semester",
        (
            *PLACES,
            *_counts("JUMLAH KELUARGA", required=False),
            *_counts("JUMLAH KELUARGA SASARAN", "JUMLAH KRS"),
            *_counts("KESEJAHTERAAN 1", "KESEJAHTERAAN 2", "KESEJAHTERAAN 3", "KESEJAHTERAAN 4", required=False),
            *_optional(
                Column("KESEJAHTERAAN > 4", name="kesejahteraan_di_atas_4"),
                Column("JUMLAH TIDAK BERESIKO", name="jumlah_tidak_berisiko", aliases=("JUMLAH TIDAK BERISIKO",)),
                *_counts("PUNYA BADUTA", "PUNYA BALITA", "PUS", "PUS HAMIL"),
            ),
            Column("SUMBER AIR MINUM TIDAK LAYAK", name="air_minum_tidak_layak"),
            Column("JAMBAN TIDAK LAYAK"),
            *_counts("TERLALU MUDA", "TERLALU TUA", "TERLALU DEKAT", "TERLALU BANYAK", "PUS 4T", required=False),
            Column("BUKAN PESERTA KB MODERN", name="bukan_kb_modern", required=False),
            Column("PERIODE", "semester", name="period", aliases=("SEMESTER",)),
        ),
        _MONTHLY,
    ),
)

REGISTRY: dict[str, Source] = {source.name: source for source in EXPORTS}
# Several kinds of group side by side, as SIGA's wider tables have them: it is known by its columns, which stand there
# once for each kind, and becomes one row a village, month and kind.
ABREAST = replace(
    REGISTRY["siga_bkb"],
    name="siga_poktan",
    title="SIGA: kelompok, beberapa jenis berdampingan",
    columns=tuple(dict.fromkeys(c for s in EXPORTS if s.family == "siga_groups" for c in s.columns)),
    constants=(),
    family="",
)
