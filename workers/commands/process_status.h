/* process_status: what the kernel says of this process (Linux, /proc/self). */
#ifndef COMMANDS_PROCESS_STATUS_H
#define COMMANDS_PROCESS_STATUS_H

struct process_status { /* 0: not known */
    double cpu_seconds, resident_bytes, virtual_bytes, open_fds, max_fds, start_seconds;
};

void process_status_read(struct process_status *status);

#endif
