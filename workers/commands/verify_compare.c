/* verify_compare: two creators, field by field as Redis has them. Which slot a post or a profile day took
 * depends on the order of events, so theirs are told apart by post id and by day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"

struct field {
    char *name, *value;
};

struct fields {
    const struct creator *creator;
    struct field *at;
    size_t n, cap;
};

static const struct post *post_of(const struct creator *c, int slot)
{
    for (int i = 0; i < c->n_posts + c->n_placeholders; i++)
        if (c->posts[i].slot == slot)
            return &c->posts[i];
    return NULL;
}

/* "p 3c" becomes "p c of post-7"; "c f12" becomes "c f of day 20500"; NULL: nothing that can be compared. */
static char *name_of(const struct fields *fields, int key, struct bytes field, struct bytes value)
{
    char *name = NULL;
    int slot, used = 0, made = 0;
    char text[16];
    snprintf(text, sizeof text, "%.*s", (int)field.len, field.ptr);
    if (key == KEY_POSTS && sscanf(text, "%d%n", &slot, &used) == 1) {
        const struct post *post = post_of(fields->creator, slot);
        if (!post || (post->placeholder && !text[used]))
            return NULL; /* a placeholder's own fields are of the moment it was opened */
        made =
            asprintf(&name, "p %s of %.*s", text[used] ? text + used : "post", (int)post->id_len, post->id);
    } else if (text[0] == 'f') {
        made = asprintf(&name, "c f of day %.*s", (int)strcspn(value.ptr, " "), value.ptr);
    } else {
        made = asprintf(&name, "c %s", text);
    }
    if (made < 0)
        abort();
    return name;
}

static void set(void *arg, int key, struct bytes field, struct bytes value)
{
    struct fields *fields = arg;
    char *copy = strndup(value.ptr, value.len);
    char *name = name_of(fields, key, field, (struct bytes){copy, value.len});
    if (!name) {
        free(copy);
        return;
    }
    if (fields->n == fields->cap) {
        fields->cap = fields->cap ? 2 * fields->cap : 256;
        fields->at = realloc(fields->at, fields->cap * sizeof *fields->at);
        if (!fields->at)
            abort();
    }
    fields->at[fields->n++] = (struct field){name, copy};
}

static void drop(void *arg, int key, struct bytes field)
{
    (void)arg, (void)key, (void)field;
}

/* Sketches and tokens lie in strings that name posts by their slots: not compared. */
static void whole(void *arg, int key, struct bytes value)
{
    (void)arg, (void)key, (void)value;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct field *)a)->name, ((const struct field *)b)->name);
}

static void list(struct creator *c, struct fields *fields)
{
    struct change_writer writer = {fields, set, drop, whole};
    *fields = (struct fields){.creator = c};
    c->dirty = (struct creator_dirty){.hours = UINT64_MAX,
                                      .days = {UINT64_MAX, UINT64_MAX},
                                      .profile_days = UINT64_MAX,
                                      .posts = UINT64_MAX,
                                      .traits = UINT64_MAX,
                                      .lexicon = UINT64_MAX,
                                      .erasure = c->erasure.there,
                                      .totals = true,
                                      .profile = true,
                                      .base = true,
                                      .any = true};
    layout_write(c, &writer);
    if (fields->n)
        qsort(fields->at, fields->n, sizeof *fields->at, by_name);
}

static void fields_free(struct fields *fields)
{
    for (size_t i = 0; i < fields->n; i++) {
        free(fields->at[i].name);
        free(fields->at[i].value);
    }
    free(fields->at);
}

void verify_compare(struct creator *wanted, struct creator *found, verify_differs *differs, void *arg,
                    size_t *compared)
{
    struct fields a, b;
    list(wanted, &a);
    list(found, &b);
    for (size_t i = 0, k = 0; i < a.n || k < b.n; ++*compared) {
        int order = i == a.n ? 1 : k == b.n ? -1 : strcmp(a.at[i].name, b.at[k].name);
        const char *name = order <= 0 ? a.at[i].name : b.at[k].name;
        const char *want = order <= 0 ? a.at[i++].value : "", *have = order >= 0 ? b.at[k++].value : "";
        if (strcmp(want, have) != 0)
            differs(arg, name, bytes_of(want), bytes_of(have));
    }
    fields_free(&a);
    fields_free(&b);
}
