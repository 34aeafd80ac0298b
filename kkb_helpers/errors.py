"""Errors raised on purpose; a leaf that everyone may import.

Each class is one exit code of the command line. A message is Indonesian, one problem a line, and says
where it was, what was found, what was expected and what to do.
"""

from collections.abc import Iterable


class KkbError(Exception):
    """An error whose message is meant for the person at the keyboard."""

    exit_code = 1

    def __init__(self, messages: str | Iterable[str]):
        self.messages = [messages] if isinstance(messages, str) else list(messages)
        super().__init__("\n".join(self.messages))


class UsageError(KkbError):
    """The command or a parameter is wrong; nothing was run."""

    exit_code = 2


class QualityError(KkbError):
    """The input is refused: no known export, or a column is missing."""

    exit_code = 3


class PrivacyError(KkbError):
    """The input is refused because it holds a person's data. The message never repeats a value."""

    exit_code = 4


class EnvironmentFault(KkbError):
    """Disk, permission, lock or kernel: the machine, not the data."""

    exit_code = 5


class Killed(EnvironmentFault):
    """The system ended a process that was at work for this one."""
