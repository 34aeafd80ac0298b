"""The runner's handles: on a template and its forks, and on children started cold."""

import atexit
import contextlib
import json
import os
import select
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

from .frames import END, FORK, Frames

PRELOAD = (
    "pandas",
    "numpy",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
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
BRANCHES = 4  # kept ready; one for each worker of a small machine, as jobs come by province
KILL_GRACE = 5.0  # seconds between a kill and giving up on hearing of the death
_FOREIGN = ("PYTHON", "JUPYTER", "IPYTHON", "MPL", "MATPLOTLIB", "LC_", "LANG")


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
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
            "IPYTHONDIR": str(scratch),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
    )


def _python(*call: str) -> list[str]:
    return [
        sys.executable,
        "-P",
        "-W",
        "ignore::DeprecationWarning",
        "-c",
        f"from kkb_helpers.engine import {call[0]}; {call[0]}.{call[1]}",
    ]


class Template:
    """The runner's handle on a template process; one may serve many threads.

    preload, warm: what the template imports and calls before the first fork (see `template_main`). share: a function
    `module:function` that reads what several notebooks read. It is called in a fork of the template, a branch, from
    which then those notebooks are forked.
    """

    def __init__(self, preload: tuple[str, ...] = PRELOAD, warm: tuple[str, ...] = (), share: str = ""):
        self._arguments = list(preload), list(warm)
        self._share = share
        self._branches: dict[str, socket.socket] = {}  # by what they have read; their controls
        self._retired: list[socket.socket] = []
        self._lost: set[str] = set()
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._ready = self._closed = False
        self.threads = 0
        self._scratch = Path(tempfile.mkdtemp(prefix="kkb-"))
        atexit.register(self.close)

    def start(self) -> "Template":
        """Start the process and come back at once; the first notebook waits until it is warm."""
        with self._lock:
            self._closed = False
            self._scratch.mkdir(exist_ok=True)
            self._start()
        return self

    def _start(self) -> None:
        if self._closed:  # a run that is being stopped: a thread of it that comes late must not begin anew
            raise TemplateLost("Proses pola sudah ditutup.")
        if self._process is not None and self._process.poll() is None:
            return
        self._drop_branches()
        self._control, theirs = _control_pair()
        preload, warm = self._arguments
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            _python("template", f"template_main({theirs.fileno()}, {preload!r}, {warm!r})"),
            env=_clean_environment(self._scratch),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._ready = False

    def open(self, log: int, common: dict | None = None) -> "Forked":
        """Fork a child whose fd 1 and 2 are `log`; a template that has died is started again.

        common: what the notebook reads that others read too, as options of `share`.
        """
        with self._lock:
            for attempt in (1, 2):
                self._start()
                try:
                    self._wait_until_warm()
                    return self._fork_of(common, log)
                except OSError as error:
                    self._process.kill()
                    self._process.wait()
                    if attempt == 2:
                        raise TemplateLost("Proses pola tidak dapat dijalankan.") from error

    def _fork(self, control: socket.socket, log: int) -> "Forked":
        mine, data = socket.socketpair()
        status, theirs = socket.socketpair()
        with data, theirs:
            socket.send_fds(control, [FORK], [data.fileno(), theirs.fileno(), log])
        return Forked(mine, status)

    def _fork_of(self, common: dict | None, log: int) -> "Forked":
        """Fork from the branch that has read what is common; from the template where none is wanted, or can be had."""
        key = _key(common) if common and self._share else ""
        for _ in (1, 2) if key and key not in self._lost else ():
            try:
                return self._fork(self._branch(key), log)
            except OSError:
                if control := self._branches.pop(key, None):
                    control.close()
        return self._fork(self._control, log)

    def _branch(self, key: str) -> socket.socket:
        """Give the control of a branch; it may still be reading."""
        control = self._branches.pop(key, None)
        if control is None:
            control, theirs = _control_pair()
            control.settimeout(KILL_GRACE)  # more requests may wait for one that reads than a socket holds
            order = json.dumps({"call": self._share, "options": json.loads(key)}).encode()
            with theirs:
                socket.send_fds(self._control, [order], [theirs.fileno()])
        self._branches[key] = control  # the last used last
        for old in list(self._branches)[:-BRANCHES]:
            self._retire(old)
        return control

    def forget(self, common: dict) -> None:
        """Make no branch for this any more: one has died, or hung, before it could fork."""
        with self._lock:
            self._lost.add(_key(common))
            self._retire(_key(common))

    def _retire(self, key: str) -> None:
        """Let a branch end once its notebooks have; until then its control stays open, for its end would end them."""
        control = self._branches.pop(key, None)
        if control is not None:
            self._retired.append(control)
            with contextlib.suppress(OSError):
                control.send(END)
        for control in [c for c in self._retired if _is_deserted(c)]:
            self._retired.remove(control)
            control.close()

    def _drop_branches(self) -> None:
        """Leave the branches, which ends them and what they have started."""
        for control in (*self._branches.values(), *self._retired):
            control.close()
        self._branches.clear()
        self._retired.clear()

    def _wait_until_warm(self) -> None:
        if not self._ready:
            hello = self._control.recv(4096)
            if not hello:
                raise BrokenPipeError
            self.threads = json.loads(hello)["threads"]
            self._ready = True

    def close(self) -> None:
        """End the template and every child it still has; none is started until `start` is called again."""
        with self._lock:
            self._closed = True
            self._drop_branches()
            if self._process is not None:
                if not self._ready:  # still importing, deaf until that is done; it has started nothing
                    self._process.kill()
                self._control.close()
                if not _has_ended(self._process, KILL_GRACE):
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
        self._closed = False
        self._children: weakref.WeakSet[Spawned] = weakref.WeakSet()
        atexit.register(self.close)

    def start(self) -> "Cold":
        """Be ready: there is nothing to warm."""
        self._closed = False
        self._scratch.mkdir(exist_ok=True)
        return self

    def open(self, log: int, common: dict | None = None) -> "Spawned":
        """Start a process whose fd 2, and 1 of its cells, are `log`; what others read too it reads itself."""
        if self._closed:
            raise TemplateLost("Sumber proses sudah ditutup.")
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            _python("child", "cold_main()"),
            env=_clean_environment(self._scratch),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        child = Spawned(process)
        self._children.add(child)
        return child

    def forget(self, common: dict) -> None:
        """There are no branches here."""

    def close(self) -> None:
        """End every child and remove the scratch folder; none is started until `start` is called again."""
        self._closed = True
        for child in list(self._children):
            if child.running:
                child.kill()
        shutil.rmtree(self._scratch, ignore_errors=True)
        atexit.unregister(self.close)


