"""Each export kind: how it is recognised by its headers, its columns, their kinds and aliases.

To add an export kind of villages: one `Source` in `exports.EXPORTS` and a fixture in `tests/test_sources.py`; a page of
areas: one `Page` in `pages`. A column's `header` is what the export writes; `name` is what the tidy table calls it.
Recognition never looks at a file's name.
"""

from .exports import BULAN, PLACES, REGISTRY
from .forms import FORMS
from .kinds import DTYPES, Column, Source, label_of
from .pages import PAGES, PageHeader, recognise_page
from .recognition import Header, Recognition, headers_in, nearest_kind, own_labels, read_header, recognise, with_given
from .schemas import KINDS, TABLES, columns_of, key_of, load_pandera, schema
from .titles import HEADER_WITHIN, titles_of

__all__ = [
    "BULAN", "DTYPES", "FORMS", "HEADER_WITHIN", "KINDS", "PAGES", "PLACES", "REGISTRY", "TABLES",
    "Column", "Header", "PageHeader", "Recognition", "Source",
    "columns_of", "headers_in", "key_of", "label_of", "load_pandera", "nearest_kind", "own_labels",
    "read_header", "recognise", "recognise_page", "schema", "titles_of", "with_given",
]  # fmt: skip
