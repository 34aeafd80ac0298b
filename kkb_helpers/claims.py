"""Every published figure, recomputed: verdict in words and the reason.

The ledger `data/reference/claims.csv` holds one row a published figure, as it was published. Its column `checks` says
how it hangs together with others, in a small language: `percent F004/F001` (this figure is that percentage),
`equals F040+F041`, `since F015` and so on; each word is one function registered by `@rule`. To add a figure: a row. To
add a relation: a function. No verdict is written down anywhere; each follows from the figures.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import TYPE_CHECKING

import pandas as pd

from . import areas, wording
from .params import Period
from .store import Tables, key_of
from .wording import number

if TYPE_CHECKING:
    from .indicators import Indicator

LEDGER = areas.REFERENCE / "claims.csv"
AGREES, ROUNDED, OTHER_WHOLE, OPEN, CONTRADICTS = VERDICTS = (
    "cocok",
    "pembulatan",
    "penyebut berbeda",
    "tidak dapat dihitung",
    "bertentangan",
)
# Of several checks the gravest speaks; what only failed to contradict says nothing against a check that agreed.
_GRAVITY = (None, OPEN, AGREES, ROUNDED, OTHER_WHOLE, CONTRADICTS)
HEADINGS: Mapping[str, str] = {
    "id": "No.",
    "pernyataan": "Pernyataan",
    "penerbit": "Penerbit",
    "per_tanggal": "Per tanggal",
    "nilai": "Nilai",
    "penyebut": "Penyebut",
    "hitung_ulang": "Hitung ulang",
    "putusan": "Putusan",
    "sebab": "Sebab",
}
ARITHMETIC_ONLY = "Tidak dibandingkan dengan tabel: datanya contoh (sintetis)."


@dataclass(frozen=True)
class Claim:
    """One published figure as it was published, a row of the ledger.

    statement: paraphrased. noun: what the figure counts, for sentences of others. measure: what it measures, the same
    word for the same thing. as_of: a date, month, semester (`2024-S2`) or year, empty where none is stated.
    stated_time: the time in words where as_of does not say it all. value: as printed, with its decimals. precision: the
    step of a figure meant approximately. denominator, definition: as stated. indicator, part: where the tables hold
    it, `kampung_count` and `numerator`. checks: relations to other figures.
    """

    id: str
    statement: str
    noun: str
    area_code: str
    measure: str
    as_of: str
    stated_time: str
    value: str
    unit: str
    precision: str
    denominator: str
    definition: str
    publisher: str
    published: str
    url: str
    indicator: str
    part: str
    checks: str
    note: str

    @property
    def exact(self) -> Fraction:
        """The figure as printed."""
        return Fraction(self.value)

    @property
    def decimals(self) -> int:
        """How many decimals were printed."""
        return len(self.value.partition(".")[2])

    @property
    def step(self) -> Fraction:
        """What one unit of the last printed (or meant) place is worth."""
        return Fraction(self.precision) if self.precision else Fraction(1, 10**self.decimals)

    @property
    def text(self) -> str:
        """The figure in Indonesian."""
        return number(self.exact, self.decimals)

    @property
    def time(self) -> str:
        """The time of the figure in words."""
        if self.stated_time or len(self.as_of) <= 4:
            return self.stated_time or self.as_of or "tanpa tanggal"
        return wording.time(self.as_of)

    @property
    def described(self) -> str:
        """The figure with what it counts: `1.552 desa/kelurahan`."""
        return f"{self.text} {self.noun}"


@dataclass(frozen=True)
class Outcome:
    """What one check found: a verdict, None where it could only have contradicted; the sum in figures; why."""

    verdict: str | None
    computed: str
    reason: str


Ledger = Mapping[str, Claim]
Rule = Callable[[Claim, str, Ledger], Outcome]
RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a function as the check that the ledger calls `name`."""

    def register(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return register


@cache
def ledger() -> Ledger:
    """Give every published figure by its id, the article's statements (A) first, then the collected figures (F, G)."""
    rows = pd.read_csv(LEDGER, dtype=str, keep_default_na=False).to_dict("records")
    return {row["id"]: Claim(**row) for row in rows}


def check(tables: Tables, claims: Ledger | None = None, persons: bool = True) -> pd.DataFrame:
    """Judge every published figure: one row each, columns of `HEADINGS`, all text.

    Arithmetic is checked always. A figure that the tables hold for the same area and time is compared with them, but
    never with made-up exports, which were made to the published totals; nor, without `persons`, where that would tell
    an exact count of persons.
    """
    claims = ledger() if claims is None else claims
    there = _kabupaten_of(tables)
    # Most figures were published of areas that one office has no data of: nothing is looked up for those.
    inside = {
        code: tables.within(code)
        for code in dict.fromkeys(c.area_code for c in claims.values())
        if code == areas.NATION or any(own.startswith(code[: len(own)]) for own in there)
    }
    told = {name: inside.get(c.area_code) if persons or not _of_persons(c) else None for name, c in claims.items()}
    held = Held([(claim, told[name]) for name, claim in claims.items() if told[name] is not None])
    rows = [_row(claim, claims, told[name], held, tables.synthetic) for name, claim in claims.items()]
    return pd.DataFrame(rows, columns=list(HEADINGS))


def note(tables: Tables) -> str:
    """Say in a sentence what the figures were checked against."""
    if tables.synthetic:
        return (
            "Data yang dipakai adalah data contoh (sintetis) yang dibuat mengikuti angka terbitan: di sini hanya "
            "hitungannya yang diperiksa, tidak ada angka yang dinyatakan cocok dengan data."
        )
    return "Setiap angka diperiksa hitungannya, dan dibandingkan dengan data bila tabel memuat wilayah dan waktunya."


def _row(claim: Claim, claims: Ledger, inside: Tables | None, held: "Held", synthetic: bool) -> dict[str, str]:
    relations = list(_relations(claim, claims))
    comparison = [] if inside is None else list(_against(inside, claim, held, synthetic))
    if not relations and not any(outcome.verdict for outcome in comparison):
        relations = [Outcome(None, "", "Tidak ada pembilang, penyebut, atau angka lain untuk menghitungnya.")]
    outcomes = [*relations, *comparison]
    verdict = max((o.verdict for o in outcomes), key=_GRAVITY.index, default=None) or OPEN
    reasons = [o.reason for o in outcomes] + ([wording.sentence(claim.note)] if claim.note else [])
    place = "" if claim.id.startswith("A") else f", {areas.name_of(claim.area_code)}"
    definition = f" ({claim.definition})" if claim.definition else ""
    return {
        "id": claim.id,
        "pernyataan": claim.statement + place + definition,
        "penerbit": claim.publisher,
        "per_tanggal": claim.time,
        "nilai": f"{claim.text} {claim.unit}",
        "penyebut": claim.denominator or "-",
        "hitung_ulang": "; ".join(o.computed for o in outcomes if o.computed) or "-",
        "putusan": verdict,
        "sebab": " ".join(reason for reason in reasons if reason),
    }


def _relations(claim: Claim, claims: Ledger) -> Iterable[Outcome]:
    for step in filter(None, claim.checks.split(";")):
        name, _, operands = step.strip().partition(" ")
        yield RULES[name](claim, operands, claims)


# The little language -------------------------------------------------------------------------------------------------


def evaluate(expression: str, claims: Ledger) -> Fraction:
    """Give the value of `F040+F041`, `60*F001` or `F001-F002`: sums of figures, numbers and products."""
    total = Fraction(0)
    for sign, term in re.findall(r"([+-]?)([^+-]+)", expression.replace(" ", "")):
        product = Fraction(1)
        for factor in term.split("*"):
            product *= claims[factor].exact if factor in claims else Fraction(factor)
        total += -product if sign == "-" else product
    return total


def spelled(expression: str, claims: Ledger) -> str:
    """Write an expression with the figures in the places of their ids: `246 + 26 + 92 + 58`."""
    parts = expression.replace(" ", "").split("/")
    text = "/".join(f"({part})" if len(parts) > 1 and re.search(r"[+-]", part) else part for part in parts)
    for sign, shown in (("+", " + "), ("-", " - "), ("*", " x "), ("/", " / ")):
        text = text.replace(sign, shown)
    return re.sub(r"[A-Z]\d+", lambda match: claims[match[0]].text, text)


def _plain(value: Fraction) -> str:
    """Write an exact number with as many decimals as it needs, at most two."""
    return number(value, 0 if value.denominator == 1 else 1 if (value * 10).denominator == 1 else 2)


def _percentage(ratio: str, claims: Ledger) -> Fraction:
    part, whole = ratio.split("/")
    return 100 * evaluate(part, claims) / evaluate(whole, claims)


def _whole(ratio: str, claims: Ledger) -> str:
    """Name the whole of a ratio: `1.552 desa/kelurahan`."""
    name = ratio.split("/")[1].strip()
    return claims[name].described if name in claims else _plain(evaluate(name, claims))


def _nearest_step(value: Fraction, step: Fraction) -> Fraction:
    return floor(value / step + Fraction(1, 2)) * step


def _printed(exact: Fraction, claim: Claim) -> str | None:
    """Say how `exact` became the printed figure: "" rounded as one does, "ke bawah", "ke atas"; None if it did not."""
    if abs(exact - claim.exact) >= claim.step:
        return None
    if _nearest_step(exact, claim.step) == claim.exact:
        return ""
    return "ke bawah" if claim.exact < exact else "ke atas"


def _slip(claim: Claim, expected: Fraction) -> str:
    """Say that the figure differs from the expected one in a single digit, as a typing error would."""
    printed, meant = re.sub(r"\D", "", claim.value), str(int(expected)) if expected.denominator == 1 else ""
    if len(printed) == len(meant) and sum(a != b for a, b in zip(printed, meant, strict=True)) == 1:
        return " Hanya satu angka yang berbeda: mungkin salah ketik."
    return ""


def _moved(difference: Fraction, unit: str = "") -> str:
    if difference == 0:
        return "tetap"
    return f"{'naik' if difference > 0 else 'turun'} {_plain(abs(difference))}{' ' + unit if unit else ''}"


def _days(earlier: Claim, later: Claim) -> str:
    try:
        span = (dt.date.fromisoformat(later.as_of) - dt.date.fromisoformat(earlier.as_of)).days
    except ValueError:
        return ""
    return f" dalam {number(span)} hari"


# The relations -------------------------------------------------------------------------------------------------------


@rule("percent")
def percent(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The figure is this percentage; after `|` the same part of other wholes, of which it may be instead."""
    ratios = [ratio.strip() for ratio in operands.split("|")]
    exact = [_percentage(ratio, claims) for ratio in ratios]
    how = [_printed(value, claim) for value in exact]
    computed = f"{spelled(ratios[0], claims)} = {number(exact[0], max(claim.decimals, 2))} persen"
    others = [
        f"{number(value, max(claim.decimals, 2))} persen dari {_whole(ratio, claims)}"
        for ratio, value in zip(ratios[1:], exact[1:], strict=True)
    ]
    if how[0] == "":
        aside = f" Terhadap penyebut lain: {wording.join(others)}." if others else ""
        return Outcome(AGREES, computed, f"Hitungan sesuai terhadap {_whole(ratios[0], claims)}.{aside}")
    if how[0] is not None:
        word = "dipotong" if how[0] == "ke bawah" else "dibulatkan ke atas"
        reason = (
            f"Nilai tepatnya {number(exact[0], claim.decimals + 1)}: {word}, "
            f"seharusnya {number(exact[0], claim.decimals)}."
        )
        return Outcome(ROUNDED, computed, reason)
    fitting = [_whole(ratio, claims) for ratio, printed in zip(ratios, how, strict=True) if printed is not None]
    first = f"Terhadap {_whole(ratios[0], claims)} hasilnya {number(exact[0], max(claim.decimals, 2))} persen"
    if fitting:
        rest = [o for o, h in zip(others, how[1:], strict=True) if h is None]
        aside = f" Penyebut lain lagi: {wording.join(rest)}." if rest else ""
        return Outcome(OTHER_WHOLE, computed, f"{first}; {claim.text} adalah terhadap {wording.join(fitting)}.{aside}")
    return Outcome(CONTRADICTS, computed, f"{first}, bukan {claim.text}.")


@rule("percent_open")
def percent_open(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The figure is a percentage whose whole is not stated: one of these, of which several or none may fit."""
    ratios = [ratio.strip() for ratio in operands.split("|")]
    shown, fitting = [], []
    for ratio in ratios:
        value = _percentage(ratio, claims)
        shown.append(f"{spelled(ratio, claims)} = {number(value, 2)} persen")
        fitting += [spelled(ratio, claims)] if _printed(value, claim) == "" else []
    if not fitting:
        return Outcome(CONTRADICTS, "; ".join(shown), f"Tidak satu pun bacaan memberi {claim.text} persen.")
    reason = f"Penyebutnya tidak disebut; {claim.text} persen cocok bila dibaca {wording.join(fitting)}."
    return Outcome(OPEN, "; ".join(shown), reason)


@rule("portion")
def portion(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The figure is a whole number of units: so many percent (`75*F001`) of another figure."""
    rate, whole = operands.split("*")
    exact = evaluate(operands, claims) / 100
    share = f"{_plain(evaluate(rate, claims))} persen dari {claims[whole.strip()].text}"
    computed = f"{share} = {_plain(exact)}"
    if exact == claim.exact:
        return Outcome(AGREES, computed, "Hitungan tepat.")
    if claim.exact in (ceil(exact), floor(exact)):
        way = "ke atas" if claim.exact > exact else "ke bawah"
        return Outcome(ROUNDED, computed, f"{_plain(exact)} dibulatkan {way} menjadi {claim.text}.")
    reason = f"{wording.sentence(share + ' adalah ' + _plain(exact) + ', bukan ' + claim.text)}{_slip(claim, exact)}"
    return Outcome(CONTRADICTS, computed, reason)


@rule("equals")
def equals(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The figure is exactly this sum."""
    exact = evaluate(operands, claims)
    computed = f"{spelled(operands, claims)} = {_plain(exact)}"
    if exact == claim.exact:
        return Outcome(AGREES, computed, "Jumlah bagiannya sama.")
    gap = _plain(abs(exact - claim.exact))
    word = "kurang" if exact < claim.exact else "lebih"
    reason = f"Bagiannya berjumlah {_plain(exact)}, {word} {gap} dari {claim.text}.{_slip(claim, exact)}"
    return Outcome(CONTRADICTS, computed, reason)


@rule("difference")
def difference(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The figure may be this difference, though nobody said so: agreement is telling, disagreement leaves it open."""
    exact = evaluate(operands, claims)
    computed = f"{spelled(operands, claims)} = {_plain(exact)}"
    if exact == claim.exact:
        return Outcome(AGREES, computed, "Selisihnya sama.")
    return Outcome(
        OPEN, computed, f"Artinya tidak dijelaskan; bila selisih, hasilnya {_plain(exact)}, bukan {claim.text}."
    )


@rule("at_least")
def at_least(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The figure is said to reach another."""
    bound = claims[operands.strip()]
    gap = claim.exact - bound.exact
    computed = f"{claim.text} - {bound.text} = {_plain(gap)}"
    if gap >= 0:
        return Outcome(AGREES, computed, f"Melebihi {bound.described} sebanyak {_plain(gap)}.")
    return Outcome(CONTRADICTS, computed, f"Kurang {_plain(-gap)} dari {bound.described}.")


@rule("part_of")
def part_of(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The figure is a part of another, so it cannot be larger."""
    whole = claims[operands.strip()]
    share = f"{claim.text} / {whole.text} = {number(100 * claim.exact / whole.exact, 2)} persen"
    if claim.exact > whole.exact:
        return Outcome(CONTRADICTS, share, f"Bagian {claim.text} lebih besar dari keseluruhan, {whole.described}.")
    return Outcome(None, share, f"Tidak melebihi {whole.described}.")


@rule("same")
def same(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """Another figure of the same thing at the same time, by whomever."""
    other = claims[operands.strip()]
    gap = claim.exact - other.exact
    computed = f"{claim.text} - {other.text} = {_plain(gap)}"
    if gap == 0:
        return Outcome(AGREES, computed, f"Sama dengan angka {other.publisher}.")
    if abs(gap) <= max(claim.step, other.step) / 2:
        return Outcome(ROUNDED, computed, f"Angka bulat dari {max(claim.value, other.value, key=len)}.")
    reason = f"{other.publisher} menulis {other.text} untuk hal dan waktu yang sama: berselisih {_plain(abs(gap))}."
    return Outcome(CONTRADICTS, computed, reason)


@rule("since")
def since(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """An earlier figure of a number that only grows; a fall is a contradiction, an old figure repeated is named."""
    earlier = claims[operands.strip()]
    if claim.exact + claim.step / 2 < earlier.exact - earlier.step / 2 or claim.exact < earlier.exact:
        copy = _copied(claim, claims)
        reason = (
            f"{wording.sentence(_moved(claim.exact - earlier.exact) + ' dari ' + _dated(earlier))[:-1]}, "
            f"padahal jumlah ini hanya bertambah.{copy}"
        )
        return Outcome(CONTRADICTS, f"{claim.text} - {earlier.text} = {_plain(claim.exact - earlier.exact)}", reason)
    return change(claim, operands, claims)


@rule("before")
def before(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """A later figure of a number that only grows: it cannot be smaller."""
    later = claims[operands.strip()]
    if later.exact < claim.exact - claim.step / 2:
        computed = f"{later.text} - {claim.text} = {_plain(later.exact - claim.exact)}"
        return Outcome(
            CONTRADICTS, computed, f"Sesudahnya tertulis {_dated(later)}, padahal jumlah ini hanya bertambah."
        )
    return Outcome(None, "", f"Sesudahnya {_dated(later)}.")


@rule("change")
def change(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """An earlier figure of something that may rise or fall: the change is told, not judged."""
    earlier = claims[operands.strip()]
    gap = claim.exact - earlier.exact
    text = f"{_moved(gap)} dari {_dated(earlier)}{_days(earlier, claim)}"
    return Outcome(None, f"{claim.text} - {earlier.text} = {_plain(gap)}", wording.sentence(text))


@rule("named")
def named(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The same number elsewhere, said of another thing."""
    other = claims[operands.strip()]
    if claim.exact == other.exact and claim.measure != other.measure:
        reason = f"Satu angka, dua ukuran: {claim.noun} di sini, {other.noun} di {other.id}."
        return Outcome(CONTRADICTS, f"{claim.text} = {other.text}", reason)
    return Outcome(None, f"{claim.text} dan {other.text}", "")


@rule("readings")
def readings(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """Ways to read an unclear statement (`F006+F007 | F006 : F011`), each with what it means for a later figure."""
    ways, _, later = operands.partition(":")
    later = claims[later.strip()]
    told, moves = [], set()
    for way in ways.split("|"):
        value = evaluate(way, claims)
        sum_text = spelled(way.strip(), claims)
        shown = f"{sum_text} = {_plain(value)}" if sum_text != _plain(value) else sum_text
        told.append(f"{shown}, lalu {later.text}: {_moved(later.exact - value)}")
        moves.add(later.exact > value)
    open_words = "Bacaannya tidak ditentukan" if len(moves) > 1 else "Semua bacaan searah"
    return Outcome(
        OPEN, "; ".join(told), f"{open_words}: {' atau '.join(told)}. Kedua angka disimpan seperti dinyatakan."
    )


@rule("villages")
def villages(claim: Claim, operands: str, claims: Ledger) -> Outcome:
    """The number of villages of an area, which the reference list knows as it is now."""
    now = areas.village_counts()[claim.area_code]
    computed = f"daftar rujukan wilayah: {number(now)}"
    if claim.exact == now:
        return Outcome(AGREES, computed, "Sama dengan daftar rujukan wilayah laporan ini.")
    reason = (
        f"Daftar rujukan kini {number(now)}, selisih {number(abs(now - claim.exact))}. "
        "Daftar berubah karena pemekaran: angka masa lalu tidak dapat dihitung darinya."
    )
    return Outcome(OPEN, computed, reason)


def _dated(claim: Claim) -> str:
    return f"{claim.text} ({claim.time})"


def _copied(claim: Claim, claims: Ledger) -> str:
    """Name the earlier claim whose very figure this one repeats."""
    for other in claims.values():
        same_thing = (other.measure, other.area_code, other.value) == (claim.measure, claim.area_code, claim.value)
        if same_thing and other.id != claim.id and "" < other.as_of < claim.as_of:
            return f" Sama persis dengan angka {other.time}: salinan lama."
    return ""


# Against the tables --------------------------------------------------------------------------------------------------


def _kabupaten_of(tables: Tables) -> set[str]:
    """Give the codes of the kabupaten/kota (of a province, where its office filled a workbook in) with any row."""
    width = areas.CODE_WIDTH["kabupaten"]
    frames = (frame for name in tables.names if len(frame := tables.keys(name)))
    return {code[:width] for frame in frames for code in frame[key_of(frame)].dropna().unique()}


class Held:
    """What the tables say of claims: all that is asked of an area and month is computed in one go, when first asked."""

    def __init__(self, asked: Iterable[tuple[Claim, Tables]]):
        self._tables: dict[str, Tables] = {}
        self._ids: dict[tuple[str, Period], dict[str, None]] = {}
        self._found: dict[tuple[str, Period], pd.DataFrame] = {}
        for claim, inside in asked:
            if claim.indicator and claim.as_of:
                self._tables[claim.area_code] = inside
                self._ids.setdefault(self._key(claim), {}).update(dict.fromkeys(claim.indicator.split("+")))

    @staticmethod
    def _key(claim: Claim) -> tuple[str, Period]:
        return claim.area_code, _period(claim.as_of)

    def of(self, claim: Claim) -> tuple[int, str] | None:
        """Give what the tables say of a claim, the number and its time; None where they do not hold it."""
        from . import indicators

        key, ids = self._key(claim), claim.indicator.split("+")
        if not all(self._may_hold(claim, indicators.REGISTRY[name]) for name in ids):
            return None
        if key not in self._found:
            level = areas.level_of(claim.area_code)
            found = indicators.counts(self._tables[key[0]], key[1], (level,), self._ids[key])
            self._found[key] = found[found["area_code"] == key[0]].set_index("indicator_id")
        found = self._found[key]
        found = found.loc[[name for name in ids if name in found.index]]
        found = found[found[claim.part].notna() & found["reporting"].gt(0)]
        if len(found) < len(ids) or not all(_same_time(claim.as_of, time) for time in found["as_of"]):
            return None
        return int(found[claim.part].sum()), found["as_of"].iloc[0].split("/")[-1]

    def _may_hold(self, claim: Claim, item: "Indicator") -> bool:
        """Say whether any table of an indicator has a row of the claim's time: else it need not be computed.

        One that is counted by rows is dated by the period that it is asked for, not by its rows.
        """
        inside = self._tables[claim.area_code]
        times = (t for name in item.tables for column in ("period", "as_of") for t in inside.times(name, column))
        return item.unit_of_report == "baris" or any(_same_time(claim.as_of, time) for time in times)


def _against(inside: Tables, claim: Claim, held: Held, synthetic: bool) -> Iterable[Outcome]:
    """Compare a figure with the tables of its area where they hold its indicator and time."""
    if not claim.indicator or not claim.as_of or not any(inside.has(name) for name in inside.names):
        return
    found = held.of(claim)
    if found is None:
        return
    if synthetic:
        yield Outcome(None, "", ARITHMETIC_ONLY)
        return
    value, as_of = found
    time = wording.time(as_of)
    missing = _uncovered(inside, claim)
    if missing:
        yield Outcome(OPEN, "", f"Data per {time} belum memuat {number(missing)} kabupaten/kota wilayah ini.")
    elif value == claim.exact:
        yield Outcome(AGREES, f"data per {time}: {number(value)}", f"Cocok dengan data per {time}.")
    else:
        gap = number(abs(value - claim.exact))
        reason = f"Data per {time} memberi {number(value)}, selisih {gap}."
        yield Outcome(CONTRADICTS, f"data per {time}: {number(value)}", reason)


def _of_persons(claim: Claim) -> bool:
    from . import indicators

    return any(indicators.REGISTRY[name].persons for name in claim.indicator.split("+") if name)


def _uncovered(inside: Tables, claim: Claim) -> int:
    """Count the kabupaten/kota of a claim's area of which no table of its indicator holds a row."""
    from . import indicators

    names = {name for key in claim.indicator.split("+") for name in indicators.REGISTRY[key].tables}
    here = {code[:5] for name in names if inside.has(name) for code in inside.keys(name)["village_code"].unique()}
    return len(set(areas.children(claim.area_code, "kabupaten")["code"]) - here)


def _period(as_of: str) -> Period:
    """Give the month to look a figure up at: that of its date, the last one of its semester or year."""
    if len(as_of) == 4:
        return Period(f"{as_of}-12")
    if "S" in as_of:
        return Period(f"{as_of[:4]}-{'06' if as_of.endswith('1') else '12'}")
    return Period(as_of[:7])


def _same_time(stated: str, found: str) -> bool:
    """Say whether data of one or two times are of the stated time: the same semester or year, or within its days."""
    if not found:
        return False
    if len(stated) == 4 or "S" in stated:
        return all(time.startswith(stated) for time in found.split("/"))
    period = _period(stated)
    return all(period.month <= time[:7] and time[:10] <= period.snapshot_limit.isoformat() for time in found.split("/"))
