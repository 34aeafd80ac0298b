"""Indonesian numbers, dates, sentences and alternative texts.

Every number of a page passes `number`, so that separators, rounding (half up) and the words for a missing value are the
same everywhere and do not depend on the machine's locale. A sentence is a function of values; it says no more than
they do. To add one: a function that takes plain values and a test of its missing, zero and hundred-percent cases.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, parse_pattern

LOCALE = Locale("id", "ID")
MISSING = "tidak ada data"
NO_TARGET = "tanpa target"
ABOVE_TARGET = "sasaran terlampaui atau sasaran terlalu rendah"
POINTS = "poin persen"
VILLAGES = "desa/kelurahan"
ROMAN = ("I", "II", "III", "IV")
ALT_LENGTH = (20, 300)
TITLE_WORDS = 12

# A word and a sign each, so that nothing is lost without colour.
STATUS_SIGNS = {
    "target tercapai": "✓",
    "sesuai jalur": "→",
    "perlu percepatan": "!",
    "tren belum cukup": "…",
    MISSING: "–",
    NO_TARGET: "·",
}

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


# --- numbers ---------------------------------------------------------------------------------------------------------


def is_missing(value) -> bool:
    """Say whether a value is none: None, NaN, NA, NaT or infinite."""
    return value is None or bool(pd.isna(value)) or value in (float("inf"), float("-inf"))


def rounded(value, decimals: int = 0) -> Decimal | None:
    """Round half up as a reader would; None where there is no value.

    A float is taken at 15 significant digits, so that 2.675 is what was written and not its binary neighbour.
    """
    if is_missing(value):
        return None
    exact = (
        value if isinstance(value, Decimal) else Decimal(f"{float(value):.15g}") if value % 1 else Decimal(int(value))
    )
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0  # + 0: no negative zero


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def number(value, decimals: int = 0) -> str:
    """Write a number: 1552 -> `1.552`; with decimals half up; `tidak ada data` where it is missing."""
    figure = rounded(value, decimals)
    return MISSING if figure is None else _pattern(decimals).apply(figure, LOCALE)


def percent(value, decimals: int = 2) -> str:
    """Write a percentage (0-100) in running text: `54,72 persen`."""
    return MISSING if is_missing(value) else f"{number(value, decimals)} persen"


def percent_cell(value, decimals: int = 2) -> str:
    """Write a percentage for a table whose head says %: `54,72`."""
    return number(value, decimals)


def percent_mark(value, decimals: int = 2) -> str:
    """Write a percentage beside a mark of a chart: `54,72%`."""
    return MISSING if is_missing(value) else f"{number(value, decimals)}%"


def rupiah(value) -> str:
    """Write an amount of money: `Rp1.250.000`."""
    return MISSING if is_missing(value) else f"Rp{number(value)}"


def rupiah_short(value) -> str:
    """Write an amount of money where room is scarce: `Rp1,25 miliar`, `Rp340 juta`, `Rp950.000`."""
    if is_missing(value):
        return MISSING
    for size, word in ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta")):
        if abs(value) >= size:
            figure = _pattern(2).apply(rounded(value / size, 2), LOCALE)
            return f"Rp{figure.removesuffix(',00')} {word}"
    return rupiah(value)


def direction(delta, decimals: int = 2) -> str:
    """Give the word for the sign of a change as it is shown: naik, turun or tetap; empty where it is missing."""
    figure = rounded(delta, decimals)
    return "" if figure is None else "tetap" if figure == 0 else "naik" if figure > 0 else "turun"


def points(delta, decimals: int = 2) -> str:
    """Write a change between two percentages: `naik 0,60 poin persen`, `turun ...`, `tetap`."""
    return change(delta, POINTS, decimals)


def change(delta, unit: str = "", decimals: int = 0) -> str:
    """Write a change: `naik 12 Kampung KB`, `turun 2`, `tetap`; says so where it cannot be computed."""
    word = direction(delta, decimals)
    if word in ("", "tetap"):
        return word or "perubahan tidak dapat dihitung"
    return " ".join(part for part in (word, number(abs(delta), decimals), unit) if part)


def signed(delta, decimals: int = 2) -> str:
    """Write a change for a table cell, with its sign: `+0,60`, `-0,34`, `0,00`."""
    figure = rounded(delta, decimals)
    return MISSING if figure is None else ("+" if figure > 0 else "") + number(figure, decimals)


def of(numerator, denominator, whom: str = "", what: str = "") -> str:
    """Write a part of a whole: `13.481 dari 26.140 PUS`, `13.481 peserta KB modern dari 26.140 PUS`."""
    if is_missing(numerator) or is_missing(denominator):
        return MISSING
    return " ".join(part for part in (number(numerator), what, "dari", number(denominator), whom) if part)


def share(numerator, denominator) -> float | None:
    """Give numerator/denominator x 100; None where it cannot be computed."""
    if is_missing(numerator) or is_missing(denominator) or denominator == 0:
        return None
    return numerator / denominator * 100


def join(words: Iterable[str]) -> str:
    """List words: `a`, `a dan b`, `a, b, dan c`."""
    words = [w for w in words if w]
    if len(words) < 3:
        return " dan ".join(words)
    return ", ".join(words[:-1]) + ", dan " + words[-1]


def sentence(text: str) -> str:
    """Give text a capital in front and a full stop behind."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?:" else ".")


