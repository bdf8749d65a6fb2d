/* `npm run dev`: the console on its typed mock API, with no service at all. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { ROOT } from './root.ts'

const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js')
process.exitCode =
  spawnSync(process.execPath, [vite, '--host', '127.0.0.1', ...process.argv.slice(2)], {
    cwd: path.join(ROOT, 'apps/console'),
    stdio: 'inherit',
  }).status ?? 1
