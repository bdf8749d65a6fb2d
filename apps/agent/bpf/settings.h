/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Read-only settings, filled in by user space before the object is loaded, so the verifier removes what is switched off. */
#ifndef GATEHOUSE_SETTINGS_H
#define GATEHOUSE_SETTINGS_H

const volatile __u32 scope_is_cgroup = 0;   /* adopt every task below scope_cgroup[0] */
const volatile __u32 hooks_cover_scope = 0; /* the cgroup hooks see sockets of the scope only: report those without known owner too */
const volatile __u32 agent_pid = 0;         /* signals to it are reported */
const volatile __u32 wakeup_bytes = 262144; /* wake the reader when this much is queued; its timer takes care of less */
const volatile __u64 window_ns = 1000000000; /* aggregation window; 0 switches aggregation off */
const volatile __u64 socket_mask = 0;        /* random: socket ids must not give kernel addresses away */

#endif
