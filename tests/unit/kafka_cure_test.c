/* Which mistake an error text of librdkafka is: the texts as librdkafka 2.0.2 wrote them against Kafka 4. */
#include "cmocka_all.h"
#include "kafka_room.h"

static const struct {
    const char *text, *protocol;
    int version;
    const char *cure; /* a part of it; NULL: no row */
} cases[] = {
    {"SASL authentication error: Authentication failed: Invalid username or password (after 302ms in state "
     "AUTH_REQ)",
     "SASL_SSL", 0x020002ff, "kafka.sasl.username or kafka.sasl.password is wrong"},
    {"SASL authentication error: Authentication failed during authentication due to invalid credentials with "
     "SASL mechanism SCRAM-SHA-512",
     "SASL_SSL", 0x020002ff, "cannot log in to Kafka 4 by SCRAM"},
    {"Authentication failed during authentication due to invalid credentials with SASL mechanism "
     "SCRAM-SHA-512",
     "SASL_SSL", 0x020601ff, "no SCRAM credentials"},
    {"SASL PLAIN mechanism handshake failed: Broker: Unsupported SASL mechanism: broker's supported "
     "mechanisms: SCRAM-SHA-512",
     "SASL_SSL", 0x020002ff, "kafka.sasl.mechanism"},
    {"SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could "
     "not be verified, verify that ssl.ca.location is correctly configured",
     "SASL_SSL", 0x020002ff, "kafka.ssl.ca.location is not the CA"},
    {"ssl.ca.location failed: error:05880002:x509 certificate routines::system lib", "", 0x020002ff,
     "the file kafka.ssl.ca.location is missing"},
    {"Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol configuration "
     "(connecting to a SSL listener?)",
     "PLAINTEXT", 0x020002ff, "SASL_SSL, or SSL"},
    {"Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol configuration "
     "(connecting to a SSL listener?)",
     "sasl_plaintext", 0x020002ff, "kafka.security.protocol=SASL_SSL"},
    {"SSL handshake failed: error:0A000126:SSL routines::unexpected eof while reading", "ssl", 0x020002ff,
     "kafka.security.protocol=PLAINTEXT"},
    {"SSL handshake failed: error:0A000126:SSL routines::unexpected eof while reading", "sasl_ssl",
     0x020002ff, "kafka.security.protocol=SASL_PLAINTEXT"},
    {"Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL alert number 42", "SSL",
     0x020002ff, "kafka.ssl.certificate.location"},
    {"Failed to resolve 'kafka.example:9092': Name or service not known", "PLAINTEXT", 0x020002ff,
     "no such host"},
    {"Connect to ipv4#127.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT)", "PLAINTEXT",
     0x020002ff, "nothing listens there"},
    {"FindCoordinator response error: Group authorization failed.", "PLAINTEXT", 0x020002ff,
     "--operation Read --group"},
    {"1 request(s) timed out: disconnect", "PLAINTEXT", 0x020002ff, NULL},
};

static void test_every_mistake_has_its_cure(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *cure = cure_of(cases[i].text, &(struct cure_client){cases[i].protocol, cases[i].version});
        if (!cases[i].cure)
            assert_null(cure);
        else if (!cure || !strstr(cure, cases[i].cure))
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, cure ? cure : "", cases[i].cure);
    }
}

/* err_info.sentence has 256 bytes, and a few words stand before the cure. */
static void test_a_cure_fits_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *cure = cure_of(cases[i].text, &(struct cure_client){cases[i].protocol, cases[i].version});
        assert_true(!cure || strlen(cure) < 230);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_mistake_has_its_cure),
        cmocka_unit_test(test_a_cure_fits_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
