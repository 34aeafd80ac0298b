"""What a district does next: the selection, and the workbook that lists it, a sheet a task, the most effect first."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .. import areas, classification, wording
from ..params import Period
from ..store import Tables, View
from .cells import LINE, Book, lines, print_on_a4, put, save

SYNTHETIC_BANNER = "DATA CONTOH (SINTETIS)"
SUMMARY_SHEET = "Ringkasan"
WRAPPED = 40  # columns wider than this break their lines


@dataclass(frozen=True)
class FollowUp:
    """What a district does next; each frame one sheet, its first row the one of most effect.

    as_of: sheet -> the date or month its figures are of, empty where there are none. missing: sheet -> the sentence
    that says why it has no rows, for sheets without data.
    """

    area: areas.Area
    period: Period
    synthetic: bool
    without_kampung: pd.DataFrame
    unreported: pd.DataFrame
    nearest: pd.DataFrame
    groups: pd.DataFrame
    impossible: pd.DataFrame
    as_of: Mapping[str, str]
    missing: Mapping[str, str]

    def frame(self, sheet: str) -> pd.DataFrame:
        """Give the frame of a sheet by its field name."""
        return getattr(self, sheet)


@dataclass(frozen=True)
class Sheet:
    """One sheet of the follow-up workbook: name, what it is, columns (name -> header, width), sentence when empty."""

    name: str
    what: str
    columns: Mapping[str, tuple[str, int]]
    empty: str


_PLACE = {"kecamatan": ("Kecamatan", 20), "desa": ("Desa/Kelurahan", 22), "village_code": ("Kode desa", 15)}
SHEETS: Mapping[str, Sheet] = {
    "without_kampung": Sheet(
        "Desa tanpa Kampung KB",
        "Desa/kelurahan yang belum memiliki Kampung KB. Urut: kecamatan dengan sisa terbanyak, lalu PUS terbanyak.",
        _PLACE
        | {
            "jenis": ("Jenis", 11),
            "sisa_kecamatan": ("Belum ada di kecamatan ini", 16),
            "pus": ("PUS", 10),
            "pus_per": ("PUS per", 11),
        },
        "Semua desa/kelurahan sudah memiliki Kampung KB.",
    ),
    "unreported": Sheet(
        "Belum lapor",
        "Kampung KB yang kedua belas komponennya masih 1: belum mengisi satu bagian pun. Urut: yang terlama.",
        _PLACE
        | {
            "kampung_kb": ("Kampung KB", 30),
            "sejak": ("Belum lapor sejak", 14),
            "hari": ("Hari sampai data ini", 12),
            "keterangan": ("Keterangan", 56),
        },
        "Semua Kampung KB pernah mengisi laporan.",
    ),
    "nearest": Sheet(
        "Paling dekat naik kelas",
        "Kampung KB menurut poin yang kurang untuk kelas yang lebih tinggi, dengan komponen yang kurang.",
        _PLACE
        | {
            "kampung_kb": ("Kampung KB", 34),
            "kelas_kini": ("Kelas kini", 13),
            "kelas_berikut": ("Kelas berikutnya", 14),
            "poin": ("Poin yang kurang", 9),
            "menambah_sasaran": ("Menambah Mandiri dan Berkelanjutan", 17),
            "komponen": ("Komponen yang kurang", 80),
        },
        "Semua Kampung KB sudah Berkelanjutan.",
    ),
    "groups": Sheet(
        "Poktan belum lapor",
        "Kelompok kegiatan yang ada tetapi tidak melapor. Urut: jumlah yang belum melapor, lalu lamanya.",
        _PLACE
        | {
            "jenis": ("Jenis poktan", 11),
            "yang_ada": ("Yang ada", 9),
            "yang_lapor": ("Yang lapor", 9),
            "belum_lapor": ("Belum lapor", 9),
            "sejak": ("Kurang lapor sejak", 12),
            "bulan": ("Bulan berturut-turut", 16),
        },
        "Semua poktan yang ada sudah melapor.",
    ),
    "impossible": Sheet(
        "Nilai mustahil",
        "Nilai yang bertentangan dengan nilai lain: perbaiki di sumbernya (SIGA atau portal), lalu unduh ulang.",
        {
            "kecamatan": ("Kecamatan", 20),
            "desa": ("Desa/Kelurahan", 22),
            "area_code": ("Kode wilayah", 15),
            "code": ("Pemeriksaan", 12),
            "column": ("Kolom", 24),
            "found": ("Ditemukan", 44),
            "expected": ("Diharapkan", 30),
            "file": ("Berkas", 28),
            "sheet": ("Lembar", 12),
            "row": ("Baris", 8),
            "action": ("Tindakan", 44),
        },
        "Tidak ada nilai yang saling bertentangan.",
    ),
}


def follow_up_frames(tables: Tables, period: Period | str, area: str, view: View | None = None) -> FollowUp:
    """Select what a kabupaten/kota does next at a period, from its tables and findings.

    view: what of them holds at the period, where it is at hand; it has found the newest snapshots already.
    """
    period = Period(period) if isinstance(period, str) else period
    inside = tables.within(area)
    view = inside.at(period) if view is None else view
    frames, as_of, missing = {}, {}, {}
    for sheet in _SELECTIONS:
        frames[sheet], as_of[sheet], reason = selected(sheet, view, area)
        if reason:
            missing[sheet] = reason
    return FollowUp(areas.get(area), period, inside.synthetic, as_of=as_of, missing=missing, **frames)


def selected(sheet: str, view: View, area: str) -> tuple[pd.DataFrame, str, str]:
    """Select the rows of one sheet: its frame, the time its figures are of, and why there are none (else empty)."""
    return _SELECTIONS[sheet](view.tables, view, area)


def _empty(sheet: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(SHEETS[sheet].columns))


def _placed(frame: pd.DataFrame, area: str) -> pd.DataFrame:
    """Add the names of kecamatan and desa to rows with a village_code, or an area_code that may be of any level."""
    villages, districts = areas.names_inside(area, "desa"), areas.names_inside(area, "kecamatan")
    codes = frame["village_code" if "village_code" in frame else "area_code"].to_numpy(object)
    width = areas.CODE_WIDTH["kecamatan"]
    return frame.assign(
        desa=pd.array([villages.get(code) for code in codes], dtype="str"),
        kecamatan=pd.array([districts.get(code[:width]) for code in codes], dtype="str"),
    )


def _finished(sheet: str, frame: pd.DataFrame, by: list[str], falling: tuple[str, ...] = ()) -> pd.DataFrame:
    order = [*by, *(c for c in ("kecamatan", "desa", "village_code", "area_code") if c in frame and c not in by)]
    columns = list(SHEETS[sheet].columns)
    frame = frame[list(dict.fromkeys([*columns, *order]))]  # first: moving rows costs by the column
    frame = frame.sort_values(order, ascending=[c not in falling for c in order], kind="stable", ignore_index=True)
    return frame[columns]


def _without_kampung(tables: Tables, view: View, area: str) -> tuple[pd.DataFrame, str, str]:
    kampung, siga = view.snapshot("kampung"), view.snapshot("siga_kkb")
    if kampung.empty and siga.empty:
        return _empty("without_kampung"), "", "Ekspor Kampung KB (portal atau SIGA) belum diterima untuk periode ini."
    if not kampung.empty:
        having, as_of = set(kampung["village_code"]), view.as_of("kampung")
    else:
        having, as_of = set(siga.loc[siga["jumlah_kampung_kb"] > 0, "village_code"]), view.as_of("siga_kkb")
    codes = [code for code in areas.names_inside(area, "desa") if code not in having]
    left = pd.DataFrame({"village_code": pd.array(codes, dtype="str")})
    couples = view.month("siga_pus")
    left["pus"] = left["village_code"].map(couples.set_index("village_code")["pus"]) if len(couples) else pd.NA
    left["pus_per"] = left["pus"].map(lambda _: view.period.month, na_action="ignore")
    to_go = Counter(code[:8] for code in codes)
    left["sisa_kecamatan"] = pd.array([to_go[code[:8]] for code in codes], dtype="int64")
    left["jenis"] = pd.array(["Kelurahan" if areas.is_kelurahan(code) else "Desa" for code in codes], dtype="str")
    left = _placed(left, area)
    return (
        _finished("without_kampung", left, ["sisa_kecamatan", "kecamatan", "pus"], ("sisa_kecamatan", "pus")),
        as_of,
        "",
    )


def _unreported(tables: Tables, view: View, area: str) -> tuple[pd.DataFrame, str, str]:
    days = view.snapshots("kampung")
    if not days:
        return _empty("unreported"), "", "Ekspor klasifikasi portal belum diterima untuk periode ini."
    rows = tables.read("kampung")
    silent = rows["as_of"].isin(days).to_numpy() & classification.reported_nothing(rows).to_numpy()
    rows = rows[["village_code", "as_of", "kampung_kb"]]
    several = _with_several(rows[rows["as_of"].isin(days)])
    rows = rows[silent].reset_index(drop=True)
    rows["key"] = _same_kampung(rows, several)
    now = rows[rows["as_of"] == days[-1]].drop_duplicates("key")
    since = dict.fromkeys(now["key"], days[-1])
    going_on = set(since)
    for day in reversed(days[:-1]):  # walk back while it stays silent
        going_on &= set(rows.loc[rows["as_of"] == day, "key"])
        since.update(dict.fromkeys(going_on, day))
    now = now.assign(sejak=pd.array([since[key] for key in now["key"]], dtype="str"))
    oldest = now["sejak"].eq(days[0])
    now["keterangan"] = oldest.map({True: "Sejak data tertua yang ada; mungkin lebih lama.", False: ""})
    now["hari"] = (pd.Timestamp(days[-1]) - pd.to_datetime(now["sejak"])).dt.days
    return _finished("unreported", _placed(now, area), ["sejak"]), days[-1], ""


def _with_several(rows: pd.DataFrame) -> set[str]:
    """Give the codes of the villages that ever had two Kampung KB at once."""
    return set(rows.loc[rows.duplicated(["village_code", "as_of"]), "village_code"])


def _same_kampung(rows: pd.DataFrame, several: set[str]) -> list[str]:
    """Give a key of each Kampung KB across snapshots: its village, and its name in a village of `several`."""
    names = zip(rows["village_code"], rows["kampung_kb"].fillna(""), strict=True)
    return [f"{village}|{areas.normalise(name) if village in several else ''}" for village, name in names]


def _nearest(tables: Tables, view: View, area: str) -> tuple[pd.DataFrame, str, str]:
    rows = view.snapshot("kampung")
    if rows.empty:
        return _empty("nearest"), "", "Ekspor klasifikasi portal belum diterima untuk periode ini."
    lacking = classification.shortfall(rows)
    scores = rows[list(classification.COMPONENTS)]
    rows = rows[["village_code", "kampung_kb"]].assign(
        kelas_kini=classification.classify(rows)["klasifikasi"],
        kelas_berikut=lacking["class_reached"],
        poin=lacking["points"],
        lacking=lacking["components"],
    )
    short = rows["poin"].gt(0).fillna(False).to_numpy(dtype=bool)
    rows = rows[short].reset_index(drop=True)
    pairs = zip(rows["lacking"], scores[short].to_dict("records"), strict=True)
    rows["komponen"] = pd.array([wording.lacks(components, scored) for components, scored in pairs], dtype="str")
    top = classification.CLASSES[2:]
    rows["menambah_sasaran"] = rows["kelas_berikut"].isin(top) & ~rows["kelas_kini"].isin(top)
    rows = _placed(rows, area)
    return _finished("nearest", rows, ["poin", "menambah_sasaran"], ("menambah_sasaran",)), view.as_of("kampung"), ""


KIND_WORDS = {"bkb": "BKB", "bkr": "BKR", "bkl": "BKL", "uppka": "UPPKA", "pikr": "PIK-R"}


def _groups(tables: Tables, view: View, area: str) -> tuple[pd.DataFrame, str, str]:
    month = view.period.month
    rows = tables.read("siga_groups")
    if rows.empty or not rows["period"].eq(month).any():
        return _empty("groups"), "", "Laporan poktan SIGA belum diterima untuk bulan ini."
    left = rows["yang_ada"] - rows["yang_lapor"]
    short = left.gt(0).to_numpy(dtype=bool, na_value=False)
    times, villages, kinds = (rows[name].to_numpy(object) for name in ("period", "village_code", "kind"))
    silent: dict[str, set[tuple[str, str]]] = {time: set() for time in times}  # village and kind, by month
    for at in np.flatnonzero(short):
        silent[times[at]].add((villages[at], kinds[at]))
    going_on = set(silent[month])
    since, months = dict.fromkeys(going_on, month), Counter(going_on)
    back = Period(month).previous
    while going_on and back.text in silent:  # walk back while it does not report
        going_on &= silent[back.text]
        since.update(dict.fromkeys(going_on, back.text))
        months.update(going_on)
        back = back.previous
    now = np.flatnonzero(short & (times == month))
    listed = rows[["village_code", "kind", "yang_ada", "yang_lapor"]].take(now).reset_index(drop=True)
    listed = listed.assign(
        belum_lapor=left.take(now).array,
        sejak=pd.array([since[villages[at], kinds[at]] for at in now], dtype="str"),
        bulan=pd.array([months[villages[at], kinds[at]] for at in now], dtype="int64"),
        jenis=listed["kind"].map(KIND_WORDS),
    )
    return _finished("groups", _placed(listed, area), ["belum_lapor", "bulan"], ("belum_lapor", "bulan")), month, ""


_IMPOSSIBLE = re.compile(r"(?:KKB-)?X3\d\d")
_GAP = re.compile(r"selisih\s+(-?[\d.]+)")


def _impossible(tables: Tables, view: View, area: str) -> tuple[pd.DataFrame, str, str]:
    found = tables.findings
    rows = found[found["code"].str.fullmatch(_IMPOSSIBLE)].reset_index(drop=True)
    text = rows["found"] + " " + rows["expected"] + " " + rows["action"]
    rows = _placed(rows, area).assign(
        row=pd.to_numeric(rows["row"], errors="coerce").astype("Int64"),
        gap=text.map(_gap).astype(float),
    )
    return _finished("impossible", rows, ["gap", "code"], ("gap",)), "", ""


def _gap(text: str) -> float:
    """Give the size of the contradiction that a finding states, 0 where it states none."""
    match = _GAP.search(text)
    return abs(int(match[1].replace(".", ""))) if match else 0.0


_SELECTIONS = {
    "without_kampung": _without_kampung,
    "unreported": _unreported,
    "nearest": _nearest,
    "groups": _groups,
    "impossible": _impossible,
}


def follow_up(content: FollowUp, path: str | Path | None = None) -> bytes:
    """Make the follow-up workbook of a district; write it to `path` where one is given."""
    left = f"{content.area.code} {content.area.name} - {content.period.label}"
    centre = SYNTHETIC_BANNER if content.synthetic else ""
    book = Book(f"Tindak lanjut {left}")
    _write_summary(book, content, left, centre)
    for name in SHEETS:
        _write_sheet(book, name, content, left, centre)
    return save(book.bytes(), path)


def _write_summary(book: Book, content: FollowUp, left: str, centre: str) -> None:
    sheet = book.sheet(SUMMARY_SHEET)
    headers = {"Lembar": 26, "Isi": 80, "Jumlah": 10, "Data per": 18}
    for position, width in enumerate(headers.values()):
        sheet.set_column(position, position, width)
    put(sheet, 0, 0, f"Tindak lanjut: {content.area.name}, {content.period.label}", book.style("title"))
    note = "Dokumen internal: angka tidak disamarkan. Tidak memuat data perorangan."
    put(sheet, 1, 0, note, book.style("text"))
    if content.synthetic:
        banner = f"{SYNTHETIC_BANNER}: angka dibangkitkan untuk memperagakan laporan, bukan data resmi."
        put(sheet, 2, 0, banner, book.style("banner"))
    for position, header in enumerate(headers):
        put(sheet, 4, position, header, book.style("header"))
    for row, (name, plan) in enumerate(SHEETS.items(), start=5):
        sheet.write_url(row, 0, f"internal:'{plan.name}'!A1", book.style("link"), plan.name)
        what = content.missing.get(name, plan.what)
        sheet.set_row(row, LINE * lines(what, headers["Isi"]))
        put(sheet, row, 1, what, book.style("wrap"))
        put(sheet, row, 2, pd.NA if name in content.missing else len(content.frame(name)), book.style("number"))
        put(sheet, row, 3, wording.time(content.as_of[name]) if content.as_of[name] else "", book.style("text"))
    print_on_a4(sheet, len(headers), 4 + len(SHEETS), 4, left, centre)


def _write_sheet(book: Book, name: str, content: FollowUp, left: str, centre: str) -> None:
    plan, frame = SHEETS[name], content.frame(name)
    sheet = book.sheet(plan.name)
    sheet.set_row(0, LINE * max(lines(header, width - 2) for header, width in plan.columns.values()))
    wide = {column: width for column, (_, width) in plan.columns.items() if width > WRAPPED}
    for row, texts in enumerate(frame[list(wide)].itertuples(index=False), start=1):
        sheet.set_row(row, LINE * max(map(lines, texts, wide.values()), default=1))
    for position, (column, (header, width)) in enumerate(plan.columns.items()):
        style, values = "wrap" if width > WRAPPED else "text", frame[column]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            style = "number"
        sheet.set_column(position, position, width)
        put(sheet, 0, position, header, book.style("header"))
        look = book.style(style)
        for row, value in enumerate(values.to_numpy(object), start=1):
            put(sheet, row, position, value, look)
    if frame.empty:
        put(sheet, 1, 0, content.missing.get(name, plan.empty), book.style("text"))
    print_on_a4(sheet, len(plan.columns), len(frame), 0, left, centre)
