"""Taking settings along, moving house, and handing the box to somebody else."""

import json
import time

from whole_box import TOKEN

BROKER = {"host": "127.0.0.1", "port": 9, "user": "u", "password": None, "keepalive_s": 60, "retry_s": 60}
AUTH = {"Authorization": f"Bearer {TOKEN}"}


def wait_until_it_ends(box):
    assert box.process.wait(10) == 3  # "start me again"


def until_settled(box):
    """What was restored has shown that it works."""
    for _ in range(300):
        if not (box._folder / "config.try").exists():
            return
        time.sleep(0.1)
    raise AssertionError("the settings are still on trial")


def settings(box):
    return json.loads((box._folder / "config.json").read_text())


def write(box, change):
    config = settings(box)
    change(config)
    (box._folder / "config.json").write_text(json.dumps(config))
    return config


def test_a_backup_holds_no_secret_and_brings_the_settings_back(fresh):
    with fresh() as (box, client):
        before = settings(box)
        backup = client.get("/api/backup", headers=AUTH).json()
        assert backup["backup"] == 1
        assert backup["config"]["home"]["comfort"]["setpoint_mc"] == 20500
        assert TOKEN not in json.dumps(backup)
        backup["config"]["home"]["comfort"]["setpoint_mc"] = 21000
        backup["config"]["box_id"] = "another"
        assert client.post("/api/restore", headers=AUTH, json=backup).json() == {"ok": True}
        wait_until_it_ends(box)
        box.start()
        box.wait_for_web()
        after = settings(box)
        assert after["home"]["comfort"]["setpoint_mc"] == 21000
        assert after["box_id"] == before["box_id"]  # who a box is, no backup changes
        assert client.get("/api/status", headers=AUTH).json()["control"]["band"]["target_mc"] == 21000


def test_what_is_no_backup_changes_nothing(fresh):
    with fresh() as (box, client):
        before = settings(box)
        backup = client.get("/api/backup", headers=AUTH).json()
        unknown = client.get("/api/backup", headers=AUTH).json()  # as of a box with newer firmware
        unknown["config"]["buses"] = [{"name": "net", "type": "tcp", "host": "127.0.0.1", "port": 502}]
        unknown["config"]["devices"] = [{"role": "grid", "profile": "nosuch", "bus": "net", "unit": 1}]
        backup["config"]["home"]["fuse_w"] = 0
        for body, sentence in (
            (b"not json", "This is not a backup of a box."),
            (b"{}", "This is not a backup of a box."),
            (json.dumps(backup).encode(), "home.fuse_w 0 is outside 1..100000."),
            (json.dumps(unknown).encode(), "there is no device profile nosuch.json."),
        ):
            answer = client.post("/api/restore", headers=AUTH, content=body)
            assert (answer.status_code, answer.json()["error"].rstrip(".")) == (400, sentence.rstrip("."))
        assert client.post("/api/restore", headers=AUTH, content=b" " * 16385).status_code == 413
        assert client.post("/api/restore", content=json.dumps(backup)).status_code == 401
        assert settings(box) == before
        assert sorted(p.name for p in box._folder.glob("restore*")) == []
        assert box.process.poll() is None


def test_a_backup_with_which_this_box_cannot_start_is_taken_back(fresh):
    with fresh() as (box, client):
        backup = client.get("/api/backup", headers=AUTH).json()
        backup["config"]["home_assistant"] = {**BROKER, "ca": "of-the-old-box.der"}  # only the start looks for it
        before = settings(box)
        assert client.post("/api/restore", headers=AUTH, json=backup).json() == {"ok": True}
        wait_until_it_ends(box)
        box.start()
        wait_until_it_ends(box)
        assert settings(box) == before
        box.start()
        box.wait_for_web()


def test_the_password_of_the_same_home_assistant_stays(fresh):
    with fresh() as (box, client):
        write(box, lambda config: config.update(home_assistant={**BROKER, "password": "geheim"}))
        box.restart()
        backup = client.get("/api/backup", headers=AUTH).json()
        assert backup["config"]["home_assistant"]["password"] is None
        client.post("/api/restore", headers=AUTH, json=backup)
        wait_until_it_ends(box)
        assert settings(box)["home_assistant"]["password"] == "geheim"
        box.start()
        box.wait_for_web()
        until_settled(box)
        backup["config"]["home_assistant"]["host"] = "127.0.0.2"  # it is not sent to anybody else
        client.post("/api/restore", headers=AUTH, json=backup)
        wait_until_it_ends(box)
        assert settings(box)["home_assistant"]["password"] is None


def test_moving_house_asks_for_the_code_again_and_forgets_the_home(fresh):
    with fresh() as (box, client):
        client.post("/api/login", json={"code": TOKEN})
        wrong = client.post("/api/reset", headers=AUTH, json={"code": "guess", "leave": "house"})
        assert wrong.status_code == 401
        session = client.post("/api/login", json={"code": TOKEN}).json()["session"]
        (box._folder / "history" / "1768431600.slt").write_bytes(b"what they used")
        assert client.post("/api/reset", headers=AUTH, json={"code": TOKEN, "leave": "house"}).json() == {"ok": True}
        wait_until_it_ends(box)
        box.start()
        box.wait_for_web()
        after = settings(box)
        assert (after["devices"], after["home"].get("heat_pump")) == ([], None)
        assert after["web"]["token"] == TOKEN  # the code on the label stays the box's
        assert list((box._folder / "history").glob("*.slt")) == []
        assert client.get("/api/status", headers={"Authorization": f"Bearer {session}"}).status_code == 401
        assert client.post("/api/login", json={"code": TOKEN}).status_code == 200


def test_a_new_owner_finds_neither_wi_fi_nor_hub_of_the_old_one(fresh):
    with fresh() as (box, client):
        wifi = {"ssid": "at-home", "password": "geheim-1234"}
        hub = {"host": "127.0.0.1", "port": 1, "user": "box-01", "password": "x", "keepalive_s": 60, "retry_s": 60}
        write(box, lambda config: config.update(wifi=wifi, hub=hub))
        box.restart()
        assert client.get("/api/privacy", headers=AUTH).json()["hub"] == {"host": "127.0.0.1", "connected": False}
        client.post("/api/reset", headers=AUTH, json={"code": TOKEN, "leave": "owner"})
        wait_until_it_ends(box)
        box.start()
        box.wait_for_web()
        assert not {"wifi", "hub"} & set(settings(box))
        assert "geheim" not in "".join(p.read_text(errors="replace") for p in box._folder.rglob("*.json"))


def test_a_power_cut_does_not_stop_it(fresh):
    with fresh() as (box, client):
        client.post("/api/reset", headers=AUTH, json={"code": TOKEN, "leave": "house"})
        box.stop()  # before the box has done anything of it
        box.start()
        box.wait_for_web()
        assert settings(box)["home"].get("heat_pump") is None
        time.sleep(0.2)
        assert not (box._folder / "reset.json").exists()
