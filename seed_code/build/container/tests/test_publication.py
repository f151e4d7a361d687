"""An image is built once for a commit, whatever happens in between, and named by its digest."""

import base64
import subprocess
from typing import Any

import boto3
import pytest

from pipelines import publication
from pipelines.configuration import ConfigurationError
from pipelines.publication import DOCKER_MANIFEST, PublicationError, Target, publish

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOST = "333333333333.dkr.ecr.eu-west-1.amazonaws.com"
ENVIRONMENT = {"IMAGE_REPOSITORY_URI": f"{HOST}/churn/images", "CODEBUILD_RESOLVED_SOURCE_VERSION": COMMIT}
TARGET = Target(host=HOST, region="eu-west-1", repository="churn/images", tag=COMMIT)
DIGEST = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
IMAGE = {"imageDigest": DIGEST, "imageManifestMediaType": DOCKER_MANIFEST}


class Ecr:
    """A registry, and docker, which pushes into it."""

    class exceptions:  # noqa: N801  as boto3 has it
        class ImageNotFoundException(Exception):  # noqa: N818
            pass

    def __init__(self, *, fails: str = "", before: str = "", media_type: str = DOCKER_MANIFEST) -> None:
        self.image: dict[str, str] | None = None
        self.commands: list[str] = []
        self.inputs: list[str | None] = []
        self._fails, self._before, self._media_type = fails, before, media_type

    def describe_images(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"repositoryName": "churn/images", "imageIds": [{"imageTag": COMMIT}]}
        if self.image is None:
            raise self.exceptions.ImageNotFoundException
        return {"imageDetails": [self.image]}

    def get_authorization_token(self) -> dict[str, Any]:
        return {"authorizationData": [{"authorizationToken": base64.b64encode(b"AWS:secret").decode()}]}

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        name = next(word for word in command[1:] if word != "buildx")
        self.commands.append(name)
        self.inputs.append(options["input"])
        if name == "push":
            if self._before:
                # Another build of the commit was first, and this one is refused.
                self.image = {"imageDigest": self._before, "imageManifestMediaType": DOCKER_MANIFEST}
                return subprocess.CompletedProcess(command, 1)
            if self._fails != "push":
                self.image = {"imageDigest": DIGEST, "imageManifestMediaType": self._media_type}
        return subprocess.CompletedProcess(command, 1 if name == self._fails else 0)


def published(monkeypatch: pytest.MonkeyPatch, ecr: Ecr) -> str:
    monkeypatch.setattr(subprocess, "run", ecr.run)
    return publish(ecr, TARGET)


def test_an_image_is_built_and_pushed(monkeypatch: pytest.MonkeyPatch) -> None:
    ecr = Ecr()
    assert published(monkeypatch, ecr) == DIGEST
    assert ecr.commands == ["login", "build", "push"]
    # The token is in no argument, which others on the machine could read.
    assert ecr.inputs == ["secret", None, None]


def test_what_is_there_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ecr = Ecr()
    ecr.image = IMAGE
    assert published(monkeypatch, ecr) == DIGEST
    assert ecr.commands == []


def test_of_two_builds_at_once_the_second_takes_what_the_first_has_pushed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ecr = Ecr(before=OTHER)
    assert published(monkeypatch, ecr) == OTHER


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        ("login", "`docker login --username` failed with exit code 1"),
        ("build", "`docker buildx build` failed"),
        ("push", f"docker could not push {TARGET.uri}"),
    ],
)
def test_what_docker_refuses_ends_the_build(monkeypatch: pytest.MonkeyPatch, fails: str, says: str) -> None:
    with pytest.raises(PublicationError) as refused:
        published(monkeypatch, Ecr(fails=fails))
    assert says in str(refused.value)


def test_a_format_that_endpoints_do_not_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PublicationError, match="which SageMaker does not take"):
        published(monkeypatch, Ecr(media_type="application/vnd.oci.image.manifest.v1+json"))


def test_a_machine_without_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PublicationError, match="There is no docker here"):
        publish(Ecr(), TARGET)


@pytest.mark.parametrize(
    "changes",
    [
        {"IMAGE_REPOSITORY_URI": ""},
        {"IMAGE_REPOSITORY_URI": "docker.io/library/churn"},
        {"CODEBUILD_RESOLVED_SOURCE_VERSION": ""},
    ],
)
def test_a_build_without_its_variables(changes: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="Set IMAGE_REPOSITORY_URI"):
        Target.from_environment(ENVIRONMENT | changes)


def test_the_command_prints_the_image_by_its_digest_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    ecr = Ecr()
    monkeypatch.setattr(subprocess, "run", ecr.run)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: ecr)
    checked: list[Any] = []
    monkeypatch.setattr(publication, "check", lambda *given: checked.append(given[1:3]))
    assert publication.main() == 0
    assert capsys.readouterr().out == f"{HOST}/churn/images@{DIGEST}\n"
    assert checked == [("churn/images", DIGEST)]


def test_the_command_says_why_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("IMAGE_REPOSITORY_URI", raising=False)
    assert publication.main() == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Set IMAGE_REPOSITORY_URI" in captured.err
