"""The only file that knows how a code becomes a name and a messy name becomes a code.

An area is its Kemendagri code, a dotted string: `36` (provinsi), `36.01` (kabupaten/kota), `36.01.01` (kecamatan),
`36.01.01.2001` (desa/kelurahan), and `ID` for the country. Names, slugs and titles come from `data/reference` alone;
text from an input is only ever compared with it.

To add a spelling of a province or kabupaten seen in an export: one row in `data/reference/aliases.csv`.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

import pandas as pd

from .errors import UsageError

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"
NATION = "ID"
LEVELS = {0: "nasional", 1: "provinsi", 2: "kabupaten", 3: "kecamatan", 4: "desa"}
CODE_WIDTH = {"provinsi": 2, "kabupaten": 5, "kecamatan": 8, "desa": 13}
_CODE = re.compile(r"\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?")
_UNDOTTED = re.compile(r"(\d{2})(\d{2})?(\d{2})?(\d{4})?")
_SIGNS = re.compile(r"[^A-Z0-9]+")
_PREFIX = re.compile(
    r"^(KABUPATEN ADM(?:INISTRASI)?|KABUPATEN|KAB|KOTA ADM(?:INISTRASI)?|KOTA|PROVINSI|PROPINSI|PROV)\b\s*"
)


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
def _pairs(level: str) -> list[tuple[str, str]]:
    """The code and name of every area of a level: plain texts, for pandas gives them one by one and slowly."""
    rows = frame(level)
    return list(zip(rows["code"].to_numpy().tolist(), rows["name"].to_numpy().tolist(), strict=True))


@cache
def _names() -> dict[str, str]:
    names = {NATION: "Indonesia"}
    for level in ("provinsi", "kabupaten", "kecamatan"):
        names.update(_pairs(level))
    return names


@cache
def _village_names() -> dict[str, str]:
    return dict(_pairs("desa"))


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
    return rows if code == NATION else rows.iloc[_inside(code, level)].reset_index(drop=True)


def names_inside(code: str, level: str) -> dict[str, str]:
    """Give the areas of `level` inside `code` as a mapping of codes to names, in the order of codes."""
    return dict(_pairs(level) if code == NATION else _pairs(level)[_inside(code, level)])


def _inside(code: str, level: str) -> slice:
    """Say where the areas inside one other than the nation stand in the list of a level.

    The list is in the order of codes, and `/` is the sign after the dot: what lies inside stands together.
    """
    return slice(*(bisect_left(_pairs(level), edge, key=itemgetter(0)) for edge in (code, f"{code}/")))


@cache
def village_counts() -> dict[str, int]:
    """Give the number of desa/kelurahan in every area of every level, by code."""
    codes = [code for code, _ in _pairs("desa")]
    counts = {NATION: len(codes), **dict.fromkeys(codes, 1)}
    inside = Counter(code[: CODE_WIDTH["kecamatan"]] for code in codes)
    for level in ("kecamatan", "kabupaten", "provinsi"):
        for code, villages in inside.items():
            area = code[: CODE_WIDTH[level]]
            counts[area] = counts.get(area, 0) + villages
    return counts


def is_kelurahan(village_code: str) -> bool:
    """Say whether a village code is of a kelurahan (fourth part begins with 1), not of a desa (2)."""
    return village_code[9] == "1"


def normalise(text: str) -> str:
    """Fold a name for comparison: NFKC, upper case, signs and line breaks as single spaces."""
    if not text.isascii():  # plain ASCII has nothing to fold or to drop
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn"))
    return _SIGNS.sub(" ", text.upper()).strip()


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
        for code, name in _pairs(level):
            kind = normalise(name).split(" ")[0]
            words = {
                normalise(name),
                bare(name),
                normalise(_slugs()[code]),
                normalise(f"{code} {_slugs()[code]}"),
                normalise(f"{code} {name}"),
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
            f"Kode wilayah harus teks, bukan {type(text).__name__} ({text!r}). "
            'Tulis dalam tanda kutip, misalnya "36.01".'
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


# Matching: the villages of an export, as written, to codes.

PLACE_COLUMNS = ("provinsi", "kabupaten", "kecamatan", "kode", "kelurahan")
MATCH_COLUMNS = ("village_code", "how", "score", "reason", "near")
_LABEL = re.compile(r"^\d+ (?=\D)")
_KIND_OF_VILLAGE = re.compile(r"^(DESA|KELURAHAN|KEL|DS|DSN)\b\s*")
_KIND_OF_KECAMATAN = re.compile(r"^(KECAMATAN|KEC|DISTRIK)\b\s*")
_ROMAN = {
    "I": "1",
    "II": "2",
    "III": "3",
    "IV": "4",
    "V": "5",
    "VI": "6",
    "VII": "7",
    "VIII": "8",
    "IX": "9",
    "X": "10",
}
_WORDS = {"KEP": "KEPULAUAN", "PULAU PULAU": "KEPULAUAN"}


def match_villages(
    rows: pd.DataFrame,
    aliases: dict[tuple[str, str], str] | None = None,
    block: pd.Series | None = None,
) -> pd.DataFrame:
    """Give the village code of each row: one row a row of `rows`, same index.

    The kabupaten comes first, then the kecamatan inside it, then the village inside that: by the code, by the name, by
    an alias, and last by likeness. A village name is never looked up in a whole kabupaten.

    Parameters
    ----------
    rows: text columns provinsi, kabupaten, kecamatan, kode (empty, the last four digits, or the whole code), kelurahan.
    aliases: what `learn_aliases` gave.
    block: rows with the same value hold each village once (a file and month). A likeness is then only looked for
        among the villages that the block has not named.

    Returns
    -------
    Columns village_code (missing where not found), how (kode, nama, alias, mirip; empty where not found), score (0 to
    100, 100 where not by likeness), reason (why it was not found, or what was odd about its code), near (the most
    similar code of the kecamatan, for review).
    """
    text = rows[list(PLACE_COLUMNS)]
    ids = text.groupby(list(PLACE_COLUMNS), sort=False, dropna=False).ngroup().to_numpy()
    distinct = text[~pd.Series(ids).duplicated().to_numpy()]
    written = (distinct[name].to_numpy().tolist() for name in PLACE_COLUMNS)  # as pandas gives text, it is slow
    found = [_match_exactly(*place, aliases or {}) for place in zip(*written, strict=True)]
    open_ids = [i for i, match in enumerate(found) if match.kecamatan and not match.code]
    if open_ids:
        _match_by_likeness(found, open_ids, ids, block)
    table = pd.DataFrame([(m.code, m.how, m.score, m.reason, m.near) for m in found], columns=list(MATCH_COLUMNS))
    table = table.astype({"village_code": "str", "how": "str", "score": "float", "reason": "str", "near": "str"})
    return table.take(ids).set_axis(rows.index)


def learn_aliases(rows: pd.DataFrame, matches: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Give the spellings that rows with a code teach: (kecamatan code, folded village name) -> village code.

    A spelling of two villages teaches nothing, nor does one that is another village's reference name.
    """
    coded = (matches["how"] == "kode").to_numpy()
    pairs = zip(matches["village_code"][coded].to_numpy(), rows["kelurahan"][coded].to_numpy(), strict=True)
    taught: dict[tuple[str, str], set[str]] = {}
    for code, name in dict.fromkeys(pairs):
        key = (code[:8], _fold(name))
        if key[1] and key[1] not in _index("desa", code[:8]):
            taught.setdefault(key, set()).add(code)
    return {key: codes.pop() for key, codes in taught.items() if len(codes) == 1}


