"""While the first version is on its way to production, the data scientist trains a second."""

import re

from rehearsal.story import Act, ActError, Change, Story, built
from rehearsal.waiting import known_executions

CONFIGURATION = "hyperparameters.toml"
DEPTH = re.compile(r"^max_depth = (\d+)$", re.MULTILINE | re.ASCII)


def play(story: Story) -> str:
    """Commit another depth of the trees, which starts the project's pipelines again."""
    scientist = story.people.data_scientist
    repository = built(story.build_project).names.title
    known = known_executions(story, scientist, repository)
    codecommit = story.acting_as(scientist, "codecommit")
    branch = story.accounts.settings.repository.default_branch
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
    story.change = Change(what=change, known=known)
    return (
        f"The data scientist pushed {change} (it was {depth}). The push trains a second version, while the "
        "first is deployed."
    )


ACT = Act(
    name="Change a hyperparameter",
    actor="Data scientist",
    account="development",
    play=play,
    next=(
        "Change the code, the features or the data in the same way: each push trains a version, and "
        "only approvals carry it further."
    ),
)
