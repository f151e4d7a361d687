"""Studio domains, user profiles and code repositories."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator.sagemaker_support import SAGEMAKER, refused, unique
from tests.emulator.support import Emulator, allow, trust


@pytest.fixture(scope="module")
def role(emulator: Emulator) -> str:
    return emulator.role(trusting=trust(Service=SAGEMAKER))


def domain_arguments(role: str, **fields: Any) -> dict[str, Any]:
    return {
        "DomainName": unique("domain"),
        "AuthMode": "IAM",
        "DefaultUserSettings": {"ExecutionRole": role, "SecurityGroups": ["sg-12345678"]},
        "SubnetIds": ["subnet-12345678"],
        "VpcId": "vpc-12345678",
        "AppNetworkAccessType": "VpcOnly",
        **fields,
    }


@pytest.fixture
def domain(emulator: Emulator, role: str) -> Iterator[str]:
    sagemaker = emulator.client("sagemaker")
    created = sagemaker.create_domain(**domain_arguments(role))
    domain_id = created["DomainArn"].rpartition("/")[2]
    yield domain_id
    for profile in sagemaker.list_user_profiles(DomainIdEquals=domain_id)["UserProfiles"]:
        sagemaker.delete_user_profile(DomainId=domain_id, UserProfileName=profile["UserProfileName"])
    sagemaker.delete_domain(DomainId=domain_id)


def test_a_domain_is_described_and_updated(emulator: Emulator, role: str, domain: str) -> None:
    sagemaker = emulator.client("sagemaker")
    described = sagemaker.describe_domain(DomainId=domain)
    assert described["Status"] == "InService"
    assert described["AppNetworkAccessType"] == "VpcOnly"
    assert described["Url"].endswith(".invalid")
    sagemaker.update_domain(DomainId=domain, DefaultUserSettings={"SecurityGroups": ["sg-87654321"]})
    settings = sagemaker.describe_domain(DomainId=domain)["DefaultUserSettings"]
    assert settings == {"ExecutionRole": role, "SecurityGroups": ["sg-87654321"]}
    assert domain in [each["DomainId"] for each in sagemaker.list_domains()["Domains"]]


def test_profiles_belong_to_a_domain(emulator: Emulator, role: str, domain: str) -> None:
    sagemaker = emulator.client("sagemaker")
    arn = sagemaker.create_user_profile(
        DomainId=domain, UserProfileName="lead", UserSettings={"ExecutionRole": role}
    )["UserProfileArn"]
    assert arn.endswith(f":user-profile/{domain}/lead")
    described = sagemaker.describe_user_profile(DomainId=domain, UserProfileName="lead")
    assert described["UserSettings"]["ExecutionRole"] == role
    url = sagemaker.create_presigned_domain_url(DomainId=domain, UserProfileName="lead")["AuthorizedUrl"]
    assert url.startswith(f"https://{domain}.")
    code, message = refused(sagemaker.delete_domain, DomainId=domain)
    assert (code, "UserProfile(s)" in message) == ("ResourceInUse", True)


def test_a_domain_name_is_used_once(emulator: Emulator, role: str, domain: str) -> None:
    sagemaker = emulator.client("sagemaker")
    name = sagemaker.describe_domain(DomainId=domain)["DomainName"]
    assert refused(sagemaker.create_domain, **domain_arguments(role, DomainName=name))[0] == "ResourceInUse"


def test_code_repositories(emulator: Emulator) -> None:
    sagemaker, name = emulator.client("sagemaker"), unique("repository")
    sagemaker.create_code_repository(
        CodeRepositoryName=name,
        GitConfig={"RepositoryUrl": "https://git.example.com/team/model"},
        Tags=[{"Key": "sagemaker:project-name", "Value": "churn"}],
    )
    described = sagemaker.describe_code_repository(CodeRepositoryName=name)
    assert described["GitConfig"]["RepositoryUrl"] == "https://git.example.com/team/model"
    tags = sagemaker.list_tags(ResourceArn=described["CodeRepositoryArn"])["Tags"]
    assert tags == [{"Key": "sagemaker:project-name", "Value": "churn"}]
    sagemaker.delete_code_repository(CodeRepositoryName=name)
    assert "Cannot find" in refused(sagemaker.describe_code_repository, CodeRepositoryName=name)[1]


@pytest.mark.parametrize(
    ("statements", "action"),
    [
        pytest.param([allow("sagemaker:ListDomains")], "sagemaker:CreateDomain", id="the operation"),
        pytest.param([allow("sagemaker:CreateDomain")], "iam:PassRole", id="passing the role"),
        pytest.param(
            [
                allow("iam:PassRole"),
                allow(
                    "sagemaker:CreateDomain",
                    Condition={"StringEquals": {"sagemaker:AppNetworkAccessType": "PublicInternetOnly"}},
                ),
            ],
            "sagemaker:CreateDomain",
            id="public domains only",
        ),
    ],
)
def test_who_may_create_a_domain(emulator: Emulator, role: str, statements: list[Any], action: str) -> None:
    caller = emulator.client("sagemaker", role=emulator.role(*statements))
    code, message = refused(caller.create_domain, **domain_arguments(role))
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: {action} on resource" in message


def test_a_person_opens_only_the_own_profile(emulator: Emulator, role: str, domain: str) -> None:
    sagemaker = emulator.client("sagemaker")
    own, other = (
        sagemaker.create_user_profile(
            DomainId=domain, UserProfileName=name, UserSettings={"ExecutionRole": role}
        )["UserProfileArn"]
        for name in ("own", "other")
    )
    person = emulator.client(
        "sagemaker", role=emulator.role(allow("sagemaker:CreatePresignedDomainUrl", own))
    )
    person.create_presigned_domain_url(DomainId=domain, UserProfileName="own")
    code, message = refused(person.create_presigned_domain_url, DomainId=domain, UserProfileName="other")
    assert (code, other in message) == ("AccessDeniedException", True)
