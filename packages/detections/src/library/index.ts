/* Every detection, in the order of their ids. A test compares this list with the folders. */
import type { Detection } from '../detection.ts'
import { bareAddressConnection } from './bare-address-connection/detection.ts'
import { filelessExecution } from './fileless-execution/detection.ts'
import { installScriptContactsHost } from './install-script-contacts-host/detection.ts'
import { installScriptReadsSecret } from './install-script-reads-secret/detection.ts'
import { runnerMemoryAccess } from './runner-memory-access/detection.ts'

export const library: readonly Detection[] = [
  bareAddressConnection,
  filelessExecution,
  installScriptContactsHost,
  installScriptReadsSecret,
  runnerMemoryAccess,
]
