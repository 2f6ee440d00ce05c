/* lexicon: the *.lex files become classes and patterns. A line is a comment (;), a [class], a word or phrase,
 * or a #tag; classes.lex comes first and says which classes there are. */
#include <dirent.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/file.h"
#include "text_room.h"

#define MOST_NODES (1u << 24) /* a sane end */

static const char *const kind_words[] = {"niche", "topic", "value", "unsafe", "sign"};
static const char *const sign_words[N_SIGNS] = {"disclosed", "code", "link", "call"};

/* The file that is being read. */
struct reading {
    struct text *text;
    struct normal *normal;
    struct buffer canonical; /* what the digest is made of */
    const char *name;
    int line, section; /* section: a class, in classes.lex a kind; -1 = none yet */
    bool classes;
    struct err_info *info;
};

static enum err refuse(struct reading *r, const char *what, const char *name, const char *more)
{
    return err_set(r->info, ERR_USAGE, "lexicon", "%s, line %d: %s%s%s", r->name, r->line, what, name, more);
}

static const char *class_name(const void *text, size_t i)
{
    return ((const struct text *)text)->classes[i].name;
}

/* ---- classes.lex ---- */

static int index_of(const char *const *words, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static enum err check_bit(struct reading *r, enum text_kind kind, long bit, const char *line)
{
    for (size_t i = 0; i < r->text->n_classes; i++)
        if (r->text->classes[i].kind != TEXT_SIGN && r->text->classes[i].bit == bit)
            return refuse(r, "too many classes for one bit: it is taken by ", r->text->classes[i].name, "");
    if (kind == TEXT_NICHE && (bit < 0 || bit >= TEXT_NICHES))
        return refuse(r, "a niche's bit is 0 to 15: ", line, "");
    if (kind != TEXT_NICHE && (bit < TEXT_NICHES || bit > 63))
        return refuse(r, "the bit of a class that is no niche is 16 to 63: ", line, "");
    return ERR_OK;
}

/* "16 MUSIC", or a sign: "disclosed". */
static enum err add_class(struct reading *r, const char *line)
{
    struct text_class made = {.kind = (enum text_kind)r->section};
    char *name = (char *)(uintptr_t)line;
    long bit = r->section == TEXT_SIGN ? index_of(sign_words, N_SIGNS, line) : strtol(line, &name, 10);
    name += strspn(name, " ");
    if (r->section == TEXT_SIGN ? bit < 0 : name == line || !*name)
        return refuse(r,
                      r->section == TEXT_SIGN ? "a sign is disclosed, code, link or call, not "
                                              : "a class is a bit and a name, such as 16 MUSIC, not ",
                      line, "");
    if (strlen(name) >= sizeof made.name || r->text->n_classes == MOST_CLASSES)
        return refuse(r, "the name is longer than 31 bytes, or it is one class too many: ", name, "");
    if (text_class_of(r->text, bytes_of(name)))
        return refuse(r, "there is a class ", name, " already");
    enum err err = r->section == TEXT_SIGN ? ERR_OK : check_bit(r, made.kind, bit, line);
    memcpy(made.name, name, strlen(name));
    made.bit = (uint8_t)bit;
    if (err == ERR_OK)
        r->text->classes[r->text->n_classes++] = made;
    return err;
}

/* ---- entries ---- */

static enum err check_new(struct reading *r, uint32_t sprout, uint32_t entry, const char *line)
{
    const struct text *t = r->text;
    char where[96];
    for (uint32_t o = t->automaton.sprouts[sprout].output; o; o = t->automaton.outputs[o].next) {
        const struct entry *other = &t->entries[t->automaton.outputs[o].entry];
        snprintf(where, sizeof where, " is in this class already: %s, line %d", t->names[other->file],
                 other->line);
        if (other->class == t->entries[entry].class && t->automaton.outputs[o].entry != entry)
            return refuse(r, "", line, where);
    }
    return ERR_OK;
}

/* The normal form that was made last becomes a pattern of the entry. */
static enum err add_pattern(struct reading *r, uint32_t entry, const char *line)
{
    struct automaton *a = &r->text->automaton;
    const struct buffer *form = &r->normal->out;
    if (form->len < 3)
        return refuse(r, "neither a word nor a #tag: ", line, "");
    uint32_t sprout = automaton_sprout(a, (struct bytes){form->data, form->len});
    if (a->n_nodes >= MOST_NODES)
        return refuse(r, "too many entries", "", "");
    enum err err = check_new(r, sprout, entry, line);
    if (err == ERR_OK)
        automaton_output(a, sprout, entry);
    return err;
}

static uint32_t new_entry(struct reading *r)
{
    struct text *t = r->text;
    if (t->n_entries == t->cap_entries) {
        t->cap_entries = t->cap_entries ? t->cap_entries * 2 : 1024;
        t->entries = realloc(t->entries, t->cap_entries * sizeof *t->entries);
        if (!t->entries)
            abort();
    }
    t->entries[t->n_entries] =
        (struct entry){(uint8_t)r->section, (uint16_t)(t->n_names - 1), (uint16_t)r->line, 0};
    return (uint32_t)t->n_entries++;
}

/* "#tag", "word", or "several words", which as a tag stand together. */
static enum err add_entry(struct reading *r, const char *line)
{
    const char *class = r->text->classes[r->section].name;
    bool tag = line[0] == '#';
    uint32_t entry = new_entry(r);
    normal_begin(r->normal);
    normal_name(r->normal, '#', bytes_of(line + tag));
    r->text->entries[entry].token =
        (uint32_t)bytes_hash((struct bytes){r->normal->out.data, r->normal->out.len - 1});
    enum err err = add_pattern(r, entry, line);
    if (tag || err != ERR_OK) {
        buffer_printf(&r->canonical, "%s:%.*s\n", class, (int)r->normal->out.len, r->normal->out.data);
        return err;
    }
    normal_begin(r->normal);
    normal_text(r->normal, bytes_of(line));
    normal_end(r->normal);
    buffer_printf(&r->canonical, "%s:%.*s\n", class, (int)r->normal->out.len, r->normal->out.data);
    return strpbrk(line, "@#") ? refuse(r, "neither a word nor a #tag: ", line, "")
                               : add_pattern(r, entry, line);
}

/* ---- files ---- */

static enum err open_section(struct reading *r, char *line)
{
    char *end = strchr(line, ']');
    if (!end || end[1])
        return refuse(r, "a class is opened by [name], not ", line, "");
    *end = 0;
    line++;
    if (r->classes) {
        r->section = index_of(kind_words, sizeof kind_words / sizeof *kind_words, line);
        return r->section < 0
                   ? refuse(r, "the kinds of classes are niche, topic, value, unsafe and sign, not ", line,
                            "")
                   : ERR_OK;
    }
    const struct text_class *class = text_class_of(r->text, bytes_of(line));
    if (!class) {
        char nearest[64];
        snprintf(nearest, sizeof nearest, "; did you mean %s?",
                 nearest_name(line, class_name, r->text, r->text->n_classes));
        return refuse(r, "classes.lex has no class ", line, nearest);
    }
    r->section = (int)(class - r->text->classes);
    return ERR_OK;
}

static enum err read_line(struct reading *r, char *line)
{
    size_t len = strlen(line += strspn(line, " \t"));
    while (len && strchr(" \t\r", line[len - 1]))
        line[--len] = 0;
    if (len == 0 || line[0] == ';')
        return ERR_OK;
    if (len > 120)
        return refuse(r, "longer than 120 bytes", "", "");
    if (line[0] == '[')
        return open_section(r, line);
    if (r->section < 0)
        return refuse(r, "before the first [class]: ", line, "");
    return r->classes ? add_class(r, line) : add_entry(r, line);
}

static enum err read_text(struct reading *r, const char *name, const char *text)
{
    struct text *t = r->text;
    char *copy = strdup(text), *rest = copy, *line;
    t->names = realloc(t->names, (t->n_names + 1) * sizeof *t->names);
    if (!copy || !t->names)
        abort();
    t->names[t->n_names++] = strdup(name);
    r->name = name;
    r->line = 0;
    r->section = -1;
    r->classes = strcmp(name, "classes.lex") == 0;
    enum err err = ERR_OK;
    while (err == ERR_OK && (line = strsep(&rest, "\n")) != NULL) {
        r->line++;
        err = read_line(r, line);
    }
    free(copy);
    return err;
}

static const struct {
    const char *name, *text;
} own[] = {{"classes.lex", lexicon_classes},
           {"niches-en.lex", lexicon_niches_en},
           {"niches-fr.lex", lexicon_niches_fr},
           {"topics-en.lex", lexicon_topics_en},
           {"topics-fr.lex", lexicon_topics_fr},
           {"values-en.lex", lexicon_values_en},
           {"values-fr.lex", lexicon_values_fr},
           {"unsafe-en.lex", lexicon_unsafe_en},
           {"unsafe-fr.lex", lexicon_unsafe_fr},
           {"disclosure-en.lex", lexicon_disclosure_en},
           {"disclosure-fr.lex", lexicon_disclosure_fr}};
#define N_OWN (sizeof own / sizeof *own)

static enum err read_file(struct reading *r, const char *dir, const char *name)
{
    char path[1024], *text;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    enum err err = file_text(path, &text, r->info);
    if (err != ERR_OK)
        return err;
    err = read_text(r, name, text);
    free(text);
    return err;
}

static bool is_listed(struct dirent **files, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(files[i]->d_name, name) == 0)
            return true;
    return false;
}

