"""The Regions in which the platform can live: those that have every service and image that it needs.

botocore's list of endpoints says which Regions there are, in which partition, and with which services; it
comes with boto3 and grows with it. Where a seed's image is published, only the SageMaker SDK knows, which the
bundle itself does not install: its answer is kept here, and a test compares it with the SDK of the seeds.
"""

import difflib
import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PARTITION = "aws"
"""Templates, policies and principals name ARNs of this partition. Another takes more than its name:
partitions differ in services, in the Regions of IAM and Organizations, and in the accounts of the images."""

# Names of the services' endpoints in botocore's list. Others that the platform uses are in every Region.
SERVICES: Mapping[str, str] = {
    "api.sagemaker": "Amazon SageMaker",
    "servicecatalog": "AWS Service Catalog",
    "codepipeline": "AWS CodePipeline",
    "codebuild": "AWS CodeBuild",
}
CODECOMMIT = "codecommit"
# https://docs.aws.amazon.com/dtconsole/latest/userguide/welcome-connections.html lists the same Regions.
CONNECTIONS = "codestar-connections"

XGBOOST_IMAGE = "XGBoost 3.2-0"
XGBOOST_REGIONS = frozenset(
    {
        *("af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
        *("ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"),
        *("ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"),
        *("eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1"),
        *("me-south-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    }
)
"""Where AWS publishes the image in which the build seed trains, in the partition."""


@dataclass(frozen=True)
class _Partition:
    name: str
    regions: frozenset[str]
    services: Mapping[str, frozenset[str]]


def complaint(region: str) -> str | None:
    """Why the platform cannot live in a Region, in words that follow its name; None if it can.

    Args:
        region: The Region, whether there is one of this name or not.
    """
    partition = next((each for each in _partitions() if region in each.regions), None)
    if partition is None:
        close = difflib.get_close_matches(region, sorted(supported()), n=1)
        return "is not a Region that this version of boto3 knows" + (
            f"; near it is '{close[0]}'" if close else ""
        )
    if partition.name != PARTITION:
        return (
            f"belongs to the partition '{partition.name}', and the platform supports '{PARTITION}' alone: "
            f"its templates hold ARNs of '{PARTITION}', and not every partition has the services they use"
        )
    lacking = list(_lacking(region))
    if lacking:
        return f"is a Region without {' and '.join(lacking)}: choose another, such as 'eu-west-1'"
    return None


def offers(service: str, region: str) -> bool:
    """Whether a service has an endpoint in a Region of the partition.

    Args:
        service: `CODECOMMIT`, `CONNECTIONS`, or a key of `SERVICES`.
        region: The Region.
    """
    (partition,) = (each for each in _partitions() if each.name == PARTITION)
    return region in partition.services[service]


@functools.cache
def supported() -> frozenset[str]:
    """All Regions in which the platform can live."""
    (partition,) = (each for each in _partitions() if each.name == PARTITION)
    return frozenset(region for region in partition.regions if not any(_lacking(region)))


def _lacking(region: str) -> Iterator[str]:
    for service, name in SERVICES.items():
        if not offers(service, region):
            yield name
    if region not in XGBOOST_REGIONS:
        yield f"the image {XGBOOST_IMAGE}, in which models are trained"


@functools.cache
def _partitions() -> tuple[_Partition, ...]:
    # Importing botocore takes longer than reading the list, and would read another from the home folder.
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("boto3 is not installed: run `make setup`.")
    endpoints = json.loads(Path(spec.origin).with_name("data").joinpath("endpoints.json").read_bytes())
    return tuple(
        _Partition(
            name=partition["partition"],
            regions=frozenset(partition["regions"]),
            services={
                service: frozenset(partition["services"].get(service, {}).get("endpoints", ()))
                & frozenset(partition["regions"])
                for service in (*SERVICES, CODECOMMIT, CONNECTIONS)
            },
        )
        for partition in endpoints["partitions"]
    )
