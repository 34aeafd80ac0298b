"""The child: the cells of one notebook, in ipykernel's in-process kernel."""

import contextlib
import json
import os
import random
import re
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from . import schema  # noqa: F401  # isort: skip - before nbformat
import nbformat

from .. import light
from .frames import Frames

_JSON = re.compile(r"application/(.*\+)?json")  # what may hold more than text
STREAM_LIMIT = 1_000_000  # characters of stdout, or of stderr, that one notebook may keep


def _inline_kernel_class():
    """Build the kernel class late: ipykernel is costly to import and the runner never needs it."""
    light.load("ipykernel.debugger")
    from ipykernel.inprocess.ipkernel import InProcessKernel
    from ipykernel.iostream import BackgroundSocket, IOPubThread, OutStream

    class InlineIOPub(IOPubThread):
        """Hands each message on where it is sent: no thread, no socket, so that a process holding it may fork."""

        def __init__(self, session, receive):
            self.session, self._receive = session, receive
            self.thread, self.io_loop, self.socket = threading.Thread(), None, None
            self.background_socket = BackgroundSocket(self)

        def schedule(self, f):
            f()

        def send_multipart(self, parts, *args, **kwargs):
            _, parts = self.session.feed_identities(parts)
            self._receive(self.session.deserialize(parts))

    class CappedStream(OutStream):
        """Sends its text before each display and at the end of a cell, and keeps no more than `STREAM_LIMIT`."""

        room = STREAM_LIMIT

        def _schedule_flush(self):
            self._flush_pending = True

        def write(self, string):
            if self.room > 0:
                kept = string[: self.room]
                self.room -= len(string)
                super().write(kept if self.room > 0 else kept + "\n[keluaran selebihnya dibuang]\n")
            return len(string)

    class InlineKernel(InProcessKernel):
        """ipykernel's in-process kernel, single-threaded: real messages, in the order they are sent."""

        def __init__(self, receive, **traits):
            from jupyter_client.session import Session
            from traitlets.config import Config

            session = Session(key=b"")
            # ipykernel waits half a millisecond after each cell, for the flushing thread that there is not here.
            config = Config({"HistoryManager": {"enabled": False}, "Kernel": {"_execute_sleep": 0.0}})
            super().__init__(session=session, iopub_thread=InlineIOPub(session, receive), config=config, **traits)
            self.shell.enable_matplotlib("inline")

        def _default_stream(self, name):
            return CappedStream(self.session, self.iopub_thread, name, watchfd=False)

        async def do_execute(self, *args, **kwargs):
            # For a cell with `await`, ipykernel 7 asks which thread the shell channel came from; here none did.
            self.shell_channel_thread = SimpleNamespace(parent_thread=None)
            try:
                return await super().do_execute(*args, **kwargs)
            finally:
                self.shell_channel_thread = None

        def adopt(self):
            """Take the kernel over in a forked child: the session refuses to send from another process's id."""
            self.session.pid = os.getpid()
            self.stdout, self.stderr = self._default_stream("stdout"), self._default_stream("stderr")

    return InlineKernel


