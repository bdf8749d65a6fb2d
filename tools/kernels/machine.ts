/** One boot of a kernel in an emulated machine. No hardware virtualisation is asked for: build machines seldom have it. */
import { spawn } from 'node:child_process'

export const QEMU_PROGRAMS: Readonly<Record<string, string>> = { 'qemu-system-x86_64': 'qemu-system-x86' }

export interface Boot {
  /** Everything the machine wrote to its serial console. */
  readonly console: string
  readonly seconds: number
  readonly ended: 'powered-off' | 'time-limit' | 'failed'
}

/**
 * Boots `kernel` with `initramfs` and waits until the machine powers off.
 * @param secondsMax after this the emulator is ended.
 */
export function bootMachine(kernel: string, initramfs: string, secondsMax: number): Promise<Boot> {
  const started = performance.now()
  // cmpxchg16b is hidden from the guest: QEMU 7.2 was seen to double-fault a 6.12 kernel on it.
  const argv = ['-accel', 'tcg,thread=multi', '-cpu', 'max,-cx16', '-m', '3000', '-smp', '2', '-nographic', '-nic', 'none', '-no-reboot']
  const boot = ['-kernel', kernel, '-initrd', initramfs, '-append', 'console=ttyS0 quiet panic=-1']
  return new Promise((resolve) => {
    const child = spawn('qemu-system-x86_64', [...argv, ...boot], { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    let limit = false
    const collect = (chunk: string) => {
      // A machine that prints without end must not fill our memory.
      if (text.length < 4_000_000) text += chunk
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    const timer = setTimeout(() => {
      limit = true
      child.kill('SIGKILL')
    }, secondsMax * 1000)
    const end = (ended: Boot['ended']) => {
      clearTimeout(timer)
      resolve({ console: text.replaceAll('\r', ''), seconds: (performance.now() - started) / 1000, ended })
    }
    child.on('error', (error) => {
      text += error.message
      end('failed')
    })
    child.on('close', (code) => end(limit ? 'time-limit' : code === 0 ? 'powered-off' : 'failed'))
  })
}
