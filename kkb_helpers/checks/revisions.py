"""Revisions: the same key with another value than the file before gave."""

from collections.abc import Iterator

import pandas as pd

from ..wording import number
from .registry import Found, Saw, check
from .shelf import Shelf

REVISION_COLUMNS = [
    "table", "area_code", "time", "kind", "kampung_kb", "column", "old", "new", "difference",
    "file_old", "row_old", "sha256_old", "file_new", "row_new", "sha256_new",
]  # fmt: skip


def revisions_of(table: str, rows: pd.DataFrame, key: list[str], time: str, columns: list[str]) -> pd.DataFrame:
    """Give what a later file changed: one row a value, columns REVISION_COLUMNS without the fingerprints.

    rows: all rows of the files, in the order they were accepted; a file holds a key once.
    """
    again = rows[rows.duplicated(key, keep=False)].sort_values(key, kind="stable")
    if not len(again):
        return pd.DataFrame(columns=REVISION_COLUMNS, dtype="str")
    before = again.groupby(key, dropna=False, sort=False)[[*columns, "source_file", "source_row"]].shift()
    later = before["source_file"].notna()
    again, before = again[later], before[later]
    found = []
    for column in columns:
        new, old = again[column], before[column]
        changed = ~((new == old).fillna(False).astype(bool) | (new.isna() & old.isna()))
        if changed.any():
            now, then = again[changed], before[changed]
            numeric = pd.api.types.is_numeric_dtype(rows[column]) and not pd.api.types.is_bool_dtype(rows[column])
            found.append(
                pd.DataFrame(
                    {
                        "table": table,
                        "area_code": now[key[0]],
                        "time": now[time],
                        "kind": now.get("kind", ""),
                        "kampung_kb": now.get("kampung_kb", ""),
                        "column": column,
                        "old": then[column],
                        "new": now[column],
                        "difference": now[column] - then[column].astype(now[column].dtype) if numeric else pd.NA,
                        "file_old": then["source_file"],
                        "row_old": then["source_row"].astype("int64"),
                        "file_new": now["source_file"],
                        "row_new": now["source_row"],
                    }
                ).map(lambda value: "" if pd.isna(value) else str(value))
            )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=REVISION_COLUMNS, dtype="str")


@check("T512", "CATATAN", "tables", "petugas pelaporan", "{n} angka direvisi sejak {tgl}.")
def revised(shelf: Shelf) -> Iterator[Found]:
    """What a later file says otherwise is counted by file; every value is in revisions.csv."""
    yield Saw(shelf.compared)
    if not len(shelf.revisions):
        return
    for (new, old, table), group in shelf.revisions.groupby(["file_new", "file_old", "table"], sort=True):
        said = pd.to_numeric(group["difference"], errors="coerce").sum()
        yield Found(
            f"{number(len(group))} angka {table} direvisi dibanding {old}"
            + (f" (jumlah selisih {number(round(float(said), 2))})" if said else ""),
            action="Lihat revisions.csv: nilai lama, nilai baru, dan selisihnya.",
            file=new,
            alone=False,
        )
