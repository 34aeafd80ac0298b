"""Imports nbformat without a grammar that no notebook needs."""

import sys

# When jsonschema (below nbformat) finds `rfc3987_syntax`, it compiles a grammar of international web addresses as it is
# imported: 1.6 s of every start, for a format that the schema of notebooks does not have. JupyterLab installs it.
_LEFT_OUT = "rfc3987_syntax"

if "jsonschema" not in sys.modules and _LEFT_OUT not in sys.modules:
    sys.modules[_LEFT_OUT] = None  # to Python: not installed, while nbformat is imported
    try:
        import nbformat  # noqa: F401
    finally:
        del sys.modules[_LEFT_OUT]
