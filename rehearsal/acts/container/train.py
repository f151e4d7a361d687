"""The project's pipeline builds the image of the commit, and trains a first version in it."""

from dataclasses import replace

from rehearsal import images
from rehearsal.acts import train
from rehearsal.story import ActError, Story, built


def play(story: Story) -> str:
    """Follow the training as for any project, and see that every job ran in the one image, by its digest."""
    told = train.play(story)
    image = images.of_team(story)
    scientist = story.people.data_scientist
    ecr = story.accounts.administrator("development", "ecr")
    (pushed,) = ecr.describe_images(repositoryName=image.repository)["imageDetails"]
    if pushed["imageDigest"] != image.digest or len(pushed.get("imageTags", [])) != 1:
        raise ActError(f"the repository {image.repository} holds {pushed}, and not the image {image.digest}")
    sagemaker = story.acting_as(scientist, "sagemaker")
    title = built(story.build_project).names.title
    execution = sagemaker.list_pipeline_executions(PipelineName=title)["PipelineExecutionSummaries"][0]
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution["PipelineExecutionArn"])
    administrator = story.accounts.administrator("development", "sagemaker")
    used = set()
    for step in steps["PipelineExecutionSteps"]:
        job = step.get("Metadata", {})
        if "TrainingJob" in job:
            name = job["TrainingJob"]["Arn"].rpartition("/")[2]
            described = administrator.describe_training_job(TrainingJobName=name)
            used.add(described["AlgorithmSpecification"]["TrainingImage"])
        elif "ProcessingJob" in job:
            name = job["ProcessingJob"]["Arn"].rpartition("/")[2]
            described = administrator.describe_processing_job(ProcessingJobName=name)
            used.add(described["AppSpecification"]["ImageUri"])
    if {images.parse(uri) for uri in used} != {image}:
        raise ActError(f"the jobs ran in {', '.join(sorted(used))} and not all in {image.digest}")
    commit = pushed["imageTags"][0][:12]
    return f"{told} Every job ran in the image that the pipeline had built of the commit {commit}."


ACT = replace(train.ACT, play=play)
