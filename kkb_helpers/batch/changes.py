"""What differs between what is asked for and the good result that is in place: nothing, or why a job must run."""

import contextlib
from pathlib import Path

from .disk import sha256, sha256_json
from .jobs import Job, lock_sha256, package_version
from .verdict import GOOD


def fingerprint(job: Job, notebook_sha256: str) -> dict[str, str]:
    """Give what a result depends on besides its data, as the manifest keeps it."""
    return {
        "notebook_sha256": notebook_sha256,
        "package": package_version(),
        "lock_sha256": lock_sha256(),
        "params_sha256": sha256_json(job.params),
    }


def reasons(job: Job, before: dict | None, folder: Path, notebook_sha256: str) -> list[str]:
    """Say why a job's result in place is not exactly what is asked for; an empty list where it is, byte for byte.

    before: the job's last record in the manifest of `folder`.
    """
    if before is None:
        return ["belum pernah dijalankan"]
    if before["status"] not in GOOD:
        return [f"terakhir {before['status']}"]
    wanted = fingerprint(job, notebook_sha256)
    said = []
    if before.get("notebook_sha256") != wanted["notebook_sha256"]:
        said.append(f"buku kerja {job.notebook.name} berubah")
    if before.get("package") != wanted["package"]:
        said.append(f"paket kkb berubah ({before.get('package')} -> {wanted['package']})")
    if before.get("lock_sha256") != wanted["lock_sha256"]:
        said.append("daftar pustaka (requirements.txt) berubah")
    if before.get("params_sha256") != wanted["params_sha256"]:
        said.append(f"parameter berubah ({_differing(before.get('params', {}), job.params)})")
    if before.get("target") != job.target:
        said.append(f"tempat hasil berubah ({before.get('target')} -> {job.target})")
    if job.input_sha256 is None:
        said.append("sidik data tidak diketahui")
    elif before.get("input_sha256") != job.input_sha256:
        said.append("data wilayah ini berubah" + _files(before.get("inputs", []), job.inputs))
    touched = [o["name"] for o in before["outputs"] if not is_intact(folder, o)]
    if touched or not before["outputs"]:
        said.append(f"hasil diubah atau hilang ({', '.join(touched) or 'semua'})")
    return said


def is_intact(folder: Path, output: dict) -> bool:
    """Say whether a file stands as the manifest lists it."""
    path = folder / output["name"]
    with contextlib.suppress(OSError):
        return path.stat().st_size == output["bytes"] and sha256(path.read_bytes()) == output["sha256"]
    return False


def _differing(before: dict, wanted: dict) -> str:
    names = sorted(n for n in before.keys() | wanted.keys() if before.get(n) != wanted.get(n))
    return ", ".join(f"{n}: {before.get(n)} -> {wanted.get(n)}" for n in names)


def _files(before, wanted) -> str:
    """Name the originals that came, went or changed; a slice can also change by a correction of what is read."""
    old, new = ({i["name"]: i["sha256"] for i in items} for items in (before, wanted))
    parts = [
        ("baru", sorted(new.keys() - old.keys())),
        ("hilang", sorted(old.keys() - new.keys())),
        ("isinya lain", sorted(n for n in old.keys() & new.keys() if old[n] != new[n])),
    ]
    said = "; ".join(f"{word}: {', '.join(names)}" for word, names in parts if names)
    return f" (berkas {said})" if said else ""
