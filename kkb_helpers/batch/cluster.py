"""The same jobs on a Dask cluster: what a job needs goes with it, what it gives comes back, nothing is shared.

The runner plans, judges and lands as ever; one thread of it waits for each job that is away. A worker keeps a template
process of its own (Dask's workers have threads and may not fork), unpacks the data a job carries into a folder of its
own, and runs the notebook through the same engine. A worker that is lost costs nothing but time: the scheduler gives
its jobs to another.
"""

import contextlib
import json
import platform
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat

from .. import engine
from ..errors import EnvironmentFault, UsageError
from .disk import put_new, sha256
from .jobs import Job, Template, lock_sha256, package_version

CONNECT_SECONDS = 30
PLUGIN = "kkb"


@dataclass(frozen=True)
class Cargo:
    """The data of a job: files by their path below a folder that stands for the project's root on the worker."""

    files: dict[str, bytes]
    sha256: str

    @classmethod
    def of(cls, files: dict[str, bytes]) -> "Cargo":
        """Take files for a cargo."""
        total = "".join(f"{name} {sha256(data)}\n" for name, data in sorted(files.items()))
        return cls(files, sha256(total.encode()))


def versions() -> dict[str, str]:
    """Give what must be the same on every machine for the same bytes."""
    return {"paket": package_version(), "pustaka": lock_sha256()[:16], "Python": platform.python_version()}


class Cluster:
    """A running Dask cluster, as a source of children.

    Parameters
    ----------
    address : str
        The scheduler: `tcp://machine:8786`.
    warm : tuple of str
        Functions called once in each worker's template before the first fork.
    cargo_of : callable
        Gives the cargo of a job.
    before : str
        A function `module:function` called in the child with `root`, the folder of the cargo.
    """

    def __init__(self, address: str, warm: tuple[str, ...], cargo_of: Callable[[Job], Cargo], before: str):
        self.address, self.warm, self.cargo_of, self.before = address, warm, cargo_of, before
        self.width = 1
        self._client = None

    def start(self) -> "Cluster":
        """Connect, refuse workers of another version, and warm a template on each; UsageError, EnvironmentFault."""
        if self._client is not None:
            return self
        try:
            from distributed import Client
        except ImportError:
            raise UsageError("--scheduler memerlukan dask.distributed: `pip install 'kkb-helpers[cluster]'`.") from None
        try:
            self._client = Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            self.close()
            raise EnvironmentFault(
                f"{self.address}: penjadwal Dask atau pekerjanya tidak dapat dihubungi ({type(error).__name__}). "
                "Periksa alamat dan bahwa pekerja sudah berjalan."
            ) from error
        self._refuse_other_versions(self._client.run(versions))
        self._client.register_plugin(_plugin(self.warm), name=PLUGIN)
        self.width = max(1, sum(self._client.nthreads().values()))
        return self

    def _refuse_other_versions(self, found: dict[str, dict]) -> None:
        ours = versions()
        problems = [
            f"{worker}: {name} {theirs.get(name)}, di sini {value}. Samakan pemasangan kkb di semua mesin."
            for worker, theirs in sorted(found.items())
            for name, value in ours.items()
            if theirs.get(name) != value
        ]
        if problems:
            self.close()
            raise EnvironmentFault(problems)

    def execute(self, job: Job, template: Template, timeout, memory, log) -> engine.Outcome:
        """Send a job, wait for it, and give how it ended; its log is written into `log`."""
        from distributed import CancelledError, KilledWorker

        cargo = self.cargo_of(job)
        sent = {
            "versions": versions(),
            "job": asdict(job) | {"notebook": job.notebook.name, "inputs": ()},
            "notebook": template.data,
            "parameters": template.parameters,
            "options": {"timeout": timeout, "memory": memory},
            "before": self.before,
        }
        future = self._client.submit(work, sent, cargo.files, cargo.sha256, pure=False, retries=0)
        try:
            received = future.result()
        except (KilledWorker, CancelledError) as error:
            return engine.Outcome("died", f"Pekerja hilang ({type(error).__name__}).", notebook=_read(template.data))
        finally:
            with contextlib.suppress(Exception):
                future.release()
        if "refused" in received:
            raise EnvironmentFault(received["refused"])
        log.write(received["log"])
        notebook = _read(received["notebook"])
        return engine.Outcome(**received["outcome"], notebook=notebook, files=received["files"])

    def close(self) -> None:
        """Leave the cluster as it was found: its workers run on, without our templates."""
        if self._client is None:
            return
        client, self._client = self._client, None
        with contextlib.suppress(Exception):
            client.unregister_worker_plugin(PLUGIN)
        with contextlib.suppress(Exception):
            client.close(timeout=5)


def _read(data: bytes) -> nbformat.NotebookNode:
    return nbformat.reads(data.decode(), as_version=4)


# --- on the worker -------------------------------------------------------------------------------------------------


def _plugin(warm: tuple[str, ...]):
    """Build the class late: dask.distributed is an extra."""
    from distributed import WorkerPlugin

    class KkbPlugin(WorkerPlugin):
        """Keeps what a worker needs between jobs; a worker that joins later gets one too."""

        def setup(self, worker):
            worker.kkb = Bench(warm)

        def teardown(self, worker):
            worker.kkb.close()

    return KkbPlugin()


class Bench:
    """A worker's template process, and the cargoes it has unpacked."""

    def __init__(self, warm: tuple[str, ...]):
        from .press import start_source

        self.source = start_source(warm)
        self._scratch = tempfile.TemporaryDirectory(prefix="kkb-")
        self.folder = Path(self._scratch.name)
        self._lock = threading.Lock()

    def unpack(self, files: dict[str, bytes], digest: str) -> Path:
        """Give the folder of a cargo, written when it is first seen."""
        folder = self.folder / digest
        with self._lock:
            if not folder.is_dir():
                draft = Path(tempfile.mkdtemp(dir=self.folder))
                for name, data in files.items():
                    path = draft / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    put_new(path, data)
                draft.replace(folder)
        return folder

    def close(self) -> None:
        """End the template and forget the cargoes."""
        self.source.close()
        self._scratch.cleanup()


def work(sent: dict, files: dict[str, bytes], digest: str) -> dict:
    """Run one job on this worker; gives what the runner needs to judge and land it."""
    from distributed import get_worker

    from .press import execute

    ours = versions()
    if sent["versions"] != ours:
        return {"refused": f"Pekerja memakai {ours}, pengirim {sent['versions']}. Samakan pemasangan kkb."}
    bench: Bench = get_worker().kkb
    root = bench.unpack(files, digest)
    job = Job(**{**sent["job"], "notebook": Path(sent["job"]["notebook"])})
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder, tempfile.TemporaryFile() as log:
        snapshot = Path(folder) / job.notebook.name
        put_new(snapshot, sent["notebook"])
        template = Template(job.notebook, sent["notebook"], tuple(sent["parameters"]), snapshot)
        options = {"before": sent["before"], "before_options": {"root": str(root)}}
        limits = sent["options"]
        outcome = execute(job, template, bench.source, limits["timeout"], limits["memory"], log.fileno(), **options)
        log.seek(0)
        told = log.read()
    facts = {k: v for k, v in vars(outcome).items() if k not in ("notebook", "files")}
    return {
        "outcome": facts,
        "files": outcome.files,
        "notebook": json.dumps(outcome.notebook).encode() if outcome.notebook else sent["notebook"],
        "log": told,
    }
