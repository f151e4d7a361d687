"""The repository of a project, at the provider that the adopter chose."""

from constructs import Construct

from base.names import ProjectNames
from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.codecommit import CodeCommitRepository
from pipelines.codeconnections import HOSTS, ConnectedRepository, RepositorySeeding
from pipelines.repository import Repository
from pipelines.storage import ProjectStorage


def team_repository(
    scope: Construct,
    construct_id: str,
    *,
    names: ProjectNames,
    settings: Settings,
    storage: ProjectStorage,
    seed: AssetLocation,
    seeding_function: AssetLocation,
    repository_id: str | None,
) -> Repository:
    """Define a project's repository and its seeding.

    Args:
        scope: The construct it belongs to.
        construct_id: Its id there.
        names: The project's names.
        settings: Which provider, branch and connection.
        storage: The project's storage.
        seed: The archive of the first commit.
        seeding_function: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        repository_id: The repository as its provider names it; none with CodeCommit, which creates one.
    """
    chosen = settings.repository
    if chosen.connection_arn is None or repository_id is None:
        return CodeCommitRepository(scope, construct_id, names=names, branch=chosen.default_branch, seed=seed)
    repository = ConnectedRepository(
        scope,
        construct_id,
        names=names,
        branch=chosen.default_branch,
        connection_arn=chosen.connection_arn,
        host=HOSTS[chosen.provider],
        repository_id=repository_id,
    )
    RepositorySeeding(
        scope,
        f"{construct_id}Seeding",
        names=names,
        storage=storage,
        repository=repository,
        seed=seed,
        code=seeding_function,
        author_name=settings.portfolios.provider_name,
        author_email=settings.portfolios.support_email,
    )
    return repository
