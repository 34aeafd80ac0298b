"""What a cell gives away of a person by its content: NIK or KK number, telephone number, e-mail address.

A NIK is province, kabupaten and kecamatan (two digits each), day (+ 40 for women), month and year of birth, and a
serial number; a KK number has the same frame with the day it was issued. There is no check digit.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

NIK, PHONE, EMAIL = "NIK/KK", "nomor telepon", "alamat surel"
KINDS = (NIK, PHONE, EMAIL)

_FRAME = (
    r"(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-6])\d{4}"
    r"(?:0[1-9]|[12]\d|3[01]|4[1-9]|[56]\d|7[01])(?:0[1-9]|1[0-2])\d{2}"
)
_NIK = re.compile(_FRAME + r"(?!0000)\d{4}", re.ASCII)
_NIK_OF_EXCEL = re.compile(_FRAME + r"\d{4}", re.ASCII)  # 15 digits are kept: the serial 0001 becomes 0000
_SIGNS = r"\s.\-‐-―−'’‘ʼ`´_"
# Sixteen digits, however parted, that are no piece of a longer number; more digits may follow behind a blank.
_SIXTEEN = re.compile(
    rf"(?<!\d)(?<!\d[.\-'_])(?=(\d(?:[{_SIGNS}]{{0,3}}\d){{15}})(?:[.,]0{{1,6}})?(?!\d|[.,\-'_]\d))", re.ASCII
)
_SCIENTIFIC = re.compile(
    r"(?:1[.,][1-9]|2[.,]1|3[.,][1-6]|5[.,][1-3]|6[.,][1-5]|7[.,][1-6]|8[.,][12]|9[.,][1-6])\d*E\+?15"
)
_DATE = r"(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:19|20)\d\d"
_TWO_DATES = re.compile(rf"{_DATE}[{_SIGNS}]+{_DATE}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,9}\.\d{7,}", re.ASCII)
_MOBILE = re.compile(
    r"(?<!\d)(?<!\d[.,\-])(?:\+\s?62[\s.\-()]{0,3}\d|0[\s.\-()]{0,2}8[\s.\-()]{0,2}[1-9]|62[\s.\-]{0,2}8[1-9](?=(?:[\s\-]?\d){9}))"
    r"(?:[\s.\-()]{0,3}\d){6,10}(?!\d|[.,\-]\d)",
    re.ASCII,
)
_BEGINS_WITH_DATE = re.compile(_DATE, re.ASCII)
_EMAIL = re.compile(r"[A-Z0-9._%+\-]+@[A-Z0-9\-]+(?:\.[A-Z0-9\-]+)*\.[A-Z]{2,}", re.IGNORECASE | re.ASCII)
_SHORTEST = 6  # signs: a@b.id, 1.1E15; a sign that is not ASCII may fold to several
_WORTH_A_LOOK = re.compile(r"[@＠﹫]|(?:\d\D{0,3}){9}|[Ee]\+?15")
_ANY_WORTH_A_LOOK = r"[^\x00-\x7F]|@|(?:\d\D{0,3}){9}|[Ee]\+?15"  # as arrow knows no digits but 0-9
_SIXTEEN_DIGITS = 10**15


class Texts:
    """The texts in some columns of a sheet, to be looked through all at once: nearly none has anything in it.

    columns: the distinct cells of each.
    """

    def __init__(self, columns: Sequence[Sequence]):
        import pyarrow as pa

        self.columns = columns
        self._at = [[at for at, cell in enumerate(cells) if isinstance(cell, str)] for cells in columns]
        texts = [cells[at] for cells, places in zip(columns, self._at, strict=True) for at in places]
        try:
            self._array = pa.array(texts, pa.large_string())
        except UnicodeEncodeError:  # a lone surrogate
            self._array = None

    def matching(self, pattern: str, shortest: int = 0) -> list[list[int]]:
        """Give, for each column, the places of the texts in which arrow finds a pattern; of all where it cannot look.

        shortest: bytes that a text must have for it.
        """
        import pyarrow.compute as pc

        if self._array is None:
            return list(map(list, self._at))
        looked_at, long = self._array, np.arange(len(self._array))
        if shortest:
            long = pc.greater_equal(pc.binary_length(looked_at), shortest).to_numpy(zero_copy_only=False).nonzero()[0]
            looked_at = looked_at.take(long)
        found = pc.match_substring_regex(looked_at, pattern).to_numpy(zero_copy_only=False)
        hits, starts = long[found], np.cumsum([0, *map(len, self._at)])
        ends = np.searchsorted(hits, starts).tolist()
        return [
            [places[at - start] for at in hits[first:last].tolist()]
            for places, start, first, last in zip(self._at, starts.tolist(), ends, ends[1:], strict=False)
        ]

    def worth_a_look(self) -> list[list[int]]:
        """Give, for each column, the places of the cells for which `kinds` may have a word, in their order."""
        worth = self.matching(_ANY_WORTH_A_LOOK, _SHORTEST)
        for cells, places, texts in zip(self.columns, worth, self._at, strict=True):
            if len(texts) < len(cells):
                places += [
                    at for at, cell in enumerate(cells) if isinstance(cell, int | float) and cell >= _SIXTEEN_DIGITS
                ]
                places.sort()
        return worth


def kinds(cell: object) -> frozenset[str]:
    """Give the kinds of personal data in a cell, of any type; most cells have none."""
    if isinstance(cell, str):
        if len(cell) < _SHORTEST and cell.isascii():
            return frozenset()
        return _kinds_of_text(cell) if _WORTH_A_LOOK.search(cell) else frozenset()
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _SIXTEEN_DIGITS <= cell < 10**16:
        return frozenset({NIK}) if _NIK_OF_EXCEL.fullmatch(str(int(cell))) else frozenset()
    return frozenset()


@lru_cache(maxsize=4096)
def _kinds_of_text(text: str) -> frozenset[str]:
    text = _plain(text)
    found = set()
    if _has_nik(text):
        found.add(NIK)
    if any(not _BEGINS_WITH_DATE.match(match[0]) for match in _MOBILE.finditer(text)):
        found.add(PHONE)
    if _EMAIL.search(text):
        found.add(EMAIL)
    return frozenset(found)


def _plain(text: str) -> str:
    """Fold a text: NFKC, no invisible signs, digits of every script as 0-9."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    kept = (c for c in text if unicodedata.category(c) not in ("Cf", "Mn"))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)


def _has_nik(text: str) -> bool:
    if _SCIENTIFIC.fullmatch(text.strip().strip("'").upper()):
        return True
    for match in _SIXTEEN.finditer(text):
        written = match[1]
        if _DECIMAL.fullmatch(written) or _TWO_DATES.fullmatch(written):
            continue
        digits = re.sub(r"\D", "", written)
        if _NIK.fullmatch(digits):
            return True
        if written == text.strip().strip("'").removesuffix(".0") and _NIK_OF_EXCEL.fullmatch(digits):
            return True
    return False
