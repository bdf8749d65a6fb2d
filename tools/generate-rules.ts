/* The table of rules in the documentation, from the rules themselves. */
import { rules } from '@gatehouse/analyzer'

/** `docs/rules.md`. */
export function generateRules(): Promise<ReadonlyMap<string, string>> {
  const rows = rules.map(
    (rule) =>
      `| [${rule.id}](../packages/analyzer/src/rules/${rule.id}/rule.md) | ${rule.title.replaceAll('|', '\\|')} | ${rule.severity} | ${rule.level} | ${rule.maturity} | ${rule.fix} | ${rule.catalogue.join(', ')} | ${rule.cwe.join(', ')} | ${rule.cicd.join(', ')} |`,
  )
  const covered = new Set(rules.flatMap((rule) => rule.catalogue))
  const text = `# Rules

${rules.length} rules, which cover ${covered.size} rows of the catalogue of known weaknesses. Made by \`npm run generate\` from the rules themselves; \`gatehouse explain RULE\`
shows a page. Severities are those of a finding that nothing raises or lowers: most rules rate each finding by who can reach it and what the job
holds.

Levels: \`default\` is reported always, \`strict\` with \`--level strict\`, \`audit\` with \`--level audit\`. \`preview\` rules never fail a run.

| Rule | Title | Severity | Level | Maturity | Fix | Catalogue | CWE | OWASP CI/CD |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`
  return Promise.resolve(new Map([['docs/rules.md', text]]))
}
