/* record_signals: the sections of a score that are weighed: peers, authenticity, growth, community, topics,
 * commercial, the whole and its flags, each a record of schemas/creator-score.avsc in its order. */
#include <inttypes.h>
#include <stdio.h>

#include "record.h"

void record_tables(struct buffer *out, const struct score *s, const struct score_makers *makers)
{
    char table[17];
    snprintf(table, sizeof table, "%016" PRIx64, s->peers.table);
    avro_put_there(out);
    avro_put_maybe_bytes(out, bytes_of(s->peers.there ? table : makers->peers));
    avro_put_maybe_bytes(out, bytes_of(makers->lexicons));
    avro_put_maybe_bytes(out, bytes_of(makers->embedding));
    avro_put_maybe_bytes(out, bytes_of(makers->niche));
}

static void put_peers(struct buffer *out, const struct peer_value *peers)
{
    avro_put_long(out, peers->there);
    if (!peers->there)
        return;
    avro_put_long(out, peers->n > 0); /* BENCHMARK, STREAM */
    avro_put_long(out, peers->n);
    avro_put_double(out, peers->median);
    avro_put_double(out, peers->percentile);
    avro_put_double(out, peers->score);
}

static void put_audience(struct buffer *out, const struct audience_value *audience)
{
    avro_put_long(out, audience->suspicious.there);
    if (!audience->suspicious.there)
        return;
    avro_put_long(out, audience->part.n);
    avro_put_double(out, audience->suspicious.value);
    avro_put_double(out, audience->suspicious_low.value);
    avro_put_double(out, audience->suspicious_high.value);
    avro_put_double(out, audience->base_rate);
}

static void put_terms(struct buffer *out, const struct term_value terms[N_TERMS])
{
    size_t n = 0;
    for (int i = 0; i < N_TERMS; i++)
        n += terms[i].there;
    avro_put_block(out, n);
    for (int i = 0; i < N_TERMS; i++) {
        if (!terms[i].there)
            continue;
        avro_put_bytes(out, bytes_of(term_names[i]));
        avro_put_double(out, terms[i].x);
        avro_put_long(out, terms[i].n);
        avro_put_double(out, terms[i].penalty);
    }
    avro_put_end(out);
}

static void put_growth(struct buffer *out, const struct growth_value *growth)
{
    avro_put_long(out, growth->z.there);
    if (!growth->z.there)
        return;
    avro_put_long(out, growth->part.n);
    avro_put_double(out, growth->z.value);
    avro_put_double(out, growth->mad);
    avro_put_long(out, growth->spike_day);
    avro_put_bool(out, growth->benign);
    avro_put_bool(out, growth->lost);
    optional_put(growth->following, out);
}

static void put_content(struct buffer *out, const struct content_value *content)
{
    avro_put_there(out);
    optional_put(content->saturation, out);
    optional_put(content->undisclosed, out);
    avro_put_long(out, content->likely_posts);
    avro_put_long(out, content->ring_posts);
}

static void put_activity(struct buffer *out, const struct activity_value *activity)
{
    avro_put_there(out);
    for (int i = 0; i < 2; i++) {
        avro_put_maybe_long(out, activity->followers[i].there, activity->followers[i].absolute);
        optional_put(activity->followers[i].relative, out);
    }
    avro_put_double(out, activity->posts_per_week);
    avro_put_maybe_long(out, activity->days_since_post.there, (int64_t)activity->days_since_post.value);
}

static void put_community(struct buffer *out, const struct community_value *community)
{
    avro_put_there(out);
    optional_put((struct optional){community->part.score, community->part.there}, out);
    avro_put_double(out, community->part.confidence);
    avro_put_long(out, community->sampled);
    avro_put_maybe_long(out, community->unique_actors.there, (int64_t)community->unique_actors.value);
    optional_put(community->repeat, out);
    optional_put(community->repeat_error, out);
    optional_put(community->reply, out);
    avro_put_maybe_long(out, community->unique_actors.there, community->since);
}

static void put_vector(struct buffer *out, const struct niche_value *niche)
{
    avro_put_long(out, niche->known);
    avro_put_long(out, niche->met);
    avro_put_long(out, niche->has_vector);
    if (!niche->has_vector)
        return;
    avro_put_double(out, (double)niche->vector.scale);
    avro_put_bytes(out, (struct bytes){(const char *)niche->vector.code, DIMS});
}

