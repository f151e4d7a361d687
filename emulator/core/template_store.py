"""Where services keep copies of templates that they hand to CloudFormation: a bucket of AWS's own."""

import hashlib
import json
import threading

from emulator.iam.credentials import client, root_credentials
from emulator.services.organizations import the_organization

AWS_ACCOUNT = "000000000000"
"""Stands for the account of AWS itself."""

_creating = threading.Lock()


def publish(owner: str, template: str, region: str, *, tags: str = "") -> str:
    """Lay down a copy of a template that the accounts of the organisation may read, and return its URL.

    Args:
        owner: The service, such as `servicecatalog`; part of the bucket's name.
        template: The template.
        region: The Region of the bucket.
        tags: Tags of the object, as the query string that S3 takes.
    """
    bucket = f"cf-templates-{owner}-{region}"
    key = f"{hashlib.sha256(template.encode()).hexdigest()}.template"
    s3 = client("s3", root_credentials(AWS_ACCOUNT), region)
    with _creating:
        if bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
            s3.put_bucket_policy(Bucket=bucket, Policy=_open_to_organization(bucket))
    s3.put_object(Bucket=bucket, Key=key, Body=template.encode(), Tagging=tags)
    return f"https://s3.{region}.amazonaws.com/{bucket}/{key}"


def _open_to_organization(bucket: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": sorted(the_organization().accounts)},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
