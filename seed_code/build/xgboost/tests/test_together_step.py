"""Several instances in the definition of the pipeline: how many, and which rows each of them gets."""

import json
from typing import Any

import pytest

from pipelines.configuration import Configuration
from test_pipeline import build, calls, definition, environment, steps_by_name

__all__ = ["calls", "environment"]

COUNT = {"Get": "Parameters.TrainingInstanceCount"}


def arguments(step: str) -> dict[str, Any]:
    found: dict[str, Any] = steps_by_name(definition())[step]["Arguments"]
    return found


def test_the_number_of_instances_is_a_parameter() -> None:
    (parameter,) = (
        each for each in json.loads(definition())["Parameters"] if each["Name"] == "TrainingInstanceCount"
    )
    assert parameter["DefaultValue"] == Configuration.load().instances.instance_count
    assert arguments("Train")["ResourceConfig"]["InstanceCount"] == COUNT


def test_preprocess_leaves_a_file_for_each_instance() -> None:
    given = arguments("Preprocess")["AppSpecification"]["ContainerArguments"]
    options = dict(zip(given[::2], given[1::2], strict=True))
    assert options["--files"] == {"Std:Join": {"On": "", "Values": [COUNT]}}


@pytest.mark.parametrize(
    ("channel", "distribution"),
    [("train", "ShardedByS3Key"), ("validation", "ShardedByS3Key"), ("schema", "FullyReplicated")],
)
def test_each_instance_gets_its_share_of_the_rows(channel: str, distribution: str) -> None:
    (source,) = (
        each["DataSource"]["S3DataSource"]
        for each in arguments("Train")["InputDataConfig"]
        if each["ChannelName"] == channel
    )
    assert source["S3DataDistributionType"] == distribution
    assert source["S3DataType"] == "S3Prefix"


def test_a_changed_number_changes_one_default() -> None:
    configuration = Configuration.load()
    instances = configuration.instances.model_copy(update={"instance_count": 3})
    more = build(configuration.model_copy(update={"instances": instances}))
    assert steps_by_name(more) == steps_by_name(definition())
