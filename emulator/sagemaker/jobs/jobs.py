"""The operations of processing and training jobs.

Source: the API reference of each, such as
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html.
"""

from typing import Any

from emulator.core.service import Request
from emulator.sagemaker.jobs.job import Job
from emulator.sagemaker.jobs.processing import ProcessingJob
from emulator.sagemaker.jobs.training import TrainingJob
from emulator.sagemaker.service import check_pass_role, check_tagging, sagemaker
from emulator.sagemaker.store import listed, tags

JOB_TYPES: tuple[type[Job], ...] = (ProcessingJob, TrainingJob)


def job_at(job_arn: str) -> Job:
    """A job of any account.

    Raises:
        ServiceError: There is none.
    """
    _, _, _, region, account, resource = job_arn.split(":", 5)
    kind, _, name = resource.partition("/")
    table = next(each.table for each in JOB_TYPES if each.table.kind == kind)
    job: Job = table.get(account, region, name)
    return job


def _condition_keys(request: Request) -> dict[str, Any]:
    """Condition keys of CreateProcessingJob and CreateTrainingJob.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html.
    """
    given = request.parameters
    network = {**given, **given.get("NetworkConfig", {})}
    vpc = network.get("VpcConfig", {})
    cluster = given.get("ResourceConfig") or given.get("ProcessingResources", {}).get("ClusterConfig", {})
    output = given.get("OutputDataConfig") or given.get("ProcessingOutputConfig", {})
    keys = {
        "sagemaker:InstanceTypes": [cluster["InstanceType"]] if "InstanceType" in cluster else None,
        "sagemaker:VolumeKmsKey": cluster.get("VolumeKmsKeyId"),
        "sagemaker:OutputKmsKey": output.get("KmsKeyId"),
        "sagemaker:VpcSubnets": vpc.get("Subnets"),
        "sagemaker:VpcSecurityGroupIds": vpc.get("SecurityGroupIds"),
        "sagemaker:NetworkIsolation": network.get("EnableNetworkIsolation"),
        "sagemaker:InterContainerTrafficEncryption": network.get("EnableInterContainerTrafficEncryption"),
        "sagemaker:MaxRuntimeInSeconds": given.get("StoppingCondition", {}).get("MaxRuntimeInSeconds"),
    }
    return {key: value for key, value in keys.items() if value is not None}


def _add_operations(job_type: type[Job]) -> None:
    kind, table = job_type.kind, job_type.table
    resource = table.resource(f"{kind}Name")

    def find(request: Request) -> Job:
        job: Job = table.get(request.account, request.region, request.parameters[f"{kind}Name"])
        return job

    @sagemaker.operation(f"Create{kind}", resource=resource, condition_keys=_condition_keys)
    def create(request: Request) -> dict[str, Any]:
        check_pass_role(request, request.parameters["RoleArn"])
        check_tagging(request, resource(request))
        job_type.check(request.parameters)
        job = table.add(request.account, request.region, request.parameters[f"{kind}Name"], job_type(request))
        tags.put(job.arn, request.parameters.get("Tags", []))
        job.start()
        return {f"{kind}Arn": job.arn}

    @sagemaker.operation(f"Describe{kind}", resource=resource)
    def describe(request: Request) -> dict[str, Any]:
        return find(request).described()

    @sagemaker.operation(f"Stop{kind}", resource=resource)
    def stop(request: Request) -> dict[str, Any]:
        find(request).stop()
        return {}

    @sagemaker.operation(f"List{kind}s")
    def list_all(request: Request) -> dict[str, Any]:
        described = [job.described() for job in table.all(request.account, request.region)]
        found, rest = listed(request, described, name=f"{kind}Name", status=f"{kind}Status")
        prefix = kind.removesuffix("Job")
        kept = (
            f"{kind}Name",
            f"{kind}Arn",
            f"{kind}Status",
            "CreationTime",
            "LastModifiedTime",
            f"{prefix}EndTime",
        )
        return {f"{kind}Summaries": [{key: job[key] for key in kept if key in job} for job in found], **rest}


for _job_type in JOB_TYPES:
    _add_operations(_job_type)
