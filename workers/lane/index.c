/* index: the subjects of a lane, for the sweep and for tools: LANE_INDEX_SLOTS strings by hash of the name,
 * to which the names are appended as netstrings ("9:creator-7,") by the EXEC that writes a subject first. A
 * string, since an APPEND of many names costs Redis what one field of a hash costs. A name may stand there
 * twice (a lane that was rebuilt): it is then met twice. */
#include "microflux/lane.h"

void lane_index_add(struct buffer *out, struct bytes name)
{
    buffer_add_int(out, (int64_t)name.len);
    buffer_add(out, ":", 1);
    buffer_add(out, name.ptr, name.len);
    buffer_add(out, ",", 1);
}

bool lane_index_next(struct bytes *text, struct bytes *name)
{
    int64_t len;
    struct bytes rest = *text;
    if (!bytes_int(&rest, &len) || len < 0 || rest.len < 2 || (size_t)len > rest.len - 2 ||
        rest.ptr[0] != ':' || rest.ptr[len + 1] != ',')
        return false;
    *name = (struct bytes){rest.ptr + 1, (size_t)len};
    *text = (struct bytes){rest.ptr + len + 2, rest.len - (size_t)len - 2};
    return true;
}
