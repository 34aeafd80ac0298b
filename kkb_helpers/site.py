"""The index over the reports of one run.

It reads the manifest's records alone: what a report says of itself came up in its sentinel's `summary` (figures as
text, `to_go`, `achievement`, a sparkline, the number of warnings). Sentences and sources are handed in as text; so is,
for a job that failed, where its last good report lies and its date (`last_good`: link, date).
"""

import re
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup

from . import areas
from .render import POLICY, TEMPLATE, stylesheet

SIZE_LIMIT = 300_000  # bytes of an index of the whole country
GOOD = {"ok": "selesai", "ok_with_warnings": "selesai, {} temuan", "unchanged": "tidak berubah"}
BAD = {
    "failed": "gagal",
    "refused": "ditolak karena mutu data",
    "died": "mati di tengah jalan",
    "timed_out": "melewati batas waktu",
    "interrupted": "dihentikan",
    "running": "belum selesai",
}
_SPARK = re.compile(r'<path d="([^"<>]*)"')
_LABEL = re.compile(r'aria-label="([^"<>]*)"')


@dataclass(frozen=True)
class About:
    """What the index says of the run as a whole; every field is finished text."""

    title: str
    period: str
    run_id: str
    finished_at: str
    version: str
    sources: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    synthetic: bool = False
    page_titles: dict[str, str] = field(default_factory=dict)


def index(records: list[dict], about: About) -> str:
    """Give the index page over the last record of every job."""
    districts = [r for r in records if not r["target"].endswith(".html")]
    good = [r for r in districts if r["status"] in GOOD]
    failed = [r for r in records if r["status"] not in GOOD]
    pages = [r for r in records if r["target"].endswith(".html") and r["status"] in GOOD]
    labels = next((_labels(r) for r in good if _labels(r)), [])
    return _template().render(
        about=about,
        policy=POLICY,
        css=Markup(stylesheet()),  # noqa: S704 - our own style sheet
        totals=[_count(districts, good), *about.totals],
        failed=[_failed(r) for r in sorted(failed, key=lambda r: (r["area_code"], r["target"]))],
        pages=[_page(r, about) for r in sorted(pages, key=lambda r: r["target"])],
        labels=labels,
        reports=[_report(r, labels) for r in sorted(good, key=need)],
    )


@cache
def _template():
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template("index_of_run.html.j2")


def need(record: dict) -> tuple:
    """Give the sorting key of need: villages still to go, most first; then the lowest achievement; then the code."""
    summary = record.get("summary") or {}
    to_go, achievement = summary.get("to_go"), summary.get("achievement")
    return (
        to_go is None,
        -(to_go or 0),
        achievement is None,
        achievement if achievement is not None else 0.0,
        record["area_code"],
    )


def status_of(record: dict) -> str:
    """Give a record's status in words."""
    status = record["status"]
    warnings = (record.get("summary") or {}).get("warnings") or 0
    told = f"{warnings:,}".replace(",", ".")  # as numbers are written in Indonesian
    return GOOD[status].format(told) if status in GOOD else BAD.get(status, status)


def _count(districts: list[dict], good: list[dict]) -> str:
    if len(good) == len(districts):
        return f"{len(good)} laporan kabupaten/kota, semuanya selesai."
    return f"{len(good)} dari {len(districts)} laporan kabupaten/kota selesai; {len(districts) - len(good)} belum."


def _failed(record: dict) -> dict:
    # The messages of refusals are ours; those of other errors may repeat what stood in a cell, and stay private.
    reason = record["reason"] if record["status"] != "failed" else record["reason"].partition(": ")[0]
    name = f"{record['area_code']} {record['area_name']}"
    if record["target"].endswith(".html"):
        name = f"{record['target']} ({name})"
    return {
        "name": name,
        "status": status_of(record),
        "reason": reason or "tidak diketahui",
        "last_good": record.get("last_good"),
    }


def _page(record: dict, about: About) -> dict:
    title = about.page_titles.get(record["notebook"], record["notebook"])
    if record["target"].startswith("province"):
        title = f"{title}: {record['area_name']}"
    return {"link": record["target"], "title": title, "status": status_of(record)}


def _labels(record: dict) -> list[str]:
    return [label for label, _ in (record.get("summary") or {}).get("figures", [])]


def _report(record: dict, labels: list[str]) -> dict:
    figures = dict((record.get("summary") or {}).get("figures", []))
    names = [output["name"].partition("/")[2] for output in record["outputs"]]
    return {
        "name": areas.name_of(record["area_code"]),
        "folder": record["target"],
        "figures": [figures.get(label) or "tidak ada data" for label in labels],
        "sparkline": _sparkline((record.get("summary") or {}).get("sparkline", "")),
        "status": status_of(record),
        "workbook": "follow_up.xlsx" if "follow_up.xlsx" in names else "",
    }


def _sparkline(svg: str) -> Markup | str:
    """Draw a report's sparkline again from its path and its words alone, so that 514 of them stay small."""
    path, label = _SPARK.search(svg), _LABEL.search(svg)
    if not path or not label:
        return "satu titik"
    # Both parts were matched without a quote or an angle bracket in them.
    return Markup(f'<svg viewBox="0 0 90 24" role="img" aria-label="{label[1]}"><path d="{path[1]}"/></svg>')  # noqa: S704
