"""What every stack of a stage has: its account, a model version of the central registry, and tags."""

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from deploy.project import Project, StageName


class ModelStack(cdk.Stack):
    """A stack in the account of a stage, with the model.

    Attributes:
        model: CloudFormation names it, so that a change replaces it.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        project: Project,
        stage: StageName,
        kind: str,
        description: str,
        role: str,
        network_isolation: bool,
    ) -> None:
        """Define the model.

        Args:
            scope: The app.
            project: Names, accounts, and the model version.
            stage: Which stage; it names the template.
            kind: What is deployed, for the names of stack and template.
            description: The same, for people.
            role: The role that the model runs under, by its purpose.
            network_isolation: Whether its container reaches no network.
        """
        super().__init__(
            scope,
            f"{kind}-{stage}",
            stack_name=f"{project.name_prefix}-{kind}-{project.sagemaker_project_id}",
            description=f"{description} {project.title}, {stage}",
            env=cdk.Environment(account=project.account(stage), region=project.aws_region),
            # The template goes through the project's own roles; the target account needs no CDK bootstrap.
            synthesizer=cdk.BootstraplessSynthesizer(),
        )
        self._project = project
        self.model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=self.role_of(role),
            enable_network_isolation=network_isolation,
            containers=[
                sagemaker.CfnModel.ContainerDefinitionProperty(model_package_name=project.model_package_arn)
            ],
        )
        for key, value in project.tags.items():
            cdk.Tags.of(self).add(key, value)

    def role_of(self, purpose: str) -> str:
        """The ARN of a role that the platform keeps in the account."""
        return f"arn:{cdk.Aws.PARTITION}:iam::{self.account}:role/{self._project.name_prefix}-{purpose}"
