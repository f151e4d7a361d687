"""Small tools of the tests of repositories, builds and pipelines."""

import io
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any


def zipped(files: Mapping[str, str]) -> bytes:
    """Return a zip archive of files by their path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def until(look: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    """Look again and again until what is found is as wanted, for half a minute at most."""
    for _ in range(300):
        if done(found := look()):
            return found
        time.sleep(0.1)
    raise AssertionError(f"Still {found!r}")
