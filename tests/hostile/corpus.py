"""The 124 hostile inputs of the acceptance criteria in one table: what each is, and what must come of it.

A line is built by its function and given to the import; or it is held by a test elsewhere, named there; or it cannot be
built on this machine, and says why. `python -m tests.hostile.corpus FOLDER` writes all that a folder can hold, for
`kkb check FOLDER`. To add an input: one line in `files`, `sheets`, `cells` or `elsewhere`.
"""

import sys
from pathlib import Path

from .cells import CELLS
from .elsewhere import ENVIRONMENT, PARAMETERS
from .files import FILES
from .sheets import SHEETS

CASES = (*FILES, *SHEETS, *CELLS, *PARAMETERS, *ENVIRONMENT)


def write(folder: Path) -> list[Path]:
    """Write every input that a folder can hold into `folder`, each named by its number."""
    made = []
    for case in CASES:
        if case.make is None or case.exit_code == 2:
            continue
        place = folder / case.number
        place.mkdir(parents=True)
        given = case.make(place)
        made += given if isinstance(given, list) else [given]
    return made


if __name__ == "__main__":
    print(f"{len(write(Path(sys.argv[1])))} berkas ditulis di {sys.argv[1]}.")
