"""Judges one line of the corpus: what was to come, what came, and what was there before and is still."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kkb_helpers import ingest
from kkb_helpers.errors import KkbError
from kkb_helpers.store import Tables

from . import build
from .cases import ANY, Case, Find

VILLAGE = "36.01.01.2001"


@dataclass
class Verdict:
    """What was found of a line, in words, and everything that is not as its line says."""

    found: str = ""
    problems: list[str] = field(default_factory=list)

    def demand(self, holds: bool, problem: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.problems.append(problem)


def before(folder: Path) -> Path:
    """Make a data folder with one good import, PUS of December 2024, which no hostile input may cost."""
    path = build.put(folder, "dulu.csv", build.text(*build.pus(99)).replace(b"2025-01", b"2024-12"))
    assert ingest.import_paths([path], folder / "data").exit_code == 0
    return folder / "data"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def given(case: Case, inbox: Path) -> list[Path]:
    made = case.make(inbox)
    return made if isinstance(made, list) else [made]


def tell(run, *arguments, **options) -> tuple[int, pd.DataFrame, str]:
    """Run a command of `ingest`; give its exit code, its findings and all that it says."""
    options = {"year": 2025, "as_of": "2025-10-01"} | options
    try:
        report = run(*arguments, **options)
    except KkbError as error:
        return error.exit_code, pd.DataFrame(), "\n".join(error.messages)
    return (
        report.exit_code,
        report.findings,
        "\n".join([*report.refusals, *map(repr, report.files), repr(report.findings.to_dict("records"))]),
    )


def is_there(find: Find, findings: pd.DataFrame) -> bool:
    """Say whether a finding with code, severity, row, column and words is among them."""
    wanted = {"code": find.code, "severity": find.severity} | {
        k: v for k, v in (("row", find.row), ("column", find.column)) if v
    }
    return any(
        all(row[k] == v for k, v in wanted.items()) and find.said in f"{row['found']} {row['expected']}"
        for row in findings.to_dict("records")
    )


def judge(case: Case, data: Path, inbox: Path) -> Verdict:
    """Check a line's input, import it into `data` (see `before`), and say what is not as it was to be."""
    verdict = Verdict()
    paths, was = given(case, inbox), snapshot(data)
    began = time.process_time()
    code, found, said = tell(ingest.check_paths, paths, data)
    verdict.demand(time.process_time() - began < case.seconds, f"took more than {case.seconds} seconds")
    verdict.demand(snapshot(data) == was, "a check wrote something")
    verdict.demand(code == case.exit_code, f"exit code {code}, not {case.exit_code}")
    for find in case.finds:
        verdict.demand(is_there(find, found), f"not found: {expected_of(find)}")
    taken, _, told = tell(ingest.import_paths, paths, data)
    verdict.demand(taken == case.exit_code, f"the import ended with {taken}")
    now = snapshot(data)
    kept = now == was if case.exit_code else now["raw/dulu.csv"] == was["raw/dulu.csv"]
    verdict.demand(kept, "what was there before is another")
    rows = Tables.open(data / "tables").read("siga_pus").set_index(["village_code", "period"])["pus"]
    verdict.demand(rows.get((VILLAGE, "2024-12")) == 99, "the value that was there before is another")
    if case.pus is not ANY:
        value = rows.get((VILLAGE, "2025-01"), "no row")
        as_it_is = bool(pd.isna(value)) == (case.pus is None) and (case.pus is None or value == case.pus)
        verdict.demand(as_it_is, f"read as {value}, not {case.pus}")
    for number, secret in enumerate(case.secret, 1):
        traces = [name for name, held in now.items() if secret.encode() in held or secret in name]
        verdict.demand(secret not in said + told and not traces, f"secret {number} was repeated or kept")
    verdict.found = found_words(case, code, found)
    return verdict


def expected_of(find: Find) -> str:
    """Say a finding that must come in one line."""
    place = [find.row and f"baris {find.row}", find.column and f"kolom {find.column}"]
    return " ".join(part for part in (find.code, find.severity, *place) if part)


def expected_words(case: Case) -> str:
    """Say in one line what must come of an input."""
    finds = "; ".join(map(expected_of, case.finds)) or "tanpa temuan yang diminta"
    read = "" if case.pus is ANY else f"; PUS {'tidak diketahui' if case.pus is None else case.pus}"
    return f"keluar {case.exit_code}: {finds}{read}"


def found_words(case: Case, code: int, findings: pd.DataFrame) -> str:
    """Say in one line what came: the findings that were asked for, else the gravest, never a value of the file."""
    rows = findings.to_dict("records")
    asked = {find.code for find in case.finds}
    shown = [r for r in rows if r["code"] in asked] or [r for r in rows if r["severity"] in ("TOLAK", "GAGAL")]
    told = dict.fromkeys(expected_of(Find(r["code"], r["severity"], r["row"], r["column"])) for r in shown)
    return f"keluar {code}: {'; '.join(list(told)[:3]) or 'tanpa temuan berat'}"
