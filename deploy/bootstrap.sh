#!/bin/sh
# Makes this folder ready: `bootstrap.sh run` to run it, `bootstrap.sh check` for the tools and the tests on
# SQLite, `bootstrap.sh test` for those in the browser and on MariaDB too.
#
# Installs missing Debian packages when it may (root, or sudo without a password), makes .venv and installs
# the pinned requirements. Does nothing, quickly, when all is there. Whatever is needed to *run* and cannot
# be installed stops it with one clear line; what only tests need is named, and the tests then skip it
# loudly (or fail, where CI=true).
set -eu
cd "$(dirname "$0")/.."

purpose=${1:-run}
python=${PYTHON:-python3}

# WeasyPrint loads these libraries at run time; harfbuzz-subset halves the time of a PDF.
RUN_PACKAGES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 fontconfig fonts-dejavu-core"
# Goes along when those are installed: without it the emoji that people write are empty boxes on paper.
EMOJI_PACKAGE="fonts-noto-color-emoji"
# libatomic1 is for the Node.js that Playwright brings along.
TEST_PACKAGES="mariadb-server libatomic1 poppler-utils dovecot-imapd clamav-daemon"

say() { printf '%s\n' "$*"; }
stop() { say "$*" >&2; exit 1; }

check_python() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        stop "Python 3.11 or newer is needed; '$python' is missing or older. Try: make $purpose PYTHON=/path/to/python3"
}

# Prints those of the named packages which are not installed. Elsewhere than on Debian nobody can say: none.
missing_of() {
    command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do
        state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=
        [ "$state" = installed ] || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

refresh_index() {
    may_install || return 0
    mkdir -p build
    as_root apt-get update -q >build/apt.log 2>&1 || true # a stale index may still be good enough
}

# Installs the named packages; false when that is not possible. apt's own words go to build/apt.log.
install_packages() {
    may_install || return 1
    say "Installing Debian packages: $*"
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@" >>build/apt.log 2>&1
}

python_package() { # Debian ships venv and ensurepip apart from Python itself
    "$python" -c 'import ensurepip, venv' 2>/dev/null || printf 'python3-venv '
}

provide_run_packages() {
    missing="$(missing_of $RUN_PACKAGES)$(python_package)"
    [ -n "$missing" ] || return 0
    refresh_index
    install_packages $missing && [ -z "$(python_package)" ] ||
        stop "These Debian packages are missing and could not be installed from here: $missing- as root: apt-get install $missing"
    install_packages $EMOJI_PACKAGE || true
}

# Chromium without windows and menus, where it is or can be had: the same pages come in half the time.
browser_package() {
    if [ -z "$(missing_of chromium-headless-shell)" ] ||
        { may_install && apt-cache show chromium-headless-shell >/dev/null 2>&1; }; then
        echo chromium-headless-shell
    else
        echo chromium
    fi
}

provide_test_packages() {
    [ -n "$(missing_of $TEST_PACKAGES $(browser_package))" ] || return 0
    refresh_index
    missing=$(missing_of $TEST_PACKAGES $(browser_package)) # the index may know more by now
    install_packages $missing || say "NOT INSTALLED, so the tests that need them cannot run: $missing" >&2
}

provide_venv() {
    .venv/bin/python -m pip --version >/dev/null 2>&1 && return 0
    say "Making .venv"
    "$python" -m venv --clear .venv
}

# A mirror set up for pip counts for uv as well, which does not read pip's settings.
borrow_pip_settings() {
    index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
    [ -z "${PIP_INDEX_URL:-$index}" ] || export UV_DEFAULT_INDEX="${PIP_INDEX_URL:-$index}"
}

digest() { cat "$@" | sha256sum | cut -c1-16; }

# Installs the first file; the stamp is the digest of all the files named, so that changed pins are noticed.
# uv needs seconds where pip needs half a minute; where uv is not to be had (see build/uv.log), pip does it.
install_requirements() {
    say "Installing $1"
    borrow_pip_settings
    { .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r deploy/uv.txt &&
        .venv/bin/python -m uv pip install -q --python .venv/bin/python --require-hashes -r "$1"; } 2>build/uv.log ||
        .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$1" ||
        stop "The Python packages of $1 could not be installed; see the lines above."
    rm -f .venv/installed-* # an older stamp would be a lie once a file returns to its earlier pins
    : >".venv/installed-$(digest "$@")"
}

mkdir -p build
check_python
provide_run_packages
[ "$purpose" != test ] || provide_test_packages
provide_venv
if [ ! -e ".venv/installed-$(digest requirements-dev.txt requirements.txt)" ]; then
    if [ "$purpose" != run ]; then
        install_requirements requirements-dev.txt requirements.txt
    elif [ ! -e ".venv/installed-$(digest requirements.txt)" ]; then
        install_requirements requirements.txt
    fi
fi
