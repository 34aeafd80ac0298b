"""The portal's workbooks: what the villages recorded at each snapshot, its scores and its class."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from .. import classification
from ..errors import UsageError
from .village import (
    FLOWERS,
    KINDS,
    LONG_ACTING,
    MANDIRI_PLUS_COUNTS,
    METHODS,
    RUMAH_DATAKU_CUT,
    SNAPSHOT_TIME,
    Units,
    Villages,
    participants,
    random,
    service,
)

CREATED = dt.datetime(2024, 7, 1)  # written into workbooks, so that the same seed gives the same bytes

_CUTS = {
    "sumber_dana": (-1.4, -0.1, 1.0, 1.7, 2.3, 3.2),
    "data": (-0.8, 0.1, 1.2, 2.0, 2.8),
    "operasional": (-1.1, -0.6, 0.0, 0.5, 1.0),
    "lintas_sektor": (-0.8, -0.3, 0.1, 0.4, 0.8, 1.2, 1.6, 2.0, 2.5, 3.0),
    "regulasi": (-0.2, 1.2, 2.2),
    "bkb": (-1.3,),
    "bkr": (-0.8,),
    "bkl": (-0.8,),
    "uppka": (-0.4,),
    "pikr": (-0.2,),
}


def _steps(made: Units, component: str, snapshot: int, shift: float) -> np.ndarray:
    """Count the steps of a component that a unit has reached."""
    return (made.level(component, snapshot, shift)[:, None] > _CUTS[component]).sum(axis=1)


def has_group(made: Units, snapshot: int, shift: float) -> np.ndarray:
    """Say which kinds of group a unit has: one row a unit, columns KINDS."""
    return np.column_stack([_steps(made, kind, snapshot, shift) for kind in KINDS]) > 0


def _profile(made: Units, snapshot: int, shift: float) -> pd.DataFrame:
    """Give what the profile section says: flags and counts, one row a unit; also where nothing was filled in."""

    def above(component: str, cut: float) -> np.ndarray:
        return made.level(component, snapshot, shift) > cut

    pokja = above("pokja", -1.7)
    members = np.where(pokja & above("pokja", -1.1), np.rint(13 + 3 * made.noise["pokja"]).clip(5, 30), 0)
    trained = pokja & above("pelatihan", 0.1)
    share_trained = np.clip(0.45 + 0.15 * made.noise["pelatihan"], 0.1, 1)
    return pd.DataFrame(
        {
            "pokja_ada": pokja,
            "pokja_sk": pokja & above("pokja", -0.7),
            "pokja_pelatihan": trained,
            "pokja_jumlah": members,
            "pokja_jumlah_terlatih": np.where(trained, np.rint(members * share_trained), 0),
            "plkb_pendamping": above("plkb", -1.3),
            "regulasi": above("regulasi", _CUTS["regulasi"][0]),
            "n_regulasi": _steps(made, "regulasi", snapshot, shift),
            "rkm": above("rkm", 0.0),
            "n_sumber_dana": _steps(made, "sumber_dana", snapshot, shift),
            "n_poktan_jenis": has_group(made, snapshot, shift).sum(axis=1),
            "n_sarana": above("sekretariat", -0.3).astype(int) + above("rumah_dataku", RUMAH_DATAKU_CUT),
            "n_jenis_data": _steps(made, "data", snapshot, shift),
            "n_mekanisme_operasional": _steps(made, "operasional", snapshot, shift),
        }
    )


def _family_section(made: Units, snapshot: int, shift: float, filled: np.ndarray) -> pd.DataFrame:
    """Give the population and family planning sections: counts, 0 where not filled in, and the four percentages."""
    known = filled & (made.level("kependudukan", snapshot, shift) > -2.6)
    record = filled & (made.level("kkbpk", snapshot, shift) > -0.9)
    pus, methods, unmet = service(made, SNAPSHOT_TIME[snapshot])
    takes_part = participants(made, SNAPSHOT_TIME[snapshot]) * has_group(made, snapshot, shift) * record[:, None]
    frame = (made.size * known[:, None]).assign(pus=pus * known)
    frame[[*KINDS]] = takes_part
    frame[[*METHODS[:7]]] = methods[:, :7] * record[:, None]
    others = pus - methods[:, :7].sum(axis=1) - unmet
    frame["hamil"] = np.minimum(others, np.rint(pus * 0.045)) * record
    frame["anak_segera"] = others * record - frame["hamil"]
    frame["anak_kemudian"] = np.rint(unmet * 0.45) * record
    frame["tidak_ingin_anak"] = unmet * record - frame["anak_kemudian"]
    return frame.assign(**_percentages(frame, record))


def _percentages(frame: pd.DataFrame, record: np.ndarray) -> dict[str, np.ndarray]:
    """Give the four percentages as the portal computes them, its zero unmet need where couples are not recorded too."""

    def percent(part: pd.Series, whole: pd.Series) -> np.ndarray:
        return (100 * part / whole.where(whole > 0)).to_numpy()

    targets = ("memiliki_balita", "memiliki_remaja", "memiliki_lansia", "keluarga", "remaja")
    rounded = [np.rint(percent(frame[k], frame[t])) for k, t in zip(KINDS, targets, strict=True)]
    users = frame[[*METHODS[:7]]].sum(axis=1)
    unmet = percent(frame["anak_kemudian"] + frame["tidak_ingin_anak"], frame["pus"])
    return {
        "poktan_pct": np.nan_to_num(rounded).sum(axis=0) / len(KINDS),
        "cpr_pct": percent(users, frame["pus"]),
        "mkjp_pct": percent(frame[[*LONG_ACTING]].sum(axis=1), users),
        "unmet_pct": np.where(record, np.nan_to_num(unmet), np.nan),
    }


def records(made: Units, snapshot: int, shift: float, bodies: np.ndarray) -> pd.DataFrame:
    """Give what each unit has recorded at a snapshot: one row a unit, with the twelve scores and the class.

    `bodies`: sectors counted at the snapshot before; the portal counts them since the beginning, so they never fall.
    """
    filled = made.first_report <= snapshot
    profile = _profile(made, snapshot, shift)
    profile["n_instansi_lintas_sektor"] = np.maximum(bodies, _steps(made, "lintas_sektor", snapshot, shift) * filled)
    profile = profile.astype(
        {c: "boolean" if kind is np.dtype(bool) else "Int64" for c, kind in profile.dtypes.items()}
    )
    profile.loc[~filled] = pd.NA
    frame = pd.concat([profile, _family_section(made, snapshot, shift, filled)], axis=1)
    scores = classification.score(frame)
    return pd.concat([frame, scores, classification.classify(scores)], axis=1)


def shift_for(made: Units, snapshot: int, bodies: np.ndarray, target: int) -> float:
    """Find how far all have come at a snapshot, so that as many are Mandiri or Berkelanjutan as were published.

    The higher the shift, the more of them, one by one; so halving finds it.
    """
    low, high = -3.0, 3.0
    made, bodies = made.take(made.exists(snapshot)), bodies[made.exists(snapshot)]
    for _ in range(80):
        middle = (low + high) / 2
        found = int(records(made, snapshot, middle, bodies)["klasifikasi"].isin(classification.CLASSES[2:]).sum())
        if found == target:
            return middle
        low, high = (middle, high) if found < target else (low, middle)
    raise UsageError(f"Data contoh: jumlah Mandiri dan Berkelanjutan {target} tidak tercapai. Pakai seed lain.")


def history(made: Units, places: Villages) -> tuple[list[pd.DataFrame], list[float]]:
    """Give the records of all units at each snapshot, and how far all had come."""
    bodies, frames, shifts = np.zeros(len(made.village)), [], []
    home = np.isin(made.village, places.home)
    for snapshot, target in enumerate(MANDIRI_PLUS_COUNTS):
        shifts.append(shift_for(made.take(home), snapshot, bodies[home], target))
        frames.append(records(made, snapshot, shifts[-1], bodies))
        bodies = frames[-1]["n_instansi_lintas_sektor"].fillna(0).to_numpy(dtype=float)
    return frames, shifts


def kampung_names(made: Units, places: Villages, snapshot: int) -> np.ndarray:
    """Give the names of the Kampung KB as free text, in the ways they are found; one was renamed in March 2024."""
    rng = random(places.seed, "names")
    village = places.frame["nama"].to_numpy()[made.village]
    flower = rng.choice(FLOWERS, len(village))
    style = rng.choice(4, len(village), p=[0.6, 0.15, 0.15, 0.1])
    style[[made.village[-1], -1]] = 0, 1  # the two of one village differ
    styles = [
        [f"Kampung KB {name}" for name in village],
        [f"Kampung KB {name}" for name in flower],
        [f"Kampung Keluarga Berkualitas {name}" for name in village],
        [name.upper() for name in flower],
    ]
    names = np.array(styles, dtype=object)[style, np.arange(len(village))]
    if snapshot >= 2:
        names[places.struck("renamed", 1)] = "Kampung KB Harapan Bersama"
    return names


_PLACE = {
    "Provinsi": "provinsi_text",
    "Kabupaten": "kabupaten_text",
    "Kecamatan": "kecamatan_text",
    "Desa": "kelurahan",
}
_SCORE_HEADERS = dict(
    zip(
        (
            *("Input Pokja", "Input Sumber Dana", "Input Poktan", "Input Sarana", "Input PKB/PLKB"),
            *("Proses Penggunaan Data", "Proses Operasional", "Proses Lintas Sektor"),
            *("Output Poktan", "Output CPR", "Output MKJP", "Output Unmet Need"),
            *("Index Input", "Index Proses", "Index Output", "Klasifikasi"),
        ),
        (*classification.COMPONENTS, "index_input", "index_proses", "index_output", "klasifikasi"),
        strict=True,
    )
)
_PROFILE_HEADERS = {
    "Jumlah Sumber Dana": "n_sumber_dana",
    "Pokja Pengurusan": "pokja_ada",
    "Pokja SK": "pokja_sk",
    "Pokja Pelatihan": "pokja_pelatihan",
    "Pokja Jumlah": "pokja_jumlah",
    "Pokja Jumlah Terlatih": "pokja_jumlah_terlatih",
    "PLKB Pendamping": "plkb_pendamping",
    "Regulasi": "regulasi",
    "Regulasi Jumlah": "n_regulasi",
    "RKM": "rkm",
    "Penggunaan Data": "penggunaan_data",
    "Jumlah Mekanisme Operasional": "n_mekanisme_operasional",
    "Pus": "pus",
    "Penduduk": "penduduk",
    "Keluarga": "keluarga",
    "Remaja": "remaja",
    "Memiliki Balita": "memiliki_balita",
    "Memiliki Remaja": "memiliki_remaja",
    "Memiliki Lansia": "memiliki_lansia",
    "BKB": "bkb",
    "BKR": "bkr",
    "BKL": "bkl",
    "UPPKA": "uppka",
    "PIKR": "pikr",
    "IUD": "IUD",
    "MOW": "TUBEKTOMI",
    "MOP": "VASEKTOMI",
    "Kondom": "KONDOM",
    "Implan": "IMPLAN",
    "Suntik": "SUNTIK",
    "Pil": "PIL",
    "Hamil": "hamil",
    "Anak Segera": "anak_segera",
    "Anak Kemudian": "anak_kemudian",
    "Tidak Ingin Anak": "tidak_ingin_anak",
}


def _portal_sheet(made: Units, places: Villages, snapshot: int, frame: pd.DataFrame, headers: dict) -> pd.DataFrame:
    """Give the sheet of a portal workbook: one row a Kampung KB, in the order of the villages."""
    order = np.lexsort((np.arange(len(made.village)), made.village))
    order = order[made.exists(snapshot)[order]]
    place = places.frame.iloc[made.village[order]]
    sheet = {"No": np.arange(1, len(order) + 1), "Kampung KB": kampung_names(made, places, snapshot)[order]}
    sheet |= {header: place[column].to_numpy() for header, column in _PLACE.items()}
    return pd.DataFrame(sheet | {header: frame[column].iloc[order].array for header, column in headers.items()})


def classification_sheet(made: Units, places: Villages, snapshot: int, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the sheet of a classification workbook."""
    return _portal_sheet(made, places, snapshot, frame, _SCORE_HEADERS)


