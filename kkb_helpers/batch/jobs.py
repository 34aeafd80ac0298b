"""Jobs and the notebooks they run: what is asked for, what it depends on, what is refused before a start."""

import ast
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import nbformat

from ..errors import UsageError
from ..params import ROOT
from .disk import sha256, sha256_json


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    target: the folder of its results within the period's folder (`36.01-pandeglang`), or one page (`province.html`).
    input_sha256: the fingerprint of all data the notebook may read; None where the caller knows none.
    inputs: the files those data came from, for the manifest: name, sha256, bytes.
    common: what the notebook reads that those of other jobs read too, for `engine.Template.open`.
    """

    area_code: str
    area_name: str
    target: str
    notebook: Path
    params: dict[str, str]
    input_sha256: str | None = None
    inputs: tuple[dict, ...] = ()
    common: dict[str, str] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What the manifest knows it by."""
        return self.area_code, self.notebook.name

    @property
    def is_page(self) -> bool:
        """Whether its result is one page rather than a folder."""
        return self.target.endswith(".html")

    @property
    def private(self) -> str:
        """The folder for what it leaves when it fails."""
        return self.target.removesuffix(".html") if self.is_page else self.area_code


@cache
def package_version() -> str:
    """Give the package's version with the fingerprint of its code, templates and reference lists."""
    digest = hashlib.sha256()
    files = [p for p in (ROOT / "kkb_helpers").rglob("*") if p.suffix in {".py", ".css", ".j2", ".json"}]
    files += (ROOT / "data" / "reference").glob("*")
    for path in sorted(p for p in files if p.is_file()):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{metadata.version('kkb-helpers')}+{digest.hexdigest()[:16]}"


@cache
def lock_sha256() -> str:
    """Give the fingerprint of the pinned dependencies; of the installed ones where there is no list."""
    pins = ROOT / "requirements.txt"
    if pins.is_file():
        return sha256(pins.read_bytes())
    return sha256_json(sorted(f"{d.name}=={d.version}" for d in metadata.distributions()))


@dataclass(frozen=True)
class Template:
    """A notebook as this run uses it: read once, so that every report of a run comes from the same bytes."""

    path: Path
    data: bytes
    parameters: tuple[str, ...]
    snapshot: Path

    @property
    def sha256(self) -> str:
        """Its fingerprint."""
        return sha256(self.data)


def notebook_sha256(path: Path) -> str:
    """Give the fingerprint of a notebook as it stands."""
    return sha256(path.read_bytes())


def read_template(path: Path, snapshots: Path) -> Template:
    """Read a notebook and refuse one whose result could lie.

    UsageError, one message a fault: no or two `parameters` cells, saved outputs, cells that hide errors or are skipped,
    another language than Python.
    """
    try:
        data = path.read_bytes()
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise UsageError(f"{path}: buku kerja tidak dapat dibaca ({type(error).__name__}).") from error
    faults, names = _faults(notebook)
    if faults:
        raise UsageError(f"{path.name}: {fault}" for fault in faults)
    snapshot = snapshots / f"{sha256(data)[:16]}.ipynb"
    snapshot.write_bytes(data)
    return Template(path, data, names, snapshot)


def _faults(notebook: nbformat.NotebookNode) -> tuple[list[str], tuple[str, ...]]:
    faults, names = [], ()
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) == 1:
        names, fault = _parameter_names(tagged[0].source)
        faults += [fault] if fault else []
    else:
        faults.append(f"harus ada tepat satu sel bertanda 'parameters', ada {len(tagged)}.")
    for number, cell in enumerate(notebook.cells, 1):
        hiding = {"raises-exception", "skip-execution"} & set(cell.metadata.get("tags", []))
        if hiding:
            faults.append(f"sel {number} bertanda {', '.join(sorted(hiding))}. Hapus tanda itu.")
        if cell.get("outputs") or cell.get("execution_count"):
            faults.append(f"sel {number} menyimpan keluaran lama. Bersihkan dengan nbstripout.")
        if cell.cell_type == "code" and re.search(r"^\s*(?:!|%%?(?:bash|sh|script|system|sx)\b)", cell.source, re.M):
            faults.append(f"sel {number} menjalankan perintah sistem. Laporan tidak boleh bergantung padanya.")
    kernel = notebook.metadata.get("kernelspec", {}).get("name", "")
    if not kernel.startswith("python"):
        faults.append(f"kernel {kernel!r}; harus python3.")
    return faults, names


def _parameter_names(source: str) -> tuple[tuple[str, ...], str]:
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        return (), f"sel 'parameters' salah tulis di baris {error.lineno}."
    names = []
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name):
            return (), f"sel 'parameters' hanya boleh berisi `nama = nilai` (baris {node.lineno})."
        names.append(targets[0].id)
    return tuple(names), ""


def check_parameters(job: Job, template: Template) -> list[str]:
    """Say where a job's parameters are not those its notebook declares, or not plain text."""
    faults = []
    given, declared = set(job.params), set(template.parameters)
    where = f"{template.path.name} ({job.area_code})"
    for name in sorted(declared - given):
        faults.append(f"{where}: parameter {name!r} tidak diisi.")
    for name in sorted(given - declared):
        faults.append(f"{where}: parameter {name!r} tidak ada di sel 'parameters'.")
    for name, value in sorted(job.params.items()):
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            faults.append(f"{where}: nama parameter {name!r} tidak diperbolehkan.")
        if type(value) is not str:
            faults.append(f"{where}: parameter {name} harus teks, bukan {type(value).__name__}.")
        elif "\0" in value or not _is_encodable(value):
            faults.append(f"{where}: parameter {name} memuat tanda yang tidak diperbolehkan.")
    return faults


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def preflight(jobs: list[Job], snapshots: Path) -> dict[Path, Template]:
    """Read every notebook once and check every job against it; all faults in one UsageError."""
    templates, faults = {}, []
    for path in dict.fromkeys(job.notebook for job in jobs):
        try:
            templates[path] = read_template(path, snapshots)
        except UsageError as error:
            faults += error.messages
    for job in jobs:
        if job.notebook in templates:
            faults += check_parameters(job, templates[job.notebook])
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", job.target) or ".." in job.target:
            faults.append(f"{job.area_code}: {job.target!r} bukan nama folder hasil.")
    twice = {target for target, times in Counter(job.target for job in jobs).items() if times > 1}
    faults += [f"{target}: dua pekerjaan menulis ke tempat yang sama." for target in sorted(twice)]
    if faults:
        raise UsageError(faults)
    return templates