class TemplateLost(RuntimeError):
    """No child can be had: the template process cannot be started, or was closed."""


def _has_ended(process: subprocess.Popen, seconds: float) -> bool:
    """Wait for the end of a process, and say whether it came; `Popen.wait` would look for it a few times a second."""
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:  # no descriptor is left, or the process has been waited for
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.returncode is not None
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def _key(common: dict) -> str:
    return json.dumps(common, sort_keys=True)


def _is_deserted(control: socket.socket) -> bool:
    """Say whether a branch has let go of its control: it says nothing there, so only its end can be read."""
    return bool(select.select([control], [], [], 0)[0])


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

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

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


def make_source(warm: tuple[str, ...] = (), share: str = "") -> Template | Cold:
    """Give what the notebooks of reports are forked from, not yet started.

    With seaborn as far as reports need it, the page renderer, and `warm` called once. share: see `Template`.
    """
    if not can_fork():
        return Cold()
    return Template((*PRELOAD, "seaborn", "bs4", "kkb_helpers.render"), ("kkb_helpers.render:warm", *warm), share)


def _control_pair() -> tuple[socket.socket, socket.socket]:
    """Give the two ends over which a template is asked for forks; a request arrives as one."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


_shared: Template | Cold | None = None
_shared_lock = threading.Lock()


def shared() -> Template | Cold:
    """Give the process-wide source of children, for papermill alone and for tests."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = (Template() if can_fork() else Cold()).start()
        return _shared
