"""The trace of a file through the manifests: where an original may have gone, and what a page was made from."""

from dataclasses import dataclass
from pathlib import Path

from .disk import sha256
from .manifest import LANDED, Manifest

LEAST_OF_A_HASH = 8


@dataclass(frozen=True)
class Trace:
    """One landed result that has to do with a file.

    folder: of the period. record: its line in the manifest. inputs, outputs: the entries of the manifest that are the
    file, or all of the other side where the file is one of the outputs (inputs).
    """

    folder: Path
    record: dict
    inputs: tuple[dict, ...]
    outputs: tuple[dict, ...]

    def stands(self, output: dict) -> str:
        """Say where an output is now: as written, changed since, or no longer there."""
        path = self.folder / output["name"]
        if not path.is_file():
            return "tidak ada lagi"
        return "masih ada" if sha256(path.read_bytes()) == output["sha256"] else "berubah sejak ditulis"


def trace(out: Path, file: str) -> list[Trace]:
    """Give every landed result that an original, or an output, of this name or fingerprint is part of; oldest first.

    file: a name as in the register or in the results (`report.html` alone is every report), or the first eight or more
    digits of a sha256.
    """
    found = []
    for path in sorted(out.glob("*/manifest.jsonl")):
        for record in Manifest(path.parent).records:
            if record["status"] not in LANDED:
                continue
            inputs = tuple(entry for entry in record["inputs"] if _is(entry, file))
            outputs = tuple(entry for entry in record["outputs"] if _is(entry, file))
            if inputs or outputs:
                sides = (inputs or tuple(record["inputs"]), outputs or tuple(record["outputs"]))
                found.append(Trace(path.parent, record, *sides))
    return sorted(found, key=lambda one: one.record["finished_at"])


def _is(entry: dict, file: str) -> bool:
    """Say whether an entry of the manifest is the file that is asked for."""
    wanted = file.lower()
    hashed = len(wanted) >= LEAST_OF_A_HASH and entry["sha256"].startswith(wanted)
    return (
        hashed
        or entry["name"].lower() in (wanted, wanted.replace("\\", "/"))
        or ("/" in entry["name"] and entry["name"].lower().endswith(f"/{wanted}"))
    )
