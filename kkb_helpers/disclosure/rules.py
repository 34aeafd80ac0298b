"""What each profile shows of a count of persons, and of a percentage of persons."""

from dataclasses import dataclass

import numpy as np

from ..params import PROFILES

HIDDEN = "ditekan"  # what is hidden so that another number cannot be worked out, and what a chart writes
LEAST_NUMERATOR, LEAST_DENOMINATOR = 5, 25  # below these a percentage of persons says too much of each of them


@dataclass(frozen=True)
class Rule:
    """A profile's rule. limit: counts from 1 to it are small. step: what other counts are rounded to.

    mark: what is written for a small count; other: what is written for a count hidden along with it.
    below: the levels at which counts are hidden (all of them in `public`).
    """

    profile: str
    limit: int
    step: int
    mark: str
    other: str
    below: tuple[str, ...]

    def small(self, counts: np.ndarray) -> np.ndarray:
        """Say which counts are small; a missing one is not."""
        return (counts >= 1) & (counts <= self.limit)

    def rounded(self, counts: np.ndarray) -> np.ndarray:
        """Give counts as this profile shows them; half a step goes up."""
        return counts if self.step == 1 else np.floor(counts / self.step + 0.5) * self.step

    def known(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give what a reader knows of each count shown: the least and the most it can be."""
        shown, slack = self.rounded(counts), self.step // 2
        low = np.where(counts == 0, 0, np.maximum(shown - slack, self.limit + 1 if self.step > 1 else 0))
        return low, np.where(counts == 0, 0, shown + slack)


RULES = {
    "internal": Rule("internal", limit=4, step=1, mark="<5", other=HIDDEN, below=("desa",)),
    "public": Rule(
        "public", limit=7, step=5, mark="*", other="*", below=("desa", "kecamatan", "kabupaten", "provinsi", "nasional")
    ),
}
assert tuple(RULES) == PROFILES


def explanation(profile: str) -> str:
    """Say in Indonesian what a profile does to counts of persons, for the reader of a page."""
    few = (
        f"Persentase orang atau keluarga tidak ditampilkan bila pembilangnya di bawah {LEAST_NUMERATOR} atau "
        f"penyebutnya di bawah {LEAST_DENOMINATOR}. Jumlah desa/kelurahan, Kampung KB, dan poktan selalu ditulis tepat."
    )
    if profile == "public":
        return (
            "Versi publik: jumlah orang atau keluarga 1 sampai 7 ditulis *, begitu pula jumlah lain yang dapat "
            "membukanya; selebihnya dibulatkan ke kelipatan 5, dan persentase dihitung dari angka bulat itu. Tidak ada "
            f"angka orang di bawah kecamatan. {few}"
        )
    return (
        "Jumlah orang 1 sampai 4 di bawah kecamatan, atau dalam tabel dua arah, ditulis <5; jumlah lain yang dapat "
        f"membukanya ditulis {HIDDEN}. {few}"
    )


def notice(profile: str) -> str:
    """Say on a cover that a page is the public one; empty for the other."""
    if profile != "public":
        return ""
    return "Versi publik: jumlah orang dibulatkan ke kelipatan 5, yang kecil ditulis *; aturannya di bagian akhir."
