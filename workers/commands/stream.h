/* stream: files of `train` and `evaluate`: a stream as NDJSON in the contract's JSON form, as `produce` reads
 * it, and truths, one JSON object a line. A line that does not fit ends the reading; the sentence names it.
 */
#ifndef COMMANDS_STREAM_H
#define COMMANDS_STREAM_H

#include "microflux/config.h"
#include "microflux/corpus.h"

/* stream_read: each line {"topic": profiles|posts|interactions, "value": {…}} into the corpus, which it
 * settles. */
enum err stream_read(const char *path, struct corpus *corpus, struct err_info *info) MF_MUST_CHECK;

/* stream_read_topics: the same from the input topics of the configuration. ERR_WEATHER, ERR_NOT_FOUND: of
 * Kafka, or the registry. */
enum err stream_read_topics(const struct config *config, struct corpus *corpus,
                            struct err_info *info) MF_MUST_CHECK;

struct truth_label { /* {"creator_id", "niche"}; label = place of the niche in the methodology */
    uint32_t creator, label;
};
struct truth_tier { /* {"creator_id", "tier"} */
    uint32_t creator;
    char tier[16];
};
struct truth_pair { /* {"creator_id", "brand"} */
    uint32_t creator, brand;
};
struct truth_brand {
    struct map_entry entry;
    char *name;
    uint32_t token; /* text_token('@') */
};
struct truth_actor { /* {"followers", "following", "posts", "has_picture", "name_digits", "is_fake"} */
    struct interaction_record record;
    bool fake;
};

struct truth {
    struct truth_label *labels;
    struct truth_tier *tiers;
    struct truth_pair *pairs;
    struct truth_actor *actors;
    struct truth_brand **brands;
    uint8_t *in_truth; /* of each creator of the corpus: some line names it */
    struct map brand_map;
    size_t n_labels, n_tiers, n_pairs, n_actors, n_brands;
    size_t cap_labels, cap_tiers, cap_pairs, cap_actors, cap_brands;
    size_t unknown; /* lines whose creator is not in the stream, or whose niche is not in the methodology */
};

/* truth_read: corpus NULL: only lines of actors are kept. */
enum err truth_read(const char *path, const struct corpus *corpus, const struct methodology *m,
                    struct text_scratch *scratch, struct truth *truth, struct err_info *info) MF_MUST_CHECK;
void truth_free(struct truth *truth);

/* models of files; no path (NULL or ""): *model stays NULL */
enum err embedding_of(const char *path, struct embedding **embedding, struct err_info *info) MF_MUST_CHECK;
enum err niche_model_of(const char *path, const struct methodology *m, const struct embedding *embedding,
                        struct niche_model **model, struct err_info *info) MF_MUST_CHECK;

#endif
