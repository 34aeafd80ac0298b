"""The verdict: whether what a notebook left is the report that was asked for."""

import html
from dataclasses import dataclass

import nbformat

from .. import render
from ..engine import Outcome
from .jobs import Job

GOOD = ("ok", "ok_with_warnings", "unchanged")


@dataclass(frozen=True)
class Verdict:
    """How a job ended. cause: `data`, `code` or `environment`; empty where it is good."""

    status: str
    reason: str = ""
    cause: str = ""


_REFUSALS = ("UsageError", "QualityError", "PrivacyError")
_STATUS_OF = {"died": "died", "timed_out": "timed_out", "exited": "failed", "failed": "failed"}


def judge(job: Job, outcome: Outcome) -> Verdict:
    """Say whether a notebook's result is the report that was asked for: good only if nothing speaks against it."""
    if outcome.status != "ok":
        return _failure(outcome)
    if outcome.not_run or any(_never_ran(cell) for cell in outcome.notebook.cells):
        return Verdict("failed", "Ada sel yang tidak dijalankan.", "code")
    if any(o.output_type == "error" for c in outcome.notebook.cells for o in c.get("outputs", [])):
        return Verdict("failed", "Ada sel yang berakhir dengan galat.", "code")
    # The sentinel is read here, from the cells that came over the pipe, not from what the child says of them.
    about = render.sentinel(outcome.notebook)
    if about is None:
        return Verdict("failed", "Laporan bukan untuk wilayah ini: sel penanda akhir tidak ada.", "code")
    wanted = {"kode": job.area_code, "periode": job.params["period"]}
    if job.input_sha256 is not None:
        wanted["sha256_input"] = job.input_sha256
    wrong = [f"{k} {about.get(k)!r}, diminta {v!r}" for k, v in wanted.items() if about.get(k) != v]
    if wrong:
        return Verdict("failed", f"Laporan bukan untuk wilayah ini: {'; '.join(wrong)}.", "code")
    # The head of the page is ours and names the area in any case; what counts is what the notebook says.
    page = html.unescape(outcome.files["report.html"].decode().partition("<main")[2])
    faults = list(outcome.value["problems"])
    faults += [] if job.area_name in page else [f"{job.area_name!r} tidak ada di halaman"]
    if faults:
        return Verdict("failed", f"Halaman tidak layak terbit: {'; '.join(faults[:3])}.", "code")
    warnings = (about.get("summary") or {}).get("warnings") or 0
    return Verdict("ok_with_warnings" if warnings else "ok")


def _never_ran(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip()) and cell.execution_count is None


def _failure(outcome: Outcome) -> Verdict:
    name = outcome.reason.partition(" ")[0]
    if outcome.status == "failed" and name in _REFUSALS:
        return Verdict("refused", outcome.reason.partition(": ")[2], "data")
    cause = "environment" if outcome.status == "died" or name in ("MemoryError", "EnvironmentFault") else "code"
    return Verdict(_STATUS_OF[outcome.status], outcome.reason, cause)
