"""What AWS asks of values together is asked of the catalog file before anything runs."""

from pathlib import Path

import pytest

from base import settings
from base.configuration import regions
from base.configuration.rules import MAXIMUM_TAGS
from tests.base.test_settings import CONNECTION, EXAMPLE, changed, line_of, mistakes

DIRECTORY = "aws-reserved/sso.amazonaws.com/eu-west-1"


def listed(key: str, *roles: str, portfolio: str = "ml_admin") -> str:
    """The example with roles of a portfolio."""
    return changed(f"  {portfolio}:\n", f"  {portfolio}:\n    {key}: {list(roles)}\n")


def options(portfolio: str, written: str) -> str:
    """The example with other TagOptions of a portfolio."""
    head, name, rest = EXAMPLE.partition(f"  {portfolio}:\n")
    _, _, after = rest.partition("      cost-center: ")
    return f"{head}{name}    tag_options: {written} # {after}"


ABROAD = CONNECTION.replace("eu-west-1", "eu-west-2")
ANOTHERS = CONNECTION.replace("222222222222", "333333333333")
FORMER = CONNECTION.replace("codeconnections", "codestar-connections")
MANY_TAGS = "".join(f"  tag{number}: x\n" for number in range(40))
TOO_MANY = str({f"key{number}": ["a"] for number in range(26)})

DATA_ACCOUNT = ('  # data: "666666666666"', '  data: "666666666666"')
DATA_UNIT = ("    # data: ou-ml01-dataunit0", "    data: ou-ml01-dataunit0")
WITH_DATA = changed(*DATA_UNIT).replace(*DATA_ACCOUNT)

