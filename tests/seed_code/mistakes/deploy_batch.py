"""Mistakes in the layer `deploy/batch`; those in its base are tried with `deploy_realtime`."""

from tests.seed_code.mistakes.mistake import Mistake


def _mistake(name: str, old: str, new: str, file: str = "stack") -> Mistake:
    """A mistake that the tests of one file must notice."""
    check = f"python -m pytest --exitfirst tests/test_{file}.py"
    return Mistake(name=name, file=f"deploy/{file}.py", old=old, new=new, check=check)


MISTAKES = (
    _mistake(
        "every transform has one name, so that the second is refused",
        'f"{project.sagemaker_project_id}-{EXECUTION}"',
        "project.sagemaker_project_id",
    ),
    _mistake(
        "the name of a job is too long for a long project",
        'f"{project.sagemaker_project_id}-{EXECUTION}"',
        'f"{project.title}-{EXECUTION}"',
    ),
    _mistake(
        "a request has a member that SageMaker does not know",
        '"SplitType": "Line"',
        '"Split": "Line"',
    ),
    _mistake(
        "results are encrypted with a key that nobody chose",
        '**({} if configuration.output_uri else {"KmsKeyId": key})',
        "**{}",
    ),
    _mistake(
        "a schedule that is switched off runs",
        'state="ENABLED" if configuration.enabled else "DISABLED"',
        'state="ENABLED"',
    ),
    _mistake(
        "the time zone is forgotten",
        "            schedule_expression_timezone=configuration.time_zone,\n",
        "",
    ),
    _mistake(
        "the schedule assumes the role of the model",
        'role_arn=self.role_of("batch-schedule")',
        'role_arn=self.role_of("batch-transform")',
    ),
    _mistake(
        "jobs are nobody's",
        '"Tags": [{"Key": name, "Value": value} for name, value in project.tags.items()],',
        "",
    ),
    _mistake(
        "a schedule that ends after one transform is taken",
        "^(rate|cron)",
        "^(rate|cron|at)",
        file="configuration",
    ),
)
