/* registry: what is known, what is asked for, and the thread that asks. Known schemas live in the document
 * that also is the file; besides it only ids that are not there, and ids being asked for, in the order of
 * asking.
 *
 * The lock is never held over the network or the disk. An id that meets weather goes to the end of the queue,
 * so that one bad answer does not stand in the way of others. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "microflux/clock.h"
#include "microflux/log.h"
#include "microflux/map.h"
#include "registry_room.h"

#define RETRY_LEAST_MS 100
#define RETRY_MOST_MS  2000

struct open_id { /* asked for, or known not to be there */
    struct map_entry head;
    uint32_t id;
    int64_t absent_until_ms;
    bool wanted; /* in the queue, or being asked now */
    struct open_id *next;
};

struct registry {
    struct registry_options options;
    struct urls *urls;
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t news;
    pthread_t thread;
    bool running, away, unsaved, file_fails;
    json_t *known; /* registry_file.c */
    struct map open_ids;
    size_t purge_at;
    struct open_id *first, **last; /* the queue */
    int64_t retry_ms, backoff_ms;
    struct err_info trouble; /* why it is away */
};

/* ---- under the lock ---- */

static const char *schema_of(const struct registry *r, uint32_t id)
{
    char name[16];
    snprintf(name, sizeof name, "%" PRIu32, id);
    return json_string_value(json_object_get(json_object_get(r->known, "schemas"), name));
}

static void learn_schema(struct registry *r, uint32_t id, const char *schema)
{
    char name[16];
    if (schema_of(r, id))
        return; /* somebody may hold the text */
    snprintf(name, sizeof name, "%" PRIu32, id);
    json_object_set_new(json_object_get(r->known, "schemas"), name, json_string(schema));
    r->unsaved = true;
    pthread_cond_signal(&r->news);
}

/* Ids that were absent once need no room for ever: a flood of random ones must not fill the memory. */
static void purge(struct registry *r, int64_t now)
{
    if (r->open_ids.n < r->purge_at)
        return;
    for (size_t i = 0; i < r->open_ids.capacity;) {
        struct open_id *o = (struct open_id *)r->open_ids.slots[i].entry;
        if (o && !o->wanted && o->absent_until_ms <= now) {
            map_remove(&r->open_ids, &o->head); /* may move another one here */
            free(o);
        } else {
            i++;
        }
    }
    r->purge_at = 2 * r->open_ids.n + 1024;
}

static struct open_id *find(const struct registry *r, uint32_t id)
{
    struct bytes key = {(const char *)&id, sizeof id};
    return (struct open_id *)map_find(&r->open_ids, key, bytes_hash(key));
}

static struct open_id *find_or_add(struct registry *r, uint32_t id)
{
    struct open_id *o = find(r, id);
    if (o)
        return o;
    purge(r, clock_mono_ms());
    o = calloc(1, sizeof *o);
    if (!o)
        abort();
    o->id = id;
    o->head.key = (struct bytes){(const char *)&o->id, sizeof o->id};
    o->head.hash = bytes_hash(o->head.key);
    map_add(&r->open_ids, &o->head);
    return o;
}

static void want(struct registry *r, struct open_id *o)
{
    if (!o->wanted)
        pthread_cond_signal(&r->news);
    o->wanted = true;
    o->next = NULL;
    *r->last = o;
    r->last = &o->next;
}

static struct open_id *next_wanted(struct registry *r)
{
    struct open_id *o = r->first;
    r->first = o->next;
    if (!r->first)
        r->last = &r->first;
    return o;
}

/* ERR_OK, ERR_NOT_FOUND, or ERR_WEATHER: nobody knows yet. Ids are Java's int: others come from bytes that
 * are no frame, and are not worth a request. */