REFUSED = {
    "data account without its unit": (
        changed(*DATA_ACCOUNT),
        f"{line_of(DATA_ACCOUNT[0])}: accounts.data: the account is prepared through its unit: add organ",
    ),
    "unit of data without an account": (
        changed(*DATA_UNIT),
        f"{line_of(DATA_UNIT[0])}: organization.organizational_units.data: data is read from one account",
    ),
    "data account that is another one": (
        WITH_DATA.replace("666666666666", "333333333333"),
        f"{line_of(DATA_ACCOUNT[0])}: accounts.data: '333333333333' is already accounts.development",
    ),
    "unit of data that is another one": (
        WITH_DATA.replace("ou-ml01-dataunit0", "ou-ml01-develop00"),
        ".data: 'ou-ml01-develop00' is already organization.organizational_units.development: each kind of",
    ),
    "unit of data of another root": (
        WITH_DATA.replace("ou-ml01-dataunit0", "ou-ml02-dataunit0"),
        "units.data: 'ou-ml02-dataunit0' stands below the root r-ml02",
    ),
    "data account as a number": (
        WITH_DATA.replace('"666666666666"', "666666666666"),
        "accounts.data: '666666666666' is read as a number: write it in quotes",
    ),
    "portfolio of a data account that is not there": (
        changed("  ml_admin:\n", "  data:\n    own_roles: [steward]\n  ml_admin:\n"),
        "portfolios.data: there is no account to launch it in: add accounts.data and",
    ),
    # Catalog files that people had, and that were complete once.
    "GovCloud": (
        changed("eu-west-1", "us-gov-west-1"),
        "region: 'us-gov-west-1' belongs to the partition 'aws-us-gov', and the platform supports 'aws'",
    ),
    "China": (changed("eu-west-1", "cn-north-1"), "region: 'cn-north-1' belongs to the partition 'aws-cn'"),
    "typo in the Region": (
        changed("eu-west-1", "eu-wst-1"),
        "region: 'eu-wst-1' is not a Region that this version of boto3 knows; near it is 'eu-west-1'",
    ),
    "tags that differ in case alone": (
        changed("  platform: mlplatform", "  platform: mlplatform\n  Platform: mlplatform"),
        "tags: 'Platform' and 'platform' differ in case alone, and IAM takes only one of them",
    ),
    "truth value as a tag": (
        changed("  platform: mlplatform", "  prod: no"),
        "tags.prod: 'no' is read as a truth value: write it in quotes",
    ),
    "principal twice": (
        listed("principals", "mlplatform-ml-administrator", "mlplatform-ml-administrator"),
        "portfolios.ml_admin.principals[1]: 'mlplatform-ml-administrator' is listed already: remove it",
    ),
    "branch": (
        changed("default_branch: main", "default_branch: a..b"),
        "repository.default_branch: 'a..b' is not the name of a branch, such as 'main': it holds '..'",
    ),
    "digits of another script": (
        changed("333333333333", "٣" * 12),
        "is not an account id of 12 digits",
    ),
    "full-width digits": (changed("333333333333", "\uff13" * 12), "is not an account id of 12 digits"),
    # And what else there is of their kinds.
    "isolated Region": (changed("eu-west-1", "us-iso-east-1"), "belongs to the partition 'aws-iso'"),
    "European Sovereign Cloud": (changed("eu-west-1", "eusc-de-east-1"), "the partition 'aws-eusc'"),
    "Region that never was": (
        changed("eu-west-1", "eu-west-9"),
        "is not a Region that this version of boto3",
    ),
    "Region without a service": (
        changed("eu-west-1", "ca-west-1"),
        "region: 'ca-west-1' is a Region without AWS CodePipeline and AWS CodeBuild: choose another",
    ),
    "Region without the image": (
        changed("eu-west-1", "ap-southeast-6"),
        "is a Region without the image XGBoost 3.2-0, in which models are trained",
    ),
    "Region without CodeCommit": (
        changed("eu-west-1", "eu-south-2"),
        "repository.provider: 'eu-south-2' has no AWS CodeCommit",
    ),
    "connection of another Region": (
        changed("provider: codecommit", f"provider: github\n  connection_arn: {ABROAD}"),
        "repository.connection_arn: the connection is in eu-west-2, and the platform in eu-west-1",
    ),
    "connection of another account": (
        changed("provider: codecommit", f"provider: github\n  connection_arn: {ANOTHERS}"),
        "repository.connection_arn: the connection belongs to account 333333333333",
    ),
    "connection of another partition": (
        changed(
            "provider: codecommit",
            f"provider: github\n  connection_arn: {CONNECTION.replace('arn:aws', 'arn:aws-cn')}",
        ),
        "is not the ARN of a connection",
    ),
    "unit of another root": (
        changed("ou-ml01-testing00", "ou-ml02-testing00"),
        "units.test: 'ou-ml02-testing00' stands below the root r-ml02, and the workloads unit below r-ml01",
    ),
    "prefix of AWS": (
        changed("name_prefix: mlplatform", "name_prefix: aws"),
        "name_prefix: 'aws' is kept by AWS: EventBridge refuses events of a source that begins with 'aws.'",
    ),
    "prefix that S3 keeps": (
        changed("name_prefix: mlplatform", "name_prefix: amzn-s3-demo"),
        "is kept by AWS: S3",
    ),
    "prefix that ECR refuses": (
        changed("name_prefix: mlplatform", "name_prefix: ml--team"),
        "name_prefix: 'ml--team' is not 2 to 12 lower-case letters, digits and single hyphens",
    ),
    "example without its mark": (
        changed("example: true", "example: false"),
        "organization.id 'o-mlplatform1', organization.organizational_units.workloads 'ou-ml01-workload0', ",
    ),
    "principal of another prefix": (
        listed("principals", "acme-ml-data-scientist"),
        "portfolios.ml_admin.principals[0]: the platform has no role 'acme-ml-data-scientist'",
    ),
    "principal that nobody has": (
        listed("principals", "mlplatform-launch-build-from-s3"),
        "portfolios.ml_admin.principals[0]: the platform has no role 'mlplatform-launch-build-from-s3'",
    ),
    "role of the platform as the adopter's": (
        listed("own_roles", "mlplatform-data-scientist"),
        "portfolios.ml_admin.own_roles[0]: 'mlplatform-data-scientist' is a role of the platform",
    ),
    "own role twice": (
        listed("own_roles", "teams/analyst", "teams/Analyst"),
        "portfolios.ml_admin.own_roles[1]: 'teams/analyst' is listed already",
    ),
    "own role as a wildcard": (listed("own_roles", "team-*"), "'team-*' is not the exact name of a role"),
    "own role as an ARN": (
        listed("own_roles", "arn:aws:iam::333333333333:role/analyst"),
        "is not the exact name of a role",
    ),
    "path of a role that begins with a slash": (
        listed("own_roles", "/teams/analyst"),
        "is not the exact name",
    ),
    "any role that signs in": (listed("own_roles", f"{DIRECTORY}/*"), "is not the exact name of a role"),
    "any permission set": (
        listed("own_roles", f"{DIRECTORY}/AWSReservedSSO_*"),
        "is not the exact name of a role",
    ),
    "too many principals": (
        listed("own_roles", *(f"role-{number}" for number in range(10))),
        "portfolios.ml_admin: a portfolio takes at most 10 principals by name, and has 11",
    ),
    "TagOptions of several values for projects": (
        options("sagemaker_projects", "{cost-center: [research, production]}"),
        "tag_options.cost-center: SageMaker's CreateProject has no place to choose one of 2 values",
    ),
    "TagOption value twice": (
        options("ml_admin", "{cost-center: [research, research]}"),
        "portfolios.ml_admin.tag_options.cost-center[1]: 'research' is offered already",
    ),
    "TagOptions that differ in case alone": (
        options("ml_admin", "{team: [a], Team: [b]}"),
        "portfolios.ml_admin.tag_options: 'Team' and 'team' differ in case alone",
    ),
    "TagOption that a tag hides": (
        options("ml_admin", "{Platform: [a]}"),
        "portfolios.ml_admin.tag_options: 'tags' has 'platform' already",
    ),
    "too many TagOptions": (
        options("ml_admin", TOO_MANY),
        "portfolios.ml_admin.tag_options: a portfolio takes at most 25 TagOptions, and this one has 26",
    ),
    "too many tags": (
        EXAMPLE.replace("  platform: mlplatform\n", MANY_TAGS),
        "tags: expected at most 19 entries, and found 40",
    ),
    "tag without a value": (
        changed("  platform: mlplatform", "  platform: ''"),
        "tags.platform: '' is not a tag value: it has 0 characters, and must have 1 to 256",
    ),
    "tag of a project": (
        changed("  platform: mlplatform", "  sagemaker:project-id: x"),
        "tags.sagemaker:project-id: 'sagemaker:project-id' is not a tag key: those that start with",
    ),
    "tag with an asterisk": (
        changed("  platform: mlplatform", "  platform: a*"),
        "tags.platform: 'a*' is not a tag value: it holds '*'",
    ),
    "field required twice": (
        changed("    - evaluation_details", "    - evaluation_details\n    - evaluation_details"),
        "model_cards.required_fields[6]: 'evaluation_details' is required already",
    ),
    "provider's name on two lines": (
        changed("ML platform team", r'"ML\nplatform"'),
        "portfolios.provider_name: 'ML\\nplatform' is not a name on one line",
    ),
    "address with a line break": (
        changed("ml-platform@example.com", r'"ml@example.com\n"'),
        "is not an email address",
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_rule_of_aws_is_known(text: str, expected: str, tmp_path: Path) -> None:
    said = mistakes(tmp_path, text)
    assert len(said) == 1, said
    assert expected in said[0]


ACCEPTED = {
    "a data account": WITH_DATA,
    "a data account with its own people": WITH_DATA.replace(
        "  ml_admin:\n", "  data:\n    own_roles: [steward]\n  ml_admin:\n"
    ),
    "another prefix": changed("name_prefix: mlplatform", "name_prefix: acme-ml"),
    "another Region": EXAMPLE.replace("eu-west-1", "ap-southeast-2"),
    "a Region that needs a connection": changed("region: eu-west-1", "region: us-west-2").replace(
        "provider: codecommit",
        f"provider: gitlab\n  connection_arn: {CONNECTION.replace('eu-west-1', 'us-west-2')}",
    ),
    "a former connection": changed(
        "provider: codecommit",
        f"provider: github\n  connection_arn: {FORMER}",
    ),
    "fewer principals": listed(
        "principals", "mlplatform-lead-data-scientist", portfolio="sagemaker_projects"
    ),
    "own roles": listed("own_roles", "analyst", "teams/emea/analyst", portfolio="sagemaker_projects"),
    "a role of IAM Identity Center": listed("own_roles", f"{DIRECTORY}/AWSReservedSSO_DataScientist_*"),
    "the same in us-east-1": listed(
        "own_roles", "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data_0123456789abcdef"
    ),
    "no portfolio's settings": EXAMPLE[: EXAMPLE.index("  # Who launches")] + "tags:\n  platform: x\n",
    "a branch with a folder": changed("default_branch: main", "default_branch: releases/2026.1"),
    "tags in any script": changed("  platform: mlplatform", "  Abteilung: Forschung und Zölle \uff12"),
    "the most tags": EXAMPLE.replace(
        "  platform: mlplatform\n", "".join(f"  tag{number}: x\n" for number in range(MAXIMUM_TAGS))
    ),
    "a boundary with a path": EXAMPLE + "permissions_boundary: security/ml-boundary\n",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_aws_takes_is_complete(text: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(text, encoding="utf-8")
    assert settings.load(path).example


def test_another_prefix_has_its_own_principals(tmp_path: Path) -> None:
    """With the principals of the example's prefix, nobody could launch anything."""
    path = tmp_path / "catalog.yaml"
    path.write_text(changed("name_prefix: mlplatform", "name_prefix: acme-ml"), encoding="utf-8")
    loaded = settings.load(path)
    assert loaded.principals("ml_admin") == ("acme-ml-ml-administrator",)
    assert loaded.principals("sagemaker_projects") == (
        "acme-ml-data-scientist",
        "acme-ml-lead-data-scientist",
        "acme-ml-ml-engineer",
    )


def test_the_data_account_and_its_unit_are_listed_only_if_they_are_named(tmp_path: Path) -> None:
    """Whoever goes through the accounts need not know that one may be missing."""
    path = tmp_path / "catalog.yaml"
    path.write_text(WITH_DATA, encoding="utf-8")
    without, loaded = settings.load(), settings.load(path)
    for places in (without.accounts, without.organization.organizational_units):
        assert "data" not in dict(places)
    assert list(loaded.accounts)[-1] == ("data", "666666666666")
    assert dict(loaded.organization.organizational_units)["data"] == "ou-ml01-dataunit0"
    assert without.stack_sets == ("mlplatform-launch", "mlplatform-deployment-target")
    assert loaded.stack_sets == (*without.stack_sets, "mlplatform-data")
    assert loaded.principals("data") == ("mlplatform-data-engineer",)


def test_own_roles_come_beside_those_of_the_platform(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(listed("own_roles", "teams/analyst"), encoding="utf-8")
    assert settings.load(path).principals("ml_admin") == ("mlplatform-ml-administrator", "teams/analyst")


def test_each_id_of_the_example_is_known_as_such(tmp_path: Path) -> None:
    """Whoever writes nine of ten ids is told the tenth."""
    loaded = settings.load()
    ids = {
        loaded.organization.id: "o-0a1b2c3d4e",
        **{account: f"98765432100{index}" for index, (_, account) in enumerate(loaded.accounts)},
    }
    units = [unit for _, unit in loaded.organization.organizational_units]
    own = changed("example: true\n", "")
    for old, new in {**ids, "ou-ml01-": "ou-x9y8-"}.items():
        own = own.replace(old, new)
    path = tmp_path / "catalog.yaml"
    path.write_text(own, encoding="utf-8")
    assert not settings.load(path).example
    for old, new in ids.items():
        (said,) = mistakes(tmp_path, own.replace(new, old))
        assert f"'{old}': ids of the example" in said
        assert said.startswith(f"{line_of(old) - EXAMPLE[: EXAMPLE.index(old)].count('example: true')}: ")
    (said,) = mistakes(tmp_path, own.replace("ou-x9y8-", "ou-ml01-"))
    assert all(f"'{unit}'" in said for unit in units)


def test_every_region_that_is_supported_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    supported = regions.supported()
    assert {"eu-west-1", "us-east-1", "ap-northeast-1"} <= supported
    for region in supported:
        connection = CONNECTION.replace("eu-west-1", region)
        codecommit = EXAMPLE.replace("eu-west-1", region)
        connected = codecommit.replace(
            "provider: codecommit", f"provider: github\n  connection_arn: {connection}"
        )
        text = codecommit if regions.offers(regions.CODECOMMIT, region) else connected
        if text is connected and not regions.offers(regions.CONNECTIONS, region):
            continue
        path.write_text(text, encoding="utf-8")
        assert settings.load(path).region == region
