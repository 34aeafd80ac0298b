"""Synthetic exports, tied to the published totals, at any scale.

A made-up village has a size, a standing of its working group, habits of family planning and groups; these change
slowly (`village`). All exports are read off the same village, so the portal (`portal`), SIGA (`siga`) and the offices'
own workbooks (`office`) tell one story, and a class follows from the scores by the rule of `classification`. For Banten
the numbers of Kampung KB and of Mandiri and Berkelanjutan are the published ones. Nothing here is a figure of a real
village. What is wrong on purpose stands in `data/sample/README.md`.

To add an export: a function that gives its columns, and a line in `write`.
"""

import multiprocessing
import tempfile
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from . import office, portal, siga
from .village import HOME, SEED, SNAPSHOTS, YEAR, Units, Villages, units, villages

__all__ = ["HOME", "IMPORT_NOTE", "PREFIX", "SEED", "Units", "Villages", "is_written", "units", "villages", "write"]

PREFIX = "contoh-"
IMPORT_NOTE = "import.toml"
_LARGE = 10_000  # villages


def is_written(out: Path) -> bool:
    """Say whether a data folder holds a whole sample."""
    return (out / "raw" / IMPORT_NOTE).is_file()


def write(out: Path, seed: int = SEED, national: bool = False, provinces: Collection[str] = ()) -> list[Path]:
    """Write the synthetic exports into `out/raw`: the same seed gives the same bytes.

    Banten from January to June 2024, or the whole country (with `provinces`: these and Banten) from January to
    December. `import.toml` beside them, written last, says the year and the date that the exports themselves do not.
    Gives the paths written.

    Raises UsageError for a seed with which the published totals cannot be met.
    """
    raw = out / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".contoh-") as draft:
        times = _write_all(Path(draft), villages(seed, national, provinces), 12 if national or provinces else 6)
        (raw / IMPORT_NOTE).unlink(missing_ok=True)
        for stale in raw.glob(f"{PREFIX}*"):
            stale.unlink()
        written = [path.replace(raw / path.name) for path in sorted(Path(draft).iterdir())]
    note = raw / IMPORT_NOTE
    note.write_text("".join(f'[files."{name}"]\n{time}\n\n' for name, time in sorted(times.items())), encoding="utf-8")
    return [*written, note]


def _write_all(folder: Path, places: Villages, months: int) -> dict[str, str]:
    """Write every export; give what import must be told of each file, as a line of TOML."""
    made = units(places)
    records, shifts = portal.history(made, places)
    _write_portal(folder, places, made, records)
    _write_office(folder, places, made, months)
    return _write_siga(folder, places, made, shifts, months)


def _write_portal(folder: Path, places: Villages, made: Units, records: list) -> None:
    """Write two workbooks a snapshot; those of the country by all cores, for XlsxWriter takes a minute on one."""
    jobs = {}
    for snapshot, day in enumerate(SNAPSHOTS):
        end = f"table_{day.replace('-', '')}080000.xlsx"
        frame = records[snapshot]
        jobs[folder / f"{PREFIX}rekap-kampung-{end}"] = portal.profile_sheet(made, places, snapshot, frame)
        jobs[folder / f"{PREFIX}classification-{end}"] = portal.classification_sheet(made, places, snapshot, frame)
    if len(places) < _LARGE:
        for path, sheet in jobs.items():
            portal.write_workbook(path, sheet)
        return
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(portal.write_workbook, jobs.keys(), jobs.values()))


def _write_siga(folder: Path, places: Villages, made: Units, shifts: list[float], months: int) -> dict[str, str]:
    times = {}
    end = f'as_of = "{YEAR}-{months:02d}-{30 if months == 6 else 31}"'
    alone = made.take(slice(len(places)))  # SIGA counts by village: without the second Kampung KB of one
    provinces = sorted(set(places.frame["code"].str[:2]))
    for table in siga.MONTHLY:
        if len(provinces) == 1:
            paths = {"": folder / f"{PREFIX}{table}.csv"}
        else:  # one file would be larger than what may be opened; people download a province at a time too
            paths = {code: folder / f"{PREFIX}{table}_{code}.csv" for code in provinces}
        siga.write_monthly(paths, places, alone, shifts[2], table, months)
        times |= {path.name: f"year = {YEAR}" for path in paths.values()}
    semesters = [("2023_sem2", "Sem 2 2023", -0.5), (f"{YEAR}_sem1", f"Sem 1 {YEAR}", 5.5)]
    semesters += [(f"{YEAR}_sem2", f"Sem 2 {YEAR}", 11.5)] * (months == 12)
    for name, label, time in semesters:
        columns = siga.krs(places, alone, label, time)
        siga.write_once(folder / f"{PREFIX}data_verval_krs_{name}.csv", places, columns, index="")
    once = {
        "data_kkb": (siga.kkb(places, made), None, True),
        "data_rdk": (siga.rdk(places, alone, shifts[3]), None, True),
        f"{YEAR}-elsimil-bumil": (siga.elsimil(places, alone), "", False),
    }
    for name, (columns, index, with_code) in once.items():
        siga.write_once(folder / f"{PREFIX}{name}.csv", places, columns, index, with_code)
        times[f"{PREFIX}{name}.csv"] = end
    return times


def _write_office(folder: Path, places: Villages, made: Units, months: int) -> None:
    from .. import workbook

    frames = {
        "partners": office.partners(places, made, months),
        "funding": office.funding(places, months // 3),
        "coordination": office.coordination(places, months // 3),
    }
    for name, frame in frames.items():
        workbook.fill(name, frame, folder / f"{PREFIX}{name}.xlsx")
