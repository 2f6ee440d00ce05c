"""stack: the processes of a run and what can be asked of them: brokers, Redis and workers, each worker behind a Redis proxy of its own and
known to the Kafka proxies by its name. The folder, the brokers and Redis were made by tests/e2e/stack.sh, which also clears them away."""
import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import redis_ha
from proxy import Proxy

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/reference"), str(ROOT / "tests/e2e")]   # in this order: both have an audience.py, a vectors.py
from fences import Redis, fences  # noqa: E402

WORKER = """memory_mib=64 lane.commit_ms=20 redis.command_timeout_ms=3000 kafka.session.timeout.ms=4000
 kafka.max.poll.interval.ms=4000 kafka.heartbeat.interval.ms=500 kafka.queued.min.messages=200
 kafka.fetch.message.max.bytes=20000""".split()
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


def until(seconds, what, pause=0.1):
    """Waits for it: True, or False when the time is over."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def reached(found, ends, published=False):
    """Every fence stands at or behind these ends; with published also what readers have."""
    return found is not None and all(
        lane in found and found[lane][i][0] >= end and (not published or found[lane][i][1] >= end) for (lane, i), end in ends.items())


def blocks(pid, number):
    """The process is gone, or waits for the signal itself."""
    try:
        line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigBlk"))
    except (OSError, StopIteration):
        return True
    return int(line.split()[1], 16) >> number - 1 & 1


class Stack:
    """DIR, the ports and the processes."""
    all = []
    long = False  # a run of minutes: faults may take longer, and the log is compacted

    def __init__(self, nodes, workers, redis="single"):
        self.dir, self.redis_port = Path(os.environ["DIR"]), int(os.environ["REDIS_PORT"])
        self.binary, self.nodes = os.environ["MICROFLUX"], nodes
        base = self.redis_port - 31
        self.kafka_net = {i: Proxy(base + 20 + i, base + i) for i in range(1, nodes + 1)}
        self.names = range(1, workers + 1)
        self.ha = self._several(redis)
        self.redis_net = {} if self.ha else {w: Proxy(self.redis_port + w, self.redis_port) for w in self.names}
        self.bootstrap = ",".join(f"127.0.0.1:{base + 20 + i}" for i in self.kafka_net)
        self.workers, self.ended = {}, []
        self.settings = {w: [] for w in self.names}
        self.kinds = []                          # of workers in each process; none: of scores
        self.environment, self.around = {}, {}   # of some workers: variables; a command that becomes the worker
        self.programs = {}                       # of some workers: another binary
        self.lock = threading.RLock()            # of the workers
        self.began, self.lost = time.time(), []   # lost: from when to when Redis forgot what it had acknowledged
        Stack.all.append(self)

    def _several(self, redis):
        """Sentinels or a Cluster, which the workers reach directly; None for the one server behind the proxies."""
        if redis == "single":
            return None
        kind = {"sentinel": redis_ha.Sentinels, "cluster": redis_ha.Cluster}[redis]
        several = kind(self.dir / "ha", self.redis_port + 1)
        several.up()
        return several

    def address(self, w):
        """The environment that says where Redis is, for worker w or, 0, for everybody."""
        if not self.ha:
            return {"MICROFLUX_REDIS_ADDRESS": f"127.0.0.1:{self.redis_port + w}"}
        return {"MICROFLUX_REDIS_MODE": type(self.ha).__name__.lower().rstrip("s"), "MICROFLUX_REDIS_ADDRESS": self.ha.addresses}

    def command(self, *words, log, settings=(), redis=0, environment=(), around=(), program=None, **more):
        """A microflux sub-command in the background."""
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "MICROFLUX_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
                       **self.address(redis), **dict(environment)}
        words = list(words) + [w for setting in settings for w in ("--set", setting)]
        with open(self.dir / log, "ab") as out:
            return subprocess.Popen([*around, program or self.binary, *words], env=environment, stderr=out, **more)

    def output(self, *words):
        """What a sub-command prints, into a file of DIR named after its last word; asked again while a leader is still elected."""
        path = self.dir / (words[-1].lstrip("-") + ".out")

        def said():
            with open(path, "wb") as out:
                return self.command(*words, log="tools.log", stdout=out).wait() == 0
        if not until(30, said, 3):
            raise RuntimeError(f"microflux {' '.join(words)} failed: " + (self.dir / "tools.log").read_text()[-500:])
        return path

    def secret(self):
        """The variable that names a secret for the hashes of people."""
        path = self.dir / "secret"
        path.write_text("000102030405060708090a0b0c0d0e0f\n")
        path.chmod(0o600)
        return {"MICROFLUX_PRIVACY_SECRET_FILE": str(path)}

    # ---- workers ----

    def start_worker(self, w, *settings):
        """These are its settings from now on, too."""
        self.settings[w] = [*self.settings[w], *settings]
        self.workers[w] = self.command("run", *self.kinds, log=f"worker{w}.log", redis=w, around=self.around.get(w, ()), program=self.programs.get(w),
                                       settings=[*WORKER, f"kafka.client.id=worker{w}", *self.settings[w]],
                                       environment=self.environment.get(w, {}))

    def kill_worker(self, w):
        self.workers[w].kill()
        self.workers[w].wait()

    def stop_worker(self, w):
        """SIGTERM, which it takes as soon as it blocks it (before, it just dies); how it ended is kept for the end."""
        until(10, lambda: blocks(self.workers[w].pid, signal.SIGTERM), 0.02)
        self.workers[w].terminate()
        try:
            self.ended.append(self.workers[w].wait(40))
        except subprocess.TimeoutExpired:
            self.ended.append("no end")
            self.kill_worker(w)

    def log(self, w, word=" ", since=0):
        """Lines of a worker that hold the word, from that line of its log on."""
        path = self.dir / f"worker{w}.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return [line for line in lines[since:] if word in line]

    def logs(self, word=" "):
        """The same of all workers, from the beginning."""
        return [line for w in self.names for line in self.log(w, word)]

    # ---- Redis ----

    def redis(self, *words):
        return Redis(self.redis_port)(*words)

    @contextlib.contextmanager
    def losing(self):
        """Redis may forget meanwhile what it acknowledged before and during it."""
        self.lost.append((time.time(), math.inf))
        place = len(self.lost) - 1
        yield
        self.lost[place] = (self.lost[place][0], time.time())

    def redis_signal(self, number):
        os.kill(int((self.dir / "redis.pid").read_text()), number)

    def redis_kill(self):
        pid = int((self.dir / "redis.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        until(10, lambda: not Path(f"/proc/{pid}").exists(), 0.02)

    def redis_start(self, fsync="everysec", *options):
        self._shell(f"source {ROOT}/tests/e2e/stack.sh; REDIS_FSYNC={fsync} redis_up {' '.join(options)}", 60)

    def redis_copy(self):
        """The append-only files as they are now."""
        shutil.rmtree(self.dir / "older", ignore_errors=True)
        shutil.copytree(self.dir / "redis", self.dir / "older")

    def redis_restore(self):
        shutil.rmtree(self.dir / "redis")
        shutil.copytree(self.dir / "older", self.dir / "redis")

    def fences(self):
        """lane -> [(applied, published)] or None while Redis is away."""
        try:
            return self.ha.fences() if self.ha else fences(Redis(self.redis_port, 2))
        except (OSError, ValueError, IndexError, RuntimeError, TypeError, AttributeError):
            return None

    # ---- brokers ----

    def _shell(self, text, seconds):
        return subprocess.run(["bash", "-c", text], timeout=seconds, check=True, stdout=subprocess.PIPE, text=True).stdout

    def kafka(self, *words, seconds=120):
        return subprocess.run([ROOT / "deploy/kafka.sh", *map(str, words)], timeout=seconds, check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def kafka_tool(self, name, *words):
        """One of Kafka's own command-line tools."""
        return self.kafka("tool", f"org.apache.kafka.tools.{name}", "--bootstrap-server", self.bootstrap, *words)

    def kafka_signal(self, node, number):
        os.kill(int((self.dir / f"kafka/n{node}.pid").read_text()), number)

    def kafka_start(self, node):
        self.kafka("start", self.dir / "kafka", node)
        self.kafka("wait", self.dir / "kafka", node, 300, seconds=320)

    def group(self, *what):
        """What Kafka says of the group: rows of words."""
        text = self.kafka_tool("consumer.group.ConsumerGroupCommand", "--describe", "--group", "microflux-score", *what)
        return [line.split() for line in text.splitlines() if line.startswith("microflux-score")]

    def coordinator(self):
        """The node that leads the group."""
        for row in self.group("--state"):
            for word in row:
                if word.startswith("(") and word.strip("()").isdigit():
                    return int(word.strip("()"))
        return 1

    @classmethod
    def close_all(cls):
        """No worker is left."""
        for stack in cls.all:
            for worker in stack.workers.values():
                worker.kill()
            redis_ha.stop(stack.dir / "ha")
