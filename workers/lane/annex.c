/* annex: what a kind keeps of a lane as a whole lies in hashes beside the fence: read when the lane is taken
 * over, before it reads records; written by the EXECs of the lane. The kind may ask to see subjects again
 * that did not change, a slot of the sweep's index at a time: they are judged by the next commit. */
#include <stdlib.h>

#include "lane_room.h"

#define VISITED_AT_ONCE 1000 /* subjects of a commit from which on no more are visited */

static bool has_annex(const struct lane *lane)
{
    return lane->kind->annex_word && !lane->options->silent;
}

/* ---- at a take-over ---- */

static void ask(void *arg, struct bytes word);

static void loaded(struct lane *lane)
{
    lane->kind->annex_loaded(lane->self, lane->annex, lane->annex_before);
    lane->kind->annex_close(lane->self, lane->annex_before);
    lane->annex_before = NULL;
    buffer_free(&lane->annex_words);
    lane->annex_answered = 0;
}

static void on_word(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    struct bytes rest = {lane->annex_words.data + lane->annex_answered,
                         lane->annex_words.len - lane->annex_answered},
                 word;
    if (redis_fate(answer, &info) != ERR_OK) {
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
        return;
    }
    if (lane->trouble.code != ERR_OK || !lane_index_next(&rest, &word))
        return;
    lane->annex_answered = lane->annex_words.len - rest.len;
    struct buffer name = {0};
    buffer_add(&name, word.ptr, word.len); /* asking for more may move the words */
    const struct lane_asker asker = {lane, ask};
    enum err err = lane->kind->annex_load(lane->self, lane->annex, (struct bytes){name.data, name.len},
                                          answer, &asker, &info);
    if (err != ERR_OK)
        lane_trouble(lane, err, info.word, "%s", info.sentence);
    else if (--lane->annex_owed == 0)
        loaded(lane);
    buffer_free(&name);
}

static void ask(void *arg, struct bytes word)
{
    struct lane *lane = arg;
    lane->annex_owed++;
    lane_index_add(&lane->annex_words, word);
    redis_command(lane->redis, (struct bytes[]){BYTES("HGETALL"), lane_key_beside_fence(lane, word)}, 2,
                  on_word, lane);
}

void lane_ask_annex(struct lane *lane)
{
    if (!has_annex(lane))
        return;
    if (lane->annex_before) /* it was lost again while it was loaded */
        lane->kind->annex_close(lane->self, lane->annex);
    else
        lane->annex_before = lane->annex;
    lane->annex = lane->kind->annex_open(lane->self);
    ask(lane, bytes_of(lane->kind->annex_word));
}

void lane_forget_annex(struct lane *lane)
{
    lane->annex_owed = lane->annex_answered = lane->annex_words.len = 0;
    lane->visiting = -1;
}

void lane_close_annex(struct lane *lane)
{
    if (!has_annex(lane))
        return;
    lane->kind->annex_close(lane->self, lane->annex);
    lane->kind->annex_close(lane->self, lane->annex_before);
    buffer_free(&lane->annex_words);
}

/* ---- subjects ---- */

bool lane_judge(struct lane *lane, struct subject *s, const struct lane_view *view)
{
    if (!has_annex(lane))
        return false;
    const struct lane_emitter emitter =
        lane_emitter_of(&(struct telling){lane, s, ledger_now(&lane->ledger)});
    return lane->kind->judge(lane->self, lane->annex, s->state, s->head.key, view,
                             s->forced ? s->reason : LANE_CHANGE, s->visited, &emitter);
}

static void on_visit(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    int slot = lane->visiting;
    lane->visiting = -1;
    if (redis_fate(answer, &info) != ERR_OK) {
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
        return;
    }
    for (struct bytes names = answer->text, name; lane_index_next(&names, &name);) {
        struct subject *s = lane_subject(lane, name, bytes_hash(name));
        s->visited = true;
        lane_queue(lane, s);
    }
    if (lane->kind->annex_visited(lane->self, lane->annex, slot) && lane->oldest_change_ms == 0)
        lane->oldest_change_ms = clock_mono_ms();
}

void lane_visit(struct lane *lane)
{
    struct lane_view view;
    if (!has_annex(lane) || lane->visiting >= 0 || lane->committing || lane->draining ||
        lane->n_changed >= VISITED_AT_ONCE)
        return;
    lane_view_of(lane, &view);
    lane->visiting = lane->kind->annex_wants(lane->self, lane->annex, &view);
    if (lane->visiting < 0)
        return;
    lane->scratch.len = 0;
    buffer_add(&lane->scratch, lane->prefix, lane->prefix_len);
    buffer_printf(&lane->scratch, "i:%d", lane->visiting);
    redis_command(lane->redis, (struct bytes[]){BYTES("GET"), {lane->scratch.data, lane->scratch.len}}, 2,
                  on_visit, lane);
}

/* ---- in a commit ---- */

static void set(void *arg, struct bytes word, struct bytes field, struct bytes value)
{
    struct lane *lane = arg;
    redis_command(lane->redis,
                  (struct bytes[]){BYTES("HSET"), lane_key_beside_fence(lane, word), field, value}, 4, NULL,
                  NULL);
}

static void drop(void *arg, struct bytes word, struct bytes field)
{
    struct lane *lane = arg;
    redis_command(lane->redis, (struct bytes[]){BYTES("HDEL"), lane_key_beside_fence(lane, word), field}, 3,
                  NULL, NULL);
}

static void remove_word(void *arg, struct bytes word)
{
    struct lane *lane = arg;
    redis_command(lane->redis, (struct bytes[]){BYTES("DEL"), lane_key_beside_fence(lane, word)}, 2, NULL,
                  NULL);
}

void lane_settle_annex(struct lane *lane, const struct lane_view *view)
{
    if (!has_annex(lane))
        return;
    const struct lane_emitter emitter =
        lane_emitter_of(&(struct telling){lane, NULL, ledger_now(&lane->ledger)});
    const struct lane_annex_writer writer = {lane, set, drop, remove_word};
    lane->kind->annex_settle(lane->self, lane->annex, view, &emitter, &writer);
}
