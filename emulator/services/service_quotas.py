"""Service Quotas: those that decide whether a fresh account can build and train.

Names as the console has them: https://docs.aws.amazon.com/general/latest/gr/codebuild.html,
https://docs.aws.amazon.com/general/latest/gr/sagemaker.html. The emulator enforces no more of them than
CodeBuild's smallest compute.
"""

from collections.abc import Mapping
from typing import Any

from emulator.core.service import Request, Service, ServiceError
from emulator.core.switches import feared

service_quotas = Service("service-quotas", iam_prefix="servicequotas")

_COMPUTES = ("Small", "Medium", "Large")
_INSTANCES = ("ml.m5.large", "ml.m5.xlarge")
_USES = ("endpoint usage", "processing job usage", "training job usage")


def _quotas(service: str) -> Mapping[str, float]:
    fresh = feared("build-quota")
    match service:
        case "codebuild":
            return {
                f"Concurrently running builds for Linux/{compute} environment": float(
                    not (fresh and compute == "Small")
                )
                for compute in _COMPUTES
            }
        case "sagemaker":
            scarce = feared("instance-quota")
            return {
                f"{instance} for {use}": 0.0 if scarce else 4.0 for instance in _INSTANCES for use in _USES
            }
        case _:
            raise ServiceError("NoSuchResourceException", f"The emulator knows no quotas of {service}.")


@service_quotas.operation("ListServiceQuotas")
def _list(request: Request) -> dict[str, Any]:
    service = request.parameters["ServiceCode"]
    return {
        "Quotas": [
            {"ServiceCode": service, "QuotaName": name, "Value": value, "Adjustable": True}
            for name, value in _quotas(service).items()
        ]
    }
