"""The stories there are, by name: each is a list of acts, with what the report says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from base.settings import CATALOG
from emulator.machine.environments import LARGE, Name
from rehearsal import lake, neural_network
from rehearsal.acts import ACTS
from rehearsal.acts.container import ACTS as CONTAINER_ACTS
from rehearsal.acts.features import ACTS as FEATURE_ACTS
from rehearsal.acts.lake import ACTS as LAKE_ACTS
from rehearsal.acts.neural_network import ACTS as NEURAL_NETWORK_ACTS
from rehearsal.data import DataSet, default
from rehearsal.story import Act

DEFAULT = "model"


class TellingError(Exception):
    """A story cannot be played as it was asked for; the message is one sentence for whoever asked."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A story that can be played.

    Attributes:
        title: Title of the report.
        summary: What happens, in a sentence or two.
        acts: The acts in their order; in the last everybody leaves.
        has_faults: Whether an act causes faults on purpose.
        write_catalog: Writes the catalog of the story to a path; None if the repository's own is played.
        data: Gives the data that the story is played on by default.
        environments: Which of the large environments the story runs something in.
    """

    title: str
    summary: str
    acts: tuple[Act, ...]
    has_faults: bool = False
    write_catalog: Callable[[Path], Path] | None = None
    data: Callable[[], DataSet] = default
    environments: tuple[Name, ...] = ()

    def catalog(self, folder: Path) -> Path:
        """The catalog that the story is played on; one of its own is written into a folder."""
        return self.write_catalog(folder / "catalog.yaml") if self.write_catalog else CATALOG


STORIES = {
    DEFAULT: Telling(
        title="The life of a model, rehearsed",
        summary=(
            "A team trained a model in its own account. Each version that the lead data scientist approved "
            "was copied to the central registry and tested in the test account. It went to production once "
            "the governance officer had approved its card and the deployment. A second version replaced the "
            "first, and was rolled back."
        ),
        acts=ACTS,
        has_faults=True,
    ),
    "lake": Telling(
        title="A model from the data lake, rehearsed",
        summary=(
            "A data engineer launched a data lake in the account that governs data, and a table was put into "
            "it and described. A team in the development account, with which AWS Lake Formation shares the "
            "table, trained a model on a query of it. What the lake keeps from the team was refused by "
            "column, table and person."
        ),
        acts=LAKE_ACTS,
        write_catalog=lake.write_catalog,
    ),
    "container": Telling(
        title="A model in a container of its own, rehearsed",
        summary=(
            "A team's pipeline built a container image of its commit, and trained, evaluated and registered "
            "a model in it. The lead data scientist approved the version, and promotion copied artifact and "
            "image to the shared services account, by their digests. The container's own program answers in "
            "the test account."
        ),
        acts=CONTAINER_ACTS,
    ),
    "features": Telling(
        title="A model from a feature group, rehearsed",
        summary=(
            "A data engineer launched a data lake and a central feature group. Records went from the lake "
            "into the group; some were corrected late, and some were deleted. A team in the development "
            "account trained a model on labels joined with the features that were known at the time of each "
            "label. What the group keeps from the team was refused by feature, group and person."
        ),
        acts=FEATURE_ACTS,
        write_catalog=lake.write_catalog,
    ),
    "neural-network": Telling(
        title="A neural network, registered centrally, rehearsed",
        summary=(
            "A team trained a neural network with Keras in its own account. Its pipeline registered the "
            "version in the central registry, under the registry's key, where it waited for the ML engineer. "
            "Approved, it was served in the test account by an earlier version of TensorFlow than the one "
            "that had trained it."
        ),
        acts=NEURAL_NETWORK_ACTS,
        data=neural_network.data,
        environments=LARGE,
    ),
}


def choose(name: str, *, own_data: bool, afraid: bool) -> Telling:
    """Return a story by its name.

    Args:
        name: The name.
        own_data: Whether it is to be played on data of the reader's own.
        afraid: Whether it is to be played on AWS as it is feared to be.

    Raises:
        TellingError: There is no such story, or it is not played like that.
    """
    if name not in STORIES:
        raise TellingError(f"There is no story {name!r}; give STORY one of {', '.join(sorted(STORIES))}.")
    for asked, option in ((own_data, "DATA and TARGET"), (afraid, "FEAR")):
        if asked and name != DEFAULT:
            raise TellingError(f"The story {name} takes no {option}; leave it out, or play another STORY.")
    return STORIES[name]
