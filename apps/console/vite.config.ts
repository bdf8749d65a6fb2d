import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { CONTENT_SECURITY_POLICY, mockApi } from './dev/mock-plugin.ts'

/*
 * `vite` serves the console on its mock API; `vite build` makes what the server ships, without the mock; `vite preview` shows the
 * build on the mock, under the content security policy that the server sends.
 */
export default defineConfig(({ command, isPreview }) => ({
  root: import.meta.dirname,
  plugins: [
    react(),
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
  },
}))
