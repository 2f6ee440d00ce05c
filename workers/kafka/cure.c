/* cure: the mistakes everybody makes once with TLS, SASL, names and rights, by what librdkafka says of them.
 * A pure table: the first row that fits is the one. Where the same text comes from two mistakes, the sentence
 * names both cures. */
#include <string.h>
#include <strings.h>

#include "kafka_room.h"

struct row {
    const char *text;
    const char *protocol; /* only with this kafka.security.protocol; NULL: with any */
    bool old_scram;       /* only with a librdkafka that Kafka 4 refuses */
    const char *cure;
};

static const struct row rows[] = {
    {"SASL mechanism SCRAM", NULL, true,
     "librdkafka before 2.6.1 cannot log in to Kafka 4 by SCRAM: use kafka.sasl.mechanism=PLAIN over TLS, a "
     "client certificate, or a newer librdkafka; with Kafka 3 the user name or password is wrong"},
    {"SASL mechanism SCRAM", NULL, false,
     "kafka.sasl.username or kafka.sasl.password is wrong, or the user has no SCRAM credentials "
     "(kafka-configs --alter --entity-type users adds them)"},
    {"Invalid username or password", NULL, false, "kafka.sasl.username or kafka.sasl.password is wrong"},
    {"Unsupported SASL mechanism", NULL, false,
     "the listener does not offer kafka.sasl.mechanism: take one of those the broker has in "
     "sasl.enabled.mechanisms"},
    {"certificate verify failed", NULL, false,
     "kafka.ssl.ca.location is not the CA that signed the broker's certificate, or the certificate is not "
     "made for the host name in kafka.bootstrap.servers (microflux check --connect says which)"},
    {"connecting to a SSL listener", "SASL_PLAINTEXT", false,
     "the listener speaks TLS: set kafka.security.protocol=SASL_SSL"},
    {"connecting to a SSL listener", NULL, false,
     "the listener speaks TLS: set kafka.security.protocol=SASL_SSL, or SSL where no login is wanted"},
    {"unexpected eof while reading", "SASL_SSL", false,
     "the listener does not speak TLS: set kafka.security.protocol=SASL_PLAINTEXT, or take the port of the "
     "TLS listener"},
    {"unexpected eof while reading", NULL, false,
     "the listener does not speak TLS: set kafka.security.protocol=PLAINTEXT, or take the port of the TLS "
     "listener"},
    {"connecting to a PLAINTEXT broker listener", "SASL_SSL", false,
     "the listener does not speak TLS: set kafka.security.protocol=SASL_PLAINTEXT, or take the port of the "
     "TLS listener"},
    {"connecting to a PLAINTEXT broker listener", NULL, false,
     "the listener does not speak TLS: set kafka.security.protocol=PLAINTEXT, or take the port of the TLS "
     "listener"},
    {"wrong version number", NULL, false,
     "the listener does not speak TLS: set kafka.security.protocol=PLAINTEXT or SASL_PLAINTEXT, or take the "
     "port of the TLS listener"},
    {"alert bad certificate", NULL, false,
     "the listener wants a client certificate: set kafka.ssl.certificate.location and "
     "kafka.ssl.key.location"},
    {"certificate required", NULL, false,
     "the listener wants a client certificate: set kafka.ssl.certificate.location and "
     "kafka.ssl.key.location"},
    {"alert certificate unknown", NULL, false,
     "the broker does not trust our client certificate: its ssl.truststore needs the CA that signed "
     "kafka.ssl.certificate.location"},
    {"alert unknown ca", NULL, false,
     "the broker does not trust our client certificate: its ssl.truststore needs the CA that signed "
     "kafka.ssl.certificate.location"},
    {"require SASL", "SSL", false,
     "the listener wants a login: set kafka.security.protocol=SASL_SSL, kafka.sasl.mechanism, "
     "kafka.sasl.username and kafka.sasl.password"},
    {"require SASL", NULL, false,
     "the listener wants a login: set kafka.security.protocol=SASL_PLAINTEXT, kafka.sasl.mechanism, "
     "kafka.sasl.username and kafka.sasl.password"},
    {"Failed to resolve", NULL, false,
     "no such host: check the names in kafka.bootstrap.servers, and that the brokers' advertised.listeners "
     "are names this machine knows"},
    {"Connection refused", NULL, false,
     "nothing listens there: check host and port in kafka.bootstrap.servers, and whether the broker runs"},
    {"Group authorization failed", NULL, false,
     "the user may not read the group: kafka-acls --add --operation Read --group GROUP"},
    {"Topic authorization failed", NULL, false,
     "the user lacks a right to the topic: kafka-acls --add --operation Read (inputs) or Write (outputs)"},
    {"Cluster authorization failed", NULL, false,
     "the user may write no topic at all: kafka-acls --add --operation Write for the output topics"},
    {"ssl.ca.location failed", NULL, false,
     "the file kafka.ssl.ca.location is missing or is no PEM certificate"},
    {"ssl.certificate.location failed", NULL, false,
     "the file kafka.ssl.certificate.location is missing or is no PEM certificate"},
    {"ssl.key.location failed", NULL, false,
     "the file kafka.ssl.key.location is missing, no PEM key, or kafka.ssl.key.password is wrong"},
};

static bool fits(const struct row *row, const char *reason, const struct cure_client *client)
{
    return strcasestr(reason, row->text) && (!row->old_scram || client->version < SCRAM_MENDED) &&
           (!row->protocol || strcasecmp(row->protocol, client->protocol) == 0);
}

const char *cure_of(const char *reason, const struct cure_client *client)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (fits(&rows[i], reason, client))
            return rows[i].cure;
    return NULL;
}

const char *cure_for(rd_kafka_t *rk, const char *reason)
{
    char protocol[32] = "";
    size_t size = sizeof protocol;
    rd_kafka_conf_get(rd_kafka_conf(rk), "security.protocol", protocol, &size);
    return cure_of(reason, &(struct cure_client){protocol, rd_kafka_version()});
}
