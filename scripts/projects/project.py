"""SageMaker projects of an account, as whoever calls may see and change them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeProject.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from registry.functions.model_registry.errors import is_missing
from scripts.console.change import OperatorError
from scripts.console.polling import polls
from scripts.projects.events import StackEvents
from scripts.projects.form import FILLED_IN_BY_SAGEMAKER

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import DescribeProjectOutputTypeDef, ProjectSummaryTypeDef
    from mypy_boto3_servicecatalog.client import ServiceCatalogClient
    from mypy_boto3_servicecatalog.type_defs import RecordOutputTypeDef

RUNNING = ("Pending", "CreateInProgress", "DeleteInProgress", "UpdateInProgress")
STANDING = ("CreateCompleted", "UpdateCompleted", "UpdateFailed")
"""Status of a project that exists, though its last update may have failed."""
DELETED = "DeleteCompleted"

POLL_SECONDS = 0.2
LONGEST_POLL_SECONDS = 5.0
# A project waits for the first commit of a repository at most; a build ends after an hour by itself.
DEADLINE_SECONDS = 5400.0


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project.

    Attributes:
        name: Its name.
        identifier: Its id.
        status: Its status.
        product_id: The product it comes from; empty if it comes from a template in S3.
        version_id: The version of the product.
        values: The parameters with which it was launched, without those of SageMaker.
        provisioned_id: The provisioned product.
        message: What the last operation says of itself.
        created_by: Who created it, as far as AWS says so.
    """

    name: str
    identifier: str
    status: str
    product_id: str
    version_id: str
    values: Mapping[str, str]
    provisioned_id: str
    message: str
    created_by: str

    @classmethod
    def of(cls, described: "DescribeProjectOutputTypeDef") -> "Project":
        """A project as SageMaker describes it."""
        source = described.get("ServiceCatalogProvisioningDetails") or {}
        made = described.get("ServiceCatalogProvisionedProductDetails") or {}
        creator = described.get("CreatedBy") or {}
        return cls(
            name=described["ProjectName"],
            identifier=described["ProjectId"],
            status=described["ProjectStatus"],
            product_id=source.get("ProductId", ""),
            version_id=source.get("ProvisioningArtifactId", ""),
            values={
                each["Key"]: each.get("Value", "")
                for each in source.get("ProvisioningParameters") or ()
                if each["Key"] not in FILLED_IN_BY_SAGEMAKER
            },
            provisioned_id=made.get("ProvisionedProductId", ""),
            message=made.get("ProvisionedProductStatusMessage", ""),
            created_by=(creator.get("IamIdentity") or {}).get("Arn", "")
            or creator.get("UserProfileName", ""),
        )

    @property
    def running(self) -> bool:
        """Whether something is being done with it."""
        return self.status in RUNNING

    @property
    def stands(self) -> bool:
        """Whether it exists, and nothing is being done with it."""
        return self.status in STANDING


