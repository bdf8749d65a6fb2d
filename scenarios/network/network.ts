/*
 * A private network for one job: two network namespaces joined by a virtual cable. The job lives in one, a small internet
 * (resolver, registry, git server, sinkholes) in the other; neither has a route to the machine's own network.
 *
 * The job also gets a mount namespace in which resolv.conf names our resolver. A holder process keeps it; to enter is
 * `nsenter --target HOLDER --net --mount`. `ip netns exec` would not do: it remounts /sys and so hides the cgroup tree.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './command.ts'
import { isAbandoned, ownerTag } from './owner.ts'
import * as plan from './plan.ts'

export interface Network {
  /** Put in front of a command line, runs it inside the job's network. */
  readonly enter: readonly string[]
  /** Ends the hosts and removes both namespaces. Safe to call twice. */
  close(): Promise<void>
}

/** Why this machine cannot make the network, or null when it can. */
export function networkObstacle(): string | null {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  if (process.getuid?.() !== 0) return 'this is not root, which the sensor and the network namespaces of the job need'
  for (const program of ['ip', 'nsenter', 'unshare']) {
    if (!onPath(program)) return `the program "${program}" is missing (Debian: apt-get install iproute2 util-linux)`
  }
  return null
}

/**
 * Makes the network and starts its hosts; answers when they listen.
 * @param folder An existing private folder for configuration files.
 * @throws {Error} when a namespace or a host cannot be made; nothing is left behind.
 */
export async function openNetwork(folder: string, hosts: readonly plan.Host[]): Promise<Network> {
  await removeAbandonedNamespaces()
  const suffix = `${ownerTag()}-${Math.random().toString(36).slice(2, 6)}`
  const job = `gh-${suffix}-job`
  const internet = `gh-${suffix}-net`
  const children: ChildProcess[] = []

  let closed: Promise<void> | null = null
  async function tearDown(): Promise<void> {
    await Promise.all(children.map(end))
    for (const name of [job, internet]) if (existsSync(`/run/netns/${name}`)) await command('ip', ['netns', 'delete', name])
  }
  const close = () => (closed ??= tearDown())

  try {
    await connectNamespaces(job, internet, hosts)
    const config: plan.HostsConfig = { resolver: plan.RESOLVER_ADDRESS, hosts }
    const server = spawn('nsenter', [`--net=/run/netns/${internet}`, process.execPath, join(import.meta.dirname, 'hosts.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    children.push(server)
    server.stdin.write(`${JSON.stringify(config)}\n`)
    const holder = startHolder(folder, job)
    children.push(holder)
    await Promise.all([ready(server, 'the hosts of the scenario network'), ready(holder, 'the mount namespace of the job')])
    return { enter: ['nsenter', '--target', String(holder.pid), '--net', '--mount'], close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Removes namespaces whose owner was killed before it could. */
export async function removeAbandonedNamespaces(): Promise<void> {
  const names = existsSync('/run/netns') ? readdirSync('/run/netns') : []
  for (const name of names) {
    const match = /^gh-(\d+-\d+)-\w+-(?:job|net)$/.exec(name)
    if (match?.[1] && isAbandoned(match[1])) await command('ip', ['netns', 'delete', name]).catch(() => null)
  }
}

async function connectNamespaces(job: string, internet: string, hosts: readonly plan.Host[]): Promise<void> {
  await command('ip', ['netns', 'add', job])
  await command('ip', ['netns', 'add', internet])
  await command('ip', ['link', 'add', 'eth0', 'netns', job, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', internet])

  const addresses = new Set([plan.RESOLVER_ADDRESS, ...hosts.map((host) => host.address)])
  const inJob = [
    `address add ${plan.JOB_ADDRESS}/24 dev eth0`,
    `address add ${plan.JOB_ADDRESS6}/64 dev eth0 nodad`,
    'link set lo up',
    'link set eth0 up',
    `route add default via ${plan.GATEWAY_ADDRESS}`,
    `-6 route add default via ${plan.GATEWAY_ADDRESS6}`,
  ]
  const inInternet = [
    `address add ${plan.GATEWAY_ADDRESS}/24 dev eth0`,
    `address add ${plan.GATEWAY_ADDRESS6}/64 dev eth0 nodad`,
    'link set lo up',
    'link set eth0 up',
    ...[...addresses].map((ip) => (ip.includes(':') ? `address add ${ip}/128 dev lo nodad` : `address add ${ip}/32 dev lo`)),
  ]
  // Read from a file descriptor rather than one process per line: a start should not cost a second in forks.
  await batch(job, inJob)
  await batch(internet, inInternet)
}

async function batch(namespace: string, lines: readonly string[]): Promise<void> {
  // A kernel without IPv6 refuses those lines only; the scenarios that need it say so themselves.
  const six = lines.filter((line) => line.includes('-6 ') || /2001:/.test(line))
  for (const line of lines.filter((line) => !six.includes(line))) await command('ip', ['-n', namespace, ...line.split(' ')])
  for (const line of six) await command('ip', ['-n', namespace, ...line.split(' ')]).catch(() => null)
}

/** Its standard input is our end of a pipe: when we die, however we die, it ends too. */
function startHolder(folder: string, job: string) {
  const resolv = join(folder, 'resolv.conf')
  const nsswitch = join(folder, 'nsswitch.conf')
  const empty = join(folder, 'empty')
  writeFileSync(resolv, `nameserver ${plan.RESOLVER_ADDRESS}\noptions timeout:1 attempts:2\n`)
  // Names must be asked over the network, where a sensor can see it, not from a caching daemon through a local socket.
  writeFileSync(nsswitch, 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n')
  writeFileSync(empty, '')
  const script = [
    'set -e',
    'mount --bind "$1" /etc/resolv.conf',
    'if [ -e /etc/nsswitch.conf ]; then mount --bind "$2" /etc/nsswitch.conf; fi',
    'if [ -S /run/nscd/socket ]; then mount --bind "$3" /run/nscd/socket; fi',
    'echo ready',
    'exec cat > /dev/null',
  ].join('\n')
  return spawn(
    'nsenter',
    [`--net=/run/netns/${job}`, 'unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'holder', resolv, nsswitch, empty],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
}

function ready(child: ChildProcess, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`${what} ended early (${signal ?? `exit code ${code}`})`)))
    child.stdout?.once('data', () => resolve())
  })
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve()
    const patience = setTimeout(() => child.kill('SIGKILL'), 2_000)
    child.once('exit', () => {
      clearTimeout(patience)
      resolve()
    })
    child.stdin?.end()
    child.kill('SIGTERM')
  })
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)))
}
