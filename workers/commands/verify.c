/* verify: a sample of creators, counted again from the log and compared with Redis while everything runs.
 * Each creator names the part of the log it is made of: its own last applied offset of each input. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "creators.h"
#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "options.h"
#include "progress.h"
#include "verify.h"

struct verifying {
    const struct config *config;
    const char *topics[N_INPUTS];
    const char *from;
    bool json;
    int64_t sample;
    char **names;
    size_t n_names;
    struct redis *redis;
    struct score_setup setup;
    struct log_span *spans;
    struct map map;
    struct verified **creators;
    size_t n, cap;
    uint64_t seen, random;
    struct verify_log log;
    int64_t different, undecided, fields;
};

/* ---- which creators ---- */

static uint64_t next_random(struct verifying *v) /* splitmix64 */
{
    uint64_t x = v->random += 0x9e3779b97f4a7c15ULL;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
}

static void forget(struct verifying *v, struct verified *one)
{
    map_remove(&v->map, &one->head);
    verified_clear(one);
    free(one);
}

static struct verified *add(struct verifying *v, int32_t lane, struct bytes name)
{
    struct verified *one = calloc(1, sizeof *one + name.len);
    if (!one)
        abort();
    memcpy(one + 1, name.ptr, name.len);
    one->head = (struct map_entry){bytes_hash(name), {(char *)(one + 1), name.len}};
    one->lane = lane;
    creator_init(&one->creator);
    map_add(&v->map, &one->head);
    return one;
}

/* Every creator has the same chance (reservoir). */
static enum err choose(void *arg, int32_t lane, struct bytes name, struct err_info *info)
{
    struct verifying *v = arg;
    (void)info;
    if (map_find(&v->map, name, bytes_hash(name)))
        return ERR_OK;
    uint64_t place = v->seen++;
    if (v->sample && place >= (uint64_t)v->sample &&
        (place = next_random(v) % v->seen) >= (uint64_t)v->sample)
        return ERR_OK;
    if (v->n == v->cap) {
        v->cap = v->cap ? 2 * v->cap : 256;
        v->creators = realloc(v->creators, v->cap * sizeof(struct verified *));
        if (!v->creators)
            abort();
    }
    if (place < v->n)
        forget(v, v->creators[place]);
    else
        v->n++;
    v->creators[place] = add(v, lane, name);
    return ERR_OK;
}

static enum err choose_all(struct verifying *v, struct err_info *info)
{
    int32_t lanes = v->log.n_lanes, counted;
    enum err err = lanes_count(v->redis, v->config->namespace_, &counted, info);
    if (err == ERR_OK && counted != lanes)
        err = err_set(info, ERR_REFUSED, "partitions_changed",
                      "the counters were made with %d partitions but the topics have %d", counted, lanes);
    if (v->n_names)
        v->sample = 0;
    for (size_t i = 0; i < v->n_names && err == ERR_OK; i++)
        err = choose(v, lane_of(bytes_of(v->names[i]), lanes), bytes_of(v->names[i]), info);
    for (int32_t lane = 0; lane < lanes && !v->n_names && err == ERR_OK; lane++)
        err = creators_each(v->redis, v->config->namespace_, lane, choose, v, info);
    return err;
}

static void print_difference(struct verifying *v, const struct verified *one, const char *field,
                             struct bytes wanted, struct bytes found, const char *verdict);

/* As it is now. What cannot be read is a difference already. */
static enum err read_all(struct verifying *v, struct err_info *info)
{
    for (size_t i = 0; i < v->n; i++) {
        struct verified *one = v->creators[i];
        enum err err = creator_read(v->redis, v->config->namespace_, one->lane, one->head.key, &one->creator,
                                    &one->found, info);
        if (err == ERR_REJECT) {
            print_difference(v, one, "state", BYTES("readable"), bytes_of(info->sentence), "different");
            v->different++;
            one->found = false;
        } else if (err != ERR_OK) {
            return err;
        } else if (!one->found && v->n_names) {
            return err_set(info, ERR_NOT_FOUND, "no_creator",
                           "nothing is known of creator \"%.*s\" in namespace \"%s\"", (int)one->head.key.len,
                           one->head.key.ptr, v->config->namespace_);
        }
        v->log.lanes[one->lane].wanted |= one->found;
    }
    return ERR_OK;
}

