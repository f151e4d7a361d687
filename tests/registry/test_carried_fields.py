"""Every field of a model version, against the SDK's own model of the API.

The rows come from `botocore`. A field that a newer SDK brings has no row in `TREATMENT` and fails by name,
so that somebody decides whether a promoted version carries it.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.locations import FREE_MAPS, LOCATION_FIELDS, MANIFEST_FIELD
from registry.functions.model_registry.promotion.fields import DECIDED_HERE, LEFT_OUT, carried_fields
from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM, TEAM_BUCKET, Cloud, client
from tests.registry.promoting import GROUP, KEY_ARN, promote, simple_version

TREATMENT = {
    "AdditionalInferenceSpecifications": "carried",
    "CertifyForMarketplace": "left out",
    "ClientToken": "decided here",
    "CustomerMetadataProperties": "decided here",
    "Domain": "carried",
    "DriftCheckBaselines": "carried",
    "InferenceSpecification": "carried",
    "ManagedStorageType": "carried",
    "MetadataProperties": "carried",
    "ModelApprovalStatus": "decided here",
    "ModelCard": "carried",
    "ModelLifeCycle": "left out",
    "ModelMetrics": "carried",
    "ModelPackageDescription": "decided here",
    "ModelPackageGroupName": "decided here",
    "ModelPackageName": "left out",
    "ModelPackageRegistrationType": "carried",
    "SamplePayloadUrl": "carried",
    "SecurityConfig": "decided here",
    "SkipModelValidation": "carried",
    "SourceAlgorithmSpecification": "carried",
    "SourceUri": "decided here",
    "Tags": "left out",
    "Task": "carried",
    "ValidationSpecification": "left out",
}

ENTITY_TAGS = {"ETag", "ManifestEtag", "ModelDataETag"}


def create_model_package() -> StructureShape:
    shape = client("sagemaker").meta.service_model.operation_model("CreateModelPackage").input_shape
    assert isinstance(shape, StructureShape)
    return shape


def sample(shape: Shape, cloud: Cloud, path: str) -> Any:
    """A value with every member filled in; S3 locations point to objects that exist."""
    match shape:
        case StructureShape():
            return {
                name: sample(member, cloud, f"{path}/{name}")
                for name, member in shape.members.items()
                if name != MANIFEST_FIELD
            }
        case ListShape():
            return [sample(shape.member, cloud, f"{path}/{number}") for number in (1, 2)]
        case MapShape():
            return {"key": "value"}
    field = path.rpartition("/")[2]
    if field in LOCATION_FIELDS:
        return cloud.put(TEAM_BUCKET, f"models{path}", path.encode())
    choices = shape.metadata.get("enum", [f"text of {path}"[: shape.metadata.get("max", 256)]])
    text = "S3Object" if field == "S3DataType" else choices[0]
    return {"string": text, "boolean": True, "integer": 1}[shape.type_name]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{path}/{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}/{number}")
    else:
        yield path, value


@pytest.mark.parametrize("field", sorted(create_model_package().members))
def test_a_field_of_the_api_has_a_row(field: str) -> None:
    assert field in TREATMENT


def test_a_row_has_a_field_of_the_api() -> None:
    assert set(create_model_package().members) >= set(TREATMENT)


def test_the_rows_agree_with_the_code() -> None:
    stated = {
        **dict.fromkeys(carried_fields(client("sagemaker")), "carried"),
        **dict.fromkeys(DECIDED_HERE, "decided here"),
        **dict.fromkeys(LEFT_OUT, "left out"),
    }
    assert stated == TREATMENT


@pytest.mark.parametrize("field", [name for name, how in TREATMENT.items() if how == "carried"])
def test_a_carried_field_arrives_whole(cloud: Cloud, promotion: Promotion, field: str) -> None:
    value = sample(create_model_package().members[field], cloud, f"/{field}")
    arn = cloud.register(TEAM, "churn", **{field: value})
    cloud.approve(arn)

    promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, "churn")
    arrived = dict(leaves(version[field], f"/{field}"))
    expected = dict(leaves(value, f"/{field}"))
    assert set(arrived) == {path for path in expected if path.rpartition("/")[2] not in ENTITY_TAGS}
    for path, item in arrived.items():
        if path.rpartition("/")[2] in LOCATION_FIELDS:
            assert item.startswith(f"s3://{REGISTRY_BUCKET}/models/{TEAM}/churn/1/")
            assert cloud.body(item) == path_of_sample(path)
        else:
            assert item == expected[path]


def path_of_sample(path: str) -> bytes:
    """What `sample` put where a path of `leaves` says; it counts list items from 1."""
    parts = [str(int(part) + 1) if part.isdecimal() else part for part in path.split("/")]
    return "/".join(parts).encode()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, None, id="no key"),
        pytest.param(
            {"SecurityConfig": {"KmsKeyId": "the-team's"}},
            KEY_ARN,
            id="the team's key becomes the central key",
        ),
    ],
)
def test_the_key_of_a_version(
    cloud: Cloud, promotion: Promotion, given: dict[str, Any], expected: str | None
) -> None:
    arn = cloud.register(TEAM, "churn", **given)
    cloud.approve(arn)

    promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, "churn")
    assert version.get("SecurityConfig", {}).get("KmsKeyId") == expected


CARD = {"ModelCardContent": '{"model_overview": {}}', "ModelCardStatus": "Draft"}
TEAMS_KEY = "arn:aws:kms:eu-west-1:333333333333:key/the-teams"


def with_a_key(cloud: Cloud) -> str:
    return simple_version(cloud, SecurityConfig={"KmsKeyId": TEAMS_KEY}, ModelCard=CARD)


def test_the_card_of_a_version_with_a_key_of_its_own_is_carried(cloud: Cloud, promotion: Promotion) -> None:
    """And is encrypted with the central key, which nobody has to use who reads no card inside a version."""
    arn = with_a_key(cloud)
    cloud.closed_keys.add(KEY_ARN)
    promote(promotion, arn)
    promote(promotion, arn)
    (version,) = cloud.versions_of(HUB, GROUP)
    assert version["ModelCard"] == CARD
    assert version["SecurityConfig"] == {"KmsKeyId": KEY_ARN}


def test_a_key_that_is_closed_to_promotion_is_named_with_what_opens_it(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = with_a_key(cloud)
    cloud.closed_keys.add(TEAMS_KEY)
    with pytest.raises(RegistryError) as refused:
        promote(promotion, arn)
    said = str(refused.value)
    assert said.startswith(f"Promotion may not decrypt the model card of {arn}: add this statement")
    assert '"Action": ["kms:Decrypt"]' in said
    assert '"kms:ViaService": "sagemaker.eu-west-1.amazonaws.com"' in said
    assert not cloud.versions_of(HUB, GROUP)


@pytest.mark.parametrize(
    ("uri", "carried"),
    [
        pytest.param("https://github.com/example/churn", True, id="a repository"),
        pytest.param(
            f"arn:aws:sagemaker:eu-west-1:{TEAM}:model/churn", False, id="a model of the team's account"
        ),
    ],
)
def test_the_source_uri_of_a_version(cloud: Cloud, promotion: Promotion, uri: str, carried: bool) -> None:
    arn = cloud.register(TEAM, "churn", SourceUri=uri)
    cloud.approve(arn)

    promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, "churn")
    assert version.get("SourceUri") == (uri if carried else None)


def test_a_long_description_is_cut(cloud: Cloud, promotion: Promotion) -> None:
    arn = cloud.register(TEAM, "churn", ModelPackageDescription="d" * 1024)
    cloud.approve(arn)

    promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, "churn")
    assert len(version["ModelPackageDescription"]) == 1024
    assert version["ModelPackageDescription"].endswith(".ddd"[1:])


# Where a description may hold S3 locations.

# Members whose shape or name speaks of a place, and which yet hold no object to copy.
NO_OBJECT = {"SourceUri"}


def members(shape: Shape, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, Shape]]:
    match shape:
        case StructureShape() if shape.name not in seen:
            for name, member in shape.members.items():
                if name not in LEFT_OUT:
                    yield name, member
                    yield from members(member, seen | {shape.name})
        case ListShape():
            yield from members(shape.member, seen)


def test_every_location_of_the_api_is_known() -> None:
    places = {
        name
        for name, shape in members(create_model_package())
        if name.endswith(("Uri", "Url", "Path")) or shape.name in {"S3Uri", "S3ModelUri", "Url"}
    }
    assert places == LOCATION_FIELDS | {MANIFEST_FIELD} | NO_OBJECT


def test_every_map_whose_keys_a_team_chooses_is_known() -> None:
    maps = {name for name, shape in members(create_model_package()) if isinstance(shape, MapShape)}
    assert maps == set(FREE_MAPS)
