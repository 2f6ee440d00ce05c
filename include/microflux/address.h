/* address: host:port and [v6]:port, as every key that names a socket writes them. */
#ifndef MICROFLUX_ADDRESS_H
#define MICROFLUX_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* address_split: copies the host (into size bytes) and points *port into the address; false: it is neither
 * form. */
bool address_split(const char *address, char *host, size_t size, const char **port);

#endif
