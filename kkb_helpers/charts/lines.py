"""Lines by time: a trend, the path to a target, small multiples, a sparkline."""

import datetime as dt
import html
import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from .. import wording
from .colours import variable
from .renderer import SIZE
from .sheet import (
    LINE,
    NOTHING,
    WIDTH,
    Panel,
    day_axis,
    dot,
    kind,
    month_axis,
    rule,
    spread,
    text_width,
    value_axis,
    whole,
    wrap,
    write,
)
from .values import amount, in_words, labelled, nice_ticks, tick_label


def _trend_height(months, lines, breaks=(), **_) -> float:
    return (
        164 + (LINE if breaks else 0)
        if any(amount(v) is not None for series in lines.values() for v in series)
        else NOTHING
    )


@kind(_trend_height)
def trend(
    ax,
    months: Sequence[str],
    lines: Mapping[str, Sequence],
    *,
    unit: str = "%",
    decimals: int = 2,
    target: float | None = None,
    target_label: str = "sasaran",
    provisional: bool = False,
    partial: Collection[str] = (),
    breaks: Mapping[str, str] | None = None,
):
    """Draw one or two lines by month; the first is this district's.

    months: `2024-01`, ..., every month once. lines: name -> a value a month; a missing month is a gap, and said.
    provisional: the last month is not complete; its point is hollow. partial: months of the first line with too few
    units, hollow too. breaks: month -> what changed with it; no line leads there from the month before. The scale is
    from zero, or says that it is not; a percentage ends at 100 unless a value is above it.
    """
    breaks = breaks or {}
    values = {name: [amount(v) for v in series] for name, series in lines.items()}
    there = [v for series in values.values() for v in series if v is not None]
    if not there:
        write(ax, 0, LINE, wording.MISSING, "muted")
        return
    gaps = _gaps(next(iter(lines.values())))
    shown = [*there, target] if target is not None else there
    low, high, ticks = _scale(shown, foot=bool(gaps))
    if unit == "%" and max(shown) <= 100:  # a whole has no more; 100 is a round value of every scale that passes it
        ticks = [t for t in ticks if t <= 100]
        high = ticks[-1]
    note = _scale_note(low, max(there), unit)
    ends = _ends(values, unit, decimals, named=len(values) > 1)
    left = max(text_width(tick_label(t, unit)) for t in ticks) + 10
    right = max(text_width(text, True) for _, texts in ends for text in texts) + 12
    head = LINE if note or target is not None else 6
    head += LINE if breaks else 0
    wide, tall = whole(ax).width, whole(ax).height
    panel = Panel(left, head + 8, wide - left - right, tall - head - 56, x=(0, max(1, len(months) - 1)), y=(low, high))
    value_axis(ax, panel, ticks, unit)
    if note:
        write(ax, 0, SIZE, note, "muted")
    month_axis(ax, panel, months)
    if target is not None:
        rule(ax, panel, panel.x, (target, target), "target", 1.5, (5, 3), gid="target")
        write(
            ax,
            panel.left + 4,
            panel.down(target) - 5,
            f"{target_label} {labelled(target, unit, decimals)}",
            "target",
            halo=True,
        )
    for order, (name, series) in reversed(list(enumerate(values.items()))):
        colour = "grey" if order else "accent"
        ys = np.array([np.nan if v is None else v for v in series])
        cuts = [i for i, month in enumerate(months) if i and month in breaks]
        xs = np.insert(np.arange(len(months), dtype=float), cuts, [i - 0.5 for i in cuts])
        rule(ax, panel, xs, np.insert(ys, cuts, np.nan), colour, 1.5 if order else 2.5, gid=name)
        spots = np.flatnonzero(~np.isnan(ys))
        if spots.size:
            joined = [not np.isnan(ys[i]) and not np.isnan(ys[i + 1]) and i + 1 not in cuts for i in range(len(ys) - 1)]
            alone = [i for i in spots[:-1] if not joined[i] and not (i and joined[i - 1])]
            if alone:
                dot(ax, panel, alone, ys[alone], colour, 3)
            few = [i for i in spots[:-1] if not order and months[i] in partial]
            if few:
                dot(ax, panel, few, ys[few], colour, 3.5, hollow=True, gid=f"{name}:sebagian")
            last = spots[-1]
            hollow = (provisional and last == len(months) - 1) or (not order and months[last] in partial)
            dot(ax, panel, [last], [ys[last]], colour, 4.5 if not order else 3.5, hollow=hollow, gid=f"{name}:akhir")
    _break_marks(ax, panel, months, breaks)
    _end_labels(ax, panel, ends)
    if len(values) == 1:
        taken = [panel.bottom - 5] if gaps else []
        taken += [panel.down(target) - 5] if target is not None else []
        taken += [SIZE] if note else []
        taken += [panel.top - 7] if breaks else []
        _start_label(ax, panel, next(iter(values.values())), unit, decimals, taken)
    _gap_labels(ax, panel, gaps)


