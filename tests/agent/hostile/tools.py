"""Tools that were broken into: what a restic might do that read one hostile byte too many."""

from __future__ import annotations

import json
from pathlib import Path

SNAPSHOT = "ab" * 32

SCRIPT = """#!/bin/sh
# Where the agent and its surroundings are.
AROUND={around}; STATE={state}; LIVE={live}; AGENT=$PPID; export GUARDIAN_HOSTILE={sandbox}
target() {{ while [ $# -gt 0 ]; do [ "$1" = --target ] && echo "$2"; shift; done; }}
for word; do case $word in
  version) echo 'restic 0.18.0 compiled with go'; exit 0 ;;
  snapshots) cat <<'END'
{snapshots}
END
    exit 0 ;;
  ls) cat <<'END'
{listing}
END
    exit 0 ;;
  restore) TARGET=$(target "$@"); break ;;
  check) exit 0 ;;
  list) exit 0 ;;
esac; done
{attack}
exit 0
"""


def write(path: Path, attack: str, live: Path, state: Path) -> None:
    """Write a restic that answers as one does, and attacks when it should restore."""
    snapshot = {
        "time": "2026-11-20T03:00:00Z",
        "id": SNAPSHOT,
        "short_id": SNAPSHOT[:8],
        "tree": "cd" * 32,
        "paths": [str(live)],
        "hostname": "web1",
    }
    nodes = [{"struct_type": "snapshot", **snapshot}]
    nodes += [
        {
            "struct_type": "node",
            "type": "file",
            "path": str(each),
            "size": each.stat().st_size,
            "mtime": "2026-11-20T02:00:00Z",
        }
        for each in sorted(live.rglob("*"))
        if each.is_file()
    ]
    text = SCRIPT.format(
        around=live.parents[1] / "around",
        state=state,
        live=live,
        sandbox=state / "sandbox",
        snapshots=json.dumps([snapshot]),
        listing="\n".join(json.dumps(node) for node in nodes),
        attack=attack,
    )
    path.write_text(text)
    path.chmod(0o755)


ATTACKS: dict[str, str] = {
    "writes over what lives": """
        echo evil > $LIVE/department-0/letter-00.txt
        echo evil > $AROUND/victim; exit 1""",
    "writes where everybody may": "echo evil > $AROUND/open/new; exit 1",
    "writes into the system": """
        echo evil > /etc/cron.d/guardian-evil; echo evil > /root/.guardian-evil
        echo evil > /tmp/guardian-evil; echo evil > /guardian-evil; exit 1""",
    "writes into the agent's state": "echo evil > $STATE/key; rm -rf $STATE/spool; exit 1",
    "removes and renames": "rm -rf $AROUND/folder; mv $AROUND/victim $AROUND/moved; exit 1",
    "changes rights, owners and times": """
        chmod 777 $AROUND/victim; chown 65534 $AROUND/victim; touch $AROUND/victim
        chmod 777 $STATE/key $STATE; chattr +i $AROUND/victim; exit 1""",
    "links to outside and writes through": """
        ln -s $AROUND $TARGET/way; echo evil > $TARGET/way/victim
        ln $AROUND/victim $TARGET/hard && echo evil > $TARGET/hard; exit 1""",
    "leaves a link in a folder's place": """
        mkdir -p "$TARGET$(dirname $LIVE)"; ln -s $AROUND "$TARGET$LIVE" """,
    "leaves a program with set user id": """
        mkdir -p "$TARGET$LIVE/department-0"
        cp /bin/sh "$TARGET$LIVE/department-0/letter-00.txt"
        chmod 6755 "$TARGET$LIVE/department-0/letter-00.txt" """,
    "runs what it restored": """
        cp /bin/touch $TARGET/t; chmod 755 $TARGET/t; $TARGET/t $AROUND/open/new; exit 1""",
    "makes devices": "mknod $TARGET/disk b 8 0; mkfifo $TARGET/pipe",
    "makes what cannot be removed": """
        echo x > $TARGET/f; chattr +i $TARGET/f; mkdir $TARGET/d; chmod 0 $TARGET/d; exit 1""",
    "mounts": "mount -t tmpfs none $AROUND/folder; mount --bind /etc $TARGET; exit 1",
    "makes the room's surroundings writable": """
        mount -o remount,rw / && echo evil > $AROUND/victim
        nsenter -t 1 -m sh -c "echo evil > $AROUND/victim"
        unshare -m sh -c "mount -o remount,rw /; echo evil > $AROUND/victim"
        unshare -r sh -c "echo evil > $AROUND/victim"; exit 1""",
    "fills the disk": """
        cat /dev/zero > $TARGET/1; i=0
        while :; do i=$((i+1)); head -c 1000000 /dev/zero > $TARGET/f$i || exit 1; done""",
    "fills it with names": """
        cd $TARGET; i=0
        while :; do i=$((i+1)); seq -f "$i-%g" 1 2000 | xargs touch || exit 1; done""",
    "takes all memory": "tail /dev/zero; exit 1",
    "takes memory in many processes": """
        for i in 1 2 3 4 5 6 7 8; do (head -c 150000000 /dev/zero; sleep 60) | tail & done
        wait; exit 1""",
    # In a row, and each for half a minute: where a test is killed itself, the machine stays usable.
    "forks without end": "for n in $(seq 3000); do sleep 30 & done; wait; exit 1",
    "leaves a server behind": """
        setsid sh -c 'trap "" TERM HUP; sleep 600 & sleep 600' > /dev/null 2>&1 & sleep 0.3""",
    "ends the agent": "kill -TERM $AGENT; kill -9 $AGENT; kill -9 1; kill -9 -1; exit 1",
    "changes the network": "ip link add evil type dummy; iptables -F; exit 1",
    "says more than anybody reads": "yes evil",
    "nests without end": """
        cd $TARGET; i=0
        while [ $i -lt 3000 ]; do mkdir dddddddd && cd ./dddddddd || break; i=$((i+1)); done""",
    "ends well and did nothing": "exit 0",
}
