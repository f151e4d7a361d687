"""While the model is trained, the ML engineer creates the project that will deploy it."""

from rehearsal import catalog, deployment
from rehearsal.acts.create_project import project_name
from rehearsal.story import Act, ActError, Story, built

IDLE_STAGES = {"Source", "Build"}


def play(story: Story) -> str:
    """Create the deploy project, and see that it waits politely for a first approved version."""
    project = catalog.create_project(
        story,
        story.people.ml_engineer,
        catalog.DEPLOY_PROJECT,
        project_name(f"serve {story.data.name}"),
        {"ModelPackageGroupName": built(story.build_project).names.title},
    )
    story.deploy_project = project
    story.add_holding("shared_services", f"project {project.names.title}")
    story.accounts.journal.quote("What the idle pipeline says", _idle_note(story))
    return f"Project {project.names.title} was created while nothing is approved, and its pipeline waits."


def _idle_note(story: Story) -> str:
    """Wait for the first run, which has nothing to deploy, and return the note it leaves."""
    run = deployment.first_run(story)
    run.finish()
    actions = run.actions()
    ran = {action["stageName"] for action in actions}
    if ran != IDLE_STAGES:
        raise ActError(f"with nothing approved, the deploy pipeline ran {', '.join(sorted(ran))}")
    for action in actions:
        note = action.get("output", {}).get("outputVariables", {}).get("NOTE")
        if note:
            return str(note)
    raise ActError("with nothing approved, the deploy pipeline left no note")


ACT = Act(
    name="Create the deploy project",
    actor="ML engineer",
    account="shared_services",
    play=play,
    next="Wait: the first version that is approved in the central registry starts the pipeline.",
)
