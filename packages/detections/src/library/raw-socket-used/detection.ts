import { defineDetection } from '../../detection.ts'
import { actorWords, isLoopback } from '../../words.ts'
import { isTool } from '../../programs.ts'

const UNUSUAL = /AF_PACKET|AF_VSOCK|AF_XDP|AF_QIPCRTR|AF_BLUETOOTH|SOCK_RAW|IPPROTO_RAW/

export const rawSocketUsed = defineDetection({
  id: 'raw-socket-used',
  title: 'A process spoke to the network past the usual sockets',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R20'],
  attack: ['T1095', 'T1572'],
  remedy: 'Raw, packet and virtual sockets escape filters that look at connections. Find out which tool needs one.',
  requires: ['network', 'system', 'file'],

  match(event, job) {
    let what: string
    if (event.kind === 'network') {
      if (event.protocol !== 'raw' || event.op === 'close' || isLoopback(event.ip)) return null
      what = `raw packets to ${event.ip}`
    } else if (event.kind === 'system') {
      if (event.op !== 'socket' || (event.result ?? 0) < 0 || !UNUSUAL.test(event.detail ?? '') || /AF_NETLINK/.test(event.detail ?? ''))
        return null
      what = event.detail ?? 'an unusual socket'
    } else {
      if (event.op === 'unlink' || job.place(event.path) !== 'tunnel') return null
      what = 'a tunnel device'
    }
    if (event.step === 0 || isTool(event.exe, job.process(event.process)?.argv ?? [], 'raw-network')) return null
    return { message: `${actorWords(job, event)} used ${what}.`, evidence: { what, exe: event.exe }, key: `${event.exe} ${event.kind}` }
  },
})
