"""Each export kind: how it is recognised by its headers, its columns, their kinds and aliases.

To add an export kind: one `Source` in `REGISTRY` and a fixture in `tests/fixtures`. A column's `header` is what the
export writes; `name` is what the tidy table calls it. Recognition never looks at a file's name.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property

HEADER_WITHIN = 20
ENOUGH = 0.8
NOT_DATA = {"", "NO", "NOMOR", "INDEX", "V1", "UNNAMED 0"}
DTYPES = {
    **dict.fromkeys(("count", "score"), "Int64"),
    **dict.fromkeys(("percent", "index"), "Float64"),
    **dict.fromkeys(("text", "class"), "str"),
    "flag": "boolean",
    "date": "str",
}


@dataclass(frozen=True)
class Column:
    """One column of an export: its label as written, its name in the table and the kind of its cells.

    kind: place, code, text, class, count, score, index, percent, flag, month, semester, date. highest: the top of a
    score.
    """

    header: str
    kind: str = "count"
    name: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = True
    highest: int = 4

    def __post_init__(self):
        if not self.name:
            object.__setattr__(self, "name", label_of(self.header).lower().replace(" ", "_"))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every label it goes by, folded."""
        return tuple(dict.fromkeys(label_of(text) for text in (self.header, *self.aliases)))

    @property
    def is_value(self) -> bool:
        """Whether it holds what the table is about, rather than where and when."""
        return self.kind not in ("place", "code", "month", "semester")


@dataclass(frozen=True)
class Source:
    """One export kind.

    name: what the register calls it. title: what people call it. table: the tidy table it fills. time: `bulan` (a
    column of months), `semester` (a column of semesters), `tanggal` (a snapshot: the date comes with the file) or
    `borang` (a fill-in workbook: each row has a day or a quarter, and any cell may be empty).
    key: what is unique in the table. constants: columns that the kind itself decides. family: kinds that differ in
    some columns only; each needs one column that no other of its family has.
    """

    name: str
    title: str
    table: str
    time: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    constants: tuple[tuple[str, str], ...] = ()
    family: str = ""

    @cached_property
    def by_label(self) -> dict[str, Column]:
        """Folded label -> column."""
        return {label: column for column in self.columns for label in column.labels}

    @property
    def measures(self) -> tuple[Column, ...]:
        """The columns that hold what the table is about."""
        return tuple(column for column in self.columns if column.is_value)

    @cached_property
    def own(self) -> frozenset[str]:
        """The labels that no other kind of its family has; empty where it has no family."""
        others = {
            label for s in REGISTRY.values() if s.family == self.family and s.name != self.name for label in s.by_label
        }
        return (
            frozenset(label for column in self.measures for label in column.labels) - others
            if self.family
            else frozenset()
        )


@dataclass(frozen=True)
class Header:
    """A row read as the header of one kind.

    row: its position in the sheet. columns: position -> column. missing: required columns that are not there.
    repeated: name -> the positions of a column that stands there more than once. unknown: position -> label as written.
    """

    source: Source
    row: int
    columns: dict[int, Column]
    missing: tuple[Column, ...]
    repeated: dict[str, list[int]]
    unknown: dict[int, str]

    @property
    def sure(self) -> bool:
        """Whether enough of the kind's labels are there to take the row for its header."""
        required = [c for c in self.source.columns if c.required]
        values = [c for c in required if c.is_value]
        found = sum(c.is_value for c in self.columns.values())
        return (
            len(required) - len(self.missing) >= ENOUGH * len(required)
            and 2 * sum(c not in self.missing for c in values) >= len(values)
            and found > 0
        )

    @property
    def has_own(self) -> bool:
        """Whether a kind of a family shows a column that no other of the family has."""
        labels = {label for column in self.columns.values() for label in column.labels}
        return not self.source.family or bool(labels & self.source.own)


