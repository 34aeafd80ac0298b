"""The made-up villages: how large, how able, what is true of each at a time; all exports are read off them."""

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .. import areas

SEED = 2024
YEAR = 2024
PREFIX = "contoh-"
HOME = "36"  # Banten: the only province with published totals to meet
SNAPSHOTS = ("2023-08-23", "2023-12-31", "2024-03-31", "2024-06-01")
SNAPSHOT_TIME = (-4.3, 0.0, 3.0, 5.0)  # months since 1 January 2024
_EASE = (0.0, 0.5, 0.75, 1.0)  # how much of a village's own progress a snapshot has seen

# Kampung KB of Banten by kabupaten at the four snapshots. The sums 884, 1,357 and 1,448 (not that of March) and
# Cilegon's 11 and 35 were published; the split is made up.
KAMPUNG_COUNTS = {
    "36.01": (205, 297, 311, 320),
    "36.02": (196, 292, 306, 316),
    "36.03": (190, 252, 258, 262),
    "36.04": (122, 284, 295, 302),
    "36.71": (84, 99, 101, 102),
    "36.72": (11, 35, 38, 40),
    "36.73": (38, 53, 56, 58),
    "36.74": (38, 45, 47, 48),
}
# Mandiri and Berkelanjutan of Banten at the four snapshots; the second and fourth were published.
MANDIRI_PLUS_COUNTS = (168, 325, 418, 510)
TWO_KAMPUNG_IN = "36.02"  # one village of this kabupaten has two Kampung KB
ONE_LOST_IN = "36.01"  # one Kampung KB of this kabupaten is no longer exported from March 2024
RUMAH_DATAKU_CUT = 0.25  # the level from which a village has a Rumah DataKu
NEVER = 9  # later than every snapshot

# Of Banten's kabupaten: population in thousands (2025), then what the made-up village is drawn around: standing of the
# working groups, modern and other users and unmet need in per cent of PUS, long-acting methods in per cent of users,
# families at risk in per cent of target families.
_DISTRICTS = {
    "36.01": (1437, -0.25, 66, 10.5, 18, 26),
    "36.02": (1532, -0.30, 68, 9.4, 17, 28),
    "36.03": (3460, 0.05, 64, 9.8, 21, 17),
    "36.04": (1792, -0.10, 62, 11.4, 20, 23),
    "36.71": (1957, 0.55, 61, 8.3, 27, 13.5),
    "36.72": (480, 0.30, 63, 9.0, 25, 16),
    "36.73": (760, 0.00, 59, 12.2, 23, 20),
    "36.74": (1464, 0.35, 58, 8.1, 30, 13),
}
KINDS = ("bkb", "bkr", "bkl", "uppka", "pikr")
METHODS = ("SUNTIK", "PIL", "KONDOM", "IMPLAN", "IUD", "VASEKTOMI", "TUBEKTOMI", "MAL", "KB TRADISIONAL")
LONG_ACTING = ("IMPLAN", "IUD", "VASEKTOMI", "TUBEKTOMI")
FLOWERS = ("Melati", "Mawar", "Anggrek", "Kenanga", "Teratai", "Cempaka", "Dahlia", "Flamboyan", "Seroja", "Kamboja")

# Where things go wrong on purpose, all in Banten (data/sample/README.md).
MISSING_MONTH = ("data_pus", "36.02.05", 5)  # table, kecamatan, month without a row
_N_NEVER_REPORTED = 6
_N_SILENT_GROUPS = 12


def random(seed: int, *words: object) -> np.random.Generator:
    """Give the random numbers of one purpose, so that a change in one export leaves the others as they were."""
    return np.random.default_rng([seed, *(zlib.crc32(str(word).encode()) for word in words)])


