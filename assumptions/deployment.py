"""Assumptions about the pipelines that train and deploy."""

from assumptions.assumption import Assumption, Setting, Source

_CODE = "registry/functions/model_registry"
_TESTS = "tests/registry/test_fallbacks.py"
_CODEPIPELINE = "https://docs.aws.amazon.com/codepipeline/latest"

DEPLOYMENT = (
    Assumption(
        key="pipeline-start",
        assumed="A rule of EventBridge hands variables to a pipeline that it starts.",
        where=("pipelines/code_pipeline.py", "pipelines/deploy_pipeline.py", f"{_CODE}/release/starting.py"),
        source=Source(
            says="An input transformer may override source revisions; variables are not shown.",
            url=f"{_CODEPIPELINE}/userguide/pipelines-trigger-source-overrides.html",
        ),
        if_wrong="A deploy pipeline would not know which version was released, and take the newest.",
        fallback="The rule invokes the release function, which starts the pipeline with the version, once "
        "for an event.",
        setting=Setting(path="assumptions.pipeline_start", hoped="rule", fallback="release_function"),
        probe="Not probed, because it takes a pipeline that runs. The execution shows the value of its "
        "variable ModelPackageArn.",
        shown_by=f"{_TESTS}::test_pipeline_start",
    ),
    Assumption(
        key="approval-updated-by",
        assumed="ListActionExecutions says in `updatedBy` who approved a manual approval.",
        where=(f"{_CODE}/stages/pipelines.py",),
        source=Source(
            says="“The ARN of the user who changed the pipeline execution details”; not that this is the "
            "approver.",
            url=f"{_CODEPIPELINE}/APIReference/API_ActionExecutionDetail.html",
        ),
        if_wrong="Production would be refused, because nobody has approved it.",
        fallback="The stage function reads `lastUpdatedBy` of GetPipelineState, as long as no later "
        "execution has entered the stage.",
        probe="Not probed, because a person has to approve something. The receipt of the first version in "
        "production names the approver.",
        shown_by=f"{_TESTS}::test_approval_updated_by",
    ),
    Assumption(
        key="group-asked-by-pipelines",
        assumed="A RegisterModel step of SageMaker Pipelines asks for CreateModelPackage alone where the "
        "group exists.",
        where=("pipelines/registration.py",),
        source=Source(
            says="The step “registers a model to a model group”; the permissions of its role are not listed.",
            url="https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html",
        ),
        if_wrong="Every training would fail at its last step.",
        fallback="The training role may create the project's own group, which exists already.",
        probe="Not probed, because it takes a training. The step's failure names the action.",
        shown_by="tests/products/test_fallbacks.py::test_group_asked_by_pipelines",
    ),
)
