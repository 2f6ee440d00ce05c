"""faults: what goes wrong in a run. A fault is a function of (stack, random): it breaks, waits, mends, and returns when the part is whole
again (not when the workers have recovered from it). PARTS says which part each one breaks; one part breaks once at a time, but the network as
often as it has ways: each worker's to Redis and those to each broker break on their own."""
import contextlib
import json
import signal
import subprocess
import time

from stack import until


def some_worker(stack, random):
    return random.choice(sorted(stack.workers))


def some_node(stack, random):
    return random.randint(1, stack.nodes)


@contextlib.contextmanager
def breaking(*proxies):
    """Nobody else touches these, always taken in the same order; they are good again at the end."""
    with contextlib.ExitStack() as taken:
        for proxy in proxies:
            taken.enter_context(proxy.lock)
            taken.callback(proxy.heal)
        yield proxies


# ---- workers ----

def worker_kill(stack, random):
    """kill -9, and another one."""
    with stack.lock:
        w = some_worker(stack, random)
        stack.kill_worker(w)
        time.sleep(random.uniform(0, 1))
        stack.start_worker(w)


def worker_zombie(stack, random):
    """SIGSTOP for longer than the group waits: its partitions move, then it wakes."""
    with stack.lock:
        worker = stack.workers[some_worker(stack, random)]
        worker.send_signal(signal.SIGSTOP)
        time.sleep(random.uniform(5, 15 if stack.long else 8))
        worker.send_signal(signal.SIGCONT)


def worker_zombie_write(stack, random):
    """The same, while its last commit is still on the way to Redis: that arrives after the others took over."""
    with stack.lock:
        w = some_worker(stack, random)
        with breaking(stack.redis_net[w]) as (proxy,):
            proxy.bad(stall=True)
            time.sleep(random.uniform(0.1, 0.5))
            stack.workers[w].send_signal(signal.SIGSTOP)
            time.sleep(random.uniform(7, 10))
        time.sleep(0.5)
        stack.workers[w].send_signal(signal.SIGCONT)


def worker_term(stack, random):
    """SIGTERM, a while with one less, and another one: two rebalances."""
    with stack.lock:
        w = some_worker(stack, random)
        stack.stop_worker(w)
        time.sleep(random.uniform(0, 4))
        stack.start_worker(w)


def worker_all_killed(stack, random):
    """kill -9 of all at once."""
    with stack.lock:
        for w in stack.workers:
            stack.kill_worker(w)
        time.sleep(random.uniform(0, 2))
        for w in stack.workers:
            stack.start_worker(w)


# ---- Redis ----

def redis_kill(stack, random):
    """kill -9; it comes back with its append-only file, synced every second."""
    stack.redis_kill()
    time.sleep(random.uniform(0, 3))
    stack.redis_start()


def redis_kill_always(stack, random):
    """The same, synced at each write."""
    stack.redis("CONFIG", "SET", "appendfsync", "always")
    time.sleep(random.uniform(0.5, 3))
    stack.redis_kill()
    stack.redis_start("always")


