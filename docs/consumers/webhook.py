"""Each alert once, as JSON by POST, to a webhook: Slack, a mailer, your own desk.

usage: webhook.py BOOTSTRAP URL [REGISTRY_URL]       (pip install 'confluent-kafka[avro,schemaregistry]' fastavro)

Goes on where its group stood. Offsets are committed after the answer, so an alert may be posted again after a crash: the last ids stay
in memory, and `id` is sent along for who must know it for good. Whatever does not answer 2xx is asked again, and nothing is left out.
Without a registry the schema is schemas/alert.avsc, in this repository."""
import io
import json
import sys
import time
import urllib.error
import urllib.request
from collections import OrderedDict
from pathlib import Path

import fastavro
from confluent_kafka import Consumer, KafkaException
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer

SINGLE_OBJECT = 10  # bytes before the value: c3 01 and the fingerprint of the schema
MET = 10_000


def decoder(registry_url):
    if registry_url:
        return lambda value, of=AvroDeserializer(SchemaRegistryClient({"url": registry_url})): of(value, None)
    schema = fastavro.parse_schema(json.loads((Path(__file__).parents[2] / "schemas/alert.avsc").read_text(encoding="utf-8")))
    return lambda value: fastavro.schemaless_reader(io.BytesIO(value[SINGLE_OBJECT:]), schema)


def post(url, alert):
    body = json.dumps({"text": alert["sentence"], **alert}, default=str).encode()
    for wait in (0.2, 1, 5, *(30,) * 10):
        try:
            urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}), timeout=10).close()
            return
        except (urllib.error.URLError, OSError) as why:
            print(f"{url}: {why}; again in {wait} s", file=sys.stderr)
            time.sleep(wait)
    sys.exit(f"{url} does not take alert {alert['id']}")


def main(bootstrap, url, registry_url=None):
    decode, met = decoder(registry_url), OrderedDict()
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "alerts-webhook", "auto.offset.reset": "earliest",
                         "enable.auto.commit": False})
    consumer.subscribe(["alerts"])
    while True:
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        alert = decode(message.value()) if message.value() else None  # no value: the creator was erased
        if alert and alert["id"] not in met:
            post(url, alert)
            met[alert["id"]] = True
            if len(met) > MET:
                met.popitem(last=False)
        consumer.commit(message, asynchronous=False)


main(*sys.argv[1:])
