"""What contradicts: findings by rule, and those of most effect with their place."""

import re

import pandas as pd

from ... import checks, wording, workbook
from ..context import Context
from ..elements import Block, Cell, Column, Markup, heading, join, paragraph, table
from ..sections import section
from .arrival import findings_sentence
from .folder import place_of, ranked

MOST_FINDINGS = 20


@section("mutu_temuan")
def findings(ctx: Context) -> Block:
    """Findings by rule, and the twenty of most effect with their place; all of them in a file."""
    found = ranked(ctx)
    if found.empty:
        return Block(paragraph("Pemeriksaan tidak menemukan kesalahan."))
    top = distinct(found).head(MOST_FINDINGS)
    return Block(
        join(
            [
                paragraph(
                    f"{findings_sentence(found)} Nilai yang bertentangan tetap ikut dalam jumlah; nilai yang tidak "
                    "terbaca tidak. Setiap temuan tercantum dalam findings.csv."
                ),
                by_rule(found),
                heading(f"{wording.number(len(top))} temuan yang paling berpengaruh"),
                paragraph("Diurutkan menurut tingkat dan besar selisih; kolom Kali menghitung temuan serupa.", "note"),
                *(examples(code, rows) for code, rows in top.groupby("code", sort=False)),
            ]
        ),
        {"findings.xlsx": findings_workbook(ctx, found)},
    )


def distinct(found: pd.DataFrame) -> pd.DataFrame:
    """Keep of findings of one rule, column and area the one of most effect; `times` counts them all."""
    keys = [
        "code",
        "severity",
        "column",
        "area_code",
        found["file"].where(found["area_code"] == "", "").rename("_file"),
    ]
    times = found.groupby(keys)["found"].transform("size")
    return found.assign(times=times)[~found.assign(_file=keys[-1]).duplicated([*keys[:-1], "_file"])]


def rule_of(code: str) -> checks.Check | None:
    """Give the rule that a finding's code names."""
    return checks.CHECKS.get(code)


def sentence_of(code: str) -> str:
    """Say what a rule checks, letters in the places of values; the code where the rule is no longer known."""
    rule = rule_of(code)
    return wording.sentence(re.sub(r"[{}]", "", rule.sentence)) if rule else code


def by_rule(found: pd.DataFrame) -> Markup:
    """Count the findings of each rule, the gravest first."""
    columns = [
        Column("Aturan"),
        Column("Yang diperiksa"),
        Column("Tingkat"),
        Column("Temuan", True),
        Column("Berkas", True),
    ]
    groups = found.groupby(["code", "severity"], sort=False)
    listed = [
        [code, sentence_of(code), severity, wording.number(len(rows)), wording.number(rows["file"].nunique())]
        for (code, severity), rows in groups
    ]
    return table("Temuan menurut aturan", columns, listed)


def examples(code: str, rows: pd.DataFrame) -> Markup:
    """Give the findings of one rule that are among those of most effect."""
    columns = [
        Column("Wilayah", width="20%"),
        Column("Ditemukan", width="38%"),
        Column("Seharusnya"),
        Column("Berkas, baris", width="24%"),
        Column("Kali", True),
    ]
    listed = [
        [
            place_of(r.area_code) or Cell("seluruh berkas", css="absent"),
            r.found[:200] + ("…" if len(r.found) > 200 else ""),
            r.expected,
            f"{r.file}, baris {r.row}" if r.row else r.file,
            wording.number(r.times),
        ]
        for r in rows.itertuples()
    ]
    return table(f"{code} {rows['severity'].iloc[0]}: {sentence_of(code)}", columns, listed)


def findings_workbook(ctx: Context, found: pd.DataFrame) -> bytes:
    """Write the findings as a workbook, the gravest first."""
    left = f"{ctx.place.name} - {ctx.period.label}"
    mark = "DATA CONTOH (SINTETIS)" if ctx.tables.synthetic else ""
    return workbook.findings_book(found.assign(area=found["area_code"].map(place_of)), left, mark)
