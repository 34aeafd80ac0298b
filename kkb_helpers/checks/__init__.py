"""Every data-quality rule: code, severity, sentence.

To add a rule: one function under `@check` in the cabinet of its stage, and one passing and one failing fixture in
`tests/test_checks.py`. A rule gets the subject of its stage (a `File`, the `Reception` of a file, its `Rows`, its
`Cells`, its `Matches`, the tidy `Shelf`) and yields what it finds, and how many rows, cells or files it `Saw`: one that
saw nothing did not run. A finding never changes a value: that a faulty cell is missing is decided where it is read.
"""

from . import opening, persons, series, unread  # noqa: F401 - imported for their rules, which enter the registry
from .agreement import contradictory_rows
from .completeness import Extraction, completeness_of
from .headings import Reception
from .lines import Body, Rows
from .places import Matches
from .registry import (
    CHECKS,
    SEVERITIES,
    STAGES,
    Check,
    Found,
    Saw,
    frame_of,
    in_order,
    letter,
    message,
    refuses,
    run,
    seen_frame,
)
from .revisions import REVISION_COLUMNS, revisions_of
from .shelf import Shelf, amount, label
from .totals import PageTable, Totals
from .values import Cells, Form

__all__ = [
    "CHECKS",
    "REVISION_COLUMNS",
    "SEVERITIES",
    "STAGES",
    "Body",
    "Cells",
    "Check",
    "Extraction",
    "Form",
    "Found",
    "Matches",
    "PageTable",
    "Reception",
    "Rows",
    "Saw",
    "Shelf",
    "Totals",
    "amount",
    "completeness_of",
    "contradictory_rows",
    "frame_of",
    "in_order",
    "label",
    "letter",
    "message",
    "refuses",
    "revisions_of",
    "run",
    "seen_frame",
]
