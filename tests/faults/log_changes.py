"""log_changes: what may happen to the input log itself: a topic recreated, partitions added, records gone by retention. Each is refused with
the way out in the sentence, and the way out works."""
import json
import subprocess
import time

from stack import Stack, until
from traffic import INPUTS, PARTITIONS

CREATORS = [f"creator-{n}" for n in range(40)]


class Log:
    """A stack with one worker whose records are all likes: LIKES of each creator."""

    def __init__(self, nodes):
        self.stack, self.since = Stack(nodes, 1), 0
        self.stack.settings[1] = ["lane.watchdog_s=2"]
        self.make()

    def make(self):
        self.stack.output("topics", "create", "--partitions", str(PARTITIONS))

    def worker(self, *settings):
        """From now on `log` looks at this one's lines only."""
        self.since = len(self.stack.log(1))
        self.stack.start_worker(1, *settings)

    def stop(self):
        self.stack.stop_worker(1)

    def log(self, word):
        return self.stack.log(1, word, self.since)

    def send(self, likes):
        """A record for each creator."""
        now = int(time.time() * 1000)
        lines = "".join(json.dumps({"topic": "interactions", "timestamp": now, "value": {
            "creator_id": name, "kind": "LIKE", "count": likes, "occurred_at": now}}) + "\n" for name in CREATORS)
        self.stack.command("produce", "-", log="produce.log", stdin=subprocess.PIPE, text=True).communicate(lines)

    def told(self, likes):
        """A reader ends with so many likes of each creator."""
        def read():
            last = {}
            for record in map(json.loads, open(self.stack.output("tail", "--until-end", "--format", "json", "creator-scores"))):
                last[record["key"]] = record["value"]["totals"]["likes"]
            return last
        if until(30, lambda: read() == {name: likes for name in CREATORS}, 0.3):
            return True
        print(f"likes wanted {likes}, found {read()}")
        return False

    def held(self, reason, lanes=PARTITIONS):
        """So many lanes are held for that reason: the lines that say so."""
        until(30, lambda: len(self.log(f" lane_held ") and self.log(f"reason={reason} ")) >= lanes)
        return self.log(f"reason={reason} ")

    def topic(self, *words):
        self.stack.kafka_tool("TopicCommand", *words)


def recreated(checks, nodes, _):
    """A topic is deleted and made again while a worker reads it: the fence names another log."""
    log = Log(nodes)
    log.worker()
    log.send(5)
    checks("counted", log.told(5))
    log.topic("--delete", "--topic", "interactions")
    time.sleep(2)
    log.make()
    log.send(1)
    log.send(2)
    lines = log.held("other_log")
    checks("every lane is held: another log", len(lines) == PARTITIONS, "\n".join(log.log(" ")[-8:]))
    checks("the sentence says the way out: " + (lines or ["?"])[0][-120:], all("set epoch to 1" in line for line in lines))
    log.stop()
    log.worker("epoch=1")
    checks("the way out works: the new log is counted on top of the old one", log.told(8))
    log.stop()


def partitions(checks, nodes, _):
    """Partitions are added to the topics of a worker that runs: creators move to other lanes."""
    log = Log(nodes)
    log.worker()
    log.send(5)
    checks("counted", log.told(5))
    for topic in INPUTS:
        log.topic("--alter", "--topic", topic, "--partitions", str(PARTITIONS + 4))
    lines = log.held("partitions_changed", PARTITIONS + 4)
    checks("every lane is held, the new ones too", len(lines) == PARTITIONS + 4, "\n".join(log.log(" ")[-8:]))
    checks("the sentence says the way out: " + (lines or ["?"])[0][-150:], lines and all("make new topics" in line for line in lines))
    log.stop()
    log.worker()
    lines = log.held("partitions_changed", PARTITIONS + 4)
    checks("the next worker holds every lane, those without counters too", len(lines) == PARTITIONS + 4, "\n".join(log.log(" ")[-8:]))
    log.stop()


def partitions_of_one(checks, nodes, _):
    """Partitions are added to one of the topics only: the inputs do not belong together any more."""
    log = Log(nodes)
    log.worker()
    log.send(5)
    checks("counted", log.told(5))
    log.stop()
    log.topic("--alter", "--topic", "posts", "--partitions", str(PARTITIONS + 4))
    log.worker()
    until(20, lambda: log.stack.workers[1].poll() is not None)
    checks(f"no start: exit {log.stack.workers[1].poll()}", log.stack.workers[1].poll() not in (None, 0))
    checks("the sentence names both counts", log.log("posts has 12 partitions but profiles has 8"), "\n".join(log.log(" ")[-3:]))


def expired(checks, nodes, _):
    """Retention took records that were not read yet: stop, or skip and count what was lost."""
    log = Log(nodes)
    log.worker()
    log.send(5)
    checks("counted", log.told(5))
    log.stop()
    for likes in (3, 4):
        log.send(likes)
    ends = {}
    for record in map(json.loads, open(log.stack.output("tail", "--until-end", "--format", "json", "interactions"))):
        ends[record["partition"]] = record["offset"] + 1
    path = log.stack.dir / "delete.json"
    path.write_text(json.dumps({"version": 1, "partitions": [
        {"topic": "interactions", "partition": p, "offset": end - end // 3} for p, end in ends.items()]}))
    log.stack.kafka_tool("DeleteRecordsCommand", "--offset-json-file", path)       # the second third of each partition is gone
    log.worker()
    lines = log.held("log_lost", len(ends))
    checks("every lane is held: records expired", len(lines) == len(ends), "\n".join(log.log(" ")[-8:]))
    checks("the sentence says the range and the way out: " + (lines or ["?"])[0][-150:],
           lines and all("retention.lost=skip" in line for line in lines))
    log.stop()
    log.worker("retention.lost=skip")
    checks("the way out works: what is left is counted", log.told(9))
    skipped = log.log(" log_lost ")
    lost = sum(int(line.split(" to=")[1].split()[0]) - int(line.split(" from=")[1].split()[0]) + 1 for line in skipped)
    checks(f"the log names what was lost: {lost} records", lost == len(CREATORS))
    log.stop()


SCENARIOS = {f.__name__: f for f in (recreated, partitions, partitions_of_one, expired)}
