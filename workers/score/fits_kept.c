/* fits_kept: the tables follow the campaigns that run; what readers were told lies in Redis beside the fence:
 * <prefix>fits has a field a campaign ("digest until outside") and one for the visits, <prefix>fit:<campaign>
 * a field a creator with the fit it was told with. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fits.h"

#define VISITS  "/visits" /* no campaign_id has a slash */
#define MEMBERS "fit:"

void fits_tell(const struct lane_emitter *emitter, struct bytes campaign, struct bytes creator,
               struct bytes value)
{
    struct buffer key = {0};
    buffer_add(&key, campaign.ptr, campaign.len);
    buffer_add(&key, "/", 1);
    buffer_add(&key, creator.ptr, creator.len);
    emitter->put(emitter->arg, SCORE_FITS, (struct bytes){key.data, key.len}, value);
    buffer_free(&key);
}

/* ---- the visits: a slot of the lane's index after the other, as long as a table waits for them ---- */

void fits_due(struct fits *fits, struct fit_table *table)
{
    table->until = fits->visits + LANE_INDEX_SLOTS;
    table->outside = 0;
    table->dirty = true;
    if (fits->due_until < table->until)
        fits->due_until = table->until;
}

/* A new table is filled before it is told: first everybody is judged, then those who have a place are told at
 * the second visit. */
bool fits_fills(const struct fits *fits, const struct fit_table *table)
{
    return fits->visits < table->until - LANE_INDEX_SLOTS;
}

static void follow(struct fits *fits, const struct fit_campaign *campaign, size_t at, int64_t as_of)
{
    fits->of_set[at] = NULL;
    if (campaign->active && campaign->starts_at > as_of && campaign->starts_at < fits->next_edge)
        fits->next_edge = campaign->starts_at;
    if (!fit_runs(campaign, as_of))
        return;
    if (campaign->ends_at < fits->next_edge)
        fits->next_edge = campaign->ends_at;
    struct fit_table *table = fit_tables_enter(&fits->tables, bytes_of(campaign->id));
    fits->of_set[at] = table;
    table->campaign = campaign;
    if (table->by == campaign->digest)
        return;
    bool fresh = table->by == 0;
    table->by = campaign->digest;
    fits_due(fits, table);
    if (fresh)
        fits->due_until = table->until += LANE_INDEX_SLOTS;
}

void fits_sync(struct fits *fits, const struct fit_judge *judge, int64_t as_of)
{
    if (!judge->set || (fits->serial == judge->serial && as_of < fits->next_edge))
        return;
    fits->serial = judge->serial;
    fits->set = judge->set;
    fits->next_edge = INT64_MAX;
    fits->tables.most = (size_t)judge->m->fit_best;
    fits->of_set = realloc(fits->of_set, (judge->set->n + 1) * sizeof *fits->of_set);
    if (!fits->of_set)
        abort();
    for (size_t i = 0; i < fits->tables.n; i++)
        fits->tables.all[i]->campaign = NULL;
    for (size_t i = 0; i < judge->set->n; i++)
        follow(fits, &judge->set->all[i], i, as_of);
    fits->closing = false;
    for (size_t i = 0; i < fits->tables.n; i++)
        fits->closing |= !fits->tables.all[i]->campaign;
}

int fits_want(void *self, void *annex, const struct lane_view *view)
{
    struct fits *fits = annex;
    const struct fit_judge *judge = score_fit_judge(self);
    if (!judge->set)
        return -1;
    fits_sync(fits, judge, view->as_of);
    bool wants = fits->due_until > fits->visits || fits->closing || fits->ghosts.len;
    return wants ? (int)(fits->visits % LANE_INDEX_SLOTS) : -1;
}

bool fits_visited(void *self, void *annex, int slot)
{
    struct fits *fits = annex;
    (void)self;
    (void)slot;
    fits->visits++;
    return fits->closing || fits->ghosts.len || fits->visits == fits->due_until;
}

/* ---- written by each EXEC ---- */

static struct bytes members_word(struct bytes campaign, struct buffer *room)
{
    room->len = 0;
    buffer_add_text(room, MEMBERS);
    buffer_add(room, campaign.ptr, campaign.len);
    return (struct bytes){room->data, room->len};
}

static struct bytes campaign_of(const struct told_list *list, const struct told *told)
{
    return (struct bytes){list->names.data + told->name_at - told->campaign_len, told->campaign_len};
}

static struct bytes creator_of(const struct told_list *list, const struct told *told)
{
    return (struct bytes){list->names.data + told->name_at, told->name_len};
}

