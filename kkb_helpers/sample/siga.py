"""The CSV exports of SIGA and Elsimil: a function for each gives its columns, one value a village."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ..params import MONTHS
from .portal import has_group
from .village import (
    KINDS,
    METHODS,
    MISSING_MONTH,
    RUMAH_DATAKU_CUT,
    Units,
    Villages,
    participants,
    random,
    service,
    split,
)

# The month of the feast has fewer meetings and fewer reports.
_REPORTING = dict(
    zip(range(1, 13), (0.9, 0.93, 0.94, 0.78, 0.92, 0.91, 0.92, 0.9, 0.93, 0.94, 0.93, 0.91), strict=True)
)


@dataclass(frozen=True)
class Month:
    """One month of SIGA in the making: what each village (not its second Kampung KB) has and does."""

    places: Villages
    made: Units
    number: int  # 1 to 12
    groups: np.ndarray  # groups there are: one row a village, columns KINDS

    def rng(self, table: str) -> np.random.Generator:
        """Give the random numbers of one table in this month."""
        return random(self.places.seed, table, self.number)

    @cached_property
    def reported(self) -> np.ndarray:
        """Groups that reported: one row a village, columns KINDS."""
        kabupaten, codes = pd.factorize(self.places.frame["kabupaten"])
        habit = random(self.places.seed, "reporting").normal(0, 0.045, len(codes))[kabupaten]
        share = _REPORTING[self.number] + habit + 0.02 * self.made.standing
        reported = self.rng("reported").binomial(self.groups, np.clip(share, 0, 1)[:, None])
        reported[self.places.silent] = 0
        return reported

    @cached_property
    def members(self) -> np.ndarray:
        """Families (PIK-R: adolescents) that take part: one row a village, columns KINDS; 0 without a group."""
        jitter = self.rng("members").normal(1, 0.015, self.groups.shape)
        return np.rint(participants(self.made, self.number) * jitter) * (self.groups > 0)

    def of(self, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the groups there are, those that reported, and the members, of one kind."""
        column = KINDS.index(kind)
        return self.groups[:, column], self.reported[:, column], self.members[:, column]

    def attended(self, kind: str, low: float, high: float) -> np.ndarray:
        """Give the members who came to the meetings of groups of a kind that reported."""
        there, reported, members = self.of(kind)
        share = self.rng(f"attended {kind}").uniform(low, high, len(there))
        return np.rint(members * share * np.divide(reported, there, out=np.zeros(len(there)), where=there > 0))


Columns = dict[str, np.ndarray]
_N_VARIANTS = 10  # villages that SIGA spells otherwise than the reference list


def _sessions(month: Month, kind: str, chances: dict[str, float]) -> Columns:
    """Give groups, reports and sessions by subject: a group can hold more than one in a month."""
    there, reported, _ = month.of(kind)
    if kind == "bkr" and month.number == 6:
        reported = reported.copy()
        struck = month.places.struck("more reports than groups", 2)
        reported[struck] = there[struck] + 1
    rng = month.rng(f"sessions {kind}")
    percent = np.divide(100 * reported, there, out=np.zeros(len(there)), where=there > 0)
    columns = {
        "YANG ADA": there,
        "YANG LAPOR": reported,
        "PERSENTASE LAPOR": np.array([f"{value:.2f}" for value in np.unique(percent)], dtype=object)[
            np.unique(percent, return_inverse=True)[1]
        ],
    }
    for subject, chance in chances.items():
        again = rng.binomial(month.reported[:, KINDS.index(kind)], 0.08)
        columns[f"MATERI {subject}"] = rng.binomial(month.reported[:, KINDS.index(kind)], chance) + again * (
            chance > 0.5
        )
    return columns


def _meetings(month: Month, kind: str) -> Columns:
    """Give meetings, face to face and virtual."""
    face = month.of(kind)[1] + month.rng(f"meetings {kind}").binomial(month.of(kind)[1], 0.03)
    virtual = month.rng(f"virtual {kind}").binomial(month.of(kind)[1], 0.01)
    return {"JUMLAH PERTEMUAN PENYULUHAN": face + virtual, "TATAP MUKA": face, "VIRTUAL": virtual}


def _part(whole: np.ndarray, share: float) -> np.ndarray:
    return np.rint(whole * share)


def bkb(month: Month) -> Columns:
    """Groups of families with under-fives."""
    chances = {"ORANG TUA HEBAT": 0.45, "1000 HPK": 0.85, "KKB LAINNYA": 0.45, "KESPRO": 0.4, "LAINNYA": 0.04}
    return _sessions(month, "bkb", chances)


