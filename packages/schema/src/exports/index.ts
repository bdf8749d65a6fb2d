export { toCycloneDx, type BomInput, type CycloneDxBom } from './cyclonedx.ts'
export { Download } from './download.ts'
export { RUNTIME_TRACE_TYPE, ResourceDescriptor, RuntimeTraceStatement, subjectOfRun, toRuntimeTrace, type TraceInput } from './in-toto.ts'
