"""A file read, and how it is kept so that it is read once."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from .. import areas, cells, checks, files, privacy, sources, store, workbook
from .maps import Map

PARTS = ".parts"
PLACE_NAMES = [c.name for c in sources.PLACES]


@dataclass
class Part:
    """One file read: its kind, its rows with the places as written, and what was found in it.

    frame: one row a row of the file, columns of `sources.PLACES`, `period` where the file has one (a month without a
    year as `09`), the kind's columns, `source_row`. findings: as `checks.run` gives. map: the map of a hand-made file.
    seen: how many things each rule looked at, by its key in `checks.CHECKS`.
    """

    file: files.File
    source: sources.Source | None = None
    sheet: str = ""
    _rows: pd.DataFrame | Path = field(default_factory=pd.DataFrame)
    findings: list[dict] = field(default_factory=list)
    numeric_codes: tuple[tuple[int, str], ...] = ()
    totals: tuple[int, ...] = ()
    map: Map | None = None
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        """The file's name for messages: a hash where it may tell of a person."""
        return privacy.safe_name(self.file.name)

    @property
    def personal(self) -> bool:
        """Whether it is refused for persons' data."""
        return any(f["code"].startswith("P6") and f["severity"] == "TOLAK" for f in self.findings)

    @property
    def refused(self) -> bool:
        """Whether a finding refuses the file."""
        return self.source is None or checks.refuses(self.findings)

    @property
    def frame(self) -> pd.DataFrame:
        """Its rows; read anew each time where they were laid down."""
        return pd.read_parquet(self._rows) if isinstance(self._rows, Path) else self._rows

    @frame.setter
    def frame(self, rows: pd.DataFrame) -> None:
        self._rows = rows

    def some(self, names: Iterable[str]) -> pd.DataFrame:
        """Its rows, of the named columns those that it has; no others are read where the rows were laid down."""
        if not isinstance(self._rows, Path):
            return self._rows[[name for name in names if name in self._rows]]
        import pyarrow.parquet as pq

        there = set(pq.read_schema(self._rows).names)
        return pd.read_parquet(self._rows, columns=[name for name in names if name in there])

    @cached_property
    def height(self) -> int:
        """How many rows it has."""
        return len(self.frame)

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months of its rows, those without a year as `09`; none where it is no file of months."""
        return tuple(sorted(self.frame["period"].unique())) if "period" in self.frame else ()

    def lay_down(self, folder: Path) -> None:
        """Keep the rows in a folder alone: of many large files they would not fit the memory together."""
        self.height, self.months  # noqa: B018 - known from now on
        keep_part(self, folder)
        self._rows = kept_names(self.file, folder, self.map)[1]

    @property
    def needs_year(self) -> bool:
        """Whether a month of it names no year."""
        return any(len(month) == 2 for month in self.months)

    @property
    def newest_month(self) -> str:
        """The last of its months without a year, as `09`."""
        return max((month for month in self.months if len(month) == 2), default="")

    @property
    def needs_date(self) -> bool:
        """Whether it is a snapshot."""
        return self.source is not None and self.source.time == "tanggal"


def note(part: Part, stage: str, subject) -> None:
    """Run the rules of a stage on what was read of a file, and keep what they find with it."""
    part.findings += checks.run(stage, subject, part.name, part.sheet, tally=part.seen)


def kept_names(file: files.File, folder: Path, map_: Map | None = None) -> tuple[Path, Path]:
    """Give the names under which a part is kept: the file, its map and the program decide it."""
    name = f"{file.sha256[:32]}-{program()}" + (f"-{map_.fingerprint}" if map_ else "")
    return folder / f"{name}.json", folder / f"{name}.parquet"


def kept_part(file: files.File, folder: Path, map_: Map | None = None, lying: bool = False) -> Part | None:
    """Take a part that was kept, its rows left `lying` where they are or not; None where none was."""
    meta, frame = kept_names(file, folder, map_)
    if not (meta.is_file() and frame.is_file()):
        return None
    known = json.loads(meta.read_text(encoding="utf-8"))
    findings = [{**row, "file": file.name} for row in known["findings"]]
    codes = tuple((row, text) for row, text in known["numeric_codes"])
    source = sources.KINDS[known["kind"]]
    seen = Counter(known["seen"])
    totals = tuple(known["totals"])
    rows = frame if lying else pd.read_parquet(frame)
    return Part(file, source, known["sheet"], rows, findings, codes, totals, map_, seen)


def keep_part(part: Part, folder: Path) -> None:
    """Keep what was read of a file, unless it is kept already."""
    path, frame = kept_names(part.file, folder, part.map)
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
        "seen": part.seen,
    }
    draft = folder / f".{path.name}.{os.getpid()}.draft"
    draft.write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


@cache
def program() -> str:
    """The fingerprint of the code that reads files and makes tables, and of the reference lists."""
    rooms = (areas, cells, files, privacy, sources, checks, store, workbook)
    code = [path for room in rooms for path in _code_of(Path(room.__file__))]
    digest = hashlib.sha256()
    for path in (*code, *_code_of(Path(__file__).with_name("__init__.py")), *sorted(areas.REFERENCE.glob("*.csv*"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _code_of(room: Path) -> list[Path]:
    """Give the files of a room: itself, or its cabinets."""
    return sorted(room.parent.glob("*.py")) if room.name == "__init__.py" else [room]
