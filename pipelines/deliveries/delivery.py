"""What a delivery gives a deploy project, and the accounts that it deploys to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from base.names import PlatformNames, ProjectNames
from base.roles import Permission
from pipelines.context import ProjectContext
from pipelines.deliveries.serving_account import ServingAccount

StageName = Literal["test", "production"]


@dataclass(frozen=True, kw_only=True)
class TargetRole:
    """A role of the target accounts that the templates of a delivery hand over to a service.

    Attributes:
        name: The role's name.
        service: The service that takes it, such as ``sagemaker``.
        reads_versions: Whether it reads the artifacts and images of the central registry, whose policies then
            let it in.
    """

    name: str
    service: str
    reads_versions: bool = False

    @property
    def arn(self) -> Mapping[str, str]:
        """Its ARN in whichever account, as a template gives it."""
        return {"Fn::Sub": f"arn:aws:iam::${{AWS::AccountId}}:role/{self.name}"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """An API call in a target account, about which the access matrix asks every role.

    Attributes:
        action: The IAM action.
        resource: The service of the ARN, a colon, and type and name, such as ``sagemaker:endpoint/churn``.
    """

    action: str
    resource: str


class Delivery(Protocol):
    """A way to put a model to use in the target accounts, such as behind a real-time endpoint.

    The roles of the target accounts, the policies of the central registry and the access matrix are computed
    from what all deliveries on offer declare here.
    """

    @property
    def kind(self) -> str:
        """For the names of stacks and templates: words joined by hyphens, 24 characters at most."""

    @property
    def subject(self) -> str:
        """What a stack of this kind creates, in sentences."""

    @property
    def stages(self) -> tuple[StageName, ...]:
        """The accounts in their order: the first tests a version, and a person approves each further one."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of its code, on what every deploy repository has."""

    def answer(self, project: ProjectContext) -> None:
        """Tell the team where to find what the pipeline creates.

        Args:
            project: The project.
        """

    def test_environment(self, names: ProjectNames) -> Mapping[str, str]:
        """Variables by which the integration tests find what they test.

        Args:
            names: The project's names.
        """

    def roles(self, platform: PlatformNames) -> tuple[TargetRole, ...]:
        """The roles that its templates hand over, each defined by `prepare`.

        Args:
            platform: The platform's names.
        """

    def resources(self, platform: PlatformNames, projects: ProjectNames) -> Mapping[str, Mapping[str, Any]]:
        """The types of resources that its templates may hold, with the properties that permissions depend on.

        Templates come from repositories that teams change, so that no role can be derived from them. This is
        the frame in which they have to stay; a test holds the seed's own template against the role.

        Args:
            platform: The platform's names.
            projects: The names of whichever project, with wildcards.

        Returns:
            Properties by resource type; ``Tags`` where the type takes tags, which are the project's.
        """

    def prepare(self, account: ServingAccount) -> Sequence[Permission]:
        """Define what an account needs before a stack of this kind comes: roles and storage.

        Args:
            account: The account.

        Returns:
            What the integration tests may do there.
        """

    def creation(self, names: ProjectNames) -> Sequence[Call]:
        """The calls by which CloudFormation creates a stack of this kind, for the access matrix.

        Args:
            names: A project's names.
        """

    def use(self, names: ProjectNames) -> tuple[str, Sequence[Call]]:
        """The calls by which somebody uses what was created, for the access matrix.

        Args:
            names: A project's names.

        Returns:
            What the calls do, as an imperative, and the calls.
        """


def roles_that_read_versions(deliveries: Sequence[Delivery], platform: PlatformNames) -> tuple[str, ...]:
    """The names of the roles of target accounts that the policies of the central registry let in.

    Args:
        deliveries: All deliveries on offer.
        platform: The platform's names.
    """
    return tuple(
        role.name for delivery in deliveries for role in delivery.roles(platform) if role.reads_versions
    )
