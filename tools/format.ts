/* `npm run format`: formats what the check would complain about. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { ROOT } from './root.ts'

process.exitCode = spawnSync(path.join(ROOT, 'node_modules/.bin/oxfmt'), ['.'], { cwd: ROOT, stdio: 'inherit' }).status ?? 1
