"""What only the template of a product's version knows: labels of its form, its rules, its resources.

Service Catalog tells the parameters and their bounds (`scripts.projects.offers`), which is all that a launch
needs. It keeps the rest in its own copy of the template, which callers may read who may read objects tagged
``servicecatalog:provisioning``. Whoever may not goes without labels, and AWS alone judges the rules.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_servicecatalog.client import ServiceCatalogClient

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
_S3_HOST = "s3"


@dataclass(frozen=True, kw_only=True)
class Template:
    """The parts of a template that Service Catalog does not describe.

    Attributes:
        labels: What the form calls each parameter, by the parameter's name.
        order: The parameters in the order of the form.
        optional: Parameters that Studio's form lets people leave empty.
        rules: The section ``Rules``.
        resources: The type of each resource, by its logical id.
        kept: Logical ids of the resources that CloudFormation leaves alone when they leave the template.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    rules: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Template":
        """Pick the parts from a whole template.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-interface.html
        and, for the optional ones,
        https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html.
        """
        metadata = content.get("Metadata", {})
        interface = metadata.get("AWS::CloudFormation::Interface", {})
        resources = content.get("Resources", {})
        return cls(
            labels={name: label["default"] for name, label in interface.get("ParameterLabels", {}).items()},
            order=tuple(
                name for group in interface.get("ParameterGroups", ()) for name in group.get("Parameters", ())
            ),
            optional=frozenset(
                name
                for name, rules in metadata.get("SagemakerTemplateParameterRules", {}).items()
                if rules.get("Optional") in (True, "true")
            ),
            rules=content.get("Rules", {}),
            resources={name: resource["Type"] for name, resource in resources.items()},
            kept=frozenset(
                name
                for name, resource in resources.items()
                if str(resource.get("DeletionPolicy", "")).startswith("Retain")
            ),
        )


def read(
    service_catalog: "ServiceCatalogClient", s3: "S3Client", *, product_id: str, artifact_id: str
) -> Template | None:
    """The template of a version, as far as it can be read; None where it cannot.

    Args:
        service_catalog: A client of whoever launches the product.
        s3: Likewise.
        product_id: The product.
        artifact_id: The version.
    """
    try:
        answer = service_catalog.describe_provisioning_artifact(
            ProductId=product_id, ProvisioningArtifactId=artifact_id
        )
        bucket, key = _location(answer["Info"]["TemplateUrl"])
        content = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except (BotoCoreError, ClientError, KeyError, ValueError):
        # Nothing that a launch needs: see above. A template in YAML goes without labels, too.
        return None
    return Template.parse(content)


def _location(url: str) -> tuple[str, str]:
    """Bucket and key of an S3 URL, whichever of the two styles it has.

    Raises:
        ValueError: It is none.
    """
    parts = urlsplit(url)
    host, path = parts.hostname or "", unquote(parts.path).lstrip("/")
    labels = host.split(".")
    if labels[0] == _S3_HOST or labels[0].startswith(f"{_S3_HOST}-"):
        bucket, _, key = path.partition("/")
        return bucket, key
    for position, label in enumerate(labels[1:], start=1):
        if label == _S3_HOST or label.startswith(f"{_S3_HOST}-"):
            return ".".join(labels[:position]), path
    raise ValueError(f"{url} is no address in S3")
