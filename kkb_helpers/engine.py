"""The papermill engine: a notebook in a warm, fresh process.

Three parts. The *runner* (papermill in any process, threads or not) drives a notebook and keeps its truth. The
*template* is a process of our own that imports what every report needs, starts no thread, and forks. The *child* is one
fork: it runs the cells of one notebook in ipykernel's in-process kernel, sends each finished cell to the runner, and
ends. Nothing that one notebook changes is seen by the next, and a child that dies leaves its finished cells behind.

A template of our own rather than pebble or a forkserver: both give a fresh process a task, but neither forks a *kernel*
that is already built, streams cells, kills the whole group of a notebook, or tells memory and CPU by `wait4`; the loop
below that does is shorter than the adapters would be. Where `fork` is missing (Windows) or unsafe (macOS), the same
child program starts cold in a process of its own: slower, the same in every other way.

Registered as `kkb` in papermill's entry points: `papermill --engine kkb` works with nothing else set up.
"""

import atexit
import contextlib
import json
import os
import queue
import random
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat

PRELOAD = (
    "pandas",
    "numpy",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "nbclient",
    "ipykernel.inprocess.ipkernel",
    "kkb_helpers",
)
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "ARROW_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
STREAM_LIMIT = 1_000_000  # characters of stdout, or of stderr, that one notebook may keep
KILL_GRACE = 5.0  # seconds between a kill and giving up on hearing of the death
_FOREIGN = ("PYTHON", "JUPYTER", "IPYTHON", "MPL", "MATPLOTLIB", "LC_", "LANG")


# --- frames: how runner, template and child talk -------------------------------------------------------------------


class Frames:
    """Cuts a stream of bytes into frames: a JSON header and a body of bytes, both with their length in front."""

    _LENGTHS = struct.Struct(">II")

    def __init__(self):
        self._buffer = bytearray()

    @classmethod
    def pack(cls, header: dict, body: bytes = b"") -> bytes:
        """Make one frame."""
        head = json.dumps(header).encode()
        return cls._LENGTHS.pack(len(head), len(body)) + head + body

    def feed(self, data: bytes) -> Iterator[tuple[dict, bytes]]:
        """Take bytes in and give the frames that are now whole; half a frame waits for the rest."""
        self._buffer += data
        while len(self._buffer) >= self._LENGTHS.size:
            head, body = self._LENGTHS.unpack_from(self._buffer)
            start = self._LENGTHS.size + head
            if len(self._buffer) < start + body:
                return
            frame = json.loads(self._buffer[self._LENGTHS.size : start]), bytes(self._buffer[start : start + body])
            del self._buffer[: start + body]
            yield frame


# --- the child: one notebook ---------------------------------------------------------------------------------------


def _inline_kernel_class():
    """Build the kernel class late: ipykernel is costly to import and the runner never needs it."""
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
            config = Config({"HistoryManager": {"enabled": False}})
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
        with contextlib.suppress(CellExecutionComplete):
            self.client.process_message(message, self.cell, self.index)


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


def _load(name: str) -> Callable:
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
    """Run one job in this process: its cells, then the function it names; every step is a frame given to `write`."""

    def emit(header, content=b""):
        write(Frames.pack(header, content))

    notebook = nbformat.from_dict(json.loads(body))
    _seed(job["seed"])
    _limit_memory(job["memory"])
    if job["cwd"]:
        os.chdir(job["cwd"])
    complete = (runner or CellRunner()).run(notebook, emit)
    if complete and job["then"]:
        try:
            value, files = _load(job["then"])(notebook, **job["then_options"])
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
    return _resources(resource.getrusage(resource.RUSAGE_SELF))


def _resources(usage) -> dict:
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


# --- the template: imports, forks, buries --------------------------------------------------------------------------


def template_main(control_fd: int, preload: list[str], warm: list[str]) -> None:
    """Be the template: import, warm, then fork a child for each request until the runner is gone.

    preload: modules to import. warm: functions (`module:function`) to call once, for what is slow the first time.
    """
    for module in preload:
        import_module(module)
    for name in warm:
        _load(name)()
    runner = CellRunner()
    _warm_kernel(runner)
    import gc

    gc.collect()
    gc.freeze()
    _Template(socket.socket(fileno=control_fd), runner).serve()