def bkr(month: Month) -> Columns:
    """Groups of families with adolescents."""
    came = month.attended("bkr", 0.25, 0.5)
    return {
        **_sessions(month, "bkr", {"PBKR": 0.92, "KESPRO": 0.5, "LAINNYA": 0.02}),
        **_meetings(month, "bkr"),
        "JUMLAH KELUARGA ANGGOTA BKR": month.of("bkr")[2],
        "JUMLAH KELUARGA ANGGOTA BKR HADIR PERTEMUAN": came,
        "STATUS PUS": _part(came, 0.66),
        "STATUS BER-KB": _part(came, 0.5),
        "JUMLAH KELUARGA ANGGOTA BKR HADIR PERTEMUAN MATERI PKBR": _part(came, 0.94),
    }


def bkl(month: Month) -> Columns:
    """Groups of families with elderly."""
    came = month.attended("bkl", 0.35, 0.7)
    chances = {
        "DIMENSI LANSIA TANGGUH": 0.85,
        "PEDOMAN PJP": 0.08,
        "PRA LANSIA": 0.15,
        "KELANJUT-USIAAN LAINNYA": 0.06,
        "KB DAN KESPRO": 0.43,
        "LAINNYA": 0.06,
    }
    return {
        **_sessions(month, "bkl", chances),
        **_meetings(month, "bkl"),
        "JUMLAH ANGGOTA BKL": month.of("bkl")[2],
        "JUMLAH ANGGOTA KELUARGA HADIR": came,
        "JUMLAH ANGGOTA LANSIA HADIR": _part(came, 0.6),
        "STATUS PUS": _part(came, 0.17),
        "STATUS BER-KB": _part(came, 0.12),
    }


def uppka(month: Month) -> Columns:
    """Groups of family enterprise."""
    chances = {"USAHA EKONOMI KELUARGA": 0.6, "PENGELOLAAN KEUANGAN KELUARGA": 0.58, "KB KESPRO": 0.56}
    return _sessions(month, "uppka", chances)


def pikr(month: Month) -> Columns:
    """Youth information centres."""
    meetings = _meetings(month, "pikr")["TATAP MUKA"]
    return {
        **_sessions(month, "pikr", {"PKBR": 0.95, "LAINNYA": 0.03}),
        "JUMLAH PERTEMUAN": meetings,
        "JUMLAH REMAJA HADIR DALAM PERTEMUAN": np.minimum(month.attended("pikr", 0.1, 0.3), 45 * meetings),
        "JUMLAH PERTEMUAN MATERI PKBR OLEH PIK REMAJA": month.of("pikr")[1],
    }


def bkb_keluarga(month: Month) -> Columns:
    """Families of BKB groups and how many came."""
    members, came = month.of("bkb")[2], month.attended("bkb", 0.3, 0.55)
    if month.number == 6:
        struck = month.places.struck("more came than are members", 2)
        came[struck] = members[struck] + 7
    children = _part(came, 1.1)
    return {
        **_meetings(month, "bkb"),
        "JUMLAH KELUARGA ANGGOTA BKB": members,
        "JUMLAH KELUARGA ANGGOTA BKB HADIR PERTEMUAN": came,
        "STATUS PUS": _part(came, 0.97),
        "STATUS BER KB": _part(came, 0.9),
        "JUMLAH ANAK KELUARGA ANGGOTA BKB HADIR PERTEMUAN": children,
        "KKA": _part(children, 0.97),
        "KMS": _part(children, 0.98),
        "PERKEMBANGAN ANAK SESUAI": children - _part(children, 0.02),
        "PERKEMBANGAN ANAK TIDAK SESUAI": _part(children, 0.02),
    }


def sasaran_poktan(month: Month) -> Columns:
    """Target families of the three kinds of family group, and those that take part."""
    columns = {}
    for kind, target in zip(KINDS, ("memiliki_balita", "memiliki_remaja", "memiliki_lansia"), strict=False):
        sasaran = month.made.size[target].to_numpy()
        columns[f"SASARAN {kind.upper()}"] = sasaran
        columns[f"KESERTAAN {kind.upper()}"] = np.minimum(month.of(kind)[2], sasaran)
    if month.number in (5, 6):
        struck = month.places.struck("more take part than the target", 5)
        columns["KESERTAAN BKB"][struck] = columns["SASARAN BKB"][struck] + 12
    if month.number == 6:
        columns["KESERTAAN BKL"][month.places.struck("blank participants", 2)] = np.nan
    return columns


