"""Many notebooks: draft first, lock, manifest, resume, local pool or Dask.

A job is a notebook with parameters and the place its results belong. Running one gives files in memory; landing
them is a draft beside the target, then a rename; the manifest line comes last. So at any moment, whatever stops the
machine, the target holds the results of one run as a whole, and the manifest claims nothing that is not there.

Threads of this process drive the jobs through papermill; the notebooks themselves run in processes of the engine.
"""

from ..engine import schema  # noqa: F401  # isort: skip - before all that imports nbformat
from .changes import reasons
from .cluster import Cluster
from .disk import write_file
from .jobs import Job, notebook_sha256
from .lock import locked
from .manifest import Manifest, last_run
from .press import Result, clean, job_of_record, run, start_source, unfinished, warm
from .trace import Trace, trace
from .verdict import GOOD

__all__ = [
    "GOOD",
    "Cluster",
    "Job",
    "Manifest",
    "Result",
    "Trace",
    "clean",
    "job_of_record",
    "last_run",
    "locked",
    "notebook_sha256",
    "reasons",
    "run",
    "start_source",
    "trace",
    "unfinished",
    "warm",
    "write_file",
]
