"""A page as a rehearsal would leave it, for the tests of the report and of the page check."""

from datetime import UTC, datetime

from rehearsal.record import (
    AccountRecord,
    ActRecord,
    CardRecord,
    CommandRecord,
    DenialRecord,
    Document,
    FaultRecord,
    ModelRecord,
    Page,
    PipelineRun,
    Prediction,
    QuoteRecord,
    Report,
    ShownRecord,
    Status,
    StepRecord,
)
from scripts.lineage.node import Node

LONG = "mlplatform-launch-build-from-s3-with-a-name-of-the-greatest-length-that-is-legal-here"

DEFINITION = {
    "Version": "2020-12-01",
    "Steps": [
        {"Name": "Preprocess", "Type": "Processing", "Arguments": {}},
        {
            "Name": "Train",
            "Type": "Training",
            "Arguments": {
                "InputDataConfig": [{"Get": "Steps.Preprocess.ProcessingOutputConfig.Outputs['train']"}]
            },
        },
        {
            "Name": "Evaluate",
            "Type": "Processing",
            "Arguments": {
                "ProcessingInputs": [
                    {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"},
                    {"Get": "Steps.Preprocess.ProcessingOutputConfig.Outputs['test']"},
                ]
            },
        },
        {
            "Name": "CheckQuality",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [
                    {
                        "LeftValue": {
                            "Std:JsonGet": {
                                "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.evaluation"},
                                "Path": "skill",
                            }
                        }
                    }
                ],
                "IfSteps": [{"Name": "Register-RegisterModel", "Type": "RegisterModel", "Arguments": {}}],
                "ElseSteps": [{"Name": "QualityTooLow", "Type": "Fail", "Arguments": {}}],
            },
        },
    ],
}

ACTS = (
    ("Prepare the accounts", "Cloud administrator", "management (111111111111)", 4.31),
    ("Publish", "Platform engineer", "shared services (222222222222)", 11.06),
    ("Share", "Platform engineer", "shared services (222222222222)", 0.42),
    ("Launch the domain", "Lead data scientist", "development (333333333333)", 1.87),
    ("Create the project", "Data scientist", "development (333333333333)", 2.9),
    ("Start the model card", "Lead data scientist", "shared services (222222222222)", 2.1),
    ("Create the deploy project", "ML engineer", "shared services (222222222222)", 9.2),
    ("Train", "Data scientist", "development (333333333333)", 8.4),
    ("Approve and promote", "Lead data scientist", "development (333333333333)", 1.2),
    ("Change a hyperparameter", "Data scientist", "development (333333333333)", 0.3),
    ("Deploy to test", "ML engineer", "shared services (222222222222)", 8.75),
    ("Approve for production", "Governance officer", "shared services (222222222222)", 1.9),
    ("Train again", "Everyone", "development (333333333333)", 19.3),
    ("Roll back", "ML engineer", "shared services (222222222222)", 9.8),
    ("Fail and recover", "Everyone", "shared services (222222222222)", 12.3),
    ("Approve the roll-back", "Governance officer", "shared services (222222222222)", 6.1),
    ("Refuse what must not work", "Everyone", "shared services (222222222222)", 3.4),
)


