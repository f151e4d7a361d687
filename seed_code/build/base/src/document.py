"""Step 5: write the registered version into its model card, and ask for a review.

Reads ``evaluation/evaluation.json`` and ``texts/model_card.json`` under ``processing/input``. Without a card
there is nothing to write, and the step says how one is started. Run again, it changes nothing.
"""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import card
import folders
import step

RETRIES = Config(retries={"mode": "standard", "max_attempts": 10})
ROUNDS = 10
DRAFT, REVIEW, ARCHIVED = "Draft", "PendingReview", "Archived"
NOT_THERE = ("AccessDeniedException", "ResourceNotFound")

NO_CARD = (
    "There is no model card {arn}, or it is not shared with this account: the version is registered, and not "
    "documented. A lead data scientist starts a card with `scripts/catalog card create`; run the pipeline "
    "again afterwards, because a version goes to production only with an approved card."
)
ARCHIVED_CARD = (
    "The model card {arn} is archived, and takes no more: the version is registered, and not documented, and "
    "does not go to production."
)


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    parser.add_argument("--card", required=True, help="ARN of the model card")
    parser.add_argument("--model-package", required=True, help="ARN of the registered version")
    parser.add_argument("--execution", required=True, help="ARN of the pipeline's execution")
    parser.add_argument("--training-job", required=True, help="ARN of the training job")
    parser.add_argument("--evaluation-job", required=True, help="ARN of the processing job that evaluated")
    parser.add_argument("--endpoint-image", required=True, help="URI of the image that serves the version")
    parser.add_argument("--report", required=True, help="S3 URI of the page that shows the evaluation")
    parser.add_argument("--input-data", required=True, help="S3 URI of the data")
    parser.add_argument("--test-data", required=True, help="S3 URI of the test rows")
    parser.add_argument("--data-details", default="{}", help="what else is known of the data, as JSON")
    given = parser.given()

    sagemaker = boto3.client("sagemaker", region_name=given.card.split(":")[3], config=RETRIES)
    model_card = ModelCard(sagemaker, given.card)
    newest = model_card.newest()
    if newest is None or newest.status == ARCHIVED:
        print((NO_CARD if newest is None else ARCHIVED_CARD).format(arn=given.card))
        return
    version = card.Version(
        arn=given.model_package,
        execution_arn=given.execution,
        endpoint_image=given.endpoint_image,
        input_data=given.input_data,
        data_details=json.loads(given.data_details),
        test_data=given.test_data,
        evaluation_arn=given.evaluation_job,
        report=given.report,
        training=sagemaker.describe_training_job(TrainingJobName=given.training_job.rpartition("/")[2]),
        evaluation=_read("evaluation/evaluation.json"),
        intended_uses=_read("texts/model_card.json"),
    )
    number = model_card.document(version)
    print(f"Version {number} of the model card {given.card} describes {version.arn}, and waits for review.")


@dataclass(frozen=True)
class Written:
    """A version of a model card."""

    number: int
    status: str
    content: card.Content


@dataclass(frozen=True)
class ModelCard:
    """A model card, possibly of another account.

    Attributes:
        sagemaker: A boto3 SageMaker client.
        arn: The card's ARN.
    """

    sagemaker: Any
    arn: str

    def newest(self) -> Written | None:
        """Its newest version; None when there is no card, or none that this role may see."""
        try:
            return self._version()
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_THERE:
                return None
            raise

    def document(self, version: card.Version) -> int:
        """Write a model version into the card, and ask for a review.

        SageMaker takes whole contents, and does not ask what they are based on. So what somebody else wrote
        in the meantime is looked for afterwards, and the version is written once more on top of it.

        Args:
            version: The model version.

        Returns:
            The number of the card's version that describes it.

        Raises:
            CardError: The content is too long, or others write to the card all the time.
        """
        newest = base = self._version()
        wrote = False
        for _ in range(ROUNDS):
            content = card.describe(base.content, version)
            if content != newest.content:
                before, wrote = newest, True
                self._update(Content=card.to_json(content))
                newest = base = self._version()
                if newest.content == content and newest.number > before.number + 1:
                    base = self._version(newest.number - 1)
            elif newest.status == REVIEW or (newest.status != DRAFT and not wrote):
                return newest.number
            else:
                self._update(ModelCardStatus=REVIEW)
                newest = base = self._version()
        raise card.CardError(
            f"Others write to the model card {self.arn} all the time: run the pipeline again later."
        )

    def _version(self, number: int | None = None) -> Written:
        which = {} if number is None else {"ModelCardVersion": number}
        found = self.sagemaker.describe_model_card(ModelCardName=self.arn, **which)
        return Written(found["ModelCardVersion"], found["ModelCardStatus"], json.loads(found["Content"]))

    def _update(self, **change: str) -> None:
        try:
            self.sagemaker.update_model_card(ModelCardName=self.arn, **change)
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "AccessDeniedException":
                    raise card.CardError(
                        f"The model card {self.arn} may only be read here: let its owner share it for "
                        "writing, and the project's training role allow sagemaker:UpdateModelCard on it."
                    ) from error
                case "ConflictException":
                    pass  # Somebody else is writing; the next round sees what.
                case _:
                    raise


def _read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(folders.processing(f"input/{path}").read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    step.run(main)