static enum err known(const struct registry *r, uint32_t id, const char **schema, struct err_info *info)
{
    *schema = schema_of(r, id);
    if (*schema)
        return ERR_OK;
    const struct open_id *o = find(r, id);
    if (id == 0 || id > INT32_MAX || (o && !o->wanted && o->absent_until_ms > clock_mono_ms()))
        return err_set(info, ERR_NOT_FOUND, "schema_unknown",
                       "schema id %" PRIu32 " is not in the registry: register it, or add it to schema.ids",
                       id);
    return err_set(info, ERR_WEATHER, "schema_awaited", "schema id %" PRIu32 " is asked for%s%s", id,
                   r->away ? ": " : "", r->away ? r->trouble.sentence : "");
}

/* What the registry's last answer says about its health; one line a change. */
static void note_health(struct registry *r, enum err err, const struct err_info *info)
{
    bool away = err == ERR_WEATHER || (err == ERR_REFUSED && strcmp(info->word, "registry_auth") == 0);
    if (atomic_load(&r->stop))
        return; /* requests are cut short */
    if (away)
        r->trouble = *info;
    if (away && !r->away)
        log_warn("registry_away", "reason=%s message=\"%s\"", info->word, info->sentence);
    if (!away && r->away)
        log_info("registry_back", "url=%s", r->options.url);
    r->away = away;
}

/* ---- the thread ---- */

static void settle(struct registry *r, struct open_id *o, enum err err, const char *schema)
{
    if (err == ERR_OK) {
        learn_schema(r, o->id, schema);
        map_remove(&r->open_ids, &o->head);
        free(o);
    } else if (err == ERR_NOT_FOUND) {
        o->absent_until_ms = clock_mono_ms() + r->options.negative_ttl_ms;
        o->wanted = false;
    } else {
        want(r, o);
    }
    bool answered = err == ERR_OK || err == ERR_NOT_FOUND;
    r->backoff_ms = answered ? 0 : r->backoff_ms ? 2 * r->backoff_ms : RETRY_LEAST_MS;
    if (r->backoff_ms > RETRY_MOST_MS)
        r->backoff_ms = RETRY_MOST_MS;
    r->retry_ms = clock_mono_ms() + r->backoff_ms;
}

static void fetch_next(struct registry *r)
{
    struct err_info info;
    char *schema = NULL;
    struct open_id *o = next_wanted(r);
    uint32_t id = o->id;
    pthread_mutex_unlock(&r->lock);
    enum err err = api_schema(r->urls, id, &schema, &info);
    pthread_mutex_lock(&r->lock);
    note_health(r, err, &info);
    settle(r, o, err, schema);
    free(schema);
}

