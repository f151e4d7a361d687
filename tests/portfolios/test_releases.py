"""Versions that were released stay on offer, under a launch role that is enough for each of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from base.settings import load
from portfolios import releases
from portfolios.offer import render
from portfolios.permissions import derive
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


OTHER_PLATFORMS = {
    "account": {"accounts": SETTINGS.accounts.model_copy(update={"shared_services": "999999999999"})},
    "region": {"region": "eu-central-1"},
    "prefix": {"name_prefix": "other"},
}


@pytest.mark.parametrize("changes", OTHER_PLATFORMS.values(), ids=OTHER_PLATFORMS)
def test_the_releases_of_another_platform_are_kept_apart(root: Path, changes: dict[str, Any]) -> None:
    """Two Regions of an account, or two prefixes, have a template each for one version."""
    other = SETTINGS.model_copy(update=changes)
    keep(GROUP)
    assert releases.earlier(NEWER, other) == ()
    (kept,) = releases.keep([GROUP], render([GROUP], other), other)
    assert kept[1]
    assert len(list(root.rglob("1.0.0.json"))) == 2
    assert [release.version for release in releases.earlier(NEWER, SETTINGS)] == ["1.0.0"]


def test_releases_that_do_not_say_of_which_region_they_are_have_to_move(root: Path) -> None:
    keep(GROUP)
    (path,) = root.rglob("1.0.0.json")
    former = root / SETTINGS.accounts.shared_services / "group"
    former.mkdir()
    path.rename(former / path.name)
    with pytest.raises(ProductError, match=f"move its files to {path.parent}"):
        releases.earlier(NEWER, SETTINGS)


def test_no_more_versions_are_offered_than_service_catalog_takes(root: Path) -> None:
    keep(GROUP)
    (path,) = root.rglob("1.0.0.json")
    for minor in range(1, 99):
        (path.parent / f"1.{minor}.0.json").write_bytes(path.read_bytes())
    newest = changed(GROUP, "2.0.0")
    assert len(releases.earlier(newest, SETTINGS)) == 99
    (path.parent / "1.99.0.json").write_bytes(path.read_bytes())
    with pytest.raises(
        ProductError, match=r"group has 101 versions, and Service Catalog offers 100: .*/1\.0\.0\.json"
    ):
        releases.earlier(newest, SETTINGS)


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
