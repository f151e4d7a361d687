"""The image of a commit: ``python -m pipelines.publication`` builds, pushes, checks and names it.

A tag is the commit, and stays what it is: what was pushed for a commit is not built again, whoever builds it
anew or at the same time. The steps name the image by the digest that this prints.
"""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import boto3

from pipelines.configuration import ConfigurationError
from pipelines.scan import ScanError, Settings, check

REPOSITORY = Path(__file__).parent.parent

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
"""The one format that endpoints take: https://github.com/aws/amazon-sagemaker-feedback/issues/180."""

# One platform and no attestation beside it: either would make a list of images, which SageMaker refuses.
BUILD = ("docker", "buildx", "build", "--pull", "--platform", "linux/amd64", "--provenance=false")
AS_DOCKER = ("--output", "type=docker")

_REPOSITORY = re.compile(
    r"(?P<host>\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com)/(?P<name>[a-z0-9._/-]+)"
)


class PublicationError(Exception):
    """The image could not be built or pushed; the message is one sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the image goes.

    Attributes:
        host: The registry.
        region: Its Region.
        repository: The repository's name.
        tag: The commit.
    """

    host: str
    region: str
    repository: str
    tag: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables that the project's build of the image sets.

        Raises:
            ConfigurationError: One is not set, or names no repository of Amazon ECR.
        """
        given = environment.get("IMAGE_REPOSITORY_URI", "")
        match, tag = _REPOSITORY.fullmatch(given), environment.get("CODEBUILD_RESOLVED_SOURCE_VERSION", "")
        if match is None or not tag:
            raise ConfigurationError(
                "Set IMAGE_REPOSITORY_URI to a repository of Amazon ECR, and "
                "CODEBUILD_RESOLVED_SOURCE_VERSION to the commit; the project's build of the image does it "
                "(buildspec-image.yml)."
            )
        return cls(host=match["host"], region=match["region"], repository=match["name"], tag=tag)

    @property
    def uri(self) -> str:
        """The image by its tag."""
        return f"{self.host}/{self.repository}:{self.tag}"


def main() -> int:
    """Publish the image, and print its URI by digest.

    Returns:
        The exit code; 2 when a person has to correct something.
    """
    try:
        settings = Settings.load()
        target = Target.from_environment(os.environ)
        ecr = boto3.client("ecr", region_name=target.region)
        digest = publish(ecr, target)
        check(ecr, target.repository, digest, settings.scan)
    except (ConfigurationError, PublicationError, ScanError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{target.host}/{target.repository}@{digest}")
    return 0


def publish(ecr: Any, target: Target) -> str:
    """Build and push the image, unless it is there.

    Args:
        ecr: A boto3 client of ECR.
        target: Where it goes.

    Returns:
        Its digest.

    Raises:
        PublicationError: docker failed, or wrote a format that SageMaker does not take.
    """
    image = find(ecr, target)
    if image is None:
        _log_in(ecr, target)
        _run(*BUILD, *AS_DOCKER, "--tag", target.uri, str(REPOSITORY))
        _run("docker", "push", target.uri, must=False)
        image = find(ecr, target)
        # Of two builds of a commit the second is refused, and takes what the first has pushed.
        if image is None:
            raise PublicationError(f"docker could not push {target.uri}; the log above says why.")
    if image.get("imageManifestMediaType", DOCKER_MANIFEST) != DOCKER_MANIFEST:
        raise PublicationError(
            f"The image {target.uri} has the format {image['imageManifestMediaType']}, which SageMaker does "
            f"not take: build it with {' '.join(AS_DOCKER)}, in a new commit."
        )
    return str(image["imageDigest"])


def find(ecr: Any, target: Target) -> dict[str, Any] | None:
    """What the repository has under the tag; None if there is nothing yet."""
    try:
        answer = ecr.describe_images(repositoryName=target.repository, imageIds=[{"imageTag": target.tag}])
    except ecr.exceptions.ImageNotFoundException:
        return None
    image: dict[str, Any] = answer["imageDetails"][0]
    return image


def _log_in(ecr: Any, target: Target) -> None:
    (authorization,) = ecr.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(authorization["authorizationToken"]).decode().partition(":")
    _run("docker", "login", "--username", user, "--password-stdin", target.host, given=password)


def _run(*command: str, given: str | None = None, must: bool = True) -> None:
    """Run docker; what it says goes into the log, and never into what this program prints."""
    try:
        done = subprocess.run(command, input=given, stdout=sys.stderr, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise PublicationError("There is no docker here; the project's build of the image has it.") from None
    if must and done.returncode:
        shown = " ".join(command[:3])
        raise PublicationError(f"`{shown}` failed with exit code {done.returncode}; the log above says why.")


if __name__ == "__main__":
    sys.exit(main())
