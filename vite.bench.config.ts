import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const folder = join(import.meta.dirname, 'test', 'bench');

/**
 * Each benchmark's main.ts becomes out/bench/<name>.js; files that no other file imports are processes which it starts,
 * out/bench/<name>/<file>.js. Built, because they measure what users run.
 */
function entries(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder)) {
    const files = readdirSync(join(folder, name)).filter((file) => file.endsWith('.ts'));
    const sources = files.map((file) => readFileSync(join(folder, name, file), 'utf8')).join('\n');
    const imported = new Set(
      [...sources.matchAll(/^(?:import|\}) (?!type)[^;]*?from '\.\/(.+?)\.js'/gm)].map(([, file]) => file),
    );
    for (const file of files.map((path) => path.slice(0, -3))) {
      if (file === 'main') found[name] = join(folder, name, 'main.ts');
      else if (!imported.has(file)) found[`${name}/${file}`] = join(folder, name, `${file}.ts`);
    }
  }
  return found;
}

export default defineConfig({
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'out/bench',
    emptyOutDir: true,
    sourcemap: true,
    rolldownOptions: {
      input: entries(),
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
    },
  },
});
