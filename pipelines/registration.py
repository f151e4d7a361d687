"""Where a project's model versions are registered and kept: with the team, or in the central registry."""

from dataclasses import dataclass
from typing import Literal

import aws_cdk as cdk
from constructs import Construct

from base.contracts.objects import registered
from base.grants.models import READ_VERSIONS
from base.grants.objects import WRITE_OBJECTS
from base.names import PlatformNames, ProjectNames
from base.pseudo_parameters import PARTITION
from base.roles import Permission, key_of_another_account
from pipelines.form import Form
from pipelines.project import ModelPackageGroup
from pipelines.storage import ProjectStorage

TEAM, CENTRAL = "team", "central"
"""The choices: a version is promoted once the team's lead has approved it, or is registered centrally."""

REGISTRATION_GROUP = "Registration"


@dataclass(frozen=True, kw_only=True)
class RegistrationChoice:
    """The places in which a product lets its projects register versions.

    Attributes:
        places: `TEAM`, `CENTRAL`, or both; the first one stands in the form from the beginning.
    """

    places: tuple[str, ...]

    def ask(self, form: Form) -> str:
        """Declare the parameter that chooses the place; of one place nothing is asked.

        Args:
            form: The product's form.

        Returns:
            The place, or a reference to the parameter.
        """
        if len(self.places) == 1:
            return self.places[0]
        return form.choose(
            "Registration",
            group=REGISTRATION_GROUP,
            label="Where versions are registered",
            description="With the team, whose approval then sends them to the central registry, or in the "
            "central registry at once, where the ML engineer must have prepared the group.",
            default=self.places[0],
            choices=self.places,
        )


TEAM_OR_CENTRAL = RegistrationChoice(places=(TEAM, CENTRAL))


class Registration(Construct):
    """The model package group, the place and the key of a project's versions, as whoever launches it chooses.

    Central registration is the second way into the central registry: the SageMaker pipeline registers by the
    ARN of the central group, which `catalog group create` prepares for this project's training role
    (https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-version.html). Where the choice is a
    parameter, everything that depends on it has two values in the template, of which a launch takes one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        platform: PlatformNames,
        storage: ProjectStorage,
        models: ModelPackageGroup,
        choice: str,
        key_access: Literal["alias", "key_policy"],
    ) -> None:
        """Define where versions go.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            platform: The platform's names.
            storage: The project's own storage.
            models: The team's own group.
            choice: `TEAM` or `CENTRAL`, or a reference to a parameter.
            key_access: How roles of other accounts know the registry's key.
        """
        super().__init__(scope, construct_id)
        self._choice = choice
        if cdk.Token.is_unresolved(choice):
            self._condition = cdk.CfnCondition(
                self, "Central", expression=cdk.Fn.condition_equals(choice, CENTRAL)
            )
        hub = f"{platform.region}:{platform.shared_services_account}"
        sagemaker = f"arn:{PARTITION}:sagemaker:{hub}"
        folder = f"{registered(names.account)}/{names.project_id}"
        registry = f"arn:{PARTITION}:s3:::{platform.registry_bucket}"

        self.group = self.either(central=f"{sagemaker}:model-package-group/{names.title}", team=models.name)
        """The name of the team's group, or the ARN of the central one."""
        self.artifact_location = self.either(
            central=f"s3://{platform.registry_bucket}/{folder}",
            team=f"s3://{storage.bucket.bucket_name}/models",
        )
        """S3 URI under which the pipeline keeps what makes up a version."""
        self.artifact_key = self.either(
            central=f"arn:{PARTITION}:kms:{hub}:{platform.registry_key_alias}",
            team=storage.key.key_arn,
        )
        """The key that encrypts it."""
        versions = (
            self.either(central=f"{sagemaker}:model-package-group/{names.title}", team=models.arn),
            self.either(central=f"{sagemaker}:model-package/{names.title}/*", team=models.versions_arn),
        )
        self.permissions = [
            Permission(
                actions=READ_VERSIONS,
                resources=versions,
                because="The versions of the project's one group are numbered as they come.",
            ),
            Permission(
                actions=("sagemaker:CreateModelPackage",),
                resources=versions,
                # Whoever trains a model does not approve it.
                conditions={"StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}},
                because="The versions of the project's one group are numbered as they come.",
            ),
            Permission(
                # The group exists, and Pipelines may ask for it all the same.
                actions=("sagemaker:CreateModelPackageGroup",),
                resources=(models.arn,),
            ),
            Permission(
                # Pipelines tags what its steps make; versions of another account's group take none of ours.
                actions=("sagemaker:AddTags",),
                resources=(models.arn, models.versions_arn),
                because="The versions of the project's one group are numbered as they come.",
            ),
            Permission(
                actions=WRITE_OBJECTS,
                resources=(
                    self.either(
                        central=f"{registry}/{folder}/*", team=storage.bucket.arn_for_objects("models/*")
                    ),
                ),
                because="Jobs read and write objects of any name below the project's prefix.",
            ),
            Permission(
                actions=("s3:ListBucket",),
                resources=(self.either(central=registry, team=storage.bucket.bucket_arn),),
                conditions={"StringLike": {"s3:prefix": self.either(central=f"{folder}/*", team="models/*")}},
            ),
            Permission(
                actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
                resources=(
                    self.either(central=f"arn:{PARTITION}:kms:{hub}:key/*", team=storage.key.key_arn),
                ),
                conditions=key_of_another_account(
                    self.either(central=platform.registry_key_alias, team=names.key_alias),
                    by_alias=key_access == "alias",
                ),
                because="The id of the registry's key is unknown here; its alias tells it, or its policy "
                "decides.",
            ),
        ]
        """What the role of the pipeline and its jobs needs to keep and register versions."""

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which the repository's pipeline learns where versions go."""
        return {
            "MODEL_PACKAGE_GROUP_NAME": self.group,
            "ARTIFACT_LOCATION": self.artifact_location,
            "ARTIFACT_KMS_KEY_ARN": self.artifact_key,
        }

    def either(self, *, central: str, team: str) -> str:
        """A value that follows from the choice.

        Args:
            central: The value with central registration.
            team: The value with the team's own group.
        """
        if not cdk.Token.is_unresolved(self._choice):
            return central if self._choice == CENTRAL else team
        if central == team:
            return team
        return cdk.Token.as_string(cdk.Fn.condition_if(self._condition.logical_id, central, team))
