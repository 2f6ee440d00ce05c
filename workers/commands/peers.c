/* peers: the table of peers in force, a line a cell, and where a benchmark stands in. */
#include <inttypes.h>
#include <stdio.h>

#include "explain.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "peer_topic.h"

#define P10 2
#define P90 18

struct showing {
    const struct methodology *m;
    const struct peer_table *benchmark;
    struct peer_table live;
};

static void print_cell(const struct showing *s, size_t platform, size_t band, const struct peer_cell *cell,
                       bool json)
{
    const struct tier_edge *edge = &s->m->schemes[0]->edges[band];
    bool stream = cell->table == s->live.digest;
    if (!json) {
        printf("%-10s %-6s %-6s %9" PRId64 " %9s %9s %9s  %s\n", platform_names[platform], edge->tier,
               edge->band, s->live.cells[platform][band].n, say_percent(cell->quantiles[P10], 2).text,
               say_percent(peers_median(cell), 2).text, say_percent(cell->quantiles[P90], 2).text,
               stream ? "stream" : "benchmark");
        return;
    }
    printf("{\"platform\":\"%s\",\"tier\":\"%s\",\"band\":\"%s\",\"n\":%" PRId64
           ",\"source\":\"%s\",\"table\":\"%016" PRIx64 "\",\"quantiles\":[",
           platform_names[platform], edge->tier, edge->band, s->live.cells[platform][band].n,
           stream ? "STREAM" : "BENCHMARK", cell->table);
    for (size_t i = 0; i < PEER_QUANTILES; i++)
        printf("%s%.17g", i ? "," : "", cell->quantiles[i]);
    printf("]}\n");
}

static void print_head(const struct showing *s)
{
    if (s->live.version == 0)
        printf("no table was published yet\n");
    else
        printf("table %" PRId64 " of %s, digest %016" PRIx64 "%s\n", s->live.version,
               say_day(s->live.published_at).text, s->live.digest,
               s->live.methodology == s->m->digest ? "" : ", of another methodology: not used");
    printf("benchmark digest %016" PRIx64 "\n%-10s %-6s %-6s %9s %9s %9s %9s\n", s->benchmark->digest,
           "platform", "tier", "band", "creators", "p10", "median", "p90");
}

static void print_all(struct showing *s, bool json)
{
    bool ours = s->live.methodology == s->m->digest;
    if (!json)
        print_head(s);
    for (size_t p = 0; p < PEER_PLATFORMS; p++)
        for (size_t b = 0; b < s->m->schemes[0]->n_edges; b++) {
            const struct peer_cell *cell = peers_cell(s->m, ours ? &s->live : NULL, s->benchmark, p, b);
            if (cell)
                print_cell(s, p, b, cell, json);
        }
}

static int show(const struct config *config, bool json)
{
    struct score_tables tables;
    struct err_info info;
    struct showing s = {0};
    enum err err = score_tables_open(config, &tables, &info);
    if (err == ERR_OK) {
        err = peer_table_newest(config, tables.methodology, &s.live, &info);
        err = err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    s.m = tables.methodology;
    s.benchmark = tables.benchmark;
    if (err == ERR_OK)
        print_all(&s, json);
    score_tables_close(&tables);
    return err == ERR_OK ? 0 : complain("peers", &info);
}

int command_peers(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    const struct arg options[] = {
        {"format", ARG_CHOICE, "text|json", "json: a cell a line, with all quantiles", &format},
    };
    const struct args args = {
        "peers",
        "show",
        "Shows how the engagement rates of the creators are spread, by platform and band.",
        "microflux peers show",
        options,
        1,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    status = show(config, strcmp(format, "json") == 0);
    config_free(config);
    return status;
}
