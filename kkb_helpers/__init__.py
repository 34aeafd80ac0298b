"""Reporting notebooks for the Kampung Keluarga Berkualitas programme: all that a notebook needs."""

__all__ = ["Params", "show"]
__version__ = "0.1.0"


def __getattr__(name: str):
    """Import what is asked for when it is asked for: the command line starts without pandas."""
    if name == "Params":
        from .params import Params

        return Params
    if name == "show":
        from .page import show

        return show
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
