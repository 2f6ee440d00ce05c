/* schemas: the .avsc files of schemas/, embedded at build (CMake makes schemas.c). NUL-terminated JSON. */
#ifndef MICROFLUX_SCHEMAS_H
#define MICROFLUX_SCHEMAS_H

extern const char schema_profile[], schema_post[], schema_interaction[], schema_campaign[],
    schema_creator_score[], schema_peer_table[], schema_fit_score[], schema_audience_edge[],
    schema_affinity_update[], schema_shortlist[], schema_alert[];

/* What earlier versions wrote, of schemas/released/; ends with NULL. */
extern const char *const schemas_released[];

#endif
