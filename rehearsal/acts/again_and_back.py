"""Act 8: a second version is trained and deployed; then production returns to the first."""

import re

from rehearsal import deployment, promotion, training
from rehearsal.story import Act, ActError, ModelVersion, Story, built
from rehearsal.waiting import known_executions

CONFIGURATION = "config.toml"
DEPTH = re.compile(r"^max_depth = (\d+)$", re.MULTILINE)


def play(story: Story) -> str:
    """Change a hyperparameter, follow the change to production, and approve the first version again."""
    first = story.versions[-1]
    change = _retrain(story)
    second = _bring_to_production(story, promotion.promoted(story, story.candidates[-1]))
    story.tell(f"approving version {first.number} again")
    _bring_to_production(story, first)
    return (
        f"The data scientist pushed {change}; version {second.number} was trained, approved, promoted and "
        f"deployed. Then version {first.number} was approved again, and production returned to it."
    )


def _retrain(story: Story) -> str:
    """As the data scientist, push a changed hyperparameter; as the lead, approve what comes of it."""
    project = built(story.build_project)
    known = known_executions(story, story.people.data_scientist, project.names.title)
    change = _push(story, project.names.title)
    candidate = training.follow(story, project, known)
    story.candidates.append(candidate)
    story.runs.append(candidate.run)
    promotion.approve_in_development(story, candidate)
    return change


def _push(story: Story, repository: str) -> str:
    """Commit another depth of the trees, and return what changed."""
    stage = story.stage
    branch = stage.settings.repository.default_branch
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


def _bring_to_production(story: Story, version: ModelVersion) -> ModelVersion:
    """Approve a version centrally and for production, and check that production serves it."""
    watch = deployment.release(story, version)
    deployment.approve_for_production(story, watch)
    deployment.check_serving(story, version)
    deployment.compare_predictions(story, version)
    story.tell(f"production serves version {version.number}")
    return version


ACT = Act(name="Again, and back", actor="Everyone", account="development", play=play)
