"""The shape of a row of the table."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Source:
    """What AWS's documentation says.

    Attributes:
        says: The fact, or what is missing there.
        url: Where.
    """

    says: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting of `catalog.yaml` that chooses a fallback.

    Attributes:
        path: Such as ``assumptions.group_policy``.
        hoped: Its value while the assumption holds: the default.
        fallback: Its value where the assumption does not hold.
    """

    path: str
    hoped: str
    fallback: str


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """Something that only an AWS account can tell.

    Attributes:
        key: By which tests, the probe and the emulator's switches know it.
        assumed: What is taken for granted, as a sentence.
        where: The files that rely on it, from the root of the repository.
        source: What the documentation says.
        if_wrong: What would happen without the fallback.
        fallback: What the platform does then.
        setting: What chooses the fallback; None where the code finds out by itself, or holds either way.
        probe: What `catalog probe` does to find out; or how else one sees it.
        probed: Whether `catalog probe` finds out.
        shown_by: The test that fails without the fallback, as pytest names it.
    """

    key: str
    assumed: str
    where: tuple[str, ...]
    source: Source
    if_wrong: str
    fallback: str
    setting: Setting | None = None
    probe: str
    probed: bool = False
    shown_by: str
