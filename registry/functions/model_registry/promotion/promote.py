"""Makes the central registry agree with a model version of a team."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import RegistryError
from ..events import ModelVersionArn
from ..receipts import ReceiptBook
from ..settling import settle
from .central import CentralGroups, CentralVersion
from .drafts import Drafts
from .fields import SOURCE_CREATED
from .leftovers import Leftovers
from .refusals import Refusals
from .source import SourceGoneError, SourceVersion, describe, folders, origin
from .time_limit import TimeLimit
from .transfer import Transfer

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

REJECTED_AT_SOURCE = "The version it was promoted from is rejected: "
ARCHIVED_AT_SOURCE = "The version it was promoted from is archived: "


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """Brings approved versions of the teams' registries into the central one.

    The event is only the occasion: what counts is the version's status when it is looked at. Events may thus
    come twice, late, together or in another order, and a run may end between any two of its calls: the next
    one finds out what is left to do. A version is promoted when it says where its receipt is; before that it
    is not released to anybody.

    Attributes:
        sagemaker: A client in the account and Region of the registry.
        transfer: Copies what belongs to a version.
        groups: The central groups.
        receipts: The receipts beside the copies.
        drafts: The receipts of versions that are not registered yet.
        leftovers: Removes what failed tries have left.
        refusals: Explains who must let promotion look at a version.
    """

    sagemaker: "SageMakerClient"
    transfer: Transfer
    groups: CentralGroups
    receipts: ReceiptBook
    drafts: Drafts
    leftovers: Leftovers
    refusals: Refusals

    def follow(self, arn: ModelVersionArn, time: TimeLimit) -> str:
        """Bring the central registry in line with a version.

        Args:
            arn: The version in the team's account.
            time: How long it may take.

        Returns:
            One sentence that says what was done.

        Raises:
            RegistryError: If the version cannot be promoted as it is.
            OutOfTimeError: If there is more to copy than there is time for; another run goes on.
        """
        try:
            _, done = settle(
                arn=arn.arn,
                look=lambda: describe(self.sagemaker, arn, self.refusals),
                status=lambda source: f"{source.approval_status} {source.is_archived}",
                act=lambda source: self._act(source, time),
            )
        except SourceGoneError:
            return self._without_source(arn, time)
        return done

    def _act(self, source: SourceVersion, time: TimeLimit) -> str:
        match source.approval_status:
            case "Approved" if not source.is_archived:
                return self._promote(source, time)
            case "Approved" | "PendingManualApproval" if source.is_archived:
                return self._withdraw(source, time, "archived", ARCHIVED_AT_SOURCE)
            case "Rejected":
                return self._withdraw(source, time, "rejected", REJECTED_AT_SOURCE)
            case other:
                return f"{source.arn.arn} is {other or 'without a status'}: nothing to do."

    def _promote(self, source: SourceVersion, time: TimeLimit) -> str:
        source.check()
        version = self._find(source)
        said = f"{source.arn.arn} is already promoted"
        if version is None or not version.is_finished:
            version = self._complete(source, version, time)
            said = f"{source.arn.arn} is promoted"
        if self._reopen(source, version):
            return f"{version.arn} waits for approval again, because {source.arn.arn} is approved again."
        return f"{said} to {version.arn}."

    def _complete(
        self, source: SourceVersion, version: CentralVersion | None, time: TimeLimit
    ) -> CentralVersion:
        """Do what is left to do of a promotion."""
        draft = None
        if version is None:
            self.groups.prepare(source)
        else:
            draft = self.drafts.read(source.folder)
        if version is None or draft is None:
            draft, registration = self.transfer.bring(source, time)
            self.drafts.write(source.folder, draft)
            version = version or self.groups.register(registration)
        self._finish(version, source.folder, draft)
        return version

    def _finish(self, version: CentralVersion, folder: str, draft: Mapping[str, Any]) -> None:
        """Write the receipt of a registered version, and say in the version where it is."""
        left_out = [field for field in draft.get("left_out", ()) if field not in version.description]
        sha256 = self.receipts.write(
            folder, {**draft, "central_model_package_arn": version.arn, "left_out": left_out}
        )
        self.groups.add_metadata(version, self.receipts.metadata(folder, sha256))

    def _find(self, source: SourceVersion) -> CentralVersion | None:
        return next(self.groups.find(source.group, source.origin), None)

    def _reopen(self, source: SourceVersion, version: CentralVersion) -> bool:
        """Undo a rejection that only mirrored the source's."""
        mirrored = version.approval_status == "Rejected" and version.reason.startswith(
            (REJECTED_AT_SOURCE, ARCHIVED_AT_SOURCE)
        )
        if mirrored:
            reason = f"The version it was promoted from is approved again: {source.arn.arn}"
            self.groups.set_approval_status(version, "PendingManualApproval", reason)
        return mirrored

    def _withdraw(self, source: SourceVersion, time: TimeLimit, state: str, reason: str) -> str:
        """Reject the central version of a source that its team has rejected or archived."""
        version = self._find(source)
        if version is None:
            self._clean(source.arn, source.group, time)
        if version is None or version.approval_status == "Rejected":
            return f"{source.arn.arn} is {state}, and no central version offers it."
        if state == "archived" and version.is_in_production:
            return f"{source.arn.arn} is archived; {version.arn} stays as it is, because production runs it."
        self.groups.set_approval_status(version, "Rejected", f"{reason}{source.arn.arn}")
        return f"{version.arn} is rejected, because {source.arn.arn} is {state}."

    def _without_source(self, arn: ModelVersionArn, time: TimeLimit) -> str:
        """Complete what was registered before its source was deleted, and remove what was not.

        Raises:
            SourceGoneError: If nothing was registered.
            RegistryError: If what was registered cannot be completed.
        """
        group = self.groups.spelling(arn)
        versions = self._clean(arn, group, time) if group is not None else []
        if group is None or not versions:
            raise SourceGoneError(f"{arn.arn} does not exist any more: there is nothing to promote.")
        for version in versions:
            if version.is_finished:
                continue
            folder = _folder(arn, group, version)
            draft = self.drafts.read(folder)
            if draft is None:
                raise RegistryError(
                    f"{version.arn} has no receipt, and {arn.arn}, from which it was promoted, does not "
                    "exist any more: reject it, and register the model again."
                )
            self._finish(version, folder, draft)
        return f"{arn.arn} does not exist any more; {versions[0].arn}, which was promoted from it, stays."

    def _clean(self, arn: ModelVersionArn, group: str, time: TimeLimit) -> list[CentralVersion]:
        """Remove what failed tries to promote a version have left.

        Returns:
            The central versions that were promoted from this ARN.
        """
        versions = list(self.groups.find(group, origin(arn)))
        used = {_folder(arn, group, version) for version in versions}
        self.leftovers.clean(folders(arn, group), used, time.started)
        return versions


def _folder(arn: ModelVersionArn, group: str, version: CentralVersion) -> str:
    return f"{folders(arn, group)}{version.metadata[SOURCE_CREATED]}/"
