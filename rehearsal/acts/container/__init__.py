"""The acts of the container's story: its own, one file an act, and those it shares with the default."""

from rehearsal.acts import (
    create_deploy_project,
    launch_domain,
    prepare,
    publish,
    share,
    start_card,
    switch_on,
)
from rehearsal.acts.container import (
    approve_and_promote,
    create_project,
    deploy_to_test,
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
    create_project.ACT,
    start_card.ACT,
    create_deploy_project.ACT,
    train.ACT,
    approve_and_promote.ACT,
    deploy_to_test.ACT,
    refuse.ACT,
    leave.ACT,
)
