/* The worked examples of the specification (sections 0 to 9) that are streams of records, in the order given
 * and in every other order of the topics; those that are one calculation are in domain_calls_test.c. They
 * lie in tests/examples. */
#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/methodology.h"

static struct methodology *methodology;
static int checked, files, reordered;

struct applied_example {
    struct creator creator;
    struct score score;
    int64_t as_of, late, future, other;
    struct applied_counts counts;
};

static struct bytes text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (struct bytes){json_string_value(value), json_string_length(value)}
                                 : (struct bytes){NULL, 0};
}

static int64_t number(const json_t *object, const char *name, int64_t standard)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : standard;
}

static int index_in(const char *const *names, int n, struct bytes name)
{
    for (int i = 0; i < n; i++)
        if (name.ptr && bytes_equal(bytes_of(names[i]), name))
            return i;
    return 0;
}

static void read_comment(const json_t *comment, struct interaction_record *r)
{
    r->has_comment = json_is_object(comment);
    r->comment_words = (int32_t)number(comment, "words", 0);
    r->comment_fingerprint = number(comment, "fingerprint", 0);
}

static void read_actor(const json_t *actor, struct interaction_record *r)
{
    r->own = r->actor_id.ptr && bytes_equal(r->actor_id, r->creator_id);
    r->actor_hash = r->actor_id.ptr ? bytes_hash(r->actor_id) : 0;
    r->has_actor = json_is_object(actor);
    r->actor_followers = number(actor, "followers", 0);
    r->actor_following = number(actor, "following", 0);
    r->actor_posts = number(actor, "posts", 0);
    r->actor_has_picture_known = json_is_boolean(json_object_get(actor, "has_picture"));
    r->actor_has_picture = json_is_true(json_object_get(actor, "has_picture"));
    r->actor_has_digits = json_is_integer(json_object_get(actor, "name_digits"));
    r->actor_name_digits = (int32_t)number(actor, "name_digits", 0);
}

static void read_record(int topic, const json_t *v, union score_record *r)
{
    memset(r, 0, sizeof *r);
    if (topic == TOPIC_PROFILES) {
        r->profile =
            (struct profile_record){.creator_id = text(v, "creator_id"),
                                    .platform = index_in(platform_names, N_PLATFORMS, text(v, "platform")),
                                    .observed_at = number(v, "observed_at", 0),
                                    .followers = number(v, "followers", 0)};
    } else if (topic == TOPIC_POSTS) {
        r->post = (struct post_record){.creator_id = text(v, "creator_id"),
                                       .post_id = text(v, "post_id"),
                                       .posted_at = number(v, "posted_at", 0),
                                       .disclosed = json_is_true(json_object_get(v, "disclosed")),
                                       .deleted = json_is_true(json_object_get(v, "deleted")),
                                       .n_sponsors = json_array_size(json_object_get(v, "sponsors"))};
        const char *words = json_string_value(json_object_get(v, "text")); /* read by another room */
        r->post.disclosed_word = words && strstr(words, "Collaboration commerciale");
    } else {
        r->interaction = (struct interaction_record){.creator_id = text(v, "creator_id"),
                                                     .post_id = text(v, "post_id"),
                                                     .actor_id = text(v, "actor_id"),
                                                     .kind = index_in(kind_names, N_KINDS, text(v, "kind")),
                                                     .count = number(v, "count", 1),
                                                     .occurred_at = number(v, "occurred_at", 0)};
        read_comment(json_object_get(v, "comment"), &r->interaction);
        read_actor(json_object_get(v, "actor"), &r->interaction);
    }
}

static void apply_one(struct applied_example *e, const struct creator_rules *rules, int topic,
                      const json_t *input)
{
    union score_record r;
    struct err_info info;
    struct provenance at = {number(input, "offset", 0), number(input, "timestamp", -1)};
    read_record(topic, json_object_get(input, "value"), &r);
    if (creator_judge(rules, topic, &r, &at, &info) != ERR_OK) {
        e->future += strcmp(info.word, "future") == 0;
        return;
    }
    enum applied applied =
        topic == TOPIC_PROFILES ? creator_profile(&e->creator, rules, &r.profile, &at, &e->as_of)
        : topic == TOPIC_POSTS
            ? creator_post(&e->creator, rules, &r.post, &at, &e->as_of, &e->counts)
            : creator_interaction(&e->creator, rules, &r.interaction, &at, &e->as_of, &e->counts);
    e->late += applied == APPLIED_LATE;
    e->other += applied == IGNORED_OTHER;
}

