"""Completeness and time: what was expected and did not come, and what came before it was final."""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import areas, sources
from ..wording import number
from .registry import Found, Saw, check, listed
from .shelf import Shelf

ENOUGH, LEAST = 0.90, 0.75
FINAL_BY = 10  # the day of the next month by which late reports of a month are in
COLUMNS = ["table", "kind", "time", "area_code", "received", "expected"]


@dataclass(frozen=True)
class Extraction:
    """When a monthly file was taken from its source, as far as is known: no later than it was imported."""

    file: str
    newest_month: str
    day: dt.date


def village_tables(frames: dict[str, pd.DataFrame]) -> list[str]:
    """Give the tables that hold one row a village and time (or a village, time and kind)."""
    keys = {"village_code", "period", "as_of", "kind"}
    return [t for t in frames if t in sources.TABLES and set(sources.key_of(t)) <= keys and t not in sources.FORMS]


def completeness_of(frames: dict[str, pd.DataFrame], level: str = "kabupaten") -> pd.DataFrame:
    """Give how many villages each table has: one row a table, kind of group, time and area.

    Columns COLUMNS. The areas are the kabupaten/kota that have a row in any of these tables, or their areas of `level`;
    `expected` counts the villages of the reference list.
    """
    located = {table: frames[table]["village_code"].factorize() for table in village_tables(frames)}
    present = sorted({code for _, villages in located.values() for code in villages.str[:5].unique()})
    codes = [c for kabupaten in present for c in areas.children(kabupaten, level)["code"]]
    counts = areas.village_counts()
    expected = [counts[code] for code in codes]
    found = [pd.DataFrame(columns=COLUMNS)]
    for table, (village_at, villages) in located.items():
        area_at = pd.Index(codes, dtype="str").get_indexer(villages.str[: areas.CODE_WIDTH[level]])[village_at]
        kinds, times, received = _received(frames[table], area_at, len(codes))
        columns = {
            "table": table,
            "kind": kinds.repeat(len(codes)),
            "time": times.repeat(len(codes)),
            "area_code": codes * len(times),
            "received": received.ravel(),
            "expected": expected * len(times),
        }
        found.append(pd.DataFrame(columns).astype({"table": "str", "area_code": "str"}))
    return pd.concat(found, ignore_index=True).astype({"received": "int64", "expected": "int64"})


def _received(rows: pd.DataFrame, area_at: np.ndarray, size: int) -> tuple[pd.Index, pd.Index, np.ndarray]:
    """Give how many rows of a table lie in each area: one line a kind and time that it has, one column an area.

    Kind and time of each line come first. area_at: the area of each row, -1 where it is in none; size: how many there
    are.
    """
    line_at, times = rows["period" if "period" in rows else "as_of"].factorize(sort=True)
    kinds = pd.Index([""], dtype="str")
    if "kind" in rows:
        kind_at, kinds = rows["kind"].factorize(sort=True)
        line_at = kind_at * len(times) + line_at
    inside, shape = area_at >= 0, (len(kinds) * len(times), size)
    received = np.bincount((line_at * size + area_at)[inside], minlength=shape[0] * shape[1]).reshape(shape)
    lines = np.nonzero(np.bincount(line_at, minlength=shape[0]))[0]
    return kinds.take(lines // len(times)), times.take(lines % len(times)), received[lines]


def _of_provinces(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum completeness of kabupaten/kota (`completeness_of`) over the provinces that they lie in."""
    keys = ["table", "kind", "time", "area_code"]
    rows = rows.assign(area_code=rows["area_code"].str[:2]).groupby(keys, sort=False, as_index=False)["received"].sum()
    return rows.assign(expected=rows["area_code"].map(areas.village_counts()))


@check("K401", "PERINGATAN", "tables", "petugas pelaporan", "{n} dari {m} desa/kelurahan melapor ({p} persen).")
def villages_received(shelf: Shelf) -> Iterator[Found]:
    """Of a kabupaten at least 90 % of the villages are there at each time; of a province 75 %, or it has no summary."""
    kabupaten = completeness_of(shelf.frames)
    for rows, enough, severity in ((kabupaten, ENOUGH, ""), (_of_provinces(kabupaten), LEAST, "GAGAL")):
        yield Saw(int(rows["received"].sum()))
        rows = rows.assign(share=rows["received"] / rows["expected"])
        few = rows[rows["share"] < enough].sort_values(["share", "time"], kind="stable")
        for (table, kind, code), group in few.groupby(["table", "kind", "area_code"], sort=True):
            worst = group.iloc[0]
            named = f"{table} {kind}".strip()
            summary = "; status provinsi ditahan dan angkanya diberi label tidak lengkap" if severity else ""
            yield Found(
                f"{named}: {number(int(worst.received))} dari {number(int(worst.expected))} desa/kelurahan "
                f"({number(100 * worst.share, 2)} persen) pada {worst.time}"
                + (f"; kurang juga pada {listed(sorted(group['time'].iloc[1:]), 12)}" if len(group) > 1 else "")
                + summary,
                f"paling sedikit {number(100 * enough, 0)} persen",
                "Impor berkas yang kurang, atau minta laporan desa yang belum masuk.",
                area_code=code,
                severity=severity,
                alone=False,
            )


@check("K402", "CATATAN", "tables", "pengirim berkas", "Data ditarik {tgl}, sebelum periode berakhir.", "berkas")
def taken_late_enough(shelf: Shelf) -> Iterator[Found]:
    """A month is taken when it is over, and is provisional until the 10th of the next."""
    yield Saw(len(shelf.extractions))
    for file in shelf.extractions:
        year, month = map(int, file.newest_month.split("-"))
        last = dt.date(year, month, calendar.monthrange(year, month)[1])
        if file.day <= last:
            said = f"data ditarik {file.day.isoformat()}, sebelum {file.newest_month} berakhir"
        elif file.day <= last + dt.timedelta(days=FINAL_BY):
            said = f"data ditarik {file.day.isoformat()}; {file.newest_month} masih sementara sampai tanggal {FINAL_BY}"
        else:
            continue
        expected = f"ditarik setelah tanggal {FINAL_BY} bulan berikutnya"
        yield Found(said, expected, "Unduh ulang bulan itu nanti.", file=file.file, alone=False)
