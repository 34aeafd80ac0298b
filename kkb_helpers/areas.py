"""The only file that knows how a code becomes a name and a messy name becomes a code.

An area is its Kemendagri code, a dotted string: `36` (provinsi), `36.01` (kabupaten/kota), `36.01.01` (kecamatan),
`36.01.01.2001` (desa/kelurahan), and `ID` for the country. Names, slugs and titles come from `data/reference` alone;
text from an input is only ever compared with it.

To add a spelling of a province or kabupaten seen in an export: one row in `data/reference/aliases.csv`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from .errors import UsageError

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"
NATION = "ID"
LEVELS = {0: "nasional", 1: "provinsi", 2: "kabupaten", 3: "kecamatan", 4: "desa"}
CODE_WIDTH = {"provinsi": 2, "kabupaten": 5, "kecamatan": 8, "desa": 13}
_CODE = re.compile(r"\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?")
_UNDOTTED = re.compile(r"(\d{2})(\d{2})?(\d{2})?(\d{4})?")
_PREFIX = re.compile(r"^(KABUPATEN|KAB|KOTA ADM(?:INISTRASI)?|KOTA|PROVINSI|PROPINSI|PROV)\b\s*")


@dataclass(frozen=True)
class Area:
    """One area of the reference list."""

    code: str
    name: str

    @property
    def level(self) -> str:
        """One of desa, kecamatan, kabupaten, provinsi, nasional."""
        return level_of(self.code)

    @property
    def slug(self) -> str:
        """The ASCII name for paths: `pandeglang`, `kota-serang`."""
        return _slugs()[self.code] if self.code in _slugs() else _slugify(self.name)

    @property
    def folder(self) -> str:
        """The name of the folder of its results: `36.01-pandeglang`."""
        return f"{self.code}-{self.slug}"

    @property
    def province(self) -> "Area":
        """The province it lies in."""
        return get(self.code[:2])


def level_of(code: str) -> str:
    """Give the level of a dotted code by its number of parts."""
    return LEVELS[0] if code == NATION else LEVELS[code.count(".") + 1]


@cache
def frame(level: str) -> pd.DataFrame:
    """Give the reference list of one level: columns code, name; one row an area, sorted by code."""
    return pd.read_csv(REFERENCE / f"{level}.csv.gz", dtype=str, keep_default_na=False)


@cache
def _names() -> dict[str, str]:
    names = {NATION: "Indonesia"}
    for level in ("provinsi", "kabupaten", "kecamatan"):
        names.update(frame(level).set_index("code")["name"])
    return names


@cache
def _village_names() -> dict[str, str]:
    return dict(zip(frame("desa")["code"], frame("desa")["name"], strict=True))


def get(code: str) -> Area:
    """Give the area of a dotted code; UsageError where the reference list has none."""
    name = _names().get(code) or _village_names().get(code)
    if name is None:
        raise UsageError(f"Kode wilayah {code!r} tidak dikenal. Pakai kode Kemendagri bertitik, misalnya 36.01.")
    return Area(code, name)


def name_of(code: str) -> str:
    """Give the reference name of a code; UsageError where there is none."""
    return get(code).name


def children(code: str, level: str) -> pd.DataFrame:
    """Give the areas of `level` inside `code`: columns code, name; all of them for `ID`."""
    rows = frame(level)
    if code == NATION:
        return rows
    return rows[rows["code"].str.startswith(code + ".") | (rows["code"] == code)].reset_index(drop=True)


@cache
def village_counts() -> dict[str, int]:
    """Give the number of desa/kelurahan in every area of every level, by code."""
    codes = frame("desa")["code"]
    counts = {NATION: len(codes)}
    for level in ("provinsi", "kabupaten", "kecamatan", "desa"):
        counts.update(codes.str[: CODE_WIDTH[level]].value_counts())
    return {code: int(n) for code, n in counts.items()}


def is_kelurahan(village_code: str) -> bool:
    """Say whether a village code is of a kelurahan (fourth part begins with 1), not of a desa (2)."""
    return village_code[9] == "1"


def normalise(text: str) -> str:
    """Fold a name for comparison: NFKC, upper case, signs and line breaks as single spaces."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn"))
    return re.sub(r"[^A-Z0-9]+", " ", text.upper()).strip()


