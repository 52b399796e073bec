import { expect, type Page } from '@playwright/test';
import { type Engine, startEngine } from './engine.js';
import { type ModelServer, startModelServer } from './model-server.js';
import { expectAccessible } from './studio.js';

/** A demo engine whose gateway upstream `stub` is a scripted model server. */
export interface DemoStudio extends AsyncDisposable {
  engine: Engine;
  model: ModelServer;
  /** Opens a page of the studio, e.g. `/traces?q=tool:bash`, with the engine's token. */
  open(page: Page, path: string): Promise<void>;
  /** One chat completion through the gateway; resolves when it is stored. */
  chat(session: string, messages: unknown[], tools?: string[]): Promise<void>;
  /** Id of the first trace whose title contains `words`, once there is one. */
  traceId(words: string): Promise<string>;
}

export async function startDemo(): Promise<DemoStudio> {
  const model = await startModelServer();
  const engine = await startEngine(['--demo', '--upstream', `stub=${model.url}`]);
  const open: DemoStudio['open'] = async (page, path) => {
    // Only the fragment differs from page to page: without leaving first, the browser would not load anything.
    await page.goto('about:blank');
    await page.goto(`${engine.ready.ui}&to=${encodeURIComponent(path)}`);
    // Keys that are pressed before are nobody's.
    await expect(page.getByRole('navigation').first()).toBeVisible();
  };
  const chat: DemoStudio['chat'] = async (session, messages, tools = []) => {
    const response = await fetch(`${engine.ready.proxy}/s/${session}/stub/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-5.1',
        messages,
        ...(tools.length > 0 && {
          tools: tools.map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })),
        }),
      }),
    });
    if (!response.ok) throw new Error(`The gateway answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
    await engine.settled();
  };
  const traceId: DemoStudio['traceId'] = (words) =>
    engine.until(
      '/traces?limit=100',
      ({ items }) =>
        (items as { trace_id: string; title: string }[]).find(({ title }) => title.includes(words))?.trace_id,
    );
  const dispose = async () => {
    await engine.dispose();
    await model.close();
  };
  return { engine, model, open, chat, traceId, [Symbol.asyncDispose]: dispose };
}

/** No axe violation of level serious or above in light and dark, on the page or in a part of it. */
export async function expectAccessibleInBothThemes(page: Page, part?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator(`html[data-mantine-color-scheme=${colorScheme}]`)).toBeAttached();
    await expectAccessible(page, part);
  }
}
