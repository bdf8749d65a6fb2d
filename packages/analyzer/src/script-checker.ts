/*
 * Checkers of scripts that are programs of their own (shellcheck, pyflakes). Running them is I/O, so the caller does it and answers here; without
 * one, the rule that asks says nothing and the caller says which program was absent.
 */

export type ScriptLanguage = 'bash' | 'sh' | 'python'

export interface ScriptProblem {
  /** Program that says it, such as `shellcheck`. */
  readonly tool: string
  /** `SC2086`; empty when the program has no codes. */
  readonly code: string
  readonly level: 'error' | 'warning' | 'note'
  readonly message: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 units; 1 when only the line is known. */
  readonly column: number
}

export interface ScriptChecker {
  /** Problems of a script; undefined when no program for the language is at hand. */
  check(language: ScriptLanguage, text: string): readonly ScriptProblem[] | undefined
}

/** A script as a checker should see it: each `${{ }}` becomes a word of the same length, so that places stay right. */
export function withoutExpressions(text: string): string {
  return text.replace(/\$\{\{[\s\S]*?\}\}/g, (expression) => expression.replace(/[^\n]/g, '_'))
}
