/* The worked examples of the specification that are one calculation on direct arguments (sections 2 to 9):
 * each `call` is a function of the room, its result is compared name by name. The folder is found as in
 * domain_examples_test.c. */
#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "domain_room.h"
#include "microflux/fit.h"

static struct methodology *m;
static int checked, files;

static const json_t *of(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static double real(const json_t *object, const char *name)
{
    return json_number_value(of(object, name));
}

static int64_t whole(const json_t *object, const char *name)
{
    return (int64_t)real(object, name);
}

static void expect(const char *file, const json_t *wanted, const char *name, bool there, double found,
                   double tolerance)
{
    const json_t *w = of(wanted, name);
    if (!w)
        return;
    checked++;
    if (json_is_null(w) ? there
                        : !there || fabs(json_number_value(w) - found) >
                                        fmax(tolerance, 1e-6 * fabs(json_number_value(w))))
        fail_msg("%s: %s wanted %.10g, found %s%.10g", file, name, json_number_value(w), there ? "" : "null ",
                 found);
}

static void expect_part(const char *file, const json_t *wanted, struct part part)
{
    expect(file, wanted, "score", part.there, part.score, 1e-3);
    expect(file, wanted, "confidence", true, part.confidence, 1e-9);
}

/* Names of an object with their values, in the order of a table. */
static void expect_each(const char *file, const json_t *wanted, const char *const *names,
                        const double *values, const bool *there, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++)
        if (there[i])
            expect(file, wanted, names[i], true, values[i], tolerance);
    assert_true(json_object_size((json_t *)(uintptr_t)wanted) <= n);
}

static size_t reals(const json_t *list, double *out)
{
    size_t i;
    json_t *x;
    json_array_foreach((json_t *)(uintptr_t)list, i, x) out[i] = json_number_value(x);
    return json_array_size(list);
}

static size_t rated(const json_t *list, struct rated *out)
{
    size_t i;
    json_t *pair;
    json_array_foreach((json_t *)(uintptr_t)list, i, pair) out[i] =
        (struct rated){.engagements = (int64_t)json_number_value(json_array_get(pair, 0)),
                       .followers = json_number_value(json_array_get(pair, 1))};
    return json_array_size(list);
}

static void call_estimate(const char *file, const json_t *a, const json_t *w)
{
    struct rated posts[POSTS];
    struct score s = {0};
    engagement_estimate(posts, rated(of(a, "series"), posts), m, real(a, "peer_median"), &s);
    expect(file, w, "estimate", s.has_estimate, s.estimate, 1e-9);
    expect(file, w, "low", s.has_estimate, s.estimate_low, 1e-9);
    expect(file, w, "high", s.has_estimate, s.estimate_high, 1e-9);
    expect(file, w, "m", s.has_estimate, s.estimate_mean, 1e-9);
    expect(file, w, "n_eff", s.has_estimate, s.estimate_n, 1e-9);
    expect(file, w, "confidence", s.has_estimate, s.estimate_confidence, 1e-9);
}

static void call_peer_score(const char *file, const json_t *a, const json_t *w)
{
    expect(file, w, "value", true, peers_score(m, real(a, "x"), real(a, "b")), 1e-3);
}

static void call_percentile(const char *file, const json_t *a, const json_t *w)
{
    struct peer_cell cell = {.n = 100};
    reals(of(a, "quantiles"), cell.quantiles);
    expect(file, w, "value", true, peers_percentile(m, &cell, real(a, "x")), 1e-3);
}

static void call_quantiles(const char *file, const json_t *a, const json_t *w)
{
    struct peer_histogram histogram = {0};
    double wanted[PEER_QUANTILES];
    const char *bin;
    json_t *n;
    json_object_foreach((json_t *)(uintptr_t)of(a, "bins"), bin, n) histogram.bins[atoi(bin)] =
        (int64_t)json_number_value(n);
    struct peer_cell cell = peers_quantiles(m, &histogram);
    assert_int_equal(reals(of(w, "quantiles"), wanted), PEER_QUANTILES);
    for (int i = 0; i < PEER_QUANTILES; i++, checked++)
        if (fabs(wanted[i] - cell.quantiles[i]) > 1e-6 * wanted[i])
            fail_msg("%s: quantile %d wanted %.10g, found %.10g", file, i, wanted[i], cell.quantiles[i]);
}