def page(*, failed_act: int | None = None) -> Page:
    """Return a page; with one act failed, if wanted, and those after it not reached."""
    steps = tuple(
        StepRecord(name=name, status="Succeeded", seconds=seconds, detail=detail)
        for name, seconds, detail in (
            ("Preprocess", 1.93, ""),
            ("Train", 2.1, ""),
            ("Evaluate", 1.87, ""),
            ("CheckQuality", 0.01, "True"),
            ("Register-RegisterModel", 0.05, ""),
        )
    )
    acts = tuple(
        ActRecord(
            name=name,
            actor=actor,
            account=account,
            status="failed" if failed_act is not None and position >= failed_act else "ok",
            seconds=seconds,
            detail=(
                "Project palmer-penguins-p-abcdefghij2k: its repository was seeded, linted and tested, and "
                "its SageMaker pipeline ran 5 steps on 344 rows. Version 1 waits for approval with accuracy "
                "0.9808."
            ),
            commands=(
                CommandRecord(by=actor, line=f"scripts/catalog project show {LONG} --output {LONG}.html"),
                CommandRecord(
                    by="Governance officer", line="aws codepipeline list-pipelines --output 'a table'"
                ),
            ),
            quotes=(QuoteRecord(title="How it was refused", text=f"Not yet: {LONG} lacks a rating."),),
            next=f"Look at it with `scripts/catalog project show {LONG}`.",
        )
        for position, (name, actor, account, seconds) in enumerate(ACTS)
    )
    tried: tuple[tuple[str, Status], ...] = (
        ("Data scientist", "ok"),
        ("Governance officer", "ok"),
        ("Nobody <known>", "failed"),
    )
    denied = tuple(
        DenialRecord(
            actor=actor,
            action="Approves a model version in the development account",
            expected="AccessDeniedException: sagemaker:UpdateModelPackage",
            observed=(
                "AccessDeniedException: User: "
                "arn:aws:sts::333333333333:assumed-role/mlplatform-data-scientist/data-scientist is not "
                f"authorized to perform: sagemaker:UpdateModelPackage on resource: {LONG}"
            ),
            status=status,
            commands=(
                CommandRecord(
                    by=actor, line=f"aws sagemaker update-model-package --model-package-arn {LONG}"
                ),
            ),
        )
        for actor, status in tried
    )
    report = Report(
        status="failed",
        seconds=65.12,
        peak_memory_mib=1213,
        acts=acts,
        denied=denied,
        faults=(
            FaultRecord(
                name="The same approval many times at once",
                done="Delivered one approval 40 times at once.",
                expected="one central version with the artifact's bytes",
                observed=f"1 version, artifact {LONG}",
                status="ok",
                seconds=3.21,
            ),
        ),
        models=(
            ModelRecord(
                version=1, metrics={"log_loss": 0.0613, "accuracy": 0.98077, "f1": 0.9761}, digest="0f" * 32
            ),
            ModelRecord(
                version=2, metrics={"log_loss": 0.0587, "accuracy": 0.96154, "f1": 0.9702}, digest="a7" * 32
            ),
        ),
        limits=("No container image is pulled.", "Times and memory are this machine's."),
    )
    return Page(
        report=report,
        started=datetime(2026, 11, 21, 10, 4, tzinfo=UTC),
        title="The life of a model, rehearsed",
        summary="A team trained a model, and a second version replaced the first.",
        columns=(
            "island",
            "bill_length_mm",
            "bill_depth_mm",
            "flipper_length_mm",
            "body_mass_g",
            "sex",
            "year",
        ),
        data="Palmer penguins: 344 rows, species to be predicted from 7 columns",
        problem_type="multiclass_classification",
        primary_metric="accuracy",
        region="eu-west-1",
        accounts=(
            AccountRecord(key="management", title="management", id="111111111111"),
            AccountRecord(
                key="shared_services",
                title="shared services",
                id="222222222222",
                holds=(
                    "both portfolios",
                    "central model registry",
                    "project serve-palmer-penguins-p-1b2c3d4e5f6g",
                ),
            ),
            AccountRecord(
                key="development",
                title="development",
                id="333333333333",
                holds=(
                    "both portfolios, imported",
                    "Studio domain team",
                    "project palmer-penguins-p-abcdefghij2k",
                ),
            ),
            AccountRecord(
                key="test", title="test", id="444444444444", holds=("endpoint serve-palmer-penguins",)
            ),
            AccountRecord(
                key="production",
                title="production",
                id="555555555555",
                holds=("endpoint serve-palmer-penguins",),
            ),
        ),
        act_starts=tuple(round(sum(act[3] for act in ACTS[:position]), 2) for position in range(len(ACTS))),
        runs=(
            PipelineRun(version=1, definition=DEFINITION, steps=steps),
            PipelineRun(version=2, definition=DEFINITION, steps=steps[:4]),
        ),
        predictions=tuple(
            Prediction(
                version=version,
                request=("Torgersen", "39.1", "18.7", "181", "3750", sex, "2007"),
                test=answer,
                production=answer,
                model=answer,
            )
            for version in (1, 2)
            for sex, answer in (("male", "Adelie"), ("female", "Gentoo"), ("", "Adelie"))
        ),
        cards=(
            CardRecord(
                event="Started", actor="Lead data scientist", account="development", version=1, status="Draft"
            ),
            CardRecord(
                event="Approved",
                actor="Governance officer",
                account="shared_services",
                version=3,
                status="Approved",
            ),
        ),
        shown=(
            ShownRecord(
                version=2,
                text=(
                    f"Version arn:aws:sagemaker:eu-west-1:222222222222:model-package/{LONG}/2 has passed its "
                    "tests in account 444444444444. Approve it for account 555555555555? "
                    f"{LONG} version 2, commit 0f0f0f0f0f0f, artifact sha256 a7a7a7a7a7a7, approved "
                    "by ml-engineer at 2026-11-21T10:04:00Z. "
                    "Production runs version 1; metrics: accuracy 0.9615 "
                    "(production 0.9808, -0.019), log_loss 0.0587 (production 0.0613, -0.0026). It cannot be "
                    "deployed yet: the card lacks intended_uses.risk_rating. Mend it."
                ),
                page="approval-1.html",
                link=f"https://eu-west-1.console.aws.amazon.com/s3/object/{LONG}?prefix=receipt.json",
            ),
        ),
        lineage=Node(
            kind="Endpoint",
            name="serve-palmer-penguins-p-1b2c3d4e5f6g",
            identifier=f"arn:aws:sagemaker:eu-west-1:555555555555:endpoint/{LONG}",
            account="555555555555",
            time=datetime(2026, 11, 21, 10, 6, tzinfo=UTC),
            sources=[
                Node(
                    kind="Model version",
                    name=LONG,
                    account="222222222222",
                    facts={"SHA-256": "0f" * 32},
                    sources=[
                        Node(kind="Training job", name=f"pipelines-{LONG}", account="333333333333"),
                        Node(kind="Commit", name="a7" * 20, gap=f"It is not shown to this role ({LONG})."),
                    ],
                )
            ],
        ),
        documents=(Document(title="The model card", file="card.html"),),
        serving=1,
        software=(("aws-cdk-lib", "2.275.0"), ("ministack", "1.5.33")),
    )
