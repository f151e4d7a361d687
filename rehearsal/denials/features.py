"""AWS RAM and Lake Formation keep groups and features from a team, and nobody writes another's records."""

from rehearsal import features, lake
from rehearsal.denials.lake import trained_again
from rehearsal.denied import Denial
from rehearsal.story import Story


def _arn(story: Story) -> str:
    accounts = story.accounts
    owner = f"arn:aws:sagemaker:{accounts.names.region}:{accounts.account_id('data')}"
    return f"{owner}:feature-group/{features.GROUP}"


def _trains_without_feature(story: Story) -> None:
    """Run the pipeline again while a feature is for nobody."""
    feature = next(iter(features.Specimens(story.data).features))
    column = {
        "DatabaseName": story.accounts.names.feature_database(features.GROUP),
        "Name": features.GROUP,
        "ColumnNames": [feature],
    }
    with lake.kept_from_all(story, {"TableWithColumns": column}):
        trained_again(story)


def _trains_with_another_group(story: Story) -> None:
    """Run the pipeline again with a group for which the training role has no grant."""
    trained_again(story, FeatureGroups="payroll")


def _put(story: Story, person: str) -> None:
    story.acting_as(getattr(story.people, person), "sagemaker-featurestore-runtime").put_record(
        FeatureGroupName=_arn(story),
        Record=[
            {"FeatureName": features.IDENTIFIER, "ValueAsString": "1"},
            {"FeatureName": "event_time", "ValueAsString": "2026-01-01T00:00:00Z"},
        ],
    )


def _scientist_puts_record(story: Story) -> None:
    _put(story, "data_scientist")


def _producer_puts_record(story: Story) -> None:
    _put(story, "data_producer")


def _scientist_reads_file(story: Story) -> None:
    story.acting_as(story.people.data_scientist, "s3").list_objects_v2(
        Bucket=lake.bucket(story), Prefix=f"features/{features.GROUP}/"
    )


ROWS = (
    Denial(
        actor="Training role",
        action="joins a feature that is tagged for nobody",
        code="Failed",
        mentions="lacks the Lake Formation permission SELECT",
        attempt=_trains_without_feature,
    ),
    Denial(
        actor="Training role",
        action="joins a feature group that the project was not made with",
        code="Failed",
        mentions="may not describe the feature group payroll",
        attempt=_trains_with_another_group,
    ),
    Denial(
        actor="Data scientist",
        action="puts a record into the feature group",
        code="AccessDeniedException",
        mentions="sagemaker:PutRecord",
        attempt=_scientist_puts_record,
    ),
    Denial(
        actor="Data producer",
        action="puts a record past the lake",
        code="AccessDeniedException",
        mentions="sagemaker:PutRecord",
        attempt=_producer_puts_record,
    ),
    Denial(
        actor="Data scientist",
        action="looks at the files of the offline store",
        code="AccessDenied",
        mentions="s3:ListBucket",
        attempt=_scientist_reads_file,
    ),
)