static void call_fake(const char *file, const json_t *a, const json_t *w)
{
    const json_t *actor = of(a, "actor"), *picture = of(actor, "has_picture"),
                 *digits = of(actor, "name_digits");
    struct interaction_record r = {.actor_followers = whole(actor, "followers"),
                                   .actor_following = whole(actor, "following"),
                                   .actor_posts = whole(actor, "posts"),
                                   .actor_has_picture = json_is_true(picture),
                                   .actor_has_picture_known = json_is_boolean(picture),
                                   .actor_has_digits = json_is_integer(digits),
                                   .actor_name_digits = (int32_t)json_integer_value(digits)};
    expect(file, w, "value", true, actor_fake(m, &r), 1e-9);
}

static void call_audience(const char *file, const json_t *a, const json_t *w)
{
    struct sampled room[SAMPLE];
    double ps[SAMPLE];
    struct sample sample = {room, (uint8_t)reals(of(a, "ps"), ps), SAMPLE};
    struct audience_value value = {0};
    for (uint8_t i = 0; i < sample.n; i++)
        room[i] = (struct sampled){.hash = i, .fake = (uint8_t)(255 * ps[i] + 0.5), .known = ACTOR_FAKE};
    audience_evaluate(&sample, m, &value);
    expect_part(file, w, value.part);
    expect(file, w, "n", true, value.part.n, 0);
    expect(file, w, "suspicious_share", value.suspicious.there, value.suspicious.value, 1e-7);
    expect(file, w, "suspicious_low", value.suspicious_low.there, value.suspicious_low.value, 1e-7);
    expect(file, w, "suspicious_high", value.suspicious_high.there, value.suspicious_high.value, 1e-7);
}

static void expect_penalties(const char *file, const json_t *w, const struct term_value *terms)
{
    double penalties[N_TERMS];
    bool there[N_TERMS];
    for (int i = 0; i < N_TERMS; i++) {
        penalties[i] = terms[i].penalty;
        there[i] = terms[i].there;
    }
    expect_each(file, of(w, "penalties"), term_names, penalties, there, N_TERMS, 1e-3);
}

static void call_likes(const char *file, const json_t *a, const json_t *w)
{
    struct likes likes;
    struct term_value terms[N_TERMS] = {{0}};
    size_t at;
    likes.n = reals(of(a, "likes"), likes.likes);
    reals(of(a, "comments"), likes.comments);
    likes_log(&likes);
    terms[TERM_SPREAD] = (struct term_value){.there = true, .x = likes_spread(m, &likes, &at)};
    terms[TERM_STEP] = (struct term_value){.there = true, .x = likes_step(m, &likes, &at)};
    expect_part(file, w, engagement_part(m, terms, (int32_t)likes.n));
    expect(file, w, "spread", true, terms[TERM_SPREAD].x, 1e-9);
    expect(file, w, "step", true, terms[TERM_STEP].x, 1e-9);
    expect_penalties(file, w, terms);
}

static void call_engagement(const char *file, const json_t *a, const json_t *w)
{
    struct term_value terms[N_TERMS] = {{0}};
    for (int i = 0; i < N_TERMS; i++)
        terms[i] = (struct term_value){.there = of(of(a, "x"), term_names[i]) != NULL,
                                       .x = real(of(a, "x"), term_names[i])};
    expect_part(file, w, engagement_part(m, terms, (int32_t)whole(a, "n_posts")));
    expect_penalties(file, w, terms);
}

