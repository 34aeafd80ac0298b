"""Paths -> files read, with the year or date that each needs."""

import datetime as dt
import re
import stat
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .. import checks, files, privacy
from ..errors import UsageError
from .maps import Map, beside
from .parts import PARTS, Part
from .reading import parts_of
from .register import REGISTER, read_register

NOTES = "import.toml"
_PORTAL_DATE = re.compile(r"_(20\d{2})(\d{2})(\d{2})\d{6}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)  # Path has made one slash of two; C:/ is no address


@dataclass
class Received:
    """One file of the command line or a folder: `part` is None where it was not read (no data file).

    twins: the finding that another file of the same command has its content; it is of this command, not of the tables.
    """

    path: Path
    named: bool
    part: Part | None = None
    known_as: str = ""
    ignored: bool = False
    note: dict = field(default_factory=dict)
    twins: list[dict] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether it is to be taken in and was not before."""
        return self.part is not None and not self.part.refused and not self.known_as

    def year(self, given: int | None) -> int | None:
        """The year of its months: what was given, else what `import.toml` says of it."""
        return given if given is not None else self.note.get("year")

    def as_of(self, given: str | None) -> str:
        """The date of its snapshot: that in its name, else what was given, else what `import.toml` says."""
        return _date_in(self.path.name) or given or str(self.note.get("as_of", ""))


def receive(
    listed: list[Received], data: Path, fresh: bool = False, drop_personal: bool = False, map_: Map | None = None
) -> list[Received]:
    """Read every file listed, by the map that is given or kept; `fresh` takes none for known and keeps no part."""
    known = {} if fresh else dict(zip(read_register(data)["sha256"], read_register(data)["name"], strict=True))
    notes = _notes(data)
    items = [item for item in listed if not item.ignored]
    wanted: list[tuple[files.File, Map | None]] = []
    for item in items:
        file = files.File.read(item.path)
        inside = item.path.parent.resolve() == (data / "raw").resolve()
        item.note = notes.get(item.path.name, {}) if inside else {}
        known_as = known.get(file.sha256, file.name if inside else "")
        wanted.append((file, map_ or (beside(data / "raw", known_as) if known_as else None)))
    seen: dict[str, str] = {}
    parts = parts_of(wanted, None if fresh else data / "tables" / PARTS, drop_personal)
    for item, (file, _), part in zip(items, wanted, parts, strict=True):
        twin = seen.setdefault(file.sha256, file.name) if file.data else file.name
        item.part = part
        item.known_as = known.get(part.file.sha256, "")
        if twin != file.name:
            item.known_as = item.known_as or twin
            item.twins = checks.run("twins", privacy.safe_name(twin), part.name)
    return listed


def walk(paths: Iterable[Path]) -> list[Received]:
    listed: list[Received] = []
    for path in map(Path, paths):
        if _ADDRESS.match(str(path)):
            raise UsageError(f"{path} bukan berkas di komputer ini. Unduh dahulu, lalu sebut berkasnya.")
        if path.is_dir() and not path.is_symlink():
            inside = (
                p for p in sorted(path.rglob("*")) if not any(s.startswith(".") for s in p.relative_to(path).parts)
            )
            listed += [Received(p, False, ignored=not is_candidate(p)) for p in inside if not p.is_dir()]
            continue
        try:
            regular = stat.S_ISREG(path.lstat().st_mode)
        except OSError:
            raise UsageError(f"Berkas {str(path)!r} tidak ada. Periksa nama dan foldernya.") from None
        if not regular:
            raise UsageError(f"{str(path)!r} bukan berkas biasa (tautan atau perangkat). Sebut berkas aslinya.")
        listed.append(Received(path, True))
    return listed


def is_candidate(path: Path) -> bool:
    """Say whether a file met in a folder may hold data: a plain file with an ending of a table."""
    return (
        path.suffix.lower() in files.DATA_EXTENSIONS
        and not path.name.startswith((".", "~$"))
        and path.name != REGISTER
        and path.is_file()
        and not path.is_symlink()
    )


def demand_times(items: list[Received], year: int | None, as_of: str | None) -> None:
    """Refuse the command where a month has no year or a snapshot no date: they are never guessed."""
    problems = []
    for item in items:
        if item.is_new and item.part.needs_year and item.year(year) is None:
            problems.append(f"Berkas {item.path.name}: bulan tanpa tahun. Tambahkan tahunnya, misalnya --year 2025.")
        elif item.is_new and item.part.needs_year:
            newest = f"{item.year(year)}-{item.part.newest_month}"
            if newest > f"{dt.date.today():%Y-%m}":
                problems.append(f"Berkas {item.path.name}: bulan {newest} belum tiba. Periksa --year.")
        elif item.is_new and item.part.needs_date and not item.as_of(as_of):
            problems.append(
                f"Berkas {item.path.name}: tanggal pengambilan tidak diketahui. "
                "Tambahkan tanggalnya, misalnya --as-of 2025-10-01."
            )
    if problems:
        raise UsageError(problems)


def _notes(data: Path) -> dict[str, dict]:
    """What `import.toml` says of files in `raw`: name -> year, as_of."""
    path = data / "raw" / NOTES
    if not path.is_file():
        return {}
    try:
        notes = tomllib.loads(path.read_text(encoding="utf-8"))["files"]
        for note in notes.values():
            checked_year(note.get("year"))
            checked_date(None if "as_of" not in note else str(note["as_of"]))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, AttributeError, TypeError) as error:
        raise UsageError(f'{NOTES} tidak terbaca ({error}). Tulis [files."nama.csv"] lalu year = 2024.') from None
    return notes


def checked_year(year: int | None) -> int | None:
    if year is not None and not 2000 <= int(year) <= dt.date.today().year + 1:
        raise UsageError(f"Tahun {year!r} tidak masuk akal. Tulis empat angka, misalnya --year 2025.")
    return None if year is None else int(year)


def checked_date(as_of: str | None) -> str | None:
    if as_of is None:
        return None
    try:
        day = dt.date.fromisoformat(as_of)
    except ValueError:
        day = None
    if day is None or day.isoformat() != as_of or day.year < 2016:
        raise UsageError(f"Tanggal {as_of!r} tidak dikenal. Tulis seperti --as-of 2025-10-01.")
    if day > dt.date.today():
        raise UsageError(f"Tanggal {as_of} belum tiba. Tulis hari berkas itu diunduh, misalnya --as-of 2025-10-01.")
    return as_of


def _date_in(name: str) -> str:
    """The date in a portal file name (`classification-table_20240601080000.xlsx`); empty where there is none."""
    match = _PORTAL_DATE.search(name)
    try:
        return dt.date(*map(int, match.groups())).isoformat() if match else ""
    except ValueError:
        return ""