@dataclass(frozen=True)
class Villages:
    """The villages of the sample in the order of their codes, with the text that exports write for them."""

    frame: pd.DataFrame  # code, kabupaten (code), nama, and the text of exports: provinsi_text ... kode, kelurahan
    seed: int

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def home(self) -> np.ndarray:
        """Positions of Banten's villages."""
        return np.flatnonzero(self.frame["code"].str.startswith(HOME))

    @cached_property
    def shuffled_home(self) -> np.ndarray:
        """Banten's villages outside the kecamatan with a missing month, in random order: each mess takes its part."""
        clean = self.home[~self.frame["code"].iloc[self.home].str.startswith(MISSING_MONTH[1])]
        return random(self.seed, "messes").permutation(clean)

    @cached_property
    def never_reported(self) -> np.ndarray:
        """Positions of villages without a row in any monthly table."""
        return self.shuffled_home[:_N_NEVER_REPORTED]

    @cached_property
    def silent(self) -> np.ndarray:
        """Positions of villages whose groups never report."""
        return self.shuffled_home[50 : 50 + _N_SILENT_GROUPS]

    def struck(self, mess: str, n: int) -> np.ndarray:
        """Give positions of `n` villages for one more mess, none of those above."""
        return random(self.seed, mess).choice(self.shuffled_home[100:], n, replace=False)


def villages(seed: int = SEED, national: bool = False, provinces: Collection[str] = ()) -> Villages:
    """Give the villages of Banten, or of the whole country; with `provinces` (codes), of those and Banten alone."""
    frame = areas.children(areas.NATION if national or provinces else HOME, "desa").rename(columns={"name": "nama"})
    if provinces:
        frame = frame[frame["code"].str[:2].isin({HOME, *provinces})].reset_index(drop=True)
    frame["kabupaten"] = frame["code"].str[:5]
    upper = pd.concat([areas.frame(level) for level in ("provinsi", "kabupaten")])
    uses = upper["name"].map(areas.bare).value_counts()
    names = {code: _export_name(name, uses) for code, name in upper.itertuples(index=False)}
    names |= areas.frame("kecamatan").set_index("code")["name"].str.upper().to_dict()
    for level in ("provinsi", "kabupaten", "kecamatan"):
        frame[f"{level}_text"] = frame["code"].str[: areas.CODE_WIDTH[level]].map(names)
    frame["kode"] = frame["code"].str[-4:]
    frame["kelurahan"] = frame["nama"].str.upper()
    return Villages(frame, seed)


def _export_name(name: str, uses: pd.Series) -> str:
    """Write a province or kabupaten as exports do: bare, or with its kind where the bare name means two areas."""
    text = name.upper()
    if not text.startswith("KABUPATEN "):
        return text
    return text.removeprefix("KABUPATEN ") if uses[areas.bare(name)] == 1 else text.replace("KABUPATEN", "KAB.")


# --- the made-up village ---