static void call_growth(const char *file, const json_t *a, const json_t *w)
{
    struct profile_day days[PROFILE_DAYS] = {{0}};
    struct window ring = {.span = 92};
    struct growth_value value = {0};
    const char *day;
    size_t i;
    int slot;
    json_t *d;
    json_array_foreach((json_t *)(uintptr_t)of(a, "days"), i, d) days[i] =
        (struct profile_day){.day = (int32_t)whole(d, "day"),
                             .followers = whole(d, "followers"),
                             .following = whole(d, "following"),
                             .has_following = of(d, "following") != NULL};
    json_object_foreach((json_t *)(uintptr_t)of(a, "day_engagements"), day, d)
        window_add(&ring, atoi(day), KIND_LIKE, (int64_t)json_number_value(d), &slot);
    size_t n = json_array_size(of(a, "days"));
    growth_evaluate(days, n, &ring, m, days[n - 1].day, &value);
    expect_part(file, w, value.part);
    expect(file, w, "z", value.z.there, value.z.value, 1e-9);
    expect(file, w, "mad", true, value.mad, 1e-9);
    expect(file, w, "days", true, value.part.n, 0);
    if (of(w, "benign_spike"))
        assert_int_equal(json_is_true(of(w, "benign_spike")), value.benign);
    window_free(&ring);
}

static void set_term(struct score *s, enum term term, const json_t *v, const char *name)
{
    s->terms[term] = (struct term_value){.there = of(v, name) != NULL, .x = real(v, name)};
}

static void call_flags(const char *file, const json_t *a, const json_t *w)
{
    const json_t *v = of(a, "v");
    struct score s = {0};
    size_t raised = 0;
    set_term(&s, TERM_SPREAD, v, "spread");
    set_term(&s, TERM_STEP, v, "step");
    set_term(&s, TERM_GENERIC, v, "generic");
    set_term(&s, TERM_EARLY, v, "early_burst");
    s.growth.z = (struct optional){real(v, "growth_z"), of(v, "growth_z") != NULL};
    s.growth.benign = json_is_true(of(v, "benign"));
    s.content.saturation = (struct optional){real(v, "saturation"), of(v, "saturation") != NULL};
    s.community.repeat = (struct optional){real(v, "repeat"), of(v, "repeat") != NULL};
    flags_raise(m, &s);
    for (int i = 0; i < N_FLAGS; i++)
        if (s.flags[i].raised) {
            const char *name = json_string_value(json_array_get(of(w, "flags"), raised++));
            assert_true(name && strcmp(name, flag_names[i]) == 0);
        }
    assert_int_equal(raised, json_array_size(of(w, "flags")));
    (void)file;
    checked++;
}

static void call_content(const char *file, const json_t *a, const json_t *w)
{
    expect_part(file, w, content_part(m, whole(a, "n"), real(a, "saturation"), real(a, "undisclosed")));
}

static struct part part_named(const json_t *part)
{
    return (struct part){
        .there = json_is_object(part), .score = real(part, "score"), .confidence = real(part, "confidence")};
}

static void expect_weighted(const char *file, const json_t *w, const char *const *names,
                            const double *weights, const struct part *parts, size_t n)
{
    struct weighted out = {0};
    double final[MOST_PARTS], contributions[MOST_PARTS];
    bool there[MOST_PARTS];
    weigh(m, names, weights, parts, n, &out);
    expect(file, w, "score", out.there, out.score, 1e-3);
    expect(file, w, "confidence", true, out.confidence, 1e-9);
    for (size_t i = 0; i < n; i++) {
        final[i] = out.of[i].weight;
        contributions[i] = out.of[i].contribution;
        there[i] = out.of[i].there;
    }
    expect_each(file, of(w, "weights"), names, final, there, n, 1e-9);
    expect_each(file, of(w, "contributions"), names, contributions, there, n, 1e-3);
}

static void call_authenticity(const char *file, const json_t *a, const json_t *w)
{
    struct part parts[N_AUTHENTICITY_PARTS];
    for (int i = 0; i < N_AUTHENTICITY_PARTS; i++)
        parts[i] = part_named(of(of(a, "parts"), authenticity_part_names[i]));
    expect_weighted(file, w, authenticity_part_names, m->authenticity_weights, parts, N_AUTHENTICITY_PARTS);
}

