/* generate_words: the vocabulary of the generated posts. Every list was written for this project; handles
 * are put together from neutral words. */
#include "generate_words.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define OWN_TAGS    16

const char *const niche_names[N_NICHES] = {"FASHION",  "TRAVEL",  "FAMILY", "FOOD", "BEAUTY",
                                           "INTERIOR", "FITNESS", "PET",    "OTHER"};

static const char *const own_tags[N_NICHES][OWN_TAGS] = {
    [NICHE_FASHION] = {"outfit", "style", "streetstyle", "wardrobe", "denim", "tailoring", "sneakers",
                       "vintage", "lookoftheday", "knitwear", "mode", "tenue", "robe", "accessories",
                       "secondhand", "linen"},
    [NICHE_TRAVEL] = {"travel", "voyage", "roadtrip", "backpack", "citybreak", "mountains", "seaside",
                      "hiddenplaces", "trainjourney", "sunset", "passport", "hiking", "vacances", "island",
                      "camping", "oldtown"},
    [NICHE_FAMILY] = {"family", "famille", "momlife", "dadlife", "kids", "newborn", "parenting",
                      "bedtimestory", "schoolrun", "playtime", "siblings", "maman", "papa", "toddler",
                      "homeschool", "weekendtogether"},
    [NICHE_FOOD] = {"food", "recipe", "recette", "homemade", "baking", "sourdough", "brunch", "vegetarian",
                    "streetfood", "dessert", "cuisine", "seasonal", "mealprep", "pasta", "soup",
                    "farmersmarket"},
    [NICHE_BEAUTY] = {"beauty", "skincare", "makeup", "haircare", "soin", "maquillage", "glow", "lipstick",
                      "routine", "nails", "perfume", "sunscreen", "cleansing", "serum", "curls", "natural"},
    [NICHE_INTERIOR] = {"interior", "homedecor", "deco", "livingroom", "diy", "plants", "renovation",
                        "minimalhome", "kitchen", "lighting", "woodwork", "maison", "shelves", "garden",
                        "ceramics", "cosy"},
    [NICHE_FITNESS] = {"fitness", "workout", "running", "yoga", "strength", "training", "mobility", "sport",
                       "trailrun", "pilates", "cycling", "marathon", "stretching", "gym", "recovery",
                       "climbing"},
    [NICHE_PET] = {"pets", "dog", "cat", "puppy", "kitten", "chien", "chat", "rescue", "dogwalk", "pawprint",
                   "aquarium", "rabbit", "catnap", "training", "whiskers", "adoptdontshop"},
    [NICHE_OTHER] = {"music", "books", "photography", "gaming", "craft", "science", "film", "podcast",
                     "drawing", "languages", "history", "guitar", "chess", "garage", "astronomy", "poetry"},
};

static const char *const common_tags[NICHE_TAGS - OWN_TAGS] = {
    "love",    "inspiration", "photo",    "sunday",    "morning",  "daily",   "life",    "happy",
    "moments", "paris",       "weekend",  "goodvibes", "slowlife", "colours", "winter",  "summer",
    "spring",  "autumn",      "thankful", "nature",    "light",    "details", "instant", "merci"};

const char *niche_tag(int niche, uint64_t n)
{
    n %= NICHE_TAGS;
    return n < OWN_TAGS ? own_tags[niche][n] : common_tags[n - OWN_TAGS];
}

static const char *const brand_stems[] = {"alba", "brio", "cora", "dune", "elan", "fjord", "gala", "haro",
                                          "iris", "juno", "kiro", "luma", "mira", "nora",  "orla", "pino"};
static const char *const brand_ends[N_NICHES] = {"wear",  "trips", "nest", "table", "care",
                                                 "house", "move",  "paws", "works"};

void put_brand(struct buffer *out, int niche, uint64_t n)
{
    buffer_add_text(out, brand_stems[n % COUNT(brand_stems)]);
    buffer_add_text(out, ".");
    buffer_add_text(out, brand_ends[niche]);
}

static const char *const words[2][24] = {
    {"today", "a",     "small", "moment", "from",  "my",   "week",     "with",
     "the",   "light", "I",     "love",   "so",    "much", "new",      "favourite",
     "see",   "you",   "soon",  "more",   "about", "this", "tomorrow", "thanks"},
    {"aujourd'hui", "un",      "petit",    "instant", "de",        "ma",    "semaine", "avec",
     "la",          "lumière", "que",      "j'aime",  "tellement", "très",  "nouveau", "préféré",
     "on",          "se",      "retrouve", "bientôt", "demain",    "merci", "pour",    "vous"},
};

void put_text(struct buffer *out, struct random *r, int niche, bool french)
{
    int64_t n = 3 + random_below(r, 8);
    for (int64_t i = 0; i < n; i++) {
        buffer_add_text(out, i ? " " : "");
        buffer_add_text(out, words[french][random_below(r, COUNT(words[0]))]);
    }
    buffer_add_text(out, " ");
    buffer_add_text(out, own_tags[niche][random_below(r, OWN_TAGS)]);
}
