"""Which checks ran, on how much, and what is to be done by whom."""

import pandas as pd

from ... import areas, checks, wording
from ...indicators import TITLES
from ..context import Context
from ..elements import Block, Cell, Column, Markup, details, join, paragraph, table
from ..sections import section
from .contradictions import rule_of, sentence_of
from .folder import everything, ranked
from .gaps import DOWNLOADS


@section("mutu_pemeriksaan")
def ran(ctx: Context) -> Block:
    """Every check, what it looks at and how much of it there was; a check that saw nothing did not run."""
    columns = [
        Column("Aturan"),
        Column("Yang diperiksa", width="44%"),
        Column("Tingkat"),
        Column("Melihat"),
        Column("Temuan", True),
    ]
    tables = everything(ctx)
    found, seen = tables.findings["code"].value_counts(), tables.seen.groupby("rule")["seen"].sum()
    listed = []
    for key, rule in sorted(checks.CHECKS.items()):
        n = seen.get(key, 0)
        saw = f"{wording.number(n)} {rule.unit}" if n else Cell("tidak dijalankan", css="absent")
        hits = wording.number(found.get(rule.code, 0)) if n else ""
        listed.append([rule.code, sentence_of(key), rule.severity, saw, hits])
    silent = sum(isinstance(row[3], Cell) for row in listed)
    return Block(
        join(
            [
                paragraph(
                    f"{wording.of(len(listed) - silent, len(listed), 'pemeriksaan')} dijalankan atas berkas dalam "
                    "register dan tabel yang dibuat darinya; yang tidak melihat apa pun tidak dijalankan, bukan lulus. "
                    "Berkas yang ditolak tidak masuk register: temuannya tampil saat impor."
                ),
                details(
                    f"Daftar {wording.number(len(listed))} pemeriksaan",
                    table("Pemeriksaan dan berapa yang dilihatnya", columns, listed),
                ),
            ]
        )
    )


@section("mutu_tindakan")
def to_do(ctx: Context) -> Block:
    """What is to be done, by whom, and how much of it there is."""
    found = ranked(ctx)
    found = found[found["severity"] != "CATATAN"]
    owners = found["code"].map(lambda code: rule.owner if (rule := rule_of(code)) else "pengirim berkas")
    columns = [Column("Siapa"), Column("Apa", width="44%"), Column("Di mana"), Column("Banyaknya", True)]
    listed = [
        [wording.sentence(owner).rstrip("."), action, places(rows), f"{wording.number(len(rows))} temuan"]
        for (owner, action), rows in sorted(
            found.groupby([owners.rename("owner"), "action"]), key=lambda item: -len(item[1])
        )
    ]
    got = ctx.received.groupby("table")["received"].sum()
    gone = [name for name in TITLES if not got.get(name, 0)]
    listed += [
        ["Admin kabupaten/kota", f"{DOWNLOADS.get(name, 'Unduh dari SIGA')}, lalu kkb import.", TITLES[name], "1 tabel"]
        for name in gone
    ]
    if not listed:
        return Block(paragraph("Tidak ada yang perlu dikerjakan: data lengkap dan tidak bertentangan."))
    return Block(
        paragraph(
            "Angka selalu dibetulkan di sumbernya (portal atau SIGA), lalu diunduh ulang; berkas ekspor tidak diubah."
        )
        + table("Yang perlu dikerjakan, oleh siapa", columns, listed)
    )


def places(rows: pd.DataFrame, most: int = 3) -> str:
    """Name the kabupaten/kota that most findings are of, else the files."""
    codes = rows["area_code"].str[:5]
    counts = codes[codes != ""].value_counts()
    if counts.empty:
        return wording.join(sorted(rows["file"].unique())[:most])
    said = [f"{areas.name_of(code)} ({wording.number(n)})" for code, n in counts.head(most).items()]
    more = len(counts) - len(said)
    return wording.join([*said, f"{wording.number(more)} lainnya" if more else ""])


@section("mutu_penutup")
def closing(ctx: Context) -> Block:
    """End the notebook: what it was about, for the press to compare."""
    found = everything(ctx).findings
    summary = {"warnings": int((found["severity"] != "CATATAN").sum())}
    title = f"Mutu data Kampung KB: {ctx.place.name}, {ctx.period.label}"
    return Block(Markup(""), {}, ctx.sentinel(title, summary))