@dataclass(frozen=True)
class Units:
    """What is true of each made-up village, as arrays; the last row is the second Kampung KB of one village."""

    village: np.ndarray  # position in Villages
    standing: np.ndarray  # of the working group; 0 is the middle
    growth: np.ndarray
    shock: np.ndarray  # snapshot from which the working group falls back; NEVER
    noise: dict[str, np.ndarray]  # what a component has above the standing
    pus: np.ndarray
    size: pd.DataFrame  # penduduk, keluarga, remaja, memiliki_balita, memiliki_remaja, memiliki_lansia
    pace: np.ndarray  # of change in family planning; 1 is the middle, below 0 it gets worse
    users: np.ndarray  # of all methods, share of PUS
    unmet: np.ndarray
    shares: np.ndarray  # of users by METHODS
    participation: np.ndarray  # by KINDS, share of the target
    risk: np.ndarray  # families at risk, share of target families
    formed: np.ndarray  # first snapshot with a Kampung KB; NEVER
    first_report: np.ndarray  # first snapshot with anything filled in
    gone: np.ndarray  # snapshot from which the Kampung KB is no longer exported; NEVER

    def take(self, rows: np.ndarray) -> "Units":
        """Give the same of some units alone."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        noise = {name: values[rows] for name, values in self.noise.items()}
        size = self.size[rows].reset_index(drop=True)
        return Units(
            **{name: part[rows] for name, part in parts.items() if name not in ("noise", "size")},
            noise=noise,
            size=size,
        )

    def exists(self, snapshot: int) -> np.ndarray:
        """Say which units are exported Kampung KB at a snapshot."""
        return (self.formed <= snapshot) & (self.gone > snapshot)

    def level(self, component: str, snapshot: int, shift: float) -> np.ndarray:
        """Give how far a component is at a snapshot, on the scale of the standing."""
        age = np.clip(snapshot - self.formed, 0, 3)
        fallen = np.where(self.shock <= snapshot, -0.9, 0.0)
        return self.standing + self.growth * _EASE[snapshot] + 0.12 * age + fallen + shift + self.noise[component]


_NOISY = (
    "pokja",
    "pelatihan",
    "sumber_dana",
    "sekretariat",
    "rumah_dataku",
    "plkb",
    "regulasi",
    "rkm",
    "data",
    "operasional",
    "lintas_sektor",
    "kependudukan",
    "kkbpk",
    *KINDS,
)


def units(places: Villages) -> Units:
    """Draw the made-up villages."""
    rng = random(places.seed, "units")
    second = _second_kampung(places)
    village = np.append(np.arange(len(places)), second)
    district = _districts(places)
    own = district.loc[places.frame["kabupaten"].iloc[village]].rename_axis("code").reset_index()
    n = len(village)
    standing = own["standing"].to_numpy() + rng.normal(0, 0.65, n)
    pus = _pus(places, district, rng)[village]
    users = np.clip(own["users"] / 100 + rng.normal(0, 0.065, n), 0.3, 0.86).to_numpy()
    unmet = own["unmet"].to_numpy() / 100 * rng.lognormal(-0.06, 0.35, n) * (1 - 0.1 * np.tanh(standing))
    formed = _formed(places, standing, rng)
    lag = rng.choice([0, 1, 2, NEVER], n, p=[0.82, 0.13, 0.03, 0.02])
    gone = np.full(n, NEVER)
    gone[np.flatnonzero((own["code"] == ONE_LOST_IN) & (formed == 1))[:1]] = 2
    return Units(
        village=village,
        standing=standing,
        growth=rng.exponential(0.15, n),
        shock=rng.choice([1, 2, 3, NEVER], n, p=[0.01, 0.015, 0.015, 0.96]),
        noise={component: rng.normal(0, 0.85, n) for component in _NOISY},
        pus=pus,
        pace=own["pace"].to_numpy(),
        size=_size(pus, rng),
        users=users,
        unmet=np.minimum(unmet, 0.8 * (1 - users)),
        shares=_method_shares(own, n, rng),
        participation=_participation(standing, pus, rng),
        risk=np.clip(own["risk"].to_numpy() / 100 * rng.lognormal(-0.04, 0.3, n), 0.03, 0.7),
        formed=formed,
        first_report=formed + lag,
        gone=gone,
    )


def _districts(places: Villages) -> pd.DataFrame:
    """Give what the villages of a kabupaten are drawn around: one row a kabupaten."""
    counts = places.frame["kabupaten"].value_counts().sort_index()
    rng = random(places.seed, "districts")
    n = len(counts)
    city = np.array([code[3] == "7" for code in counts.index])
    drawn = pd.DataFrame(
        {
            "population": counts.to_numpy() * rng.lognormal(np.where(city, 9.2, 7.9), 0.45),
            "standing": rng.normal(0, 0.25, n) + 0.3 * city,
            "users": rng.normal(63, 3.5, n),
            "unmet": rng.normal(10, 1.6, n).clip(6, 14),
            "long_acting": rng.normal(20, 3, n) + 5 * city,
            "risk": rng.normal(21, 4, n).clip(12, 30) - 3 * city,
        },
        index=counts.index,
    )
    for code, (thousands, *rest) in _DISTRICTS.items():
        drawn.loc[code] = [thousands * 1000, *rest]
    return drawn.assign(pace=rng.normal(1, 0.6, n))


def _pus(places: Villages, district: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Spread the couples of reproductive age of a kabupaten, about a sixth of its people, over its villages."""
    kabupaten = places.frame["kabupaten"]
    weight = pd.Series(rng.lognormal(0, 0.4, len(places)))
    share = weight / weight.groupby(kabupaten).transform("sum")
    return np.maximum(25, np.rint(share * kabupaten.map(district["population"]) * 0.168)).to_numpy()