static void save(struct registry *r)
{
    struct err_info info;
    char *text = json_dumps(r->known, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (!text)
        abort();
    r->unsaved = false;
    pthread_mutex_unlock(&r->lock);
    enum err err = file_save(r->options.cache_file, text, &info);
    pthread_mutex_lock(&r->lock);
    free(text);
    if (err != ERR_OK && !r->file_fails)
        log_warn("registry_file_fails", "message=\"%s\"", info.sentence);
    r->file_fails = err != ERR_OK;
}

static void wait_for_news(struct registry *r)
{
    struct timespec until = {r->retry_ms / 1000, r->retry_ms % 1000 * 1000000};
    if (r->first)
        pthread_cond_timedwait(&r->news, &r->lock, &until);
    else
        pthread_cond_wait(&r->news, &r->lock);
}

static void *registry_thread(void *arg)
{
    struct registry *r = arg;
    bool file = r->options.cache_file && *r->options.cache_file;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        if (r->unsaved && file)
            save(r);
        else if (atomic_load(&r->stop))
            break;
        else if (r->first && clock_mono_ms() >= r->retry_ms)
            fetch_next(r);
        else
            wait_for_news(r);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- life ---- */

enum err registry_open(const struct registry_options *options, struct registry **result,
                       struct err_info *info)
{
    struct registry *r = calloc(1, sizeof *r);
    pthread_condattr_t monotonic;
    if (!r)
        abort();
    r->options = *options;
    r->last = &r->first;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&r->news, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum err err = urls_open(&r->options, &r->stop, &r->urls, info);
    if (err == ERR_OK) {
        r->known = file_load(options->cache_file, options->url);
        r->running = pthread_create(&r->thread, NULL, registry_thread, r) == 0;
        if (!r->running)
            abort();
        *result = r;
    } else {
        registry_close(r);
    }
    return err;
}

void registry_close(struct registry *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    atomic_store(&r->stop, true);
    pthread_cond_signal(&r->news);
    pthread_mutex_unlock(&r->lock);
    if (r->running)
        pthread_join(r->thread, NULL);
    for (size_t i = 0; i < r->open_ids.capacity; i++)
        free(r->open_ids.slots[i].entry);
    map_free(&r->open_ids);
    urls_close(r->urls);
    json_decref(r->known);
    pthread_cond_destroy(&r->news);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* ---- questions ---- */

enum err registry_schema(struct registry *r, uint32_t id, const char **schema, struct err_info *info)
{
    pthread_mutex_lock(&r->lock);
    enum err err = known(r, id, schema, info);
    if (err == ERR_WEATHER) {
        struct open_id *o = find_or_add(r, id);
        if (!o->wanted)
            want(r, o);
    }
    pthread_mutex_unlock(&r->lock);
    return err;
}

enum err registry_fetch(struct registry *r, uint32_t id, const char **schema, struct err_info *info)
{
    char *fetched = NULL;
    pthread_mutex_lock(&r->lock);
    enum err err = known(r, id, schema, info);
    pthread_mutex_unlock(&r->lock);
    if (err != ERR_WEATHER)
        return err;
    err = api_schema(r->urls, id, &fetched, info);
    pthread_mutex_lock(&r->lock);
    note_health(r, err, info);
    if (err == ERR_OK)
        learn_schema(r, id, fetched);
    else if (err == ERR_NOT_FOUND)
        find_or_add(r, id)->absent_until_ms = clock_mono_ms() + r->options.negative_ttl_ms;
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        err = known(r, id, schema, info);
    pthread_mutex_unlock(&r->lock);
    free(fetched);
    return err;
}

static void learn_id(struct registry *r, const char *subject, const char *schema, uint32_t id)
{
    json_object_set_new(json_object_get(r->known, "ids"), subject,
                        json_pack("{s:i, s:s}", "id", (int)id, "schema", schema));
    learn_schema(r, id, schema);
    r->unsaved = true;
    pthread_cond_signal(&r->news);
}

/* The id of exactly this schema under this subject, from an earlier answer. */
static bool known_id(const struct registry *r, const char *subject, const char *schema, uint32_t *id)
{
    const json_t *entry = json_object_get(json_object_get(r->known, "ids"), subject);
    const char *text = json_string_value(json_object_get(entry, "schema"));
    *id = (uint32_t)json_integer_value(json_object_get(entry, "id"));
    return text && strcmp(text, schema) == 0;
}

static enum err ask_id(struct registry *r, const char *subject, const char *ends, const char *schema,
                       uint32_t *id, struct err_info *info)
{
    enum err err = api_id(r->urls, subject, ends, schema, id, info);
    pthread_mutex_lock(&r->lock);
    note_health(r, err, info);
    if (err == ERR_OK) {
        learn_id(r, subject, schema, *id);
    } else if (err == ERR_WEATHER && known_id(r, subject, schema, id)) {
        log_info("registry_remembered", "subject=%s id=%" PRIu32, subject, *id);
        err = ERR_OK;
    }
    pthread_mutex_unlock(&r->lock);
    return err;
}

enum err registry_register(struct registry *r, const char *subject, const char *schema, uint32_t *id,
                           struct err_info *info)
{
    return ask_id(r, subject, "/versions", schema, id, info);
}

enum err registry_look_up(struct registry *r, const char *subject, const char *schema, uint32_t *id,
                          struct err_info *info)
{
    return ask_id(r, subject, "", schema, id, info);
}

enum err registry_latest(struct registry *r, const char *subject, uint32_t *id, char **schema,
                         struct err_info *info)
{
    return api_latest(r->urls, subject, id, schema, info);
}

enum err registry_compatible(struct registry *r, const char *subject, const char *schema, bool *compatible,
                             struct err_info *info)
{
    return api_compatible(r->urls, subject, schema, compatible, info);
}