def _month_service(month: Month) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = month.rng("service")
    kabupaten, codes = pd.factorize(month.places.frame["kabupaten"])
    jitter = rng.normal(0, 0.003, len(month.groups)) + rng.normal(0, 0.0012, len(codes))[kabupaten]
    return service(month.made, month.number, jitter)


def pus(month: Month) -> Columns:
    """Couples of reproductive age and unmet need."""
    couples, _, unmet = _month_service(month)
    if month.number in (4, 6):
        unmet[month.places.struck(f"blank unmet {month.number}", 2)] = np.nan
    return {"PUS": couples, "UNMET NEED": unmet}


def mix_kontra(month: Month) -> Columns:
    """Users by method."""
    _, methods, _ = _month_service(month)
    by_method = dict(zip(METHODS, methods.T, strict=True))
    traditional = by_method.pop("KB TRADISIONAL")
    return {
        "PA": methods.sum(axis=1),
        **by_method,
        "KB MODERN": methods[:, :-1].sum(axis=1),
        "KB TRADISIONAL": traditional,
    }


def krs(places: Villages, made: Units, label: str, time: float) -> Columns:
    """Families at risk of stunting in a semester; risk falls a little with time."""
    rng = random(places.seed, "krs")  # the same in each semester: a latrine does not come and go
    couples, methods, _ = service(made, time)
    families = made.size["keluarga"].to_numpy()
    target = np.minimum(families, couples + rng.integers(0, 5, len(couples)))
    at_risk = np.rint(target * made.risk * (1 - 0.012 * time))
    wealth = split(at_risk, np.tile([0.16, 0.12, 0.11, 0.08, 0.53], (len(target), 1)))
    pressed = made.risk[:, None] * rng.lognormal(0, 0.35, (len(target), 2))
    factors = {
        "SUMBER AIR MINUM TIDAK LAYAK": np.minimum(_part(target, 1) * pressed[:, 0] * 0.3, at_risk),
        "JAMBAN TIDAK LAYAK": np.minimum(_part(target, 1) * pressed[:, 1] * 0.5, at_risk),
        "TERLALU MUDA": couples * 0.014,
        "TERLALU TUA": couples * 0.22,
        "TERLALU DEKAT": couples * 0.013,
        "TERLALU BANYAK": couples * 0.26,
        "PUS 4T": couples * 0.43,
    }
    return {
        "JUMLAH KELUARGA": families,
        "JUMLAH KELUARGA SASARAN": target,
        **{f"KESEJAHTERAAN {n}": part for n, part in zip(("1", "2", "3", "4", "> 4"), wealth.T, strict=True)},
        "JUMLAH KRS": at_risk,
        "JUMLAH TIDAK BERESIKO": target - at_risk,
        "PUNYA BADUTA": _part(made.size["memiliki_balita"].to_numpy(), 0.38),
        "PUNYA BALITA": _part(made.size["memiliki_balita"].to_numpy(), 0.9),
        "PUS": couples,
        "PUS HAMIL": _part(couples, 0.03),
        **{name: np.floor(values) for name, values in factors.items()},
        "BUKAN PESERTA KB MODERN": couples - methods[:, :-1].sum(axis=1),
        "PERIODE": np.full(len(target), label, dtype=object),
    }


