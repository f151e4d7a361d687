"""docker of a build: what it builds and pushes, on whose permissions, and what it refuses."""

import io
import json
import tarfile
import urllib.request

import pytest

from tests.emulator.ecr.conftest import DOCKERFILE, Docker, name_of, policy
from tests.emulator.sagemaker_support import unique
from tests.emulator.support import Emulator, allow

PROGRAM = {"program/entry.py": "print(1)\n", "program/notes.txt": "no", ".dockerignore": "*.txt\n"}


def test_an_image_is_pushed_with_its_files_and_can_be_downloaded(
    emulator: Emulator, docker: Docker, repository: str
) -> None:
    ecr, name = emulator.client("ecr"), name_of(repository)
    docker.build(f"{repository}:one", PROGRAM, "--output", "type=docker", "--provenance=false")
    docker.login(ecr)
    pushed = docker.run("push", f"{repository}:one")
    assert pushed.returncode == 0, pushed.stderr

    (image,) = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "one"}])["imageDetails"]
    assert f"digest: {image['imageDigest']}" in pushed.stdout
    (found,) = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageDigest": image["imageDigest"]}])[
        "images"
    ]
    manifest = json.loads(found["imageManifest"])
    files: dict[str, bytes] = {}
    for layer in manifest["layers"]:
        url = ecr.get_download_url_for_layer(repositoryName=name, layerDigest=layer["digest"])["downloadUrl"]
        with urllib.request.urlopen(url) as response:
            content = io.BytesIO(response.read())
        with tarfile.open(fileobj=content, mode="r:gz") as archive:
            for member in archive.getmembers():
                file = archive.extractfile(member)
                files[member.name] = file.read() if file else b""
    assert sorted(files) == ["opt/program/entry.py", "opt/program/requirements.lock"]
    assert files["opt/program/entry.py"] == b"print(1)\n"


@pytest.mark.parametrize(
    ("options", "media_type"),
    [
        (["--output", "type=docker", "--provenance=false"], "vnd.docker.distribution.manifest.v2+json"),
        ([], "vnd.oci.image.manifest.v1+json"),
    ],
)
def test_the_format_of_the_manifest_is_what_was_asked_for(
    emulator: Emulator, docker: Docker, repository: str, options: list[str], media_type: str
) -> None:
    ecr = emulator.client("ecr")
    docker.build(f"{repository}:one", PROGRAM, *options)
    docker.login(ecr)
    assert docker.run("push", f"{repository}:one").returncode == 0
    (image,) = ecr.describe_images(repositoryName=name_of(repository))["imageDetails"]
    assert image["imageManifestMediaType"] == f"application/{media_type}"


def test_a_push_without_login(docker: Docker, repository: str) -> None:
    docker.build(f"{repository}:one", PROGRAM)
    pushed = docker.run("push", f"{repository}:one")
    assert (pushed.returncode, pushed.stderr) == (1, "no basic auth credentials\n")


def test_a_push_of_what_was_not_built(docker: Docker, repository: str) -> None:
    pushed = docker.run("push", f"{repository}:one")
    assert pushed.returncode == 1
    assert "does not exist locally" in pushed.stderr


def test_an_immutable_tag_is_not_overwritten(emulator: Emulator, docker: Docker, repository: str) -> None:
    docker.login(emulator.client("ecr"))
    for content in ("first", "first", "second"):
        docker.build(f"{repository}:one", {"program/entry.py": content})
        pushed = docker.run("push", f"{repository}:one")
    assert pushed.returncode == 1
    assert "tag invalid: The image tag 'one' already exists" in pushed.stderr
    images = emulator.client("ecr").describe_images(repositoryName=name_of(repository))["imageDetails"]
    assert [image["imageTags"] for image in images] == [["one"]]


def test_a_push_on_a_token_of_a_role_that_may_not(
    emulator: Emulator, docker: Docker, repository: str
) -> None:
    role = emulator.role(
        allow("ecr:GetAuthorizationToken"), allow("ecr:BatchCheckLayerAvailability"), name=unique("pusher")
    )
    docker.build(f"{repository}:one", PROGRAM)
    docker.login(emulator.client("ecr", role=role))
    pushed = docker.run("push", f"{repository}:one")
    assert pushed.returncode == 1
    assert "denied: " in pushed.stderr
    assert "ecr:InitiateLayerUpload" in pushed.stderr


