"""Settings of a stage that are refused with one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.configuration import StageConfiguration
from deploy.project import STAGES, ConfigurationError

VALID: dict[str, Any] = json.loads((Path(__file__).parents[1] / "config" / "test.json").read_text("utf-8"))


def write(folder: Path, content: dict[str, Any]) -> Path:
    (folder / "test.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.mark.parametrize("stage", STAGES)
def test_both_stages_are_configured(stage: Any) -> None:
    assert StageConfiguration.load(stage).schedule


def test_folders_of_ones_own_are_taken(tmp_path: Path) -> None:
    own = {"input_uri": "s3://acme-data/in/", "output_uri": "s3://acme-data/out/"}
    assert StageConfiguration.load("test", write(tmp_path, VALID | own)).output_uri == "s3://acme-data/out/"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"schedule": "every day"}, "config/test.json, schedule: String should", id="schedule"),
        pytest.param({"schedule": "at(2026-11-21T09:15:00)"}, "config/test.json, schedule", id="once"),
        pytest.param({"time_zone": "5 o'clock"}, "config/test.json, time_zone: String", id="time-zone"),
        pytest.param({"enabled": "yes"}, "config/test.json, enabled: Input should", id="enabled"),
        pytest.param({"input_uri": "acme-data/in"}, "config/test.json, input_uri: String", id="input"),
        pytest.param({"output_uri": "s3://Acme/out/"}, "config/test.json, output_uri: String", id="output"),
        pytest.param({"content_type": "csv"}, "config/test.json, content_type: String", id="content-type"),
        pytest.param({"instance_type": "m5.large"}, "config/test.json, instance_type: String", id="type"),
        pytest.param({"instance_count": 0}, "config/test.json, instance_count: Input", id="no-instance"),
        pytest.param({"timezone": "UTC"}, "config/test.json, timezone: Extra inputs", id="unknown"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        StageConfiguration.load("test", write(tmp_path, VALID | change))
    assert str(refusal.value).startswith(sentence)
