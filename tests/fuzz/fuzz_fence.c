/* fuzz_fence: what Redis gives back as a lane's fence, and as a slot of its index. What is accepted is
 * written again and read again as the same; what names a swapped lane is refused; names lie inside the text.
 */
#include <assert.h>

#include "fuzz.h"
#include "microflux/lane.h"

static void read_again(const struct fence *fence)
{
    static struct buffer text, again;
    struct fence second;
    struct err_info info;
    fence_write(fence, &text);
    assert(fence_read((struct bytes){text.data, text.len}, &second, &info) == ERR_OK);
    fence_write(&second, &again);
    assert(bytes_equal((struct bytes){text.data, text.len}, (struct bytes){again.data, again.len}));
}

static void read_index(struct bytes text)
{
    struct bytes name;
    const char *end = text.ptr + text.len;
    while (lane_index_next(&text, &name)) {
        assert(name.ptr + name.len < end && text.ptr + text.len == end);
        fuzz_touch(name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fence fence;
    struct err_info info = {0};
    char into[LANE_NAMESPACE], was[LANE_NAMESPACE];
    struct bytes text = fuzz_copy(data, size);
    enum err err = fence_read(text, &fence, &info);
    assert(err == ERR_OK || (err == ERR_REFUSED && info.word[0] && info.sentence[0]));
    assert(err != ERR_OK || !fence_swapped(text, into, was));
    if (err == ERR_OK)
        read_again(&fence);
    read_index(text);
    fuzz_free(text);
    return 0;
}
