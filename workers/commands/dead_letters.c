/* dead_letters: what was refused and why. list reads the topic to its end; show, replay and erase are in
 * files of their own. */
#include "dead_letters.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "record_text.h"

#define STORY     "microflux.error."
#define MOST_SUMS 64

/* ---- reading one ---- */

static int64_t number_of(struct bytes text)
{
    int64_t n = -1;
    return bytes_int(&text, &n) ? n : -1;
}

static void take_header(struct letter *letter, const struct kafka_header *h)
{
    const char *name = h->name + strlen(STORY);
    if (strcmp(h->name, REPLAYED) == 0)
        letter->replayed = true;
    if (strncmp(h->name, STORY, strlen(STORY)) != 0)
        return;
    if (strcmp(name, "topic") == 0)
        letter->topic = h->value;
    else if (strcmp(name, "code") == 0)
        letter->code = h->value;
    else if (strcmp(name, "message") == 0)
        letter->message = h->value;
    else if (strcmp(name, "stage") == 0)
        letter->stage = h->value;
    else if (strcmp(name, "partition") == 0)
        letter->partition = number_of(h->value);
    else if (strcmp(name, "offset") == 0)
        letter->offset = number_of(h->value);
    else if (strcmp(name, "timestamp") == 0)
        letter->timestamp = number_of(h->value);
    else if (strcmp(name, "left.bytes") == 0)
        letter->left_behind = true;
}

static void read_letter(struct letter *letter, const struct kafka_record *record)
{
    *letter =
        (struct letter){.record = *record, .partition = -1, .offset = -1, .timestamp = record->timestamp};
    letter->n = kafka_record_headers(record, letter->headers, LETTER_HEADERS);
    for (size_t i = 0; i < letter->n; i++)
        take_header(letter, &letter->headers[i]);
}

static bool passes(const struct letters *letters, const struct letter *letter)
{
    return (!letters->reason || bytes_equal(letter->code, bytes_of(letters->reason))) &&
           (!letters->topic || bytes_equal(letter->topic, bytes_of(letters->topic))) &&
           (letters->offset < 0 ||
            (letter->record.partition == letters->partition && letter->record.offset == letters->offset));
}

enum err letters_each(const struct letters *letters,
                      enum err (*take)(void *arg, const struct letter *letter, struct err_info *info),
                      void *arg, int64_t *found, struct err_info *info)
{
    struct scan *scan = NULL;
    struct kafka_record record;
    struct letter letter;
    bool done = false;
    const struct config *config = letters->config;
    *found = 0;
    enum err err = scan_open(kafka_pairs_of(config), config->n_kafka, config->topic_dead_letters, true, true,
                             &scan, info);
    while (err == ERR_OK && !done) {
        err = scan_next(scan, 10000, &record, &done, info);
        if (err == ERR_NOT_FOUND) {
            err = done ? ERR_OK
                       : err_set(info, ERR_WEATHER, "silent", "Kafka sends no more of %s",
                                 config->topic_dead_letters);
            continue;
        }
        if (err != ERR_OK)
            break;
        read_letter(&letter, &record);
        if (!passes(letters, &letter))
            continue;
        ++*found;
        err = take(arg, &letter, info);
    }
    scan_close(scan);
    return err;
}

/* ---- list ---- */

struct sum {
    char code[32], topic[128];
    int64_t n;
};

struct listing {
    bool json, counts_only;
    struct sum sums[MOST_SUMS];
    size_t n;
    struct buffer line;
};

static void add_up(struct listing *l, const struct letter *letter)
{
    struct sum sum = {.n = 1};
    snprintf(sum.code, sizeof sum.code, "%.*s", (int)letter->code.len, letter->code.ptr);
    snprintf(sum.topic, sizeof sum.topic, "%.*s", (int)letter->topic.len, letter->topic.ptr);
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->sums[i].code, sum.code) == 0 && strcmp(l->sums[i].topic, sum.topic) == 0) {
            l->sums[i].n++;
            return;
        }
    if (l->n < MOST_SUMS)
        l->sums[l->n++] = sum;
}

static void print_text(const struct letter *letter)
{
    char when[32] = "-";
    time_t t = (time_t)(letter->timestamp / 1000);
    struct tm utc;
    if (letter->timestamp >= 0)
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &utc));
    printf("%" PRId32 "/%-8" PRId64 " %-20s %-18.*s %.*s/%" PRId64 "/%" PRId64 " %.*s%s  %.*s\n",
           letter->record.partition, letter->record.offset, when, (int)letter->code.len, letter->code.ptr,
           (int)letter->topic.len, letter->topic.ptr, letter->partition, letter->offset,
           (int)letter->record.key.len, letter->record.key.ptr ? letter->record.key.ptr : "-",
           letter->replayed ? "  (again)" : "", (int)letter->message.len, letter->message.ptr);
}

