"""Tables: do the values agree with each other."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from ..wording import number
from .registry import Found, Saw, check, frame_of, run
from .shelf import Shelf, amount, both, contradiction, label, marked


@check(
    "R211",
    "GAGAL",
    "tables",
    "pengirim berkas",
    "Kode {k} periode {p} muncul {n} kali dengan nilai berbeda (baris ...).",
)
def unique_keys(shelf: Shelf) -> Iterator[Found]:
    """A key stands once: rows with the same values are noted, with other values they cost the district its report."""
    yield Saw(sum(map(len, (*shelf.frames.values(), *shelf.duplicates.values()))))
    for table, rows in shelf.duplicates.items():
        for (file, identical), group in rows.groupby(["source_file", "identical"], sort=True):
            if identical:
                yield Found(
                    f"{number(len(group))} baris kembar dengan nilai sama di {table}; yang pertama dipakai",
                    "satu baris untuk tiap kunci",
                    "Tidak perlu tindakan.",
                    row=int(group["source_row"].iloc[0]),
                    file=file,
                    severity="CATATAN",
                    alone=len(group) == 1,
                )
                continue
            for r in group.itertuples():
                yield Found(
                    f"kode {r.village_code} periode {r.time} di {table} muncul lagi dengan nilai berbeda "
                    f"(baris {r.first_row} dan {r.source_row}); baris {r.first_row} yang dipakai",
                    "satu baris untuk tiap kunci",
                    "Hapus baris yang salah di sumber, lalu unduh ulang.",
                    row=int(r.source_row),
                    file=file,
                    area_code=r.village_code,
                )


class Whole(NamedTuple):
    """A part that cannot exceed its whole, with the words for both; columns joined by + are summed, - is taken off."""

    table: str
    part: str
    whole: str
    kind: str = ""


PARTS = (
    Whole("siga_groups", "yang_lapor", "yang_ada"),
    Whole("siga_group_targets", "kesertaan_bkb", "sasaran_bkb"),
    Whole("siga_group_targets", "kesertaan_bkr", "sasaran_bkr"),
    Whole("siga_group_targets", "kesertaan_bkl", "sasaran_bkl"),
    Whole("siga_bkb_families", "keluarga_hadir", "keluarga_anggota"),
    Whole("siga_groups", "keluarga_hadir", "keluarga_anggota", "bkr"),
    Whole("siga_groups", "anggota_keluarga_hadir", "jumlah_anggota", "bkl"),
    Whole("siga_pus", "unmet_need", "pus"),
    Whole("siga_methods", "kb_modern", "pa"),
    Whole("siga_kkb", "kampung_kb_mandiri", "jumlah_kampung_kb"),
    Whole("siga_rdk", "paripurna", "jumlah_rumah_dataku"),
    Whole("siga_rdk", "di_kampung_kb", "jumlah_rumah_dataku"),
    Whole("siga_krs", "jumlah_krs", "jumlah_keluarga_sasaran"),
    Whole("siga_krs", "jumlah_keluarga_sasaran", "jumlah_keluarga"),
    Whole("siga_krs", "jamban_tidak_layak", "jumlah_keluarga_sasaran"),
    Whole("siga_krs", "air_minum_tidak_layak", "jumlah_keluarga_sasaran"),
    Whole("elsimil_pregnant", "bumil_terdampingi", "jumlah_bumil"),
    Whole("elsimil_pregnant", "konsumsi_ttd", "bumil_terdampingi"),
    Whole("profile", "pokja_jumlah_terlatih", "pokja_jumlah"),
    Whole("profile", "pikr", "remaja"),
    Whole("profile", "uppka", "keluarga"),
    Whole("profile", "iud+mow+mop+kondom+implan+suntik+pil", "pus"),
    Whole("profile", "anak_kemudian+tidak_ingin_anak", "pus"),
)
ACROSS = (("siga_methods", "siga_pus", "pa", "pus"), ("siga_pus", "siga_methods", "unmet_need", "pus-pa"))


@check(
    "X301",
    "PERINGATAN",
    "tables",
    "petugas pelaporan",
    "{bagian} {a} lebih besar dari {keseluruhan} {b} (selisih {d}).",
)
def part_and_whole(shelf: Shelf) -> Iterator[Found]:
    """A part is no larger than its whole; both values stay in the sums."""
    for rule in PARTS:
        frame = shelf.frames.get(rule.table, pd.DataFrame())
        if len(frame):
            rows = frame[frame["kind"] == rule.kind] if rule.kind else frame
            yield from _larger(rows, rule.table, rule.part, rule.whole)
    for one, other, part, whole in ACROSS:
        rows = shelf.joined(one, other)
        if len(rows):
            yield from _larger(rows, one, part, whole)


def _larger(rows: pd.DataFrame, table: str, part: str, whole: str) -> Iterator[Found]:
    a, b = amount(rows, part), amount(rows, whole)
    yield both(a, b, table)
    beyond = (a > b).fillna(False)
    one, other = label(table, part), label(table, whole)
    for r, x, y in zip(marked(rows, beyond), a[beyond], b[beyond], strict=True):
        kind = f"{r.kind.upper()}: " if "kind" in rows else ""
        found = f"{kind}{one} {number(x)} lebih besar dari {other} {number(y)} (selisih {number(x - y)})"
        yield contradiction(r, found, f"paling banyak {number(y)}", one)


SUMS = (
    ("siga_methods", "suntik+pil+kondom+implan+iud+vasektomi+tubektomi+mal", "kb_modern"),
    ("siga_methods", "kb_modern+kb_tradisional", "pa"),
)


@check("X302", "PERINGATAN", "tables", "petugas pelaporan", "Jumlah metode {a} bukan {b}.")
def sum_of_methods(shelf: Shelf) -> Iterator[Found]:
    """The methods, MAL among them, sum to KB MODERN; modern and traditional sum to PA."""
    for table, parts, whole in SUMS:
        rows = shelf.frames.get(table, pd.DataFrame())
        if not len(rows):
            continue
        a, b = amount(rows, parts), rows[whole]
        yield both(a, b, table)
        off = (a != b).fillna(False)
        for r, x, y in zip(marked(rows, off), a[off], b[off], strict=True):
            yield contradiction(
                r,
                f"jumlah {label(table, parts)} {number(x)} bukan {label(table, whole)} {number(y)}",
                number(y),
                label(table, whole),
            )


@check("X303", "PERINGATAN", "tables", "petugas pelaporan", "Jumlah bukan peserta KB {a} bukan PUS − peserta {b}.")
def sum_of_non_users(shelf: Shelf) -> Iterator[Found]:
    """The couples without contraception, by reason, are the couples less the users; all 0 is not filled in."""
    rows = shelf.frames.get("profile", pd.DataFrame())
    if not len(rows):
        return
    parts, whole = "hamil+anak_segera+anak_kemudian+tidak_ingin_anak", "pus-iud-mow-mop-kondom-implan-suntik-pil"
    a, b = amount(rows, parts), amount(rows, whole)
    filled = ((a > 0) & (b >= 0)).fillna(False)
    yield Saw(int(filled.sum()))
    off = ((a != b) & filled).fillna(False)
    for r, x, y in zip(marked(rows, off), a[off], b[off], strict=True):
        yield contradiction(
            r,
            f"{label('profile', parts)} = {number(x)}, PUS dikurangi peserta KB = {number(y)} "
            f"(selisih {number(abs(x - y))})",
            number(y),
            "Hamil",
        )


@check("X305", "GAGAL", "tables", "petugas pelaporan", "mCPR ditambah unmet need {p} persen, lebih dari 100.")
def shares_of_couples(shelf: Shelf) -> Iterator[Found]:
    """In a kabupaten and month, modern users and unmet need together are at most all couples; villages are X301."""
    rows = shelf.joined("siga_pus", "siga_methods")
    if not len(rows):
        return
    whole = rows[rows[["pus", "unmet_need", "kb_modern"]].notna().all(axis=1)]
    yield Saw(len(whole))
    sums = whole.groupby([whole["village_code"].str[:5], "period"])[["pus", "unmet_need", "kb_modern"]].sum()
    for (code, period), r in sums[sums["kb_modern"] + sums["unmet_need"] > sums["pus"]].iterrows():
        share = 100 * (r["kb_modern"] + r["unmet_need"]) / r["pus"] if r["pus"] else float("inf")
        yield Found(
            f"{period}: KB modern {number(int(r['kb_modern']))} ditambah unmet need {number(int(r['unmet_need']))} "
            f"lebih dari PUS {number(int(r['pus']))}" + (f" ({number(share, 2)} persen)" if r["pus"] else ""),
            "paling banyak 100 persen dari PUS",
            "Periksa apakah PUS dan peserta KB dari wilayah dan bulan yang sama, lalu unduh ulang.",
            column="PUS",
            area_code=code,
            alone=False,
        )


DENOMINATORS = (("siga_pus", "pus"), ("profile", "pus"), ("siga_krs", "jumlah_keluarga_sasaran"))


@check("X308", "PERINGATAN", "tables", "petugas pelaporan", "PUS 0: persentase tidak dihitung.")
def zero_denominators(shelf: Shelf) -> Iterator[Found]:
    """A village has couples and families: where their count is 0 its percentage is missing, neither 0 nor endless."""
    for table, column in DENOMINATORS:
        rows = shelf.frames.get(table, pd.DataFrame())
        if len(rows):
            yield Saw(int(rows[column].notna().sum()), table)
            for r in marked(rows, (rows[column] == 0).fillna(False)):
                said = f"{label(table, column)} 0: persentase tidak dihitung"
                yield contradiction(r, said, "lebih dari 0; kosong bila tidak diketahui", label(table, column))


PAIRS = tuple(
    (rule.table, rule.part, rule.whole, rule.kind)
    for rule in PARTS
    if "+" not in rule.part and rule.table not in ("siga_kkb", "profile")
)


@check("X307", "PERINGATAN", "tables", "petugas pelaporan", "Pembilang ada, penyebut kosong.")
def compulsory_pairs(shelf: Shelf) -> Iterator[Found]:
    """A numerator is there where its denominator is, and the other way round; else the row is in neither sum."""
    for table, part, whole, kind in PAIRS:
        rows = shelf.frames.get(table, pd.DataFrame())
        if not len(rows):
            continue
        rows = rows[rows["kind"] == kind] if kind else rows
        a, b = rows[part], rows[whole]
        if a.isna().all() or b.isna().all():
            continue
        yield Saw(len(rows), table)
        alone = a.isna() != b.isna()
        for r, there in zip(marked(rows, alone), a[alone].notna(), strict=True):
            has, lacks = (part, whole) if there else (whole, part)
            yield contradiction(
                r, f"{label(table, has)} ada, {label(table, lacks)} kosong", "keduanya terisi", label(table, lacks)
            )


def contradictory_rows(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the rows that break a cross-field rule: columns file, row, code; one row a rule broken."""
    found = frame_of(run("tables", Shelf(frames)))
    return found[found["code"].str.startswith("X")][["file", "row", "code"]].reset_index(drop=True)
