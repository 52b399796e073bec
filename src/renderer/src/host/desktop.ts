import type { DesktopBridge } from '../../../shared/desktop.js';

/** What the desktop window offers; undefined in a browser. */
export function desktop(): DesktopBridge | undefined {
  return (window as { sluice?: DesktopBridge }).sluice;
}
