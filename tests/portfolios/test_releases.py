"""Versions that were released stay on offer, under a launch role that is enough for each of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from base.settings import load
from portfolios import releases
from portfolios.permissions import derive
from portfolios.versions import render
from products.product import Product, ProductError
from tests.portfolios.conftest import Synthesize
from tests.portfolios.small import GROUP, changed, resources

SETTINGS = load()
STACK = SETTINGS.names.portfolios_stack
NEWER = changed(GROUP, "1.1.0")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(releases, "RELEASES", tmp_path)
    return tmp_path


def keep(product: Product, **more: Any) -> list[bool]:
    rendered = render([product], SETTINGS)
    return [is_new for _, is_new in releases.keep([product], rendered, SETTINGS, **more)]


def test_what_is_kept_comes_back_the_oldest_first(root: Path) -> None:
    products = [changed(GROUP, version) for version in ("1.9.0", "1.10.0")]
    assert [keep(each) for each in (*products, GROUP)] == [[True], [True], [True]]
    found = releases.earlier(changed(GROUP, "2.0.0"), SETTINGS)
    assert [release.version for release in found] == ["1.0.0", "1.9.0", "1.10.0"]
    assert found[0].template == render([GROUP], SETTINGS)["group"]


def test_keeping_twice_changes_nothing_and_pretending_nothing_at_all(root: Path) -> None:
    assert keep(GROUP, pretend=True) == [True]
    assert not list(root.rglob("*.json"))
    assert [keep(GROUP), keep(GROUP)] == [[True], [False]]


def test_a_released_version_is_not_released_again(root: Path) -> None:
    keep(GROUP)
    before = {path: path.read_text("utf-8") for path in root.rglob("*.json")}
    with pytest.raises(ProductError, match=r"group was released as 1\.0\.0 with another template"):
        keep(changed(GROUP, "1.0.0"))
    assert {path: path.read_text("utf-8") for path in root.rglob("*.json")} == before


def test_the_releases_of_another_hub_are_not_offered(root: Path) -> None:
    keep(GROUP)
    accounts = SETTINGS.accounts.model_copy(update={"shared_services": "999999999999"})
    assert releases.earlier(NEWER, SETTINGS.model_copy(update={"accounts": accounts})) == ()


@pytest.mark.parametrize("text", ["", "{}", '{"note": "", "template": []}'], ids=["empty", "partial", "list"])
def test_a_damaged_file_is_one_sentence(root: Path, text: str) -> None:
    keep(GROUP)
    (path,) = root.rglob("*.json")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProductError, match="is no kept release"):
        releases.earlier(NEWER, SETTINGS)


def artifacts(template: Any) -> list[tuple[str, str]]:
    (product,) = resources(template, "AWS::ServiceCatalog::CloudFormationProduct").values()
    given = product["ProvisioningArtifactParameters"]
    return [(each["Name"], json.dumps(each["Info"])) for each in given]


def test_the_portfolio_offers_each_version_at_its_old_address(root: Path, synthesize: Synthesize) -> None:
    """CloudFormation knows a version again by its name and the address of its template."""
    (before,) = artifacts(synthesize((GROUP,))[STACK])
    keep(GROUP)
    after = artifacts(synthesize((NEWER,))[STACK])
    assert [name for name, _ in after] == ["1.0.0", "1.1.0"]
    assert after[0] == before
    # A version that is retired is removed from the folder.
    for path in root.rglob("*.json"):
        path.unlink()
    assert [name for name, _ in artifacts(synthesize((NEWER,))[STACK])] == ["1.1.0"]


def test_the_launch_role_is_enough_for_each_version(root: Path) -> None:
    old, new = (render([each], SETTINGS)["group"] for each in (GROUP, NEWER))
    both = derive(old, new, region=SETTINGS.region)
    for template in (old, new):
        for statement in derive(template, region=SETTINGS.region):
            allowed = {
                (action, resource)
                for each in both
                if each.condition == statement.condition
                for action in each.actions
                for resource in each.resources
            }
            assert {(a, r) for a in statement.actions for r in statement.resources} <= allowed
    assert derive(old, old, region=SETTINGS.region) == derive(old, region=SETTINGS.region)
