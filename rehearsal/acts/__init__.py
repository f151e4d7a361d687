"""The acts of the story, one file an act."""

from rehearsal.acts import (
    again_and_back,
    approve_and_promote,
    approve_for_production,
    create_project,
    deploy_to_test,
    launch_domain,
    prepare,
    publish,
    refuse,
    share,
)
from rehearsal.story import Act

ACTS: tuple[Act, ...] = (
    prepare.ACT,
    publish.ACT,
    share.ACT,
    launch_domain.ACT,
    create_project.ACT,
    approve_and_promote.ACT,
    deploy_to_test.ACT,
    approve_for_production.ACT,
    again_and_back.ACT,
    refuse.ACT,
)
