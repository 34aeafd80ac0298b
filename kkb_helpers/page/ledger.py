"""The sections of the claims page: every published figure, recomputed; the article's statements first.

Which figures there are and how each is judged belongs to `claims`; here a verdict gets its sign, its group and its
place on the page.
"""

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd

from .. import claims, wording
from ..store import Tables
from .context import Context
from .elements import Block, Cell, Column, Markup, details, heading, join, paragraph, table, tag
from .sections import section

# A word and a sign each, so that nothing is lost without colour; what it means, for the reader.
VERDICTS = {
    claims.CONTRADICTS: ("✕", "Angka itu tidak mungkin benar bersama angka lain dari sumber yang sama atau sejenis."),
    claims.OTHER_WHOLE: ("÷", "Hitungannya hanya cocok terhadap penyebut yang lain dari yang dinyatakan."),
    claims.ROUNDED: ("≈", "Hitungannya cocok, tetapi dipotong atau dibulatkan tidak seperti lazimnya."),
    claims.AGREES: ("✓", "Hitungan ulang, atau data yang diimpor, memberi angka yang sama."),
    claims.OPEN: ("?", "Bagian untuk menghitungnya tidak diterbitkan, atau bacaannya lebih dari satu."),
}
COLUMNS = {  # column of the judged frame -> head, share of the width
    "id": ("No.", 4),
    "pernyataan": ("Pernyataan", 20),
    "penerbit": ("Penerbit", 12),
    "per_tanggal": ("Per tanggal", 8),
    "asal": ("Penerbit, per tanggal", 15),
    "nilai": ("Nilai", 8),
    "dinyatakan": ("Nilai dan penyebut", 12),
    "penyebut": ("Penyebut", 10),
    "hitung_ulang": ("Hitung ulang", 16),
    "putusan": ("Putusan", 11),
    "sebab": ("Sebab", 30),
}
ALL = ("id", "pernyataan", "penerbit", "per_tanggal", "nilai", "penyebut", "hitung_ulang", "putusan", "sebab")
GROUPED = ("id", "pernyataan", "asal", "dinyatakan", "hitung_ulang", "sebab")  # the verdict heads the group
ORDER = (claims.AGREES, claims.ROUNDED, claims.OTHER_WHOLE, claims.CONTRADICTS, claims.OPEN)
NOTHING_TO_COUNT_WITH = "Tidak ada pembilang, penyebut, atau angka lain untuk menghitungnya."


@lru_cache(maxsize=2)
def judged(ctx: Context) -> pd.DataFrame:
    """Judge every published figure against all tables of the data folder, whatever area the page is of."""
    rows = claims.check(everything(ctx), persons=ctx.p.profile == "internal")
    # What is true of every figure is said once, on the cover.
    return rows.assign(
        sebab=rows["sebab"].str.replace(claims.ARITHMETIC_ONLY, "").str.strip(),
        asal=rows["penerbit"].str.partition(", mengutip")[0] + ", " + rows["per_tanggal"],
        dinyatakan=rows["nilai"] + ("; penyebut: " + rows["penyebut"]).mask(rows["penyebut"] == "-", ""),
    )


def everything(ctx: Context) -> Tables:
    """Give the tables of the whole data folder: figures were published of many areas."""
    return Tables.open(ctx.p.tables)


def of_article(rows: pd.DataFrame) -> pd.Series:
    """Say of each figure whether it is one of the article's statements."""
    return rows["id"].str.startswith("A")


def signed(verdict: str) -> str:
    """Write a verdict with its sign: `✓ cocok`."""
    return f"{VERDICTS[verdict][0]} {verdict}"


def counted(rows: pd.DataFrame) -> str:
    """Say how many figures got which verdict: `27 cocok, 4 pembulatan, dan 12 bertentangan`."""
    counts = rows["putusan"].value_counts()
    return wording.join(f"{wording.number(counts[v])} {v}" for v in ORDER if v in counts)


@section("klaim_sampul", cover=True)
def cover(ctx: Context) -> Block:
    """What was checked, against what, and how it came out."""
    rows = judged(ctx)
    article = rows[of_article(rows)]
    said = [
        f"Dari {wording.number(len(rows))} angka terbitan: {counted(rows)}.",
        f"Dari {wording.number(len(article))} pernyataan artikel: {counted(article)}.",
        claims.note(everything(ctx)),
    ]
    publishers = wording.number(rows["penerbit"].nunique())
    return Block(
        join(
            [
                paragraph("Laporan Kampung Keluarga Berkualitas", "kicker"),
                tag("h1", "Angka terbitan, dihitung ulang"),
                paragraph(f"{ctx.place.name} · {ctx.period.label} · angka dari {publishers} penerbit", "dateline"),
                tag("ol", join(tag("li", s) for s in said), class_="leads"),
            ]
        )
    )


