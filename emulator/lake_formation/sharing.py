"""Resource shares that Lake Formation makes in AWS RAM for grants to other accounts.

In the caller's name, who therefore needs what AWS's policy for it has:
https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-prereqs.html and
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLakeFormationCrossAccountManager.html. From
version 3 on, LF-tags are shared with the catalog as a whole
(https://docs.aws.amazon.com/lake-formation/latest/dg/optimize-ram.html).
"""

import time
import uuid

from emulator.lake_formation import store
from emulator.lake_formation.callers import Caller
from emulator.lake_formation.calls import authorize
from emulator.lake_formation.model import Resource
from emulator.lake_formation.service import invalid
from emulator.ram import store as ram
from emulator.ram.principals import is_known


def share(caller: Caller, principal: str, resource: Resource) -> None:
    """Share a resource of the caller's account with a principal of another one; again changes nothing.

    Raises:
        ServiceError: The caller may not share, or there is no such principal.
    """
    if not is_known(caller.home.account, principal):
        raise invalid(f"Invalid principal, {principal}")
    arn, kind = _arn(caller, resource)
    catalog_arn = f"arn:aws:glue:{caller.home.region}:{caller.home.account}:catalog"
    authorize(caller, "glue:PutResourcePolicy", catalog_arn)
    with ram.lock:
        found = _existing(caller, principal)
        if found is None:
            authorize(
                caller,
                "ram:CreateResourceShare",
                keys={"ram:RequestedResourceType": kind, "ram:RequestedAllowsExternalPrincipals": "true"},
            )
            found = _new(caller, principal)
            ram.shares[found.arn] = found
        elif arn not in found.entities("RESOURCE"):
            keys = {"ram:ResourceShareName": found.name}
            authorize(caller, "ram:AssociateResourceShare", found.arn, keys)
        found.associations["RESOURCE", arn] = ram.Association(kind="RESOURCE", entity=arn)
        found.updated = time.time()


def unshare(caller: Caller, principal: str, resource: Resource) -> None:
    """Take a resource from the share with a principal, if no other grant needs it.

    Raises:
        ServiceError: The caller may not.
    """
    arn, _ = _arn(caller, resource)
    with ram.lock:
        found = _existing(caller, principal)
        others = {
            _arn(caller, grant.resource)[0]
            for grant in store.grants(caller.home)
            if grant.principal == principal and grant.permissions
        }
        if found is None or arn in others or arn not in found.entities("RESOURCE"):
            return
        keys = {"ram:ResourceShareName": found.name}
        authorize(caller, "ram:DisassociateResourceShare", found.arn, keys)
        found.associations["RESOURCE", arn].status = "DISASSOCIATED"
        if not found.entities("RESOURCE"):
            authorize(caller, "ram:DeleteResourceShare", found.arn, keys)
            found.status = "DELETED"
            for association in found.associations.values():
                association.status = "DISASSOCIATED"


def _existing(caller: Caller, principal: str) -> ram.Share | None:
    return next(
        (
            each
            for each in ram.shares.values()
            if each.name.startswith("LakeFormation-")
            and (each.account, each.region, each.status) == (*caller.home, "ACTIVE")
            and principal in each.entities("PRINCIPAL")
        ),
        None,
    )


def _new(caller: Caller, principal: str) -> ram.Share:
    version = store.version(caller.home)
    made = ram.Share(
        arn=f"arn:aws:ram:{caller.home.region}:{caller.home.account}:resource-share/{uuid.uuid4()}",
        name=f"LakeFormation-V{version}-{uuid.uuid4().hex[:10].upper()}",
        external=True,
        retain=False,
        tags={},
    )
    made.associations["PRINCIPAL", principal] = ram.Association(kind="PRINCIPAL", entity=principal)
    return made


def _arn(caller: Caller, resource: Resource) -> tuple[str, str]:
    """ARN of what is shared, and its type in RAM."""
    prefix = f"arn:aws:glue:{caller.home.region}:{caller.home.account}:"
    if resource.table:
        return f"{prefix}table/{resource.database}/{resource.table}", "glue:Table"
    if resource.kind == "TABLES":
        return f"{prefix}table/{resource.database}/*", "glue:Table"
    if resource.kind == "DATABASE":
        return f"{prefix}database/{resource.database}", "glue:Database"
    return f"{prefix}catalog", "glue:Catalog"
