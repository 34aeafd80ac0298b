"""The papermill engine: a notebook in a warm, fresh process.

Three parts. The *runner* (papermill in any process, threads or not) drives a notebook and keeps its truth. The
*template* is a process of our own that imports what every report needs, starts no thread, and forks. The *child* is one
fork: it runs the cells of one notebook in ipykernel's in-process kernel, sends each finished cell to the runner, and
ends. Nothing that one notebook changes is seen by the next, and a child that dies leaves its finished cells behind.
What several notebooks read alike (the districts of a province: its tables) is read once in a *branch*, a fork of the
template that is then theirs; what a notebook finds there it could have read itself, and does where no branch is.

A template of our own rather than pebble or a forkserver, by measurement: two at a time on two busy cores, a task that
does nothing cost 0.11 s in pebble's pool of one-task processes (forkserver, the same preload) and 0.03 s here, with
the kernel; and neither of them forks a kernel that is already built, streams cells, kills the whole group of a
notebook, or tells memory and CPU by `wait4`. Where `fork` is missing (Windows) or unsafe (macOS), the same child
program starts cold in a process of its own: slower, the same in every other way.

Registered as `kkb` in papermill's entry points: `papermill --engine kkb` works with nothing else set up.
"""

from .outcome import Outcome
from .runner import PRELOAD, Cold, Template, TemplateLost, can_fork, make_source, shared

__all__ = ["PRELOAD", "Cold", "ForkEngine", "Outcome", "Template", "TemplateLost", "can_fork", "make_source", "shared"]


def __getattr__(name: str):
    """Give `ForkEngine` when it is first asked for, with papermill imported before it.

    papermill asks for it while papermill is itself being imported, so importing this module may not need papermill;
    and the template, which imports this too, never needs it. Nor does importing this need nbformat: a run starts its
    template first, and imports its own things while that imports its.
    """
    if name == "ForkEngine":
        import papermill.engines  # noqa: F401 - first, or its half-made self would meet our half-made class

        from .drive import ForkEngine

        return ForkEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
