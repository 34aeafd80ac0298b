"""A file of unknown origin -> a tidy table with codes, or a list of findings.

`DATA/raw` keeps every original and `register.csv` what is known of it; `DATA/tables` follows from those two alone, so
that codes do not depend on the order of import. A file read once is kept in `DATA/tables/.parts` by its fingerprint.
The import writes originals first, then the register, then the tables, each whole: after a crash the next one repairs.
Where a file in `DATA/raw` names neither year nor date, `DATA/raw/import.toml` may (`[files."a.csv"]`, `year = 2024`);
a hand-made file has its map beside it (`maps`).
"""

from .building import stamp_of
from .commands import check_paths, import_paths, propose_map, refresh, refresh_apart
from .parts import Part
from .reading import read
from .reports import FileReport, Report

__all__ = [
    "FileReport",
    "Part",
    "Report",
    "check_paths",
    "import_paths",
    "propose_map",
    "read",
    "refresh",
    "refresh_apart",
    "stamp_of",
]