static bool is_own(const char *name)
{
    for (size_t i = 0; i < N_OWN; i++)
        if (strcmp(own[i].name, name) == 0)
            return true;
    return false;
}

static int is_lexicon(const struct dirent *file)
{
    size_t len = strlen(file->d_name);
    return len > 4 && strcmp(file->d_name + len - 4, ".lex") == 0;
}

/* Ours, each replaced by its namesake of the folder, then what else is there, by name. */
static enum err read_all(struct reading *r, const char *dir)
{
    struct dirent **files = NULL;
    int n = 0;
    enum err err = ERR_OK;
    if (dir && *dir && (n = scandir(dir, &files, is_lexicon, alphasort)) < 0)
        return err_set(r->info, ERR_USAGE, "lexicon", "lexicon.dir: %s cannot be read as a folder", dir);
    for (size_t i = 0; i < N_OWN && err == ERR_OK; i++)
        err = is_listed(files, n, own[i].name) ? read_file(r, dir, own[i].name)
                                               : read_text(r, own[i].name, own[i].text);
    for (int i = 0; i < n; i++) {
        if (err == ERR_OK && !is_own(files[i]->d_name))
            err = read_file(r, dir, files[i]->d_name);
        free(files[i]);
    }
    free(files);
    return err;
}

enum err text_open(const char *dir, struct text **text, struct err_info *info)
{
    struct text *t = calloc(1, sizeof *t);
    struct reading r = {.text = t, .normal = calloc(1, sizeof *r.normal), .info = info};
    if (!t || !r.normal)
        abort();
    automaton_open(&t->automaton);
    enum err err = read_all(&r, dir);
    for (size_t i = 0; i < t->n_classes; i++)
        buffer_printf(&r.canonical, "%d %d %s\n", t->classes[i].kind, t->classes[i].bit, t->classes[i].name);
    t->digest = bytes_hash((struct bytes){r.canonical.data, r.canonical.len});
    buffer_free(&r.canonical);
    buffer_free(&r.normal->out);
    free(r.normal);
    if (err != ERR_OK) {
        text_close(t);
        return err;
    }
    automaton_link(&t->automaton);
    *text = t;
    return ERR_OK;
}

void text_close(struct text *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_names; i++)
        free(t->names[i]);
    free(t->names);
    free(t->entries);
    automaton_free(&t->automaton);
    free(t);
}
