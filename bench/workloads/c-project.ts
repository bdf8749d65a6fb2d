/**
 * A C project with a configure script, like the thousands that autoconf made: many short-lived small programs first (each probe
 * writes a file, starts the compiler or text tools), then a compiler per source file.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../tools/debian/command.ts'
import type { Size, Workload } from './workload.ts'

const COUNTS = { full: { probes: 200, files: 60 }, quick: { probes: 16, files: 6 } } as const

const HEADERS = ['stdio', 'stdlib', 'string', 'unistd', 'fcntl', 'errno', 'signal', 'time', 'math', 'ctype', 'limits', 'stdint']
const FUNCTIONS = ['malloc', 'memcpy', 'strdup', 'getpid', 'fork', 'open', 'qsort', 'strtol', 'snprintf', 'time', 'kill', 'getenv']

/** Writes the project below `folder`. The two workloads share it: `configure`, then `make`. */
export function cProject(folder: string, size: Size): { readonly configure: Workload; readonly make: Workload } {
  const { probes, files } = COUNTS[size]
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'configure'), configureScript(probes), { mode: 0o755 })
  writeFileSync(join(folder, 'Makefile.in'), makefile(files))
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `src/part${i}.c`), sourceFile(i))
  writeFileSync(join(folder, 'src/main.c'), mainFile(files))
  const remove = (...names: string[]) => {
    for (const name of names) rmSync(join(folder, name), { force: true, recursive: true })
    return Promise.resolve()
  }
  return {
    configure: {
      name: 'configure',
      kind: 'exec-bound',
      wallTarget: 1.04,
      argv: ['./configure'],
      cwd: folder,
      reset: () => remove('config.h', 'config.log', 'Makefile'),
    },
    make: {
      name: 'make',
      kind: 'compile',
      wallTarget: 1.02,
      argv: ['make', '-j2'],
      cwd: folder,
      async reset() {
        await remove('build', 'program')
        // A project that was only generated is configured first.
        await command('test', ['-f', 'Makefile'], { cwd: folder }).catch(() => command('./configure', [], { cwd: folder }))
      },
    },
  }
}

/** Of ten probes, two look for a header, two link against a function, and six use text tools, as configure scripts do. */
function configureScript(probes: number): string {
  const blocks = Array.from({ length: probes }, (_, i) => {
    const header = HEADERS[i % HEADERS.length] ?? ''
    const callee = FUNCTIONS[i % FUNCTIONS.length] ?? ''
    switch (i % 10) {
      case 0:
      case 5:
        return `printf '#include <${header}.h>\\n' > conftest.c; probe HAVE_${header.toUpperCase()}_H_${i} $CC -E conftest.c -o conftest.i`
      case 1:
      case 6:
        return `printf 'char ${callee}(); int main(void) { return (int)(long)&${callee}; }\\n' > conftest.c; probe HAVE_${callee.toUpperCase()}_${i} $CC -w -fno-builtin conftest.c -o conftest`
      case 2:
        return `value=\`echo "feature-${i}.c" | sed 's/[^a-z0-9]/_/g' | tr a-z A-Z\`; define "WITH_$value" 1`
      case 3:
        return `if grep -c 'define' config.h > conftest.out 2>/dev/null; then define COUNTED_${i} \`cat conftest.out\`; fi`
      case 4:
        return `size=\`expr ${i} '*' 8\`; define SIZE_${i} $size`
      case 7:
        return `folder=\`dirname /usr/include/${header}.h\`; if test -d "$folder"; then define FOLDER_${i} "\\"$folder\\""; fi`
      case 8:
        return `machine=\`uname -m | sed 's/x86_64/amd64/'\`; case "$machine" in *64) define WIDE_${i} 1;; *) define WIDE_${i} 0;; esac`
      default:
        return `sort -u config.h | awk '{ n += NF } END { print n }' > conftest.out; define WORDS_${i} \`cat conftest.out\``
    }
  })
  return `#!/bin/sh
CC=\${CC-cc}
: > config.h
define() { echo "#define $1 $2" >> config.h; }
probe() {
  name=$1; shift
  echo "$@" >> config.log
  if "$@" >> config.log 2>&1; then define "$name" 1; else define "$name" 0; fi
  rm -f conftest conftest.c conftest.i conftest.o
}
${blocks.join('\n')}
sed "s,@CC@,$CC,g" Makefile.in > Makefile
rm -f conftest*
`
}

function makefile(files: number): string {
  const objects = Array.from({ length: files }, (_, i) => `build/part${i}.o`).join(' ')
  return `OBJECTS = build/main.o ${objects}
program: $(OBJECTS)
\t@CC@ -o $@ $(OBJECTS)
build/%.o: src/%.c config.h
\t@mkdir -p build
\t@CC@ -O2 -g -Wall -I. -c -o $@ $<
`
}

/** About a hundred lines that an optimiser has to think about. */
function sourceFile(index: number): string {
  const functions = Array.from(
    { length: 12 },
    (_, i) => `static unsigned step_${i}(unsigned *values, unsigned length, unsigned seed)
{
\tfor (unsigned i = 0; i + 1 < length; i++) {
\t\tvalues[i] = (values[i + 1] * ${2 * index + i + 3}u) ^ (seed >> ${(i % 7) + 1});
\t\tif (values[i] % ${i + 2}u == 0)
\t\t\tseed += values[i] * ${index + 1}u;
\t}
\treturn seed;
}
`,
  )
  const calls = Array.from({ length: 12 }, (_, i) => `\tseed = step_${i}(values, ${16 + i}, seed);`)
  return `#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

${functions.join('\n')}
unsigned part${index}(unsigned seed)
{
\tunsigned values[64];
\tmemset(values, (int)seed, sizeof(values));
${calls.join('\n')}
\treturn seed;
}
`
}

function mainFile(files: number): string {
  const numbers = Array.from({ length: files }, (_, i) => i)
  return `#include <stdio.h>
${numbers.map((i) => `unsigned part${i}(unsigned seed);`).join('\n')}
int main(void)
{
\tunsigned seed = 1;
${numbers.map((i) => `\tseed = part${i}(seed);`).join('\n')}
\tprintf("%u\\n", seed);
\treturn 0;
}
`
}
