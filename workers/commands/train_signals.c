/* train actor, train flags: both make a methodology file: the one in force with other constants, which
 * `methodology.file` takes as any other. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "train.h"

static void write_methodology(struct training *t, struct methodology *mine, const char *what)
{
    char version[128];
    snprintf(version, sizeof version, "%s-%s", mine->version, what);
    mine->version = version;
    methodology_text(mine, &t->model);
}

enum err train_actor(struct training *t, struct err_info *info)
{
    enum err err = truth_read(t->file, NULL, t->methodology, NULL, &t->truth, info);
    size_t n = t->truth.n_actors;
    double slope, intercept, fakes = 0;
    if (err != ERR_OK)
        return err;
    struct scored *rows = calloc(n + 1, sizeof *rows);
    if (!rows)
        abort();
    for (size_t i = 0; i < n; i++) {
        rows[i] =
            (struct scored){actor_logit(t->methodology, &t->truth.actors[i].record), t->truth.actors[i].fake};
        fakes += rows[i].positive;
    }
    if (fakes < 10 || (double)n - fakes < 10) {
        free(rows);
        return err_set(info, ERR_USAGE, "few_rows",
                       "%s has %.0f fake and %.0f real actors: 10 of each are needed", t->file, fakes,
                       (double)n - fakes);
    }
    struct methodology mine = *t->methodology;
    struct actor_figures f = actor_heldout(rows, n, (uint64_t)t->seed);
    actor_refit(rows, n, &slope, &intercept);
    actor_methodology(&mine, slope, intercept, fakes / (double)n);
    write_methodology(t, &mine, "actor");
    printf(t->json
               ? "{\"model\":\"actor\",\"actors\":%zu,\"slope\":%.4f,\"intercept\":%.4f,\"heldout_auc\":%.4f,"
                 "\"heldout_macro_f1\":%.4f,\"heldout_ece\":%.4f}\n"
               : "P(fake) refitted to %zu actors: slope %.3f, intercept %+.3f\n"
                 "held out, 10 folds: AUC %.3f, macro-F1 %.3f, ECE %.3f\n",
           n, slope, intercept, f.auc, f.macro_f1, f.ece);
    free(rows);
    return ERR_OK;
}

enum err train_flags(struct training *t, struct err_info *info)
{
    enum err err = train_stream(t, info);
    if (err != ERR_OK)
        return err;
    struct flags_report r = flags_train(t->corpus, t->methodology, (uint64_t)t->seed);
    if (r.accounts < 100)
        return err_set(info, ERR_USAGE, "few_rows",
                       "only %zu creators have %d posts whose metrics tell likes: 100 are needed", r.accounts,
                       t->methodology->term_least[TERM_SPREAD]);
    struct methodology mine = *t->methodology;
    mine.flags[FLAG_SPREAD] = r.spread;
    mine.flags[FLAG_STEP] = r.step;
    write_methodology(t, &mine, "flags");
    printf(t->json ? "{\"model\":\"flags\",\"accounts\":%zu,\"spread\":%.4f,\"step\":%.4f,\"heldout_false_"
                     "spread\":%.4f,"
                     "\"heldout_false_step\":%.4f}\n"
                   : "of %zu accounts taken as clean, 1.5 %% pass: spread > %.3f, step > %.3f\n"
                     "held out, 5 folds: flagged %.4f by spread, %.4f by step\n",
           r.accounts, r.spread, r.step, r.heldout_spread, r.heldout_step);
    return ERR_OK;
}
