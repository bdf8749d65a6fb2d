import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { CONTENT_SECURITY_POLICY, mockApi } from './dev/mock-plugin.ts'
import { thirdPartyNotices } from './dev/notices.ts'

/*
 * `vite` serves the console on its mock API; `vite build` makes what the server ships, without the mock; `vite preview` shows the
 * build on the mock, under the content security policy that the server sends.
 */
export default defineConfig(({ command, isPreview }) => ({
  root: import.meta.dirname,
  plugins: [
    react(),
    thirdPartyNotices(),
    ...(command === 'serve'
      ? [
          mockApi({
            delayMs: isPreview === true ? 0 : 120,
            headers: isPreview === true ? { 'content-security-policy': CONTENT_SECURITY_POLICY } : {},
          }),
        ]
      : []),
  ],
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  build: {
    target: 'es2023',
    // Fonts and icons stay files of their own: data addresses would need a wider policy.
    assetsInlineLimit: 0,
    sourcemap: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What changes seldom is loaded beside our own code and stays in the browser's cache when that changes.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(?:react|react-dom|react-router|scheduler)\//, priority: 2 },
            { name: 'libraries', test: /node_modules\//, priority: 1 },
          ],
        },
      },
    },
  },
}))
