"""The form in which a team fills in a product's parameters, in Studio and in Service Catalog alike."""

import aws_cdk as cdk

from base.names import (
    MAXIMUM_PROJECT_ID,
    MAXIMUM_PROJECT_NAME,
    PROJECT_ID_PARAMETER,
    PROJECT_ID_PATTERN,
    PROJECT_NAME_EXPECTED,
    PROJECT_NAME_PARAMETER,
    PROJECT_NAME_PATTERN,
    REPOSITORY_PARAMETER,
    ProjectNames,
)
from base.pseudo_parameters import ACCOUNT_ID, REGION
from base.settings import Settings
from pipelines.project import tag_project

PROJECT_GROUP = "Project (Studio fills this in)"
REPOSITORY_GROUP = "Repository"


class Form:
    """Declares parameters, and keeps their labels, groups and rules in the template's metadata.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-interface.html
    """

    def __init__(self, stack: cdk.Stack) -> None:
        """Start an empty form.

        Args:
            stack: The product's stack.
        """
        self._stack = stack
        self._groups: dict[str, list[str]] = {}
        self._labels: dict[str, str] = {}
        self._rules: dict[str, dict[str, bool]] = {}

    def ask(
        self,
        name: str,
        *,
        group: str,
        label: str,
        description: str,
        pattern: str,
        expected: str,
        maximum: int,
        default: str | None = None,
        choices: tuple[str, ...] = (),
    ) -> str:
        """Declare a parameter.

        Args:
            name: The parameter's name.
            group: The heading it stands under.
            label: Its label in the form.
            description: What to enter, in a sentence.
            pattern: What is allowed.
            expected: What is allowed, in words: completes "Enter ...".
            maximum: How many characters at most.
            default: What stands in the form from the beginning; makes the parameter optional.
            choices: All allowed values, where there are but a few.

        Returns:
            A reference to the parameter's value.
        """
        parameter = cdk.CfnParameter(
            self._stack,
            name,
            type="String",
            description=description,
            allowed_pattern=pattern,
            constraint_description=f"Enter {expected}.",
            max_length=maximum,
            min_length=1,
            default=default,
            allowed_values=list(choices) or None,
        )
        self._groups.setdefault(group, []).append(name)
        self._labels[name] = label
        self._rules[name] = {"Optional": default is not None}
        self._stack.template_options.metadata = {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {"Label": {"default": heading}, "Parameters": names}
                    for heading, names in self._groups.items()
                ],
                "ParameterLabels": {key: {"default": text} for key, text in self._labels.items()},
            },
            # https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html
            "SagemakerTemplateParameterRules": self._rules,
        }
        return parameter.value_as_string

    def choose(
        self, name: str, *, group: str, label: str, description: str, choices: tuple[str, ...], default: str
    ) -> str:
        """Declare a parameter that takes one of a few values.

        Args:
            name: The parameter's name.
            group: The heading it stands under.
            label: Its label in the form.
            description: What each value does.
            choices: The values.
            default: The one that stands in the form from the beginning.

        Returns:
            A reference to the parameter's value.
        """
        return self.ask(
            name,
            group=group,
            label=label,
            description=description,
            pattern=f"^({'|'.join(choices)})$",
            expected=" or ".join(choices) if len(choices) <= 2 else f"one of {', '.join(choices)}",
            maximum=max(map(len, choices)),
            default=default,
            choices=choices,
        )

    def answer(
        self, name: str, value: str, description: str, *, condition: cdk.CfnCondition | None = None
    ) -> None:
        """Tell the team about something that the product has made.

        Args:
            name: The output's name.
            value: Its value.
            description: What to do with it.
            condition: Holds if it has been made.
        """
        cdk.CfnOutput(self._stack, name, value=value, description=description, condition=condition)


def ask_for_project(form: Form, stack: cdk.Stack, settings: Settings) -> ProjectNames:
    """Declare the parameters that SageMaker fills in, and tag the stack as the project's.

    Args:
        form: The product's form.
        stack: The product's stack.
        settings: What the adopter decided.

    Returns:
        The names of what the project owns.
    """
    names = ProjectNames(
        prefix=settings.name_prefix,
        project_name=form.ask(
            PROJECT_NAME_PARAMETER,
            group=PROJECT_GROUP,
            label="Project name",
            description="The name of the SageMaker project, in lower case.",
            pattern=PROJECT_NAME_PATTERN,
            expected=PROJECT_NAME_EXPECTED,
            maximum=MAXIMUM_PROJECT_NAME,
        ),
        project_id=form.ask(
            PROJECT_ID_PARAMETER,
            group=PROJECT_GROUP,
            label="Project id",
            description="The id that SageMaker gave the project.",
            pattern=PROJECT_ID_PATTERN,
            expected=(f"up to {MAXIMUM_PROJECT_ID} lower-case letters, digits and inner hyphens"),
            maximum=MAXIMUM_PROJECT_ID,
        ),
        account=ACCOUNT_ID,
        region=REGION,
    )
    tag_project(stack, names)
    return names


def ask_for_repository(form: Form, settings: Settings) -> str | None:
    """Declare the parameter that names the team's repository, where one is needed.

    Args:
        form: The product's form.
        settings: What the adopter decided.

    Returns:
        The repository's id; none with CodeCommit, where the product creates the repository.
    """
    provider = settings.repository.provider
    if provider == "codecommit":
        return None
    part = "[A-Za-z0-9_.-]+"
    # GitLab alone nests groups, up to 20 levels.
    parents = "{1,20}" if provider == "gitlab" else "{1}"
    return form.ask(
        REPOSITORY_PARAMETER,
        group=REPOSITORY_GROUP,
        label="Repository",
        description=(
            "An empty repository at your provider, as owner/name. It receives the first commit; "
            "one that has commits is left as it is."
        ),
        pattern=f"^{part}(/{part}){parents}$",
        expected="the repository as owner/name, such as example-team/churn-model",
        maximum=200,
    )


def pipeline_url(names: ProjectNames) -> str:
    """Where the console shows a project's CodePipeline.

    Args:
        names: The project's names.
    """
    return (
        f"https://{names.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/"
        f"{names.title}/view?region={names.region}"
    )
