"""How requests are judged, in accounts of a few roles: both sides, keys, boundaries, variables, trust."""

from collections.abc import Mapping
from typing import Any

import pytest

from access.access import Document, Estate, Policy, Request, ResourcePolicy, Role

HUB, TEAM = "222222222222", "333333333333"
BUCKET, KEY = "arn:aws:s3:::registry", f"arn:aws:kms:eu-west-1:{HUB}:key/1"
READ = Request(action="s3:GetObject", resource=f"{BUCKET}/{TEAM}/model")
DECRYPT = Request(action="kms:Decrypt", resource=KEY)


def document(*statements: Mapping[str, Any]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def says(effect: str, action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def everybody(effect: str, action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return says(effect, action, resource, Principal={"AWS": "*"}, **more)


OWNER = says("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{HUB}:root"})
TRUST = says("Allow", "sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{HUB}:root"})


def policy(given: Document | None) -> Policy | None:
    return None if given is None else Policy(given)


def role(
    *own: Mapping[str, Any],
    account: str = TEAM,
    name: str = "reader",
    boundary: Document | None = None,
    trust: Mapping[str, Any] = TRUST,
    tags: Mapping[str, str] | None = None,
) -> Role:
    return Role(
        account=account,
        name=name,
        trust=Policy(document(trust)),
        policies=(Policy(document(*own)),),
        boundary=policy(boundary),
        session_tags=tags or {},
    )


def estate(*roles: Role, bucket: Document | None = None, key: Document | None = None) -> Estate:
    policies = {
        BUCKET: ResourcePolicy(name="bucket", account=HUB, policy=policy(bucket)),
        KEY: ResourcePolicy(name="key", account=HUB, policy=policy(key), is_required=True),
    }
    return Estate(
        region="eu-west-1",
        organization_id="o-mlplatform1",
        organization_paths={HUB: "o-mlplatform1/r-1/", TEAM: "o-mlplatform1/r-1/ou-team/"},
        roles=roles,
        resource_policies=policies,
    )


OWN_FOLDER = f"{BUCKET}/${{aws:PrincipalAccount}}/*"
OF_TEAMS = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-mlplatform1/*/ou-team/*"}}
OF_OTHERS = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-mlplatform1/*/ou-else/*"}}
READS = says("Allow", "s3:GetObject")
OPEN = document(everybody("Allow", "s3:GetObject", Sid="Open"))


@pytest.mark.parametrize(
    ("who", "bucket", "allowed"),
    [
        pytest.param(role(READS), OPEN, True, id="both-allow"),
        pytest.param(role(READS), None, False, id="no-bucket-policy"),
        pytest.param(role(says("Allow", "s3:PutObject")), OPEN, False, id="no-policy-of-its-own"),
        pytest.param(role(READS, says("Deny", "s3:*")), OPEN, False, id="denied-by-its-own"),
        pytest.param(
            role(READS),
            document(*OPEN["Statement"], everybody("Deny", "s3:*")),
            False,
            id="denied-by-the-bucket",
        ),
        pytest.param(role(READS, account=HUB), None, True, id="own-account-needs-one"),
        pytest.param(
            role(READS, boundary=document(says("Allow", "s3:PutObject"))), OPEN, False, id="outside-boundary"
        ),
        pytest.param(role(READS, boundary=document(READS)), OPEN, True, id="inside-boundary"),
        pytest.param(
            role(READS), document(everybody("Allow", "s3:GetObject", OWN_FOLDER)), True, id="own-folder"
        ),
        pytest.param(
            role(READS, account=HUB),
            document(everybody("Deny", "s3:GetObject", f"{BUCKET}/{TEAM}/*", Condition=OF_TEAMS)),
            True,
            id="deny-of-another-unit",
        ),
        pytest.param(
            role(READS), document(everybody("Allow", "s3:GetObject", Condition=OF_TEAMS)), True, id="unit"
        ),
        pytest.param(
            role(READS),
            document(everybody("Allow", "s3:GetObject", Condition=OF_OTHERS)),
            False,
            id="another-unit",
        ),
    ],
)
def test_an_object(who: Role, bucket: Document | None, allowed: bool) -> None:
    assert estate(who, bucket=bucket).judge(who, READ).is_allowed is allowed


@pytest.mark.parametrize(
    ("who", "key", "allowed"),
    [
        pytest.param(
            role(says("Allow", "kms:Decrypt"), account=HUB), document(OWNER), True, id="own-account"
        ),
        pytest.param(
            role(says("Allow", "kms:Decrypt"), account=HUB),
            document(everybody("Allow", "kms:Encrypt")),
            False,
            id="own-account-left-out",
        ),
        pytest.param(role(says("Allow", "kms:Decrypt")), document(OWNER), False, id="another-account"),
        pytest.param(
            role(says("Allow", "kms:Decrypt")),
            document(OWNER, everybody("Allow", "kms:Decrypt")),
            True,
            id="another-account-let-in",
        ),
    ],
)
def test_a_key(who: Role, key: Document, allowed: bool) -> None:
    assert estate(who, key=key).judge(who, DECRYPT).is_allowed is allowed


def test_a_verdict_names_the_statements_of_the_resource() -> None:
    who = role(READS)
    named = document(
        everybody("Allow", "s3:PutObject", Sid="Write"),
        everybody("Allow", "s3:GetObject", f"{BUCKET}/{HUB}/*", Sid="Elsewhere"),
        everybody("Allow", "s3:GetObject", Sid="Read"),
    )
    assert estate(who, bucket=named).judge(who, READ).grants == ("bucket: Read",)


ASSUMES = says("Allow", "sts:AssumeRole")
TAGS = says("Allow", "sts:TagSession")
TRUSTS_TAGGED = says(
    "Allow",
    ["sts:AssumeRole", "sts:TagSession"],  # type: ignore[arg-type]
    Principal={"AWS": "*"},
    Condition={"StringEquals": {"aws:RequestTag/source-account": "${aws:PrincipalAccount}"}},
)


@pytest.mark.parametrize(
    ("who", "other", "assumes"),
    [
        pytest.param(role(ASSUMES, account=HUB), role(name="other", account=HUB), True, id="both"),
        pytest.param(role(account=HUB), role(name="other", account=HUB), False, id="not-its-own-policies"),
        pytest.param(role(ASSUMES), role(name="other", account=HUB), False, id="not-the-trust"),
        pytest.param(
            role(ASSUMES, account=HUB),
            role(
                name="other",
                trust=says("Allow", "sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"}),
            ),
            False,
            id="a-service-only",
        ),
        pytest.param(
            role(ASSUMES, TAGS),
            role(name="other", account=HUB, trust=TRUSTS_TAGGED, tags={"source-account": TEAM}),
            True,
            id="own-tag",
        ),
        pytest.param(
            role(ASSUMES, TAGS),
            role(name="other", account=HUB, trust=TRUSTS_TAGGED, tags={"source-account": HUB}),
            False,
            id="another's-tag",
        ),
        pytest.param(
            role(ASSUMES),
            role(name="other", account=HUB, trust=TRUSTS_TAGGED, tags={"source-account": TEAM}),
            False,
            id="no-tagging",
        ),
    ],
)
def test_assuming(who: Role, other: Role, assumes: bool) -> None:
    assert list(estate(who, other).assumptions[who.arn]) == ([other] if assumes else [])


def test_roles_lead_to_roles() -> None:
    first = role(
        says("Allow", "sts:AssumeRole", f"arn:aws:iam::{HUB}:role/second"), account=HUB, name="first"
    )
    second = role(
        says("Allow", "sts:AssumeRole", f"arn:aws:iam::{HUB}:role/third"), account=HUB, name="second"
    )
    third = role(ASSUMES, account=HUB, name="third")
    found = estate(first, second, third).assumptions
    assert [other.name for other in found[first.arn]] == ["second", "third"]
    assert [other.name for other in found[third.arn]] == ["first", "second"]


def test_session_tags_are_what_conditions_ask_of() -> None:
    condition = {"StringEquals": {"s3:ExistingObjectTag/account": "${aws:PrincipalTag/source-account}"}}
    who = role(says("Allow", "s3:GetObject", Condition=condition), account=HUB, tags={"source-account": TEAM})
    for owner, allowed in ((TEAM, True), (HUB, False)):
        request = Request(
            action="s3:GetObject", resource=f"{BUCKET}/x", keys={"s3:ExistingObjectTag/account": owner}
        )
        assert estate(who).judge(who, request).is_allowed is allowed
