"""The table as a page: `docs/assumptions.md`."""

from collections.abc import Iterable

from assumptions.assumption import Assumption, Setting

_BEGINNING = """\
# What we assume of AWS

Written by `scripts/catalog assumptions` from `assumptions/`; a test keeps it equal.

This bundle was built without an AWS account. What follows is what only an account can tell. Each row says
what is taken for granted, what the documentation says, and what the platform does where it does not hold: by
itself, or by a setting in `catalog.yaml`. Each fallback is tested, and `make rehearse FEAR=1` plays the whole
story on an emulator where these assumptions do not hold.

`scripts/catalog probe` asks your own account, with throw-away resources that it removes again, and says which
settings to set. `--pretend` says what it would make.

| Assumption | If it does not hold | Probe |
|---|---|---|
"""


def page(assumptions: Iterable[Assumption]) -> str:
    """The page.

    Args:
        assumptions: The rows.
    """
    rows = tuple(assumptions)
    listed = (
        f"| [{row.assumed}](#{row.key}) | {_choice(row.setting)} | {'yes' if row.probed else 'no'} |\n"
        for row in rows
    )
    return "\n".join([_BEGINNING + "".join(listed), *map(_section, rows)])


def _choice(setting: Setting | None) -> str:
    return f"`{setting.path}: {setting.fallback}`" if setting else "nothing to set"


def _section(row: Assumption) -> str:
    where = ", ".join(f"`{file}`" for file in row.where)
    setting = (
        f"`{row.setting.path}: {row.setting.fallback}` chooses it; the default is `{row.setting.hoped}`."
        if row.setting
        else "Nothing to set."
    )
    return f"""\
## {row.key}

{row.assumed}

* **Where**: {where}
* **The documentation**: {row.source.says} <{row.source.url}>
* **If it is wrong**: {row.if_wrong}
* **Fallback**: {row.fallback} {setting}
* **Probe**: {row.probe}
* **Shown by**: `{row.shown_by}`
"""
