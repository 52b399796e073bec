/** Everything the window's preload exposes as `window.sluice`; absent in an ordinary browser. */
export const desktopMethods = ['pickFile', 'pickFolder', 'saveFile', 'showInFolder', 'engine'] as const;
export type DesktopMethod = (typeof desktopMethods)[number];

export interface FileFilter {
  name: string;
  /** Without the dot. */
  extensions: string[];
}

/** The few things only a desktop can do. Paths are absolute; null means that the user closed the dialog. */
export interface DesktopBridge extends Record<DesktopMethod, (...args: never[]) => Promise<unknown>> {
  pickFile(options?: { filters?: FileFilter[] }): Promise<string | null>;
  pickFolder(): Promise<string | null>;
  /** Only asks where to: the engine writes the file. */
  saveFile(options: { suggestedName: string; filters?: FileFilter[] }): Promise<string | null>;
  /** False when the path cannot be shown. */
  showInFolder(path: string): Promise<boolean>;
  engine(): Promise<{ url: string; token: string }>;
}

/** The IPC channel of a method. */
export function desktopChannel(method: DesktopMethod): string {
  return `sluice:${method}`;
}
