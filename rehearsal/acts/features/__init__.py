"""The acts of the story of a feature group: those of its own, and those it shares with the lake's story."""

from rehearsal.acts import launch_domain, prepare, publish, share, start_card, switch_on
from rehearsal.acts.features import (
    approve_and_promote,
    create_project,
    fill_group,
    fill_lake,
    launch_group,
    leave,
    refuse,
    train,
)
from rehearsal.acts.lake import launch_lake
from rehearsal.story import Act

ACTS: tuple[Act, ...] = (
    prepare.ACT,
    publish.ACT,
    switch_on.ACT,
    share.ACT,
    launch_domain.ACT,
    launch_lake.ACT,
    fill_lake.ACT,
    launch_group.ACT,
    fill_group.ACT,
    create_project.ACT,
    start_card.ACT,
    train.ACT,
    approve_and_promote.ACT,
    refuse.ACT,
    leave.ACT,
)
