/* explain_text: the sections of a score as sentences, in the order a person asks: how big, how engaging, how
 * honest, how lively, about what, for whom, and what it comes to. */
#include <inttypes.h>
#include <libintl.h>

#include "explain.h"

static void tier(const struct tier_value *tier, struct buffer *out)
{
    buffer_printf(out, gettext("  tier (%s): %s"), tier->scheme, tier->tier);
    if (strcmp(tier->tier, tier->band) != 0)
        buffer_printf(out, gettext(", band %s"), tier->band);
    buffer_printf(out, gettext(", since %s\n"), say_day(tier->since).text);
}

static void who(const struct explained *e, struct buffer *out)
{
    const struct score *s = e->score;
    buffer_printf(out, "%.*s", (int)e->name.len, e->name.ptr);
    if (s->has_profile)
        buffer_printf(out, gettext(": %s, %s followers"), s->platform, say_count(s->followers).text);
    buffer_printf(out, gettext(", as of %s\n"), say_day(s->as_of).text);
    for (size_t i = 0; i < s->n_tiers; i++)
        tier(&s->tiers[i], out);
}

static void beside_peers(const struct explained *e, struct buffer *out)
{
    const struct score *s = e->score;
    if (!s->peers.there)
        return;
    buffer_printf(out, gettext("    above %s %% of its peers, whose median is %s; %s of 100\n"),
                  say_number(s->peers.percentile, 0).text, say_percent(s->peers.median, 2).text,
                  say_number(s->peers.score, 1).text);
    if (e->peers && s->peers.table == e->peers->digest)
        buffer_printf(out, gettext("    peers: %s creators of this stream (table %" PRId64 " of %s)\n"),
                      say_count(s->peers.n).text, e->peers->version, say_day(e->peers->published_at).text);
    else
        buffer_add_text(out, gettext("    peers: a published benchmark\n"));
}

static void engagement(const struct explained *e, struct buffer *out)
{
    const struct score *s = e->score;
    buffer_add_text(out, gettext("  Engagement\n"));
    if (!s->has_estimate)
        buffer_add_text(out, gettext("    no organic post is older than a day\n"));
    else
        buffer_printf(
            out, gettext("    %s of its followers react to a post (%s to %s; posts: %d, confidence %s)\n"),
            say_percent(s->estimate, 2).text, say_percent(s->estimate_low, 2).text,
            say_percent(s->estimate_high, 2).text, s->mature_posts,
            say_number(s->estimate_confidence, 2).text);
    if (s->rate.there)
        buffer_printf(out, gettext("    median of the newest posts: %s (posts: %d)\n"),
                      say_percent(s->rate.value, 2).text, s->rate_posts);
    beside_peers(e, out);
    if (s->velocity.there)
        buffer_printf(
            out, gettext("    reactions of the last 24 h: %s times the daily average of the last 7 days\n"),
            say_number(s->velocity.value, 2).text);
}

static void whole(const char *title, const struct weighted *w, struct buffer *out)
{
    buffer_printf(out, gettext("  %s: "), title);
    if (w->there)
        buffer_printf(out, gettext("%s of 100 (confidence %s)"), say_number(w->score, 1).text,
                      say_number(w->confidence, 2).text);
    else
        buffer_add_text(out, gettext("not enough is known"));
    buffer_add_text(out, "\n");
    explain_parts(w, out);
}

static void growth_audit(const struct growth_value *growth, struct buffer *out)
{
    if (!growth->z.there)
        return;
    buffer_printf(out, gettext("      largest day of growth: %s, %s deviations above the usual"),
                  say_day(growth->spike_day * MS_DAY).text, say_number(growth->z.value, 1).text);
    if (growth->benign)
        buffer_add_text(out, gettext("; engagement rose with it"));
    if (growth->lost)
        buffer_add_text(out, gettext("; much of it left again"));
    buffer_add_text(out, "\n");
}

static void authenticity(const struct explained *e, struct buffer *out)
{
    const struct score *s = e->score;
    whole(gettext("Authenticity"), &s->authenticity, out);
    if (s->audience.suspicious.there)
        buffer_printf(out, gettext("      of a sample of %d people %s look fake (%s to %s)\n"),
                      s->audience.part.n, say_percent(s->audience.suspicious.value, 1).text,
                      say_percent(s->audience.suspicious_low.value, 1).text,
                      say_percent(s->audience.suspicious_high.value, 1).text);
    explain_terms(e, out);
    growth_audit(&s->growth, out);
    buffer_add_text(out, gettext("  Flags: reasons to look, never verdicts\n"));
    explain_flags(e, out);
}

