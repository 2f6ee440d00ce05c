/* Fits through crashes: creators change, come and are erased, campaigns come, change and end, the worker dies
 * between two EXECs, Redis goes back under it. A reader that takes each event once, in order, has in the end
 * exactly the best of each campaign, as a plain sort over the last states finds them. Redis and the outbox
 * are played here: what an EXEC did not write never was. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "fits.h"
#include "microflux/methodology.h"

#define CREATORS 90
#define SOUGHT   8
#define FIELDS   4000

struct field {
    char word[32], name[16], value[80];
};
struct play { /* a Redis, or what an EXEC does to one */
    struct field *fields;
    size_t n;
};
struct event {
    char key[64];
    double score; /* 0: a tombstone */
};

static uint64_t seed = 11;
static struct methodology *m;
static struct text *text;
static void *self;
static struct fits *fits;
static struct play redis, older;
static struct event events[10000]; /* since the last EXEC */
static size_t n_events;
static double told[SOUGHT][CREATORS]; /* to the reader */
static struct creator creators[CREATORS];
static char names[CREATORS][16];
static double posteriors[CREATORS][NICHES];
static double authenticity[CREATORS];
static size_t calm; /* changes after which nobody was judged */
static struct fit_campaign campaigns[SOUGHT];
static struct campaign_set *set;

static uint64_t next(void)
{
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
    return z ^ z >> 27;
}

/* ---- Redis and the outbox ---- */

static struct field *find(struct bytes word, struct bytes name)
{
    for (size_t i = 0; i < redis.n; i++)
        if (bytes_equal(word, bytes_of(redis.fields[i].word)) &&
            bytes_equal(name, bytes_of(redis.fields[i].name)))
            return &redis.fields[i];
    return NULL;
}

static void set_field(void *arg, struct bytes word, struct bytes name, struct bytes value)
{
    struct field *field = find(word, name);
    (void)arg;
    if (!field) {
        assert_true(redis.n < FIELDS);
        field = &redis.fields[redis.n++];
    }
    snprintf(field->word, sizeof field->word, "%.*s", (int)word.len, word.ptr);
    snprintf(field->name, sizeof field->name, "%.*s", (int)name.len, name.ptr);
    snprintf(field->value, sizeof field->value, "%.*s", (int)value.len, value.ptr);
}

static void drop_field(void *arg, struct bytes word, struct bytes name)
{
    struct field *field = find(word, name);
    (void)arg;
    if (field)
        *field = redis.fields[--redis.n];
}

static void remove_word(void *arg, struct bytes word)
{
    (void)arg;
    for (size_t i = redis.n; i-- > 0;)
        if (bytes_equal(word, bytes_of(redis.fields[i].word)))
            redis.fields[i] = redis.fields[--redis.n];
}

static void put(void *arg, int output, struct bytes key, struct bytes value)
{
    (void)arg;
    assert_int_equal(output, SCORE_FITS);
    assert_true(n_events < sizeof events / sizeof events[0]);
    struct event *event = &events[n_events++];
    snprintf(event->key, sizeof event->key, "%.*s", (int)key.len, key.ptr);
    event->score = value.ptr ? -1 : 0; /* the score is in the table: read when it is written */
}

static const struct lane_emitter emitter = {NULL, put};
static const struct lane_annex_writer writer = {NULL, set_field, drop_field, remove_word};
static const struct lane_view view = {.as_of = 1000};

static void read_event(const struct event *event)
{
    int campaign, creator;
    assert_int_equal(sscanf(event->key, "k%d/c%d", &campaign, &creator), 2);
    told[campaign][creator] = event->score;
}

static void exec(void)
{
    fits_settle(self, fits, &view, &emitter, &writer);
    for (size_t i = 0; i < n_events; i++)
        read_event(&events[i]);
    n_events = 0;
}

/* ---- the lane ---- */

static char asked[SOUGHT + 4][32];
static size_t n_asked;

static void ask(void *arg, struct bytes word)
{
    (void)arg;
    snprintf(asked[n_asked++], sizeof asked[0], "%.*s", (int)word.len, word.ptr);
}

static void load_word(struct fits *into, const char *word)
{
    struct redis_answer *all = calloc(2 * FIELDS, sizeof *all);
    const struct redis_answer **items = calloc(2 * FIELDS, sizeof *items);
    struct redis_answer answer = {.type = REDIS_ARRAY};
    struct err_info info;
    for (size_t i = 0; i < redis.n; i++) {
        if (strcmp(redis.fields[i].word, word) != 0)
            continue;
        all[answer.n] = (struct redis_answer){.type = REDIS_TEXT, .text = bytes_of(redis.fields[i].name)};
        all[answer.n + 1] =
            (struct redis_answer){.type = REDIS_TEXT, .text = bytes_of(redis.fields[i].value)};
        answer.n += 2;
    }
    for (size_t i = 0; i < answer.n; i++)
        items[i] = &all[i];
    answer.items = (void *)items;
    assert_int_equal(fits_load(self, into, bytes_of(word), &answer, &(struct lane_asker){NULL, ask}, &info),
                     ERR_OK);
    free(items);
    free(all);
}

