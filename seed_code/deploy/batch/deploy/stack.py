"""The batch transform of a stage: a model version of the central registry, run on a schedule."""

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from deploy.configuration import StageConfiguration
from deploy.model_stack import ModelStack
from deploy.project import Project, StageName

TARGET = "arn:aws:scheduler:::aws-sdk:sagemaker:createTransformJob"
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html"""

EXECUTION = "<aws.scheduler.execution-id>"
"""Unique to each attempt: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""


class StageStack(ModelStack):
    """A model, and a schedule that starts a transform job with it.

    CloudFormation names the model, so that a change replaces it; the schedule keeps its name and starts the
    new model from then on. A job that runs already ends with the old one.
    """

    def __init__(
        self, scope: Construct, *, project: Project, stage: StageName, configuration: StageConfiguration
    ) -> None:
        """Define the stack.

        Args:
            scope: The app.
            project: Names, accounts, and the model version.
            stage: Which stage; it names the template.
            configuration: The stage's own settings.
        """
        super().__init__(
            scope,
            project=project,
            stage=stage,
            kind="batch",
            description="Scheduled batch transform of",
            role="batch-transform",
            network_isolation=configuration.network_isolation,
        )
        self._configuration = configuration
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=self.stack_name,
            group_name="default",
            description=f"Starts batch transforms of {project.title}",
            schedule_expression=configuration.schedule,
            schedule_expression_timezone=configuration.time_zone,
            state="ENABLED" if configuration.enabled else "DISABLED",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=TARGET,
                role_arn=self.role_of("batch-schedule"),
                input=self.to_json_string(self._job(self.model.attr_model_name)),
                # A throttled call is tried again; one that is refused for an hour waits for the next time.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
                ),
            ),
        )

    def _job(self, model_name: str) -> dict[str, object]:
        """The request that starts a job.

        Its name, the project's id and that of the execution, stays within 63 characters.
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
        """
        project, configuration = self._project, self._configuration
        folder = f"s3://{project.name_prefix}-batch-{self.account}-{self.region}/{project.title}"
        key = f"arn:{cdk.Aws.PARTITION}:kms:{self.region}:{self.account}:alias/{project.name_prefix}-batch"
        return {
            "TransformJobName": f"{project.sagemaker_project_id}-{EXECUTION}",
            "ModelName": model_name,
            "BatchStrategy": "MultiRecord",
            "TransformInput": {
                "ContentType": configuration.content_type,
                "SplitType": "Line",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": configuration.input_uri or f"{folder}/input/",
                    }
                },
            },
            "TransformOutput": {
                "Accept": configuration.accept,
                "AssembleWith": "Line",
                "S3OutputPath": configuration.output_uri or f"{folder}/output/",
                # Without it, SageMaker takes the account's default key for S3.
                **({} if configuration.output_uri else {"KmsKeyId": key}),
            },
            "TransformResources": {
                "InstanceType": configuration.instance_type,
                "InstanceCount": configuration.instance_count,
            },
            "Tags": [{"Key": name, "Value": value} for name, value in project.tags.items()],
        }
