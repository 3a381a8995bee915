#!/bin/sh
# Puts the box onto a board: ./flash.sh --board pico_w --port /dev/ttyACM0 [--wifi SSID] [--hub HOST]; --help says more.
set -eu
cd "$(dirname "$0")"
make --no-print-directory setup
exec .venv/bin/python -m osb_hil.flash "$@"
