"""soak.py DIR RECORDS PART_BAD PID METRICS_URL: sends RECORDS likes, PART_BAD of 100 hostile (DIR/cases of bad_input.py), while it samples
the worker's memory; waits until all was read; writes DIR/ends for fences.py; prints "ok what" or "FAIL what", a line each.

Memory: the least-squares slope of VmRSS over the records read, once a third of them was read, may be at most MOST_RISE kB over the
rest of the run; that is MOST_RISE / 33 kB per million records at 50 M."""
import os
import re
import sys
import threading
import time
import urllib.request

from confluent_kafka import Consumer, Producer, TopicPartition

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "e2e"))
os.chdir(sys.argv[1])
sys.argv[1] = "."
from bad_input import NOW, cases, frame, text, varint  # noqa: E402

MOST_RISE = 16 * 1024
CREATORS, ACTORS = 2000, 500
INPUTS = ("profiles", "posts", "interactions")
records, part_bad, pid, url = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
bootstrap = os.environ["MICROFLUX_KAFKA_BOOTSTRAP_SERVERS"]


def like(creator, actor):
    return frame("interactions") + text(creator) + b"\0\2" + text(actor) + varint(2) + varint(1) + varint(NOW) + bytes(4)


def metric(page, name):
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", page, re.M))


def metrics():
    try:
        return urllib.request.urlopen(url, timeout=5).read().decode()
    except OSError:
        return ""


def resident():
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1))


def sample(samples, stop):
    while not stop.wait(0.25 if records < 10000000 else 1):
        page = metrics()
        if page:
            samples.append((metric(page, "microflux_records_received_total"), resident()))


def send():
    good = [(f"creator-{i % CREATORS}", like(f"creator-{i % CREATORS}", f"actor-{i % ACTORS}")) for i in range(10 * CREATORS)]
    bad = [(key, value) for code, key, value in cases if value is not None and code != "too_large"]
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 50, "batch.num.messages": 10000, "compression.type": "lz4",
                         "queue.buffering.max.messages": 500000, "partitioner": "murmur2_random"})
    sent_bad = 0
    for i in range(records):
        hostile = (i + 1) * part_bad // 100 > sent_bad
        key, value = bad[sent_bad % len(bad)] if hostile else good[i % len(good)]
        sent_bad += hostile
        while True:
            try:
                producer.produce("profiles" if hostile else "interactions", value, key)
                break
            except BufferError:
                producer.poll(0.1)
        if i % 10000 == 0:
            producer.poll(0)
    producer.flush()
    return sent_bad


def ends(topics):
    client = Consumer({"bootstrap.servers": bootstrap, "group.id": "soak"})
    found = [(topic, p, client.get_watermark_offsets(TopicPartition(topic, p))[1])
             for topic in topics for p in client.list_topics(topic).topics[topic].partitions]
    client.close()
    return found


def slope(samples):
    """kB per million records."""
    n = len(samples)
    mean_x, mean_y = sum(x for x, _ in samples) / n, sum(y for _, y in samples) / n
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread * 1e6 if spread else 0


def judge(good, what):
    print("ok" if good else "FAIL", what, flush=True)


def main():
    samples, stop, start = [], threading.Event(), time.monotonic()
    before = sum(end for _, _, end in ends(INPUTS))
    sampler = threading.Thread(target=sample, args=(samples, stop))
    sampler.start()
    bad = send()
    inputs = ends(INPUTS)
    total, sent_s = sum(end for _, _, end in inputs), time.monotonic() - start
    open("ends", "w").write("".join(f"{t} {p} {end}\n" for t, p, end in inputs))
    deadline = time.monotonic() + 60 + records / 5000
    while time.monotonic() < deadline:
        page = metrics()
        waiting = metric(page, "microflux_producer_queue_records") + metric(page, "microflux_lane_lag_records")
        if metric(page, "microflux_records_received_total") >= total and waiting == 0:
            break
        time.sleep(0.2)
    taken_s = time.monotonic() - start
    stop.set()
    sampler.join()
    samples.append((metric(page, "microflux_records_received_total"), resident()))
    judge(total - before == records, f"{records} records sent, {bad} of them bad, in {sent_s:.0f} s")
    judge(samples[-1][0] == total, f"{samples[-1][0]:.0f} of {total} records read, {records / taken_s:.0f} a second")
    dead = sum(end for _, _, end in ends(["dead-letters"]))
    judge(dead == bad, f"{dead} dead letters")
    judge(page and metric(page, "microflux_lane_lag_records") == 0, "lag 0")
    warm = [s for s in samples if s[0] >= total / 3]
    rise = slope(warm) * (warm[-1][0] - warm[0][0]) / 1e6
    judge(len(warm) >= 5 and rise <= MOST_RISE, f"memory {samples[0][1]} to {samples[-1][1]} kB; once warm {slope(warm):.0f} kB per million "
          f"records, {rise:.0f} kB in all (at most {MOST_RISE}); {len(warm)} samples")


main()
