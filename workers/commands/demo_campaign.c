/* demo_campaign: see demo_campaign.h. The shortlist comes from its topic; the rejection from `microflux fit`,
 * as anybody would ask. */
#include "demo_campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/avro.h"
#include "microflux/clock.h"
#include "microflux/file.h"
#include "microflux/kafka.h"
#include "microflux/schemas.h"
#include "record_text.h"
#include "shortlist.h"

#define CAMPAIGN "spring"
#define SHOWN    5
#define ASK_MS   3000
#define MOST     64 /* creators asked about, the most engaging first */

struct demo_campaign {
    struct children *children;
    const char *bootstrap;
    char redis[128];
    struct scan *scan;
    json_t *newest; /* NULL: none yet */
    int64_t ask_ms; /* monotonic: nobody is asked about before */
    size_t next;    /* row of the table that is asked about then */
    char rejected[160];
};

static enum err put_campaign(struct demo_campaign *d, struct err_info *info)
{
    char path[128];
    snprintf(path, sizeof path, "%s/campaign.ndjson", d->children->folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return err_set(info, ERR_IO, "file", "cannot write %s", path);
    fprintf(file,
            "{\"campaign_id\":\"" CAMPAIGN
            "\",\"brand\":\"acme\",\"status\":\"ACTIVE\",\"updated_at\":%" PRId64
            ",\"topics\":{\"FASHION\":1,\"BEAUTY\":0.5},\"tiers\":[\"MICRO\"],\"slots\":3}\n",
            clock_wall_ms());
    fclose(file);
    char *put[] = {"microflux", "campaigns", "put", path, "--bootstrap", (char *)(uintptr_t)d->bootstrap,
                   NULL};
    children_run(d->children, "campaigns.log", put);
    return ERR_OK;
}

static void start_roster(struct demo_campaign *d)
{
    char *roster[] = {"microflux",
                      "run",
                      "roster",
                      "--bootstrap",
                      (char *)(uintptr_t)d->bootstrap,
                      "--set",
                      d->redis,
                      "--set",
                      "kafka.session.timeout.ms=6000",
                      "--set",
                      "kafka.fetch.wait.max.ms=10",
                      "--set",
                      "http.address=127.0.0.1:0",
                      NULL};
    children_start(d->children, "roster.log", roster);
}

enum err demo_campaign_open(struct children *children, const char *bootstrap, const char *redis,
                            struct demo_campaign **campaign, struct err_info *info)
{
    struct demo_campaign *d = calloc(1, sizeof *d);
    struct kafka_pair pairs[] = {{"bootstrap.servers", (char *)(uintptr_t)bootstrap}};
    if (!d)
        abort();
    d->children = children;
    d->bootstrap = bootstrap;
    snprintf(d->redis, sizeof d->redis, "redis.address=%s", redis);
    enum err err = put_campaign(d, info);
    if (err == ERR_OK) {
        start_roster(d);
        err = scan_open(pairs, 1, "shortlists", true, false, &d->scan, info);
    }
    if (err != ERR_OK) {
        demo_campaign_close(d);
        return err;
    }
    *campaign = d;
    return ERR_OK;
}

void demo_campaign_close(struct demo_campaign *d)
{
    if (!d)
        return;
    scan_close(d->scan);
    json_decref(d->newest);
    free(d);
}

static void take_shortlists(struct demo_campaign *d)
{
    struct kafka_record record;
    struct err_info info;
    bool done;
    while (scan_next(d->scan, 0, &record, &done, &info) == ERR_OK) {
        json_t *value =
            record.value.ptr ? body_json(schema_shortlist, avro_frame_read(record.value).body) : NULL;
        if (!value)
            continue;
        json_decref(d->newest);
        d->newest = value;
    }
}

/* ---- who is rejected ---- */

static void take_answer(struct demo_campaign *d, const char *path, const char *creator)
{
    struct err_info info;
    char *text = NULL;
    if (file_text(path, &text, &info) != ERR_OK)
        return;
    json_t *fit = json_loads(text, 0, NULL);
    const char *gate = json_string_value(json_object_get(fit, "gate"));
    if (gate)
        snprintf(d->rejected, sizeof d->rejected, "rejected: %s, by gate %s", creator, gate);
    json_decref(fit);
    free(text);
}

/* The most engaging creators one after the other, until one does not pass. */
static void ask(struct demo_campaign *d, const struct score_table *table)
{
    char creator[64], path[128];
    struct bytes name = score_table_name(table, d->next++ % MOST);
    if (!name.ptr)
        d->next = 0;
    if (!name.ptr || name.len >= sizeof creator)
        return;
    memcpy(creator, name.ptr, name.len);
    creator[name.len] = 0;
    snprintf(path, sizeof path, "%s/fit.json", d->children->folder);
    remove(path);
    char *fit[] = {"microflux", "fit",    creator,       CAMPAIGN,
                   "--format",  "json",   "--bootstrap", (char *)(uintptr_t)d->bootstrap,
                   "--set",     d->redis, NULL};
    children_run(d->children, "fit.json", fit);
    take_answer(d, path, creator);
}

/* ---- the lines ---- */

static const char *move_of(const json_t *list, const char *creator, char out[24])
{
    bool entered;
    int by = shortlist_moved(list, creator, &entered);
    if (by)
        snprintf(out, 24, "%s %d", by < 0 ? "▼" : "▲", by < 0 ? -by : by);
    else
        snprintf(out, 24, "%s", entered ? "new" : "");
    return out;
}

static void print_ranking(const json_t *list, const char *end)
{
    size_t i;
    json_t *one;
    char moved[24];
    json_array_foreach(json_object_get(list, "ranking"), i, one)
    {
        const char *name = json_string_value(json_object_get(one, "creator_id"));
        if (i < SHOWN)
            printf("  %zu. %-16s fit %5.1f  reaches %6.0f people  %s%s\n", i + 1, name,
                   json_number_value(json_object_get(one, "fit")),
                   json_number_value(json_object_get(one, "reach")), move_of(list, name, moved), end);
    }
}

void demo_campaign_print(struct demo_campaign *d, const struct score_table *table, bool terminal)
{
    const char *end = terminal ? "\033[K" : "";
    take_shortlists(d);
    if (clock_mono_ms() >= d->ask_ms) {
        ask(d, table);
        d->ask_ms = clock_mono_ms() + ASK_MS;
    }
    printf("campaign " CAMPAIGN ": micro creators, fashion and beauty%s%s\n",
           d->newest ? "" : " (no shortlist yet)", end);
    if (d->newest) {
        const json_t *roster = json_object_get(d->newest, "roster");
        print_ranking(d->newest, end);
        printf("  the three to choose reach %.0f different people%s\n",
               json_number_value(json_object_get(roster, "unduplicated_reach")), end);
    }
    if (d->rejected[0])
        printf("  %s%s\n", d->rejected, end);
    if (terminal)
        printf("\033[J");
    fflush(stdout);
}
