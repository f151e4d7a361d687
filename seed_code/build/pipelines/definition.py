"""The SageMaker pipeline: Preprocess, Train, Evaluate, CheckQuality, then Register or QualityTooLow.

Building it calls no AWS service. Equal scripts, configuration and project give an equal definition.
"""

import json
import os
from typing import Any

# The SDK would otherwise simulate the role's policies by calling IAM, which the build has no permission for.
os.environ.setdefault("SAGEMAKER_VALIDATE_ROLE", "false")

import boto3
from sagemaker.core import image_uris
from sagemaker.core.config.config_manager import SageMakerConfig
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.network import NetworkConfig
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    StoppingCondition,
    Tag,
)
from sagemaker.core.training.configs import Compute, InputData, Networking, OutputDataConfig
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
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train import ModelTrainer

from pipelines.configuration import Configuration, Project
from pipelines.source import Source

# Python 3.12 with pandas 2.2.3 and scikit-learn 1.8.0: one image for every step and the endpoint.
XGBOOST_VERSION = "3.2-0"
PROCESSING = "/opt/ml/processing"
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
        boto_session: boto3.Session,
    ) -> None:
        self._project = project
        self._configuration = configuration
        self._source = source
        self._session = PipelineSession(
            boto_session=boto_session, default_bucket=project.artifact_bucket, sagemaker_config=NO_TELEMETRY
        )
        self._image = image_uris.retrieve("xgboost", project.aws_region, version=XGBOOST_VERSION)
        self._tags = [Tag(key=key, value=value) for key, value in project.tags.items()]

        instances = configuration.instances
        self._input_data = ParameterString("InputDataUri", default_value=project.input_data_uri)
        self._target = ParameterString("TargetColumn", default_value=project.target_column)
        self._processing_instance = ParameterString(
            "ProcessingInstanceType", default_value=instances.processing
        )
        self._training_instance = ParameterString("TrainingInstanceType", default_value=instances.training)
        self._minimum_skill = ParameterFloat(
            "MinimumSkillScore", default_value=configuration.quality.minimum_skill_score
        )

        preprocess = self._preprocess()
        train = self._train(preprocess)
        report = PropertyFile(name="Evaluation", output_name="evaluation", path="evaluation.json")
        evaluate = self._evaluate(preprocess, train, report)
        check = self._check_quality(evaluate, report, self._register(train, evaluate, report))
        self.pipeline = Pipeline(
            name=project.pipeline_name,
            parameters=[
                self._input_data,
                self._target,
                self._processing_instance,
                self._training_instance,
                self._minimum_skill,
            ],
            steps=[preprocess, train, evaluate, check],
            sagemaker_session=self._session,
            # Studio shows the executions without it; it would need permission to create experiments.
            pipeline_experiment_config=None,
        )

    def _preprocess(self) -> ProcessingStep:
        data = self._configuration.data
        return self._processing_step(
            "Preprocess",
            inputs={"data": self._input_data},
            outputs=("train", "validation", "test", "schema"),
            arguments=[
                "--target",
                self._target,
                "--problem-type",
                data.problem_type,
                "--split-seed",
                str(data.split_seed),
                "--validation-fraction",
                str(data.validation_fraction),
                "--test-fraction",
                str(data.test_fraction),
            ],
        )

    def _train(self, preprocess: ProcessingStep) -> TrainingStep:
        instances = self._configuration.instances
        hyperparameters = {
            # CreateTrainingJob takes texts only.
            **{name: str(value) for name, value in self._configuration.hyperparameters.model_dump().items()},
            # The XGBoost container's script mode. Given as hyperparameters, because the SDK's `SourceCode`
            # uploads under a key with a timestamp, which makes every definition a new one.
            "sagemaker_program": json.dumps("train.py"),
            "sagemaker_submit_directory": json.dumps(self._s3(self._source.archive_key)),
        }
        trainer = ModelTrainer(
            sagemaker_session=self._session,
            role=self._project.pipeline_role_arn,
            base_job_name="train",
            training_image=self._image,
            compute=Compute(
                instance_type=self._training_instance,
                instance_count=1,
                volume_size_in_gb=instances.volume_gib,
                volume_kms_key_id=self._project.kms_key_arn,
            ),
            networking=Networking(
                enable_inter_container_traffic_encryption=instances.encrypt_inter_container_traffic
            ),
            stopping_condition=StoppingCondition(max_runtime_in_seconds=instances.maximum_minutes * 60),
            output_data_config=OutputDataConfig(
                s3_output_path=Join(
                    on="/", values=[self._s3("models"), ExecutionVariables.PIPELINE_EXECUTION_ID]
                ),
                kms_key_id=self._project.kms_key_arn,
            ),
            hyperparameters=hyperparameters,
            input_data_config=[
                InputData(channel_name=name, data_source=_output(preprocess, name))
                for name in ("train", "validation", "schema")
            ],
            tags=self._tags,
        )
        return TrainingStep(name="Train", step_args=trainer.train())

    def _evaluate(
        self, preprocess: ProcessingStep, train: TrainingStep, report: PropertyFile
    ) -> ProcessingStep:
        return self._processing_step(
            "Evaluate",
            inputs={
                "model": _artifact(train),
                "train": _output(preprocess, "train"),
                "test": _output(preprocess, "test"),
            },
            outputs=("evaluation",),
            property_files=[report],
        )

    def _register(self, train: TrainingStep, evaluate: ProcessingStep, report: PropertyFile) -> ModelStep:
        statistics = MetricsSource(
            s3_uri=Join(on="/", values=[_output(evaluate, "evaluation"), report.path]),
            content_type="application/json",
        )
        builder = ModelBuilder(
            sagemaker_session=self._session,
            role_arn=self._project.pipeline_role_arn,
            image_uri=self._image,
            s3_model_data_url=_artifact(train),
            # The artifact is complete; the default would look for code to upload, in a bucket of the SDK's.
            dependencies={},
            env_vars={
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            },
        )
        types = {"content_types": ["text/csv", "application/json"], "response_types": ["application/json"]}
        return ModelStep(
            name="Register",
            step_args=builder.register(
                **types,
                model_package_group_name=self._project.model_package_group_name,
                approval_status="PendingManualApproval",
                model_metrics=ModelMetrics(model_statistics=statistics),
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
            "input_data_uri": self._input_data,
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

    def _check_quality(
        self, evaluate: ProcessingStep, report: PropertyFile, register: ModelStep
    ) -> ConditionStep:
        skill = JsonGet(step_name=evaluate.name, property_file=report, json_path="metrics.skill_score.value")
        too_low = FailStep(
            name="QualityTooLow",
            error_message=Join(
                on=" ",
                values=[
                    "The model is not registered: its skill score on the test data is below",
                    self._minimum_skill,
                ],
            ),
        )
        return ConditionStep(
            name="CheckQuality",
            conditions=[ConditionGreaterThanOrEqualTo(left=skill, right=self._minimum_skill)],
            if_steps=[register],
            else_steps=[too_low],
        )

    def _processing_step(
        self,
        name: str,
        *,
        inputs: dict[str, Any],
        outputs: tuple[str, ...],
        arguments: list[Any] | None = None,
        property_files: list[PropertyFile] | None = None,
    ) -> ProcessingStep:
        """A step that runs the script of its name.

        Args:
            name: The step's name; its script is the same in lower case.
            inputs: S3 URI by the name of the folder in the container.
            outputs: Names of folders in the container, stored under the execution's own prefix.
            arguments: Arguments of the script.
            property_files: Outputs that conditions read.
        """
        instances = self._configuration.instances
        processor = Processor(
            sagemaker_session=self._session,
            role=self._project.pipeline_role_arn,
            image_uri=self._image,
            entrypoint=["python3", f"{PROCESSING}/input/code/{name.lower()}.py"],
            instance_type=self._processing_instance,
            instance_count=1,
            volume_size_in_gb=instances.volume_gib,
            volume_kms_key=self._project.kms_key_arn,
            output_kms_key=self._project.kms_key_arn,
            max_runtime_in_seconds=instances.maximum_minutes * 60,
            network_config=NetworkConfig(
                encrypt_inter_container_traffic=instances.encrypt_inter_container_traffic
            ),
            tags=self._tags,
        )
        folders = {"code": self._s3(self._source.files_prefix), **inputs}
        step_arguments = processor.run(
            inputs=[
                ProcessingInput(
                    input_name=folder,
                    s3_input=ProcessingS3Input(
                        s3_uri=uri,
                        local_path=f"{PROCESSING}/input/{folder}",
                        s3_data_type="S3Prefix",
                        s3_input_mode="File",
                    ),
                )
                for folder, uri in folders.items()
            ],
            outputs=[
                ProcessingOutput(
                    output_name=folder,
                    s3_output=ProcessingS3Output(
                        s3_uri=Join(
                            on="/",
                            values=[self._s3("runs"), ExecutionVariables.PIPELINE_EXECUTION_ID, folder],
                        ),
                        local_path=f"{PROCESSING}/{folder}",
                        s3_upload_mode="EndOfJob",
                    ),
                )
                for folder in outputs
            ],
            arguments=arguments,
        )
        return ProcessingStep(name=name, step_args=step_arguments, property_files=property_files or [])

    def _s3(self, key: str) -> str:
        return f"s3://{self._project.artifact_bucket}/{key}"


def _output(step: ProcessingStep, name: str) -> Any:
    """Where a processing step leaves an output."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def _artifact(step: TrainingStep) -> Any:
    """Where a training step leaves ``model.tar.gz``."""
    return step.properties.ModelArtifacts.S3ModelArtifacts
