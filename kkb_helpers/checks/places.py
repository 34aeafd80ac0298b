"""Places: which village is it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd

from .. import areas, cells
from ..wording import number
from .registry import Found, Saw, check


@dataclass(frozen=True)
class Matches:
    """The distinct places of one file: columns as `areas.match_villages` gives, the place as written, row, rows.

    numeric_codes: rows whose code came as a number and was refused.
    """

    places: pd.DataFrame
    numeric_codes: tuple[tuple[int, str], ...] = ()

    def rows(self, wanted: pd.Series) -> int:
        """How many rows of the file are of the places that are marked."""
        return int(self.places["rows"][wanted].sum())


@check(
    "R212",
    "PERINGATAN",
    "matches",
    "pengirim berkas",
    "Kode {k} tidak dikenal. / Kode {k} = {nama rujukan}, berkas menulis '{nama}'.",
)
def codes_exist(matches: Matches) -> Iterator[Found]:
    """A code is in the reference list and then decides; a name that differs from it is noted."""
    yield Saw(matches.rows(matches.places["kode"] != "") + len(matches.numeric_codes))
    for row, text in matches.numeric_codes:
        yield Found(
            f"kode terbaca sebagai angka ({text}); kode tidak dipakai",
            "kode sebagai teks",
            "Ubah format kolom kode menjadi teks di sumber.",
            row=row,
            column="KODE",
        )
    told = (matches.places["reason"] == "kode tidak dikenal").to_numpy(dtype=bool, copy=True)
    coded = (matches.places["how"] == "kode").to_numpy(dtype=bool)
    written = matches.places.loc[coded, ["kelurahan", "village_code"]].to_numpy(dtype=object)
    told[coded] = [not _is_name_of(name, code) for name, code in written]
    for p in matches.places[told].itertuples():
        if p.reason == "kode tidak dikenal":
            how = "" if pd.isna(p.village_code) else f"; dicocokkan lewat nama menjadi {p.village_code}"
            yield Found(
                f"kode {p.kode} tidak dikenal di {p.kecamatan}{how}",
                "kode Kemendagri yang berlaku",
                "Periksa kode di sumber.",
                row=p.row,
                column="KODE",
                area_code=_code(p),
            )
        else:
            other = [c for c in areas.villages_named(p.kelurahan, p.village_code[:8]) if c != p.village_code]
            yield Found(
                f"kode {p.village_code} = {areas.name_of(p.village_code)}, "
                f"berkas menulis '{cells.text_of(p.kelurahan)}'"
                + (f", nama {other[0]}" if other else "")
                + "; kode yang dipakai",
                action="Periksa kode di sumber." if other else "Tidak perlu tindakan bila hanya beda ejaan.",
                row=p.row,
                column="KELURAHAN",
                area_code=_code(p),
                severity="" if other else "CATATAN",
            )


@cache
def _is_name_of(text: str, code: str) -> bool:
    """Say whether a text is the reference name of a code; the files of all months write the same ones."""
    return areas.normalise(text) == areas.normalise(areas.name_of(code))


@check("M401", "PERINGATAN", "matches", "pengirim berkas", "Desa/kelurahan tidak ditemukan: {nama}.")
def villages_found(matches: Matches) -> Iterator[Found]:
    """A row whose village is not found is kept in `unmatched` and listed."""
    yield Saw(matches.rows(matches.places["rows"] > 0))
    for p in matches.places[matches.places["village_code"].isna()].itertuples():
        near = f"; yang paling mirip {p.near} ({areas.name_of(p.near)})" if p.near else ""
        place = " › ".join(cells.text_of(t) for t in (p.provinsi, p.kabupaten, p.kecamatan, p.kode, p.kelurahan) if t)
        yield Found(
            f"{p.reason}: {place} ({number(p.rows)} baris){near}; baris disimpan di unmatched",
            "desa/kelurahan pada daftar rujukan",
            "Perbaiki nama di sumber, atau pakai ekspor yang memuat KODE.",
            row=p.row,
            column="KELURAHAN" if p.kelurahan else "KABUPATEN",
        )


@check(
    "M402", "CATATAN", "matches", "pengirim berkas", "'{nama}' dicocokkan dengan {kode} {nama rujukan} karena mirip."
)
def likenesses(matches: Matches) -> Iterator[Found]:
    """Villages matched by likeness are listed for review."""
    yield Saw(matches.rows(~matches.places["how"].isin(("kode", "borang"))))
    for p in matches.places[matches.places["how"] == "mirip"].itertuples():
        yield Found(
            f"'{cells.text_of(p.kelurahan)}' dicocokkan dengan {p.village_code} {areas.name_of(p.village_code)} "
            f"karena mirip ({number(p.score)} dari 100)",
            action="Periksa; bila salah, perbaiki nama di sumber.",
            row=p.row,
            column="KELURAHAN",
            area_code=p.village_code,
        )


def _code(place) -> str:
    return "" if pd.isna(place.village_code) else place.village_code
