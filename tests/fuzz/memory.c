/* memory: every allocation on a record's way fails once, each in a process of its own: start (schemas
 * compiled, the methodology), decode, apply, score, encode, the store's commands, an answer that becomes a
 * creator, a line of JSON. The process must end as documented: all is well, an error with a sentence, or our
 * own abort() (a worker without memory cannot go on). A signal, an assertion or a sanitizer's report is a
 * failure. What fails are our own calls and jansson's (--wrap in CMakeLists.txt); hiredis 0.14 lets nobody
 * in. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "microflux/schemas.h"
#include "microflux/score_worker.h"
#include "store_room.h"

#define OUR_ABORT 42
#define MOST_BAD  20
#define NOW       1772454600000

static long calls, failing; /* the number of the call that fails; 0: none does */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t size);
char *__wrap_strdup(const char *text);
_Noreturn void __wrap_abort(void);

static bool fails(void)
{
    return ++calls == failing;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return fails() ? NULL : __real_realloc(at, size);
}

char *__wrap_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

/* Ours alone: that of a library, of assert and of a sanitizer stays a signal. */
_Noreturn void __wrap_abort(void)
{
    _exit(OUR_ABORT);
}

/* ---- a record's way ---- */

struct way {
    struct score_worker_options options;
    struct methodology *methodology;
    void *worker;
    struct creator creator;
    struct redis redis; /* a connection to nobody: what is queued, and what an answer becomes */
    struct hash_dump dump;
    int64_t as_of, offset;
    uint64_t told; /* all that was written and said */
};

static void on_set(void *arg, int key, struct bytes field, struct bytes value)
{
    struct way *w = arg;
    redis_command(&w->redis, (struct bytes[]){BYTES("HSET"), BYTES("k"), field, value}, 4, NULL, NULL);
    if (key == KEY_COUNTERS)
        hash_dump_add(&w->dump, field, value);
}

static void on_drop(void *arg, int key, struct bytes field)
{
    struct way *w = arg;
    (void)key;
    redis_command(&w->redis, (struct bytes[]){BYTES("HDEL"), BYTES("k"), field}, 3, NULL, NULL);
}

static void on_whole(void *arg, int key, struct bytes value)
{
    struct way *w = arg;
    (void)key;
    redis_command(&w->redis, (struct bytes[]){BYTES("SET"), BYTES("k"), value}, 3, NULL, NULL);
}

static void put_profile(struct buffer *b)
{
    avro_put_bytes(b, BYTES("c"));
    avro_put_long(b, 2);
    avro_put_long(b, NOW - 1000);
    avro_put_long(b, 5000);
    for (int i = 0; i < 8; i++) /* following posts verified country languages topics price audience */
        avro_put_bool(b, false);
}

static void put_post(struct buffer *b, struct bytes id)
{
    avro_put_bytes(b, BYTES("c"));
    avro_put_bytes(b, id);
    avro_put_long(b, NOW - MS_DAY);
    avro_put_long(b, 1);
    for (int list = 0; list < 3; list++) { /* tags mentions sponsors */
        avro_put_long(b, 1);
        avro_put_bytes(b, BYTES("acme"));
        avro_put_long(b, 0);
    }
    avro_put_bool(b, false);
    avro_put_long(b, 0);
    avro_put_long(b, 1);
    avro_put_bytes(b, BYTES("Pasta with code NORA20 #ad"));
    avro_put_bool(b, false);
    avro_put_long(b, 0);
}

static void put_act(struct buffer *b, struct bytes post, int kind)
{
    avro_put_bytes(b, BYTES("c"));
    avro_put_long(b, 1);
    avro_put_bytes(b, post);
    avro_put_long(b, 1);
    avro_put_bytes(b, BYTES("actor"));
    avro_put_long(b, kind);
    avro_put_long(b, 3);
    avro_put_long(b, NOW - 5000);
    avro_put_long(b, kind == KIND_COMMENT);
    for (int i = 0; kind == KIND_COMMENT && i < 5; i++) /* words emoji mentions reply fingerprint */
        avro_put_long(b, 0);
    avro_put_long(b, 0);
    avro_put_long(b, 0);
    avro_put_long(b, 1);
    avro_put_bytes(b, BYTES("spring"));
}

static enum err take(struct way *w, int input, struct buffer *value, struct err_info *info)
{
    uint32_t id;
    struct kafka_record record = {.input = input,
                                  .offset = w->offset++,
                                  .timestamp = NOW,
                                  .key = BYTES("c"),
                                  .value = {value->data, value->len}};
    enum err err = score_kind.decode(w->worker, input, &record, &id, info);
    if (err == ERR_OK)
        (void)score_kind.apply(w->worker, &w->creator, input, 0, &record, &w->as_of, info);
    value->len = 0;
    return err;
}

static enum err records(struct way *w, struct err_info *info)
{
    struct buffer value = {0};
    put_profile(&value);
    enum err err = take(w, TOPIC_PROFILES, &value, info);
    for (int i = 0; i < 4 && err == ERR_OK; i++) {
        struct bytes id = {&"abcd"[i], 1};
        put_act(&value, id, KIND_COMMENT); /* a placeholder */
        err = take(w, TOPIC_INTERACTIONS, &value, info);
        put_post(&value, id);
        if (err == ERR_OK)
            err = take(w, TOPIC_POSTS, &value, info);
    }
    for (int kind = KIND_VIEW; kind < N_KINDS && err == ERR_OK; kind++) {
        put_act(&value, BYTES("a"), kind);
        err = take(w, TOPIC_INTERACTIONS, &value, info);
    }
    buffer_free(&value);
    return err;
}