static void take_over(struct fits *before)
{
    fits = fits_open(self);
    n_asked = 0;
    load_word(fits, FITS_WORD);
    for (size_t i = 0; i < n_asked; i++)
        load_word(fits, asked[i]);
    fits_loaded(self, fits, before);
    fits_close(self, before);
    n_events = 0; /* what no EXEC kept */
}

static double fit_between(int k, int c)
{
    bool in = campaigns[k].digest && campaigns[k].active && !creator_gone(&creators[c]) &&
              authenticity[c] >= campaigns[k].min_authenticity.value;
    double quality = 1 - m->fit_quality_reach * (1 - authenticity[c] / 100);
    return in ? fit_rounded(fit_affinity_lexicon(posteriors[c], &campaigns[k], m->n_niches) * quality) : 0;
}

/* Whatever was not judged: what a table that waits for nobody told of the creator is not worth telling again.
 */
static void expect_told(int c, const struct fit_member *member)
{
    for (size_t i = 0; member && i < member->n; i++) {
        const struct fit_table *table = member->tables[i];
        double fit = fit_between(atoi(table->head.key.ptr + 1), c);
        assert_true(!table->held);
        if (table->campaign && table->until <= fits->visits)
            assert_true(fit > 0 &&
                        fabs(fit_table_place(table, member)->told - fit) < m->fit_min_change + 1e-3);
    }
}

static void judge(int c, enum lane_reason reason, bool visited)
{
    static struct score score;
    struct fit_judge *judge = score_fit_judge(self);
    memcpy(score.niche.posterior, posteriors[c], sizeof posteriors[c]);
    score.as_of = view.as_of;
    score.authenticity.there = true;
    score.authenticity.score = authenticity[c];
    score.authenticity.confidence = 1;
    uint64_t judged = judge->counts[SCORE_FITS_JUDGED];
    judge->score = &score;
    creators[c].words = bytes_hash((struct bytes){(const char *)posteriors[c], sizeof posteriors[c]});
    size_t before = n_events;
    (void)fits_judge(self, fits, &creators[c], bytes_of(names[c]), &view, reason, visited, &emitter);
    struct fit_member *member = fits ? fit_tables_member(&fits->tables, bytes_of(names[c])) : NULL;
    calm += member && judge->counts[SCORE_FITS_JUDGED] == judged;
    expect_told(c, member);
    for (size_t i = before; i < n_events; i++) { /* what the records of this creator say */
        int campaign, creator;
        sscanf(events[i].key, "k%d/c%d", &campaign, &creator);
        if (events[i].score < 0) {
            char id[16];
            snprintf(id, sizeof id, "k%d", campaign);
            struct fit_place *place = fit_table_place(fit_tables_find(&fits->tables, bytes_of(id)), member);
            events[i].score = place ? place->told : 0;
        }
    }
}

static void visit_all(int most)
{
    for (int slot; most-- > 0 && (slot = fits_want(self, fits, &view)) >= 0;) {
        bool wants = fits_visited(self, fits, slot);
        for (int c = 0; c < CREATORS; c++)
            if ((int)(bytes_hash(bytes_of(names[c])) % LANE_INDEX_SLOTS) == slot)
                judge(c, LANE_CHANGE, true), wants = true;
        if (wants)
            exec();
    }
}

/* ---- what happens ---- */

static void swap_set(void)
{
    const struct fit_campaign *listed[SOUGHT];
    size_t n = 0;
    for (int k = 0; k < SOUGHT; k++)
        if (campaigns[k].digest)
            listed[n++] = &campaigns[k];
    struct campaign_set *before = set;
    set = campaign_set_open(listed, n);
    score_fit_judge(self)->set = set;
    score_fit_judge(self)->serial++;
    (void)fits_want(self, fits, &view);
    campaign_set_close(before);
}

static void change_campaign(int k)
{
    campaigns[k] = (struct fit_campaign){
        .active = next() % 5 != 0, .ends_at = INT64_MAX, .weights = {1, 1, 1}, .digest = next() | 1};
    if (next() % 3)
        campaigns[k].min_authenticity = (struct optional){(double)(next() % 90), true};
    snprintf(campaigns[k].id, sizeof campaigns[k].id, "k%d", k);
    for (int i = 0; i < 8; i++)
        campaigns[k].topics[i] = next() % 3 ? 0 : (double)(next() % 100) / 100;
    if (next() % 6 == 0)
        campaigns[k].digest = 0; /* gone */
    swap_set();
}

