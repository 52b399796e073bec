import { contextBridge, ipcRenderer } from 'electron';
import { type DesktopBridge, desktopChannel, desktopMethods } from '../shared/desktop.js';

/** Named functions only: neither ipcRenderer nor a way to name a channel reaches the page. */
const bridge = Object.fromEntries(
  desktopMethods.map((method) => [
    method,
    (...args: unknown[]) => ipcRenderer.invoke(desktopChannel(method), ...args.slice(0, 1)),
  ]),
) as unknown as DesktopBridge;

contextBridge.exposeInMainWorld('sluice', bridge);