class Projects:
    """The projects of the caller's account and Region."""

    def __init__(
        self,
        *,
        sagemaker: "SageMakerClient",
        service_catalog: "ServiceCatalogClient",
        cloudformation: "CloudFormationClient",
        account: str,
        tell: Callable[[str], None],
    ) -> None:
        """Work with somebody's credentials.

        Args:
            sagemaker: A client with the caller's credentials.
            service_catalog: Likewise.
            cloudformation: Likewise.
            account: The caller's account.
            tell: Shows a line of progress.
        """
        self._sagemaker = sagemaker
        self._service_catalog = service_catalog
        self._cloudformation = cloudformation
        self._account = account
        self._tell = tell

    def all(self) -> "Iterator[ProjectSummaryTypeDef]":
        """Every project that is not deleted, by its name."""
        # botocore has no paginator for this operation.
        page = self._sagemaker.list_projects(SortBy="Name", SortOrder="Ascending")
        while True:
            for summary in page["ProjectSummaryList"]:
                if summary["ProjectStatus"] != DELETED:
                    yield summary
            if not page.get("NextToken"):
                return
            page = self._sagemaker.list_projects(
                SortBy="Name", SortOrder="Ascending", NextToken=page["NextToken"]
            )

    def find(self, name: str) -> Project | None:
        """A project by its name; None if there is none, or none any more."""
        try:
            project = Project.of(self._sagemaker.describe_project(ProjectName=name))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return None if project.status == DELETED else project

    def existing(self, name: str) -> Project:
        """A project by its name.

        Raises:
            OperatorError: There is none.
        """
        project = self.find(name)
        if project is None:
            raise OperatorError(
                f"There is no project {name} in account {self._account}: 'catalog project list' names them."
            )
        return project

    def create(
        self, name: str, *, product_id: str, version_id: str, path_id: str, values: Mapping[str, str]
    ) -> Project:
        """Create a project, and wait for it.

        Raises:
            OperatorError: It was not created.
        """
        self._sagemaker.create_project(
            ProjectName=name,
            ServiceCatalogProvisioningDetails={
                "ProductId": product_id,
                "ProvisioningArtifactId": version_id,
                "PathId": path_id,
                "ProvisioningParameters": [{"Key": key, "Value": value} for key, value in values.items()],
            },
        )
        return self.created(name)

    def created(self, name: str) -> Project:
        """Wait for a project that is being created.

        Raises:
            OperatorError: It was not created, or is being deleted.
        """
        project = self._follow(name)
        if project is None or not project.stands:
            raise OperatorError(
                f"Project {name} was not created ({self._reason(project)}). Correct that and run the same "
                "command again: it removes what is left of this attempt, and creates the project anew."
            )
        return project

    def update(self, project: Project, *, version_id: str, values: Mapping[str, str]) -> Project:
        """Move a project to a version and to values of its product, and wait for it.

        All values are sent, so that none falls back to the default of the new version.

        Raises:
            OperatorError: It was not updated.
        """
        events = self._events(project)
        events.skip()
        self._sagemaker.update_project(
            ProjectName=project.name,
            ServiceCatalogProvisioningUpdateDetails={
                "ProvisioningArtifactId": version_id,
                "ProvisioningParameters": [{"Key": key, "Value": value} for key, value in values.items()],
            },
        )
        updated = self._follow(project.name, events)
        if updated is None or updated.status not in ("CreateCompleted", "UpdateCompleted"):
            raise OperatorError(
                f"Project {project.name} was not updated ({self._reason(updated)}); CloudFormation has taken "
                "back what it had changed. Correct that and run the same command again."
            )
        return updated

    def delete(self, project: Project) -> None:
        """Delete a project, and wait until it is gone.

        Raises:
            OperatorError: It was not deleted.
        """
        events = self._events(project)
        events.skip()
        if project.status != "DeleteInProgress":
            self._sagemaker.delete_project(ProjectName=project.name)
        left = self._follow(project.name, events)
        if left is not None:
            raise OperatorError(
                f"Project {project.name} was not deleted ({self._reason(left)}). Correct that and run the "
                "same command again."
            )

    def outputs(self, project: Project) -> "list[RecordOutputTypeDef]":
        """What the product tells of what it made; nothing where the caller may not see it."""
        try:
            detail = self._service_catalog.describe_provisioned_product(Id=project.provisioned_id)
            record = detail["ProvisionedProductDetail"].get("LastSuccessfulProvisioningRecordId")
            return self._service_catalog.describe_record(Id=record)["RecordOutputs"] if record else []
        except ClientError:
            # Another role's launch: https://docs.aws.amazon.com/servicecatalog/latest/adminguide/permissions-examples.html
            return []

    def studio(self) -> list[str]:
        """The addresses of the account's Studio domains, as far as the caller may see them."""
        try:
            return [domain["Url"] for domain in self._sagemaker.list_domains()["Domains"] if "Url" in domain]
        except ClientError:
            return []

    def _events(self, project: Project) -> StackEvents:
        return StackEvents(self._cloudformation, f"SC-{self._account}-{project.provisioned_id}")

    def _follow(self, name: str, events: StackEvents | None = None) -> Project | None:
        """Wait until nothing is being done with a project, and tell what happens meanwhile.

        Returns:
            The project; None if it is deleted.
        """
        status = ""
        for _ in polls(DEADLINE_SECONDS, pause=POLL_SECONDS, growth=1.3, longest=LONGEST_POLL_SECONDS):
            project = self.find(name)
            if project is None:
                self._tell(DELETED)
                return None
            if events is None and project.provisioned_id:
                events = self._events(project)
            for line in events.new() if events else ():
                self._tell(line)
            if project.status != status:
                status = project.status
                self._tell(status)
            if not project.running:
                return project
        raise OperatorError(
            f"Project {name} is still {status} after {DEADLINE_SECONDS / 60:.0f} minutes: AWS goes on; run "
            "the same command again to see how it ends."
        )

    def _reason(self, project: Project | None) -> str:
        """Why the last operation failed, by the most that the caller may see."""
        if project is None:
            return "it is deleted meanwhile"
        failures = self._events(project).failures() if project.provisioned_id else []
        return "; ".join(failures) or project.message or f"its status is {project.status}"