@section("klaim_artikel")
def article(ctx: Context) -> Block:
    """The article's statements, in the article's order."""
    rows = judged(ctx)
    rows = rows[of_article(rows)]
    publishers = rows["penerbit"].unique()
    named = f"Penerbit: {publishers[0]}." if len(publishers) == 1 else ""
    kept = [name for name in ALL if name != "penerbit" or not named]
    return Block(
        join(
            [
                paragraph(
                    f"{named} Pernyataan ditulis ulang dengan kata sendiri; angkanya seperti terbitan. Capaian dibagi "
                    "sasaran, cakupan dibagi seluruh desa/kelurahan: keduanya tidak sebanding.".strip()
                ),
                listing("Pernyataan artikel, dalam urutan artikel", rows, kept),
            ]
        )
    )


@section("klaim_buku")
def book(ctx: Context) -> Block:
    """The other published figures, grouped by verdict: the gravest first, what stays open last."""
    rows = judged(ctx)
    rows = rows[~of_article(rows)]
    groups = [(verdict, rows[rows["putusan"] == verdict]) for verdict in VERDICTS]
    return Block(join(group(verdict, found) for verdict, found in groups if len(found)))


def group(verdict: str, rows: pd.DataFrame) -> Markup:
    """Give the figures of one verdict; a reason that most of them share is said once, above them."""
    title = heading(f"{signed(verdict)}: {wording.number(len(rows))} angka")
    alone = rows["sebab"].str.startswith(NOTHING_TO_COUNT_WITH)
    note = ""
    if alone.any():
        note = f"Sebab yang kosong: {NOTHING_TO_COUNT_WITH[0].lower()}{NOTHING_TO_COUNT_WITH[1:]}"
        rows = rows.assign(sebab=rows["sebab"].str.removeprefix(NOTHING_TO_COUNT_WITH).str.strip())
    listed = paragraph(note, "note") + listing(f"Angka terbitan: {verdict}", rows, GROUPED)
    if verdict == claims.OPEN:  # nothing is proved wrong here: on paper the number of them is enough
        what = paragraph(
            "Angka-angka ini disimpan seperti dinyatakan; daftarnya dibuka di layar, tidak dicetak.", "note"
        )
        return title + what + details(f"Daftar {wording.number(len(rows))} angka yang {verdict}", listed)
    return title + listed


def listing(caption: str, rows: pd.DataFrame, kept: Sequence[str]) -> Markup:
    """Give figures as a table of some of the columns."""
    whole = sum(COLUMNS[name][1] for name in kept)
    columns = [Column(COLUMNS[name][0], width=f"{100 * COLUMNS[name][1] / whole:.1f}%") for name in kept]
    listed = [[cell(name, getattr(row, name)) for name in kept] for row in rows.itertuples()]
    return table(caption, columns, listed, css="wide")


def cell(name: str, text: str) -> str | Cell:
    """Write one cell: a verdict with its sign, what is not stated in words."""
    if name == "putusan":
        return Cell(signed(text), css="own")
    if text == "-":
        return Cell("tidak disebut" if name == "penyebut" else "tidak ada", css="absent")
    return text


@section("klaim_cara")
def method(ctx: Context) -> Block:
    """What each verdict means, and what is compared with what."""
    entries = join(tag("dt", signed(verdict)) + tag("dd", meaning) for verdict, (_, meaning) in VERDICTS.items())
    return Block(
        paragraph(
            "Tidak ada putusan yang ditulis tangan: tiap putusan dihitung dari angka, penyebut, dan hubungan "
            "antarangka dalam buku angka terbitan (data/reference/claims.csv). Bila tabel memuat wilayah dan waktu "
            "yang sama, angka juga dibandingkan dengan tabel itu, kecuali tabelnya data contoh. Dari beberapa hasil, "
            "yang terberat menjadi putusan."
        )
        + tag("dl", entries, class_="glossary")
    )


@section("klaim_penutup")
def closing(ctx: Context) -> Block:
    """End the notebook: what it was about, and the judged figures as a file."""
    rows = judged(ctx)
    csv = rows[list(claims.HEADINGS)].rename(columns=claims.HEADINGS).to_csv(index=False, lineterminator="\n")
    summary = {"warnings": int((rows["putusan"] == claims.CONTRADICTS).sum())}
    title = f"Angka terbitan tentang Kampung KB, dihitung ulang: {ctx.place.name}, {ctx.period.label}"
    return Block(Markup(""), {"claims.csv": csv.encode("utf-8")}, ctx.sentinel(title, summary))
