"""The SageMaker pipeline: data to a model, and a good one to a documented version in the registry.

Building it calls no AWS service. Equal scripts, configuration and project give an equal definition.
"""

import json
import os
from typing import Any

# The SDK would otherwise simulate the role's policies by calling IAM, which the build has no permission for.
os.environ.setdefault("SAGEMAKER_VALIDATE_ROLE", "false")

import boto3
from sagemaker.core.config.config_manager import SageMakerConfig
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import ProcessingStep, Step, TrainingStep
from sagemaker.serve.model_builder import ModelBuilder

from pipelines.configuration import Configuration, Project
from pipelines.data import InputData
from pipelines.jobs import Jobs, artifact, output
from pipelines.source import CardTexts, Source

# What Evaluate writes for people.
REPORT = "report.html"
NO_TELEMETRY = {
    "SchemaVersion": "1.0",
    "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
}
# The SDK checks its settings against their JSON schema at every look-up, which adds five seconds to a
# definition; these are constant.
SageMakerConfig.validate_sagemaker_config = staticmethod(lambda _: None)


class PipelineBuilder:
    """Builds the pipeline of a project.

    Attributes:
        pipeline: The pipeline, ready for `definition()` and `upsert()`.
    """

    def __init__(
        self,
        *,
        project: Project,
        configuration: Configuration,
        source: Source,
        texts: CardTexts,
        boto_session: boto3.Session,
    ) -> None:
        self._project = project
        self._configuration = configuration
        self._texts = texts
        self._session = PipelineSession(
            boto_session=boto_session, default_bucket=project.artifact_bucket, sagemaker_config=NO_TELEMETRY
        )
        self._jobs = Jobs(project=project, configuration=configuration, source=source, session=self._session)
        self._data = InputData(project, self._jobs)
        self._target = ParameterString("TargetColumn", default_value=project.target_column)
        quality, checks = configuration.quality, configuration.checks
        self._minimum_skill = ParameterFloat("MinimumSkillScore", default_value=quality.minimum_skill_score)
        self._minimum_change = ParameterFloat("MinimumChange", default_value=quality.minimum_change)
        self._maximum_drift = ParameterFloat("MaximumDrift", default_value=checks.maximum_drift)
        self._columns_may_change = ParameterString(
            "ColumnsMayChange",
            default_value=str(checks.columns_may_change).lower(),
            enum_values=["true", "false"],
        )

        preprocess = self._preprocess()
        train = self._train(preprocess)
        report = PropertyFile(name="Evaluation", output_name="evaluation", path="evaluation.json")
        evaluate = self._evaluate(preprocess, train, report)
        register = self._register(train, evaluate, report)
        document = self._document(preprocess, train, evaluate, register)
        checks_of_quality = self._check_quality(evaluate, report, [register, document])
        self.pipeline = Pipeline(
            name=project.pipeline_name,
            parameters=[
                *self._data.parameters,
                self._target,
                *self._jobs.parameters,
                self._maximum_drift,
                self._columns_may_change,
                self._minimum_skill,
                self._minimum_change,
            ],
            steps=[*self._data.steps, preprocess, train, evaluate, *checks_of_quality],
            sagemaker_session=self._session,
            # Studio shows the executions without it; it would need permission to create experiments.
            pipeline_experiment_config=None,
        )

    def _preprocess(self) -> ProcessingStep:
        return self._jobs.processing(
            "Preprocess",
            inputs={"data": self._data.files},
            outputs=("train", "validation", "test", "schema"),
            arguments={
                "target": self._target,
                "input-data": self._data.files,
                **self._configuration.data.arguments,
                **self._configuration.evaluation.arguments,
                **self._configuration.checks.arguments,
                **self._jobs.files,
                "approved-group": self._project.model_package_group_name,
                "region": self._project.aws_region,
                "maximum-drift": self._maximum_drift.to_string(),
                "columns-may-change": self._columns_may_change,
            },
        )

    def _train(self, preprocess: ProcessingStep) -> TrainingStep:
        return self._jobs.training(
            "Train",
            channels={name: output(preprocess, name) for name in ("train", "validation", "schema")},
            shared=("train", "validation"),
        )

    def _evaluate(
        self, preprocess: ProcessingStep, train: TrainingStep, report: PropertyFile
    ) -> ProcessingStep:
        return self._jobs.processing(
            "Evaluate",
            inputs={
                "model": artifact(train),
                "train": output(preprocess, "train"),
                "test": output(preprocess, "test"),
                "schema": output(preprocess, "schema"),
            },
            outputs=(report.output_name,),
            of_version=True,
            arguments={
                **self._configuration.evaluation.arguments,
                "card": self._project.model_card_arn,
            },
            property_files=[report],
        )

    def _register(self, train: TrainingStep, evaluate: ProcessingStep, report: PropertyFile) -> ModelStep:
        def written(name: str, content_type: str) -> MetricsSource:
            location = output(evaluate, report.output_name)
            return MetricsSource(s3_uri=Join(on="/", values=[location, name]), content_type=content_type)

        builder = ModelBuilder(
            sagemaker_session=self._session,
            role_arn=self._project.pipeline_role_arn,
            image_uri=self._jobs.images.endpoint,
            s3_model_data_url=artifact(train),
            # The artifact is complete; the default would look for code to upload, in a bucket of the SDK's.
            dependencies={},
            env_vars=dict(self._jobs.images.endpoint_environment),
        )
        types = {"content_types": ["text/csv", "application/json"], "response_types": ["application/json"]}
        return ModelStep(
            name="Register",
            step_args=builder.register(
                **types,
                model_package_group_name=self._project.model_package_group_name,
                approval_status="PendingManualApproval",
                # What these name goes along wherever the version is promoted to.
                model_metrics=ModelMetrics(
                    model_statistics=written(report.path, "application/json"),
                    model_data_statistics=written("baseline.json", "application/json"),
                    explainability=written(REPORT, "text/html"),
                ),
                customer_metadata_properties=self._metadata(evaluate, report),
            ),
        )

    def _metadata(self, evaluate: ProcessingStep, report: PropertyFile) -> dict[str, Any]:
        """What the version says about itself, wherever it is promoted to."""
        project = self._project
        metadata = {
            "project_name": project.sagemaker_project_name,
            "project_id": project.sagemaker_project_id,
            "pipeline_execution_arn": ExecutionVariables.PIPELINE_EXECUTION_ARN,
            **dict(project.data_details),
            # What an execution was started with, and not what the project was made with.
            **self._data.metadata,
        }
        if project.commit:
            metadata["commit"] = project.commit
        measured = (
            "problem_type",
            "primary_metric",
            "primary_metric_value",
            "skill_score",
            "sample_request",
            "sample_prediction",
        )
        return metadata | {
            name: JsonGet(step_name=evaluate.name, property_file=report, json_path=f"registration.{name}")
            for name in measured
        }

    def _document(
        self, preprocess: ProcessingStep, train: TrainingStep, evaluate: ProcessingStep, register: ModelStep
    ) -> ProcessingStep:
        return self._jobs.processing(
            "Document",
            inputs={
                "evaluation": output(evaluate, "evaluation"),
                "texts": self._jobs.s3(self._texts.key),
            },
            arguments={
                "card": self._project.model_card_arn,
                "model-package": register.properties.ModelPackageArn,
                "execution": ExecutionVariables.PIPELINE_EXECUTION_ARN,
                "training-job": train.properties.TrainingJobArn,
                "evaluation-job": evaluate.properties.ProcessingJobArn,
                "endpoint-image": self._jobs.images.endpoint,
                "report": Join(on="/", values=[output(evaluate, "evaluation"), REPORT]),
                "input-data": self._data.location,
                "test-data": output(preprocess, "test"),
                **self._data_details(),
            },
        )

    def _data_details(self) -> dict[str, str]:
        """What else the card says of the data; no argument where there is nothing to say."""
        details = dict(self._project.data_details)
        return {"data-details": json.dumps(details, ensure_ascii=False)} if details else {}

    def _check_quality(
        self, evaluate: ProcessingStep, report: PropertyFile, good: list[Step]
    ) -> list[ConditionStep]:
        """One step that registers a good model, and for each reason not to one that fails with it.

        A condition step cannot stand in another, so that they stand side by side.
        """

        def measured(path: str) -> JsonGet:
            return JsonGet(step_name=evaluate.name, property_file=report, json_path=path)

        reaches = ConditionGreaterThanOrEqualTo(
            left=measured("metrics.skill_score.value"), right=self._minimum_skill
        )
        keeps_up = ConditionGreaterThanOrEqualTo(
            left=measured("production.change"), right=self._minimum_change
        )
        reasons = {
            "QualityTooLow": (reaches, "is below", self._minimum_skill),
            "WorseThanProduction": (keeps_up, "changes production's by less than", self._minimum_change),
        }
        return [
            ConditionStep(name="CheckQuality", conditions=[reaches, keeps_up], if_steps=good, else_steps=[]),
            *(
                ConditionStep(
                    name=f"Check{name}",
                    conditions=[condition],
                    if_steps=[],
                    else_steps=[
                        FailStep(
                            name=name,
                            error_message=Join(
                                on=" ",
                                values=[
                                    "The model is not registered: its skill score on the test data",
                                    says,
                                    bound,
                                ],
                            ),
                        )
                    ],
                )
                for name, (condition, says, bound) in reasons.items()
            ),
        ]
