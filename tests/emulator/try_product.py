"""Launch, change and delete a product in the emulator, under the role that is derived from its template.

`make try-product PRODUCT=build_from_s3` runs `try_command`; `make test` does it for each product.
"""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from base.archives import archive
from base.settings import Settings
from base.user_error import UserError
from portfolios.permissions import derive
from products.product import AssetLocation, LaunchAccount, Product, Template, render
from tests.data_account import with_data_account
from tests.emulator.launch_support import add_boundary, changed, govern_lakes, in_account, parameters_of
from tests.emulator.support import SETTINGS, Emulator, allow, policy, trust
from tests.hangs import HANGS
from tests.products.launches import LONGEST
from tests.products.launches import settings as example

BUCKET = f"tried-assets-{SETTINGS.accounts.shared_services}-{SETTINGS.region}"
LAKE = "data_lake"
OPTIONS: Mapping[str, Mapping[str, str]] = {
    # Most of its resources are those of a network.
    "studio_domain": {"NetworkAccess": "VpcOnly"},
}
"""Values for parameters with which a product makes more than by default."""

TRUST = trust(Service="cloudformation.amazonaws.com")
CAPABILITIES = ("CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")

_DENIED = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<action>\S+) on resource: (?P<resource>\S+)"
)


class TryError(UserError):
    """A product could not be launched, changed or deleted; a sentence for each resource that failed."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What CloudFormation says of a resource that failed.

    Attributes:
        logical_id: The resource in the template, or the stack.
        kind: Its type.
        reason: CloudFormation's own words.
    """

    logical_id: str
    kind: str
    reason: str

    def sentence(self, launch_role: str) -> str:
        """What an author of products does about it.

        Args:
            launch_role: The name of the derived role.
        """
        where = f"{self.logical_id} ({self.kind})"
        denied = _DENIED.search(self.reason)
        if denied is None:
            return f"{where} failed: {self.reason}"
        action, resource = denied["action"], denied["resource"].rstrip(".,")
        if f"/{launch_role}" not in denied["who"]:
            return (
                f"{where} failed: {denied['who']} may not {action} on {resource}: allow it in the role that "
                "the product makes, or in the policy of the resource."
            )
        return (
            f"{where} failed: the launch role {launch_role} may not {action} on {resource}. Nothing from "
            f"which the role is derived says so: complete the tables in portfolios/handler_actions.py or "
            "portfolios/dependent_actions.py, each entry with its page of AWS (docs/launch_roles.md)."
        )


