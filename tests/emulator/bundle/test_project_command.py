"""`catalog project`: a person creates, updates and deletes projects, after a failure as well."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.project_support import Workshop, launch_statements, run
from tests.emulator.sagemaker_support import settled, unique
from tests.emulator.support import Emulator, allow
from tests.products.launches import launch

UPDATER = (
    allow("servicecatalog:*"),
    allow(["sagemaker:*", "codepipeline:ListPipelineExecutions", "cloudformation:DescribeStackEvents"]),
    allow("s3:GetObject"),
)


@pytest.fixture(scope="module")
def workshop(emulator: Emulator) -> Workshop:
    return Workshop.open(emulator)


@pytest.fixture
def name() -> str:
    return unique("p")


def test_a_project_is_created_with_defaults_and_told_of(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    result = run(workshop, monkeypatch, workshop.creator, "create", name, "--set", "Title=news")
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.output.splitlines()]
    assert f"create  project {name}: '{workshop.product_name}', version 1.0.0" in lines
    assert "CREATE_COMPLETE  Topic (AWS::SNS::Topic)" in lines
    assert "CreateCompleted" in lines
    assert f"Topic: arn:aws:sns:{workshop.emulator.region}:{workshop.emulator.development}:{name}" in lines
    shown = run(workshop, monkeypatch, workshop.creator, "show", name).output
    assert "Copies: 1" in shown
    assert "Title: news" in shown
    listed = run(workshop, monkeypatch, workshop.creator, "list").output
    assert name in listed
    assert f"Product: {workshop.product_name}" in listed


def test_creation_is_safe_to_repeat(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    command = ("create", name, "--set", "Title=news")
    first = run(workshop, monkeypatch, workshop.creator, *command)
    again = run(workshop, monkeypatch, workshop.creator, *command)
    assert (first.exit_code, again.exit_code) == (0, 0), again.output
    assert f"identical  project {name}" in again.output
    other = run(workshop, monkeypatch, workshop.creator, "create", name, "--set", "Title=other")
    assert other.exit_code == 2
    assert "with another value of Title" in other.output


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ((), "Title is missing (Title of the topic): add --set Title=VALUE."),
        (("Title=News",), "Title: 'News' is not allowed. Enter lower-case letters."),
        (("Title=n",), "Title: 'n' has 1 characters, and 2 to 40 are allowed."),
        (("Title=news", "Copies=10"), "Copies: '10' is not a number within the bounds."),
        (("Title=news", "Copies=nan"), "Copies: 'nan' is not a number within the bounds."),
        (("Title=news", "Colour=green"), "Colour: 'green' is none of red, blue."),
        (("Title=red",), "Title and colour must differ."),
        (("Titel=news",), "Titel is no parameter of this product: it has Title, Copies, Colour."),
        (("Title",), "--set Title is not Name=Value"),
        (("Title=a", "Title=b"), "--set names Title twice"),
        (("SageMakerProjectId=p-1", "Title=news"), "SageMakerProjectId is no parameter of this product"),
    ],
    ids=str,
)
def test_bad_input_is_a_sentence_and_creates_nothing(
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    settings: tuple[str, ...],
    sentence: str,
) -> None:
    options = [part for setting in settings for part in ("--set", setting)]
    result = run(workshop, monkeypatch, workshop.creator, "create", name, *options)
    assert result.exit_code == 2, result.output
    assert sentence in result.output
    assert "Traceback" not in result.output
    assert name not in run(workshop, monkeypatch, workshop.creator, "list").output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "-churn-"), "No such option"),
        (("create", "a" * 33), "is no name of a project"),
        (("create", "churn", "--product", "nothing"), "'nothing' is none of the products that"),
        (("create", "churn", "--version", "9.9.9"), "has no version 9.9.9: there are 1.0.0"),
        (("show", "missing"), "There is no project missing in account"),
        (("update", "missing"), "There is no project missing in account"),
    ],
    ids=str,
)
def test_what_does_not_exist_is_a_sentence(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run(workshop, monkeypatch, workshop.creator, *arguments)
    assert result.exit_code == 2
    assert sentence in result.output


def test_pretending_creates_nothing(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    command = ("create", name, "--set", "Title=news", "--pretend")
    result = run(workshop, monkeypatch, workshop.creator, *command)
    assert result.exit_code == 0
    assert f"create  project {name}" in result.output
    assert "There is no project" in run(workshop, monkeypatch, workshop.creator, "show", name).output


def test_somebody_who_is_offered_nothing_is_told_so(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stranger = workshop.person(allow(["servicecatalog:*", "sagemaker:*"]), principal=False)
    result = run(workshop, monkeypatch, stranger, "create", name, "--set", "Title=news")
    assert result.exit_code == 2
    assert "is offered no product in this Region" in result.output
    assert stranger.rpartition("/")[2] in result.output


def test_whoever_may_not_read_the_template_creates_projects_all_the_same(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    workshop = Workshop.open(
        emulator, creator=(allow("servicecatalog:*"), allow(["sagemaker:*Project*", "sagemaker:ListDomains"]))
    )
    result = run(workshop, monkeypatch, workshop.creator, "create", name, "--set", "Title=news")
    assert result.exit_code == 0, result.output
    assert "CREATE_COMPLETE" not in result.output


@pytest.mark.parametrize("role_exists", [True, False], ids=["less one action", "no launch role"])
def test_the_try_after_a_failed_creation_works(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, name: str, role_exists: bool
) -> None:
    workshop = Workshop.open(emulator)
    iam = emulator.client("iam")
    if role_exists:
        workshop.limit_launches(*launch_statements(topic=False))
    else:
        # Not even a stack is made.
        iam.update_assume_role_policy(
            RoleName=workshop.launch_role,
            PolicyDocument='{"Version": "2012-10-17", "Statement": []}',
        )
    command = ("create", name, "--set", "Title=news")
    failed = run(workshop, monkeypatch, workshop.creator, *command)
    assert failed.exit_code == 2
    assert ("sns:CreateTopic" if role_exists else "Access denied while assuming the role") in failed.output
    assert "run the same command again" in failed.output
    workshop.limit_launches(*launch_statements())
    iam.update_assume_role_policy(
        RoleName=workshop.launch_role,
        PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
        '{"Service": "servicecatalog.amazonaws.com"}, "Action": "sts:AssumeRole"}]}',
    )
    again = run(workshop, monkeypatch, workshop.creator, *command)
    assert again.exit_code == 0, again.output
    assert f"delete  what is left of project {name} (CreateFailed)" in again.output
    assert name in workshop.topics()


def test_an_interrupted_command_is_taken_up_by_the_next(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    command = ("create", name, "--set", "Title=news")
    with monkeypatch.context() as patch:
        patch.setattr("scripts.console.polling.time.sleep", interrupt)
        assert run(workshop, monkeypatch, workshop.creator, *command).exit_code != 0
    again = run(workshop, monkeypatch, workshop.creator, *command)
    assert again.exit_code == 0, again.output
    assert f"project {name}" in again.output
    assert name in workshop.topics()


def test_a_project_is_deleted_once(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    run(workshop, monkeypatch, workshop.creator, "create", name, "--set", "Title=news")
    pretended = run(workshop, monkeypatch, workshop.creator, "delete", name, "--pretend")
    assert f"delete  project {name}" in pretended.output
    assert name in workshop.topics()
    declined = run(workshop, monkeypatch, workshop.creator, "delete", name, answers="n\n")
    assert declined.exit_code == 1
    assert name in workshop.topics()
    deleted = run(workshop, monkeypatch, workshop.creator, "delete", name, "--yes")
    assert deleted.exit_code == 0, deleted.output
    assert name not in workshop.topics()
    again = run(workshop, monkeypatch, workshop.creator, "delete", name, "--yes")
    assert (again.exit_code, "is deleted, or never was" in again.output) == (0, True)


def test_an_update_says_what_it_changes_before_it_does_so(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    workshop = Workshop.open(emulator)
    updater = workshop.person(*UPDATER)
    settings = ("--set", "Title=news", "--set", "Copies=3")
    assert run(workshop, monkeypatch, workshop.creator, "create", name, *settings).exit_code == 0
    workshop.publish_next_version()
    assert "(newest: 2.0.0)" in run(workshop, monkeypatch, updater, "show", name).output
    command = ("update", name, "--set", "Colour=blue")
    planned = run(workshop, monkeypatch, updater, *command, "--pretend")
    assert planned.exit_code == 0, planned.output
    for line in (
        "version: 1.0.0 -> 2.0.0",
        "Colour: 'red' -> 'blue'",
        "Spare (AWS::SNS::Topic) is deleted",
        "Other (AWS::SNS::Topic) is created",
        "AWS may replace resources in an update",
    ):
        assert line in planned.output
    declined = run(workshop, monkeypatch, updater, *command, answers="n\n")
    assert declined.exit_code == 1
    assert {name, f"{name}-spare"} <= workshop.topics()
    updated = run(workshop, monkeypatch, updater, *command, answers="y\n")
    assert updated.exit_code == 0, updated.output
    assert {name, f"{name}-other"} <= workshop.topics()
    assert f"{name}-spare" not in workshop.topics()
    shown = run(workshop, monkeypatch, updater, "show", name).output
    assert "version 2.0.0" in shown
    assert "Copies: 3" in shown
    again = run(workshop, monkeypatch, updater, *command)
    assert (again.exit_code, f"identical  project {name}" in again.output) == (0, True)


def test_a_wrong_value_updates_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    updater = workshop.person(*UPDATER)
    run(workshop, monkeypatch, workshop.creator, "create", name, "--set", "Title=news")
    result = run(workshop, monkeypatch, updater, "update", name, "--set", "Colour=green", "--yes")
    assert result.exit_code == 2
    assert "Colour: 'green' is none of red, blue." in result.output
    shown = run(workshop, monkeypatch, updater, "show", name).output
    assert "Colour: red" in shown
    assert "CreateCompleted" in shown


def persona(workshop: Workshop, name: str) -> str:
    """The ARN of a role with the permissions that the Studio domain gives a persona."""
    place = {"AWS::AccountId": workshop.emulator.development, "AWS::Region": workshop.emulator.region}
    described = launch("studio_domain", **place).role(f"mlplatform-x-{name}")
    statements = [
        statement for each in described["Policies"] for statement in each["PolicyDocument"]["Statement"]
    ]
    return workshop.person(*statements)


def test_the_lead_updates_a_living_project_and_the_data_scientist_does_not(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    workshop = Workshop.open(emulator)
    scientist, lead = persona(workshop, "data-scientist"), persona(workshop, "lead-data-scientist")
    created = run(workshop, monkeypatch, scientist, "create", name, "--set", "Title=news")
    assert created.exit_code == 0, created.output
    workshop.publish_next_version()
    command = ("update", name, "--set", "Colour=blue", "--yes")
    refused = run(workshop, monkeypatch, scientist, *command)
    assert refused.exit_code == 2
    assert "not authorized to perform: sagemaker:UpdateProject" in refused.output
    assert f"{name}-spare" in workshop.topics()
    updated = run(workshop, monkeypatch, lead, *command)
    assert updated.exit_code == 0, updated.output
    assert f"update  project {name}: version 2.0.0" in updated.output
    assert f"{name}-other" in workshop.topics()


def test_the_lead_updates_nothing_that_the_administrator_launched(emulator: Emulator, name: str) -> None:
    """As the Studio domain, whose portfolio has other principals."""
    workshop = Workshop.open(emulator)
    administrator = emulator.client("servicecatalog", role=workshop.creator)
    artifact = administrator.describe_product(Id=workshop.product)["ProvisioningArtifacts"][0]["Id"]
    administrator.provision_product(
        ProductId=workshop.product,
        ProvisioningArtifactId=artifact,
        ProvisionedProductName=name,
        ProvisioningParameters=[
            {"Key": key, "Value": name} for key in ("Title", "SageMakerProjectName", "SageMakerProjectId")
        ],
    )
    other = Workshop.open(emulator)
    lead = emulator.client("servicecatalog", role=persona(other, "lead-data-scientist"))
    settled(
        lambda: administrator.describe_provisioned_product(Name=name)["ProvisionedProductDetail"],
        "Status",
        ("UNDER_CHANGE",),
    )
    with pytest.raises(ClientError, match="No launch paths found"):
        lead.update_provisioned_product(ProvisionedProductName=name, ProvisioningParameters=[])
