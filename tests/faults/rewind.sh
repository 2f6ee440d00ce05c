#!/usr/bin/env bash
# Redis goes back behind scores that readers have: they are told once more.
exec "$(dirname "$0")/run.sh" --scenario rewind
