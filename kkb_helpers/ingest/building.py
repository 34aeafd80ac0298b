"""Register and parts -> tables, the same whatever the order of import."""

import datetime as dt
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from .. import areas, checks, files, parallel, sources, store
from ..errors import EnvironmentFault, PrivacyError
from .maps import SUFFIX, beside
from .parts import PARTS, PLACE_NAMES, Part, keep_part, program
from .reading import parts_of
from .register import writing
from .tables import Piece, Tidied, full, provinces_of, tidy, with_year

STAMP = "built.json"
REVISIONS = "revisions.csv"
SEEN = "checks.csv"
_ALL_MATCHED = pd.DataFrame(
    {
        name: pd.Series(dtype="int64" if name == "source_row" else "str")
        for name in ("table", *PLACE_NAMES, "time", "values", "source_file", "source_row", "reason")
    }
)
SMALL = 20_000  # rows together that one process judges before a second one has begun


@dataclass
class Built:
    """What the parts of a register give: the tables, the rows without a village, the findings, the places by file,
    the values that later files revised, and how much each rule looked at (`checks.seen_frame`).
    """

    frames: dict[str, pd.DataFrame]
    unmatched: pd.DataFrame
    findings: pd.DataFrame
    places: dict[str, pd.DataFrame]
    revisions: pd.DataFrame = field(default_factory=pd.DataFrame)
    seen: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables: dict[str, int] = field(default_factory=dict)


def build(data: Path, register: pd.DataFrame, parts: dict[str, Part]) -> Built:
    """Write the tables that a register gives, unless they stand already."""
    tables = data / "tables"
    stamp = _stamp(data / "raw", register)
    if stamp_of(tables).get("inputs") == stamp or (register.empty and not tables.is_dir()):
        return Built({}, pd.DataFrame(), checks.frame_of([]), {})
    known = zip(register["name"], register["sha256"], strict=True)
    missing = {sha256: data / "raw" / name for name, sha256 in known if sha256 not in parts}
    parts |= _registered_parts(missing, tables / PARTS)
    built = assemble(register, parts)
    with writing(tables):
        _write(tables, built, [parts[sha256] for sha256 in register["sha256"]])
        provinces = {name: provinces_of(places) for name, places in built.places.items()}
        write_stamp(tables, {"inputs": stamp, "provinces": provinces})
    return built


def _stamp(raw: Path, register: pd.DataFrame) -> str:
    """The fingerprint of all that the tables follow from: the program, the register, and the maps of files."""
    digest = hashlib.sha256((program() + register.drop(columns="imported_at").to_csv(index=False)).encode())
    for name in register["name"]:
        if (path := raw / (name + SUFFIX)).is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(tables: Path, built: Built, parts: list[Part]) -> None:
    """Write every table whole, and keep the parts; without its stamp a half-written set is written again by the next
    import.
    """
    (tables / STAMP).unlink(missing_ok=True)
    built.tables |= {table: len(frame) for table, frame in built.frames.items()}
    named = sorted([*built.frames.items(), ("unmatched", built.unmatched)], key=lambda pair: -len(pair[1]))
    parallel.side_by_side(
        [
            *(partial(store.write, tables, name, frame) for name, frame in named),
            *(partial(_keep, parts[at :: parallel.cores()], tables) for at in range(parallel.cores())),
            partial(store.write_findings, tables, built.findings),
            partial(store.write_csv, tables / REVISIONS, built.revisions),
            partial(store.write_csv, tables / SEEN, built.seen),
        ],
        workers=1 if sum(built.tables.values()) < SMALL else None,
    )
    for path in tables.glob("*.parquet"):
        if path.stem in sources.TABLES and path.stem not in built.frames:
            path.unlink()


def _keep(parts: list[Part], tables: Path) -> None:
    for part in parts:
        keep_part(part, tables / PARTS)


