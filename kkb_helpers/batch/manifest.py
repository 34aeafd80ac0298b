"""The manifest: what happened to every job, in lines that are only ever added."""

import contextlib
import json
import threading
from pathlib import Path

from .disk import append, write_file

LANDED = ("ok", "ok_with_warnings")


class Manifest:
    """The manifest of one period: append-only, one JSON object a line; the last line of a job is its state."""

    def __init__(self, folder: Path):
        self.path = folder / "manifest.jsonl"
        self._lock = threading.Lock()
        self.records = self._read()
        self._seq = max((r.get("seq", 0) for r in self.records), default=0)

    def _read(self) -> list[dict]:
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        records, inputs = [], {}
        for line in lines:
            with contextlib.suppress(ValueError):
                record = json.loads(line)
                if isinstance(record, dict) and "status" in record:
                    records.append(_sharing(record, inputs))
        return records

    def mend(self) -> None:
        """Drop half a line that a power cut left at the end."""
        with contextlib.suppress(FileNotFoundError):
            data = self.path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if whole != data:
                write_file(self.path, whole)

    def states(self) -> dict[tuple[str, str], dict]:
        """Give the last record of every job, by area code and notebook."""
        return {(r["area_code"], r["notebook"]): r for r in self.records}

    def last_good(self, record: dict) -> dict | None:
        """Give the last record of the same job that says its result was landed; None where there never was one."""
        key = record["area_code"], record["notebook"]
        landed = (r for r in reversed(self.records) if r["status"] in LANDED)
        return next((r for r in landed if (r["area_code"], r["notebook"]) == key), None)

    def append(self, records: list[dict]) -> list[dict]:
        """Add records, numbered in order."""
        with self._lock:
            numbered = []
            for record in records:
                self._seq += 1
                numbered.append({"run_id": record["run_id"], "seq": self._seq, **record})
            lines = (json.dumps(r, ensure_ascii=False) + "\n" for r in numbered)
            append(self.path, "".join(lines).encode())
            self.records += numbered
            return numbered


def last_run(folder: Path) -> list[dict]:
    """Give the last record of each job of the last run in a period's folder, in the order of the run."""
    manifest = Manifest(folder)
    if not manifest.records:
        return []
    run = max(manifest.records, key=lambda r: r["seq"])["run_id"]
    wanted = {(r["area_code"], r["notebook"]) for r in manifest.records if r["run_id"] == run}
    return [state for key, state in manifest.states().items() if key in wanted]


def _sharing(record: dict, known: dict[str, list]) -> dict:
    """Let records of one list of inputs hold it once: most of a country's manifest is its hundreds of originals."""
    if "inputs" in record:
        record["inputs"] = known.setdefault(json.dumps(record["inputs"]), record["inputs"])
    return record
