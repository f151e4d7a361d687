"""AWS KMS across accounts: a key used from another account, if key policy and identity policy allow.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html

What stays out: `GenerateDataKey` and `Decrypt` that logs, queues and the like call on somebody's behalf; for
S3 see `s3_encryption`.
"""

import json
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import kms

from emulator.iam import resource_arns

_FOREIGN_OPERATIONS = frozenset(
    {
        "CreateGrant",
        "Decrypt",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "GetKeyRotationStatus",
        "GetPublicKey",
        "ListGrants",
        "RevokeGrant",
        "Sign",
        "Verify",
        "VerifyMac",
    }
)
"""Operations that the API reference marks as possible across accounts."""

_handle = kms.handle_request
_key_policy = kms.key_policy_for_arn


def install() -> None:
    """Put cross-account use in place."""
    kms.handle_request = _handle_request
    kms.key_policy_for_arn = _key_policy_for_arn
    resource_arns.register("kms", lambda asked: key_arn(asked.found))


def key_arn(arn: str) -> str:
    """ARN of the key that an alias, or a key id found in a ciphertext, stands for: IAM asks for keys."""
    fields = arn.split(":", 5)
    if len(fields) < 6:
        return arn
    account, region, resource = fields[4], fields[3], fields[5]
    if resource.startswith("alias/"):
        resource = f"key/{kms._aliases.get_scoped(account, region, arn)}"
    for _, record in kms._keys.all_items():
        if record["Arn"].endswith(f":{resource}") and f":{region}:" in record["Arn"]:
            found: str = record["Arn"]
            return found
    return arn


def aliases(arn: str) -> list[str]:
    """The aliases of a key, such as ``alias/registry``: the value of `kms:ResourceAliases`.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html

    Args:
        arn: ARN of the key.
    """
    fields = arn.split(":", 5)
    with request_scope(fields[4], fields[3]):
        targets = dict(kms._aliases.items())
    return sorted(name.rpartition(":")[2] for name, key in targets.items() if arn.endswith(f"key/{key}"))


def _key_policy_for_arn(resource_arn: str) -> tuple[Any, str] | None:
    fields = resource_arn.split(":", 5)
    with request_scope(fields[4], fields[3]):
        policy: tuple[Any, str] | None = _key_policy(resource_arn)
    return policy


async def _handle_request(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Any:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if operation not in _FOREIGN_OPERATIONS:
        return await _handle(method, path, headers, body, query_params)
    region = get_region()
    account = get_account_id()
    arn = resource_arns.resource_arn("kms", method, path, headers, body, query_params, region, account)
    owner = arn.split(":")[4] if arn.startswith("arn:") else account
    sent = json.loads(body or b"{}")
    if "KeyId" in sent:
        body = json.dumps({**sent, "KeyId": arn}).encode()
    with request_scope(owner, region):
        return await _handle(method, path, headers, body, query_params)