/* ---- the log ---- */

static int64_t records_of(const struct verifying *v, int input)
{
    int64_t records = 0;
    for (int32_t lane = 0; lane < v->log.n_lanes; lane++) {
        const struct log_span *span = &v->spans[lane * v->log.n_inputs + input];
        records += span->end - span->begin;
    }
    return records;
}

static enum err read_input(struct verifying *v, int input, struct progress *progress, int64_t *read,
                           int64_t all, struct err_info *info)
{
    struct scan *scan = NULL;
    struct kafka_record record;
    bool done = false;
    enum err err =
        scan_open(kafka_pairs_of(v->config), v->config->n_kafka, v->topics[input], true, true, &scan, info);
    while (err == ERR_OK && (err = scan_next(scan, 30000, &record, &done, info)) == ERR_OK) {
        err = verify_take(&v->log, input, &record, info);
        if (++*read % 1024 == 0)
            progress_show(progress, (double)*read / (double)(all > *read ? all : *read), *read, false);
    }
    scan_close(scan);
    if (err == ERR_NOT_FOUND && done)
        return ERR_OK;
    return err == ERR_NOT_FOUND
               ? err_set(info, ERR_WEATHER, "log_silent", "%s gave no record for 30 s", v->topics[input])
               : err;
}

static enum err read_log(struct verifying *v, struct err_info *info)
{
    struct progress progress = progress_start();
    int64_t all = 0, read = 0;
    enum err err = score_kind.open(&v->setup.options, &v->log.self, info);
    for (int i = 0; i < v->log.n_inputs; i++)
        all += records_of(v, i);
    for (int i = 0; i < v->log.n_inputs && err == ERR_OK; i++)
        err = read_input(v, i, &progress, &read, all, info);
    if (err == ERR_OK)
        progress_show(&progress, 1, read, true);
    return err;
}

/* ---- the verdicts ---- */

static void print_difference(struct verifying *v, const struct verified *one, const char *field,
                             struct bytes wanted, struct bytes found, const char *verdict)
{
    const int64_t *at = one->creator.offsets;
    if (!v->json) {
        printf("%s %.*s: %s wanted \"%.*s\", found \"%.*s\" (lane %d, offsets %" PRId64 ",%" PRId64
               ",%" PRId64 ")\n",
               verdict, (int)one->head.key.len, one->head.key.ptr, field, (int)wanted.len, wanted.ptr,
               (int)found.len, found.ptr, one->lane, at[0], at[1], at[2]);
        return;
    }
    json_t *line = json_pack("{ss ss% ss ss% ss% si s[III]}", "verdict", verdict, "creator",
                             one->head.key.ptr, one->head.key.len, "field", field, "wanted", wanted.ptr,
                             wanted.len, "found", found.ptr, found.len, "lane", one->lane, "offsets",
                             (json_int_t)at[0], (json_int_t)at[1], (json_int_t)at[2]);
    json_dumpf(line, stdout, JSON_COMPACT);
    json_decref(line);
    printf("\n");
}

/* Why the log cannot tell: NULL when it can. */
static const char *why_not(const struct verifying *v, const struct verified *one)
{
    if (one->creator.epoch > 0)
        return "log_epoch"; /* counted in an earlier log, too */
    for (int i = 0; i < v->log.n_inputs; i++)
        if (v->spans[one->lane * v->log.n_inputs + i].begin > 0 && !v->from)
            return "retention"; /* the log begins later than the counts */
    return NULL;
}

struct judging {
    struct verifying *v;
    const struct verified *one;
    const char *why;
    int64_t fields;
};

static void on_difference(void *arg, const char *field, struct bytes wanted, struct bytes found)
{
    struct judging *j = arg;
    j->fields++;
    print_difference(j->v, j->one, field, wanted, found, j->why ? j->why : "different");
}

