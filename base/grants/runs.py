"""To follow pipelines and builds, and to write and read logs."""

READ_PIPELINE = (
    "codepipeline:GetPipeline",
    "codepipeline:GetPipelineExecution",
    "codepipeline:GetPipelineState",
    "codepipeline:ListActionExecutions",
    "codepipeline:ListPipelineExecutions",
)
"""To see a pipeline, its executions, and what each action says."""

RUN_BUILD = ("codebuild:BatchGetBuilds", "codebuild:StartBuild")
"""To start a build, and to wait for its end."""

READ_LOGS = ("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents")
"""To read a log group."""

WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
"""To write to a log group that exists. Templates make the groups, with their retention."""
