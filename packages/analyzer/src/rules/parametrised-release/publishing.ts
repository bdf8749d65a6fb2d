/* Which steps publish something. */
import type { Step } from '../../model/types.ts'
import { commandsOf, programOf } from '../../shell/index.ts'

const ACTIONS: ReadonlySet<string> = new Set([
  'pypa/gh-action-pypi-publish',
  'rubygems/release-gem',
  'goreleaser/goreleaser-action',
  'js-devtools/npm-publish',
  'softprops/action-gh-release',
  'ncipollo/release-action',
  'slsa-framework/slsa-github-generator',
])
const COMMANDS: ReadonlyMap<string, RegExp> = new Map([
  ['npm', /^publish$/],
  ['pnpm', /^publish$/],
  ['yarn', /^publish$/],
  ['cargo', /^publish$/],
  ['twine', /^upload$/],
  ['uv', /^publish$/],
  ['poetry', /^publish$/],
  ['gem', /^push$/],
  ['docker', /^push$/],
])

/** Whether a step hands a package, image or release to others. */
export function isPublishing(step: Step): boolean {
  if (step.uses) return ACTIONS.has(step.uses.action)
  return commandsOf(step).some((command) => {
    const { program, args } = programOf(command)
    const wanted = COMMANDS.get(program)
    if (wanted) return args.some((arg) => wanted.test(arg.text))
    return program === 'gh' && args[0]?.text === 'release' && /^(?:create|upload)$/.test(args[1]?.text ?? '')
  })
}