static void print_json(struct buffer *out, const struct letter *letter)
{
    out->len = 0;
    buffer_printf(out,
                  "{\"partition\":%" PRId32 ",\"offset\":%" PRId64 ",\"timestamp\":%" PRId64 ",\"code\":",
                  letter->record.partition, letter->record.offset, letter->timestamp);
    text_json(letter->code, out);
    buffer_add_text(out, ",\"message\":");
    text_json(letter->message, out);
    buffer_add_text(out, ",\"topic\":");
    text_json(letter->topic, out);
    buffer_printf(out,
                  ",\"topic_partition\":%" PRId64 ",\"topic_offset\":%" PRId64 ",\"replayed\":%s,\"key\":",
                  letter->partition, letter->offset, letter->replayed ? "true" : "false");
    text_json(letter->record.key, out);
    printf("%.*s}\n", (int)out->len, out->data);
}

static enum err list_one(void *arg, const struct letter *letter, struct err_info *info)
{
    struct listing *l = arg;
    (void)info;
    add_up(l, letter);
    if (l->counts_only)
        return ERR_OK;
    if (l->json)
        print_json(&l->line, letter);
    else
        print_text(letter);
    return ERR_OK;
}

static int by_count(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;
    return x->n < y->n ? 1 : -(x->n > y->n);
}

static void print_sums(struct listing *l, int64_t found)
{
    qsort(l->sums, l->n, sizeof *l->sums, by_count);
    for (size_t i = 0; i < l->n && (!l->json || l->counts_only); i++)
        printf(l->json ? "{\"letters\":%" PRId64 ",\"code\":\"%s\",\"topic\":\"%s\"}\n"
                       : "%8" PRId64 "  %-18s %s\n",
               l->sums[i].n, l->sums[i].code, l->sums[i].topic);
    if (!l->json)
        printf("%8" PRId64 "  dead letters\n", found);
}

static int list(const struct letters *letters, bool counts_only)
{
    struct listing l = {.json = letters->json, .counts_only = counts_only};
    struct err_info info;
    int64_t found;
    enum err err = letters_each(letters, list_one, &l, &found, &info);
    if (err == ERR_OK)
        print_sums(&l, found);
    buffer_free(&l.line);
    return err == ERR_OK ? 0 : complain("dead-letters", &info);
}

/* ---- the command ---- */

static bool read_position(struct letters *letters, const char *text)
{
    char rest;
    return sscanf(text, "%" SCNd64 "/%" SCNd64 "%c", &letters->partition, &letters->offset, &rest) == 2 &&
           letters->partition >= 0 && letters->offset >= 0;
}

static int usage(const char *sentence)
{
    fprintf(stderr, "microflux dead-letters: %s\n", sentence);
    return 64;
}

int command_dead_letters(int argc, char **argv)
{
    struct config *config = NULL;
    struct letters letters = {.partition = -1, .offset = -1};
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    bool counts = false, dry = false, yes = false;
    const struct arg options[] = {
        {"reason", ARG_TEXT, "CODE", "only those refused for this, such as schema_unknown", &letters.reason},
        {"topic", ARG_TEXT, "TOPIC", "only those that came from this topic", &letters.topic},
        {"counts", ARG_FLAG, NULL, "list: only how many of each reason and topic", &counts},
        {"dry-run", ARG_FLAG, NULL, "replay, erase: only say what would be sent or deleted", &dry},
        {"yes", ARG_FLAG, NULL, "replay: send; what is replayed twice counts twice. erase: delete", &yes},
        {"format", ARG_CHOICE, "text|json", "json: one object a line", &format},
    };
    const struct args args = {
        "dead-letters",
        "list|show|replay|erase [PARTITION/OFFSET|CREATOR]",
        "Lists the records that could not be used, shows one of them whole, sends them again to "
        "the topic they came from, or deletes those of a creator.",
        "microflux dead-letters replay --reason schema_unknown --dry-run",
        options,
        6,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    letters.config = config;
    letters.json = strcmp(format, "json") == 0;
    const char *what = rest[0];
    if (strcmp(what, "erase") == 0)
        status = n == 2 && dry != yes ? letters_erase(&letters, rest[1], dry)
                                      : usage("erase CREATOR --dry-run says what would be deleted, erase "
                                              "CREATOR --yes deletes it");
    else if (n > 2 || (n == 2 && !read_position(&letters, rest[1])))
        status = usage("name a dead letter as PARTITION/OFFSET, as list prints it");
    else if (strcmp(what, "list") == 0)
        status = list(&letters, counts);
    else if (strcmp(what, "show") == 0)
        status =
            n == 2 ? letters_show(&letters) : usage("show which one? PARTITION/OFFSET, as list prints it");
    else
        status = dry != yes ? letters_replay(&letters, dry)
                            : usage("replay --dry-run says what would be sent, replay --yes sends it");
    config_free(config);
    return status;
}
