"""Who brings versions to the accounts that serve them."""

from collections.abc import Sequence

from access.abilities.asked import Ability, Asked, Topic
from access.access import Keys, Request
from access.story import DEPLOY
from registry.personas import PRODUCTION_APPROVAL


class Deployments(Asked):
    """Questions about deploy pipelines, and about the accounts where these deploy."""

    def topic(self) -> Topic:
        """Who brings versions to the accounts that serve them."""
        project = self.story.project(DEPLOY)
        hub = self.accounts.shared_services
        pipeline = f"arn:aws:codepipeline:{self.region}:{hub}:{project.title}"
        tagged = {"aws:ResourceTag/sagemaker:project-id": project.project_id}
        places = (("test", self.accounts.test), ("production", self.accounts.production))
        return Topic(
            title="Deployments",
            abilities=(
                *(
                    Ability(
                        name=f"Deploy to {place}",
                        meaning=f"CreateStack in the {place} account, under its role for endpoints.",
                        requests=self._deploying(account),
                    )
                    for place, account in places
                ),
                *(
                    Ability(
                        name=f"Create an endpoint in {place}",
                        meaning=f"CreateModel from a central version, and CreateEndpoint, in {place}.",
                        requests=self._creating(account, tagged),
                    )
                    for place, account in places
                ),
                *(
                    Ability(
                        name=f"Ask the endpoint in {place}",
                        meaning=f"InvokeEndpoint in the {place} account.",
                        requests=(
                            Request(
                                action="sagemaker:InvokeEndpoint",
                                resource=self.story.sagemaker(account, f"endpoint/{project.title}"),
                                keys=tagged,
                            ),
                        ),
                    )
                    for place, account in places
                ),
                Ability(
                    name="Start the pipeline",
                    meaning="StartPipelineExecution of the deploy pipeline, which waits for the approval.",
                    requests=(
                        Request(action="codepipeline:StartPipelineExecution", resource=pipeline, keys=tagged),
                    ),
                ),
                Ability(
                    name="Approve production",
                    meaning="PutApprovalResult of the deploy pipeline's approval of production.",
                    requests=(
                        Request(
                            action="codepipeline:PutApprovalResult",
                            resource=f"{pipeline}/{PRODUCTION_APPROVAL}",
                            keys=tagged,
                        ),
                    ),
                ),
            ),
        )

    def _deploying(self, account: str) -> tuple[Request, ...]:
        stack = self.story.project(DEPLOY).delivery_stack("endpoint")
        return (
            Request(
                action="cloudformation:CreateStack",
                resource=f"arn:aws:cloudformation:{self.region}:{account}:stack/{stack}/1",
            ),
            Request(
                action="iam:PassRole",
                resource=f"arn:aws:iam::{account}:role/{self.names.deployment_cloudformation_role}",
                keys={"iam:PassedToService": "cloudformation.amazonaws.com"},
            ),
        )

    def _creating(self, account: str, tagged: Keys) -> tuple[Request, ...]:
        project = self.story.project(DEPLOY)
        requested = {
            f"aws:RequestTag/{name.removeprefix('aws:ResourceTag/')}": value for name, value in tagged.items()
        }
        keys = {**tagged, **requested}
        own: Sequence[tuple[str, str]] = (
            ("CreateModel", "model/model-1"),
            ("CreateEndpointConfig", "endpoint-config/config-1"),
            ("CreateEndpoint", f"endpoint/{project.title}"),
        )
        return (
            *self.central("CreateModel"),
            *(
                Request(
                    action=f"sagemaker:{action}",
                    resource=self.story.sagemaker(account, resource),
                    keys=keys,
                )
                for action, resource in own
            ),
            Request(
                action="iam:PassRole",
                resource=f"arn:aws:iam::{account}:role/{self.names.endpoint_role}",
                keys={"iam:PassedToService": "sagemaker.amazonaws.com"},
            ),
        )
