/** An interface whose methods all answer later, so that another thread may carry them out. */
export type Commands<C> = { [K in keyof C]: (...args: never[]) => Promise<unknown> };

/** One call of such an interface as it crosses the boundary. */
export type CommandOf<C extends Commands<C>> = {
  [K in keyof C & string]: { name: K; args: Parameters<C[K]> };
}[keyof C & string];

/** The interface itself, on this side: each method sends its call and answers what came back. `names`: every method. */
export function remote<C extends Commands<C>>(
  names: Record<keyof C & string, true>,
  send: (command: CommandOf<C>) => Promise<unknown>,
): C {
  const methods = Object.keys(names).map((name) => [
    name,
    (...args: unknown[]) => send({ name, args } as unknown as CommandOf<C>),
  ]);
  return Object.fromEntries(methods) as C;
}

/** Carries out, on the other side, what `remote` sent. */
export function carryOut<C extends Commands<C>>(target: C, { name, args }: CommandOf<C>): Promise<unknown> {
  return target[name](...(args as never[]));
}