@dataclass(frozen=True)
class Recognition:
    """What a file's sheets were taken for.

    header: the header taken, None where no row is one. sheet: its sheet, and `header_number` its row in Excel.
    rivals: other headers that are as good, with their sheets. nearest: the reading that finds the most labels, where
    none is sure. hidden: names of hidden sheets that hold a header.
    """

    header: Header | None
    sheet: object = None
    header_number: int = 0
    rivals: tuple[tuple[str, Header], ...] = ()
    nearest: Header | None = None
    hidden: tuple[str, ...] = ()


def recognise(sheets: list) -> Recognition:
    """Say which export kind the sheets of a file hold, and where (see `files.Sheet`)."""
    found = [(sheet, header) for sheet in sheets for header in headers_in(sheet.rows)]
    hidden = tuple(dict.fromkeys(sheet.name for sheet, _ in found if sheet.hidden))
    seen = [(sheet, header) for sheet, header in found if not sheet.hidden]
    if not seen:
        near = [h for sheet in sheets if not sheet.hidden and (h := nearest_kind(sheet.rows))]
        return Recognition(None, nearest=max(near, key=lambda h: len(h.columns), default=None), hidden=hidden)
    sheet, best = min(seen, key=lambda pair: _order(pair[1]))
    rivals = tuple((s.name, h) for s, h in seen if best.has_own and h is not best and _rivals(h, s is sheet, best))
    return Recognition(best, sheet, sheet.numbers[best.row], rivals, hidden=hidden)


def _rivals(header: Header, same_sheet: bool, best: Header) -> bool:
    """Say whether a header is as good as the best: whole, and not a part of it or the same printed again."""
    if not header.has_own or header.missing:
        return False
    return not same_sheet or (
        header.source is not best.source
        and not {c.name for c in header.columns.values()} <= {c.name for c in best.columns.values()}
    )


def _order(header: Header) -> tuple:
    return (not header.has_own, len(header.missing), -len(header.columns), header.row)


def label_of(text: str) -> str:
    """Fold a label for comparison: NFKC, upper case, signs and breaks as single spaces; `>`, `<`, `=`, `%` stay."""
    text = unicodedata.normalize("NFKC", str(text))
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.sub(r"[^\w><=%]+", " ", text.upper().replace("_", " ")).strip()


def headers_in(rows: Iterable[list]) -> list[Header]:
    """Give every reading of the first rows as a header that is sure of its kind, the fullest first."""
    found = []
    for position, row in enumerate(rows):
        if position >= HEADER_WITHIN:
            break
        labels = [label_of(cell) if isinstance(cell, str) else str(cell) for cell in row]
        if sum(bool(label) for label in labels) > 1:
            found += [h for h in (_read_header(s, position, row, labels) for s in REGISTRY.values()) if h.sure]
    return sorted(found, key=_order)


def nearest_kind(rows: Iterable[list]) -> Header | None:
    """Give the reading that finds the most labels, however few; None where no label is known."""
    tried = [
        _read_header(source, position, row, [label_of(cell) if isinstance(cell, str) else "" for cell in row])
        for position, row in zip(range(HEADER_WITHIN), rows, strict=False)
        for source in REGISTRY.values()
    ]
    tried = [h for h in tried if sum(c.is_value for c in h.columns.values())]
    return max(tried, key=lambda h: (len(h.columns), -len(h.missing)), default=None)


def _read_header(source: Source, position: int, row: list, labels: list[str]) -> Header:
    by_label = source.by_label
    columns: dict[int, Column] = {}
    places: dict[str, list[int]] = {}
    unknown: dict[int, str] = {}
    for at, label in enumerate(labels):
        if column := by_label.get(label):
            places.setdefault(column.name, []).append(at)
            if len(places[column.name]) == 1:
                columns[at] = column
        elif label not in NOT_DATA or (label == "" and at > 0):
            unknown[at] = str(row[at])
    missing = tuple(c for c in source.columns if c.required and c.name not in places)
    repeated = {name: where for name, where in places.items() if len(where) > 1}
    return Header(source, position, columns, missing, repeated, unknown)


# The columns that many kinds share.

