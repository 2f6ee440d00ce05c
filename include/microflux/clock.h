/* clock: the two clocks. Event time never comes from here. */
#ifndef MICROFLUX_CLOCK_H
#define MICROFLUX_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void); /* ms since 1970 UTC, may jump */
int64_t clock_mono_ms(void); /* ms, never jumps: deadlines, back-off */
int64_t clock_mono_us(void);

#endif
