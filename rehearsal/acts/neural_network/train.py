"""The project's pipelines train a network, and register it in the central registry by its group's ARN."""

import hashlib
from dataclasses import replace

from rehearsal import neural_network, promotion
from rehearsal.acts import train
from rehearsal.record import ModelRecord
from rehearsal.story import ActError, Story, built

REGISTERED = "registered"
"""The folder of the registry's bucket below which training writes."""


def play(story: Story) -> str:
    """Follow the training as for any project, and look at what is in the central registry."""
    told = train.play(story, central=True)
    candidate, accounts = story.candidates[-1], story.accounts
    hub = accounts.account_id("shared_services")
    if f":{hub}:model-package/" not in candidate.arn:
        raise ActError(f"version {candidate.arn} is not in the shared services account {hub}")
    package = story.acting_as(story.people.ml_engineer, "sagemaker").describe_model_package(
        ModelPackageName=candidate.arn
    )
    (container,) = package["InferenceSpecification"]["Containers"]
    artifact = container["ModelDataUrl"]
    bucket, _, key = artifact.removeprefix("s3://").partition("/")
    head = story.acting_as(story.people.ml_engineer, "s3").head_object(Bucket=bucket, Key=key)
    if not key.startswith(f"{REGISTERED}/") or head.get("ServerSideEncryption") != "aws:kms":
        raise ActError(f"{artifact} is not below {REGISTERED}/ and encrypted with the registry's key")
    own = story.acting_as(story.people.data_scientist, "sagemaker").list_model_packages(
        ModelPackageGroupName=built(story.build_project).names.title
    )["ModelPackageSummaryList"]
    if own:
        raise ActError(f"{len(own)} versions are in the team's own group, too")
    story.versions.append(neural_network.registered(candidate, artifact))
    digest = hashlib.sha256(promotion.read_artifact(story, artifact)).hexdigest()
    story.models.append(ModelRecord(version=candidate.version, metrics=candidate.metrics, digest=digest))
    image = container["Image"].rpartition("/")[2]
    return (
        f"{told} It is in the central registry alone, its artifact in the registry's bucket under the "
        f"registry's key, to be served by {image}."
    )


ACT = replace(train.ACT, play=play)
