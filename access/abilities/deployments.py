"""Who deploys versions to the target accounts."""

from collections.abc import Sequence

from access.abilities.asked import Ability, Asked, Topic
from access.access import Keys, Request
from access.example import DEPLOY
from base.contracts.tags import PROJECT_ID
from pipelines.deliveries.delivery import Call, Delivery
from registry.personas import PRODUCTION_APPROVAL


class Deployments(Asked):
    """Questions about deploy pipelines, and about the accounts where these deploy."""

    def topic(self) -> Topic:
        """Who deploys versions to the target accounts."""
        project = self.example.project(DEPLOY)
        hub = self.accounts.shared_services
        pipeline = f"arn:aws:codepipeline:{self.region}:{hub}:{project.title}"
        tagged = {f"aws:ResourceTag/{PROJECT_ID}": project.project_id}
        # Whoever makes something tags it in the same request.
        tagging = {**tagged, f"aws:RequestTag/{PROJECT_ID}": project.project_id}
        places = (("test", self.accounts.test), ("production", self.accounts.production))
        return Topic(
            title="Deployments",
            abilities=(
                *(
                    Ability(
                        name=f"Deploy to {place}",
                        meaning=f"CreateStack in the {place} account, under its role for CloudFormation.",
                        requests=self._deploying(account),
                    )
                    for place, account in places
                ),
                *(
                    Ability(
                        name=f"Create {_article(delivery.subject)} in {place}",
                        meaning="CreateModel from a central version, and "
                        f"{_listed(delivery.creation(project))}, in {place}.",
                        requests=self._creating(delivery, account, tagging),
                    )
                    for delivery in self.example.templates.deliveries
                    for place, account in places
                ),
                *(
                    Ability(
                        name=f"{done} in {place}",
                        meaning=f"{_listed(calls)} in the {place} account.",
                        requests=tuple(self._call(call, account, tagging) for call in calls),
                    )
                    for done, calls in (
                        delivery.use(project) for delivery in self.example.templates.deliveries
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
        project = self.example.project(DEPLOY)
        return (
            *(
                Request(
                    action="cloudformation:CreateStack",
                    resource=f"arn:aws:cloudformation:{self.region}:{account}:stack/"
                    f"{project.delivery_stack(delivery.kind)}/1",
                )
                for delivery in self.example.templates.deliveries
            ),
            self._passing(account, self.names.deployment_cloudformation_role, "cloudformation"),
        )

    def _creating(self, delivery: Delivery, account: str, tagging: Keys) -> tuple[Request, ...]:
        calls = delivery.creation(self.example.project(DEPLOY))
        return (
            *self.central("CreateModel"),
            *(self._call(call, account, tagging) for call in calls),
            *(self._passing(account, role.name, role.service) for role in delivery.roles(self.names)),
        )

    def _call(self, call: Call, account: str, keys: Keys) -> Request:
        service, _, resource = call.resource.partition(":")
        return Request(
            action=call.action, resource=f"arn:aws:{service}:{self.region}:{account}:{resource}", keys=keys
        )

    def _passing(self, account: str, role: str, service: str) -> Request:
        return Request(
            action="iam:PassRole",
            resource=f"arn:aws:iam::{account}:role/{role}",
            keys={"iam:PassedToService": f"{service}.amazonaws.com"},
        )


def _listed(calls: Sequence[Call]) -> str:
    *first, last = (call.action.partition(":")[2] for call in calls)
    return f"{', '.join(first)} and {last}" if first else last


def _article(subject: str) -> str:
    return f"{'an' if subject[0] in 'aeiou' else 'a'} {subject}"
