/* Every detection, in the order of their ids. A test compares this list with the folders. */
import type { Detection } from '../detection.ts'
import { actionChanged } from './action-changed/detection.ts'
import { aiAgentChangesDependencies } from './ai-agent-changes-dependencies/detection.ts'
import { aiAgentConfiguredByInstall } from './ai-agent-configured-by-install/detection.ts'
import { aiAgentWithoutPermissions } from './ai-agent-without-permissions/detection.ts'
import { bareAddressConnection } from './bare-address-connection/detection.ts'
import { buildConfigurationRunsCode } from './build-configuration-runs-code/detection.ts'
import { cacheServiceFromScript } from './cache-service-from-script/detection.ts'
import { cachedFilePublished } from './cached-file-published/detection.ts'
import { decompressedScriptRun } from './decompressed-script-run/detection.ts'
import { destructiveCommand } from './destructive-command/detection.ts'
import { dnsTunnel } from './dns-tunnel/detection.ts'
import { downloadedProgramRun } from './downloaded-program-run/detection.ts'
import { downloadedScriptPiped } from './downloaded-script-piped/detection.ts'
import { encodedCommand } from './encoded-command/detection.ts'
import { encryptedDnsUsed } from './encrypted-dns-used/detection.ts'
import { environmentInArguments } from './environment-in-arguments/detection.ts'
import { environmentInRequest } from './environment-in-request/detection.ts'
import { filelessExecution } from './fileless-execution/detection.ts'
import { firewallDisabled } from './firewall-disabled/detection.ts'
import { foreignRepositoryChanged } from './foreign-repository-changed/detection.ts'
import { foreignResolverAsked } from './foreign-resolver-asked/detection.ts'
import { gitHookPlanted } from './git-hook-planted/detection.ts'
import { githubRepositoryCreated } from './github-repository-created/detection.ts'
import { hostMountedIntoContainer } from './host-mounted-into-container/detection.ts'
import { hostNamespaceEntered } from './host-namespace-entered/detection.ts'
import { imposterCommit } from './imposter-commit/detection.ts'
import { installScriptContactsHost } from './install-script-contacts-host/detection.ts'
import { installScriptDropsProgram } from './install-script-drops-program/detection.ts'
import { installScriptErasedItself } from './install-script-erased-itself/detection.ts'
import { installScriptLoadsKernelCode } from './install-script-loads-kernel-code/detection.ts'
import { installScriptReadsMetadata } from './install-script-reads-metadata/detection.ts'
import { installScriptReadsSecret } from './install-script-reads-secret/detection.ts'
import { installScriptRunsAiAgent } from './install-script-runs-ai-agent/detection.ts'
import { installScriptTakesToken } from './install-script-takes-token/detection.ts'
import { installScriptUsesContainers } from './install-script-uses-containers/detection.ts'
import { kernelCodeLoaded } from './kernel-code-loaded/detection.ts'
import { knownBadIndicator } from './known-bad-indicator/detection.ts'
import { machineMemoryRead } from './machine-memory-read/detection.ts'
import { manySecretFamilies } from './many-secret-families/detection.ts'
import { massOverwrite } from './mass-overwrite/detection.ts'
import { metadataServiceContacted } from './metadata-service-contacted/detection.ts'
import { minerStarted } from './miner-started/detection.ts'
import { nameResolutionChanged } from './name-resolution-changed/detection.ts'
import { outlivedStepBeacons } from './outlived-step-beacons/detection.ts'
import { packageChangesAnother } from './package-changes-another/detection.ts'
import { packagePublishedByInstall } from './package-published-by-install/detection.ts'
import { packagePublishedByStranger } from './package-published-by-stranger/detection.ts'
import { peerToPeerTraffic } from './peer-to-peer-traffic/detection.ts'
import { persistenceByInstall } from './persistence-by-install/detection.ts'
import { persistencePlanted } from './persistence-planted/detection.ts'
import { privilegedContainerStarted } from './privileged-container-started/detection.ts'
import { pythonStartFileWritten } from './python-start-file-written/detection.ts'
import { rawSocketUsed } from './raw-socket-used/detection.ts'
import { reverseShell } from './reverse-shell/detection.ts'
import { runnerCleanupEvaded } from './runner-cleanup-evaded/detection.ts'
import { runnerInternalsChanged } from './runner-internals-changed/detection.ts'
import { runnerMemoryAccess } from './runner-memory-access/detection.ts'
import { runnerRegistered } from './runner-registered/detection.ts'
import { runtimeTokenMisused } from './runtime-token-misused/detection.ts'
import { secretInOutput } from './secret-in-output/detection.ts'
import { secretsBundled } from './secrets-bundled/detection.ts'
import { secretsThenSent } from './secrets-then-sent/detection.ts'
import { sensorAttacked } from './sensor-attacked/detection.ts'
import { sensorLostRecords } from './sensor-lost-records/detection.ts'
import { setUserIdGranted } from './set-user-id-granted/detection.ts'
import { siblingEnvironmentRead } from './sibling-environment-read/detection.ts'
import { sourceOverwritten } from './source-overwritten/detection.ts'
import { sourceSwappedDuringBuild } from './source-swapped-during-build/detection.ts'
import { sudoRulesChanged } from './sudo-rules-changed/detection.ts'
import { tracesWiped } from './traces-wiped/detection.ts'
import { unrelatedMemoryAccess } from './unrelated-memory-access/detection.ts'
import { workHandedToTheSystem } from './work-handed-to-the-system/detection.ts'
import { workflowPlanted } from './workflow-planted/detection.ts'

