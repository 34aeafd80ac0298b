"""One run: plan, drive, judge, land."""

import contextlib
import datetime as dt
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from .. import engine, render
from ..errors import EnvironmentFault, KkbError, UsageError
from .changes import fingerprint, is_intact, reasons
from .cluster import Cluster
from .disk import FileHeld, now, patiently, put_new, settle, sha256, sha256_json, write_file, writing
from .jobs import Job, Template, preflight
from .lock import locked
from .manifest import Manifest, last_run
from .verdict import GOOD, Verdict, judge

HIDDEN = ".kkb"  # drafts and swapped folders of a period, empty when no run is under way
PRIVATE = ".private"  # what a failed notebook left, not to be handed on
SHARED_FROM = 3  # notebooks from which on it pays to read what they have in common once, before them
ESTIMATE = 1_000_000  # bytes a report takes, where no earlier one says
_EDITED = ".diubah-"


@dataclass
class Result:
    """What a run came to: the last record of each of its jobs, in the order given."""

    run_id: str
    records: list[dict] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 where every job is good, else 1."""
        return 0 if all(r["status"] in GOOD for r in self.records) else 1


def run(
    jobs: Iterable[Job],
    out: Path,
    period: str,
    *,
    workers: int | None = None,
    timeout: float | None = None,
    memory: int | None = None,
    force: bool = False,
    break_lock: bool = False,
    source: engine.Template | engine.Cold | Cluster | None = None,
    inputs: Callable[[], str] = lambda: "",
    on_event: Callable[[dict], None] = lambda event: None,
) -> Result:
    """Run jobs and land their results in `out/period`.

    Parameters
    ----------
    workers : int, optional
        Notebooks at a time; as many as there are cores, or threads of the cluster's workers.
    timeout : float, optional
        Seconds a notebook may take.
    memory : int, optional
        Mebibytes a notebook may take.
    force : bool
        Run what is unchanged too.
    source : engine.Template or Cluster, optional
        What notebooks are forked from, or the cluster they are sent to; started here where there is something to run.
        A template is made (and ended) where none is given.
    inputs : callable
        Gives the fingerprint of all data that notebooks read; asked at the start and before each result is landed.
    on_event : callable
        Called with `{"kind": "planned" | "started" | "finished", "record": ..., "done": n, "total": m}`, one at a time.

    Raises UsageError (a notebook or its parameters), EnvironmentFault (lock, disk, data replaced while it ran),
    KeyboardInterrupt after the manifest is closed. One job's failure is a record, not an exception.
    """
    jobs = list(jobs)
    folder = out / period
    with contextlib.ExitStack() as stack:
        snapshots = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kkb-")))
        templates = preflight(jobs, snapshots)
        held = stack.enter_context(locked(out, break_lock))
        manifest = Manifest(folder)
        _check_room(folder, jobs, manifest)
        _recover(folder)
        stack.callback(_recover, folder)
        manifest.mend()
        if source is None:
            source = stack.enter_context(contextlib.closing(engine.make_source()))
        press = _Press(folder, manifest, templates, source, timeout, memory, held, inputs, on_event)
        return press.run(jobs, workers, force)


def start_source(warm: tuple[str, ...] = ()) -> engine.Template | engine.Cold:
    """Give what notebooks are forked from, warming up."""
    return engine.make_source(warm).start()


def _check_room(folder: Path, jobs: list[Job], manifest: Manifest) -> None:
    """Refuse before the first notebook where the disk would not hold the drafts beside the old results."""
    states = manifest.states()
    sizes = (sum(o["bytes"] for o in states.get(job.key, {}).get("outputs", [])) or ESTIMATE for job in jobs)
    needed = 2 * sum(sizes)
    with writing(folder, needed):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    if free < needed:
        raise EnvironmentFault(f"{folder}: butuh {needed} bita, tersedia {free}. Kosongkan ruang sebelum menjalankan.")


def _recover(folder: Path) -> None:
    """Put back a folder that a crash left between two renames, and drop drafts nobody will finish."""
    for old in (folder / HIDDEN / "old").glob("*"):
        if (folder / old.name).exists():
            shutil.rmtree(old)
        else:
            old.replace(folder / old.name)
    shutil.rmtree(folder / HIDDEN, ignore_errors=True)
    for draft in folder.glob(".*.draft"):
        draft.unlink()


class _Press:
    """One run: plans jobs, drives them in threads, judges and lands what they give."""

    def __init__(self, folder, manifest, templates, source, timeout, memory, held, inputs, on_event):
        self.folder, self.manifest, self.templates, self.source = folder, manifest, templates, source
        self.timeout, self.memory, self.held, self.on_event = timeout, memory, held, on_event
        self.inputs, self.read_from = inputs, inputs()
        self.run_id = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self.stopping = threading.Event()
        self.talking = threading.Lock()
        self.done = self.total = 0
        self.sharing: Counter[str] = Counter()  # how many jobs have what in common
        self.before = manifest.states()

    def run(self, jobs: list[Job], workers: int | None, force: bool) -> Result:
        self.total = len(jobs)
        fresh = [job for job in jobs if not force and not self._reasons(job)]
        left_alone = {job.key for job in fresh}
        todo = [job for job in jobs if job.key not in left_alone]
        # The plan is on the disk before the first notebook: `resume` after a power cut knows what was meant.
        planned = [self._record(j, "unchanged", outputs=self.before[j.key]["outputs"]) for j in fresh]
        for record, job in zip(planned, fresh, strict=True):
            record["summary"] = self.before[job.key].get("summary")
        written = self.manifest.append(planned + [self._record(j, "running", reason=self.held.note) for j in todo])
        for record in written[: len(fresh)]:
            self._tell("finished", record)
        todo = self._in_turn(todo)
        self.sharing = Counter(sha256_json(job.common) for job in todo)
        self._drive(todo, workers)
        self.held.check()
        states = self.manifest.states()
        return Result(self.run_id, [states[job.key] for job in jobs])

    def _drive(self, jobs: list[Job], workers: int | None) -> None:
        if not jobs:
            return
        self.source.start()
        workers = workers or (self.source.width if isinstance(self.source, Cluster) else os.cpu_count()) or 1
        width = min(workers, len(jobs))
        running, landing = (ThreadPoolExecutor(width, thread_name_prefix=f"kkb-{name}") for name in ("run", "land"))
        places = threading.Semaphore(2 * width)  # results that may wait for a slow disk
        waiting = {running.submit(self._run, job, landing, places) for job in jobs}
        try:
            while waiting:
                finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                waiting |= {landed for future in finished if (landed := future.result())}
        except BaseException:
            self.stopping.set()
            self.source.close()
            running.shutdown(wait=True, cancel_futures=True)
            landing.shutdown()  # what waits there sees that the run stops
            states = self.manifest.states()
            left = [j for j in jobs if states[j.key]["status"] == "running"]
            with contextlib.suppress(KkbError):
                self.manifest.append([self._record(j, "interrupted", reason="Dihentikan.") for j in left])
            raise
        running.shutdown()
        landing.shutdown()

    def _run(self, job: Job, landing: ThreadPoolExecutor, places: threading.Semaphore) -> Future | None:
        """Run a job's notebook; give what lands its result, while the next notebook runs."""
        if self.stopping.is_set():
            return None
        started, began = now(), time.monotonic()
        self._tell("started", self._record(job, "running"))
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(tempfile.TemporaryFile())
            outcome = self._execute(job, log)
            places.acquire()
            stack.callback(places.release)
            return landing.submit(self._finish, job, outcome, log, started, began, kept=stack.pop_all())

    def _finish(
        self, job: Job, outcome: engine.Outcome, log, started: str, began: float, kept: contextlib.ExitStack
    ) -> None:
        """Judge what a notebook came to, land it, and write its last record."""
        with kept:
            if self.stopping.is_set():
                return
            self.held.check()
            if self.inputs() != self.read_from:
                raise EnvironmentFault(
                    f"{job.area_code}: data berubah selama proses; laporan yang belum ditulis dihentikan, supaya satu "
                    "proses tidak memuat dua keadaan data. Jalankan `kkb run` lagi."
                )
            record = self._record(job, "ok", started_at=started)
            record |= {"cpu_seconds": outcome.cpu_seconds, "peak_bytes": outcome.peak_bytes}
            verdict = judge(job, outcome)
            if verdict.status in GOOD:
                try:
                    record["outputs"] = self._land(job, outcome.files)
                    record["summary"] = (outcome.value["sentinel"] or {}).get("summary")
                except FileHeld as error:
                    verdict = Verdict("failed", str(error), "environment")
            if verdict.status in GOOD:
                shutil.rmtree(self.folder / PRIVATE / job.private, ignore_errors=True)
            else:
                self._keep_private(job, outcome, verdict, log)
        record |= {"status": verdict.status, "reason": verdict.reason, "cause": verdict.cause}
        record |= {"finished_at": now(), "seconds": round(time.monotonic() - began, 3)}
        self._tell("finished", self.manifest.append([record])[0])

    def _execute(self, job: Job, log) -> engine.Outcome:
        template = self.templates[job.notebook]
        if isinstance(self.source, Cluster):
            return self.source.execute(job, template, self.timeout, self.memory, log)
        common = job.common if self.sharing[sha256_json(job.common)] >= SHARED_FROM else None
        return execute(job, template, self.source, self.timeout, self.memory, log.fileno(), common=common)

    def _tell(self, kind: str, record: dict) -> None:
        with self.talking:
            self.done += kind == "finished"
            self.on_event({"kind": kind, "record": record, "done": self.done, "total": self.total})

    def _record(self, job: Job, status: str, reason: str = "", started_at: str | None = None, outputs=()) -> dict:
        attempt = self.before.get(job.key, {}).get("attempt", 0)
        again = self.before.get(job.key, {}).get("status", "ok") not in GOOD
        return {
            "run_id": self.run_id,
            "area_code": job.area_code,
            "area_name": job.area_name,
            "period": job.params.get("period", ""),
            "notebook": job.notebook.name,
            "target": job.target,
            "status": status,
            "reason": reason,
            "cause": "",
            "inputs": list(job.inputs),
            "input_sha256": job.input_sha256,
            **fingerprint(job, self.templates[job.notebook].sha256),
            "params": job.params,
            "started_at": started_at or now(),
            "finished_at": now() if status != "running" else None,
            "seconds": 0.0,
            "attempt": attempt + 1 if again else 1,
            "outputs": list(outputs),
        }

    def _in_turn(self, jobs: list[Job]) -> list[Job]:
        """Put the longest first, but jobs with something in common one after another: it is then read once for them."""
        families: dict[str, list[Job]] = {}
        for at, job in enumerate(jobs):
            families.setdefault(sha256_json(job.common) if job.common else str(at), []).append(job)
        for family in families.values():
            family.sort(key=self._expected_seconds, reverse=True)
        alone_first = sorted(
            families.values(), key=lambda f: (not f[0].common, self._expected_seconds(f[0])), reverse=True
        )
        return [job for family in alone_first for job in family]

    def _expected_seconds(self, job: Job) -> tuple[float, bool]:
        """Say how long a job may take, for the longest to start first; where that is not known, pages of many areas."""
        known = self.before.get(job.key, {}).get("seconds", 0.0)
        return known, job.is_page

    def _reasons(self, job: Job) -> list[str]:
        return reasons(job, self.before.get(job.key), self.folder, self.templates[job.notebook].sha256)

    # --- landing

    def _land(self, job: Job, files: dict[str, bytes]) -> list[dict]:
        """Put a job's files in place; gives them as the manifest lists them."""
        if job.is_page:
            beside = {n: d for n, d in files.items() if "/" not in n and not n.startswith("report.")}
            files = {**beside, job.target: files["report.html"]}
            for name in self._edited(job):
                self._set_aside(name)
            for name, data in files.items():  # the page last: what it names is there when it appears
                write_file(self.folder / name, data)
        else:
            self._land_folder(job, files)
            files = {f"{job.target}/{name}": data for name, data in files.items()}
        return [{"name": n, "sha256": sha256(d), "bytes": len(d)} for n, d in sorted(files.items())]

    def _land_folder(self, job: Job, files: dict[str, bytes]) -> None:
        draft, target = self.folder / HIDDEN / "draft" / job.target, self.folder / job.target
        old = self.folder / HIDDEN / "old" / job.target
        size = sum(map(len, files.values()))
        with writing(target, size):
            shutil.rmtree(draft, ignore_errors=True)
            for name, data in files.items():
                (draft / name).parent.mkdir(parents=True, exist_ok=True)
                put_new(draft / name, data)
            self._carry_over(job, draft)
            for folder in {draft, *((draft / name).parent for name in files)}:
                settle(folder)
            old.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                patiently(lambda: target.replace(old))
            try:
                patiently(lambda: draft.replace(target))
            except OSError:
                if old.exists():
                    old.replace(target)
                raise
            settle(self.folder)
            shutil.rmtree(old, ignore_errors=True)

    def _edited(self, job: Job) -> list[str]:
        """Name the earlier outputs that someone has changed since."""
        outputs = self.before.get(job.key, {}).get("outputs", [])
        return [o["name"] for o in outputs if (self.folder / o["name"]).is_file() and not is_intact(self.folder, o)]

    def _set_aside(self, name: str) -> Path:
        path = self.folder / name
        aside = path.with_name(f"{path.name}{_EDITED}{sha256(path.read_bytes())[:12]}")
        shutil.copy2(path, aside)
        return aside

    def _carry_over(self, job: Job, draft: Path) -> None:
        """Take along what people put into the old folder, or changed in it: nothing of theirs is lost to a rename."""
        target = self.folder / job.target
        for name in self._edited(job):
            self._set_aside(name)
        recorded = {o["name"] for o in self.before.get(job.key, {}).get("outputs", [])}
        for path in target.rglob("*") if target.is_dir() else ():
            inside = path.relative_to(target)
            theirs = path.is_file() and path.relative_to(self.folder).as_posix() not in recorded
            if theirs and not (draft / inside).exists():
                (draft / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, draft / inside)

    def _keep_private(self, job: Job, outcome: engine.Outcome, verdict: "Verdict", log) -> None:
        """Keep what a failed notebook had come to, for those who mend it; never where reports are."""
        folder = self.folder / PRIVATE / job.private
        log.seek(0)
        files = {"log.txt": render.scrub(log.read().decode("utf-8", "replace")).encode()}
        with contextlib.suppress(Exception):  # a notebook broken enough to fail may also fail to be shown
            page = render.page_of(outcome.notebook, job.area_code, job.params["period"], verdict.reason)
            files["report.html"] = render.to_html(outcome.notebook, page).encode()
            cleaned = render.clean(outcome.notebook, job.notebook.name)
            files["report.ipynb"] = nbformat.writes(cleaned).encode()
        for name, data in files.items():
            write_file(folder / name, data)


