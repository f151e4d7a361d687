"""The form of each value of the catalog file: each mistake is one sentence with its line."""

from pathlib import Path

import pytest

from base import settings

CONNECTION = "arn:aws:codeconnections:eu-west-1:222222222222:connection/11111111-2222-3333-4444-555555555555"
EXAMPLE = settings.CATALOG.read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    """The example with one change."""
    assert EXAMPLE.count(old) >= 1
    return EXAMPLE.replace(old, new, 1)


def mistakes(folder: Path, text: str) -> list[str]:
    """What is said of a catalog, without the path of the file."""
    path = folder / "catalog.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(settings.CatalogError) as caught:
        settings.load(path)
    return [sentence.replace(f"{path}:", "") for sentence in caught.value.mistakes]


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(EXAMPLE.splitlines(), 1) if text in line)


def test_the_example_in_the_repository_is_valid() -> None:
    loaded = settings.load()
    assert loaded.accounts.shared_services == loaded.names.shared_services_account


ONE_CHANGE = {
    "unknown key with a near one": (
        "region: eu-west-1",
        "regoin: eu-west-1",
        ["1: region is missing: add it", "'regoin' is not a setting: did you mean 'region'?"],
    ),
    "unknown key": (
        "region: eu-west-1",
        "region: eu-west-1\ncolour: red",
        ["'colour' is not a setting: remove it"],
    ),
    "unknown key in a section": (
        "  provider: codecommit",
        "  vendor: codecommit",
        ["'repository.vendor' is not"],
    ),
    "account id as a number": (
        '"333333333333"',
        "333333333333",
        ["accounts.development: '333333333333' is read as a number: write it in quotes"],
    ),
    "account id too short": (
        '"333333333333"',
        '"33333"',
        ["accounts.development: '33333' is not an account id"],
    ),
    "two accounts alike": (
        '"333333333333"',
        '"222222222222"',
        ["accounts.development: '222222222222' is already accounts.shared_services"],
    ),
    "two units alike": (
        "ou-ml01-testing00",
        "ou-ml01-develop00",
        ["organization.organizational_units.test: 'ou-ml01-develop00' is already"],
    ),
    "organisation id": (
        "o-mlplatform1",
        "mlplatform1",
        ["organization.id: 'mlplatform1' is not an organisation id"],
    ),
    "organisational unit id": (
        "ou-ml01-workload0",
        "workloads",
        ["'workloads' is not an organisational unit id"],
    ),
    "required field that no model card has": (
        "intended_uses.risk_rating",
        "intended_uses.risk",
        ["'intended_uses.risk' is not the path of a field of a model card"],
    ),
    "provider": ("provider: codecommit", "provider: gitea", ["repository.provider: 'gitea' is not one of"]),
    "provider without connection": (
        "provider: codecommit",
        "provider: github",
        ["repository: github is reached through AWS CodeConnections: add connection_arn"],
    ),
    "connection without provider": (
        "  default_branch: main",
        f"  default_branch: main\n  connection_arn: {CONNECTION}",
        ["repository: CodeCommit needs no connection"],
    ),
    "connection ARN": (
        "provider: codecommit",
        "provider: github\n  connection_arn: my-connection",
        ["repository.connection_arn: 'my-connection' is not the ARN of a connection"],
    ),
    "prefix too long": (
        "name_prefix: mlplatform",
        "name_prefix: machine-learning",
        ["name_prefix: 'machine-learning' is not 2 to 12 lower-case letters"],
    ),
    "region": ("region: eu-west-1", "region: Ireland", ["region: 'Ireland' is not a Region"]),
    "no principals": (
        "  ml_admin:",
        "  ml_admin:\n    principals: []",
        ["expected at least 1 entry, and found 0"],
    ),
    "principal as a wildcard": (
        "  ml_admin:",
        "  ml_admin:\n    principals: ['*']",
        ["portfolios.ml_admin.principals[0]: '*' is not the exact name of a role"],
    ),
    "principals as text": (
        "  ml_admin:",
        "  ml_admin:\n    principals: mlplatform-ml-administrator",
        ["portfolios.ml_admin.principals: expected a list"],
    ),
    "reserved tag": ("  platform: mlplatform", "  aws:platform: x", ["'aws:platform' is not a tag key"]),
    "tag value as a list": ("  platform: mlplatform", "  platform: [a]", ["tags.platform: expected text"]),
    "section as text": (
        "tags:\n  platform: mlplatform",
        "tags: many",
        ["tags: expected settings indented below it"],
    ),
    "repeated key": (
        "region: eu-west-1",
        "region: eu-west-1\nregion: eu-west-2",
        ["'region' stands on line"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), ONE_CHANGE.values(), ids=ONE_CHANGE)
def test_a_mistake_is_named(old: str, new: str, expected: list[str], tmp_path: Path) -> None:
    said = mistakes(tmp_path, changed(old, new))
    assert len(said) == len(expected), said
    for sentence, part in zip(said, expected, strict=True):
        assert part in sentence
        assert sentence.endswith(".")


def test_the_line_is_that_of_the_mistake(tmp_path: Path) -> None:
    said = mistakes(tmp_path, EXAMPLE.replace('"444444444444"', '"4"'))
    assert said[0].startswith(f"{line_of('444444444444')}: ")


def test_all_mistakes_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    said = mistakes(tmp_path, EXAMPLE.replace('"444444444444"', '"4"').replace("eu-west-1", "nowhere", 1))
    assert [sentence.partition(":")[0] for sentence in said] == sorted(
        (sentence.partition(":")[0] for sentence in said), key=int
    )
    assert len(said) == 2


def test_a_provider_with_its_connection_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    text = EXAMPLE.replace("provider: codecommit", f"provider: github\n  connection_arn: {CONNECTION}")
    path.write_text(text, encoding="utf-8")
    assert settings.load(path).repository.connection_arn == CONNECTION