@dataclass
class _Match:
    """What is known of one distinct place as written."""

    name: str
    kecamatan: str = ""
    code: str | None = None
    how: str = ""
    score: float = 0.0
    reason: str = ""
    near: str = ""

    def take(self, code: str, how: str, score: float = 100.0) -> "_Match":
        self.code, self.how, self.score = code, how, score
        return self


def _match_exactly(
    provinsi: str, kabupaten: str, kecamatan: str, kode: str, kelurahan: str, aliases: dict[tuple[str, str], str]
) -> _Match:
    match = _Match(kelurahan)
    code = canonical_code(kode)
    if code is not None and level_of(code) == "desa":
        return match.take(code, "kode")
    choices = _kecamatan(provinsi, kabupaten, kecamatan)
    if len(choices) > 1:  # Kabupaten or Kota of one name, and both have this kecamatan: the village decides
        choices = [c for c in choices if _fold(kelurahan) in _index("desa", c)]
    if len(choices) != 1:
        known = _kabupaten(provinsi, kabupaten)
        match.reason = (
            "kabupaten tidak dikenal"
            if not known
            else "kecamatan bermakna ganda"
            if choices
            else "kecamatan tidak dikenal"
        )
        return match
    match.kecamatan = choices[0]
    if kode.strip():
        code = f"{match.kecamatan}.{kode.strip()}"
        if code in _village_names():
            return match.take(code, "kode")
        match.reason = "kode tidak dikenal"
    named = villages_named(kelurahan, match.kecamatan)
    if len(named) == 1:
        return match.take(named[0], "nama")
    if alias := aliases.get((match.kecamatan, _fold(kelurahan))):
        return match.take(alias, "alias")
    if named:
        match.kecamatan, match.reason = "", "nama desa bermakna ganda"  # a likeness could not tell them apart either
    return match


