"""`python -m kkb_helpers`: the same as `kkb`."""

from .cli import program

program()
