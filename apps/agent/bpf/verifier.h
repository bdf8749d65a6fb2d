/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Bounds that the verifier is certain to see. Written in C, clang moves or drops the comparison (it knows the value's range by other
 * means and the verifier does not). `v` must be a 64-bit variable: on a 32-bit one the check lands on a zero-extended copy.
 */
#ifndef GATEHOUSE_VERIFIER_H
#define GATEHOUSE_VERIFIER_H

#define AT_MOST(v, max) asm volatile("if %0 <= %1 goto +1; %0 = %1" : "+r"(v) : "i"(max))
/* Verifiers before 6.5 do not learn "at least 1" from "!= 0". */
#define AT_LEAST_1(v) asm volatile("if %0 >= 1 goto +1; %0 = 1" : "+r"(v))

/* The address behind a kernel pointer as a plain number: the verifier forbids arithmetic on the pointer itself. */
static __always_inline __u64 address_of(const void *pointer)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}

#endif
