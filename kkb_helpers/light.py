"""Imports modules without what they ask for in passing, costs much, and no report uses."""

import sys
import warnings
from importlib import import_module

# What a module does without where it is not installed. To do without it saves seconds of every start:
LEFT_OUT = {
    # jsonschema, below nbformat: a package for each format of text, none of which is in the schema of notebooks. The
    # grammar of international web addresses alone, which JupyterLab installs, takes 1.6 s to compile.
    "nbformat": ("rfc3987_syntax", "rfc3986_validator", "isoduration", "webcolors", "fqdn", "uri_template"),
    # The debugger of a kernel that nobody talks to.
    "ipykernel.debugger": ("debugpy",),
    # Selectors of style sheets, whose grammar is compiled; nbconvert reads HTML without any.
    "bs4": ("soupsieve",),
    # Charts that no report draws: smoothed, clustered, fitted, with controls.
    "seaborn": ("scipy.stats", "scipy.cluster", "statsmodels", "ipywidgets"),
    # Made-up tables for tests, which pandera can draw; and maps.
    "pandera.pandas": ("hypothesis", "geopandas"),
    "pandera.backends.pandas.builtin_checks": ("hypothesis",),
}


def load(name: str):
    """Import a module; where it is one of `LEFT_OUT`, as though what it can do without were not installed.

    Whoever imports that later gets it. Not for modules whose users may want all of them: they keep what they found.
    """
    out = [] if name in sys.modules else [other for other in LEFT_OUT.get(name, ()) if other not in sys.modules]
    sys.modules.update(dict.fromkeys(out))  # None: to Python, not installed
    try:
        with warnings.catch_warnings():
            if out:
                warnings.simplefilter("ignore")  # of what is not installed, some modules say so
            return import_module(name)
    finally:
        for other in out:
            del sys.modules[other]
