"""Joins an indicator, its chart and its words into what a notebook shows.

To add a section: a function of `Context` decorated with `@section("name")` and a `show(p, "name")` in the notebook.
"""

from difflib import get_close_matches

from ..errors import UsageError
from ..params import Params
from .elements import Block


def show(p: Params, name: str) -> Block:
    """Give one section of a page, or one indicator by its id, for the area and period of `p`.

    Raises UsageError for a name that is neither.
    """
    from . import annex, district, themes  # noqa: F401  (they fill the registry)
    from .context import context
    from .sections import SECTIONS

    if name not in SECTIONS:
        near = get_close_matches(name, SECTIONS, n=3)
        raise UsageError(
            f"Bagian {name!r} tidak dikenal." + (f" Mungkin maksudnya: {', '.join(near)}." if near else "")
        )
    return SECTIONS[name](context(p))
