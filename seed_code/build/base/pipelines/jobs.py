"""Steps that run a job: one image and one role, everything encrypted, tagged, and in its place."""

import json
from typing import Any

from sagemaker.core.network import NetworkConfig
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    S3DataSource,
    StoppingCondition,
    Tag,
)
from sagemaker.core.training.configs import Compute, InputData, Networking, OutputDataConfig
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.train import ModelTrainer

from pipelines.configuration import MOST_INSTANCES, Configuration, Project
from pipelines.image import images
from pipelines.source import Source

PROCESSING = "/opt/ml/processing"

# The kind of a pipeline's parameter by that of a hyperparameter.
PARAMETERS: dict[type, Any] = {int: ParameterInteger, float: ParameterFloat, str: ParameterString}


class Jobs:
    """Makes the steps of a project's pipeline.

    Attributes:
        images: The container images of the jobs and the endpoint.
        files: What Preprocess is told of how many machines train.
        parameters: The parameters of the pipeline that the jobs depend on.
    """

    def __init__(
        self, *, project: Project, configuration: Configuration, source: Source, session: PipelineSession
    ) -> None:
        self._project = project
        self._configuration = configuration
        self._source = source
        self._session = session
        self._tags = [Tag(key=key, value=value) for key, value in project.tags.items()]
        instances = configuration.instances
        self._processing_instance = ParameterString(
            "ProcessingInstanceType", default_value=instances.processing
        )
        self._training_instance = ParameterString("TrainingInstanceType", default_value=instances.training)
        # Where an algorithm trains on one machine alone, nobody is asked how many.
        counts = [ParameterInteger("TrainingInstanceCount", default_value=instances.instance_count)]
        self._instance_counts = counts if MOST_INSTANCES > 1 else []
        self.files = {"files": counts[0].to_string()} if self._instance_counts else {}
        self.images = images(project)
        self._hyperparameters = {
            name: PARAMETERS[type(value)](name, default_value=value)
            for name, value in configuration.hyperparameters.items()
        }
        self.parameters = [
            self._processing_instance,
            self._training_instance,
            *self._instance_counts,
            *self._hyperparameters.values(),
        ]

    def processing(
        self,
        name: str,
        *,
        inputs: dict[str, Any],
        outputs: tuple[str, ...] = (),
        of_version: bool = False,
        arguments: dict[str, Any] | None = None,
        property_files: list[PropertyFile] | None = None,
    ) -> ProcessingStep:
        """A step that runs the script of its name.

        Args:
            name: The step's name; its script is the same in lower case.
            inputs: S3 URI by the name of the folder in the container. A URI is a key prefix: one that ends
                with a slash names a folder, and no other that begins alike.
            outputs: Names of folders in the container, stored under the execution's own prefix.
            of_version: The outputs are part of the version, and kept with its artifact.
            arguments: Values of the script's options, by their names without dashes.
            property_files: Outputs that conditions read.
        """
        project, instances = self._project, self._configuration.instances
        location, key = self.s3("runs"), project.kms_key_arn
        if of_version:
            location, key = project.version_location, project.version_kms_key_arn
        processor = Processor(
            sagemaker_session=self._session,
            role=project.pipeline_role_arn,
            image_uri=self.images.jobs,
            entrypoint=["python3", f"{PROCESSING}/input/code/{name.lower()}.py"],
            instance_type=self._processing_instance,
            instance_count=1,
            volume_size_in_gb=instances.volume_gib,
            volume_kms_key=project.kms_key_arn,
            output_kms_key=key,
            max_runtime_in_seconds=instances.maximum_minutes * 60,
            network_config=NetworkConfig(
                encrypt_inter_container_traffic=instances.encrypt_inter_container_traffic
            ),
            tags=self._tags,
        )
        folders = {"code": self.s3(self._source.files_prefix), **inputs}
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
                        s3_uri=_of_execution(location, folder),
                        local_path=f"{PROCESSING}/{folder}",
                        s3_upload_mode="EndOfJob",
                    ),
                )
                for folder in outputs
            ],
            arguments=[part for option, value in (arguments or {}).items() for part in (f"--{option}", value)]
            or None,
        )
        return ProcessingStep(name=name, step_args=step_arguments, property_files=property_files or [])

    def training(self, name: str, *, channels: dict[str, Any], shared: tuple[str, ...]) -> TrainingStep:
        """The step that trains the model, by the container's script mode or by its own program.

        Args:
            name: The step's name; its script is the same in lower case.
            channels: S3 URI by the name of the channel.
            shared: Channels of which each instance gets some of the files, and not all.
        """
        project, instances = self._project, self._configuration.instances
        hyperparameters = {
            # CreateTrainingJob takes texts only.
            **{name: parameter.to_string() for name, parameter in self._hyperparameters.items()},
        }
        script = {
            # Given as hyperparameters, because the SDK's `SourceCode` uploads under a key with a timestamp,
            # which makes every definition a new one.
            "sagemaker_program": json.dumps(f"{name.lower()}.py"),
            "sagemaker_submit_directory": json.dumps(self.s3(self._source.archive_key)),
        }
        trainer = ModelTrainer(
            sagemaker_session=self._session,
            role=project.pipeline_role_arn,
            base_job_name=name.lower(),
            training_image=self.images.jobs,
            environment=dict(self.images.job_environment),
            compute=Compute(
                instance_type=self._training_instance,
                instance_count=next(iter(self._instance_counts), 1),
                volume_size_in_gb=instances.volume_gib,
                volume_kms_key_id=project.kms_key_arn,
            ),
            networking=Networking(
                enable_inter_container_traffic_encryption=instances.encrypt_inter_container_traffic
            ),
            stopping_condition=StoppingCondition(max_runtime_in_seconds=instances.maximum_minutes * 60),
            output_data_config=OutputDataConfig(
                s3_output_path=_of_execution(project.version_location),
                kms_key_id=project.version_kms_key_arn,
            ),
            hyperparameters=hyperparameters | (script if self.images.toolkit else {}),
            input_data_config=[
                InputData(
                    channel_name=channel,
                    data_source=S3DataSource(
                        s3_data_type="S3Prefix",
                        s3_uri=uri,
                        s3_data_distribution_type="ShardedByS3Key"
                        if channel in shared
                        else "FullyReplicated",
                    ),
                )
                for channel, uri in channels.items()
            ],
            tags=self._tags,
        )
        return TrainingStep(name=name, step_args=trainer.train())

    def s3(self, key: str) -> str:
        """The URI of a key in the project's bucket."""
        return f"s3://{self._project.artifact_bucket}/{key}"


def output(step: ProcessingStep, name: str) -> Any:
    """Where a processing step leaves an output."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def artifact(step: TrainingStep) -> Any:
    """Where a training step leaves ``model.tar.gz``."""
    return step.properties.ModelArtifacts.S3ModelArtifacts


def _of_execution(location: str, *names: str) -> Any:
    """A folder that belongs to the execution alone."""
    return Join(on="/", values=[location, ExecutionVariables.PIPELINE_EXECUTION_ID, *names])