/* order NULL: as listed; else topic by topic. */
static void apply_all(struct applied_example *e, const json_t *inputs, const struct market *market,
                      const int *order)
{
    static const char *const topics[] = {"profiles", "posts", "interactions"};
    struct creator_rules rules = {.methodology = methodology,
                                  .max_future = 5 * MS_MINUTE,
                                  .late = POLICY_COUNT,
                                  .future = POLICY_REJECT};
    size_t i;
    json_t *input;
    memset(e, 0, sizeof *e);
    creator_init(&e->creator);
    for (int round = 0; round < (order ? 3 : 1); round++)
        json_array_foreach(inputs, i, input)
        {
            int topic = index_in(topics, 3, text(input, "topic"));
            if (!order || topic == order[round])
                apply_one(e, &rules, topic, input);
        }
    creator_score(&e->creator, methodology, market, e->as_of, &e->score);
}

static void expect_number(const char *file, const char *what, const json_t *wanted, bool there, double found)
{
    checked++;
    if (json_is_null(wanted) ? there
                             : !there || fabs(json_number_value(wanted) - found) >
                                             fmax(1e-6 * fabs(json_number_value(wanted)), 1e-7))
        fail_msg("%s: %s wanted %s%.9g, found %s%.9g", file, what, json_is_null(wanted) ? "null " : "",
                 json_number_value(wanted), there ? "" : "null ", found);
}

static void expect_text(const char *file, const char *what, const json_t *wanted, const char *found)
{
    checked++;
    if (json_is_null(wanted) ? found != NULL : !found || strcmp(json_string_value(wanted), found) != 0)
        fail_msg("%s: %s wanted %s, found %s", file, what,
                 json_is_null(wanted) ? "null" : json_string_value(wanted), found ? found : "null");
}

static void expect_flag(const char *file, const char *what, const json_t *wanted, bool found)
{
    checked++;
    if (json_is_true(wanted) != found)
        fail_msg("%s: %s wanted %d, found %d", file, what, json_is_true(wanted), found);
}

static void expect_counts(const char *file, const json_t *wanted, const int64_t *found)
{
    const char *name;
    json_t *n;
    json_object_foreach((json_t *)(uintptr_t)wanted, name, n)
        expect_number(file, name, n, true, (double)found[index_in(kind_names, N_KINDS, bytes_of(name))]);
}

static void expect_post(const char *file, const struct creator *c, const char *id, const json_t *wanted)
{
    const struct post *post = NULL;
    const char *name;
    json_t *value;
    for (size_t i = 0; i < c->n_posts; i++)
        if (bytes_equal((struct bytes){c->posts[i].id, c->posts[i].id_len}, bytes_of(id)) &&
            !c->posts[i].deleted)
            post = &c->posts[i];
    if (json_is_null(wanted)) {
        assert_null(post);
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)wanted, name, value)
    {
        int64_t followers = 0, likes = post ? post->counts[KIND_LIKE] : 0;
        bool late, known = post && creator_post_followers(c, post, &followers, &late);
        if (strcmp(name, "followers") == 0)
            expect_number(file, name, value, known, (double)followers);
        else if (strcmp(name, "engagements") == 0)
            expect_number(file, name, value, post != NULL, post ? (double)engagements(post->counts) : 0);
        else if (strcmp(name, "likes") == 0)
            expect_number(file, name, value, post != NULL, (double)(likes > 0 ? likes : 0));
        else if (strcmp(name, "sponsored") == 0)
            expect_flag(file, name, value, post && (post->official || post->disclosed_word));
        else
            fail_msg("%s: posts/%s is not known to this test", file, name);
    }
}

static void expect_metrics(const char *file, const json_t *wanted, const struct applied_example *e)
{
    const char *name;
    json_t *n;
    json_object_foreach((json_t *)(uintptr_t)wanted, name, n)
        expect_number(file, name, n, true,
                      (double)(strcmp(name, "late") == 0     ? e->late
                               : strcmp(name, "future") == 0 ? e->future
                                                             : e->other));
}

