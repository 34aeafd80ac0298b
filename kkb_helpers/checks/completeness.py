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
    """Give how many villages each table has: one row a table, kind of group, time and area of `level`.

    Columns COLUMNS. The areas are those of the kabupaten/kota that have a row in any of these tables (for `provinsi`,
    their provinces); `expected` counts the villages of the reference list.
    """
    tables = village_tables(frames)
    present = sorted({code for t in tables for code in frames[t]["village_code"].str[:5].unique()})
    if level == "provinsi":
        codes = sorted({code[:2] for code in present})
    else:
        codes = [c for kabupaten in present for c in areas.children(kabupaten, level)["code"]]
    counts = areas.village_counts()
    expected = [counts[code] for code in codes]
    found = [pd.DataFrame(columns=COLUMNS)]
    for table in tables:
        kinds, times, received = _received(frames[table], pd.Index(codes, dtype="str"), areas.CODE_WIDTH[level])
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


def _received(rows: pd.DataFrame, codes: pd.Index, width: int) -> tuple[pd.Index, pd.Index, np.ndarray]:
    """Give how many rows of a table lie in each area: one line a kind and time that it has, one column a code.

    Kind and time of each line come first. Text is only cut and compared once a village, kind and time.
    """
    village_at, villages = rows["village_code"].factorize()
    area_at = codes.get_indexer(villages.str[:width])[village_at]
    time_at, times = rows["period" if "period" in rows else "as_of"].factorize(sort=True)
    kind = rows["kind"] if "kind" in rows else pd.Series("", index=rows.index, dtype="str")
    kind_at, kinds = kind.factorize(sort=True)
    line_at, inside = kind_at * len(times) + time_at, area_at >= 0
    cells = len(kinds) * len(times) * len(codes)
    received = np.bincount((line_at * len(codes) + area_at)[inside], minlength=cells).reshape(-1, len(codes))
    lines = np.unique(line_at)
    return kinds.take(lines // len(times)), times.take(lines % len(times)), received[lines]


@check("K401", "PERINGATAN", "tables", "petugas pelaporan", "{n} dari {m} desa/kelurahan melapor ({p} persen).")
def villages_received(shelf: Shelf) -> Iterator[Found]:
    """Of a kabupaten at least 90 % of the villages are there at each time; of a province 75 %, or it has no summary."""
    for level, enough, severity in (("kabupaten", ENOUGH, ""), ("provinsi", LEAST, "GAGAL")):
        rows = completeness_of(shelf.frames, level)
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
