#!/bin/sh
# Puts the box onto a board: ./flash.sh --board pico_w --port /dev/ttyACM0 [--wifi SSID] [--hub HOST]; --help says more.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
make --silent -C "$here" setup
export PYTHONSAFEPATH=1  # files are named from where the caller is, and what lies there is no module
exec "$here/.venv/bin/python" -m osb_hil.flash "$@"
