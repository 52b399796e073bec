import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const main = (name: string) => `src/main/${name}.ts`;

/** Built in: every thread would else look for and read hundreds of files of theirs before it begins. */
const builtIn = [
  '@bufbuild/protobuf',
  '@peculiar/x509',
  '@trpc/server',
  'commander',
  'fastify-type-provider-zod',
  'hyparquet',
  'hyparquet-writer',
  'kysely',
  'reflect-metadata',
  'zod',
];

/**
 * Everything that runs in Node lands flat in out/main, shared chunks too: the engine starts its threads by
 * `new URL('./capture-thread.js', import.meta.url)`, from whichever chunk that line ends up in.
 */
export default defineConfig({
  main: {
    build: {
      target: 'node24',
      sourcemap: true,
      externalizeDeps: { exclude: builtIn },
      rolldownOptions: {
        input: {
          index: main('index'),
          utility: main('hosts/utility'),
          cli: main('hosts/cli'),
          library: main('library/index'),
          'capture-thread': main('hosts/capture-thread'),
          'pipeline-thread': main('hosts/pipeline-thread'),
          'gate-thread': main('hosts/gate-thread'),
          'reading-thread': main('hosts/reading-thread'),
          'work-thread': main('hosts/work-thread'),
          'intake-thread': main('hosts/intake-thread'),
          'oracle-thread': main('hosts/oracle-thread'),
          window: main('hosts/window'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node24',
      sourcemap: true,
      // A sandboxed preload can only be CommonJS.
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    plugins: [react()],
    build: {
      // The studio also opens in ordinary browsers, not only in Electron's Chromium.
      target: 'es2023',
      sourcemap: true,
      minify: true,
      // The API's content policy allows fonts and scripts from its own origin only.
      assetsInlineLimit: 0,
    },
  },
});
