"""A project's subscription is asked for once, granted once, and ended with the last project that needs it."""

import importlib
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.pipelines.answering import CloudFormation, listening

DOMAIN, PROJECT, ENVIRONMENT, LISTING = "dzd_1", "project1", "environment1", "listing1"
LAKE = "666666666666/mlplatform_lake"
ARN = "arn:aws:glue:eu-west-1:666666666666:table/mlplatform_lake/houses"


def listing(arn: str = ARN, *, status: str = "ACTIVE", nested: bool = False) -> dict[str, Any]:
    """A listing as GetListing returns it."""
    form: Any = {"tableArn": arn}
    forms = {"GlueTableForm": json.dumps(form) if nested else form}
    item = {"assetListing": {"forms": json.dumps(forms)}}
    return {"listingRevision": "4", "status": status, "item": item}


class Catalog:
    """DataZone, as the function sees it.

    Attributes:
        listing: The listing that there is, or None.
        requests: Requests that nobody has decided.
        subscriptions: Approved ones.
        grants: Of the subscriptions.
        targets: Subscription targets of the environment.
        calls: What was changed, first to last.
    """

    def __init__(self) -> None:
        self.listing: dict[str, Any] | None = listing()
        self.requests: list[dict[str, Any]] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.grants: list[dict[str, Any]] = []
        self.targets: list[dict[str, Any]] = [{"id": "target1"}]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.conflicts = False

    def answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """Answer a call in place of the network."""
        body = json.loads(params["body"] or b"{}")
        listed = {
            "ListSubscriptions": self.subscriptions,
            "ListSubscriptionRequests": self.requests,
            "ListSubscriptionGrants": self.grants,
            "ListSubscriptionTargets": self.targets,
        }
        if model.name == "GetListing":
            return (_Http(200), self.listing) if self.listing else _failure("ResourceNotFoundException")
        if model.name in listed:
            return _Http(200), {"items": listed[model.name]}
        self.calls.append((model.name, body | {"path": params["url_path"].rpartition("/v2/")[2]}))
        return _failure("ConflictException") if self.conflicts else (_Http(200), {})

    def approve(self) -> None:
        """What the owner of the data does."""
        self.requests = []
        self.subscriptions = [{"id": "subscription1", "subscribedListing": {"revision": "4"}}]

    @property
    def changes(self) -> list[str]:
        """The names of the calls that changed something."""
        return [name for name, _ in self.calls]


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


def _failure(code: str) -> tuple[_Http, dict[str, Any]]:
    return _Http(400), {"Error": {"Code": code, "Message": f"as in the test: {code}"}}


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> ModuleType:
    variables = {"DOMAIN_ID": DOMAIN, "PROJECT_ID": PROJECT, "ENVIRONMENT_ID": ENVIRONMENT, "LAKE": LAKE}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}
    for name, value in (variables | keys).items():
        monkeypatch.setenv(name, value)
    loaded = importlib.reload(
        importlib.import_module("pipelines.functions.custom_resources.data_subscriptions")
    )
    loaded.datazone.meta.events.register("before-call", catalog.answer)
    return loaded


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    with listening("Subscription", {"ServiceToken": "arn"}) as received:
        yield received


def ask(app: ModuleType, cloudformation: CloudFormation, verb: str, kind: str = "Subscription") -> Any:
    """Have the function do something, and return what it answers."""
    given = {"ListingId": LISTING}
    if kind == "Subscription":
        given |= {"TargetId": "target1", "Reason": "The project flowers trains a model on it."}
    request = cloudformation.request(verb, ResourceType=f"Custom::{kind}", ResourceProperties=given)
    app.handler(request, None)
    return cloudformation.answers[-1]


@pytest.mark.parametrize("nested", [False, True])
def test_listing_forms(
    app: ModuleType, catalog: Catalog, cloudformation: CloudFormation, nested: bool
) -> None:
    catalog.listing = listing(nested=nested)
    answered = ask(app, cloudformation, "Create", "Listing")
    assert (answered["Status"], answered["PhysicalResourceId"]) == ("SUCCESS", LISTING)
    assert answered["Data"] == {
        "DomainId": DOMAIN,
        "EnvironmentId": ENVIRONMENT,
        "Revision": "4",
        "Table": "houses",
    }


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (None, "there is no such listing in the data catalog."),
        (listing(status="INACTIVE"), "it is published no longer."),
        (listing(ARN.replace("666", "777")), f"it is no table of the data lake {LAKE}."),
        (listing(ARN.replace("mlplatform_lake", "payroll")), f"it is no table of the data lake {LAKE}."),
        ({**listing(), "item": {}}, f"it is no table of the data lake {LAKE}."),
    ],
)
def test_a_listing_that_is_none_of_the_lake_is_refused_in_a_sentence(
    app: ModuleType, catalog: Catalog, cloudformation: CloudFormation, found: Any, says: str
) -> None:
    catalog.listing = found
    answered = ask(app, cloudformation, "Create", "Listing")
    assert answered["Status"] == "FAILED"
    assert answered["Reason"] == f"The data set {LISTING} cannot be subscribed to: {says}"


