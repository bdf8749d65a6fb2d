export type * from './record.ts'
export { type Capabilities, type HookCost, openSensor, type Sensor, type SensorOptions } from './sensor.ts'
export { FAMILIES, SECRET_NAMES, type SecretName } from './secrets.ts'
