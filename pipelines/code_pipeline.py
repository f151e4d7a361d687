"""A project's CodePipeline, and the shapes of its stages and actions.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from aws_cdk import Stack as CdkStack
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_events as events
from constructs import Construct

from base.grants.runs import RUN_BUILD
from base.names import ProjectNames
from base.roles import Permission, arn, role, service_principal
from pipelines.build_project import BuildProject
from pipelines.repository import SOURCE, Repository
from pipelines.storage import ProjectStorage

Declaration = codepipeline.CfnPipeline.ActionDeclarationProperty
# Complete but for its place among the actions of its stage.
Action = partial[Declaration]
Stage = codepipeline.CfnPipeline.StageDeclarationProperty
Variable = codepipeline.CfnPipeline.VariableDeclarationProperty


class CodePipeline(Construct):
    """A V2 pipeline that begins with the project's repository and runs on each push to it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        storage: ProjectStorage,
        repository: Repository,
        builds: Sequence[BuildProject],
        stages: Sequence[Stage],
        permissions: Iterable[Permission] = (),
        variables: Sequence[Variable] = (),
    ) -> None:
        """Define the pipeline.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            storage: Where the pipeline keeps its artifacts.
            repository: The source.
            builds: The CodeBuild projects of its stages.
            stages: What follows the source.
            permissions: What the stages need besides running the builds.
            variables: Variables of an execution.
        """
        super().__init__(scope, construct_id)
        self.name = names.title
        self.arn = arn("codepipeline", names.title)
        pipeline_role = role(
            self,
            "Role",
            name=names.role("pipeline"),
            description=f"CodePipeline of the project {names.project_name}",
            trusts=service_principal("codepipeline"),
            permissions=[
                storage.artifact_use,
                storage.key_use,
                *_artifact_store(storage),
                *repository.source_permissions,
                Permission(
                    actions=RUN_BUILD,
                    resources=tuple(build.arn for build in builds),
                ),
                *permissions,
            ],
        )
        pipeline = codepipeline.CfnPipeline(
            self,
            "Pipeline",
            name=self.name,
            pipeline_type="V2",
            execution_mode="SUPERSEDED",
            role_arn=pipeline_role.role_arn,
            artifact_store=codepipeline.CfnPipeline.ArtifactStoreProperty(
                type="S3",
                location=storage.bucket.bucket_name,
                encryption_key=codepipeline.CfnPipeline.EncryptionKeyProperty(
                    id=storage.key.key_arn, type="KMS"
                ),
            ),
            stages=[Stage(name=SOURCE, actions=[repository.source_action]), *stages],
            variables=list(variables) or None,
        )
        # The first execution starts with the pipeline and must find the seed.
        pipeline.node.add_dependency(repository)
        self._trigger_role = role(
            self,
            "TriggerRole",
            name=names.role("trigger"),
            description=f"EventBridge starts the pipeline of the project {names.project_name}",
            trusts=service_principal("events"),
            permissions=[Permission(actions=("codepipeline:StartPipelineExecution",), resources=(self.arn,))],
        )
        if repository.push_event:
            self.start_on(
                "Push",
                description=f"A push to the repository starts the pipeline {names.title}",
                event=repository.push_event,
            )

    def start_on(
        self,
        construct_id: str,
        *,
        description: str,
        event: Mapping[str, Any],
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Start the pipeline on an event of the account's default bus.

        Args:
            construct_id: The id of the rule.
            description: What it is for, in the console.
            event: The event pattern.
            variables: For each variable of the pipeline, the path of its value in the event.
        """
        target = events.CfnRule.TargetProperty(
            id="Pipeline",
            arn=self.arn,
            role_arn=self._trigger_role.role_arn,
            input_transformer=_variables_input(variables) if variables else None,
        )
        rule = events.CfnRule(
            self, construct_id, description=description, event_pattern=event, targets=[target]
        )
        rule.node.add_dependency(self.node.find_child("Pipeline"))

    def start_through(
        self,
        construct_id: str,
        *,
        function: str,
        description: str,
        event: Mapping[str, Any],
        variables: Mapping[str, str],
    ) -> None:
        """Start the pipeline by a function, on an event of the account's default bus.

        For where EventBridge does not hand variables to CodePipeline. The function gets ``pipeline``,
        ``variables`` and the event's own ``id``; its policy must let EventBridge invoke it.

        Args:
            construct_id: The id of the rule.
            function: ARN of the function.
            description: What the rule is for, in the console.
            event: The event pattern.
            variables: For each variable of the pipeline, the path of its value in the event.
        """
        template = {
            "pipeline": self.name,
            "event": "<event>",
            "variables": {name: f"<{name}>" for name in variables},
        }
        target = events.CfnRule.TargetProperty(
            id="Function",
            arn=function,
            input_transformer=events.CfnRule.InputTransformerProperty(
                input_paths_map={"event": "$.id", **variables},
                input_template=CdkStack.of(self).to_json_string(template),
            ),
        )
        rule = events.CfnRule(
            self, construct_id, description=description, event_pattern=event, targets=[target]
        )
        rule.node.add_dependency(self.node.find_child("Pipeline"))


def _artifact_store(storage: ProjectStorage) -> tuple[Permission, ...]:
    """What CodePipeline asks of its bucket besides the artifacts: the documented minimum.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
    """
    return (
        Permission(
            actions=("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"),
            resources=(storage.bucket.bucket_arn,),
        ),
        Permission(
            # A source action gives the bucket's owner all rights, which the owner has anyway.
            actions=("s3:PutObjectAcl",),
            resources=(storage.bucket.arn_for_objects("*"),),
            because="The keys of artifacts begin with a part of the pipeline's name.",
        ),
    )


def _variables_input(variables: Mapping[str, str]) -> events.CfnRule.InputTransformerProperty:
    # CodePipeline takes the target's input as parameters of StartPipelineExecution.
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
    template = {"variables": [{"name": name, "value": f"<{name}>"} for name in variables]}
    return events.CfnRule.InputTransformerProperty(
        input_paths_map=dict(variables), input_template=json.dumps(template)
    )


def stage(name: str, *actions: Action, only_if_not: tuple[str, str] | None = None) -> Stage:
    """A stage whose actions run one after the other.

    Args:
        name: The stage's name.
        actions: The actions, in their order; when one fails, those after it do not run.
        only_if_not: A variable and a value: while the variable has this value, executions skip the stage.
    """
    return Stage(
        name=name,
        actions=[action(run_order=order) for order, action in enumerate(actions, start=1)],
        before_entry=_skip_if(*only_if_not) if only_if_not else None,
    )


def _skip_if(variable: str, value: str) -> codepipeline.CfnPipeline.BeforeEntryConditionsProperty:
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
    rule = codepipeline.CfnPipeline.RuleDeclarationProperty(
        name="VariableCheck",
        rule_type_id=codepipeline.CfnPipeline.RuleTypeIdProperty(
            category="Rule", owner="AWS", provider="VariableCheck", version="1"
        ),
        configuration={"Variable": variable, "Value": value, "Operator": "NE"},
    )
    return codepipeline.CfnPipeline.BeforeEntryConditionsProperty(
        conditions=[codepipeline.CfnPipeline.ConditionProperty(result="SKIP", rules=[rule])]
    )


def build_action(
    name: str,
    build: BuildProject,
    *,
    output: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Action:
    """An action that runs a CodeBuild project on the source; exported variables get the action's name.

    Args:
        name: The action's name, and the namespace of its variables.
        build: The project.
        output: The name of the artifact it makes, if any.
        environment: Variables that are known in the course of an execution.
    """
    configuration = {"ProjectName": build.name}
    if environment:
        configuration["EnvironmentVariables"] = json.dumps(
            [{"name": key, "value": value, "type": "PLAINTEXT"} for key, value in environment.items()]
        )
    return partial(
        Declaration,
        name=name,
        action_type_id=_type("Build", "CodeBuild"),
        configuration=configuration,
        input_artifacts=[_input(SOURCE)],
        output_artifacts=[codepipeline.CfnPipeline.OutputArtifactProperty(name=output)] if output else None,
        namespace=name,
    )


def cloudformation_action(
    name: str,
    *,
    artifact: str,
    template: str,
    stack: str,
    action_role: str,
    execution_role: str,
    replace_failed: bool = False,
) -> Action:
    """An action that creates or updates a stack, in the account of its roles.

    A stack whose first creation has failed can only be deleted. REPLACE_ON_FAILURE does so by itself, but
    also with a stack whose update and rollback have failed, which may still serve
    (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html).

    Args:
        name: The action's name.
        artifact: The artifact that holds the template.
        template: The template's path there.
        stack: The stack's name.
        action_role: ARN of the role under which CodePipeline calls CloudFormation.
        execution_role: ARN of the role under which CloudFormation works.
        replace_failed: Whether to delete a stack that has failed, and create it anew.
    """
    return partial(
        Declaration,
        name=name,
        action_type_id=_type("Deploy", "CloudFormation"),
        configuration={
            "ActionMode": "REPLACE_ON_FAILURE" if replace_failed else "CREATE_UPDATE",
            "RoleArn": execution_role,
            "StackName": stack,
            "TemplatePath": f"{artifact}::{template}",
        },
        input_artifacts=[_input(artifact)],
        role_arn=action_role,
    )


def invoke_action(name: str, function: str, parameters: Mapping[str, str]) -> Action:
    """An action that invokes a Lambda function and waits until it reports success or failure.

    The variables that the function reports have the action's name as their namespace.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html

    Args:
        name: The action's name, and the namespace of its variables.
        function: The function's name.
        parameters: What the function is told, as a JSON object.
    """
    return partial(
        Declaration,
        name=name,
        action_type_id=_type("Invoke", "Lambda"),
        configuration={"FunctionName": function, "UserParameters": json.dumps(parameters)},
        namespace=name,
    )


def approval_action(name: str, message: str, link: str) -> Action:
    """An action that waits for a person.

    Args:
        name: The action's name.
        message: What the person reads.
        link: Where the person reads more.
    """
    return partial(
        Declaration,
        name=name,
        action_type_id=_type("Approval", "Manual"),
        configuration={"CustomData": message, "ExternalEntityLink": link},
    )


def _type(category: str, provider: str) -> codepipeline.CfnPipeline.ActionTypeIdProperty:
    return codepipeline.CfnPipeline.ActionTypeIdProperty(
        category=category, owner="AWS", provider=provider, version="1"
    )


def _input(artifact: str) -> codepipeline.CfnPipeline.InputArtifactProperty:
    return codepipeline.CfnPipeline.InputArtifactProperty(name=artifact)
