"""A version goes from stage to stage: what is opened, recorded and said on its way to production."""

import pytest

from registry.functions.model_registry.card_content import where_to_write
from registry.functions.model_registry.errors import RegistryError
from tests.registry.cloud import REGION, REGISTRY_BUCKET, TEAM, Call, Cloud, Parameters
from tests.registry.deploying import (
    EXECUTION,
    OFFICER_ARN,
    PIPELINE,
    PIPELINE_ARN,
    PRODUCTION,
    TEST,
    approve_card,
    content_of,
    do,
    ready_version,
    released_version,
    step,
)
from tests.registry.versions import GROUP, ML_ENGINEER, PROMOTED, book, receipt, tags

SECOND = PROMOTED.replace("/1/", "/2/")
LATER = "99999999-2222-4333-8444-555555555555"


def decided(cloud: Cloud, arn: str, kind: str) -> list[tuple[str, str, dict[str, object]]]:
    """Id, author and details of the decisions of a kind."""
    return [
        (decision.id, decision.by, dict(decision.details))
        for decision in book().decisions(receipt(cloud, arn))
        if decision.kind == kind
    ]


def deploy(arn: str, execution: str = EXECUTION) -> None:
    """All tasks, one after the other."""
    for name in ("test", "review", "admit", "record"):
        do(arn, name, execution)


def test_the_test_account_may_write_the_card(cloud: Cloud) -> None:
    arn = ready_version(cloud)

    outcome = do(arn, "test")

    assert outcome.said == f"{arn} goes to test, whose account {TEST} writes its model card."
    assert outcome.outputs == {}
    (share,) = cloud.shares
    assert share.associated("PRINCIPAL") == [TEST]
    assert share.name == f"mlplatform-card-authors-{GROUP}"
    assert step(cloud, arn) == ("QA", "InProgress")
    details = {"account": TEST, "pipeline": PIPELINE, "execution": EXECUTION}
    assert decided(cloud, arn, "test") == [(EXECUTION, PIPELINE_ARN, details)]


def test_a_model_without_a_card_is_tested_nevertheless(cloud: Cloud) -> None:
    arn = released_version(cloud)
    assert do(arn, "test").said == f"{arn} goes to test; it has no model card."
    assert cloud.shares == []


def test_what_is_said_before_a_person_decides(cloud: Cloud) -> None:
    arn = ready_version(cloud)

    outputs = do(arn, "review").outputs

    artifact = receipt(cloud, arn).artifacts[0]
    assert artifact.sha256 is None
    (approval,) = book().decisions(receipt(cloud, arn), "central-approval")
    assert outputs["Summary"] == (
        f"{GROUP} version 1, commit 4f2c9d1e, artifact without a SHA-256, approved by {ML_ENGINEER}/session "
        f"at {approval.time}. Production runs no version yet; metrics: rmse 2.5. "
        "Its model card, version 1, was approved by mlplatform-governance-officer/grace."
    )
    assert outputs["Link"] == (
        f"https://{REGION}.console.aws.amazon.com/s3/object/{REGISTRY_BUCKET}"
        f"?region={REGION}&prefix={PROMOTED}receipt.json"
    )
    assert step(cloud, arn) == ("QA", "PendingApproval")


def test_production_is_opened(cloud: Cloud) -> None:
    arn = ready_version(cloud)

    outcome = do(arn, "admit")

    assert outcome.said == (
        f"{arn} is admitted to account {PRODUCTION} by mlplatform-governance-officer/grace."
    )
    assert tags(cloud) == {"approval-status": "Approved", "production-status": "Admitted"}
    assert tags(cloud, "evaluation.json") == {}
    (share,) = cloud.shares
    assert share.name == f"mlplatform-card-readers-{GROUP}"
    assert share.associated("PRINCIPAL") == [PRODUCTION]
    assert step(cloud, arn) == ("Production", "InProgress")
    details = {
        "account": PRODUCTION,
        "pipeline": PIPELINE,
        "execution": EXECUTION,
        "comment": "Looks good.",
    }
    assert decided(cloud, arn, "production-approval") == [(EXECUTION, OFFICER_ARN, details)]


def test_the_newest_approval_of_an_execution_counts(cloud: Cloud) -> None:
    arn = ready_version(cloud)
    cloud.act(PIPELINE, EXECUTION, "ApproveProduction", "Failed", f"{OFFICER_ARN}-in-between")
    cloud.act(PIPELINE, EXECUTION, "ApproveProduction", "Succeeded", f"{OFFICER_ARN}-again")
    do(arn, "admit")
    ((_, by, _),) = decided(cloud, arn, "production-approval")
    assert by == f"{OFFICER_ARN}-again"


def test_a_rejection_while_production_is_opened_ends_the_deployment(cloud: Cloud) -> None:
    arn = ready_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        answer = call()
        if operation == "PutObjectTagging":
            cloud.approve(arn, "Rejected", who=ML_ENGINEER)
        return answer

    cloud.interfere = interfere

    with pytest.raises(RegistryError, match=r"has become Rejected in the meantime: deploy another version"):
        do(arn, "admit")

    assert step(cloud, arn) is None


