/* address: host:port and [v6]:port taken apart; nothing is resolved here. */
#include "microflux/address.h"

#include <string.h>

bool address_split(const char *address, char *host, size_t size, const char **port)
{
    const char *colon = strrchr(address, ':'), *name = address;
    size_t len = colon ? (size_t)(colon - address) : 0;
    if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
        name++;
        len -= 2;
    }
    if (len == 0 || len >= size || !colon[1])
        return false;
    memcpy(host, name, len);
    host[len] = 0;
    *port = colon + 1;
    return true;
}
