"""What a job on a cluster carries: the rows of its province, what was computed from them, and nothing else."""

import os
import shutil
import tempfile
import threading
from pathlib import Path

from .. import areas, batch, store
from ..params import ROOT, Params, Period
from ..store import Tables

# A data folder beside the project is named by a way up and down from its root: so deep below the cargo's top the
# project's root is put that the way up stays inside.
DEPTH = 12
INSIDE = "/".join(["akar"] * DEPTH)
ENTER = "kkb_helpers.cli.cargo:enter"


def enter(root: str) -> None:
    """Take a cargo for the project's root, in a child on a worker: the notebook's own words need not change."""
    from .. import params

    params.ROOT = Path(root) / INSIDE


class Hold:
    """Packs the cargoes of a plan; a province is packed once."""

    def __init__(self, folder: Path, cache: Path, period: str, whole: frozenset[str]):
        self.folder, self.cache, self.period, self.whole = folder, cache, Period(period), whole
        self._packed: dict[str, batch.cluster.Cargo] = {}
        self._lock = threading.Lock()

    def __call__(self, job: batch.Job) -> batch.cluster.Cargo:
        """Give the cargo of a job: its province's rows; every row where its notebook reads the whole folder."""
        area = areas.NATION if job.notebook.name in self.whole else job.area_code[:2]
        with self._lock:
            if area not in self._packed:
                self._packed[area] = batch.cluster.Cargo.of(self._pack(area, Params(**job.params)))
            return self._packed[area]

    def _pack(self, area: str, params: Params) -> dict[str, bytes]:
        from ..page import context

        with tempfile.TemporaryDirectory(prefix="kkb-") as name:
            top = Path(name).resolve()
            data = (top / INSIDE / os.path.relpath(params.folder, ROOT)).resolve()
            tables = data / "tables"
            (top / INSIDE).mkdir(parents=True)
            (top / INSIDE / ".akar").touch()  # a way up leads only from a folder that is there
            _slice(self.folder / "tables", tables, area)
            # The key of what is computed follows from the tables, here from the slice: the child finds it there.
            _slice(self.cache, context.cache_of(tables, self.period, params.profile), area)
            register = self.folder / "raw" / "register.csv"
            if register.is_file():
                (data / "raw").mkdir()
                shutil.copyfile(register, data / "raw" / register.name)
            return {p.relative_to(top).as_posix(): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file()}


def _slice(source: Path, target: Path, area: str) -> None:
    """Copy a folder of tables as one area sees it; other files, and the fingerprints of all areas, are copied whole."""
    target.mkdir(parents=True, exist_ok=True)
    seen = Tables.open(source, area)
    for path in sorted(p for p in source.iterdir() if p.is_file() and not p.name.startswith(".")):
        if path.suffix == ".parquet" and path.stem in seen.names and area != areas.NATION:
            store.write(target, path.stem, seen.read(path.stem))
        else:
            shutil.copyfile(path, target / path.name)
