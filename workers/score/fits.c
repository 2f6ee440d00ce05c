/* fits: a creator against the campaigns (scoring.md §10). Whatever moves its affinity or opens another gate
 * holds it against all of them, anything else against those where it has a place; a visit against those that
 * are to judge everybody. Affinity bounds the fit, so most pairs cost a look at the platform and tier and one
 * product.
 *
 * A table knows the best of those who were left out: when a place falls free, or its last one falls behind
 * them by what would be told, everybody is judged again.
 */
#include "fits.h"

#include <math.h>
#include <stdlib.h>

#define ROUNDED 0.002 /* what two fits and their difference may be off by */

void *fits_open(void *self)
{
    struct fits *fits = calloc(1, sizeof *fits);
    if (!fits)
        abort();
    fit_tables_open(&fits->tables, (size_t)score_fit_judge(self)->m->fit_best);
    fits->next_edge = INT64_MIN;
    return fits;
}

void fits_close(void *self, void *annex)
{
    struct fits *fits = annex;
    (void)self;
    if (!fits)
        return;
    fit_tables_close(&fits->tables);
    free(fits->of_set);
    free(fits->told.all);
    free(fits->flying.all);
    buffer_free(&fits->told.names);
    buffer_free(&fits->flying.names);
    buffer_free(&fits->ghosts);
    free(fits);
}

/* ---- telling ---- */

static void tell(struct fits *fits, struct judged *judged, const struct fit_campaign *campaign,
                 struct fit_table *table, struct fit_place *place, const struct fit *fit)
{
    struct buffer value = {0};
    fit_told(judged, campaign, fit, &value);
    fits_tell(judged->emitter, table->head.key, judged->name, (struct bytes){value.data, value.len});
    buffer_free(&value);
    judged->judge->counts[SCORE_FITS_TOLD]++;
    place->told = place->score;
    fits_note(&fits->told, table->head.key, judged->name, place->told);
}

static void put_out(struct fits *fits, const struct judged *judged, struct fit_table *table,
                    struct fit_place *place)
{
    struct bytes creator = place->member->head.key;
    table->held &= !bytes_equal(creator, judged->name);
    if (isnan(place->told) && fits_fills(fits, table)) {
        fit_table_remove(&fits->tables, table, place);
        return;
    }
    fits_tell(judged->emitter, table->head.key, creator, (struct bytes){0});
    judged->judge->counts[SCORE_FITS_LEFT]++;
    fits_note(&fits->told, table->head.key, creator, NAN);
    fit_table_remove(&fits->tables, table, place);
}

/* ---- as long as nothing is worth telling ---- */

static void calm_down(struct fit_calm *calm, const struct fit_campaign *campaign,
                      const struct fit_place *place, double min_change)
{
    double told = isnan(place->told) ? INFINITY : place->told;
    calm->slack = fmin(calm->slack, min_change - fabs(place->score - told));
    calm->most = fmax(calm->most, place->score);
    calm->exponent = fmax(calm->exponent, campaign->weights[FACTOR_QUALITY]);
    calm->rate = fmax(calm->rate, campaign->min_rate.there ? campaign->min_rate.value : 0);
    calm->authenticity =
        fmax(calm->authenticity, campaign->min_authenticity.there ? campaign->min_authenticity.value : 0);
}

static struct fit_calm calm_of(const struct judged *judged)
{
    const struct methodology *m = judged->judge->m;
    const struct fit_creator *creator = &judged->seen.creator;
    struct weighted quality;
    fit_quality(m, &judged->seen.quality, &quality);
    return (struct fit_calm){.quality = factor_quality(m, &quality),
                             .slack = INFINITY,
                             .suspicious = fit_suspicious(m, creator),
                             .posts = judged->c->offsets[TOPIC_POSTS]};
}

static bool reaches(struct optional value, double least)
{
    return !value.there || value.value >= least;
}

