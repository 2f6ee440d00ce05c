/* config: default < file < environment < --set, each value checked where it is given, so that the refusal can
 * name the place. kafka.* is kept in order for librdkafka. */
#include "microflux/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_table.h"
#include "microflux/file.h"
#include "microflux/ini.h"

static void *at(struct config *config, const struct key *key)
{
    return (char *)config + key->offset;
}

static char *copy(const char *text)
{
    char *made = strdup(text);
    if (!made)
        abort();
    return made;
}

static void set_text(struct config *config, const struct key *key, const char *value)
{
    char **target = at(config, key);
    free(*target);
    *target = copy(value);
}

static enum err set_int(struct config *config, const struct key *key, const char *value, const char *where,
                        struct err_info *info)
{
    char *end;
    errno = 0;
    long long n = strtoll(value, &end, 10);
    if (!*value || *end || errno || n < key->least || n > key->most)
        return err_set(info, ERR_USAGE, "config",
                       "%s: %s = \"%s\" is not a whole number from %lld to %lld%s%s", where, key->name, value,
                       (long long)key->least, (long long)key->most, *key->unit ? " " : "", key->unit);
    *(int64_t *)at(config, key) = n;
    return ERR_OK;
}

static int choice_index(const char *choices, const char *value)
{
    int index = 0;
    for (const char *p = choices; *p; index++) {
        size_t len = strcspn(p, " ");
        if (strlen(value) == len && strncmp(p, value, len) == 0)
            return index;
        p += len + (p[len] == ' ');
    }
    return -1;
}

static enum err set_choice(struct config *config, const struct key *key, const char *value, const char *where,
                           struct err_info *info)
{
    int index = choice_index(key->choices, value);
    if (index < 0)
        return err_set(info, ERR_USAGE, "config", "%s: %s = \"%s\" is none of: %s", where, key->name, value,
                       key->choices);
    if (strncmp(key->name, "log.", 4) == 0)
        set_text(config, key, value);
    else
        *(int *)at(config, key) = index;
    return ERR_OK;
}

static void set_kafka(struct config *config, const char *name, const char *value)
{
    for (size_t i = 0; i < config->n_kafka; i++)
        if (strcmp(config->kafka[i].key, name) == 0) {
            free(config->kafka[i].value);
            config->kafka[i].value = copy(value);
            return;
        }
    config->kafka = realloc(config->kafka, (config->n_kafka + 1) * sizeof *config->kafka);
    if (!config->kafka)
        abort();
    config->kafka[config->n_kafka++] = (struct config_pair){copy(name), copy(value)};
}

static enum err set(struct config *config, const char *name, const char *value, const char *where,
                    struct err_info *info)
{
    if (strncmp(name, "kafka.", 6) == 0 && name[6]) {
        set_kafka(config, name + 6, value);
        return ERR_OK;
    }
    const struct key *key = config_key(name);
    if (!key)
        return err_set(info, ERR_USAGE, "config", "%s: there is no key %s; did you mean %s?", where, name,
                       nearest_key(name));
    switch (key->type) {
    case KEY_INT:
        return set_int(config, key, value, where, info);
    case KEY_CHOICE:
        return set_choice(config, key, value, where, info);
    case KEY_TEXT:
        set_text(config, key, value);
    }
    return ERR_OK;
}

/* ---- the file ---- */

struct from_file {
    struct config *config;
    const char *path;
};

static enum err set_from_file(void *arg, const char *key, const char *value, int line, struct err_info *info)
{
    struct from_file *from = arg;
    (void)line;
    return set(from->config, key, value, from->path, info);
}

static enum err read_file(struct config *config, const char *path, struct err_info *info)
{
    struct from_file from = {config, path};
    char *text;
    if (file_text(path, &text, info) != ERR_OK)
        return err_set(info, ERR_USAGE, "config", "--config %s: %s", path, strerror(errno));
    enum err err = ini_read(path, text, set_from_file, &from, info);
    free(text);
    return err;
}

/* ---- the environment: MICROFLUX_REDIS_ADDRESS = redis.address ---- */

static const char *const others[] = {"MICROFLUX_PYTHON", "MICROFLUX_DATA", "MICROFLUX_CACHE"};

