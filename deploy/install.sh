#!/bin/sh
# Installs Guardian from this folder on a machine with systemd and Python 3.11 or newer:
#   deploy/install.sh central    on the provider's machine
#   deploy/install.sh agent      on a client's server
# `central pdf` adds what writes reports as PDF; it wants Pango and a font of the system.
# A virtual environment from the hashed lock goes to /opt, the command to /usr/bin, units and their
# user to systemd. Nothing is configured, nothing is started; safe to run again.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "guardian: $*" >&2; }

case "${1-}" in
  central) command=guardian; packages="./agents ."; units="deploy/systemd/guardian.*" ;;
  agent) command=guardian-agent; packages=./agents; units="deploy/systemd/guardian-agent*" ;;
  *) say "usage: deploy/install.sh central [pdf]|agent"; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { say "run this as root"; exit 1; }
python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  { say "needs Python 3.11 or newer with venv: apt-get install python3-venv"; exit 1; }

home=/opt/$command
python3 -m venv "$home"
pip="$home/bin/python -m pip --disable-pip-version-check install -q"
$pip --no-deps --require-hashes -r "requirements/$1.lock"
if [ "$1 ${2-}" = "central pdf" ]; then
  for needed in libpangoft2-1.0.so.0 libharfbuzz-subset.so.0; do
    /sbin/ldconfig -p | grep -q "$needed" && [ -d /usr/share/fonts/truetype ] ||
      { say "PDF needs: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
        exit 1; }
  done
  $pip --no-deps --require-hashes -r requirements/pdf.lock
fi
# shellcheck disable=SC2086
$pip --no-deps --force-reinstall $packages
ln -sfn "$home/bin/$command" "/usr/bin/$command"

for file in $units; do
  case $file in
    *.sysusers) install -D -m 644 "$file" "/etc/sysusers.d/$command.conf" ;;
    *) install -D -m 644 "$file" "/etc/systemd/system/${file##*/}" ;;
  esac
done
systemd-sysusers
[ ! -d /run/systemd/system ] || systemctl daemon-reload
say "$command $($command --version | grep -o '[0-9.]*$') is installed"