static void put_topics(struct buffer *out, const struct niche_value *niche)
{
    avro_put_there(out);
    avro_put_long(out, niche->model); /* LEXICON, MODEL */
    avro_put_maybe_bytes(out, bytes_of(niche->asserted));
    avro_put_block(out, niche->n);
    for (size_t i = 0; i < niche->n; i++) {
        avro_put_bytes(out, bytes_of(niche->names[i]));
        avro_put_double(out, niche->posterior[i]);
    }
    avro_put_end(out);
    avro_put_long(out, niche->focus.n);
    optional_put((struct optional){niche->focus.score, niche->focus.there}, out);
    avro_put_double(out, niche->focus.confidence);
    put_vector(out, niche);
}

void record_signals(struct buffer *out, const struct score *s)
{
    put_peers(out, &s->peers);
    weighted_put(&s->authenticity, out);
    put_audience(out, &s->audience);
    put_terms(out, s->terms);
    put_growth(out, &s->growth);
    put_content(out, &s->content);
    put_activity(out, &s->activity);
    put_community(out, &s->community);
    put_topics(out, &s->niche);
}

static void put_brands(struct buffer *out, const struct commercial_value *value)
{
    avro_put_block(out, value->n_brands);
    for (size_t i = 0; i < value->n_brands; i++) {
        avro_put_bytes(out, value->brands[i].name);
        avro_put_long(out, value->brands[i].last / MS_DAY);
        avro_put_long(out, value->brands[i].count);
        avro_put_bool(out, value->brands[i].official);
    }
    avro_put_end(out);
}

static void put_media_value(struct buffer *out, const struct commercial_value *value)
{
    avro_put_long(out, value->media_value[0].there);
    if (!value->media_value[0].there)
        return;
    avro_put_bytes(out, bytes_of(value->media_currency));
    for (int w = 0; w < 4; w++)
        avro_put_double(out, value->media_value[w].value);
}

static void put_money(struct buffer *out, const struct campaign_value values[CAMPAIGN_CURRENCIES])
{
    size_t n = 0;
    for (int i = 0; i < CAMPAIGN_CURRENCIES; i++)
        n += values[i].minor_units != 0;
    avro_put_block(out, n);
    for (int i = 0; i < CAMPAIGN_CURRENCIES; i++) {
        if (values[i].minor_units == 0)
            continue;
        avro_put_bytes(out, bytes_of(values[i].currency));
        avro_put_long(out, values[i].minor_units);
    }
    avro_put_end(out);
}

static int64_t not_below_0(int64_t n)
{
    return n > 0 ? n : 0;
}

static void put_campaigns(struct buffer *out, const struct commercial_value *value)
{
    avro_put_block(out, value->n_campaigns);
    for (size_t i = 0; i < value->n_campaigns; i++) {
        const struct campaign *campaign = value->campaigns[i];
        avro_put_bytes(out, (struct bytes){campaign->id, campaign->id_len});
        avro_put_long(out, campaign->last);
        avro_put_long(out, not_below_0(campaign->clicks));
        avro_put_long(out, not_below_0(campaign->purchases));
        put_money(out, campaign->values);
    }
    avro_put_end(out);
}

void record_commercial(struct buffer *out, const struct score *s)
{
    const struct commercial_value *value = &s->commercial;
    avro_put_there(out);
    optional_put(value->paid_performance, out);
    avro_put_long(out, value->sponsored_posts);
    avro_put_long(out, value->organic_posts);
    put_brands(out, value);
    avro_put_maybe_bytes(out, bytes_of(value->currency));
    optional_put(value->cost_per_engagement, out);
    put_media_value(out, value);
    put_campaigns(out, value);
}

static void put_flag(struct buffer *out, const char *name, const struct flag_value *flag,
                     const struct creator *c)
{
    const struct post *post = flag->place.kind == EVIDENCE_POST ? creator_post_in(c, flag->place.at) : NULL;
    avro_put_bytes(out, bytes_of(name));
    avro_put_double(out, flag->value);
    avro_put_double(out, flag->threshold);
    avro_put_long(out, post != NULL);
    if (post)
        avro_put_bytes(out, (struct bytes){post->id, post->id_len});
    avro_put_maybe_long(out, flag->place.kind == EVIDENCE_DAY, flag->place.at);
}

void record_verdicts(struct buffer *out, const struct score *s, const struct creator *c)
{
    size_t n = 0;
    weighted_put(&s->creator, out);
    for (int i = 0; i < N_FLAGS; i++)
        n += s->flags[i].raised;
    avro_put_block(out, n);
    for (int i = 0; i < N_FLAGS; i++)
        if (s->flags[i].raised)
            put_flag(out, flag_names[i], &s->flags[i], c);
    avro_put_end(out);
}
