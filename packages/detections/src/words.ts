/* Words for people: how messages name processes, addresses and paths. */
import type { JobView, ProcessView } from './detection.ts'

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path
}

/** The actor in words: its chain, or its program when nothing is known of it. */
export function actorWords(job: JobView, event: { readonly process: number; readonly exe: string }): string {
  return chainWords(job.chain(event.process)) || baseName(event.exe)
}

/** "npm ci › sh › node steal.js": the chain from the step's first process to the actor. At most four links are shown. */
export function chainWords(chain: readonly ProcessView[]): string {
  const step = chain[0]?.step
  const names = chain
    .filter((link) => link.step === step)
    .map(commandWords)
    .toReversed()
  const shown = names.length > 4 ? [...names.slice(0, 1), '…', ...names.slice(-3)] : names
  return shown.join(' › ')
}

/** A command in a few words: program name and its first argument that says what it does. */
export function commandWords(process: ProcessView): string {
  const name = baseName(process.argv[0] ?? process.exe)
  const said = process.argv.slice(1).find((argument) => !argument.startsWith('-'))
  const words = said === undefined ? name : `${name} ${baseName(said)}`
  return words.length > 60 ? `${words.slice(0, 59)}…` : words
}

/** Loopback, in both families: traffic that leaves no machine. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1'
}

/** Private, link-local and multicast ranges: not the internet. */
export function isLocalNetwork(ip: string): boolean {
  return (
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|22[4-9]\.|23\d\.|255\.|0\.)/.test(ip) ||
    /^(f[cd]|fe[89ab]|ff)/i.test(ip) ||
    ip === '::'
  )
}