/* What else moves a fit is in the digest of whom it was held against all campaigns with. */
static bool is_calm(const struct fit_calm *before, const struct judged *judged)
{
    const struct fit_creator *creator = &judged->seen.creator;
    if (!before->there || judged->calm.suspicious != before->suspicious ||
        judged->calm.posts != before->posts || !reaches(creator->estimate, before->rate) ||
        !reaches(creator->authenticity, before->authenticity))
        return false;
    double ratio = judged->calm.quality / before->quality;
    return before->most * fabs(pow(ratio, before->exponent) - 1) + ROUNDED < before->slack;
}

/* ---- one pair ---- */

static void left_out(struct fit_table *table, double score)
{
    table->dirty |= table->outside == 0;
    table->outside = fmax(table->outside, score);
}

static void look_outside(struct fits *fits, const struct fit_judge *judge, struct fit_table *table)
{
    bool gap = table->n < fits->tables.most ||
               fit_table_floor(&fits->tables, table) < table->outside - judge->m->fit_min_change;
    if (gap && table->outside > 0 && table->until <= fits->visits)
        fits_due(fits, table);
}

static void place(struct fits *fits, struct judged *judged, const struct fit_campaign *campaign,
                  struct fit_table *table, struct fit_place *held, const struct fit *fit)
{
    double score = fit_rounded(fit->score), before = NAN;
    struct fit_place *at = fit_table_put(&fits->tables, table, held, judged->name, score);
    if (!at) {
        left_out(table, score);
        return;
    }
    before = at->told;
    bool news = judged->again || isnan(before) ||
                fit_rounded(fabs(score - before)) >= judged->judge->m->fit_min_change;
    if (news && !(isnan(before) && fits_fills(fits, table)))
        tell(fits, judged, campaign, table, at, fit);
    calm_down(&judged->calm, campaign, at, judged->judge->m->fit_min_change);
    if (fit_table_crowded(&fits->tables, table)) {
        struct fit_place *last = &table->best[table->n - 1];
        left_out(table, last->score);
        put_out(fits, judged, table, last);
    }
}

static double most_of(const struct fits *fits, const struct judged *judged,
                      const struct fit_campaign *campaign)
{
    const struct fit_judge *judge = judged->judge;
    return judge->embedding
               ? direction_score(&fits->set->directions[campaign - fits->set->all], judged->seen.v)
               : fit_affinity(campaign, judge->m, &judged->seen);
}

/* Why it leaves is told where a campaign may have chosen it and now wants to know. */
static void leave(struct fits *fits, struct judged *judged, const struct fit_campaign *campaign,
                  struct fit_table *table, struct fit_place *place, const struct fit *fit)
{
    if (fit->gate == GATE_COMPETITOR)
        tell(fits, judged, campaign, table, place, fit);
    put_out(fits, judged, table, place);
}

static void judge_pair(struct fits *fits, struct judged *judged, const struct fit_campaign *campaign,
                       struct fit_table *table)
{
    const struct fit_judge *judge = judged->judge;
    struct fit_place *held =
        table->held ? fit_table_place(table, fit_tables_member(&fits->tables, judged->name)) : NULL;
    struct fit fit;
    judge->counts[SCORE_FITS_JUDGED]++;
    if (!held) {
        double most = fit_rounded(most_of(fits, judged, campaign));
        if (most <= 0 || most < fit_table_floor(&fits->tables, table)) {
            left_out(table, most);
            return;
        }
    }
    fit_of(campaign, judge->m, &judged->seen, &fit);
    if (fit.gate != GATE_NONE)
        tally_count(judge->gates, fit_gate_names[fit.gate]);
    if (fit_rounded(fit.score) > 0)
        place(fits, judged, campaign, table, held, &fit);
    else if (held)
        leave(fits, judged, campaign, table, held, &fit);
    look_outside(fits, judge, table);
}

/* ---- one creator ---- */

static void judge_all(struct fits *fits, struct judged *judged)
{
    const struct campaign_set *set = fits->set;
    const struct fit_creator *creator = &judged->seen.creator;
    const uint64_t *admits = campaign_set_admits(set, creator->platform, creator->tier);
    for (size_t word = 0; word < campaign_set_words(set); word++)
        for (uint64_t bits = admits[word]; bits; bits &= bits - 1) {
            size_t at = 64 * word + (size_t)__builtin_ctzll(bits);
            if (fits->of_set[at])
                judge_pair(fits, judged, &set->all[at], fits->of_set[at]);
        }
}

