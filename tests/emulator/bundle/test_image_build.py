"""The seed's build of an image, run for real: once for a commit, under the role that the product gives it."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from emulator.docker import installation
from tests.emulator.sagemaker_support import unique
from tests.emulator.support import SETTINGS, Emulator
from tests.products import launches
from tests.seed_code.seeds import Seed

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def repository(emulator: Emulator) -> str:
    """A repository with the properties of the product's, but for the key."""
    given = launches.launch("build_own_container").only("AWS::ECR::Repository")
    name = unique("images")
    emulator.client("ecr").create_repository(
        repositoryName=name,
        imageTagMutability=given["ImageTagMutability"],
        imageScanningConfiguration={"scanOnPush": given["ImageScanningConfiguration"]["ScanOnPush"]},
    )
    return name


@pytest.fixture
def variables(emulator: Emulator, repository: str, tmp_path: Path) -> dict[str, str]:
    """Variables of a build under the product's role for it."""
    launch = launches.launch("build_own_container", **{"AWS::Region": emulator.region})
    (role,) = (each for each in launch.of_type("AWS::IAM::Role") if "-image-" in each["RoleName"])
    statements: list[Any] = []
    for policy in role["Policies"]:
        text = json.dumps(policy["PolicyDocument"]["Statement"])
        statements += json.loads(
            text.replace(f"mlplatform-x-images/{launch.values['SageMakerProjectId']}", repository)
        )
    asked = [each for each in statements if "ecr:" in json.dumps(each["Action"])]
    arn = emulator.role(*asked, name=unique("image"))
    sts = emulator.client("sts")
    given = sts.assume_role(RoleArn=arn, RoleSessionName="build")["Credentials"]
    tools = installation.install(tmp_path / "docker", privileged=True)
    host = f"{emulator.development}.dkr.ecr.{emulator.region}.amazonaws.com"
    python = Seed("build_own_container").environment() / "bin"
    return {
        "PATH": os.pathsep.join((str(python), str(tools), "/usr/bin", "/bin")),
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": SETTINGS.region,
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
        "IMAGE_REPOSITORY_URI": f"{host}/{repository}",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": COMMIT,
    }


def publish(variables: dict[str, str], folder: Path) -> str:
    """Publish the image of a commit from a machine of its own, and return what the build hands on."""
    source = Seed("build_own_container").copy(folder / "source")
    done = subprocess.run(
        ["python", "-m", "pipelines.publication"],
        cwd=source,
        env={**variables, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_commit_has_one_image_however_often_it_is_built(
    emulator: Emulator, repository: str, variables: dict[str, str], tmp_path: Path
) -> None:
    with ThreadPoolExecutor() as pool:
        at_once = list(pool.map(lambda name: publish(variables, tmp_path / name), ("one", "two")))
    again = publish(variables, tmp_path / "three")
    (image,) = emulator.client("ecr").describe_images(repositoryName=repository)["imageDetails"]
    assert image["imageTags"] == [COMMIT]
    uri = f"{variables['IMAGE_REPOSITORY_URI']}@{image['imageDigest']}\n"
    assert [*at_once, again] == [uri] * 3


def test_another_commit_has_another_tag(
    emulator: Emulator, repository: str, variables: dict[str, str], tmp_path: Path
) -> None:
    publish(variables, tmp_path / "one")
    publish(variables | {"CODEBUILD_RESOLVED_SOURCE_VERSION": "f" * 40}, tmp_path / "two")
    images = emulator.client("ecr").describe_images(repositoryName=repository)["imageDetails"]
    assert sorted(tag for image in images for tag in image["imageTags"]) == [COMMIT, "f" * 40]
