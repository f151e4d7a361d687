"""What a project's pipeline must know of the team's repository, wherever it lives."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from base.names import ProjectNames
from base.roles import Permission

SOURCE = "Source"
"""The pipeline's first stage, its action, its artifact and the namespace of its variables."""


class Repository(Construct):
    """A repository that is seeded once and then belongs to the team."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        branch: str,
        clone_url: str,
        provider: str,
        source: Mapping[str, str],
        source_permissions: tuple[Permission, ...],
        push_event: Mapping[str, Any] | None,
    ) -> None:
        """Show the repository in Studio and define the pipeline's source.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            branch: The branch that the pipeline builds.
            clone_url: The URL that people clone.
            provider: CodePipeline's action provider.
            source: The action's configuration.
            source_permissions: What the pipeline's role needs for it.
            push_event: The event that a push sends; none where CodePipeline itself watches the repository.
        """
        super().__init__(scope, construct_id)
        self.clone_url = clone_url
        self.source_permissions = source_permissions
        self.push_event = push_event
        self.source_action = codepipeline.CfnPipeline.ActionDeclarationProperty(
            name=SOURCE,
            action_type_id=codepipeline.CfnPipeline.ActionTypeIdProperty(
                category="Source", owner="AWS", provider=provider, version="1"
            ),
            configuration={**source, "BranchName": branch},
            output_artifacts=[codepipeline.CfnPipeline.OutputArtifactProperty(name=SOURCE)],
            namespace=SOURCE,
        )
        # Studio lists a project's repositories by these, and shows none without.
        sagemaker.CfnCodeRepository(
            self,
            "Studio",
            code_repository_name=names.title,
            git_config=sagemaker.CfnCodeRepository.GitConfigProperty(repository_url=clone_url, branch=branch),
        )