def _match_by_likeness(found: list[_Match], open_ids: list[int], ids, block: pd.Series | None) -> None:
    """Match what is left to what is left: a village that a block has named already is no candidate in it."""
    taken, company = _named_beside(found, open_ids, ids, block)
    proposals: dict[int, str] = {}
    for i in open_ids:
        match = found[i]
        free = {c: n for c, n in _pool("desa", match.kecamatan).items() if c not in taken[i]}
        code, score, clear = _likeness(_KIND_OF_VILLAGE.sub("", normalise(match.name)) or normalise(match.name), free)
        match.near, match.score = code or "", score
        if clear:
            proposals[i] = code
        match.reason = match.reason or "desa tidak ditemukan di kecamatan"
    for i, code in proposals.items():
        rivals = {_fold(found[j].name) for j in company[i] if proposals.get(j) == code}
        if rivals <= {_fold(found[i].name)}:
            found[i].take(code, "mirip", found[i].score)
            found[i].reason = "" if found[i].reason.startswith("desa") else found[i].reason
        else:
            found[i].reason = "dua nama mirip dengan satu desa"


def _named_beside(found: list[_Match], open_ids: list[int], ids, block: pd.Series | None):
    """For each open place: the codes that its blocks name, and the open places of the same blocks."""
    nothing = {i: set() for i in open_ids}
    if block is None:
        return nothing, {i: set() for i in open_ids}
    kecamatan = {found[i].kecamatan for i in open_ids}
    wanted = pd.Series([(m.code or "")[:8] in kecamatan or m.kecamatan in kecamatan for m in found])
    seen = pd.DataFrame({"id": ids, "block": block.to_numpy()})[wanted.to_numpy()[ids]].drop_duplicates()
    members = seen.groupby("block")["id"].agg(list).to_dict()
    taken, company = nothing, {i: set() for i in open_ids}
    for i, blocks in seen[seen["id"].isin(open_ids)].groupby("id")["block"]:
        for other in {j for b in blocks for j in members[b]}:
            if found[other].code:
                taken[i].add(found[other].code)
            elif other in taken:
                company[i].add(other)
    return taken, company


@cache
def _pool(level: str, parent: str) -> dict[str, str]:
    """The normalised names of the areas of `level` in one parent, by code."""
    return {code: normalise(name) for code, name in _by_parent(level).get(parent, ())}


