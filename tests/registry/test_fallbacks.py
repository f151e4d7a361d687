"""The registry's functions where an assumption about AWS does not hold (`assumptions/`).

Each test is named for the assumption's key. The cloud in memory then behaves as it is feared that AWS may.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from registry.functions.model_registry.card_sharing import CardSharing
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.group_policy import group_policy, policy_text
from registry.functions.model_registry.member_accounts import MemberAccounts
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.release.release import Release
from registry.functions.model_registry.release.starting import Start, Starter
from registry.functions.model_registry.release.trail import RecordedApproval, Trail
from registry.serving import card_reader_permission_arn
from tests.assumptions.fallbacks import FALLBACKS
from tests.registry.cards import full_content
from tests.registry.cloud import HUB, REGION, TEAM, Cloud, client, policy, state_change
from tests.registry.deploying import EXECUTION, OFFICER_ARN, PIPELINE, do, ready_version, step
from tests.registry.promoting import READERS, only_central_version, promote, simple_version
from tests.registry.registry_stack import NAMES, SETTINGS
from tests.registry.versions import (
    APPROVER,
    GROUP,
    ML_ENGINEER,
    book,
    promoted_version,
    receipt,
    registered_version,
    tags,
)

CENTRAL_GROUP = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package-group/{GROUP}"
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


# A group's policy takes everybody, bounded by conditions on the organisation.

TEST_UNIT, NESTED, PRODUCTION_UNIT = "ou-ml01-testing00", "ou-ml01-nested000", "ou-ml01-product00"


def naming_accounts(promotion: Promotion) -> Promotion:
    members = MemberAccounts(organizations=client("organizations"), units=(TEST_UNIT, PRODUCTION_UNIT))
    return replace(promotion, groups=replace(promotion.groups, members=members))


def test_group_policy(cloud: Cloud, promotion: Promotion) -> None:
    cloud.feared = {"group-policy"}
    cloud.accounts = {
        TEST_UNIT: {"444444444444": "ACTIVE", "999999999999": "SUSPENDED", "444444444445": "ACTIVE"},
        NESTED: {"555555555556": "ACTIVE"},
        PRODUCTION_UNIT: {"555555555555": "ACTIVE"},
    }
    cloud.units = {PRODUCTION_UNIT: [NESTED]}
    arn = simple_version(cloud)
    with pytest.raises(Exception, match="Name accounts alone"):
        promote(promotion, arn)

    promote(naming_accounts(promotion), arn)

    (group, versions) = policy(cloud, only_central_version(cloud)["ModelPackageGroupName"])["Statement"]
    roots = [
        f"arn:aws:iam::{account}:root"
        for account in ("444444444444", "444444444445", "555555555555", "555555555556")
    ]
    assert group["Principal"] == versions["Principal"] == {"AWS": roots}
    assert group["Action"] == ["sagemaker:DescribeModelPackageGroup"]
    assert set(versions["Action"]) == {
        "sagemaker:CreateModel",
        "sagemaker:DescribeModelPackage",
        "sagemaker:ListModelPackages",
    }


def test_group_policy_of_direct_registration() -> None:
    tags = {"source-account": TEAM, "registers-directly": "mlplatform-training-p"}
    written = group_policy(CENTRAL_GROUP, tags, replace(READERS, accounts=("444444444444",)))
    assert all("Condition" not in statement for statement in written["Statement"])
    registering = [each for each in written["Statement"] if each["Sid"].startswith("Registering")]
    assert {each["Principal"]["AWS"] for each in registering} == {f"arn:aws:iam::{TEAM}:root"}


@pytest.mark.parametrize(("number", "fits"), [(300, True), (320, False)])
def test_group_policy_has_room_for_300_accounts(number: int, fits: bool) -> None:
    readers = replace(READERS, accounts=tuple(f"{account:012}" for account in range(number)))
    # The longest name that a group of a project can have.
    arn = f"arn:aws:sagemaker:ap-southeast-1:{HUB}:model-package-group/{'g' * 53}"
    if fits:
        assert len(policy_text(group_policy(arn, {}, readers))) <= 20_480
        return
    with pytest.raises(RegistryError, match=r"would have 2\d,\d{3} characters, and SageMaker takes 20,480"):
        group_policy(arn, {}, readers)


def test_group_policy_without_any_account_opens_to_nobody() -> None:
    assert group_policy(CENTRAL_GROUP, {}, replace(READERS, accounts=()))["Statement"] == []


# AWS RAM takes a customer managed permission for model cards.


def share_with_a_reader(permission: str) -> bool:
    sharing = CardSharing(
        ram=client("ram"),
        authors_share="authors-",
        readers_share="readers-",
        reader_permission_arn=permission,
    )
    card = f"arn:aws:sagemaker:{REGION}:{HUB}:model-card/{GROUP}"
    return sharing.share(card, GROUP, "555555555555", "reader")


def test_card_permission(cloud: Cloud) -> None:
    cloud.feared = {"card-permission"}
    with pytest.raises(RegistryError, match=r"assumptions\.model_card_permission to aws_managed"):
        share_with_a_reader(NAMES.card_reader_permission_arn)

    settings = SETTINGS.model_copy(update={"assumptions": FALLBACKS})
    assert share_with_a_reader(card_reader_permission_arn(settings))
    (share,) = cloud.shares
    assert share.name == f"readers-{GROUP}"


# A rule hands variables to a pipeline.

STARTING = {"pipeline": "serve-p-xyz", "event": "7f0d9f1e", "variables": {"ModelPackageArn": "arn"}}


def test_pipeline_start(cloud: Cloud) -> None:
    starter = Starter(codepipeline=client("codepipeline"))
    start = Start.parse(STARTING)
    assert start is not None
    assert starter.start(start) == starter.start(start)
    assert cloud.started == {
        "7f0d9f1e": {"name": "serve-p-xyz", "variables": [{"name": "ModelPackageArn", "value": "arn"}]}
    }


def test_pipeline_start_leaves_other_events_alone() -> None:
    assert Start.parse(state_change(CENTRAL_GROUP, "Approved")) is None


INCOMPLETE: tuple[dict[str, Any], ...] = (
    {"event": None},
    {"event": ""},
    {"variables": None},
    {"variables": {"ModelPackageArn": 1}},
    {"pipeline": 1},
)


@pytest.mark.parametrize("change", INCOMPLETE, ids=str)
def test_pipeline_start_needs_everything(change: dict[str, Any]) -> None:
    with pytest.raises(RegistryError, match="names no pipeline, event and variables"):
        Start.parse({**STARTING, **change})


# A version says which role has changed it last.

TRAIL = "6f1d9c1e-0000-4000-8000-000000000000"


def by_trail(release: Release, event: dict[str, Any]) -> str:
    recorded = RecordedApproval.parse(event)
    assert recorded is not None
    approver = Trail(cloudtrail=client("cloudtrail")).approver(recorded)
    return replace(release, approver_told_apart=True).follow(recorded.change, approver)


def test_last_modified_by(cloud: Cloud, release: Release) -> None:
    cloud.feared = {"last-modified-by"}
    arn = promoted_version(cloud)
    event = cloud.approve(arn, who=ML_ENGINEER)
    with pytest.raises(RegistryError, match=r"set assumptions\.approver to cloudtrail"):
        release.follow(StateChange.parse(event))

    said = replace(release, approver_told_apart=True).follow(StateChange.parse(event))
    assert said == f"{arn} is Approved: it is released when CloudTrail says by whom."
    assert cloud.events == []
    assert tags(cloud) == {}

    said = by_trail(release, cloud.record(TRAIL, arn, by=ML_ENGINEER))
    assert said == f"{arn} is released to the workload accounts."
    assert tags(cloud) == {"approval-status": "Approved"}
    (approval,) = book().decisions(receipt(cloud, arn), "central-approval")
    assert approval.by == APPROVER
    assert approval.time == f"{cloud.records[TRAIL]['EventTime']:%Y-%m-%dT%H:%M:%SZ}"


def test_last_modified_by_closes_without_the_trail(cloud: Cloud, release: Release) -> None:
    cloud.feared = {"last-modified-by"}
    arn = promoted_version(cloud)
    event = cloud.approve(arn, "Rejected", who=ML_ENGINEER)
    replace(release, approver_told_apart=True).follow(StateChange.parse(event))
    assert tags(cloud) == {"approval-status": "Rejected"}


def forged(cloud: Cloud, event: dict[str, Any]) -> None:
    cloud.records.clear()


def of_another_version(cloud: Cloud, event: dict[str, Any]) -> None:
    cloud.record(TRAIL, "arn:another", by=ML_ENGINEER)


def of_a_rejection(cloud: Cloud, event: dict[str, Any]) -> None:
    cloud.record(TRAIL, event["detail"]["requestParameters"]["modelPackageArn"], by="x", status="Rejected")


def that_was_refused(cloud: Cloud, event: dict[str, Any]) -> None:
    arn = event["detail"]["requestParameters"]["modelPackageArn"]
    cloud.record(TRAIL, arn, by="intruder", errorCode="AccessDenied")


def by_a_function(cloud: Cloud, event: dict[str, Any]) -> None:
    cloud.record(TRAIL, event["detail"]["requestParameters"]["modelPackageArn"], by="mlplatform-promotion")


NO_APPROVALS: dict[str, tuple[Callable[[Cloud, dict[str, Any]], None], str]] = {
    "nobody has recorded": (forged, "does not list the record .* yet"),
    "is about another version": (of_another_version, "is no approval of"),
    "is a rejection": (of_a_rejection, "is no approval of"),
    "AWS has refused": (that_was_refused, "is no approval of"),
    "is a function's": (by_a_function, "approve it once more"),
}


@pytest.mark.parametrize(("spoil", "sentence"), NO_APPROVALS.values(), ids=list(NO_APPROVALS))
def test_last_modified_by_believes_no_event_that(
    cloud: Cloud, release: Release, spoil: Callable[[Cloud, dict[str, Any]], None], sentence: str
) -> None:
    cloud.feared = {"last-modified-by"}
    arn = promoted_version(cloud)
    cloud.approve(arn, who=ML_ENGINEER)
    event = cloud.record(TRAIL, arn, by=ML_ENGINEER)
    spoil(cloud, event)
    with pytest.raises(RegistryError, match=sentence):
        by_trail(release, event)
    assert cloud.events == []
    assert tags(cloud) == {}
