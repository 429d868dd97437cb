"""How a database server is set up; one file for each engine.

See an engine's own page for the settings of its posture, `guardian_agent.wire.postures` for what
each says, and `shared.engine` for what an engine is.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from guardian_agent.config import Database
from guardian_agent.errors import ConfigError, DecodeError
from guardian_agent.exposure.databases.shared.engine import AnyEngine
from guardian_agent.exposure.volumes.found import settings_of
from guardian_agent.system import System
from guardian_agent.wire.decode import build
from guardian_agent.wire.facts.exposures import Posture
from guardian_agent.wire.names import Slug
from guardian_agent.wire.scalars import suggestion


def names() -> list[str]:
    """Return the engines there are: modules here; what they are made of are packages."""
    return [module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg]


def observe(database: Database, system: System) -> Posture:
    """Look at one configured database server.

    Raises:
        ConfigError: as `prove_known`.
        ProbeError: it cannot be asked, or its configuration not be read.
    """
    engine = _engine(database)
    looked_at = system.clock.now()
    looked = engine.look(_settings(engine, database), system)
    settings = [each for name, found in looked.items() for each in settings_of(name, found)]
    return Posture(
        subject=Slug("database"),
        name=database.name,
        looked_at=looked_at,
        settings=tuple(settings),
    )


def prove_known(databases: Sequence[Database]) -> None:
    """Refuse an engine that is not known, or settings that it does not take.

    Raises:
        ConfigError: with the database's name and what was expected.
    """
    for database in databases:
        _settings(_engine(database), database)


def _engine(database: Database) -> AnyEngine:
    if database.engine not in names():
        hint = suggestion(database.engine, names()) or f"; there are: {', '.join(names())}"
        raise ConfigError(f"database {database.name}: no engine {database.engine!r}{hint}")
    found: AnyEngine = importlib.import_module(f"{__name__}.{database.engine}").ENGINE
    return found


def _settings(engine: AnyEngine, database: Database) -> object:
    try:
        return build(engine.settings, database.settings)
    except DecodeError as error:
        raise ConfigError(f"database {database.name} ({database.engine}): {error}") from error
