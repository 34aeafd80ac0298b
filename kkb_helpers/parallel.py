"""Calls made side by side, each worker a fork of this process; one after another where that cannot be done."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
_NUMBER = 4  # bytes of a call's number in the pipe of what is still to do
_MOST = 4096  # calls whose numbers fit any pipe at once


def cores() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(calls: Sequence[Callable[[], T]], workers: int | None = None) -> list[T]:
    """Give what the calls give, in their order; whoever is free takes the next, this process too.

    A call sees all that this process holds; its result comes back as a copy, and what else it changes is lost. The
    first error in the order of the calls is raised. What a worker that was killed had in hand is made again here.

    Parameters
    ----------
    calls : functions without arguments, the dearest first.
    workers : processes in all, this one included; as many as there are processors where None.
    """
    workers = min(len(calls), workers or cores())
    if workers < 2 or len(calls) > _MOST or sys.platform != "linux" or threading.active_count() > 1:
        return [call() for call in calls]  # a fork of a process with threads may wait for ever for a lock of theirs
    left, put = os.pipe()
    with os.fdopen(put, "wb") as numbers:
        numbers.write(b"".join(at.to_bytes(_NUMBER, "little") for at in range(len(calls))))
    context = multiprocessing.get_context("fork")
    helpers = []
    try:
        for _ in range(workers - 1):
            answer, told = context.Pipe(duplex=False)
            helper = context.Process(target=_help, args=(calls, left, answer, told))
            helper.start()
            told.close()
            helpers.append((helper, answer))
        made = _made(calls, left)
        for _, answer in helpers:
            with contextlib.suppress(EOFError):
                made |= answer.recv()
    finally:
        os.close(left)
        for helper, answer in helpers:
            answer.close()
            helper.kill()
            helper.join()
            helper.close()
    results = []
    for at, call in enumerate(calls):
        result, error = made[at] if at in made else (call(), None)
        if error is not None:
            raise error
        results.append(result)
    return results


def _help(calls: Sequence[Callable[[], T]], left: int, answer, told) -> None:
    """Be a worker: an interrupt is the business of the process that asked, and where that is gone nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer.close()
    with contextlib.suppress(BrokenPipeError):
        told.send(_made(calls, left))


def _made(calls: Sequence[Callable[[], T]], left: int) -> dict[int, tuple[T | None, Exception | None]]:
    """Make calls until none is left: number -> what it gave, what went wrong."""
    made: dict[int, tuple[T | None, Exception | None]] = {}
    while number := os.read(left, _NUMBER):
        at = int.from_bytes(number, "little")
        try:
            made[at] = calls[at](), None
        except Exception as error:
            made[at] = None, error
    return made
