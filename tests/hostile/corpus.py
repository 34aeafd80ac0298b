"""The 124 hostile inputs of the acceptance criteria in one table: what each is, and what must come of it.

A line is built by its function and given to the import; or it is held by a test elsewhere, named there; or it cannot be
built on this machine, and says why. `python -m tests.hostile.corpus FOLDER` writes all that a folder can hold, for
`kkb check FOLDER`, judges every input and prints one table of all 124: input, expected, found, verdict; `--run-tests`
runs the tests that hold the others too. To add an input: one line in `files`, `sheets`, `cells` or `elsewhere`.
"""

import argparse
import contextlib
import re
import shutil
import sys
import tempfile
from pathlib import Path

from . import judge
from .cells import CELLS
from .elsewhere import ENVIRONMENT, PARAMETERS
from .files import FILES
from .sheets import SHEETS

CASES = (*FILES, *SHEETS, *CELLS, *PARAMETERS, *ENVIRONMENT)


def write(folder: Path) -> list[Path]:
    """Write every input that a folder can hold into `folder`, each under its number; a lock file keeps its mark."""
    made = []
    for case in CASES:
        if case.make is None or case.exit_code == 2:
            continue
        with tempfile.TemporaryDirectory() as place:
            case.make(Path(place))
            for path in sorted(Path(place).iterdir()):
                mark, rest = ("~$", path.name[2:]) if path.name.startswith("~$") else ("", path.name)
                folder.mkdir(parents=True, exist_ok=True)
                made.append(Path(shutil.copy2(path, folder / f"{mark}{case.number} {rest}")))
    return made


def table(judged: dict[str, judge.Verdict], passed: set[str] | None = None) -> list[tuple[str, str, str, str, str]]:
    """Give the table of all lines: number, input, expected, found, verdict.

    judged: the verdict of each line that is built here, by its number. passed: the tests that were run and passed; None
    where none were run: a line that tests hold then names them.
    """
    rows = []
    for case in CASES:
        if case.make is not None:
            verdict = judged[case.number]
            rows.append((judge.expected_words(case), verdict.found, "; ".join(verdict.problems) or "sesuai"))
        elif case.held_by:
            names = ", ".join(case.held_by)
            run = "belum dijalankan di sini" if passed is None else "dijalankan"
            held = "diuji di tempat lain" if passed is None else "sesuai" if passed >= set(case.held_by) else "GAGAL"
            rows.append((case.absent or "sesuai kriteria", f"{names} ({run})", held))
        else:
            rows.append((case.absent, "", "tidak dapat dibangun di sini"))
    return [(case.number, case.what, *row) for case, row in zip(CASES, rows, strict=True)]


def judged() -> dict[str, judge.Verdict]:
    """Judge every line that is built here, each with a data folder of its own."""
    verdicts = {}
    with tempfile.TemporaryDirectory() as place:
        first = judge.before(Path(place))
        for case in CASES:
            if case.make is not None:
                inbox = Path(place) / case.number
                inbox.mkdir()
                data = shutil.copytree(first, inbox / ".data")
                verdicts[case.number] = judge.judge(case, data, inbox)
                shutil.rmtree(inbox)
    return verdicts


def run_tests(names: set[str]) -> set[str]:
    """Run the tests that hold lines of the corpus; give those that passed in every case of theirs."""
    import pytest

    class Outcomes:
        def __init__(self):
            self.of: dict[str, set[str]] = {}

        def pytest_runtest_logreport(self, report):
            if report.when == "call" or report.outcome != "passed":
                name = re.sub(r"\[.*$", "", report.nodeid).removeprefix("tests/")
                self.of.setdefault(name, set()).add(report.outcome)

    outcomes = Outcomes()
    tests = [str(Path(__file__).parents[1] / name) for name in sorted(names)]
    with contextlib.redirect_stdout(sys.stderr):
        pytest.main(["-q", "--no-header", *tests], plugins=[outcomes])
    return {name for name, told in outcomes.of.items() if told == {"passed"}}


def main() -> int:
    """Write the corpus, judge it, print the table; 1 where a line is not as it is to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="tempat semua masukan ditulis")
    parser.add_argument("--run-tests", action="store_true", help="jalankan juga uji yang memegang baris lain")
    asked = parser.parse_args()
    written = write(asked.folder)
    passed = run_tests({name for case in CASES for name in case.held_by}) if asked.run_tests else None
    rows = table(judged(), passed)
    for row in (("no", "masukan", "diharapkan", "ditemukan", "putusan"), *rows):
        print(" | ".join(re.sub(r"[^\x20-\uffff]|[\u200b-\u202f]", "?", cell).replace("|", "/") for cell in row))
    numbers = {int(re.match(r"\d+", row[0])[0]) for row in rows}
    built = [row for row, case in zip(rows, CASES, strict=True) if case.make is not None]
    wrong = [row for row in built if row[4] != "sesuai"] + [row for row in rows if row[4] == "GAGAL"]
    print(f"{len(numbers)} butir, {len(rows)} baris: {len(built)} dibangun dan dinilai, {len(wrong)} tidak sesuai.")
    print(f"{len(written)} berkas ditulis di {asked.folder}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
