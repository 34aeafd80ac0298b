"""Pages of areas: the portal's public statistics, its progress page and SIGA's coverage, one row an area.

A page has no codes; the header of its second column says of which level its rows are and inside which area they lie
(`Provinsi - BANTEN`: the kabupaten/kota of Banten). To add a page: one `Page` in `_KNOWN`, by labels that no other has.
"""

import re
from dataclasses import dataclass

from ..cells import text_of
from ..files import Sheet
from .kinds import Column, Source, label_of
from .titles import DEEPEST, HEADER_WITHIN, titles_of

TABLE = "portal_statistics"
_BELOW = {"PROVINSI": "kabupaten", "KABUPATEN": "kecamatan", "KECAMATAN": "desa", "DESA": "kampung_kb"}
_OWN = {"PROVINSI": "provinsi", "KABUPATEN": "kabupaten", "KABUPATEN KOTA": "kabupaten", "KECAMATAN": "kecamatan"}
_AREA = re.compile(r"(PROVINSI|KABUPATEN KOTA|KABUPATEN|KECAMATAN|DESA)(?: (.+))?")
_WITHIN = re.compile(r"\s*(?:provinsi|kabupaten|kecamatan|desa)\s*[-–—:]\s*(.+)", re.IGNORECASE | re.DOTALL)
_TOTALS = ("TOTAL", "JUMLAH")


