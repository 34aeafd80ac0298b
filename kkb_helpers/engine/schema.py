"""The schema of notebooks: nbformat, imported as `light` does it; to be imported before all else that imports it."""

from .. import light

light.load("nbformat")
