"""The registry of sections: a name in a notebook -> the function that makes it."""

from collections.abc import Callable

from .context import Context
from .elements import Block

SECTIONS: dict[str, Callable[[Context], Block]] = {}
COVERS: set[str] = set()


def section(name: str, cover: bool = False) -> Callable:
    """Register a function as the section of that name; what it makes is what `show(p, name)` shows.

    cover: a page begins with it.
    """

    def register(function: Callable[[Context], Block]) -> Callable[[Context], Block]:
        SECTIONS[name] = function
        if cover:
            COVERS.add(name)
        return function

    return register
