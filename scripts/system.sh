#!/bin/sh
# Install the programs the tests use besides Python: where we are root, through apt; else say which.
set -eu
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need chromium chromium
need pdftoppm poppler-utils
need soffice "libreoffice-writer-nogui libreoffice-calc-nogui"
need fc-list fontconfig
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
if command -v fc-list >/dev/null 2>&1; then
    fc-list | grep -qi "Noto Sans CJK" || missing="$missing fonts-noto-cjk"
    fc-list | grep -qi "NotoSans-Regular" || missing="$missing fonts-noto-core"
else
    missing="$missing fonts-noto-core fonts-noto-cjk"
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing with apt:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "Some tests are skipped; to run them too, install:$missing"
fi
