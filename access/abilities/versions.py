"""Who sees, registers and approves versions."""

from access.abilities.asked import Ability, Asked, Topic
from access.access import Request
from access.example import DIRECT, TEAM
from base.contracts import tags


class Versions(Asked):
    """Questions about versions, and about the state in which they are registered."""

    def topic(self) -> Topic:
        """Who sees, registers and approves versions."""
        return Topic(
            title="Versions",
            abilities=(
                Ability(
                    name="See the team's",
                    meaning="DescribeModelPackage of a version in the team's own registry.",
                    requests=(Request(action="sagemaker:DescribeModelPackage", resource=self.team_version),),
                ),
                Ability(
                    name="See the central",
                    meaning="DescribeModelPackage of a version in the central registry.",
                    requests=self.central("DescribeModelPackage"),
                ),
                Ability(
                    name="See the direct",
                    meaning="DescribeModelPackage of a version that its project registered there directly.",
                    requests=(
                        Request(action="sagemaker:DescribeModelPackage", resource=self.direct_version),
                    ),
                ),
                Ability(
                    name="Register with the team",
                    meaning="CreateModelPackage in the team's own group.",
                    requests=self._registering(self.accounts.development, self.example.project(TEAM).title),
                ),
                Ability(
                    name="Register a promoted one",
                    meaning="CreateModelPackage in the central group of a model that promotion copies.",
                    requests=self._registering(
                        self.accounts.shared_services, self.example.project(TEAM).title
                    ),
                ),
                Ability(
                    name="Register directly",
                    meaning="CreateModelPackage in the central group of a project that registers there.",
                    requests=self._registering(
                        self.accounts.shared_services, self.example.project(DIRECT).title
                    ),
                ),
                Ability(
                    name="Register as approved",
                    meaning="The same with the approval status Approved.",
                    requests=self._registering(
                        self.accounts.shared_services,
                        self.example.project(DIRECT).title,
                        ModelApprovalStatus=tags.APPROVED,
                    ),
                ),
                Ability(
                    name="Register with a receipt",
                    meaning="The same as pending, with metadata that names a receipt.",
                    requests=self._registering(
                        self.accounts.shared_services,
                        self.example.project(DIRECT).title,
                        **{"CustomerMetadataProperties/receipt_uri": f"{self.direct}/receipt.json"},
                    ),
                ),
                Ability(
                    name="Approve for the team",
                    meaning="UpdateModelPackage of the approval status in the team's own registry.",
                    requests=(
                        Request(
                            action="sagemaker:UpdateModelPackage",
                            resource=self.team_version,
                            keys={"sagemaker:ModelApprovalStatus": tags.APPROVED},
                        ),
                    ),
                ),
                Ability(
                    name="Approve centrally",
                    meaning="UpdateModelPackage of the approval status in the central registry.",
                    requests=self.central("UpdateModelPackage", ModelApprovalStatus=tags.APPROVED),
                ),
                Ability(
                    name="Set the stage",
                    meaning="UpdateModelPackage of the life cycle of a central version.",
                    requests=self.central(
                        "UpdateModelPackage",
                        **{"ModelLifeCycle:Stage": "Production", "ModelLifeCycle:StageStatus": tags.APPROVED},
                    ),
                ),
                Ability(
                    name="Name its receipt",
                    meaning="UpdateModelPackage of the metadata that names a central version's receipt.",
                    requests=self.central(
                        "UpdateModelPackage", **{"CustomerMetadataProperties/receipt_sha256": "0" * 64}
                    ),
                ),
            ),
        )

    def _registering(self, account: str, title: str, **keys: str) -> tuple[Request, ...]:
        given = {"ModelApprovalStatus": "PendingManualApproval", **keys}
        return (
            Request(
                action="sagemaker:CreateModelPackage",
                resource=self.example.sagemaker(account, f"model-package/{title}/2"),
                keys={f"sagemaker:{key}": value for key, value in given.items()},
            ),
        )