static enum err judge(struct verifying *v, struct verified *one, struct err_info *info)
{
    struct creator wanted;
    struct judging j = {v, one, why_not(v, one), 0};
    size_t compared = 0;
    if (!one->found)
        return ERR_OK;
    creator_init(&wanted);
    enum err err = verify_recompute(&v->log, one, &wanted, info);
    if (err == ERR_OK)
        verify_compare(&wanted, &one->creator, on_difference, &j, &compared);
    creator_clear(&wanted);
    v->fields += (int64_t)compared;
    v->undecided += j.fields && j.why;
    v->different += j.fields && !j.why;
    return err;
}

static int sum_up(const struct verifying *v)
{
    if (v->json)
        printf("{\"creators\":%zu,\"fields\":%" PRId64 ",\"different\":%" PRId64 ",\"undecided\":%" PRId64
               "}\n",
               v->n, v->fields, v->different, v->undecided);
    else
        printf("%zu creators, %" PRId64 " fields compared, %" PRId64 " creators different, %" PRId64
               " cannot be decided: their records are no more in the log\n",
               v->n, v->fields, v->different, v->undecided);
    return v->different > 0;
}

static enum err verify(struct verifying *v, struct err_info *info)
{
    struct redis_options redis = redis_options_of(v->config, "microflux-verify");
    struct inquiry *inquiry = NULL;
    enum err err = log_from_check(v->from, info);
    if (err == ERR_OK)
        err = score_setup_open(v->config, &v->setup, info);
    if (err == ERR_OK)
        err = inquiry_open(kafka_pairs_of(v->config), v->config->n_kafka, v->config->group, 6000, &inquiry,
                           info);
    if (err == ERR_OK)
        err = log_spans(inquiry, v->topics, v->log.n_inputs, v->from, &v->log.n_lanes, &v->spans, info);
    inquiry_close(inquiry);
    if (err == ERR_OK)
        err = redis_open(&redis, &v->redis, info);
    if (err != ERR_OK)
        return err;
    v->log.spans = v->spans;
    v->log.creators = &v->map;
    v->log.lanes = calloc((size_t)v->log.n_lanes, sizeof *v->log.lanes);
    if (!v->log.lanes)
        abort();
    err = choose_all(v, info);
    if (err == ERR_OK)
        err = read_all(v, info); /* before the log's end is looked up: all of it is there */
    if (err == ERR_OK)
        err = read_log(v, info);
    for (size_t i = 0; i < v->n && err == ERR_OK; i++)
        err = judge(v, v->creators[i], info);
    return err;
}

static void verifying_close(struct verifying *v)
{
    while (v->n > 0)
        forget(v, v->creators[--v->n]);
    free(v->creators);
    map_free(&v->map);
    verify_log_clear(&v->log);
    if (v->log.self)
        score_kind.close(v->log.self);
    free(v->spans);
    redis_close(v->redis);
    score_setup_close(&v->setup);
}

int command_verify(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    int status = 0;
    const char *format = "text";
    struct verifying v = {.sample = 100, .random = (uint64_t)clock_wall_ms()};
    const struct arg options[] = {
        {"sample", ARG_INT, "N", "how many creators, taken at random (100; 0 = all)", &v.sample},
        {"from", ARG_TEXT, LOG_FROM, "first record that counts, as the replay was told", &v.from},
        {"format", ARG_CHOICE, "text|json", "json: one object a difference, and a last one", &format},
    };
    const struct args args = {
        "verify",
        "[CREATOR...]",
        "Counts creators again from the log and compares them with Redis, field by field.",
        "microflux verify --sample 1000",
        options,
        3,
        true};
    if (!args_parse(&args, argc, argv, &v.names, &v.n_names, &config, &status))
        return status;
    v.config = config;
    v.json = strcmp(format, "json") == 0;
    v.log.n_inputs = (int)score_topics(config, v.topics);
    creator_init(&v.log.anybody);
    status = verify(&v, &info) == ERR_OK ? sum_up(&v) : complain("verify", &info);
    verifying_close(&v);
    config_free(config);
    return status;
}
