"""The ML engineer deploys the approved version to test, where the container's own code answers."""

from dataclasses import replace

from botocore.exceptions import ClientError

from rehearsal import images
from rehearsal.acts import deploy_to_test
from rehearsal.story import ActError, Story, built

REFUSED = "is not supported; send text/csv or application/json"
"""What the image's own program says of a content type that it does not know."""


def play(story: Story) -> str:
    """Deploy as in any story, and see which image serves, and that its program is who answers."""
    told = deploy_to_test.play(story)
    name = built(story.deploy_project).names.title
    endpoint = story.accounts.administrator("test", "sagemaker").describe_endpoint(EndpointName=name)
    (deployed,) = endpoint["ProductionVariants"][0]["DeployedImages"]
    serving = images.parse(deployed["SpecifiedImage"])
    central = images.of_registry(story, story.versions[-1])
    if serving != central:
        raise ActError(f"the endpoint in test serves with {serving} and not with {central}")
    runtime = story.acting_as(story.people.test_application, "sagemaker-runtime")
    try:
        runtime.invoke_endpoint(EndpointName=name, ContentType="image/png", Body=b"no table")
    except ClientError as error:
        message = error.response["Error"]["Message"]
    else:
        message = "an answer to a picture"
    if REFUSED not in message:
        raise ActError(f"the container did not say what it takes, but {message}")
    return f"{told} It runs in the copy of the image, whose own program answers."


ACT = replace(deploy_to_test.ACT, play=play)
