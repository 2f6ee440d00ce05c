/* bench_text: what reading a post's words costs: captions as long as people write them, half of them French.
 */
#include <stdlib.h>

#include "bench.h"
#include "generate_words.h"

#define CAPTIONS  4096
#define SENTENCES 3
#define TAGS      5

static void make(struct buffer *captions, size_t *from, int64_t seed)
{
    struct random r = random_of((uint64_t)seed, 7);
    for (int64_t i = 0; i < CAPTIONS; i++) {
        int niche = (int)(i % N_NICHES);
        from[i] = captions->len;
        for (int k = 0; k < SENTENCES; k++) {
            put_text(captions, &r, niche, i & 1);
            buffer_add_text(captions, ". ");
        }
    }
    from[CAPTIONS] = captions->len;
}

static void measure(struct text_scratch *scratch, const struct buffer *captions, const size_t *from,
                    struct figure *ns)
{
    double before = bench_own_cpu();
    struct text_found found;
    for (int64_t i = 0; i < CAPTIONS * 8; i++) {
        struct bytes tags[TAGS];
        const struct bytes mention = BYTES("juno.works");
        int64_t n = i % CAPTIONS;
        for (int64_t k = 0; k < TAGS; k++)
            tags[k] = bytes_of(niche_tag((int)(n % N_NICHES), (uint64_t)(n + k)));
        text_read(
            scratch,
            &(struct text_post){{captions->data + from[n], from[n + 1] - from[n]}, tags, &mention, TAGS, 1},
            &found);
    }
    figure_add(ns, (bench_own_cpu() - before) * 1e9 / (CAPTIONS * 8));
}

void bench_text(const struct text *text, struct bench_result *r)
{
    struct buffer captions = {0};
    size_t *from = calloc(CAPTIONS + 1, sizeof *from);
    struct text_scratch *scratch = text_scratch_open(text);
    if (!from)
        abort();
    make(&captions, from, 1);
    measure(
        scratch, &captions, from,
        &bench_stage(r, "text", "a post's words: tokens, topics, disclosure; a caption and five tags")->ns);
    text_scratch_close(scratch);
    buffer_free(&captions);
    free(from);
}
