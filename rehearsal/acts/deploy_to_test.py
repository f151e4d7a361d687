"""The ML engineer deploys the approved version to the test account."""

import json
from collections import Counter
from collections.abc import Sequence

from rehearsal import card, deployment
from rehearsal.story import Act, Story, built


def play(story: Story) -> str:
    """Approve centrally, follow the pipeline to the approval for production, and ask the test endpoint."""
    people = story.people
    version = story.versions[-1]
    story.release = deployment.release(story, version).execution_id
    rows = deployment.sample_rows(story)
    answer = deployment.ask(story, people.test_application, rows)
    story.add_holding("test", f"endpoint {built(story.deploy_project).names.title}")
    card.note(
        story, "Integration tests in test added their results", people.test_application, "PendingReview"
    )
    return (
        f"Approving version {version.number} started the deploy project with that version. The endpoint in "
        f"test passed the integration tests, whose results are in the card, and answers "
        f"{len(rows)} rows: {_summed_up(json.loads(answer)['predictions'])}."
    )


def _summed_up(predictions: Sequence[float | str]) -> str:
    """Say what an endpoint answers: how often each class, or between which numbers."""
    if all(isinstance(prediction, float) for prediction in predictions):
        return f"from {min(predictions):.4g} to {max(predictions):.4g}"
    return ", ".join(f"{count} {prediction}" for prediction, count in Counter(predictions).most_common())


ACT = Act(
    name="Deploy to test",
    actor="ML engineer",
    account="shared_services",
    play=play,
    next="Ask the endpoint in test with rows of your own before anybody approves production.",
)
