"""Studio domains, user profiles and code repositories: kept and described, with no Studio behind them.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html.
"""

import secrets
import time
from collections.abc import Iterator
from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.sagemaker.service import check_pass_role, check_tagging, sagemaker
from emulator.sagemaker.store import Table, listed, tags

STUDIO_HOST = "studio.invalid"
"""Host of domain URLs: a name that is reserved never to exist (RFC 2606), for no Studio runs here."""

domains: Table[dict[str, Any]] = Table(
    "domain",
    missing="Domain [{name}] does not exist.",
    missing_code="ResourceNotFound",
    duplicate="Domain [{name}] already exists.",
    duplicate_code="ResourceInUse",
)
profiles: Table[dict[str, Any]] = Table(
    "user-profile",
    missing="User profile [{name}] does not exist.",
    missing_code="ResourceNotFound",
    duplicate="User profile [{name}] already exists.",
    duplicate_code="ResourceInUse",
)
repositories: Table[dict[str, Any]] = Table(
    "code-repository",
    missing='Cannot find code repository "{arn}".',
    duplicate='Cannot create already existing code repository "{arn}".',
)


def _passed_roles(settings: Any) -> Iterator[str]:
    """Every role that a domain's or a profile's settings pass to SageMaker."""
    if isinstance(settings, dict):
        for key, value in settings.items():
            if key == "ExecutionRole" and isinstance(value, str):
                yield value
            else:
                yield from _passed_roles(value)


def _profile_key(request: Request) -> str:
    return f"{request.parameters['DomainId']}/{request.parameters['UserProfileName']}"


def _profile_resource(request: Request) -> str:
    return profiles.arn(request, _profile_key(request))


def _vpc_keys(request: Request) -> dict[str, Any]:
    given = request.parameters
    keys = {
        "sagemaker:AppNetworkAccessType": given.get("AppNetworkAccessType"),
        "sagemaker:VpcSubnets": given.get("SubnetIds"),
        "sagemaker:VolumeKmsKey": given.get("KmsKeyId"),
    }
    return {key: value for key, value in keys.items() if value is not None}


def _changed(item: dict[str, Any], request: Request) -> dict[str, Any]:
    """Description of a domain or profile after an update; settings that are not sent stay."""
    changed = {**item, "LastModifiedTime": time.time()}
    for key, value in request.parameters.items():
        merged = {**item.get(key, {}), **value} if isinstance(value, dict) else value
        changed[key.removesuffix("ForUpdate")] = merged
    return changed


# Domains.


@sagemaker.operation("CreateDomain", resource=domains.resource("DomainId"), condition_keys=_vpc_keys)
def _create_domain(request: Request) -> dict[str, Any]:
    given = request.parameters
    names = [domain["DomainName"] for domain in domains.all(request.account, request.region)]
    if given["DomainName"] in names:
        raise ServiceError("ResourceInUse", f"Domain name {given['DomainName']} is already in use.")
    for role_arn in _passed_roles(given):
        check_pass_role(request, role_arn)
    domain_id = f"d-{secrets.token_hex(6)}"
    domain_arn = domains.arn(request, domain_id)
    check_tagging(request, domain_arn)
    now = time.time()
    domains.add(
        request.account,
        request.region,
        domain_id,
        {
            "AppNetworkAccessType": "PublicInternetOnly",
            **{key: value for key, value in given.items() if key != "Tags"},
            "DomainId": domain_id,
            "DomainArn": domain_arn,
            "Status": "InService",
            "Url": f"https://{domain_id}.{request.region}.{STUDIO_HOST}",
            "HomeEfsFileSystemId": f"fs-{secrets.token_hex(8)}",
            "SecurityGroupIdForDomainBoundary": f"sg-{secrets.token_hex(8)}",
            "CreationTime": now,
            "LastModifiedTime": now,
        },
    )
    tags.put(domain_arn, given.get("Tags", []))
    return {
        "DomainArn": domain_arn,
        "DomainId": domain_id,
        "Url": domains.get(request.account, request.region, domain_id)["Url"],
    }


@sagemaker.operation("DescribeDomain", resource=domains.resource("DomainId"))
def _describe_domain(request: Request) -> dict[str, Any]:
    return domains.get(request.account, request.region, request.parameters["DomainId"])


@sagemaker.operation("UpdateDomain", resource=domains.resource("DomainId"))
def _update_domain(request: Request) -> dict[str, Any]:
    for role_arn in _passed_roles(request.parameters):
        check_pass_role(request, role_arn)
    domain = domains.get(request.account, request.region, request.parameters["DomainId"])
    domain.update(_changed(domain, request))
    return {"DomainArn": domain["DomainArn"]}


@sagemaker.operation("ListDomains")
def _list_domains(request: Request) -> dict[str, Any]:
    found, rest = listed(request, domains.all(request.account, request.region), name="DomainName")
    shown = ("DomainArn", "DomainId", "DomainName", "Status", "CreationTime", "LastModifiedTime", "Url")
    return {"Domains": [{key: each[key] for key in shown} for each in found], **rest}