static void judge_due(struct fits *fits, struct judged *judged)
{
    for (size_t i = 0; i < fits->set->n && fits->due_until > fits->settled; i++)
        if (fits->of_set[i] && fits->of_set[i]->until > fits->settled)
            judge_pair(fits, judged, &fits->set->all[i], fits->of_set[i]);
}

/* Those where it has a place: it may leave some. gone: all of them. */
static void judge_held(struct fits *fits, struct judged *judged, bool gone)
{
    struct fit_member *member = fit_tables_member(&fits->tables, judged->name);
    size_t n = member ? member->n : 0;
    struct fit_table **tables = calloc(n ? n : 1, sizeof *tables);
    if (!tables)
        abort();
    for (size_t i = 0; i < n; i++)
        tables[i] = member->tables[i];
    for (size_t i = 0; i < n; i++) {
        struct fit_table *table = tables[i];
        if (gone) {
            put_out(fits, judged, table,
                    fit_table_place(table, fit_tables_member(&fits->tables, judged->name)));
            look_outside(fits, judged->judge, table);
        } else if (table->campaign) {
            judge_pair(fits, judged, table->campaign, table);
        }
    }
    free(tables);
}

static void mark_held(const struct fit_member *member, bool held)
{
    for (size_t i = 0; member && i < member->n; i++)
        member->tables[i]->held = held;
}

static void judge_now(struct fits *fits, struct judged *judged, struct fit_member *member, bool all,
                      bool visited)
{
    mark_held(member, true);
    judge_held(fits, judged, false);
    judged->again = false; /* the others are told because they are new there */
    if (all)
        judge_all(fits, judged);
    else if (visited)
        judge_due(fits, judged);
    member = fit_tables_member(&fits->tables, judged->name);
    mark_held(member, false);
    judged->calm.there = true;
    if (member)
        member->calm = judged->calm;
}

/* All that affinity, target and the gates of posts, platform and tier depend on. */
static uint64_t moved(const struct creator *c, const struct fit_judge *judge, const struct fit_view *view)
{
    const struct score *s = judge->score;
    const char *tier = s->n_tiers ? s->tiers[0].tier : "";
    const struct bytes shares = {(const char *)c->shares, c->shares ? SHARES_KINDS * sizeof *c->shares : 0};
    uint64_t all[NICHES + 6] = {c->words,
                                c->platform,
                                bytes_hash(bytes_of(tier)),
                                judge->m->digest,
                                bytes_hash((struct bytes){(const char *)view->v, sizeof view->v}),
                                bytes_hash(shares)};
    memcpy(all + 6, s->niche.posterior, sizeof s->niche.posterior);
    uint64_t digest = bytes_hash((struct bytes){(const char *)all, sizeof all});
    return digest ? digest : 1;
}

bool fits_judge(void *self, void *annex, void *state, struct bytes subject, const struct lane_view *view,
                enum lane_reason reason, bool visited, const struct lane_emitter *emitter)
{
    struct fits *fits = annex;
    struct creator *c = state;
    const struct fit_judge *judge = score_fit_judge(self);
    struct judged judged = {.judge = judge,
                            .c = c,
                            .name = subject,
                            .view = view,
                            .emitter = emitter,
                            .again = reason == LANE_SWEEP};
    fits_sync(fits, judge, view->as_of);
    bool gone = creator_gone(c);
    if (gone || !fits->set || fits->set->n == 0) {
        judge_held(fits, &judged, gone);
        return false;
    }
    fit_view_of(c, judge->score, judge->m, judge->embedding, judge->words, &judged.seen);
    uint64_t digest = moved(c, judge, &judged.seen);
    struct fit_member *member = fit_tables_member(&fits->tables, subject);
    bool all = reason == LANE_SWEEP || digest != c->judged;
    if (all || visited || member) {
        judged.calm = calm_of(&judged);
        if (all || visited || !is_calm(&member->calm, &judged))
            judge_now(fits, &judged, member, all, visited);
    }
    c->judged = digest;
    buffer_free(&judged.actors);
    return false;
}
