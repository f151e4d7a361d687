"""The first step of a project's repository, run as SageMaker runs it: as the project's training role."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.data_account import DATA
from tests.emulator.support import Emulator, trust
from tests.emulator.try_product import Launched
from tests.hangs import HANGS
from tests.seed_code.seeds import Seed


def resource(emulator: Emulator, project: Launched, kind: str, word: str = "") -> str:
    """The physical id of a resource of a project.

    Args:
        emulator: The emulator.
        project: The project.
        kind: The resource's type.
        word: What its logical id holds.
    """
    listed = emulator.client("cloudformation").describe_stack_resources(StackName=project.name)[
        "StackResources"
    ]
    [found] = [
        each["PhysicalResourceId"]
        for each in listed
        if each["ResourceType"] == kind and word in each["LogicalResourceId"]
    ]
    return str(found)


def training_role(emulator: Emulator, project: Launched) -> str:
    """The name of a project's training role, which whoever tests may assume as well."""
    role = resource(emulator, project, "AWS::IAM::Role", "Training")
    trusting = trust(Service="sagemaker.amazonaws.com", AWS=f"arn:aws:iam::{emulator.development}:root")
    emulator.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=trusting)
    return role


def step(  # noqa: PLR0917  what a step is given
    emulator: Emulator,
    product: str,
    project: Launched,
    folder: Path,
    select: str,
    database: str,
    table: str = "houses",
) -> subprocess.CompletedProcess[str]:
    """Run the step *Query* with a query.

    Args:
        emulator: The emulator.
        product: The project's product.
        project: The project.
        folder: Where the repository and the step's files go.
        select: The query.
        database: The database of the lake.
        table: The table that the project begins with.
    """
    repository = Seed(product).copy(folder / "repository")
    (repository / "src" / "query.sql").write_text(select, encoding="utf-8")
    return run_script(
        emulator,
        product,
        project,
        folder,
        "query.py",
        {
            "source": f"athena://{DATA}/{database}/{table}",
            "database": resource(emulator, project, "AWS::Glue::Database"),
        },
    )


def run_script(  # noqa: PLR0917  what a step is given
    emulator: Emulator,
    product: str,
    project: Launched,
    folder: Path,
    script: str,
    given: Mapping[str, str],
) -> subprocess.CompletedProcess[str]:
    """Run a script that reads the lake from a copy of the project's repository, as its training role.

    Args:
        emulator: The emulator.
        product: The project's product.
        project: The project.
        folder: Where the repository is, and where the step's files go.
        script: The script, below `src`.
        given: Its arguments, besides those that follow from the project.
    """
    role = training_role(emulator, project)
    lent = emulator.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{emulator.development}:role/{role}", RoleSessionName="step"
    )["Credentials"]
    arguments = {
        **given,
        "work-group": resource(emulator, project, "AWS::Athena::WorkGroup"),
        "unload-to": f"s3://{resource(emulator, project, 'AWS::S3::Bucket')}/runs/unloaded",
        "region": emulator.region,
    }
    return subprocess.run(
        [
            str(Seed(product).environment() / "bin" / "python"),
            str(folder / "repository" / "src" / script),
            *(f"--{name}={value}" for name, value in arguments.items()),
        ],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "SAGEMAKER_BASE_DIR": str(folder / "ml"),
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_ACCESS_KEY_ID": lent["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": lent["SecretAccessKey"],
            "AWS_SESSION_TOKEN": lent["SessionToken"],
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=HANGS,
    )
