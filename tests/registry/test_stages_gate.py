"""Nothing goes to production that is not ready, and each refusal says in one sentence what to do."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from registry.functions.model_registry.card_content import where_to_write
from registry.functions.model_registry.errors import RegistryError
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, Cloud
from tests.registry.deploying import (
    EXECUTION,
    OFFICER_ARN,
    PIPELINE,
    PRODUCTION,
    approve_card,
    content_of,
    do,
    ready_version,
    step,
)
from tests.registry.versions import GROUP, ML_ENGINEER, PROMOTED, book, receipt, tags

Spoil = Callable[[Cloud, str], None]

ARN = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/{GROUP}/1"
FOLDER = f"s3://{REGISTRY_BUCKET}/{PROMOTED}"
CARD = f"The model card of {ARN} ({GROUP}, version {{}})"
LET_READ = f"ask the governance officer to read it ('catalog card approve --model-package {ARN}')."
OF_BRACES = hashlib.sha256(b"{}").hexdigest()
BEWARE = "do not deploy the version, and look in CloudTrail for who has written there."


def say_of_card(cloud: Cloud, status: str, **sections: Any) -> None:
    """Write another version of the card."""
    cloud.write_card(GROUP, {**content_of(cloud, ARN), **sections}, status)


def rejected(cloud: Cloud, arn: str) -> None:
    cloud.approve(arn, "Rejected", who=ML_ENGINEER)


def without_receipt(cloud: Cloud, arn: str) -> None:
    del cloud.versions[arn]["CustomerMetadataProperties"]["receipt_uri"]


def receipt_deleted(cloud: Cloud, _arn: str) -> None:
    del cloud.objects[REGISTRY_BUCKET, f"{PROMOTED}receipt.json"]


def receipt_tampered(cloud: Cloud, _arn: str) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}receipt.json", b"{}")


def not_released(cloud: Cloud, _arn: str) -> None:
    for key in cloud.keys(REGISTRY_BUCKET):
        if "/central-approval-" in key:
            del cloud.objects[REGISTRY_BUCKET, key]


def artifact_overwritten(cloud: Cloud, _arn: str) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}model.tar.gz", b"another weight")


def no_card(cloud: Cloud, _arn: str) -> None:
    cloud.cards.clear()


def card_of_another_version(cloud: Cloud, _arn: str) -> None:
    cloud.cards.clear()
    say_of_card(cloud, "Approved", model_package_details={"model_package_arn": f"{ARN}0"})


def draft(cloud: Cloud, _arn: str) -> None:
    say_of_card(cloud, "Draft")


def waiting(cloud: Cloud, _arn: str) -> None:
    say_of_card(cloud, "PendingReview", business_details={"business_problem": "Another"})


def approved_by_nobody(cloud: Cloud, _arn: str) -> None:
    for key in cloud.keys(REGISTRY_BUCKET):
        if "/card-approval-" in key:
            del cloud.objects[REGISTRY_BUCKET, key]


def approved_by_another(cloud: Cloud, arn: str) -> None:
    approved_by_nobody(cloud, arn)
    approve_card(cloud, arn, OFFICER_ARN.replace("governance-officer", "ml-engineer"))


def changed_after_approval(cloud: Cloud, _arn: str) -> None:
    say_of_card(cloud, "Approved", business_details={"business_problem": "Another"})


def field_emptied(cloud: Cloud, arn: str) -> None:
    say_of_card(cloud, "PendingReview", intended_uses={"risk_rating": "Unknown"})
    approve_card(cloud, arn)


def fields_left_out(cloud: Cloud, _arn: str) -> None:
    say_of_card(cloud, "PendingReview", evaluation_details=[], business_details={})


def nobody_approved_production(cloud: Cloud, _arn: str) -> None:
    cloud.actions.clear()
    cloud.act(PIPELINE, EXECUTION, "ApproveProduction", "InProgress")


def production_rejected(cloud: Cloud, _arn: str) -> None:
    cloud.actions.clear()
    cloud.act(PIPELINE, EXECUTION, "ApproveProduction", "Failed", OFFICER_ARN)


def another_execution_approved(cloud: Cloud, _arn: str) -> None:
    cloud.actions = {(PIPELINE, f"{EXECUTION}0"): cloud.actions[PIPELINE, EXECUTION]}


def outside_the_organization(cloud: Cloud, _arn: str) -> None:
    cloud.members.discard(PRODUCTION)


WHERE = {
    field: f"{field} ({where_to_write(field)})"
    for field in ("intended_uses.risk_rating", "business_details.business_problem", "evaluation_details")
}
NO_CARD = (
    f"{ARN} has no model card: make one ('catalog card create --group {GROUP}'), and run the project's "
    "SageMaker pipeline, which describes the version there."
)
NOBODY = (
    f"Nobody has approved ApproveProduction in the execution {EXECUTION} of {PIPELINE}: ask the governance "
    "officer to approve it there before this action runs."
)

REFUSED: dict[str, tuple[Spoil, str]] = {
    "version not approved": (
        rejected,
        (
            f"{ARN} is Rejected and not Approved: ask the ML engineer to approve it in the central registry, "
            "or deploy another version."
        ),
    ),
    "version approved by nobody": (
        not_released,
        (
            f"{ARN} is Approved, and nothing says by whom: see release's dead letters, or ask the ML "
            "engineer to approve it once more."
        ),
    ),
    "receipt missing": (
        without_receipt,
        (
            f"{ARN} has no receipt: promotion or release writes it; see why not in their dead letters, and "
            "replay them."
        ),
    ),
    "receipt deleted": (receipt_deleted, f"The receipt {FOLDER}receipt.json of {ARN} is gone: {BEWARE}"),
    "receipt tampered with": (
        receipt_tampered,
        (
            f"The receipt {FOLDER}receipt.json has the digest "
            f"{OF_BRACES}, and {ARN} says {{sha256}}: one of them was tampered with; {BEWARE}"
        ),
    ),
    "artifact overwritten": (
        artifact_overwritten,
        (
            f"{FOLDER}model.tar.gz is not what the receipt {FOLDER}receipt.json says (7 bytes, and now 14): "
            f"{BEWARE}"
        ),
    ),
    "card missing": (
        no_card,
        NO_CARD,
    ),
    "card of another version": (
        card_of_another_version,
        NO_CARD,
    ),
    "card a draft": (draft, f"{CARD.format(2)} is Draft and not Approved: {LET_READ}"),
    "card waiting for approval": (waiting, f"{CARD.format(2)} is PendingReview and not Approved: {LET_READ}"),
    "card approved by nobody": (
        approved_by_nobody,
        f"{CARD.format(1)} is Approved, but not by the governance officer: {LET_READ}",
    ),
    "card approved by another role": (
        approved_by_another,
        f"{CARD.format(1)} is Approved, but not by the governance officer: {LET_READ}",
    ),
    "card changed after its approval": (
        changed_after_approval,
        f"{CARD.format(2)} was changed after its approval: {LET_READ}",
    ),
    "field missing": (field_emptied, f"{CARD.format(2)} lacks {WHERE['intended_uses.risk_rating']}."),
    "several fields missing": (
        fields_left_out,
        (
            f"{CARD.format(2)} lacks {WHERE['business_details.business_problem']}, "
            f"{WHERE['evaluation_details']}."
        ),
    ),
    "production not approved yet": (nobody_approved_production, NOBODY),
    "production rejected": (production_rejected, NOBODY),
    "production approved in another execution": (another_execution_approved, NOBODY),
    "production outside the organisation": (
        outside_the_organization,
        f"AWS RAM does not associate {PRODUCTION} with",
    ),
}


@pytest.mark.parametrize(("spoil", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_not_ready_is_refused(cloud: Cloud, spoil: Spoil, sentence: str) -> None:
    arn = ready_version(cloud)
    assert arn == ARN
    sha256 = receipt(cloud, arn).sha256
    spoil(cloud, arn)

    with pytest.raises(RegistryError) as refusal:
        do(arn, "admit")

    said = str(refusal.value)
    assert (
        said.startswith(sentence)
        if spoil is outside_the_organization
        else said == sentence.format(sha256=sha256)
    )
    assert "production-status" not in tags(cloud)
    assert step(cloud, arn) is None


def test_what_is_ready_is_admitted(cloud: Cloud) -> None:
    do(ready_version(cloud), "admit")
    assert tags(cloud)["production-status"] == "Admitted"


BEFORE_TEST = {
    name: REFUSED[name]
    for name in ("version not approved", "version approved by nobody", "receipt missing", "receipt deleted")
}


@pytest.mark.parametrize("task", ["test", "review"])
@pytest.mark.parametrize(("spoil", "sentence"), BEFORE_TEST.values(), ids=list(BEFORE_TEST))
def test_what_is_not_released_is_not_even_tested(
    cloud: Cloud, spoil: Spoil, sentence: str, task: Any
) -> None:
    arn = ready_version(cloud)
    spoil(cloud, arn)
    with pytest.raises(RegistryError) as refusal:
        do(arn, task)
    assert str(refusal.value) == sentence
    assert cloud.shares == []
    assert step(cloud, arn) is None


OF_THE_CARD = [name for name in REFUSED if name.startswith(("card", "field", "several"))]


@pytest.mark.parametrize("name", OF_THE_CARD)
def test_what_the_card_lacks_is_said_before_a_person_decides(cloud: Cloud, name: str) -> None:
    spoil, sentence = REFUSED[name]
    arn = ready_version(cloud)
    spoil(cloud, arn)
    assert do(arn, "review").outputs["Summary"].endswith(f" It cannot be deployed yet: {sentence}")


def test_the_approval_of_one_version_admits_no_other(cloud: Cloud) -> None:
    """Two versions whose cards say the same: each needs the officer's word below its own receipt."""
    first = ready_version(cloud)
    second = ready_version(cloud, PROMOTED.replace("/1/", "/2/"))
    for key in cloud.keys(REGISTRY_BUCKET):
        if "/2/" in key and "/card-approval-" in key:
            del cloud.objects[REGISTRY_BUCKET, key]
    with pytest.raises(RegistryError, match="not by the governance officer"):
        do(second, "admit")
    do(first, "admit")
    assert [decision.kind for decision in book().decisions(receipt(cloud, second))] == ["central-approval"]
