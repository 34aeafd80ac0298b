"""Turns the parsed rows of a fill-in workbook into its tidy table, and lists what could not be used."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

import pandas as pd

from .. import areas, wording
from ..errors import UsageError
from .forms import FUNDS, FUNGSI, HEADERS, MEETINGS, SASARAN, activities, is_example, organisation_kinds

_FUNGSI_SPELLINGS = {
    "CINTA KASIH": "Kasih sayang",
    "PENDIDIKAN": "Sosialisasi dan pendidikan",
    "SOSIALISASI PENDIDIKAN": "Sosialisasi dan pendidikan",
    "LINGKUNGAN": "Pembinaan lingkungan",
}
PROBLEM_COLUMNS = ["source_file", "source_row", "column", "found", "expected", "action"]
TIDY_COLUMNS: Mapping[str, list[str]] = {
    "partners": [
        *("village_code", "period", "date", "organisasi", "nama_organisasi", "kegiatan"),
        *("sasaran", "fungsi", "sasaran_source", "source_file", "source_row"),
    ],
    "funding": ["area_code", "period", "sumber", "alokasi", "realisasi", "source_file", "source_row"],
    "coordination": ["area_code", "period", "kind", "sk_nomor", "date", "terlaksana", "source_file", "source_row"],
}


def form_of(header: Iterable[object]) -> str | None:
    """Give the name of the fill-in workbook that has this header row; None where it is none of them."""
    labels = [areas.normalise(str(cell)) for cell in header if str(cell).strip()]
    for name, columns in HEADERS.items():
        if labels == [areas.normalise(column) for column in columns]:
            return name
    return None


def tidy_sheet(cells: list[list], source_file: str) -> tuple[str, pd.DataFrame, pd.DataFrame] | None:
    """Give name, tidy table and problems of the cells of a sheet, its header first; None where it is no form."""
    name = form_of(cells[0]) if cells else None
    if name is None:
        return None
    rows = pd.DataFrame([row[: len(HEADERS[name])] for row in cells[1:]], columns=list(HEADERS[name].values()))
    rows = rows.assign(source_file=source_file, source_row=range(2, len(rows) + 2))
    filled = rows[list(HEADERS[name].values())].map(lambda cell: bool(str(cell).strip())).any(axis=1)
    return name, *tidy(name, rows[filled])


def tidy(name: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn the parsed rows of a fill-in workbook into its tidy table and a list of what could not be used.

    Parameters
    ----------
    name
        One of `HEADERS`.
    rows
        The columns of `HEADERS[name]` (text, dates or numbers), `source_file`, `source_row`; and the area where it is
        matched already (`village_code` for partners, else `area_code`), which is otherwise taken from the code.

    Returns
    -------
    The table with the columns of `TIDY_COLUMNS[name]`, and the problems: one row a bad cell, columns
    `PROBLEM_COLUMNS`. A bad cell is missing in the table; a row without an area stays, its area missing. Example rows
    are dropped.
    """
    rows = rows[~rows["kode"].map(is_example)].reset_index(drop=True)
    rows = rows.reindex(columns=list(dict.fromkeys([*rows.columns, *HEADERS[name].values()])))
    reader = _Reader(rows)
    table = _TIDY[name](reader)
    table = table.assign(source_file=rows["source_file"], source_row=rows["source_row"])[TIDY_COLUMNS[name]]
    return table, pd.DataFrame(reader.problems, columns=PROBLEM_COLUMNS).reset_index(drop=True)


@dataclass
class _Reader:
    """Reads columns of parsed rows by a rule a column, and keeps what the rule refused."""

    rows: pd.DataFrame
    problems: list[dict] = field(default_factory=list)

    def read(self, column: str, rule: Callable[[object], object], expected: str, action: str, dtype=None) -> pd.Series:
        """Apply `rule` to each filled cell, once to equal ones; ValueError makes the cell missing and a problem."""
        rule = lru_cache(maxsize=None, typed=True)(rule)
        values = [self._cell(i, column, v, rule, expected, action) for i, v in enumerate(self.rows[column])]
        return pd.Series(pd.array(values, dtype=dtype or "str"), index=self.rows.index)

    def _cell(self, i: int, column: str, value: object, rule, expected: str, action: str) -> object:
        blank = not value.strip() if isinstance(value, str) else pd.isna(value)
        if blank:
            return pd.NA
        try:
            return rule(value.strip() if isinstance(value, str) else value)
        except ValueError:
            self.report(i, column, str(value), expected, action)
            return pd.NA

    def report(self, i: int, column: str, found: str, expected: str, action: str) -> None:
        row = self.rows.iloc[i]
        self.problems.append(
            {
                "source_file": row["source_file"],
                "source_row": row["source_row"],
                "column": column,
                "found": found,
                "expected": expected,
                "action": action,
            }
        )


