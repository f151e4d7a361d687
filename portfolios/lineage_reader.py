"""What the people of the hub may see of an account when they trace a model: nothing but descriptions."""

from collections.abc import Iterable

from aws_cdk import aws_iam as iam
from constructs import Construct

from base.grants.models import read_cards
from base.names import PlatformNames
from base.roles import Permission, arn, role, role_elsewhere


class LineageReader(Construct):
    """The role that the hub's ML engineer and governance officer assume; it reads no data and no code."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        permissions: Iterable[Permission],
    ) -> None:
        """Define the role.

        Args:
            scope: The stack.
            construct_id: Its id there.
            names: The platform's names.
            permissions: What a trace asks in this kind of account: see below.
        """
        super().__init__(scope, construct_id)
        hub = names.shared_services_account
        role(
            self,
            "Role",
            name=names.lineage_reader_role,
            description="The people of the shared services account trace models under this role",
            trusts=iam.CompositePrincipal(
                role_elsewhere(hub, names.ml_engineer_role),
                role_elsewhere(hub, names.governance_officer_role),
            ),
            permissions=permissions,
        )


def where_models_serve(names: PlatformNames) -> list[Permission]:
    """From an endpoint to its model package, and the model's card as the account sees it."""
    return [
        Permission(
            actions=("sagemaker:DescribeEndpoint",),
            resources=(arn("sagemaker", "endpoint/*"),),
            because="Endpoints carry the names of projects, of which new ones come.",
        ),
        Permission(
            actions=("sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"),
            resources=(arn("sagemaker", "endpoint-config/*"), arn("sagemaker", "model/*")),
            because="CloudFormation names configurations and models.",
        ),
        read_cards(
            names.model_card_arn("*"),
            because="Cards carry the names of models; the hub shares those of what comes to the account.",
        ),
    ]


def where_models_are_made() -> list[Permission]:
    """From a model package to the data, the image, the jobs and the execution that it came of."""
    return [
        Permission(
            actions=("sagemaker:DescribeCodeRepository",),
            resources=(arn("sagemaker", "code-repository/*"),),
            because="Repositories carry the names of projects, of which new ones come.",
        ),
        Permission(
            actions=("sagemaker:DescribeModelPackage",),
            resources=(arn("sagemaker", "model-package/*"),),
            because="Versions carry the names of projects.",
        ),
        Permission(
            actions=("sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutionSteps"),
            resources=(arn("sagemaker", "pipeline/*/execution/*"),),
            because="Pipelines carry the names of projects; SageMaker chooses the ids of executions.",
        ),
        Permission(
            actions=("sagemaker:DescribeTrialComponent",),
            resources=(arn("sagemaker", "experiment-trial-component/*"),),
            because="SageMaker names the jobs of pipelines, and their trial components after them.",
        ),
        Permission(
            actions=("sagemaker:DescribeArtifact",),
            resources=(arn("sagemaker", "artifact/*"),),
            because="SageMaker names artifacts after a digest of their source.",
        ),
        Permission(
            actions=("sagemaker:ListArtifacts", "sagemaker:QueryLineage"),
            resources=("*",),
            because="These actions know no resources.",
        ),
    ]
