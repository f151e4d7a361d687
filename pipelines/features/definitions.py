"""The features of a group, as a form can take them: one text, of which CloudFormation makes a list."""

from typing import Any

import aws_cdk as cdk

from base.contracts.features import EVENT_TIME

TYPES = ("Fractional", "Integral", "String")
MOST = 40
"""How many features a form takes. CloudFormation repeats nothing, so the template has a place for each."""

_NAME = "[a-z]([a-z0-9_]{0,61}[a-z0-9])?"
_FEATURE = f"{_NAME}:({'|'.join(TYPES)})"
PATTERN = f"^{_FEATURE}(,{_FEATURE}){{0,{MOST - 1}}}$"
EXPECTED = (
    f"up to {MOST} features as name:type, with commas between them and no spaces; a name has lower-case "
    f"letters, digits and inner underscores, a type is {', '.join(TYPES[:-1])} or {TYPES[-1]}"
)
MAXIMUM = 3000

_EMPTY = ":"
# So that there is something at each place, whatever is given.
_PADDING = f",{_EMPTY}" * (MOST - 1)


class FeatureList:
    """The features of a group, of which the first identifies a record.

    Attributes:
        identifier: The name of the first feature.
        definitions: All features, as `AWS::SageMaker::FeatureGroup` takes them.
    """

    def __init__(self, stack: cdk.Stack, features: str) -> None:
        """Take the text apart.

        Args:
            stack: The product's stack, which gets a condition for each place but the first.
            features: Names and types as `PATTERN` has them.
        """
        padded = cdk.Fn.split(",", cdk.Fn.join("", [features, _PADDING]))
        places = [cdk.Fn.select(number, padded) for number in range(MOST)]
        self.identifier = _name(places[0])
        self.definitions: list[Any] = [
            # New features are added at the end, so that the event time comes first.
            {"FeatureName": EVENT_TIME, "FeatureType": "String"},
            _definition(places[0]),
        ]
        for number, place in enumerate(places[1:], start=2):
            given = cdk.CfnCondition(
                stack,
                f"HasFeature{number}",
                expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(place, _EMPTY)),
            )
            self.definitions.append(
                {"Fn::If": [given.logical_id, _definition(place), {"Ref": "AWS::NoValue"}]}
            )


def _name(place: str) -> str:
    return cdk.Fn.select(0, cdk.Fn.split(":", place))


def _definition(place: str) -> dict[str, str]:
    return {"FeatureName": _name(place), "FeatureType": cdk.Fn.select(1, cdk.Fn.split(":", place))}