@cache
def _by_parent(level: str) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, name in _pairs(level):
        groups.setdefault(code.rpartition(".")[0], []).append((code, name))
    return groups


@cache
def _index(level: str, parent: str) -> dict[str, list[str]]:
    """Name, normalised or folded -> codes, in one parent."""
    index: dict[str, list[str]] = {}
    for code, name in _pool(level, parent).items():
        for key in dict.fromkeys((name, _fold(name), _fold_numerals(name))):
            index.setdefault(key, []).append(code)
    return index


@cache
def _fold(name: str) -> str:
    """Fold a name so that spaces, signs and KEP. make no difference."""
    words = normalise(name)
    for short, long in _WORDS.items():
        words = re.sub(rf"^{short}\b", long, words)
    return words.replace(" ", "")


@cache
def _fold_numerals(name: str) -> str:
    """Fold a name so that Roman numerals make no difference either."""
    return _fold(" ".join(_ROMAN.get(word, word) for word in normalise(name).split()))


def villages_named(name: str, kecamatan: str) -> list[str]:
    """Give the villages of a kecamatan that bear this name, with or without the word Desa or Kelurahan before it."""
    index = _index("desa", kecamatan)
    for key in (normalise(name), _fold(name), _fold_numerals(name)):
        if codes := index.get(key):
            return codes
    kind = _KIND_OF_VILLAGE.match(normalise(name))
    codes = index.get(_fold(_KIND_OF_VILLAGE.sub("", normalise(name))), []) if kind else []
    return [c for c in codes if is_kelurahan(c) == kind.group(1).startswith("KEL")] if len(codes) > 1 else codes


@cache
def _kabupaten(provinsi: str, kabupaten: str) -> tuple[str, ...]:
    """The kabupaten/kota that a province and kabupaten as written can mean; several for `SERANG`."""
    code = canonical_code(kabupaten)
    if code is not None and level_of(code) == "kabupaten":
        return (code,)
    province = _province(provinsi)
    word = normalise(kabupaten)
    for spelling in (word, _LABEL.sub("", word), bare(_LABEL.sub("", word))):
        known = _spellings().get(spelling, ())
        if codes := [c for c in known if level_of(c) == "kabupaten" and c.startswith(province)]:
            return tuple(sorted(codes))
    names = {c: bare(n) for c, n in _pairs("kabupaten")}
    code, _, clear = _likeness(bare(word), {c: n for c, n in names.items() if c.startswith(province)})
    return (code,) if clear and province else ()


@cache
def _province(text: str) -> str:
    """The code of a province as written; empty where there is none or it is not known."""
    if not normalise(text):
        return ""
    for word in (normalise(text), _LABEL.sub("", normalise(text))):
        codes = {c for c in _spellings().get(word, ()) if level_of(c) == "provinsi"}
        if len(codes) == 1:
            return codes.pop()
    code, _, clear = _likeness(bare(text), {c: normalise(n) for c, n in _by_parent("provinsi")[""]})
    return code if clear else ""


@cache
def _kecamatan(provinsi: str, kabupaten: str, kecamatan: str) -> list[str]:
    """The kecamatan that a place as written can mean, inside the kabupaten it can mean."""
    within = _kabupaten(provinsi, kabupaten)
    code = canonical_code(kecamatan)
    if code is not None and level_of(code) == "kecamatan":
        return [code] if code[:5] in within or not within else []
    word = normalise(kecamatan)
    for name in (word, _LABEL.sub("", word), _KIND_OF_KECAMATAN.sub("", word)):
        if exact := [c for k in within for c in _index("kecamatan", k).get(_fold(name), ())]:
            return exact
    name = _KIND_OF_KECAMATAN.sub("", word)
    code, _, clear = _likeness(name, {c: n for k in within for c, n in _pool("kecamatan", k).items()})
    return [code] if clear else []


