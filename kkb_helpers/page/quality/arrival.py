"""What arrived: the cover, and every file with what became of its rows."""

from functools import lru_cache

import pandas as pd

from ... import sources, wording
from ...indicators import TITLES
from ..context import Context
from ..elements import Block, Cell, Column, join, missing, paragraph, table, tag
from ..figures import when
from ..sections import section
from .folder import SEVERITIES, everything


@section("mutu_sampul", cover=True)
def cover(ctx: Context) -> Block:
    """How much arrived, how much of it is complete, how much contradicts."""
    return Block(
        join(
            [
                paragraph("Laporan Kampung Keluarga Berkualitas", "kicker"),
                tag("h1", "Mutu data"),
                paragraph(f"{ctx.place.name} · {ctx.period.label}", "dateline"),
                tag("ol", join(tag("li", s) for s in leads(ctx) if s), class_="leads"),
            ]
        )
    )


def leads(ctx: Context) -> list[str]:
    """Give the sentences of the cover."""
    files = arrived(ctx)
    lost = int(files["unmatched"].sum())
    rows = f"{wording.number(len(files))} berkas diterima, {wording.number(files['rows'].sum())} baris"
    matched = f"{wording.number(lost)} baris tidak dapat dicocokkan dengan desa/kelurahan rujukan"
    return [
        f"{rows}; {matched if lost else 'semua baris cocok dengan daftar wilayah rujukan'}.",
        completeness_sentence(ctx),
        findings_sentence(everything(ctx).findings),
    ]


def completeness_sentence(ctx: Context) -> str:
    """Say how many tables arrived for the period, and which is the least complete."""
    rows = ctx.received[ctx.received["level"] == "provinsi"].groupby("table")[["received", "expected"]].sum()
    there = rows[rows["received"] > 0]
    if there.empty:
        return f"Belum ada tabel untuk {ctx.period.label}."
    said = f"{wording.of(len(there), len(rows), 'tabel')} diterima untuk {ctx.period.label}"
    share = there["received"] / there["expected"]
    if share.min() >= 1:
        return f"{said}, semuanya lengkap."
    name = share.idxmin()
    return f"{said}; yang paling tidak lengkap {TITLES[name]} ({wording.of(*there.loc[name])})."


def findings_sentence(found: pd.DataFrame) -> str:
    """Say how many findings there are of each severity."""
    counts = found["severity"].value_counts()
    said = wording.join(f"{wording.number(counts[s])} {s.lower()}" for s in SEVERITIES if s in counts)
    return f"Pemeriksaan menemukan {said}." if said else "Pemeriksaan tidak menemukan kesalahan."


@lru_cache(maxsize=2)
def arrived(ctx: Context) -> pd.DataFrame:
    """Give one row a file of the register: name, kind, time, rows, matched, unmatched, findings."""
    tables = everything(ctx)
    files = tables.register.copy()
    names = [n for n in tables.names if "source_file" in tables.read(n)]
    parts = [tables.read(n)["source_file"].value_counts() for n in names]
    matched = pd.concat(parts).groupby(level=0).sum() if parts else pd.Series(dtype=int)
    lost = unmatched(ctx)["source_file"].value_counts()
    found = tables.findings["file"].value_counts()
    files["rows"] = pd.to_numeric(files["rows"]).fillna(0).astype(int)
    for column, counts in (("matched", matched), ("unmatched", lost), ("findings", found)):
        files[column] = files["name"].map(counts).fillna(0).astype(int)
    return files


def unmatched(ctx: Context) -> pd.DataFrame:
    """Give the rows whose village was not found: source_file, source_row, the place as written, reason."""
    rows = everything(ctx).read("unmatched")
    return (
        rows
        if len(rows)
        else pd.DataFrame(columns=["source_file", "source_row", "kabupaten", "kecamatan", "kelurahan", "reason"])
    )


@section("mutu_berkas")
def files(ctx: Context) -> Block:
    """Every file: what it was taken for, of when, its rows, matched, and what was found in it."""
    rows = arrived(ctx)
    if rows.empty:
        return Block(missing("Belum ada berkas dalam register. Impor ekspor dengan kkb import."))
    columns = [
        Column("Berkas", width="32%"),
        Column("Jenis"),
        Column("Waktu"),
        Column("Baris", True),
        Column("Masuk tabel", True),
        Column("Tidak cocok", True),
        Column("Temuan", True),
    ]
    listed = [
        [
            r.name_,
            sources.KINDS[r.kind].title if r.kind in sources.KINDS else r.kind,
            when(r.as_of) if r.as_of else r.year or Cell("di dalam berkas", css="absent"),
            *(wording.number(n) for n in (r.rows, r.matched, r.unmatched, r.findings)),
        ]
        for r in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    caption = f"{wording.number(len(rows))} berkas dalam register, dan apa yang menjadi isinya"
    return Block(
        table(caption, columns, listed)
        + paragraph(
            "Baris yang tidak masuk tabel dan bukan tidak cocok adalah baris kembar atau baris dengan kunci yang sama; "
            "masing-masing tercatat sebagai temuan. Sidik sha256 tiap berkas ada dalam register.csv.",
            "note",
        )
    )
