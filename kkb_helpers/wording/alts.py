"""Alternative texts: what is drawn, of what, where, when, and the main numbers."""

from collections.abc import Mapping, Sequence

from .numbers import MISSING, is_missing, number, percent, points
from .sentences import capitalised, join
from .times import month
from .titles import title_path

ALT_LENGTH = (20, 300)


def alt(kind: str, measure: str, area: str, period: str, *findings: str) -> str:
    """Write an alternative text: what is drawn, of what, where, when, and the main numbers.

    Findings are taken in order as long as the text stays within 300 characters; the first always is.
    Raises ValueError without a finding: a picture that says nothing needs no text.
    """
    findings = [f.strip().rstrip(".") for f in findings if f and f.strip()]
    if not findings:
        raise ValueError(f"alt text of {kind} {measure}: a finding with the main number is needed")
    text = f"{capitalised(kind)} {measure}, {area}, {period}: {findings[0]}."
    for finding in findings[1:]:
        longer = f"{text} {capitalised(finding)}."
        text = longer if len(longer) <= ALT_LENGTH[1] else text
    return text if len(text) <= ALT_LENGTH[1] else text[: ALT_LENGTH[1] - 1].rsplit(" ", 1)[0].rstrip(",;") + "…"


def alt_path(area: str, period: str, kampung, target) -> str:
    """Alternative text of the formation path."""
    return alt(
        "garis", "Kampung KB menurut potret", area, period, f"{number(kampung)} Kampung KB", title_path(kampung, target)
    )


def alt_classes(area: str, period: str, counts: Mapping[str, int]) -> str:
    """Alternative text of the class bars; counts: class -> Kampung KB at the newest snapshot."""
    said = join(f"{number(n)} {name}" for name, n in counts.items())
    return alt("batang bertumpuk", "klasifikasi Kampung KB", area, period, said)


def alt_trend(measure: str, area: str, months: Sequence[str], values: Sequence) -> str:
    """Alternative text of a line by month: first and last value, the months without one; text is a hidden one."""
    there = [(m, v) for m, v in zip(months, values, strict=True) if not isinstance(v, str) and not is_missing(v)]
    period = f"{month(months[0])} sampai {month(months[-1])}" if len(months) > 1 else month(months[0])
    if not there:
        return alt("garis", measure, area, period, MISSING)
    (first, start), (last, end) = there[0], there[-1]
    said = f"{percent(end)} pada {month(last)}"
    if first != last:
        said = f"{percent(start)} pada {month(first)}, {said}, {points(end - start)}"
    words = [v if isinstance(v, str) else MISSING if is_missing(v) else "" for v in values]
    gaps = {word: [month(m) for m, w in zip(months, words, strict=True) if w == word] for word in words if word}
    return alt("garis", measure, area, period, said, *(f"{word} {join(when)}" for word, when in gaps.items()))


def alt_ranking(measure: str, area: str, period: str, names: Sequence[str], values: Sequence, decimals: int = 2) -> str:
    """Alternative text of a ranking or dot strip: highest, lowest, how many, how many without data."""
    numbers = [(v, n) for n, v in zip(names, values, strict=True) if not isinstance(v, str) and not is_missing(v)]
    there = sorted(numbers, key=lambda p: (-p[0], p[1]))
    if not there:
        return alt("batang", measure, area, period, MISSING)
    (high, top), (low, bottom) = there[0], there[-1]
    gaps = len(names) - len(there)
    return alt(
        "batang urut",
        measure,
        area,
        period,
        f"{number(high, decimals)} di {top} tertinggi, {number(low, decimals)} di {bottom} terendah",
        f"{number(gaps)} wilayah tanpa angka" if gaps else "",
    )


def alt_peers(measure: str, area: str, period: str, value, reference, n: int, where: str = "provinsi") -> str:
    """Alternative text of a dot strip or funnel."""
    return alt(
        "titik",
        measure,
        area,
        period,
        f"{percent(value)}, {where} {percent(reference)}, di antara {number(n)} kabupaten/kota",
    )


def alt_parts(kind: str, measure: str, area: str, period: str, parts: Mapping[str, object], decimals: int = 0) -> str:
    """Alternative text of a few named parts: methods, groups, funds, class moves; text stands for a hidden number."""
    said = [f"{name} {v if isinstance(v, str) else number(v, decimals)}" for name, v in parts.items()]
    for size in range(len(said), 0, -1):
        rest = len(said) - size
        text = join([*said[:size], f"{rest} lainnya" if rest else ""])
        if len(full := alt(kind, measure, area, period, text)) < ALT_LENGTH[1] and "…" not in full:
            return full
    return alt(kind, measure, area, period, MISSING)
