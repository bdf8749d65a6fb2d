/** `npm run bench -- NAME [--quick] [--json]`. */
import { main } from '../bench/main.ts'

// Explicitly: a sensor that failed to close must not keep a finished bench alive.
process.exit(await main(process.argv.slice(2)))
