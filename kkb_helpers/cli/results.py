"""What a run writes beside its reports: all indicators, all findings, and the index."""

from pathlib import Path

from .. import batch, site
from ..params import Period
from .planning import Plan

PAGE_TITLES = {
    "province_overview.ipynb": "Gambaran provinsi",
    "data_quality.ipynb": "Mutu data",
    "published_claims.ipynb": "Angka yang pernah diterbitkan",
}


def write(plan: Plan, out: Path, result: batch.Result) -> None:
    """Write `indicators.csv`, `findings.csv` and `index.html` of a period."""
    from ..store import Tables

    folder = out / plan.period
    tables = Tables.open(plan.folder / "tables")
    rows = Tables.open(plan.cache).read("rows")
    for name, frame in (("indicators.csv", rows), ("findings.csv", tables.findings)):
        batch.write_file(folder / name, frame.to_csv(index=False, lineterminator="\n").encode())
    records = list(batch.Manifest(folder).states().values())
    about = _about(plan, result, rows, records)
    batch.write_file(folder / "index.html", site.index(records, about).encode())


def _about(plan: Plan, result: batch.Result, rows, records: list[dict]) -> site.About:
    from .. import wording
    from ..store import Tables

    finished = max((r["finished_at"] or r["started_at"] for r in result.records), default="")
    synthetic = any(name.startswith("contoh-") for r in records for name in (i["name"] for i in r["inputs"]))
    received = Tables.open(plan.cache).read("received")
    return site.About(
        title="Laporan Kampung Keluarga Berkualitas",
        period=Period(plan.period).label,
        run_id=result.run_id,
        finished_at=finished,
        version=f"kkb {result.records[0]['package']}" if result.records else "",
        sources=tuple(_sources(received, wording)),
        totals=tuple(_totals(rows, {r["area_code"] for r in records}, wording)),
        synthetic=synthetic,
        page_titles=PAGE_TITLES,
    )


def _sources(received, wording) -> list[str]:
    """Say what the period's data are and of when: one sentence."""
    from ..indicators import TITLES

    if not len(received):
        return []
    times = received[received["as_of"] != ""].groupby("table")["as_of"].max()
    named = [f"{TITLES.get(name, name)}, {wording.time(time)}" for name, time in times.items()]
    return [f"Sumber: {'; '.join(named)}."] if named else []


def _totals(rows, codes: set[str], wording) -> list[str]:
    """Say what the districts of the index come to together, as sums of numerators over sums of denominators."""
    mine = rows[(rows["level"] == "kabupaten") & rows["area_code"].isin(codes)]
    sums = mine.groupby("indicator_id")[["numerator", "denominator"]].sum(min_count=1)
    sentences = []
    if "village_coverage" in sums.index and sums.loc["village_coverage"].notna().all():
        sentences.append(wording.formation(*sums.loc["village_coverage"]))
    if "mandiri_plus_share" in sums.index and sums.loc["mandiri_plus_share"].notna().all():
        top, bottom = sums.loc["mandiri_plus_share"]
        part = wording.percent(wording.share(top, bottom))
        sentences.append(
            f"{wording.number(top)} Kampung KB berklasifikasi Mandiri atau Berkelanjutan, {part} dari "
            f"{wording.number(bottom)} desa/kelurahan."
        )
    return sentences
