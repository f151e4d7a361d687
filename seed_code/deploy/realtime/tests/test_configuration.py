"""Settings that are read, and settings that are refused with one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

import app
from deploy.configuration import StageConfiguration
from deploy.project import ConfigurationError

VALID: dict[str, Any] = {
    "instance_type": "ml.m5.large",
    "instance_count": 1,
    "data_capture_percentage": 100,
    "network_isolation": True,
}


def write(folder: Path, content: str) -> Path:
    (folder / "test.json").write_text(content, encoding="utf-8")
    return folder


def test_a_stage_is_read_from_its_file(tmp_path: Path) -> None:
    folder = write(tmp_path, json.dumps(VALID | {"instance_count": 3}))
    assert StageConfiguration.load("test", folder).instance_count == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(
            {"instance_type": "m5.large"}, "config/test.json, instance_type: String should", id="type"
        ),
        pytest.param(
            {"instance_count": 0}, "config/test.json, instance_count: Input should", id="no-instance"
        ),
        pytest.param({"instance_count": "2"}, "config/test.json, instance_count: Input should", id="text"),
        pytest.param(
            {"data_capture_percentage": 101}, "config/test.json, data_capture_percentage", id="share"
        ),
        pytest.param(
            {"network_isolation": "no"}, "config/test.json, network_isolation: Input", id="isolation"
        ),
        pytest.param({"instances": 2}, "config/test.json, instances: Extra inputs", id="unknown"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        StageConfiguration.load("test", write(tmp_path, json.dumps(VALID | change)))
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param("{}", "config/test.json, instance_type: Field required.", id="empty"),
        pytest.param("{", "config/test.json: Invalid JSON", id="not-json"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        StageConfiguration.load("test", write(tmp_path, content))
    assert str(refusal.value).startswith(sentence)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"config/production\.json is missing"):
        StageConfiguration.load("production", tmp_path)


def test_missing_variables_are_named(
    project: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NAME_PREFIX")
    monkeypatch.setenv("MODEL_PACKAGE_ARN", "")
    assert app.main() == 2
    assert capsys.readouterr().err == (
        "Set NAME_PREFIX, MODEL_PACKAGE_ARN; the project's build does it (README.md).\n"
    )
