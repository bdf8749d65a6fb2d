/*
 * Every command of `gatehouse`, as data: dispatch, help and the answer to a mistyped name all come from this table.
 * `program` names the module that runs it; it exports `main(args)`, where `args` starts with the name of the command, and returns the
 * exit code. Plain JavaScript, because the launcher reads it before it knows whether this Node can run TypeScript.
 */

/**
 * @typedef {object} Command
 * @property {string} name
 * @property {string} summary   one sentence, shown in the list
 * @property {string} usage     what follows the name
 * @property {'agent' | 'server' | 'cli'} program
 * @property {readonly (readonly [string, string])[]} options   flag and meaning
 * @property {readonly (readonly [string, string])[]} examples  command line and what it does
 */

/** Where each program lives, relative to the repository: its sources and the name of its bundle below `dist/`. */
export const PROGRAMS = {
  agent: { source: 'apps/agent/src/main.ts', bundle: 'agent.js' },
  server: { source: 'apps/server/src/main.ts', bundle: 'server.js' },
  cli: { source: 'apps/cli/src/main.ts', bundle: 'cli.js' },
}

/** @type {readonly Command[]} */
export const COMMANDS = [
  {
    name: 'run',
    summary: 'Run a command and show what it really did.',
    usage: '[options] -- COMMAND [ARGUMENT …]',
    program: 'agent',
    options: [
      ['--report FILE', 'write the full record as JSON Lines'],
      ['--server URL', 'send the record to a Gatehouse server while the command runs'],
      ['--token-file FILE', 'file with the ingest token (else GATEHOUSE_TOKEN)'],
      ['--job-name NAME', 'name of the job; default: the command line'],
      ['--allow-degraded', 'run even when the sensor cannot start, and record that'],
      ['--quiet', 'no summary'],
      ['--no-color', 'no colour in the summary'],
    ],
    examples: [
      ['gatehouse run -- npm ci', 'watch an install and print a summary'],
      ['gatehouse run --report build.jsonl -- make -j2', 'keep the full record'],
    ],
  },
  {
    name: 'doctor',
    summary: 'Explain what this machine can watch, what is missing, and how to get it.',
    usage: '[--json]',
    program: 'agent',
    options: [
      ['--json', 'the same as JSON on stdout'],
      ['--no-color', 'no colour'],
    ],
    examples: [['sudo gatehouse doctor', 'check everything that `gatehouse run` needs']],
  },
  {
    name: 'up',
    summary: 'Start the server and the console on this machine.',
    usage: '[--data DIR] [--host ADDRESS] [--port NUMBER]',
    program: 'server',
    options: [
      ['--data DIR', 'where everything is kept'],
      ['--host ADDRESS', 'address to listen on; default 127.0.0.1'],
      ['--port NUMBER', 'port to listen on'],
    ],
    examples: [['gatehouse up --data ~/.gatehouse', 'start and print a sign-in link']],
  },
  {
    name: 'sign-in',
    summary: 'Print a new one-time sign-in link for a server on this machine.',
    usage: '[--data DIR]',
    program: 'server',
    options: [['--data DIR', 'the data folder the server was started with']],
    examples: [['gatehouse sign-in --data ~/.gatehouse', 'print a link that works once, within an hour']],
  },
  {
    name: 'scan',
    summary: 'Check workflows and actions for security problems.',
    usage: '[options] [PATH …]',
    program: 'cli',
    options: [
      ['--format text|json|sarif|github|markdown', 'how to report'],
      ['--output FILE', 'write the report to a file'],
    ],
    examples: [
      ['gatehouse scan', 'every workflow of the current repository'],
      ['gatehouse scan --format sarif --output results.sarif', 'a file for code scanning'],
    ],
  },
  {
    name: 'explain',
    summary: 'Explain a rule: what it reports, why it matters, how to fix it.',
    usage: 'RULE',
    program: 'cli',
    options: [],
    examples: [['gatehouse explain template-injection', 'read about one rule']],
  },
  {
    name: 'fix',
    summary: 'Apply the safe fixes to workflows.',
    usage: '[options] [PATH …]',
    program: 'cli',
    options: [
      ['--format text|json|sarif|github|markdown', 'how to report'],
      ['--output FILE', 'write the report to a file'],
    ],
    examples: [['gatehouse fix', 'fix the workflows of the current repository']],
  },
]
