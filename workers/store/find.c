/* find: which server a connection goes to. Sentinels are asked for their primary, nodes of a cluster for the
 * owner of the slot: one after the other, beginning anywhere, until one knows. Nothing is kept but the
 * addresses of a cluster's nodes: what was true for the last connection may be why it broke. */
#include <stdio.h>
#include <stdlib.h>

#include "connect.h"
#include "microflux/address.h"
#include "microflux/clock.h"
#include "store_room.h"

struct find {
    const struct redis_options *options;
    size_t next, left; /* of the addresses: whom to ask next, how many more */
    char asked_at[REDIS_ADDRESS];
    struct redis *asked;
    char found[REDIS_ADDRESS];
    struct err_info why; /* why the last one did not know */
};

/* ---- whom to ask: the configured addresses, then those learnt ---- */

/* Copies the next one of a list; false: it is at its end. */
static bool take_address(const char **list, char *address)
{
    *list += strspn(*list, ", ");
    size_t len = strcspn(*list, ", "), copied = len < REDIS_ADDRESS ? len : REDIS_ADDRESS - 1;
    memcpy(address, *list, copied);
    address[copied] = 0;
    *list += len;
    return len > 0;
}

/* The address with this number, if there are so many; returns how many were seen. */
static size_t nth_address(const struct redis_options *options, size_t nth, char *address)
{
    const char *lists[] = {options->address, options->learnt->nodes};
    size_t n = 0;
    for (size_t i = 0; i < 2; i++)
        for (const char *list = lists[i]; n <= nth && take_address(&list, address);)
            n++;
    return n;
}

enum err find_check(const struct redis_options *o, struct err_info *info)
{
    char address[REDIS_ADDRESS];
    const char *list = o->address;
    enum err err = ERR_OK;
    size_t n = 0;
    if (o->mode == REDIS_SINGLE)
        return strchr(o->address, ',')
                   ? err_set(info, ERR_USAGE, "redis_address",
                             "redis.address \"%.120s\" is not host:port, [v6]:port or unix:/path: several "
                             "need redis.mode = sentinel or cluster",
                             o->address)
                   : store_check(o->address, info);
    for (; err == ERR_OK && take_address(&list, address); n++)
        err = store_check(address, info);
    if (err == ERR_OK && (n == 0 || strstr(o->address, "unix:")))
        err = err_set(info, ERR_USAGE, "redis_address",
                      "redis.address \"%.120s\" is not a list of host:port, as redis.mode wants it",
                      o->address);
    if (err == ERR_OK && o->mode == REDIS_CLUSTER && o->database)
        err = err_set(info, ERR_USAGE, "redis_database", "redis.database is %d but a cluster has 0 alone",
                      o->database);
    if (err == ERR_OK && o->sentinel_username && *o->sentinel_username &&
        !(o->sentinel_password && *o->sentinel_password))
        err = err_set(info, ERR_USAGE, "redis_sentinel_password",
                      "redis.sentinel_username is set but redis.sentinel_password is not");
    return err;
}

/* ---- what they answer ---- */

static void unknown(struct find *find, const struct err_info *why)
{
    bool away = find->why.code == ERR_WEATHER || why->code == ERR_WEATHER;
    if (find->why.code == ERR_OK || why->code == ERR_REFUSED) /* it says more than who is away */
        find->why = *why;
    if (away) /* who comes back may know */
        find->why.code = ERR_WEATHER;
}

/* "" or nil for a host: the one that was asked. */
static bool set_address(char *address, struct bytes host, int64_t port, const char *asked)
{
    char here[REDIS_ADDRESS];
    const char *rest;
    if (host.len == 0 && address_split(asked, here, sizeof here, &rest))
        host = bytes_of(here);
    const char *form = host.len > 0 && memchr(host.ptr, ':', host.len) ? "[%.*s]:%d" : "%.*s:%d";
    int len = snprintf(address, REDIS_ADDRESS, form, (int)host.len, host.ptr, (int)port);
    return host.len > 0 && len < REDIS_ADDRESS;
}

void find_moved(struct redis_learnt *learnt, const char *here, struct bytes text)
{
    char copy[REDIS_ADDRESS + 16], *colon, *host;
    snprintf(copy, sizeof copy, "%.*s", (int)text.len, text.ptr);
    if (strncmp(copy, "MOVED ", 6) != 0 || !(host = strchr(copy + 6, ' ')) || !(colon = strrchr(host, ':')))
        return;
    host++;
    if (!set_address(learnt->moved, (struct bytes){host, (size_t)(colon - host)},
                     strtoll(colon + 1, NULL, 10), here))
        *learnt->moved = 0;
}

static void on_primary(void *arg, const struct redis_answer *answer)
{
    struct find *find = arg;
    struct err_info why;
    if (answer->type == REDIS_ARRAY && answer->n == 2 && answer->items[1]->text.ptr) {
        set_address(find->found, answer->items[0]->text, strtoll(answer->items[1]->text.ptr, NULL, 10),
                    find->asked_at);
        return;
    }
    if (redis_fate(answer, &why) == ERR_OK)
        (void)err_set(&why, ERR_WEATHER, "primary_unknown",
                      "%.80s watches no primary of that name (redis.primary_name)", find->asked_at);
    unknown(find, &why);
}