static void call_creator(const char *file, const json_t *a, const json_t *w)
{
    static const char *const arguments[] = {"engagement_part", "authenticity_part", "niche_part",
                                            "community_part"};
    struct part parts[N_CREATOR_PARTS];
    for (int i = 0; i < N_CREATOR_PARTS; i++)
        parts[i] = part_named(of(a, arguments[i]));
    expect_weighted(file, w, creator_part_names, m->creator_weights, parts, N_CREATOR_PARTS);
}

static void call_repeat(const char *file, const json_t *a, const json_t *w)
{
    struct sample sample = {0};
    struct community_value value = {0};
    const char *name;
    json_t *posts, *post;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)of(a, "sample"), name, posts) json_array_foreach(posts, i, post)
    {
        struct sampled actor = {.hash = HASH48(bytes_hash(bytes_of(name))),
                                .post = (uint16_t)bytes_hash(bytes_of(json_string_value(post))),
                                .known = ACTOR_POST};
        sample_add(&sample, &actor);
    }
    community_repeat(&sample, &value);
    expect(file, w, "share", value.repeat.there, value.repeat.value, 1e-7);
    expect(file, w, "n", true, value.sampled, 0);
    expect(file, w, "standard_error", value.repeat_error.there, value.repeat_error.value, 1e-7);
    sample_free(&sample);
}

static struct optional maybe(const json_t *object, const char *name)
{
    return (struct optional){real(object, name), json_is_number(of(object, name))};
}

static void call_community(const char *file, const json_t *a, const json_t *w)
{
    expect_part(file, w, community_part(m, maybe(a, "repeat"), maybe(a, "reply"), (int32_t)whole(a, "n")));
}

static void call_paid(const char *file, const json_t *a, const json_t *w)
{
    struct rated sponsored[POSTS], organic[POSTS];
    size_t n_sponsored = rated(of(a, "sponsored"), sponsored), n_organic = rated(of(a, "organic"), organic);
    struct optional value = paid_performance(m, sponsored, n_sponsored, organic, n_organic);
    expect(file, w, "value", value.there, value.value, 1e-7);
}

static void call_cost(const char *file, const json_t *a, const json_t *w)
{
    int64_t price = whole(a, "price_minor");
    double estimate = real(a, "est");
    struct optional value =
        cost_per_engagement(json_is_number(of(a, "price_minor")) ? &price : NULL,
                            json_is_number(of(a, "est")) ? &estimate : NULL, whole(a, "followers"));
    expect(file, w, "value", value.there, value.value, 1e-7);
}

static void call_rounding(const char *file, const json_t *a, const json_t *w)
{
    double x = real(a, "x");
    bool rate = strcmp(json_string_value(of(a, "unit")), "rate") == 0;
    expect(file, w, "value", true, rate ? round_rate(x) : round_score(x), 1e-12);
}

static void call_focus(const char *file, const json_t *a, const json_t *w)
{
    double p[NICHES];
    size_t n = reals(of(a, "p"), p);
    expect_part(file, w, niche_focus(m, p, n, (int32_t)whole(a, "n_tokens")));
}

static void call_histogram(const char *file, const json_t *a, const json_t *w)
{
    int64_t matches[NICHES];
    double posterior[NICHES];
    for (size_t i = 0; i < m->n_niches; i++)
        matches[i] = whole(of(a, "matches"), m->niches[i]);
    niche_posterior(m, matches, posterior);
    for (size_t i = 0; i < m->n_niches; i++)
        expect(file, of(w, "histogram"), m->niches[i], true, posterior[i], 1e-7);
}

/* ---- §10, §11 ---- */

static uint32_t token_of(const char *name)
{
    return (uint32_t)bytes_hash(bytes_of(name));
}

static size_t tokens_of(const json_t *list, uint32_t *tokens)
{
    size_t i;
    json_t *name;
    json_array_foreach((json_t *)(uintptr_t)list, i, name) tokens[i] = token_of(json_string_value(name));
    return json_array_size(list);
}

static int niche_of(const char *name)
{
    for (size_t i = 0; i < m->n_niches; i++)
        if (strcmp(m->niches[i], name) == 0)
            return (int)i;
    return -1;
}