def warm() -> None:
    """Pay ahead what the first notebook of a run would wait for: the import of papermill, the schema of notebooks."""
    import papermill.execute  # noqa: F401

    nbformat.validate(nbformat.v4.new_notebook())


def execute(job: Job, template: Template, source, timeout, memory, log: int, **options) -> engine.Outcome:
    """Run a job's notebook through papermill; how it ended is told by the engine, not by papermill's exception."""
    import papermill
    from papermill.exceptions import PapermillException, PapermillExecutionError
    from papermill.execute import remove_error_markers

    outcome = engine.Outcome()
    about = {"area_code": job.area_code, "period": job.params["period"], "name": job.notebook.name}
    try:
        papermill.execute_notebook(
            str(template.snapshot),
            None,
            parameters=dict(job.params),
            engine_name="kkb",
            progress_bar=False,
            source=source,
            timeout=timeout,
            memory=memory,
            seed=sha256_json(job.params),
            log=log,
            then="kkb_helpers.render:pack",
            then_options=about,
            outcome=outcome,
            **options,
        )
    except PapermillExecutionError:
        outcome.notebook = remove_error_markers(outcome.notebook)  # what happened, the outcome says better
    except (PapermillException, OSError, RuntimeError, ValueError) as error:
        outcome.status, outcome.reason = "died", f"{type(error).__name__}: {error}"
    return outcome


