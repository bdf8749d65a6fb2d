/** Exit codes of the agent's commands (contracts, "Commands and exit codes"). A command that was run ends with its own. */
export const EXIT = { ok: 0, problem: 1, usage: 2, sensorFailed: 125, notExecutable: 126, notFound: 127, signal: 128 } as const
