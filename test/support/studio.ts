import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Engine } from './engine.js';

/** Opens the studio at a route of it, e.g. `/live`, and waits until the engine has answered. */
export async function openStudio(page: Page, engine: Engine, route = '/live'): Promise<void> {
  await page.goto(`${engine.ready.ui}&to=${encodeURIComponent(route)}`);
  await expect(page.getByText('Capturing')).toBeVisible();
}

/** Fails on accessibility violations of level serious or above, on the page or in a part of it. */
export async function expectAccessible(page: Page, part?: string): Promise<void> {
  await expectStill(page);
  // What passes is asked of nobody, and there are no frames that a page of its own would keep apart: both cost twice the rules' time.
  const builder = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  if (part !== undefined) builder.include(part);
  const { violations } = await builder.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

/** Waits for what fades in or moves: half seen, colours are others. What turns for ever is not waited for. */
async function expectStill(page: Page): Promise<void> {
  const moving = () =>
    page.evaluate(async () => {
      // What was just put into the page begins to move with the frame after.
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      const ends = (animation: Animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime);
      return document.getAnimations().filter((each) => each.playState === 'running' && ends(each)).length;
    });
  await expect.poll(moving).toBe(0);
}

/** Fails where the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth] as const);
  expect(widths[0]).toBeLessThanOrEqual(widths[1]);
}

/** Collects what the page complains about: script errors and whatever its policy blocked. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}
