"""Import, check, refresh."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from .. import store
from .building import assemble, build, stamp_of, write_stamp
from .receipt import Received, checked_date, checked_year, demand_times, is_candidate, receive, walk
from .register import REGISTER, keep, read_register, writing
from .reports import Report, report_of


def import_paths(paths: Iterable[Path], data: Path, year: int | None = None, as_of: str | None = None) -> Report:
    """Take files or folders into `data`: copy the originals, register them, rebuild the tables.

    Good files are taken even where another is refused. Raises UsageError, before anything is written, where a path does
    not exist or a file needs a year or date that was not given.
    """
    return _take(walk(paths), data, checked_year(year), checked_date(as_of))


def _take(listed: list[Received], data: Path, year: int | None, as_of: str | None) -> Report:
    received = receive(listed, data)
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
    built = build(data, register, {r.part.file.sha256: r.part for r in received if r.part is not None})
    return report_of(received, built, register)


def check_paths(paths: Iterable[Path], data: Path, year: int | None = None, as_of: str | None = None) -> Report:
    """Do what `import_paths` does, and write nothing."""
    year, as_of = checked_year(year), checked_date(as_of)
    received = receive(walk(paths), data, fresh=True)
    demand_times(received, year, as_of)
    entries, parts = [], {}
    for item in received:
        if item.part is not None and not item.part.refused and item.part.file.sha256 not in parts:
            parts[item.part.file.sha256] = item.part
            entries.append(entry_of(item.part.file.name, item, year, as_of))
    register = pd.DataFrame(entries, columns=store.REGISTER_COLUMNS, dtype=str)
    return report_of(received, assemble(register, parts), register)


def refresh(data: Path, year: int | None = None, as_of: str | None = None) -> Report:
    """Import what `data/raw` and its register hold and the tables lack; nothing where they are up to date.

    Raises UsageError where a file put into `data/raw` by hand needs a year or date.
    """
    register = read_register(data)
    known = set(register["name"])
    raw = data / "raw"
    new = [p for p in sorted(raw.glob("*")) if p.name not in known and is_candidate(p)] if raw.is_dir() else []
    strangers = {p.name: p.stat().st_size for p in new}
    if new and stamp_of(data / "tables").get("strangers") != strangers:
        report = _take([Received(p, named=False) for p in new], data, checked_year(year), checked_date(as_of))
        taken = set(read_register(data)["name"])
        left = {name: size for name, size in strangers.items() if name not in taken}
        write_stamp(data / "tables", {**stamp_of(data / "tables"), "strangers": left})
        return report
    return Report(tables=build(data, register, {}).tables)


def entry_of(name: str, item: Received, year: int | None, as_of: str | None, at: str = "") -> dict:
    part = item.part
    return {
        "name": name,
        "sha256": part.file.sha256,
        "kind": part.source.name,
        "year": str(item.year(year)) if part.needs_year else "",
        "as_of": item.as_of(as_of) if part.needs_date else "",
        "rows": str(len(part.frame)),
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
        return register
    raw = data / "raw"
    name = item.path.name
    if item.path.parent.resolve() != raw.resolve():
        name = keep(part.file, raw, set(register["name"]))
        copied.append(raw / name)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return pd.concat([register, pd.DataFrame([entry_of(name, item, year, as_of, now)])], ignore_index=True).astype(str)
