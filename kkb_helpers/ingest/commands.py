"""Import, check, refresh."""

import datetime as dt
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pandas as pd

from .. import checks, files, parallel, privacy, store
from ..errors import Killed, PrivacyError, UsageError
from .building import assemble, build, stamp_of, write_stamp
from .maps import SUFFIX, Map, propose, read_map
from .parts import PARTS, Part
from .reading import blamed
from .receipt import Received, checked_date, checked_year, demand_times, is_candidate, receive, walk
from .register import REGISTER, free_name, keep, read_register, writing
from .reports import Report, report_of

T = TypeVar("T")
_UNKNOWN = "`{name}`: bukan ekspor yang dikenal. Pindahkan berkas itu, atau buat petanya dengan `kkb import --propose`."


def import_paths(
    paths: Iterable[Path],
    data: Path,
    year: int | None = None,
    as_of: str | None = None,
    drop_personal: bool = False,
    map_: Path | None = None,
) -> Report:
    """Take files or folders into `data`: copy the originals, register them, rebuild the tables.

    A file with persons' data is refused; with `drop_personal`, a copy without the columns of officers' names and
    contacts is taken instead of the original, where that makes it a good export. Good files are taken even where
    another is refused. Raises UsageError, before anything is taken in, where a path does not exist or a file needs a
    year or date that was not given.
    """
    listed = walk(paths)
    return _take(listed, data, checked_year(year), checked_date(as_of), drop_personal, _map_for(listed, map_))


def propose_map(path: Path) -> Path:
    """Write a starter map beside a hand-made file, for a person to confirm; UsageError where one stands there."""
    walk([path])
    target = path.with_name(path.name + SUFFIX)
    if target.exists():
        raise UsageError(
            f"Peta {target.name} sudah ada dan mungkin sudah diperiksa. Hapus dahulu bila ingin yang baru."
        )
    file = files.File.read(path)
    findings = checks.run("file", file, privacy.safe_name(file.name), until_refused=True)
    if not checks.refuses(findings) and (places := privacy.scan(file)):
        raise PrivacyError([checks.message(f) for f in checks.run("persons", places, privacy.safe_name(file.name))])
    if checks.refuses(findings):
        raise UsageError([checks.message(f) for f in findings if f["severity"] == "TOLAK"])
    with writing(path.parent):
        target.write_text(propose(file), encoding="utf-8")
    return target


def _map_for(listed: list[Received], path: Path | None) -> Map | None:
    if path is None:
        return None
    if len(listed) != 1 or not listed[0].named:
        raise UsageError("Peta berlaku untuk satu berkas. Sebut satu berkas saja bersama --map.")
    return read_map(path)


def _take(
    listed: list[Received],
    data: Path,
    year: int | None,
    as_of: str | None,
    drop_personal: bool = False,
    map_: Map | None = None,
) -> Report:
    received = receive(listed, data, drop_personal=drop_personal, map_=map_)
    demand_times(received, year, as_of)
    register = before = read_register(data)
    copied: list[Path] = []
    with writing(data):
        try:
            for item in received:
                if item.part is not None and not item.part.refused:
                    register = enter(register, data, item, year, as_of, copied)
            if not register.equals(before):
                store.write_csv(data / "raw" / REGISTER, register)
        except BaseException:  # an original without its line in the register would have lost its year
            for path in copied:
                path.unlink(missing_ok=True)
            raise
    # A refused twin of a good file, by its name alone, has the same fingerprint.
    good = [item.part for item in received if item.part is not None and not item.part.refused]
    built = build(data, register, {part.file.sha256: part for part in good})
    return report_of(received, built, register)


def check_paths(
    paths: Iterable[Path],
    data: Path,
    year: int | None = None,
    as_of: str | None = None,
    drop_personal: bool = False,
    map_: Path | None = None,
) -> Report:
    """Do what `import_paths` does, and write nothing."""
    year, as_of = checked_year(year), checked_date(as_of)
    listed = walk(paths)
    received = receive(listed, data, fresh=True, drop_personal=drop_personal, map_=_map_for(listed, map_))
    demand_times(received, year, as_of)
    entries, parts = [], {}
    for item in received:
        if item.part is not None and not item.part.refused and item.part.file.sha256 not in parts:
            parts[item.part.file.sha256] = item.part
            name = free_name(item.part.file, {entry["name"] for entry in entries})
            entries.append(entry_of(name, item, year, as_of))
    register = pd.DataFrame(entries, columns=store.REGISTER_COLUMNS, dtype=str)
    return report_of(received, assemble(register, parts), register)


