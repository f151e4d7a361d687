"""Resources whose names tell nothing are bound by their labels, and labels are set once."""

from collections.abc import Mapping
from typing import Any

import pytest

from portfolios.permissions import derive
from tests.portfolios.policies import OWN_ACCOUNT, allowed
from tests.products.launches import PRODUCTS, settings, templates

REGION = "eu-west-1"
PROJECT, PRODUCT = "sagemaker:project-id", "mlplatform:product"
KEY = f"arn:aws:kms:{REGION}:{OWN_ACCOUNT}:key/1"
OF_PROJECT = {f"aws:ResourceTag/{PROJECT}": "p-1"}
OF_PRODUCT = {f"aws:ResourceTag/{PRODUCT}": "build"}
OF_ANOTHER = {f"aws:ResourceTag/{PRODUCT}": "deploy"}
OF_DOMAIN = {f"aws:ResourceTag/{PRODUCT}": "domain"}


def key(**tags: Any) -> dict[str, Any]:
    written = [{"Key": name, "Value": value} for name, value in tags.items()]
    return {"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"Tags": written}}}}


OWN = key(**{PROJECT: {"Ref": "Id"}, PRODUCT: "build", "platform": "ml"})
SHARED = key(**{PRODUCT: "domain", "platform": "ml"})
PLAIN = key(**{PRODUCT: "domain"})


def requested(*, keys: str = "", **tags: str) -> dict[str, str]:
    named = {"project": PROJECT, "product": PRODUCT}
    carried = {f"aws:RequestTag/{named[name]}": value for name, value in tags.items()}
    return carried | {"aws:TagKeys": keys or ",".join(named[name] for name in tags)}


@pytest.mark.parametrize(
    ("template", "action", "keys", "expected"),
    [
        pytest.param(OWN, "kms:CreateKey", requested(project="p-1", product="build"), True, id="makes"),
        pytest.param(OWN, "kms:CreateKey", requested(product="build"), False, id="makes-nothing-of-nobody"),
        pytest.param(
            OWN, "kms:CreateKey", requested(project="p-1", product="deploy"), False, id="makes-for-no-other"
        ),
        pytest.param(OWN, "kms:PutKeyPolicy", OF_PROJECT | OF_PRODUCT, True, id="changes"),
        pytest.param(OWN, "kms:PutKeyPolicy", OF_PROJECT, True, id="changes-what-an-earlier-version-made"),
        pytest.param(OWN, "kms:PutKeyPolicy", OF_PROJECT | OF_ANOTHER, False, id="of-another-product"),
        pytest.param(OWN, "kms:PutKeyPolicy", OF_PRODUCT, False, id="of-no-project"),
        pytest.param(
            OWN, "kms:TagResource", requested(project="p-1", product="build"), True, id="labels-what-is-new"
        ),
        pytest.param(
            OWN,
            "kms:TagResource",
            OF_PROJECT | OF_PRODUCT | requested(project="p-1", product="build"),
            True,
            id="labels-again-alike",
        ),
        pytest.param(
            OWN,
            "kms:TagResource",
            OF_PROJECT | OF_PRODUCT | requested(project="p-2", product="build"),
            False,
            id="moves-nothing-to-another-project",
        ),
        pytest.param(
            OWN,
            "kms:TagResource",
            OF_PROJECT | OF_PRODUCT | requested(product="deploy"),
            False,
            id="moves-nothing-to-another-product",
        ),
        pytest.param(
            OWN,
            "kms:TagResource",
            OF_PROJECT | OF_ANOTHER | requested(project="p-1"),
            False,
            id="labels-nothing-of-another-product",
        ),
        pytest.param(
            OWN, "kms:TagResource", OF_PROJECT | requested(keys="owner"), True, id="changes-other-tags"
        ),
        pytest.param(OWN, "kms:UntagResource", OF_PROJECT | requested(keys="owner"), True, id="takes-a-tag"),
        *(
            pytest.param(
                OWN,
                "kms:UntagResource",
                OF_PROJECT | OF_PRODUCT | requested(keys=name),
                False,
                id=f"keeps-{name}",
            )
            for name in (PROJECT, PRODUCT)
        ),
        pytest.param(
            SHARED,
            "kms:PutKeyPolicy",
            OF_DOMAIN | {"aws:ResourceTag/platform": "ml"},
            True,
            id="shared-of-the-domain",
        ),
        pytest.param(
            SHARED,
            "kms:PutKeyPolicy",
            OF_PROJECT | OF_PRODUCT | {"aws:ResourceTag/platform": "ml"},
            False,
            id="shared-is-no-project's",
        ),
        pytest.param(
            SHARED, "kms:TagResource", OF_PROJECT | requested(keys="owner"), False, id="tags-no-project's"
        ),
        pytest.param(PLAIN, "kms:PutKeyPolicy", {}, False, id="without-tags-of-the-platform-nothing-is-free"),
        pytest.param(PLAIN, "kms:PutKeyPolicy", OF_DOMAIN, True, id="without-tags-of-the-platform"),
    ],
)
def test_labels_tell_what_is_whose(
    template: Mapping[str, Any], action: str, keys: Mapping[str, str], expected: bool
) -> None:
    statements = derive(template, region=REGION, product_tag=PRODUCT)
    resource = "*" if action == "kms:CreateKey" else KEY
    assert allowed(statements, action, resource, keys) is expected


@pytest.mark.parametrize("product", PRODUCTS)
def test_no_product_changes_a_key_by_its_kind_alone(product: str) -> None:
    """Also where the adopter tags nothing: a key without labels is out of reach, and stays without."""
    tag = settings(prefix="mlplatform-x").names.product_tag
    statements = derive(templates()[product], region=REGION, product_tag=tag)
    for action in ("kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"):
        used = [statement for statement in statements if action in statement.actions]
        assert all(
            any(key.startswith("aws:ResourceTag/") for _, key, _ in statement.condition) for statement in used
        )
        assert not allowed(statements, action, KEY, {})
