/* explain_words: the language, numbers and days as its reader writes them, and the lists by which a score
 * explains itself: parts, terms, flags. */
#include <inttypes.h>
#include <libintl.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "explain.h"

#define N_(text)  text /* marks what is translated where it is used */
#define CATALOGUE "microflux"

/* Beside the binary in the build folder, else where both were installed. */
static void find_catalogue(void)
{
    static const char *const places[] = {"locale", "../share/locale"};
    char binary[512], folder[600];
    ssize_t n = readlink("/proc/self/exe", binary, sizeof binary - 1);
    if (n <= 0)
        return;
    binary[n] = 0;
    *strrchr(binary, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(folder, sizeof folder, "%s/%s", binary, places[i]);
        if (access(folder, R_OK) == 0) {
            bindtextdomain(CATALOGUE, folder);
            return;
        }
    }
}

/* glibc translates in any locale but "C", and C.UTF-8 is always there; LANGUAGE says into what. */
void explain_language(const char *language)
{
    const char *const asked[] = {language, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        if (asked[i] && *asked[i]) {
            setenv("LANGUAGE", asked[i], 1);
            break;
        }
    setlocale(LC_MESSAGES, "C.UTF-8");
    find_catalogue();
    bind_textdomain_codeset(CATALOGUE, "UTF-8");
    textdomain(CATALOGUE);
}

struct said say_number(double x, int digits)
{
    struct said said;
    snprintf(said.text, sizeof said.text, "%.*f", digits, x);
    char *point = strchr(said.text, '.');
    if (point)
        *point = *gettext("."); /* the decimal sign */
    return said;
}

/* Thousands apart, as its reader writes them. */
struct said say_count(int64_t n)
{
    struct said said;
    char digits[24], *out = said.text;
    const char *apart = gettext(",");
    int len = snprintf(digits, sizeof digits, "%" PRId64, n);
    for (int i = 0; i < len; i++) {
        if (i > (n < 0) && (len - i) % 3 == 0)
            out = stpcpy(out, apart);
        *out++ = digits[i];
    }
    *out = 0;
    return said;
}

struct said say_percent(double fraction, int digits)
{
    struct said said = say_number(100 * fraction, digits);
    strcat(said.text, " %");
    return said;
}

struct said say_day(int64_t ms)
{
    struct said said;
    time_t t = (time_t)(ms / 1000);
    struct tm utc;
    strftime(said.text, sizeof said.text, "%Y-%m-%d", gmtime_r(&t, &utc));
    return said;
}

/* ISO 4217: most have two decimals. */
struct said say_money(double minor_units, const char *currency)
{
    static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND";
    int decimals = strstr(none, currency) ? 0 : strstr(three, currency) ? 3 : 2;
    struct said said = say_number(minor_units / pow(10, decimals), decimals);
    size_t len = strlen(said.text);
    snprintf(said.text + len, sizeof said.text - len, " %s", currency);
    return said;
}

/* ---- parts ---- */

static const char *part_word(const char *signal)
{
    static const struct {
        const char *signal, *word;
    } words[] = {{"audience", N_("audience")},
                 {"engagement", N_("engagement")},
                 {"growth", N_("growth")},
                 {"content", N_("content")},
                 {"authenticity", N_("authenticity")},
                 {"niche_focus", N_("niche focus")},
                 {"community", N_("community")}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].signal, signal) == 0)
            return gettext(words[i].word);
    return signal;
}

void explain_parts(const struct weighted *w, struct buffer *out)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct contribution *part = &w->of[i];
        buffer_printf(out, gettext("    %s: "), part_word(part->signal));
        if (!part->there)
            buffer_add_text(out, gettext("not enough is known"));
        else
            buffer_printf(out, gettext("%s of 100, weighs %s, brings %s (observations: %d, confidence %s)"),
                          say_number(part->value, 1).text, say_percent(part->weight, 0).text,
                          say_number(part->contribution, 1).text, part->n,
                          say_number(part->confidence, 2).text);
        buffer_add_text(out, "\n");
    }
}

/* ---- terms ---- */

static const char *const term_words[N_TERMS] = {
    [TERM_SPREAD] = N_("likes stand out on single posts where comments do not (measure %s)"),
    [TERM_STEP] = N_("likes rose for good where comments did not (measure %s)"),
    [TERM_RATE_HIGH] = N_("%s times the engagement that 99 of 100 peers stay below"),
    [TERM_RATE_LOW] = N_("1 / %s of the engagement that 99 of 100 peers reach"),
    [TERM_GENERIC] = N_("%s of the comments have two words at most"),
    [TERM_DUPLICATE] = N_("%s of the comments are repeated word for word"),
    [TERM_EARLY] = N_("%s of the comments come within ten minutes"),
};

