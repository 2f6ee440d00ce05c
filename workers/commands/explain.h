/* explain: a creator's scores in words. Where the words are another language's, gettext finds them in the
 * catalogue that explain_language opened. */
#ifndef COMMANDS_EXPLAIN_H
#define COMMANDS_EXPLAIN_H

#include "microflux/creator.h"

struct explained {
    struct bytes name;
    const struct creator *creator;
    const struct score *score;
    const struct peer_table *peers; /* the live one; NULL: none */
};

/* explain_language: "fr", "fr_FR.UTF-8" …; NULL or "" = what LC_ALL, LC_MESSAGES or LANG say. A language
 * without a catalogue is English. Of the whole process: before the first word. */
void explain_language(const char *language);

/* explain_text: everything that is known, section by section, as lines; appends. */
void explain_text(const struct explained *e, struct buffer *out);

/* ---- explain_words.c: what the sections share ---- */

/* A number as the reader writes it: say_…(x).text, within one expression. */
struct said {
    char text[48];
};
struct said say_number(double x, int digits);
struct said say_count(int64_t n);
struct said say_percent(double fraction, int digits);
struct said say_day(int64_t ms);
struct said say_money(double minor_units, const char *currency); /* with the currency's own decimals */

void explain_parts(const struct weighted *w, struct buffer *out); /* what a score is made of */
void explain_terms(const struct explained *e, struct buffer *out);
void explain_flags(const struct explained *e, struct buffer *out);
void explain_topics(const struct niche_value *niche, struct buffer *out); /* whose words, whose audience */

#endif
