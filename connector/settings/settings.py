"""Settings are read from `connector.toml`, from variables above it, and from flags above those."""

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as UnreadableError

from connector.errors import SettingsError
from connector.settings.sections import (
    BehaviourSettings,
    DashboardsSettings,
    EncoderSettings,
    GatewaySettings,
    IngestSettings,
    KafkaSettings,
    LogSettings,
    OpenSearchSettings,
    RedisSettings,
    ReindexSettings,
    SearchSettings,
)

DEFAULT_FILE = "connector.toml"


class Settings(BaseSettings):
    """Everything that differs between two places that run the same catalogue."""

    model_config = SettingsConfigDict(
        env_prefix="CONNECTOR_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    catalogue: Path = Field(Path("catalogue.toml"), description="The catalogue commands work on.")
    log: LogSettings = LogSettings()
    opensearch: OpenSearchSettings = OpenSearchSettings()
    kafka: KafkaSettings = KafkaSettings()
    redis: RedisSettings = RedisSettings()
    encoder: EncoderSettings = EncoderSettings()
    ingest: IngestSettings = IngestSettings()
    reindex: ReindexSettings = ReindexSettings()
    search: SearchSettings = SearchSettings()
    gateway: GatewaySettings = GatewaySettings()
    behaviour: BehaviourSettings = BehaviourSettings()
    dashboards: DashboardsSettings = DashboardsSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - part of the interface
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - part of the interface
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: flags over environment over file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(config: Path | None = None, overrides: tuple[str, ...] = ()) -> Settings:
    """Read the settings once.

    Args:
        config: settings file; it must exist when named. Without it `connector.toml` in the
            working directory is read where there is one.
        overrides: `section.key=value` flags, strongest; a list or a table is written as JSON.

    Raises:
        SettingsError: names the sources and the key that is wrong.
    """
    if config and not config.is_file():
        raise SettingsError(f"settings file {str(config)!r} does not exist; check --config")
    file = config or Path(DEFAULT_FILE)

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        # Of the public class, so that it can be sent to another process.
        return Settings.model_construct(**dict(FromFile(**_overrides(overrides))))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"settings file {str(file)!r} cannot be read ({type(error).__name__}); it is TOML in UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from None
    except UnreadableError as error:
        raise SettingsError(
            f"{error}: in a CONNECTOR_ variable lists and tables are written as JSON, for example "
            """CONNECTOR_SEARCH__QUARANTINED='["synonyms"]'"""
        ) from None
    except ValidationError as error:
        raise SettingsError(_explain(error, file)) from None


def _overrides(flags: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for flag in flags:
        key, equals, value = flag.partition("=")
        if not equals:
            raise SettingsError(f"--set {flag!r} is not KEY=VALUE, for example encoder.device=cpu")
        *sections, name = key.strip().split(".")
        inside = values
        for section in sections:
            inside = inside.setdefault(section, {})
            if not isinstance(inside, dict):
                raise SettingsError(f"--set {key.strip()!r}: another --set gives {section!r} whole")
        inside[name] = _value(value)
    return values


def _value(text: str) -> Any:
    """Return a list or a table that is written as JSON, as in a variable; any other text as it is."""
    try:
        return json.loads(text) if text.startswith(("[", "{")) else text
    except ValueError:
        return text


_WRITTEN = {
    "tuple_type": """, as in '["one","two"]'""",
    "dict_type": """, as in '{"name":"value"}'""",
}


def _explain(error: ValidationError, file: Path) -> str:
    """One line for the first few faults. The input is left out: it may be a secret."""
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg'].lower()}"
        f"{_WRITTEN.get(fault['type'], '')}"
        for fault in error.errors(include_input=False, include_url=False)[:5]
    ]
    return (
        f"wrong setting {'; '.join(faults)} (from --set, a CONNECTOR_ variable or {file}; "
        f"`connector settings` shows the names and the defaults)"
    )