void fits_note(struct told_list *list, struct bytes campaign, struct bytes creator, double told)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 64;
        list->all = realloc(list->all, list->cap * sizeof *list->all);
        if (!list->all)
            abort();
    }
    buffer_add(&list->names, campaign.ptr, campaign.len);
    list->all[list->n++] = (struct told){campaign.len, list->names.len, creator.len, told};
    buffer_add(&list->names, creator.ptr, creator.len);
}

/* The EXEC before this one happened, or nobody would be here. */
static void write_told(struct fits *fits, const struct lane_annex_writer *writer)
{
    struct buffer room = {0};
    char text[32];
    struct told_list written = fits->told;
    fits->told = fits->flying;
    fits->told.n = 0;
    buffer_empty(&fits->told.names);
    fits->flying = written;
    for (size_t i = 0; i < written.n; i++) {
        const struct told *told = &written.all[i];
        struct bytes word = members_word(campaign_of(&written, told), &room),
                     name = creator_of(&written, told);
        size_t len = (size_t)snprintf(text, sizeof text, "%.3f", told->told);
        if (isnan(told->told))
            writer->drop(writer->arg, word, name);
        else
            writer->set(writer->arg, word, name, (struct bytes){text, len});
    }
    buffer_free(&room);
}

/* The campaign does not run any more: nobody has a place. */
static void close_table(struct fits *fits, struct fit_table *table, const struct lane_emitter *emitter,
                        const struct lane_annex_writer *writer)
{
    struct buffer room = {0};
    for (size_t i = 0; i < table->n; i++) {
        struct bytes creator = table->best[i].member->head.key;
        fits_tell(emitter, table->head.key, creator, (struct bytes){0});
        fits_note(&fits->flying, table->head.key, creator, NAN);
    }
    writer->remove(writer->arg, members_word(table->head.key, &room));
    writer->drop(writer->arg, BYTES(FITS_WORD), table->head.key);
    buffer_free(&room);
    fit_tables_drop(&fits->tables, table);
}

static void exorcise(struct fits *fits, const struct lane_emitter *emitter)
{
    struct bytes rest = {fits->ghosts.data, fits->ghosts.len}, campaign, creator;
    while (lane_index_next(&rest, &campaign) && lane_index_next(&rest, &creator)) {
        const struct fit_table *table = fit_tables_find(&fits->tables, campaign);
        if (table && fit_table_place(table, fit_tables_member(&fits->tables, creator)))
            continue;
        fits_tell(emitter, campaign, creator, (struct bytes){0});
        fits_note(&fits->flying, campaign, creator, NAN);
    }
    buffer_free(&fits->ghosts);
}

static void write_tables(struct fits *fits, const struct lane_annex_writer *writer)
{
    char text[80];
    for (size_t i = 0; i < fits->tables.n; i++) {
        struct fit_table *table = fits->tables.all[i];
        if (!table->dirty)
            continue;
        table->dirty = false;
        size_t len = (size_t)snprintf(text, sizeof text, "%016" PRIx64 " %" PRId64 " %.3f", table->by,
                                      table->until, table->outside);
        writer->set(writer->arg, BYTES(FITS_WORD), table->head.key, (struct bytes){text, len});
    }
    if (fits->settled == fits->visits)
        return;
    size_t len = (size_t)snprintf(text, sizeof text, "%" PRId64, fits->visits);
    writer->set(writer->arg, BYTES(FITS_WORD), BYTES(VISITS), (struct bytes){text, len});
    fits->settled = fits->visits;
}

void fits_settle(void *self, void *annex, const struct lane_view *view, const struct lane_emitter *emitter,
                 const struct lane_annex_writer *writer)
{
    struct fits *fits = annex;
    fits_sync(fits, score_fit_judge(self), view->as_of);
    write_told(fits, writer);
    for (size_t i = fits->tables.n; fits->closing && i-- > 0;)
        if (!fits->tables.all[i]->campaign)
            close_table(fits, fits->tables.all[i], emitter, writer);
    fits->closing = false;
    if (fits->ghosts.len)
        exorcise(fits, emitter);
    write_tables(fits, writer);
}

/* ---- read when the lane is taken over ---- */

static void add_ghost(struct fits *fits, struct bytes campaign, struct bytes creator)
{
    lane_index_add(&fits->ghosts, campaign);
    lane_index_add(&fits->ghosts, creator);
}

static enum err unreadable(struct bytes word, struct bytes field, struct err_info *info)
{
    return err_set(info, ERR_REFUSED, "fits",
                   "field %.*s of %.*s in Redis cannot be read: start the version that wrote it, or delete "
                   "the key: its pairs are told anew",
                   (int)field.len, field.ptr, (int)word.len, word.ptr);
}

