import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { toolEnv } from './node.mjs';
import { root, say } from './root.mjs';
import { must } from './run.mjs';

const out = join(root, 'out');
const stampFile = join(out, 'stamp');

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** What the build reads: sources, data, configuration, the versions of what is bundled. */
function fingerprint() {
  const single = [
    'electron.vite.config.ts',
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
    'tsconfig.library.json',
  ];
  const files = [...filesUnder(join(root, 'src')), ...filesUnder(join(root, 'resources'))];
  const hash = createHash('sha256');
  for (const file of [...single.map((name) => join(root, name)), ...files].sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** What the library's index says of types, and the files that this needs: not the whole engine's. */
async function buildTypes(node, types) {
  const all = `${types}.all`;
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await must('The types of the library', node, [tsc, '-p', 'tsconfig.library.json', '--outDir', all], {
    env: toolEnv(node),
  });
  const wanted = [join('main', 'library', 'index.d.ts')];
  for (const file of wanted) {
    const text = readFileSync(join(all, file), 'utf8');
    mkdirSync(dirname(join(types, file)), { recursive: true });
    writeFileSync(join(types, file), text);
    for (const [, from] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g)) {
      const next = `${join(dirname(file), from)}.d.ts`;
      if (!wanted.includes(next)) wanted.push(next);
    }
  }
  rmSync(all, { recursive: true });
}

const benchOut = join(out, 'bench');

/** The benchmarks measure the built engine: they are built for it, and again when it or they change. */
export async function buildBench(node) {
  const hash = createHash('sha256').update(readFileSync(stampFile));
  for (const file of [
    ...filesUnder(join(root, 'test', 'bench')),
    ...filesUnder(join(root, 'test', 'support')),
  ].sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  const wanted = hash.digest('hex');
  const stamp = join(benchOut, 'stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Building the benchmarks …');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', 'vite.bench.config.ts', '--logLevel', 'warn'];
  await must('The build of the benchmarks', node, args, { env: toolEnv(node) });
  writeFileSync(stamp, wanted);
}

/** True when out/ was built from the files as they are now. */
export function built() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint();
}

/** Builds beside out/ and then swaps, so that a command that runs meanwhile never sees half a build. */
export async function build(node) {
  say('Building …');
  const next = join(root, 'out.next');
  const old = join(root, 'out.old');
  rmSync(next, { recursive: true, force: true });
  const before = fingerprint();
  const cli = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  await must('The build', node, [cli, 'build', '--outDir', next, '--logLevel', 'warn'], { env: toolEnv(node) });
  await buildTypes(node, join(next, 'types'));
  // Hashed before the build: a file edited meanwhile leads to another build, not to a stale one.
  writeFileSync(join(next, 'stamp'), before);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(out)) renameSync(out, old);
  renameSync(next, out);
  rmSync(old, { recursive: true, force: true });
}
