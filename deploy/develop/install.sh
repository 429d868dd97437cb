#!/bin/sh
# Installs what a fresh Debian 12 needs to build, test and demonstrate Guardian: the virtual
# environment from the hashed lock, and the real backup tools. Safe to run again.
set -eu
cd "$(dirname "$0")/../.."

say() { printf '%s\n' "guardian: $*" >&2; }

missing_packages() {
  command -v restic      >/dev/null || echo restic
  command -v borg        >/dev/null || echo borgbackup
  command -v promtool    >/dev/null || echo prometheus
  command -v rclone      >/dev/null || echo rclone
  command -v duplicity   >/dev/null || echo duplicity
  command -v rsnapshot   >/dev/null || echo rsnapshot
  command -v rsync       >/dev/null || echo rsync
  command -v barman      >/dev/null || echo barman
  command -v borgmatic   >/dev/null || echo borgmatic
  command -v btrfs       >/dev/null || echo btrfs-progs
  command -v rg          >/dev/null || echo ripgrep
  command -v faketime    >/dev/null || echo faketime
  command -v strace      >/dev/null || echo strace
  command -v zip         >/dev/null || echo zip
  command -v zstd        >/dev/null || echo zstd
  command -v xz          >/dev/null || echo xz-utils
  command -v bzip2       >/dev/null || echo bzip2
  command -v lz4         >/dev/null || echo lz4
  command -v brotli      >/dev/null || echo brotli
  command -v gpg         >/dev/null || echo gpg
  command -v gpg-agent   >/dev/null || echo gpg-agent
  command -v openssl     >/dev/null || echo openssl
  command -v age         >/dev/null || echo age
  command -v qpdf        >/dev/null || echo qpdf
  command -v gocryptfs   >/dev/null || echo gocryptfs
  command -v sqlcipher   >/dev/null || echo sqlcipher
  command -v ccrypt      >/dev/null || echo ccrypt
  command -v qemu-img    >/dev/null || echo qemu-utils
  command -v file        >/dev/null || echo file
  command -v systemd-analyze >/dev/null || echo systemd
  command -v mariadb-install-db >/dev/null || echo mariadb-server
  command -v mariadb-backup >/dev/null || echo mariadb-backup
  command -v setpriv     >/dev/null || echo util-linux
  command -v python3     >/dev/null || echo python3
  python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
  set -- /usr/lib/postgresql/*/bin/initdb
  [ -x "$1" ] || echo postgresql
  command -v pgbackrest  >/dev/null || echo pgbackrest
  command -v 7z          >/dev/null || echo p7zip-full
  command -v mkfs.ext4   >/dev/null || [ -x /sbin/mkfs.ext4 ] || echo e2fsprogs
  command -v cryptsetup  >/dev/null || [ -x /sbin/cryptsetup ] || echo cryptsetup-bin
  [ -x /usr/sbin/sshd ]  || echo openssh-server
  command -v fusermount  >/dev/null || echo fuse3
  command -v pdftotext   >/dev/null || echo poppler-utils
  /sbin/ldconfig -p | grep -q libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
  /sbin/ldconfig -p | grep -q libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
  [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || echo fonts-dejavu-core
}

install_packages() {
  packages=$(missing_packages)
  [ -n "$packages" ] || return 0
  command -v apt-get >/dev/null || { say "needs $(echo $packages), and apt-get is not here"; exit 1; }
  [ "$(id -u)" = 0 ] || { say "run once as root, or install: $(echo $packages)"; exit 1; }
  say "installing $(echo $packages)"
  # No package may start a server of its own: the tests start what they need on loopback.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT INT TERM
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q -o DPkg::Lock::Timeout=600 update >/dev/null
  # shellcheck disable=SC2086
  apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends $packages >/dev/null
}

install_environment() {
  stamp=.venv/installed
  wanted=$(cat requirements/develop.lock pyproject.toml agents/pyproject.toml | sha256sum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  say "making .venv from requirements/develop.lock"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  # The lock is whole. Left to look for dependencies, pip takes an extra (`coverage[toml]`) for a
  # package of its own and asks for its newest release, which no hash covers.
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/develop.lock
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e agents -e .
  printf '%s\n' "$wanted" > "$stamp"
}

install_packages
install_environment
