"""The sections of a province's page: its kabupaten/kota side by side, by need, pace and place among each other.

To add a section: a function decorated with `@section("provinsi_...")` in the cabinet of its subject, and a
`show(p, "provinsi_...")` in the notebook.
"""

from . import among, classes, ends, late, need, pace, support  # noqa: F401  (they fill the registry)
