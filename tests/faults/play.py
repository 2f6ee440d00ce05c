"""play: what every run has: traffic into workers, a watcher of the fences, faults whose recovery is waited for, and the verdict."""
import json
import signal
import sys
import threading
import time
from collections import defaultdict

import oracle
import traffic
from stack import reached, until


class Injection:
    """One fault of a run; it has recovered when everything that was sent until its end (ends) is counted."""

    def __init__(self, kind):
        self.kind, self.began, self.ended, self.ends, self.recovered = kind, time.time(), None, None, None

    def over(self, ends):
        self.ended, self.ends = time.monotonic(), ends

    def look(self, fences):
        """These are the fences now."""
        if self.ends is not None and self.recovered is None and reached(fences, self.ends):
            self.recovered = time.monotonic() - self.ended
            print(f"{self.kind:24} recovered in {self.recovered:.1f} s", flush=True)


class Watcher:
    """Samples the fences: what had been counted, when (wall clock, never going back), and which faults have recovered."""

    def __init__(self, stack, injections):
        self.times, self.most, self.history, self.lost = [], {}, defaultdict(list), stack.lost
        self.injections, self.running = injections, True
        self.thread = threading.Thread(target=self._watch, args=(stack,), daemon=True)
        self.thread.start()

    def _watch(self, stack):
        while self.running:
            now, found = time.time(), stack.fences()
            if found is not None:
                self._note(now, found)
                for injection in list(self.injections):
                    injection.look(found)
            time.sleep(0.05)

    def _note(self, now, found):
        for lane, inputs in found.items():
            for i, (applied, _) in enumerate(inputs):
                if applied > self.most.get((lane, i), 0):
                    self.most[lane, i] = applied
                    self.history[lane, i].append((now, applied))
        self.times.append(now)

    def stop(self):
        self.running = False
        self.thread.join()


class Play:
    """A stack with workers that have counted the first records of all posts; the rest flows after go()."""

    def __init__(self, stack, seed=1, records=16000, rate=800, creators=0, patience=120, more=()):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        self.stack, self.patience, self.failures, self.injections = stack, patience, [], []
        self.compacted = False
        stack.output("topics", "create", "--replay", "--partitions", str(traffic.PARTITIONS))
        events = traffic.generate(stack, seed, records, creators or max(100, records // 250), more)
        self.traffic = traffic.Traffic(stack, *events, rate * len(events[1]) / records)   # lasts as long as the run
        for w in stack.names:
            stack.start_worker(w)
        self.traffic.gone.wait()
        self.watcher = Watcher(stack, self.injections)
        self.settle("at the start")

    def settle(self, what):
        """Every fence at the end of its log: counted and published."""
        ends = self.traffic.snapshot()
        if not until(self.patience, lambda: reached(self.stack.fences(), ends, published=True)):
            self.failures.append(f"{what}: not counted and published, {self._behind(ends, 1)}")

    def _behind(self, ends, which):
        """Lanes that are not there yet: applied (0), published (1)."""
        found = self.stack.fences() or {}
        return "; ".join(f"lane {lane} {traffic.INPUTS[i]}: wanted {end}, found {found.get(lane, [(0, 0)] * 3)[i][which]}"
                         for (lane, i), end in sorted(ends.items()) if found.get(lane, [(0, 0)] * 3)[i][which] < end)

    def inject(self, fault, chance):
        """One fault; it recovers while the next one comes."""
        injection = Injection(fault.__name__)
        self.injections.append(injection)
        fault(self.stack, chance)
        injection.over(self.traffic.snapshot())

    def recover(self):
        """Every fault so far has recovered."""
        if self.traffic.broken():
            self.failures.append(self.traffic.broken())
        if not until(self.patience, lambda: self.failures or all(i.recovered is not None for i in self.injections)):
            for i in self.injections:
                if i.recovered is None:
                    self.failures.append(f"after {i.kind}: not recovered, {self._behind(i.ends, 0)}")

    def drain(self):
        """The traffic goes to its end, and is counted."""
        if not self.traffic.finish(len(self.traffic.rest) / self.traffic.rate + self.patience):
            self.failures.append(self.traffic.broken() or "produce did not send everything in time")
        until(self.patience, lambda: reached(self.stack.fences(), self.traffic.snapshot()), 0.02)

    def compact(self):
        """Every creator is swept once more while the broker compacts what readers get."""
        self.settle("before the compaction")
        for w in list(self.stack.workers):
            self.stack.stop_worker(w)
        self.stack.kafka("tool", "kafka.admin.ConfigCommand", "--bootstrap-server", self.stack.bootstrap, "--alter",
                         "--entity-type", "topics", "--entity-name", "creator-scores", "--add-config",
                         "segment.ms=500,min.cleanable.dirty.ratio=0.01,max.compaction.lag.ms=500")
        before = self._places()
        for w in self.stack.names:
            self.stack.start_worker(w, "sweep.interval_s=10")
        creators, found = {event["value"]["creator_id"] for event in self.traffic.sent()}, set()

        def all_swept():                        # a record may be gone before the reader comes to it, its successor behind the reader's end
            found.update(r["key"] for r in self.scores() if r["value"]["reason"] == "SWEEP")
            return found >= creators
        swept = until(self.patience, all_swept, 2)
        gone = until(self.patience, lambda: before - self._places(), 2)
        if not swept or not gone:
            self.failures.append(f"compaction: swept {swept}, compacted {bool(gone)}")
        for w in list(self.stack.workers):      # so that the log is at rest for the judge
            self.stack.stop_worker(w)
        self.stack.workers.clear()
        self.compacted = True

    def scores(self):
        """All that were published."""
        return [json.loads(line) for line in open(self.stack.output("tail", "--until-end", "--format", "json", "creator-scores"))]

    def _places(self):
        return {(r["partition"], r["offset"]) for r in self.scores()}

    def judge(self):
        """The verdict; then no worker may have left by itself, and SIGTERM ends each cleanly."""
        self.settle("at the end")
        if self.watcher:
            self.watcher.stop()
        verdict = oracle.judge(self)
        workers = self.stack.workers
        self.failures += [f"worker {w} ended by itself: {p.returncode}" for w, p in workers.items() if p.poll() is not None]
        for w in workers:
            self.stack.stop_worker(w)
        self.failures += [f"SIGTERM ended a worker with {end}" for end in self.stack.ended if end != 0]
        self.failures += verdict.failures
        return verdict