export const library: readonly Detection[] = [
  actionChanged,
  aiAgentChangesDependencies,
  aiAgentConfiguredByInstall,
  aiAgentWithoutPermissions,
  bareAddressConnection,
  buildConfigurationRunsCode,
  cacheServiceFromScript,
  cachedFilePublished,
  decompressedScriptRun,
  destructiveCommand,
  dnsTunnel,
  downloadedProgramRun,
  downloadedScriptPiped,
  encodedCommand,
  encryptedDnsUsed,
  environmentInArguments,
  environmentInRequest,
  filelessExecution,
  firewallDisabled,
  foreignRepositoryChanged,
  foreignResolverAsked,
  gitHookPlanted,
  githubRepositoryCreated,
  hostMountedIntoContainer,
  hostNamespaceEntered,
  imposterCommit,
  installScriptContactsHost,
  installScriptDropsProgram,
  installScriptErasedItself,
  installScriptLoadsKernelCode,
  installScriptReadsMetadata,
  installScriptReadsSecret,
  installScriptRunsAiAgent,
  installScriptTakesToken,
  installScriptUsesContainers,
  kernelCodeLoaded,
  knownBadIndicator,
  machineMemoryRead,
  manySecretFamilies,
  massOverwrite,
  metadataServiceContacted,
  minerStarted,
  nameResolutionChanged,
  outlivedStepBeacons,
  packageChangesAnother,
  packagePublishedByInstall,
  packagePublishedByStranger,
  peerToPeerTraffic,
  persistenceByInstall,
  persistencePlanted,
  privilegedContainerStarted,
  pythonStartFileWritten,
  rawSocketUsed,
  reverseShell,
  runnerCleanupEvaded,
  runnerInternalsChanged,
  runnerMemoryAccess,
  runnerRegistered,
  runtimeTokenMisused,
  secretInOutput,
  secretsBundled,
  secretsThenSent,
  sensorAttacked,
  sensorLostRecords,
  setUserIdGranted,
  siblingEnvironmentRead,
  sourceOverwritten,
  sourceSwappedDuringBuild,
  sudoRulesChanged,
  tracesWiped,
  unrelatedMemoryAccess,
  workHandedToTheSystem,
  workflowPlanted,
]
