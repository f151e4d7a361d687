"""Removes everything that probes have made, of this run and of those that were killed."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from registry.functions.model_registry.errors import error_code, is_missing
from scripts.probe.scene import Scene


def remove(scene: Scene) -> Iterator[str]:
    """Remove what has the probes' prefix.

    Args:
        scene: The account.

    Yields:
        What was removed, or why it was not, thing by thing.
    """
    for kind, found, delete in (
        # Stacks before the roles that they are deleted under.
        ("stack", _stacks, _delete_stack),
        ("role", _roles, _delete_role),
        ("model package group", _groups, _delete_group),
        (
            "model card",
            _cards,
            lambda scene, name: scene.client("sagemaker").delete_model_card(ModelCardName=name),
        ),
        (
            "managed permission",
            _permissions,
            lambda scene, arn: scene.client("ram").delete_permission(permissionArn=arn),
        ),
        (
            "repository",
            _repositories,
            lambda scene, name: scene.client("codecommit").delete_repository(repositoryName=name),
        ),
    ):
        try:
            for name in list(found(scene)):
                try:
                    delete(scene, name)
                    yield f"{kind} {name}: removed"
                except (ClientError, WaiterError) as error:
                    if not (isinstance(error, ClientError) and is_missing(error)):
                        yield f"{kind} {name}: STILL THERE, remove it by hand ({error})"
        except ClientError as error:
            # Who may not list them has made none.
            yield f"{kind}s cannot be listed: {error_code(error)}"


def _named(scene: Scene, service: str, operation: str, entries: str, key: str, **given: Any) -> Iterator[str]:
    for page in scene.client(service).get_paginator(operation).paginate(**given):
        for entry in page[entries]:
            if entry[key].startswith(scene.prefix):
                yield entry[key]


def _stacks(scene: Scene) -> Iterator[str]:
    return _named(scene, "cloudformation", "describe_stacks", "Stacks", "StackName")


def _delete_stack(scene: Scene, name: str) -> None:
    cloudformation = scene.client("cloudformation")
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 2, "MaxAttempts": 60}
    )


def _roles(scene: Scene) -> Iterator[str]:
    return _named(scene, "iam", "list_roles", "Roles", "RoleName")


def _delete_role(scene: Scene, name: str) -> None:
    iam = scene.client("iam")
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _groups(scene: Scene) -> Iterator[str]:
    return _named(
        scene,
        "sagemaker",
        "list_model_package_groups",
        "ModelPackageGroupSummaryList",
        "ModelPackageGroupName",
        NameContains=scene.prefix,
    )


def _delete_group(scene: Scene, name: str) -> None:
    sagemaker = scene.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=name)
    for version in [each for page in pages for each in page["ModelPackageSummaryList"]]:
        sagemaker.delete_model_package(ModelPackageName=version["ModelPackageArn"])
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)


def _cards(scene: Scene) -> Iterator[str]:
    return _named(
        scene,
        "sagemaker",
        "list_model_cards",
        "ModelCardSummaries",
        "ModelCardName",
        # A whole name, and so without the hyphen at its end.
        NameContains=scene.prefix.rstrip("-"),
    )


def _permissions(scene: Scene) -> Iterator[str]:
    ram = scene.client("ram")
    token: dict[str, str] = {}
    while True:
        page = ram.list_permissions(permissionType="CUSTOMER_MANAGED", **token)
        for permission in page["permissions"]:
            if permission["name"].startswith(scene.prefix):
                yield permission["arn"]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _repositories(scene: Scene) -> Iterator[str]:
    return _named(scene, "codecommit", "list_repositories", "repositories", "repositoryName")