def refresh(data: Path, year: int | None = None, as_of: str | None = None) -> Report:
    """Import what `data/raw` and its register hold and the tables lack; nothing where they are up to date.

    Raises UsageError where a file put into `data/raw` by hand needs a year or date, PrivacyError where it holds
    persons' data: it may not stay there.
    """
    register = read_register(data)
    known = set(register["name"])
    raw = data / "raw"
    new = [p for p in sorted(raw.glob("*")) if p.name not in known and is_candidate(p)] if raw.is_dir() else []
    strangers = {p.name: p.stat().st_size for p in new}
    if new and stamp_of(data / "tables").get("strangers") != strangers:
        report = _take([Received(p, named=False) for p in new], data, checked_year(year), checked_date(as_of))
        if report.exit_code == PrivacyError.exit_code:
            raise PrivacyError([*report.refusals, f"Pindahkan berkas itu dari {raw}, lalu ulangi."])
        taken = set(read_register(data)["name"])
        left = {name: size for name, size in strangers.items() if name not in taken}
        unknown = [f.name for f in report.files if f.status == "tidak dikenal"]
        report.left_out = report.refusals + [_UNKNOWN.format(name=name) for name in unknown]
        told = {"strangers": left, "left_out": report.left_out}
        write_stamp(data / "tables", {**stamp_of(data / "tables"), **told})
        return report
    left_out = stamp_of(data / "tables").get("left_out", []) if new else []
    built = build(data, register, {})  # it begins the stamp anew
    return Report(tables=built.tables, frames=built.frames, left_out=left_out)


def refresh_apart(data: Path, call: Callable[[], T], meanwhile: Callable[[], object] = lambda: None) -> T:
    """Make a call that refreshes the tables in a process of its own (`parallel.apart`).

    Killed where the system ends that: with the names of the originals that end whoever reads them, if it was these.
    """
    try:
        return parallel.apart(call, meanwhile)
    except Killed as fault:
        originals = [path for path in sorted((data / "raw").glob("*")) if is_candidate(path)]
        raise blamed(fault, originals, data / "tables" / PARTS) from None


def entry_of(name: str, item: Received, year: int | None, as_of: str | None, at: str = "") -> dict:
    part = item.part
    return {
        "name": name,
        "sha256": part.file.sha256,
        "kind": part.source.name,
        "year": str(item.year(year)) if part.needs_year else "",
        "as_of": item.as_of(as_of) if part.needs_date else "",
        "rows": str(part.height),
        "imported_at": at,
    }


def enter(
    register: pd.DataFrame, data: Path, item: Received, year: int | None, as_of: str | None, copied: list[Path]
) -> pd.DataFrame:
    """Copy an original into `raw` and give the register with its line; a known content learns a new year or date."""
    part = item.part
    same = register["sha256"] == part.file.sha256
    if same.any():
        at = same.idxmax()
        given = entry_of(register.loc[at, "name"], item, year, as_of)
        for column in ("year", "as_of"):
            if given[column] not in ("", "None") and given[column] != register.loc[at, column]:
                register = register.assign(**{column: register[column].where(~same, given[column])})
        _keep_map(part, data / "raw" / register.loc[at, "name"])
        return register
    raw = data / "raw"
    name = part.file.name
    if item.path.parent.resolve() != raw.resolve() or name != item.path.name:
        name = keep(part.file, raw, set(register["name"]))
        copied.append(raw / name)
    copied += _keep_map(part, raw / name)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return pd.concat([register, pd.DataFrame([entry_of(name, item, year, as_of, now)])], ignore_index=True).astype(str)


def _keep_map(part: Part, original: Path) -> list[Path]:
    """Keep the map that a file was read by beside it, whole or not at all; give what was written newly."""
    path = original.with_name(original.name + SUFFIX)
    if part.map is None or (path.is_file() and path.read_text(encoding="utf-8") == part.map.text):
        return []
    new = [] if path.is_file() else [path]
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.write_text(part.map.text, encoding="utf-8")
    draft.replace(path)
    return new
