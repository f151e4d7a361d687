"""A second version is trained and replaces the first; production waits until its card is approved."""

import re

from rehearsal import card, deployment, promotion, training
from rehearsal.story import Act, ActError, Story, built
from rehearsal.waiting import PipelineWatch, known_executions

CONFIGURATION = "hyperparameters.toml"
DEPTH = re.compile(r"^max_depth = (\d+)$", re.MULTILINE | re.ASCII)
GATE = "Admit"


def play(story: Story) -> str:
    """Change a hyperparameter, and follow the change to production."""
    change = _retrain(story)
    version = promotion.promoted(story, story.candidates[-1])
    watch = deployment.release(story, version)
    _refused_without_card(story, watch)
    deployment.approve_card(story, version)
    watch.retry(deployment.PRODUCTION_STAGE)
    watch.finish()
    deployment.check_serving(story, version)
    deployment.compare_predictions(story, version)
    return (
        f"The data scientist pushed {change}; version {version.number} was trained, approved and promoted, "
        f"and its approval showed how its metrics differ from those of what production runs. Production was "
        f"refused while its card was not approved; then it served the version."
    )


def _retrain(story: Story) -> str:
    """As the data scientist, push a changed hyperparameter; as the lead, approve what comes of it."""
    project = built(story.build_project)
    known = known_executions(story, story.people.data_scientist, project.names.title)
    change = _push(story, project.names.title)
    candidate = training.follow(story, project, known)
    story.candidates.append(candidate)
    story.runs.append(candidate.run)
    card.note(
        story,
        f"Training of version {candidate.version} began a page of its own",
        story.people.data_scientist,
        "PendingReview",
    )
    promotion.approve_in_development(story, candidate)
    return change


def _push(story: Story, repository: str) -> str:
    """Commit another depth of the trees, and return what changed."""
    accounts = story.accounts
    branch = accounts.settings.repository.default_branch
    codecommit = story.acting_as(story.people.data_scientist, "codecommit")
    file = codecommit.get_file(repositoryName=repository, commitSpecifier=branch, filePath=CONFIGURATION)
    before = file["fileContent"].decode()
    found = DEPTH.search(before)
    if found is None:
        raise ActError(f"{CONFIGURATION} of repository {repository} names no max_depth")
    depth = int(found[1])
    change = f"max_depth = {depth - 1 if depth > 2 else depth + 1}"
    codecommit.create_commit(
        repositoryName=repository,
        branchName=branch,
        parentCommitId=file["commitId"],
        authorName="Data scientist",
        email="data-scientist@example.com",
        commitMessage=f"Train with {change}",
        putFiles=[{"filePath": CONFIGURATION, "fileContent": DEPTH.sub(change, before).encode()}],
    )
    story.tell(f"pushed {change} (it was {depth})")
    return change


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
    next=(
        "Change the code, the features or the data in the same way: each push trains a version, and "
        "only approvals carry it further."
    ),
)
