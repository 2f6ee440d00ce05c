/* alert: what begins and somebody should look at (scoring.md §12, docs/decisions/0016): decided from what a
 * record says and from what readers were told before. Plain data, no I/O, no clock.
 */
#ifndef MICROFLUX_ALERT_H
#define MICROFLUX_ALERT_H

#include "microflux/err.h"
#include "microflux/published.h"

/* The symbols of AlertType in alert.avsc, in its order. OTHER is what a reader makes of one it does not know.
 */
enum alert_type {
    ALERT_OTHER,
    ALERT_TIER_CHANGED,
    ALERT_FOLLOWERS_MOVED,
    ALERT_AUTHENTICITY_FELL,
    ALERT_NEW_FLAG,
    ALERT_SATURATION_LEFT,
    ALERT_UNDISCLOSED_POST,
    ALERT_FIT_ENTERED, /* from here on of a creator in a campaign */
    ALERT_FIT_LEFT,
    ALERT_COMPETITOR_DEAL,
    ALERT_CREATOR_SILENT,
    N_ALERTS
};
#define ALERTS_OF_CREATOR  ALERT_FIT_ENTERED /* the types before it, OTHER included */
#define ALERTS_OF_CAMPAIGN (N_ALERTS - ALERT_FIT_ENTERED)
extern const char *const alert_names[N_ALERTS];

/* alerts_muted: "TIER_CHANGED,NEW_FLAG" as a bit a type. ERR_USAGE: one of the words is no type. */
enum err alerts_muted(const char *words, uint32_t *muted, struct err_info *info) MF_MUST_CHECK;

/* What something was, or is: nothing, a number or words. */
enum alert_kind { ALERT_NOTHING, ALERT_NUMBER, ALERT_WORDS };
struct alert_value {
    enum alert_kind kind;
    double number;
    char words[96];
};

struct alert {
    enum alert_type type;
    struct alert_value was, now;
};

/* What of a creator's last published record the next one is compared with. */
#define ALERT_DAYS 7
struct alerted {
    bool there; /* there was one */
    bool fell, has_saturation;
    int8_t moved;  /* followers are up (1) or down (-1) by so much that it was worth an alert */
    uint8_t flags; /* bit = enum flag */
    char tier[16]; /* of scheme default, "" = none */
    int32_t likely;
    int32_t day; /* the newest day of highs */
    int32_t
        highs[ALERT_DAYS]; /* highest authenticity told on it and on those before, thousandths; -1: none */
    double saturation;
    int64_t last[ALERTS_OF_CREATOR]; /* when a type was last let through, 0: never */
};

struct methodology;
/* alerts_of: what began between the record told last and this one, at most one a type and hour, none of a
 * muted type; *told becomes what the next one is compared with. Nothing begins from nothing. Returns how many
 * of out (room for ALERTS_OF_CREATOR). */
size_t alerts_of(const struct methodology *m, const struct score *score, uint32_t muted, struct alerted *told,
                 struct alert *out);
/* alert_let: whether one of event time `as_of` is an hour or more after the last one let through, which it
 * then becomes. */
bool alert_let(const struct methodology *m, int64_t as_of, int64_t *last);
struct alert_value alert_number(double number);
struct alert_value alert_words(const char *words);

#endif