def test_a_repository_of_another_account_opens_by_its_policy(
    emulator: Emulator, docker: Docker, repository: str
) -> None:
    ecr, name = emulator.client("ecr"), name_of(repository)
    docker.build(f"{repository}:one", PROGRAM)
    docker.login(ecr)
    docker.run("push", f"{repository}:one")
    reader = emulator.role(allow("ecr:*"), account=emulator.hub, name=unique("reader"))
    other = emulator.client("ecr", account=emulator.hub, role=reader)
    asked = {
        "registryId": emulator.development,
        "repositoryName": name,
        "imageIds": [{"imageTag": "one"}],
    }
    with pytest.raises(other.exceptions.ClientError, match="ecr:BatchGetImage"):
        other.batch_get_image(**asked)
    ecr.set_repository_policy(repositoryName=name, policyText=policy(reader, "ecr:BatchGetImage"))
    assert len(other.batch_get_image(**asked)["images"]) == 1
    with pytest.raises(other.exceptions.ClientError, match="ecr:GetDownloadUrlForLayer"):
        other.get_download_url_for_layer(
            registryId=emulator.development, repositoryName=name, layerDigest=f"sha256:{'0' * 64}"
        )


def test_a_repository_with_images_is_not_deleted(emulator: Emulator, docker: Docker, repository: str) -> None:
    ecr, name = emulator.client("ecr"), name_of(repository)
    docker.build(f"{repository}:one", PROGRAM)
    docker.login(ecr)
    docker.run("push", f"{repository}:one")
    with pytest.raises(ecr.exceptions.RepositoryNotEmptyException):
        ecr.delete_repository(repositoryName=name)
    ecr.delete_repository(repositoryName=name, force=True)
    ecr.create_repository(repositoryName=name)
    assert ecr.list_images(repositoryName=name)["imageIds"] == []


def test_a_scan_finds_nothing_and_says_when_there_was_none(
    emulator: Emulator, docker: Docker, repository: str
) -> None:
    ecr, name = emulator.client("ecr"), name_of(repository)
    docker.build(f"{repository}:one", PROGRAM)
    docker.login(ecr)
    docker.run("push", f"{repository}:one")
    asked = {"repositoryName": name, "imageId": {"imageTag": "one"}}
    found = ecr.describe_image_scan_findings(**asked)
    assert found["imageScanStatus"]["status"] == "COMPLETE"
    assert found["imageScanFindings"]["findingSeverityCounts"] == {}
    ecr.put_image_scanning_configuration(
        repositoryName=name, imageScanningConfiguration={"scanOnPush": False}
    )
    with pytest.raises(ecr.exceptions.ScanNotFoundException):
        ecr.describe_image_scan_findings(**asked)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("FROM public.ecr.aws/docker/library/python:3.12-slim", "FROM ubuntu:24.04", "not upon ubuntu:24.04"),
        ("RUN pip install", "RUN apt-get install -y", "runs nothing in images but pip install -r"),
        ("lock\nCOPY program/", "lock && rm x\nCOPY program/", "runs nothing in images but pip install -r"),
        ("COPY program/", "COPY programme/", '"/programme/": not found'),
        ("COPY requirements.lock ./\n", "", "Could not open requirements file"),
        ("ENTRYPOINT", "ENTRYPOINTS", "ENTRYPOINTS"),
        ("COPY program/", "FROM python:3.12\nCOPY program/", "images of one stage"),
    ],
)
def test_a_dockerfile_that_cannot_be_followed(docker: Docker, before: str, after: str, says: str) -> None:
    context = docker.folder / "context"
    (context / "program").mkdir(parents=True)
    (context / "program/entry.py").write_text("print(1)\n")
    (context / "requirements.lock").write_text("\n")
    assert before in DOCKERFILE
    (context / "Dockerfile").write_text(DOCKERFILE.replace(before, after))
    built = docker.run("build", "--tag", "a:b", str(context))
    assert built.returncode == 1
    assert says in built.stderr


def test_what_docker_offers_and_this_does_not(docker: Docker) -> None:
    done = docker.run("run", "python")
    assert done.returncode == 1
    assert "The emulator does not offer this of docker" in done.stderr
