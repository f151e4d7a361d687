"""Products as they would be launched: settings to choose from, and templates with their values filled in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import yaml

from base.intrinsics import Intrinsics
from base.settings import CATALOG, AssumptionSettings, Settings
from products.discovery import discover
from products.product import AssetLocation, Product, Template, render_all
from tests.data_account import DATA, DATA_UNIT

PRODUCTS = {product.identifier: product for product in discover()}
CONNECTION = "arn:aws:codeconnections:eu-west-1:222222222222:connection/0a1b2c3d-0000-4111-8222-333333333333"
PROVIDERS = ("codecommit", "github", "gitlab", "bitbucket")
BOUNDARIES = (None, "mlplatform-boundary")
HOPED = AssumptionSettings()
LAYOUTS = ("central", "hub_and_spoke")

LONGEST = {
    "SageMakerProjectName": "customer-churn-prediction-for-eu",
    "SageMakerProjectId": "p-0123456789abcdefgh",
    "InputDataUri": "s3://mlplatform-team-data-333333333333-ap-southeast-1/churn/2026/customers.csv",
    "TargetColumn": "churned",
    "LakeTable": "t" * 128,
    "GroupName": "g" * 30,
    **{
        f"{number}FeatureGroup": f"{number.lower() or 'first'}_{'g' * 30}"[:30]
        for number in ("", "Second", "Third")
    },
    "Features": ",".join(f"{'f' * 61}{number:02}:Fractional" for number in range(40)),
    "LakeKeyArn": "arn:aws:kms:ap-southeast-1:333333333333:key/0a1b2c3d-0000-4111-8222-333333333333",
    "ListingId": "l" * 36,
    "DomainId": "dzd_" + "d" * 36,
    "SubscriberAccounts": "333333333333",
    "RepositoryId": "example-team/customer-churn-prediction",
    "ModelPackageGroupName": "customer-churn-prediction-for-eu-p-0123456789abcdefgh",
    "DomainName": "d" * 63,
    "AWS::AccountId": "333333333333",
    "AWS::Partition": "aws",
    "AWS::Region": "ap-southeast-1",
    "AWS::StackName": "SC-333333333333-pp-abcdefghijklm",
    "AWS::StackId": "arn:aws:cloudformation:ap-southeast-1:333333333333:stack/SC-1/1",
}
assert len(LONGEST["SageMakerProjectName"]) == 32
assert len(LONGEST["SageMakerProjectId"]) == 20


def settings(
    *,
    provider: str = "codecommit",
    boundary: str | None = None,
    layout: str = "central",
    prefix: str = "mlplatform",
    assumptions: AssumptionSettings = HOPED,
) -> Settings:
    """The example catalog with other choices."""
    document = yaml.safe_load(CATALOG.read_text(encoding="utf-8")) | {"name_prefix": prefix}
    document["repository"] = {"provider": provider}
    # Some products need it, and no other template tells of it.
    document["accounts"]["data"] = DATA
    document["organization"]["organizational_units"]["data"] = DATA_UNIT
    document["model_cards"] = {"layout": layout}
    if provider != "codecommit":
        document["repository"]["connection_arn"] = CONNECTION
    if boundary:
        document["permissions_boundary"] = boundary
    return Settings.model_validate(document).model_copy(update={"assumptions": assumptions})


def assets(product: Product) -> dict[str, AssetLocation]:
    """Locations such as the portfolios would give."""
    return {
        name: AssetLocation("mlplatform-assets-222222222222-eu-west-1", f"{name}.zip")
        for name in (*product.seeds, *product.functions)
    }


@cache
def templates(
    provider: str = "codecommit",
    boundary: str | None = None,
    layout: str = "central",
    assumptions: AssumptionSettings = HOPED,
) -> dict[str, Template]:
    """The templates of all products, rendered once a choice."""
    return render_all(
        PRODUCTS.values(),
        settings(
            provider=provider,
            boundary=boundary,
            layout=layout,
            prefix="mlplatform-x",
            assumptions=assumptions,
        ),
        {identifier: assets(product) for identifier, product in PRODUCTS.items()},
    )


@dataclass(frozen=True)
class Launch:
    """A template with values for its parameters."""

    template: Template
    values: dict[str, str]

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources whose condition holds, with their values filled in."""
        return {
            logical_id: self.value(resource)
            for logical_id, resource in self.template["Resources"].items()
            if self._intrinsics.exists(resource)
        }

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """The outputs whose condition holds, with their values filled in."""
        return {
            name: self.value(output)
            for name, output in self.template["Outputs"].items()
            if self._intrinsics.exists(output)
        }

    def of_type(self, resource_type: str) -> list[dict[str, Any]]:
        """The properties of the resources of one type."""
        return [item["Properties"] for item in self.resources.values() if item["Type"] == resource_type]

    def only(self, resource_type: str) -> dict[str, Any]:
        """The properties of the one resource of a type."""
        (properties,) = self.of_type(resource_type)
        return properties

    def role(self, name: str) -> dict[str, Any]:
        """The properties of a role."""
        (properties,) = (item for item in self.of_type("AWS::IAM::Role") if item["RoleName"] == name)
        return properties

    def value(self, node: Any) -> Any:
        """A part of the template, as CloudFormation would see it."""
        return self._intrinsics.value(node)

    @cached_property
    def _intrinsics(self) -> Intrinsics:
        return Intrinsics(
            reference=lambda name: self.values.get(name, f"<{name}>"),
            attribute=lambda logical_id, name: f"<{logical_id}.{name}>",
            conditions=self.template.get("Conditions", {}),
        )


def launch(
    identifier: str,
    *,
    provider: str = "codecommit",
    boundary: str | None = None,
    layout: str = "central",
    **values: str,
) -> Launch:
    """A product launched with the longest values, or with some others."""
    template = templates(provider, boundary, layout)[identifier]
    return _launched(template, values)


def launch_assuming(assumptions: AssumptionSettings, identifier: str, **values: str) -> Launch:
    """A product launched where AWS may be different from what is hoped."""
    return _launched(templates(assumptions=assumptions)[identifier], values)


def _launched(template: Template, values: Mapping[str, str]) -> Launch:
    defaults = {
        name: parameter["Default"]
        for name, parameter in template["Parameters"].items()
        if "Default" in parameter
    }
    return Launch(json.loads(json.dumps(template)), {**defaults, **LONGEST, **values})