def _warm_kernel(runner: CellRunner) -> None:
    """Pay once for what the first cell of a kernel costs; nothing of it is left in the user's names."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("None")])
    runner.run(notebook, lambda *_: None)
    shell = runner.kernel.shell
    shell.execution_count = 1
    shell.reset(new_session=True)
    runner.cell = runner.client = None
    import asyncio

    asyncio.get_event_loop().close()
    asyncio.set_event_loop(None)


class _Template:
    """The loop of the template process: requests in, forks out, deaths told."""

    def __init__(self, control: socket.socket, runner: CellRunner):
        self.control, self.runner = control, runner
        self.selector = selectors.DefaultSelector()
        self.children: dict[int, tuple[int, socket.socket]] = {}  # pid -> pidfd, status socket

    def serve(self) -> None:
        threads = len(list(Path("/proc/self/task").iterdir()))
        self.control.send(json.dumps({"pid": os.getpid(), "threads": threads}).encode())
        self.selector.register(self.control, selectors.EVENT_READ, self._request)
        while True:
            for key, _ in self.selector.select():
                if key.data() is False:
                    return

    def _request(self) -> bool:
        """Fork a child for the sockets and the log received; the end of the control socket ends everything."""
        message, descriptors, _, _ = socket.recv_fds(self.control, 16, 3)
        if not message:
            for pid in list(self.children):
                self._kill(pid)
            return False
        data, status, log = descriptors
        pid = os.fork()
        if pid == 0:
            self._become_child(data, log, status)
        for descriptor in (data, log):
            os.close(descriptor)
        handle, status = os.pidfd_open(pid), socket.socket(fileno=status)
        self.children[pid] = handle, status
        self.selector.register(handle, selectors.EVENT_READ, lambda: self._bury(pid))
        self.selector.register(status, selectors.EVENT_READ, lambda: self._order(pid))
        return True

    def _order(self, pid: int) -> None:
        """Kill the child: asked to, or because the runner that wanted it is gone."""
        _, status = self.children[pid]
        with contextlib.suppress(OSError):
            if status.recv(1):
                return self._kill(pid)
        self.selector.unregister(status)
        self._kill(pid)

    def _kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):  # the child may not lead its group yet
            os.kill(pid, signal.SIGKILL)

    def _bury(self, pid: int) -> None:
        """Tell how the child ended and end what it started."""
        handle, status = self.children.pop(pid)
        _, ended, usage = os.wait4(pid, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(ended)
        with contextlib.suppress(OSError):
            status.send(json.dumps({"code": code, **_resources(usage)}).encode())
        self.selector.unregister(handle)
        with contextlib.suppress(KeyError):
            self.selector.unregister(status)
        os.close(handle)
        status.close()

    def _become_child(self, data: int, log: int, status: int) -> None:
        """Leave the template's things behind, run the job that comes over `data`, and never return."""
        code = 70
        try:
            os.setsid()
            _die_with_parent()
            self.selector.close()
            self.control.close()
            os.close(status)
            for handle, other in self.children.values():
                os.close(handle)
                other.close()
            nothing = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((nothing, 0), (log, 1), (log, 2)):
                os.dup2(source, target)
            stream = socket.socket(fileno=data)
            reader = Frames()
            frames: list = []
            while not frames:
                received = stream.recv(1 << 20)
                if not received:
                    os._exit(code)
                frames += reader.feed(received)
            run_job(*frames[0], stream.sendall, self.runner)
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            for output in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    output.flush()
            os._exit(code)


