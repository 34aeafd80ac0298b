"""The registry of sections: a name in a notebook -> the function that makes it."""

from collections.abc import Callable

from .context import Context
from .elements import Block

SECTIONS: dict[str, Callable[[Context], Block]] = {}


def section(name: str) -> Callable:
    """Register a function as the section of that name; what it makes is what `show(p, name)` shows."""

    def register(function: Callable[[Context], Block]) -> Callable[[Context], Block]:
        SECTIONS[name] = function
        return function

    return register