def redis_loading(stack, _):
    """kill -9; it needs about two seconds to load its file, and answers LOADING meanwhile."""
    stack.redis_kill()
    commands = sum(path.stat().st_size for path in (stack.dir / "redis").rglob("*.aof")) // 150
    stack.redis_start("everysec", "--key-load-delay", str(2000000 // max(commands, 1)))
    stack.redis("CONFIG", "SET", "key-load-delay", "0")


def redis_pause(stack, random):
    """SIGSTOP, for more or less than the workers' patience."""
    stack.redis_signal(signal.SIGSTOP)
    time.sleep(random.uniform(0.5, 6))
    stack.redis_signal(signal.SIGCONT)


def redis_full(stack, random):
    """OOM."""
    stack.redis("CONFIG", "SET", "maxmemory", "1")
    time.sleep(random.uniform(0.5, 3))
    stack.redis("CONFIG", "SET", "maxmemory", "0")


def redis_readonly(stack, random):
    """A replica of nobody there."""
    stack.redis("REPLICAOF", "127.0.0.1", "1")
    time.sleep(random.uniform(0.5, 3))
    stack.redis("REPLICAOF", "NO", "ONE")


def redis_lost_tail(stack, random):
    """Restarted from an older copy of its append-only files."""
    stack.redis_copy()
    time.sleep(random.uniform(0.5, 3))
    with stack.losing():
        stack.redis_kill()
        stack.redis_restore()
        stack.redis_start()


KEEP = "for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('COPY', key, key, 'DB', ARGV[1], 'REPLACE') end"
CLEAR = "redis.call('SELECT', ARGV[1]) redis.call('FLUSHDB')"


def keep(stack, database):
    """A copy of everything as it is now."""
    stack.redis("EVAL", KEEP, "0", str(database))


def rewind(stack, database):
    """The copy takes the place of the data, in one step, under living connections."""
    with stack.losing():
        stack.redis("SWAPDB", "0", str(database))
    stack.redis("EVAL", CLEAR, "0", str(database))


def redis_rewound(stack, random):
    """Older data under living connections, as behind an address that moved to a stale replica."""
    keep(stack, 1)
    time.sleep(random.uniform(0.5, 3))
    rewind(stack, 1)


# ---- several Redis servers ----

def some_lane(stack, random):
    """A key of its slot."""
    return random.choice(sorted(stack.ha.fence_keys()))


def sentinel_failover(stack, random):
    """kill -9 of the primary with what it acknowledged last; the replica does not have that and is promoted."""
    with stack.losing():
        stack.ha.lose_primary(random.uniform(0.1, 1.5))


def sentinel_old_primary_wakes(stack, random):
    """The primary sleeps until it is replaced, wakes, and takes writes until it is told."""
    with stack.losing():
        stack.ha.wake_primary(random.uniform(0, 2))
        stack.ha.in_step()


def cluster_failover(stack, random):
    """kill -9 of the master of a lane with what it acknowledged last; its replica is promoted."""
    with stack.losing():
        stack.ha.lose_owner(some_lane(stack, random), random.uniform(0.1, 1.5))


def cluster_slot_moves(stack, random):
    """A lane's slot goes to another master, a few keys at a time."""
    stack.ha.move_slot(some_lane(stack, random), random.uniform(0, 2))


def idle_killed(stack, _):
    """kill -9 of all workers when the last record is counted, most of its scores not yet out."""
    with stack.lock:
        for w in stack.workers:
            stack.kill_worker(w)
        for w in stack.workers:
            stack.start_worker(w)


def idle_rewound(stack, _):
    """Older data after the last record, those of the beginning of the run: nobody writes, so only the idle check can notice."""
    rewind(stack, 2)


# ---- brokers ----

def kafka_pause(stack, random):
    """SIGSTOP: alive to TCP, dead otherwise."""
    node = some_node(stack, random)
    stack.kafka_signal(node, signal.SIGSTOP)
    time.sleep(random.uniform(2, 10))
    stack.kafka_signal(node, signal.SIGCONT)


def kafka_pause_worker_kill(stack, random):
    """Scores cannot leave, and their worker dies: whoever takes over publishes them."""
    with stack.lock:
        nodes = range(1, stack.nodes + 1)
        for node in nodes:
            stack.kafka_signal(node, signal.SIGSTOP)
        time.sleep(random.uniform(0.5, 1.5))
        w = some_worker(stack, random)
        stack.kill_worker(w)
        for node in nodes:
            stack.kafka_signal(node, signal.SIGCONT)
        stack.start_worker(w)


def kafka_kill(stack, random):
    """kill -9 and start."""
    node = some_node(stack, random)
    stack.kafka_signal(node, signal.SIGKILL)
    time.sleep(random.uniform(0, 5))
    stack.kafka_start(node)


def kafka_rolling(stack, _):
    """Each broker in turn: SIGTERM, start."""
    for node in range(1, stack.nodes + 1):
        stack.kafka("stop", stack.dir / "kafka", node)
        stack.kafka_start(node)


def kafka_leaders_move(stack, random):
    """Each partition of the inputs and of the scores gets another leader."""
    topics = ["profiles", "posts", "interactions", "creator-scores"]
    nodes = random.sample(range(1, 4), 3)
    plan = [{"topic": topic, "partition": p, "replicas": nodes[p % 3:] + nodes[:p % 3]} for topic in topics for p in range(8)]
    path = stack.dir / "leaders.json"
    path.write_text(json.dumps({"version": 1, "partitions": plan}))
    stack.kafka_tool("reassign.ReassignPartitionsCommand", "--reassignment-json-file", path, "--execute")

    def elected():                      # refused as long as one of them has not caught up
        with contextlib.suppress(subprocess.CalledProcessError):
            return stack.kafka_tool("LeaderElectionCommand", "--election-type", "preferred", "--all-topic-partitions")
    if not until(60, elected, 1):
        raise RuntimeError("the leaders did not move")


def kafka_coordinator_pause(stack, _):
    """SIGSTOP of the node that leads the group, for 30 s."""
    node = stack.coordinator()
    stack.kafka_signal(node, signal.SIGSTOP)
    time.sleep(30)
    stack.kafka_signal(node, signal.SIGCONT)


# ---- the network ----

def bad_network(stack, random, make):
    """For one Redis connection of a worker, or for one broker."""
    with breaking(random.choice([*stack.redis_net.values(), *stack.kafka_net.values()])) as (proxy,):
        make(proxy)
        time.sleep(random.uniform(1, 5))


def net_delay(stack, random):
    """Each piece 50 to 500 ms late."""
    bad_network(stack, random, lambda proxy: proxy.bad(there=random.uniform(0.05, 0.5), back=random.uniform(0.05, 0.5)))


def net_far(stack, random):
    """Everything 200 ms away, each way."""
    with breaking(*stack.redis_net.values(), *stack.kafka_net.values()) as proxies:
        for proxy in proxies:
            proxy.bad(there=0.2, back=0.2)
        time.sleep(random.uniform(3, 6))


def net_narrow(stack, random):
    """20 kB/s."""
    bad_network(stack, random, lambda proxy: proxy.bad(rate=20000))


def net_trickle(stack, random):
    """1 kB/s."""
    bad_network(stack, random, lambda proxy: proxy.bad(rate=1000))


def net_reset(stack, random):
    """RST to what is open and to what comes: what was under way is lost."""
    bad_network(stack, random, lambda proxy: proxy.reset())


def net_half_open(stack, random):
    """Connections that carry nothing any more and never end."""
    bad_network(stack, random, lambda proxy: proxy.half_open())


def net_stall(stack, random):
    """What the workers tell Redis arrives 1 to 6 s late, the rest of the world goes on."""
    with breaking(*stack.redis_net.values()) as proxies:
        for proxy in proxies:
            proxy.bad(stall=True)
        time.sleep(random.uniform(1, 6))


PARTS = {
    "worker": [worker_kill, worker_zombie, worker_zombie_write, worker_term, worker_all_killed],
    "redis": [redis_kill, redis_kill_always, redis_loading, redis_pause, redis_full, redis_readonly, redis_lost_tail, redis_rewound],
    "kafka": [kafka_pause, kafka_pause_worker_kill, kafka_kill],
    "net": [net_delay, net_far, net_narrow, net_trickle, net_reset, net_half_open, net_stall],
}
SEVERAL_REDIS = {"sentinel": [sentinel_failover, sentinel_old_primary_wakes], "cluster": [cluster_failover, cluster_slot_moves]}
BEHIND_PROXIES = [worker_zombie_write, net_stall]        # these break the way to the one Redis
THREE_NODES = [kafka_rolling, kafka_leaders_move, kafka_coordinator_pause]
AT_THE_END = [idle_killed, idle_rewound]


def kinds_of(part, nodes, redis, only):
    """The faults of a part that a run may choose."""
    kinds = PARTS[part] + (THREE_NODES if part == "kafka" and nodes == 3 else [])
    if redis != "single":
        kinds = SEVERAL_REDIS[redis] if part == "redis" else [kind for kind in kinds if kind not in BEHIND_PROXIES]
    return [kind for kind in kinds if not only or kind.__name__ in only]


def at_the_end(redis, only):
    """Those of an idle stack."""
    kinds = AT_THE_END if redis == "single" else [idle_killed, *SEVERAL_REDIS[redis]]
    return [kind for kind in kinds if not only or kind.__name__ in only]
