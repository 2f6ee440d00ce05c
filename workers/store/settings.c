/* settings: what keeps counters safe in the server: no eviction, an append-only file, and replicas that are
 * waited for. INFO tells all of it; CONFIG GET tells it too, where only that is allowed. */
#include <stdio.h>
#include <stdlib.h>

#include "store_room.h"

static bool is(struct bytes name, const char *a, const char *b)
{
    return bytes_equal(name, bytes_of(a)) || bytes_equal(name, bytes_of(b));
}

static bool yes(struct bytes value)
{
    return value.len > 0 && (*value.ptr == 'y' || (*value.ptr > '0' && *value.ptr <= '9'));
}

static void copy(char *to, size_t size, struct bytes value)
{
    snprintf(to, size, "%.*s", (int)value.len, value.ptr);
}

static void take(struct redis_settings *s, struct bytes name, struct bytes value)
{
    if (is(name, "maxmemory_policy", "maxmemory-policy")) {
        copy(s->policy, sizeof s->policy, value);
    } else if (is(name, "role", "role")) {
        copy(s->role, sizeof s->role, value);
    } else if (is(name, "redis_mode", "redis_mode")) {
        copy(s->mode, sizeof s->mode, value);
    } else if (is(name, "aof_enabled", "appendonly")) {
        s->aof_told = true;
        s->aof = yes(value);
    } else if (is(name, "connected_slaves", "connected_replicas")) {
        s->replicas = strtoll(value.ptr, NULL, 10);
        s->min_replicas_told = true; /* INFO: the next line is missing when it is not set */
    } else if (is(name, "min_slaves_good_slaves", "min_replicas_good_replicas")) {
        s->min_replicas = true;
    } else if (is(name, "min-replicas-to-write", "min-slaves-to-write")) {
        s->min_replicas_told = true;
        s->min_replicas = yes(value);
    }
}

static void take_lines(struct redis_settings *s, struct bytes text)
{
    for (const char *p = text.ptr, *end = p + text.len; p < end;) {
        const char *line_end = memchr(p, '\r', (size_t)(end - p));
        size_t len = (size_t)((line_end ? line_end : end) - p);
        const char *colon = memchr(p, ':', len);
        if (colon)
            take(s, (struct bytes){p, (size_t)(colon - p)},
                 (struct bytes){colon + 1, (size_t)(p + len - colon - 1)});
        p += len + 2;
    }
}

void redis_settings_read(struct redis_settings *s, const struct redis_answer *answer)
{
    if (answer->type == REDIS_TEXT)
        take_lines(s, answer->text);
    for (size_t i = 0; answer->type == REDIS_ARRAY && i + 1 < answer->n; i += 2)
        take(s, answer->items[i]->text, answer->items[i + 1]->text);
}

enum err redis_settings_judge(const struct redis_settings *s, struct err_info *info)
{
    if (!*s->policy || strcmp(s->policy, "noeviction") == 0)
        return ERR_OK;
    return err_set(info, ERR_REFUSED, "redis_evicts",
                   "Redis has maxmemory-policy %s and may throw counters away: redis-cli CONFIG SET "
                   "maxmemory-policy noeviction, and the same in redis.conf",
                   s->policy);
}

const struct redis_doubt *redis_settings_doubt(const struct redis_settings *s, size_t *next)
{
    static const struct redis_doubt doubts[] = {
        {"Redis does not tell its maxmemory-policy: it must be noeviction",
         "redis-cli ACL SETUSER <the user> +info"},
        {"Redis keeps no append-only file: a restart loses counters, and lanes stop or count again",
         "redis-cli CONFIG SET appendonly yes"},
        {"replicas are not waited for: a failover may lose acknowledged writes",
         "redis-cli CONFIG SET min-replicas-to-write 1"}};
    const bool there[] = {!*s->policy, s->aof_told && !s->aof,
                          s->min_replicas_told && !s->min_replicas && s->replicas > 0};
    while (*next < sizeof doubts / sizeof *doubts)
        if (there[(*next)++])
            return &doubts[*next - 1];
    return NULL;
}