def bare(text: str) -> str:
    """Fold a name and drop the word for its kind in front (Kabupaten, Kab., Kota, Provinsi)."""
    return _PREFIX.sub("", normalise(text))


def _slugify(name: str) -> str:
    return re.sub(
        r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    ).strip("-")


@cache
def _slugs() -> dict[str, str]:
    """Slugs of kabupaten/kota and provinces; the bare name where it is of one area alone."""
    upper = pd.concat([frame("provinsi"), frame("kabupaten")], ignore_index=True)
    uses = upper["name"].map(bare).value_counts()
    return {
        code: _slugify(bare(name) if uses[bare(name)] == 1 and not name.startswith("Kota ") else name)
        for code, name in zip(upper["code"], upper["name"], strict=True)
    }


@cache
def _spellings() -> dict[str, set[str]]:
    """Every accepted spelling of a province or kabupaten/kota -> the codes it can mean."""
    found: dict[str, set[str]] = {}
    for level in ("provinsi", "kabupaten"):
        for code, name in frame(level).itertuples(index=False):
            kind = normalise(name).split(" ")[0]
            words = {
                normalise(name),
                bare(name),
                normalise(_slugs()[code]),
                normalise(f"{code} {_slugs()[code]}"),
            }
            if level == "provinsi":
                words |= {f"PROVINSI {bare(name)}", f"PROV {bare(name)}"}
            elif kind == "KABUPATEN":
                words.add(f"KAB {bare(name)}")
            for word in words:
                found.setdefault(word, set()).add(code)
    aliases = pd.read_csv(REFERENCE / "aliases.csv", dtype=str, keep_default_na=False)
    for alias, code in aliases.itertuples(index=False):
        found.setdefault(normalise(alias), set()).add(code)
    return found


def canonical_code(text: str) -> str | None:
    """Give the dotted code that `text` writes (`36.01`, `3601`), or None where it writes none that exists."""
    text = text.strip()
    if not _CODE.fullmatch(text):
        parts = _UNDOTTED.fullmatch(text)
        if not parts:
            return NATION if text.upper() == NATION else None
        text = ".".join(part for part in parts.groups() if part)
    return text if text in _names() or text in _village_names() else None


def resolve(text: str, levels: tuple[str, ...] = ("provinsi", "kabupaten")) -> Area:
    """Turn a code, name or slug into the one area it means.

    Raises UsageError where nothing or more than one thing is meant, naming the near misses or the choices.
    """
    if not isinstance(text, str):
        raise UsageError(
            f'Kode wilayah harus teks, bukan {type(text).__name__} ({text!r}). Tulis dalam tanda kutip, misalnya "36.01".'
        )
    code = canonical_code(text)
    if code is not None and level_of(code) in levels:
        return get(code)
    found = sorted(c for c in _spellings().get(normalise(text), set()) if level_of(c) in levels)
    if len(found) == 1:
        return get(found[0])
    if found:
        choices = " atau ".join(f"{c} ({name_of(c)})" for c in found)
        raise UsageError(f"Wilayah {text!r} bermakna ganda: {choices}. Sebut kodenya.")
    raise UsageError(f"Wilayah {text!r} tidak dikenal.{_near(text, levels)}")


def _near(text: str, levels: tuple[str, ...]) -> str:
    from rapidfuzz import process

    pool = {s: codes for s, codes in _spellings().items() if any(level_of(c) in levels for c in codes)}
    hits = process.extract(normalise(text), list(pool), limit=6, score_cutoff=70)
    codes = list(dict.fromkeys(c for spelling, _, _ in hits for c in sorted(pool[spelling]) if level_of(c) in levels))[
        :3
    ]
    near = ", ".join(f"{c} ({name_of(c)})" for c in codes)
    return f" Mungkin maksudnya: {near}." if near else " Pakai kode Kemendagri, misalnya 36.01, atau nama lengkapnya."
