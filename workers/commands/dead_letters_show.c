/* dead_letters_show: one dead letter whole: its story, its headers, its key, and its value decoded where that
 * is possible, as bytes where it is not. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dead_letters.h"
#include "microflux/avro.h"
#include "record_text.h"

struct showing {
    const struct letters *letters;
    const struct score_setup *setup;
};

/* The schema it was written with, as far as we know: by its Confluent id in schema.ids or in the registry,
 * else the topic's own. */
static struct record_schema schema_for(const struct showing *s, const struct letter *letter)
{
    char topic[256];
    struct avro_frame frame = avro_frame_read(letter->record.value);
    snprintf(topic, sizeof topic, "%.*s", (int)letter->topic.len, letter->topic.ptr ? letter->topic.ptr : "");
    for (size_t i = 0; frame.kind == AVRO_FRAME_CONFLUENT && i < s->setup->options.n_writers; i++)
        if (s->setup->options.writers[i].id == frame.id)
            return (struct record_schema){.json = s->setup->options.writers[i].json};
    return (struct record_schema){.json = schema_of_topic(s->letters->config, topic),
                                  .registry = s->setup->registry};
}

static void print_hex(struct bytes value)
{
    for (size_t at = 0; at < value.len; at += 16) {
        printf("  %08zx ", at);
        for (size_t i = at; i < at + 16; i++)
            if (i < value.len)
                printf(" %02x", (unsigned char)value.ptr[i]);
            else
                printf("   ");
        printf("  ");
        for (size_t i = at; i < at + 16 && i < value.len; i++)
            putchar(isprint((unsigned char)value.ptr[i]) ? value.ptr[i] : '.');
        printf("\n");
    }
}

static void print_text(const struct letter *letter, struct record_schema *schema)
{
    struct buffer value = {0};
    struct err_info info = {0};
    for (size_t i = 0; i < letter->n; i++)
        printf("%s: %.*s\n", letter->headers[i].name, (int)letter->headers[i].value.len,
               letter->headers[i].value.ptr ? letter->headers[i].value.ptr : "");
    printf("timestamp: %" PRId64 "\nkey: %.*s\n", letter->timestamp, (int)letter->record.key.len,
           letter->record.key.ptr ? letter->record.key.ptr : "(none)");
    if (!letter->record.value.ptr)
        printf(letter->left_behind ? "value: left behind, it was too large\n"
                                   : "value: (none, a tombstone)\n");
    else if (value_json(schema, &letter->record, &value, &info) == ERR_OK &&
             (schema->json || schema->registry))
        printf("value: %.*s\n", (int)value.len, value.data);
    else {
        printf("value: %zu bytes, not decoded%s%s\n", letter->record.value.len, *info.sentence ? ": " : "",
               info.sentence);
        print_hex(letter->record.value);
    }
    buffer_free(&value);
}

static enum err show_one(void *arg, const struct letter *letter, struct err_info *info)
{
    const struct showing *s = arg;
    struct record_schema schema = schema_for(s, letter);
    struct err_info unread;
    struct buffer out = {0};
    (void)info;
    if (s->letters->json) {
        if (record_json(&schema, &letter->record, &out, &unread) != ERR_OK)
            fprintf(stderr, "microflux dead-letters: %s\n", unread.sentence);
        printf("%.*s\n", (int)out.len, out.data);
    } else {
        print_text(letter, &schema);
    }
    buffer_free(&out);
    return ERR_OK;
}

int letters_show(const struct letters *letters)
{
    struct score_setup setup;
    struct showing s = {letters, &setup};
    struct err_info info;
    int64_t found = 0;
    enum err err = score_setup_open(letters->config, &setup, &info);
    if (err == ERR_OK)
        err = letters_each(letters, show_one, &s, &found, &info);
    if (err == ERR_OK && found == 0)
        err = err_set(&info, ERR_NOT_FOUND, "no_letter", "there is no %" PRId64 "/%" PRId64 " in %s",
                      letters->partition, letters->offset, letters->config->topic_dead_letters);
    score_setup_close(&setup);
    return err == ERR_OK ? 0 : complain("dead-letters", &info);
}
