"""The template: a process that imports, warms, forks a child for each request, and tells how each ended."""

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
from pathlib import Path

from . import schema  # noqa: F401  # isort: skip - before nbformat
import nbformat

from .. import light
from ..parallel import die_with_parent
from .child import CellRunner, load, resources, run_job
from .frames import END, FORK, LONGEST_ORDER, Frames

READING_SECONDS = 120  # that a branch may take to read what its notebooks have in common


def template_main(control_fd: int, preload: list[str], warm: list[str]) -> None:
    """Be the template: import, warm, then fork a child for each request until the runner is gone.

    preload: modules to import. warm: functions (`module:function`) to call once, for what is slow the first time.
    """
    gc.disable()  # what is imported stays; to look through all of it again and again takes an eighth of the time
    for module in preload:
        light.load(module)
    for name in warm:
        load(name)()
    runner = CellRunner()
    gc.freeze()  # before the kernel is warmed, which collects
    _warm_kernel(runner)
    gc.freeze()
    control = socket.socket(fileno=control_fd)
    control.send(json.dumps({"threads": len(list(Path("/proc/self/task").iterdir()))}).encode())
    _Template(control, runner).serve()
    os._exit(0)  # Python's own end would first take apart all that was imported, while the runner waits


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
    """The loop of the template process, and of a branch: requests in, forks out, deaths told."""

    def __init__(self, control: socket.socket, runner: CellRunner):
        self.control, self.runner = control, runner
        self.selector = selectors.DefaultSelector()
        # pid -> pidfd, and the socket for its status; a branch has none
        self.children: dict[int, tuple[int, socket.socket | None]] = {}
        self.asked_to_end = False

    def serve(self) -> None:
        self.selector.register(self.control, selectors.EVENT_READ, self._request)
        while self.children or not self.asked_to_end:
            for key, _ in self.selector.select():
                if key.data() is False:
                    return

    def _request(self) -> bool:
        """Fork what is asked for; the end of the control socket ends everything, unless its end was announced."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self.control, LONGEST_ORDER, 3)
        except ConnectionResetError:  # the runner went before it had read that this is warm
            message = b""
        if not message:
            for pid, (_, status) in self.children.items():
                if status is not None:  # a branch has heard the same, and ends what it started before it ends
                    self._kill(pid)
            for pid in list(self.children):  # what they cost is told upwards only once they are waited for
                self._bury(pid)
            return False
        if message == END:
            self.asked_to_end = True
        elif message == FORK:
            self._fork_child(*descriptors)
        else:
            self._fork_branch(json.loads(message), *descriptors)
        return True

    def _fork_child(self, data: int, status: int, log: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_child(data, log, status)
        for descriptor in (data, log):
            os.close(descriptor)
        self._watch(pid, socket.socket(fileno=status))

    def _fork_branch(self, order: dict, control: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_branch(order, control)
        os.close(control)
        self._watch(pid, None)

    def _watch(self, pid: int, status: socket.socket | None) -> None:
        handle = os.pidfd_open(pid)
        self.children[pid] = handle, status
        self.selector.register(handle, selectors.EVENT_READ, lambda: self._bury(pid))
        if status is not None:
            self.selector.register(status, selectors.EVENT_READ, lambda: self._order(pid))

    def _order(self, pid: int) -> None:
        """Kill the child: asked to, or because the runner that wanted it is gone."""
        if pid not in self.children:  # it ended in the same moment
            return None
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
        self.selector.unregister(handle)
        os.close(handle)
        if status is None:
            return
        code = os.waitstatus_to_exitcode(ended)
        with contextlib.suppress(OSError):
            status.send(json.dumps({"code": code, **resources(usage)}).encode())
        with contextlib.suppress(KeyError):
            self.selector.unregister(status)
        status.close()

    def _leave(self) -> None:
        """Be a process of one's own: leave the template's things behind."""
        os.setsid()
        die_with_parent()
        self.selector.close()
        self.control.close()
        for handle, status in self.children.values():
            os.close(handle)
            if status is not None:
                status.close()

    def _become_branch(self, order: dict, control: int) -> None:
        """Read what several notebooks read, and be their template; never return."""
        try:
            self._leave()
            signal.alarm(READING_SECONDS)  # without a branch the runner goes on; with one that hangs it would wait
            try:
                load(order["call"])(**order["options"])
            except Exception:  # a notebook that finds nothing read reads it itself, and tells what is wrong
                if os.environ.get("KKB_DEBUG"):
                    import traceback

                    traceback.print_exc()
            signal.alarm(0)
            gc.freeze()
            _Template(socket.socket(fileno=control), self.runner).serve()
        finally:
            os._exit(0)

    def _become_child(self, data: int, log: int, status: int) -> None:
        """Leave the template's things behind, run the job that comes over `data`, and never return."""
        code = 70
        try:
            self._leave()
            os.close(status)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((nothing, 0), (log, 1), (log, 2)):
                os.dup2(source, target)
            gc.enable()
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
