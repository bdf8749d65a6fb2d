import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool, looksLike } from '../../programs.ts'

const HOST =
  /^(?:-v|--volume|--mount)?=?(?:type=bind,)?(?:(?:source|src)=)?(\/|\/etc(?:\/(?:sudoers|shadow|passwd|cron)[^:,]*)?|\/root|\/boot|\/proc|\/home|\/var\/lib\/docker)(?::|,(?:target|dst|destination)=)/

export const hostMountedIntoContainer = defineDetection({
  id: 'host-mounted-into-container',
  title: "A container was given the machine's own files",
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R11', 'S-14'],
  attack: ['T1611'],
  remedy: "Find out who started it. With the machine's root directory or its sudo rules inside, a container rewrites the machine.",
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || event.argv === undefined || !looksLike(event.exe, event.argv, 'container-client')) return null
    const mount = event.argv
      .slice(0, 64)
      .map((argument) => HOST.exec(argument)?.[1])
      .find((path) => path !== undefined)
    if (mount === undefined || job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'cluster-in-container'))) return null
    return {
      message: `${actorWords(job, event)} started a container that sees ${mount} of the machine.`,
      evidence: { mount, argv: event.argv.join(' ').slice(0, 1_024) },
      key: mount,
    }
  },
})