@dataclass(frozen=True)
class Page:
    """A page: the labels that tell it (folded), and words of its title where several pages have the same labels.

    whole: the label of the count that its percentages are of, the last column where it is empty; `-` where they are
    of something else.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    words: str = ""
    whole: str = ""


_OWNED = ("ADA JUMLAH", "TIDAK ADA JUMLAH", "BELUM ISI JUMLAH")
_KNOWN = (
    Page("klasifikasi", "klasifikasi Kampung KB", ("DASAR JUMLAH", "BERKEMBANG JUMLAH", "BERKELANJUTAN JUMLAH")),
    Page("sekretariat", "kepemilikan sekretariat", _OWNED, r"SEKRETARIAT"),
    Page("pokja_sk", "SK Pokja", _OWNED, r"SK POKJA|POKJA.* SK\b"),
    Page("pokja_pelatihan", "Pokja terlatih", _OWNED, r"POKJA.*(LATIH)"),
    Page("rumah_dataku", "kepemilikan Rumah DataKu", _OWNED, r"RUMAH DATA"),
    Page("pendamping", "kepemilikan PKB/PLKB", _OWNED, r"PKB|PLKB|PENDAMPING"),
    Page("rkm", "rencana kerja masyarakat", _OWNED, r"RENCANA KERJA|RKM"),
    Page("pokja", "kepemilikan Pokja", _OWNED, r"POKJA|KELOMPOK KERJA"),
    Page("pokja_anggota_terlatih", "anggota Pokja terlatih", ("TERLATIH JUMLAH", "TIDAK TERLATIH JUMLAH")),
    Page("sumber_dana", "sumber dana", ("APBD JUMLAH", "APBN JUMLAH", "DANA DESA JUMLAH", "1 SUMBER DANA")),
    Page("regulasi", "regulasi", ("1 SK", "2 3 SK", "4 SK")),
    Page("poktan", "kepemilikan kelompok kegiatan", ("BKB ADA JUMLAH", "MEMILIKI 5 JENIS POKTAN")),
    Page(
        "penggunaan_data",
        "penggunaan data",
        ("DATA RUTIN BKKBN JUMLAH", "POTENSI DESA JUMLAH", "MENGGUNAKAN 1 JENIS DATA"),
    ),
    Page(
        "mekanisme_operasional",
        "mekanisme operasional",
        ("MONITORING DAN EVALUASI JUMLAH", "PENYUSUNAN LAPORAN JUMLAH"),
    ),
    Page("lintas_sektor", "lintas sektor", ("TERINTEGRASI 1 3 LINTAS SEKTOR",), whole="-"),
    Page("fungsi_keluarga", "delapan fungsi keluarga", ("AGAMA", "KASIH SAYANG", "PEMBINAAN LINGKUNGAN")),
    Page("kegiatan_inpres", "kegiatan Inpres 3/2022", ("YANG TIDAK MELAKSANAKAN", "BELUM ISI")),
    Page("partisipasi_poktan", "angka partisipasi poktan", ("BKB %", "BKL %", "KAMPUNG KB YANG MENGISI"), whole="-"),
    Page("peserta_poktan", "peserta poktan", ("BKB", "BKL", "KAMPUNG KB YANG MENGISI")),
    Page("kontrasepsi", "peserta KB menurut metode", ("IMPLAN JUMLAH", "SUNTIK JUMLAH", "JUMLAH PUS"), whole="-"),
    Page(
        "bukan_peserta_kb",
        "PUS bukan peserta KB",
        ("HAMIL JUMLAH", "INGIN ANAK SEGERA JUMLAH", "JUMLAH BUKAN PESERTA KB"),
        whole="-",
    ),
    Page("progress", "kecamatan ber-Kampung KB (kebijakan 2017)", ("TARGET KKB", "CAPAIAN KKB")),
    Page(
        "siga_cakupan",
        "cakupan laporan SIGA",
        ("KECAMATAN YANG ADA", "KECAMATAN YANG LAPOR", "KELURAHAN YANG LAPOR"),
        whole="-",
    ),
)
_YEARS = Page("tahun_pembentukan", "tahun pembentukan", ())
_SPELLINGS = {"UID": "IUD", "KAGIATAN": "KEGIATAN", "4 4 JENIS": "3 4 JENIS", "PEMUTAHIRAN": "PEMUTAKHIRAN"}


def _source(page: Page) -> Source:
    key = ("area_code", "as_of", "page", "column")
    columns = (Column("Kolom", "text", name="column"), Column("Nilai", name="value"))
    return Source(
        f"portal_{page.name}", f"Portal: {page.title}", TABLE, "tanggal", columns, key, (("page", page.name),)
    )


PAGES: dict[str, Source] = {source.name: source for source in map(_source, (*_KNOWN, _YEARS))}


@dataclass(frozen=True)
class PageHeader:
    """A header read as that of a page.

    row: the position of its last row. level: of the rows (`kampung_kb` where each is a Kampung KB). within: the name of
    the area that they lie in, as written, empty for the country. within_level: its level. area: the position of the
    column of names. counts: position -> column of the table. percents: position of a percentage -> that of its count.
    whole: the position of the count that percentages are of, None where they are of something else.
    """

    source: Source
    row: int
    level: str
    within: str
    within_level: str
    area: int
    counts: dict[int, str]
    percents: dict[int, int]
    whole: int | None
    titles: tuple[str, ...]


def recognise_page(sheets: list[Sheet]) -> tuple[Sheet, PageHeader] | None:
    """Say which page the first sheet that holds one is; None where none is."""
    for sheet in sheets:
        for position in range(0 if sheet.hidden else min(HEADER_WITHIN, len(sheet.rows))):
            for depth in range(DEEPEST, 0, -1):
                names = titles_of(sheet, position, depth)
                if names is not None and (header := _read(sheet, position, depth, names)):
                    return sheet, header
    return None


def _read(sheet: Sheet, position: int, depth: int, names: list[tuple[str, ...]]) -> PageHeader | None:
    labels = [tuple(map(label_of, of_one)) for of_one in names]
    area = next((at for at, of_one in enumerate(labels[:3]) if _AREA.fullmatch(of_one[-1])), None)
    if area is None or not any(of_one[-1] for of_one in labels[area + 1 :]):
        return None
    known = {label for of_one in labels[area + 1 :] for label in of_one}
    title = " ".join(text_of(cell) for row in sheet.rows[: position - depth + 1] for cell in row)
    page = next((p for p in _KNOWN if known.issuperset(p.labels) and re.search(p.words, label_of(title))), None)
    years = [of_one for of_one in labels[area + 1 :] if re.fullmatch(r"20\d\d", of_one[-1])]
    if page is None and years and any(of_one[-1] in _TOTALS for of_one in labels):
        page = _YEARS
    if page is None:
        return None
    counts, percents, before = {}, {}, None
    for at, of_one in enumerate(labels):
        if at <= area or not of_one[0]:
            continue
        if "%" in of_one[-1]:
            percents[at] = before
        else:
            counts[at], before = _name(of_one[0]), at
    last = max(counts, default=None)
    whole = None if page.whole == "-" or last is None or labels[last][-1] not in _TOTALS else last
    word, within = _AREA.fullmatch(labels[area][-1]).groups()
    level = _BELOW[word.split()[0]] if within else _OWN.get(word, "desa")
    written = _WITHIN.fullmatch(names[area][-1])
    return PageHeader(
        PAGES[f"portal_{page.name}"],
        position,
        level,
        (written[1] if written else within or "").strip(),
        word.split()[0].lower() if within else "",
        area,
        counts,
        {at: of for at, of in percents.items() if of is not None},
        whole,
        tuple(of_one[0] for of_one in names),
    )


def _name(label: str) -> str:
    for wrong, right in _SPELLINGS.items():
        label = re.sub(rf"\b{wrong}\b", right, label)
    label = label.replace(">", " lebih dari ").replace("<", " kurang dari ")
    return re.sub(r"_jumlah$", "", re.sub(r"\W+", "_", label.lower()).strip("_"))
