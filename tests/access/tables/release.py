"""The role of the function that releases versions."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.registry_parts import (
    APPROVED,
    ARTIFACT,
    BUCKET,
    DECIDES_NOTHING,
    DIRECT,
    DIRECT_FOLDER,
    GROUP,
    OTHER_BUCKET,
    PROMOTED_FOLDER,
    TEAMS_GROUP,
    TEAMS_VERSION,
    VERSION,
    reads_cards,
    sends_dead_letters,
    writes_log,
)

RELEASE = Table(
    role="release",
    account="hub",
    may=(
        May(
            actions="sagemaker: DescribeModelPackage",
            on=(VERSION,),
            not_on=(TEAMS_VERSION,),
            why="Release acts on what the version says, not on its event.",
        ),
        May(
            actions="sagemaker: ListTags",
            on=(GROUP,),
            not_on=(TEAMS_GROUP,),
            why="A group's tags tell who registers in it.",
        ),
        May(
            actions="sagemaker: UpdateModelPackage",
            on=(VERSION,),
            given={"sagemaker:CustomerMetadataProperties/receipt_sha256": "0123"},
            unless=(
                APPROVED,
                {"sagemaker:ModelLifeCycle:Stage": "Production"},
                {"sagemaker:ModelLifeCycle:StageStatus": "Approved"},
                {"sagemaker:CustomerMetadataPropertiesToRemove": "receipt_sha256"},
            ),
            not_on=(TEAMS_VERSION,),
            why="Release notes the receipt of a direct version, and nothing else.",
        ),
        May(
            actions="s3: GetObject GetObjectTagging PutObjectTagging",
            on=(ARTIFACT, DIRECT),
            not_on=(f"{BUCKET}/other", f"{OTHER_BUCKET}/models/1"),
            promise=("README.md", "read an artifact only while its version is approved"),
        ),
        May(
            actions="s3: PutObject",
            on=(
                f"{PROMOTED_FOLDER}/decisions/central-approval-1.json",
                f"{DIRECT_FOLDER}/decisions/central-approval-1.json",
                f"{DIRECT_FOLDER}/receipt.json",
            ),
            not_on=(
                f"{PROMOTED_FOLDER}/receipt.json",
                f"{PROMOTED_FOLDER}/decisions/production-1.json",
                ARTIFACT,
                DIRECT,
            ),
            why="Release records the approval, and writes the receipt of a direct version.",
        ),
        May(
            actions="s3: ListBucket",
            on=(BUCKET,),
            not_on=(OTHER_BUCKET,),
            why="Release finds the files of a version.",
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=("kms:mlplatform-registry",),
            not_on=("kms:studio",),
            why="The central bucket is encrypted with the registry's key.",
        ),
        reads_cards(not_on=("sagemaker:dev:model-card/churn-p-team",)),
        May(
            actions="events: PutEvents",
            on=("events:hub:event-bus/default",),
            given={"events:source": "mlplatform.registry", "events:detail-type": "Model Version Released"},
            unless=({"events:source": "aws.codepipeline"}, {"events:detail-type": "Anything else"}),
            not_on=("events:hub:event-bus/mlplatform-registry",),
            why="A release starts the deploy pipelines of its model.",
        ),
        writes_log("ReleaseLog5B3C13DC"),
        sends_dead_letters("release"),
    ),
    may_not=(
        DECIDES_NOTHING,
        MayNot(
            actions="s3: DeleteObject DeleteObjectVersion",
            on=(ARTIFACT, DIRECT, f"{PROMOTED_FOLDER}/decisions/central-approval-1.json"),
            why="What was decided stays.",
        ),
        MayNot(
            actions="codepipeline: StartPipelineExecution",
            on=("codepipeline:hub:churn-serving-p-deploy",),
            why="The event starts it, under the project's own role.",
        ),
    ),
)
