"""A catalog file of any values is complete, or each mistake is one sentence with its line.

`FUZZ_EXAMPLES` says how many are tried.
"""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import botocore.session
import yaml
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, event, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from base import settings
from base.configuration.file import MAXIMUM_MISTAKES
from tests.base.configuration.generated import Content, likely, mistaken
from tests.base.test_settings import EXAMPLE

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))
MANY = tried(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SDK = botocore.session.get_session()


def read(written: bytes) -> settings.Settings | None:
    """Load a file, and look at what is said of it if it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "catalog.yaml")
        path.write_bytes(written)
        try:
            return settings.load(path)
        except settings.CatalogError as error:
            said = str(error).split("\n")
            lines = written.count(b"\n") + written.count(b"\r") + 1
            assert 1 <= len(said) <= MAXIMUM_MISTAKES + 1
            for sentence in said:
                assert sentence.isprintable()
                assert sentence.startswith(f"{path}:")
                assert sentence.endswith(".")
                numbered = re.match(r"([0-9]+): ", sentence.removeprefix(f"{path}:"))
                assert numbered is None or 1 <= int(numbered[1]) <= lines
            return None


@MANY
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_refused(written: bytes) -> None:
    assert read(written) is None


@MANY
@given(st.text("abc:-[]{}&*!|>'\"%@`#,? \n\t0~", max_size=60), st.integers(0, EXAMPLE.count("\n")))
def test_any_line_in_the_example_is_read_or_refused(line: str, number: int) -> None:
    lines = EXAMPLE.split("\n")
    read("\n".join([*lines[:number], line, *lines[number:]]).encode())


@MANY
@given(mistaken())
def test_any_mistake_in_the_example_is_read_or_refused(written: str) -> None:
    event("complete" if read(written.encode()) else "refused")


@MANY
@given(likely())
def test_what_is_complete_is_what_aws_takes(content: Content) -> None:
    """The second opinion is botocore's, which knows the lengths that each operation takes."""
    loaded = read(yaml.safe_dump(content, allow_unicode=True).encode())
    event("complete" if loaded else "refused")
    if loaded is None:
        return
    assert loaded.model_dump(exclude_none=True, exclude_defaults=True)["accounts"] == content["accounts"]
    tags = [{"Key": key, "Value": value} for key, value in loaded.tags.items()]
    assert len({tag["Key"].lower() for tag in tags}) == len(tags)
    for portfolio in ("ml_admin", "sagemaker_projects"):
        principals = loaded.principals(portfolio)
        assert 1 <= len(set(principals)) == len(principals) <= 10
        for name in principals:
            takes(
                "servicecatalog",
                "AssociatePrincipalWithPortfolio",
                PortfolioId="port-1",
                PrincipalARN=f"arn:aws:iam:::role/{name}",
                PrincipalType="IAM_PATTERN",
            )
        for key, values in getattr(loaded.portfolios, portfolio).tag_options.items():
            for value in values:
                takes("servicecatalog", "CreateTagOption", Key=key, Value=value)
    takes(
        "servicecatalog",
        "CreateProduct",
        Name="A product",
        Owner=loaded.portfolios.provider_name,
        SupportEmail=loaded.portfolios.support_email,
        ProductType="CLOUD_FORMATION_TEMPLATE",
        Tags=[*tags, {"Key": "sagemaker:studio-visibility", "Value": "true"}],
        IdempotencyToken="x",
    )
    takes(
        "servicecatalog",
        "CreatePortfolio",
        DisplayName="ML Admin",
        ProviderName=loaded.portfolios.provider_name,
        Tags=tags,
        IdempotencyToken="x",
    )
    takes("cloudformation", "CreateStack", StackName=loaded.names.foundation_stack, Tags=tags)
    takes("s3", "CreateBucket", Bucket=loaded.names.asset_bucket)
    takes(
        "sagemaker", "CreateModelPackageGroup", ModelPackageGroupName=f"{loaded.name_prefix}-group", Tags=tags
    )
    assert not loaded.names.registry_event_source.startswith("aws.")


def takes(service: str, operation: str, **request: Any) -> None:
    """Assert that an operation takes a request, as far as botocore knows, lists included."""
    shape = SDK.get_service_model(service).operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    for name, value in request.items():
        limits = shape.members[name].metadata
        assert limits.get("min", 0) <= len(value) <= limits.get("max", len(value)), f"{operation}: {name}"
