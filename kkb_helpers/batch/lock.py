"""The lock: one run at a time in an output folder, and no dead run in the way of the next."""

import contextlib
import json
import os
import platform
import secrets
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import EnvironmentFault
from .disk import now, put_new, writing

LOCK = ".kkb.lock"


@dataclass(frozen=True)
class Held:
    """A lock that this process holds. note: where a dead run's lock was taken over, whose it was."""

    out: Path
    text: str
    note: str = ""

    def check(self) -> None:
        """Raise EnvironmentFault where the lock is gone: the folder was removed, or another run has taken it."""
        if _holder(self.out / LOCK) != json.loads(self.text):
            raise EnvironmentFault(
                f"{self.out}: folder hasil dihapus atau diambil alih proses lain selama proses ini berjalan. "
                "Periksa folder itu, lalu jalankan `kkb run` lagi."
            )


@contextlib.contextmanager
def locked(out: Path, break_lock: bool = False) -> Iterator[Held]:
    """Hold an output folder for this process alone.

    EnvironmentFault where another run holds it, naming its process, machine and start, or where it may not be written.
    """
    path = out / LOCK
    facts = {"pid": os.getpid(), "process": _identity(os.getpid()), "host": platform.node(), "started_at": now()}
    mine = json.dumps(facts | {"token": secrets.token_hex(8)})
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
        _sweep(path)
        yield Held(out, mine, note)
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


def _sweep(path: Path) -> None:
    """Remove what processes that died while they reached for the lock have left beside it."""
    for left in path.parent.glob(f"{path.name}.*"):
        pid = left.name.removeprefix(f"{path.name}.").partition(".")[0]
        if not pid.isdigit() or not _identity(int(pid)):
            left.unlink(missing_ok=True)


def _holder(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError):
        return {"pid": 0, "host": platform.node(), "started_at": "?"}


def _remove_if(path: Path, holder: dict) -> bool:
    """Remove the lock of a dead run, and never one that another run has just made in its place."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
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
    return holder.get("process", "") != "" and _identity(holder["pid"]) == holder["process"]


def _identity(pid: int) -> str:
    """Name a process for its whole life, whatever happens to the clock; empty where none of this number works.

    A dead process whose parent has not asked for its end (a zombie: common in containers) works no more.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            facts = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
            return "" if facts[0] in "ZX" else f"{boot} {facts[19]}"
        return ""
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(round(process.create_time()))
    except (psutil.Error, ValueError):
        return ""
