"""The platform engineer deploys the bundle to the shared services account."""

from rehearsal import cdk
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Run `cdk bootstrap` and `cdk deploy --all`."""
    stage = story.stage
    credentials = stage.credentials(stage.people.platform_engineer)
    story.tell("cdk bootstrap")
    cdk.bootstrap(story, credentials, stage.account_id("shared_services"))
    # The command line asks for published assets before it deploys, and remembers being refused: the role
    # that publishes has to stand before the stacks that have assets are looked at.
    story.tell("cdk deploy, the foundation first")
    cdk.deploy(story, credentials, stage.names.foundation_stack)
    stacks = cdk.deploy(story, credentials)
    story.add_holding("shared_services", "both portfolios")
    story.add_holding("shared_services", "central model registry")
    return f"cdk bootstrap and cdk deploy brought up {', '.join(stacks)}."


ACT = Act(name="Publish", actor="Platform engineer", account="shared_services", play=play)
