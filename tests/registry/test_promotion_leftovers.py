"""What failed tries leave: it is removed when nobody needs it any more, and nothing else is."""

from contextlib import suppress
from datetime import timedelta

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.promotion.source import SourceGoneError
from registry.functions.model_registry.promotion.time_limit import TimeLimit
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM, Call, Cloud, Killed, Parameters, client
from tests.registry.faults import killed_before
from tests.registry.promoting import (
    GROUP,
    central_objects,
    only_central_version,
    promote,
    simple_version,
    time_limit,
)

HOURS_LATER = timedelta(hours=7)


def killed_at(cloud: Cloud, promotion: Promotion, operation: str) -> str:
    """A version whose promotion was killed before an operation."""
    arn = simple_version(cloud)
    cloud.interfere = lambda _n, called, call: killed_before(called, call) if called == operation else call()
    with pytest.raises(Killed):
        promote(promotion, arn)
    cloud.interfere = lambda _n, _called, call: call()
    return arn


@pytest.mark.parametrize("state", ["deleted", "rejected", "archived"])
def test_what_was_copied_of_a_version_that_nobody_wants_any_more_is_removed(
    cloud: Cloud, promotion: Promotion, state: str
) -> None:
    arn = killed_at(cloud, promotion, "CreateModelPackage")
    assert central_objects(cloud)
    forget(cloud, arn, state)

    follow(promotion, arn, time_limit(cloud.now() + HOURS_LATER))

    assert cloud.keys(REGISTRY_BUCKET) == []


@pytest.mark.parametrize("state", ["deleted", "rejected", "archived"])
def test_what_another_run_may_still_be_copying_stays(cloud: Cloud, promotion: Promotion, state: str) -> None:
    arn = killed_at(cloud, promotion, "CreateModelPackage")
    forget(cloud, arn, state)

    follow(promotion, arn, time_limit(cloud.now() + timedelta(hours=1)))

    assert central_objects(cloud)


def test_an_upload_that_nobody_completes_any_more_is_aborted(cloud: Cloud, promotion: Promotion) -> None:
    arn = killed_at(cloud, promotion, "CreateModelPackage")
    upload_into_its_folder(cloud)
    del cloud.versions[arn]

    follow(promotion, arn, time_limit(cloud.now() + HOURS_LATER))

    assert cloud.uploads == {}


def test_an_upload_of_an_earlier_try_is_aborted_once_the_version_is_whole(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = killed_at(cloud, promotion, "CreateModelPackage")
    upload_into_its_folder(cloud)

    promote(promotion, arn)

    assert cloud.uploads == {}


def test_a_version_that_was_promoted_stays_when_its_source_is_deleted(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    before = dict(cloud.objects)
    del cloud.versions[arn]

    said = promote(promotion, arn, time_limit(cloud.now() + HOURS_LATER))

    assert said.endswith(
        f"{only_central_version(cloud)['ModelPackageArn']}, which was promoted from it, stays."
    )
    assert cloud.objects == before


def test_a_receipt_that_was_not_written_is_written_from_its_draft(cloud: Cloud, promotion: Promotion) -> None:
    arn = killed_at(cloud, promotion, "UpdateModelPackage")
    del cloud.objects[REGISTRY_BUCKET, receipt_key(cloud)]
    del cloud.versions[arn]

    promote(promotion, arn)

    content = promotion.receipts.read(only_central_version(cloud)).content
    assert content["source_model_package_arn"] == arn
    assert content["approved_by"] == f"arn:aws:sts::{TEAM}:assumed-role/lead-data-scientist/session"


def test_a_version_that_cannot_be_completed_any_more_is_said(cloud: Cloud, promotion: Promotion) -> None:
    arn = killed_at(cloud, promotion, "UpdateModelPackage")
    for key in cloud.keys(REGISTRY_BUCKET):
        if key.endswith("/receipt-draft.json"):
            del cloud.objects[REGISTRY_BUCKET, key]
    del cloud.versions[arn]

    with pytest.raises(RegistryError, match="reject it, and register the model again"):
        promote(promotion, arn)


def test_the_version_of_a_group_that_was_made_anew_is_kept_apart(cloud: Cloud, promotion: Promotion) -> None:
    first = simple_version(cloud, b"first")
    promote(promotion, first)
    kept = central_objects(cloud)
    del cloud.versions[first]
    again = killed_at(cloud, promotion, "CreateModelPackage")
    assert again == first
    del cloud.versions[again]

    promote(promotion, again, time_limit(cloud.now() + HOURS_LATER))

    assert central_objects(cloud) == kept


def test_receipts_and_decisions_are_never_removed(cloud: Cloud, promotion: Promotion) -> None:
    killed_at(cloud, promotion, "UpdateModelPackage")
    folder = receipt_key(cloud).removesuffix("receipt.json")
    records = [f"{folder}receipt.json", f"{folder}decisions/test-1.json"]
    cloud.put(REGISTRY_BUCKET, records[1], b"{}")
    cloud.put(REGISTRY_BUCKET, f"{folder}stray", b"of a failed try")

    promotion.leftovers.keep_only(folder, set(central_objects(cloud)) - {f"{folder}stray"})

    assert set(records) <= set(cloud.keys(REGISTRY_BUCKET))
    assert f"{folder}stray" not in cloud.keys(REGISTRY_BUCKET)


def test_what_cannot_be_removed_is_said(cloud: Cloud, promotion: Promotion) -> None:
    arn = killed_at(cloud, promotion, "CreateModelPackage")
    cloud.put(REGISTRY_BUCKET, draft_key(cloud).replace("receipt-draft.json", "stray"), b"of a failed try")

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "DeleteObjects":
            return {"Errors": [{"Key": "models/stray", "Code": "AccessDenied", "Message": "Access Denied"}]}
        return call()

    cloud.interfere = interfere

    with pytest.raises(RegistryError, match="models/stray, which an earlier try has left, cannot be removed"):
        promote(promotion, arn)
    assert cloud.versions_of(HUB, GROUP) == []


def forget(cloud: Cloud, arn: str, state: str) -> None:
    """Delete, reject or archive a version as a team."""
    match state:
        case "deleted":
            del cloud.versions[arn]
        case "rejected":
            cloud.approve(arn, "Rejected")
        case "archived":
            cloud.versions[arn]["ModelLifeCycle"] = {"Stage": "Archived", "StageStatus": "Retired"}


def follow(promotion: Promotion, arn: str, time: TimeLimit) -> None:
    """Follow a version of which nothing is registered, and which may be gone."""
    with suppress(SourceGoneError):
        promote(promotion, arn, time)


def upload_into_its_folder(cloud: Cloud) -> None:
    """Begin an upload into the folder of the one version, and leave it."""
    client("s3").create_multipart_upload(
        Bucket=REGISTRY_BUCKET,
        Key=draft_key(cloud).replace("receipt-draft.json", "old.tar.gz"),
        ExpectedBucketOwner=HUB,
        ChecksumAlgorithm="CRC32",
        ChecksumType="FULL_OBJECT",
    )


def draft_key(cloud: Cloud) -> str:
    """The key of the one draft."""
    (key,) = (key for key in cloud.keys(REGISTRY_BUCKET) if key.endswith("/receipt-draft.json"))
    return key


def receipt_key(cloud: Cloud) -> str:
    """The key of the one receipt."""
    (key,) = (key for key in cloud.keys(REGISTRY_BUCKET) if key.endswith("/receipt.json"))
    return key
