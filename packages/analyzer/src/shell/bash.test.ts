import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBash } from './bash.ts'
import { parsePowerShell } from './powershell.ts'
import { programOf, quoteAt } from './script.ts'

const words = (text: string) => parseBash(text).commands.map((command) => command.words.map((word) => word.text))

test('commands, pipes, lists, groups and substitutions are told apart', () => {
  expect(words('a && b | c; (d) & { e; }')).toEqual([['a'], ['b'], ['c'], ['d'], ['e']])
  expect(words('echo "$(git log | head -n 1)"')).toEqual([
    ['git', 'log'],
    ['head', '-n', '1'],
    ['echo', '$(git log | head -n 1)'],
  ])
  expect(words('case "$1" in start) npm ci ;; *) x ;; esac')).toEqual([['case', '$1', 'in'], ['npm', 'ci'], ['x']])
  expect(words('if [[ $a > 3 && -f x ]]; then make; else ant; fi')).toEqual([['[[', '$a', '3', '-f', 'x', ']]'], ['make'], ['ant']])
})

test('a redirect after a group belongs to every command in it, and not to those that make its target', () => {
  const commands = parseBash('{ echo a; cat b; } >> "$GITHUB_ENV"\nwhile read x; do y; done <<< "$(z)"').commands
  expect(
    commands
      .filter((command) => command.redirects.some((redirect) => redirect.target.text === '$GITHUB_ENV'))
      .map((command) => command.name),
  ).toEqual(['echo', 'cat'])
  expect(commands.find((command) => command.name === 'z')?.redirects).toEqual([])
})

test('what an expression holds never ends a quote', () => {
  expect(words(`echo "\${{ format('"', x) }}" b`)).toEqual([['echo', `\${{ format('"', x) }}`, 'b']])
  expect(words(`echo '\${{ format('a', 'b') }}' c`)).toEqual([['echo', `\${{ format('a', 'b') }}`, 'c']])
})

test('quoting is known at every place', () => {
  const text = `echo a "b $(c 'd')" # e\ncat <<'X'\nf $g\nX\ncat <<Y\nh $i\nY\n`
  const script = parseBash(text)
  const at = (part: string) => quoteAt(script, text.indexOf(part))
  expect([at('a '), at('b '), at('c '), at('d'), at('e\n'), at('f '), at('h ')]).toEqual([
    'none',
    'double',
    'none',
    'single',
    'comment',
    'heredoc-quoted',
    'heredoc',
  ])
})

test('prefixes are not the program', () => {
  const [command] = parseBash('sudo -u root env A=1 /usr/bin/npm ci').commands
  expect(command && programOf(command).program).toBe('npm')
})

test('PowerShell: variables, here-strings, pipes and comments', () => {
  const { commands } = parsePowerShell(
    `$x = "a $env:TITLE"\nWrite-Output 'b' | Out-File -Append $env:GITHUB_ENV # c\n@"\n$y\n"@ | Set-Content z\n`,
  )
  expect(commands[0]?.assignments[0]?.value?.parts.map((part) => part.kind)).toEqual(['text', 'variable'])
  expect(commands.map((command) => command.name)).toEqual(['', 'Write-Output', 'Out-File', '\n$y', 'Set-Content'])
})

test('no text makes the tokenizers throw or hang', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(...Array.from('ab$(){}[]<>|&;"\'`\\\n \t#=@%!*?/-'), '${{', '}}', '<<EOF', 'case ', ' in ', 'esac'),
        maxLength: 80,
      }),
      (text) => {
        parseBash(text)
        parsePowerShell(text)
      },
    ),
    { numRuns: 2_000 },
  )
})
