"""Where services keep what does not fit in memory."""

from pathlib import Path

_root: Path | None = None


def use(root: Path) -> None:
    """Keep everything below a folder from now on; the server calls this once, at its start."""
    global _root  # noqa: PLW0603  one process serves one state
    _root = root.resolve()


def folder(*parts: str) -> Path:
    """Return a folder of the emulator's state, created if missing.

    Args:
        parts: Its path below the state folder, such as a service and an account.
    """
    if _root is None:
        raise RuntimeError("the server has not said where state is kept")
    path = _root.joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path