# --- times -----------------------------------------------------------------------------------------------------------


def date(value: str | dt.date) -> str:
    """Write a day: `1 Juni 2024`."""
    return format_date(_day(value), "d MMMM y", locale=LOCALE)


def month(value: str) -> str:
    """Write a month: `Juni 2024`."""
    return format_date(_day(value), "MMMM y", locale=LOCALE)


def month_short(value: str, year: bool = False) -> str:
    """Write a month for an axis: `Jun`, or `Jun 2024`."""
    return format_date(_day(value), "MMM y" if year else "MMM", locale=LOCALE)


def date_short(value: str | dt.date) -> str:
    """Write a day for an axis or a narrow column: `1 Jun 2024`."""
    return format_date(_day(value), "d MMM y", locale=LOCALE)


def time(value: str | dt.date | None) -> str:
    """Write any time of the tables: a date, a month, `2024-Q2`, `2024-S2`; `tidak ada data` where it is empty."""
    if isinstance(value, dt.date):
        return date(value)
    if is_missing(value) or not value:
        return MISSING
    if part := re.fullmatch(r"(\d{4})-([QS])([1-4])", value):
        year, kind, order = part.groups()
        return f"{'Triwulan' if kind == 'Q' else 'Semester'} {ROMAN[int(order) - 1]} {year}"
    return month(value) if re.fullmatch(r"\d{4}-\d{2}", value) else date(value)


def _day(value: str | dt.date) -> dt.date:
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(value if len(value) > 7 else f"{value}-01")


# --- words -----------------------------------------------------------------------------------------------------------


def status(word: str) -> str:
    """Write a status with its sign: `✓ target tercapai`. Raises KeyError for a word that is no status."""
    return f"{STATUS_SIGNS[word]} {word}"


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
        explained = (before.endswith("(") and after.startswith(")")) or after.startswith(" (")
        return word if explained else f"{word} ({ABBREVIATIONS[word]})"

    return _ABBREVIATION.sub(explain, text)


def lacks(components: str, scores: Mapping[str, int]) -> str:
    """Say in words what `shortfall` asks for.

    components: `"input_pokja:+1;proses_operasional:+2"`. scores: the twelve scores of that Kampung KB.
    Gives `Pokja belum dilatih atau anggotanya belum dicatat; mekanisme operasional belum ada`; empty for none.
    """
    names = [part.split(":")[0] for part in components.split(";") if part]
    return _capital("; ".join(LACKS[name][int(scores[name]) - 1] for name in names))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- sentences of the district report --------------------------------------------------------------------------------


def subtitle(measure: str, area: str, period: str) -> str:
    """Write the line under a chart's title: measure, area, period."""
    return f"{_capital(measure)}, {area}, {period}"


def completeness(tables, tables_expected, villages, villages_expected) -> str:
    """Say how much arrived: `7 dari 9 tabel diterima; 331 dari 339 desa/kelurahan ada datanya.`"""
    return f"{of(tables, tables_expected, 'tabel')} diterima; {of(villages, villages_expected, VILLAGES)} ada datanya."


