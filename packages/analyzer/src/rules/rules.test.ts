/*
 * Every rule's page and cases, run. A page is documentation, the text of `gatehouse explain` and test data at once, so what it says
 * about the rule is what the rule does.
 */
import { describe, expect, test } from 'vitest'
import { applyFixes, linesOf, pageOf, ruleFolders } from '../testing.ts'
import { rules } from './index.ts'

/** Without these a reader is left alone with a finding. */
const HEADINGS = ['Exploit', 'Reported', 'Remediation', 'Not reported', 'When it is a false positive', 'What it misses', 'Sources']

test('every folder here is registered, in alphabetical order', () => {
  expect(rules.map((rule) => rule.id)).toEqual(ruleFolders())
})

test('ids of the catalogue, of weaknesses and of risks are well formed', () => {
  for (const rule of rules) {
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
    for (const row of rule.catalogue) expect(row).toMatch(/^(?:[A-F]\d{1,2}|G\d{1,2})$/)
    expect(rule.cwe.length).toBeGreaterThan(0)
    for (const cwe of rule.cwe) expect(cwe).toMatch(/^CWE-\d+$/)
    expect(rule.cicd.length).toBeGreaterThan(0)
    for (const risk of rule.cicd) expect(risk).toMatch(/^CICD-SEC-(?:[1-9]|10)$/)
    for (const technique of rule.attack ?? []) expect(technique).toMatch(/^T\d{4}(?:\.\d{3})?$/)
  }
})

describe.each(rules)('$id', (rule) => {
  const page = pageOf(rule)

  test('its page carries its title and every section, and shows it firing and staying silent', () => {
    expect(page.title).toBe(rule.title)
    for (const heading of HEADINGS) expect(page.headings).toContain(heading)
    expect(page.reported).not.toEqual([])
    expect(page.clean).not.toEqual([])
    if (rule.fix === 'safe' || rule.fix === 'review') expect(page.fixed).not.toEqual([])
  })

  test.each(page.reported)('reports $name, on the marked lines', (example) => {
    expect(linesOf(example, rule)).toEqual(example.lines)
    expect(example.lines).not.toEqual([])
  })

  test.each(page.clean)('leaves $name alone', (example) => {
    expect(linesOf(example, rule)).toEqual([])
  })

  if (page.fixed.length > 0) {
    test.each(page.fixed)('fixes $name for good', ({ before, after, path }) => {
      const fixed = applyFixes(path, before, rule)
      expect(fixed.refused).toEqual([])
      expect(fixed.text).toBe(after)
      expect(applyFixes(path, after, rule).text).toBe(after)
    })
  }
})
