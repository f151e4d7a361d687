"""The registry's functions where an assumption about AWS does not hold (`assumptions/`).

Each test is named for the assumption's key. The cloud in memory then behaves as it is feared that AWS may.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.release.release import Release
from tests.registry.cards import full_content
from tests.registry.cloud import Cloud, client, state_change
from tests.registry.deploying import EXECUTION, OFFICER_ARN, PIPELINE, do, ready_version, step
from tests.registry.promoting import only_central_version, promote, simple_version
from tests.registry.versions import GROUP, ML_ENGINEER, book, promoted_version, receipt, registered_version

CARD_FIELD = {"ModelCardContent": "{}", "ModelCardStatus": "Draft"}


def promoted_receipt(version: Mapping[str, Any]) -> Mapping[str, Any]:
    return book().read(version).content


# An update of the metadata merges them.


def test_metadata_update(cloud: Cloud, release: Release) -> None:
    cloud.feared = {"metadata-update"}
    arn = registered_version(cloud, CustomerMetadataProperties={"commit": "4f2c", "project_name": "churn"})

    release.follow(StateChange.parse(state_change(arn, "PendingManualApproval")))

    kept = cloud.versions[arn]["CustomerMetadataProperties"]
    assert kept.keys() == {"commit", "project_name", "receipt_uri", "receipt_sha256"}


def test_metadata_update_by_promotion(cloud: Cloud, promotion: Promotion) -> None:
    cloud.feared = {"metadata-update"}
    promote(promotion, simple_version(cloud))
    kept = only_central_version(cloud)["CustomerMetadataProperties"]
    assert kept.keys() >= {"commit", "source_model_package_arn", "receipt_uri", "receipt_sha256"}


# A version may be registered with the card of another account's version.


def test_model_card_field(cloud: Cloud, promotion: Promotion) -> None:
    cloud.feared = {"model-card-field"}
    promote(promotion, simple_version(cloud, ModelCard=CARD_FIELD))

    version = only_central_version(cloud)
    assert "ModelCard" not in version
    assert promoted_receipt(version)["left_out"] == ["ModelCard"]


def test_model_card_field_is_carried_where_it_can_be(cloud: Cloud, promotion: Promotion) -> None:
    promote(promotion, simple_version(cloud, ModelCard=CARD_FIELD))

    version = only_central_version(cloud)
    assert version["ModelCard"] == CARD_FIELD
    assert promoted_receipt(version)["left_out"] == []


def test_model_card_field_is_said_after_a_run_that_was_cut(cloud: Cloud, promotion: Promotion) -> None:
    cloud.feared = {"model-card-field"}
    arn = simple_version(cloud, ModelCard=CARD_FIELD)

    def cut(_number: int, operation: str, call: Any) -> Any:
        if operation == "CreateModelPackage" and cloud.calls.count(operation) == 2:
            call()
            raise TimeoutError
        return call()

    cloud.interfere = cut
    with pytest.raises(TimeoutError):
        promote(promotion, arn)
    promote(promotion, arn)

    version = only_central_version(cloud)
    assert promoted_receipt(version)["left_out"] == ["ModelCard"]


def test_model_card_field_hides_no_other_refusal(cloud: Cloud, promotion: Promotion) -> None:
    cloud.denied = {"sagemaker:CreateModelPackage"}
    with pytest.raises(Exception, match="not authorized to perform: sagemaker:CreateModelPackage"):
        promote(promotion, simple_version(cloud, ModelCard=CARD_FIELD))


# DescribeModelPackage leaves out what was not registered.


def test_empty_lists(cloud: Cloud, promotion: Promotion) -> None:
    cloud.feared = {"empty-lists"}
    promote(promotion, simple_version(cloud))
    version = only_central_version(cloud)
    assert "AdditionalInferenceSpecifications" not in version
    assert "SupportedTransformInstanceTypes" not in version["InferenceSpecification"]


# A change of a card's status makes no version of it.


def test_card_status_version(cloud: Cloud) -> None:
    cloud.feared = {"card-status-version"}
    cloud.write_card(GROUP, full_content())
    cards = Cards(sagemaker=client("sagemaker"))

    card = cards.set_status(cards.existing(GROUP), "PendingReview")
    assert (card.version, card.status, card.content) == (2, "PendingReview", full_content())
    assert cards.set_status(card, "PendingReview") == card


def test_card_status_version_of_another_content_is_still_seen(cloud: Cloud) -> None:
    cloud.feared = {"card-status-version"}
    cloud.write_card(GROUP, full_content())
    cards = Cards(sagemaker=client("sagemaker"))
    card = cards.existing(GROUP)
    cloud.write_card(GROUP, {"model_overview": {}}, "Approved")
    with pytest.raises(RegistryError, match="was written after version 1"):
        cards.set_status(card, "Approved")


# The history of a pipeline's actions says who approved.


def test_approval_updated_by(cloud: Cloud) -> None:
    cloud.feared = {"approval-updated-by"}
    arn = ready_version(cloud)

    do(arn, "admit")

    approval = book().decisions(receipt(cloud, arn), "production-approval")[-1]
    assert (approval.by, approval.details["comment"]) == (OFFICER_ARN, "Looks good.")


def test_approval_updated_by_counts_for_its_own_execution_only(cloud: Cloud) -> None:
    cloud.feared = {"approval-updated-by"}
    arn = ready_version(cloud)
    cloud.act(PIPELINE, "a later one", "ApproveProduction", "Succeeded", OFFICER_ARN)
    with pytest.raises(RegistryError, match=f"Nobody has approved .* in the execution {EXECUTION}"):
        do(arn, "admit")


# The event of a change names the fields that were changed.


def unknown_fields(arn: str, *fields: str) -> StateChange:
    event = state_change(arn, "Approved")
    event["detail"]["UpdatedModelPackageFields"] = list(fields)
    return StateChange.parse(event)


def test_updated_fields(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)
    cloud.approve(arn, who=ML_ENGINEER)
    for change in (
        unknown_fields(arn),
        unknown_fields(arn, "modelApprovalStatus"),
        unknown_fields(arn, "Status"),
    ):
        cloud.events.clear()
        assert release.follow(change) == f"{arn} is released to the workload accounts."
        assert len(cloud.events) == 1


def test_updated_fields_end_no_later_than_the_pipeline(cloud: Cloud, release: Release) -> None:
    cloud.feared = {"updated-fields"}
    arn = ready_version(cloud)
    do(arn, "test")
    (change,) = cloud.state_changes
    assert "UpdatedModelPackageFields" not in change["detail"]

    said = release.follow(StateChange.parse(change))

    assert said == f"{arn} is released already, and a deploy pipeline has taken it up."
    assert step(cloud, arn) == ("QA", "InProgress")