def _size(pus: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Give people and families of a village from its couples: one row a unit, counts."""
    families = pus * rng.normal(1.62, 0.06, len(pus))
    parts = {
        "penduduk": families * rng.normal(3.65, 0.12, len(pus)),
        "keluarga": families,
        "remaja": families * rng.normal(0.8, 0.05, len(pus)),
        "memiliki_balita": families * rng.normal(0.27, 0.025, len(pus)),
        "memiliki_remaja": families * rng.normal(0.46, 0.03, len(pus)),
        "memiliki_lansia": families * rng.normal(0.21, 0.02, len(pus)),
    }
    return pd.DataFrame({name: np.rint(values) for name, values in parts.items()})


def _method_shares(own: pd.DataFrame, n: int, rng: np.random.Generator) -> np.ndarray:
    """Give the share of each of METHODS among all users: one row a unit, each row sums to 1."""
    long_acting = np.clip(own["long_acting"].to_numpy() / 100 + rng.normal(0, 0.055, n), 0.04, 0.6)
    short = rng.dirichlet([36, 11, 3], n)
    longer = rng.dirichlet([11, 8, 0.7, 4], n)
    rest = np.column_stack([rng.gamma(0.5, 0.006, n), rng.gamma(2, 0.013, n)]).clip(0, 0.1)
    modern = (1 - rest.sum(axis=1))[:, None]
    parts = [modern * (1 - long_acting)[:, None] * short, modern * long_acting[:, None] * longer, rest]
    return np.column_stack(parts)


def _participation(standing: np.ndarray, pus: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give the share of the target that takes part, by KINDS: one row a unit."""
    middle = np.array([0.46, 0.26, 0.42, 0.08, 0.14])
    lift = np.exp(0.22 * standing - 0.08 * np.log(pus / 800))[:, None]
    return np.clip(middle * lift * rng.lognormal(-0.05, 0.3, (len(pus), len(KINDS))), 0.01, 0.92)


def _second_kampung(places: Villages) -> int:
    return int(random(places.seed, "second").choice(np.flatnonzero(places.frame["kabupaten"] == TWO_KAMPUNG_IN)))


def _formed(places: Villages, standing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give the first snapshot with a Kampung KB of each unit, so that each kabupaten has as many as published.

    A village of better standing tends to form one earlier. The second Kampung KB of a village is as old as the first.
    """
    eager = standing[:-1] + rng.normal(0, 0.7, len(places))
    eager[_second_kampung(places)] = 99
    formed = np.full(len(places), NEVER)
    for kabupaten, rows in places.frame.groupby("kabupaten").indices.items():
        order = rows[np.argsort(-eager[rows], kind="stable")]
        for snapshot, count in reversed(list(enumerate(_formed_counts(kabupaten, len(rows), places.seed)))):
            formed[order[:count]] = snapshot
    return np.append(formed, 0)


def _formed_counts(kabupaten: str, n_villages: int, seed: int) -> list[int]:
    """Give how many villages of a kabupaten have formed a Kampung KB at each snapshot, those lost later included."""
    if kabupaten not in KAMPUNG_COUNTS:
        shares = np.array([0.4, 0.72, 0.79, 0.84]) + random(seed, "counts", kabupaten).normal(0, 0.06)
        return np.rint(shares.clip(0.05, 1) * n_villages).astype(int).tolist()
    lost = [0, 0, 1, 1] if kabupaten == ONE_LOST_IN else [0, 0, 0, 0]
    return [
        count + gone - (kabupaten == TWO_KAMPUNG_IN)
        for count, gone in zip(KAMPUNG_COUNTS[kabupaten], lost, strict=True)
    ]


# --- what the village would tell at a time ---


def split(total: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Split whole numbers by shares that sum to 1 a row: whole parts whose sum is the total."""
    edges = np.rint(total[:, None] * np.cumsum(shares, axis=1))
    return np.diff(edges, axis=1, prepend=0)


def service(made: Units, time: float, jitter: np.ndarray | float = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give couples, users by METHODS and unmet need of each unit at a time (months since January)."""
    pus = np.rint(made.pus * (1 + 0.0008 * time))
    users = np.rint(pus * np.clip(made.users + 0.0012 * made.pace * time + jitter, 0, 0.9))
    long_acting = np.isin(METHODS, LONG_ACTING)
    shares = made.shares * np.where(long_acting, 1 + 0.008 * time, 1)
    methods = split(users, shares / shares.sum(axis=1, keepdims=True))
    unmet = np.rint(pus * made.unmet * (1 - 0.009 * made.pace * time) * (1 - 5 * np.asarray(jitter)))
    return pus, methods, np.minimum(unmet, pus - users)


def participants(made: Units, time: float) -> np.ndarray:
    """Give who would take part in each kind of group at a time, were there one: one row a unit, columns KINDS."""
    targets = made.size[["memiliki_balita", "memiliki_remaja", "memiliki_lansia", "keluarga", "remaja"]].to_numpy()
    return np.rint(targets * np.minimum(0.95, made.participation * (1 + 0.012 * time)))
