/* methodology_table: every constant of scoring.md, where it lies and what it may be. */
#include "methodology_table.h"

#define AT(member) offsetof(struct methodology, member)
#define REAL(name, member, least, most, sentence)                                                            \
    {                                                                                                        \
        name, CONSTANT_REAL, AT(member), 1, 1, least, most, 0, sentence                                      \
    }
#define SHARE(name, member, sentence) REAL(name, member, 0, 1, sentence)
#define COUNT(name, member, least, most, sentence)                                                           \
    {                                                                                                        \
        name, CONSTANT_I32, AT(member), 1, 1, least, most, 0, sentence                                       \
    }
#define LONG(name, member, unit, least, most, sentence)                                                      \
    {                                                                                                        \
        name, CONSTANT_I64, AT(member), 1, unit, least, most, 0, sentence                                    \
    }
#define RAMP(name, member, sentence)                                                                         \
    {                                                                                                        \
        name, CONSTANT_REAL, AT(member), 2, 1, 0, 1000, 2, sentence ": from, to"                             \
    }
#define PENALTY(name, member, sentence)                                                                      \
    {                                                                                                        \
        name, CONSTANT_REAL, AT(member), 3, 1, 0, 1000, 2, sentence ": cap, from, to"                        \
    }
#define TERM(word, index, sentence)  PENALTY("term." word, terms[index], sentence)
#define LEAST(word, index, sentence) COUNT("term." word "_least", term_least[index], 0, 1000, sentence)