static void shares_of(const json_t *map, struct fit_shares *shares)
{
    const char *of_what;
    json_t *share;
    json_object_foreach((json_t *)(uintptr_t)map, of_what, share)
    {
        struct fit_share *s = &shares->each[shares->n++];
        snprintf(s->of, sizeof s->of, "%s", of_what);
        s->share = json_number_value(share);
    }
}

static int platform_of(const char *name)
{
    for (int i = 0; i < N_PLATFORMS; i++)
        if (strcmp(platform_names[i], name) == 0)
            return i;
    return 0;
}

static int64_t time_or(const json_t *object, const char *name, int64_t otherwise)
{
    return json_is_integer(of(object, name)) ? whole(object, name) : otherwise;
}

/* A term that is excluded is a niche here, or a tag. */
static struct fit_campaign campaign_of(const json_t *k)
{
    struct fit_campaign c = {.active = strcmp(json_string_value(of(k, "status")), "ACTIVE") == 0,
                             .starts_at = time_or(k, "starts_at", INT64_MIN),
                             .ends_at = time_or(k, "ends_at", INT64_MAX),
                             .min_authenticity = {real(k, "min_authenticity"), of(k, "min_authenticity")},
                             .min_rate = {real(k, "min_engagement_rate"), of(k, "min_engagement_rate")}};
    size_t i;
    json_t *name;
    json_array_foreach(of(k, "platforms"), i, name) c.platforms |=
        (uint16_t)(1u << platform_of(json_string_value(name)));
    json_array_foreach(of(k, "tiers"), i, name)
        snprintf(c.tiers[c.n_tiers++], sizeof c.tiers[0], "%s", json_string_value(name));
    json_array_foreach(of(k, "excluded"), i, name)
    {
        int niche = niche_of(json_string_value(name));
        if (niche >= 0)
            c.excluded_classes |= 1ull << niche;
        else
            c.excluded[c.n_excluded++] = token_of(json_string_value(name));
    }
    c.n_competitors = tokens_of(of(k, "competitors"), c.competitors);
    return c;
}

static void call_gates(const char *file, const json_t *a, const json_t *w)
{
    const json_t *c = of(a, "c"), *audience = of(c, "audience");
    struct fit_campaign campaign = campaign_of(of(a, "k"));
    uint32_t tokens[8][2 * TOKENS];
    struct fit_post posts[8] = {{0}};
    size_t i, t;
    json_t *p, *topic;
    struct fit_creator creator = {.platform = platform_of(json_string_value(of(c, "platform"))),
                                  .tier = json_string_value(of(c, "tier")),
                                  .suspicious = maybe(audience, "suspicious_share"),
                                  .suspicious_n = (int32_t)whole(audience, "n"),
                                  .authenticity = maybe(c, "authenticity"),
                                  .estimate = maybe(c, "engagement_rate_estimate"),
                                  .posts = posts};
    json_array_foreach(of(c, "posts"), i, p)
    {
        struct fit_post *post = &posts[creator.n_posts++];
        post->posted_at = whole(p, "posted_at");
        post->tokens = tokens[i];
        post->n_tokens = tokens_of(of(p, "tags"), tokens[i]);
        post->n_brands = tokens_of(of(p, "mentions"), post->brands);
        post->sponsored = json_is_true(of(p, "sponsored"));
        json_array_foreach(of(p, "topics"), t, topic) post->lexicon |= 1ull
                                                                       << niche_of(json_string_value(topic));
    }
    const char *found = fit_gate_names[fit_gate(m, &campaign, &creator, whole(a, "now"))],
               *wanted = json_string_value(of(w, "value"));
    if ((found == NULL) != (wanted == NULL) || (found && strcmp(found, wanted) != 0))
        fail_msg("%s: gate wanted %s, found %s", file, wanted ? wanted : "none", found ? found : "none");
    checked++;
}

static void call_affinity_lexicon(const char *file, const json_t *a, const json_t *w)
{
    int64_t matches[NICHES];
    double posterior[NICHES];
    struct fit_campaign campaign = {.active = true};
    for (size_t i = 0; i < m->n_niches; i++) {
        matches[i] = whole(of(a, "matches"), m->niches[i]);
        campaign.topics[i] = real(of(a, "topics"), m->niches[i]);
    }
    niche_posterior(m, matches, posterior);
    call_histogram(file, a, w);
    expect(file, w, "affinity", true, fit_affinity_lexicon(posterior, &campaign, m->n_niches), 1e-3);
}

