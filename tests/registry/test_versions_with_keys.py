"""Versions that are registered with a customer's key are read by everybody who reads versions.

Describing all data of such a version asks for the caller's `kms:Decrypt`; without the card inside, nobody's:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModelPackage.html
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("registry", "scripts", "seed_code", "pipelines", "portfolios", "products")

ALL_DATA = {
    "registry/functions/model_registry/promotion/source.py": "carries the card inside the version",
    "seed_code/build/base/src/registered.py": (
        "runs in an image whose SDK does not know IncludedData, under a role that may use the key"
    ),
}
"""Who asks for all data, and why."""


def calls() -> Iterator[tuple[str, bool]]:
    """Where versions are described, and whether without the card."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_bytes())):
                match node:
                    case ast.Call(func=ast.Attribute(attr="describe_model_package")):
                        arguments = {word.arg: ast.unparse(word.value) for word in node.keywords}
                        yield (
                            path.relative_to(ROOT).as_posix(),
                            arguments.get("IncludedData") == "'MetadataOnly'",
                        )


def test_only_promotion_asks_for_the_key_of_a_version() -> None:
    found = list(calls())
    assert len(found) >= 5
    assert {path for path, without_card in found if not without_card} == set(ALL_DATA)
