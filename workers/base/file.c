/* file: a whole file as text: schemas, lexicons, methodologies; none of them is large. */
#include "microflux/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "microflux/bytes.h"

enum err file_text(const char *path, char **text, struct err_info *info)
{
    struct buffer b = {0};
    char chunk[16384];
    size_t n;
    FILE *file = fopen(path, "rb");
    if (!file)
        return err_set(info, ERR_IO, "file", "cannot read %s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buffer_add(&b, chunk, n);
    bool broken = ferror(file) != 0;
    fclose(file);
    if (broken) {
        buffer_free(&b);
        return err_set(info, ERR_IO, "file", "cannot read %s: %s", path, strerror(EIO));
    }
    buffer_add(&b, "", 1);
    *text = b.data;
    return ERR_OK;
}

enum err file_secret(const char *path, char secret[FILE_SECRET], struct err_info *info)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return err_set(info, ERR_IO, "file", "%s: %s", path, strerror(errno));
    if (!fgets(secret, FILE_SECRET, file))
        secret[0] = 0;
    fclose(file);
    secret[strcspn(secret, "\r\n")] = 0;
    return ERR_OK;
}