static size_t kept_posts(const struct creator *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_posts; i++)
        n += !c->posts[i].deleted;
    return n;
}

static bool expect_simple(const char *file, const char *name, const json_t *w,
                          const struct applied_example *e)
{
    const struct score *s = &e->score;
    const struct {
        const char *name;
        bool there;
        double value;
    } numbers[] = {
        {"followers", s->has_profile, (double)s->followers},
        {"tier_since", s->n_tiers > 0, s->n_tiers ? (double)s->tiers[0].since : 0},
        {"as_of", true, (double)e->as_of},
        {"engagement_rate", s->rate.there, s->rate.value},
        {"engagement_rate_n", true, s->rate_posts},
        {"engagement_rate_lc", s->rate_lc.there, s->rate_lc.value},
        {"engagement_rate_views", s->rate_views.there, s->rate_views.value},
        {"engagement_rate_estimate", s->has_estimate, s->estimate},
        {"mature_organic_posts", true, s->mature_posts},
        {"velocity", s->velocity.there, s->velocity.value},
        {"engagements_24h", true, (double)engagements(s->windows[0])},
        {"engagements_7d", true, (double)engagements(s->windows[1])},
        {"posts_in_ring", true, (double)kept_posts(&e->creator)},
        {"posts_90d", true, (double)s->posts_90d},
        {"sponsored_90d", true, (double)s->sponsored_90d},
        {"saturation", s->content.saturation.there, s->content.saturation.value},
        {"reply_share", s->community.reply.there, s->community.reply.value},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(numbers[i].name, name) == 0) {
            expect_number(file, name, w, numbers[i].there, numbers[i].value);
            return true;
        }
    if (strcmp(name, "tier") == 0 || strcmp(name, "band") == 0)
        expect_text(file, name, w, !s->n_tiers ? NULL : name[0] == 't' ? s->tiers[0].tier : s->tiers[0].band);
    else if (strcmp(name, "followers_late") == 0)
        expect_flag(file, name, w, s->followers_late);
    else
        return false;
    return true;
}

static void expect_score(const char *file, const char *what, const json_t *wanted, const struct part *part)
{
    checked++;
    if (!wanted)
        return;
    if (json_is_null(wanted) ? part->there
                             : !part->there || fabs(json_number_value(wanted) - part->score) > 1e-3)
        fail_msg("%s: %s wanted %.9g, found %.9g", file, what, json_number_value(wanted), part->score);
}

/* Objects of a signal's values; those that are not asked for are not compared. */
static bool expect_signal(const char *file, const char *name, const json_t *w, const struct score *s)
{
    const struct part *part = &s->engagement_authenticity;
    if (strcmp(name, "unique_actors") == 0) {
        double wanted = json_number_value(w), found = s->community.unique_actors.value;
        assert_true(s->community.unique_actors.there && fabs(found - wanted) <= 0.03 * wanted);
        checked++;
    } else if (strcmp(name, "audience") == 0) {
        expect_score(file, name, json_object_get(w, "score"), &s->audience.part);
        expect_number(file, "audience/n", json_object_get(w, "n"), true, s->audience.part.n);
        expect_number(file, "audience/suspicious_share", json_object_get(w, "suspicious_share"),
                      s->audience.suspicious.there, s->audience.suspicious.value);
    } else if (strcmp(name, "repeat") == 0) {
        expect_number(file, "repeat/share", json_object_get(w, "share"), s->community.repeat.there,
                      s->community.repeat.value);
        expect_number(file, "repeat/n", json_object_get(w, "n"), true, s->community.sampled);
    } else if (strcmp(name, "engagement_authenticity") == 0) {
        expect_score(file, name, json_object_get(w, "score"), part);
        expect_number(file, "confidence", json_object_get(w, "confidence"), true, part->confidence);
    } else {
        return false;
    }
    return true;
}

