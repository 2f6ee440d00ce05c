/* train: what the files of this command share. */
#ifndef COMMANDS_TRAIN_H
#define COMMANDS_TRAIN_H

#include "microflux/train.h"
#include "options.h"
#include "stream.h"

struct training {
    const char *verb, *file, *out, *embedding_path, *labels_path;
    const struct config *config;
    bool json, topic; /* topic: of the input topics, no file */
    int64_t seed;
    struct methodology *methodology;
    struct text *text;
    struct corpus *corpus;
    struct embedding *embedding;
    struct truth truth;
    struct buffer model; /* what is written to `out` */
};

/* train_stream: the corpus of the file or the topics. */
enum err train_stream(struct training *t, struct err_info *info) MF_MUST_CHECK;
enum err train_actor(struct training *t, struct err_info *info) MF_MUST_CHECK;
enum err train_flags(struct training *t, struct err_info *info) MF_MUST_CHECK;

#endif
