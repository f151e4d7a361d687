"""The acts of the lake's story: those of its own, one file an act, and those it shares with the default."""

from rehearsal.acts import (
    approve_and_promote,
    launch_domain,
    prepare,
    publish,
    share,
    start_card,
    switch_on,
)
from rehearsal.acts.lake import (
    create_project,
    fill_lake,
    launch_lake,
    leave,
    refuse,
    train,
)
from rehearsal.story import Act

ACTS: tuple[Act, ...] = (
    prepare.ACT,
    publish.ACT,
    switch_on.ACT,
    share.ACT,
    launch_domain.ACT,
    launch_lake.ACT,
    fill_lake.ACT,
    create_project.ACT,
    start_card.ACT,
    train.ACT,
    approve_and_promote.ACT,
    refuse.ACT,
    leave.ACT,
)