def _tidy_partners(reader: _Reader) -> pd.DataFrame:
    rows = reader.rows
    date = _dates(reader)
    village = rows["village_code"].astype("str") if "village_code" in rows else _villages(reader)
    kind = reader.read(
        "organisasi", _organisation, "jenis dari daftar", "Pilih jenis organisasi dari daftar, atau Lainnya."
    )
    chosen = reader.read("sasaran", _sasaran, "1, 2, 3, atau 4", "Pilih sasaran dari daftar.")
    fungsi = reader.read("fungsi", _fungsi, "satu dari delapan fungsi keluarga", "Pilih fungsi dari daftar.")
    kegiatan = _text(rows["kegiatan"])
    by_activity = kegiatan.map(_sasaran_of_activities(), na_action="ignore").astype("str")
    recorded = chosen.fillna(by_activity)
    imputed = fungsi.map(FUNGSI, na_action="ignore").astype("str")
    source = pd.Series("ambigu", index=rows.index).mask(imputed.notna(), "imputasi").mask(recorded.notna(), "tercatat")
    return pd.DataFrame(
        {
            "village_code": village,
            "period": date.str[:7],
            "date": date,
            "organisasi": kind,
            "nama_organisasi": _text(rows["nama_organisasi"]),
            "kegiatan": kegiatan,
            "sasaran": recorded.fillna(imputed),
            "fungsi": fungsi,
            "sasaran_source": source.astype("str"),
        }
    )


def _tidy_funding(reader: _Reader) -> pd.DataFrame:
    amount = ("bilangan bulat rupiah, tidak negatif", "Tulis rupiah penuh, misalnya 250000000.")
    return pd.DataFrame(
        {
            "area_code": _districts(reader),
            "period": reader.read("period", _quarter, "triwulan seperti 2024-Q2", "Pilih triwulan dari daftar."),
            "sumber": reader.read("sumber", _fund, " atau ".join(FUNDS), "Pilih sumber dana dari daftar."),
            "alokasi": reader.read("alokasi", _amount, *amount, dtype="Int64"),
            "realisasi": reader.read("realisasi", _amount, *amount, dtype="Int64"),
        }
    )


def _tidy_coordination(reader: _Reader) -> pd.DataFrame:
    date = _dates(reader)
    quarter = reader.read("period", _quarter, "triwulan seperti 2024-Q2", "Pilih triwulan dari daftar.")
    return pd.DataFrame(
        {
            "area_code": _districts(reader),
            "period": quarter.fillna(date.map(_quarter_of, na_action="ignore").astype("str")),
            "kind": reader.read("kind", _meeting, " atau ".join(MEETINGS), "Pilih jenis dari daftar."),
            "sk_nomor": _text(reader.rows["sk_nomor"]),
            "date": date,
            "terlaksana": reader.read("terlaksana", _yes, "Ya atau Tidak", "Pilih Ya atau Tidak.", dtype="boolean"),
        }
    )


_TIDY = {"partners": _tidy_partners, "funding": _tidy_funding, "coordination": _tidy_coordination}


def _text(column: pd.Series) -> pd.Series:
    """Give a column as text with single spaces; an empty cell is missing."""
    text = column.astype("str").str.replace(r"\s+", " ", regex=True).str.strip()
    return text.mask(text.eq("")).astype("str")


def _dates(reader: _Reader) -> pd.Series:
    return reader.read("date", _date, "tanggal seperti 2024-06-15", "Tulis tanggal sebagai tahun-bulan-hari.")


