"""Who reads, opens and changes artifacts."""

from access.abilities.asked import Ability, Asked, Topic
from access.access import Keys, Request
from access.example import TEAM, Example
from base.contracts import tags
from base.contracts.objects import REGISTERED_FOLDER, registered


class Artifacts(Asked):
    """Questions about objects, in each state that their tags tell."""

    def __init__(self, example: Example) -> None:
        """Prepare the questions.

        Args:
            example: The accounts, and what is in them.
        """
        super().__init__(example)
        self._approved = {tags.APPROVAL: tags.APPROVED}
        self._admitted = {**self._approved, tags.PRODUCTION: tags.ADMITTED}

    def reading(self) -> Topic:
        """Who reads the artifacts of versions in which state."""
        team = self.example.project(TEAM)
        bucket = f"arn:aws:s3:::{team.bucket}"
        key = self.example.key(team.title)
        states: tuple[tuple[str, str, Keys], ...] = (
            ("before approval", "without a tag, as it comes", {}),
            ("approved", f"tagged {tags.APPROVAL}={tags.APPROVED}", self._approved),
            ("let in", f"tagged {tags.PRODUCTION}={tags.ADMITTED} as well", self._admitted),
        )
        return Topic(
            title="Reading artifacts",
            abilities=(
                Ability(
                    name="The team's",
                    meaning="GetObject of a model in the project's bucket, decrypted with the project's key.",
                    requests=(
                        Request(action="s3:GetObject", resource=f"{bucket}/models/run/model.tar.gz"),
                        self.through_s3("kms:Decrypt", key, team.key_alias, bucket),
                    ),
                ),
                *(
                    Ability(
                        name=f"{kind}, {state}",
                        meaning=f"GetObject of {of} that is {tagged}, decrypted with the registry's key.",
                        requests=self.read(f"{folder}/model.tar.gz", tags),
                    )
                    for kind, of, folder in (
                        ("Promoted", "a promoted artifact", self.promoted),
                        ("Direct", "a directly registered artifact", self.direct),
                    )
                    for state, tagged, tags in states
                ),
                Ability(
                    name="Its image",
                    meaning="BatchGetImage and GetDownloadUrlForLayer in the model's central repository.",
                    requests=tuple(
                        Request(action=f"ecr:{action}", resource=self.example.image_repository(team.title))
                        for action in ("BatchGetImage", "GetDownloadUrlForLayer")
                    ),
                ),
            ),
        )

    def changing(self) -> Topic:
        """Who writes, opens and removes artifacts."""
        promoted, direct = f"{self.promoted}/model.tar.gz", f"{self.direct}/model.tar.gz"
        return Topic(
            title="Changing artifacts",
            abilities=(
                Ability(
                    name="Write a promoted one",
                    meaning="PutObject below models/, encrypted with the registry's key.",
                    requests=self.write(promoted),
                ),
                Ability(
                    name="Write a direct one",
                    meaning=f"PutObject below {REGISTERED_FOLDER}/ and the account of the model.",
                    requests=self.write(direct),
                ),
                Ability(
                    name="Write another account's",
                    meaning=f"PutObject below {REGISTERED_FOLDER}/ and another account.",
                    requests=self.write(f"{self.bucket}/{registered(self.accounts.test)}/p/model.tar.gz"),
                ),
                Ability(
                    name="Open to test",
                    meaning=f"PutObjectTagging with {tags.APPROVAL}={tags.APPROVED}.",
                    requests=self._tag({}, self._approved),
                ),
                Ability(
                    name="Let into production",
                    meaning=f"PutObjectTagging with {tags.PRODUCTION}={tags.ADMITTED} on an approved "
                    "artifact.",
                    requests=self._tag(self._approved, self._admitted),
                ),
                Ability(
                    name="Let in unapproved",
                    meaning=f"The same on an artifact that is tagged {tags.APPROVAL}=Rejected.",
                    requests=self._tag({tags.APPROVAL: "Rejected"}, self._admitted),
                ),
                Ability(
                    name="Delete a promoted one",
                    meaning="DeleteObject below models/, which leaves a version of the object behind.",
                    requests=(Request(action="s3:DeleteObject", resource=promoted),),
                ),
                Ability(
                    name="Delete a direct one",
                    meaning=f"DeleteObject below {REGISTERED_FOLDER}/.",
                    requests=(Request(action="s3:DeleteObject", resource=direct),),
                ),
                Ability(
                    name="Erase",
                    meaning="DeleteObjectVersion of an artifact, after which nothing is left.",
                    requests=(Request(action="s3:DeleteObjectVersion", resource=promoted),),
                ),
            ),
        )

    def _tag(self, existing: Keys, requested: Keys) -> tuple[Request, ...]:
        keys = {
            **{f"s3:ExistingObjectTag/{name}": value for name, value in existing.items()},
            **{f"s3:RequestObjectTag/{name}": value for name, value in requested.items()},
        }
        return (Request(action="s3:PutObjectTagging", resource=f"{self.promoted}/model.tar.gz", keys=keys),)