def _die_with_parent() -> None:
    """Ask Linux to kill this process when the template dies, however it dies."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


# --- the runner's side ---------------------------------------------------------------------------------------------


def can_fork() -> bool:
    """Say whether the template works here: Linux, with handles on processes."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _clean_environment(scratch: Path) -> dict[str, str]:
    """Give the environment of notebooks: nothing of the user's Python, Jupyter, plots or language reaches a report."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
    return (
        kept
        | ONE_THREAD
        | {
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
            "IPYTHONDIR": str(scratch),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
    )


def _python(call: str) -> list[str]:
    return [
        sys.executable,
        "-P",
        "-W",
        "ignore::DeprecationWarning",
        "-c",
        f"from kkb_helpers import engine; engine.{call}",
    ]


class Template:
    """The runner's handle on a template process; one may serve many threads.

    preload, warm: what the template imports and calls before the first fork (see `template_main`).
    """

    def __init__(self, preload: tuple[str, ...] = PRELOAD, warm: tuple[str, ...] = ()):
        self._arguments = list(preload), list(warm)
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._ready = False
        self.threads = 0
        self._scratch = Path(tempfile.mkdtemp(prefix="kkb-"))
        atexit.register(self.close)

    def start(self) -> "Template":
        """Start the process and come back at once; the first notebook waits until it is warm."""
        with self._lock:
            self._start()
        return self

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._control, theirs = socket.socketpair()
        preload, warm = self._arguments
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            _python(f"template_main({theirs.fileno()}, {preload!r}, {warm!r})"),
            env=_clean_environment(self._scratch),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._ready = False

    def open(self, log: int) -> "Forked":
        """Fork a child whose fd 1 and 2 are `log`; a template that has died is started again."""
        with self._lock:
            for attempt in (1, 2):
                self._start()
                try:
                    self._wait_until_warm()
                    mine, data = socket.socketpair()
                    status, theirs = socket.socketpair()
                    socket.send_fds(self._control, [b"fork"], [data.fileno(), theirs.fileno(), log])
                except OSError as error:
                    self._process.kill()
                    self._process.wait()
                    if attempt == 2:
                        raise TemplateLost("Proses pola tidak dapat dijalankan.") from error
                else:
                    data.close()
                    theirs.close()
                    return Forked(mine, status)

    def _wait_until_warm(self) -> None:
        if not self._ready:
            hello = self._control.recv(4096)
            if not hello:
                raise BrokenPipeError
            self.threads = json.loads(hello)["threads"]
            self._ready = True

    def close(self) -> None:
        """End the template and every child it still has."""
        with self._lock:
            if self._process is not None:
                self._control.close()
                try:
                    self._process.wait(KILL_GRACE)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
                self._process = None
        shutil.rmtree(self._scratch, ignore_errors=True)
        atexit.unregister(self.close)


class Cold:
    """Starts a child without a template: where fork is missing, and to compare."""

    def __init__(self):
        self._scratch = Path(tempfile.mkdtemp(prefix="kkb-"))
        self.threads = 0
        atexit.register(self.close)

    def start(self) -> "Cold":
        """Do nothing: there is nothing to warm."""
        return self

    def open(self, log: int) -> "Spawned":
        """Start a process whose fd 2, and 1 of its cells, are `log`."""
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            _python("cold_main()"),
            env=_clean_environment(self._scratch),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        return Spawned(process)

    def close(self) -> None:
        """Remove the scratch folder."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        atexit.unregister(self.close)


class TemplateLost(RuntimeError):
    """The template process cannot be started."""


class Forked:
    """A child of the template, as the runner sees it."""

    def __init__(self, data: socket.socket, status: socket.socket):
        self._data, self._status = data, status

    def send(self, header: dict, body: bytes) -> None:
        """Give the child its job."""
        with contextlib.suppress(OSError):  # a child killed at birth is told by its end
            self._data.sendall(Frames.pack(header, body))

    def kill(self) -> None:
        """End the child and its whole group."""
        with contextlib.suppress(OSError):
            self._status.send(b"K")

    def frames(self) -> Iterator[tuple[dict, bytes]]:
        """Give the child's frames as they come, and last one of kind `exit`."""
        reader, ended = Frames(), None
        with selectors.DefaultSelector() as selector, self._data, self._status:
            selector.register(self._data, selectors.EVENT_READ)
            selector.register(self._status, selectors.EVENT_READ)
            while selector.get_map():
                # A grandchild may hold the data socket open for ever: after the death, only what is there is read.
                ready = selector.select(0.2 if ended else None)
                for key, _ in ready:
                    received = self._received(key.fileobj)
                    if key.fileobj is self._data:
                        yield from reader.feed(received)
                    else:
                        ended = json.loads(received) if received else {"code": None}
                    if not received or key.fileobj is self._status:
                        selector.unregister(key.fileobj)
                if ended and not ready:
                    break
        yield {"kind": "exit", **(ended or {"code": None})}, b""

    @staticmethod
    def _received(stream: socket.socket) -> bytes:
        try:
            return stream.recv(1 << 20)
        except OSError:
            return b""