static void call_target(const char *file, const json_t *a, const json_t *w)
{
    struct fit_campaign campaign = {0};
    struct fit_shares countries = {.n = 0}, languages = {.n = 0};
    shares_of(of(of(a, "k"), "countries"), &campaign.countries);
    shares_of(of(of(a, "k"), "languages"), &campaign.languages);
    shares_of(of(of(a, "aud"), "countries"), &countries);
    shares_of(of(of(a, "aud"), "languages"), &languages);
    struct optional t = fit_target(&campaign, &countries, &languages);
    expect(file, w, "T", t.there, t.value, 1e-9);
    expect(file, w, "factor", true, factor_target(m, t), 1e-9);
}

static void call_values(const char *file, const json_t *a, const json_t *w)
{
    double v = fit_values_share(m, (size_t)whole(a, "touching"), (size_t)whole(a, "posts"));
    expect(file, w, "v", true, v, 1e-9);
    expect(file, w, "factor", true, factor_values(m, (struct optional){v, true}), 1e-9);
}

static void call_quality(const char *file, const json_t *a, const json_t *w)
{
    struct weighted q = {0};
    const struct fit_quality parts = {part_named(of(a, "engagement_part")),
                                      part_named(of(a, "authenticity_part")), maybe(a, "saturation"),
                                      maybe(a, "ppp"), maybe(a, "cpe_ratio")};
    fit_quality(m, &parts, &q);
    expect(file, w, "score", q.there, q.score, 1e-3);
    expect(file, w, "confidence", true, q.confidence, 1e-9);
    expect(file, w, "factor", true, factor_quality(m, &q), 1e-9);
}

static void call_waterfall(const char *file, const json_t *a, const json_t *w)
{
    double factors[N_FACTORS] = {1, 1, 1}, weights[N_FACTORS] = {1, 1, 1}, steps[N_FACTORS];
    size_t i;
    json_t *pair, *step;
    for (int f = 0; f < N_FACTORS; f++) {
        json_array_foreach(of(a, "factors"), i, pair) if (strcmp(json_string_value(json_array_get(pair, 0)),
                                                                 fit_factor_names[f]) == 0) factors[f] =
            json_number_value(json_array_get(pair, 1));
        if (of(of(a, "weights"), fit_factor_names[f]))
            weights[f] = real(of(a, "weights"), fit_factor_names[f]);
    }
    expect(file, w, "fit", true, fit_compose(real(a, "affinity"), factors, weights, steps), 1e-3);
    for (int f = 0; f < N_FACTORS; f++)
        json_array_foreach(of(w, "waterfall"), i,
                           step) if (strcmp(json_string_value(of(step, "name")), fit_factor_names[f]) == 0)
            expect(file, step, "step", true, steps[f], 1e-3);
}

static void registers_of(const json_t *actors, uint8_t *registers)
{
    struct hll hll = {0};
    size_t i;
    json_t *actor;
    json_array_foreach((json_t *)(uintptr_t)actors, i, actor)
        hll_add(&hll, bytes_hash(bytes_of(json_string_value(actor))));
    memset(registers, 0, HLL_REGISTERS);
    hll_union(&hll, registers);
    hll_free(&hll);
}

static void expect_near(const char *file, const json_t *w, const char *name, double found)
{
    expect(file, w, name, true, found, 0.03 * fabs(json_number_value(of(w, name))) + 1e-9);
}