@sagemaker.operation("DeleteDomain", resource=domains.resource("DomainId"))
def _delete_domain(request: Request) -> dict[str, Any]:
    domain_id = request.parameters["DomainId"]
    domains.get(request.account, request.region, domain_id)
    if any(each["DomainId"] == domain_id for each in profiles.all(request.account, request.region)):
        raise ServiceError(
            "ResourceInUse",
            f"Unable to delete Domain {domain_id} because UserProfile(s) are associated with it.",
        )
    domains.remove(request.account, request.region, domain_id)
    return {}


# User profiles.


@sagemaker.operation("CreateUserProfile", resource=_profile_resource)
def _create_profile(request: Request) -> dict[str, Any]:
    given = request.parameters
    domains.get(request.account, request.region, given["DomainId"])
    for role_arn in _passed_roles(given):
        check_pass_role(request, role_arn)
    profile_arn = _profile_resource(request)
    check_tagging(request, profile_arn)
    now = time.time()
    profiles.add(
        request.account,
        request.region,
        _profile_key(request),
        {
            **{key: value for key, value in given.items() if key != "Tags"},
            "UserProfileArn": profile_arn,
            "Status": "InService",
            "CreationTime": now,
            "LastModifiedTime": now,
        },
    )
    tags.put(profile_arn, given.get("Tags", []))
    return {"UserProfileArn": profile_arn}


@sagemaker.operation("DescribeUserProfile", resource=_profile_resource)
def _describe_profile(request: Request) -> dict[str, Any]:
    return profiles.get(request.account, request.region, _profile_key(request))


@sagemaker.operation("UpdateUserProfile", resource=_profile_resource)
def _update_profile(request: Request) -> dict[str, Any]:
    for role_arn in _passed_roles(request.parameters):
        check_pass_role(request, role_arn)
    profile = profiles.get(request.account, request.region, _profile_key(request))
    profile.update(_changed(profile, request))
    return {"UserProfileArn": profile["UserProfileArn"]}


@sagemaker.operation("ListUserProfiles")
def _list_profiles(request: Request) -> dict[str, Any]:
    given = request.parameters
    matching = [
        profile
        for profile in profiles.all(request.account, request.region)
        if given.get("DomainIdEquals") in (None, profile["DomainId"])
        and given.get("UserProfileNameContains", "") in profile["UserProfileName"]
    ]
    found, rest = listed(request, matching, name="UserProfileName")
    shown = ("DomainId", "UserProfileName", "Status", "CreationTime", "LastModifiedTime")
    return {"UserProfiles": [{key: each[key] for key in shown} for each in found], **rest}


@sagemaker.operation("DeleteUserProfile", resource=_profile_resource)
def _delete_profile(request: Request) -> dict[str, Any]:
    profiles.remove(request.account, request.region, _profile_key(request))
    return {}


@sagemaker.operation("CreatePresignedDomainUrl", resource=_profile_resource)
def _create_presigned_url(request: Request) -> dict[str, Any]:
    profiles.get(request.account, request.region, _profile_key(request))
    url = domains.get(request.account, request.region, request.parameters["DomainId"])["Url"]
    return {"AuthorizedUrl": f"{url}/auth?token={secrets.token_urlsafe(32)}"}


# Code repositories.


@sagemaker.operation("CreateCodeRepository", resource=repositories.resource("CodeRepositoryName"))
def _create_repository(request: Request) -> dict[str, Any]:
    given = request.parameters
    repository_arn = repositories.arn(request, given["CodeRepositoryName"])
    check_tagging(request, repository_arn)
    now = time.time()
    repositories.add(
        request.account,
        request.region,
        given["CodeRepositoryName"],
        {
            "CodeRepositoryName": given["CodeRepositoryName"],
            "CodeRepositoryArn": repository_arn,
            "GitConfig": given["GitConfig"],
            "CreationTime": now,
            "LastModifiedTime": now,
        },
    )
    tags.put(repository_arn, given.get("Tags", []))
    return {"CodeRepositoryArn": repository_arn}


@sagemaker.operation("DescribeCodeRepository", resource=repositories.resource("CodeRepositoryName"))
def _describe_repository(request: Request) -> dict[str, Any]:
    return repositories.get(request.account, request.region, request.parameters["CodeRepositoryName"])


@sagemaker.operation("UpdateCodeRepository", resource=repositories.resource("CodeRepositoryName"))
def _update_repository(request: Request) -> dict[str, Any]:
    repository = repositories.get(request.account, request.region, request.parameters["CodeRepositoryName"])
    repository.update(_changed(repository, request))
    return {"CodeRepositoryArn": repository["CodeRepositoryArn"]}


@sagemaker.operation("ListCodeRepositories")
def _list_repositories(request: Request) -> dict[str, Any]:
    described = repositories.all(request.account, request.region)
    found, rest = listed(request, described, name="CodeRepositoryName")
    return {"CodeRepositorySummaryList": list(found), **rest}


@sagemaker.operation("DeleteCodeRepository", resource=repositories.resource("CodeRepositoryName"))
def _delete_repository(request: Request) -> dict[str, Any]:
    repositories.remove(request.account, request.region, request.parameters["CodeRepositoryName"])
    return {}
