/* record: a score in the order of schemas/creator-score.avsc. */
#include <inttypes.h>
#include <stdio.h>

#include "microflux/vectors.h"
#include "record.h"

static void hex(char text[17], uint64_t digest)
{
    snprintf(text, 17, "%016" PRIx64, digest);
}

struct score_makers score_makers_of(const struct methodology *methodology, const struct peer_table *peers,
                                    uint64_t lexicons, const struct models *models)
{
    struct score_makers makers = {.methodology = methodology};
    hex(makers.digest, methodology->digest);
    if (peers)
        hex(makers.peers, peers->digest);
    if (lexicons)
        hex(makers.lexicons, lexicons);
    if (models->embedding)
        hex(makers.embedding, models->embedding->digest);
    if (models->niche)
        hex(makers.niche, models->niche->digest);
    return makers;
}

static void put_counts(struct buffer *out, const int64_t counts[N_KINDS])
{
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        avro_put_long(out, counts[kind]);
    avro_put_long(out, engagements(counts));
}

static void put_methodology(struct buffer *out, const struct score_makers *makers)
{
    avro_put_bytes(out, bytes_of(makers->methodology->name));
    avro_put_bytes(out, bytes_of(makers->methodology->version));
    avro_put_bytes(out, bytes_of(makers->digest));
}

static void put_origin(struct buffer *out, const struct score *s, const struct score_origin *origin)
{
    avro_put_bytes(out, origin->creator_id);
    avro_put_long(out, origin->epoch);
    avro_put_long(out, origin->offsets);
    avro_put_long(out, s->as_of);
    avro_put_long(out, origin->idle);
    avro_put_long(out, origin->partition);
    for (int i = 0; i < N_INPUTS; i++)
        avro_put_long(out, origin->applied[i]);
}

static void put_tiers(struct buffer *out, const struct score *s)
{
    if (s->n_tiers)
        avro_put_long(out, (int64_t)s->n_tiers);
    for (size_t i = 0; i < s->n_tiers; i++) {
        avro_put_bytes(out, bytes_of(s->tiers[i].scheme));
        avro_put_bytes(out, bytes_of(s->tiers[i].tier));
        avro_put_bytes(out, bytes_of(s->tiers[i].band));
        avro_put_long(out, s->tiers[i].since);
    }
    avro_put_long(out, 0);
}

static void put_profile(struct buffer *out, const struct score *s)
{
    avro_put_long(out, s->has_profile);
    if (s->has_profile)
        avro_put_bytes(out, bytes_of(s->platform));
    avro_put_long(out, s->has_profile);
    if (s->has_profile)
        avro_put_long(out, s->followers);
}

static void put_rates(struct buffer *out, const struct score *s)
{
    optional_put(s->rate, out);
    avro_put_long(out, s->rate_posts);
    optional_put(s->rate_lc, out);
    optional_put(s->rate_views, out);
    avro_put_long(out, s->rate_views_posts);
    avro_put_long(out, s->mature_posts);
    avro_put_long(out, s->has_estimate);
    if (s->has_estimate) {
        avro_put_double(out, s->estimate);
        avro_put_double(out, s->estimate_low);
        avro_put_double(out, s->estimate_high);
        avro_put_double(out, s->estimate_confidence);
    }
    optional_put(s->velocity, out);
    avro_put_bool(out, s->followers_late);
}

void score_encode(const struct score *s, const struct creator *c, const struct score_makers *makers,
                  const struct score_origin *origin, struct buffer *out)
{
    put_origin(out, s, origin);
    put_methodology(out, makers);
    put_profile(out, s);
    put_tiers(out, s);
    for (int w = 0; w < 4; w++)
        put_counts(out, s->windows[w]);
    put_counts(out, s->totals);
    avro_put_long(out, s->posts_90d);
    avro_put_long(out, s->sponsored_90d);
    put_rates(out, s);
    avro_put_long(out, origin->reason);
    record_tables(out, s, makers);
    record_signals(out, s);
    record_commercial(out, s);
    record_verdicts(out, s, c);
}
