#!/usr/bin/env bash
# The format is checked by machine (.clang-format, clang-format of Debian 12).
cd "$(dirname "$0")/.." || exit 1
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