def place_of(product: Product, place: LaunchAccount) -> tuple[Settings, str]:
    """The settings under which a product is tried, and the account in which it is launched.

    Args:
        product: The product.
        place: One of the accounts in which it may be launched.
    """
    settings = example(prefix="mlplatform-x")
    if "data" in (*product.launched_in, *product.needs):
        settings = with_data_account(settings)
    return settings, str(getattr(settings.accounts, place))


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A product that is launched.

    Attributes:
        stack: Its stack.
        template: Its template.
        parameters: With which it is launched.
        name: The stack's name, which is the project's id.
    """

    stack: "_Stack"
    template: Template
    parameters: Mapping[str, str]
    name: str


def launch_product(
    emulator: Emulator,
    product: Product,
    place: LaunchAccount,
    *,
    beside: Iterable[Template] = (),
    without: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = print,
) -> Launched:
    """Launch a product under its derived role.

    Args:
        emulator: The emulator.
        product: The product.
        place: The kind of account in which it is launched.
        beside: Templates that the account's boundary has to allow as well.
        without: Actions to take away from the derived role, to see what is said then.
        given: Values of parameters, in place of those that are made up.
        tell: Is called with a line about each step.

    Raises:
        UserError: If no role can be derived, or the launch fails under it.
    """
    settings, account = place_of(product, place)
    template = render(product, settings, publish(emulator, product))
    statements = derive(template, region=settings.region, product_tag=settings.names.product_tag)
    allowed = json.loads(json.dumps(in_account(statements, account)))
    for statement in allowed:
        statement["Action"] = [each for each in statement["Action"] if each not in without]
    launch_role = settings.names.launch_role(product.identifier)
    add_boundary(emulator, account=account, templates=(template, *beside))
    arn = _role(emulator, account, launch_role, [each for each in allowed if each["Action"]])
    if "AWS::LakeFormation::" in json.dumps(template):
        govern_lakes(emulator, arn, account=account, governs=place == "data")

    name = f"p-{uuid.uuid4().hex[:12]}"
    parameters = {**parameters_of(template, name), **OPTIONS.get(product.identifier, {}), **(given or {})}
    stack = _Stack(emulator.client("cloudformation", account=account), name, launch_role)
    tell(f"{product.identifier}: launch in {place} ({account}) as {name}, with {parameters}")
    stack.create(template, arn, parameters)
    return Launched(stack=stack, template=template, parameters=parameters, name=name)


def try_product(
    emulator: Emulator,
    product: Product,
    place: LaunchAccount,
    *,
    beside: Iterable[Template] = (),
    without: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = print,
) -> None:
    """Launch a product, change one of its parameters, and delete it.

    Args:
        emulator: The emulator.
        product: The product.
        place: The kind of account in which it is launched.
        beside: Templates that the account's boundary has to allow as well.
        without: Actions to take away from the derived role, to see what is said then.
        given: Values of parameters, in place of those that are made up.
        tell: Is called with a line about each step.

    Raises:
        UserError: If no role can be derived, or a step fails under it.
    """
    launched = launch_product(
        emulator, product, place, beside=beside, without=without, given=given, tell=tell
    )
    stack, template, parameters = launched.stack, launched.template, launched.parameters
    update = changed(template, parameters)
    if update is None:
        tell(f"{product.identifier}: no update, because no parameter takes a second value")
    else:
        tell(f"{product.identifier}: update, with {dict(update.items() - parameters.items())}")
        stack.update(update)

    tell(f"{product.identifier}: delete")
    stack.delete()


class _Stack:
    """A stack as Service Catalog would launch it."""

    def __init__(self, cloudformation: Any, name: str, launch_role: str) -> None:
        self._cloudformation = cloudformation
        self._name = name
        self._launch_role = launch_role

    def create(self, template: Template, role: str, parameters: Mapping[str, str]) -> None:
        try:
            self._cloudformation.create_stack(
                StackName=self._name,
                TemplateBody=json.dumps(template),
                RoleARN=role,
                Capabilities=CAPABILITIES,
                Parameters=_listed(parameters),
            )
        except ClientError as error:
            raise TryError(f"CloudFormation refuses the template: {error}") from error
        self._finish("CREATE_COMPLETE")

    def update(self, parameters: Mapping[str, str]) -> None:
        self._cloudformation.update_stack(
            StackName=self._name,
            UsePreviousTemplate=True,
            Capabilities=CAPABILITIES,
            Parameters=_listed(parameters),
        )
        self._finish("UPDATE_COMPLETE")

    def delete(self) -> None:
        self._cloudformation.delete_stack(StackName=self._name)
        self._finish("DELETE_COMPLETE")

    def _finish(self, expected: str) -> None:
        """Wait for the end of what the stack does."""
        deadline = time.monotonic() + HANGS
        while True:
            stack = self._cloudformation.describe_stacks(StackName=self._name)["Stacks"][0]
            # A deleted stack is found by its id alone.
            self._name = stack["StackId"]
            status = stack["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                break
            if time.monotonic() > deadline:
                raise TryError(f"{self._name} is still {status} after {HANGS} s.")
            time.sleep(0.02)
        if status != expected:
            failures = self._failures()
            raise TryError("\n".join(each.sentence(self._launch_role) for each in failures) or status)

    def _failures(self) -> list[Failure]:
        events = self._cloudformation.describe_stack_events(StackName=self._name)["StackEvents"]
        return [
            Failure(
                logical_id=event["LogicalResourceId"],
                kind=event["ResourceType"],
                reason=event.get("ResourceStatusReason", "no reason given"),
            )
            for event in reversed(events)
            if event["ResourceStatus"].endswith("_FAILED")
            # What was stopped because something else failed tells nothing.
            and "cancelled" not in event.get("ResourceStatusReason", "")
        ]


def _listed(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]


def _role(emulator: Emulator, account: str, name: str, statements: Sequence[Mapping[str, Any]]) -> str:
    iam = emulator.client("iam", account=account)
    try:
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        arn = iam.get_role(RoleName=name)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="derived", PolicyDocument=policy(*statements))
    return arn


def publish(emulator: Emulator, product: Product) -> dict[str, AssetLocation]:
    """Put the product's seeds and functions where all accounts of the organisation read them."""
    s3 = emulator.client("s3", account=SETTINGS.accounts.shared_services)
    if all(bucket["Name"] != BUCKET for bucket in s3.list_buckets()["Buckets"]):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": SETTINGS.region})
        organisation = {"StringEquals": {"aws:PrincipalOrgID": SETTINGS.organization.id}}
        shared = allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*", Principal="*", Condition=organisation)
        s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(shared))
    locations = {}
    for name, folder in product.assets.items():
        key = f"{product.identifier}/{name}.zip"
        s3.put_object(Bucket=BUCKET, Key=key, Body=archive(folder).read_bytes())
        locations[name] = AssetLocation(BUCKET, key)
    return locations


def furnish_lake(emulator: Emulator, lake: Product, *, beside: Product) -> None:
    """Launch the data lake, and describe a table in it, as products that read it find it.

    Args:
        emulator: The emulator.
        lake: The product.
        beside: The product that reads it, whose roles the account's boundary has to allow as well.
    """
    settings, account = place_of(lake, "data")
    template = render(beside, settings, publish(emulator, beside))
    launch_product(emulator, lake, "data", beside=[template])
    emulator.client("glue", account=account).create_table(
        DatabaseName=settings.names.lake_database, TableInput={"Name": LONGEST["LakeTable"]}
    )
