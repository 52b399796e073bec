import { once } from 'node:events';
import { expect, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { electron, engineUp, noElectron, openWindow, type StudioWindow, workingTree } from '../support/window.js';

/** Ending the app in every way while traffic passes: what a client was given is there afterwards. */

test.skip(!electron, noElectron);

let studio: StudioWindow;
let model: ModelServer;
test.beforeEach(async () => {
  model = await startModelServer();
  studio = await openWindow(workingTree(), { env: { SLUICE_UPSTREAM: `stub=${model.url}` } });
});
test.afterEach(async () => {
  await studio.dispose();
  await model.close();
});

const running = () =>
  studio.page.evaluate(() =>
    (window as unknown as { sluice: { engine(): Promise<{ url: string; token: string }> } }).sluice.engine(),
  );

async function proxy(): Promise<string> {
  const { url, token } = await running();
  const answer = await fetch(`${url}/status`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { proxy: string }).proxy;
}

const ask = (at: string, content = 'go on') =>
  fetch(`${at}/stub/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content }] }),
  });

/** Asks Electron to quit and gives the exit code. */
async function quit(): Promise<number | null> {
  const ended = once(studio.app.process(), 'exit');
  await studio.app.evaluate(({ app }) => void setTimeout(() => app.quit(), 0));
  return (await ended)[0];
}

const stored = async (engine: Engine) => (await engine.api('/exchanges')).items;

test('lets an open answer finish before it quits', async () => {
  model.say({ text: 'a longer answer in several pieces', gapMs: 200 });
  const response = await ask(await proxy());
  const text = response.text();
  const code = quit();
  expect(await text).toContain('[DONE]');
  expect(await code).toBe(0);
  await using engine = await startEngine([], { dataDir: studio.dataDir });
  expect(await stored(engine)).toMatchObject([{ state: 'complete', format: 'openai-chat' }]);
});

test('cuts an answer that does not end, and marks what there was of it', async () => {
  model.say({ text: 'an answer that is never over', gapMs: 600_000 });
  const response = await ask(await proxy());
  const text = response.text().catch((error: Error) => error);
  expect(await quit()).toBe(0);
  expect(await text).toBeInstanceOf(Error);
  await using engine = await startEngine([], { dataDir: studio.dataDir });
  expect((await stored(engine))[0]?.state).not.toBe('complete');
  expect(await stored(engine)).toHaveLength(1);
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`loses nothing that was answered when it gets ${signal}`, async () => {
    const at = await proxy();
    const contents = Array.from({ length: 20 }, (_, number) => `number ${number}`);
    for (const content of contents) expect(await (await ask(at, content)).text()).toContain('[DONE]');
    const ended = once(studio.app.process(), 'exit');
    studio.app.process().kill(signal);
    expect(await ended).toEqual(signal === 'SIGTERM' ? [0, null] : [null, 'SIGKILL']);
    await using engine = await reopened();
    await engine.settled();
    expect(await stored(engine)).toHaveLength(contents.length);
  });
}

/** The engine ends with the app it belongs to, but not within the same moment. */
async function reopened(): Promise<Engine> {
  let engine: Engine | undefined;
  const start = async () => {
    engine ??= await startEngine([], { dataDir: studio.dataDir }).catch((error: Error) => {
      if (!error.message.includes('data_dir_in_use')) throw error;
      return undefined;
    });
    return engine !== undefined;
  };
  await expect.poll(start).toBe(true);
  return engine as Engine;
}

test('goes on capturing without a window where the system keeps apps, and opens it again', async () => {
  const { app } = studio;
  const windows = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  const at = await proxy();
  await app.evaluate(({ app: electronApp, BrowserWindow }) => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    electronApp.once('window-all-closed', () => Object.defineProperty(process, 'platform', { value: platform }));
    BrowserWindow.getAllWindows()[0]?.close();
  });
  await expect.poll(windows).toBe(0);
  expect(await (await ask(at)).text()).toContain('[DONE]');
  const before = await engineUp(app);
  process.kill(before, 'SIGKILL');
  const another = async () => ![0, before].includes(await engineUp(app));
  await expect.poll(another).toBe(true);
  expect(await windows()).toBe(0);
  const opening = app.waitForEvent('window');
  await app.evaluate(({ app: electronApp }) => void electronApp.emit('activate'));
  await expect((await opening).getByText('Capturing')).toBeVisible();
  expect(await quit()).toBe(0);
});

test('ends with a code when something in the window’s own process throws', async () => {
  const ended = once(studio.app.process(), 'exit');
  await studio.app.evaluate(({ dialog }) => {
    dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });
    setTimeout(() => {
      throw new Error('nobody expected this');
    }, 0);
  });
  expect(await ended).toEqual([1, null]);
  expect(studio.said()).toContain('sluice: internal: ');
});
