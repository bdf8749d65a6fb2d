import { defineConfig } from 'vitest/config'

/*
 * One suite. Tests that need root, eBPF, a browser or a server say so themselves (tools/requirements.ts): absent, they are skipped
 * with the reason, and with CI=true a skip of that sort is a failure.
 */
export default defineConfig({
  test: {
    include: [
      '{packages,apps}/*/src/**/*.test.ts',
      'apps/*/browser/**/*.test.ts',
      'tools/**/*.test.ts',
      'bench/**/*.test.ts',
      'scenarios/**/*.test.ts',
    ],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real browsers, kernels and signals on a noisy machine: in CI a failed test gets one more try, and the report says that it did.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // Two cores are what CI has; more workers only make sensor tests wait for each other.
    maxWorkers: 2,
  },
})
