import sys

import pytest

from osb_hub.cli import main


@pytest.fixture
def vpp(tmp_path, monkeypatch, capsys):
    """Runs `vpp …`; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OSB_HUB_DATABASE", f"sqlite:///{tmp_path / 'hub.sqlite'}")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["vpp", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return run
