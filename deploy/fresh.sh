#!/bin/sh
# Proves the README on a machine that has nothing: a bare Debian with Python, git, make and certificates, a clone of
# the last commit in it, `make run` until the first page answers and Ctrl-C ends it, then `make test`.
#
#   fresh.sh            both; FRESH=run only the first, FRESH=test only the second
#   SUITE=trixie        on Debian 13; without it on 12 (bookworm)
#   KEEP=1              leave the root in place, to look at it (its place is printed)
#
# Needs root (debootstrap, chroot). Mirror, components, proxies and certificates are this machine's own, read from its apt
# and pip configuration at run time; nothing of them is kept anywhere. It runs in a mount namespace of its own, so that
# whatever ends it, nothing stays mounted.
set -eu

suite=${SUITE:-bookworm}
what=${FRESH:-all}
first_page_within=1800 # seconds: packages and requirements are fetched, and the demo is loaded
here=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
stop() { say "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || stop "make test-fresh needs root: it makes a Debian of its own with debootstrap and chroot."
case $what in all | run | test) ;; *) stop "FRESH must be run or test, not '$what'" ;; esac

if [ -z "${FRESH_ROOT:-}" ]; then # the outer half: a folder, the namespace, and the broom
    FRESH_ROOT=$(mktemp -d "${TMPDIR:-/var/tmp}/tanggap-fresh.XXXXXX")
    export FRESH_ROOT
    verdict=0
    unshare --mount --pid --fork --kill-child --propagation private "$0" || verdict=$?
    if [ -n "${KEEP:-}" ]; then say "Left in $FRESH_ROOT"; else rm -rf --one-file-system "$FRESH_ROOT"; fi
    exit "$verdict"
fi
root=$FRESH_ROOT

# --- the bare machine ------------------------------------------------------------------------------------------------

sources() { # "URL suite component", as this machine's apt asks for packages of its own suite
    own=$(. /etc/os-release && echo "$VERSION_CODENAME")
    apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
        awk -v own="$own" -v suite="$suite" '$2 == own || index($2, own "-") == 1 { sub(own, suite, $2); print }'
}

copy_of() { # the file or folder $1 at the same place in the root
    [ -e "$1" ] || return 0
    mkdir -p "$root$(dirname "$1")"
    cp -aL "$1" "$root$(dirname "$1")/"
}

make_root() {
    command -v debootstrap >/dev/null || apt-get install -y -q debootstrap >/dev/null 2>&1 ||
        stop "debootstrap is missing and could not be installed: apt-get install debootstrap"
    mirror=$(sources | awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')
    [ -n "$mirror" ] || stop "This machine's apt knows no mirror of Debian $suite."
    say "A bare Debian ($suite)"
    debootstrap --variant=minbase --include=python3,git,make,ca-certificates \
        "$suite" "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; stop "debootstrap failed."; }
    rm -f "$root.log"
    chmod 755 "$root" # mktemp made it private; the / of a machine is not
}

lend_the_way_out() { # how this machine reaches mirrors and indexes, for the length of the run
    sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https|Retries|Check-Valid-Until)' >"$root/etc/apt/apt.conf.d/01machine" || true
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt \
        "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf" "$HOME/.config/uv/uv.toml" /etc/uv/uv.toml; do
        copy_of "$file"
    done
    # Services of installed packages are not started: this is no machine of its own.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
}

environment() { # what of our environment goes along: proxies, certificates, indexes
    env | grep -iE '^(https?_proxy|all_proxy|no_proxy|PIP_[A-Z_]*|UV_[A-Z_]*|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)=' || true
}

inside() { # run "$@" in the root, in the clone, with a bare environment
    environment | {
        set -- "$@"
        while IFS= read -r pair; do
            value=${pair#*=}
            case $value in /*) copy_of "$value" ;; esac
            set -- "$pair" "$@"
        done
        exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            PORT="$port" "$@" </dev/null
    }
}

mount_system() {
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    # Not shared with this machine: the tests sweep what dead processes left there, and the two cannot see each other's.
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
}

clone() {
    git -c safe.directory='*' clone --quiet --no-hardlinks "$here" "$root/srv/tanggap"
    say "Cloned $(git -c safe.directory='*' -C "$here" log -1 --format='%h %s')"
    [ -z "$(git -c safe.directory='*' -C "$here" status --porcelain)" ] ||
        say "NOTE: what is not committed is not in the clone"
}

# --- the two commands ------------------------------------------------------------------------------------------------

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

answers() { # does the first page come?
    chroot "$root" python3 - "$port" <<'PAGE' 2>/dev/null
import sys, urllib.request
page = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{sys.argv[1]}/", timeout=5)
sys.exit(0 if page.status == 200 and b"Tanggap" in page.read() else 1)
PAGE
}

prove_run() { # $1: what to call it
    said="$root/srv/tanggap/run.log"
    began=$(date +%s)
    inside chroot "$root" sh -c 'cd /srv/tanggap && exec setsid make run' >"$said" 2>&1 &
    running=$!
    until answers; do
        kill -0 "$running" 2>/dev/null || { cat "$said" "$root"/srv/tanggap/build/*.log >&2; stop "make run ended before the first page came."; }
        [ $(($(date +%s) - began)) -lt "$first_page_within" ] || { tail "$said" >&2; stop "No page within $first_page_within s."; }
        sleep 1
    done
    say "$1: the first page after $(($(date +%s) - began)) s"
    group=$(pgrep -o -f 'flask --app wsgi up' || true) # the only one that this namespace sees
    kill -INT "${group:?nothing to stop}"
    wait "$running" || true
    grep -q '^Stopped\.' "$said" || { tail "$said" >&2; stop "make run did not stop cleanly."; }
    ! answers || stop "Something still answers after Ctrl-C."
    say "$1: Ctrl-C stopped everything"
    rm -f "$said"
}

prove_test() {
    say "make test"
    inside chroot "$root" sh -c 'cd /srv/tanggap && exec make test' || stop "make test failed on a fresh machine."
    say "make test passed"
}

mount -t proc proc /proc # this namespace's own processes
make_root
lend_the_way_out
mount_system
clone
port=$(free_port)
if [ "$what" != test ]; then
    prove_run "First make run"
    prove_run "Second make run"
fi
[ "$what" = run ] || prove_test
say "Proved on a fresh Debian ($suite): $what"
