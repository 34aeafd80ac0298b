"""Side by side is the same as one after another, only sooner."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkb_helpers import parallel
from kkb_helpers.errors import EnvironmentFault, QualityError

needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux alone")


@pytest.fixture
def alone(monkeypatch):
    """As in a process without threads, whatever runs these tests."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def calls(count=7):
    return [lambda at=at: (at * at, os.getpid()) for at in range(count)]


def test_results_come_in_the_order_of_the_calls(alone):
    assert [value for value, _ in parallel.side_by_side(calls(), workers=3)] == [at * at for at in range(7)]


def test_no_call_is_no_work():
    assert parallel.side_by_side([]) == []


@needs_fork
def test_each_call_is_made_once_and_the_first_in_this_process(alone, tmp_path):
    def note(at: int) -> int:
        with (tmp_path / "made").open("a") as file:
            file.write(f"{at}\n")
        return os.getpid()

    pids = parallel.side_by_side([lambda at=at: note(at) for at in range(7)], workers=3)
    assert sorted((tmp_path / "made").read_text().split()) == [str(at) for at in range(7)]
    assert pids[0] == os.getpid()


@needs_fork
def test_two_processes_work_at_once(alone):
    together = [lambda: time.sleep(0.3) or os.getpid() for _ in range(4)]
    assert len(set(parallel.side_by_side(together, workers=2))) == 2


def test_one_worker_is_this_process():
    assert {pid for _, pid in parallel.side_by_side(calls(), workers=1)} == {os.getpid()}


def test_a_process_with_threads_is_not_forked():
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert {pid for _, pid in parallel.side_by_side(calls(), workers=3)} == {os.getpid()}
    finally:
        over.set()
        thread.join()


def fail(message):
    raise QualityError([message, "lagi"])


@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_error_in_order_is_raised_with_all_its_messages(alone, workers):
    slow = lambda: time.sleep(0.1) or fail("pertama")  # noqa: E731
    with pytest.raises(QualityError) as caught:
        parallel.side_by_side([lambda: 1, slow, lambda: fail("kedua")], workers=workers)
    assert caught.value.messages == ["pertama", "lagi"]


@needs_fork
def test_what_a_killed_worker_had_in_hand_is_made_again(alone):
    here = os.getpid()

    def die_elsewhere():
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)  # so that the worker takes some too
        return os.getpid()

    assert parallel.side_by_side([die_elsewhere] * 6, workers=3) == [here] * 6


@needs_fork
def test_an_interrupt_here_ends_the_workers(alone):
    here = os.getpid()

    def work():
        if os.getpid() == here:
            raise KeyboardInterrupt
        time.sleep(60)

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        parallel.side_by_side([work] * 4, workers=2)
    assert time.monotonic() - began < 30
    assert multiprocessing.active_children() == []


@needs_fork
def test_what_is_made_apart_is_made_in_another_process_and_its_error_comes_back(alone):
    assert parallel.apart(os.getpid) != os.getpid()
    with pytest.raises(QualityError) as caught:
        parallel.apart(lambda: fail("rusak"))
    assert caught.value.messages == ["rusak", "lagi"]


@needs_fork
def test_while_something_is_made_apart_this_process_makes_ready(alone):
    mine, theirs = os.pipe()
    done = []

    def make_ready():
        done.append(os.getpid())
        os.write(theirs, b"siap")

    # The fork waits for what is only done meanwhile.
    assert parallel.apart(lambda: os.read(mine, 4), make_ready) == b"siap"
    assert done == [os.getpid()]
    with pytest.raises(QualityError, match="rusak"):  # what is asked for is heard, whatever could not be made ready
        parallel.apart(lambda: fail("rusak"), lambda: 1 / 0)
    with pytest.raises(KeyboardInterrupt):
        parallel.apart(lambda: time.sleep(60), lambda: os.kill(os.getpid(), signal.SIGINT) or time.sleep(60))
    assert multiprocessing.active_children() == []


def test_where_there_is_no_fork_nothing_is_made_ready_ahead(monkeypatch):
    monkeypatch.setattr(parallel, "_can_fork", lambda: False)
    assert parallel.apart(os.getpid, lambda: fail("rusak")) == os.getpid()


@needs_fork
def test_an_interrupt_is_not_the_workers_business(alone):
    assert parallel.apart(lambda: os.kill(os.getpid(), signal.SIGINT) or "selesai") == "selesai"


@needs_fork
def test_what_is_made_apart_may_be_shared_out_again(alone):
    together = [lambda: time.sleep(0.3) or os.getpid() for _ in range(4)]
    assert len(set(parallel.apart(lambda: parallel.side_by_side(together, workers=2)))) == 2


@needs_fork
def test_a_fork_that_the_system_kills_is_a_fault_of_the_machine(alone):
    with pytest.raises(EnvironmentFault, match=r"dihentikan sistem \(kode -9\)"):
        parallel.apart(lambda: os.kill(os.getpid(), signal.SIGKILL))


@needs_fork
def test_workers_die_with_the_process_that_asked(alone, tmp_path):
    told = tmp_path / "pids"

    def work():
        with told.open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(60)

    asking = os.fork()
    if asking == 0:
        parallel.apart(lambda: parallel.side_by_side([work] * 2, workers=2))
        os._exit(0)
    until = time.monotonic() + 20
    while not told.exists() or len(told.read_text().split()) < 2:
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(asking, signal.SIGKILL)
    os.waitpid(asking, 0)
    for pid in map(int, told.read_text().split()):
        while working(pid):
            assert time.monotonic() < until, "a worker goes on for nobody"
            time.sleep(0.02)


def working(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@needs_fork
def test_large_results_come_whole(alone):
    whole = parallel.side_by_side([lambda at=at: bytes([at]) * 3_000_000 for at in range(6)], workers=2)
    assert [(len(part), part[0]) for part in whole] == [(3_000_000, at) for at in range(6)]


@needs_fork
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no list of open files on this system")
def test_no_worker_leaves_an_open_file(alone):
    before = len(list(Path("/proc/self/fd").iterdir()))
    parallel.side_by_side(calls(), workers=3)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@needs_fork
def test_arrays_come_back_as_they_were_and_may_be_changed(alone):
    def frame(at: int) -> pd.DataFrame:
        words = pd.array([f"desa {at}", None, "Ciruas"], dtype="str")
        return pd.DataFrame({"n": np.arange(3) + at, "words": words, "known": pd.array([at, None, 3], dtype="Int64")})

    made = parallel.side_by_side([lambda at=at: (frame(at), np.full(9, at)) for at in range(4)], workers=2)
    for at, (table, numbers) in enumerate(made):
        pd.testing.assert_frame_equal(table, frame(at))
        assert numbers.tolist() == [at] * 9
        table.loc[0, "words"] = "lain"
        numbers[:] = -7
    for at, (table, _) in enumerate(made):
        assert table["words"].tolist()[::2] == ["lain", "Ciruas"]
        assert table["n"].tolist() == [at, at + 1, at + 2]


@needs_fork
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no list of open files on this system")
def test_a_worker_that_cannot_be_started_leaves_no_memory(alone, monkeypatch):
    def full():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    def held() -> int:  # results of other tests may still be held
        return subprocess.check_output(["ls", "-l", f"/proc/{os.getpid()}/fd"], text=True).count("memfd:kkb")

    before = held()
    with monkeypatch.context() as patch, pytest.raises(BlockingIOError):
        patch.setattr(os, "fork", full)
        parallel.apart(os.getpid)
    assert held() <= before
