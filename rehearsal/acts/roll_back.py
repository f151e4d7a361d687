"""The ML engineer takes production back to the version before, by its receipt."""

from rehearsal import card, commands, deployment
from rehearsal.story import Act, ActError, ModelVersion, Story, built
from rehearsal.waiting import known_executions

# https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct-set-up.html
SERVES = {"Stage": "Production", "StageStatus": "Approved"}
RETIRED = {"Stage": "Archived", "StageStatus": "Retired"}


def play(story: Story) -> str:
    """Ask what would be done, do it, and see production serve the first version again."""
    engineer = story.people.ml_engineer
    group = built(story.build_project).names.title
    second, first = story.versions[-1], story.versions[-2]
    _check_life_cycle(story, second, SERVES)
    command = ("rollback", "--group", group)
    for line in commands.catalog(story, engineer, *command, "--pretend"):
        story.tell(line)
    known = known_executions(story, engineer, built(story.deploy_project).names.title)
    commands.catalog(story, engineer, *command, "--yes")
    watch = deployment.started(story, first, known)
    deployment.approve_for_production(story, watch)
    deployment.check_serving(story, first)
    deployment.compare_predictions(story, first)
    _check_life_cycle(story, first, SERVES)
    _check_life_cycle(story, second, RETIRED)
    card.note(story, f"The page of version {first.number} needed no new approval", engineer, "Approved")
    return (
        f"The command said what it would do, and then approved version {first.number} again, by its receipt. "
        f"Tested and approved once more, it serves in production; version {second.number} is retired. Its "
        f"card was approved before, and still says the same."
    )


def _check_life_cycle(story: Story, version: ModelVersion, expected: dict[str, str]) -> None:
    sagemaker = story.acting_as(story.people.governance_officer, "sagemaker")
    package = sagemaker.describe_model_package(ModelPackageName=version.central_arn)
    stage = package.get("ModelLifeCycle", {})
    if {name: stage.get(name) for name in expected} != expected:
        raise ActError(f"version {version.number} should be {expected} and is {stage}")


ACT = Act(
    name="Roll back",
    actor="ML engineer",
    account="shared_services",
    play=play,
    next="Ask first what a roll-back would do: `scripts/catalog rollback --pretend` changes nothing.",
)
