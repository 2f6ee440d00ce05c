/* fits: the score worker's annex of a lane (lane.h): each campaign's best creators, judged by what the worker
 * found of the creator just before.
 */
#ifndef SCORE_FITS_H
#define SCORE_FITS_H

#include "fit_tables.h"
#include "microflux/campaign_set.h"
#include "microflux/fit_view.h"
#include "microflux/score_worker.h"

/* What the worker judges by: its own, borrowed. */
struct fit_judge {
    const struct methodology *m;
    const struct embedding *embedding; /* NULL: none */
    const struct campaign_set *set;    /* NULL: none was read yet */
    uint64_t serial;                   /* rises with the set */
    const struct score_makers *makers;
    const struct score *score; /* of the creator evaluated last */
    struct text_scratch *words;
    uint32_t schema_id; /* Confluent id of fit-score.avsc; 0 = single-object framing */
    uint64_t fingerprint;
    uint64_t *counts; /* by enum score_count */
    struct tally *gates;
};

/* A creator that is judged now. */
struct judged {
    const struct fit_judge *judge;
    const struct creator *c;
    struct bytes name;
    const struct lane_view *view;
    const struct lane_emitter *emitter;
    struct fit_view seen;
    bool again; /* the sweep: what was told is told again */
    struct fit_calm calm;
    struct buffer actors;
    bool has_actors; /* packed once for all its pairs */
};

struct told {
    size_t campaign_len, name_at, name_len; /* the campaign stands before the name */
    double told;                            /* NAN: the creator left */
};
struct told_list {
    struct told *all;
    size_t n, cap;
    struct buffer names;
};

struct fits {
    struct fit_tables tables;
    const struct campaign_set *set;
    uint64_t serial;
    struct fit_table **of_set;     /* of each campaign of the set that runs, else NULL */
    int64_t next_edge;             /* as_of from which other campaigns run */
    int64_t visits, settled;       /* slots visited, also before the last commit */
    int64_t due_until;             /* no table's `until` is later */
    bool closing;                  /* some tables are of campaigns that do not run */
    struct told_list told, flying; /* what the next EXEC writes; what the last one does, if it happened */
    struct buffer ghosts;          /* campaign, creator: of which readers may know though no table does */
};

/* fits.c */
void *fits_open(void *self);
void fits_close(void *self, void *annex);
bool fits_judge(void *self, void *annex, void *state, struct bytes subject, const struct lane_view *view,
                enum lane_reason reason, bool visited, const struct lane_emitter *emitter);
struct fit_judge *score_fit_judge(void *self); /* score.c */

/* fits_kept.c: the visits, and what lies in Redis */
#define FITS_WORD "fits"
enum err fits_load(void *self, void *annex, struct bytes word, const struct redis_answer *answer,
                   const struct lane_asker *asker, struct err_info *info);
void fits_loaded(void *self, void *annex, const void *before);
int fits_want(void *self, void *annex, const struct lane_view *view);
bool fits_visited(void *self, void *annex, int slot);
void fits_settle(void *self, void *annex, const struct lane_view *view, const struct lane_emitter *emitter,
                 const struct lane_annex_writer *writer);
void fits_note(struct told_list *list, struct bytes campaign, struct bytes creator, double told);
void fits_due(struct fits *fits, struct fit_table *table);               /* everybody is to be judged by it */
bool fits_fills(const struct fits *fits, const struct fit_table *table); /* nobody is told of it yet */
/* fits_sync: the tables follow the campaigns that run. */
void fits_sync(struct fits *fits, const struct fit_judge *judge, int64_t as_of);
/* fits_tell: a pair for readers, by the emitter; value ptr NULL: it left. */
void fits_tell(const struct lane_emitter *emitter, struct bytes campaign, struct bytes creator,
               struct bytes value);

/* fit_told.c */
void fit_told(struct judged *judged, const struct fit_campaign *campaign, const struct fit *fit,
              struct buffer *out);

#endif
