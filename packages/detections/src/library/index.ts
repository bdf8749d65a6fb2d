/* Every detection, in the order of their ids. A test compares this list with the folders. */
import type { Detection } from '../detection.ts'
import { bareAddressConnection } from './bare-address-connection/detection.ts'
import { decompressedScriptRun } from './decompressed-script-run/detection.ts'
import { dnsTunnel } from './dns-tunnel/detection.ts'
import { downloadedProgramRun } from './downloaded-program-run/detection.ts'
import { downloadedScriptPiped } from './downloaded-script-piped/detection.ts'
import { encodedCommand } from './encoded-command/detection.ts'
import { encryptedDnsUsed } from './encrypted-dns-used/detection.ts'
import { filelessExecution } from './fileless-execution/detection.ts'
import { firewallDisabled } from './firewall-disabled/detection.ts'
import { foreignResolverAsked } from './foreign-resolver-asked/detection.ts'
import { hostMountedIntoContainer } from './host-mounted-into-container/detection.ts'
import { hostNamespaceEntered } from './host-namespace-entered/detection.ts'
import { installScriptContactsHost } from './install-script-contacts-host/detection.ts'
import { installScriptDropsProgram } from './install-script-drops-program/detection.ts'
import { installScriptLoadsKernelCode } from './install-script-loads-kernel-code/detection.ts'
import { installScriptReadsMetadata } from './install-script-reads-metadata/detection.ts'
import { installScriptReadsSecret } from './install-script-reads-secret/detection.ts'
import { installScriptUsesContainers } from './install-script-uses-containers/detection.ts'
import { kernelCodeLoaded } from './kernel-code-loaded/detection.ts'
import { machineMemoryRead } from './machine-memory-read/detection.ts'
import { manySecretFamilies } from './many-secret-families/detection.ts'
import { metadataServiceContacted } from './metadata-service-contacted/detection.ts'
import { nameResolutionChanged } from './name-resolution-changed/detection.ts'
import { outlivedStepBeacons } from './outlived-step-beacons/detection.ts'
import { peerToPeerTraffic } from './peer-to-peer-traffic/detection.ts'
import { privilegedContainerStarted } from './privileged-container-started/detection.ts'
import { rawSocketUsed } from './raw-socket-used/detection.ts'
import { reverseShell } from './reverse-shell/detection.ts'
import { runnerCleanupEvaded } from './runner-cleanup-evaded/detection.ts'
import { runnerInternalsChanged } from './runner-internals-changed/detection.ts'
import { runnerMemoryAccess } from './runner-memory-access/detection.ts'
import { secretsBundled } from './secrets-bundled/detection.ts'
import { secretsThenSent } from './secrets-then-sent/detection.ts'
import { sensorAttacked } from './sensor-attacked/detection.ts'
import { setUserIdGranted } from './set-user-id-granted/detection.ts'
import { siblingEnvironmentRead } from './sibling-environment-read/detection.ts'
import { sourceOverwritten } from './source-overwritten/detection.ts'
import { sourceSwappedDuringBuild } from './source-swapped-during-build/detection.ts'
import { sudoRulesChanged } from './sudo-rules-changed/detection.ts'
import { unrelatedMemoryAccess } from './unrelated-memory-access/detection.ts'
import { workHandedToTheSystem } from './work-handed-to-the-system/detection.ts'

export const library: readonly Detection[] = [
  bareAddressConnection,
  decompressedScriptRun,
  dnsTunnel,
  downloadedProgramRun,
  downloadedScriptPiped,
  encodedCommand,
  encryptedDnsUsed,
  filelessExecution,
  firewallDisabled,
  foreignResolverAsked,
  hostMountedIntoContainer,
  hostNamespaceEntered,
  installScriptContactsHost,
  installScriptDropsProgram,
  installScriptLoadsKernelCode,
  installScriptReadsMetadata,
  installScriptReadsSecret,
  installScriptUsesContainers,
  kernelCodeLoaded,
  machineMemoryRead,
  manySecretFamilies,
  metadataServiceContacted,
  nameResolutionChanged,
  outlivedStepBeacons,
  peerToPeerTraffic,
  privilegedContainerStarted,
  rawSocketUsed,
  reverseShell,
  runnerCleanupEvaded,
  runnerInternalsChanged,
  runnerMemoryAccess,
  secretsBundled,
  secretsThenSent,
  sensorAttacked,
  setUserIdGranted,
  siblingEnvironmentRead,
  sourceOverwritten,
  sourceSwappedDuringBuild,
  sudoRulesChanged,
  unrelatedMemoryAccess,
  workHandedToTheSystem,
]
