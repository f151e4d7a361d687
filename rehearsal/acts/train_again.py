"""A second version replaces the first; production waits until its card is approved."""

from rehearsal import card, deployment, promotion, training
from rehearsal.story import Act, ActError, Story, built
from rehearsal.waiting import PipelineWatch

GATE = "Admit"


def play(story: Story) -> str:
    """Follow the change to production."""
    if story.change is None:
        raise ActError("no change was pushed")
    _follow(story, story.change.known)
    version = promotion.promoted(story, story.candidates[-1])
    watch = deployment.release(story, version)
    _refused_without_card(story, watch)
    deployment.approve_card(story, version)
    watch.retry(deployment.PRODUCTION_STAGE)
    watch.finish()
    deployment.check_serving(story, version)
    deployment.compare_predictions(story, version)
    return (
        f"Version {version.number}, with {story.change.what}, was trained, approved and promoted, and its "
        f"approval showed how its metrics differ from those of what production runs. Production was refused "
        f"while its card was not approved; then it served the version."
    )


def _follow(story: Story, known: set[str]) -> None:
    """Follow the training that the push started; as the lead, approve what comes of it."""
    candidate = training.follow(story, built(story.build_project), known)
    story.candidates.append(candidate)
    story.runs.append(candidate.run)
    card.note(
        story,
        f"Training of version {candidate.version} began a page of its own",
        story.people.data_scientist,
        "PendingReview",
    )
    promotion.approve_in_development(story, candidate)


def _refused_without_card(story: Story, watch: PipelineWatch) -> None:
    """Approve production while nobody has approved the card, and quote the pipeline's refusal."""
    deployment.give_approval(story, watch)
    refusal = watch.failure(deployment.PRODUCTION_STAGE, GATE)
    story.tell(f"refused: {refusal}")
    story.accounts.journal.quote("How the pipeline refused", refusal)


ACT = Act(
    name="Train again",
    actor="Everyone",
    account="development",
    play=play,
    next="Read what the approval of production shows: how the metrics differ from those of what it runs.",
)