static bool load_table(struct fits *fits, struct bytes campaign, const char *text)
{
    struct fit_table read = {0};
    if (bytes_equal(campaign, BYTES(VISITS)))
        return sscanf(text, "%" SCNd64, &fits->visits) == 1;
    if (sscanf(text, "%" SCNx64 " %" SCNd64 " %lf", &read.by, &read.until, &read.outside) != 3)
        return false;
    struct fit_table *table = fit_tables_enter(&fits->tables, campaign);
    table->by = read.by;
    table->until = read.until;
    table->outside = read.outside;
    if (table->until > fits->due_until)
        fits->due_until = table->until;
    return true;
}

static bool load_place(struct fits *fits, struct bytes campaign, struct bytes creator, const char *text)
{
    double told;
    struct fit_table *table = fit_tables_find(&fits->tables, campaign);
    if (!table || sscanf(text, "%lf", &told) != 1)
        return false;
    struct fit_place *place = fit_table_put(&fits->tables, table, NULL, creator, told);
    if (place)
        place->told = told;
    else
        add_ghost(fits, campaign, creator);
    return true;
}

enum err fits_load(void *self, void *annex, struct bytes word, const struct redis_answer *answer,
                   const struct lane_asker *asker, struct err_info *info)
{
    struct fits *fits = annex;
    struct buffer room = {0};
    bool whole = bytes_equal(word, BYTES(FITS_WORD)), read = answer->type == REDIS_ARRAY;
    struct bytes campaign = {word.ptr + strlen(MEMBERS), word.len - strlen(MEMBERS)}, field = {0};
    (void)self;
    for (size_t i = 0; read && i + 1 < answer->n; i += 2) {
        struct bytes value = answer->items[i + 1]->text;
        char text[80];
        field = answer->items[i]->text;
        snprintf(text, sizeof text, "%.*s", (int)value.len, value.ptr);
        read = whole ? load_table(fits, field, text) : load_place(fits, campaign, field, text);
        if (read && whole && !bytes_equal(field, BYTES(VISITS)))
            asker->ask(asker->arg, members_word(field, &room));
    }
    buffer_free(&room);
    return read ? ERR_OK : unreadable(word, field, info);
}

/* Redis may have gone back, or another worker had the lane meanwhile: where memory and Redis differ, and of
 * what no EXEC is known to have written, nobody knows what readers have: it is told again. */
static void doubt(struct fits *fits, struct bytes campaign, struct bytes creator)
{
    struct fit_table *table = fit_tables_find(&fits->tables, campaign);
    struct fit_place *place =
        table ? fit_table_place(table, fit_tables_member(&fits->tables, creator)) : NULL;
    if (place)
        place->told = NAN;
    else
        add_ghost(fits, campaign, creator);
    if (table)
        fits_due(fits, table);
}

static double told_in(const struct fits *fits, struct bytes campaign, struct bytes creator)
{
    const struct fit_table *table = fit_tables_find(&fits->tables, campaign);
    const struct fit_place *place =
        table ? fit_table_place(table, fit_tables_member(&fits->tables, creator)) : NULL;
    return place ? place->told : NAN;
}

/* Of each pair that one of them has. */
static void doubt_differences(struct fits *fits, const struct fits *one, const struct fits *other)
{
    for (size_t i = 0; i < one->tables.n; i++) {
        const struct fit_table *table = one->tables.all[i];
        for (size_t k = 0; k < table->n; k++) {
            struct bytes creator = table->best[k].member->head.key;
            if (table->best[k].told != told_in(other, table->head.key, creator))
                doubt(fits, table->head.key, creator);
        }
    }
}

static void doubt_list(struct fits *fits, const struct told_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        doubt(fits, campaign_of(list, &list->all[i]), creator_of(list, &list->all[i]));
}

static void doubt_ghosts(struct fits *fits, const struct fits *before)
{
    struct bytes rest = {before->ghosts.data, before->ghosts.len}, campaign, creator;
    while (lane_index_next(&rest, &campaign) && lane_index_next(&rest, &creator))
        doubt(fits, campaign, creator);
}

void fits_loaded(void *self, void *annex, const void *before)
{
    struct fits *fits = annex;
    const struct fits *old = before;
    (void)self;
    fits->settled = fits->visits;
    if (!before)
        return;
    doubt_differences(fits, fits, before);
    doubt_differences(fits, before, fits);
    doubt_list(fits, &old->told);
    doubt_list(fits, &old->flying);
    doubt_ghosts(fits, old);
}
