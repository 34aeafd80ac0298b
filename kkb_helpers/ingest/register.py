"""The originals kept in `raw`, and what is known of each."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from .. import files, store
from ..errors import EnvironmentFault

REGISTER = "register.csv"


def read_register(data: Path) -> pd.DataFrame:
    path = data / "raw" / REGISTER
    if not path.is_file():
        return pd.DataFrame(columns=store.REGISTER_COLUMNS, dtype=str)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def free_name(file: files.File, taken: set[str]) -> str:
    """Give a file's name, with a piece of its fingerprint where another file has it."""
    if file.name not in taken:
        return file.name
    stem, dot, suffix = file.name.rpartition(".")
    return f"{stem or suffix}-{file.sha256[:8]}{dot}{suffix if stem else ''}"


def keep(file: files.File, raw: Path, taken: set[str]) -> str:
    """Copy the bytes that were read into `raw`, whole or not at all; give the name they have there."""
    name = free_name(file, taken | {file.name} if (raw / file.name).exists() else taken)
    raw.mkdir(parents=True, exist_ok=True)
    draft = raw / f".{name}.{os.getpid()}.draft"
    try:
        draft.write_bytes(file.data)
        draft.replace(raw / name)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return name


@contextmanager
def writing(data: Path) -> Iterator[None]:
    """Turn a failure to write into a message that names the folder."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentFault(f"{data} tidak dapat ditulis: {reason}. Periksa ruang disk dan izin folder.") from error
