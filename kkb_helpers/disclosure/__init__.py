"""What small counts of persons may be shown to whom, and what is hidden with them.

Counts of villages, Kampung KB and groups are counts of institutions and stay exact. `rules`: what each profile shows.
`cells`: hides small counts among counts that readers can add up, and as many others as it takes. `figures`: does so to
the rows of indicators. `cross`: to a table of persons by two dimensions.
"""

from .cross import Cross, crossed
from .figures import MARKS, comparable, protect, rate, related, shown, written
from .rules import HIDDEN, LEAST_NUMERATOR, RULES, Rule, explanation, notice

__all__ = [
    "HIDDEN",
    "LEAST_NUMERATOR",
    "MARKS",
    "RULES",
    "Cross",
    "Rule",
    "comparable",
    "crossed",
    "explanation",
    "notice",
    "protect",
    "rate",
    "related",
    "shown",
    "written",
]
