export type {
  ActionKnowledge,
  Contact,
  Description,
  Detection,
  FileIdentity,
  JobView,
  Match,
  ProcessView,
  SecretRead,
  Writer,
} from './detection.ts'
export { defineDetection } from './detection.ts'
export { createDetector, FINDINGS_MAX, type Detector, type DetectorOptions } from './detector.ts'
export { library } from './library/index.ts'
export { chainWords, commandWords, isLocalNetwork, isLoopback } from './words.ts'
export { forgeRole, isPackageHost, registryZone, type ForgeRole, type RegistryZone } from './zones.ts'