static void change_posterior(int c)
{
    double sum = 0;
    for (int i = 0; i < 8; i++)
        sum += posteriors[c][i] = (double)(1 + next() % 100);
    for (int i = 0; i < 8; i++)
        posteriors[c][i] /= sum;
}

static void change_creator(int c)
{
    authenticity[c] = fmin(fmax(authenticity[c] + (double)(next() % 50) / 10 - 2.5, 0), 100);
    if (next() % 2) {
        judge(c, LANE_CHANGE, false);
        return;
    }
    change_posterior(c);
    if (next() % 20 == 0) {
        creators[c].erasure.there = !creators[c].erasure.there;
        creators[c].erasure.since = NOT_BACK;
    }
    judge(c, LANE_CHANGE, false);
}

static void copy(struct play *to, const struct play *from)
{
    memcpy(to->fields, from->fields, from->n * sizeof *from->fields);
    to->n = from->n;
}

/* All creators were read again after it went back, as a lane does. */
static void go_back(void)
{
    copy(&redis, &older);
    for (int c = 0; c < CREATORS; c++)
        creators[c].judged = 0;
    take_over(fits);
    for (int c = 0; c < CREATORS; c++)
        judge(c, LANE_CHANGE, false);
    exec();
}

static void happen(void)
{
    switch (next() % 40) {
    case 0:
        change_campaign((int)(next() % SOUGHT));
        break;
    case 1:
        fits_close(self, fits); /* killed: what was not in an EXEC is read again */
        for (int c = 0; c < CREATORS; c++)
            creators[c].judged = 0;
        take_over(NULL);
        for (int c = 0; c < CREATORS; c++)
            if (next() % 2)
                judge(c, LANE_RECOVERY, false);
        break;
    case 2:
        if (next() % 4 == 0)
            go_back();
        else
            copy(&older, &redis);
        break;
    case 3:
        visit_all((int)(next() % 2000));
        break;
    case 4:
    case 5:
        exec();
        break;
    default:
        change_creator((int)(next() % CREATORS));
    }
}

/* ---- what must be ---- */

static void expect_best(void)
{
    for (int k = 0; k < SOUGHT; k++)
        for (int c = 0; c < CREATORS; c++) {
            double fit = fit_between(k, c);
            int ahead = 0;
            for (int o = 0; o < CREATORS; o++) {
                double other = fit_between(k, o);
                ahead += other > fit || (other == fit && strcmp(names[o], names[c]) < 0);
            }
            double wanted = fit > 0 && ahead < m->fit_best ? fit : 0;
            if (told[k][c] != wanted)
                fail_msg("k%d/c%d: wanted %g, told %g", k, c, wanted, told[k][c]);
        }
}

static void test_crashes(void **state)
{
    (void)state;
    int filled = 0;
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 400; i++)
            happen();
        exec();
        visit_all(5 * LANE_INDEX_SLOTS);
        for (int c = 0; c < CREATORS; c++)
            judge(c, LANE_SWEEP, false);
        exec();
        visit_all(5 * LANE_INDEX_SLOTS);
        exec();
        expect_best();
        for (size_t i = 0; i < fits->tables.n; i++)
            filled += fits->tables.all[i]->n == fits->tables.most;
    }
    assert_true(filled > 20);
    assert_true(calm > 200);
}

static int up(void **state)
{
    static struct score_worker_options options;
    struct err_info info;
    (void)state;
    assert_int_equal(methodology_open("default", &m, &info), ERR_OK);
    assert_int_equal(text_open(NULL, &text, &info), ERR_OK);
    m->fit_best = 7;
    options = (struct score_worker_options){
        .methodology = m, .text = text, .rules.methodology = m, .max_record_bytes = 1000};
    assert_int_equal(score_kind.open(&options, &self, &info), ERR_OK);
    redis.fields = calloc(FIELDS, sizeof *redis.fields);
    older.fields = calloc(FIELDS, sizeof *older.fields);
    for (int c = 0; c < CREATORS; c++) {
        snprintf(names[c], sizeof names[c], "c%d", c);
        creator_init(&creators[c]);
        authenticity[c] = (double)(next() % 100);
        change_posterior(c);
    }
    take_over(NULL);
    for (int k = 0; k < SOUGHT; k++)
        change_campaign(k);
    for (int c = 0; c < CREATORS; c++)
        change_creator(c);
    assert_int_equal(n_events, 0); /* tables that fill tell nobody */
    exec();
    copy(&older, &redis);
    return 0;
}

static int down(void **state)
{
    (void)state;
    fits_close(self, fits);
    campaign_set_close(set);
    score_kind.close(self);
    free(redis.fields);
    free(older.fields);
    text_close(text);
    methodology_close(m);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_crashes)};
    return cmocka_run_group_tests(tests, up, down);
}
