import { defineRule } from '../../rule.ts'

export const unpinnedTool = defineRule({
  id: 'unpinned-tool',
  title: 'A set-up action installs whatever version is newest',
  severity: 'low',
  confidence: 'high',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E16'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *step(step) {
    const { uses } = step
    const inputName = uses && TOOLS.get(uses.action)
    if (!uses || inputName === undefined) return
    const value = step.with.entries.get(inputName)
    if (value && (value.value.kind !== 'scalar' || !/^(?:latest|stable|\*|master|main|canary|nightly|)$/i.test(value.value.value.trim())))
      return
    // A file of the repository may say it.
    if ([...step.with.entries.keys()].some((key) => /version.*file|lockfile|manifest/.test(key))) return
    yield {
      at: value?.value ?? uses.node,
      message: `Without a fixed \`${inputName}\` this installs another program whenever one is released, however well the action is pinned.`,
    }
  },
})

/** Input that names the program's version, by action. */
const TOOLS: ReadonlyMap<string, string> = new Map([
  ['astral-sh/setup-uv', 'version'],
  ['aquasecurity/setup-trivy', 'version'],
  ['goreleaser/goreleaser-action', 'version'],
  ['golangci/golangci-lint-action', 'version'],
  ['oven-sh/setup-bun', 'bun-version'],
  ['denoland/setup-deno', 'deno-version'],
  ['hashicorp/setup-terraform', 'terraform_version'],
  ['azure/setup-helm', 'version'],
  ['azure/setup-kubectl', 'version'],
  ['arduino/setup-task', 'version'],
  ['anchore/sbom-action', 'syft-version'],
  ['jdx/mise-action', 'version'],
  ['1password/install-cli-action', 'version'],
])