def _villages(reader: _Reader) -> pd.Series:
    """Give the village of each row by its code, else by the names of kabupaten, kecamatan and desa."""
    code = reader.read("kode", _village, "kode desa/kelurahan 13 tanda", "Tulis kode seperti 36.01.01.2001.")
    names = reader.rows[["kabupaten", "kecamatan", "kelurahan"]].fillna("").astype("str")
    district = reader.read("kabupaten", _district, "kabupaten/kota dari daftar", "Pilih kabupaten/kota dari daftar.")
    names["kabupaten"] = district.map(areas.name_of, na_action="ignore").astype("str").fillna("")
    names["provinsi"] = district.str[:2].map(areas.name_of, na_action="ignore").astype("str").fillna("")
    found = areas.match_villages(names.assign(kode=""))["village_code"]
    lost = code.isna() & found.isna() & names["kelurahan"].ne("")
    for i in lost[lost].index:
        place = wording.join(names.loc[i, ["kelurahan", "kecamatan", "kabupaten"]])
        reader.report(i, "kelurahan", place, "desa/kelurahan di kecamatan itu", "Periksa ejaan, atau isi kodenya.")
    return code.fillna(found).astype("str")


def _districts(reader: _Reader) -> pd.Series:
    if "area_code" in reader.rows:
        return reader.rows["area_code"].astype("str")
    code = reader.read("kode", _district, "kode kabupaten/kota seperti 36.01", "Tulis kode bertitik.")
    label = reader.read("kabupaten", _district, "kabupaten/kota dari daftar", "Pilih kabupaten/kota dari daftar.")
    return code.fillna(label).astype("str")


@cache
def _sasaran_of_activities() -> dict[str, str]:
    return dict(zip(activities()["kegiatan"], activities()["sasaran"], strict=True))


def _date(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    text = str(value)[:10]
    match = re.fullmatch(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})", str(value))
    if match:
        day, month, year = map(int, match.groups())
        return dt.date(year, month, day).isoformat()
    return dt.date.fromisoformat(text).isoformat()


def _village(value: object) -> str:
    code = areas.canonical_code(str(value))
    if code is None or areas.level_of(code) != "desa":
        raise ValueError(value)
    return code


def _district(value: object) -> str:
    try:
        return areas.resolve(str(value), levels=("kabupaten",)).code
    except UsageError as error:
        raise ValueError(value) from error


def _choice(value: object, choices: Mapping[str, str]) -> str:
    found = choices.get(areas.normalise(str(value)))
    if found is None:
        raise ValueError(value)
    return found


def _organisation(value: object) -> str:
    """Give the kind a text means: a kind's own name, else the kind with a word of which the text holds."""
    text = areas.normalise(str(value))
    for kind, words in organisation_kinds().items():
        if text == areas.normalise(kind):
            return kind
        if any(f" {word} " in f" {text} " for word in words):
            return kind
    raise ValueError(value)


def _sasaran(value: object) -> str:
    text = str(value).removesuffix(".0")
    match = re.fullmatch(r"([1-4])(\s*[-–.)].*)?", text)
    return match[1] if match else _choice(text, {areas.normalise(n): k for k, n in SASARAN.items()})


def _fungsi(value: object) -> str:
    return _choice(value, {areas.normalise(f): f for f in FUNGSI} | _FUNGSI_SPELLINGS)


def _fund(value: object) -> str:
    return _choice(value, {areas.normalise(f): f for f in FUNDS} | {"PROPN": "Pro PN"})


def _meeting(value: object) -> str:
    return _choice(value, {areas.normalise(label): kind for label, kind in MEETINGS.items()} | {"MONEV": "monev"})


def _yes(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"YA": True, "TIDAK": False}[_choice(value, {"YA": "YA", "TIDAK": "TIDAK", "SUDAH": "YA", "BELUM": "TIDAK"})]


def _amount(value: object) -> int:
    if isinstance(value, str):
        text = re.sub(r"^Rp\.?\s*", "", value)
        if not re.fullmatch(r"\d+|\d{1,3}(\.\d{3})+", text):
            raise ValueError(value)
        return int(text.replace(".", ""))
    if not isinstance(value, int | float) or not 0 <= value < float("inf") or value != int(value):
        raise ValueError(value)
    return int(value)


def _quarter(value: object) -> str:
    text = str(value).upper().replace(" ", "")
    if not re.fullmatch(r"20\d{2}-Q[1-4]", text):
        raise ValueError(value)
    return text


def _quarter_of(date: str) -> str:
    return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"
