"""The 124 hostile inputs of the acceptance criteria in one table: what each is, and what must come of it.

A line is built by its function and given to the import; or it is held by a test elsewhere, named there; or it cannot be
built on this machine, and says why. `python -m tests.hostile.corpus FOLDER` writes all that a folder can hold, for
`kkb check FOLDER`. To add an input: one line in `files`, `sheets`, `cells` or `elsewhere`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

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


if __name__ == "__main__":
    print(f"{len(write(Path(sys.argv[1])))} berkas ditulis di {sys.argv[1]}.")
