"""Everything a run writes goes through here: whole or not at all, on the disk before it counts."""

import contextlib
import datetime as dt
import errno
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import EnvironmentFault, KkbError

WINDOWS = os.name == "nt"  # where an open file can be neither replaced nor moved
RETRY_SECONDS = 2.0  # how long another program may hold a file there


def _put(descriptor: int, data: bytes) -> None:
    """Bring bytes to the disk: the one place where anything of a run is written."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


@contextlib.contextmanager
def writing(path: Path, size: int) -> Iterator[None]:
    """Turn the disk's own errors into messages for people."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise EnvironmentFault(
                f"{path}: cakram penuh; butuh {size} bita lagi. Kosongkan ruang, lalu jalankan `kkb resume`."
            ) from error
        if isinstance(error, PermissionError) and WINDOWS:
            raise FileHeld(f"{path}: dipakai program lain. Tutup berkas itu, lalu jalankan `kkb resume`.") from error
        raise EnvironmentFault(
            f"{path}: tidak dapat ditulis ({error.strerror}). Periksa folder dan izinnya, lalu jalankan `kkb resume`."
        ) from error


class FileHeld(KkbError):
    """A file of one job is open in another program; the other jobs go on."""


def patiently(action: Callable[[], object]) -> None:
    """Do something to a file, again for two seconds while another program holds it."""
    give_up = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            action()
            return
        except PermissionError:
            if not WINDOWS or time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    with writing(path, len(data)):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        try:
            put_new(draft, data)
            patiently(lambda: draft.replace(path))
            settle(path.parent)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def put_new(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        _put(descriptor, data)
    finally:
        os.close(descriptor)


def settle(folder: Path) -> None:
    """Bring a folder's own list to the disk: until then a power cut may undo a rename that the manifest tells of."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append(path: Path, data: bytes) -> None:
    """Add lines to a file; what could only be added in part is taken back."""
    with writing(path, len(data)):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        try:
            size = os.fstat(descriptor).st_size
            try:
                _put(descriptor, data)
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)


def sha256(data: bytes) -> str:
    """Give the fingerprint of some bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_json(value) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
