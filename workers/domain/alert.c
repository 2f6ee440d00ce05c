/* alert: what begins between two published records of a creator (scoring.md §12). What lasts is no alert, and
 * nothing begins from null or from no record. */
#include "microflux/alert.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain_room.h"

const char *const alert_names[N_ALERTS] = {
    "OTHER",    "TIER_CHANGED",    "FOLLOWERS_MOVED",  "AUTHENTICITY_FELL",
    "NEW_FLAG", "SATURATION_LEFT", "UNDISCLOSED_POST", "FIT_ENTERED",
    "FIT_LEFT", "COMPETITOR_DEAL", "CREATOR_SILENT"};

static int type_of(const char *word)
{
    for (int type = ALERT_TIER_CHANGED; type < N_ALERTS; type++)
        if (strcmp(alert_names[type], word) == 0)
            return type;
    return ALERT_OTHER;
}

enum err alerts_muted(const char *words, uint32_t *muted, struct err_info *info)
{
    char *copy = strdup(words), *rest = copy;
    enum err err = ERR_OK;
    *muted = 0;
    for (char *word; err == ERR_OK && (word = strsep(&rest, ", ")) != NULL;) {
        int type = type_of(word);
        if (*word && type == ALERT_OTHER)
            err =
                err_set(info, ERR_USAGE, "alerts_mute",
                        "alerts.mute: \"%s\" is none of the types of alert.avsc, such as TIER_CHANGED", word);
        *muted |= *word ? 1u << type : 0;
    }
    free(copy);
    return err;
}

struct alert_value alert_number(double number)
{
    return (struct alert_value){.kind = ALERT_NUMBER, .number = number};
}

struct alert_value alert_words(const char *words)
{
    struct alert_value value = {.kind = ALERT_WORDS};
    snprintf(value.words, sizeof value.words, "%s", words);
    return value;
}

bool alert_let(const struct methodology *m, int64_t as_of, int64_t *last)
{
    if (*last && as_of - *last < m->alert_ms)
        return false;
    *last = as_of;
    return true;
}

/* What is compared, and where alerts go. */
struct comparing {
    const struct methodology *m;
    const struct score *s;
    struct alerted *told;
    uint32_t muted;
    struct alert *out;
    size_t n;
};

static void say(struct comparing *c, enum alert_type type, struct alert_value was, struct alert_value now)
{
    if (c->told->there && !(c->muted >> type & 1) && alert_let(c->m, c->s->as_of, &c->told->last[type]))
        c->out[c->n++] = (struct alert){type, was, now};
}

static void compare_tier(struct comparing *c)
{
    const char *tier = c->s->n_tiers ? c->s->tiers[0].tier : "";
    char *was = c->told->tier;
    if (*tier && *was && strcmp(tier, was) != 0)
        say(c, ALERT_TIER_CHANGED, alert_words(was), alert_words(tier));
    strncpy(was, tier, sizeof c->told->tier - 1); /* with zeros behind it: it is compared as a whole */
}

static void compare_followers(struct comparing *c)
{
    const struct change_value *change = &c->s->activity.followers[0];
    bool far =
        change->there && change->relative.there && fabs(change->relative.value) >= c->m->alert_followers;
    int8_t side = far ? (int8_t)(change->relative.value > 0 ? 1 : -1) : 0;
    if (side && side != c->told->moved)
        say(c, ALERT_FOLLOWERS_MOVED, alert_number((double)(c->s->followers - change->absolute)),
            alert_number((double)c->s->followers));
    c->told->moved = side;
}

/* The days end with that of as_of, as the windows do (§2). */
static void keep_days(struct alerted *told, int64_t today)
{
    int64_t days = told->there ? today - told->day : ALERT_DAYS;
    if (days <= 0)
        return;
    int gone = days < ALERT_DAYS ? (int)days : ALERT_DAYS;
    memmove(told->highs + gone, told->highs, (size_t)(ALERT_DAYS - gone) * sizeof *told->highs);
    for (int i = 0; i < gone; i++)
        told->highs[i] = -1;
    told->day = (int32_t)today;
}

static int32_t highest(const struct alerted *told, int32_t days)
{
    int32_t high = -1;
    for (int32_t i = 0; i < days; i++)
        high = told->highs[i] > high ? told->highs[i] : high;
    return high;
}

static void compare_authenticity(struct comparing *c)
{
    const struct weighted *authenticity = &c->s->authenticity;
    struct alerted *told = c->told;
    keep_days(told, c->s->as_of / MS_DAY);
    int32_t score = authenticity->there ? (int32_t)lround(authenticity->score * 1000) : -1;
    int32_t high = highest(told, c->m->alert_days);
    bool fell = score >= 0 && high - score >= (int32_t)lround(c->m->alert_authenticity * 1000);
    if (fell && !told->fell)
        say(c, ALERT_AUTHENTICITY_FELL, alert_number(high / 1000.0), alert_number(authenticity->score));
    told->fell = fell;
    if (score > told->highs[0])
        told->highs[0] = score;
}

static void add_names(unsigned flags, struct alert_value *value)
{
    size_t len = 0;
    *value = alert_words("");
    for (int flag = 0; flag < N_FLAGS; flag++)
        if (flags >> flag & 1)
            len += (size_t)snprintf(value->words + len, sizeof value->words - len, "%s%s", len ? ", " : "",
                                    flag_names[flag]);
}

static void compare_flags(struct comparing *c)
{
    struct alert_value was, now;
    unsigned flags = 0;
    for (int flag = 0; flag < N_FLAGS; flag++)
        flags |= (unsigned)c->s->flags[flag].raised << flag;
    add_names(c->told->flags, &was);
    add_names(flags & ~(unsigned)c->told->flags, &now);
    if (*now.words)
        say(c, ALERT_NEW_FLAG, was, now);
    c->told->flags = (uint8_t)flags;
}

static bool healthy(const struct methodology *m, double saturation)
{
    return saturation >= m->healthy_low && saturation <= m->healthy_high;
}

static void compare_saturation(struct comparing *c)
{
    const struct optional *now = &c->s->content.saturation;
    struct alerted *told = c->told;
    if (told->has_saturation && healthy(c->m, told->saturation) && now->there && !healthy(c->m, now->value))
        say(c, ALERT_SATURATION_LEFT, alert_number(told->saturation), alert_number(now->value));
    told->has_saturation = now->there;
    told->saturation = now->there ? now->value : 0;
}

static void compare_posts(struct comparing *c)
{
    int32_t likely = c->s->content.likely_posts;
    if (likely > c->told->likely)
        say(c, ALERT_UNDISCLOSED_POST, alert_number(c->told->likely), alert_number(likely));
    c->told->likely = likely;
}

/* What no longer holds anybody back need not be kept. */
static void forget_old(const struct methodology *m, int64_t as_of, struct alerted *told)
{
    for (int type = 0; type < ALERTS_OF_CREATOR; type++)
        if (told->last[type] && as_of - told->last[type] >= m->alert_ms)
            told->last[type] = 0;
}

size_t alerts_of(const struct methodology *m, const struct score *score, uint32_t muted, struct alerted *told,
                 struct alert *out)
{
    struct comparing c = {m, score, told, muted, out, 0};
    compare_tier(&c);
    compare_followers(&c);
    compare_authenticity(&c);
    compare_flags(&c);
    compare_saturation(&c);
    compare_posts(&c);
    forget_old(m, score->as_of, told);
    told->there = true;
    return c.n;
}
