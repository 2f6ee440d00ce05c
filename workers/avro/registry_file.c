/* registry_file: the last-known-good answers, one JSON file. It is only believed whole: right version,
 * written for this registry.url, every member of its type; anything else is as good as no file. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "microflux/log.h"
#include "registry_room.h"

static bool id_valid(json_int_t id)
{
    return id > 0 && id <= INT32_MAX;
}

/* What is wrong with the document; NULL: nothing. */
static const char *fault(json_t *document, const char *url)
{
    const char *name, *own = json_string_value(json_object_get(document, "url"));
    json_t *value, *schemas = json_object_get(document, "schemas"), *ids = json_object_get(document, "ids");
    if (json_integer_value(json_object_get(document, "version")) != 1 || !own)
        return "it is not a file of this version";
    if (strcmp(own, url) != 0)
        return "it is of another registry.url";
    if (!json_is_object(schemas) || !json_is_object(ids))
        return "it has no schemas or no ids";
    json_object_foreach(schemas, name, value)
    {
        if (!id_valid(strtoll(name, NULL, 10)) || !json_is_string(value))
            return "one of its schemas is none";
    }
    json_object_foreach(ids, name, value)
    {
        if (!id_valid(json_integer_value(json_object_get(value, "id"))) ||
            !json_is_string(json_object_get(value, "schema")))
            return "one of its ids is none";
    }
    return NULL;
}

json_t *file_load(const char *path, const char *url)
{
    json_error_t error = {0};
    bool there = path && *path && access(path, F_OK) == 0;
    json_t *document = there ? json_load_file(path, JSON_REJECT_DUPLICATES, &error) : NULL;
    const char *why = document ? fault(document, url) : error.text;
    if (document && !why)
        return document;
    if (there)
        log_warn("registry_file_ignored", "file=%s message=\"%s\"", path, why);
    json_decref(document);
    document = json_pack("{s:i, s:s, s:{}, s:{}}", "version", 1, "url", url, "schemas", "ids");
    if (!document)
        abort();
    return document;
}

static bool write_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t n = write(fd, text, left);
        if (n < 0)
            return false;
        text += n;
        left -= (size_t)n;
    }
    return fsync(fd) == 0;
}

enum err file_save(const char *path, const char *text, struct err_info *info)
{
    struct buffer name = {0};
    buffer_printf(&name, "%s.%d", path, (int)getpid());
    int fd = open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = fd >= 0 && write_all(fd, text);
    good &= fd >= 0 && close(fd) == 0;
    good = good && rename(name.data, path) == 0;
    enum err err = good ? ERR_OK
                        : err_set(info, ERR_IO, "registry_file", "registry.cache_file: cannot write %s: %s",
                                  path, strerror(errno));
    if (!good && fd >= 0)
        unlink(name.data);
    buffer_free(&name);
    return err;
}
