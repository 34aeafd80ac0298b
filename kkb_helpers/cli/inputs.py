"""The files that reports are made from: named for the manifest, and watched while a run lasts."""

import hashlib
from pathlib import Path

from .. import areas
from ..store import Tables


def named(folder: Path) -> tuple[dict, ...]:
    """Name all originals: name, sha256, bytes."""
    register = Tables.open(folder / "tables").register
    raw = folder / "raw"
    return tuple(
        {"name": name, "sha256": sha, "bytes": (raw / name).stat().st_size if (raw / name).is_file() else None}
        for name, sha in register[["name", "sha256"]].itertuples(index=False, name=None)
    )


class Originals:
    """Which originals each area's report comes from: those with a row of its province, the country's from all."""

    def __init__(self, folder: Path):
        from ..ingest import stamp_of

        self._all = named(folder)
        self._provinces = stamp_of(folder / "tables").get("provinces", {})
        self._known: dict[str, tuple[dict, ...]] = {areas.NATION: self._all}

    def of(self, area: str) -> tuple[dict, ...]:
        """Name the originals of an area: name, sha256, bytes; one that nobody knows the provinces of is everybody's."""
        code = area[:2]
        if code not in self._known:
            self._known[code] = tuple(i for i in self._all if code in self._provinces.get(i["name"], [code]))
        return self._known[code]


class Watch:
    """Tells whether the originals and the tables of a data folder still hold what they held: by content, not by time.

    Asked before every report is landed, so it reads a file only where its size or time is another than before.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._known = {item["name"]: item["sha256"] for item in named(folder)}
        self._sums: dict[tuple, str] = {}
        self._originals = {_stamp(path): self._known.get(path.name, "?") for path in self._raw()}

    def _raw(self) -> list[Path]:
        return sorted(p for p in (self.folder / "raw").glob("*") if p.is_file() and not p.name.startswith("."))

    def __call__(self) -> str:
        """Give one sha256 over all of them."""
        tables = self.folder / "tables"
        total = hashlib.sha256()
        for path in [*self._raw(), *sorted(tables.glob("*.parquet")), tables / "findings.csv"]:
            total.update(f"{path.name} {self._sum(path)}\n".encode())
        return total.hexdigest()

    def _sum(self, path: Path) -> str:
        try:
            stamp = _stamp(path)
            known = self._originals.get(stamp) or self._sums.get(stamp)
            if known is None:
                known = self._sums[stamp] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return "hilang"
        return known


def _stamp(path: Path) -> tuple:
    found = path.stat()
    return path, found.st_size, found.st_mtime_ns, found.st_ino
