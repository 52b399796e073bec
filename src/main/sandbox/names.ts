import { randomBytes } from 'node:crypto';

/** Labels of all that we make on an engine: whose it is, which run of the studio made it, and what it is. */
export const labels = {
  owner: 'dev.sluice.owner',
  run: 'dev.sluice.run',
  kind: 'dev.sluice.kind',
  /** Of prepared images: what it was made of. */
  key: 'dev.sluice.key',
} as const;

export type Kind = 'holder' | 'command' | 'prepare' | 'volume';

/** Who makes: a data folder's id, and the run of the studio that is at work. */
export interface Maker {
  owner: string;
  run: string;
}

export function labelsOf({ owner, run }: Maker, kind: Kind): Record<string, string> {
  return { [labels.owner]: owner, [labels.run]: run, [labels.kind]: kind };
}

/** A name that nothing else on the engine has. */
export function freshName(maker: Maker, kind: Kind): string {
  return `sluice-${maker.owner.slice(0, 12)}-${kind}-${randomBytes(8).toString('hex')}`;
}

/** Repository under which the prepared images of a data folder lie. */
export function preparedRepository({ owner }: Pick<Maker, 'owner'>): string {
  return `sluice-prepared/${owner}`;
}
