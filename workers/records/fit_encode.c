/* fit_encode: a fit-score in the order of schemas/fit-score.avsc. */
#include "microflux/fit_record.h"

void optional_put(struct optional x, struct buffer *out)
{
    avro_put_maybe_double(out, x.there, x.value);
}

void weighted_put(const struct weighted *w, struct buffer *out)
{
    avro_put_there(out);
    avro_put_maybe_double(out, w->there, w->score);
    avro_put_double(out, w->confidence);
    avro_put_block(out, w->n);
    for (size_t i = 0; i < w->n; i++) {
        const struct contribution *part = &w->of[i];
        avro_put_bytes(out, bytes_of(part->signal));
        avro_put_maybe_double(out, part->there, part->value);
        optional_put(part->peer, out);
        avro_put_long(out, part->n);
        avro_put_double(out, part->confidence);
        avro_put_double(out, part->weight);
        avro_put_double(out, part->contribution);
    }
    avro_put_end(out);
}

static void put_makers(const struct fit_record *r, struct buffer *out)
{
    avro_put_bytes(out, r->methodology);
    avro_put_bytes(out, r->methodology_version);
    avro_put_bytes(out, r->methodology_digest);
    avro_put_there(out);
    avro_put_maybe_bytes(out, r->campaign);
    avro_put_maybe_bytes(out, r->lexicons);
    avro_put_maybe_bytes(out, r->peers);
    avro_put_maybe_bytes(out, r->embedding);
}

static void put_waterfall(const struct fit *fit, struct buffer *out)
{
    avro_put_block(out, N_FACTORS);
    for (int i = 0; i < N_FACTORS; i++) {
        avro_put_bytes(out, bytes_of(fit_factor_names[i]));
        avro_put_double(out, fit->factors[i]);
        avro_put_double(out, fit->steps[i]);
    }
    avro_put_end(out);
}

static void put_fit(const struct fit_record *r, struct buffer *out)
{
    avro_put_maybe_bytes(out, r->gate);
    avro_put_double(out, r->score);
    avro_put_double(out, r->confidence);
    avro_put_there(out);
    avro_put_double(out, r->affinity);
    avro_put_long(out, r->affinity_source);
    optional_put(r->target, out);
    optional_put(r->values, out);
    if (r->fit) {
        weighted_put(&r->fit->quality, out);
        put_waterfall(r->fit, out);
    } else {
        avro_put_long(out, 0);
        avro_put_end(out);
    }
}

static void put_creator(const struct fit_record *r, struct buffer *out)
{
    avro_put_maybe_bytes(out, r->platform);
    avro_put_maybe_bytes(out, r->tier);
    avro_put_maybe_long(out, r->has_followers, r->followers);
    optional_put(r->estimate, out);
    avro_put_maybe_long(out, r->has_price, r->price);
    if (r->has_price)
        avro_put_bytes(out, r->price_currency);
    optional_put(r->authenticity, out);
    avro_put_maybe_bytes(out, r->actors);
}

static void put_collaboration(const struct fit_record *r, struct buffer *out)
{
    avro_put_maybe_long(out, r->collaboration.posts > 0, r->collaboration.posts);
    if (r->collaboration.posts <= 0)
        return;
    avro_put_long(out, r->collaboration.newest);
    avro_put_long(out, r->collaboration.engagements);
}

static void put_delivered(const struct fit_record *r, struct buffer *out)
{
    const struct avro_map *values = &r->delivered.values;
    avro_put_maybe_long(out, r->has_delivered, r->delivered.newest);
    if (!r->has_delivered)
        return;
    avro_put_long(out, r->delivered.clicks);
    avro_put_long(out, r->delivered.purchases);
    avro_put_block(out, values->n);
    for (size_t i = 0; i < values->n; i++) {
        avro_put_bytes(out, values->entries[i].key);
        avro_put_long(out, (int64_t)values->entries[i].value);
    }
    avro_put_end(out);
}

void fit_record_encode(const struct fit_record *r, struct buffer *out)
{
    avro_put_bytes(out, r->campaign_id);
    avro_put_bytes(out, r->creator_id);
    avro_put_long(out, r->epoch);
    avro_put_long(out, r->offsets);
    avro_put_long(out, r->as_of);
    put_makers(r, out);
    put_fit(r, out);
    put_creator(r, out);
    put_collaboration(r, out);
    put_delivered(r, out);
    avro_put_maybe_long(out, r->has_newest_post, r->newest_post_at);
}
