"""Titles of charts: the finding in at most twelve words, with a verb or a comparison."""

from .numbers import POINTS, is_missing, number, percent, points, rounded, share
from .times import month, months_between

TITLE_WORDS = 12


def title_path(kampung, target) -> str:
    """Title of the formation path; it counts Kampung KB, as the target does, and not villages."""
    if is_missing(kampung) or is_missing(target):
        return "Jalur pembentukan belum dapat dibandingkan dengan sasaran"
    gap = target - kampung
    if gap > 0:
        return f"Masih {number(gap)} Kampung KB lagi menuju sasaran {number(target)}"
    if gap == 0:
        return f"Sasaran {number(target)} Kampung KB sudah tercapai"
    return f"{number(-gap)} Kampung KB di atas sasaran {number(target)}"


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
