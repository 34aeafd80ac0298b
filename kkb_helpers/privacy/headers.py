"""What a column gives away of a person by its label: names, addresses, contacts, birth, accounts, homes.

A label that begins with a word of counting (JUMLAH ...) is never personal. NAMA is a person's unless a word says what
else is named. To accept a name of something else: one word in `_THINGS`; to know another role: one in `_ROLES`.
"""

import re
import unicodedata
from functools import lru_cache

from . import content

NAME, CONTACT, ACCOUNT, STAFF_NUMBER = "nama orang", content.PHONE, "nama pengguna", "nomor pegawai"
ADDRESS, BIRTH, HOME = "alamat rumah", "tanggal lahir", "koordinat rumah"
DROPPABLE = frozenset({NAME, CONTACT, ACCOUNT, STAFF_NUMBER, content.EMAIL})
LONGEST = 60


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COUNTING = _words(
    "JUMLAH JML JLH TOTAL SUM PERSENTASE PERSENTASI PERSEN RATA BANYAK BANYAKNYA CAKUPAN ANGKA PROPORSI RASIO MEMILIKI "
    "KEPEMILIKAN ADA PUNYA DITINGGALKAN"
)
_ROLES = _words(
    "KRT KEPALA SUAMI ISTRI ISTERI AKSEPTOR PESERTA PKB PLKB PPKBD SUBPPKBD KADER PENDAMPING PETUGAS PENYULUH PENGISI "
    "ADMIN OPERATOR USER PENGGUNA KETUA SEKRETARIS BENDAHARA PENANGGUNG ANGGOTA IBU AYAH BAPAK ANAK BALITA BADUTA BAYI "
    "BUMIL CATIN LANSIA REMAJA RESPONDEN WARGA PENDUDUK ORANG WALI PASANGAN BIDAN DOKTER PERAWAT PEGAWAI LURAH CAMAT "
    "BUPATI NARASUMBER PENGURUS KONTAK PIMPINAN PEJABAT PEMBINA MOTIVATOR TOKOH KK"
)
# A word of these outranks a thing: NAMA KETUA KELOMPOK is a person's, NAMA KELOMPOK REMAJA is not.
_HEADS = _words(
    "KRT KEPALA SUAMI ISTRI ISTERI AKSEPTOR PKB PLKB PPKBD KADER PENDAMPING PETUGAS PENYULUH PENGISI ADMIN OPERATOR "
    "USER PENGGUNA KETUA SEKRETARIS BENDAHARA PENANGGUNG RESPONDEN BIDAN DOKTER PERAWAT PEGAWAI LURAH CAMAT "
    "NARASUMBER KONTAK PIMPINAN PEJABAT PENGURUS ORANG"
)
_THINGS = _words(
    "PROVINSI PROPINSI PROV KABUPATEN KAB KOTA KECAMATAN KEC DESA KELURAHAN KEL KAMPUNG KKB KPKB DUSUN LINGKUNGAN "
    "WILAYAH DAERAH LOKASI NEGARA AREA FASKES FASILITAS FASYANKES PUSKESMAS PUSTU RS RSUD SAKIT KLINIK POSYANDU BALAI "
    "ORGANISASI ORMAS LEMBAGA INSTANSI DINAS OPD MITRA KANTOR UNIT SEKOLAH PERUSAHAAN BADAN KEMENTERIAN "
    "KELOMPOK POKTAN POKJA BKB BKR BKL UPPKA UPPKS PIK PIKR DATAKU RDK KEGIATAN PROGRAM PROYEK INDIKATOR VARIABEL "
    "KOLOM BERKAS FILE TABEL LAPORAN METODE ALAT OBAT KONTRASEPSI ALKON BARANG SUMBER BULAN PERIODE DOKUMEN SK "
    "REGULASI JENIS PRODUK USAHA APLIKASI BANK"
)
_ANSWERS = _words(
    "YA TIDAK ADA BELUM SUDAH TRUE FALSE BENAR SALAH NULL NONE NAN PNS NON ASN HONORER LAINNYA LAKI PEREMPUAN PRIA "
    "WANITA AKTIF NONAKTIF ISI LAPOR PKK TOGA TOMA PERANGKAT BAIK KURANG CUKUP DASAR BERKEMBANG MANDIRI BERKELANJUTAN"
)
_PHONES = _words("HP TELP TELEPON TELPON TELEPHONE TLP TLPN HANDPHONE PONSEL WHATSAPP PHONE KONTAK CONTACT")
_COORDINATES = _words("LAT LATITUDE LINTANG LONG LON LONGITUDE BUJUR KOORDINAT GPS GEOTAG")
_HOUSEHOLD = _words("RUMAH KELUARGA TANGGA KRT KK RESPONDEN WARGA PENDUDUK AKSEPTOR HUNIAN")
_NUMBER_WORDS = frozenset({"NO", "NOMOR", "NOMER", "NUMBER", "KODE"})
_GLUED = re.compile(
    r"\b(NAMA|NO|NOMOR|TGL|TANGGAL|TEMPAT|USER)"
    r"(KRT|KK|NIK|KTP|HP|TELP|TELEPON|WA|LAHIR|LENGKAP|SUAMI|ISTRI|IBU|AYAH|ANAK|AKSEPTOR|PKB|PLKB|KADER|PETUGAS|"
    r"PENDAMPING|NAME|ID)\b"
)
_PLACE = re.compile(
    r"^(?:NAMA |KODE )?(?:PROV|PROVINSI|PROPINSI|KAB|KABUPATEN|KABUPATEN KOTA|KAB KOTA|KOTA|KEC|KECAMATAN|KODE|"
    r"KELURAHAN|DESA|KEL|DESA KELURAHAN|KELURAHAN DESA|DESA KEL|WILAYAH|DUSUN)$"
)
_INSTITUTION = re.compile(r"\b(?:KAMPUNG KB|KKB|FASKES|PUSKESMAS|POSYANDU|KELOMPOK|POKTAN|ORGANISASI|SEKOLAH|BALAI)\b")
_DIMENSION = re.compile(
    r"^(?:JENIS|METODE|KATEGORI|INDIKATOR|VARIABEL|PROGRAM|KEGIATAN|SUMBER|MATERI|KLASIFIKASI|KELAS|PEMERIKSAAN|KOLOM|BARIS)"
)
_TIME = re.compile(r"^(?:BULAN|PERIODE|TAHUN|TRIWULAN|SEMESTER|TANGGAL|TGL|BULAN LAPOR|MINGGU)$")