/* The published value as its sentence wants it: logarithms of ratios, shares, and pure numbers. */
static struct said say_term(int term, double x)
{
    if (term == TERM_RATE_HIGH || term == TERM_RATE_LOW)
        return say_number(exp(x), 1);
    return term == TERM_SPREAD || term == TERM_STEP ? say_number(x, 2) : say_percent(x, 0);
}

void explain_terms(const struct explained *e, struct buffer *out)
{
    for (int i = 0; i < N_TERMS; i++) {
        const struct term_value *term = &e->score->terms[i];
        if (!term->there || term->penalty <= 0)
            continue;
        buffer_printf(out, gettext("      engagement loses %s points: "), say_number(term->penalty, 1).text);
        buffer_printf(out, gettext(term_words[i]), say_term(i, term->x).text);
        buffer_add_text(out, "\n");
    }
}

/* ---- flags ---- */

static const char *const flag_words[N_FLAGS] = {
    [FLAG_SPREAD] = N_("likes stand out on single posts, as bought ones would"),
    [FLAG_STEP] = N_("likes rose from one post on, as bought ones would"),
    [FLAG_GROWTH_SPIKE] = N_("followers jumped within a day, and engagement did not"),
    [FLAG_GENERIC] = N_("most comments have two words at most"),
    [FLAG_EARLY] = N_("most comments come within ten minutes"),
    [FLAG_SATURATION] = N_("many posts are paid for"),
    [FLAG_POD_LIKE] = N_("the same people comment at once, with next to no words"),
};

static struct said say_flag(int flag, double x)
{
    bool number = flag == FLAG_SPREAD || flag == FLAG_STEP || flag == FLAG_GROWTH_SPIKE;
    return number ? say_number(x, 2) : say_percent(x, 0);
}

static void explain_place(const struct explained *e, struct place place, struct buffer *out)
{
    const struct post *post = place.kind == EVIDENCE_POST ? creator_post_in(e->creator, place.at) : NULL;
    if (post)
        buffer_printf(out, gettext("; look at post %.*s"), post->id_len, post->id);
    if (place.kind == EVIDENCE_DAY)
        buffer_printf(out, gettext("; look at %s"), say_day(place.at * MS_DAY).text);
}

void explain_flags(const struct explained *e, struct buffer *out)
{
    bool any = false;
    for (int i = 0; i < N_FLAGS; i++) {
        const struct flag_value *flag = &e->score->flags[i];
        if (!flag->raised)
            continue;
        any = true;
        buffer_printf(out, gettext("    %s: "), gettext(flag_words[i]));
        buffer_printf(out, gettext("%s, above %s"), say_flag(i, flag->value).text,
                      say_flag(i, flag->threshold).text);
        explain_place(e, flag->place, out);
        buffer_add_text(out, "\n");
    }
    if (!any)
        buffer_printf(out, "    %s\n", gettext("none"));
}

/* ---- topics ---- */

#define NEAREST 3

static void nearest_niches(const struct niche_value *niche, struct buffer *out)
{
    bool told[NICHES] = {false};
    buffer_add_text(out, niche->model ? gettext("    nearest niches, by the niche model:")
                                      : gettext("    nearest niches, by the lexicon:"));
    for (int i = 0; i < NEAREST && i < (int)niche->n; i++) {
        size_t best = 0;
        for (size_t k = 0; k < niche->n; k++)
            best = told[best] || (!told[k] && niche->posterior[k] > niche->posterior[best]) ? k : best;
        told[best] = true;
        buffer_printf(out, "%s %s %s", i ? "," : "", niche->names[best],
                      say_percent(niche->posterior[best], 0).text);
    }
    buffer_add_text(out, "\n");
}

void explain_topics(const struct niche_value *niche, struct buffer *out)
{
    nearest_niches(niche, out);
    if (!niche->has_vector) {
        buffer_add_text(
            out,
            gettext(
                "    no embedding is configured (models.embedding): nothing but the lexicon tells topics\n"));
        return;
    }
    if (niche->known)
        buffer_printf(out, gettext("    its vector is of %d tags and mentions that the embedding knows\n"),
                      niche->known);
    else
        buffer_add_text(out, gettext("    the embedding knows none of its tags and mentions\n"));
    if (niche->met)
        buffer_printf(out, gettext("    and of its commenters, met %s times at other creators\n"),
                      say_count(niche->met).text);
    else
        buffer_add_text(out, gettext("    its commenters were met at no other creator yet\n"));
}
