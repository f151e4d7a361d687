"""Figures and commands as people read them."""

import shlex

LONG_LINE = 72


def number(value: float | None) -> str:
    """Return a figure with four significant digits, without needless zeros."""
    if value is None:
        return "\N{EN DASH}"
    text = f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


def typed(line: str) -> str:
    """Return a command as it is typed; a long one with an option on each line, which a shell takes as one."""
    if len(line) <= LONG_LINE:
        return line
    lines: list[list[str]] = [[]]
    for word in shlex.split(line):
        if word.startswith("--"):
            lines.append([])
        lines[-1].append(word)
    return " \\\n  ".join(shlex.join(words) for words in lines)