static bool same_name(const char *key, const char *variable, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((key[i] == '.' ? '_' : toupper((unsigned char)key[i])) != variable[i])
            return false;
    return key[len] == 0;
}

static enum err set_from_variable(struct config *config, const char *variable, size_t len, const char *value,
                                  struct err_info *info)
{
    char name[160], where[200];
    snprintf(where, sizeof where, "%.*s", (int)len, variable);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(where, others[i]) == 0)
            return ERR_OK;
    const char *rest = variable + 10;
    size_t rest_len = len - 10;
    for (size_t i = 0; i < n_config_keys; i++)
        if (same_name(config_keys[i].name, rest, rest_len))
            return set(config, config_keys[i].name, value, where, info);
    for (size_t i = 0; i < rest_len && i + 1 < sizeof name; i++)
        name[i] = rest[i] == '_' ? '.' : (char)tolower((unsigned char)rest[i]);
    name[rest_len < sizeof name ? rest_len : sizeof name - 1] = 0;
    return set(config, name, value, where, info);
}

static enum err read_environment(struct config *config, char *const *environment, struct err_info *info)
{
    enum err err = ERR_OK;
    for (; environment && *environment && err == ERR_OK; environment++) {
        const char *equals = strchr(*environment, '=');
        if (equals && strncmp(*environment, "MICROFLUX_", 10) == 0)
            err = set_from_variable(config, *environment, (size_t)(equals - *environment), equals + 1, info);
    }
    return err;
}

static enum err read_sets(struct config *config, const char *const *sets, size_t n, struct err_info *info)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < n && err == ERR_OK; i++) {
        const char *equals = strchr(sets[i], '=');
        char name[160];
        if (!equals || equals == sets[i])
            return err_set(info, ERR_USAGE, "config", "--set %s: write key=value", sets[i]);
        snprintf(name, sizeof name, "%.*s", (int)(equals - sets[i]), sets[i]);
        err = set(config, name, equals + 1, "--set", info);
    }
    return err;
}

/* The first line of the file named by key file_key becomes the value of key password_key. */
static enum err read_password(struct config *config, const char *file_key, const char *password_key,
                              struct err_info *info)
{
    char secret[FILE_SECRET];
    struct err_info why;
    const char *path = *(char **)at(config, config_key(file_key));
    if (!*path)
        return ERR_OK;
    if (file_secret(path, secret, &why) != ERR_OK)
        return err_set(info, ERR_USAGE, "config", "%s = %s", file_key, why.sentence);
    set_text(config, config_key(password_key), secret);
    explicit_bzero(secret, sizeof secret);
    return ERR_OK;
}

enum err config_load(const struct config_sources *sources, struct config **result, struct err_info *info)
{
    struct config *config = calloc(1, sizeof *config);
    enum err err = ERR_OK;
    if (!config)
        abort();
    for (size_t i = 0; i < n_config_keys && err == ERR_OK; i++)
        err = set(config, config_keys[i].name, config_keys[i].standard, "default", info);
    if (err == ERR_OK && sources->file)
        err = read_file(config, sources->file, info);
    if (err == ERR_OK)
        err = read_environment(config, sources->environment, info);
    if (err == ERR_OK)
        err = read_sets(config, sources->sets, sources->n_sets, info);
    if (err == ERR_OK)
        err = read_password(config, "redis.password_file", "redis.password", info);
    if (err == ERR_OK)
        err = read_password(config, "redis.sentinel_password_file", "redis.sentinel_password", info);
    if (err == ERR_OK)
        err = read_password(config, "registry.password_file", "registry.password", info);
    if (err != ERR_OK) {
        config_free(config);
        return err;
    }
    *result = config;
    return ERR_OK;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < n_config_keys; i++)
        if (config_keys[i].type == KEY_TEXT || strncmp(config_keys[i].name, "log.", 4) == 0)
            free(*(char **)at(config, &config_keys[i]));
    for (size_t i = 0; i < config->n_kafka; i++) {
        free(config->kafka[i].key);
        free(config->kafka[i].value);
    }
    free(config->kafka);
    free(config);
}

void config_set_default_kafka(struct config *config, const char *name, const char *value)
{
    for (size_t i = 0; i < config->n_kafka; i++)
        if (strcmp(config->kafka[i].key, name) == 0)
            return;
    set_kafka(config, name, value);
}
