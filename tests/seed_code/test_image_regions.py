"""The Regions that the catalog takes are those in which the seed's image is published."""

import shutil
from pathlib import Path

from botocore.session import Session

from base.configuration import regions
from tests.seed_code.seeds import Seed

SCRIPT = Path(__file__).with_name("image_regions.py")


def published(seed: Seed, tmp_path: Path) -> set[str]:
    """The Regions in which AWS publishes the images of a seed."""
    folder = seed.copy(tmp_path / "seed")
    shutil.copy(SCRIPT, folder)
    every = Session().get_available_regions("sagemaker", partition_name=regions.PARTITION)
    done = seed.run(f"AWS_DEFAULT_REGION={every[0]} python {SCRIPT.name} {' '.join(every)}", folder)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_image_is_published_where_the_sdk_of_the_seed_says(tmp_path: Path) -> None:
    assert published(Seed("build_from_s3"), tmp_path) == regions.XGBOOST_REGIONS


def test_the_images_of_tensorflow_are_published_in_all_of_these_regions(tmp_path: Path) -> None:
    assert published(Seed("build_neural_network"), tmp_path) >= regions.XGBOOST_REGIONS
