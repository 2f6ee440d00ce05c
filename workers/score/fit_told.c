/* fit_told: a pair as a record of fit-scores. */
#include <inttypes.h>
#include <stdio.h>

#include "fits.h"
#include "microflux/fit_record.h"

/* The posts seen are those of the ring that are not deleted, in its order. */
static void put_collaboration(const struct judged *judged, uint32_t brand, struct fit_record *record)
{
    const struct creator *c = judged->c;
    for (size_t i = 0, seen = 0; i < c->n_posts; i++) {
        if (c->posts[i].deleted)
            continue;
        const struct fit_post *post = &judged->seen.posts[seen++];
        if (!post->sponsored || !fit_post_names(post, brand))
            continue;
        record->collaboration.posts++;
        record->collaboration.engagements += engagements(c->posts[i].counts);
        if (post->posted_at > record->collaboration.newest)
            record->collaboration.newest = post->posted_at;
    }
}

static void put_delivered(const struct creator *c, struct bytes campaign,
                          struct avro_entry values[CAMPAIGN_CURRENCIES], struct fit_record *record)
{
    for (size_t i = 0; i < c->n_campaigns; i++) {
        const struct campaign *of = &c->campaigns[i];
        if (!bytes_equal((struct bytes){of->id, of->id_len}, campaign))
            continue;
        record->has_delivered = true;
        record->delivered.newest = of->last;
        record->delivered.clicks = of->clicks;
        record->delivered.purchases = of->purchases;
        record->delivered.values.entries = values;
        for (size_t k = 0; k < CAMPAIGN_CURRENCIES && of->values[k].currency[0]; k++)
            values[record->delivered.values.n++] =
                (struct avro_entry){bytes_of(of->values[k].currency), (double)of->values[k].minor_units};
    }
}

static struct bytes actors_of(struct judged *judged)
{
    if (!judged->has_actors && judged->c->actors) {
        uint8_t registers[HLL_REGISTERS] = {0};
        struct hll hll = {0};
        actors_registers(judged->c->actors, judged->view->as_of, registers);
        hll_of(registers, &hll);
        hll_pack(&hll, &judged->actors);
        hll_free(&hll);
    }
    judged->has_actors = true;
    return (struct bytes){judged->actors.data, judged->actors.len};
}

static void put_creator(struct judged *judged, struct fit_record *record)
{
    const struct creator *c = judged->c;
    const struct score *s = judged->judge->score;
    record->platform = bytes_of(s->platform);
    record->tier = bytes_of(judged->seen.creator.tier);
    record->has_followers = s->has_profile;
    record->followers = s->followers;
    record->estimate = judged->seen.creator.estimate;
    record->authenticity = judged->seen.creator.authenticity;
    record->has_price = c->price_currency[0] != 0;
    record->price = c->price;
    record->price_currency = bytes_of(c->price_currency);
    record->actors = actors_of(judged);
    for (size_t i = 0; i < judged->seen.creator.n_posts; i++) {
        int64_t at = judged->seen.posts[i].posted_at;
        record->newest_post_at =
            record->has_newest_post && record->newest_post_at > at ? record->newest_post_at : at;
        record->has_newest_post = true;
    }
}

void fit_told(struct judged *judged, const struct fit_campaign *campaign, const struct fit *fit,
              struct buffer *out)
{
    const struct fit_judge *judge = judged->judge;
    struct avro_entry values[CAMPAIGN_CURRENCIES];
    char digest[17], embedding[17] = "";
    snprintf(digest, sizeof digest, "%016" PRIx64, campaign->digest);
    if (judge->embedding)
        snprintf(embedding, sizeof embedding, "%016" PRIx64, judge->embedding->digest);
    struct fit_record record = {.campaign_id = bytes_of(campaign->id),
                                .creator_id = judged->name,
                                .epoch = (int32_t)judged->c->epoch,
                                .offsets = score_version(judged->c),
                                .as_of = judged->view->as_of,
                                .methodology = bytes_of(judge->m->name),
                                .methodology_version = bytes_of(judge->m->version),
                                .methodology_digest = bytes_of(judge->makers->digest),
                                .campaign = bytes_of(digest),
                                .lexicons = bytes_of(judge->makers->lexicons),
                                .peers = bytes_of(judge->makers->peers),
                                .embedding = bytes_of(embedding),
                                .gate = bytes_of(fit_gate_names[fit->gate]),
                                .score = fit_rounded(fit->score),
                                .confidence = fit->confidence,
                                .affinity = fit_rounded(fit->affinity),
                                .affinity_source = campaign->modelled ? AFFINITY_VECTORS : AFFINITY_LEXICON,
                                .target = fit->target,
                                .values = fit->values,
                                .fit = fit};
    put_creator(judged, &record);
    put_collaboration(judged, campaign->brand_token, &record);
    put_delivered(judged->c, record.campaign_id, values, &record);
    avro_put_frame(out, judge->schema_id, judge->fingerprint);
    fit_record_encode(&record, out);
}