def unfinished(folder: Path, notebooks: Path) -> list[Job]:
    """Give the jobs of the last run in a period's folder that are not good, as they were asked for.

    UsageError where no run has begun there.
    """
    records = last_run(folder)
    if not records:
        raise UsageError(f"{folder}: belum ada proses yang dapat dilanjutkan. Jalankan `kkb run`.")
    return [job_of_record(record, notebooks) for record in records if record["status"] not in GOOD]


def job_of_record(record: dict, notebooks: Path) -> Job:
    """Give the job that a record of the manifest tells of, as it was asked for."""
    return Job(
        record["area_code"],
        record["area_name"],
        record["target"],
        notebooks / record["notebook"],
        record["params"],
        record["input_sha256"],
        tuple(record["inputs"]),
    )


def clean(out: Path, older_than: float = 0.0) -> list[Path]:
    """Remove drafts and private notebooks older than some days; gives what was removed. Reports are never touched."""
    limit = time.time() - older_than * 86_400
    removed = []
    with locked(out):
        for period in sorted(p for p in out.iterdir() if p.is_dir()):
            for old in (period / HIDDEN / "old").glob("*"):
                if not (period / old.name).exists():
                    old.replace(period / old.name)
            leftovers = [*period.glob(f"{PRIVATE}/*"), *period.glob(f"{HIDDEN}/*"), *period.glob(".*.draft")]
            for path in leftovers:
                if path.stat().st_mtime <= limit:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                    removed.append(path)
    return removed
