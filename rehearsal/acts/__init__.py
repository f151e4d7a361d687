"""The acts of the story, one file an act."""

from rehearsal.acts import (
    approve_and_promote,
    approve_for_production,
    approve_roll_back,
    change,
    create_deploy_project,
    create_project,
    deploy_to_test,
    fail_and_recover,
    launch_domain,
    leave,
    look_back,
    prepare,
    publish,
    refuse,
    roll_back,
    share,
    start_card,
    switch_on,
    train,
    train_again,
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
    change.ACT,
    deploy_to_test.ACT,
    approve_for_production.ACT,
    train_again.ACT,
    roll_back.ACT,
    fail_and_recover.ACT,
    approve_roll_back.ACT,
    refuse.ACT,
    look_back.ACT,
    leave.ACT,
)

LEAVING = leave.ACT