def profile_sheet(made: Units, places: Villages, snapshot: int, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the sheet of a Rekapitulasi workbook, with the portal's own habits and a few rows gone wrong."""
    frame = frame.assign(
        penggunaan_data=frame["n_jenis_data"] > 0,
        # The portal's query counts a joined row even where none was recorded.
        n_sumber_dana=frame["n_sumber_dana"].fillna(0).clip(lower=1),
        n_regulasi=frame["n_regulasi"].fillna(0).clip(lower=1),
    )
    frame.loc[frame["pokja_ada"].isna(), "penggunaan_data"] = pd.NA
    trained = made.exists(snapshot) & (frame["pokja_jumlah_terlatih"].fillna(0) > 0).to_numpy(dtype=bool)
    struck = places.struck("profile", 60)
    struck = struck[trained[struck]]
    frame.loc[struck[:2], "pokja_jumlah_terlatih"] = frame.loc[struck[:2], "pokja_jumlah"] + 2
    frame.loc[struck[2:4], "hamil"] += 25
    return _portal_sheet(made, places, snapshot, frame, _PROFILE_HEADERS)


def write_workbook(path: Path, sheet: pd.DataFrame) -> None:
    """Write a sheet as the portal does: header in row 1, nothing else; counts missing there are 0."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True, "in_memory": False}) as book:
        book.set_properties({"title": "Data contoh (sintetis)", "created": CREATED})
        page = book.add_worksheet("Sheet1")
        page.write_row(0, 0, list(sheet.columns))
        writers = [_cell_writer(page, sheet[column]) for column in sheet]
        columns = [_cells(sheet[column]) for column in sheet]
        for row, cells in enumerate(zip(*columns, strict=True), start=1):
            for column, (write_cell, cell) in enumerate(zip(writers, cells, strict=True)):
                if cell is not None:
                    write_cell(row, column, cell)


def _cell_writer(page, values: pd.Series) -> Callable:
    if isinstance(values.dtype, pd.BooleanDtype) or values.dtype == bool:
        return page.write_boolean
    return page.write_number if pd.api.types.is_numeric_dtype(values) else page.write_string


def _cells(values: pd.Series) -> list:
    if isinstance(values.dtype, pd.BooleanDtype):
        return values.astype(object).where(values.notna(), None).tolist()
    return (values.fillna(0) if pd.api.types.is_numeric_dtype(values) else values).tolist()
