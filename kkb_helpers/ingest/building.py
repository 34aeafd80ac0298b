"""Register and parts -> tables, the same whatever the order of import."""

import datetime as dt
import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from .. import areas, checks, files, parallel, sources, store
from ..errors import EnvironmentFault, PrivacyError
from .maps import SUFFIX, beside
from .parts import PARTS, PLACE_NAMES, Part, keep_part, program
from .reading import parts_of
from .register import writing
from .tables import Piece, Tidied, tidy, with_time

STAMP = "built.json"
REVISIONS = "revisions.csv"
SEEN = "checks.csv"
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
        return Built({}, pd.DataFrame(), pd.DataFrame(), {})
    known = zip(register["name"], register["sha256"], strict=True)
    missing = {sha256: data / "raw" / name for name, sha256 in known if sha256 not in parts}
    parts |= _registered_parts(missing, tables / PARTS)
    built = assemble(register, parts)
    with writing(tables):
        for sha256 in register["sha256"]:
            keep_part(parts[sha256], tables / PARTS)
        _write(tables, built)
        write_stamp(tables, {"inputs": stamp})
    return built


def _stamp(raw: Path, register: pd.DataFrame) -> str:
    """The fingerprint of all that the tables follow from: the program, the register, and the maps of files."""
    digest = hashlib.sha256((program() + register.drop(columns="imported_at").to_csv(index=False)).encode())
    for name in register["name"]:
        if (path := raw / (name + SUFFIX)).is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(tables: Path, built: Built) -> None:
    """Write every table whole; without its stamp a half-written set is written again by the next import."""
    (tables / STAMP).unlink(missing_ok=True)
    for table, frame in built.frames.items():
        store.write(tables, table, frame)
        built.tables[table] = len(frame)
    store.write(tables, "unmatched", built.unmatched)
    store.write_csv(tables / "findings.csv", built.findings)
    store.write_csv(tables / REVISIONS, built.revisions)
    store.write_csv(tables / SEEN, built.seen)
    for path in tables.glob("*.parquet"):
        if path.stem in sources.TABLES and path.stem not in built.frames:
            path.unlink()


def stamp_of(tables: Path) -> dict:
    """What the tables were made from, and the files in `raw` that are no exports; empty where it is not known."""
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
    pieces = []
    for entry in register.to_dict("records"):
        part = parts[entry["sha256"]]
        pieces.append(Piece(entry["name"], part, with_time(part, entry)))
    attach_codes(pieces)
    workers = 1 if sum(len(piece.frame) for piece in pieces) < SMALL else parallel.cores()
    of_table = {table: [p for p in pieces if p.part.source.table == table] for table in sources.TABLES}
    tidying = {table: partial(tidy, table, of_it) for table, of_it in of_table.items() if of_it}
    judging = {piece.name: partial(_judged, piece) for piece in pieces}
    made = parallel.side_by_side([*tidying.values(), *judging.values()], workers)
    tidied: dict[str, Tidied] = dict(zip(tidying, made, strict=False))
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
    places = {name: j.places for name, j in judged.items()}
    told = checks.seen_frame(tallies, seen)
    return Built(frames, unmatched_of(pieces), checks.frame_of(findings), places, revisions, told)


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
        checks.Extraction(p.name, months.max(), dt.date.fromisoformat(day[p.name] or dt.date.today().isoformat()))
        for p in pieces
        if p.part.source.time == "bulan"
        and len(months := p.frame["period"])
        and p.frame["period"].str.len().eq(7).all()
    ]


def attach_codes(pieces: list[Piece]) -> None:
    """Give every row its village, looking at all files together: those with codes teach those without."""
    pieces = [piece for piece in pieces if "how" not in piece.frame]  # forms and pages have their area
    if not pieces:
        return
    rows = pd.concat([p.frame[PLACE_NAMES] for p in pieces], ignore_index=True)
    blocks = pd.concat([_blocks(p, i) for i, p in enumerate(pieces)], ignore_index=True)
    coded = rows[rows["kode"] != ""].drop_duplicates()
    aliases = areas.learn_aliases(coded, areas.match_villages(coded)) if len(coded) else {}
    matches = areas.match_villages(rows, aliases, blocks)
    start = 0
    for piece in pieces:
        found = matches.iloc[start : start + len(piece.frame)].set_axis(piece.frame.index)
        piece.frame = piece.frame.assign(**{name: found[name] for name in areas.MATCH_COLUMNS})
        start += len(piece.frame)


def _blocks(piece: Piece, number: int) -> pd.Series:
    """Rows that hold each village once: those of a file and time; Kampung KB share villages, so each row alone."""
    if "kampung_kb" in piece.part.source.key:
        return pd.Series([f"{number}-{i}" for i in range(len(piece.frame))], dtype="str")
    time = piece.frame["period" if "period" in piece.frame else "as_of"]
    return f"{number}-" + time


def places_of(piece: Piece) -> pd.DataFrame:
    """The distinct places of a file as written, with what they were matched to, their first row and how many rows."""
    keys = [*PLACE_NAMES, *areas.MATCH_COLUMNS]
    grouped = piece.frame.groupby(keys, sort=False, dropna=False)["source_row"]
    return grouped.agg(row="min", rows="size").reset_index()


def unmatched_of(pieces: list[Piece]) -> pd.DataFrame:
    """The rows without a village, one row each: the place and every value as text."""
    columns = ["table", *PLACE_NAMES, "time", "values", "source_file", "source_row", "reason"]
    found = [pd.DataFrame(columns=columns).astype(dict.fromkeys(columns, "str") | {"source_row": "int64"})]
    for piece in pieces:
        rows = piece.frame[piece.frame["village_code"].isna()]
        if len(rows):
            measures = [c.name for c in piece.part.source.measures if c.name in rows]
            values = [
                json.dumps({k: str(v) for k, v in r.items() if pd.notna(v)}, ensure_ascii=False)
                for r in rows[measures].to_dict("records")
            ]
            time = rows["period"] if "period" in rows else rows["as_of"]
            found.append(
                rows.assign(table=piece.part.source.table, time=time, values=values, source_file=piece.name)[columns]
            )
    return pd.concat(found, ignore_index=True)


@dataclass
class Judged:
    """What the rules say of a file under its name in `raw`; its places; how much each rule looked at."""

    places: pd.DataFrame
    findings: list[dict]
    tally: Counter[str]


def _judged(piece: Piece) -> Judged:
    """Find what is wrong in a file whose villages are known; a finding about a single row gets that row's village."""
    wanted = {int(f["row"]) for f in piece.part.findings if f["row"] and f["alone"]}
    rows = piece.frame[piece.frame["source_row"].isin(wanted)]
    codes = dict(zip(rows["source_row"].astype(str), rows["village_code"].fillna(""), strict=True))
    found = [
        {**f, "file": piece.name, "area_code": f["area_code"] or (codes.get(f["row"], "") if f["alone"] else "")}
        for f in piece.part.findings
    ]
    places, tally = places_of(piece), Counter(piece.part.seen)
    matches = checks.Matches(places, piece.part.numeric_codes)
    found += checks.run("matches", matches, piece.name, piece.part.sheet, tally=tally)
    return Judged(places, found, tally)
