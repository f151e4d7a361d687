"""Act 6: the ML engineer deploys the approved version to the test account."""

import json

from rehearsal import catalog, deployment
from rehearsal.acts.create_project import project_name
from rehearsal.story import Act, ActError, Story, built

IDLE_STAGES = {"Source", "Build"}


def play(story: Story) -> str:
    """Create the deploy project while nothing is approved, then approve, and ask the test endpoint."""
    stage = story.stage
    project = catalog.create_project(
        story,
        stage.people.ml_engineer,
        catalog.DEPLOY_PROJECT,
        project_name(f"serve {story.data.name}"),
        {"ModelPackageGroupName": built(story.build_project).names.title},
    )
    story.deploy_project = project
    story.add_holding("shared_services", f"project {project.names.title}")
    note = _idle_note(story)
    story.tell(f"nothing is approved yet, and the project stands idle: {note}")
    version = story.versions[-1]
    story.release = deployment.release(story, version)
    answer = deployment.ask(story, stage.people.test_application, deployment.sample_rows(story))
    predictions = ", ".join(map(str, json.loads(answer)["predictions"]))
    story.add_holding("test", f"endpoint {project.names.title}")
    return (
        f"Created while nothing was approved, project {project.names.title} stood idle and said: “{note}” "
        f"Approving version {version.number} started it with that version. The endpoint in test passed the "
        f"integration tests and answers {deployment.ASKED_ROWS} rows with {predictions}."
    )


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


ACT = Act(name="Deploy to test", actor="ML engineer", account="shared_services", play=play)
