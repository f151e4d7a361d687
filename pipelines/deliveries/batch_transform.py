"""A model that a batch transform runs on a schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from base.contracts.tags import PROJECT_ID
from base.grants.objects import KEEP_OBJECTS
from base.names import PlatformNames, ProjectNames
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, arn, role, service_principal
from pipelines.context import ProjectContext
from pipelines.deliveries.delivery import Call, StageName, TargetRole
from pipelines.deliveries.serving_account import ServingAccount
from pipelines.project import ANY_PROJECT_TAGS

_INPUT, _OUTPUT = "input", "output"
"""The folders of a project below its name, in the account's bucket."""
_TESTS = "integration-tests"
"""The folder beside these, in which tests keep what they read and write."""
_OF_A_PROJECT = {"Null": {f"aws:RequestTag/{PROJECT_ID}": "false"}}
_JOBS_ARE_NEW = "Jobs carry the project's id, and the id of the execution that starts them."
_FOLDERS = "Each project has folders of its own, and files of any name in them."


@dataclass(frozen=True, kw_only=True)
class BatchTransform:
    """A SageMaker model, and an EventBridge schedule that starts a transform job with it."""

    kind: str = "batch"
    subject: str = "batch transform"
    stages: tuple[StageName, ...] = ("test", "production")
    layers: tuple[str, ...] = ("deploy/batch",)

    def answer(self, project: ProjectContext) -> None:
        """Tell the team the schedule's name, and where its files go."""
        project.form.answer(
            "ScheduleName",
            project.names.delivery_stack(self.kind),
            "The schedule in the default group of EventBridge Scheduler has this name in both accounts.",
        )
        project.form.answer(
            "InputFolder",
            f"s3://{project.platform.batch_bucket('<account>')}/{project.names.title}/{_INPUT}/",
            "Put files here, with the account's id in the bucket's name; results appear beside it.",
        )

    def test_environment(self, names: ProjectNames) -> Mapping[str, str]:
        """The schedule's name, and the prefix from which the bucket's name follows."""
        return {"SCHEDULE_NAME": names.delivery_stack(self.kind), "NAME_PREFIX": names.prefix}

    def roles(self, platform: PlatformNames) -> tuple[TargetRole, ...]:
        """The execution role of the model, and the role under which the schedule starts jobs."""
        return (
            TargetRole(name=platform.batch_transform_role, service="sagemaker", reads_versions=True),
            TargetRole(name=platform.batch_schedule_role, service="scheduler"),
        )

    def resources(self, platform: PlatformNames, projects: ProjectNames) -> Mapping[str, Mapping[str, Any]]:
        """A model, which CloudFormation names, and a schedule, which takes no tags."""
        runs, starts = self.roles(platform)
        return {
            "AWS::SageMaker::Model": {"ExecutionRoleArn": runs.arn, "Tags": ANY_PROJECT_TAGS},
            "AWS::Scheduler::Schedule": {
                "GroupName": "default",
                "Name": projects.delivery_stack(self.kind),
                "Target": {"RoleArn": starts.arn},
            },
        }

    def prepare(self, account: ServingAccount) -> Sequence[Permission]:
        """Define both roles, and the bucket of input and output; tests run a job on files of their own."""
        key, bucket = account.storage(
            "Batch",
            alias=account.platform.batch_key_alias,
            bucket_name=account.platform.batch_bucket(ACCOUNT_ID),
            description="Input and output of batch transforms",
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                    noncurrent_version_expiration=cdk.Duration.days(90),
                )
            ],
            versioned=True,
            reason="The organisation's CloudTrail records who reads and writes.",
        )
        use = Permission(actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(key.key_arn,))
        tests = bucket.arn_for_objects(f"{_TESTS}/*")
        account.model_role(
            "BatchTransform",
            name=account.platform.batch_transform_role,
            description="Runs the models of the central registry in batch transforms",
            permissions=[
                Permission(
                    actions=("s3:GetObject",),
                    resources=(bucket.arn_for_objects(f"*/{_INPUT}/*"), tests),
                    because=_FOLDERS,
                ),
                Permission(
                    actions=("s3:AbortMultipartUpload", "s3:PutObject"),
                    resources=(bucket.arn_for_objects(f"*/{_OUTPUT}/*"), tests),
                    because=_FOLDERS,
                ),
                Permission(actions=("s3:ListBucket",), resources=(bucket.bucket_arn,)),
                use,
            ],
            kind="TransformJobs*",
        )
        # CreateTransformJob takes no role: a job runs under that of its model.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
        role(
            account.stack,
            "BatchSchedule",
            name=account.platform.batch_schedule_role,
            description="EventBridge schedules start batch transforms of the central registry's models",
            trusts=service_principal("scheduler"),
            permissions=_starting(),
        )
        return (
            *_starting(),
            Permission(
                actions=("sagemaker:DescribeTransformJob",),
                resources=(arn("sagemaker", "transform-job/*"),),
                because=_JOBS_ARE_NEW,
            ),
            Permission(
                actions=("scheduler:GetSchedule",),
                resources=(
                    arn("scheduler", f"schedule/default/{account.projects.delivery_stack(self.kind)}"),
                ),
                because="Schedules carry the ids of projects.",
            ),
            Permission(actions=KEEP_OBJECTS, resources=(tests,), because=_FOLDERS),
            use,
        )

    def creation(self, names: ProjectNames) -> Sequence[Call]:
        """A model, which CloudFormation names, and the schedule."""
        return (
            Call(action="sagemaker:CreateModel", resource="sagemaker:model/model-1"),
            Call(
                action="scheduler:CreateSchedule",
                resource=f"scheduler:schedule/default/{names.delivery_stack(self.kind)}",
            ),
        )

    def use(self, names: ProjectNames) -> tuple[str, Sequence[Call]]:
        """To start a job."""
        call = Call(
            action="sagemaker:CreateTransformJob", resource=f"sagemaker:transform-job/{names.project_id}-1"
        )
        return "Start a batch transform", (call,)


def _starting() -> tuple[Permission, ...]:
    """To start jobs that are tagged as a project's, and to tag nothing else."""
    jobs = (arn("sagemaker", "transform-job/*"),)
    return (
        Permission(
            actions=("sagemaker:CreateTransformJob",),
            resources=jobs,
            conditions=_OF_A_PROJECT,
            because=_JOBS_ARE_NEW,
        ),
        Permission(
            actions=("sagemaker:AddTags",),
            resources=jobs,
            conditions={"StringEquals": {"sagemaker:TaggingAction": "CreateTransformJob"}},
            because=_JOBS_ARE_NEW,
        ),
    )
