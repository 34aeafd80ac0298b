"""What the offices fill in: activities of community organisations, funds, coordination; no portal holds them."""

import numpy as np
import pandas as pd

from .village import FLOWERS, YEAR, Units, Villages, random

_SILENT_OFFICE = "36.73"  # this office returned no workbook on partners
_LARGE = 10_000  # villages from which offices name fewer activities, so that a workbook stays one
# Kind, name, activity of Inpres 3/2022, sasaran. {desa} and {nama} are filled in.
_ACTIVITIES = (
    ("PKK", "TP PKK {desa}", "Bina Keluarga Balita (BKB)", "2"),
    ("PKK", "TP PKK {desa}", "Pelayanan administrasi kependudukan", "1"),
    ("PKK", "TP PKK {desa}", "Dapur Sehat Atasi Stunting (DASHAT)", "3"),
    ("Karang Taruna", "Karang Taruna {desa}", "Rumah DataKu", "1"),
    ("Karang Taruna", "Karang Taruna {desa}", "Pusat Informasi dan Konseling Remaja (PIK-R)", "2"),
    ("Karang Taruna", "Karang Taruna {desa}", "Pengendalian vektor dan jumantik", "4"),
    ("Majelis taklim", "Majelis Taklim {nama}", "Penyuluhan keagamaan", "2"),
    ("Tokoh agama", "Forum Tokoh Agama {desa}", "Bimbingan calon pengantin", "2"),
    ("Posyandu", "Posyandu {nama}", "Pemantauan tumbuh kembang balita", "3"),
    ("LSM", "Yayasan {nama}", "Literasi pendidikan nonformal", "3"),
    ("LSM", "Yayasan {nama}", "Sanitasi Total Berbasis Masyarakat (STBM)", "4"),
    ("Dunia usaha", "Koperasi {nama}", "Promosi dan pemasaran koperasi dan UMKM", "3"),
    ("Dunia usaha", "Koperasi {nama}", "Perumahan dan permukiman layak", "4"),
    ("Perguruan tinggi", "Kelompok KKN {desa}", "Pelatihan produksi dan pemasaran usaha rumah tangga", "3"),
)
_CHANCES = np.array([14, 5, 9, 4, 7, 6, 13, 7, 12, 4, 4, 6, 3, 6]) / 100
# Old notes have a function of the family instead of a sasaran; what protection meant cannot be told.
_OLD_NOTES = (
    ("Majelis taklim", "Majelis Taklim {nama}", "Pengajian keluarga", "Agama"),
    ("PKK", "TP PKK {desa}", "Penyuluhan perlindungan anak", "Perlindungan"),
    ("Dunia usaha", "Koperasi {nama}", "Bazar usaha keluarga", "Ekonomi"),
    ("Karang Taruna", "Karang Taruna {desa}", "Kerja bakti bulanan", "Pembinaan lingkungan"),
)
_OLD_SHARE = 0.1


