#!/bin/sh
# ledger-control restart: ends the ledger of the demo, and waits until its supervisor has started it anew.
# FOLDER stands for the folder of the demo: a program that the agent runs is given no words but its own.
set -eu
[ "${1:-}" = restart ] || { echo "usage: ledger-control restart" >&2; exit 2; }
old=$(cat "FOLDER/pid")
kill -9 "$old"
tries=0
while [ "$(cat "FOLDER/pid")" = "$old" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo "nobody started it again" >&2; exit 1; }
  sleep 0.1
done