static void activity(const struct activity_value *activity, struct buffer *out)
{
    static const int days[2] = {7, 30};
    buffer_add_text(out, gettext("  Growth and activity\n"));
    for (int i = 0; i < 2; i++) {
        const struct change_value *change = &activity->followers[i];
        if (!change->there)
            continue;
        buffer_printf(out, gettext("    followers in %d days: %s%s"), days[i],
                      change->absolute > 0 ? "+" : "", say_count(change->absolute).text);
        if (change->relative.there)
            buffer_printf(out, " (%s)", say_percent(change->relative.value, 1).text);
        buffer_add_text(out, "\n");
    }
    buffer_printf(out, gettext("    posts a week: %s\n"), say_number(activity->posts_per_week, 1).text);
    if (activity->days_since_post.there)
        buffer_printf(out, gettext("    days since the last post: %d\n"),
                      (int)activity->days_since_post.value);
}

static void community(const struct community_value *community, struct buffer *out)
{
    buffer_add_text(out, gettext("  Community: "));
    if (!community->part.there) {
        buffer_printf(out, "%s\n", gettext("nothing is known of who reacts (privacy.secret_file)"));
        return;
    }
    buffer_printf(out, gettext("%s of 100 (confidence %s)"), say_number(community->part.score, 1).text,
                  say_number(community->part.confidence, 2).text);
    buffer_printf(
        out,
        gettext(
            "\n    people known by an id since %s: about %s; of a sample of %d, %s reacted to two posts\n"),
        say_day(community->since).text, say_count((int64_t)community->unique_actors.value).text,
        community->sampled, say_percent(community->repeat.value, 1).text);
    if (community->reply.there)
        buffer_printf(out, gettext("    own replies for 100 comments: %s\n"),
                      say_number(100 * community->reply.value, 0).text);
}

static void niche(const struct niche_value *niche, struct buffer *out)
{
    size_t best = 0;
    for (size_t i = 1; i < niche->n; i++)
        best = niche->posterior[i] > niche->posterior[best] ? i : best;
    if (niche->asserted)
        buffer_printf(out, gettext("  Niche: %s (%s)"), niche->asserted,
                      say_percent(niche->posterior[best], 0).text);
    else
        buffer_add_text(out, gettext("  Niche: none stands out"));
    if (niche->focus.there)
        buffer_printf(out, gettext("; focus %s of 100, of %d tags and mentions"),
                      say_number(niche->focus.score, 1).text, niche->focus.n);
    buffer_add_text(out, "\n");
    explain_topics(niche, out);
}

static void brands(const struct commercial_value *value, struct buffer *out)
{
    for (size_t i = 0; i < value->n_brands; i++)
        buffer_printf(out, gettext("    brand %.*s: posts: %d, last on %s%s\n"),
                      (int)value->brands[i].name.len, value->brands[i].name.ptr, value->brands[i].count,
                      say_day(value->brands[i].last).text,
                      value->brands[i].official ? gettext(", a declared sponsor") : "");
    for (size_t i = 0; i < value->n_campaigns; i++)
        buffer_printf(out, gettext("    campaign %.*s: clicks: %" PRId64 ", purchases: %" PRId64 "\n"),
                      value->campaigns[i]->id_len, value->campaigns[i]->id, value->campaigns[i]->clicks,
                      value->campaigns[i]->purchases);
}

static void commercial(const struct score *s, struct buffer *out)
{
    const struct commercial_value *value = &s->commercial;
    buffer_add_text(out, gettext("  Commercial\n"));
    if (s->content.saturation.there)
        buffer_printf(out, gettext("    paid posts of the last 90 days: %s (5 to 15 %% is healthy)\n"),
                      say_percent(s->content.saturation.value, 1).text);
    if (s->content.likely_posts)
        buffer_printf(out, gettext("    posts that look paid and do not say so: %d\n"),
                      s->content.likely_posts);
    if (value->paid_performance.there)
        buffer_printf(out, gettext("    a paid post does %s times as well as an organic one\n"),
                      say_number(value->paid_performance.value, 2).text);
    if (value->cost_per_engagement.there)
        buffer_printf(out, gettext("    an engagement costs %s\n"),
                      say_money(value->cost_per_engagement.value, value->currency).text);
    if (value->media_value[2].there)
        buffer_printf(out, gettext("    earned media value of the last 30 days: %s\n"),
                      say_money(value->media_value[2].value, value->media_currency).text);
    brands(value, out);
}

void explain_text(const struct explained *e, struct buffer *out)
{
    const struct score *s = e->score;
    who(e, out);
    engagement(e, out);
    authenticity(e, out);
    activity(&s->activity, out);
    community(&s->community, out);
    niche(&s->niche, out);
    commercial(s, out);
    whole(gettext("Creator score"), &s->creator, out);
}
