"""The lock: one run at a time in an output folder, and no dead run in the way of the next."""

import contextlib
import datetime as dt
import json
import os
import platform
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

from ..errors import EnvironmentFault
from .disk import now, put_new, writing

LOCK = ".kkb.lock"


@contextlib.contextmanager
def locked(out: Path, break_lock: bool = False) -> Iterator[str]:
    """Hold an output folder for this process alone; gives a note where a dead run's lock was taken over.

    EnvironmentFault where another run holds it, naming its process, machine and start, or where it may not be written.
    """
    path = out / LOCK
    mine = json.dumps({"pid": os.getpid(), "host": platform.node(), "started_at": now(), "token": secrets.token_hex(8)})
    note = ""
    with writing(path, len(mine)):
        out.mkdir(parents=True, exist_ok=True)
        while not _create(path, mine):
            holder = _holder(path)
            if holder is None:
                continue
            who = f"proses {holder['pid']} di {holder['host']}, mulai {holder['started_at']}"
            if not break_lock and (holder["host"] != platform.node() or _is_alive(holder)):
                hint = "" if holder["host"] == platform.node() else " Bila mesin itu sudah mati, pakai --break-lock."
                raise EnvironmentFault(f"{out}: sedang dipakai {who}. Tunggu sampai selesai.{hint}")
            if _remove_if(path, holder):
                note = f"kunci lama diambil alih ({who})"
    try:
        yield note
    finally:
        if _holder(path) == json.loads(mine):
            path.unlink(missing_ok=True)


def _create(path: Path, text: str) -> bool:
    """Create the lock, with its text in it from the start, unless there is one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        put_new(draft, text.encode())
        return _link(draft, path, text)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)


def _link(draft: Path, path: Path, text: str) -> bool:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    return True


def _holder(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError):
        return {"pid": 0, "host": platform.node(), "started_at": "?"}


def _remove_if(path: Path, holder: dict) -> bool:
    """Remove the lock of a dead run, and never one that another run has just made in its place."""
    aside = path.with_name(f"{path.name}.stale-{secrets.token_hex(4)}")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return False
    if _holder(aside) != holder:
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
        return False
    aside.unlink()
    return True


def _is_alive(holder: dict) -> bool:
    """Say whether the process that made the lock still runs (a process number is used again after a while)."""
    import psutil

    try:
        born = psutil.Process(holder["pid"]).create_time()
    except (psutil.Error, ValueError):
        return False
    try:
        started = dt.datetime.fromisoformat(holder["started_at"]).timestamp()
    except ValueError:
        return False
    return born <= started + 60
