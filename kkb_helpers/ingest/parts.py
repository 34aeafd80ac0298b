"""A file read, and how it is kept so that it is read once."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from .. import areas, cells, checks, files, sources, store, workbook

PARTS = ".parts"
PLACE_NAMES = [c.name for c in sources.PLACES]


@dataclass
class Part:
    """One file read: its kind, its rows with the places as written, and what was found in it.

    frame: one row a row of the file, columns of `sources.PLACES`, `period` where the file has one (a month without a
    year as `09`), the kind's columns, `source_row`. findings: as `checks.run` gives. refused: why nothing is taken.
    """

    file: files.File
    source: sources.Source | None = None
    sheet: str = ""
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: list[dict] = field(default_factory=list)
    numeric_codes: tuple[tuple[int, str], ...] = ()
    totals: tuple[int, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a finding refuses the file."""
        return self.source is None or checks.refuses(self.findings)

    @property
    def needs_year(self) -> bool:
        """Whether a month of it names no year."""
        return "period" in self.frame and bool((self.frame["period"].str.len() == 2).any())

    @property
    def newest_month(self) -> str:
        """The last of its months without a year, as `09`."""
        return max(self.frame["period"][self.frame["period"].str.len() == 2], default="")

    @property
    def needs_date(self) -> bool:
        """Whether it is a snapshot."""
        return self.source is not None and self.source.time == "tanggal"


def note(part: Part, stage: str, subject) -> None:
    part.findings += checks.run(stage, subject, part.file.name, part.sheet)


def kept_names(file: files.File, folder: Path) -> tuple[Path, Path]:
    name = f"{file.sha256[:32]}-{program()}"
    return folder / f"{name}.json", folder / f"{name}.parquet"


def kept_part(file: files.File, meta: Path, frame: Path) -> Part:
    known = json.loads(meta.read_text(encoding="utf-8"))
    findings = [{**row, "file": file.name} for row in known["findings"]]
    codes = tuple((row, text) for row, text in known["numeric_codes"])
    source = sources.KINDS[known["kind"]]
    return Part(file, source, known["sheet"], pd.read_parquet(frame), findings, codes, tuple(known["totals"]))


def keep_part(part: Part, folder: Path) -> None:
    """Keep what was read of a file, unless it is kept already."""
    path, frame = kept_names(part.file, folder)
    if path.is_file() and frame.is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    store.write(folder, frame.stem, part.frame)
    meta = {
        "kind": part.source.name,
        "sheet": part.sheet,
        "findings": part.findings,
        "numeric_codes": part.numeric_codes,
        "totals": part.totals,
    }
    draft = folder / f".{path.name}.{os.getpid()}.draft"
    draft.write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


@cache
def program() -> str:
    """The fingerprint of the code that reads files and makes tables, and of the reference lists."""
    rooms = (areas, cells, files, sources, checks, store, workbook)
    code = [path for room in rooms for path in _code_of(Path(room.__file__))]
    digest = hashlib.sha256()
    for path in (*code, *_code_of(Path(__file__).with_name("__init__.py")), *sorted(areas.REFERENCE.glob("*.csv*"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _code_of(room: Path) -> list[Path]:
    """Give the files of a room: itself, or its cabinets."""
    return sorted(room.parent.glob("*.py")) if room.name == "__init__.py" else [room]
