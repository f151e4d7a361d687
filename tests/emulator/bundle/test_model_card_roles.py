"""The roles of model cards, as the registry's template has them, at work on the emulator.

A lead starts and completes cards of the own account and of no other; production reads what is shared with it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from base.roles import role as make_role
from base.settings import CATALOG, Settings, load
from registry.cards import CardPermissionStack, ModelCards, sharing_permissions
from registry.functions.model_registry.card_sharing import CardSharing
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import RegistryError
from scripts.catalog import app
from tests.emulator.card_support import READ, enable_sharing, make_card
from tests.emulator.sagemaker_support import unique
from tests.emulator.support import Emulator, allow

PREFIX = "cardlife"


@dataclass(frozen=True)
class Stage:
    """A hub with the roles of model cards, and leads in two accounts.

    Attributes:
        catalog: The catalog file, whose names nobody else uses.
        leads: The ARN of the lead's role, by account.
    """

    emulator: Emulator
    settings: Settings
    catalog: Path
    leads: dict[str, str]

    @property
    def hub_sagemaker(self) -> Any:
        return self.emulator.client("sagemaker", account=self.emulator.hub)

    def run(self, monkeypatch: pytest.MonkeyPatch, role: str, *arguments: str) -> tuple[int, str]:
        """Run `catalog card` under a role."""
        sts = self.emulator.client("sts", account=role.split(":")[4])
        credentials = sts.assume_role(RoleArn=role, RoleSessionName="ada")["Credentials"]
        for name, value in {
            "AWS_ENDPOINT_URL": self.emulator.endpoint,
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
            "COLUMNS": "300",
        }.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, ["card", *arguments, "--catalog", str(self.catalog)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output


@pytest.fixture(scope="module")
def stage(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("cards")
    catalog = folder / "catalog.yaml"
    text = CATALOG.read_text(encoding="utf-8").replace("name_prefix: mlplatform", f"name_prefix: {PREFIX}")
    catalog.write_text(text, encoding="utf-8")
    settings = load(catalog)
    names = settings.names
    enable_sharing(emulator)
    _deploy(emulator, settings, folder)
    author = f"arn:aws:iam::{emulator.hub}:role/{names.model_card_author_role}"
    leads = {
        account: emulator.role(
            allow(["sts:AssumeRole", "sts:TagSession"], author),
            allow(READ, names.model_card_arn("*")),
            account=account,
            name=names.lead_data_scientist_role,
        )
        for account in (emulator.development, emulator.test)
    }
    return Stage(emulator, settings, catalog, leads)


def _deploy(emulator: Emulator, settings: Settings, folder: Path) -> None:
    """Deploy what the registry's stack has for model cards, and a role that shares as the stage function."""
    cdk_app = cdk.App(outdir=str(folder / "cdk.out"))
    stack = cdk.Stack(cdk_app, PREFIX, synthesizer=cdk.BootstraplessSynthesizer())
    ModelCards(stack, "ModelCards", names=settings.names, organization=settings.organization)
    make_role(
        stack,
        "Sharing",
        name=f"{PREFIX}-sharing",
        description="Shares cards",
        trusts=cdk.aws_iam.AccountRootPrincipal(),
        permissions=sharing_permissions(settings.names),
    )
    hub = cdk.Environment(account=emulator.hub, region=emulator.region)
    names = settings.names
    permission = CardPermissionStack(
        cdk_app,
        names.card_permission_stack,
        names=names,
        env=hub,
        synthesizer=cdk.BootstraplessSynthesizer(),
    )
    cdk_app.synth()
    cloudformation = emulator.client("cloudformation", account=emulator.hub)
    for each in (permission, stack):
        cloudformation.create_stack(
            StackName=each.stack_name,
            TemplateBody=Path(cdk_app.outdir, each.template_file).read_text(encoding="utf-8"),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=PREFIX, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def test_a_lead_starts_a_card_and_reads_it_from_the_own_account(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, lead = unique("model"), stage.leads[stage.emulator.development]
    code, said = stage.run(
        monkeypatch, lead, "create", "--group", group, "--problem", "Customers leave", "--owner", "ada"
    )
    assert code == 0, said
    assert f"model card {group}" in said
    assert f"with {stage.emulator.development} as author" in said
    card = stage.hub_sagemaker.describe_model_card(ModelCardName=group)
    assert card["ModelCardStatus"] == "Draft"
    assert json.loads(card["Content"])["business_details"] == {"business_problem": "Customers leave"}
    code, said = stage.run(monkeypatch, lead, "show", "--group", group)
    assert (code, "Customers leave" in said) == (0, True), said
    code, said = stage.run(monkeypatch, lead, "edit", "--group", group, "--risk-rating", "Low")
    assert (code, f"model card {group}, version 2, Draft" in said) == (0, True), said
    code, said = stage.run(monkeypatch, lead, "create", "--group", group, "--problem", "Customers leave")
    assert (code, said.count("identical")) == (0, 2), said


def test_a_lead_leaves_another_accounts_card_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_card(stage.emulator, Tags=[{"Key": "source-account", "Value": "666666666666"}])
    name = other.rpartition("/")[2]
    lead = stage.leads[stage.emulator.development]
    code, said = stage.run(monkeypatch, lead, "edit", "--group", name, "--risk-rating", "Low")
    assert code == 2
    assert "may not use sagemaker:UpdateModelCard" in said
    assert stage.hub_sagemaker.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 1


def test_a_role_with_a_leads_name_elsewhere_is_no_author(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = stage.leads[stage.emulator.test]
    code, said = stage.run(monkeypatch, lead, "create", "--group", unique("model"), "--problem", "x")
    assert code == 2
    assert f"may not assume arn:aws:iam::{stage.emulator.hub}:role/{PREFIX}-model-card-author" in said


@pytest.mark.parametrize("tagged", ["666666666666", None], ids=["another account", "no account"])
def test_a_lead_comes_for_the_own_account_only(stage: Stage, tagged: str | None) -> None:
    sts = stage.emulator.client(
        "sts", account=stage.emulator.development, role=stage.leads[stage.emulator.development]
    )
    tags = {"Tags": [{"Key": "source-account", "Value": tagged}]} if tagged else {}
    with pytest.raises(ClientError, match="not authorized"):
        sts.assume_role(
            RoleArn=f"arn:aws:iam::{stage.emulator.hub}:role/{PREFIX}-model-card-author",
            RoleSessionName="ada",
            **tags,
        )


def sharing(stage: Stage, ram: Any) -> CardSharing:
    names = stage.settings.names
    return CardSharing(
        ram=ram,
        authors_share=names.card_authors_share(""),
        readers_share=names.card_readers_share(""),
        reader_permission_arn=names.card_reader_permission_arn,
    )


def test_a_lead_shares_with_no_other_account(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    group, emulator = unique("model"), stage.emulator
    stage.run(monkeypatch, stage.leads[emulator.development], "create", "--group", group, "--problem", "x")
    lead = emulator.client("sts", account=emulator.development, role=stage.leads[emulator.development])
    credentials = lead.assume_role(
        RoleArn=f"arn:aws:iam::{emulator.hub}:role/{PREFIX}-model-card-author",
        RoleSessionName="ada",
        Tags=[{"Key": "source-account", "Value": emulator.development}],
    )["Credentials"]
    ram = emulator.client_of("ram", credentials)
    with pytest.raises(RegistryError, match="may not share"):
        sharing(stage, ram).share(stage.settings.names.model_card_arn(group), group, emulator.production)


def test_production_reads_what_is_shared_with_it_and_writes_nothing(stage: Stage) -> None:
    emulator, names = stage.emulator, stage.settings.names
    arn = make_card(emulator)
    group = arn.rpartition("/")[2]
    ram = emulator.client("ram", account=emulator.hub, role=f"{PREFIX}-sharing")
    reader = emulator.role(
        allow([*READ, "sagemaker:UpdateModelCard"], names.model_card_arn("*")), account=emulator.production
    )
    cards = Cards(sagemaker=emulator.client("sagemaker", account=emulator.production, role=reader))
    with pytest.raises(RegistryError, match="may not use sagemaker:DescribeModelCard"):
        cards.latest(arn)

    assert sharing(stage, ram).share(arn, group, emulator.production, "reader")

    card = cards.latest(arn)
    assert card is not None
    assert (card.version, card.status) == (1, "Draft")
    assert cards.describing(arn, {"arn:of:no:version"}) is None
    with pytest.raises(RegistryError, match="may not use sagemaker:UpdateModelCard"):
        cards.change(arn, lambda content: {**content, "model_overview": {"model_name": "mine"}})
    assert not sharing(stage, ram).share(arn, group, emulator.production, "reader")
