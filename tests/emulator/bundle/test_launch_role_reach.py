"""How far a launch role reaches: two projects of one product, and the role of their launches on the second.

Nobody has the credentials of a launch role but Service Catalog and CloudFormation. A twin with the same
policies, which the tests may assume, shows what these alone hold back, and what they cannot
(docs/launch_roles.md).
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portfolios.permissions import derive
from tests.emulator.launch_support import (
    NAMES,
    PRODUCT_TAG,
    REGION,
    add_boundary,
    in_account,
    launch,
    parameters_of,
    publish_seeds,
)
from tests.emulator.support import SETTINGS, Emulator, allow, policy, trust
from tests.products.launches import templates

PROJECT_TAG = "sagemaker:project-id"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = policy(allow("*"))
ACCOUNT = SETTINGS.accounts.development
PREFIX = NAMES.prefix


@dataclass(frozen=True)
class Reach:
    """A twin of the launch role, and what there is to reach.

    Attributes:
        twin: ARN of the twin.
        own: Id of the project whose launch is let loose.
        other: Id of the second project of the product.
        foreign_key: Key of a project of another product.
        plain_key: Key of nobody.
        unbounded: Role of a project that was made before roles had boundaries.
    """

    emulator: Emulator
    twin: str
    own: str
    other: str
    foreign_key: str
    plain_key: str
    unbounded: str

    def client(self, service: str) -> Any:
        return self.emulator.client(service, role=self.twin)

    @property
    def key(self) -> str:
        kms = self.emulator.client("kms")
        found: str = kms.describe_key(KeyId=f"alias/{PREFIX}-{self.other}")["KeyMetadata"]["Arn"]
        return found

    @property
    def role(self) -> str:
        return f"{PREFIX}-build-{self.other}"

    @property
    def bucket(self) -> str:
        return f"{PREFIX}-{self.other}-{ACCOUNT}-{REGION}"


@pytest.fixture(scope="module")
def reach(emulator: Emulator) -> Reach:
    publish_seeds(emulator)
    add_boundary(emulator)
    template = templates()["build_from_s3"]
    statements = derive(template, region=REGION, product_tag=PRODUCT_TAG)
    projects = [f"p-{uuid.uuid4().hex[:12]}" for _ in range(2)]
    for project in projects:
        assert launch(emulator, project, template, statements, parameters_of(template, project)) == []
    kms = emulator.client("kms")
    labels = {PROJECT_TAG: "p-000000000000", PRODUCT_TAG: "deploy_realtime"}
    foreign = kms.create_key(Tags=[{"TagKey": key, "TagValue": value} for key, value in labels.items()])
    unbounded = f"{PREFIX}-build-{uuid.uuid4().hex[:12]}"
    emulator.role(name=unbounded)
    return Reach(
        emulator=emulator,
        twin=emulator.role(*in_account(statements, ACCOUNT)),
        own=projects[0],
        other=projects[1],
        foreign_key=foreign["KeyMetadata"]["Arn"],
        plain_key=kms.create_key()["KeyMetadata"]["Arn"],
        unbounded=unbounded,
    )


def label(reach: Reach, key: str, **tags: str) -> None:
    named = {PROJECT_TAG: tags.get("project"), PRODUCT_TAG: tags.get("product")}
    written = [{"TagKey": name, "TagValue": value} for name, value in named.items() if value]
    reach.client("kms").tag_resource(KeyId=key, Tags=written)


def write_key_policy(reach: Reach, key: str) -> None:
    document = reach.emulator.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    reach.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=document)


def write_bucket_policy(reach: Reach) -> None:
    document = reach.emulator.client("s3").get_bucket_policy(Bucket=reach.bucket)["Policy"]
    reach.client("s3").put_bucket_policy(Bucket=reach.bucket, Policy=document)


def write_role_policy(reach: Reach, role: str) -> None:
    reach.client("iam").put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=EVERYTHING)


def make_role(reach: Reach, **more: str) -> None:
    reach.client("iam").create_role(
        RoleName=f"{PREFIX}-build-{uuid.uuid4().hex[:12]}",
        AssumeRolePolicyDocument=trust(Service="codebuild.amazonaws.com"),
        **more,
    )


REFUSED: dict[str, Callable[[Reach], Any]] = {
    "make the other project's key its own": lambda reach: label(reach, reach.key, project=reach.own),
    "take the project's label off the key": lambda reach: reach.client("kms").untag_resource(
        KeyId=reach.key, TagKeys=[PROJECT_TAG]
    ),
    "take the product's label off the key": lambda reach: reach.client("kms").untag_resource(
        KeyId=reach.key, TagKeys=[PRODUCT_TAG]
    ),
    "pass a key on to another product": lambda reach: label(reach, reach.key, product="deploy_realtime"),
    "label another product's key": lambda reach: label(reach, reach.foreign_key, project="p-000000000000"),
    "write another product's key policy": lambda reach: write_key_policy(reach, reach.foreign_key),
    "delete another product's key": lambda reach: reach.client("kms").schedule_key_deletion(
        KeyId=reach.foreign_key
    ),
    "write the policy of a key of nobody": lambda reach: write_key_policy(reach, reach.plain_key),
    "make a key of nobody": lambda reach: reach.client("kms").create_key(),
    "read the other project's objects": lambda reach: reach.client("s3").list_objects_v2(
        Bucket=f"{reach.bucket}-not", MaxKeys=1
    ),
    "delete the other project's objects": lambda reach: reach.client("s3").delete_object(
        Bucket=reach.bucket, Key="model"
    ),
    "make a role without a boundary": make_role,
    "make a role under another boundary": lambda reach: make_role(reach, PermissionsBoundary=ADMINISTRATOR),
    "write the policy of a role without a boundary": lambda reach: write_role_policy(reach, reach.unbounded),
    "write its own policy": lambda reach: write_role_policy(reach, reach.twin.rpartition("/")[2]),
    "attach a policy to the other project's role": lambda reach: reach.client("iam").attach_role_policy(
        RoleName=reach.role, PolicyArn=ADMINISTRATOR
    ),
    "lift the boundary": lambda reach: reach.client("iam").delete_role_permissions_boundary(
        RoleName=reach.role
    ),
    "widen the boundary": lambda reach: reach.client("iam").put_role_permissions_boundary(
        RoleName=reach.role, PermissionsBoundary=ADMINISTRATOR
    ),
    "rewrite the boundary": lambda reach: reach.client("iam").create_policy_version(
        PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{NAMES.project_boundary}",
        PolicyDocument=EVERYTHING,
        SetAsDefault=True,
    ),
}

# A request tells nothing of the launch for which it is made: IAM takes these for changes of the own project.
# CloudFormation makes them for the resources of the stack at hand alone, under a template that is fixed.
NOT_TOLD_APART: dict[str, Callable[[Reach], Any]] = {
    "the other project's key policy": lambda reach: write_key_policy(reach, reach.key),
    "the other project's bucket policy": write_bucket_policy,
    "the other project's role policy": lambda reach: write_role_policy(reach, reach.role),
    "a role like the other project's": lambda reach: make_role(
        reach, PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/{NAMES.project_boundary}"
    ),
    "a key like the other project's": lambda reach: reach.client("kms").create_key(
        Tags=[
            {"TagKey": PROJECT_TAG, "TagValue": reach.other},
            {"TagKey": PRODUCT_TAG, "TagValue": "build_from_s3"},
        ]
    ),
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_a_launch_role_may_not(reach: Reach, attempt: str) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
        REFUSED[attempt](reach)


@pytest.mark.parametrize("attempt", NOT_TOLD_APART)
def test_what_iam_cannot_tell_apart(reach: Reach, attempt: str) -> None:
    NOT_TOLD_APART[attempt](reach)


def test_nobody_assumes_a_launch_role(emulator: Emulator) -> None:
    role = emulator.role(allow("*"), trusting=trust(Service=["servicecatalog.amazonaws.com"]))
    person = emulator.role(allow("sts:AssumeRole"))
    with pytest.raises(ClientError, match="AccessDenied"):
        emulator.client("sts", role=person).assume_role(RoleArn=role, RoleSessionName="person")


def test_a_role_that_a_launch_has_rewritten_stays_within_the_boundary(reach: Reach) -> None:
    write_role_policy(reach, reach.role)
    reach.client("iam").update_assume_role_policy(
        RoleName=reach.role, PolicyDocument=trust(AWS=f"arn:aws:iam::{ACCOUNT}:root")
    )
    rewritten = f"arn:aws:iam::{ACCOUNT}:role/{reach.role}"
    calls: dict[str, Callable[[Any], Any]] = {
        "iam": lambda client: client.create_user(UserName="intruder"),
        "ec2": lambda client: client.describe_instances(),
        "kms": lambda client: client.put_key_policy(KeyId=reach.key, PolicyName="default", Policy="{}"),
    }
    for service, call in calls.items():
        with pytest.raises(ClientError, match=r"AccessDenied|UnauthorizedOperation|not authorized"):
            call(reach.emulator.client(service, role=rewritten))
    assert reach.emulator.client("s3", role=rewritten).list_objects_v2(Bucket=reach.bucket)