def formation(with_kampung, villages, target=None, due: str = "") -> str:
    """Say how many villages have a Kampung KB and how many are still to go.

    target: the count required at `due` (`akhir 2024`), None where there is none.
    """
    if is_missing(with_kampung) or is_missing(villages):
        return "Belum ada data pembentukan Kampung KB."
    text = (
        f"{of(with_kampung, villages, VILLAGES)} ({percent(share(with_kampung, villages))}) sudah memiliki Kampung KB"
    )
    if is_missing(target):
        return f"{text}; {NO_TARGET}."
    gap = target - with_kampung
    goal = f"sasaran {due}".strip()
    if gap > 0:
        return f"{text}; masih {number(gap)} lagi untuk {goal}."
    if gap == 0:
        return f"{text}; {goal} tercapai."
    return f"{text}; {number(-gap)} di atas {goal} ({ABOVE_TARGET})."


def classes(upper, target, villages) -> str:
    """Say how many are Mandiri or Berkelanjutan: as capaian of the target and as share of all villages, never mixed."""
    if is_missing(upper):
        return "Belum ada data klasifikasi Kampung KB."
    text = f"{number(upper)} Kampung KB berklasifikasi Mandiri atau Berkelanjutan"
    whole = f"{percent(share(upper, villages))} dari seluruh {VILLAGES}"
    if is_missing(target):
        return f"{text}: {whole}; {NO_TARGET}."
    reached = share(upper, target)
    note = f" ({ABOVE_TARGET})" if reached is not None and reached > 100 else ""
    return f"{text}: capaian {percent(reached)} dari sasaran {number(target)}{note}, atau {whole}."


def rate(label: str, numerator, denominator, whom: str, before=None, since: str = "") -> str:
    """Say a rate with its parts and its change.

    `Unmet need 10,40 persen dari PUS (2.719 dari 26.140), turun 0,34 poin persen sejak Mei 2024.`
    before: the value (percent) at `since`; None where there is nothing to compare with.
    """
    value = share(numerator, denominator)
    if value is None:
        return f"{label}: {MISSING}."
    text = f"{label} {percent(value)} dari {whom} ({of(numerator, denominator)})"
    if is_missing(before):
        return f"{text}."
    return f"{text}, {points(value - before)} sejak {since}."


def gap_to_target(value, target, better: str = "up", noun: str = "sasaran") -> str:
    """Say the distance to a target in points, whichever direction is better.

    Where lower is better the target is a limit: `6,00 poin di atas batas`, never `150 persen`.
    """
    if is_missing(value) or is_missing(target):
        return NO_TARGET if is_missing(target) else MISSING
    noun = "batas" if better == "down" else noun
    gap = rounded(value - target, 2)
    if gap == 0:
        return f"tepat pada {noun}"
    return f"{number(abs(gap), 2)} poin di {'atas' if gap > 0 else 'bawah'} {noun}"


def achievement(value) -> str:
    """Write the achievement of a target, uncapped, with the note where it is above 100."""
    text = percent(value)
    return f"{text} ({ABOVE_TARGET})" if not is_missing(value) and value > 100 else text


def moves(since: str, counts: Mapping[str, int]) -> str:
    """Say who moved: `Sejak 31 Maret 2024: 14 naik, 2 turun, 9 baru terlapor.`

    counts: Kampung KB by `gerak` (naik, turun, tetap, baru terlapor, baru, hilang).
    """
    if not counts:
        return "Baru ada satu potret klasifikasi; pergerakan kelas belum dapat dihitung."
    words = {
        "naik": "naik",
        "turun": "turun",
        "baru terlapor": "baru terlapor",
        "baru": "baru dibentuk",
        "hilang": "tidak ada lagi",
    }
    said = [f"{number(counts[key])} {word}" for key, word in words.items() if counts.get(key)]
    stayed = f"{number(counts['tetap'])} tetap" if counts.get("tetap") else ""
    if not said:
        return f"Sejak {since}: tidak ada yang berganti kelas ({stayed})." if stayed else f"Sejak {since}: {MISSING}."
    return f"Sejak {since}: {', '.join([*said, stayed] if stayed else said)}."


