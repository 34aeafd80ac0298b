"""The sections of the data-quality page: what arrived, what is missing, what contradicts, and what to do.

The page is of a whole data folder: findings, files and revisions are those of every area in it. To add a section: a
function decorated with `@section("mutu_...")` in the cabinet of its subject, and `show(p, "mutu_...")` in the notebook.
"""

from . import arrival, completeness, contradictions, duties, gaps, revisions, sides  # noqa: F401  (they fill the registry)
