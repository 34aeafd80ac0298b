"""Calls made side by side, each worker a fork of this process; one after another where that cannot be done."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from .errors import EnvironmentFault

T = TypeVar("T")
_NUMBER = 4  # bytes of a call's number in the pipe of what is still to do
_MOST = 4096  # calls whose numbers fit any pipe at once


def cores() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(calls: Sequence[Callable[[], T]], workers: int | None = None) -> list[T]:
    """Give what the calls give, in their order; whoever is free takes the next, this process too.

    The first is this process's own: of the dearest call the result is often the largest, and here it need not be sent.
    A call sees all that this process holds; its result comes back as a copy, and what else it changes is lost. The
    first error in the order of the calls is raised. What a worker that was killed had in hand is made again here.

    Parameters
    ----------
    calls : functions without arguments, the dearest first.
    workers : processes in all, this one included; as many as there are processors where None.
    """
    workers = min(len(calls), workers or cores())
    if workers < 2 or len(calls) > _MOST or not _can_fork():
        return [call() for call in calls]
    left, put = os.pipe()
    with os.fdopen(put, "wb") as numbers:
        numbers.write(b"".join(at.to_bytes(_NUMBER, "little") for at in range(1, len(calls))))
    helpers = []
    try:
        for _ in range(workers - 1):
            helpers.append(_fork(lambda: _made(calls, left)))
        made = {0: _outcome(calls[0])} | _made(calls, left)
        for _, answer in helpers:
            made.update(_told(answer))
    finally:
        os.close(left)
        for helper, answer in helpers:
            _end(helper, answer)
    results = []
    for at, call in enumerate(calls):
        result, error = made[at] if at in made else (call(), None)
        if error is not None:
            raise error
        results.append(result)
    return results


def apart(call: Callable[[], T]) -> T:
    """Give what a call gives, made in a fork: the memory that it took goes when it ends.

    EnvironmentFault where the fork was killed, as it is when memory runs out.
    """
    if not _can_fork():
        return call()
    helper, answer = _fork(lambda: {0: _outcome(call)})
    try:
        made = dict(_told(answer))
        if not made:
            helper.join()
            raise EnvironmentFault(
                f"Proses bantu dihentikan sistem (kode {helper.exitcode}), mungkin karena memori penuh. "
                "Tutup program lain, atau impor data per provinsi."
            )
    finally:
        _end(helper, answer)
    result, error = made[0]
    if error is not None:
        raise error
    return result


def die_with_parent() -> None:
    """Ask Linux to kill this process when the one that forked it ends, however it ends."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _can_fork() -> bool:
    """Say whether a fork is sound: one of a process with threads may wait for ever for a lock of theirs."""
    return sys.platform == "linux" and threading.active_count() == 1


def _fork(work: Callable[[], dict]) -> tuple:
    """Start a worker: the process, and the pipe on which what it made will come."""
    context = multiprocessing.get_context("fork")
    answer, told = context.Pipe(duplex=False)
    helper = context.Process(target=_help, args=(work, answer, told))
    helper.start()
    told.close()
    return helper, answer


def _help(work: Callable[[], dict], answer, told) -> None:
    """Be a worker: an interrupt is the business of the process that asked, and where that is gone nobody listens."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer.close()
    made = work()
    with contextlib.suppress(BrokenPipeError):
        while made:  # one at a time, and then let go of: together their copies would fill the memory twice over
            told.send(made.popitem())


def _told(answer) -> Iterator[tuple]:
    """Give what a worker made, each with the number of its call, until it has ended or was ended."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            yield answer.recv()


def _end(helper, answer) -> None:
    answer.close()
    helper.kill()
    helper.join()
    helper.close()


def _outcome(call: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """Make a call: what it gave, what went wrong."""
    try:
        return call(), None
    except Exception as error:
        return None, error


def _made(calls: Sequence[Callable[[], T]], left: int) -> dict[int, tuple[T | None, Exception | None]]:
    """Make calls until none is left: number -> what it gave, what went wrong."""
    made: dict[int, tuple[T | None, Exception | None]] = {}
    while number := os.read(left, _NUMBER):
        at = int.from_bytes(number, "little")
        made[at] = _outcome(calls[at])
    return made