const struct constant constants[] = {
    LONG("hysteresis.percent", hysteresis_percent, 1, 0, 50,
         "beyond an edge by more than this, a tier changes at once"),
    LONG("hysteresis.days", hysteresis_days, 1, 0, 40, "or after so many days beyond it"),
    SHARE("score.confidence_least", confidence_least, "a weighted score of less confidence is null"),
    LONG("engagement.mature_h", mature_ms, MS_HOUR, 1, 2160, "hours until a post is compared"),
    LONG("engagement.mature_until_d", mature_until_ms, MS_DAY, 1, 3650, "days it is compared"),
    COUNT("engagement.posts", rate_posts, 1, POSTS, "newest mature posts in the median"),
    COUNT("engagement.posts_least", rate_least, 1, POSTS, "fewer give none"),
    REAL("estimate.half", estimate_half, 0.01, 1, "exponent a post: weights 2^(-half*i)"),
    REAL("estimate.peer_weight", estimate_peer_weight, 0, 100, "posts the peers' median is worth"),
    REAL("estimate.offset", estimate_offset, 0.001, 10, "added to engagements before the logarithm"),
    REAL("estimate.interval_z", interval_z, 0, 10, "quantile of the interval"),
    REAL("estimate.interval_sigma", interval_sigma, 0, 10, "spread of one post's log rate"),
    REAL("estimate.interval_floor", interval_floor, 0, 10, "what no number of posts takes away"),
    REAL("estimate.k", estimate_k, 0, 1000, "confidence n/(n + k)"),
    REAL("peers.low", peer_low, 1e-9, 0.1, "lower end of the histogram of rates"),
    REAL("peers.high", peer_high, 0.1, 100, "upper end"),
    {"peers.quantiles", CONSTANT_REAL, AT(peer_quantiles), PEER_QUANTILES, 1, 0, 1, PEER_QUANTILES,
     "quantiles of a cell"},
    COUNT("peers.least", peer_least, 1, 1000000, "creators in a cell, below which the benchmark is taken"),
    REAL("peers.at_median", peer_at_median, 0, 100, "score of a rate at its peers' median"),
    SHARE("authenticity.weight_audience", authenticity_weights[PART_AUDIENCE], "weight of the audience"),
    SHARE("authenticity.weight_engagement", authenticity_weights[PART_ENGAGEMENT], "weight of engagement"),
    SHARE("authenticity.weight_growth", authenticity_weights[PART_GROWTH], "weight of growth"),
    SHARE("authenticity.weight_content", authenticity_weights[PART_CONTENT], "weight of content"),
    REAL("fake.intercept", fake_intercept, -100, 100, "z of P(fake)"),
    REAL("fake.ratio", fake_ratio, -100, 100, "of ln following - ln followers"),
    REAL("fake.posts", fake_posts, -100, 100, "of ln posts"),
    REAL("fake.following", fake_following, -100, 100, "of mass following"),
    REAL("fake.following_from", fake_following_from, 0, 1e9, "followings from which it is mass following"),
    REAL("fake.no_picture", fake_no_picture, -100, 100, "without a picture"),
    REAL("fake.digits", fake_digits, -100, 100, "of a digit in the name"),
    REAL("fake.digits_most", fake_digits_most, 0, 100, "digits that count"),
    SHARE("fake.picture_unknown", fake_picture_unknown, "where it is not known whether there is a picture"),
    REAL("fake.digits_unknown", fake_digits_unknown, 0, 100, "where digits are not known"),
    SHARE("fake.base_rate", fake_base_rate, "share of fakes assumed"),
    REAL("audience.k", audience_k, 0, 1000, "confidence n/(n + k)"),
    SHARE("audience.suspicious_from", suspicious_from, "P(fake) from which an actor is suspicious"),
    REAL("audience.wilson_z", wilson_z, 0, 10, "quantile of the interval of their share"),
    TERM("spread", TERM_SPREAD, "bought likes, scattered"),
    LEAST("spread", TERM_SPREAD, "posts it needs"),
    TERM("step", TERM_STEP, "bought likes, in a block"),
    LEAST("step", TERM_STEP, "posts it needs"),
    TERM("rate_high", TERM_RATE_HIGH, "rate above the peers', ln"),
    TERM("rate_low", TERM_RATE_LOW, "rate below the peers', ln"),
    TERM("generic", TERM_GENERIC, "share of generic comments"),
    LEAST("generic", TERM_GENERIC, "comments it needs"),
    TERM("duplicate", TERM_DUPLICATE, "share of duplicate comments"),
    LEAST("duplicate", TERM_DUPLICATE, "fingerprints it needs"),
    TERM("early", TERM_EARLY, "share of early comments"),
    LEAST("early", TERM_EARLY, "posts it needs"),
    REAL("evidence.k", engagement_k, 0, 1000, "confidence n/(n + k)"),
    COUNT("evidence.likes_reach", likes_reach, 1, POSTS, "posts before and after, whose median is taken off"),
    REAL("evidence.spread_comments", spread_comments, 0, 10, "share of the comments' residual taken off"),
    SHARE("evidence.spread_high", spread_high, "upper percentile of the residuals"),
    SHARE("evidence.spread_low", spread_low, "lower percentile"),
    REAL("evidence.spread_likes", spread_likes, 0, 10, "of ln median likes"),
    COUNT("evidence.step_half", step_half, 1, POSTS / 2, "posts on each side of a step"),
    REAL("evidence.step_comments", step_comments, 0, 10, "share of the comments' step taken off"),
    COUNT("evidence.generic_words", generic_words, 0, 100, "words a generic comment has at most"),
    COUNT("evidence.early_comments", early_comments, 1, 1000, "comments of a post that is looked at"),
    COUNT("evidence.early_minutes", early_minutes, 0, 19, "last minute that is early"),
    COUNT("growth.days_least", growth_least, 2, PROFILE_DAYS, "profile days it needs"),
    REAL("growth.k", growth_k, 0, 1000, "confidence n/(n + k)"),
    PENALTY("growth.spike", spike, "z of the largest daily change"),
    PENALTY("growth.following", following, "following and unfollowing, by following"),
    REAL("growth.spike_mad", spike_mad, 0.1, 10, "a standard deviation by its MAD"),
    REAL("growth.spike_followers", spike_followers, 0, 1, "least scale, of the followers"),
    REAL("growth.spike_least", spike_least, 0.001, 1e6, "least scale, followers a day"),
    REAL("growth.benign_factor", benign_factor, 1, 100, "engagements of the day, by the median day"),
    REAL("growth.lost_cap", lost_cap, 0, 100, "cost of a spike that is lost again"),
    SHARE("growth.lost_share", lost_share, "share of it that was lost"),
    COUNT("growth.lost_days", lost_days, 1, PROFILE_DAYS, "days in which"),
    COUNT("growth.following_days", following_days, 1, PROFILE_DAYS, "days of following that are looked at"),
    LONG("growth.following_least", following_least, 1, 1, 1000000, "least following it is divided by"),
    COUNT("content.posts_least", content_least, 1, 1000, "posts in 90 days it needs"),
    REAL("content.k", content_k, 0, 1000, "confidence n/(n + k)"),
    PENALTY("content.saturation", saturation, "share of sponsored posts"),
    PENALTY("content.undisclosed", undisclosed, "share of likely and undisclosed posts"),
    REAL("flag.spread", flags[FLAG_SPREAD], 0, 100, "flag above this"),
    REAL("flag.step", flags[FLAG_STEP], 0, 100, "flag above this"),
    REAL("flag.growth_spike", flags[FLAG_GROWTH_SPIKE], 0, 1000, "flag above this z"),
    SHARE("flag.generic", flags[FLAG_GENERIC], "flag above this share"),
    SHARE("flag.early", flags[FLAG_EARLY], "flag above this share"),
    SHARE("flag.saturation", flags[FLAG_SATURATION], "flag above this share"),
    SHARE("flag.pod_repeat", flags[FLAG_POD_LIKE], "pod_like: repeat share above this,"),
    SHARE("flag.pod_early", pod_early, "early burst above this"),
    SHARE("flag.pod_generic", pod_generic, "and generic comments above this"),
    {"activity.change_days", CONSTANT_I32, AT(change_days), 2, 1, 1, PROFILE_DAYS, 2,
     "days of follower changes"},
    COUNT("activity.posts_days", posts_days, 1, 90, "days of posts a week"),
    SHARE("community.weight_repeat", repeat_weight, "weight of the repeat share"),
    SHARE("community.weight_reply", reply_weight, "weight of the reply share"),
    RAMP("community.repeat", repeat, "repeat share"),
    RAMP("community.reply", reply, "reply share"),
    REAL("community.k", community_k, 0, 1000, "confidence n/(n + k)"),
    REAL("niche.prior", niche_prior, 0.001, 100, "added to the matches of each niche"),
    SHARE("niche.assert", niche_assert, "posterior from which a niche is asserted"),
    REAL("niche.focus_k", focus_k, 0, 1000, "confidence n/(n + k)"),
    REAL("niche.content_k", niche_k, 0, 1000, "content counts by n/(n + k) for the niche"),
    REAL("vector.content_k", content_vector_k, 0, 1000, "content counts by n/(n + k)"),
    REAL("vector.audience_k", audience_vector_k, 0, 1000, "audience counts by m/(m + k)"),
    REAL("vector.audience_weight", audience_weight, 0, 100, "of the audience in V"),
    REAL("vector.brand_posts_weight", brand_posts_weight, 0, 100, "of posts that name the brand, in B"),
    COUNT("commercial.saturation_least", saturation_least, 1, 1000, "posts in 90 days it needs"),
    SHARE("commercial.healthy_low", healthy_low, "sponsored posts, healthy from"),
    SHARE("commercial.healthy_high", healthy_high, "to"),
    REAL("commercial.paid_k", paid_k, 0, 1000, "shrinkage n/(n + k) of paid-post performance"),
    SHARE("creator.weight_engagement", creator_weights[CREATOR_ENGAGEMENT], "weight of engagement"),
    SHARE("creator.weight_authenticity", creator_weights[CREATOR_AUTHENTICITY], "weight of authenticity"),
    SHARE("creator.weight_focus", creator_weights[CREATOR_FOCUS], "weight of niche focus"),
    SHARE("creator.weight_community", creator_weights[CREATOR_COMMUNITY], "weight of community"),
    COUNT("fit.competitor_days", fit_competitor_days, 1, 365, "days a paid post for a competitor closes"),
    COUNT("fit.suspicious_least", fit_suspicious_least, 1, SAMPLE, "actors with a verdict it needs"),
    SHARE("fit.suspicious_most", fit_suspicious_most, "share of suspicious actors that closes, above"),
    SHARE("fit.target_reach", fit_target_reach, "what the target takes at most"),
    SHARE("fit.values_reach", fit_values_reach, "what values take at most"),
    SHARE("fit.quality_reach", fit_quality_reach, "what quality takes at most"),
    REAL("fit.values_k", fit_values_k, 0, 1000, "posts touching a value / (posts + k)"),
    RAMP("fit.values", fit_values, "share of posts touching a value"),
    SHARE("fit.weight_engagement", fit_quality_weights[QUALITY_ENGAGEMENT], "quality: weight of engagement"),
    SHARE("fit.weight_authenticity", fit_quality_weights[QUALITY_AUTHENTICITY], "weight of authenticity"),
    SHARE("fit.weight_saturation", fit_quality_weights[QUALITY_SATURATION], "weight of saturation"),
    SHARE("fit.weight_paid", fit_quality_weights[QUALITY_PAID], "weight of paid-post performance"),
    SHARE("fit.weight_cost", fit_quality_weights[QUALITY_COST], "weight of the cost per engagement"),
    RAMP("fit.saturation", fit_saturation, "share of sponsored posts"),
    REAL("fit.paid_at_parity", fit_paid_at_parity, 1, 100, "score of paid posts that do as the others"),
    REAL("fit.cost_reach", fit_cost_reach, 1.01, 100, "times the median cost, for 0 and 100"),
    REAL("fit.tokens_k", fit_tokens_k, 0, 1000, "confidence n/(n + k) of the creator's tokens"),
    SHARE("fit.untold", fit_untold, "confidence where the profile does not tell of the target"),
    COUNT("fit.best", fit_best, 1, 1000, "creators that a lane tells of a campaign"),
    REAL("fit.min_change", fit_min_change, 0, 100, "change of a fit that is told"),
};
const size_t n_constants = sizeof constants / sizeof *constants;
_Static_assert(sizeof constants / sizeof *constants <= MOST_CONSTANTS, "room for all of them");