@lru_cache(maxsize=4096)
def fold(label: str) -> str:
    """Fold a label: NFKC, words parted at signs and at camelCase, upper case."""
    text = label
    if not text.isascii():  # plain ASCII has nothing to fold or to drop
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"[^\w%]+", " ", text.replace("_", " ").upper()).strip()
    return _GLUED.sub(r"\1 \2", text)


@lru_cache(maxsize=4096)
def kind_of(label: str) -> str:
    """Give the kind of personal data a column of this label holds; empty where it holds none."""
    words = fold(label).split() if len(label) <= LONGEST else []
    if not words or words[0] in _COUNTING or "%" in words:
        return ""
    return next((kind for kind, says in _RULES if says(words, frozenset(words))), "")


def may_tell(texts: content.Texts) -> list[list[int]]:
    """Give, for each column, the places of the texts for which `kind_of` may have a word; for others it has none."""
    return texts.matching(_TELLING)


def is_role(label: str) -> bool:
    """Say whether a label names a role of persons alone: a column of names, or of counts."""
    words = fold(label).split() if len(label) <= LONGEST else []
    return bool(words) and words[0] not in _COUNTING and bool(_ROLES & set(words)) and len(words) <= 4


def is_bare_name(label: str) -> bool:
    """Say whether a label is NAMA alone, which may head a column of places."""
    return fold(label) in ("NAMA", "NAME")


def may_name_persons(value: str) -> bool:
    """Say whether a cell under a role may be a person's name: letters, and no word of a thing, a role or an answer."""
    words = fold(value).split()
    letters = [w for w in words if w.isalpha() and len(w) > 1]
    return (
        0 < len(letters) <= 6
        and not set(words) & (_THINGS | _ROLES | _ANSWERS | _COUNTING)
        and sum(map(len, letters)) > 3
    )


def names_a_thing(label: str) -> bool:
    """Say whether a group label above NAMA says that no person is named."""
    words = set(fold(label).split())
    return bool(words & _THINGS) and not words & _HEADS


def is_coordinate(label: str) -> bool:
    """Say whether a column holds coordinates, of whatever."""
    return len(label) <= LONGEST and bool(_COORDINATES & set(fold(label).split()))


