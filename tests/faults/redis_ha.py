"""redis_ha: real redis-servers on loopback as a primary with a replica under three Sentinels, or as a Cluster of three masters with a
replica each, and the faults of both. Everything of one lies in a folder; other programs import Sentinels and Cluster, shells say

  redis_ha.py sentinels DIR PORT     starts them on PORT .. PORT+4 (servers, then Sentinels)
  redis_ha.py cluster DIR PORT       starts it on PORT .. PORT+5, buses on PORT+6 .. PORT+11
  redis_ha.py FAULT DIR [ARGUMENT..] lose_primary, wake_primary, in_step (Sentinels); move_slot KEY, lose_owner KEY (Cluster);
                                     and for how many seconds
  redis_ha.py stop DIR               ends every process of DIR
"""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/e2e"))
from fences import Redis, fences  # noqa: E402

PRIMARY = "mymaster"


def until(what, question, seconds=60):
    """Waits until question() is true, whatever is away meanwhile; gives what it said."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            answer = question()
            if answer:
                return answer
        except (OSError, RuntimeError, ValueError, AttributeError):
            pass
        time.sleep(0.05)
    raise SystemExit(f"redis_ha: waited {seconds} s in vain: {what}")


class Server:
    """One process; its data, log and pid file lie in a folder named after its port."""

    def __init__(self, folder, port, *options):
        self.port, self.folder, self.options = port, Path(folder) / str(port), options

    def start(self, *more):
        self.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["redis-server", *self.options, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                        "--daemonize", "yes", "--pidfile", str(self.folder / "pid"), "--logfile", str(self.folder / "log"), *more],
                       check=True, stdout=subprocess.DEVNULL)
        until(f"server {self.port} answers", lambda: self("PING"))

    def __call__(self, *words):
        return Redis(self.port, 2)(*map(str, words))

    def info(self, section):
        return dict(line.split(":", 1) for line in self("INFO", section).splitlines() if ":" in line)

    def signal(self, number):
        os.kill(int((self.folder / "pid").read_text()), number)

    def kill(self):
        pid = int((self.folder / "pid").read_text())
        os.kill(pid, signal.SIGKILL)
        until(f"server {self.port} is gone", lambda: not Path(f"/proc/{pid}").exists())

    def pause(self):
        self.signal(signal.SIGSTOP)

    def wake(self):
        self.signal(signal.SIGCONT)


AOF = ("--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")


def commits(server):
    return int(server.info("commandstats").get("cmdstat_exec", "calls=0,").split("=")[1].split(",")[0])


def cut(primary, replica, seconds):
    """The replica gets nothing more: what is acknowledged in so many seconds, a commit at least while there is traffic, is lost when it
    is promoted."""
    replica("CONFIG", "SET", "masterauth", "wrong")
    primary("CLIENT", "KILL", "TYPE", "replica")
    before, begun = commits(primary), time.monotonic()
    while (passed := time.monotonic() - begun) < float(seconds) or (commits(primary) == before and passed < 5):
        time.sleep(0.05)


def mend(replica):
    replica("CONFIG", "SET", "masterauth", "")


class Sentinels:
    """A primary, a replica, three Sentinels that need two votes."""

    def __init__(self, folder, port):
        self.folder = Path(folder)
        self.servers = [Server(folder, port + i, *AOF) for i in range(2)]
        self.sentinels = [Server(folder, port + i, str(self.folder / f"{port + i}.conf"), "--sentinel") for i in range(2, 5)]
        self.addresses = ",".join(f"127.0.0.1:{s.port}" for s in self.sentinels)

    def up(self):
        first, second = self.servers
        first.start()
        second.start("--replicaof", "127.0.0.1", str(first.port))
        until("the replica is in step", lambda: second.info("replication").get("master_link_status") == "up")
        for s in self.sentinels:
            Path(s.options[0]).write_text(
                f"sentinel monitor {PRIMARY} 127.0.0.1 {first.port} 2\nsentinel down-after-milliseconds {PRIMARY} 1500\n"
                f"sentinel failover-timeout {PRIMARY} 2000\n")
            s.start()
        for s in self.sentinels:
            until("all Sentinels know each other and the replica",
                  lambda s=s: s("SENTINEL", "CKQUORUM", PRIMARY).startswith("OK 3") and s("SENTINEL", "REPLICAS", PRIMARY))

    def primary(self):
        """The one that two Sentinels name."""
        names = [int(s("SENTINEL", "GET-MASTER-ADDR-BY-NAME", PRIMARY)[1]) for s in self.sentinels]
        return next((s for s in self.servers if names.count(s.port) >= 2), None)

    def fences(self):
        """Of every lane, as tests/e2e/fences.py reads them."""
        return fences(Redis(self.primary().port, 2))

    def other(self, server):
        return self.servers[1 - self.servers.index(server)]

    def promoted(self, old):
        """Waits until the other one is the primary."""
        new = self.other(old)
        until("the replica is promoted", lambda: self.primary() is new and new("ROLE")[0] == "master")
        return new

    # ---- faults ----

    def lose_primary(self, seconds=1.0):
        """The primary is killed with what it acknowledged in its last seconds; it comes back as a replica."""
        old = until("a primary", self.primary)
        new = self.other(old)
        cut(old, new, seconds)
        old.kill()
        self.promoted(old)
        mend(new)
        old.start("--replicaof", "127.0.0.1", str(new.port))
        self.in_step()

    def in_step(self):
        """Waits until the other one follows the primary and the Sentinels know it."""
        def question():
            primary = self.primary()
            flags = [r[r.index("flags") + 1] for s in self.sentinels for r in s("SENTINEL", "REPLICAS", PRIMARY)]
            return self.other(primary).info("replication").get("master_link_status") == "up" and flags == ["slave"] * 3
        until("the other one is in step", question, 60)

    def wake_primary(self, seconds=0.0):
        """The primary sleeps until it is replaced, and so long more; then it wakes and takes writes until it is told (in_step)."""
        old = until("a primary", self.primary)
        old.pause()
        self.promoted(old)
        time.sleep(float(seconds))
        old.wake()


class Cluster:
    """Three masters with a third of the slots each, a replica for each of them."""

    def __init__(self, folder, port):
        self.servers = [Server(folder, port + i, *AOF, "--cluster-enabled", "yes", "--cluster-node-timeout", "1500", "--cluster-port",
                               str(port + 6 + i), "--cluster-config-file", "nodes.conf") for i in range(6)]
        self.port = port
        self.addresses = ",".join(f"127.0.0.1:{s.port}" for s in self.servers[:3])

    def up(self):
        for i, s in enumerate(self.servers):
            s.start()
            s("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
            if i < 3:
                s("CLUSTER", "ADDSLOTSRANGE", i * 16384 // 3, (i + 1) * 16384 // 3 - 1)
            self.servers[0]("CLUSTER", "MEET", "127.0.0.1", s.port, s.port + 6)
        for s in self.servers:
            until("the nodes know each other", lambda s=s: len(self.nodes(s)) == 6 and "handshake" not in s("CLUSTER", "NODES"))
        for i in range(3):
            until("a replica", lambda i=i: self.servers[3 + i]("CLUSTER", "REPLICATE", self.servers[i]("CLUSTER", "MYID")))
        for s in self.servers:
            until("the cluster is up", lambda s=s: "cluster_state:ok" in s("CLUSTER", "INFO"))
        for s in self.servers[3:]:
            until("a replica is in step", lambda s=s: s.info("replication").get("master_link_status") == "up")

    @staticmethod
    def nodes(server):
        return server("CLUSTER", "NODES").splitlines()

    def alive(self):
        for s in self.servers:
            try:
                if s("PING"):
                    yield s
            except (OSError, RuntimeError):
                pass

    def masters(self):
        return [s for s in self.alive() if s("ROLE")[0] == "master"]

    def fence_keys(self):
        return [key for s in self.masters() for key in s("KEYS", "mf:*:fence")]

    def fences(self):
        """Of every lane, as tests/e2e/fences.py reads them; RuntimeError while one's slot is on its way."""
        return {lane: at for s in self.masters() for lane, at in fences(Redis(s.port, 2)).items()}

    def by_port(self, port):
        return next(s for s in self.servers if s.port == port)

    def owners(self, key):
        """Who each living node says owns the slot of the key, with replicas behind it."""
        for server in self.alive():
            slot = server("CLUSTER", "KEYSLOT", key)
            for first, last, *nodes in server("CLUSTER", "SLOTS"):
                if first <= slot <= last:
                    yield [self.by_port(node[1]) for node in nodes]

    def agreed(self, key, not_this=None):
        """The owner that all living nodes name, with its replicas."""
        said = list(self.owners(key))
        masters = {nodes[0].port for nodes in said}
        return said[0] if len(masters) == 1 and said[0][0] is not not_this else None

    # ---- faults ----

    def move_slot(self, key, seconds=1.0):
        """The slot of the key moves to another master, a few keys at a time, for that long at least."""
        source = until("an owner", lambda: self.agreed(key))[0]
        target = next(s for s in self.masters() if s is not source)
        slot, ids = source("CLUSTER", "KEYSLOT", key), {s: s("CLUSTER", "MYID") for s in (source, target)}
        target("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source])
        source("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target])
        end, moved = time.monotonic() + float(seconds), 0
        while keys := source("CLUSTER", "GETKEYSINSLOT", slot, 10):
            source("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)
            moved += len(keys)
            time.sleep(max(0.0, min(0.1, end - time.monotonic())))
        for s in (target, source, *(s for s in self.masters() if s not in (source, target))):
            s("CLUSTER", "SETSLOT", slot, "NODE", ids[target])
        print(f"slot {slot}: {moved} keys from {source.port} to {target.port}")

    def lose_owner(self, key, seconds=1.0):
        """The master of the key is killed with what it acknowledged in its last seconds; it comes back as a replica."""
        old, replica = until("an owner with a replica", lambda: (self.agreed(key) or [])[:2])
        cut(old, replica, seconds)
        old.kill()
        until("the replica is promoted", lambda: self.agreed(key, old))
        mend(replica)
        old.start()
        until("the old master is a replica", lambda: old("ROLE")[0] == "slave")


def stop(folder):
    for pid in Path(folder).glob("*/pid"):
        try:
            os.kill(int(pid.read_text()), signal.SIGKILL)
        except (OSError, ValueError):
            pass


def main():
    verb, folder, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    kinds = {"sentinels": Sentinels, "cluster": Cluster}
    note = Path(folder) / "kind"
    if verb == "stop":
        stop(folder)
    elif verb in kinds:
        Path(folder).mkdir(parents=True, exist_ok=True)
        note.write_text(f"{verb} {rest[0]}")
        kinds[verb](folder, int(rest[0])).up()
    else:
        kind, port = note.read_text().split()
        getattr(kinds[kind](folder, int(port)), verb)(*rest)


if __name__ == "__main__":
    main()