def _scale_note(low: float, most: float, unit: str) -> str:
    """Say that a scale is not from zero, and that a percentage goes beyond the whole; empty where neither is so."""
    over = f"da nilai di atas {tick_label(100, unit)}" if unit == "%" and most > 100 else ""
    if low == 0:
        return f"A{over}" if over else ""
    start = f"Sumbu mulai dari {tick_label(low, unit)}"
    return f"{start}; a{over}" if over else f"{start}, bukan dari 0"


def _break_marks(ax, panel: Panel, months: Sequence[str], breaks: Mapping[str, str]):
    """Draw a dashed line before each month with which something changed; write above it what, where there is room."""
    edge = -math.inf
    for i, month in enumerate(months):
        if not i or month not in breaks:
            continue
        rule(ax, panel, (i - 0.5, i - 0.5), panel.y, "grey", 1, (3, 3), gid=f"putus:{month}")
        half = text_width(breaks[month]) / 2
        x = min(max(panel.across(i - 0.5), half), whole(ax).width - half)
        if x - half > edge:
            write(ax, x, panel.top - 7, breaks[month], "muted", "center")
            edge = x + half + 6


def _scale(values: Sequence[float], foot: bool = False) -> tuple[float, float, list[float]]:
    """Give low, high and ticks: from zero where that costs the line less than half of the height.

    foot: leave room for a line of words under the values of a scale of its own.
    """
    low, high = min(values), max(values)
    if 0 <= low <= high / 2:
        ticks = nice_ticks(0, high or 1)
    else:
        pad = max((high - low) * 0.15, abs(high) * 0.005, 0.01)
        ticks = nice_ticks(low - pad - (0.25 * (high - low) if foot else 0), high + pad)
    return ticks[0], ticks[-1], ticks


def _ends(values, unit, decimals, named) -> list[tuple[str, list[str]]]:
    """Give for each line its last value and, where there are several, its name."""
    ends = []
    for name, series in values.items():
        last = next((v for v in reversed(series) if v is not None), None)
        value = wording.MISSING if last is None else labelled(last, unit, decimals)
        ends.append((name, [value, *wrap(name, 96)] if named else [value]))
    return ends


def _end_labels(ax, panel: Panel, ends):
    lines = {line.get_gid(): line for line in ax.lines if line.get_gid()}
    centres, sizes = [], []
    for name, texts in ends:
        ys = np.asarray(lines[name].get_ydata(), float)
        ys = ys[~np.isnan(ys)]
        centres.append(panel.down(ys[-1]) if ys.size else panel.bottom)
        sizes.append(len(texts) * (LINE - 2))
    placed = spread(centres, sizes, panel.top - 8, panel.bottom + 8, gap=4)
    for order, ((_, texts), centre, size) in enumerate(zip(ends, placed, sizes, strict=True)):
        for i, text in enumerate(texts):
            y = centre - size / 2 + 12.5 + i * (LINE - 2)
            write(ax, panel.right + 10, y, text, "muted" if order else "accent", bold=not order and i == 0)


def _start_label(ax, panel: Panel, series: Sequence[float | None], unit: str, decimals: int, taken: Sequence[float]):
    """Write the first value of a single line on the side that the line leaves free; not over baselines `taken`."""
    known = [(i, v) for i, v in enumerate(series) if v is not None]
    if len(known) < 2:
        return
    (i, value), (_, after) = known[:2]
    text = labelled(value, unit, decimals)
    half = text_width(text) / 2
    x = min(max(panel.across(i), panel.left + half + 2), panel.right - half)
    y = panel.down(value) + (SIZE + 8 if after > value else -9)
    if y < panel.bottom - 4 and all(abs(y - other) > LINE for other in taken):
        write(ax, x, y, text, "accent", "center", halo=True)


def _gaps(series: Sequence) -> list[tuple[int, int, str]]:
    """Give the runs (first, last, what is written there) of values that cannot be drawn."""
    runs: list[tuple[int, int, str]] = []
    for i, value in enumerate(series):
        if amount(value) is None:
            word = in_words(value)
            goes_on = runs and runs[-1][1:] == (i - 1, word)
            runs = [*runs[:-1], (runs[-1][0], i, word)] if goes_on else [*runs, (i, i, word)]
    return runs


