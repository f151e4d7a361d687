"""Mistakes of an adopter end the synthesis with a sentence each, and exit code 2."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

import app
from base.settings import CATALOG, CatalogError, Settings, load
from products.product import Product, ProductError
from tests.portfolios.small import GROUP, GroupStack, with_stack


class NamelessRoleStack(GroupStack):
    def group(self, name: str) -> None:
        iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def raising(error: Exception) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


def give(*products: Product) -> Callable[[], tuple[Product, ...]]:
    return lambda: products


@pytest.mark.parametrize(
    ("read", "discover", "sentence"),
    [
        pytest.param(
            raising(CatalogError(Path("catalog.yaml"), ["catalog.yaml:4: 'regoin' is not a setting."])),
            give(),
            "catalog.yaml:4: 'regoin' is not a setting.",
            id="catalog",
        ),
        pytest.param(
            load,
            raising(ProductError("products/group has no product.py.")),
            "products/group has no product.py.",
            id="product",
        ),
        pytest.param(
            load,
            give(dataclasses.replace(GROUP, stack=NamelessRoleStack)),
            "products/group: Role1ABCC5F0 (AWS::IAM::Role) has no name",
            id="launch-role",
        ),
        pytest.param(
            load,
            give(
                with_stack(
                    GROUP,
                    lambda stack: cdk.CfnResource(stack, "Other", type="AWS::SNS::Topic").override_logical_id(
                        "Group"
                    ),
                )
            ),
            "The template of group cannot be written: ",
            id="when it is written",
        ),
        pytest.param(
            load,
            give(*(dataclasses.replace(GROUP, identifier=f"group_{number}") for number in range(200))),
            "The platform cannot be written: ",
            id="when the platform is written",
        ),
    ],
)
def test_mistake(
    read: Callable[[], Settings],
    discover: Callable[[], tuple[Product, ...]],
    sentence: str,
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    new_app = app.new_app

    def elsewhere() -> cdk.App:
        return new_app(str(tmp_path))

    monkeypatch.setattr(app, "load", read)
    monkeypatch.setattr(app, "discover", discover)
    monkeypatch.setattr(app, "new_app", elsewhere)
    assert app.main() == 2
    assert capsys.readouterr().err.startswith(sentence)
    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize(
    ("account", "example", "code"),
    [
        pytest.param("987654321000", True, 2, id="account of somebody"),
        pytest.param("222222222222", True, 0, id="account of the example"),
        pytest.param(None, True, 0, id="without credentials"),
        pytest.param("987654321000", False, 0, id="another file"),
    ],
)
def test_the_untouched_example_is_not_deployed(
    account: str | None,
    example: bool,
    code: int,
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The CDK command line says in `CDK_DEFAULT_ACCOUNT` whose credentials it has."""
    loaded = load().model_copy(update={"example": example})
    new_app = app.new_app
    monkeypatch.delenv("CDK_DEFAULT_ACCOUNT", raising=False)
    if account:
        monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", account)
    monkeypatch.setattr(app, "load", lambda: loaded)
    monkeypatch.setattr(app, "discover", give(GROUP))
    monkeypatch.setattr(app, "new_app", lambda: new_app(str(tmp_path)))
    assert app.main() == code
    said = capsys.readouterr().err
    sentence = "describes the example, and these credentials belong to account 987654321000"
    assert (sentence in said) is (code == 2)


@pytest.mark.parametrize(
    ("named", "told"),
    [("own.yaml", "own.yaml describes the example"), ("", f"{CATALOG} describes the example")],
    ids=["another file", "the repository's own"],
)
def test_the_refusal_of_the_example_names_the_file_that_was_read(
    named: str,
    told: str,
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "own.yaml").write_bytes(CATALOG.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CATALOG_FILE", named)
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", "987654321000")
    assert app.main() == 2
    assert capsys.readouterr().err.startswith(told)


def test_whoever_destroys_the_foundation_destroys_all_but_the_engineers_stack(tmp_path: Path) -> None:
    """The README leaves by `cdk destroy` of the foundation, which takes the stacks that depend on it."""
    settings = load()
    composed = app.new_app(str(tmp_path))
    app.compose(composed, settings, (GROUP,))
    stacks = [child for child in composed.node.children if isinstance(child, cdk.Stack)]
    (foundation,) = (stack for stack in stacks if stack.stack_name == settings.names.foundation_stack)
    standing_alone = {stack.stack_name for stack in stacks if foundation not in stack.dependencies}
    assert standing_alone == {settings.names.foundation_stack, settings.names.platform_engineer_stack}
