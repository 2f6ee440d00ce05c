"""consumers.py: what tests/e2e/consumers.sh does besides running the consumers of docs/consumers.

    stale BOOTSTRAP CREATOR...             a zombie speaks: the first score of each creator again, behind all others
    newer BOOTSTRAP REGISTRY CREATOR...    a later microflux speaks: a larger version, written with a schema that has a field more
    expected TAIL                          `microflux tail creator-scores --format json` as the consumers must print it
    released REGISTRY                      each released schema is registered and FULL_TRANSITIVE demanded; ours, and every mutation, judged there"""
import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]


def raw(bootstrap):
    """Every record of creator-scores as it is."""
    from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.partition.eof": True})
    left = set(consumer.list_topics("creator-scores", 10).topics["creator-scores"].partitions)
    consumer.assign([TopicPartition("creator-scores", p, OFFSET_BEGINNING) for p in left])
    while left:
        message = consumer.poll(1)
        if message and message.error():
            left.discard(message.partition())
        elif message:
            yield message
    consumer.close()


def send(bootstrap, records):
    """(creator, partition, value) of each."""
    from confluent_kafka import Producer
    producer = Producer({"bootstrap.servers": bootstrap})
    for creator, partition, value in records:
        producer.produce("creator-scores", value, creator, partition)
    producer.flush()


def stale(bootstrap, *creators):
    first = {}
    for message in raw(bootstrap):
        first.setdefault(message.key().decode(), message)
    send(bootstrap, [(c, first[c].partition(), first[c].value()) for c in creators])


def newer(bootstrap, registry, *creators):
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext
    client, context = SchemaRegistryClient({"url": registry}), SerializationContext("creator-scores", MessageField.VALUE)
    schema = json.loads((ROOT / "schemas/creator-score.avsc").read_text())
    schema["fields"].insert(0, {"name": "brand_new", "type": {"type": "map", "values": "long"}, "default": {}})
    encode, decode = AvroSerializer(client, json.dumps(schema)), AvroDeserializer(client)
    last = {message.key().decode(): message for message in raw(bootstrap) if message.value()}
    records = []
    for creator in creators:
        score = decode(last[creator].value(), context)
        score["version"]["offsets"] += 1
        score.update(brand_new={"x": 7}, engagement_rate=0.1234567)
        records.append((creator, last[creator].partition(), encode(score, context)))
    send(bootstrap, records)


def version(score):
    return score["version"]["epoch"], score["version"]["offsets"], score["as_of"]


def expected(path):
    known = {}
    for line in open(path, encoding="utf-8"):
        record = json.loads(line)
        largest, last = known.get(record["key"], ((-1, 0, 0), None))
        score = record["value"]
        if score is None:
            known[record["key"]] = largest, None
        elif version(score) > largest or version(score) == largest and last:
            known[record["key"]] = version(score), score
    for creator, (_, score) in sorted(known.items()):
        if score:
            tier = score["tiers"][0]["tier"] if score["tiers"] else "-"
            rate, whole = score["engagement_rate"], (score["creator_score"] or {}).get("score")
            print(creator, tier, "-" if rate is None else f"{rate:.7f}", "-" if whole is None else f"{whole:.3f}")


def ask(method, url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def fits(registry, subject, schema):
    """What the registry says of it against every version of the subject."""
    return ask("POST", f"{registry}/compatibility/subjects/{subject}/versions", {"schema": schema})["is_compatible"]


def released(registry):
    topics, wrong, judged = {"creator-score": "creator-scores", "peer-table": "peer-tables"}, 0, 0
    for path in sorted(ROOT.glob("schemas/released/*/*.avsc")):
        subject = topics.get(path.stem, path.stem) + "-value"
        ask("POST", f"{registry}/subjects/{subject}/versions", {"schema": path.read_text()})
        ask("PUT", f"{registry}/config/{subject}", {"compatibility": "FULL_TRANSITIVE"})
    cases = [json.loads(line) for line in subprocess.run([sys.executable, ROOT / "tests/schemas/compatible.py", "--mutations"],
                                                         capture_output=True, check=True).stdout.splitlines()]
    cases += [{"name": path.stem, "what": "ours of now", "fits": True, "schema": path.read_text()}
              for path in ROOT.glob("schemas/*.avsc") if any(path.stem == case["name"] for case in cases)]
    for case in cases:
        judged += 1
        if fits(registry, topics.get(case["name"], case["name"]) + "-value", case["schema"]) != case["fits"]:
            wrong += 1
            print(f"{case['name']}: {case['what']}: the registry says {not case['fits']}", file=sys.stderr)
    print(f"{judged} judged, {wrong} wrong")
    return wrong


if __name__ == "__main__":
    sys.exit({"stale": stale, "newer": newer, "expected": expected, "released": released}[sys.argv[1]](*sys.argv[2:]))