def partners(places: Villages, made: Units, months: int = 6) -> pd.DataFrame:
    """Give activities of community organisations: one row each.

    Columns village_code, date (ISO text), organisasi, nama_organisasi, kegiatan, sasaran ("1" to "4"; missing in old
    notes) and fungsi (in old notes alone). An able village has more of them.
    """
    rng = random(places.seed, "partners")
    n = len(places)
    able = (made.formed[:n] <= 3) & (made.gone[:n] > 3) & (places.frame["kabupaten"] != _SILENT_OFFICE).to_numpy()
    pace = able * np.exp(0.6 * (made.standing[:n] + made.noise["lintas_sektor"][:n])) * (0.15 if n < _LARGE else 0.015)
    village = np.repeat(np.arange(n), rng.poisson(months * pace))
    rows = len(village)
    day = rng.integers(0, (pd.Timestamp(YEAR, months, 1) + pd.offsets.MonthEnd(0)).day_of_year, rows)
    old = rng.random(rows) < _OLD_SHARE
    new_kind = rng.choice(len(_ACTIVITIES), rows, p=_CHANCES)
    kind = np.where(old, len(_ACTIVITIES) + rng.integers(0, len(_OLD_NOTES), rows), new_kind)
    activity = pd.DataFrame([*_ACTIVITIES, *_OLD_NOTES], columns=["organisasi", "nama", "kegiatan", "last"]).iloc[kind]
    desa = places.frame["nama"].to_numpy()[village]
    flower = rng.choice(FLOWERS, rows)
    return pd.DataFrame(
        {
            "village_code": places.frame["code"].to_numpy()[village],
            "date": (pd.Timestamp(YEAR, 1, 1) + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"),
            "organisasi": activity["organisasi"].to_numpy(),
            "nama_organisasi": [
                name.format(desa=d, nama=f) for name, d, f in zip(activity["nama"], desa, flower, strict=True)
            ],
            "kegiatan": activity["kegiatan"].to_numpy(),
            "sasaran": pd.array(np.where(old, None, activity["last"]), dtype="str"),
            "fungsi": pd.array(np.where(old, activity["last"], None), dtype="str"),
        }
    ).sort_values(["village_code", "date"], kind="stable", ignore_index=True)


def funding(places: Villages, quarters: int = 2) -> pd.DataFrame:
    """Give funds of BOKB and Pro PN: one row a kabupaten, quarter and source; rupiah, made up throughout."""
    rng = random(places.seed, "funding")
    villages = places.frame["kabupaten"].value_counts().sort_index()
    rows = [
        (code, f"{YEAR}-Q{quarter}", source, n * rupiah)
        for code, n in villages.items()
        for quarter in range(1, quarters + 1)
        for source, rupiah in (("BOKB", 1_500_000), ("Pro PN", 400_000))
    ]
    frame = pd.DataFrame(rows, columns=["area_code", "period", "sumber", "alokasi"])
    spent = np.where(
        frame["period"].str[-1] == "1", rng.uniform(0.25, 0.7, len(rows)), rng.uniform(0.5, 0.95, len(rows))
    )
    frame["realisasi"] = (np.rint(frame["alokasi"] * spent / 1000) * 1000).astype("int64")
    return frame


def coordination(places: Villages, quarters: int = 2) -> pd.DataFrame:
    """Give coordination teams and quarterly reviews: one row a kabupaten and kind, or kabupaten, kind and quarter.

    Of eight offices six name a decree of their team, seven held the review in the first quarter and five in the second.
    """
    rng = random(places.seed, "coordination")
    codes = np.array(sorted(places.frame["kabupaten"].unique()))
    decreed = np.sort(rng.permutation(codes)[: round(len(codes) * 6 / 8)])
    teams = pd.DataFrame(
        {
            "area_code": decreed,
            "period": pd.NA,
            "kind": "tim_koordinasi",
            "sk_nomor": [f"400.13/{n}-SK/2023" for n in rng.integers(10, 400, len(decreed))],
            "date": [f"2023-{month:02d}-{day:02d}" for month, day in rng.integers([2, 1], [12, 28], (len(decreed), 2))],
            "terlaksana": True,
        }
    )
    return pd.concat([teams, *(_reviews(codes, quarter, rng) for quarter in range(1, quarters + 1))], ignore_index=True)


def _reviews(codes: np.ndarray, quarter: int, rng: np.random.Generator) -> pd.DataFrame:
    held = np.zeros(len(codes), dtype=bool)
    held[rng.permutation(len(codes))[: round(len(codes) * (7 if quarter == 1 else 5) / 8)]] = True
    days = rng.integers(1, 28, len(codes))
    return pd.DataFrame(
        {
            "area_code": codes,
            "period": f"{YEAR}-Q{quarter}",
            "kind": "monev",
            "sk_nomor": None,
            "date": [f"{YEAR}-{3 * quarter:02d}-{day:02d}" if h else None for day, h in zip(days, held, strict=True)],
            "terlaksana": held,
        }
    )
