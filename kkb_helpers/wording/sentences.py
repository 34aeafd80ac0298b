"""The sentences of the pages, each a function of values."""

from collections.abc import Iterable, Mapping, Sequence

from .numbers import MISSING, is_missing, number, of, percent, points, rounded, rupiah, share
from .times import month

NO_TARGET = "tanpa target"
ABOVE_TARGET = "sasaran terlampaui atau sasaran terlalu rendah"
VILLAGES = "desa/kelurahan"
SYNTHETIC = "DATA CONTOH (SINTETIS): angka dibangkitkan untuk memperagakan laporan, bukan data resmi."


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


def capitalised(text: str) -> str:
    """Give text a capital in front and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def subtitle(measure: str, area: str, period: str) -> str:
    """Write the line under a chart's title: measure, area, period."""
    return f"{capitalised(measure)}, {area}, {period}"


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

    `Unmet need 10,40 persen: 2.719 dari 26.140 PUS, turun 0,34 poin persen sejak Mei 2024.`
    before: the value (percent) at `since`; None where there is nothing to compare with.
    """
    value = share(numerator, denominator)
    if value is None:
        return f"{label}: {MISSING}."
    return f"{label} {percent(value)}: {of(numerator, denominator, whom)}{_since(value, before, since)}."


def counted(numerator, denominator, whom: str, does: str, before=None, since: str = "") -> str:
    """Say how many of a whole do something, with the share and its change.

    `1.151 dari 1.313 poktan (87,66 persen) melapor, naik 0,99 poin persen sejak Mei 2024.`
    """
    value = share(numerator, denominator)
    if value is None:
        return f"{capitalised(whom)} yang {does}: {MISSING}."
    return f"{of(numerator, denominator, whom)} ({percent(value)}) {does}{_since(value, before, since)}."


def _since(value, before, since: str) -> str:
    return "" if is_missing(before) else f", {points(value - before)} sejak {since}"


def in_words(n: int) -> str:
    """Write a small count as a word: `tiga`; from thirteen on as a number."""
    words = ("tidak ada", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")
    return (*words, "sebelas", "dua belas")[n] if 0 <= n <= 12 else number(n)


def stand(counted_on: str, value, expected, noun: str = "Kampung KB") -> str:
    """Say where a count stands to its path: `Per 1 Juni 2024 ada 320 Kampung KB, 30 di atas jalur (290).`

    expected: the path's value on that day, None where no path holds yet.
    """
    text = f"Per {counted_on} ada {number(value)} {noun}"
    if is_missing(expected):
        return f"{text}."
    gap = value - expected
    if gap == 0:
        return f"{text}, tepat pada jalur."
    return f"{text}, {number(abs(gap))} di {'atas' if gap > 0 else 'bawah'} jalur ({number(expected)})."


def speed(observed, needed, target, due: str, projected: str | None, noun: str = "Kampung KB") -> str:
    """Say how fast a count grows, how fast it must, and when it arrives at this pace.

    observed, needed: a quarter; None where there are too few points, or the deadline has passed. projected: a day in
    words, None where the target is never reached at this pace. Empty where there is no target.
    """
    if is_missing(target):
        return ""
    need = (
        f"tenggat {due} sudah lewat"
        if is_missing(needed)
        else f"yang dibutuhkan {number(max(needed, 0), 1)} sampai {due}"
    )
    if is_missing(observed):
        return f"Lajunya belum dapat dihitung, karena belum ada tiga potret; {need}."
    pace = f"Lajunya {number(observed, 1)} {noun} per triwulan; {need}."
    if projected is None:
        return f"{pace} Pada laju ini sasaran {number(target)} tidak tercapai."
    return f"{pace} Pada laju ini sasaran {number(target)} tercapai sekitar {projected}."


def changed(moved: Sequence[tuple[str, str, bool | None]], unknown: int) -> str:
    """Say what changed, by the time since when, and what of it did not go the wanted way.

    moved: (since, `mCPR naik 0,08 poin persen`, whether that is the wanted way; None where nothing changed), in order.
    unknown: how many figures have nothing to be compared with.
    """
    if not moved:
        return "Belum ada angka utama yang dapat dibandingkan dengan waktu sebelumnya."
    times = dict.fromkeys(since for since, *_ in moved)
    said = [f"Sejak {time}: {'; '.join(text for since, text, _ in moved if since == time)}." for time in times]
    back = [text.split(" naik ")[0].split(" turun ")[0] for _, text, wanted in moved if wanted is False]
    said.append(f"Berlawanan arah: {join(back)}." if back else "Tidak ada yang berlawanan arah dengan tujuannya.")
    return " ".join(said) + (f" Tanpa pembanding: {in_words(unknown)} angka." if unknown else "")


def provisional(month: str, drawn: str, final: str) -> str:
    """Say that a month may still change: its reports are matched until the 10th of the next month."""
    return f"Angka {month} masih sementara: SIGA ditarik {drawn}, pencocokan laporan berlangsung sampai {final}."


def hollow_points(last: str, provisional: bool, few: Mapping[str, str]) -> str:
    """Say what hollow points of a line mean: the last month may change, others stand on too few units; else empty.

    few: month -> how many units it has, as `212 dari 339 desa/kelurahan`.
    """
    said = [f"{month(m)} baru {units}" for m, units in few.items()]
    if not said:
        return "Titik kosong: masih sementara." if provisional else ""
    if provisional:
        said.insert(0, f"{month(last)} masih sementara")
    return f"Titik kosong: {'; '.join(said)}."


def broken_line(breaks: Mapping[str, str]) -> str:
    """Say why a line is broken: month -> what changed with it; nothing is compared across."""
    said = "; ".join(f"{word} pada {month(m)}" for m, word in sorted(breaks.items()))
    return f"Garis terputus: {said}; sebelum dan sesudahnya tidak dibandingkan."


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
    """Say who moved: `Sejak 31 Maret 2024: 14 Kampung KB naik kelas, 2 turun kelas, 9 baru terlapor.`

    counts: Kampung KB by `gerak` (naik, turun, tetap, baru terlapor, baru, hilang).
    """
    if not counts:
        return "Baru ada satu potret klasifikasi; pergerakan kelas belum dapat dihitung."
    words = {
        "naik": "naik kelas",
        "turun": "turun kelas",
        "baru terlapor": "baru terlapor",
        "baru": "baru tercatat",
        "hilang": "tidak tercatat lagi",
    }
    said = [f"{number(counts[key])} {word}" for key, word in words.items() if counts.get(key)]
    said = [said[0].replace(" ", " Kampung KB ", 1), *said[1:]] if said else []
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


def position(place: int, n: int, alike: Sequence[str], before: str = "", after: str = "") -> str:
    """Say where an area stands among `n`, the best first; no ordinal for one that cannot be told from others.

    alike: those it cannot be told from. before, after: its neighbours in the order.
    """
    if alike:
        return f"setara dengan {join(alike) if len(alike) < 3 else f'{in_words(len(alike))} lainnya'}"
    if not before:
        return f"teratas dari {n}"
    if not after:
        return f"terbawah dari {n}"
    return f"urutan {place} dari {n}, sesudah {before} dan sebelum {after}"


def rounding_note(parts: Sequence, total=100, decimals: int = 2) -> str:
    """Give a note where parts as shown do not add up to the total as shown; else empty."""
    shown = [rounded(p, decimals) for p in parts]
    if None in shown or sum(shown) == rounded(total, decimals):
        return ""
    return (
        f"Karena pembulatan, jumlah bagian yang tampak {number(sum(shown), decimals)}, bukan {number(total, decimals)}."
    )
