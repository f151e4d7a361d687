"""The acts of the neural network's story: those of its own, one file an act, and those of the default."""

from rehearsal.acts import (
    create_deploy_project,
    deploy_to_test,
    launch_domain,
    prepare,
    publish,
    share,
    start_card,
    switch_on,
)
from rehearsal.acts.neural_network import create_project, leave, prepare_group, refuse, train
from rehearsal.story import Act

ACTS: tuple[Act, ...] = (
    prepare.ACT,
    publish.ACT,
    switch_on.ACT,
    share.ACT,
    launch_domain.ACT,
    create_project.ACT,
    prepare_group.ACT,
    start_card.ACT,
    create_deploy_project.ACT,
    train.ACT,
    deploy_to_test.ACT,
    refuse.ACT,
    leave.ACT,
)
