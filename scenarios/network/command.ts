import { execFile } from 'node:child_process'

/**
 * Runs a program to its end and gives back its standard output.
 * @throws {Error} with the program's own words when it fails or cannot be started.
 */
export function command(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...args],
      { cwd: options.cwd, env: options.env ?? process.env, timeout: options.timeoutMs ?? 60_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const reason = stderr.trim() || error.message
        reject(new Error(`${program} ${args.join(' ')}: ${reason}`, { cause: error }))
      },
    )
  })
}
