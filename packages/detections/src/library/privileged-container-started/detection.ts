import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool, looksLike } from '../../programs.ts'

const RUNS = /^(?:run|create)$/
const OPTION =
  /^--privileged(?:=true)?$|^--(?:pid|ipc|userns|cgroupns)=host$|^--cap-add=?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|BPF)$|^--security-opt=?(?:seccomp|apparmor)[=:]unconfined$/i
/** Images that set up emulation or nodes and say in their documentation that they need it. */
const KNOWN_IMAGE =
  /^(?:[\w.-]+\/)?(?:tonistiigi\/binfmt|multiarch\/qemu-user-static|moby\/buildkit|kindest\/node|rancher\/k3s|docker:\S*dind)(?::|@|$)/

export const privilegedContainerStarted = defineDetection({
  id: 'privileged-container-started',
  title: 'A container was started with rights over the machine',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R11'],
  attack: ['T1610', 'T1611'],
  remedy: 'Drop the option, or use a builder that does not need it. Whoever is in such a container is root on the machine.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || event.argv === undefined || !looksLike(event.exe, event.argv, 'container-client')) return null
    const argv = event.argv.slice(0, 64)
    if (!argv.slice(1, 4).some((argument) => RUNS.test(argument))) return null
    const joined = argv.map((argument, index) =>
      argument === '--cap-add' || argument === '--pid' || argument === '--security-opt' ? `${argument}=${argv[index + 1] ?? ''}` : argument,
    )
    const options = joined.filter((argument) => OPTION.test(argument))
    if (options.length === 0 || argv.some((argument) => KNOWN_IMAGE.test(argument))) return null
    if (job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'cluster-in-container'))) return null
    return {
      message: `${actorWords(job, event)} started a container with ${options.join(' ')}.`,
      evidence: { options: options.join(' '), argv: argv.join(' ').slice(0, 1_024) },
      key: options.join(' '),
    }
  },
})
