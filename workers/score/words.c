/* words: what a post's words say, put where the domain looks for it. */
#include "score_decode.h"

_Static_assert(TOKENS == TEXT_TOKENS && NICHES == TEXT_NICHES, "the text room and the domain agree");

void score_words(struct text_scratch *scratch, struct post_record *record)
{
    const struct text_post post = {record->text, record->tags, record->mentions, record->n_tags,
                                   record->n_mentions};
    struct text_found found;
    text_read(scratch, &post, &found);
    record->disclosed_word = found.disclosed_word;
    record->likely = found.likely;
    record->lexicon = found.lexicon;
    record->n_tokens = found.n_tokens;
    memcpy(record->tokens, found.tokens, sizeof record->tokens);
    memcpy(record->niche_hits, found.niche_hits, sizeof record->niche_hits);
}