class CellRunner:
    """Runs cells in an inline kernel and gathers their outputs as nbclient does."""

    def __init__(self):
        self.kernel = _inline_kernel_class()(self._receive)
        self.client = self.cell = self.index = self.request = None
        self.updated: set[int] = set()

    def run(self, notebook: nbformat.NotebookNode, emit: Callable) -> bool:
        """Run the notebook's cells in order, emitting each; give whether all ran without an error."""
        import asyncio

        from nbclient import NotebookClient

        self.kernel.adopt()
        self.client = NotebookClient(notebook, record_timing=False)
        self.client.reset_execution_trackers()
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        for index, cell in enumerate(notebook.cells):
            emit({"kind": "start", "cell": index})
            reply = {}
            if self._executes(cell):
                reply = self._execute(loop, cell, index)
                cell.execution_count = reply.get("execution_count", cell.execution_count)
                cell.outputs = _coalesced(cell.outputs)
            failed = reply.get("status") == "error" and "raises-exception" not in cell.metadata.get("tags", [])
            for changed in sorted(self.updated - {index}):
                emit({"kind": "update", "cell": changed}, _cell_body(notebook.cells[changed]))
            self.updated.clear()
            emit({"kind": "cell", "cell": index, "failed": failed}, _cell_body(cell))
            if failed:
                return False
        self.client.set_widgets_metadata()
        notebook.metadata.language_info = self.kernel.language_info
        emit({"kind": "metadata"}, json.dumps(notebook.metadata).encode())
        return True

    def _executes(self, cell) -> bool:
        skipped = self.client.skip_cells_with_tag in cell.metadata.get("tags", [])
        return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped

    def _execute(self, loop, cell, index) -> dict:
        cell.outputs = []
        self.client.clear_before_next_output = False
        self.cell, self.index = cell, index
        session, stream = self.kernel.session, self.kernel.shell_stream
        content = {"code": cell.source, "silent": False, "store_history": True, "allow_stdin": False}
        message = session.msg("execute_request", content)
        self.request = message["header"]["msg_id"]
        session.send(stream, message)
        with self.kernel._redirected_io():  # before the request is taken up, so that the streams know whose they are
            loop.run_until_complete(self.kernel.dispatch_shell(stream.recv_multipart()))
        _, reply = session.recv(stream, copy=False)
        return reply["content"] if reply else {"status": "error"}

    def _receive(self, message):
        """Take a message where the kernel sends it; those of no request of ours are dropped, as nbclient does."""
        from nbclient.exceptions import CellExecutionComplete

        if self.cell is None or message["parent_header"].get("msg_id") != self.request:
            return
        display = (message["content"].get("transient") or {}).get("display_id")
        if display and message["msg_type"] != "execute_result":
            self.updated |= set(self.client._display_id_map.get(display, {}))
        if not display and self._is_plain_display(message):
            content = {name: message["content"][name] for name in ("metadata", "data")}
            self.cell.outputs.append(nbformat.from_dict({"output_type": "display_data", **content}))
            return
        with contextlib.suppress(CellExecutionComplete):
            self.client.process_message(message, self.cell, self.index)

    def _is_plain_display(self, message) -> bool:
        """Say whether a message shows what any notebook may hold, and no more is to be done than to keep it.

        nbclient would prove each such output by nbformat's schema, which takes a twentieth of a report's time.
        """
        if message["msg_type"] != "display_data" or self.client.clear_before_next_output:
            return False
        data = message["content"]["data"]
        sound = all(isinstance(value, str) or _JSON.fullmatch(name) for name, value in data.items())
        return sound and not self.client.output_hook_stack[self.request]


def _coalesced(outputs: list) -> list:
    """Join neighbouring pieces of one stream: where a real kernel cuts them depends on the clock."""
    joined: list = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _cell_body(cell) -> bytes:
    """What a run changes in a cell."""
    if cell.cell_type != "code":
        return b"{}"
    return json.dumps({"execution_count": cell.execution_count, "outputs": cell.outputs}).encode()


def load(name: str) -> Callable:
    """Give the function that `module:function` names."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def _seed(text: str) -> None:
    """Seed the random generators from the job: forks of one template would else all draw the same numbers."""
    import hashlib

    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    random.seed(number)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(number)


def _limit_memory(megabytes: int | None) -> None:
    if megabytes and sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)


def run_job(job: dict, body: bytes, write: Callable[[bytes], Any], runner: CellRunner | None = None) -> None:
    """Run one job in this process, with the functions it names before and after its cells.

    Every step is a frame given to `write`.
    """

    def emit(header, content=b""):
        write(Frames.pack(header, content))

    notebook = nbformat.from_dict(json.loads(body))
    _seed(job["seed"])
    _limit_memory(job["memory"])
    if job["cwd"]:
        os.chdir(job["cwd"])
    if job["before"]:
        load(job["before"])(**job["before_options"])
    complete = (runner or CellRunner()).run(notebook, emit)
    if complete and job["then"]:
        try:
            value, files = load(job["then"])(notebook, **job["then_options"])
        except Exception as error:
            import traceback

            traceback.print_exc()
            emit({"kind": "then_failed", "error": f"{type(error).__name__}: {error}"})
        else:
            for name, content in files.items():
                emit({"kind": "file", "name": name}, content)
            emit({"kind": "value", "value": value})
    emit({"kind": "done", **_usage()})


def _usage() -> dict:
    """This process's CPU seconds and peak memory, for where no parent can tell by `wait4`."""
    try:
        import resource
    except ImportError:
        return {}
    return resources(resource.getrusage(resource.RUSAGE_SELF))


def resources(usage) -> dict:
    unit = 1 if sys.platform == "darwin" else 1024
    return {"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * unit}


def cold_main() -> None:
    """Be a child without a template: read one job from stdin, write frames to what was stdout."""
    frames, log = os.dup(1), 2
    os.dup2(log, 1)
    reader = Frames()
    while True:
        for header, body in reader.feed(os.read(0, 1 << 20)):
            with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a file descriptor is wanted
                os.dup2(nothing.fileno(), 0)
            run_job(header, body, lambda data: _write_all(frames, data))
            sys.stdout.flush()
            os._exit(0)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
