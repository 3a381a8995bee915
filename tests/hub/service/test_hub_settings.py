import pytest

from osb_hub.errors import InputError
from osb_hub.settings import Settings, load


def test_the_file_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    file = tmp_path / "vpp.toml"
    file.write_text('zone = "Europe/Berlin"\nmqtt_port = 1884\n[feeders]\n"box-01" = "feeder-2"\n')
    monkeypatch.setenv("OSB_HUB_MQTT_PORT", "1999")
    settings = load(file)
    assert (settings.zone, settings.mqtt_port) == ("Europe/Berlin", 1999)
    assert [settings.feeder_of(box) for box in ("box-01", "box-02")] == ["feeder-2", "feeder-1"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mqtt_prot = 1", "there is no setting called mqtt_prot; known are"),
        ('mqtt_port = "x"', "mqtt_port: 'x' cannot be used"),
        ("mqtt_port = 70000", "mqtt_port: 70000 cannot be used: input should be less than or equal to 65535"),
        ('zone = "Mars/Base"', "zone: 'Mars/Base' cannot be used: must be a time zone such as Europe/Brussels"),
        ('bench = "here"', "bench: 'here' cannot be used: must be host:port"),
        (
            'mqtt_ca = "/nowhere.pem"',
            "mqtt_ca: '/nowhere.pem' cannot be used: must be a file of certificates in PEM form",
        ),
        ("zone =", "is not TOML"),
        ("[feeders]\nbox-01 = 3", "feeders: 3 cannot be used"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_file(tmp_path, text, sentence):
    file = tmp_path / "vpp.toml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load(file)
    assert str(caught.value).startswith(str(file))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("OSB_HUB_MQTT_PROT", "1", "OSB_HUB_MQTT_PROT: there is no such setting"),
        ("OSB_HUB_HORIZON", "7", "OSB_HUB_HORIZON: '7' cannot be used"),
        ("OSB_HUB_FEEDERS", "feeder-2", "OSB_HUB_FEEDERS: must be JSON"),
        ("OSB_HUB_BACKUP", "box-07", "OSB_HUB_BACKUP: must be JSON such as .*box-07"),
        ("OSB_HUB_CAPACITY_EUR_KW_YEAR", "-1", "OSB_HUB_CAPACITY_EUR_KW_YEAR: '-1' cannot be used"),
    ],
)
def test_what_cannot_be_used_of_the_environment(monkeypatch, tmp_path, key, value, sentence):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(key, value)
    with pytest.raises(InputError, match=sentence):
        load()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        load(tmp_path / "none.toml")


def test_the_tariff_follows_the_settings():
    tariff = Settings(fee_eur_mwh=100, vat_pct=10, export_margin_eur_mwh=7).tariff
    assert tariff.import_price(50) == pytest.approx(165)
    assert tariff.export_price(50) == 43
    assert tariff.peak_price == 0
    assert Settings(capacity_eur_kw_year=40).tariff.peak_price == pytest.approx(0.00333, abs=1e-5)  # a twelfth, per W
