"""The colours by name, on light and on dark paper, and their contrast."""

from collections.abc import Iterable, Sequence
from functools import cache

from .values import amount

CLASSES = ("Dasar", "Berkembang", "Mandiri", "Berkelanjutan")
UNREPORTED = "Belum lapor"
HEAT_STEPS = 6


@cache
def palette() -> dict[str, tuple[str, str]]:
    """Give the colours by name: on light paper, on dark paper.

    The ordered scales are seaborn's blends between two ends of one hue: class-1 to class-4, heat-1 to heat-6; `on-...`
    is the text on each.
    """
    from seaborn import blend_palette

    colours = {
        "paper": ("#ffffff", "#14181d"),
        "ink": ("#1f2933", "#e6e9ec"),
        "muted": ("#55606b", "#a9b2bb"),
        "grey": ("#87919b", "#75808b"),
        "grid": ("#d5dae0", "#343c45"),
        "accent": ("#00698f", "#5ab4e0"),
        "target": ("#b3440e", "#f2a56b"),
    }
    for scale, steps, light, dark in (
        ("class", len(CLASSES), ("#6798b6", "#0c3350"), ("#4a7f9f", "#e2f2fb")),
        ("heat", HEAT_STEPS, ("#f1f6f9", "#154a6b"), ("#1d2a34", "#a9d3ea")),
    ):
        blends = (blend_palette(ends, steps, as_cmap=False).as_hex() for ends in (light, dark))
        for step, pair in enumerate(zip(*blends, strict=True), start=1):
            colours[f"{scale}-{step}"] = pair
            colours[f"on-{scale}-{step}"] = tuple(readable(colour, len(colours)) for colour in pair)
    return colours


def luminance(colour: str) -> float:
    """Give the relative luminance of a hex colour after WCAG 2.2."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Give the contrast of two hex colours after WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(background: str, shade: int = 0) -> str:
    """Give the colour of text, near black or near white, that is read best on a background.

    shade: 0 to 31, a difference no eye sees, so that every name of the palette has a colour of its own.
    """
    return max((f"#0000{shade:02x}", f"#ffff{255 - shade:02x}"), key=lambda text: contrast(text, background))


def hue(name: str) -> str:
    """Give a colour on light paper by its name."""
    return palette()[name][0]


def variable(name: str) -> str:
    """Give a colour as the page writes it: its variable, with the colour on light paper where there is none."""
    return f"var(--kkb-{name},{palette()[name][0]})"


@cache
def names_of_colours() -> dict[str, str]:
    """Give the name of each colour on light paper; every name has its own."""
    return {light: name for name, (light, _) in palette().items()}


def css() -> str:
    """Give the style sheet that a page needs for its charts: every colour as a variable, on light and dark paper."""
    light, dark = (
        "".join(f"--kkb-{name}:{pair[i]};" for name, pair in palette().items() if name != "paper") for i in (0, 1)
    )
    return (
        f":root{{--kkb-paper:{palette()['paper'][0]};{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--kkb-paper:{palette()['paper'][1]};{dark}}}}}"
        ".kkb-chart{display:block;width:100%;height:auto;overflow:visible}"
    )


def shade(values: Iterable, better: str = "up") -> list[tuple[str, str]]:
    """Give a background and a text colour for each cell of a table's column; darker is always better.

    better: up or down; with context nothing is shaded. Missing values and text get none (`("", "")`).
    """
    steps = heat_steps([amount(v) for v in values], better)
    return [(variable(f"heat-{step}"), variable(f"on-heat-{step}")) if step else ("", "") for step in steps]


def heat_steps(figures: Sequence[float | None], better: str) -> list[int]:
    """Give the step of the heat scale of each value; 0 where there is none or nothing to tell apart."""
    there = [v for v in figures if v is not None]
    if better not in ("up", "down") or len(set(there)) < 2:
        return [0] * len(figures)
    low, high = min(there), max(there)
    parts = [None if v is None else (v - low) / (high - low) for v in figures]
    parts = [p if p is None or better == "up" else 1 - p for p in parts]
    return [0 if p is None else 1 + min(HEAT_STEPS - 1, int(p * HEAT_STEPS)) for p in parts]
