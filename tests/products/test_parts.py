"""Which shared parts a product is made of, and which products a change of one touches."""

from pathlib import Path

import pytest

from products import parts
from products.discovery import discover

PRODUCTS = {product.identifier: product for product in discover()}
BUILD, BATCH, REALTIME, DOMAIN = "build_from_s3", "deploy_batch", "deploy_realtime", "studio_domain"

USED_BY = {
    "seed_code/build/base": {BUILD},
    "seed_code/deploy/base": {BATCH, REALTIME},
    "seed_code/deploy/batch": {BATCH},
    "pipelines/functions": {BUILD, BATCH, REALTIME},
    # Called by name from a function that makes projects.
    "pipelines/model_build.py": {BUILD},
    "pipelines/model_deploy.py": {BATCH, REALTIME},
    # The class of an object in the declaration, and the module that defines an object.
    "pipelines/sources/s3_data.py": {BUILD},
    "pipelines/deliveries/batch_transform.py": {BATCH},
    "pipelines/algorithms/xgboost.py": {BUILD},
    # Imported by what is used.
    "pipelines/deploy_pipeline.py": {BATCH, REALTIME},
    "pipelines/team_repository.py": {BUILD, BATCH, REALTIME},
    "pipelines/storage.py": {BUILD, BATCH, REALTIME, DOMAIN},
    "base/grants/studio.py": {DOMAIN},
    "base/names.py": {BUILD, BATCH, REALTIME, DOMAIN},
}


@pytest.mark.parametrize("part", USED_BY)
def test_products_know_their_parts(part: str) -> None:
    among = {BUILD, BATCH, REALTIME, DOMAIN}
    assert {name for name in among if part in parts.parts(PRODUCTS[name])} == USED_BY[part]


CHANGES = {
    "a layer of two seeds": (["seed_code/deploy/base"], [BATCH, REALTIME], [BATCH, REALTIME]),
    "one of them comes out equal": (["seed_code/deploy/base"], [BATCH], [BATCH]),
    "all come out equal, as with a comment": (["pipelines/storage.py"], [], None),
    "a part of one product": (["seed_code/build/base"], [BUILD], None),
    "a part of all": (["pipelines/storage.py"], [BUILD, DOMAIN], [BUILD, DOMAIN]),
}


@pytest.mark.parametrize(("changed", "differing", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_shared_change_touches_products(
    changed: list[str], differing: list[str], expected: list[str] | None
) -> None:
    products = [PRODUCTS[name] for name in (BUILD, BATCH, REALTIME, DOMAIN)]
    before = {part: digest for each in products for part, digest in parts.parts(each).items()}
    before |= dict.fromkeys(changed, "another digest")
    found = parts.touched(before, products, differing)
    assert found == ({changed[0]: tuple(expected)} if expected else {})


def test_a_part_that_was_not_there_at_the_last_release_is_no_change() -> None:
    assert parts.touched({}, PRODUCTS.values(), list(PRODUCTS)) == {}


def test_a_digest_follows_the_content_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("1", encoding="utf-8")
    before = parts._digest_of_tree(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "file.pyc").write_text("1", encoding="utf-8")
    assert parts._digest_of_tree(tmp_path) == before
    (tmp_path / "file.py").rename(tmp_path / "other.py")
    assert parts._digest_of_tree(tmp_path) != before
