"""Act 7: the governance officer approves, and production serves what test serves."""

from rehearsal import deployment
from rehearsal.story import Act, ActError, Story, built


def play(story: Story) -> str:
    """Approve, and compare what test, production and the model itself answer."""
    if story.release is None:
        raise ActError("no release waits for approval")
    shown = deployment.approve_for_production(story, story.release)
    version = story.versions[-1]
    deployment.check_serving(story, version)
    deployment.compare_predictions(story, version)
    story.add_holding("production", f"endpoint {built(story.deploy_project).names.title}")
    return (
        f"Shown “{shown}”, the governance officer approved. Test, production and the model itself give equal "
        f"answers to {deployment.ASKED_ROWS} rows."
    )


ACT = Act(name="Approve for production", actor="Governance officer", account="shared_services", play=play)
