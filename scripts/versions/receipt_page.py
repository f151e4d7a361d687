"""A receipt as a page that a person can read: one HTML file that loads nothing and prints well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.functions.model_registry.metrics import Row, written
from registry.functions.model_registry.records import Decision, Kind, data_details
from scripts.console.page_file import environment
from scripts.versions.central_versions import RecordedVersion

DECISIONS: Mapping[Kind, str] = {
    "central-approval": "Approved in the central registry",
    "test": "Sent to the test account",
    "card-approval": "Model card approved",
    "production-approval": "Approved for production",
    "production": "Running in production",
}


@dataclass(frozen=True, kw_only=True)
class Bars:
    """A metric of both versions, drawn on one scale.

    Attributes:
        name: The metric's name.
        candidate, current, change: In words; a dash where there is none.
        candidate_length, current_length: Percent of the longer one.
    """

    name: str
    candidate: str
    current: str
    change: str
    candidate_length: float
    current_length: float


def render(recorded: RecordedVersion, production: str, difference: Sequence[Row]) -> str:
    """The page of a receipt.

    Args:
        recorded: The version, its receipt and the decisions about it.
        production: What production runs, in words.
        difference: The metrics of the version beside production's.

    Returns:
        HTML; every text is escaped.
    """
    templates = environment()
    return templates.get_template("receipt.html.j2").render(
        recorded=recorded,
        production=production,
        compared=any(row.current is not None for row in difference),
        bars=[bars(row) for row in difference],
        facts=facts(recorded),
        decisions=[
            (DECISIONS[decision.kind], decision, _details(decision)) for decision in recorded.decisions
        ],
    )


def facts(recorded: RecordedVersion) -> dict[str, str]:
    """What a receipt says of a version, by name; what it does not say is left out."""
    said = recorded.receipt.content
    life_cycle = recorded.package.get("ModelLifeCycle")
    card = said["model_card"]
    named = {
        "Version": f"{recorded.package['ModelPackageGroupName']} {recorded.number}",
        "Approval status": recorded.status,
        "Stage": f"{life_cycle['Stage']}, {life_cycle['StageStatus']}" if life_cycle else None,
        "Registered": said["registered_at"],
        "Source": said["source_model_package_arn"],
        "Project": said["project_name"],
        "Commit": said["commit"],
        "Pipeline execution": said["pipeline_execution_arn"],
        "Data": said["input_data_uri"],
        **{worded(name): value for name, value in data_details(said).items()},
        "Approved by its team": said["approved_by"],
        "Approved at": said["approved_at"],
        "Words of the approval": said["approval_description"],
        "Model card": f"{card['arn']}, SHA-256 {card['content_sha256']}" if card else None,
        "Registered without": ", ".join(said.get("left_out", ())) or None,
        **{
            f"Image {number}": f"{image['image']}{', ' + image['digest'] if image['digest'] else ''}"
            for number, image in enumerate(said["images"], start=1)
        },
        "Receipt": recorded.receipt.uri,
        "SHA-256 of the receipt": recorded.receipt.sha256,
    }
    return {name: value for name, value in named.items() if value}


def worded(name: str) -> str:
    """The name of a detail of the data, as people read it: `input_data_listing` as ``Data listing``."""
    return f"Data {name.removeprefix('input_data_').replace('_', ' ')}"


def bars(row: Row) -> Bars:
    """A metric, with lengths for both bars."""
    longest = max(abs(row.candidate or 0.0), abs(row.current or 0.0)) or 1.0
    return Bars(
        name=row.name,
        candidate=_number(row.candidate),
        current=_number(row.current),
        change=f"{row.change:+.3g}" if row.change is not None else "-",
        candidate_length=round(100 * abs(row.candidate or 0.0) / longest, 2),
        current_length=round(100 * abs(row.current or 0.0) / longest, 2),
    )


def _number(value: float | None) -> str:
    return "-" if value is None else written(value)


def _details(decision: Decision) -> dict[str, str]:
    """What else a decision says, in words."""
    return {
        name.replace("_", " "): ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in decision.details.items()
        if value
    }