def elsimil(places: Villages, made: Units) -> Columns:
    """Pregnant women and those whom the family assistance team looks after."""
    rng = random(places.seed, "elsimil")
    kabupaten, codes = pd.factorize(places.frame["kabupaten"])
    reach = np.clip(rng.normal(0.68, 0.09, len(codes)), 0.3, 0.92)[kabupaten]
    pregnant = rng.binomial(made.pus.astype(int), 0.034)
    assisted = rng.binomial(pregnant, reach)
    struck = places.struck("more assisted than pregnant", 3)
    assisted[struck] = pregnant[struck] + 4
    late = rng.binomial(pregnant, 0.28)
    told = rng.binomial(np.minimum(late, assisted), 0.85)
    untold = np.minimum(late, assisted) - told
    planned = rng.binomial(told, 0.85)

    def yes_no(chance: float, yes: str, no: str) -> Columns:
        takes = rng.binomial(assisted, chance)
        return {yes: takes, no: assisted - takes}

    talks = rng.multinomial(assisted, [0.65, 0.13, 0.2, 0.02])
    return {
        "JUMLAH BUMIL": pregnant,
        "BUMIL TERDAMPINGI": assisted,
        "BUMIL TIDAK TERDAMPINGI": pregnant - assisted,
        "JUMLAH BUMIL >=32 MINGGU": late,
        "BUMIL >=32 MINGGU MENDAPAT INFORMASI KONTRASEPSI": told,
        "BUMIL >=32 MINGGU TIDAK MENDAPAT INFORMASI KONTRASEPSI": untold,
        "BUMIL >=32 MINGGU AKAN KBPP": planned,
        "BUMIL >=32 MINGGU MEMUTUSKAN TIDAK KBPP": told + untold - planned,
        **yes_no(0.95, "MENDAPATKAN TTD", "TIDAK MENDAPATKAN TTD"),
        **yes_no(0.88, "MENGKOMSUMSI TTD", "TIDAK MENGKOMSUMSI TTD"),
        "KIE PERSEORANGAN": talks[:, 0],
        "KIE KELOMPOK": talks[:, 1],
        "KIE PERSEORANGAN DAN KELOMPOK": talks[:, 2],
        "TIDAK MENDAPAT KIE": talks[:, 3],
        **yes_no(0.35, "MENDAPAT FASILITASI RUJUKAN", "TIDAK MENDAPAT FASILITASI RUJUKAN"),
        **yes_no(0.5, "MENDAPAT FASILITASI BANSOS", "TIDAK MENDAPAT FASILITASI BANSOS"),
    }


def kkb(places: Villages, made: Units) -> Columns:
    """Kampung KB as SIGA's yearly register has them: it lags behind the portal, and its class column stays 0."""
    rng = random(places.seed, "kkb")
    n = len(places)
    there = (made.formed[:n] <= 3) & (made.gone[:n] > 3)
    registered = there & (rng.random(n) > np.where(made.formed[:n] == 3, 0.4, 0.01))
    number = registered.astype(int)
    number[made.village[-1]] = 2
    # The earliest Kampung KB are the oldest; most are younger than 2019.
    year = np.where(made.formed[:n] == 0, rng.choice(5, n, p=[0.05, 0.18, 0.22, 0.1, 0.45]), 4)
    columns = {"JUMLAH KELURAHAN/DESA": np.ones(n, dtype=int), "JUMLAH KAMPUNG KB": number}
    for position, label in enumerate(("2016", "2017", "2018", "2019", "> 2019")):
        columns[label] = np.where(year == position, number, 0)
    model = registered & (made.standing[:n] > 0) & (rng.random(n) < 0.06)
    return columns | {"KAMPUNG KB MANDIRI": np.zeros(n, dtype=int), "KAMPUNG KB PERCONTOHAN": model.astype(int)}


def rdk(places: Villages, made: Units, shift: float) -> Columns:
    """Rumah DataKu: the same villages as the portal's newest snapshot has them in."""
    rng = random(places.seed, "rdk")
    n = len(places)
    level = made.level("rumah_dataku", 3, shift)
    there = level > RUMAH_DATAKU_CUT
    kampung = made.exists(3)
    complete = there & (level > 1.5)
    decree = there & (rng.random(n) < 0.8)

    def share(chance: float) -> np.ndarray:
        return (there & (rng.random(n) < chance)).astype(int)

    return {
        "JUMLAH RUMAH DATAKU": there.astype(int),
        "SK ADA": decree.astype(int),
        "SK TIDAK ADA": (there & ~decree).astype(int),
        "APBN": share(0.4),
        "APBD": share(0.18),
        "ADD": share(0.2),
        "SWADAYA": share(0.6),
        "SWASTA/CSR": share(0.03),
        "LAINNYA": share(0.3),
        "JUMLAH RUMAH DATAKU PARIPURNA": complete.astype(int),
        "RUMAH DATAKU DI KAMPUNG KB": (there & kampung).astype(int),
        "RUMAH DATAKU PARPURNA DI KAMPUNG KB": (complete & kampung).astype(int),
    }


# Table -> its function, the first column (None: no index column), whether KODE is there.
MONTHLY: dict[str, tuple[Callable[[Month], Columns], str | None, bool]] = {
    "data_bkb": (bkb, None, True),
    "data_bkb_keluarga": (bkb_keluarga, "", True),
    "data_bkr": (bkr, None, True),
    "data_bkl": (bkl, None, True),
    "data_uppka": (uppka, None, True),
    "data_pikr": (pikr, None, True),
    "data_pus": (pus, "NO", False),
    "data_mix_kontra": (mix_kontra, "NO", False),
    "sasaran_poktan_gabung": (sasaran_poktan, None, False),
}


