/* fit_tables: of one lane, for each campaign its best creators and what readers were told of each. Plain
 * data: it judges nobody and writes nothing.
 */
#ifndef SCORE_FIT_TABLES_H
#define SCORE_FIT_TABLES_H

#include "microflux/fit.h"
#include "microflux/map.h"

/* What a creator's places were judged by last: as long as it moves no further than that, none of them is
 * worth telling again, and no gate closes. */
struct fit_calm {
    bool there;
    double quality;            /* the factor */
    double slack;              /* the least that one of its fits may move */
    double most, exponent;     /* the largest of its fits, and of the campaigns' exponents of quality */
    double rate, authenticity; /* the largest that one of its campaigns asks for */
    bool suspicious;
    int64_t posts; /* how far its posts were read */
};

struct fit_member { /* a creator that has a place somewhere */
    struct map_entry head;
    struct fit_calm calm;
    struct fit_table **tables; /* n of them, in no order */
    size_t n, cap;
};

struct fit_place {
    struct fit_member *member;
    double score, told; /* told: NAN: nobody knows */
};

struct fit_table {
    struct map_entry head;               /* by campaign_id */
    const struct fit_campaign *campaign; /* of the set in use; NULL: none that runs */
    struct fit_place *best;              /* n, the best first, of equal ones the smaller id */
    size_t n, cap;
    double outside; /* the best known of those who have no place; 0: nobody is known */
    uint64_t by;    /* digest of the campaign it is made for */
    int64_t until;  /* number of the visit after which everybody was judged by it */
    bool dirty;
    bool held; /* the creator that is judged now has a place in it */
};

struct fit_tables {
    size_t most; /* places a campaign */
    struct map campaigns, members;
    struct fit_table **all; /* n of them, in no order */
    size_t n, cap;
};

void fit_tables_open(struct fit_tables *tables, size_t most);
void fit_tables_close(struct fit_tables *tables);
struct fit_table *fit_tables_find(const struct fit_tables *tables, struct bytes campaign); /* NULL: none */
struct fit_table *fit_tables_enter(struct fit_tables *tables, struct bytes campaign);      /* found or made */
void fit_tables_drop(struct fit_tables *tables, struct fit_table *table); /* with all its places */
struct fit_member *fit_tables_member(const struct fit_tables *tables, struct bytes creator); /* NULL: none */

/* fit_table_full: what is below this has no place in it; 0: anybody has. */
double fit_table_floor(const struct fit_tables *tables, const struct fit_table *table);
struct fit_place *fit_table_place(const struct fit_table *table, const struct fit_member *member);
/* fit_table_put: a creator comes, or moves from its place to another score. NULL: there is no place for it.
 * Borrowed until the next change. A table may then have one too many: fit_table_last is to be removed. */
struct fit_place *fit_table_put(struct fit_tables *tables, struct fit_table *table, struct fit_place *before,
                                struct bytes creator, double score);
bool fit_table_crowded(const struct fit_tables *tables, const struct fit_table *table);
void fit_table_remove(struct fit_tables *tables, struct fit_table *table, struct fit_place *place);

#endif
