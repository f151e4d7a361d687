"""How tests launch products in the emulator, under the roles that are derived for them."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import find
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import from_regex, sampled_from

from portfolios.boundary import boundary_statements
from portfolios.permissions import Statement
from portfolios.template_values import ACCOUNT
from tests.emulator.cloudformation.test_cloudformation import SERVICE, finish
from tests.emulator.support import Emulator, allow, policy
from tests.products.launches import LONGEST, settings
from tests.products.launches import templates as all_templates

Template = dict[str, Any]

REGION = "eu-west-1"
NAMES = settings(prefix="mlplatform-x").names
PRODUCT_TAG = NAMES.product_tag
_ASSETS = "mlplatform-assets-222222222222-eu-west-1"


def in_account(statements: Iterable[Statement], account: str) -> list[dict[str, Any]]:
    """Statements as they stand in a policy of an account."""
    text = json.dumps([statement.to_json() for statement in statements])
    filled: list[dict[str, Any]] = json.loads(text.replace(ACCOUNT, account))
    return filled


def launch(
    emulator: Emulator,
    name: str,
    template: Template,
    statements: Iterable[Statement],
    parameters: Mapping[str, str] | None = None,
) -> list[str]:
    """Create a stack under a role with just these statements; why it failed, or nothing."""
    role = emulator.role(*in_account(statements, emulator.development), trusting=SERVICE)
    if "AWS::LakeFormation::" in json.dumps(template):
        govern_lakes(emulator, role, account=emulator.development, governs=True)
    cloudformation = emulator.client("cloudformation")
    try:
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            RoleARN=role,
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
            ],
        )
    except ClientError as refusal:
        return [str(refusal)]
    status, reasons = finish(emulator, name)
    assert (status == "CREATE_COMPLETE") is (not reasons)
    return reasons


def govern_lakes(emulator: Emulator, role: str, *, account: str, governs: bool) -> None:
    """Make a role a data lake administrator of its account, as on AWS the account's StackSet does.

    Args:
        emulator: The emulator.
        role: The role.
        account: The account.
        governs: Whether the account shares tables by LF-tag, and opens them to nobody else.
    """
    emulator.client("ram", account=emulator.management).enable_sharing_with_aws_organization()
    lake_formation = emulator.client("lakeformation", account=account)
    found = lake_formation.get_data_lake_settings()["DataLakeSettings"]
    known = [each["DataLakePrincipalIdentifier"] for each in found["DataLakeAdmins"]]
    lake_formation.put_data_lake_settings(
        DataLakeSettings={
            **found,
            "DataLakeAdmins": [
                {"DataLakePrincipalIdentifier": each} for each in dict.fromkeys((*known, role))
            ],
            "Parameters": {"CROSS_ACCOUNT_VERSION": "3"},
            **(
                {"CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}
                if governs
                else {}
            ),
        }
    )


def parameters_of(template: Template, identifier: str) -> dict[str, str]:
    """Values for the parameters of a product."""
    given = LONGEST | {
        "DomainName": "team",
        "SageMakerProjectId": identifier,
        "SageMakerProjectName": "churn",
    }
    return {
        key: given.get(key) or fitting(parameter)
        for key, parameter in template.get("Parameters", {}).items()
        if key in given or "Default" not in parameter
    }


def fitting(parameter: Mapping[str, Any], *, but: str = "") -> str:
    """The shortest value that a parameter takes, other than a given one.

    Args:
        parameter: The parameter, as a template declares it.
        but: The value that is not wanted.

    Raises:
        hypothesis.errors.NoSuchExample: It takes no other value.
    """
    allowed = parameter.get("AllowedValues")
    values = sampled_from(list(map(str, allowed))) if allowed else from_regex(parameter["AllowedPattern"])
    fewest, most = int(parameter.get("MinLength", 0)), int(parameter.get("MaxLength", 4096))
    return find(values, lambda value: value != but and value.isprintable() and fewest <= len(value) <= most)


def changed(template: Template, parameters: Mapping[str, str]) -> dict[str, str] | None:
    """Values for an update of a product: one parameter has another value, a choice if there is one.

    Who a project is does not change, nor what only a new project could change.

    Returns:
        None if no parameter takes another value.
    """
    fixed = {"SageMakerProjectId", "SageMakerProjectName", "DomainId", "DomainName"}
    declared = {key: each for key, each in template.get("Parameters", {}).items() if key not in fixed}
    for key, parameter in sorted(declared.items(), key=lambda each: "AllowedValues" not in each[1]):
        before = parameters.get(key, str(parameter.get("Default", "")))
        with suppress(NoSuchExample):
            return {**parameters, key: fitting(parameter, but=before)}
    return None


def publish_seeds(emulator: Emulator) -> None:
    """Put a seed where products look for it, unless it is there."""
    s3 = emulator.client("s3", account=emulator.hub)
    if any(bucket["Name"] == _ASSETS for bucket in s3.list_buckets()["Buckets"]):
        return
    s3.create_bucket(Bucket=_ASSETS, CreateBucketConfiguration={"LocationConstraint": REGION})
    shared = {
        **allow("s3:GetObject", f"arn:aws:s3:::{_ASSETS}/*"),
        "Principal": {"AWS": emulator.development},
    }
    s3.put_bucket_policy(Bucket=_ASSETS, Policy=policy(shared))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("README.md", "seed")
    s3.put_object(Bucket=_ASSETS, Key="seed.zip", Body=archive.getvalue())


def add_boundary(
    emulator: Emulator,
    *,
    account: str = Emulator.development,
    templates: Iterable[Template] | None = None,
) -> None:
    """Create the boundary of the roles that products make, unless it is there, or they make none.

    Args:
        emulator: The emulator.
        account: The account in which they are launched.
        templates: The templates of the products; by default of all.
    """
    iam = emulator.client("iam", account=account)
    bounded = all_templates().values() if templates is None else templates
    statements = boundary_statements(bounded, region=REGION)
    if not statements:
        return
    try:
        iam.create_policy(
            PolicyName=NAMES.project_boundary,
            PolicyDocument=policy(*in_account(statements, account)),
        )
    except iam.exceptions.EntityAlreadyExistsException:
        return
