"""The portal's twelve-component rule, and what a Kampung KB lacks for the next class.

Twelve components score 1 to 4 (two of them 1 to 3). The mean of a group of components is its index; which of the three
indices reach the minimum decides the class. To follow a changed rule: a second `Thresholds` with its version and
source, handed to `score` and `classify`; nothing else holds a cut-off.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from . import areas
from .errors import QualityError

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "input": ("input_pokja", "input_sumber_dana", "input_poktan", "input_sarana", "input_pkb"),
        "proses": ("proses_penggunaan_data", "proses_operasional", "proses_lintas_sektor"),
        "output": ("output_poktan", "output_cpr", "output_mkjp", "output_unmet"),
    }
)
COMPONENTS = tuple(component for group in GROUPS.values() for component in group)
MAXIMUM: Mapping[str, int] = MappingProxyType({c: 3 if c in ("input_sarana", "input_pkb") else 4 for c in COMPONENTS})
CLASSES = ("Dasar", "Berkembang", "Mandiri", "Berkelanjutan")  # in the programme's order, lowest first
REPORTED_NOTHING = 1  # the score of every component of a Kampung KB that never filled a section

# The class by which indices reach the minimum: bit 1 input, bit 2 proses, bit 4 output; a position in CLASSES.
_CLASS_OF_REACHED = np.array([0, 0, 0, 1, 0, 2, 2, 3])


@dataclass(frozen=True)
class Thresholds:
    """One version of the rule's cut-offs.

    rising: component -> (raw column, the values from which it scores 2, 3, 4).
    falling: the same where less is better: the largest values that still score 2, 3, 4.
    index_minimum: the index from which a group counts as reached.
    """

    version: str
    source: str
    rising: Mapping[str, tuple[str, tuple[int, ...]]]
    falling: Mapping[str, tuple[str, tuple[int, ...]]]
    index_minimum: int


THRESHOLDS = Thresholds(
    version="2023-08",
    source="SQL klasifikasi portal Kampung KB, salinan kode Agustus 2023",
    rising=MappingProxyType(
        {
            "input_sumber_dana": ("n_sumber_dana", (1, 2, 5)),
            "input_poktan": ("n_poktan_jenis", (1, 3, 5)),
            "input_sarana": ("n_sarana", (1, 2)),
            "proses_penggunaan_data": ("n_jenis_data", (1, 2, 4)),
            "proses_operasional": ("n_mekanisme_operasional", (1, 3, 5)),
            "proses_lintas_sektor": ("n_instansi_lintas_sektor", (1, 4, 7)),
            "output_poktan": ("poktan_pct", (10, 21, 31)),
            "output_cpr": ("cpr_pct", (30, 41, 51)),
            "output_mkjp": ("mkjp_pct", (20, 23, 25)),
        }
    ),
    falling=MappingProxyType({"output_unmet": ("unmet_pct", (12, 9, 6))}),
    index_minimum=3,
)


def score(raw: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Score what Kampung KB recorded: one row a Kampung KB in, the twelve components (Int64) out.

    Parameters
    ----------
    raw
        Columns `pokja_ada, pokja_pelatihan, plkb_pendamping, regulasi` (flags), `pokja_jumlah, n_sumber_dana,
        n_poktan_jenis, n_sarana, n_jenis_data, n_mekanisme_operasional, n_instansi_lintas_sektor` (counts) and
        `poktan_pct, cpr_pct, mkjp_pct, unmet_pct` (0-100). What is missing scores as not recorded, which is 1.

    Raises QualityError where a column is missing.
    """
    columns = [column for column, _ in (*thresholds.rising.values(), *thresholds.falling.values())]
    _require(raw, ["pokja_ada", "pokja_jumlah", "pokja_pelatihan", "plkb_pendamping", "regulasi", *columns])
    members = _numbers(raw["pokja_jumlah"]) > 0
    trained = _flags(raw["pokja_pelatihan"])
    points = {
        "input_pokja": np.where(_flags(raw["pokja_ada"]), 2 + members + trained, 1),
        "input_pkb": 1 + _flags(raw["plkb_pendamping"]) + _flags(raw["regulasi"]),
    }
    # Before any cut-off PostgreSQL rounds a double to a whole number, a half to the even one; so does rint.
    for component, (column, cuts) in thresholds.rising.items():
        points[component] = 1 + (np.rint(_numbers(raw[column]))[:, None] >= cuts).sum(axis=1)
    for component, (column, cuts) in thresholds.falling.items():
        points[component] = 1 + (np.rint(_numbers(raw[column]))[:, None] <= cuts).sum(axis=1)
    return pd.DataFrame({c: pd.array(points[c], dtype="Int64") for c in COMPONENTS}, index=raw.index)


