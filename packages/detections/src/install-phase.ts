/*
 * Who acts while packages are being installed. Install scripts are the commonest way in (runtime catalogue, "behaviour
 * primitives"): the package manager runs code of strangers, so a process below it is not the package manager.
 */
import { baseName } from './words.ts'

interface Installer {
  /** Name of the tool, for messages. */
  readonly tool: string
  /** Words after the program that make it an installation. */
  readonly verbs: ReadonlySet<string>
}

const INSTALLERS: ReadonlyMap<string, Installer> = new Map<string, Installer>(
  Object.entries({
    npm: { tool: 'npm', verbs: new Set(['ci', 'install', 'i', 'add', 'update', 'rebuild', 'install-test', 'it', 'clean-install']) },
    pnpm: { tool: 'pnpm', verbs: new Set(['install', 'i', 'add', 'update', 'rebuild']) },
    yarn: { tool: 'yarn', verbs: new Set(['install', 'add', 'up', 'upgrade', 'rebuild']) },
    bun: { tool: 'bun', verbs: new Set(['install', 'i', 'add', 'update']) },
    pip: { tool: 'pip', verbs: new Set(['install', 'wheel', 'download']) },
    uv: { tool: 'uv', verbs: new Set(['sync', 'add', 'pip']) },
    poetry: { tool: 'poetry', verbs: new Set(['install', 'add', 'update']) },
    gem: { tool: 'gem', verbs: new Set(['install', 'update']) },
    bundle: { tool: 'bundler', verbs: new Set(['install', 'update']) },
    composer: { tool: 'composer', verbs: new Set(['install', 'update', 'require']) },
  }),
)

/** Names under which a tool also runs: `node …/npm-cli.js`, `pip3.11`. */
const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/^(?:npm|npm-cli\.[cm]?js)$/, 'npm'],
  [/^(?:pnpm|pnpm\.[cm]?js)$/, 'pnpm'],
  [/^(?:yarn|yarnpkg|yarn(?:-[\d.]+)?\.[cm]?js)$/, 'yarn'],
  [/^(?:pip[\d.]*|__pip-runner__\.py)$/, 'pip'],
]

export interface InstallPhase {
  readonly tool: string
  /** How many processes lie between the actor and the package manager; 0 when it is the package manager itself. */
  readonly depth: number
}

/** The nearest package manager among the actor (first) and its ancestors that is installing, or null. */
export function installPhase(chain: readonly { readonly argv: readonly string[] }[]): InstallPhase | null {
  for (const [depth, process] of chain.entries()) {
    const tool = installing(process.argv)
    if (tool !== null) return { tool, depth }
  }
  return null
}

function installing(argv: readonly string[]): string | null {
  // The program is the first word, or the script an interpreter runs, or the module after `-m`.
  const words = argv.slice(0, 32)
  for (const [index, word] of words.slice(0, 6).entries()) {
    const name = baseName(word)
    const installer = INSTALLERS.get(name) ?? INSTALLERS.get(canonical(name))
    if (installer === undefined) continue
    const verb = words.slice(index + 1).find((argument) => !argument.startsWith('-'))
    // Yarn and Bun install when told nothing.
    if (verb === undefined) return installer.tool === 'yarn' ? installer.tool : null
    return installer.verbs.has(verb) ? installer.tool : null
  }
  return null
}

function canonical(name: string): string {
  // Every name in the table of aliases has one of these in it; nearly no argument has.
  if (!name.includes('pm') && !name.includes('yarn') && !name.includes('pip')) return name
  return ALIASES.find(([pattern]) => pattern.test(name))?.[1] ?? name
}

/** Where package managers and their install scripts keep what they bring: programs there are expected to run. */
const DEPENDENCY_PLACE =
  /\/node_modules\/|\/(?:site|dist)-packages\/|\/\.(?:cache|npm|nvm|cargo|rustup|gradle|m2|pub-cache|gem|bundle|nuget|local\/share|volta|asdf|pyenv|rbenv|deno|bun|electron)\/|\/target\/(?:debug|release|[^/]+\/(?:debug|release))\/|\/(?:_tool|hostedtoolcache|_actions)\/|\/go\/(?:bin|pkg)\/|\/(?:\.?venv|virtualenv)\/|\/pip-(?:build-env|install|req-build|modern-metadata)-[^/]+\/|\/external\/|\/__e\//

/** Whether a program lies where dependencies and tools are kept. */
export function isDependencyPlace(path: string): boolean {
  return DEPENDENCY_PLACE.test(path)
}
