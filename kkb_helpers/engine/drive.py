"""The papermill engine itself: follows a child, keeps deadlines and papermill's metadata, and judges the end."""

import contextlib
import json
import os
import queue
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from papermill.engines import Engine
from papermill.log import logger

from .outcome import Outcome
from .runner import KILL_GRACE, shared


class ForkEngine(Engine):
    """papermill's engine `kkb`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        stdout_file=None,
        stderr_file=None,
        execution_timeout=None,
        *,
        source=None,
        common=None,
        timeout=None,
        memory=None,
        seed="",
        cwd=None,
        log=None,
        before=None,
        before_options=None,
        then=None,
        then_options=None,
        outcome=None,
        **kwargs,
    ):
        """Run the notebook of `nb_man` in a fresh child and keep its papermill metadata true.

        Parameters
        ----------
        source : Template or Cold, optional
            Where children come from; by default one of this process.
        common : dict, optional
            What the notebook reads that others read too (see `Template.open`).
        execution_timeout, timeout : float, optional
            Seconds a cell, and the whole notebook, may take.
        memory : int, optional
            Mebibytes of address space.
        log : int, optional
            File descriptor for what the child writes to its own fd 1 and 2 (`!cmd`, crashes).
        before, before_options : str and dict, optional
            A function `module:function` called in the child before the first cell.
        then, then_options : str and dict, optional
            A function `module:function` called in the child with the executed notebook; it gives a JSON value and
            a dictionary of files.
        outcome : Outcome, optional
            Filled in; papermill itself has no word for a killed notebook.
        """
        if kernel_name and not kernel_name.startswith("python"):
            raise ValueError(f"Mesin kkb hanya menjalankan kernel Python, bukan {kernel_name!r}.")
        job = {
            "seed": seed or json.dumps(nb_man.nb.metadata.papermill.get("parameters", {}), sort_keys=True, default=str),
            "cwd": str(cwd or Path.cwd()),
            "memory": memory,
            "before": before,
            "before_options": before_options or {},
            "then": then,
            "then_options": then_options or {},
        }
        streams = Streams(log_output, stdout_file, stderr_file)
        outcome = outcome if outcome is not None else Outcome()
        drive = _Drive(nb_man, outcome, streams, timeout, execution_timeout)
        with contextlib.ExitStack() as stack:
            if log is None:
                log = stack.enter_context(open(os.devnull, "wb")).fileno()  # noqa: PTH123 - a descriptor is wanted
            drive.run(source or shared(), log, job, common)


@dataclass
class Streams:
    """papermill's own wishes for a notebook's text: its log, and two files."""

    log: bool
    stdout: Any
    stderr: Any

    def tell(self, outputs: list) -> None:
        """Pass the text of a finished cell on."""
        for output in outputs:
            if output.output_type == "stream":
                target = self.stdout if output.name == "stdout" else self.stderr
                if target:
                    target.write(output.text)
                    target.flush()
                if self.log:
                    (logger.info if output.name == "stdout" else logger.warning)(output.text)


class _Drive:
    """One notebook's run, seen from the parent: it applies frames, keeps deadlines, and judges the end."""

    def __init__(self, nb_man, outcome: Outcome, streams: Streams, timeout, cell_timeout):
        self.nb_man, self.nb, self.outcome, self.streams = nb_man, nb_man.nb, outcome, streams
        self.timeout, self.cell_timeout = timeout, cell_timeout
        self.running: int | None = None
        self.finished: set[int] = set()
        self.failed = self.done = self.late = self.heard = False
        self.then_error = ""
        outcome.notebook = self.nb

    def run(self, source, log: int, job: dict, common: dict | None) -> None:
        """Have a child do the job, and fill in the outcome."""
        began = time.monotonic()
        self.deadline = began + self.timeout if self.timeout else None
        self.cell_deadline = None
        ended = self._attend(source.open(log, common), job)
        if common and not self.heard and ended["code"] is None:  # not the child: its branch is lost
            source.forget(common)
            if not self.late:
                ended = self._attend(source.open(log), job)
        self.outcome.seconds = time.monotonic() - began
        self._judge(ended)

    def _attend(self, child, job: dict) -> dict:
        """Send a child the job and follow it to its end; give the frame that told of it."""
        arrivals: queue.SimpleQueue = queue.SimpleQueue()
        reader = threading.Thread(target=_pump, args=(child, arrivals), daemon=True)
        reader.start()
        try:
            child.send(job, json.dumps(self.nb).encode())
            return self._follow(child, arrivals)
        except BaseException:
            child.kill()
            raise

    def _follow(self, child, arrivals) -> dict:
        while True:
            limits = [d for d in (self.deadline, self.cell_deadline) if d]
            try:
                header, body = arrivals.get(timeout=max(0.0, min(limits) - time.monotonic()) if limits else None)
            except queue.Empty:
                if self.late:  # killed, and still no word of its death
                    return {"code": None}
                self.late = True
                child.kill()
                self.deadline, self.cell_deadline = time.monotonic() + KILL_GRACE, None
                continue
            if header["kind"] == "exit":
                return header
            self.heard = True
            getattr(self, f"_on_{header['kind']}")(header, body)

    def _on_start(self, header, _):
        self.running = header["cell"]
        self.cell_deadline = time.monotonic() + self.cell_timeout if self.cell_timeout and not self.late else None
        self.nb_man.cell_start(self.nb.cells[self.running], self.running)

    def _on_update(self, header, body):
        self.nb.cells[header["cell"]].update(nbformat.from_dict(json.loads(body)))

    def _on_cell(self, header, body):
        index = header["cell"]
        cell = self.nb.cells[index]
        cell.update(nbformat.from_dict(json.loads(body)))
        self.streams.tell(cell.get("outputs", []))
        if header["failed"]:
            self.failed = True
            self.nb_man.cell_exception(cell, cell_index=index)
        self.nb_man.cell_complete(cell, cell_index=index)
        self.finished.add(index)
        self.cell_deadline = None
        if not header["failed"]:
            self.running = None

    def _on_metadata(self, _, body):
        self.nb.metadata.update(nbformat.from_dict(json.loads(body)))

    def _on_file(self, header, body):
        self.outcome.files[header["name"]] = body

    def _on_value(self, header, _):
        self.outcome.value = header["value"]

    def _on_then_failed(self, header, _):
        self.then_error = header["error"]

    def _on_done(self, header, _):
        self.done = True
        self.outcome.cpu_seconds, self.outcome.peak_bytes = header.get("cpu_seconds"), header.get("peak_bytes")

    def _judge(self, ended: dict) -> None:
        """Say how it ended; a notebook that did not end by itself carries an error where it stood."""
        outcome = self.outcome
        outcome.cpu_seconds = ended.get("cpu_seconds", outcome.cpu_seconds)
        outcome.peak_bytes = ended.get("peak_bytes", outcome.peak_bytes)
        outcome.not_run = tuple(
            i
            for i, cell in enumerate(self.nb.cells)
            if cell.cell_type == "code" and cell.source.strip() and i not in self.finished
        )
        outcome.cell = self.running
        if self.done and not self.failed and not self.then_error:
            outcome.status = "ok"
        elif self.late:
            outcome.status = "timed_out"
            outcome.reason = f"Batas waktu {self.timeout or self.cell_timeout:g} detik terlampaui{self._where()}."
            self._mark("NotebookTimeout")
        elif self.then_error:
            outcome.status, outcome.reason = "failed", f"Halaman tidak dapat dibuat: {self.then_error}"
        elif self.failed:
            outcome.status, outcome.reason = self._failure()
        else:
            outcome.status, outcome.reason = "died", f"Proses {_how(ended['code'])}{self._where()}."
            self._mark("NotebookDied")

    def _where(self) -> str:
        return "" if self.running is None else f" di sel {self.running + 1}"

    def _failure(self) -> tuple[str, str]:
        error = next((o for o in self.nb.cells[self.running].outputs if o.output_type == "error"), None)
        name, value = (error.ename, error.evalue) if error else ("Error", "")
        if name == "SystemExit":
            return "exited", f"Buku kerja berhenti sendiri (sys.exit){self._where()}; sel sesudahnya tidak dijalankan."
        first = value.strip().splitlines()[0] if value.strip() else ""
        return "failed", f"{name}{self._where()}: {first}"

    def _mark(self, name: str) -> None:
        """Put an error where the notebook stood, so that neither papermill nor a reader takes it for finished."""
        index = self.running
        if index is None or self.nb.cells[index].cell_type != "code":
            index = next(iter(self.outcome.not_run), None)
        if index is None:
            return
        cell = self.nb.cells[index]
        text = self.outcome.reason
        cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))
        self.nb_man.cell_exception(cell, cell_index=index)
        self.nb_man.cell_complete(cell, cell_index=index)


def _how(code: int | None) -> str:
    if code is None:
        return "induknya mati"
    if code < 0:
        name = signal.Signals(-code).name
        memory = " (mungkin kehabisan memori)" if name == "SIGKILL" else ""
        return f"mati oleh sinyal {name}{memory}"
    return f"berakhir mendadak (kode {code})"


def _pump(child, arrivals) -> None:
    """Move a child's frames to where a deadline can be kept while waiting for them."""
    try:
        for frame in child.frames():
            arrivals.put(frame)
    except BaseException:
        arrivals.put(({"kind": "exit", "code": None}, b""))
        raise
