/* config_print: the faces of the table: sample file, reference page, help, effective values with secrets
 * masked. */
#include <inttypes.h>
#include <string.h>

#include "config_table.h"
#include "microflux/log.h"

#define MASK "*****"

static void value_text(const struct config *config, const struct key *key, char *out, size_t size)
{
    const char *at = (const char *)config + key->offset;
    if (key->secret)
        snprintf(out, size, "%s", **(const char *const *)(const void *)at ? MASK : "");
    else if (key->type == KEY_INT)
        snprintf(out, size, "%" PRId64, *(const int64_t *)(const void *)at);
    else if (key->type == KEY_TEXT || strncmp(key->name, "log.", 4) == 0)
        snprintf(out, size, "%s", *(const char *const *)(const void *)at);
    else {
        const char *p = key->choices;
        for (int left = *(const int *)(const void *)at; left > 0; left--)
            p += strcspn(p, " ") + 1;
        snprintf(out, size, "%.*s", (int)strcspn(p, " "), p);
    }
}

static void range_text(const struct key *key, char *out, size_t size)
{
    out[0] = 0;
    if (key->type == KEY_INT)
        snprintf(out, size, "%" PRId64 " to %" PRId64 "%s%s", key->least, key->most, *key->unit ? " " : "",
                 key->unit);
    if (key->type == KEY_CHOICE)
        snprintf(out, size, "%s", key->choices);
}

/* Prints "[section]" when the key's section is another one than before; returns the name inside it. */
static const char *section(FILE *out, const char *name, char *now, size_t size)
{
    const char *dot = strchr(name, '.');
    size_t len = dot ? (size_t)(dot - name) : 0;
    if (dot && (strncmp(now, name, len) != 0 || now[len])) {
        snprintf(now, size, "%.*s", (int)len, name);
        fprintf(out, "\n[%s]\n", now);
    }
    return dot ? dot + 1 : name;
}

void config_print_sample(FILE *out)
{
    char now[64] = "", range[96];
    fprintf(out, "; microflux configuration: every key at its default. Take the ; away to change one.\n");
    for (size_t i = 0; i < n_config_keys; i++) {
        const struct key *key = &config_keys[i];
        const char *name = section(out, key->name, now, sizeof now);
        range_text(key, range, sizeof range);
        fprintf(out, "; %s%s%s%s\n;%s = %s\n", key->sentence, *range ? " (" : "", range, *range ? ")" : "",
                name, key->standard);
    }
    fprintf(out,
            "\n; Everything here goes to librdkafka as it is, but sasl.password.file: its first line is the "
            "password.\n[kafka]\n;bootstrap.servers = localhost:9092\n");
}

void config_print_reference(FILE *out)
{
    char range[96];
    fprintf(out, "# Configuration\n\nMade by `microflux config reference`; do not edit.\n\n"
                 "A key comes from, in rising order: its default, `--config FILE` (ini; `[redis]` `address` "
                 "is `redis.address`), the environment "
                 "(`MICROFLUX_REDIS_ADDRESS`), `--set redis.address=…`.\nAn unknown key, or a value out of "
                 "range, is refused at start. `kafka.*` goes to "
                 "librdkafka as it is, and its word is final; only `kafka.sasl.password.file` is ours: its "
                 "first line is `kafka.sasl.password`.\n\n"
                 "| key | default | range | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < n_config_keys; i++) {
        range_text(&config_keys[i], range, sizeof range);
        fprintf(out, "| `%s` | `%s` | %s | %s |\n", config_keys[i].name, config_keys[i].standard, range,
                config_keys[i].sentence);
    }
}

void config_print_help(FILE *out)
{
    for (size_t i = 0; i < n_config_keys; i++)
        fprintf(out, "  %-26s %s\n", config_keys[i].name, config_keys[i].sentence);
}

void config_each(const struct config *config, void (*take)(void *arg, const char *name, const char *value),
                 void *arg)
{
    char name[160], text[512];
    for (size_t i = 0; i < n_config_keys; i++) {
        value_text(config, &config_keys[i], text, sizeof text);
        take(arg, config_keys[i].name, text);
    }
    for (size_t i = 0; i < config->n_kafka; i++) {
        snprintf(name, sizeof name, "kafka.%s", config->kafka[i].key);
        take(arg, name, config_is_secret(config->kafka[i].key) ? MASK : config->kafka[i].value);
    }
}

struct printing {
    FILE *out;
    char now[64]; /* section */
};

static void print_pair(void *arg, const char *name, const char *value)
{
    struct printing *p = arg;
    const char *rest = section(p->out, name, p->now, sizeof p->now);
    fprintf(p->out, "%s = %s\n", rest, value);
}

void config_print_effective(const struct config *config, FILE *out)
{
    config_each(config, print_pair, &(struct printing){.out = out});
    if (config->n_kafka == 0)
        fprintf(out, "\n[kafka]\n");
}

void config_log_effective(const struct config *config)
{
    char line[900] = "", text[256];
    size_t len = 0;
    for (size_t i = 0; i < n_config_keys && len + 300 < sizeof line; i++) {
        value_text(config, &config_keys[i], text, sizeof text);
        if (strcmp(text, config_keys[i].standard) != 0)
            len +=
                (size_t)snprintf(line + len, sizeof line - len, "%s=\"%.200s\" ", config_keys[i].name, text);
    }
    for (size_t i = 0; i < config->n_kafka && len + 300 < sizeof line; i++)
        len += (size_t)snprintf(line + len, sizeof line - len, "kafka.%s=\"%.200s\" ", config->kafka[i].key,
                                config_is_secret(config->kafka[i].key) ? MASK : config->kafka[i].value);
    log_info("configuration", "%s", len ? line : "all=default");
}