def test_production_runs_its_first_version(cloud: Cloud) -> None:
    arn = ready_version(cloud)

    deploy(arn)

    assert step(cloud, arn) == ("Production", "Approved")
    details = {"account": PRODUCTION, "pipeline": PIPELINE, "execution": EXECUTION, "replaces": []}
    assert decided(cloud, arn, "production") == [(EXECUTION, PIPELINE_ARN, details)]


def replaced(cloud: Cloud) -> tuple[str, str]:
    """A version that production runs, and another that is ready to replace it."""
    first = ready_version(cloud)
    deploy(first)
    second = ready_version(cloud, SECOND, LATER)
    return first, second


def test_a_version_is_replaced(cloud: Cloud) -> None:
    first, second = replaced(cloud)

    deploy(second, LATER)

    assert (step(cloud, first), step(cloud, second)) == (("Archived", "Retired"), ("Production", "Approved"))
    ((_, _, details),) = decided(cloud, second, "production")
    assert details["replaces"] == [first]
    times = {arn: cloud.versions[arn]["LastModifiedTime"] for arn in (first, second)}
    assert max(times, key=lambda arn: times[arn]) == second


def test_the_former_version_stays_in_production_until_it_is_replaced(cloud: Cloud) -> None:
    first, second = replaced(cloud)
    for name in ("test", "review", "admit"):
        do(second, name, LATER)
    assert (step(cloud, first), step(cloud, second)) == (
        ("Production", "Approved"),
        ("Production", "InProgress"),
    )


def test_metrics_are_compared_with_those_of_production(cloud: Cloud) -> None:
    _, second = replaced(cloud)
    summary = do(second, "review", LATER).outputs["Summary"]
    assert " Production runs version 1; metrics: rmse 2.5 (production 2.5, the same). " in summary


def test_a_receipt_of_production_that_cannot_be_read_is_said(cloud: Cloud) -> None:
    _, second = replaced(cloud)
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}receipt.json", b"{}")
    summary = do(second, "review", LATER).outputs["Summary"]
    assert " Production runs version 1, whose metrics are not known: The receipt s3://" in summary


def test_what_production_runs_is_not_set_back_when_it_is_deployed_again(cloud: Cloud) -> None:
    arn = ready_version(cloud)
    deploy(arn)
    cloud.act(PIPELINE, LATER, "ApproveProduction", "Succeeded", OFFICER_ARN)
    changes = len(cloud.state_changes)

    for name in ("test", "review", "admit", "record"):
        outcome = do(arn, name, LATER)
        assert step(cloud, arn) == ("Production", "Approved")
        if name == "review":
            assert "Production runs this version already; metrics: rmse 2.5." in outcome.outputs["Summary"]

    assert len(cloud.state_changes) == changes
    assert [identifier for identifier, _, _ in decided(cloud, arn, "production")] == [EXECUTION, LATER]


def test_a_version_comes_back(cloud: Cloud) -> None:
    first, second = replaced(cloud)
    deploy(second, LATER)
    back = "77777777-2222-4333-8444-555555555555"
    cloud.act(PIPELINE, back, "ApproveProduction", "Succeeded", OFFICER_ARN)

    deploy(first, back)

    assert (step(cloud, first), step(cloud, second)) == (("Production", "Approved"), ("Archived", "Retired"))


def test_a_version_that_was_rejected_after_its_deployment_is_recorded(cloud: Cloud) -> None:
    arn = ready_version(cloud)
    for name in ("test", "review", "admit"):
        do(arn, name)
    cloud.approve(arn, "Rejected", who=ML_ENGINEER)

    do(arn, "record")

    assert step(cloud, arn) == ("Production", "Approved")


def test_only_the_life_cycle_is_changed(cloud: Cloud) -> None:
    arn = ready_version(cloud)
    deploy(arn)
    assert {tuple(event["detail"]["UpdatedModelPackageFields"]) for event in cloud.state_changes} == {
        ("ModelLifeCycle",)
    }


def test_a_long_summary_keeps_what_must_be_mended(cloud: Cloud) -> None:
    many = {f"a_rather_long_name_of_a_metric_{number}": 1.0 for number in range(50)}
    arn = released_version(cloud, metrics=many)
    content = content_of(cloud, arn)
    content["intended_uses"]["risk_rating"] = "Unknown"
    cloud.write_card(GROUP, content, "PendingReview")

    summary = do(arn, "review").outputs["Summary"]

    assert len(summary) == 900
    assert "a_rather_long_name_of_a_metric_1 1" in summary
    assert "… It cannot be deployed yet: The model card of " in summary
    assert summary.endswith(
        f"lacks intended_uses.risk_rating ({where_to_write('intended_uses.risk_rating')})."
    )


def test_a_card_that_its_team_corrects_is_approved_anew(cloud: Cloud) -> None:
    arn = ready_version(cloud)
    content = content_of(cloud, arn)
    content["business_details"]["business_problem"] = "Customers leave us"
    cloud.write_card(GROUP, content, "PendingReview")
    with pytest.raises(RegistryError, match="PendingReview and not Approved"):
        do(arn, "admit")

    approve_card(cloud, arn)

    do(arn, "admit")
    assert TEAM in cloud.versions[arn]["CustomerMetadataProperties"]["source_model_package_arn"]
