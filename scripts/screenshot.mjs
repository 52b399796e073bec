/** `npm run screenshot`: draws docs/studio.png, the README's picture, from the demo traces in a real browser. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fail, root, say } from './lib/root.mjs';
import { setup } from './setup.mjs';

const { node } = await setup().catch(fail);
const { chromium } = await import('@playwright/test');
const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((path) => path && existsSync(path));
const dataDir = mkdtempSync(join(tmpdir(), 'sluice-screenshot-'));
const args = ['serve', '--json', '--demo', '--proxy-port', '0', '--api-port', '0', '--data-dir', dataDir];
const engine = spawn(node, [join(root, 'out', 'main', 'cli.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(createInterface({ input: engine.stdout }), 'line');
const { ui, api, token } = JSON.parse(line);

const answer = await fetch(`${api}/traces?query=${encodeURIComponent('client:claude* tool:bash')}`, {
  headers: { authorization: `Bearer ${token}` },
});
const [trace] = (await answer.json()).items;

const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage({
  viewport: { width: 1440, height: 900 },
  colorScheme: 'dark',
  deviceScaleFactor: 1,
});
await page.goto(ui);
await page.getByRole('navigation').first().waitFor();
for (const [name, route] of [
  ['studio', `/traces/${trace.trace_id}`],
  ['live', '/live'],
]) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, route);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(root, 'docs', `${name}.png`) });
  say(`docs/${name}.png`);
}
await browser.close();
engine.kill('SIGTERM');
await once(engine, 'exit');
rmSync(dataDir, { recursive: true, force: true });
