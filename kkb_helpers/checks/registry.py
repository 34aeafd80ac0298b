"""A rule, what it finds, and how findings are run, ordered and said."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from .. import areas, parallel
from ..store import FINDING_COLUMNS, SEEN_COLUMNS
from ..wording import number

SEVERITIES = ("TOLAK", "GAGAL", "PERINGATAN", "CATATAN")
STAGES = (
    *("file", "persons", "dropped", "shape", "twins", "reception", "rows", "empty"),
    *("cells", "totals", "page", "form", "matches", "tables"),
)
UNITS = {
    **dict.fromkeys(("file", "persons", "shape", "twins", "reception", "empty"), "berkas"),
    **dict.fromkeys(("rows", "page", "form", "matches", "tables"), "baris"),
    **{"dropped": "kolom", "cells": "sel", "totals": "baris jumlah"},
}
SHOWN = 5
DOWNLOAD_AGAIN = "Unduh ulang berkas dari sumbernya."
CORRECT_AT_SOURCE = "Periksa isian di sumber, lalu unduh ulang. Jangan mengubah angka di berkas ini."


@dataclass(frozen=True)
class Found:
    """One thing that a rule found. `row` is the row Excel shows; `alone` says that it concerns that row alone."""

    found: str
    expected: str = ""
    action: str = DOWNLOAD_AGAIN
    row: int | None = None
    column: str = ""
    sheet: str = ""
    file: str = ""
    area_code: str = ""
    severity: str = ""
    alone: bool = True


@dataclass(frozen=True)
class Saw:
    """How many things a rule looked at, yielded beside what it finds: none looked at is not passed.

    of: where they stand; of one place the most is taken, so that a rule of many comparisons counts each row once.
    """

    number: int
    of: str = ""


@dataclass(frozen=True)
class Check:
    """A rule: `owner` is who can put right what it finds."""

    code: str
    severity: str
    stage: str
    owner: str
    sentence: str
    function: Callable[..., Iterable[Found | Saw]]
    unit: str = ""


CHECKS: dict[str, Check] = {}


def check(code: str, severity: str, stage: str, owner: str, sentence: str, unit: str = ""):
    """Register the decorated function as the rule `code`; a rule of several stages is registered in each.

    unit: what it looks at, where that is not what the other rules of its stage look at.
    """

    def register(function):
        key = code if code not in CHECKS else f"{code} {stage}"
        CHECKS[key] = Check(code, severity, stage, owner, sentence, function, unit or UNITS[stage])
        return function

    return register


def run(
    stage: str,
    subject,
    file: str = "",
    sheet: str = "",
    until_refused: bool = False,
    tally: Counter[str] | None = None,
    workers: int = 1,
) -> list[dict]:
    """Run the rules of one stage on a subject, in the order they are written; one dict a finding.

    `until_refused` stops at the first TOLAK: what comes after it could not be opened safely. `tally` is told how many
    things each rule looked at. The keys are FINDING_COLUMNS and `alone`, whether the finding concerns its row alone.
    workers: processes that share the rules of a large subject; they do not share `until_refused`.
    """
    rules = {key: partial(_run, rule, subject, file, sheet) for key, rule in CHECKS.items() if rule.stage == stage}
    made = (call() for call in rules.values()) if workers == 1 else parallel.side_by_side(list(rules.values()), workers)
    rows = []
    for key, (found, seen) in zip(rules, made, strict=True):
        rows += found
        if tally is not None:
            tally[key] += seen
        if until_refused and refuses(found):
            break
    return rows


def _run(rule: Check, subject, file: str, sheet: str) -> tuple[list[dict], int]:
    """Run one rule: its findings, and how many things it looked at."""
    rows, seen = [], {}
    for item in rule.function(subject):
        if isinstance(item, Saw):
            seen[item.of] = max(item.number, seen.get(item.of, 0))
        else:
            rows.append(_row(rule, item, file, sheet))
    return rows, sum(seen.values())


def refuses(findings: list[dict]) -> bool:
    """Say whether a finding refuses its file."""
    return any(finding["severity"] == "TOLAK" for finding in findings)


def frame_of(findings: list[dict]) -> pd.DataFrame:
    """Give findings as a frame of text, ordered by file, sheet, row and code, the same at every run."""
    return in_order(pd.DataFrame(findings, columns=FINDING_COLUMNS).astype("str"))


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Order findings (FINDING_COLUMNS) by file, sheet, row and code."""
    row = pd.to_numeric(frame["row"], errors="coerce").fillna(0)
    order = ["file", "sheet", "_row", "code", "column", "found"]
    return frame.assign(_row=row).sort_values(order, kind="stable", ignore_index=True)[FINDING_COLUMNS]


def seen_frame(tallies: dict[str, Counter[str]], shelf: Counter[str]) -> pd.DataFrame:
    """Give how many things each rule looked at: SEEN_COLUMNS, one row a rule and file; rules of tables have no file.

    A rule that looked at nothing has 0: it did not run. `rule` is its key in CHECKS, its code and, for the second
    stage of a code, that stage.
    """
    rows = [
        (key, rule.severity, file, tally[key], rule.unit)
        for file, tally in [*sorted(tallies.items()), ("", shelf)]
        for key, rule in CHECKS.items()
        if (rule.stage == "tables") == (file == "")
    ]
    return pd.DataFrame(rows, columns=SEEN_COLUMNS).astype({"seen": "int64"})


def _row(rule: Check, found: Found, file: str, sheet: str) -> dict:
    return {
        "code": rule.code,
        "severity": found.severity or rule.severity,
        "file": found.file or file,
        "sheet": found.sheet or sheet,
        "row": "" if found.row is None else str(found.row),
        "column": found.column,
        "area_code": found.area_code,
        "found": found.found,
        "expected": found.expected,
        "action": found.action,
        "alone": found.alone,
    }


def message(finding: dict[str, str]) -> str:
    """Say a finding (FINDING_COLUMNS) in one line: where, what was found, what is expected, what to do."""
    f = finding
    where = [f"`{f['file']}`"] if f["file"] else [areas.name_of(f["area_code"])] if f["area_code"] else []
    where += [f'lembar "{f["sheet"]}"'] if f["sheet"] else []
    where += [f"baris {f['row']}"] if f["row"] else []
    where += [f'kolom "{f["column"]}"'] if f["column"] else []
    said = f["found"] + (f"; seharusnya {f['expected']}" if f["expected"] else "")
    return f"KKB-{f['code']} · {f['severity']} · {' › '.join(where)}: {said}. {f['action']}".replace(".. ", ". ")


def listed(words: Iterable[str], most: int = SHOWN) -> str:
    """Join words, the first few of many."""
    words = list(words)
    return ", ".join(words[:most]) + (f", … dan {number(len(words) - most)} lagi" if len(words) > most else "")


def letter(position: int) -> str:
    """Give Excel's letter of a column by its position from 0."""
    name, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