static void expect_inside(const char *file, const char *name, const json_t *w,
                          const struct applied_example *e)
{
    static const char *const windows[] = {"24h", "7d", "30d", "90d"};
    const char *inner;
    json_t *value;
    if (strcmp(name, "totals") == 0) {
        expect_counts(file, w, e->score.totals);
    } else if (strcmp(name, "metrics") == 0) {
        expect_metrics(file, w, e);
    } else if (strcmp(name, "windows") == 0) {
        json_object_foreach((json_t *)(uintptr_t)w, inner, value)
            expect_counts(file, value, e->score.windows[index_in(windows, 4, bytes_of(inner))]);
    } else if (strcmp(name, "posts") == 0) {
        json_object_foreach((json_t *)(uintptr_t)w, inner, value)
            expect_post(file, &e->creator, inner, value);
    } else if (strcmp(name, "estimate") == 0) {
        value = json_object_get(w, "confidence");
        if (value)
            expect_number(file, "estimate/confidence", value, e->score.has_estimate,
                          e->score.estimate_confidence);
    } else if (strcmp(name, "terms") == 0) {
        json_object_foreach((json_t *)(uintptr_t)w, inner, value)
        {
            const struct term_value *term = &e->score.terms[index_in(term_names, N_TERMS, bytes_of(inner))];
            expect_number(file, inner, value, term->there, term->x);
        }
    } else if (!expect_signal(file, name, w, &e->score)) {
        fail_msg("%s: %s is not known to this test", file, name);
    }
}

/* The cell of the example's creators: Instagram, 1K. */
static void read_peers(const json_t *table, struct peer_table *peers)
{
    struct peer_cell *cell = &peers->cells[1][1];
    size_t i;
    json_t *q;
    memset(peers, 0, sizeof *peers);
    cell->n = number(table, "n", 0);
    json_array_foreach(json_object_get(table, "quantiles"), i, q) cell->quantiles[i] = json_number_value(q);
}

static void check_input(const char *file, const json_t *example, const int *order)
{
    struct applied_example e;
    struct peer_table peers;
    struct market market = {.peers = &peers};
    read_peers(json_object_get(example, "peer_table"), &peers);
    const char *name;
    json_t *w;
    apply_all(&e, json_object_get(example, "input"), &market, order);
    bool lost = e.counts.placeholders_expired ||
                e.counts.placeholders_refused; /* then another order is another story (§0.1) */
    json_object_foreach(json_object_get(example, "expect"), name, w)
    {
        if ((!order || !lost) && !expect_simple(file, name, w, &e))
            expect_inside(file, name, w, &e);
    }
    reordered += order && !lost;
    creator_clear(&e.creator);
}

static void check_tiers(const char *file, const json_t *example)
{
    size_t i;
    json_t *c;
    json_array_foreach(json_object_get(example, "cases"), i, c)
    {
        const struct tier_scheme *scheme = methodology->schemes[0];
        const struct tier_edge *edge =
            &scheme->edges[tier_plain(scheme, number(json_object_get(c, "arguments"), "followers", 0))];
        expect_text(file, "tier", json_object_get(json_object_get(c, "expect"), "tier"), edge->tier);
        expect_text(file, "band", json_object_get(json_object_get(c, "expect"), "band"), edge->band);
    }
}

static bool is_ours(const char *section)
{
    for (const char *p = section; (p = strstr(p, "§")) != NULL; p += 2)
        if (p[2] < '0' || p[2] > '9' || (p[3] >= '0' && p[3] <= '9'))
            return false;
    return true;
}

static void check_file(const char *folder, const char *name)
{
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *example = json_load_file(path, 0, NULL);
    assert_non_null(example);
    const char *call = json_string_value(json_object_get(example, "call"));
    if (is_ours(json_string_value(json_object_get(example, "section")))) {
        if (!call) {
            check_input(name, example, NULL);
            for (size_t i = 0; i < 6; i++)
                check_input(name, example, orders[i]);
            files++;
        } else if (strcmp(call, "plain tier and band") == 0) {
            check_tiers(name, example);
            files++;
        }
    }
    json_decref(example);
}

static void test_examples(void **state)
{
    static const char folder[] = MF_SOURCE_DIR "/tests/examples";
    struct err_info info;
    struct dirent *entry;
    (void)state;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    assert_int_equal(methodology_open("default", &methodology, &info), ERR_OK);
    while ((entry = readdir(dir)) != NULL)
        if (strstr(entry->d_name, ".json"))
            check_file(folder, entry->d_name);
    closedir(dir);
    methodology_close(methodology);
    print_message("%d examples, %d values checked, %d reorderings\n", files, checked, reordered);
    assert_true(files >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
