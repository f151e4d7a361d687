"""The people of the shared services account who decide about models."""

from collections.abc import Sequence

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
from constructs import Construct

from base.contracts import deploy_stages, tags
from base.contracts.metadata import WRITTEN_BY_PROMOTION
from base.contracts.objects import MODELS, REGISTERED, decisions
from base.grants.launching import launching
from base.grants.models import READ_VERSIONS, read_cards
from base.grants.people import trusted_people
from base.grants.projects import OF_A_PROJECT, own_projects
from base.grants.reasons import NOTHING_NARROWER
from base.grants.runs import READ_LOGS, READ_PIPELINE
from base.grants.studio import look_around, own_profile, profile_of
from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, arn, role
from base.settings import Repository
from registry.storage import RegistryStorage

PRODUCTION_APPROVAL = f"{deploy_stages.APPROVE_PRODUCTION}/{deploy_stages.APPROVE_PRODUCTION}"
"""Stage and action of a deploy pipeline in which the governance officer decides."""


class Personas(Construct):
    """The ML engineer, who approves central versions and owns deploy projects, and the governance officer.

    Neither can do the other's part: whoever approves a version cannot let it into production.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        storage: RegistryStorage,
        repository: Repository,
        organization_id: str,
        listing: Sequence[Permission] = (),
    ) -> None:
        """Define both roles.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            storage: The central bucket and key.
            repository: Where teams keep their code.
            organization_id: The organisation whose models they trace.
            listing: To list the accounts that a group's policy names, where it names accounts.
        """
        super().__init__(scope, construct_id)
        self._storage = storage
        trusts = trusted_people()
        reading = [
            *self._read_versions(),
            *self._read_pipelines(),
            *self._read_cards(),
            self._trace_models(names, organization_id),
        ]
        self.ml_engineer = role(
            self,
            "MlEngineer",
            name=names.ml_engineer_role,
            description="Approves versions of the central model registry and owns deploy projects.",
            trusts=trusts,
            permissions=[
                *reading,
                *_studio(names, names.ml_engineer_role),
                self._approve_versions(),
                *self._prepare_groups(),
                *listing,
                *self._replay_dead_letters(names),
                *self._run_deployments(),
                *self._own_deploy_projects(),
                *self._work_on_code(repository),
            ],
        )
        self.governance_officer = role(
            self,
            "GovernanceOfficer",
            name=names.governance_officer_role,
            description="Approves model cards, and the deployment of models to production.",
            trusts=trusts,
            permissions=[
                *reading,
                *_studio(names, names.governance_officer_role),
                self._approve_production(),
                _hold_transitions(deploy_stages.FROM_APPROVAL),
                *self._approve_cards(),
            ],
        )

    def _read_versions(self) -> list[Permission]:
        """Versions, and the documents that describe them: metrics and reports in the central bucket."""
        return [
            Permission(
                actions=("sagemaker:ListModelPackageGroups",), resources=("*",), because=NOTHING_NARROWER
            ),
            Permission(
                actions=(*READ_VERSIONS, "sagemaker:ListTags"),
                resources=(arn("sagemaker", "model-package-group/*"), arn("sagemaker", "model-package/*")),
                because="Whoever decides sees the versions of all teams.",
            ),
            Permission(
                actions=("s3:GetObject",),
                resources=tuple(map(self._storage.bucket.arn_for_objects, (MODELS, REGISTERED))),
                because="Whoever decides sees the metrics and the receipts of all versions.",
            ),
            Permission(
                actions=("s3:ListBucket",),
                resources=(self._storage.bucket.bucket_arn,),
                conditions={"StringLike": {"s3:prefix": [MODELS, REGISTERED]}},
            ),
            Permission(actions=("kms:Decrypt",), resources=(self._storage.key.key_arn,)),
        ]

    def _read_pipelines(self) -> list[Permission]:
        """Pipelines, and the logs of their builds."""
        because = "Pipelines and builds are named after projects, of which new ones come."
        return [
            Permission(actions=("codepipeline:ListPipelines",), resources=("*",), because=NOTHING_NARROWER),
            Permission(
                actions=READ_PIPELINE,
                resources=(arn("codepipeline", "*"),),
                because=because,
            ),
            Permission(
                actions=("codebuild:BatchGetBuilds",),
                resources=(arn("codebuild", "project/*"),),
                because=because,
            ),
            Permission(
                actions=READ_LOGS,
                resources=(arn("logs", "log-group:/aws/codebuild/*"),),
                because=because,
            ),
        ]

    def _read_cards(self) -> list[Permission]:
        return [
            Permission(actions=("sagemaker:ListModelCards",), resources=("*",), because=NOTHING_NARROWER),
            read_cards(),
        ]

    def _trace_models(self, names: PlatformNames, organization_id: str) -> Permission:
        return Permission(
            actions=("sts:AssumeRole",),
            resources=(f"arn:aws:iam::*:role/{names.lineage_reader_role}",),
            conditions={"StringEquals": {"aws:ResourceOrgID": organization_id}},
            because="Models come from, and serve in, any account of the organisation.",
        )

    def _approve_versions(self) -> Permission:
        """Decide, and nothing else: a version's stage, origin and receipt are not the ML engineer's to write.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
        """
        absent = (
            "ModelLifeCycle:Stage",
            "ModelLifeCycle:StageStatus",
            "CustomerMetadataPropertiesToRemove",
            *(f"CustomerMetadataProperties/{name}" for name in WRITTEN_BY_PROMOTION),
        )
        return Permission(
            actions=("sagemaker:UpdateModelPackage",),
            resources=(arn("sagemaker", "model-package/*"),),
            conditions={"Null": {f"sagemaker:{key}": "true" for key in absent}},
            because="The ML engineer decides about the versions of all teams.",
        )

    def _replay_dead_letters(self, names: PlatformNames) -> list[Permission]:
        """What `catalog replay` needs: to read and empty the queues, and to deliver their events again.

        No event can pretend anything: both functions act on what the version itself says.
        """
        queues = (names.promotion_dead_letters, names.release_dead_letters)
        functions = (names.promotion_function, names.release_function)
        return [
            Permission(
                actions=(
                    "sqs:ChangeMessageVisibility",
                    "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                    "sqs:ReceiveMessage",
                ),
                resources=tuple(arn("sqs", queue) for queue in queues),
            ),
            Permission(
                actions=("lambda:InvokeFunction",),
                resources=tuple(arn("lambda", f"function:{function}") for function in functions),
            ),
        ]

    def _run_deployments(self) -> list[Permission]:
        """To start, stop and retry deployments, and to hold them before they come to the approval.

        None of it passes the approval of production: an execution that is started or retried waits there, and
        a stage that is rolled back or whose condition is overridden would not, so that neither is allowed.
        Who holds back production itself is the governance officer.
        """
        because = "Pipelines are named after projects, of which new ones come."
        return [
            Permission(
                actions=("codepipeline:StartPipelineExecution", "codepipeline:StopPipelineExecution"),
                resources=(arn("codepipeline", "*"),),
                conditions=OF_A_PROJECT,
                because=because,
            ),
            Permission(
                actions=("codepipeline:RetryStageExecution",),
                resources=(arn("codepipeline", "*/*"),),
                because=because,
            ),
            _hold_transitions(deploy_stages.BEFORE_APPROVAL),
        ]

    def _prepare_groups(self) -> list[Permission]:
        """Groups for projects that register centrally themselves: `catalog group create`."""
        groups = (arn("sagemaker", "model-package-group/*"),)
        because = "Groups are named after projects of all accounts, of which new ones come."
        return [
            Permission(
                actions=("sagemaker:AddTags", "sagemaker:CreateModelPackageGroup"),
                resources=groups,
                conditions={
                    # Of a request with tags; others have none.
                    "ForAllValues:StringEquals": {
                        "aws:TagKeys": [tags.REGISTERS_DIRECTLY, tags.SOURCE_ACCOUNT]
                    }
                },
                because=because,
            ),
            Permission(
                actions=("sagemaker:GetModelPackageGroupPolicy", "sagemaker:PutModelPackageGroupPolicy"),
                resources=groups,
                because=because,
            ),
        ]

    def _own_deploy_projects(self) -> list[Permission]:
        """CreateProject launches a Service Catalog product with the caller's own permissions.

        https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-studio-updates.html
        """
        return [
            own_projects(updates=True, because="The ML engineer names the projects."),
            Permission(
                actions=("sagemaker:ListProjects", "tag:GetResources"),
                resources=("*",),
                because=NOTHING_NARROWER,
            ),
            *launching(owners=(ACCOUNT_ID,), updates=True),
        ]

    def _work_on_code(self, repository: Repository) -> list[Permission]:
        """Repositories of deploy projects in CodeCommit; other providers know the person themselves."""
        if repository.provider != "codecommit":
            return []
        return [
            Permission(
                actions=(
                    "codecommit:GetRepository",
                    "codecommit:GitPull",
                    "codecommit:GitPush",
                ),
                resources=(arn("codecommit", "*"),),
                conditions=OF_A_PROJECT,
                because="Repositories are named after projects; the condition keeps to theirs.",
            )
        ]

    def _approve_production(self) -> Permission:
        return Permission(
            actions=("codepipeline:PutApprovalResult",),
            resources=(arn("codepipeline", f"*/{PRODUCTION_APPROVAL}"),),
            because="Pipelines are named after projects; stage and action are the production approval's.",
        )

    def _approve_cards(self) -> list[Permission]:
        """The status of cards, and the record of what exactly was approved."""
        return [
            Permission(
                actions=("sagemaker:UpdateModelCard",),
                resources=(arn("sagemaker", "model-card/*"),),
                because="The governance officer approves the cards of all models.",
            ),
            Permission(
                actions=("s3:PutObject",),
                resources=tuple(
                    self._storage.bucket.arn_for_objects(keys) for keys in decisions("card-approval")
                ),
                because="The record is beside the receipt of its version.",
            ),
            Permission(actions=("kms:GenerateDataKey",), resources=(self._storage.key.key_arn,)),
        ]


def _hold_transitions(stages: tuple[str, ...]) -> Permission:
    """To hold back what would come into some stages, and to let it go on."""
    return Permission(
        actions=("codepipeline:DisableStageTransition", "codepipeline:EnableStageTransition"),
        resources=tuple(arn("codepipeline", f"*/{stage}") for stage in stages),
        because="Pipelines are named after projects, of which new ones come.",
    )


def _studio(names: PlatformNames, role_name: str) -> list[Permission]:
    """The own profile in the hub's Studio domain, which the product `studio_domain` makes."""
    profile = profile_of(role_name, names.prefix)
    key = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.domain_key_alias}}
    return [*own_profile(profile, key_arn=arn("kms", "key/*"), key_conditions=key), look_around()]