def test_the_first_project_asks_and_says_why(
    app: ModuleType, catalog: Catalog, cloudformation: CloudFormation
) -> None:
    assert ask(app, cloudformation, "Create")["PhysicalResourceId"] == f"{LISTING}|target1"
    [(name, sent)] = catalog.calls
    assert name == "CreateSubscriptionRequest"
    assert sent["subscribedListings"] == [{"identifier": LISTING}]
    assert sent["subscribedPrincipals"] == [{"project": {"identifier": PROJECT}}]
    assert sent["requestReason"] == "The project flowers trains a model on it."


def test_a_request_that_waits_is_not_repeated(
    app: ModuleType, catalog: Catalog, cloudformation: CloudFormation
) -> None:
    catalog.requests = [{"id": "request1"}]
    assert ask(app, cloudformation, "Create")["Status"] == "SUCCESS"
    assert catalog.changes == []


def test_a_later_project_gets_a_grant_of_its_own_and_gets_it_once(
    app: ModuleType, catalog: Catalog, cloudformation: CloudFormation
) -> None:
    catalog.approve()
    catalog.grants = [{"id": "grant0", "subscriptionTargetId": "target0", "status": "COMPLETED"}]
    ask(app, cloudformation, "Create")
    [(name, sent)] = catalog.calls
    assert (name, sent["subscriptionTargetIdentifier"]) == ("CreateSubscriptionGrant", "target1")
    assert sent["grantedEntity"] == {"listing": {"identifier": LISTING, "revision": "4"}}
    catalog.grants += [{"id": "grant1", "subscriptionTargetId": "target1", "status": "IN_PROGRESS"}]
    ask(app, cloudformation, "Update")
    assert catalog.changes == ["CreateSubscriptionGrant"]
    catalog.grants[-1]["status"] = "GRANT_FAILED"
    ask(app, cloudformation, "Update")
    assert catalog.changes == ["CreateSubscriptionGrant"] * 2


@pytest.mark.parametrize("approved", [False, True])
def test_what_another_project_asks_at_the_same_time_is_no_failure(
    app: ModuleType, catalog: Catalog, cloudformation: CloudFormation, approved: bool
) -> None:
    catalog.conflicts = True
    if approved:
        catalog.approve()
    assert ask(app, cloudformation, "Create")["Status"] == "SUCCESS"


GRANTS = {name: {"id": f"grant{name}", "subscriptionTargetId": f"target{name}"} for name in ("0", "1")}


@pytest.mark.parametrize(
    ("grants", "changes"),
    [
        (["1"], ["DeleteSubscriptionGrant", "CancelSubscription"]),
        (["0", "1"], ["DeleteSubscriptionGrant"]),
        (["0"], []),
        ([], ["CancelSubscription"]),
    ],
)
def test_the_subscription_ends_with_its_last_grant(
    app: ModuleType,
    catalog: Catalog,
    cloudformation: CloudFormation,
    grants: list[str],
    changes: list[str],
) -> None:
    catalog.approve()
    catalog.grants = [GRANTS[name] | {"status": "COMPLETED"} for name in grants]
    assert ask(app, cloudformation, "Delete")["Status"] == "SUCCESS"
    assert catalog.changes == changes
    assert all("grant1" in sent["path"] for name, sent in catalog.calls if "Grant" in name)


@pytest.mark.parametrize(
    ("targets", "changes"), [(["target1"], ["DeleteSubscriptionRequest"]), (["target0", "target1"], [])]
)
def test_a_request_goes_with_the_only_project_that_waits(
    app: ModuleType,
    catalog: Catalog,
    cloudformation: CloudFormation,
    targets: list[str],
    changes: list[str],
) -> None:
    catalog.requests, catalog.targets = [{"id": "request1"}], [{"id": each} for each in targets]
    ask(app, cloudformation, "Delete")
    assert catalog.changes == changes


@pytest.mark.parametrize(("verb", "status"), [("Create", "FAILED"), ("Delete", "SUCCESS")])
def test_a_failure_is_told_and_a_deletion_always_granted(
    app: ModuleType, catalog: Catalog, cloudformation: CloudFormation, verb: str, status: str
) -> None:
    catalog.subscriptions = [{"no": "id"}]
    answered = ask(app, cloudformation, verb)
    assert answered["Status"] == status
    assert answered["Reason"].startswith(
        f"The data set {LISTING} cannot be subscribed to: " if verb == "Create" else ""
    )
