"""mypy reads each module of the CDK that the bundle imports."""

import ast
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = "aws_cdk.*"


def imported(source: str) -> set[str]:
    """The modules of the CDK that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="aws_cdk", names=names):
                found |= {f"aws_cdk.{name.name}" for name in names if name.name.islower()} | {"aws_cdk"}
            case ast.ImportFrom(module=str(module)) if module.startswith("aws_cdk."):
                found.add(module)
            case ast.Import(names=names):
                found |= {name.name for name in names if name.name.split(".")[0] == "aws_cdk"}
            case _:
                pass
    return found


def test_every_module_of_the_cdk_that_is_imported_is_read() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    overrides = {tuple(each["module"]): each.get("follow_imports") for each in settings["overrides"]}
    assert overrides[(SKIPPED,)] == "skip"
    read = [modules for modules, follow in overrides.items() if follow == "normal"]
    files = subprocess.run(
        ["git", "ls-files", "*.py", ":!seed_code"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    used = set().union(
        *(imported((ROOT / file).read_text("utf-8")) for file in files if (ROOT / file).exists())
    )
    assert [sorted(modules) for modules in read] == [sorted(used)]


def test_each_way_to_import_is_seen() -> None:
    source = """
import aws_cdk as cdk
import aws_cdk.aws_sqs
from aws_cdk import CfnOutput, aws_iam as iam
from aws_cdk.aws_s3 import Bucket
import json
"""
    assert imported(source) == {"aws_cdk", "aws_cdk.aws_sqs", "aws_cdk.aws_iam", "aws_cdk.aws_s3"}
