"""Bars from zero: classes, rankings, methods, funds, reporting by month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from .. import wording
from .colours import CLASSES, UNREPORTED
from .renderer import SIZE
from .sheet import LINE, Panel, bar, kind, month_axis, rule, spread, text_width, whole, write
from .values import amount, in_words, labelled

BAR = 18
BELOW = 8  # between a bar and the label of the next


def _classes_height(snapshots, **_) -> float:
    return len(snapshots) * (LINE + BAR + BELOW) + 68


@kind(_classes_height)
def classes(ax, snapshots: Sequence[tuple[str, Mapping[str, int]]]):
    """Draw a stacked bar a snapshot, the newest last and labelled; belum lapor stands apart and hatched.

    snapshots: (label, class -> Kampung KB), keys of `CLASSES` and `UNREPORTED`. All bars share one scale from zero.
    """
    names = (*CLASSES, UNREPORTED)
    apart = 12
    wide = whole(ax).width
    counts = [{name: amount(row.get(name)) or 0 for name in names} for _, row in snapshots]
    most = max((sum(row.values()) for row in counts), default=0)
    if not most:
        write(ax, 0, LINE, wording.MISSING, "muted")
        return
    panel = Panel(1, 0, wide - apart - 2, 1, x=(0, most), y=(0, 1))
    y = 0
    for (label, _), row in zip(snapshots, counts, strict=True):
        total = sum(row.values())
        write(ax, 0, y + SIZE, f"{label}: {wording.number(total)} Kampung KB")
        strip = replace(panel, top=y + LINE, height=BAR)
        ends = _stack(ax, strip, row, apart)
        y += LINE + BAR + BELOW
    _class_names(ax, y - BELOW, counts[-1], ends)


def _class_names(ax, bottom: float, newest: Mapping[str, float], middles: Mapping[str, float]):
    """Write each class with its count under its part of the newest bar; two words stand on two lines."""
    names = list(middles)
    texts = [wording.number(newest[name]) for name in names]
    widths = [
        max(*map(text_width, name.split()), text_width(text, True)) for name, text in zip(names, texts, strict=True)
    ]
    places = spread(list(middles.values()), widths, 0, whole(ax).width, gap=5)
    for name, text, place in zip(names, texts, places, strict=True):
        colour, middle = "ink" if newest[name] else "muted", middles[name]
        if newest[name]:
            rule(ax, whole(ax), (middle, middle, place, place), (bottom, bottom + 5, bottom + 11, bottom + 15), "grey")
        write(ax, place, bottom + 29, text, colour, "center", bold=True)
        for line, word in enumerate(name.split()):
            write(ax, place, bottom + 29 + LINE * (line + 1) - 2 * line, word, colour, "center")


def _stack(ax, strip: Panel, row: Mapping[str, float], apart: float) -> dict[str, float]:
    """Draw one bar; give the pixel of the middle of each part."""
    start, middles = 0.0, {}
    for step, name in enumerate(CLASSES, start=1):
        value = row[name]
        middles[name] = strip.across(start + value / 2)
        if value:
            bar(ax, strip, value, 0.5, 1, f"class-{step}", start, gid=name, edge="paper")
            _inside(ax, strip, start, value, f"on-class-{step}")
        start += value
    aside = replace(strip, left=strip.left + apart)
    value = row[UNREPORTED]
    middles[UNREPORTED] = aside.across(start + value / 2)
    if value:
        bar(ax, aside, value, 0.5, 1, "paper", start, gid=UNREPORTED, edge="grey", hatch="///")
        _inside(ax, aside, start, value, "ink", halo=True)
    return middles


def _inside(ax, strip: Panel, start: float, value: float, colour: str, halo: bool = False):
    text = wording.number(value)
    if value / (strip.x[1] - strip.x[0]) * strip.width > text_width(text) + 8:
        write(
            ax, strip.across(start + value / 2), strip.top + strip.height / 2 + 4.5, text, colour, "center", halo=halo
        )


ROW = 22
BESIDE = 130  # names wider than this stand above their bars


def _above(names: Iterable[str]) -> bool:
    return any(text_width(name, True) > BESIDE for name in names)


def _ranking_height(names, values, *, reference=None, **_) -> float:
    row = ROW + 14 if _above(names) else ROW
    return len(names) * row + (LINE + 8 if amount(reference) is not None else 2)


@kind(_ranking_height)
def ranking(
    ax,
    names: Sequence[str],
    values: Sequence,
    *,
    own: str | None = None,
    reference: float | None = None,
    reference_label: str = "provinsi",
    unit: str = "%",
    decimals: int = 2,
    better: str = "up",
):
    """Draw a bar an area from zero, ordered with the best first; the own area accented; missing ones last, in words."""
    _rows(ax, _ordered(names, values, better), own, reference, reference_label, unit, decimals)


@kind(_ranking_height)
def bars(ax, names: Sequence[str], values: Sequence, *, unit: str = "", decimals: int = 0):
    """Draw a bar a name from zero, in the order given: for years and other names with an order of their own."""
    _rows(ax, list(zip(names, values, strict=True)), None, None, "", unit, decimals)


def _rows(ax, rows: Sequence[tuple[str, object]], own, reference, reference_label: str, unit: str, decimals: int):
    """Draw bars from zero, one under the other, each with its value; a line across them at a reference."""
    names = [name for name, _ in rows]
    above = _above(names)
    figures = [v for _, v in rows if amount(v) is not None]
    reference = amount(reference)
    most = max([*figures, reference or 0, 0]) or 1
    labels = [labelled(v, unit, decimals) for v in figures] or [""]
    left = 0 if above else max(text_width(n, n == own) for n in names) + 8
    right = max(text_width(t, True) for t in labels) + 14
    head = LINE + 6 if reference is not None else 0
    row = ROW + 14 if above else ROW
    wide = whole(ax).width
    panel = Panel(left, head, wide - left - right, len(rows) * row, x=(0, most), y=(0, len(rows)))
    if reference is not None:
        _reference(ax, panel, reference, f"{reference_label} {labelled(reference, unit, decimals)}", broken=above)
    for i, (name, value) in enumerate(rows):
        mine = name == own
        top = head + i * row
        if above:
            write(ax, 0, top + 14, name, "accent" if mine else "ink", bold=mine, halo=True)
        else:
            write(ax, left - 8, top + 16, name, "accent" if mine else "ink", "right", bold=mine)
        line = top + (26 if above else 12)
        if amount(value) is None:
            write(ax, left + 4, line + 4.5, in_words(value), "muted", halo=True)
            continue
        colour = "accent" if mine else "grey"
        bar(ax, panel, value, panel.y[1] - (line - head) / row, 13 / row, colour, gid=name)
        text = labelled(value, unit, decimals)
        x = panel.across(value) + 5
        if reference is not None and x - 3 < panel.across(reference) < x + text_width(text, mine) + 3:
            x = panel.across(reference) + 6
        write(ax, x, line + 4.5, text, "accent" if mine else "ink", bold=mine)


def _ordered(names, values, better: str) -> list[tuple[str, object]]:
    """Order areas with the best first; those without a value last, by name."""
    sign = -1 if better != "down" else 1
    return sorted(
        zip(names, values, strict=True),
        key=lambda p: (True, 0, p[0]) if amount(p[1]) is None else (False, sign * p[1], p[0]),
    )


def _reference(ax, panel: Panel, value: float, text: str, broken: bool):
    """Draw a line over the bars; broken where names stand between them."""
    ys = np.array(panel.y)
    if broken:
        tops = np.arange(panel.y[1], 0, -1.0)
        ys = np.column_stack([tops - 0.5, tops - 1, np.full(len(tops), np.nan)]).ravel()
    rule(ax, panel, np.full(len(ys), value), ys, "target", 1.5, None if broken else (5, 3), gid="acuan")
    half = text_width(text) / 2
    x = min(max(panel.across(value), half), whole(ax).width - half)
    write(ax, x, panel.top - 6, text, "target", "center")


_BOTH = (True, False)  # long-acting, and not


def _methods_height(methods, long_acting, **_) -> float:
    return len(methods) * ROW + 2 * (LINE + 8) + 6


@kind(_methods_height)
def method_mix(
    ax,
    methods: Mapping[str, object],
    long_acting: Iterable[str],
    *,
    sums: tuple[object, object] | None = None,
    least: int = 0,
):
    """Draw users by method from zero, those of long-acting methods (MKJP) set off above the others.

    methods: name -> users, or the word for a hidden count. long_acting: the names that are MKJP. sums: users of MKJP
    and of all, where they are not to be added up here (hidden or rounded counts do not add up). Shares are of all
    methods; none is given where that is not known, nor of fewer than `least` users.
    """
    long_acting = set(long_acting)
    figures = {name: amount(v) for name, v in methods.items()}
    known = [v for v in figures.values() if v is not None]
    if sums is None:
        whole_sum = len(known) == len(figures)
        total = sum(known) if whole_sum else None
        heads = [
            sum(v for n, v in figures.items() if (n in long_acting) == mine) if whole_sum else None for mine in _BOTH
        ]
    else:
        total, heads = amount(sums[1]), [amount(sums[0]), None]

    def said(value):
        part = wording.share(value, total) if total and value >= least else None
        return wording.number(value) if part is None else f"{wording.number(value)} ({wording.percent_mark(part, 1)})"

    most = max(known, default=0) or 1
    left = max(text_width(n) for n in methods) + 8
    wide = whole(ax).width
    right = max((text_width(said(v)) for v in known), default=0) + 8
    y = 0
    for title, mine, users in zip(("MKJP", "Bukan MKJP"), _BOTH, heads, strict=True):
        rows = _ordered(*_unzip((n, v) for n, v in methods.items() if (n in long_acting) == mine), "up")
        head = title if users is None or not total else f"{title}: {said(users)}"
        write(ax, 0, y + SIZE + 1, head, "accent" if mine else "ink", bold=True)
        y += LINE + 6
        panel = Panel(left, y, wide - left - right, max(1, len(rows)) * ROW, x=(0, most), y=(0, len(rows) or 1))
        for i, (name, value) in enumerate(rows):
            line = y + i * ROW + 12
            write(ax, left - 8, line + 4.5, name, "ink", "right")
            if figures[name] is None:
                write(ax, left + 4, line + 4.5, in_words(value), "muted")
                continue
            bar(ax, panel, value, len(rows) - i - 0.5, 13 / ROW, "accent" if mine else "grey", gid=name)
            write(ax, panel.across(value) + 5, line + 4.5, said(value))
        y += len(rows) * ROW + 8


def _unzip(pairs) -> tuple[list, list]:
    pairs = list(pairs)
    return [a for a, _ in pairs], [b for _, b in pairs]


def _pair_height(rows, **_) -> float:
    return len(rows) * 48


@kind(_pair_height)
def bar_pair(ax, rows: Sequence[tuple[str, float, float]]):
    """Draw realisation inside allocation, both from zero, with the amounts written above.

    rows: (label, allocation, realisation) in rupiah.
    """
    most = max((amount(v) or 0 for row in rows for v in row[1:]), default=0) or 1
    panel = Panel(0, 0, whole(ax).width, len(rows) * 48, x=(0, most), y=(0, len(rows)))
    for i, (label, allocation, realisation) in enumerate(rows):
        y = len(rows) - i - 32 / 48
        write(ax, 0, i * 48 + 15, label)
        if amount(allocation) is None or amount(realisation) is None:
            said = wording.MISSING
        else:
            said = f"{wording.rupiah_short(realisation)} dari {wording.rupiah_short(allocation)}"
        write(ax, panel.right, i * 48 + 15, said, "ink" if said != wording.MISSING else "muted", "right")
        if amount(allocation) is not None:
            bar(ax, panel, allocation, y, 18 / 48, "paper", gid=f"{label}:alokasi", edge="grey")
        if amount(realisation) is not None:
            bar(ax, panel, realisation, y, 10 / 48, "accent", gid=f"{label}:realisasi")


STEP = 30  # from one kind of group to the next


def _reporting_height(months, groups, **_) -> float:
    return len(groups) * STEP + 2 * LINE + 25


@kind(_reporting_height)
def reporting(ax, months: Sequence[str], groups: Mapping[str, Sequence[tuple]]):
    """Draw for each kind of group the share that reported by month, every row on one scale from 0 to 100 %.

    groups: name -> (reported, existing) a month. The last month's counts are written at the right.
    """
    left = max(text_width(name) for name in groups) + 12
    texts = {name: _last_pair(series) for name, series in groups.items()}
    right = max(text_width(t) for t in texts.values()) + 10
    wide = whole(ax).width
    tall = 20
    write(ax, left, SIZE, "garis atas: 100% melapor", "muted")
    panel = Panel(left, 0, wide - left - right, tall, x=(-0.5, len(months) - 0.5), y=(0, 100))
    for i, (name, series) in enumerate(groups.items()):
        row = replace(panel, top=i * STEP + LINE + 8)
        rule(ax, row, row.x, (100, 100), "grid", 1)
        rule(ax, row, row.x, (0, 0), "grey", 1)
        write(ax, left - 12, row.bottom - 5, name, "ink", "right")
        shares = [wording.share(amount(reported), amount(existing)) for reported, existing in series]
        _columns(ax, row, shares[:-1], 0, "grey", name)
        _columns(ax, row, shares[-1:], len(shares) - 1, "accent", f"{name}:akhir")
        write(ax, row.right + 8, row.bottom - 5, texts[name], "muted" if texts[name] == wording.MISSING else "accent")
    _months_under(ax, replace(panel, top=(len(groups) - 1) * STEP + LINE + 8), months)


def _columns(ax, row: Panel, values: Sequence[float | None], first: int, colour: str, gid: str):
    """Draw upright bars from zero as one thick broken line: a mark a row is ten times cheaper than a mark a bar."""
    xs = np.repeat(np.arange(first, first + len(values), dtype=float), 3)
    ys = np.array([y for value in values for y in (0, np.nan if value is None else value, np.nan)], dtype=float)
    rule(ax, row, xs, ys, colour, 0.72 * row.across(1) - 0.72 * row.across(0), gid=gid)
    for x, value in enumerate(values, start=first):
        if value is None:
            write(ax, row.across(x), row.bottom - 4, "–", "muted", "center")


def _months_under(ax, panel: Panel, months: Sequence[str]):
    """Name the months under the middle of their bars."""
    half = panel.width / len(months) / 2
    month_axis(
        ax, replace(panel, left=panel.left + half, width=panel.width - 2 * half, x=(0, len(months) - 1 or 1)), months
    )


def _last_pair(series) -> str:
    reported, existing = series[-1]
    if isinstance(reported, str):
        return reported
    return wording.of(reported, existing)
