"""Two builds of one commit define one pipeline, byte for byte, wherever and whenever they run."""

import os
from pathlib import Path

from tests.seed_code.seeds import Seed

SEED = Seed("build_from_s3")
ACCOUNT = "333333333333"
PROJECT = {
    "SAGEMAKER_PROJECT_NAME": "flowers",
    "SAGEMAKER_PROJECT_ID": "p-abcdefghijkl",
    "AWS_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PIPELINE_NAME": "flowers",
    "PIPELINE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/training",
    "ARTIFACT_BUCKET": "flowers-bucket",
    "ARTIFACT_LOCATION": "s3://flowers-bucket/models",
    "ARTIFACT_KMS_KEY_ARN": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1",
    "KMS_KEY_ARN": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1",
    "MODEL_PACKAGE_GROUP_NAME": "flowers",
    "MODEL_CARD_ARN": f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:model-card/flowers",
    "INPUT_DATA_URI": "s3://team-data/flowers/",
    "TARGET_COLUMN": "species",
}


def definition(folder: Path, surroundings: dict[str, str], *, touched: float) -> str:
    """Define the pipeline in a clone of its own."""
    repository = SEED.copy(folder)
    for path in repository.rglob("*"):
        os.utime(path, (touched, touched))
    done = SEED.run("python -m pipelines.run definition", repository, PROJECT | surroundings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_builds_of_one_commit_define_one_pipeline(tmp_path: Path) -> None:
    first = definition(tmp_path / "a", {"PYTHONHASHSEED": "1", "TZ": "UTC", "USER": "one"}, touched=0)
    second = definition(
        tmp_path / "b", {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "USER": "two"}, touched=1_700_000_000
    )
    assert '"Name": "CheckQuality"' in first
    assert first == second
