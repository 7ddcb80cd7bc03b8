import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

// Main and workers are emitted as CommonJS: the way of loading that holds inside app.asar and in worker threads.
const cjs = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' } as const;

// electron-vite makes the screen's paths relative, as for file:// pages. Ours is served at addresses of any depth.
const fromRoot = {
  name: 'from-root',
  enforce: 'post' as const,
  config(config: { base?: string }) {
    config.base = '/';
  },
};

export default defineConfig({
  main: {
    build: {
      externalizeDeps: true,
      rolldownOptions: {
        input: {
          electron: resolve('src/main/electron/index.ts'),
          station: resolve('src/main/station/index.ts'),
          'workers/ingest': resolve('src/workers/ingest/worker.ts'),
          'workers/query': resolve('src/workers/query/worker.ts'),
          'workers/checkpoint': resolve('src/workers/checkpoint/worker.ts'),
          'workers/integrity': resolve('src/workers/integrity/worker.ts'),
          'workers/watch': resolve('src/workers/watch/worker.ts'),
          'workers/thumbs': resolve('src/workers/thumbs/worker.ts'),
          'workers/listen': resolve('src/workers/listen/worker.ts'),
          'workers/footage': resolve('src/workers/footage/worker.ts'),
          'workers/inference': resolve('src/workers/inference/worker.ts'),
        },
        output: cjs,
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false, // a sandboxed preload must be one CommonJS file
      rolldownOptions: { input: { preload: resolve('src/main/electron/preload.ts') }, output: cjs },
    },
  },
  renderer: {
    plugins: [react(), fromRoot],
    build: {
      minify: true,
      chunkSizeWarningLimit: 2000, // read from the own disk or network
      rolldownOptions: { input: { index: resolve('src/renderer/index.html') } },
    },
    worker: { format: 'es' },
  },
});
