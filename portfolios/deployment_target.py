"""What an account needs before models can be deployed to it and served there."""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from base.grants.models import READ_CARD
from base.grants.objects import READ_OBJECT_VERSIONS
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, arn, role, role_arn, service_principal
from base.settings import Settings
from pipelines.deliveries.delivery import Delivery
from pipelines.deliveries.serving_account import ServingAccount
from portfolios.launch_role import DerivedRole
from portfolios.lineage_reader import LineageReader, where_models_serve
from portfolios.permissions import Statement, derive


class DeploymentTargetStack(cdk.Stack):
    """The roles that create, run and test models, as far as the deliveries on offer need them.

    Each role takes one step, so that none reaches from a build to a running model: a deploy pipeline of the
    hub assumes `deployment`, which may only hand templates to CloudFormation; CloudFormation works under
    `deployment-cloudformation`; what serves runs under a role of its delivery, such as `endpoint`; tests
    assume `integration-test`.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, deliveries: Sequence[Delivery]
    ) -> None:
        """Define the stack.

        Args:
            scope: The app in which it is rendered.
            construct_id: Its id there.
            settings: What the adopter decided.
            deliveries: How the products on offer put models to use.
        """
        super().__init__(
            scope,
            construct_id,
            synthesizer=cdk.BootstraplessSynthesizer(),
            description="ML platform: roles and storage of an account that serves models",
        )
        names = settings.names
        self._hub = names.shared_services_account
        self._region = settings.region
        self._names = names
        self._test_accounts = settings.organization.path_pattern(
            settings.organization.organizational_units.test
        )
        self._deliveries = deliveries
        self._serving = ServingAccount(self, settings)
        # Names of whichever project deploys here.
        self._any_project = self._serving.projects
        LineageReader(self, "LineageReader", names=names, permissions=where_models_serve(names))
        if not deliveries:
            return
        tests = [permission for delivery in deliveries for permission in delivery.prepare(self._serving)]
        self._deployment_role()
        DerivedRole(
            self,
            "DeploymentCloudformation",
            role_name=names.deployment_cloudformation_role,
            description="CloudFormation creates endpoints under this role",
            # iam:PassRole within the account guards the role where CloudFormation does not tell the account.
            trusts=service_principal(
                "cloudformation",
                tells_account=settings.assumptions.cloudformation_trust == "source_account",
            ),
            statements=(*self._central_versions(), *derive(self._frame(), region=settings.region)),
        )
        self._integration_test_role(tests)

    def _deployment_role(self) -> None:
        """What the CloudFormation actions of a deploy pipeline need in the target account.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
        """
        role(
            self,
            "Deployment",
            name=self._names.deployment_role,
            description="Deploy pipelines of the shared services account hand templates to CloudFormation",
            trusts=self._serving.hub_roles("pipeline"),
            permissions=[
                Permission(
                    actions=(
                        "cloudformation:CreateStack",
                        "cloudformation:DeleteStack",
                        "cloudformation:DescribeStackEvents",
                        "cloudformation:DescribeStacks",
                        "cloudformation:GetTemplate",
                        "cloudformation:SetStackPolicy",
                        "cloudformation:UpdateStack",
                    ),
                    resources=tuple(
                        arn("cloudformation", f"stack/{self._any_project.delivery_stack(delivery.kind)}/*")
                        for delivery in self._deliveries
                    ),
                    because="Stacks carry the ids of projects.",
                ),
                Permission(
                    actions=("iam:PassRole",),
                    resources=(role_arn(ACCOUNT_ID, self._names.deployment_cloudformation_role),),
                    conditions={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
                ),
                Permission(
                    actions=READ_OBJECT_VERSIONS,
                    resources=(f"arn:aws:s3:::{self._any_project.bucket}/*",),
                    because="Templates are in the buckets of deploy projects, whose policies name this role.",
                ),
                Permission(
                    actions=("kms:Decrypt",),
                    resources=(f"arn:aws:kms:{self._region}:{self._hub}:key/*",),
                    conditions=self._serving.key_of_hub(self._any_project.key_alias),
                    because="AWS generates the ids of the projects' keys; their aliases tell them, or their "
                    "policies decide.",
                ),
            ],
        )

    def _integration_test_role(self, tests: Sequence[Permission]) -> None:
        cards = (self._names.model_card_arn("*"),)
        shared = (
            "Cards carry the names of models; the hub shares one with an account when a version comes there."
        )
        role(
            self,
            "IntegrationTest",
            name=self._names.integration_test_role,
            description="Integration tests of the shared services account ask endpoints, and say so in cards",
            trusts=self._serving.hub_roles("integration-test"),
            permissions=[
                *tests,
                Permission(
                    actions=READ_CARD,
                    resources=cards,
                    because=shared,
                ),
                Permission(
                    # Production reads cards, whatever a share may allow.
                    actions=("sagemaker:UpdateModelCard",),
                    resources=cards,
                    conditions={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": self._test_accounts}},
                    because=shared,
                ),
            ],
        )

    def _central_versions(self) -> tuple[Statement, ...]:
        """CreateModel reads the model package with the permissions of its caller.

        https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
        """
        return (
            Statement(
                sid="CentralVersions",
                actions=("sagemaker:CreateModel", "sagemaker:DescribeModelPackage"),
                resources=(f"arn:aws:sagemaker:{self._region}:{self._hub}:model-package/*",),
            ),
        )

    def _frame(self) -> Mapping[str, Any]:
        """What the templates of all deliveries may hold, as far as permissions go."""
        return {
            "Resources": {
                f"{delivery.kind}-{kind}": {"Type": kind, "Properties": properties}
                for delivery in self._deliveries
                for kind, properties in delivery.resources(self._names, self._any_project).items()
            }
        }