static void tell(struct way *w)
{
    struct buffer out = {0};
    struct lane_view view = {.as_of = w->as_of};
    struct lane_writer writer = {w, on_set, on_drop, on_whole, NULL};
    if (score_kind.evaluate(w->worker, &w->creator, &view))
        score_kind.encode(w->worker, &w->creator, BYTES("c"), &view, LANE_CHANGE, &out);
    redis_command(&w->redis, (struct bytes[]){{out.data, out.len}}, 1, NULL, NULL); /* so that it is hashed */
    buffer_free(&out);
    hash_dump_begin(&w->dump);
    score_kind.changes(w->worker, &w->creator, &writer);
    (void)hash_dump_end(&w->dump);
}

/* An answer of Redis through hiredis, into a creator. */
static enum err load(struct way *w, struct err_info *info)
{
    static const char hash[] = "*6\r\n$1\r\nv\r\n$9\r\n0 9 4 120\r\n$2\r\nb0\r\n$11\r\n2 1 0 0 1 1\r\n"
                               "$2\r\nf3\r\n$20\r\n20514 1 7 5000 300 -\r\n";
    void *answer = NULL;
    enum err err = ERR_OK;
    score_kind.clear(&w->creator);
    w->redis.reader = answer_reader(&w->redis.arena);
    if (redisReaderFeed(w->redis.reader, hash, sizeof hash - 1) != REDIS_OK ||
        redisReaderGetReply(w->redis.reader, &answer) != REDIS_OK || !answer)
        err = err_set(info, ERR_WEATHER, "protocol", "%s", w->redis.reader->errstr);
    if (err == ERR_OK)
        err = score_kind.load(w->worker, &w->creator, KEY_COUNTERS, answer, info);
    if (err == ERR_OK)
        score_kind.loaded(w->worker, &w->creator);
    return err;
}

static enum err start(struct way *w, struct err_info *info)
{
    enum err err = methodology_open("default,stim", &w->methodology, info);
    w->options.methodology = w->options.rules.methodology = w->methodology;
    if (err == ERR_OK)
        err = score_kind.open(&w->options, &w->worker, info);
    return err;
}

static enum err walk(struct way *w, struct err_info *info)
{
    struct buffer json = {0};
    score_kind.init(&w->creator);
    enum err err = records(w, info);
    if (err == ERR_OK)
        tell(w);
    if (err == ERR_OK)
        err = load(w, info);
    if (err == ERR_OK)
        err = avro_from_json(schema_profile,
                             BYTES("{\"creator_id\":\"c\",\"observed_at\":1,\"followers\":2}"), &json, info);
    w->told = bytes_hash((struct bytes){w->redis.out.data, w->redis.out.len}) ^
              bytes_hash((struct bytes){json.data, json.len});
    buffer_free(&json);
    score_kind.clear(&w->creator);
    return err;
}

static void finish(struct way *w)
{
    score_kind.close(w->worker);
    methodology_close(w->methodology);
}

/* ---- one process for each call ---- */

/* GOOD: it did without, and told the same. BROKEN: it told something else, or an error without a sentence or
 * cause. */
enum end { GOOD, ERROR, NOT_REACHED, BROKEN };

typedef enum err part(struct way *way, struct err_info *info);

static uint64_t *right; /* what is told when no call fails; shared with the children */

static enum end child(part *phase, struct way *w, long which)
{
    struct err_info info = {0};
    failing = which;
    calls = 0;
    enum err err = phase(w, &info);
    bool reached = calls >= failing;
    failing = 0;
    if (err == ERR_OK && phase == start)
        err = walk(w, &info);
    if (err != ERR_OK)
        return reached && info.sentence[0] ? ERROR : BROKEN;
    finish(w);
    if (!*right)
        *right = w->told;
    return *right != w->told ? BROKEN : reached ? GOOD : NOT_REACHED;
}

static int end_of(part *phase, struct way *w, long which)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(child(phase, w, which));
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct tried {
    int good, errors, aborts, bad;
};

static void try_each(const char *name, part *phase, struct way *w, long step, struct tried *all)
{
    struct tried t = {0};
    int end;
    for (long which = 1; (end = end_of(phase, w, which)) != NOT_REACHED && t.bad < MOST_BAD; which += step) {
        t.good += end == GOOD;
        t.errors += end == ERROR;
        t.aborts += end == OUR_ABORT;
        if (end != GOOD && end != ERROR && end != OUR_ABORT) {
            printf("%s, call %ld: ended with %d\n", name, which, end);
            t.bad++;
        }
    }
    printf("%s: %d errors, %d aborts of ours, %d did without, %d otherwise\n", name, t.errors, t.aborts,
           t.good, t.bad);
    all->good += t.good + t.errors + t.aborts;
    all->bad += t.bad;
}

/* memory [STEP]: of the start's calls, every STEP-th. */
int main(int argc, char **argv)
{
    static struct way w = {.options = {.rules = {.max_future = 300000},
                                       .max_record_bytes = 900000,
                                       .bare_json = {schema_profile, schema_post, schema_interaction}}};
    struct tried all = {0};
    struct err_info info;
    struct text *text;
    json_set_alloc_funcs(__wrap_malloc, free);
    if (text_open(NULL, &text, &info) != ERR_OK)
        return 1;
    w.options.text = text;
    right = mmap(NULL, sizeof *right, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (right == MAP_FAILED || end_of(start, &w, LONG_MAX) != NOT_REACHED)
        return 1;
    try_each("start", start, &w, argc > 1 ? strtol(argv[1], NULL, 10) : 1, &all);
    if (start(&w, &info) != ERR_OK)
        return 1;
    try_each("records", walk, &w, 1, &all);
    printf("%d passed, %d failed\n", all.good, all.bad);
    return all.bad > 0 || all.good == 0;
}
