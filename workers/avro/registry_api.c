/* registry_api: the part of Confluent's REST API that we use, and what each answer means. The line that
 * matters: only a registry that says in its own words that an id is not there (404 with error_code 404xx)
 * makes a record a reject; a wrong path, a proxy or a login page is weather. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "registry_room.h"

static enum err judge(const struct registry_answer *answer, const char *path, bool posted, const json_t *said,
                      struct err_info *info)
{
    const char *url = answer->url, *why = json_string_value(json_object_get(said, "message"));
    json_int_t code = json_integer_value(json_object_get(said, "error_code"));
    int status = answer->status;
    if (!why)
        why = "and does not say why";
    if (status / 100 == 2 && json_is_object(said))
        return ERR_OK;
    if (status / 100 == 2)
        return err_set(info, ERR_WEATHER, "registry_answer",
                       "%s%s answers, but not with JSON: is registry.url a registry's?", url, path);
    if (status == 401 || status == 403)
        return err_set(info, ERR_REFUSED, "registry_auth",
                       "%s answers %d: registry.username or its password is wrong, or has no right to %s",
                       url, status, path);
    if (status == 404 && code / 100 == 404)
        return err_set(info, ERR_NOT_FOUND, "not_registered", "%s: %s", url, why);
    if (status == 409 && posted)
        return err_set(info, ERR_REFUSED, "schema_incompatible", "%s: %s", url, why);
    if (status == 422 && posted)
        return err_set(info, ERR_REFUSED, "schema_refused", "%s: %s", url, why);
    return err_set(info, ERR_WEATHER, "registry_status", "%s%s answers %d: %s", url, path, status, why);
}

static enum err ask(const struct urls *urls, const char *path, const char *schema, json_t **object,
                    struct err_info *info)
{
    struct registry_answer answer = {0};
    json_t *body = schema ? json_pack("{s:s}", "schema", schema) : NULL, *said = NULL;
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    enum err err = urls_ask(urls, path, text, &answer, info);
    if (err == ERR_OK) {
        if (answer.body.len)
            said = json_loadb(answer.body.data, answer.body.len, 0, NULL);
        err = judge(&answer, path, schema, said, info);
    }
    if (err == ERR_OK)
        *object = said;
    else
        json_decref(said);
    buffer_free(&answer.body);
    free(text);
    json_decref(body);
    return err;
}

static enum err unclear(const char *path, const char *member, struct err_info *info)
{
    return err_set(info, ERR_WEATHER, "registry_answer", "the registry's answer to %s has no usable %s", path,
                   member);
}

static enum err take_id(const json_t *object, const char *path, uint32_t *id, struct err_info *info)
{
    json_int_t n = json_integer_value(json_object_get(object, "id"));
    if (n <= 0 || n > INT32_MAX)
        return unclear(path, "id", info);
    *id = (uint32_t)n;
    return ERR_OK;
}

static enum err take_schema(const json_t *object, const char *path, char **schema, struct err_info *info)
{
    const char *text = json_string_value(json_object_get(object, "schema"));
    if (!text || !*text)
        return unclear(path, "schema", info);
    *schema = strdup(text);
    if (!*schema)
        abort();
    return ERR_OK;
}

enum err api_schema(const struct urls *urls, uint32_t id, char **schema, struct err_info *info)
{
    char path[64];
    json_t *object = NULL;
    snprintf(path, sizeof path, "/schemas/ids/%" PRIu32, id);
    enum err err = ask(urls, path, NULL, &object, info);
    if (err == ERR_OK)
        err = take_schema(object, path, schema, info);
    json_decref(object);
    return err;
}

enum err api_id(const struct urls *urls, const char *subject, const char *ends, const char *schema,
                uint32_t *id, struct err_info *info)
{
    char path[400];
    json_t *object = NULL;
    snprintf(path, sizeof path, "/subjects/%s%s", subject, ends);
    enum err err = ask(urls, path, schema, &object, info);
    if (err == ERR_OK)
        err = take_id(object, path, id, info);
    json_decref(object);
    return err;
}

enum err api_latest(const struct urls *urls, const char *subject, uint32_t *id, char **schema,
                    struct err_info *info)
{
    char path[400];
    json_t *object = NULL;
    snprintf(path, sizeof path, "/subjects/%s/versions/latest", subject);
    enum err err = ask(urls, path, NULL, &object, info);
    if (err == ERR_OK)
        err = take_id(object, path, id, info);
    if (err == ERR_OK)
        err = take_schema(object, path, schema, info);
    json_decref(object);
    return err;
}

enum err api_compatible(const struct urls *urls, const char *subject, const char *schema, bool *compatible,
                        struct err_info *info)
{
    char path[400];
    json_t *object = NULL;
    snprintf(path, sizeof path, "/compatibility/subjects/%s/versions/latest", subject);
    enum err err = ask(urls, path, schema, &object, info);
    const json_t *said = json_object_get(object, "is_compatible");
    if (err == ERR_OK && !json_is_boolean(said))
        err = unclear(path, "is_compatible", info);
    *compatible = json_is_true(said);
    json_decref(object);
    return err;
}
