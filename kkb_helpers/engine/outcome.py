"""How a notebook ended, in the words of its parent."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import nbformat


@dataclass
class Outcome:
    """How a notebook ended, as its parent saw it.

    status: `ok`, `failed`, `exited` (sys.exit in a cell), `died`, `timed_out`. cell: the index of the cell at fault.
    not_run: indices of code cells that never ran. files, value: what the function after the cells gave.
    """

    status: str = "died"
    reason: str = ""
    cell: int | None = None
    not_run: tuple[int, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_bytes: int | None = None
    notebook: "nbformat.NotebookNode | None" = None
    files: dict[str, bytes] = field(default_factory=dict)
    value: Any = None
