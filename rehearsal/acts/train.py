"""The project's pipelines bring a first version, which waits for approval, and fill in its card."""

from rehearsal import card, training
from rehearsal.story import Act, ActError, Story, built


def play(story: Story, *, central: bool = False) -> str:
    """Follow the build and the SageMaker pipeline to the version, and read what they wrote into the card.

    Args:
        story: The story.
        central: Whether the version is registered in the central registry.
    """
    project = built(story.build_project)
    # The creation of the project has started it all; whoever wants to see how it goes asks for it.
    story.accounts.journal.note(
        f"aws sagemaker list-pipeline-executions --pipeline-name {project.names.title}"
    )
    candidate = training.follow(story, project, set(), central=central)
    story.candidates.append(candidate)
    story.runs.append(candidate.run)
    story.problem_type = candidate.problem_type
    story.primary_metric = candidate.primary_metric
    written = card.note(
        story,
        f"Training of version {candidate.version} filled in its details, metrics and intended use",
        story.people.data_scientist,
        "PendingReview",
    )
    if candidate.arn not in written["Content"]:
        raise ActError(f"the model card does not name {candidate.arn}")
    return (
        f"The code was linted and tested, and the SageMaker pipeline ran {len(candidate.run.steps)} steps on "
        f"{story.data.rows:,} rows. Version {candidate.version} waits for approval with "
        f"{candidate.primary_metric} "
        f"{candidate.metrics.get(candidate.primary_metric, float('nan')):.4g}; its card waits for review."
    )


ACT = Act(
    name="Train",
    actor="Data scientist",
    account="development",
    play=play,
    next="Compare the version's metrics in Studio, and read its card: `scripts/catalog card show`.",
)