def _gap_labels(ax, panel: Panel, gaps: Sequence[tuple[int, int, str]]):
    """Write under each gap why nothing is drawn; a dash, or nothing, where two notes would touch."""
    edge = -math.inf
    for first, last, word in gaps:
        middle = panel.across((first + last) / 2)
        for text in (word, "–"):
            half = text_width(text) / 2
            x = min(max(middle, panel.left + half + 2), panel.right - half)
            if x - half > edge:
                write(ax, x, panel.bottom - 5, text, "muted", "center", halo=True)
                edge = x + half + 6
                break


def _path_height(snapshots, milestones, **_) -> float:
    return 168 if any(amount(v) is not None for _, v in snapshots) else NOTHING


@kind(_path_height)
def path(ax, snapshots: Sequence[tuple[str, int]], milestones: Sequence[tuple[str, int]], *, noun: str = "sasaran"):
    """Draw counts at snapshots against the path between milestones, with what is still to go written on it.

    snapshots: (ISO date, count), oldest first. milestones: (ISO date, required count); before the first there is no
    path. From zero.
    """
    counts = [(_ordinal(d), v) for d, v in snapshots if amount(v) is not None]
    goals = [(_ordinal(d), v) for d, v in milestones]
    if not counts:
        write(ax, 0, LINE, wording.MISSING, "muted")
        return
    last_day, last = counts[-1]
    if goals and goals[-1][0] < last_day:
        goals.append((last_day, goals[-1][1]))  # after the last milestone the target holds
    days = [d for d, _ in counts + goals]
    goal_day, goal = goals[-1] if goals else (last_day, None)
    texts = [f"{noun} {wording.number(goal)}", _to_go(goal - last)] if goals else []
    right = max([text_width(t, True) for t in texts], default=10) + 14
    top = max(v for _, v in counts + goals)
    tall, wide = whole(ax).height, whole(ax).width
    left = text_width(wording.number(counts[0][1]), bold=True) / 2 + 8
    left = max(left, 30)
    panel = Panel(left, 26, wide - left - right, tall - 70, x=(min(days), max(*days, min(days) + 1)), y=(0, top))
    rule(ax, panel, panel.x, (0, 0), "grey", 1)
    write(ax, panel.left - 18, panel.bottom + 4.5, "0", "muted", "right")
    if len(goals) > 1:
        rule(ax, panel, *zip(*goals, strict=True), "target", 1.5, (5, 3), gid="jalur")
    if goals:
        dot(ax, panel, *zip(*goals, strict=True), "target", 3.5, hollow=True, gid="tonggak")
    rule(ax, panel, *zip(*counts, strict=True), "accent", 2.5, gid="capaian")
    dot(ax, panel, *zip(*counts, strict=True), "accent", 4.5, gid="potret")
    _path_labels(ax, panel, counts, goals)
    if goals:
        _gap(ax, panel, (last_day, last), (goal_day, goal), texts)
    day_axis(ax, panel, sorted(set(days)))


def _ordinal(day: str | dt.date) -> int:
    return (dt.date.fromisoformat(day) if isinstance(day, str) else day).toordinal()


def _to_go(gap: int) -> str:
    if gap > 0:
        return f"{wording.number(gap)} lagi"
    return "tercapai" if gap == 0 else f"{wording.number(-gap)} di atas"


def _path_labels(ax, panel: Panel, counts, goals):
    """Write counts on the side of the line away from the path, newest first, where there is room."""
    taken: list[tuple[float, float, float]] = []

    def put(day, value, below, colour, bold):
        text = wording.number(value)
        half = text_width(text, bold) / 2
        x = min(max(panel.across(day), half), panel.right + 4 - half)
        y = panel.down(value) + SIZE + 8
        if not below or y > panel.bottom - 4:
            y = panel.down(value) - 9
        if any(x - half < right + 4 and x + half > left - 4 and abs(y - other) < LINE for left, right, other in taken):
            return
        taken.append((x - half, x + half, y))
        write(ax, x, y, text, colour, "center", bold=bold, halo=True)

    after = math.nan
    for day, value in reversed(counts):
        expected = np.interp(day, *zip(*goals, strict=True), left=np.nan) if goals else np.nan
        rising = np.isnan(expected) and after > value  # no path to keep clear of, but the line itself
        put(day, value, value < expected or rising, "accent", True)
        after = value
    for day, value in goals[:-1]:
        behind = any(v < value for d, v in counts if abs(d - day) < 45)
        put(day, value, not behind, "target", False)