def _likeness(name: str, pool: dict[str, str]) -> tuple[str | None, float, bool]:
    """Give the most similar name's code, the likeness (0 to 100), and whether it is clearly the one.

    Clear is where few letters were changed and every other name needs at least twice as many; or an abbreviation
    that fits one name alone. Names that differ in a number (Sukamaju II, Sukamaju III) are never alike.
    """
    if not pool or not name:
        return None, 0.0, False
    from rapidfuzz.distance import OSA

    query = _fold_numerals(name)
    ranked = sorted((OSA.distance(query, _fold_numerals(full)), code) for code, full in pool.items())
    distance, code = ranked[0]
    length = max(len(query), len(_fold_numerals(pool[code])))
    few = min(3, length // 4)
    rival = ranked[1][0] if len(ranked) > 1 else length
    if distance <= few and rival >= 2 * distance:
        return code, round(100 * (1 - distance / length), 1), _same_numbers(name, pool[code])
    shortened = [code for code, full in pool.items() if _abbreviates(name, full)]
    if len(shortened) == 1 and distance > few:
        return shortened[0], 90.0, True
    return code, round(100 * (1 - distance / length), 1), False


def _same_numbers(name: str, full: str) -> bool:
    """Say whether two names agree in what tells neighbours apart: numbers, and a single letter (Blok A)."""
    ours, theirs = ([_ROMAN.get(word, word) for word in text.split()] for text in (normalise(name), full))
    return [w for w in ours if w.isdigit()] == [w for w in theirs if w.isdigit()] and all(
        word in ours for word in theirs if len(word) == 1
    )


def _abbreviates(short: str, full: str) -> bool:
    """Say whether `short` writes some words of `full` shorter, and at least one in full (TJG PUTRI, Tanjung Putri)."""
    ours, theirs = normalise(short).split(), full.split()
    return (
        len(ours) == len(theirs)
        and any(a == b for a, b in zip(ours, theirs, strict=True))
        and all(_shortens(a, b) for a, b in zip(ours, theirs, strict=True))
    )


def _shortens(short: str, full: str) -> bool:
    if short == full:
        return True
    letters = iter(full)
    return len(short) > 1 and short[0] == full[0] and short.isalpha() and all(letter in letters for letter in short)


def match_inside(names: list[str], level: str, within: str, within_level: str) -> list[str | None]:
    """Give the codes of areas of one level that a page lists by name, inside one area as written; None where not found.

    Where several areas bear the name `within` (kecamatan Sobang), it is the one that holds the most of the names.
    """
    parents = _areas_named(within, within_level) if within else [NATION]
    tried = [_codes_inside(names, level, parent) for parent in parents]
    tried = sorted(tried, key=lambda codes: sum(c is None for c in codes))
    if not tried or (len(tried) > 1 and tried[0].count(None) == tried[1].count(None)):
        return [None] * len(names)
    return tried[0]


def _areas_named(name: str, level: str) -> list[str]:
    if level == "provinsi":
        return [code] if (code := _province(name)) else []
    if level == "kabupaten":
        return list(_kabupaten("", name))
    return [c for k in frame("kabupaten")["code"] for c in _index("kecamatan", k).get(_fold(name), ())]


def _codes_inside(names: list[str], level: str, parent: str) -> list[str | None]:
    """The code of each name: those that mean one area first, then those that mean one of what is left (SERANG)."""
    if level == "provinsi":
        meant = [[code] if (code := _province(name)) else [] for name in names]
    elif level == "kabupaten":
        meant = [list(_kabupaten("" if parent == NATION else name_of(parent), name)) for name in names]
    elif level == "kecamatan":
        meant = [_kecamatan("", name_of(parent), name) for name in names] if parent != NATION else [[]] * len(names)
    else:
        meant = [villages_named(name, parent) for name in names]
    taken = {codes[0] for codes in meant if len(codes) == 1}
    left = [[c for c in codes if c not in taken] if len(codes) > 1 else codes for codes in meant]
    return [codes[0] if len(codes) == 1 else None for codes in left]
