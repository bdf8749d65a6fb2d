/* Stands in for a program's sources in the test of the build: whoever runs it is known by its exit code. */
export function main(): number {
  return 77
}
