/* entries: a bin is a field "platform band bin" of the lane's hash. Only what a commit adds up to is written:
 * creators that changed places with each other change nothing. */
#include "entries.h"

#include <inttypes.h>
#include <stdio.h>

#include "layout.h"

void entries_move(struct entries *entries, struct peer_entry from, struct peer_entry to)
{
    peers_count(&entries->moves, from, -1);
    peers_count(&entries->moves, to, 1);
    entries->any = true;
}

static void write_cell(const struct peer_histogram *cell, int platform, int band,
                       const struct lane_writer *writer)
{
    char field[32];
    for (int bin = 0; bin < PEER_BINS; bin++) {
        if (cell->bins[bin] == 0)
            continue;
        int len = snprintf(field, sizeof field, "%d %d %d", platform, band, bin);
        writer->add(writer->arg, (struct bytes){field, (size_t)len}, cell->bins[bin]);
    }
}

void entries_write(struct entries *entries, const struct lane_writer *writer)
{
    if (!entries->any)
        return;
    for (int platform = 0; platform < PEER_PLATFORMS; platform++)
        for (int band = 0; band < PEER_BANDS; band++)
            write_cell(&entries->moves.cells[platform][band], platform, band, writer);
    *entries = (struct entries){0};
}

static bool load_bin(struct bytes field, struct bytes text, struct peer_histograms *histograms)
{
    struct peer_entry entry;
    int64_t n;
    bool ok = layout_peer(field, &entry) && bytes_int(&text, &n) && text.len == 0 && n >= 0;
    if (ok)
        peers_count(histograms, entry, n);
    return ok;
}

enum err entries_load(const struct redis_answer *hash, struct peer_histograms *histograms,
                      struct err_info *info)
{
    for (size_t i = 0; i + 1 < hash->n; i += 2) {
        struct bytes field = hash->items[i]->text, text = hash->items[i + 1]->text;
        if (!load_bin(field, text, histograms))
            return err_set(info, ERR_REJECT, "peers",
                           "field \"%.*s\" of hash %s cannot be read: \"%.*s\" is not a number of creators",
                           (int)field.len, field.ptr, PEERS_KEY, (int)text.len, text.ptr);
    }
    return ERR_OK;
}