def siga_names(places: Villages) -> np.ndarray:
    """Give village names as SIGA spells them: a few otherwise than the reference list, joined or spaced."""
    names = places.frame["kelurahan"].to_numpy(dtype=object).copy()
    kin = places.frame["code"].str[:8] + names
    eligible = [row for row in places.shuffled_home[100:] if names[row].count(" ") == 1]
    for nth, row in enumerate(eligible[:_N_VARIANTS]):
        variant = names[row].replace(" ", ("", "  ", "-")[nth % 3])
        if not (kin == places.frame["code"].iloc[row][:8] + variant).any():
            names[row] = variant
    return names


def _write_csv(paths: dict[str, Path], places: Villages, index: str | None, with_code: bool, parts: Iterator) -> None:
    """Write `;` files as SIGA's are found, the villages whose code begins so into each.

    `parts` gives rows (positions of villages, in their order) and columns, in turn.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    place = {"PROVINSI": "provinsi_text", "KABUPATEN": "kabupaten_text", "KECAMATAN": "kecamatan_text", "KODE": "kode"}
    if not with_code:
        del place["KODE"]
    texts = {header: _quoted(places.frame[column]) for header, column in place.items()}
    texts["KELURAHAN"] = _quoted(siga_names(places))
    inside = {path: places.frame["code"].str.startswith(code).to_numpy() for code, path in paths.items()}
    with contextlib.ExitStack() as stack:
        files = {path: stack.enter_context(path.open("w", encoding="utf-8", newline="\n")) for path in inside}
        for part, (all_rows, columns) in enumerate(parts):
            for path, file in files.items():
                rows = all_rows[inside[path][all_rows]]
                if part == 0:
                    file.write(";".join([*([index] if index is not None else []), *texts, *columns]) + "\n")
                cells = [pa.array(np.arange(len(rows))).cast(pa.string())] if index is not None else []
                cells += [text.take(pa.array(rows)) for text in texts.values()]
                cells += [_cells(values[rows]) for values in columns.values()]
                lines = pc.binary_join_element_wise(*cells, ";", null_handling="replace", null_replacement="")
                file.write("".join(f"{line}\n" for line in lines.to_pylist()))


def _quoted(texts):
    """Give place names as CSV cells: in quotes where they hold a quote or a separator."""
    import pyarrow as pa

    return pa.array(['"' + t.replace('"', '""') + '"' if '"' in t or ";" in t else t for t in texts], pa.string())


def _cells(values: np.ndarray):
    """Give whole numbers (nan: an empty cell) or text as CSV cells."""
    import pyarrow as pa

    if values.dtype == object:
        return pa.array(values, pa.string())
    missing = np.isnan(values)
    return pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing).cast(pa.string())


def write_monthly(paths: dict[str, Path], places: Villages, made: Units, shift: float, table: str, last: int) -> None:
    """Write a monthly table from January to month `last`, the villages whose code begins so into each path.

    shift: how far all had come when groups were registered.
    """
    _, index, with_code = MONTHLY[table]
    _write_csv(paths, places, index, with_code, _months(places, made, _groups(made, shift, places.seed), table, last))


def write_once(
    path: Path, places: Villages, columns: Columns, index: str | None = None, with_code: bool = True
) -> None:
    """Write a table without months: one row a village."""
    _write_csv({"": path}, places, index, with_code, iter([(np.arange(len(places)), columns)]))


def _months(places: Villages, made: Units, groups: np.ndarray, table: str, last: int) -> Iterator[tuple]:
    """Give the rows and columns of one monthly table, month by month."""
    function = MONTHLY[table][0]
    kecamatan = places.frame["code"].str[:8].to_numpy()
    reported = np.ones(len(places), dtype=bool)
    reported[places.never_reported] = False
    for number in range(1, last + 1):
        late = (kecamatan == MISSING_MONTH[1]) & (MISSING_MONTH[0] == table) & (MISSING_MONTH[2] == number)
        columns = function(Month(places, made, number, groups))
        columns["BULAN"] = np.full(len(places), MONTHS[number - 1].upper(), dtype=object)
        yield np.flatnonzero(reported & ~late), columns


def _groups(made: Units, shift: float, seed: int) -> np.ndarray:
    """Give how many groups of each kind a village has all year: SIGA registers them in January."""
    more = random(seed, "groups").poisson(np.minimum(3, made.pus / 1500)[:, None] * [0.5, 0.3, 0.25, 0.2, 0.1])
    return has_group(made, 2, shift) * (1 + more)