PROVINSI = Column("PROVINSI", "place", aliases=("NAMA PROVINSI", "PROPINSI"))
KABUPATEN = Column(
    "KABUPATEN", "place", aliases=("KABUPATEN/KOTA", "KAB/KOTA", "KAB. / KOTA", "NAMA KABUPATEN", "KABUPATEN KOTA")
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

_SOURCES = (
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

# The fill-in workbooks: `workbook` knows their headers and reads their cells; here is what their tables hold.
_FORMS = (
    Source(
        "partners",
        "Borang: kegiatan organisasi kemasyarakatan",
        "partners",
        "borang",
        (
            Column("Tanggal", "date", name="date"),
            Column("Jenis organisasi", "text", name="organisasi"),
            Column("Nama organisasi", "text"),
            Column("Kegiatan", "text"),
            Column("Sasaran (1-4)", "text", name="sasaran"),
            Column("Fungsi keluarga (lama)", "text", name="fungsi"),
            Column("Asal sasaran", "text", name="sasaran_source"),
        ),
        ("village_code", "date", "organisasi", "nama_organisasi", "kegiatan"),
    ),
    Source(
        "funding",
        "Borang: dana Kampung KB",
        "funding",
        "borang",
        (
            Column("Sumber dana", "text", name="sumber"),
            Column("Alokasi (Rp)", name="alokasi"),
            Column("Realisasi (Rp)", name="realisasi"),
        ),
        ("area_code", "period", "sumber"),
    ),
    Source(
        "coordination",
        "Borang: tim koordinasi dan monev",
        "coordination",
        "borang",
        (
            Column("Jenis", "text", name="kind"),
            Column("Nomor SK", "text", name="sk_nomor"),
            Column("Tanggal", "date", name="date"),
            Column("Terlaksana", "flag"),
        ),
        ("area_code", "period", "kind", "date"),
    ),
)

REGISTRY: dict[str, Source] = {source.name: source for source in _SOURCES}
FORMS: dict[str, Source] = {source.name: source for source in _FORMS}
KINDS: dict[str, Source] = {**REGISTRY, **FORMS}

TABLES: dict[str, tuple[Source, ...]] = {
    table: tuple(s for s in KINDS.values() if s.table == table)
    for table in dict.fromkeys(s.table for s in KINDS.values())
}


@cache
def columns_of(table: str) -> dict[str, Column]:
    """Give the value columns of a tidy table by name: those of all kinds that fill it, in their order."""
    return {column.name: column for source in TABLES[table] for column in source.measures}


def key_of(table: str) -> tuple[str, ...]:
    """Give the columns whose values are unique in a tidy table."""
    return TABLES[table][0].key


@cache
def schema(table: str):
    """Give the pandera schema of a tidy table: the shape that every room may rely on."""
    import pandera.pandas as pa

    area = key_of(table)[0]
    code = r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$" if area == "village_code" else r"^\d{2}\.\d{2}$"
    filled_in = table in FORMS
    time = "as_of" if "as_of" in key_of(table) else "period"
    pattern = {"as_of": r"\d{4}-\d{2}-\d{2}", "period": r"\d{4}-(\d{2}|S[12]|Q[1-4])"}[time]
    checks = {
        "count": lambda column: pa.Check.ge(0),
        "score": lambda column: pa.Check.in_range(1, column.highest),
        "percent": lambda column: pa.Check.ge(0),
        "index": lambda column: pa.Check.ge(0),
    }
    columns = {
        area: pa.Column(str, pa.Check.str_matches(code)),
        time: pa.Column(str, pa.Check.str_matches(f"^{pattern}$")),
        **{name: pa.Column(str) for source in TABLES[table] for name, _ in source.constants},
        **{
            c.name: pa.Column(
                DTYPES[c.kind], checks[c.kind](c) if c.kind in checks else None, nullable=filled_in or c.kind != "text"
            )
            for c in columns_of(table).values()
        },
        "source_file": pa.Column(str),
        "source_row": pa.Column("int64", pa.Check.ge(1)),
    }
    return pa.DataFrameSchema(columns, unique=list(key_of(table)), strict=True, ordered=True, name=table)
