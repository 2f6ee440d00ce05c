"""rekey.py BOOTSTRAP VERB …: a client that is not ours (confluent-kafka) fills the sources of `microflux rekey` and judges its targets.
  topic NAME PARTITIONS [KEY=VALUE]…  makes it
  scatter FROM TO RATE [by-account]
                            copies FROM (keyed by creator) to TO under other keys or none, RATE records a second; header n: its number,
                            header creator: the truth. by-account: a creator has one key, so that its records keep their order
  wait GROUP TOPIC SECONDS  until the group has committed the end of every partition
  judge FROM TO [LETTERS]   every record of FROM exactly once, committed, in TO (or, LETTERS of them, in dead-letters): value, headers
                            and timestamp equal, key and partition its creator's, order kept"""
import sys
import time
from collections import Counter, defaultdict

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

def murmur2(data):
    """The hash of Kafka's Java clients."""
    m, h = 0x5BD1E995, 0x9747B28C ^ len(data)
    whole = len(data) // 4 * 4
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i:i + 4], "little") * m & 0xFFFFFFFF
        h = (h * m ^ (k ^ k >> 24) * m) & 0xFFFFFFFF
    if data[whole:]:
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & 0xFFFFFFFF
    h = (h ^ h >> 13) * m & 0xFFFFFFFF
    return h ^ h >> 15


class Client:
    def __init__(self, bootstrap):
        self.bootstrap = {"bootstrap.servers": bootstrap}

    def consumer(self, group, **more):
        return Consumer({**self.bootstrap, "group.id": group, "enable.auto.commit": False, "enable.partition.eof": True,
                         "auto.offset.reset": "earliest", **more})

    def partitions(self, topic):
        return len(self.consumer("rekey-test").list_topics(topic).topics[topic].partitions)

    def read(self, topic):
        """Every committed record there is, by partition."""
        consumer, n = self.consumer("rekey-test", **{"isolation.level": "read_committed"}), self.partitions(topic)
        consumer.assign([TopicPartition(topic, p, 0) for p in range(n)])
        records, ended = [], set()
        while len(ended) < n:
            for m in consumer.consume(1000, 1):
                if not m.error():
                    records.append(m)
                elif m.error().code() == KafkaError._PARTITION_EOF:
                    ended.add(m.partition())
                else:
                    raise RuntimeError(m.error())
        consumer.close()
        return records


def topic(client, name, partitions, *settings):
    admin = AdminClient(client.bootstrap)
    admin.create_topics([NewTopic(name, int(partitions), config=dict(s.split("=") for s in settings))])[name].result()


def scatter(client, source, target, rate, keys="mixed"):
    producer = Producer({**client.bootstrap, "enable.idempotence": True, "linger.ms": 20})
    begun = time.time()
    for n, m in enumerate(client.read(source)):
        account = b"account of " + m.key()
        key = account if keys == "by-account" else [None, b"actor-%d" % (n % 97), b"", account][n % 4]
        headers = [("n", b"%d" % n), ("creator", m.key()), ("n", b"twice"), ("none", None)]
        producer.produce(target, m.value(), key, timestamp=m.timestamp()[1], headers=headers)
        producer.poll(0)
        if n % 50 == 0:
            producer.poll(max(0, begun + n / int(rate) - time.time()))
    producer.flush()


def wait(client, group, topic, seconds):
    consumer, until = client.consumer(group), time.time() + int(seconds)
    partitions = [TopicPartition(topic, p) for p in range(client.partitions(topic))]
    ends = {p.partition: consumer.get_watermark_offsets(p)[1] for p in partitions}
    while time.time() < until:
        try:
            found = {p.partition: max(p.offset, 0) for p in consumer.committed(partitions, 10)}
        except KafkaException as away:  # a broker that has just started
            found = away
        if found == ends:
            return 0
        time.sleep(0.2)
    print(f"the group stands at {found}, the ends are {ends}")
    return 1


class Verdict:
    def __init__(self):
        self.wrong = Counter()

    def __call__(self, good, what, detail):
        if not good:
            self.wrong[what] += 1
            if self.wrong[what] <= 3:
                print(f"{what}: {detail}")


def judge(client, source, target, letters="0"):
    verdict, partitions = Verdict(), client.partitions(target)
    copies, order = defaultdict(list), {}
    stories = [(m, dict(m.headers())) for m in client.read("dead-letters")]
    letter_numbers = {m.headers()[0][1] for m, story in stories if story["microflux.error.topic"] == source.encode()}
    for m in client.read(target):
        copies[m.headers()[0][1]].append(m)
    records = client.read(source)
    for m in records:
        n, truth = m.headers()[0][1], m.headers()[1][1]
        found = copies.pop(n, [])
        if n in letter_numbers:
            verdict(not found, "copied, and a dead letter", n)
            continue
        verdict(len(found) == 1, "not exactly once", f"record {n} of {truth} is there {len(found)} times")
        for c in found:
            verdict(c.value() == m.value(), "value", n)
            verdict(c.headers() == m.headers(), "headers", f"{n}: {c.headers()}")
            verdict(c.timestamp() == m.timestamp(), "timestamp", n)
            verdict(c.key() == truth, "key", f"{n}: {c.key()} is not {truth}")
            verdict(c.partition() == (murmur2(truth) & 0x7FFFFFFF) % partitions, "partition", n)
            before = order.get((m.partition(), truth), -1)
            verdict(c.offset() > before, "order", f"{n} of {truth} came before its predecessor")
            order[m.partition(), truth] = c.offset()
    verdict(not copies, "from nowhere", f"{len(copies)} records")
    verdict(len(letter_numbers) == int(letters), "dead letters", f"{len(letter_numbers)}, wanted {letters}")
    print(f"{len(records)} records of {source} compared with {target}: {sum(verdict.wrong.values())} wrong {dict(verdict.wrong) or ''}")
    return bool(verdict.wrong) or not records


if __name__ == "__main__":
    verbs = {"topic": topic, "scatter": scatter, "wait": wait, "judge": judge}
    sys.exit(verbs[sys.argv[2]](Client(sys.argv[1]), *sys.argv[3:]))
