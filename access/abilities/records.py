"""Who writes and approves model cards, receipts and decisions."""

from access.abilities.asked import Ability, Asked, Topic
from access.access import Request
from base.contracts import tags


class Records(Asked):
    """Questions about what says something of a version: its card, its receipt, the decisions about it."""

    def cards(self) -> Topic:
        """Who starts, reads, writes and approves model cards."""
        tag = {f"aws:RequestTag/{tags.SOURCE_ACCOUNT}": self.accounts.development}
        owned = {f"aws:ResourceTag/{tags.SOURCE_ACCOUNT}": self.accounts.development}
        updating = Request(action="sagemaker:UpdateModelCard", resource=self.card, keys=owned)
        return Topic(
            title="Model cards",
            abilities=(
                Ability(
                    name="Start",
                    meaning="CreateModelCard in the shared services account, tagged with the team's account.",
                    requests=(Request(action="sagemaker:CreateModelCard", resource=self.card, keys=tag),),
                ),
                Ability(
                    name="Read",
                    meaning="DescribeModelCard of the central card of a model.",
                    requests=(Request(action="sagemaker:DescribeModelCard", resource=self.card, keys=owned),),
                ),
                Ability(
                    name="Write",
                    meaning="UpdateModelCard of the central card, its status included; a status alone opens "
                    "nothing.",
                    requests=(updating,),
                ),
                Ability(
                    name="Approve",
                    meaning="UpdateModelCard, and PutObject of the record without which nothing goes to "
                    "production.",
                    requests=(updating, *self.write(self._decision("card-approval"), once=True)),
                ),
            ),
        )

    def records(self) -> Topic:
        """Who writes receipts and decisions, and who could change them."""
        receipt = f"{self.promoted}/receipt.json"
        direct_receipt = f"{self.direct}/version-1/receipt.json"
        return Topic(
            title="Receipts and decisions",
            abilities=(
                Ability(
                    name="Read",
                    meaning="GetObject of the receipt of a promoted version.",
                    requests=self.read(receipt),
                ),
                Ability(
                    name="Write, promoted",
                    meaning="PutObject of the receipt of a promoted version, where there is none yet.",
                    requests=self.write(receipt, once=True),
                ),
                Ability(
                    name="Write, direct",
                    meaning="PutObject of the receipt of a direct version, where there is none yet.",
                    requests=self.write(direct_receipt, once=True),
                ),
                Ability(
                    name="Change a receipt",
                    meaning="PutObject of a receipt over the one that is there.",
                    requests=self.write(receipt),
                ),
                Ability(
                    name="Delete a receipt",
                    meaning="DeleteObject of a receipt.",
                    requests=(Request(action="s3:DeleteObject", resource=receipt),),
                ),
                *(
                    Ability(
                        name=f"Record {kind}",
                        meaning=f"PutObject of the decision {kind}, where there is none yet.",
                        requests=self.write(self._decision(kind), once=True),
                    )
                    for kind in (
                        "central-approval",
                        "test",
                        "card-approval",
                        "production-approval",
                        "production",
                    )
                ),
                Ability(
                    name="Change a decision",
                    meaning="PutObject of the decision production-approval over the one that is there.",
                    requests=self.write(self._decision("production-approval")),
                ),
            ),
        )

    def _decision(self, kind: str) -> str:
        return f"{self.promoted}/decisions/{kind}-0123456789abcdef.json"
