"""The templates of both stages, as the build writes them."""

import json
from pathlib import Path
from typing import Any

from deploy.project import StageName

ACCOUNTS: dict[StageName, str] = {"test": "444444444444", "production": "555555555555"}
TITLE = "a-project-of-thirty-two-lettersX-p-twenty-characters1"

Templates = dict[StageName, dict[str, Any]]


def read(folder: Path, stage: StageName) -> dict[str, Any]:
    """The template of a stage."""
    (path,) = folder.glob(f"*-{stage}.template.json")
    template: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return template


def resource(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """The properties of the one resource of a type."""
    (found,) = [item for item in template["Resources"].values() if item["Type"] == kind]
    properties: dict[str, Any] = found["Properties"]
    return properties
