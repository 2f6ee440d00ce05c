"""foreign.py BOOTSTRAP REGISTRY_URL: a producer and consumer that are not ours (confluent-kafka with its Avro serialisers), told what to
do by lines on stdin, each answered by one line. It keeps the truth: how many likes it sent for each creator.
  round VERSION N          N likes for each creator, written with that version of the schema (registered when first used)
  prepare VERSION          registers that version and encodes one like with it, for: stuck
  stuck                    sends the encoded like for creator 0, then one with version 1 for all; answers with creator 0's partition
  compare STATES [NOT]     totals of `microflux state --all` against the truth, without the creators of partition NOT
  scores                   the last record of each creator in creator-scores, read by AvroDeserializer, against the truth
  read TOPIC               how many records AvroDeserializer reads there
  flood TOPIC N IDS        N records framed with IDS ids that nobody registered
  refuse SUBJECT           makes SUBJECT refuse our schema: another one there, compatibility BACKWARD"""
import json
import struct
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

bootstrap, url = sys.argv[1:3]
registry = SchemaRegistryClient({"url": url})
producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 2})
creators = [f"creator-{i}" for i in range(40)]
truth, partition_of, serializers, prepared = dict.fromkeys(creators, 0), {}, {}, []
started = int(time.time() * 1000) - 60000


def record(*fields):
    return json.dumps({"type": "record", "name": "Interaction", "namespace": "microflux", "fields": list(fields)})


def field(name, kind, **more):
    return {"name": name, "type": kind, **more}


def kinds(*more):
    return {"type": "enum", "name": "InteractionKind", "symbols": ["LIKE", "VIEW", *more]}


SCHEMAS = {
    "1": record(field("creator_id", "string"), field("kind", kinds()), field("count", "long"), field("occurred_at", "long")),
    # adds fields that we do not know, nested ones, and gives others another order
    "2": record(field("client", {"type": "record", "name": "Client", "fields": [
        field("agent", "string"), field("tags", {"type": "map", "values": {"type": "array", "items": "bytes"}})]}),
        field("occurred_at", "long"), field("count", "long"), field("creator_id", "string"), field("post_id", ["null", "string"]),
        field("kind", kinds("REPOST"))),
    # int where we have long, bytes where we have string, a union around what is plain
    "3": record(field("kind", kinds()), field("creator_id", "bytes"), field("count", "int"), field("occurred_at", ["long", "null"])),
    # drops what has a default: count is 1 then
    "4": record(field("creator_id", "string"), field("kind", kinds()), field("occurred_at", "long")),
    "5": record(field("occurred_at", "long"), field("kind", kinds("WAVE")), field("creator_id", "string"), field("note", "string")),
}


def encode(version, creator, count):
    value = {"creator_id": creator.encode() if version == "3" else creator, "kind": "LIKE", "count": count, "occurred_at": started,
             "client": {"agent": "x", "tags": {"a": [b"1", b""]}}, "post_id": None, "note": "new"}
    names = [f["name"] for f in json.loads(SCHEMAS[version])["fields"]]
    if version not in serializers:
        serializers[version] = AvroSerializer(registry, SCHEMAS[version])
    return serializers[version]({n: value[n] for n in names}, SerializationContext("interactions", MessageField.VALUE))


def send(topic, creator, value):
    def told(error, message):
        assert not error, error
        partition_of[creator] = message.partition()
    producer.produce(topic, value, creator, on_delivery=told)
    producer.poll(0)


def round_(version, n):
    for i in range(int(n)):
        for creator in creators:
            send("interactions", creator, encode(version, creator, i % 5 + 1))
            truth[creator] += 1 if version == "4" else i % 5 + 1
    producer.flush()


def stuck():
    send("interactions", creators[0], prepared.pop())
    truth[creators[0]] += 1
    producer.flush()
    round_("1", 1)
    return partition_of[creators[0]]


def judge(found, without=None):
    wrong = [c for c in creators if partition_of[c] != without and found.get(c) != truth[c]]
    return f"{len(wrong)} wrong" + "".join(f", {c}: {found.get(c)} instead of {truth[c]}" for c in wrong[:3]) if wrong else "same"


def compare(path, without=None):
    states = map(json.loads, open(path))
    return judge({s["creator"]: s["totals"]["LIKE"] for s in states}, int(without) if without else None)


def read_all(topic):
    """(key, decoded value) of each record there is."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "foreign", "enable.auto.commit": False})
    partitions = [TopicPartition(topic, p, 0) for p in consumer.list_topics(topic).topics[topic].partitions]
    decode, context = AvroDeserializer(registry), SerializationContext(topic, MessageField.VALUE)
    left = {p.partition: consumer.get_watermark_offsets(p)[1] for p in partitions}
    consumer.assign(partitions)
    while any(p.offset < left[p.partition] for p in consumer.position(partitions) if left[p.partition]):
        message = consumer.poll(1)
        if message and not message.error():
            yield message.key().decode(), decode(message.value(), context)
    consumer.close()


def scores():
    return judge({key: value["totals"]["likes"] for key, value in read_all("creator-scores")})


def flood(topic, n, ids):
    for i in range(int(n)):
        send(topic, f"nobody-{i}", struct.pack(">bI", 0, 500000 + i % int(ids)) + b"whatever")
    producer.flush()


def refuse(subject):
    registry.register_schema(subject, Schema('{"type":"record","name":"CreatorScore","fields":[{"name":"tiers","type":"string"}]}', "AVRO"))
    registry.set_compatibility(subject, "BACKWARD")


obey = {"round": round_, "prepare": lambda version: prepared.append(encode(version, creators[0], 1)), "stuck": stuck, "compare": compare,
        "scores": scores, "read": lambda topic: sum(1 for _ in read_all(topic)), "flood": flood, "refuse": refuse}
print("ready", flush=True)
for line in sys.stdin:
    word, *rest = line.split()
    answer = obey[word](*rest)
    print("done" if answer is None else answer, flush=True)
