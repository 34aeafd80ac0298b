"""The words of the programme: status, abbreviations, what a component lacks."""

import re
from collections.abc import Mapping

from .numbers import MISSING
from .sentences import NO_TARGET, capitalised

# A word and a sign each, so that nothing is lost without colour.
STATUS_SIGNS = {
    "target tercapai": "✓",
    "sesuai jalur": "→",
    "perlu percepatan": "!",
    "tren belum cukup": "…",
    MISSING: "–",
    NO_TARGET: "·",
}


def status(word: str) -> str:
    """Write a status with its sign: `✓ target tercapai`. Raises KeyError for a word that is no status."""
    return f"{STATUS_SIGNS[word]} {word}"


ABBREVIATIONS = {
    "APBD": "anggaran pendapatan dan belanja daerah",
    "APBN": "anggaran pendapatan dan belanja negara",
    "BKB": "Bina Keluarga Balita",
    "BKKBN": "Badan Kependudukan dan Keluarga Berencana Nasional",
    "BKL": "Bina Keluarga Lansia",
    "BKR": "Bina Keluarga Remaja",
    "BOKB": "Bantuan Operasional Keluarga Berencana",
    "CPR": "peserta KB semua cara terhadap PUS",
    "CSR": "tanggung jawab sosial perusahaan",
    "HPK": "hari pertama kehidupan",
    "Inpres": "Instruksi Presiden",
    "IUD": "alat kontrasepsi dalam rahim",
    "Kampung KB": "Kampung Keluarga Berkualitas",
    "KKA": "Kartu Kembang Anak",
    "KMS": "Kartu Menuju Sehat",
    "KRS": "keluarga berisiko stunting",
    "MAL": "metode amenore laktasi",
    "mCPR": "peserta KB modern terhadap PUS",
    "MKJP": "metode kontrasepsi jangka panjang",
    "MOP": "metode operasi pria, vasektomi",
    "MOW": "metode operasi wanita, tubektomi",
    "OPD-KB": "organisasi perangkat daerah bidang keluarga berencana",
    "PA": "peserta KB aktif",
    "PIK-R": "Pusat Informasi dan Konseling Remaja",
    "PKB": "Penyuluh Keluarga Berencana",
    "PKB/PLKB": "Penyuluh Keluarga Berencana/Petugas Lapangan Keluarga Berencana",
    "PKK": "Pemberdayaan dan Kesejahteraan Keluarga",
    "PLKB": "Petugas Lapangan Keluarga Berencana",
    "Pokja": "kelompok kerja",
    "Poktan": "kelompok kegiatan",
    "PPKBD": "Pembantu Pembina Keluarga Berencana Desa",
    "PPM": "perkiraan permintaan masyarakat",
    "Pro PN": "Proyek Prioritas Nasional",
    "PUS": "pasangan usia subur",
    "RKM": "rencana kerja masyarakat",
    "Rumah DataKu": "rumah data kependudukan dan informasi keluarga di desa/kelurahan",
    "SIGA": "Sistem Informasi Keluarga",
    "SK": "surat keputusan",
    "TPK": "Tim Pendamping Keluarga",
    "TTD": "tablet tambah darah",
    "UPPKA": "Usaha Peningkatan Pendapatan Keluarga Akseptor",
}
_ABBREVIATION = re.compile(
    r"(?<![\w/-])(" + "|".join(re.escape(a) for a in sorted(ABBREVIATIONS, key=len, reverse=True)) + r")(?![\w/-])"
)


def expand_first(text: str, seen: set[str]) -> str:
    """Explain each abbreviation at its first use: `PUS (pasangan usia subur)`.

    seen: the abbreviations explained before on this page; those explained here are added.
    Take plain text, before it is escaped. An abbreviation already in brackets counts as explained.
    """

    def explain(match: re.Match) -> str:
        word = match[1]
        if word in seen:
            return word
        seen.add(word)
        seen.update(word.split("/"))
        before, after = text[: match.start()], text[match.end() :]
        # A number in brackets behind it is no explanation.
        explained = (before.endswith("(") and after.startswith(")")) or bool(re.match(r" \([^\d]", after))
        return word if explained else f"{word} ({ABBREVIATIONS[word]})"

    return _ABBREVIATION.sub(explain, text)


# What a component with this score still lacks for the next one (domain rule, score 1 to 3).
LACKS = {
    "input_pokja": (
        "Pokja belum dibentuk",
        "anggota Pokja belum dicatat dan belum dilatih",
        "Pokja belum dilatih atau anggotanya belum dicatat",
    ),
    "input_sumber_dana": ("sumber dana belum ada", "sumber dana baru satu", "sumber dana belum lima"),
    "input_poktan": ("poktan belum ada", "jenis poktan baru satu atau dua", "jenis poktan belum lengkap lima"),
    "input_sarana": ("sekretariat dan Rumah DataKu belum ada", "sekretariat atau Rumah DataKu belum ada"),
    "input_pkb": ("pendampingan PKB/PLKB dan regulasi belum ada", "pendampingan PKB/PLKB atau regulasi belum ada"),
    "proses_penggunaan_data": (
        "data belum dipakai",
        "data yang dipakai baru satu jenis",
        "data yang dipakai belum empat jenis",
    ),
    "proses_operasional": (
        "mekanisme operasional belum ada",
        "mekanisme operasional baru satu atau dua",
        "mekanisme operasional belum lengkap lima",
    ),
    "proses_lintas_sektor": (
        "lintas sektor belum terlibat",
        "lintas sektor baru satu sampai tiga",
        "lintas sektor belum tujuh",
    ),
    "output_poktan": (
        "keikutsertaan poktan di bawah 10 persen",
        "keikutsertaan poktan belum di atas 20 persen",
        "keikutsertaan poktan belum di atas 30 persen",
    ),
    "output_cpr": (
        "peserta KB di bawah 30 persen PUS",
        "peserta KB belum di atas 40 persen PUS",
        "peserta KB belum di atas 50 persen PUS",
    ),
    "output_mkjp": (
        "peserta MKJP di bawah 20 persen",
        "peserta MKJP belum di atas 22 persen",
        "peserta MKJP belum di atas 24 persen",
    ),
    "output_unmet": (
        "unmet need di atas 12 persen",
        "unmet need belum di bawah 10 persen",
        "unmet need belum di bawah 7 persen",
    ),
}


def lacks(components: str, scores: Mapping[str, int]) -> str:
    """Say in words what `shortfall` asks for.

    components: `"input_pokja:+1;proses_operasional:+2"`. scores: the twelve scores of that Kampung KB.
    Gives `Pokja belum dilatih atau anggotanya belum dicatat; mekanisme operasional belum ada`; empty for none.
    """
    names = [part.split(":")[0] for part in components.split(";") if part]
    return capitalised("; ".join(LACKS[name][int(scores[name]) - 1] for name in names))
