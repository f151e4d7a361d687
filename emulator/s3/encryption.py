"""The KMS permissions of whoever reads or writes an object that S3 encrypts with a customer's key.

Nothing is encrypted here, but who may use the key is asked as S3 asks it: `kms:Decrypt` to read an object or
to copy from it, `kms:GenerateDataKey` to write one, both through S3 and under the caller's own permissions
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html). AWS's own key `aws/s3` needs
no permission of the caller within its account.

What stays out: grants, bucket keys (the encryption context names the object), and `kms:Decrypt` for the parts
of an upload.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator, router
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import kms, s3
from ministack.services.cloudformation import provisioners

from emulator.core.authorization import AuthenticationError, principal_of_key, refusal
from emulator.core.switches import feared
from emulator.services.kms import aliases, key_arn

Answer = tuple[int, dict[str, str], bytes]
Operation = Callable[..., Answer]

KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"

# What PutBucketEncryption sends: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
_CONFIGURATION = (
    '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>'
    "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>"
    "<KMSMasterKeyID>{key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>"
    "</Rule></ServerSideEncryptionConfiguration>"
)


def install() -> None:
    """Put the checks in place, around whatever stands there already."""
    s3._get_object = _reading(s3._get_object)
    s3._put_object = _writing(s3._put_object)
    s3._create_multipart_upload = _writing(s3._create_multipart_upload)
    s3._copy_object = _copying(_writing(s3._copy_object))
    s3._upload_part_copy = _copying(s3._upload_part_copy)
    bucket = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    bucket["create"], bucket["update"] = _creating(bucket["create"]), _updating(bucket["update"])


def _creating(create: Callable[..., Any]) -> Callable[..., Any]:
    def run(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:
        made = create(logical_id, properties, stack)
        _encrypt(made[0], properties)
        return made

    return run


def _updating(update: Callable[..., Any]) -> Callable[..., Any]:
    def run(bucket: str, old: Mapping[str, Any], new: Mapping[str, Any], *rest: Any) -> Any:
        changed = update(bucket, old, new, *rest)
        _encrypt(bucket, new)
        return changed

    return run


def _encrypt(bucket: str, properties: Mapping[str, Any]) -> None:
    """Set the key with which a bucket encrypts by default, as its template says."""
    for rule in properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
        default = rule.get("ServerSideEncryptionByDefault", {})
        key = default.get("KMSMasterKeyID")
        if key:
            s3._bucket_encryption[bucket] = _CONFIGURATION.format(key=escape(str(key)))


def _reading(get: Operation) -> Operation:
    def run(bucket: str, key: str, headers: dict[str, str], query: dict[str, Any] | None = None) -> Answer:
        named = _key_of_object(bucket, key)
        return _refused("kms:Decrypt", named, (bucket, key), headers, query) or get(
            bucket, key, headers, query
        )

    return run


def _writing(put: Operation) -> Operation:
    def run(bucket: str, key: str, *arguments: Any) -> Answer:
        headers = arguments[-1]
        named = headers.get(KEY_HEADER) or _key_of_bucket(bucket)
        return _refused("kms:GenerateDataKey", named, (bucket, key), headers) or put(bucket, key, *arguments)

    return run


def _copying(copy: Operation) -> Operation:
    def run(bucket: str, key: str, *arguments: Any) -> Answer:
        headers = arguments[-1]
        path = unquote(headers.get("x-amz-copy-source", "").lstrip("/").partition("?")[0])
        source_bucket, _, source_key = path.partition("/")
        named = _key_of_object(source_bucket, source_key)
        return _refused("kms:Decrypt", named, (source_bucket, source_key), headers) or copy(
            bucket, key, *arguments
        )

    return run


def _told_aliases(arn: str, caller: str) -> list[str]:
    """The aliases of a key that policies of a caller's account may ask for."""
    foreign = arn.split(":")[4] != caller
    return [] if foreign and feared("key-alias") else aliases(arn)


def _refused(
    action: str,
    key_name: str | None,
    place: tuple[str, str],
    headers: dict[str, str],
    query: dict[str, Any] | None = None,
) -> Answer | None:
    """AWS's answer when the caller may not use the key of an object, or None."""
    access_key = router.extract_access_key_id(headers, query or {})
    if key_name is None or not access_key:
        return None
    try:
        principal = principal_of_key(access_key, iam_evaluator.caller_arn().split(":")[4])
    except AuthenticationError:
        # Requests are authenticated before they come here; what has no key is anonymous.
        return None
    bucket, key = place
    arn = _arn(key_name, bucket)
    reason = refusal(
        principal,
        action,
        arn,
        region=get_region(),
        condition_keys={
            "kms:ResourceAliases": _told_aliases(arn, principal.account),
            "kms:ViaService": f"s3.{get_region()}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/{key}",
        },
        resource_policy=kms.key_policy_for_arn(arn),
    )
    return None if reason is None else s3._error("AccessDenied", reason, 403)


def _key_of_object(bucket: str, key: str) -> str | None:
    with request_scope(s3._bucket_owner_account(bucket) or get_account_id(), get_region()):
        record = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
    stored: str | None = s3._stored_sse_headers(record).get(KEY_HEADER) if record else None
    return stored


def _key_of_bucket(bucket: str) -> str | None:
    with request_scope(s3._bucket_owner_account(bucket) or get_account_id(), get_region()):
        named: str | None = s3._bucket_default_sse_headers(bucket).get(KEY_HEADER)
    return named


def _arn(key_name: str, bucket: str) -> str:
    """ARN of a key that is named by its ARN, its id or an alias."""
    if key_name.startswith("arn:"):
        return key_arn(key_name)
    resource = key_name if key_name.startswith("alias/") else f"key/{key_name}"
    return key_arn(f"arn:aws:kms:{get_region()}:{s3._bucket_owner_account(bucket)}:{resource}")