static void call_roster(const char *file, const json_t *a, const json_t *w)
{
    struct candidate candidates[8];
    uint8_t registers[8][HLL_REGISTERS];
    size_t i, n = json_array_size(of(a, "candidates"));
    json_t *c;
    json_array_foreach(of(a, "candidates"), i, c)
    {
        registers_of(of(c, "actors"), registers[i]);
        candidates[i] = (struct candidate){.creator_id = bytes_of(json_string_value(of(c, "creator_id"))),
                                           .fit = real(c, "fit"),
                                           .price = json_is_number(of(c, "price")) ? whole(c, "price") : -1,
                                           .registers = registers[i]};
    }
    for (int lazy = 0; lazy < 2; lazy++) {
        struct roster roster;
        roster_build(candidates, n, whole(a, "budget"), (int32_t)whole(a, "slots"), lazy, &roster);
        assert_int_equal(roster.n, json_array_size(of(w, "chosen")));
        for (i = 0; i < roster.n; i++) {
            const struct roster_member *member = &roster.members[i];
            const char *wanted = json_string_value(json_array_get(of(w, "chosen"), i));
            assert_true(bytes_equal(member->candidate->creator_id, bytes_of(wanted)));
            assert_float_equal(member->marginal, json_number_value(json_array_get(of(w, "marginal"), i)),
                               0.4);
            expect_near(file, of(w, "exclusive"), wanted, member->exclusive);
        }
        expect_near(file, w, "total_reach", roster.total_reach);
        expect_near(file, w, "unduplicated_reach", roster.unduplicated_reach);
        expect_near(file, w, "expected_frequency", roster.frequency);
        expect(file, w, "cost", true, (double)roster.cost, 0);
        roster_free(&roster);
    }
}

static void call_overlap(const char *file, const json_t *a, const json_t *w)
{
    uint8_t one[HLL_REGISTERS], other[HLL_REGISTERS];
    registers_of(of(a, "a"), one);
    registers_of(of(a, "b"), other);
    struct optional value = overlap(one, other);
    expect(file, w, "value", value.there, value.value, 0.03);
}

static const struct {
    const char *call;
    void (*check)(const char *file, const json_t *arguments, const json_t *wanted);
} calls[] = {
    {"engagement_rate_estimate", call_estimate},
    {"peer_score", call_peer_score},
    {"percentile (0..100) of a rate", call_percentile},
    {"21 quantiles of a histogram", call_quantiles},
    {"P(fake)", call_fake},
    {"audience score from P(fake) values", call_audience},
    {"spread, step", call_likes},
    {"engagement part from term values", call_engagement},
    {"growth part from profile days", call_growth},
    {"names of the flags", call_flags},
    {"content part", call_content},
    {"weighted score of the authenticity parts", call_authenticity},
    {"weighted score of the creator parts", call_creator},
    {"repeat share from actor", call_repeat},
    {"community from repeat share", call_community},
    {"paid-post performance", call_paid},
    {"cost per engagement", call_cost},
    {"rounding", call_rounding},
    {"niche focus", call_focus},
    {"first failed gate", call_gates},
    {"lexicon histogram", call_affinity_lexicon},
    {"target T and factor", call_target},
    {"values factor", call_values},
    {"quality Q", call_quality},
    {"fit and waterfall", call_waterfall},
    {"greedy roster", call_roster},
    {"overlap of two sets", call_overlap},
};

static void check_file(const char *folder, const char *name)
{
    char path[1024];
    size_t i;
    json_t *one;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *example = json_load_file(path, 0, NULL);
    assert_non_null(example);
    const char *call = json_string_value(of(example, "call"));
    for (size_t k = 0; call && k < sizeof calls / sizeof calls[0]; k++) {
        if (strncmp(call, calls[k].call, strlen(calls[k].call)) != 0)
            continue;
        json_array_foreach(of(example, "cases"), i, one) calls[k].check(name, of(one, "arguments"),
                                                                        of(one, "expect"));
        files++;
    }
    json_decref(example);
}

static void test_calls(void **state)
{
    static const char folder[] = MF_SOURCE_DIR "/tests/examples";
    struct err_info info;
    struct dirent *entry;
    (void)state;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    assert_int_equal(methodology_open("default", &m, &info), ERR_OK);
    while ((entry = readdir(dir)) != NULL)
        if (strstr(entry->d_name, ".json"))
            check_file(folder, entry->d_name);
    closedir(dir);
    methodology_close(m);
    print_message("%d examples, %d values checked\n", files, checked);
    assert_true(files >= 33);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