def _gap(ax, panel: Panel, now, goal, texts: Sequence[str]):
    """Draw the way still to go as a bracket at the right, and write the goal and the gap beside it."""
    (day, value), (goal_day, required) = now, goal
    if value != required:
        rule(ax, panel, (day, goal_day), (value, value), "accent", 1, (1.5, 2.5))
        rule(ax, panel, (goal_day, goal_day), (value, required), "accent", 2, gid="selisih")
    middle = panel.down((value + required) / 2)
    middle += LINE / 2 if value <= required else -LINE / 2
    goal_y, gap_y = spread([panel.down(required), middle], [LINE, LINE], 0, panel.bottom, gap=0)
    write(ax, panel.right + 10, goal_y + 4.5, texts[0], "target")
    write(ax, panel.right + 10, gap_y + 4.5, texts[1], "accent", bold=True)


PANEL_COLUMNS, PANEL_GAP = (4, 3), 14


def _panels_height(panels, width=WIDTH, **_) -> float:
    columns, lines, _ = _panel_layout(panels, width)
    return math.ceil(len(panels) / columns) * (lines * LINE + 88) - 10


def _panel_layout(panels, width: float) -> tuple[int, int, float]:
    """Give columns, lines of the longest name and width of a panel: as many columns as the longest word leaves."""
    words = [word for name, *_ in panels for word in name.split()]
    for columns in PANEL_COLUMNS:
        room = (width - PANEL_GAP * (columns - 1)) / columns
        if all(text_width(word) <= room for word in words):
            break
    return columns, max((len(wrap(name, room)) for name, *_ in panels), default=1), room


@kind(_panels_height)
def small_multiples(
    ax,
    panels: Sequence[tuple[str, Sequence[tuple[str, float]]]],
    *,
    target: float = 100,
    unit: str = "%",
    decimals: int = 1,
):
    """Draw a small line an area, all on one scale from zero, against one target line.

    panels: (name, [(ISO date, value), ...]); the last value is written.
    """
    columns, lines, width = _panel_layout(panels, whole(ax).width)
    days = [_ordinal(d) for _, series in panels for d, _ in series]
    figures = [v for _, series in panels for _, v in series if amount(v) is not None]
    if not figures:
        write(ax, 0, LINE, wording.MISSING, "muted")
        return
    span = (min(days), max(max(days), min(days) + 1))
    for i, (name, series) in enumerate(panels):
        row, column = divmod(i, columns)
        left, top = column * (width + PANEL_GAP), row * (lines * LINE + 88)
        for j, text in enumerate(wrap(name, width)):
            write(ax, left, top + 14 + j * LINE, text)
        panel = Panel(left + 5, top + lines * LINE + 26, width - 10, 40, x=span, y=(0, max(*figures, target)))
        rule(ax, panel, panel.x, (0, 0), "grey", 1)
        rule(ax, panel, panel.x, (target, target), "target", 1, (4, 3))
        known = [(_ordinal(d), v) for d, v in series if amount(v) is not None]
        if not known:
            write(ax, left, panel.bottom - 4, wording.MISSING, "muted")
            continue
        xs, ys = zip(*known, strict=True)
        rule(ax, panel, xs, ys, "accent", 2, gid=name)
        dot(ax, panel, xs[-1:], ys[-1:], "accent", 3.5)
        write(ax, left + width, top + lines * LINE + 16, labelled(ys[-1], unit, decimals), "accent", "right", bold=True)


def sparkline(values: Sequence, alt: str, width: float = 90, height: float = 24) -> str:
    """Give a line without axes as a tiny SVG: gaps where values miss, the last point marked; empty without values."""
    figures = [amount(v) for v in values]
    there = [v for v in figures if v is not None]
    if not there:
        return ""
    low, high = min(there), max(there)
    panel = Panel(
        4, 4, width - 8, height - 8, x=(0, max(1, len(figures) - 1)), y=(low, high if high > low else low + 1)
    )
    points = [None if v is None else f"{panel.across(i):.1f} {panel.down(v):.1f}" for i, v in enumerate(figures)]
    path, pen = [], "M"
    for point in points:
        path.append(f"{pen}{point}" if point else "")
        pen = "L" if point else "M"
    last = max(i for i, v in enumerate(figures) if v is not None)
    x, y = points[last].split(" ")
    return (
        f'<svg class="kkb-spark" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{html.escape(alt)}"><path d="{"".join(path)}" fill="none" stroke="{variable("grey")}" '
        f'stroke-width="1.5"/><circle cx="{x}" cy="{y}" r="2.5" fill="{variable("accent")}"/></svg>'
    )
