"""Settings of the hub: `vpp.toml`, then environment variables `OSB_HUB_<KEY>` on top."""

import os
import ssl
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from osb_hub.errors import InputError
from osb_hub.prices.series import Tariff

PREFIX = "OSB_HUB_"
FILE = "vpp.toml"
_JSON = {"feeders": '{"box-01": "feeder-2"}', "backup": '["box-07", "box-11"]'}  # settings that are no plain value


def default_database() -> str:
    """SQLite in the user's data folder."""
    return f"sqlite:///{Path(platformdirs.user_data_dir('osb-hub')) / 'hub.sqlite'}"


class Settings(BaseSettings):
    """Everything the hub can be told; see `vpp --help` for where it is read."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    database: str = Field(default_factory=default_database)
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int = Field(1883, ge=1, le=65535)
    mqtt_user: str | None = None
    mqtt_password: str | None = None
    mqtt_ca: Path | None = None  # certificate of the authority (PEM) that vouches for the broker: TLS
    bench: str | None = None  # host:port of a bench's conductor; unset in production
    zone: str = "Europe/Brussels"
    feeder: str = "feeder-1"  # where a box is connected that is not in `feeders`
    feeders: dict[str, str] = Field(default_factory=dict)  # box → feeder
    fee_eur_mwh: float = Field(160.0, ge=0, le=5000)  # grid fee, levies and taxes on imported energy, before VAT
    vat_pct: float = Field(6.0, ge=0, le=100)
    export_margin_eur_mwh: float = Field(5.0, ge=0, le=5000)  # what the supplier keeps of the spot price
    capacity_eur_kw_year: float = Field(0.0, ge=0, le=1000)  # capacity tariff on the mean of the monthly peaks
    backup: list[str] = Field(default_factory=list)  # boxes that are held out of limits until others drop out
    weather: Path | None = None  # CSV, read at start
    horizon: int = Field(96, ge=12, le=400)  # slots planned ahead

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (OSError, KeyError, ValueError) as error:
            raise ValueError("must be a time zone such as Europe/Brussels") from error
        return zone

    @field_validator("mqtt_ca")
    @classmethod
    def _readable(cls, mqtt_ca: Path | None) -> Path | None:
        if mqtt_ca is not None:
            try:
                ssl.create_default_context(cafile=mqtt_ca)
            except OSError as error:  # ssl.SSLError is one
                raise ValueError(f"must be a file of certificates in PEM form ({error.strerror})") from error
        return mqtt_ca

    @field_validator("bench")
    @classmethod
    def _address(cls, bench: str | None) -> str | None:
        if bench is not None and not bench.rpartition(":")[2].isdigit():
            raise ValueError("must be host:port")
        return bench

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content `load` passes as arguments."""
        return env_settings, init_settings

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(self.zone)

    @property
    def tariff(self) -> Tariff:
        """What households pay and get for a spot price."""
        return Tariff(self.fee_eur_mwh, self.vat_pct, self.export_margin_eur_mwh, self.capacity_eur_kw_year)

    def feeder_of(self, box: str) -> str:
        """Where a box is connected."""
        return self.feeders.get(box, self.feeder)


def load(path: Path | None = None) -> Settings:
    """Settings of `path`, or of `vpp.toml` here if there is one. InputError names the key that cannot be used."""
    source = str(path or FILE)
    unknown = [key for key in os.environ if key.startswith(PREFIX) and key[len(PREFIX) :].lower() not in _keys()]
    if unknown:
        raise InputError(f"{unknown[0]}: there is no such setting; known are {', '.join(sorted(_keys()))}.")
    values = _read(path or Path(FILE), required=path is not None)
    try:
        return Settings(**values)
    except SettingsError as error:
        key = next(key for key in _JSON if f'"{key}"' in str(error))
        raise InputError(f"{PREFIX}{key.upper()}: must be JSON such as {_JSON[key]}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        where = f"{PREFIX}{key.upper()}" if f"{PREFIX}{key.upper()}" in os.environ else f"{source}: {key}"
        raise InputError(f"{where}: {_problem(first)}.") from error


def _keys() -> set[str]:
    return set(Settings.model_fields)


def _read(path: Path, required: bool) -> dict[str, Any]:
    if not required and not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise InputError(f"{path}: is not TOML ({error}).") from error
    for key in values:
        if key not in _keys():
            raise InputError(f"{path}: there is no setting called {key}; known are {', '.join(sorted(_keys()))}.")
    return values


def _problem(error: Any) -> str:
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{error['input']!r} cannot be used: {text[0].lower() + text[1:]}"
