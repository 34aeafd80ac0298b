"""The portal against SIGA: Kampung KB as each of them counts them."""

import pandas as pd

from ... import areas, wording
from ..context import Context
from ..elements import Block, Cell, Column, Markup, join, missing, paragraph, table
from ..exhibits import bare
from ..figures import ABSENT, when
from ..sections import section
from .folder import everything


@section("mutu_portal_siga")
def portal_against_siga(ctx: Context) -> Block:
    """Kampung KB as the portal counts them and as SIGA does, by kabupaten/kota."""
    view = everything(ctx).at(ctx.period)
    portal, siga = view.snapshot("kampung"), view.snapshot("siga_kkb")
    if portal.empty or siga.empty:
        gone = [name for name, rows in (("portal", portal), ("SIGA", siga)) if rows.empty]
        return Block(missing(wording.no_data(f"hitungan Kampung KB dari {wording.join(gone)}", ctx.period.label)))
    counts = pd.DataFrame(
        {
            "portal": portal.groupby(portal["village_code"].str[:5]).size(),
            "siga": siga.groupby(siga["village_code"].str[:5])["jumlah_kampung_kb"].sum(min_count=1),
        }
    ).astype("Int64")
    having = set(portal["village_code"]), set(siga.loc[siga["jumlah_kampung_kb"].fillna(0) > 0, "village_code"])
    only = [pd.Series(sorted(a - b), dtype="str").str[:5].value_counts() for a, b in (having, having[::-1])]
    counts["only_portal"], counts["only_siga"] = (counts.index.map(found).fillna(0).astype(int) for found in only)
    counts["difference"] = counts["portal"] - counts["siga"]
    order = counts["difference"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return Block(
        join(
            [
                paragraph(against_sentence(counts)),
                against_table(counts.loc[order], *(" s.d. ".join(span(rows["as_of"])) for rows in (portal, siga))),
                paragraph(
                    "Portal menghitung Kampung KB yang dibuat di situsnya, SIGA yang dicatat petugas lapangan; "
                    "keduanya diisi pada waktu yang berbeda. Desa yang hanya ada di satu daftar diperiksa dahulu.",
                    "note",
                ),
            ]
        )
    )


def span(days: pd.Series) -> list[str]:
    """Give the first and last day, one where they are the same."""
    return [when(day) for day in dict.fromkeys((days.min(), days.max()))]


def against_sentence(counts: pd.DataFrame) -> str:
    """Say both totals and where they differ most."""
    portal, siga = counts["portal"].sum(), counts["siga"].sum()
    said = f"Portal menghitung {wording.number(portal)} Kampung KB, SIGA {wording.number(siga)}"
    gaps = counts["difference"].dropna()
    if not gaps.abs().sum():
        return f"{said}; di tiap kabupaten/kota keduanya sama."
    worst = gaps.abs().idxmax()
    return (
        f"{said}: selisih {wording.signed(portal - siga, 0)}. Selisih terbesar di {areas.name_of(worst)} "
        f"({wording.signed(gaps[worst], 0)})."
    )


def against_table(counts: pd.DataFrame, portal_day: str, siga_day: str) -> Markup:
    """Give both counts by kabupaten/kota, the largest difference first, and their sums."""
    columns = [
        Column("Kabupaten/kota"),
        Column(f"Portal, {portal_day}", True),
        Column(f"SIGA, {siga_day}", True),
        Column("Selisih", True),
        Column("Desa hanya di portal", True),
        Column("Desa hanya di SIGA", True),
    ]

    def cells(row: pd.Series) -> list[str | Cell]:
        known = [ABSENT if pd.isna(row[c]) else wording.number(row[c]) for c in ("portal", "siga")]
        gap = ABSENT if pd.isna(row["difference"]) else wording.signed(row["difference"], 0)
        return [*known, gap, *(wording.number(row[c]) for c in ("only_portal", "only_siga"))]

    listed = [[bare(areas.name_of(code)), *cells(row)] for code, row in counts.iterrows()]
    listed.append(
        [Cell(text if isinstance(text, str) else text.text, css="own") for text in ["Jumlah", *cells(counts.sum())]]
    )
    return table("Kampung KB menurut portal dan menurut SIGA", columns, listed)
