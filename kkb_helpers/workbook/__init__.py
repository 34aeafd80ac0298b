"""Excel files for field officers: the workbooks an office fills in, and the list of what to do next.

`template` and `fill` write what no portal field holds, as `data/templates` lays it out; `tidy` is the way back.
`follow_up_frames` selects what a district does next and `follow_up` writes it; `findings_book` lists what the checks
found. To add a fill-in workbook: its columns in `data/templates/columns.csv` and its rule in `intake`. To add a task:
its entries in `tasks`.
"""

from .cells import defang
from .findings import findings_book
from .forms import FUNGSI, HEADERS, SASARAN, activities, fill, is_example, organisation_kinds, template
from .intake import PROBLEM_COLUMNS, TIDY_COLUMNS, form_of, tidy, tidy_sheet
from .tasks import SHEETS, FollowUp, follow_up, follow_up_frames, selected

__all__ = [
    "FUNGSI",
    "HEADERS",
    "PROBLEM_COLUMNS",
    "SASARAN",
    "SHEETS",
    "TIDY_COLUMNS",
    "FollowUp",
    "activities",
    "defang",
    "fill",
    "findings_book",
    "follow_up",
    "follow_up_frames",
    "form_of",
    "is_example",
    "organisation_kinds",
    "selected",
    "template",
    "tidy",
    "tidy_sheet",
]
