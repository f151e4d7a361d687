"""Products are for the principals of their portfolio, and launched with what the launch role may do."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal import catalog, commands
from rehearsal.denied import Denial, RefusedError
from rehearsal.story import ActError, Story

REMOVED_ACTION = "codebuild:CreateProject"
_SHORT = "one-action-short"
"""Name of the project that is not created."""


def _scientist_launches_domain(story: Story) -> None:
    """Launch a product of the portfolio ML Admin, whose principals do not include the data scientist."""
    people = story.people
    domain = catalog.find(story, people.ml_administrator, catalog.STUDIO_DOMAIN)
    story.acting_as(people.data_scientist, "servicecatalog").provision_product(
        ProductId=domain.product_id,
        ProvisioningArtifactId=domain.artifact_id,
        ProvisionedProductName="second-domain",
        ProvisioningParameters=[{"Key": "DomainName", "Value": "second"}],
    )


def _scientist_uses_launch_role(story: Story) -> None:
    accounts = story.accounts
    role = accounts.names.launch_role("build_from_s3")
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    story.acting_as(story.people.data_scientist, "cloudformation").create_stack(
        StackName="own-stack",
        TemplateBody=json.dumps(template),
        RoleARN=f"arn:aws:iam::{accounts.account_id('development')}:role/{role}",
    )


def _administrator_of_ml_creates_role(story: Story) -> None:
    story.acting_as(story.people.ml_administrator, "iam").create_role(
        RoleName="own-role", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
    )


def _launch_without_action(story: Story) -> None:
    """Create a project without one action of the launch role, then give it back and delete what is left."""
    restore = _remove_action(story, story.accounts.names.launch_role("build_from_s3"), REMOVED_ACTION)
    try:
        catalog.create_project(
            story,
            story.people.data_scientist,
            catalog.BUILD_PROJECT,
            _SHORT,
            {"InputDataUri": story.data_uri, "TargetColumn": story.data.target},
        )
    except ActError as error:
        raise RefusedError("CreateFailed", str(error)) from error
    finally:
        restore()
        commands.catalog(story, story.people.data_scientist, "project", "delete", _SHORT, "--yes")


def _remove_action(story: Story, role: str, action: str) -> Callable[[], object]:
    """As the development account's administrator, take an action from a role; returns what gives it back."""
    iam = story.accounts.administrator("development", "iam")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if _without(document, action) != document:
            iam.put_role_policy(
                RoleName=role, PolicyName=name, PolicyDocument=json.dumps(_without(document, action))
            )
            return lambda: iam.put_role_policy(
                RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document)
            )
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        if _without(document, action) != document:
            _set_policy(iam, arn, _without(document, action))
            return lambda: _set_policy(iam, arn, document)
    raise ActError(f"role {role} does not have {action} in the first place")


def _set_policy(iam: Any, arn: str, document: Mapping[str, Any]) -> None:
    """Change a managed policy, and leave one version of it, as the stack that deletes it finds it."""
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
    for version in versions:
        iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])


def _without(document: dict[str, Any], action: str) -> dict[str, Any]:
    statements = []
    for statement in document["Statement"]:
        actions = statement.get("Action", [])
        actions = [actions] if isinstance(actions, str) else actions
        kept = [kept for kept in actions if kept != action]
        if kept:
            statements.append(
                {**statement, "Action": kept if len(kept) != len(actions) else statement["Action"]}
            )
    return {**document, "Statement": statements}


ROWS = (
    Denial(
        actor="Data scientist",
        action="launches a product of ML Admin, whose principals they are not",
        code="ResourceNotFoundException",
        mentions="launch path",
        attempt=_scientist_launches_domain,
    ),
    Denial(
        actor="Data scientist",
        action="creates a stack under the launch role of a product",
        code="AccessDenied",
        mentions="cloudformation:CreateStack",
        attempt=_scientist_uses_launch_role,
    ),
    Denial(
        actor="Lead data scientist",
        action="creates a role of their own",
        code="AccessDenied",
        mentions="iam:CreateRole",
        attempt=_administrator_of_ml_creates_role,
    ),
    Denial(
        actor="Launch role less one action",
        action="creates its product",
        code="CreateFailed",
        mentions=REMOVED_ACTION,
        attempt=_launch_without_action,
    ),
)