def is_place(label: str) -> bool:
    """Say whether a column says which place or institution a row is about."""
    return bool(_PLACE.match(fold(label)) or _INSTITUTION.search(fold(label)))


def is_dimension(label: str) -> bool:
    """Say whether a column says which of several kinds a row of a long table is about."""
    return bool(_DIMENSION.search(fold(label)))


def names_an_institution(label: str) -> bool:
    """Say whether a column names an institution, of which a village may have many."""
    return bool(_INSTITUTION.search(fold(label)))


def is_village(label: str) -> bool:
    """Say whether a column names desa/kelurahan."""
    return bool(_PLACE.match(fold(label))) and bool({"DESA", "KELURAHAN", "KEL"} & set(fold(label).split()))


def is_time(label: str) -> bool:
    """Say whether a column says of when a row is."""
    return bool(_TIME.match(fold(label)))


def shown(label: str) -> str:
    """Give a label in known words alone; empty where any other word is in it, for that may be a name."""
    known = _ROLES | _THINGS | _PHONES | _COORDINATES | _HOUSEHOLD | _NUMBER_WORDS | _OTHER_WORDS
    words = fold(label).split()
    return " ".join(words) if words and set(words) <= known else ""


_OTHER_WORDS = _words(
    "NAMA NIK KTP NIP NRP NPWP EMAIL E MAIL SUREL USERNAME NAME ID LOGIN AKUN ALAMAT DOMISILI RT RW TGL TANGGAL TEMPAT "
    "LAHIR TTL LENGKAP HAMIL WA KARTU DAN JABATAN RUKUN"
)
_ABOUT_NIK = frozenset({"VALID", "PADAN", "TERISI", "BELUM", "TIDAK", "SUDAH"})


def _is_nik(words: list[str], found: frozenset[str]) -> bool:
    if found & _ABOUT_NIK:
        return False
    return (
        bool(found & {"NIK", "KTP"}) or {"KARTU", "KELUARGA"} <= found or (words[0] in _NUMBER_WORDS and "KK" in found)
    )


def _is_birth(words: list[str], found: frozenset[str]) -> bool:
    return found == {"TTL"} or ("LAHIR" in found and bool(found & {"TGL", "TANGGAL", "TEMPAT", "TMPT"}))


def _is_address(words: list[str], found: frozenset[str]) -> bool:
    if found <= {"RT", "RW", "NAMA", "RUKUN", "TETANGGA", "WARGA", *_NUMBER_WORDS}:
        return bool(found & {"RT", "RW", "RUKUN"})
    return (
        bool(found & {"ALAMAT", "DOMISILI"})
        and not (found & _THINGS and not found & _HEADS)
        and not found
        & {
            "WEB",
            "WEBSITE",
            "SITUS",
            "IP",
            "URL",
            "SEKRETARIAT",
        }
    )


def _is_name(words: list[str], found: frozenset[str]) -> bool:
    return bool(found & {"NAMA", "NAME"}) and (bool(found & _HEADS) or not found & _THINGS)


_RULES = (
    (content.NIK, _is_nik),
    (STAFF_NUMBER, lambda words, found: bool(found & {"NIP", "NRP", "NPWP", "NIPPPK"})),
    (content.EMAIL, lambda words, found: bool(found & {"EMAIL", "SUREL"}) or {"E", "MAIL"} <= found),
    (
        ACCOUNT,
        lambda words, found: (
            bool(found & {"USERNAME", "PASSWORD", "LOGIN", "AKUN"})
            or {"USER", "NAME"} <= found
            or {"USER", "ID"} <= found
        ),
    ),
    (CONTACT, lambda words, found: bool(found & _PHONES) or ("WA" in found and found <= {"WA", *_NUMBER_WORDS})),
    (BIRTH, _is_birth),
    (ADDRESS, _is_address),
    (HOME, lambda words, found: bool(found & _COORDINATES and found & _HOUSEHOLD) and not found & {"SAKIT", "DATAKU"}),
    (NAME, _is_name),
)

# What a label that a rule knows cannot be without; a sign that is not ASCII may fold to a letter of it, or to nothing.
_TELLING = "(?i)[^\\x00-\\x7F]|" + "|".join(
    sorted(
        _words(
            "NIK KTP KARTU KK NIP NRP NPWP MAIL SUREL USER PASSWORD LOGIN AKUN WA TTL LAHIR RT RW RUKUN ALAMAT "
            "DOMISILI NAMA NAME"
        )
        | _PHONES
        | _COORDINATES
    )
)