def nearest(n: int, upper_after, target) -> str:
    """Say how far the target comes: `Bila 20 terdekat naik, capaian menjadi 57,84 persen (118 dari sasaran 204).`"""
    if not n:
        return "Tidak ada Kampung KB yang dapat naik kelas."
    if is_missing(target):
        return f"Bila {number(n)} terdekat naik, Mandiri dan Berkelanjutan menjadi {number(upper_after)} Kampung KB."
    return (
        f"Bila {number(n)} terdekat naik, capaian menjadi {achievement(share(upper_after, target))}, "
        f"{number(upper_after)} dari sasaran {number(target)}."
    )


def no_data(what: str, period: str, advice: str = "") -> str:
    """Say that a section has nothing to show and what to do: `Belum ada ... untuk Juni 2024. Unduh ...`"""
    return " ".join(part for part in (f"Belum ada {what} untuk {period}.", sentence(advice) if advice else "") if part)


def no_partners(period: str = "periode ini") -> str:
    """Say that no office has filled in the partners' workbook."""
    return no_data("isian mitra", period, "Unduh borang: kkb template partners")


def partial(reporting, expected, units: str = VILLAGES) -> str:
    """Label a figure that stands on a part: `dari 7 dari 9 kecamatan`; empty where all are there."""
    if is_missing(reporting) or is_missing(expected) or reporting >= expected:
        return ""
    return f"dari {of(reporting, expected, units)}"


def year_to_date(value, annual, months: int) -> str:
    """Compare a cumulative figure with the share of the year's target due by then (a twelfth a month)."""
    if is_missing(value) or is_missing(annual):
        return f"{MISSING}."
    due = annual * months / 12
    return (
        f"{number(value)}, {number(abs(value - due))} {'di atas' if value >= due else 'di bawah'} {number(due)} "
        f"yang jatuh tempo pada bulan ke-{months} (sasaran setahun {number(annual)}, dibagi rata per bulan)."
    )


def funds(source: str, realised, allocated) -> str:
    """Say how much of the money was used."""
    used = share(realised, allocated)
    if used is None:
        return f"Serapan dana {source}: {MISSING}."
    return f"Serapan dana {source} {percent(used)}: {rupiah(realised)} dari alokasi {rupiah(allocated)}."


def peers(place: str, n: int, units: str = "kabupaten/kota") -> str:
    """Say where a district stands among `n` (place: `setara`, `di atas`, `di bawah`); never an ordinal."""
    if place == "setara":
        return f"setara dengan {n - 1} {units} lain: perbedaannya tidak dapat dibedakan dari kebetulan"
    return f"{place} kisaran {n} {units}"


def rounding_note(parts: Sequence, total=100, decimals: int = 2) -> str:
    """Give a note where parts as shown do not add up to the total as shown; else empty."""
    shown = [rounded(p, decimals) for p in parts]
    if None in shown or sum(shown) == rounded(total, decimals):
        return ""
    return (
        f"Karena pembulatan, jumlah bagian yang tampak {number(sum(shown), decimals)}, bukan {number(total, decimals)}."
    )


# --- titles of charts: the finding, at most twelve words -------------------------------------------------------------


def title_path(with_kampung, target) -> str:
    """Title of the formation path."""
    if is_missing(with_kampung) or is_missing(target):
        return "Jalur pembentukan belum dapat dibandingkan dengan sasaran"
    gap = target - with_kampung
    if gap > 0:
        return f"{number(gap)} {VILLAGES} lagi menuju sasaran {number(target)}"
    if gap == 0:
        return f"Sasaran {number(target)} {VILLAGES} sudah tercapai"
    return f"{number(-gap)} {VILLAGES} di atas sasaran {number(target)}"


# Shares that a reader names without a number; a share is named only within one point of it.
_FRACTIONS = {25: "Seperempat", 100 / 3: "Sepertiga", 50: "Separuh", 200 / 3: "Dua pertiga", 75: "Tiga perempat"}