static bool node_address(const struct redis_answer *node, const char *asked, char *address)
{
    return node->type == REDIS_ARRAY && node->n >= 2 &&
           set_address(address, node->items[0]->text, node->items[1]->number, asked);
}

static void learn(struct redis_learnt *learnt, const char *address)
{
    char other[REDIS_ADDRESS];
    size_t used = strlen(learnt->nodes);
    for (const char *list = learnt->nodes; take_address(&list, other);)
        if (strcmp(other, address) == 0)
            return;
    if (used + strlen(address) + 2 <= sizeof learnt->nodes)
        snprintf(learnt->nodes + used, sizeof learnt->nodes - used, ",%s", address);
}

/* One range of slots: first, last, its owner, the owner's replicas. */
static void take_range(struct find *find, const struct redis_answer *range)
{
    char address[REDIS_ADDRESS];
    if (range->type != REDIS_ARRAY || range->n < 3)
        return;
    for (size_t i = 2; i < range->n; i++)
        if (node_address(range->items[i], find->asked_at, address))
            learn(find->options->learnt, address);
    int slot = find->options->slot;
    if (range->items[0]->number <= slot && slot <= range->items[1]->number)
        (void)node_address(range->items[2], find->asked_at, find->found);
}

static void on_slots(void *arg, const struct redis_answer *answer)
{
    struct find *find = arg;
    struct err_info why;
    if (answer->type == REDIS_ARRAY)
        *find->options->learnt->nodes = 0;
    for (size_t i = 0; answer->type == REDIS_ARRAY && i < answer->n; i++)
        take_range(find, answer->items[i]);
    if (*find->found)
        return;
    if (redis_fate(answer, &why) == ERR_OK)
        (void)err_set(&why, ERR_WEATHER, "slot_uncovered", "%.80s knows no node that owns it",
                      find->asked_at);
    unknown(find, &why);
}

/* ---- asking ---- */

static void ask(struct find *find)
{
    const struct redis_options *o = find->options;
    if (o->mode == REDIS_CLUSTER)
        redis_command(find->asked, (struct bytes[]){BYTES("CLUSTER"), BYTES("SLOTS")}, 2, on_slots, find);
    else
        redis_command(
            find->asked,
            (struct bytes[]){BYTES("SENTINEL"), BYTES("GET-MASTER-ADDR-BY-NAME"), bytes_of(o->primary)}, 3,
            on_primary, find);
}

static void drop_asked(struct find *find)
{
    redis_close(find->asked);
    find->asked = NULL;
}

static void ask_next(struct find *find)
{
    const struct redis_options *o = find->options;
    bool sentinel = o->mode == REDIS_SENTINEL;
    size_t n = nth_address(o, SIZE_MAX - 1, find->asked_at);
    struct redis_options options = {.address = find->asked_at,
                                    .username = sentinel ? o->sentinel_username : o->username,
                                    .password = sentinel ? o->sentinel_password : o->password,
                                    .password_file = sentinel ? o->sentinel_password_file : o->password_file,
                                    .tls = o->tls,
                                    .connect_timeout_ms = o->connect_timeout_ms,
                                    .command_timeout_ms = o->connect_timeout_ms};
    struct err_info why;
    find->left--;
    (void)nth_address(o, find->next++ % n, find->asked_at);
    if (redis_open(&options, &find->asked, &why) != ERR_OK) {
        find->asked = NULL;
        unknown(find, &why);
        return;
    }
    if (sentinel)
        find->asked->login = "redis.sentinel_username and redis.sentinel_password";
    ask(find);
}

struct find *find_open(const struct redis_options *options)
{
    struct find *find = calloc(1, sizeof *find);
    if (!find)
        abort();
    find->options = options;
    find->next = (size_t)clock_mono_us();
    find_again(find);
    return find;
}

void find_close(struct find *find)
{
    if (find)
        drop_asked(find);
    free(find);
}

void find_again(struct find *find)
{
    char address[REDIS_ADDRESS];
    *find->found = 0;
    find->why = (struct err_info){0};
    find->left = nth_address(find->options, SIZE_MAX - 1, address);
    if (find->asked)
        ask(find);
}

static enum err nobody_knows(const struct find *find, struct err_info *info)
{
    const struct redis_options *o = find->options;
    if (o->mode == REDIS_CLUSTER)
        return err_set(info, find->why.code, find->why.word, "no node names the owner of slot %d: %.205s",
                       o->slot, find->why.sentence);
    return err_set(info, find->why.code, find->why.word, "no sentinel names \"%.24s\": %.205s", o->primary,
                   find->why.sentence);
}

enum err find_turn(struct find *find, const char **address, struct err_info *info)
{
    struct err_info why;
    *address = NULL;
    for (;;) {
        enum err err = find->asked ? redis_turn(find->asked, &why) : ERR_OK;
        if (err != ERR_OK)
            unknown(find, &why);
        else if (*find->found)
            return *address = find->found, ERR_OK;
        else if (find->asked && redis_owed(find->asked) > 0)
            return ERR_OK;
        drop_asked(find);
        if (find->left == 0)
            return nobody_knows(find, info);
        ask_next(find);
    }
}

int find_fd(const struct find *find)
{
    return find->asked ? redis_fd(find->asked) : -1;
}

short find_events(const struct find *find)
{
    return find->asked ? redis_events(find->asked) : 0;
}
