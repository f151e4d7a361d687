"""The ML engineer deploys the approved version to the test account."""

import json

from rehearsal import card, deployment
from rehearsal.story import Act, Story, built


def play(story: Story) -> str:
    """Approve centrally, follow the pipeline to the approval for production, and ask the test endpoint."""
    people = story.people
    version = story.versions[-1]
    story.release = deployment.release(story, version).execution_id
    answer = deployment.ask(story, people.test_application, deployment.sample_rows(story))
    predictions = ", ".join(map(str, json.loads(answer)["predictions"]))
    story.add_holding("test", f"endpoint {built(story.deploy_project).names.title}")
    card.note(
        story, "Integration tests in test added their results", people.test_application, "PendingReview"
    )
    return (
        f"Approving version {version.number} started the deploy project with that version. The endpoint in "
        f"test passed the integration tests, whose results are in the card, and answers "
        f"{deployment.ASKED_ROWS} rows with {predictions}."
    )


ACT = Act(name="Deploy to test", actor="ML engineer", account="shared_services", play=play)