def stamp_of(tables: Path) -> dict:
    """What the tables were made from, the provinces that each file has rows of, the files in `raw` that are no exports.

    Empty where it is not known.
    """
    try:
        return json.loads((tables / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_stamp(tables: Path, stamp: dict) -> None:
    if not tables.is_dir():
        return
    draft = tables / f".{STAMP}.{os.getpid()}.draft"
    draft.write_text(json.dumps(stamp), encoding="utf-8")
    draft.replace(tables / STAMP)


def _registered_parts(paths: dict[str, Path], folder: Path) -> dict[str, Part]:
    """Read registered files: fingerprint -> part."""
    read = [_registered_file(path, sha256) for sha256, path in paths.items()]
    parts = parts_of(
        [(file, beside(path.parent, path.name)) for file, path in zip(read, paths.values(), strict=True)], folder
    )
    for part, path in zip(parts, paths.values(), strict=True):
        if part.personal:
            told = map(checks.message, part.findings)
            raise PrivacyError([*told, f"Hapus berkas itu dari {path.parent} dan register."])
    return dict(zip(paths, parts, strict=True))


def _registered_file(path: Path, sha256: str) -> files.File:
    """Open a registered file, still the one that was registered."""
    if not path.is_file():
        raise EnvironmentFault(
            f"Berkas {path.name} tercatat di register tetapi tidak ada di {path.parent}. Kembalikan berkas itu."
        )
    file = files.File.read(path)
    if file.sha256 != sha256:
        raise EnvironmentFault(
            f"Berkas {path.name} di {path.parent} berubah sejak didaftarkan. Kembalikan berkas aslinya."
        )
    return file


def assemble(register: pd.DataFrame, parts: dict[str, Part]) -> Built:
    """Match the villages of all parts together, then make each table of the parts that fill it, the newest last."""
    pieces = [Piece(entry["name"], parts[entry["sha256"]], entry) for entry in register.to_dict("records")]
    workers = 1 if sum(piece.part.height for piece in pieces) < SMALL else parallel.cores()
    # What judges the shapes of tables is imported before workers are forked for them, or each would.
    attach_places(pieces, workers, meanwhile=sources.load_pandera)
    of_table = {table: [p for p in pieces if p.part.source.table == table] for table in sources.TABLES}
    largest_first = sorted(of_table, key=lambda table: -sum(piece.part.height for piece in of_table[table]))
    tidying = {table: partial(tidy, table, of_table[table]) for table in largest_first if of_table[table]}
    judging = {piece.name: partial(_judged, piece) for piece in pieces}
    made = parallel.side_by_side([*tidying.values(), *judging.values()], workers)
    in_order = sorted(zip(tidying, made, strict=False), key=lambda pair: list(sources.TABLES).index(pair[0]))
    tidied: dict[str, Tidied] = dict(in_order)
    judged: dict[str, Judged] = dict(zip(judging, made[len(tidying) :], strict=True))
    frames = {table: t.frame for table, t in tidied.items() if len(t.frame)}
    revisions = _with_fingerprints([t.revisions for t in tidied.values()], register)
    findings = [finding for j in judged.values() for finding in j.findings]
    tallies = {name: j.tally for name, j in judged.items()}
    for name, tally in tallies.items():
        checks.run("twins", "", name, tally=tally)  # the register keeps one content once
    left_out = {table: t.left_out for table, t in tidied.items() if len(t.left_out)}
    compared = sum(t.compared for t in tidied.values())
    shelf = checks.Shelf(frames, left_out, revisions, _extractions(pieces, register), compared)
    seen: Counter[str] = Counter()
    findings += checks.run("tables", shelf, tally=seen, workers=workers)
    places = {piece.name: piece.places for piece in pieces}
    told = checks.seen_frame(tallies, seen)
    unmatched = pd.concat([_ALL_MATCHED, *(j.unmatched for j in judged.values())], ignore_index=True)
    return Built(frames, unmatched, checks.frame_of(findings), places, revisions, told)


def _with_fingerprints(revisions: list[pd.DataFrame], register: pd.DataFrame) -> pd.DataFrame:
    """Join the revisions of all tables, each with the fingerprints of both files."""
    sha256 = dict(zip(register["name"], register["sha256"], strict=True))
    whole = pd.concat([pd.DataFrame(columns=checks.REVISION_COLUMNS, dtype="str"), *revisions], ignore_index=True)
    told = {f"sha256_{side}": whole[f"file_{side}"].map(sha256) for side in ("old", "new")}
    return whole.assign(**told)[checks.REVISION_COLUMNS]


def _extractions(pieces: list[Piece], register: pd.DataFrame) -> list[checks.Extraction]:
    """When each file with months was taken: by the day of its import; today where it is only checked."""
    day = dict(zip(register["name"], register["imported_at"].str[:10], strict=True))
    return [
        checks.Extraction(p.name, max(months), dt.date.fromisoformat(day[p.name] or dt.date.today().isoformat()))
        for p in pieces
        if p.part.source.time == "bulan"
        and (months := with_year(p.part.months, p.entry["year"]))
        and all(len(month) == 7 for month in months)
    ]


def attach_places(pieces: list[Piece], workers: int | None, meanwhile: Callable[[], object]) -> None:
    """Give every piece its places, looking at all files together: those with codes teach those without.

    Months of a file that name the same places are looked at once: a match follows from what is written, and from what
    is written beside it. meanwhile: what this process is to do besides, while another one looks.
    """
    looking = [partial(_places_in, piece) for piece in pieces]
    for piece, (places, at, _) in zip(pieces, found := parallel.side_by_side(looking, workers), strict=True):
        piece.places, piece.place_at = places, at
    named = [(piece, *blocks) for piece, (_, _, blocks) in zip(pieces, found, strict=True) if blocks is not None]
    if not named:
        meanwhile()
        return
    rows = pd.concat([piece.places[PLACE_NAMES].take(which) for piece, which, _ in named], ignore_index=True)
    beside_it = [f"{at}-" + pd.Series(block).astype("str") for at, (_, _, block) in enumerate(named)]
    looked_up = partial(_matches, rows, pd.concat(beside_it, ignore_index=True))
    _, matches = parallel.side_by_side([meanwhile, looked_up], workers)
    start = 0
    for piece, which, _ in named:
        found = matches.iloc[start + np.unique(which, return_index=True)[1]].reset_index(drop=True)
        piece.places = pd.concat([piece.places[PLACE_NAMES], found, piece.places[["row", "rows"]]], axis=1)
        start += len(which)


def _matches(rows: pd.DataFrame, beside_it: pd.Series) -> pd.DataFrame:
    coded = rows[rows["kode"] != ""].drop_duplicates()
    aliases = areas.learn_aliases(coded, areas.match_villages(coded)) if len(coded) else {}
    return areas.match_villages(rows, aliases, beside_it)


def _places_in(piece: Piece) -> tuple[pd.DataFrame, np.ndarray | None, tuple[np.ndarray, np.ndarray] | None]:
    """Give the places of a file, the place of each of its rows, and its blocks; the last two not of rows with areas."""
    frame = piece.part.some((*PLACE_NAMES, *areas.MATCH_COLUMNS, "period", "source_row"))
    with_areas = "how" in frame  # forms and pages
    keys = [*PLACE_NAMES, *areas.MATCH_COLUMNS] if with_areas else PLACE_NAMES
    at = frame.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()
    first = ~pd.Series(at).duplicated().to_numpy()
    counted = {"row": frame["source_row"].groupby(at).min().to_numpy(), "rows": np.bincount(at)}
    places = frame.loc[first, keys].reset_index(drop=True).assign(**counted)
    return (places, None, None) if with_areas else (places, at, _blocks(piece, places, frame, at))


def _blocks(piece: Piece, places: pd.DataFrame, frame: pd.DataFrame, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the blocks of a file that differ, each of which holds each village once: a place and its block, in pairs.

    A block is the rows of a month; Kampung KB share villages, so there each row stands alone.
    """
    if "kampung_kb" in piece.part.source.key:
        return np.arange(len(places)), np.arange(len(places))
    month = full(frame["period"], piece.entry["year"]).factorize()[0] if "period" in frame else np.zeros(len(at), int)
    pairs = pd.DataFrame({"month": month, "at": at}).drop_duplicates().groupby("month")["at"]
    differing = {block.tobytes(): block for _, ids in pairs if len(block := np.sort(ids.to_numpy()))}
    which = [np.zeros(0, int), *differing.values()]
    return np.concatenate(which), np.repeat(np.arange(len(which)), [len(block) for block in which])


def _unmatched_of(piece: Piece) -> pd.DataFrame:
    """The rows of a file without a village, one row each: the place and every value as text."""
    if piece.places["village_code"].notna().all():
        return _ALL_MATCHED
    frame = piece.frame
    rows = frame[frame["village_code"].isna()]
    measures = [c.name for c in piece.part.source.measures if c.name in rows]
    values = [
        json.dumps({k: str(v) for k, v in r.items() if pd.notna(v)}, ensure_ascii=False)
        for r in rows[measures].to_dict("records")
    ]
    time = rows["period"] if "period" in rows else rows["as_of"]
    known = {"table": piece.part.source.table, "time": time, "values": values, "source_file": piece.name}
    return rows.assign(**known)[list(_ALL_MATCHED)]


@dataclass
class Judged:
    """What the rules say of a file under its name in `raw`; its rows without a village; how much each rule saw."""

    unmatched: pd.DataFrame
    findings: list[dict]
    tally: Counter[str]


def _judged(piece: Piece) -> Judged:
    """Find what is wrong in a file whose villages are known; a finding about a single row gets that row's village."""
    wanted = {int(f["row"]) for f in piece.part.findings if f["row"] and f["alone"]}
    codes: dict[str, str] = {}
    if wanted:
        rows = piece.part.some(["source_row"])["source_row"]
        here = rows.isin(wanted).to_numpy()
        codes = dict(zip(rows[here].astype(str), piece.village_codes[here].fillna(""), strict=True))
    found = [
        {**f, "file": piece.name, "area_code": f["area_code"] or (codes.get(f["row"], "") if f["alone"] else "")}
        for f in piece.part.findings
    ]
    tally = Counter(piece.part.seen)
    matches = checks.Matches(piece.places, piece.part.numeric_codes)
    found += checks.run("matches", matches, piece.name, piece.part.sheet, tally=tally)
    return Judged(_unmatched_of(piece), found, tally)