def title_classes(upper, total) -> str:
    """Title of the class bars: the share Mandiri or Berkelanjutan, as a fraction where it is one."""
    part = share(upper, total)
    if part is None:
        return "Klasifikasi Kampung KB belum ada datanya"
    if upper == 0:
        return "Belum ada Kampung KB yang Mandiri atau Berkelanjutan"
    if upper == total:
        return "Semua Kampung KB sudah Mandiri atau Berkelanjutan"
    name = next((word for value, word in _FRACTIONS.items() if abs(part - value) < 1), None)
    if name:
        return f"{name} Kampung KB sudah Mandiri atau Berkelanjutan"
    return f"{number(upper)} dari {number(total)} Kampung KB sudah Mandiri atau Berkelanjutan"


def months_between(first: str, last: str) -> int:
    """Count the months from one month to another."""
    a, b = _day(first), _day(last)
    return (b.year - a.year) * 12 + b.month - a.month


def _months(n: int) -> str:
    words = ("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
    return "setahun" if n == 12 else f"{words[n] if n < 12 else number(n)} bulan"


def title_trend(label: str, first, last, first_month: str, last_month: str) -> str:
    """Title of a line by month: `Unmet need turun 0,34 poin persen dalam lima bulan`. first, last: percent."""
    if is_missing(last):
        return f"{label}: belum ada data untuk {month(last_month)}"
    n = months_between(first_month, last_month)
    if is_missing(first) or n == 0:
        return f"{label} mencapai {percent(last)} pada {month(last_month)}"
    return f"{label} {points(last - first)} dalam {_months(n)}"


def title_ranking(measure: str, highest: str, lowest: str) -> str:
    """Title of a ranking: who is first and who is last."""
    return f"{measure}: {highest} tertinggi, {lowest} terendah"


def title_peers(label: str, value, reference, where: str = "provinsi") -> str:
    """Title of a dot strip or funnel: this district against the rate of the whole."""
    if is_missing(value) or is_missing(reference):
        return f"{label} belum dapat dibandingkan dengan {where}"
    gap = rounded(value - reference, 2)
    if gap == 0:
        return f"{label} sama dengan angka {where}"
    return f"{label} {number(abs(gap), 2)} {POINTS} di {'atas' if gap > 0 else 'bawah'} {where}"


def title_methods(long_acting, modern) -> str:
    """Title of the method mix: the share of long-acting methods."""
    part = share(long_acting, modern)
    if part is None:
        return "Pemakaian metode KB belum ada datanya"
    return f"MKJP dipakai {percent(part)} peserta KB modern"


def title_reporting(reported, existing, month_text: str) -> str:
    """Title of the reporting panels."""
    part = share(reported, existing)
    if part is None:
        return f"Laporan poktan belum ada untuk {month_text}"
    return f"{number(reported)} dari {number(existing)} poktan melapor pada {month_text}"


def title_moves(up, down) -> str:
    """Title of the class moves."""
    if is_missing(up) or is_missing(down):
        return "Pergerakan kelas belum dapat dihitung"
    return f"{number(up)} Kampung KB naik kelas, {number(down)} turun"


def title_funds(source: str, realised, allocated) -> str:
    """Title of the bars of allocation and realisation."""
    used = share(realised, allocated)
    return f"Dana {source} belum ada datanya" if used is None else f"Dana {source} terserap {percent(used)}"


# --- alternative texts -----------------------------------------------------------------------------------------------


def alt(kind: str, measure: str, area: str, period: str, *findings: str) -> str:
    """Write an alternative text: what is drawn, of what, where, when, and the main numbers.

    Findings are taken in order as long as the text stays within 300 characters; the first always is.
    Raises ValueError without a finding: a picture that says nothing needs no text.
    """
    findings = [f.strip().rstrip(".") for f in findings if f and f.strip()]
    if not findings:
        raise ValueError(f"alt text of {kind} {measure}: a finding with the main number is needed")
    text = f"{_capital(kind)} {measure}, {area}, {period}: {findings[0]}."
    for finding in findings[1:]:
        longer = f"{text} {_capital(finding)}."
        text = longer if len(longer) <= ALT_LENGTH[1] else text
    return text if len(text) <= ALT_LENGTH[1] else text[: ALT_LENGTH[1] - 1].rsplit(" ", 1)[0].rstrip(",;") + "…"


def alt_path(area: str, period: str, with_kampung, villages, target) -> str:
    """Alternative text of the formation path."""
    return alt(
        "garis",
        f"{VILLAGES} ber-Kampung KB",
        area,
        period,
        f"{of(with_kampung, villages)}",
        title_path(with_kampung, target),
    )


def alt_classes(area: str, period: str, counts: Mapping[str, int]) -> str:
    """Alternative text of the class bars; counts: class -> Kampung KB at the newest snapshot."""
    said = join(f"{number(n)} {name}" for name, n in counts.items())
    return alt("batang bertumpuk", "klasifikasi Kampung KB", area, period, said)


def alt_trend(measure: str, area: str, months: Sequence[str], values: Sequence) -> str:
    """Alternative text of a line by month: its first and last value and the months without data."""
    there = [(m, v) for m, v in zip(months, values, strict=True) if not is_missing(v)]
    period = f"{month(months[0])} sampai {month(months[-1])}" if len(months) > 1 else month(months[0])
    if not there:
        return alt("garis", measure, area, period, MISSING)
    (first, start), (last, end) = there[0], there[-1]
    said = f"{percent(end)} pada {month(last)}"
    if first != last:
        said = f"{percent(start)} pada {month(first)}, {said}, {points(end - start)}"
    gaps = [month(m) for m, v in zip(months, values, strict=True) if is_missing(v)]
    return alt("garis", measure, area, period, said, f"tidak ada data {join(gaps)}" if gaps else "")


def alt_ranking(measure: str, area: str, period: str, names: Sequence[str], values: Sequence, decimals: int = 2) -> str:
    """Alternative text of a ranking or dot strip: highest, lowest, how many, how many without data."""
    there = sorted(
        ((v, n) for n, v in zip(names, values, strict=True) if not is_missing(v)), key=lambda p: (-p[0], p[1])
    )
    if not there:
        return alt("batang", measure, area, period, MISSING)
    (high, top), (low, bottom) = there[0], there[-1]
    gaps = len(names) - len(there)
    return alt(
        "batang urut",
        measure,
        area,
        period,
        f"{number(high, decimals)} di {top} tertinggi, {number(low, decimals)} di {bottom} terendah",
        f"{number(gaps)} wilayah {MISSING}" if gaps else "",
    )


def alt_peers(measure: str, area: str, period: str, value, reference, n: int, where: str = "provinsi") -> str:
    """Alternative text of a dot strip or funnel."""
    return alt(
        "titik",
        measure,
        area,
        period,
        f"{percent(value)}, {where} {percent(reference)}, di antara {number(n)} kabupaten/kota",
    )


def alt_parts(kind: str, measure: str, area: str, period: str, parts: Mapping[str, object], decimals: int = 0) -> str:
    """Alternative text of a few named parts: methods, groups, funds, class moves."""
    said = [f"{name} {number(v, decimals)}" for name, v in parts.items()]
    for size in range(len(said), 0, -1):
        rest = len(said) - size
        text = join([*said[:size], f"{rest} lainnya" if rest else ""])
        if len(full := alt(kind, measure, area, period, text)) < ALT_LENGTH[1] and "…" not in full:
            return full
    return alt(kind, measure, area, period, MISSING)


# --- reading a sentence back -----------------------------------------------------------------------------------------

_MONTH_NAMES = "|".join(LOCALE.months["format"]["wide"].values())
_NO_NUMBERS = re.compile(
    rf"\b(?:\d{{1,2}} )?(?:{_MONTH_NAMES}) \d{{4}}\b"
    r"|\b(?:Triwulan|Semester) [IV]+ \d{4}\b"
    r"|\b(?:akhir|tahun|sejak) 20\d{2}\b"
    r"|\b\d+/20\d{2}\b"  # Inpres 3/2022
    r"|\b\d{2}\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?\b"  # area codes
    r"|\b1000 HPK\b"
)
_NUMBER = re.compile(r"-?(?<![\w.,])(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?![\w])|(?<=Rp)\d{1,3}(?:\.\d{3})*")


def numbers_in(text: str) -> list[Decimal]:
    """Give the numbers of an Indonesian sentence in order; dates, periods, area codes and decree numbers are none."""
    found = _NUMBER.findall(_NO_NUMBERS.sub(" ", text))
    return [Decimal(n.replace(".", "").replace(",", ".")) for n in found]
