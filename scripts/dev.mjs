/**
 * `npm run dev`: rebuilds the engine and starts it again when its sources change, and serves the studio with hot reload.
 * Arguments go to `sluice serve`; Ctrl-C stops everything.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isCurrent } from './lib/node.mjs';
import { fail, root, say } from './lib/root.mjs';
import { foreground } from './lib/run.mjs';
import { setup } from './setup.mjs';

const { node } = await setup().catch(fail);
if (!isCurrent(node)) process.exit(await foreground(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]));

// Beside out/, which stays what its stamp says it was built from.
const outDir = join(root, 'out.dev');
// One token for all restarts, or the open page would be locked out at each.
const token = process.env.SLUICE_TOKEN ?? randomBytes(24).toString('base64url');
// Free ports are taken once: the page and the agents keep theirs over restarts.
let ports = [];
let engine = null;
let stopping = false;

async function stopEngine() {
  const running = engine;
  engine = null;
  if (!running || running.exitCode !== null) return;
  running.kill('SIGTERM');
  await once(running, 'exit');
}

/** Resolves with the engine's ready line, or null when it ended before. */
async function startEngine() {
  const args = ['serve', '--json', ...process.argv.slice(2), ...ports];
  const child = spawn(node, ['--enable-source-maps', join(outDir, 'main', 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SLUICE_TOKEN: token },
  });
  engine = child;
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => JSON.parse(text));
  const end = once(child, 'exit').then(([code]) => {
    if (engine === child && !stopping) say(`The engine ended (exit code ${code}); it starts again at the next change.`);
    return null;
  });
  return Promise.race([line, end]);
}

process.env.NODE_ENV_ELECTRON_VITE = 'development';
const { resolveConfig } = await import('electron-vite');
const { build, createServer, mergeConfig } = await import('vite');

const { config } = await resolveConfig({ root, build: { outDir }, logLevel: 'warn' }, 'serve', 'development');
const watcher = await build(mergeConfig(config.main, { build: { watch: {} } }));

let server = null;
async function serveStudio({ api, proxy }) {
  const target = new URL(api).origin;
  // The engine checks Host and Origin; what comes through here is its own page.
  const toEngine = { target, changeOrigin: true, headers: { origin: target } };
  server = await createServer(
    mergeConfig(config.renderer, {
      server: {
        host: '127.0.0.1',
        proxy: {
          '/rpc': { ...toEngine, ws: true },
          '^/(health|status|metrics|openapi\\.json|docs|traces|tool-calls|exchanges|jobs|exports|runs)(/|\\?|$)':
            toEngine,
        },
      },
    }),
  );
  await server.listen();
  say(`Studio  ${server.resolvedUrls.local[0]}#token=${token}`);
  say(`Proxy   ${proxy}`);
}

// One restart at a time; changes that come meanwhile lead to one more.
let restarting = Promise.resolve();
watcher.on('event', (event) => {
  if (event.code === 'ERROR') say(`The build failed: ${event.error.message}`);
  if (event.code !== 'END') return;
  restarting = restarting.then(async () => {
    if (stopping) return;
    await stopEngine();
    const ready = await startEngine();
    if (ready) ports = ['--proxy-port', new URL(ready.proxy).port, '--api-port', new URL(ready.api).port];
    if (ready && !server) await serveStudio(ready);
    else if (ready) say('The engine runs with the change.');
  });
});

async function stop() {
  if (stopping) return;
  stopping = true;
  await Promise.all([watcher.close(), server?.close(), stopEngine()]);
  process.exit(0);
}
process.on('SIGINT', stop).on('SIGTERM', stop);
