/* shortlist_text: see shortlist.h. */
#include <inttypes.h>
#include <stdio.h>

#include "explain.h"
#include "shortlist.h"

static const json_t *part(const json_t *of, const char *name)
{
    return json_object_get(of, name);
}

static double number(const json_t *of, const char *name)
{
    return json_number_value(part(of, name));
}

static const char *text(const json_t *of, const char *name)
{
    const char *word = json_string_value(part(of, name));
    return word ? word : "-";
}

static struct said money(const json_t *price)
{
    return json_is_object(price) ? say_money(number(price, "minor_units"), text(price, "currency"))
                                 : (struct said){"-"};
}

static const char *currency_of(const json_t *record)
{
    const char *word = json_string_value(part(part(part(record, "campaign"), "budget"), "currency"));
    return word ? word : "";
}

int shortlist_moved(const json_t *record, const char *creator, bool *entered)
{
    const json_t *changes = part(record, "changes");
    size_t i;
    json_t *one;
    *entered = false;
    json_array_foreach(part(changes, "entered"), i, one)
    {
        *entered |= strcmp(json_string_value(one), creator) == 0;
    }
    json_array_foreach(part(changes, "moved"), i, one)
    {
        if (strcmp(text(one, "creator_id"), creator) == 0)
            return (int)(number(one, "from") - number(one, "to"));
    }
    return 0;
}

/* "3 up", "new", "". */
static struct said move_of(const json_t *record, const char *creator)
{
    struct said said = {""};
    bool entered;
    int by = shortlist_moved(record, creator, &entered);
    if (by)
        snprintf(said.text, sizeof said.text, "%d %s", by < 0 ? -by : by, by < 0 ? "down" : "up");
    else if (entered)
        snprintf(said.text, sizeof said.text, "new");
    return said;
}

static void tell_ranking(const json_t *record, int64_t top)
{
    size_t i;
    json_t *one;
    printf("\n  rank  %-24s %6s %6s %10s %10s %12s\n", "creator", "fit", "conf.", "followers", "reach",
           "price");
    json_array_foreach(part(record, "ranking"), i, one)
    {
        const char *name = text(one, "creator_id");
        if ((int64_t)i < top)
            printf("  %4zu  %-24s %6s %6s %10.0f %10.0f %12s  %s\n", i + 1, name,
                   say_number(number(one, "fit"), 1).text, say_number(number(one, "confidence"), 2).text,
                   number(one, "followers"), number(one, "reach"), money(part(one, "price")).text,
                   move_of(record, name).text);
    }
}

static void tell_roster(const json_t *record, int64_t top)
{
    const json_t *roster = part(record, "roster"), *members = part(roster, "members");
    const char *currency = currency_of(record);
    size_t i;
    json_t *one;
    printf("\n  roster of %zu: %.0f different people (± %s), seen %s times each, %.0f engagements a post of "
           "each",
           json_array_size(members), number(roster, "unduplicated_reach"),
           say_percent(number(roster, "reach_error"), 1).text,
           say_number(number(roster, "expected_frequency"), 2).text, number(roster, "expected_engagements"));
    if (number(roster, "cost") > 0 && *currency)
        printf(", cost %s", say_money(number(roster, "cost"), currency).text);
    printf("%s\n", json_is_true(part(roster, "per_slot")) ? ", prices did not count" : "");
    json_array_foreach(members, i, one)
    {
        if ((int64_t)i < top)
            printf("  %4zu  %-24s adds %8.0f people, alone reaches %8.0f, together %8.0f\n", i + 1,
                   text(one, "creator_id"), number(one, "marginal_reach"), number(one, "exclusive_reach"),
                   number(one, "reach_so_far"));
    }
}

static void tell_performance(const json_t *performance, const char *who, const char *currency)
{
    printf("  %-24s %.0f posts, %.0f engagements", who, number(performance, "posts"),
           number(performance, "engagements"));
    if (json_is_number(part(performance, "delivery")))
        printf(" of %.0f expected (%s)", number(performance, "expected_engagements"),
               say_percent(number(performance, "delivery"), 0).text);
    printf(", %.0f clicks, %.0f purchases", number(performance, "clicks"), number(performance, "purchases"));
    if (json_is_number(part(performance, "cost_per_engagement")))
        printf(", %s an engagement", say_money(number(performance, "cost_per_engagement"), currency).text);
    if (json_is_number(part(performance, "cost_per_conversion")))
        printf(", %s a purchase", say_money(number(performance, "cost_per_conversion"), currency).text);
    printf("\n");
}

static void tell_delivered(const json_t *record, int64_t top)
{
    size_t i;
    int64_t told = 0;
    json_t *one;
    if (!json_is_object(part(record, "performance")))
        return;
    printf("\n  delivered so far:\n");
    json_array_foreach(part(record, "ranking"), i, one)
    {
        if (json_is_object(part(one, "performance")) && told++ < top)
            tell_performance(part(one, "performance"), text(one, "creator_id"), currency_of(record));
    }
    tell_performance(part(record, "performance"), "together", currency_of(record));
}

static void tell_left(const json_t *record, int64_t top)
{
    size_t i;
    json_t *one;
    json_array_foreach(part(part(record, "changes"), "left"), i, one)
    {
        const char *gate = json_string_value(part(one, "gate"));
        if ((int64_t)i < top)
            printf("  left: %s, was %.0f%s%s\n", text(one, "creator_id"), number(one, "rank"),
                   gate ? ", rejected by " : "", gate ? gate : "");
    }
    json_array_foreach(part(record, "rejected"), i, one)
    {
        if ((int64_t)i < top)
            printf("  rejected: %s, by %s\n", text(one, "creator_id"), text(one, "gate"));
    }
}

void shortlist_text(const json_t *record, int64_t top)
{
    const json_t *version = part(record, "version");
    printf("%s (%s): %.0f creators pass the gates; version %.0f/%.0f, as of %s\n",
           text(record, "campaign_id"), text(part(record, "campaign"), "brand"), number(record, "passed"),
           number(version, "epoch"), number(version, "offsets"),
           say_day((int64_t)number(record, "as_of")).text);
    tell_ranking(record, top);
    tell_roster(record, top);
    tell_delivered(record, top);
    tell_left(record, top);
}
