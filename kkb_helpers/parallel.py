"""Calls made side by side, each worker a fork of this process; one after another where that cannot be done."""

import contextlib
import io
import mmap
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.reduction import ForkingPickler
from typing import Any, BinaryIO, TypeVar

from .errors import Killed

T = TypeVar("T")
Made = tuple[int, tuple[Any, Exception | None]]  # the number of a call, what it gave, what went wrong
_NUMBER = 4  # bytes of a call's number in the pipe of what is still to do
_WITH_ARRAYS = 5  # the first protocol that can leave arrays out, for them to be laid down as they are
_ALIGNED = 64  # bytes: where arrays may begin
_MOST = 4096  # calls whose numbers fit any pipe at once
_inside_apart = False  # whether this process is the fork of `apart`, or one of that


def cores() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(calls: Sequence[Callable[[], T]], workers: int | None = None) -> list[T]:
    """Give what the calls give, in their order; whoever is free takes the next, this process too.

    The first is this process's own: of the dearest call the result is often the largest, and here it need not be sent.
    A call sees all that this process holds; its result comes back as a copy, and what else it changes is lost. A large
    result is best made of numpy's or arrow's arrays: they come back without a copy more, and keep all that their worker
    made in memory until the last of them is let go of. The first error in the order of the calls is raised. What a
    worker that was killed had made is made again here.

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
            helpers.append(_Helper(lambda: _made(calls, left)))
        made = {0: _outcome(calls[0])} | dict(_made(calls, left))
        for helper in helpers:
            made.update(helper.told())
    finally:
        os.close(left)
        for helper in helpers:
            helper.end()
    results = []
    for at, call in enumerate(calls):
        result, error = made[at] if at in made else (call(), None)
        if error is not None:
            raise error
        results.append(result)
    return results


def apart(call: Callable[[], T], meanwhile: Callable[[], object] = lambda: None) -> T:
    """Give what a call gives, made in a fork: the memory that it took goes when it ends.

    A call made apart inside such a call is made there, where it may build on what that holds. Killed where the fork
    was, as it is when memory runs out. meanwhile: what this process makes ready while it would only wait; where there
    is no fork it is left to whoever needs it.
    """
    if _inside_apart or not _can_fork():
        return call()
    helper = _Helper(lambda: _made_inside(call))
    try:
        with contextlib.suppress(Exception):  # whoever needs what could not be made ready meets the same again
            meanwhile()
        made = dict(helper.told())
        if not made:
            raise Killed(
                f"Proses bantu dihentikan sistem (kode {helper.exit_code()}), mungkin karena memori penuh. "
                "Tutup program lain, atau impor data per provinsi."
            )
    finally:
        helper.end()
    result, error = made[0]
    if error is not None:
        raise error
    return result


def _made_inside(call: Callable[[], T]) -> Iterator[Made]:
    global _inside_apart
    _inside_apart = True
    yield 0, _outcome(call)


def die_with_parent() -> None:
    """Ask Linux to kill this process when the one that forked it ends, however it ends."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _can_fork() -> bool:
    """Say whether a fork is sound: one of a process with threads may wait for ever for a lock of theirs."""
    return sys.platform == "linux" and hasattr(os, "memfd_create") and threading.active_count() == 1


class _Helper:
    """A worker: it lays what it makes in memory that this process sees too, and says at its end where."""

    def __init__(self, work: Callable[[], Iterator[Made]]):
        context = multiprocessing.get_context("fork")
        self.answer, told = context.Pipe(duplex=False)
        self.ground = os.memfd_create("kkb")
        self.process = context.Process(target=_help, args=(work, self, told))
        try:
            self.process.start()
        except BaseException:
            os.close(self.ground)
            raise
        told.close()

    def told(self) -> Iterator[Made]:
        """Give what it made, each with the number of its call; nothing where it ended, or was ended, before its end."""
        try:
            places = self.answer.recv()
        except (EOFError, OSError):
            return
        size = os.fstat(self.ground).st_size
        # Private: arrays lie in it as they came, and whoever changes one changes nothing else.
        ground = memoryview(mmap.mmap(self.ground, size, mmap.MAP_PRIVATE)) if size else memoryview(b"")
        for at, (head, *buffers) in places:
            arrays = [ground[slice(*place)] for place in buffers]
            yield at, ForkingPickler.loads(ground[slice(*head)], buffers=arrays)

    def exit_code(self) -> int | None:
        """Wait for its end and give its code, as `multiprocessing.Process.exitcode`."""
        self.process.join()
        return self.process.exitcode

    def end(self) -> None:
        """End it and let go of all that it held."""
        self.answer.close()
        os.close(self.ground)
        self.process.kill()
        self.process.join()
        self.process.close()


def _help(work: Callable[[], Iterator[Made]], helper: _Helper, told) -> None:
    """Be a worker: an interrupt is the business of the process that asked, and where that is gone nobody listens."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    helper.answer.close()
    places = []
    with open(helper.ground, "wb") as ground:  # noqa: PTH123 - a file descriptor is wanted
        for at, outcome in work():
            places.append((at, _laid(outcome, ground)))
            del outcome  # what all calls made together would fill the memory twice over
    with contextlib.suppress(BrokenPipeError):
        told.send(places)


def _laid(outcome: object, ground: BinaryIO) -> list[tuple[int, int]]:
    """Lay an outcome down: where it begins and ends, and where each of the arrays does that it is made of."""
    head, arrays = io.BytesIO(), []
    ForkingPickler(head, _WITH_ARRAYS, True, arrays.append).dump(outcome)
    places = []
    for content in (head.getbuffer(), *(array.raw() for array in arrays)):
        begin = -(-ground.tell() // _ALIGNED) * _ALIGNED
        ground.seek(begin)
        ground.write(content)
        places.append((begin, ground.tell()))
    return places


def _outcome(call: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """Make a call: what it gave, what went wrong."""
    try:
        return call(), None
    except Exception as error:
        return None, error


def _made(calls: Sequence[Callable[[], T]], left: int) -> Iterator[Made]:
    """Make calls until none is left: the number of each, what it gave, what went wrong."""
    while number := os.read(left, _NUMBER):
        at = int.from_bytes(number, "little")
        yield at, _outcome(calls[at])
