"""cdk-nag finds nothing that is not explained: in the platform, inside the products, in the StackSets."""

import json
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from base.settings import Settings
from pipelines.assets import AssetLocation
from products.product import Product, add_stack, scratch_app
from tests.gates.everything import Everything, judge, settings_of


def test_nothing_unexplained(everything: Everything) -> None:
    assert everything.findings == ()


def test_judged_products_are_the_offered_ones(everything: Everything) -> None:
    judged = {name: everything.templates[name.replace("_", "-")] for name in everything.offered}
    assert judged == everything.offered


def test_judged_stack_sets_are_the_published_ones(everything: Everything) -> None:
    published = [json.loads(path.read_text("utf-8")) for path in everything.folder.glob("asset.*.json")]
    data = ("data",) if everything.settings.accounts.data else ()
    for name in ("launch", "deployment-target", *data):
        assert everything.templates[name] in published


class BadStack(cdk.Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        s3.Bucket(self, "Open")


def test_gate_sees_into_a_product(tmp_path: Path) -> None:
    product = Product(
        identifier="bad",
        name="Bad",
        description="A product with a bucket that takes plain requests.",
        version="1.0.0",
        portfolio="ml_admin",
        launched_in=("development",),
        stack=BadStack,
    )
    app = scratch_app(str(tmp_path))
    add_stack(app, product, settings_of("codecommit"), {})
    assert judge(app, tmp_path) == (
        "AwsSolutions-S1 bad/Open/Resource",
        "AwsSolutions-S10 bad/Open/Resource",
    )
