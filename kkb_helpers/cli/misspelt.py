"""What is wrong with a command line, in Indonesian: typer says it in English."""

import re

_BOUNDS = {"greater than or equal to": "paling sedikit", "less than or equal to": "paling banyak"}


def told(error) -> str:
    """Say what an exception of typer's says of a command line; in its words where they are not known here."""
    message = error.format_message()
    if type(error).__name__ == "NoSuchOption":
        return f"opsi {error.option_name} tidak ada.{_perhaps(error.possibilities or [])}"
    if found := re.match(r"No such command '(.*?)'\.(.*)", message):
        alike = re.findall(r"'(.*?)'", found[2])
        return f"perintah {found[1]} tidak ada.{_perhaps(alike)}"
    if type(error).__name__ == "BadOptionUsage" and "requires an argument" in message:
        return f"opsi {error.option_name} perlu nilai."
    if type(error).__name__ == "MissingParameter":
        return f"{_name(error)} belum disebut."
    if found := re.search(r"unexpected extra argument(?:\(s\)|s)? \((.*)\)", message):
        return f"{found[1]} tidak dimengerti di sini.{_perhaps_area(error, found[1])}"
    if type(error).__name__ == "BadParameter":
        return f"{_name(error)}: {_wanted(error.message)}."
    return message


def _perhaps(names: list[str]) -> str:
    return f" Mungkin maksudnya {' atau '.join(names)}." if names else ""


def _perhaps_area(error, words: str) -> str:
    """Say which option names a district, where the command has it: what stands alone is nearly always one."""
    known = error.ctx.command.params if error.ctx else []
    return f" Bila itu wilayah, tulis --area {words.split()[0]}." if any("--area" in p.opts for p in known) else ""


def _name(error) -> str:
    """Give the word by which an option or argument is known on the command line."""
    if error.param is None:
        return str(error.param_hint or "nilai")
    names = [name for name in error.param.opts if name.startswith("--")]
    return names[0] if names else error.param.metavar or error.param.name.upper()


def _wanted(message: str) -> str:
    """Say what a value should have been."""
    if "valid integer" in message:
        return "harus bilangan bulat"
    if "valid number" in message or "valid float" in message:
        return "harus bilangan"
    for said, ours in _BOUNDS.items():
        if found := re.search(rf"{said} (\S+)", message):
            return f"{ours} {found[1]}"
    return message