class Spawned:
    """A child started cold, as the runner sees it."""

    def __init__(self, process: subprocess.Popen):
        self._process = process

    def send(self, header: dict, body: bytes) -> None:
        """Give the child its job."""
        with contextlib.suppress(OSError):
            self._process.stdin.write(Frames.pack(header, body))
            self._process.stdin.flush()

    def kill(self) -> None:
        """End the child, and its group where there are groups."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()

    def frames(self) -> Iterator[tuple[dict, bytes]]:
        """Give the child's frames as they come, and last one of kind `exit`."""
        reader = Frames()
        with self._process as process:
            while received := process.stdout.read1(1 << 20):
                yield from reader.feed(received)
        self.kill()
        yield {"kind": "exit", "code": process.returncode}, b""


@dataclass
class Outcome:
    """How a notebook ended, as its parent saw it.

    status: `ok`, `failed`, `exited` (sys.exit in a cell), `died`, `timed_out`. cell: the index of the cell at fault.
    not_run: indices of code cells that never ran. files, value: what the function after the cells gave.
    """

    status: str = "died"
    reason: str = ""
    cell: int | None = None
    not_run: tuple[int, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_bytes: int | None = None
    notebook: nbformat.NotebookNode | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    value: Any = None


_shared: Template | Cold | None = None
_shared_lock = threading.Lock()


def shared() -> Template | Cold:
    """Give the process-wide source of children, for papermill alone and for tests."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = (Template() if can_fork() else Cold()).start()
        return _shared


def __getattr__(name: str):
    """Give `ForkEngine`, made when first asked for.

    papermill loads its engines while it is itself being imported, so a class made at import time would need papermill
    before papermill is there; and the template, which imports this module too, never needs it.
    """
    if name == "ForkEngine":
        return _engine_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _engine_class():
    from papermill.engines import Engine

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
            timeout=None,
            memory=None,
            seed="",
            cwd=None,
            log=None,
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
            execution_timeout, timeout : float, optional
                Seconds a cell, and the whole notebook, may take.
            memory : int, optional
                Mebibytes of address space.
            log : int, optional
                File descriptor for what the child writes to its own fd 1 and 2 (`!cmd`, crashes).
            then, then_options : str and dict, optional
                A function `module:function` called in the child with the executed notebook; it gives a JSON value and
                a dictionary of files.
            outcome : Outcome, optional
                Filled in; papermill itself has no word for a killed notebook.
            """
            if kernel_name and not kernel_name.startswith("python"):
                raise ValueError(f"Mesin kkb hanya menjalankan kernel Python, bukan {kernel_name!r}.")
            job = {
                "seed": seed
                or json.dumps(nb_man.nb.metadata.papermill.get("parameters", {}), sort_keys=True, default=str),
                "cwd": str(cwd or Path.cwd()),
                "memory": memory,
                "then": then,
                "then_options": then_options or {},
            }
            streams = Streams(log_output, stdout_file, stderr_file)
            outcome = outcome if outcome is not None else Outcome()
            drive = _Drive(nb_man, outcome, streams, timeout, execution_timeout)
            with contextlib.ExitStack() as stack:
                if log is None:
                    log = stack.enter_context(open(os.devnull, "wb")).fileno()  # noqa: PTH123 - a descriptor is wanted
                drive.run((source or shared()).open(log), job)

    return ForkEngine


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
                    from papermill.log import logger

                    (logger.info if output.name == "stdout" else logger.warning)(output.text)


class _Drive:
    """One notebook's run, seen from the parent: it applies frames, keeps deadlines, and judges the end."""

    def __init__(self, nb_man, outcome: Outcome, streams: Streams, timeout, cell_timeout):
        self.nb_man, self.nb, self.outcome, self.streams = nb_man, nb_man.nb, outcome, streams
        self.timeout, self.cell_timeout = timeout, cell_timeout
        self.running: int | None = None
        self.finished: set[int] = set()
        self.failed = self.done = self.late = False
        self.then_error = ""
        outcome.notebook = self.nb

    def run(self, child, job: dict) -> None:
        """Send the job, follow the child to its end, and fill in the outcome."""
        began = time.monotonic()
        self.deadline = began + self.timeout if self.timeout else None
        self.cell_deadline = None
        arrivals: queue.SimpleQueue = queue.SimpleQueue()
        reader = threading.Thread(target=_pump, args=(child, arrivals), daemon=True)
        reader.start()
        try:
            child.send(job, json.dumps(self.nb).encode())
            ended = self._follow(child, arrivals)
        except BaseException:
            child.kill()
            raise
        self.outcome.seconds = time.monotonic() - began
        self._judge(ended)

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