def classify(scores: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Give indices and class of Kampung KB: one row each, same index as `scores`.

    Columns `index_input, index_proses, index_output` (float, two decimals) and `klasifikasi` (text). An index is
    missing where one of its components is missing or no whole number of 1 to its maximum; then the class is, too.

    Raises QualityError where a component's column is missing.
    """
    values, valid = _components(scores)
    indices = {}
    for group, columns in _positions().items():
        mean = np.rint(values[:, columns].sum(axis=1) * 100 / len(columns)) / 100
        indices[f"index_{group}"] = np.where(valid[:, columns].all(axis=1), mean, np.nan)
    reached = sum((index >= thresholds.index_minimum) << bit for bit, index in enumerate(indices.values()))
    classes = np.array(CLASSES, dtype=object)[_CLASS_OF_REACHED[reached]]
    classes[~valid.all(axis=1)] = np.nan
    return pd.DataFrame({**indices, "klasifikasi": pd.array(classes, dtype="str")}, index=scores.index)


def shortfall(scores: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Give the cheapest way of Kampung KB to a strictly higher class: one row each, same index as `scores`.

    Columns `points` (Int64: score points to add; 0 for Berkelanjutan), `class_reached` and `components`
    (`input_pokja:+1;proses_operasional:+2`; empty for Berkelanjutan). Of equally cheap ways the one to the higher
    class, then the one with points in the earliest components, in the order of `COMPONENTS`. All three are missing
    where the class is.

    Raises QualityError where a component's column is missing.
    """
    values, valid = _components(scores)
    whole = valid.all(axis=1)
    combos, where = np.unique(values[whole], axis=0, return_inverse=True)
    points, reached, components = _cheapest(combos, thresholds.index_minimum)
    total = np.zeros(len(scores), dtype=np.int64)
    classes, texts = (np.full(len(scores), np.nan, dtype=object) for _ in range(2))
    total[whole] = points[where]
    classes[whole] = np.array(CLASSES, dtype=object)[reached[where]]
    texts[whole] = components[where]
    columns = {
        "points": pd.arrays.IntegerArray(total, ~whole),
        "class_reached": pd.array(classes, dtype="str"),
        "components": pd.array(texts, dtype="str"),
    }
    return pd.DataFrame(columns, index=scores.index)


def moves(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Tell how each Kampung KB moved between two snapshots of table `kampung`: one row a Kampung KB of either.

    Columns `village_code, kampung_kb, kelas_lalu, kelas_kini, gerak`. Exports carry no id: the same Kampung KB is the
    only one of its village in both snapshots, else the one of the same normalised name in the village. `gerak` is
    "baru" or "hilang" where it is in one snapshot alone, "baru terlapor" where all components were 1 before and are not
    now, else "naik", "turun" or "tetap"; missing where a class is.
    """
    return transitions(before, after).drop(columns=["kosong_lalu", "kosong_kini"])


def transitions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Give `moves` with `kosong_lalu` and `kosong_kini`: whether all components were 1 (missing where it is not in)."""
    old, new = _snapshot(before), _snapshot(after)
    alone = old.loc[~old["village_code"].duplicated(keep=False), "village_code"]
    alone = set(alone) & set(new.loc[~new["village_code"].duplicated(keep=False), "village_code"])
    for frame in (old, new):
        frame.loc[frame["village_code"].isin(alone), "key"] = ""
    # Numbered together and put side by side by number: for a district's few rows a merge on texts costs ten times that.
    numbers: dict[tuple, int] = {}
    pairs = [side.set_axis([numbers.setdefault(key, len(numbers)) for key in _keys(side)]) for side in (old, new)]
    pairs = [side.reindex(range(len(numbers))) for side in pairs]
    lost, found = (side["village_code"].isna() for side in pairs[::-1])
    village = pairs[0]["village_code"].fillna(pairs[1]["village_code"])
    pairs = pd.concat([pairs[0].add_suffix("_lalu"), pairs[1].add_suffix("_kini")], axis=1).assign(village_code=village)
    rank = {name: position for position, name in enumerate(CLASSES)}
    step = pairs["kelas_kini"].map(rank) - pairs["kelas_lalu"].map(rank)
    first_report = pairs["kosong_lalu"].eq(True) & pairs["kosong_kini"].eq(False)
    pairs["gerak"] = np.select(
        [lost, found, first_report, step > 0, step < 0, step == 0],
        ["hilang", "baru", "baru terlapor", "naik", "turun", "tetap"],
        default=None,
    )
    pairs["gerak"] = pairs["gerak"].astype("str")
    pairs["kampung_kb"] = pairs["kampung_kb_kini"].fillna(pairs["kampung_kb_lalu"])
    columns = ["village_code", "kampung_kb", "kelas_lalu", "kelas_kini", "gerak", "kosong_lalu", "kosong_kini"]
    return pairs[columns].sort_values(["village_code", "kampung_kb"], kind="stable", ignore_index=True)


def _keys(snapshot: pd.DataFrame) -> Iterator[tuple[str, str, int]]:
    """Give by what each Kampung KB is known again: village, name, and which of several so named."""
    before: Counter[tuple[str, str]] = Counter()
    for named in zip(snapshot["village_code"], snapshot["key"], strict=True):
        yield *named, before[named]
        before[named] += 1


def reported_nothing(scores: pd.DataFrame) -> pd.Series:
    """Say of each row whether all twelve components are 1: "Dasar" that may be no more than an empty form."""
    values, valid = _components(scores)
    nothing = (values == REPORTED_NOTHING).all(axis=1) & valid.all(axis=1)
    return pd.Series(nothing, index=scores.index, name="belum_lapor")


def _require(frame: pd.DataFrame, columns: list[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise QualityError(f"Klasifikasi: kolom {', '.join(missing)} tidak ada. Lengkapi kolom itu lalu ulangi.")


def _numbers(column: pd.Series) -> np.ndarray:
    whole = column if pd.api.types.is_numeric_dtype(column) else pd.to_numeric(column)
    return whole.to_numpy(dtype=float, na_value=np.nan)


def _flags(column: pd.Series) -> np.ndarray:
    return column.astype("boolean").to_numpy(dtype=bool, na_value=False)


def _positions() -> dict[str, list[int]]:
    return {group: [COMPONENTS.index(component) for component in columns] for group, columns in GROUPS.items()}


def _components(scores: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give the twelve scores as whole numbers and, cell by cell, whether the rule knows such a score."""
    _require(scores, list(COMPONENTS))
    values = np.column_stack([_numbers(scores[component]) for component in COMPONENTS])
    valid = (values >= 1) & (values <= [MAXIMUM[c] for c in COMPONENTS]) & (values == np.rint(values))
    return np.where(valid, values, 0).astype(np.int64), valid


def _cheapest(combos: np.ndarray, minimum: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give points, position of the class reached and components' text of each row of valid scores.

    A class depends on which group sums reach the minimum alone, and more points never take a group back. So the
    cheapest way is one of eight: bring this set of groups just to the minimum, leave the others.
    """
    groups = list(_positions().values())
    lacking = np.column_stack([np.maximum(0, minimum * len(g) - combos[:, g].sum(axis=1)) for g in groups])
    bits = np.array([1, 2, 4])
    reached = (lacking == 0) @ bits
    now = _CLASS_OF_REACHED[reached]
    best_key = np.full(len(combos), np.iinfo(np.int64).max)
    best_way = np.zeros(len(combos), dtype=np.int64)
    for way in range(8):
        chosen = (way & bits) > 0
        cost = lacking @ chosen
        then = _CLASS_OF_REACHED[reached | way]
        # One number to compare ways by: fewest points, then higher class, then input and proses points before output.
        key = ((cost * 10 + (9 - then)) * 100 + (99 - lacking[:, 0] * chosen[0])) * 100 + (
            99 - lacking[:, 1] * chosen[1]
        )
        better = (then > now) & (key < best_key)
        best_key[better], best_way[better] = key[better], way
    add = np.zeros_like(combos)
    for group, bit, left in zip(groups, bits, lacking.T, strict=True):
        left = np.where(best_way & bit, left, 0)
        for position in group:
            add[:, position] = np.minimum(left, MAXIMUM[COMPONENTS[position]] - combos[:, position])
            left = left - add[:, position]
    texts = np.array([";".join(f"{COMPONENTS[i]}:+{row[i]}" for i in np.flatnonzero(row)) for row in add], dtype=object)
    return add.sum(axis=1), _CLASS_OF_REACHED[reached | best_way], texts


def _snapshot(frame: pd.DataFrame) -> pd.DataFrame:
    """Give what `moves` needs of one snapshot: village_code, kampung_kb, kelas, kosong, key (the normalised name)."""
    kelas = frame["klasifikasi"]
    if "klasifikasi_hitung" in frame:
        kelas = kelas.fillna(frame["klasifikasi_hitung"])
    rows = pd.DataFrame({"village_code": frame["village_code"], "kampung_kb": frame["kampung_kb"], "kelas": kelas})
    rows["kosong"] = reported_nothing(frame)
    rows["key"] = rows["kampung_kb"].fillna("").map(areas.normalise)
    return rows.reset_index(drop=True)
