/* Every detection, in the order of their ids. A test compares this list with the folders. */
import type { Detection } from '../detection.ts'
import { bareAddressConnection } from './bare-address-connection/detection.ts'
import { decompressedScriptRun } from './decompressed-script-run/detection.ts'
import { downloadedProgramRun } from './downloaded-program-run/detection.ts'
import { downloadedScriptPiped } from './downloaded-script-piped/detection.ts'
import { encodedCommand } from './encoded-command/detection.ts'
import { filelessExecution } from './fileless-execution/detection.ts'
import { installScriptContactsHost } from './install-script-contacts-host/detection.ts'
import { installScriptDropsProgram } from './install-script-drops-program/detection.ts'
import { installScriptReadsMetadata } from './install-script-reads-metadata/detection.ts'
import { installScriptReadsSecret } from './install-script-reads-secret/detection.ts'
import { installScriptUsesContainers } from './install-script-uses-containers/detection.ts'
import { manySecretFamilies } from './many-secret-families/detection.ts'
import { metadataServiceContacted } from './metadata-service-contacted/detection.ts'
import { runnerInternalsChanged } from './runner-internals-changed/detection.ts'
import { runnerMemoryAccess } from './runner-memory-access/detection.ts'
import { secretsBundled } from './secrets-bundled/detection.ts'
import { secretsThenSent } from './secrets-then-sent/detection.ts'
import { siblingEnvironmentRead } from './sibling-environment-read/detection.ts'
import { sourceOverwritten } from './source-overwritten/detection.ts'
import { sourceSwappedDuringBuild } from './source-swapped-during-build/detection.ts'
import { unrelatedMemoryAccess } from './unrelated-memory-access/detection.ts'

export const library: readonly Detection[] = [
  bareAddressConnection,
  decompressedScriptRun,
  downloadedProgramRun,
  downloadedScriptPiped,
  encodedCommand,
  filelessExecution,
  installScriptContactsHost,
  installScriptDropsProgram,
  installScriptReadsMetadata,
  installScriptReadsSecret,
  installScriptUsesContainers,
  manySecretFamilies,
  metadataServiceContacted,
  runnerInternalsChanged,
  runnerMemoryAccess,
  secretsBundled,
  secretsThenSent,
  siblingEnvironmentRead,
  sourceOverwritten,
  sourceSwappedDuringBuild,
  unrelatedMemoryAccess,
]
