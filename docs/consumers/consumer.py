"""What microflux last said of each creator: creator, tier, engagement rate, creator score.

usage: consumer.py BOOTSTRAP REGISTRY_URL [TOPIC [KEY=VALUE of librdkafka ...]]       (pip install 'confluent-kafka[avro,schemaregistry]')

Reads the topic from its beginning to the end that it has now. Of the records of a creator the one with the largest version counts, not
the last. No value: the creator was erased, until a larger version comes."""
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext


def records(consumer, topic):
    """Every record of the topic, to the end that it has now."""
    left = set(consumer.list_topics(topic, 10).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in left])
    while left:
        message = consumer.poll(0.1)
        if message is None:
            continue
        if not message.error():
            yield message
        elif message.error().code() == KafkaError._PARTITION_EOF:
            left.discard(message.partition())
        else:
            raise KafkaException(message.error())


def version(score):
    return score["version"]["epoch"], score["version"]["offsets"], score["as_of"]


def newest(messages, decode):
    """By creator: the largest version, and its score, None once erased."""
    known = {}
    for message in messages:
        creator, score = message.key().decode(), decode(message.value())
        largest, last = known.get(creator, ((-1, 0, 0), None))
        if score is None:
            known[creator] = largest, None
        elif version(score) > largest or version(score) == largest and last:
            known[creator] = version(score), score
    return known


def number(form, value):
    return "-" if value is None else form % value


def line(score):
    tier = score["tiers"][0]["tier"] if score["tiers"] else "-"
    whole = score.get("creator_score") or {}  # a record of an older microflux has not every field
    return f"{tier} {number('%.7f', score.get('engagement_rate'))} {number('%.3f', whole.get('score'))}"


def main(bootstrap, registry_url, topic="creator-scores", *settings):
    # partitions are assigned by hand: the group is not used
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False,
                         "enable.partition.eof": True, **dict(s.split("=", 1) for s in settings)})
    deserialize = AvroDeserializer(SchemaRegistryClient({"url": registry_url}))
    context = SerializationContext(topic, MessageField.VALUE)
    known = newest(records(consumer, topic), lambda value: deserialize(value, context))
    consumer.close()
    for creator, (_, score) in sorted(known.items()):
        if score:
            print(creator, line(score))


main(*sys.argv[1:])
