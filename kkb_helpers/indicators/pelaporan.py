"""Sasaran 5, pelaporan: contradictions and what arrived."""

import numpy as np
import pandas as pd

from .registry import CROSS_FIELD_CODES, KAMPUNG_TABLES, TEMPLATE_TABLES, TIMES, TITLES, VILLAGE_TABLES, indicator
from .slices import NoRows, Slice
from .sums import share_of


@indicator(
    "Baris dengan nilai mustahil",
    "Rows with an impossible value",
    5,
    "baris yang nilainya saling bertentangan",
    "baris yang diterima",
    " ".join(sorted(VILLAGE_TABLES + KAMPUNG_TABLES, key=lambda name: TIMES[name] != "month")),
    "Bagian baris yang melanggar pemeriksaan antarkolom X301 sampai X307, misalnya peserta melebihi sasaran; nilainya "
    "didaftar dan tetap dijumlahkan.",
    "Pemeriksaan mutu kkb",
    better="down",
    per="baris",
)
def impossible_values_share(view):
    broken = _broken_rows(view.shelf.tables.findings)
    flags = []
    for name in VILLAGE_TABLES + KAMPUNG_TABLES:
        rows = view.rows(name)
        if len(rows.frame):
            flags.append(pd.Series(_is_broken(rows.frame, broken), index=rows.frame.index))
            view.read.append((name, np.where(rows.present, view.period.text, "")))
    if not flags:
        raise NoRows("semua tabel")
    present = np.logical_or.reduce([as_of != "" for _, as_of in view.read])
    view.read[:] = [("", np.where(present, view.period.text, "").astype(object))]
    return share_of(pd.concat(flags))


def _broken_rows(findings: pd.DataFrame) -> dict[str, set[int]]:
    """Give the rows of each file that a cross-field check found contradictory."""
    codes = findings["code"].str.removeprefix("KKB-").isin(CROSS_FIELD_CODES) & findings["row"].str.isdigit()
    rows = findings[codes]
    return {name: set(part.astype(int)) for name, part in rows["row"].groupby(rows["file"])}


def _is_broken(frame: pd.DataFrame, broken: dict[str, set[int]]) -> np.ndarray:
    flags = np.zeros(len(frame), dtype=bool)
    files, names = pd.factorize(frame["source_file"])
    numbers = frame["source_row"].to_numpy(dtype=float, na_value=np.nan)
    for place, name in enumerate(names):
        if name in broken:
            inside = np.flatnonzero(files == place)
            flags[inside] = np.isin(numbers[inside], list(broken[name]))
    return flags


def _register_received(name: str) -> None:
    """Register `<table>_received_share`: how many of the places that should have a row of a table have one."""
    if name in TEMPLATE_TABLES:
        places, per, minimum = "kabupaten/kota", "kabupaten", 1
    elif name in KAMPUNG_TABLES:
        places, per, minimum = "desa/kelurahan yang memiliki Kampung KB", "desa", 5
    else:
        places, per, minimum = "desa/kelurahan", "desa", 5

    def received_share(view: Slice) -> pd.DataFrame:
        rows = view.arrived(name)
        if per == "kabupaten":
            return share_of(pd.Series(rows.present))
        arrived = np.zeros(view.atlas.size["desa"], dtype=bool)
        arrived[rows.frame.index.to_numpy(np.int64)] = True
        wanted = view.expected_kampung > 0 if name in KAMPUNG_TABLES else np.ones(len(arrived), dtype=bool)
        return share_of(pd.Series(arrived)[wanted])

    received_share.__name__ = f"{name}_received_share"
    lead = places[0].upper() + places[1:]
    indicator(
        f"{lead} yang datanya diterima: {TITLES[name]}",
        f"Places whose data arrived: {name}",
        5,
        f"{places} yang ada barisnya",
        places,
        name,
        f"Bagian {places} yang mempunyai baris pada tabel {TITLES[name]} untuk periode ini.",
        "Tabel yang diimpor",
        minimum=minimum,
        per=per,
    )(received_share)


for _name in TITLES:
    _register_received(_name)
